"""Every saved query, with each of its optional parameters, is answered by Virtuoso as by our store."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

import acagraph
from acagraph.errors import ParameterError
from acagraph.queries import SavedQuery, reply, resolve
from acagraph.stores import RemoteStore, Store
from acagraph.stores.media import JSON, N_TRIPLES
from engine_servers import virtuoso

from published import ROOT

NAMES = sorted(path.stem for path in (ROOT / "queries").glob("*.rq"))
# A truth value that is computed is 1 or 0 there: docs/engines.md.
COMPUTED = {"stated-and-listed": "agree"}


@pytest.fixture(scope="module")
def dataset(release: object) -> Iterator[acagraph.Dataset]:
    with acagraph.open(str(release)) as opened:
        yield opened


@pytest.fixture(scope="module")
def remote(dataset: acagraph.Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    assert dataset.folder is not None
    quads = dataset.folder / "data" / "acagraph.trig"
    with virtuoso(quads, tmp_path_factory.mktemp("virtuoso"), rows=1_000_000) as endpoint:
        store = RemoteStore(endpoint)
        yield store
        store.close()


def arguments(query: SavedQuery) -> list[dict[str, str]]:
    """Return the example, what is required alone, and that with each optional parameter."""
    examples = {one.name: str(one.example) for one in query.parameters if one.example is not None}
    required = {one.name: examples[one.name] for one in query.parameters if one.required}
    found = [dict(query.example), required]
    found += [required | {name: value} for name, value in examples.items() if name not in required]
    return [one for number, one in enumerate(found) if one not in found[:number]]


def answer(store: Store, query: SavedQuery, given: dict[str, str]) -> object:
    """Return the rows of an answer in their order, or its triples; a computed truth value as 1 or 0."""
    if query.form == "construct":
        return reply(store, query, given, N_TRIPLES).body
    found = json.loads(reply(store, query, given, JSON).body)
    for row in found.get("results", {}).get("bindings", ()):
        if computed := row.get(COMPUTED.get(query.name, "")):
            computed["value"] = {"true": "1", "false": "0"}.get(computed["value"], computed["value"])
            computed.pop("datatype")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_that_of_our_store(name: str, dataset: acagraph.Dataset, remote: Store) -> None:
    query = dataset.queries[name]
    if query.endpoint:
        pytest.skip(f"it is asked at {query.endpoint}, not of us")
    for given in arguments(query):
        try:
            resolve(dataset.store, query, given)
        except ParameterError:
            pytest.skip("only a register describes what its example names")
        assert answer(remote, query, given) == answer(dataset.store, query, given), given


def test_the_one_difference_is_as_told(dataset: acagraph.Dataset, remote: Store) -> None:
    query = dataset.queries["stated-and-listed"]
    told = [
        {row["agree"]["datatype"].rpartition("#")[2] for row in json.loads(body)["results"]["bindings"]}
        for body in (reply(store, query, {}, JSON).body for store in (dataset.store, remote))
    ]
    assert told == [{"boolean"}, {"integer"}]

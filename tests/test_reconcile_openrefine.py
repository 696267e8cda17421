"""The requests that OpenRefine makes, in its order: a column of names becomes things, and gets columns."""

from __future__ import annotations

import json
import re
from collections import Counter

import httpx
import pytest

from reconcilable import MILAN, conforms, extend, http, matched, reconcilable, site

__all__ = ["http", "matched", "reconcilable", "site"]
# A column as people have it, with the country beside it, and what it is.
COLUMN = [
    ("Milano", "Italy", MILAN),
    ("Comune di Milano", "IT", MILAN),
    ("MILANO", "Italia", MILAN),
    ("Paris", "FRA", "agent/jrc-covenant-11794"),
    ("Ville de Paris", "France", "agent/jrc-covenant-11794"),
    ("Salizzole", "ITA", "agent/jrc-covenant-18187"),
    ("Comune di Salizzole", "Italy", "agent/jrc-covenant-18187"),
    ("Tokyo Metropolitan Government", "Japan", "agent/tokyo-metropolitan-government"),
    ("東京都庁", "JP", "agent/tokyo-metropolitan-government"),
    ("Nowhere upon Nothing", "Italy", None),
]
AGENT = {"User-Agent": "OpenRefine/3.8.2 [TRUNK]"}


def form(http: httpx.Client, **fields: object) -> httpx.Response:
    """POST a form as OpenRefine's server does."""
    data = {name: json.dumps(value) for name, value in fields.items()}
    return http.post("/reconcile", data=data, headers=AGENT)


def test_the_service_is_added_with_a_script_or_without(http: httpx.Client) -> None:
    plain = http.get("/reconcile", headers={**AGENT, "Accept": "application/json"})
    conforms(plain.json(), "manifest")
    script = http.get("/reconcile", params={"callback": "jQuery331023_1700000000000", "_": "1700000000001"})
    called = re.fullmatch(r"/\*\*/jQuery331023_1700000000000\((.+)\);", script.text)
    assert called is not None
    assert json.loads(called[1]) == plain.json()


def test_types_are_guessed_from_a_sample(http: httpx.Client) -> None:
    """As GuessTypesOfColumnCommand does: the types of the first three candidates of ten cells, weighed."""
    queries = {f"q{n}": {"query": name, "limit": 3} for n, (name, _, _) in enumerate(COLUMN)}
    found = form(http, queries=queries).json()
    conforms(found, "reconciliation-result-batch")
    weights: Counter[str] = Counter()
    for answer in found.values():
        for place, candidate in enumerate(answer["result"]):
            for kind in candidate["type"]:
                weights[kind["id"]] += round(100 / (1 + place))
    assert weights.most_common(1)[0][0] == "LocalGovernment"


def test_a_type_and_properties_are_chosen(http: httpx.Client) -> None:
    kinds = http.get("/reconcile/suggest/type", params={"prefix": "local", "_": "1"}).json()
    assert "LocalGovernment" in [kind["id"] for kind in kinds["result"]]
    properties = http.get("/reconcile/suggest/property", params={"prefix": "coun"}).json()
    assert properties["result"][0]["id"] == "country"
    assert http.get("/reconcile/flyout/property", params={"id": "country"}).json()["html"]


@pytest.mark.parametrize("size", [10, 3])
def test_a_column_is_matched_in_batches(http: httpx.Client, size: int) -> None:
    for start in range(0, len(COLUMN), size):
        part = COLUMN[start : start + size]
        queries = {
            f"q{n}": {
                "query": name,
                "type": "LocalGovernment",
                "type_strict": "should",
                "properties": [{"pid": "country", "v": country}],
            }
            for n, (name, country, _) in enumerate(part)
        }
        conforms(queries, "reconciliation-query-batch")
        found = form(http, queries=queries).json()
        conforms(found, "reconciliation-result-batch")
        for n, (name, _, right) in enumerate(part):
            candidates = found[f"q{n}"]["result"]
            if right is None:
                assert not any(one["match"] for one in candidates), name
            else:
                assert candidates, name
                assert candidates[0]["id"] == right, name
                assert candidates[0]["type"][0]["id"] == "LocalGovernment"


def test_a_cell_is_searched_by_hand(http: httpx.Client) -> None:
    params = {"prefix": "Mila", "type": "LocalGovernment", "type_strict": "should"}
    found = http.get("/reconcile/suggest/entity", params=params).json()
    conforms(found, "suggest-entities-response")
    assert found["result"][0]["id"] == MILAN
    assert http.get(f"/reconcile/flyout/entity?id={MILAN.replace('/', '%2F')}").json()["id"] == MILAN
    frame = http.get(f"/reconcile/preview?id={MILAN.replace('/', '%2F')}", headers={"Accept": "text/html"})
    assert frame.headers["content-type"] == "text/html; charset=utf-8"


def test_columns_are_added_from_matched_things(http: httpx.Client) -> None:
    manifest = http.get("/reconcile").json()
    propose = manifest["extend"]["propose_properties"]
    address = propose["service_url"] + propose["service_path"]
    proposed = http.get(address, params={"type": "LocalGovernment", "limit": "50"}).json()
    names = [one["id"] for one in proposed["properties"]]
    assert {"country", "coordinates", "memberOf", "memberSince", "population"} <= set(names)
    settings = {one["name"]: str(one["default"]) for one in manifest["extend"]["property_settings"]}
    rows = extend(
        http,
        [MILAN, "agent/jrc-covenant-11794"],
        {"id": "country"},
        {"id": "memberOf", "settings": {**settings, "limit": "1"}},
        {"id": "population", "settings": settings},
    )["rows"]
    assert rows[MILAN]["country"] == [{"id": "place/italy", "name": "Italy"}]
    assert rows[MILAN]["memberOf"][0]["id"] == "coalition/covenant-of-mayors"
    assert all(set(cell) == {"int"} for row in rows.values() for cell in row["population"])


def test_a_column_of_identifiers_is_matched(http: httpx.Client) -> None:
    """Values used as identifiers, or found by what other datasets call them."""
    queries = {"q0": {"query": MILAN}, "q1": {"query": "Q41187"}, "q2": {"query": "agent:sony"}}
    found = form(http, queries=queries).json()
    assert [found[key]["result"][0]["id"] for key in queries] == [MILAN, "agent/sony", "agent/sony"]

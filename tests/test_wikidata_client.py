"""The client of a live endpoint: what it sends, how it waits, what it keeps, what it takes for no answer."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlencode

import hypothesis.strategies as st
import pytest
from hypothesis import given

import acagraph
from acagraph.errors import AcagraphError, QueryError, StoreBusy, StoreError, StoreTimeout
from acagraph.stores import Row
from acagraph.wikidata import Client, Manners, open_client
from acagraph.wikidata.answers import checked
from acagraph.wikidata.cache import Cache, default_folder
from acagraph.wikidata.client import agent
from acagraph.wikidata.failures import retry_after
from acagraph.wikidata.terms import HEAD, items
from wikidata_server import (
    Fault,
    Patience,
    Wikidata,
    another,
    broken_off,
    cut,
    disguised,
    failing,
    page,
    redirected,
    slow,
    traced,
    wikidata,
)

JAPAN = f'{HEAD}SELECT ?item WHERE {{ ?item wdt:P297 "JP" }}'
MANNERS = Manners(timeout=1)


@pytest.fixture(scope="module")
def running() -> Iterator[Wikidata]:
    with wikidata() as server:
        yield server


@pytest.fixture
def server(running: Wikidata) -> Iterator[Wikidata]:
    running.forget()
    yield running
    assert not running.faults, "a fault that nobody met"


@pytest.fixture
def patience() -> Patience:
    return Patience()


@pytest.fixture
def client(server: Wikidata, patience: Patience, tmp_path: Path) -> Iterator[Client]:
    with open_client(server.endpoint, cache=tmp_path, manners=MANNERS, clock=patience.clock) as opened:
        yield opened


def values(found: Sequence[Row]) -> list[str]:
    return [row["item"].value.rpartition("/")[2] for row in found]


def labels(numbers: Sequence[str]) -> str:
    return f"{HEAD}SELECT ?item WHERE {{ VALUES ?item {{ {items(numbers)} }} ?item rdfs:label ?l }}"


def test_an_answer_comes_and_says_who_asked(client: Client, server: Wikidata) -> None:
    assert values(client.rows(JAPAN)) == ["Q17"]
    assert server.agents == [agent()]
    assert re.fullmatch(
        rf"acagraph/{re.escape(acagraph.__version__)} \(https://w3id\.org/acagraph/\) SPARQLWrapper/[\d.]+",
        agent(),
    )


def test_whoever_runs_it_is_named_on_one_line() -> None:
    assert "(https://w3id.org/acagraph/; curator@example.org X: y)" in agent("curator@example.org\r\nX:  y")


def test_a_long_query_is_posted(client: Client, server: Wikidata) -> None:
    found = values(client.rows(labels([f"Q{number}" for number in range(1, 2_000)])))
    assert set(found) == {"Q17", "Q40", "Q1490"}
    assert server.methods == ["POST"]


def test_nothing_is_asked_twice_until_it_is_old(server: Wikidata, patience: Patience, tmp_path: Path) -> None:
    for _ in range(2):
        with open_client(server.endpoint, cache=tmp_path, manners=MANNERS, clock=patience.clock) as client:
            assert values(client.rows(JAPAN)) == ["Q17"]
    assert len(server.asked) == 1
    patience.time += MANNERS.oldest + 1
    with open_client(server.endpoint, cache=tmp_path, manners=MANNERS, clock=patience.clock) as client:
        client.rows(JAPAN)
    assert len(server.asked) == 2


def test_the_pace_is_kept(client: Client, patience: Patience) -> None:
    client.rows(JAPAN)
    assert patience.slept == []
    client.rows(JAPAN + " LIMIT 1")
    assert patience.slept == [MANNERS.pause]


def test_a_run_that_was_ended_goes_on_where_it_stood(
    server: Wikidata, patience: Patience, tmp_path: Path
) -> None:
    numbers = ["Q17", "Q1490", "Q38283", "Q41187"]
    with open_client(server.endpoint, cache=tmp_path, manners=MANNERS, clock=patience.clock) as first:
        some = first.batched(labels, numbers, size=1)
        next(some)
        next(some)
        next(some)
        # A run that is killed closes nothing: its client is left as it is.
        before = len(server.asked)
        assert before == 2
        with open_client(server.endpoint, cache=tmp_path, manners=MANNERS, clock=patience.clock) as second:
            assert set(values(list(second.batched(labels, numbers, size=1)))) == set(numbers)
    assert len(server.asked) == len(numbers)


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (failing(429, Retry_After="7"), 7.5),
        (failing(429), 60.5),
        (failing(503, Retry_After="11"), 11.5),
        (failing(503), 2.5),
        (failing(502), 2.5),
        (failing(500), 2.5),
        (cut, 2.5),
        (traced, 2.5),
        (broken_off, 2.5),
        (page, 2.5),
        (disguised, 2.5),
        (another, 2.5),
        (slow, 2.5),
    ],
)
def test_a_failure_is_waited_out_and_no_part_is_taken_for_the_whole(
    client: Client, server: Wikidata, patience: Patience, fault: Fault, waits: float
) -> None:
    server.faults.append(fault)
    assert values(client.rows(JAPAN)) == ["Q17"]
    assert len(server.asked) == 2
    assert patience.slept[0] == waits


def test_a_day_to_come_back_on_is_kept(client: Client, server: Wikidata, patience: Patience) -> None:
    day = datetime.fromtimestamp(patience.time + 42, UTC)
    server.faults.append(failing(429, Retry_After=format_datetime(day, usegmt=True)))
    client.rows(JAPAN)
    assert patience.slept[0] == 42.5


def test_each_wait_is_longer_and_they_end(client: Client, server: Wikidata, patience: Patience) -> None:
    server.faults += [failing(503)] * MANNERS.tries
    with pytest.raises(StoreBusy, match=r"503.*tried 5 times.*run it again later"):
        client.rows(JAPAN)
    assert patience.slept == [2.5, 5.0, 10.0, 20.0]
    assert len(server.asked) == MANNERS.tries


def test_who_asks_to_wait_for_an_hour_is_not_waited_for(
    client: Client, server: Wikidata, patience: Patience
) -> None:
    server.faults.append(failing(429, Retry_After="3600"))
    with pytest.raises(StoreBusy, match="come back in 3600 seconds") as caught:
        client.rows(JAPAN)
    assert caught.value.retry_after == 3600
    assert patience.slept == []


@pytest.mark.parametrize(
    ("status", "error"), [(400, QueryError), (401, StoreError), (403, StoreError), (404, StoreError)]
)
def test_a_refusal_is_not_repeated(
    client: Client, server: Wikidata, status: int, error: type[Exception]
) -> None:
    server.faults.append(failing(status))
    with pytest.raises(error):
        client.rows(JAPAN)
    assert len(server.asked) == 1


def test_a_redirect_of_a_short_query_is_followed(client: Client, server: Wikidata) -> None:
    server.faults.append(redirected(f"{server.address}/elsewhere?{urlencode({'query': JAPAN})}"))
    assert values(client.rows(JAPAN)) == ["Q17"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_that_loses_the_query_is_told(client: Client, server: Wikidata, status: int) -> None:
    server.faults.append(redirected(f"{server.address}/elsewhere", status))
    with pytest.raises(AcagraphError, match=r"HTTP 30\d"):
        client.rows(JAPAN + " # " + "long " * 500)


def test_what_takes_too_long_is_asked_in_halves(client: Client, server: Wikidata) -> None:
    numbers = ["Q17", "Q1490", "Q38283", "Q41187"]
    heavy = failing(500, "java.util.concurrent.TimeoutException")
    server.faults += [heavy, heavy]
    found = values(list(client.batched(labels, numbers, size=4)))
    assert set(found) == set(numbers)
    assert [query.count("wd:Q") for query in server.asked] == [4, 2, 1, 1, 2]


def test_a_batch_that_cannot_be_halved_ends(client: Client, server: Wikidata) -> None:
    server.faults += [failing(504)] * MANNERS.tries
    with pytest.raises(StoreTimeout, match="tried 5 times"):
        list(client.batched(labels, ["Q17"], size=4))


def test_batches_do_not_depend_on_the_order(client: Client, server: Wikidata) -> None:
    done: list[tuple[int, int]] = []
    list(client.batched(labels, ["Q40", "Q17", "Q40"], size=1, progress=lambda *told: done.append(told)))
    list(client.batched(labels, iter(["Q17", "Q40"]), size=1))
    assert len(server.asked) == 2
    assert done == [(1, 2), (2, 2)]


def test_a_server_that_is_not_there_is_told(tmp_path: Path, patience: Patience) -> None:
    with (
        open_client(
            "http://127.0.0.1:9/sparql", cache=tmp_path, manners=MANNERS, clock=patience.clock
        ) as client,
        pytest.raises(StoreError, match=r"cannot be reached.*tried 5 times"),
    ):
        client.rows(JAPAN)


def test_a_file_that_is_no_cache_is_told(tmp_path: Path) -> None:
    (tmp_path / "wikidata.sqlite").write_text("x" * 5_000)
    with pytest.raises(StoreError, match=r"wikidata\.sqlite cannot be used as a cache.*remove it"):
        Cache(tmp_path)


def test_a_cache_of_another_version_is_told(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "wikidata.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StoreError, match="another version"):
        Cache(tmp_path)


def test_a_damaged_answer_in_the_cache_is_told(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("e", "q", b"{}", at=1)
    assert cache.get("e", "q", since=1) == b"{}"
    assert cache.get("e", "q", since=2) is None
    assert cache.get("other", "q", since=0) is None
    with sqlite3.connect(cache.path) as database:
        database.execute("UPDATE answers SET body = x'00'")
    database.close()
    with pytest.raises(StoreError, match="cannot be used as a cache"):
        cache.get("e", "q", since=0)
    cache.close()


@pytest.mark.parametrize(
    ("told", "folder"), [("/var/kept", "/var/kept/acagraph"), ("relative", "/home/x/.cache/acagraph")]
)
def test_the_folder_of_caches_is_where_others_are(
    told: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", told)
    monkeypatch.setenv("HOME", "/home/x")
    assert default_folder() == Path(folder)


VALID = {"head": {"vars": ["x", "y"]}, "results": {"bindings": [{"x": {"type": "uri", "value": "a:a"}}]}}


def test_whole_results_pass() -> None:
    body = json.dumps(VALID).encode()
    assert checked(body, "here", ["x"]) == body


@pytest.mark.parametrize(
    "document",
    [
        [],
        "text",
        {**VALID, "head": {}},
        {**VALID, "head": {"vars": [1]}},
        {**VALID, "results": {}},
        {**VALID, "results": {"bindings": {}}},
        {**VALID, "results": {"bindings": ["row"]}},
        {**VALID, "results": {"bindings": [{}]}},
        {**VALID, "results": {"bindings": [{"z": {"type": "uri", "value": "a:a"}}]}},
        {**VALID, "results": {"bindings": [{"x": "a:a"}]}},
        {**VALID, "results": {"bindings": [{"x": {"type": "iri", "value": "a:a"}}]}},
        {**VALID, "results": {"bindings": [{"x": {"type": "uri", "value": 1}}]}},
        {**VALID, "results": {"bindings": [{"x": {"type": "literal", "value": "a", "datatype": 1}}]}},
    ],
)
def test_what_is_no_table_of_results_is_refused(document: object) -> None:
    with pytest.raises(StoreError, match="no table of results"):
        checked(json.dumps(document).encode(), "here", ["x"])


@given(st.integers(0, len(json.dumps(VALID)) - 1))
def test_no_beginning_of_an_answer_is_taken_for_it(length: int) -> None:
    with pytest.raises(StoreError, match="cut or malformed"):
        checked(json.dumps(VALID).encode()[:length], "here", ["x"])


def test_an_answer_that_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(StoreError, match="cut or malformed"):
        checked(b'{"head":' + b"[" * 200_000, "here", ["x"])


@given(st.text(max_size=40))
def test_any_header_is_read_or_passed_over(text: str) -> None:
    found = retry_after(text, now=0.0)
    assert found is None or found >= 0


@given(st.integers(0, 2_000_000_000), st.integers(-100_000, 100_000))
def test_a_day_of_a_header_is_read_as_seconds_from_now(now: int, wait: int) -> None:
    day = format_datetime(datetime.fromtimestamp(max(0, now + wait), UTC), usegmt=True)
    assert retry_after(day, now=float(now)) == max(0, max(0, now + wait) - now)

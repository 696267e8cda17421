"""A few processes answer the queries of strangers: one that dies or hangs costs its query only."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

import acagraph
from acagraph.errors import NotAcceptable, QueryError, SourceError, StoreBusy, StoreError, StoreTimeout
from acagraph.stores import EmbeddedStore, Limits, Scope, messages
from acagraph.stores.pool import PoolStore, Size
from acagraph.web import create_app

from small import DATA, served

T = TypeVar("T")
GRAPH = "https://w3id.org/acagraph/graph/derived"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
LISTS = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists()
needs_lists = pytest.mark.skipif(not LISTS, reason="this system does not list the children of a process")


@pytest.fixture(scope="module")
def store(small_release: Path) -> Iterator[PoolStore]:
    pool = PoolStore(small_release / "store", size=Size(workers=3))
    pool.start()
    yield pool
    pool.close()


def children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in listed.split()]


def zygote_of(pool: PoolStore, workers: int) -> tuple[int, list[int]]:
    """Return the zygote of a pool, when it has so many workers, and these."""
    zygote = pool._zygote  # other pools of this process, such as a server's, look the same from outside
    assert zygote is not None
    return zygote.pid, until(lambda: found if len(found := children(zygote.pid)) == workers else None)


def until(found: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + 60
    while not (result := found()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return result


def gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_an_answer_is_that_of_the_embedded_store(store: PoolStore, small_release: Path) -> None:
    embedded = EmbeddedStore.at(small_release / "store")
    for query, accept in ((COUNT, "text/csv"), ("DESCRIBE agent:sony", "text/turtle"), ("ASK {}", "*/*")):
        mine, theirs = store.answer(query, accept=accept), embedded.answer(query, accept=accept)
        assert (mine.media_type, mine.read()) == (theirs.media_type, theirs.read())
    derived = store.answer(COUNT, accept="text/csv", scope=Scope((GRAPH,))).read()
    assert int(derived.split()[1]) == 7


def test_errors_come_back_as_what_they_are(store: PoolStore) -> None:
    with pytest.raises(QueryError) as caught:
        store.answer("SELECT *\n{ ?s ?p")
    assert caught.value.line == 2
    with pytest.raises(NotAcceptable):
        store.answer("ASK {}", accept="image/png")
    with pytest.raises(QueryError, match="larger than 50 bytes"):
        store.answer("SELECT * { ?s ?p ?o }", limits=Limits(max_bytes=50))
    nowhere = PoolStore(Path("nowhere"), size=Size(workers=1))
    for _ in range(2):
        with pytest.raises(StoreError, match="not a store folder"):
            nowhere.answer("ASK {}")
    nowhere.close()


def test_a_file_is_loaded_once_and_shared() -> None:
    pool = PoolStore(DATA, size=Size(workers=2))
    pool.start()
    expected = EmbeddedStore.load(DATA).answer(COUNT).read()
    assert [pool.answer(COUNT).read() for _ in range(3)] == [expected] * 3
    if LISTS:
        assert len(list(Path(f"/proc/{zygote_of(pool, 2)[0]}/task").iterdir())) == 1
    pool.close()


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("<a:a> <a:b> .\n", encoding="utf-8")
    pool = PoolStore(broken, size=Size(workers=1))
    with pytest.raises(SourceError, match=r"broken\.ttl:1"):
        pool.answer("ASK {}")
    pool.close()


def test_many_threads_get_each_its_own_answer(store: PoolStore) -> None:
    def ask(number: int) -> str:
        body = store.answer(f'SELECT ("{"x" * number * 1000}{number}" AS ?x) {{}}').read()
        value: str = json.loads(body)["results"]["bindings"][0]["x"]["value"]
        return value

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(50)))
    assert found == ["x" * number * 1000 + str(number) for number in range(50)]


def killing(store: PoolStore) -> None:
    """Ask what the engine aborts at: values of many kinds have no total order."""
    kinds = ('"a{n}"', "{n}", '"{n}"^^<x:t{m}>', "<x:{n}>", '"{n}"@en', "{n}.5e0", '"{n}-01-01"^^xsd:gYear')
    values = " ".join(kinds[n % 7].format(n=(n * 7919) % 1009, m=n % 5) for n in range(3000))
    with pytest.raises(QueryError, match=r"broke off .* order by values of one kind"):
        store.answer(f"SELECT ?o {{ VALUES ?o {{ {values} }} }} ORDER BY ?o")


@needs_lists
def test_a_worker_that_dies_costs_its_query_and_is_replaced(store: PoolStore) -> None:
    zygote, before = zygote_of(store, 3)
    asked = [0]
    over = threading.Event()

    def keep_asking() -> None:
        while not over.is_set():
            assert json.loads(store.answer("ASK {}").read())["boolean"]
            asked[0] += 1

    with ThreadPoolExecutor(1) as other:
        running = other.submit(keep_asking)
        for _ in range(3):
            killing(store)
        over.set()
        running.result()
    assert asked[0] > 3
    after = until(lambda: found if len(found := children(zygote)) == 3 else None)
    assert set(after) != set(before)


def test_nesting_that_overflows_the_stack_costs_its_query_only(small_release: Path) -> None:
    # The guard lets in nothing that overflows a stack of the usual size, so this one is small.
    deep = "ASK { FILTER(" + "(" * 190 + "true" + ")" * 190 + ") }"
    pool = PoolStore(small_release / "store", size=Size(workers=2))
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    resource.setrlimit(resource.RLIMIT_STACK, (256 << 10, hard))
    try:
        pool.start()
    finally:
        resource.setrlimit(resource.RLIMIT_STACK, (soft, hard))
    with ThreadPoolExecutor(1) as other:
        asks = [other.submit(pool.answer, "ASK {}") for _ in range(10)]
        for _ in range(3):
            with pytest.raises(QueryError, match=r"broke off .*status -\d+.* nest it less deeply"):
                pool.answer(deep)
        assert all(json.loads(ask.result().read())["boolean"] for ask in asks)
    pool.close()


@needs_lists
def test_a_query_that_never_ends_is_stopped_and_its_worker_replaced(store: PoolStore) -> None:
    zygote, before = zygote_of(store, 3)
    began = time.monotonic()
    with pytest.raises(StoreTimeout, match=r"within 0\.2 s"):
        store.answer(ENDLESS, limits=Limits(timeout_seconds=0.2))
    assert time.monotonic() - began < 20
    until(lambda: len(now := children(zygote)) == 3 and set(now) != set(before))
    assert store.answer(COUNT).read()


def test_a_query_that_takes_too_much_memory_is_an_error(small_release: Path) -> None:
    pool = PoolStore(small_release / "store", size=Size(workers=1, memory_bytes=1 << 30))
    large = "SELECT ?a ?d ?g ?j { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?c ?f"
    with pytest.raises(QueryError, match=r"broke off|too much memory"):
        pool.answer(large, limits=Limits(timeout_seconds=120))
    assert pool.answer("ASK {}").read()
    pool.close()


def test_more_queries_than_places_are_refused(small_release: Path) -> None:
    pool = PoolStore(small_release / "store", size=Size(workers=1, waiting=1, patience_seconds=0.5))
    with ThreadPoolExecutor(3) as threads:
        limits = Limits(timeout_seconds=2)
        asked = [threads.submit(pool.answer, ENDLESS, limits=limits) for _ in range(3)]
        errors = [type(one.exception()) for one in asked]
    assert sorted(error.__name__ for error in errors) == ["StoreBusy", "StoreBusy", "StoreTimeout"]
    assert pool.answer("ASK {}").read()
    pool.close()


def test_a_busy_service_says_when_to_come_back(
    small: acagraph.Dataset, small_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = PoolStore(small_release / "store", size=Size(workers=1, waiting=1, patience_seconds=0.2))
    monkeypatch.setattr(acagraph.Dataset, "pooled", lambda _: pool)
    limits = Limits(timeout_seconds=3)
    with served(create_app(small, limits=limits)) as address, ThreadPoolExecutor(3) as threads:
        url = f"{address}/sparql"
        asked = [threads.submit(httpx.get, url, params={"query": ENDLESS}, timeout=60) for _ in range(3)]
        answers = sorted((one.result() for one in asked), key=lambda one: one.status_code)
        assert [one.status_code for one in answers] == [503, 503, 504]
        assert answers[0].headers["retry-after"] == str(StoreBusy.retry_after)
        assert answers[0].headers["content-type"] == "application/problem+json"
        assert "ask again" in answers[0].json()["detail"]
    with pytest.raises(StoreError, match="closed"):
        pool.answer("ASK {}")


@needs_lists
def test_the_zygote_has_one_thread_and_is_replaced_with_all_workers(small_release: Path) -> None:
    pool = PoolStore(small_release / "store", size=Size(workers=4))
    pool.start()
    zygote, workers = zygote_of(pool, 4)
    assert len(list(Path(f"/proc/{zygote}/task").iterdir())) == 1
    os.kill(zygote, signal.SIGKILL)
    until(lambda: gone(workers))
    assert [pool.answer("ASK {}").read() for _ in range(3)]
    zygote_of(pool, 1)
    pool.close()


def test_one_zygote_forks_hundreds_of_workers() -> None:
    pool = PoolStore(Path("nowhere"), size=Size(workers=8))
    pool.start()
    zygote = pool._zygote

    def ask(_: int) -> str:
        with pytest.raises(StoreError, match="not a store folder") as caught:
            pool.answer("ASK {}")
        return type(caught.value).__name__

    with ThreadPoolExecutor(8) as threads:  # each worker ends by itself while its owner lets go of it
        assert set(threads.map(ask, range(300))) == {"StoreError"}
    assert pool._zygote is zygote
    pool.close()


@needs_lists
def test_closing_ends_all_processes_and_the_query_under_way(small_release: Path) -> None:
    pool = PoolStore(small_release / "store", size=Size(workers=4))
    pool.start()
    zygote, workers = zygote_of(pool, 4)
    with ThreadPoolExecutor(1) as other:
        running = other.submit(pool.answer, ENDLESS, limits=Limits(timeout_seconds=None))
        time.sleep(0.5)
        pool.close()
        with pytest.raises(StoreError, match="closed"):
            running.result(timeout=30)
    assert gone([zygote, *workers])
    with pytest.raises(StoreError, match="closed"):
        pool.answer("ASK {}")


@needs_lists
def test_no_process_outlives_a_killed_owner(small_release: Path) -> None:
    program = (
        "import pathlib, sys; from acagraph.stores import Limits; from acagraph.stores.pool import *\n"
        "pool = PoolStore(pathlib.Path(sys.argv[1]), size=Size(workers=2)); pool.start()\n"
        "pool.answer(sys.argv[2], limits=Limits(timeout_seconds=None))"
    )
    command = [sys.executable, "-c", program, str(small_release / "store"), ENDLESS]
    with subprocess.Popen(command) as owner:
        zygote = until(lambda: children(owner.pid))[0]
        workers = until(lambda: found if len(found := children(zygote)) == 2 else None)
        time.sleep(0.5)
        owner.kill()
    until(lambda: gone([zygote, *workers]))


@pytest.mark.parametrize("sent", [b"", b"\0" * 15, b"\0" * 7 + b"\2" + b"\0" * 7 + b"\5" + b"{}" + b"cut"])
def test_a_reply_that_stops_short_is_none(sent: bytes) -> None:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(sent)
        far.shutdown(socket.SHUT_WR)
        with pytest.raises(EOFError):
            messages.receive(near)

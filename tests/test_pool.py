"""A few processes answer the queries of strangers: one that dies or hangs costs its query only."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import uvloop

import acagraph
from acagraph.errors import (
    AcagraphError,
    AnswerTooLarge,
    ClientBusy,
    NotAcceptable,
    Overdue,
    QueryError,
    SourceError,
    StoreBusy,
    StoreError,
)
from acagraph.stores import EmbeddedStore, Limits, Scope
from acagraph.stores.pool import Load, Pool, Size
from acagraph.stores.protocol import Asked, Delivery
from acagraph.web import create_app

from attacks import killing
from small import DATA, served

T = TypeVar("T")
GRAPH = "https://w3id.org/acagraph/graph/derived"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
LISTS = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists()
needs_lists = pytest.mark.skipif(not LISTS, reason="this system does not list the children of a process")
SMALL = Size(workers=2, long=1)
SPARE = 1


@pytest.fixture(scope="module")
def store(small_release: Path) -> Iterator[Pool]:
    """A pool that is asked in many event loops, one after another."""
    pool = Pool(small_release / "store", size=SMALL)
    pool.start()
    yield pool
    pool.close()


def ask(store: Pool, query: str, *, client: str = "", **conditions: Any) -> Coroutine[Any, Any, Delivery]:
    return store.deliver(Asked(query, **conditions), client=client)


def answered(store: Pool, query: str, **conditions: Any) -> Delivery:
    return asyncio.run(ask(store, query, **conditions))


def within(seconds: float | None) -> Limits:
    return Limits(timeout_seconds=seconds)


def children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in listed.split()]


def zygote_of(pool: Pool) -> int:
    pid = pool._crew.nursery.pid  # other pools of this process look the same from outside
    assert pid is not None
    return pid


def workers_of(pool: Pool) -> list[int]:
    """Return the workers of a pool, when all are there."""
    wanted = pool._size.workers + pool._size.long + SPARE
    return until(lambda: found if len(found := children(zygote_of(pool))) == wanted else None)


def until(found: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + 60
    while not (result := found()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return result


async def soon(found: Callable[[], object]) -> None:
    """Wait until something is so, while the event loop goes on."""
    deadline = time.monotonic() + 60
    while not found():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_an_answer_is_that_of_the_embedded_store(
    store: Pool, small_release: Path, run: Callable[[Coroutine[Any, Any, Delivery]], Delivery]
) -> None:
    embedded = EmbeddedStore.at(small_release / "store")
    asked = {COUNT: ("text/csv", 1), "DESCRIBE agent:sony": ("text/turtle", 12), "ASK {}": ("*/*", 0)}
    for query, (accept, _) in asked.items():
        mine, theirs = run(ask(store, query, accept=accept)), embedded.answer(query, accept=accept)
        body = mine.read()
        assert (mine.media_type, body) == (theirs.media_type, theirs.read())
        assert (mine.size, mine.coding) == (len(body), "")
        assert mine.digest == hashlib.sha256(body).hexdigest()
    derived = run(ask(store, COUNT, accept="text/csv", scope=Scope((GRAPH,)))).read()
    assert int(derived.split()[1]) == 7


@pytest.mark.parametrize("accept", ["text/csv", "text/tab-separated-values", "application/json", "text/xml"])
def test_rows_are_counted(store: Pool, accept: str) -> None:
    tricky = r'"a\nb" "{},{\"x\":{},{" "\",{\"" "<result>\r\n" UNDEF "]}}" "\\" "," ",{" "[{"'
    found = answered(store, f"SELECT ?x {{ VALUES ?x {{ {tricky} }} }}", accept=accept)
    assert found.rows == 10
    assert answered(store, "SELECT ?x { VALUES ?x {} }", accept=accept).rows == 0
    assert answered(store, "ASK {}", accept=accept).rows == 0


@pytest.mark.parametrize("accept", ["text/turtle", "application/n-triples", "application/ld+json"])
def test_triples_are_counted_once(store: Pool, accept: str) -> None:
    query = (
        "CONSTRUCT { ?s a ?c . ?o a ?c } { VALUES (?s ?o ?c) { (<a:a> <a:b> <a:c>) (<a:b> <a:a> <a:c>) } }"
    )
    assert answered(store, query, accept=accept).rows == 2


def test_errors_come_back_as_what_they_are(store: Pool) -> None:
    with pytest.raises(QueryError) as caught:
        answered(store, "SELECT *\n{ ?s ?p")
    assert caught.value.line == 2
    with pytest.raises(NotAcceptable):
        answered(store, "ASK {}", accept="image/png")
    with pytest.raises(AnswerTooLarge, match="larger than 50 bytes"):
        answered(store, "SELECT * { ?s ?p ?o }", limits=Limits(max_bytes=50))
    with pytest.raises(AnswerTooLarge, match="more than 5 rows"):
        answered(store, "SELECT * { ?s ?p ?o }", limits=Limits(max_rows=5))
    with pytest.raises(AnswerTooLarge, match="more than 5 rows"):
        answered(store, "CONSTRUCT WHERE { ?s ?p ?o }", limits=Limits(max_rows=5))
    assert answered(store, "SELECT * { ?s ?p ?o } LIMIT 5", limits=Limits(max_rows=5)).rows == 5
    with pytest.raises(QueryError, match="custom function"):
        answered(store, "SELECT (<http://example.org/f>(1) AS ?x) {}")
    with pytest.raises(QueryError, match="surrogate"):
        answered(store, "ASK { <a:a> <a:b> '\ud800' }")
    nowhere = Pool(Path("nowhere"), size=SMALL)
    for _ in range(2):
        with pytest.raises(StoreError, match="not a store folder"):
            answered(nowhere, "ASK {}")
    nowhere.close()


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_an_answer_is_coded_when_it_is_worth_it(store: Pool, coding: str) -> None:
    query = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p STR(?o)"
    plain, coded = answered(store, query), answered(store, query, coding=coding)
    assert (coded.coding, coded.digest, coded.rows) == (coding, plain.digest, plain.rows)
    assert coded.size == len(coded.read()) < plain.size / 2
    assert answered(store, query, coding=coding).read() == coded.read()
    if coding == "gzip":
        assert gzip.decompress(coded.read()) == plain.read()
        assert coded.read()[4:8] == bytes(4)
    else:
        from backports import zstd

        assert zstd.decompress(coded.read()) == plain.read()
    assert answered(store, "ASK {}", coding=coding).coding == ""


def large(megabytes: int) -> str:
    """Return a query with an answer of so many megabytes, of which a coding leaves about half."""
    rows = megabytes * 15_000
    numbers = " ".join(str(number) for number in range(300))
    return (
        "SELECT (SHA256(CONCAT(STR(?a), '/', STR(?b))) AS ?x) "
        f"{{ VALUES ?a {{ {numbers} }} VALUES ?b {{ {numbers} }} }} LIMIT {rows}"
    )


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_large_answer_comes_in_a_file_without_a_name(store: Pool, coding: str) -> None:
    found = answered(store, large(5), coding=coding, accept="text/csv")
    assert not isinstance(found.body, bytes)
    body = b"".join(found.chunks())
    assert found.size == len(body) == os.fstat(found.body.fileno()).st_size
    assert os.fstat(found.body.fileno()).st_nlink == 0
    assert not os.get_inheritable(found.body.fileno())
    plain = gzip.decompress(body) if coding else body
    assert len(plain) > 4_900_000
    assert (found.rows, found.digest) == (plain.count(b"\n") - 1, hashlib.sha256(plain).hexdigest())
    found.body.close()


def test_a_file_is_loaded_once_and_shared() -> None:
    pool = Pool(DATA, size=Size(workers=2, long=1, memory_bytes=64 << 20))  # beside what is shared
    pool.start()
    expected = EmbeddedStore.load(DATA).answer(COUNT).read()
    assert [answered(pool, COUNT).read() for _ in range(3)] == [expected] * 3
    if LISTS:
        workers_of(pool)
        assert len(list(Path(f"/proc/{zygote_of(pool)}/task").iterdir())) == 1
    pool.close()


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("<a:a> <a:b> .\n", encoding="utf-8")
    pool = Pool(broken, size=SMALL)
    with pytest.raises(SourceError, match=r"broken\.ttl:1"):
        answered(pool, "ASK {}")
    pool.close()


def test_many_clients_get_each_its_own_answer(store: Pool) -> None:
    async def one(number: int) -> str:
        query = f'SELECT ("{"x" * number * 20_000}{number}" AS ?x) {{}}'
        body = (await ask(store, query, client=str(number))).read()
        value: str = json.loads(body)["results"]["bindings"][0]["x"]["value"]
        return value

    async def all_at_once() -> list[str]:
        return await asyncio.gather(*(one(number) for number in range(50)))

    assert asyncio.run(all_at_once()) == ["x" * number * 20_000 + str(number) for number in range(50)]


async def beside(store: Pool, hostile: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """Return how many questions of another client were answered while something hostile went on."""
    over, count = asyncio.ensure_future(hostile()), 0
    while not over.done():
        assert json.loads((await ask(store, "ASK {}", client="other")).read())["boolean"]
        count += 1
    await over
    return count


@needs_lists
def test_a_worker_that_dies_costs_its_query_and_is_replaced(store: Pool) -> None:
    async def hostile() -> None:
        for _ in range(3):
            with pytest.raises(QueryError, match=r"broke off .* order by values of one kind"):
                await ask(store, killing(), client="hostile")

    before, died = workers_of(store), store.load().died
    assert asyncio.run(beside(store, hostile)) > 3
    assert set(workers_of(store)) != set(before)
    assert store.load().died >= died + 3


def test_nesting_that_overflows_the_stack_costs_its_query_only(small_release: Path) -> None:
    # The guard lets in nothing that overflows a stack of the usual size, so this one is small.
    deep = "ASK { FILTER(" + "(" * 190 + "true" + ")" * 190 + ") }"
    pool = Pool(small_release / "store", size=SMALL)
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    resource.setrlimit(resource.RLIMIT_STACK, (256 << 10, hard))
    try:
        pool.start()
    finally:
        resource.setrlimit(resource.RLIMIT_STACK, (soft, hard))

    async def hostile() -> None:
        for _ in range(3):
            with pytest.raises(QueryError, match=r"broke off .*status -\d+.* nest it less deeply"):
                await ask(pool, deep, client="hostile")

    assert asyncio.run(beside(pool, hostile))
    pool.close()


@needs_lists
def test_a_query_that_never_ends_is_stopped_and_its_worker_replaced(store: Pool) -> None:
    before = workers_of(store)
    began = time.monotonic()
    with pytest.raises(Overdue, match=r"within 0\.2 s"):
        answered(store, ENDLESS, limits=within(0.2))
    assert time.monotonic() - began < 20
    until(lambda: set(workers_of(store)) != set(before))
    assert answered(store, COUNT).read()


@needs_lists
def test_a_query_whose_client_left_is_stopped_at_once(store: Pool) -> None:
    async def leave() -> None:
        before = set(workers_of(store))
        task = asyncio.ensure_future(ask(store, ENDLESS, limits=within(None)))
        await soon(lambda: store.load().busy)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert store.load().busy == 0
        await soon(lambda: not before <= set(children(zygote_of(store))))

    asyncio.run(leave())
    assert answered(store, COUNT).read()


def test_a_query_that_takes_too_much_memory_is_an_error(small_release: Path) -> None:
    pool = Pool(small_release / "store", size=Size(workers=1, long=1, memory_bytes=512 << 20))
    greedy = "SELECT ?a ?d ?g ?j { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?c ?f"
    with pytest.raises(QueryError, match=r"broke off|too much memory"):
        answered(pool, greedy, limits=within(120))
    assert answered(pool, "ASK {}").read()
    pool.close()


def test_a_lasting_query_gives_way_to_short_ones(small_release: Path) -> None:
    """With one place of each kind: the second lasting query stays until a short one needs its place."""
    size = Size(workers=1, long=1, moment_seconds=0.05, share_seconds=60)
    pool = Pool(small_release / "store", size=size)

    async def lasting() -> None:
        runaways = []
        for number in range(2):
            runaways.append(asyncio.ensure_future(ask(pool, ENDLESS, client=f"heavy {number}")))
            await soon(lambda: pool.load().long == len(runaways))
        assert (await ask(pool, "ASK {}", client="light")).read()
        with pytest.raises(StoreBusy, match="too many long queries"):
            await runaways[1]
        assert not runaways[0].done()
        assert (await ask(pool, "ASK {}", client="light")).read()
        assert pool.load() == Load(busy=1, long=1, waiting=0, started=pool.load().started, died=0)
        runaways[0].cancel()

    asyncio.run(lasting())
    pool.close()


def test_a_query_that_had_its_share_ends_when_another_waits(small_release: Path) -> None:
    size = Size(workers=1, long=1, moment_seconds=0.05, share_seconds=0.5)
    pool = Pool(small_release / "store", size=size)

    async def sharing() -> None:
        first = asyncio.ensure_future(ask(pool, ENDLESS, client="first"))
        await soon(lambda: pool.load().long == 1)
        await asyncio.sleep(0.6)
        assert not first.done()
        second = asyncio.ensure_future(ask(pool, ENDLESS, client="second"))
        await soon(lambda: pool.load().long == 2)
        assert (await ask(pool, "ASK {}", client="light")).read()
        with pytest.raises(Overdue, match="other queries wait"):
            await first
        assert not second.done()
        second.cancel()

    asyncio.run(sharing())
    pool.close()


def test_a_worker_opens_its_store_within_little_memory(small_release: Path) -> None:
    # With an arena of address space for each thread, more than this was gone before the first query.
    pool = Pool(small_release / "store", size=Size(workers=1, long=1, memory_bytes=288 << 20))
    assert answered(pool, "ASK {}").read()
    pool.close()


@needs_lists
def test_a_lasting_query_runs_behind_all_others_and_its_worker_ends(small_release: Path) -> None:
    pool = Pool(small_release / "store", size=Size(workers=1, long=1, moment_seconds=0.05))

    async def demoted() -> None:
        task = asyncio.ensure_future(ask(pool, ENDLESS, client="heavy"))
        await soon(lambda: pool.load().long == 1)
        workers = workers_of(pool)
        expected = [os.SCHED_OTHER, os.SCHED_OTHER, os.SCHED_IDLE]  # which the zygote sets in its own time
        await soon(lambda: sorted(os.sched_getscheduler(pid) for pid in workers) == expected)
        await soon(lambda: sorted(os.getpriority(os.PRIO_PROCESS, pid) for pid in workers) == [5, 5, 19])
        task.cancel()

    asyncio.run(demoted())
    pool.close()


def test_more_queries_than_places_are_refused(small_release: Path) -> None:
    size = Size(workers=1, long=1, each=1, waiting=1, patience_seconds=0.5, moment_seconds=60)
    pool = Pool(small_release / "store", size=size)

    async def crowd() -> list[str]:
        asked = [ask(pool, ENDLESS, client=str(number), limits=within(2)) for number in range(3)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        return sorted(type(error).__name__ for error in found)

    assert asyncio.run(crowd()) == ["Overdue", "StoreBusy", "StoreBusy"]
    assert answered(pool, "ASK {}").read()
    pool.close()


def test_a_busy_service_says_when_to_come_back(small: acagraph.Dataset, small_release: Path) -> None:
    size = Size(workers=1, long=1, each=1, queue=1, patience_seconds=0.2, moment_seconds=60)
    pool = Pool(small_release / "store", size=size)
    app = create_app(small, limits=within(3), guarded=pool)
    with served(app) as address, ThreadPoolExecutor(3) as threads:
        url = f"{address}/sparql"
        # Equal queries would wait for the answer of one.
        asked = [
            threads.submit(httpx.get, url, params={"query": f"{ENDLESS} # {n}"}, timeout=60) for n in range(3)
        ]
        answers = sorted((one.result() for one in asked), key=lambda one: one.status_code)
    assert [one.status_code for one in answers] == [429, 503, 503]
    for one in answers:
        assert one.headers["content-type"] == "application/problem+json"
    busy, *stopped = answers
    assert busy.headers["retry-after"] == str(ClientBusy.retry_after)
    assert "of your queries wait already" in busy.json()["detail"]
    told = sorted(one.json()["detail"] for one in stopped)
    assert "no answer within 3 s" in told[0]
    assert "ask again" in told[1]
    with pytest.raises(StoreError, match="closed"):
        answered(pool, "ASK {}")


@needs_lists
@pytest.mark.parametrize("target", ["store", "data/acagraph.trig"])  # opened by workers, loaded for them
def test_the_zygote_has_one_thread_and_is_replaced_with_all_workers(target: str, small_release: Path) -> None:
    pool = Pool(small_release / target, size=SMALL)
    pool.start()
    zygote, workers = zygote_of(pool), workers_of(pool)
    assert len(list(Path(f"/proc/{zygote}/task").iterdir())) == 1
    os.kill(zygote, signal.SIGKILL)
    until(lambda: gone(workers))
    assert [answered(pool, "ASK {}").read() for _ in range(3)]
    assert zygote_of(pool) != zygote
    workers_of(pool)
    pool.close()


@needs_lists
def test_idle_workers_that_end_are_replaced_at_once(small_release: Path) -> None:
    pool = Pool(small_release / "store", size=SMALL)

    async def kill() -> None:
        assert (await ask(pool, COUNT)).read()
        victims = workers_of(pool)
        await soon(lambda: all(line.ready() for line in pool._crew.idle))
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        await soon(lambda: pool.load().died == len(victims))
        # One that was killed is a child until the zygote has looked after it.
        await soon(lambda: set(children(zygote_of(pool))).isdisjoint(victims))
        assert set(workers_of(pool)).isdisjoint(victims)

    asyncio.run(kill())
    pool.close()


def test_one_zygote_forks_hundreds_of_workers() -> None:
    pool = Pool(Path("nowhere"), size=Size(workers=4, long=4))
    pool.start()
    zygote = zygote_of(pool)

    async def one(number: int) -> str:
        with pytest.raises(StoreError, match="not a store folder") as caught:
            await ask(pool, "ASK {}", client=str(number))
        return type(caught.value).__name__

    async def in_turn(client: int) -> set[str]:  # each worker ends by itself while its owner lets go of it
        return {await one(client) for _ in range(40)}

    async def all_clients() -> list[set[str]]:
        return await asyncio.gather(*(in_turn(client) for client in range(8)))

    assert asyncio.run(all_clients()) == [{"StoreError"}] * 8
    assert zygote_of(pool) == zygote
    pool.close()


@needs_lists
def test_closing_ends_all_processes_and_the_query_under_way(small_release: Path) -> None:
    pool = Pool(small_release / "store", size=SMALL)
    pool.start()
    zygote, workers = zygote_of(pool), workers_of(pool)

    async def close() -> None:
        running = asyncio.ensure_future(ask(pool, ENDLESS, limits=within(None)))
        await soon(lambda: pool.load().busy)
        pool.close()
        with pytest.raises(StoreBusy, match="stopping"):
            await running

    asyncio.run(close())
    assert gone([zygote, *workers])
    with pytest.raises(StoreError, match="closed"):
        answered(pool, "ASK {}")


PROGRAM = """
import asyncio, pathlib, sys
from acagraph.stores import EmbeddedStore, Limits
from acagraph.stores.pool import Pool, Size
from acagraph.stores.protocol import Asked

async def main(pool, query):
    return (await pool.deliver(Asked(query, limits=Limits(timeout_seconds=None)))).read().decode()
"""


@needs_lists
def test_no_process_outlives_a_killed_owner(small_release: Path) -> None:
    program = (
        "pool = Pool(pathlib.Path(sys.argv[1]), size=Size(workers=1, long=1))\n"
        "pool.start()\n"
        "asyncio.run(main(pool, sys.argv[2]))"
    )
    command = [sys.executable, "-c", PROGRAM + program, str(small_release / "store"), ENDLESS]
    with subprocess.Popen(command) as owner:
        zygote = until(lambda: children(owner.pid))[0]
        workers = until(lambda: found if len(found := children(zygote)) == 2 + SPARE else None)
        time.sleep(0.5)
        owner.kill()
    until(lambda: gone([zygote, *workers]))


@needs_lists
def test_a_forked_pool_shares_the_store_of_its_owner(small_release: Path) -> None:
    """In a process of its own, which has no threads; the target is another store, to tell them apart."""
    program = """
import os, signal, time
from acagraph.stores import open_store
store = EmbeddedStore.load(pathlib.Path(sys.argv[1]))
kept = open(sys.argv[1])
pool = Pool.forked(store, pathlib.Path(sys.argv[2]), size=Size(workers=1, long=1))
zygote = pool._crew.nursery.pid
pool.start()
print(asyncio.run(main(pool, sys.argv[3])), store.answer(sys.argv[3]).read().decode())
held = {os.readlink(f"/proc/{zygote}/fd/{name}") for name in os.listdir(f"/proc/{zygote}/fd")}
print(sorted(name.split(":")[0] for name in held if sys.argv[1] in name))
workers = pathlib.Path(f"/proc/{zygote}/task/{zygote}/children").read_text().split()
os.kill(zygote, signal.SIGKILL)
for _ in range(6000):
    if any(os.path.exists(f"/proc/{pid}") for pid in workers):
        time.sleep(0.01)
print(asyncio.run(main(pool, sys.argv[3])))
pool.close()
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("none left")
"""
    empty = "SELECT (COUNT(*) AS ?n) { ?s <a:b> ?o }"
    data = small_release.parent / "one.ttl"
    data.write_text("<a:a> <a:b> <a:c> .\n", encoding="utf-8")
    command = [sys.executable, "-c", PROGRAM + program, str(data), str(small_release / "store"), empty]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    shared, held, spawned, left = done.stdout.splitlines()
    counts = [json.loads(part)["results"]["bindings"][0]["n"]["value"] for part in (*shared.split(), spawned)]
    assert counts == ["1", "1", "0"]
    assert (held, left, done.stderr) == ("[]", "none left", "")


@pytest.mark.parametrize("sent", [b"", b"\0" * 7, b"\0\0\0\2\0\0\0\5{}cut"])
def test_a_reply_that_stops_short_is_an_error(sent: bytes) -> None:
    import socket

    from acagraph.stores import messages
    from acagraph.stores.line import Line

    async def cut() -> None:
        near, far = socket.socketpair()
        lifeline, zygote = socket.socketpair()
        line = Line(near, lifeline, lambda _: None)
        with contextlib.closing(line), far, zygote:
            line.attach(asyncio.get_running_loop())
            far.sendall(messages.pack({"pid": os.getpid(), "seconds": 0.0}))
            await soon(line.ready)
            reply = line.ask(messages.pack({}))
            far.sendall(sent)
            far.shutdown(socket.SHUT_WR)
            zygote.sendall(messages.STATUS.pack(-9))
            with pytest.raises(QueryError, match="status -9"):
                await reply

    asyncio.run(cut())


def test_every_refusal_can_be_told() -> None:
    from acagraph import errors
    from acagraph.stores import messages

    for kind in (AnswerTooLarge, QueryError, NotAcceptable, StoreError, Overdue, StoreBusy):
        with pytest.raises(AcagraphError) as caught:
            messages.check(messages.refusal(kind("why")))
        assert (type(caught.value), str(caught.value)) == (kind, "why")
    assert errors.Overdue.status == 503


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits of this kind")
def test_a_lack_of_descriptors_costs_only_whoever_needs_one(small_release: Path) -> None:
    pool = Pool(small_release / "store", size=Size(workers=1, long=2))

    async def starve() -> None:
        pool.start()
        await pool.deliver(Asked("ASK {}"))
        slow = asyncio.ensure_future(pool.deliver(Asked(ENDLESS, limits=within(3)), client="slow"))
        await asyncio.sleep(0)
        zygote = pool._crew.nursery.pid
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        used = max(int(path.name) for path in Path("/proc/self/fd").iterdir()) + 1
        resource.setrlimit(resource.RLIMIT_NOFILE, (used, hard))
        try:
            with pytest.raises(StoreBusy, match="no process can be started"):
                pool._crew.nursery.worker()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert pool._crew.nursery.pid == zygote
        with pytest.raises(Overdue):
            await slow

    asyncio.run(starve())
    pool.close()

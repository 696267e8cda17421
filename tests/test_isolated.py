"""A query that kills the engine kills nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from acagraph.errors import NotAcceptable, QueryError, StoreError, StoreTimeout
from acagraph.stores import EmbeddedStore, Limits, Scope
from acagraph.stores.isolated import IsolatedStore
from acagraph.vocab import graph_iri

from attacks import killing

COUNT = "SELECT (COUNT(*) AS ?n) { ?s aca:memberOf ?c }"
T = TypeVar("T")
CHILDREN = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture
def store(release: Path) -> IsolatedStore:
    return IsolatedStore(release / "store")


def test_an_isolated_answer_is_that_of_the_embedded_store(store: IsolatedStore, release: Path) -> None:
    embedded = EmbeddedStore.at(release / "store")
    for query, accept in ((COUNT, "text/csv"), ("DESCRIBE agent:sony", "text/turtle"), ("ASK {}", "*/*")):
        mine, theirs = store.answer(query, accept=accept), embedded.answer(query, accept=accept)
        assert (mine.media_type, mine.read()) == (theirs.media_type, theirs.read())


def test_the_scope_of_a_request_goes_along(store: IsolatedStore) -> None:
    derived = store.answer(COUNT, accept="text/csv", scope=Scope((graph_iri("derived"),))).read()
    source = store.answer(COUNT, accept="text/csv", scope=Scope((graph_iri("source/002"),))).read()
    assert int(derived.split()[1]) > 100
    assert int(source.split()[1]) == 0


def test_a_query_whose_order_is_not_total_is_refused_and_the_next_one_answered(store: IsolatedStore) -> None:
    with pytest.raises(QueryError, match="order by values of one kind"):
        store.answer(killing())
    assert store.answer(COUNT).read()


def test_a_query_that_never_ends_is_stopped(store: IsolatedStore) -> None:
    with pytest.raises(StoreTimeout, match=r"within 0\.5 s"):
        store.answer(ENDLESS, limits=Limits(timeout_seconds=0.5))


@pytest.mark.skipif(not CHILDREN.exists(), reason="this system does not list the children of a process")
def test_a_process_ends_with_the_one_that_asked(release: Path) -> None:
    program = (
        "import pathlib, sys; from acagraph.stores import Limits; from acagraph.stores.isolated import *\n"
        "IsolatedStore(pathlib.Path(sys.argv[1])).answer(sys.argv[2], limits=Limits(timeout_seconds=None))"
    )
    store = release / "store"
    with subprocess.Popen([sys.executable, "-c", program, str(store), ENDLESS]) as asking:
        worker = _until(lambda: _children(asking.pid))
        asking.kill()
    _until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in worker))


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def _until(found: Callable[[], T]) -> T:
    deadline = time.monotonic() + 60
    while not (result := found()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return result


def test_errors_come_back_as_what_they_are(store: IsolatedStore) -> None:
    with pytest.raises(QueryError) as caught:
        store.answer("SELECT *\n{ ?s ?p")
    assert caught.value.line == 2
    with pytest.raises(NotAcceptable):
        store.answer("ASK {}", accept="image/png")
    with pytest.raises(StoreError, match="not a store folder"):
        IsolatedStore(Path("nowhere")).answer("ASK {}")

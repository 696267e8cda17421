"""A load from its beginning to its end: look, stage, verify, switch, verify."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from acagraph.errors import StoreError
from acagraph.loading import switch
from acagraph.loading.bulk import Bulk, bulk, carry_all
from acagraph.loading.connection import Connection, Refusal
from acagraph.loading.credentials import exposed
from acagraph.loading.parts import STAGED, Contents, Part, open_contents
from acagraph.loading.plan import BULK, ONCE, Plan, Wish, planned
from acagraph.loading.target import Target, find
from acagraph.loading.transfer import carrier, carry
from acagraph.loading.verification import Mismatch, check

# How often a store is asked whether a switch was made that it did not confirm.
_LOOKS = 5
# What answers so may stand between, and not know what the store did.
_BETWEEN = (502, 503, 504)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Loaded:
    """What a load did; `requests` are those that wrote, `statements` those that the store was asked for."""

    plan: Plan
    requests: int
    statements: int
    seconds: float
    notices: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class _Load:
    contents: Contents
    target: Target
    connection: Connection
    wish: Wish
    plan: Plan

    def staging(self, part: Part) -> str:
        return part.staging(self.plan.piece)

    def counts(self) -> Mapping[str, int]:
        return self.target.counts(self.connection)

    def drop(self, graphs: Iterable[str]) -> None:
        text = " ;\n".join(f"DROP SILENT GRAPH <{graph}>" for graph in graphs)
        self.target.change(self.connection, text)


def plan(release: Path, url: str, connection: Connection, wish: Wish) -> Plan:
    """Return what a load would do; the store is read, and nothing is written to it."""
    with tempfile.TemporaryDirectory(prefix="acagraph-") as scratch:
        return _looked(release, url, connection, wish, Path(scratch)).plan


def load(release: Path, url: str, connection: Connection, wish: Wish, progress: Progress) -> Loaded:
    """Put a release into a store, beside what is there, and make it what readers see in one update.

    `progress` hears how many triples are there, of how many. Raises StoreError with what went wrong; then
    readers see what they saw before, and the next call goes on from there, unless the message says otherwise.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="acagraph-") as scratch:
        found = _looked(release, url, connection, wish, Path(scratch))
        requests, statements = (_once if found.plan.method == ONCE else _beside)(found, progress)
        statements += _verified(found)
    return Loaded(found.plan, requests, statements, time.monotonic() - began, found.plan.notices)


def _looked(release: Path, url: str, connection: Connection, wish: Wish, scratch: Path) -> _Load:
    contents = open_contents(release, scratch)
    target = find(connection, url, update=wish.update, graph_store=wish.graph_store)
    made = planned(contents, target, target.counts(connection), wish)
    if notice := exposed(url, connection.credentials):
        made = made.with_notice(notice)
    return _Load(contents, target, connection, wish, made)


def _once(found: _Load, progress: Progress) -> tuple[int, int]:
    """Replace everything by one update."""
    text = switch.whole(found.contents, found.plan.dropped)
    _switch(found, text, again=True)
    progress(found.contents.triples, found.contents.triples)
    return 1, 0


def _beside(found: _Load, progress: Progress) -> tuple[int, int]:
    """Fill staging graphs, verify them, and put them in the place of the graphs."""
    try:
        requests = _staged(found, progress)
        statements = check(
            found.target, found.connection, found.contents.parts, found.staging, found.counts()
        )
    except Mismatch as error:
        # It would be taken for whole by the next run too, if only its number is right.
        with contextlib.suppress(StoreError):
            found.drop(map(found.staging, found.contents.parts))
        raise _still(error, "what was staged is dropped, and the same command begins anew") from error
    except StoreError as error:
        raise _still(error, "the same command goes on from here") from error
    contents, size, dropped = found.contents, found.plan.piece, found.plan.dropped
    # Only where an update is a transaction is it held in memory, and may a missing graph make it fail whole.
    if not found.target.atomic:
        _switch(found, switch.moves(contents, size, dropped), again=False)
        return requests + 1, statements
    _switch(found, switch.differences(contents, size, dropped), again=False)
    return requests + 1 + _unstaged(found), statements


def _unstaged(found: _Load) -> int:
    """Drop what was staged, a graph at a time: together they would take the memory that the switch saves."""
    graphs = [found.staging(part) for part in found.contents.parts if part != switch.sign(found.contents)]
    try:
        for graph in graphs:
            found.drop([graph])
    except StoreError as error:
        message = f"{error}. Readers see the release; what was staged is still there, so run this again"
        raise StoreError(message) from error
    return len(graphs)


def _staged(found: _Load, progress: Progress) -> int:
    there, size = found.counts(), found.plan.piece
    done = 0

    def tell(triples: int) -> None:
        nonlocal done
        done += triples
        progress(done, found.contents.triples)

    # This asks for the right to write too, before many megabytes are on their way.
    found.drop(switch.left(found.contents, there, size) or [f"{found.contents.parts[0].graph}{STAGED}none"])
    if found.plan.method == BULK:
        return 1 + _bulk(found, there, tell)
    by = carrier(found.plan.method, found.connection, found.target)
    return 1 + sum(
        carry(part, by, size, there.get(found.staging(part), 0), tell) for part in found.contents.parts
    )


def _bulk(found: _Load, there: Mapping[str, int], tell: Callable[[int], None]) -> int:
    how: Bulk = bulk(found.target, folder=found.wish.folder, isql=found.wish.isql, server=found.wish.server)
    missing = [part for part in found.contents.parts if there.get(found.staging(part), 0) != part.triples]
    tell(found.contents.triples - sum(part.triples for part in missing))
    if not missing:
        return 0
    begun = [found.staging(part) for part in missing if found.staging(part) in there]
    if begun:
        found.drop(begun)
    seconds = found.connection.timeout
    return carry_all(missing, how, found.connection, found.plan.piece, seconds, tell) + bool(begun)


def _switch(found: _Load, text: str, *, again: bool) -> None:
    """Send the update that readers see; it may have been made though the store did not confirm it."""
    try:
        found.target.change(found.connection, text, again=again)
    except StoreError as error:
        refused = isinstance(error, Refusal) and error.code not in _BETWEEN
        if found.target.atomic and refused:
            raise _still(error, "the same command tries again") from error
        if found.plan.method == ONCE or not _made(found):
            seen = "all of the one release or all of the other" if found.target.atomic else "graphs of both"
            message = f"{error}. The switch was not confirmed: readers see {seen}; run the same command again"
            raise StoreError(message) from error


def _made(found: _Load) -> bool:
    """Say whether the store has the graphs of the release, and not the staging graphs that a switch takes."""
    taken = [switch.sign(found.contents)] if found.target.atomic else found.contents.parts
    for _ in range(_LOOKS):
        try:
            counts = found.counts()
        except StoreError:
            found.connection.sleep(1.0)
            continue
        seen = {graph: number for graph, number in counts.items() if switch.is_seen(graph)}
        return seen == dict(found.contents.counts) and counts.keys().isdisjoint(map(found.staging, taken))
    return False


def _verified(found: _Load) -> int:
    """Compare what readers see now with the release; return the statements asked for."""
    parts = found.contents.parts
    try:
        counts = found.counts()
        asked = check(found.target, found.connection, parts, lambda part: part.graph, counts)
    except Mismatch as error:
        message = (
            f"{error}. This is after the switch, so readers see it: somebody else may write to this store, "
            "or it changes what it is given"
        )
        raise StoreError(message) from error
    except StoreError as error:
        message = f"{error}. The switch was made, but what readers see could not be compared; run this again"
        raise StoreError(message) from error
    if more := switch.gone(found.contents, counts):
        raise StoreError(
            f"{found.target.query} still has {more[0]}, which the release has not; run this again"
        )
    return asked


def _still(error: StoreError, then: str) -> StoreError:
    return StoreError(f"{error}. Readers still see what they saw before; {then}")

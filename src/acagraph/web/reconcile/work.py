"""Long work in short pieces: others have their turns between them, and a client that leaves ends it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from acagraph.errors import StoreTimeout
from acagraph.web.turns import Turns

# So long a piece of work takes, or as long as one item takes.
_PIECE = 0.05
_T = TypeVar("_T")
_R = TypeVar("_R")


async def in_pieces(
    request: Request,
    turns: Turns,
    work: Callable[[_T], _R],
    items: Iterable[_T],
    *,
    most_seconds: float | None,
    hint: str,
) -> list[_R]:
    """Return what `work` makes of each item, in threads, in the order of the items.

    Raises ClientDisconnect when the client has left, StoreTimeout when all takes longer than it may, with the
    hint what to do, and what Turns.run raises.
    """
    began = time.monotonic()
    waiting = iter(items)
    found: list[_R] = []
    while True:
        done = await turns.run(request, _piece, work, waiting, found)
        if done:
            return found
        if most_seconds is not None and time.monotonic() - began > most_seconds:
            raise StoreTimeout(f"not answered within {most_seconds:g} s; {hint}")
        if await request.is_disconnected():
            raise ClientDisconnect


def _piece(work: Callable[[_T], _R], waiting: Iterator[_T], found: list[_R]) -> bool:
    """Do a piece of the work; tell whether it was the last."""
    ends = time.perf_counter() + _PIECE
    for item in waiting:
        found.append(work(item))
        if time.perf_counter() >= ends:
            return False
    return True


def batches(items: Iterable[_T], size: int) -> Iterator[tuple[_T, ...]]:
    """Yield items in tuples of a size, the last one shorter."""
    waiting = iter(items)
    while batch := tuple(islice(waiting, size)):
        yield batch

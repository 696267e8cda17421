"""Whether a store holds what was sent: counted in each graph, and asked for a sample of its statements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from acagraph.errors import StoreError
from acagraph.loading.connection import Connection
from acagraph.loading.parts import Part
from acagraph.loading.target import Target

SAMPLE = 20
_BLANKS = 10
# Virtuoso 7.2.5 has no room for a hundred patterns in a query.
_AT_ONCE = 30
_SUBJECT = re.compile(rb"_:[^ ]+")


class Mismatch(StoreError):
    """A store holds something else than it was sent."""


def sample(part: Part, size: int = SAMPLE) -> list[bytes]:
    """Return lines of a graph, evenly spread and the same ones each time, with some about one blank node."""
    plain = part.triples - len(part.blank)
    chosen = {number * plain // size for number in range(min(size, plain))} if plain >= size else None
    with part.path.open("rb") as file:
        found = [line for number, line in enumerate(file) if chosen is None or number in chosen]
    first = next((match[0] for line in part.blank if (match := _SUBJECT.match(line))), b"")
    about = (line for line in part.blank if first and line.startswith(first + b" "))
    return found + list(islice(about, _BLANKS))


def check(
    target: Target,
    connection: Connection,
    parts: Iterable[Part],
    name: Callable[[Part], str],
    counts: Mapping[str, int],
) -> int:
    """Compare graphs, by their names in the store, with what was sent; return the statements asked for.

    `counts` is what the store says of each graph. Raises Mismatch with the first that differs.
    """
    parts = list(parts)
    for part in parts:
        there = counts.get(name(part), 0)
        if there != part.triples:
            raise Mismatch(f"{target.query} has {there:,} triples of {part.graph}, not {part.triples:,}")
    asked, held, lines = 0, list[tuple[Part, list[bytes]]](), 0
    for part in parts:
        chosen = sample(part)
        # A blank node in a pattern stands for any, but its name must not be in the pattern of another graph.
        if held and (part.blank or lines + len(chosen) > _AT_ONCE):
            asked += _ask(target, connection, held, name)
            held, lines = [], 0
        held.append((part, chosen))
        lines = _AT_ONCE if part.blank else lines + len(chosen)
    return asked + _ask(target, connection, held, name)


def _ask(
    target: Target, connection: Connection, held: list[tuple[Part, list[bytes]]], name: Callable[[Part], str]
) -> int:
    """Ask for lines of several graphs at once, and one by one only when something is lacking."""
    if held and not _holds(target, connection, held, name):
        for part, lines in held:
            for line in lines:
                if not _holds(target, connection, [(part, [line])], name):
                    told = line[:300].decode(errors="replace").strip()
                    raise Mismatch(f"{target.query} lacks a statement of {part.graph}: {told}")
    return sum(len(lines) for _, lines in held)


def _holds(
    target: Target, connection: Connection, held: list[tuple[Part, list[bytes]]], name: Callable[[Part], str]
) -> bool:
    graphs = "".join(f"GRAPH <{name(part)}> {{\n{b''.join(lines).decode()}}}\n" for part, lines in held)
    return connection.ask(target.query, f"ASK {{\n{graphs}}}")

"""Sorted lines of canonical N-Quads as what they say: subject by subject, as text and never as objects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from acagraph.vocab import expand

Fact = tuple[str, str]

_FIRST = {
    f"<{expand(name)}>": rank
    for rank, name in enumerate(("rdf:type", "skos:prefLabel", "rdfs:label", "skos:definition"))
}
_BLOCK = 1 << 20


def lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file of N-Quads as text."""
    with path.open(encoding="utf-8", newline="\n") as file:
        yield from file


def subjects(found: Iterable[str]) -> Iterator[tuple[str, list[Fact]]]:
    """Yield each subject of sorted lines with its predicates and objects, sorted, whatever their graph."""
    before, facts = "", list[Fact]()
    for line in found:
        subject, predicate, rest = line.split(" ", 2)
        if subject != before:
            if facts:
                yield before, facts
            before, facts = subject, []
        facts.append((predicate, rest[: rest.rindex(" <")]))
    if facts:
        yield before, facts


def parts(literal: str) -> tuple[str, str]:
    """Return a literal's quoted text, and what follows it: nothing, @ and a language, or ^^<datatype>.

    In canonical N-Quads the quoted text is a string of JSON too, escapes included.
    """
    end = literal.rindex('"') + 1
    return literal[:end], literal[end:]


def text(quoted: str) -> str:
    """Return what a quoted text says, its escapes resolved."""
    if "\\" not in quoted:
        return quoted[1:-1]
    said: str = json.loads(quoted)
    return said


def triples(path: Path) -> Iterator[bytes]:
    """Yield a file of N-Quads without the graphs, as N-Triples, in blocks of whole lines."""
    with path.open("rb") as file:
        while block := file.readlines(_BLOCK):
            yield b"".join([line[: line.rindex(b" <")] + b" .\n" for line in block])


def blocks(path: Path) -> Iterator[bytes]:
    """Yield a file in blocks."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def for_people(facts: list[Fact]) -> list[Fact]:
    """Put the classes first, then the names and what a thing is; the rest stays sorted."""
    facts.sort(key=_rank)
    return facts


def _rank(fact: Fact) -> int:
    return _FIRST.get(fact[0], len(_FIRST))

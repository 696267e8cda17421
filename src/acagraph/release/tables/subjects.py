"""The things of a dataset one by one, each with what is said of it, from sorted lines of N-Quads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox


@dataclass(frozen=True, slots=True)
class Text:
    """A literal: its text as it is written in the data, and its language where it has one."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing by IRI; `said` has the objects of its triples by property, as N-Triples writes both."""

    iri: str
    said: Mapping[bytes, list[bytes]]

    def iris(self, property: bytes) -> list[str]:
        """Return the IRIs that a property links it to, in the order of the data."""
        return [_iri(term) for term in self.said.get(property, ()) if term.startswith(b"<")]

    def texts(self, property: bytes) -> list[Text]:
        """Return the literals of a property in the order of the data."""
        return [literal(term) for term in self.said.get(property, ()) if term.startswith(b'"')]


def subjects(
    lines: Iterable[bytes], below: tuple[bytes, ...], needed: Collection[bytes]
) -> Iterator[Subject]:
    """Yield the things of sorted lines that begin with one of `below`, in that order.

    Of each is told what is said by the `needed` properties, as N-Triples writes them. The lines are canonical
    N-Quads, each in a named graph ("RDF 1.1 N-Quads", section 4, and RDFC-1.0).
    """
    current, said = b"", dict[bytes, list[bytes]]()
    for line in lines:
        if not line.startswith(below):
            continue
        subject, property, rest = line.split(b" ", 2)
        if subject != current:
            if current:
                yield Subject(current[1:-1].decode(), said)
            current, said = subject, {}
        if property in needed:
            said.setdefault(property, []).append(rest[: rest.rindex(b" <")])
    if current:
        yield Subject(current[1:-1].decode(), said)


def literal(term: bytes) -> Text:
    """Read a literal of canonical N-Triples; of its datatype nothing is kept."""
    if b"\\" in term:
        parsed = next(ox.parse(b"<a:a> <a:a> " + term + b" .", format=ox.RdfFormat.N_TRIPLES)).object
        assert isinstance(parsed, ox.Literal)
        return Text(parsed.value, parsed.language or "")
    end = term.rindex(b'"')
    language = term[end + 2 :].decode() if term.startswith(b"@", end + 1) else ""
    return Text(term[1:end].decode(), language)


# Few things are referred to again and again.
@lru_cache(maxsize=65_536)
def _iri(term: bytes) -> str:
    return term[1:-1].decode()

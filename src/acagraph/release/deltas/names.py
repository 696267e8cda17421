"""The names of what changed, out of the releases themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from acagraph.graph.terms import Value
from acagraph.release.lines import Lines
from acagraph.vocab import PREFIXES, XSD, compact, expand

_PREDICATES = tuple(
    f"<{PREFIXES[prefix]}{name}>".encode()
    for prefix, name in (("skos", "prefLabel"), ("rdfs", "label"), ("dcterms", "title"))
)
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LONGEST = 80
# To look up more, one by one, takes longer than to read a million lines.
_LOOKED_UP = 10_000


@dataclass(frozen=True)
class Names:
    """The names of things and terms by IRI: those of the newer version, else of the older."""

    known: Mapping[str, str]

    def of(self, iri: str) -> str:
        """Return the name of a thing, its prefixed name where it has none."""
        return self.known.get(iri) or compact(iri)

    def term(self, name: str) -> str:
        """Return the name of a class or property in words, by its prefixed name."""
        return self.known.get(_expanded(name)) or _WORD.sub(" ", name.rpartition(":")[2]).lower()

    def value(self, value: Value) -> str:
        """Return a value for people: a name, a number or day as it is written, else a text in quotes."""
        if not isinstance(value, ox.Literal):
            return self.of(value.value)
        text = _plain(value.value)
        if value.language is None and value.datatype.value != XSD + "string":
            return text.removesuffix(".0")
        return f"“{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}”"


def find_names(wanted: Iterable[str], *versions: Lines) -> Names:
    """Look names up in the lines of versions, not packed, the first of which goes before the others.

    The name in English is taken, else one without language, else the first by language; skos:prefLabel goes
    before rdfs:label and dcterms:title.
    """
    missing, known = {f"<{iri}>".encode() for iri in wanted}, dict[str, str]()
    for lines in versions:
        found: dict[bytes, tuple[int, int, str, str]] = {}
        for subject, line in _about(lines, missing):
            _offer(subject, line, found)
        known |= {subject[1:-1].decode(): offer[3] for subject, offer in found.items()}
        missing -= found.keys()
    return Names(known)


def _about(lines: Lines, subjects: set[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the lines about some subjects: looked up one by one, or, when they are many, in one reading."""
    if len(subjects) <= _LOOKED_UP:
        for subject in sorted(subjects):
            yield from ((subject, line) for line in lines.starting(subject + b" "))
        return
    for line in lines:
        subject = line[: line.index(b" ")]
        if subject in subjects:
            yield subject, line


def _offer(subject: bytes, line: bytes, found: dict[bytes, tuple[int, int, str, str]]) -> None:
    """Keep the name in a line when it is the best so far."""
    predicate = line[len(subject) + 1 : line.index(b" ", len(subject) + 1)]
    if predicate not in _PREDICATES:
        return
    for quad in ox.parse(line, format=ox.RdfFormat.N_QUADS):
        if isinstance(quad.object, ox.Literal):
            language = quad.object.language or ""
            rank = 0 if language == "en" else 1 if not language or language.startswith("en-") else 2
            text = _plain(quad.object.value)
            offer = (_PREDICATES.index(predicate), rank, language, text)
            found[subject] = min(found.get(subject, offer), offer)


def _plain(text: str) -> str:
    """Return a text on one line, without what a terminal would take for a command."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))


def _expanded(name: str) -> str:
    try:
        return expand(name)
    except KeyError:
        return name

"""What is stated of one subject, and which kind of subject it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from acagraph.graph.terms import Value
from acagraph.release.content import graph_of
from acagraph.vocab import BASE, KINDS, compact, expand

# The objects of each property, by its prefixed name, sorted.
Facts = Mapping[str, tuple[Value, ...]]

EVIDENCE = "aca:evidence"
_LINKS = "links"
_NOT_STATED = ("derived", "metadata", "ontology")
_ID = f"<{BASE}id/".encode()
# The properties that only rules write; the ontology marks the others with aca:derivedFrom and owl:inverseOf.
_INFERRED = tuple(
    f"<{expand(name)}>".encode()
    for name in (
        "aca:about",
        "aca:actorType",
        "aca:founded",
        "aca:foundedYear",
        "aca:startYear",
        "aca:statedIn",
        "aca:year",
        "rdfs:label",
    )
)
_MARKS = tuple(f" <{expand(name)}> ".encode() for name in ("aca:derivedFrom", "owl:inverseOf"))


def kind_of(line: bytes) -> str:
    """Return of which kind the subject of a line is: one of KINDS, or "" when it is no thing of ours."""
    if not line.startswith(_ID):
        return ""
    kind = line[len(_ID) : line.index(b"/", len(_ID))].decode()
    return kind if kind in KINDS else ""


def stated(lines: Iterable[bytes]) -> list[bytes]:
    """Return the lines that people or registers state: nothing derived, no links, ontology and metadata."""
    return [line for line in lines if (name := graph_of(line)) not in _NOT_STATED and name != _LINKS]


def linked(lines: Iterable[bytes]) -> list[bytes]:
    """Return the lines that link a subject to others' data."""
    return [line for line in lines if graph_of(line) == _LINKS]


def inferred(ontology: Iterable[bytes]) -> frozenset[bytes]:
    """Return the properties, as N-Quads writes them, that only rules write, by the lines of an ontology."""
    marked = (line for line in ontology if any(mark in line for mark in _MARKS))
    return frozenset((*_INFERRED, *(line[: line.index(b" ")] for line in marked)))


def without(lines: Iterable[bytes], properties: frozenset[bytes]) -> tuple[bytes, ...]:
    """Leave out the lines of some properties that stand in no named graph."""
    return tuple(line for line in lines if line.split(b" ", 2)[1] not in properties or graph_of(line))


def facts(lines: Iterable[bytes]) -> Facts:
    """Read lines of one subject."""
    found: dict[str, list[Value]] = defaultdict(list)
    for quad in ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS):
        if not isinstance(quad.object, ox.Triple):
            found[compact(quad.predicate.value)].append(quad.object)
    return {name: tuple(sorted(set(values), key=str)) for name, values in sorted(found.items())}


def one(found: Facts, *names: str) -> str:
    """Return the text of the first value of the first property that there is, "" where there is none."""
    for name in names:
        if found.get(name):
            return found[name][0].value
    return ""


def iris(found: Facts) -> Iterable[str]:
    """Yield the IRIs among the values, but for those of evidence."""
    for name, values in found.items():
        if name != EVIDENCE:
            yield from (value.value for value in values if isinstance(value, ox.NamedNode))


def resolved(found: Facts, gone: Mapping[str, str]) -> Facts:
    """Return facts in which what was merged into another thing is that one."""
    if not gone or not any(name in gone for name in iris(found)):
        return found
    return {
        name: tuple(sorted({_resolved(value, gone) for value in values}, key=str))
        for name, values in found.items()
    }


def told_apart(found: Facts) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    """Return what tells one statement from another whoever says it: all but its evidence, as a key."""
    return tuple((name, values) for name, values in found.items() if name != EVIDENCE)


def _resolved(value: Value, gone: Mapping[str, str]) -> Value:
    other = gone.get(value.value) if isinstance(value, ox.NamedNode) else None
    return ox.NamedNode(other) if other else value

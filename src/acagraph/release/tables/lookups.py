"""What tables show of things that they refer to: seen on the way, or looked up in the release's store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox

from acagraph.graph.hierarchy import reached
from acagraph.release.tables.subjects import Subject, Text, literal
from acagraph.vocab import ACA, EXTERNAL

# So many of the things that are seen are kept in memory, some 300 bytes each; others are looked up.
_KEPT = 1 << 19
_ASKED = 1 << 16

RDF_TYPE = EXTERNAL["rdf"] + "type"
LABEL = EXTERNAL["rdfs"] + "label"
_LABEL = ox.NamedNode(LABEL)
_SUBCLASS = ox.NamedNode(EXTERNAL["rdfs"] + "subClassOf")
_SUPERSEDES = ox.NamedNode(ACA + "supersedes")


def _key(iri: str) -> bytes:
    return f"<{iri}>".encode()


_TYPE_KEY, _LABEL_KEY = _key(RDF_TYPE), _key(LABEL)
_COUNTRY, _MEMBER_OF, _ALPHA3, _IN_SOURCE, _RECORD, _START, _END, _PAGE = (
    _key(ACA + name)
    for name in (
        "country",
        "memberOf",
        "iso3166Alpha3",
        "inSource",
        "recordId",
        "startOffset",
        "endOffset",
        "pageAddress",
    )
)
# The properties that are needed of a thing to know what is shown of it.
NEEDED = frozenset(
    (
        _TYPE_KEY,
        _LABEL_KEY,
        _COUNTRY,
        _MEMBER_OF,
        _ALPHA3,
        _IN_SOURCE,
        _RECORD,
        _START,
        _END,
        _PAGE,
    )
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is shown of a thing that a row refers to; "" or nothing where the data do not say.

    `place` is where evidence stands in its source, in a few words.
    """

    name: str
    kinds: tuple[str, ...]
    countries: tuple[str, ...]
    alpha3: str
    coalitions: tuple[str, ...]
    place: str


class Lookups:
    """Answers about the things of a release; what was seen or asked is kept, as far as it is not too much."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._above = _superclasses(store)
        self._superseded = any(True for _ in store.quads_for_pattern(None, _SUPERSEDES, None, None))
        self._seen: dict[str, Known] = {}
        self._asked = lru_cache(maxsize=_ASKED)(self._ask)
        self._named = lru_cache(maxsize=_ASKED)(self._ask_name)

    def see(self, subject: Subject) -> None:
        """Remember a thing that others may refer to."""
        if len(self._seen) < _KEPT:
            self._seen[subject.iri] = self._told(subject)

    def known(self, iri: str) -> Known:
        """Return what is shown of a thing."""
        return self._seen.get(iri) or self._asked(iri)

    def name(self, iri: str) -> str:
        """Return the name of a thing, "" without one."""
        known = self._seen.get(iri)
        return self._named(iri) if known is None else known.name

    def specific(self, classes: Iterable[str]) -> list[str]:
        """Return those classes that none of the others is a subclass of, sorted."""
        given = set(classes)
        above = {upper for each in given for upper in self._above.get(each, ()) if upper != each}
        return sorted(given - above)

    def superseding(self, statement: str) -> list[str]:
        """Return the newer statements that take the place of one, sorted."""
        if not self._superseded:
            return []
        quads = self._store.quads_for_pattern(None, _SUPERSEDES, ox.NamedNode(statement), None)
        return sorted(quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode))

    def _ask(self, iri: str) -> Known:
        said: dict[bytes, list[bytes]] = {}
        for quad in self._store.quads_for_pattern(ox.NamedNode(iri), None, None, None):
            if (key := _key(quad.predicate.value)) in NEEDED:
                said.setdefault(key, []).append(str(quad.object).encode())
        return self._told(Subject(iri, {key: sorted(terms) for key, terms in said.items()}))

    def _ask_name(self, iri: str) -> str:
        quads = self._store.quads_for_pattern(ox.NamedNode(iri), _LABEL, None, None)
        return preferred(literal(str(quad.object).encode()) for quad in quads)

    def _told(self, subject: Subject) -> Known:
        classes = (each for each in subject.iris(_TYPE_KEY) if each.startswith(ACA))
        record, page = _first(subject, _RECORD), _first(subject, _PAGE)
        start, end = _first(subject, _START), _first(subject, _END)
        return Known(
            name=preferred(subject.texts(_LABEL_KEY)),
            kinds=_one(tuple(each.removeprefix(ACA) for each in self.specific(classes))),
            countries=_one(tuple(subject.iris(_COUNTRY))),
            alpha3=_first(subject, _ALPHA3),
            coalitions=_one(tuple(subject.iris(_MEMBER_OF))),
            place=f"record {record}" if record else f"characters {start}-{end}" if start else page,
        )


def preferred(names: Iterable[Text]) -> str:
    """Return the English name or, where there is none, the first of the others; "" without any."""
    return min(((name.language != "en", name.text) for name in names), default=(True, ""))[1]


# Few tuples differ: the same one is kept for all.
@lru_cache(maxsize=4096)
def _one(values: tuple[str, ...]) -> tuple[str, ...]:
    return values


def _superclasses(store: ox.Store) -> dict[str, frozenset[str]]:
    """Return all classes above each class of the ontology."""
    direct: dict[str, set[str]] = {}
    for quad in store.quads_for_pattern(None, _SUBCLASS, None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            direct.setdefault(quad.subject.value, set()).add(quad.object.value)
    return {each: frozenset(reached([each], direct)) for each in direct}


def _first(subject: Subject, property: bytes) -> str:
    return min((each.text for each in subject.texts(property)), default="")

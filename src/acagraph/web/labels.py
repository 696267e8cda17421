"""The labels of things, looked up once: a release never changes, and pages name the same terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from acagraph.queries.binding import serialise
from acagraph.stores import Store, Term, rows
from acagraph.web.languages import ENGLISH

_BATCH = 500
# In each language.
_MOST = 25_000
_LONG = 200


class Label(str):
    """A name with the tag of the language that it is in; a label without one has none."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str = "") -> Self:
        """Return a text that knows its language."""
        label = super().__new__(cls, text)
        label.language = language
        return label


class Labels:
    """Labels as far as the store knows them: in a language if there is one, else English, else another.

    A statement has no label; where it has a description, that stands for it.
    """

    def __init__(self, store: Store, language: str = ENGLISH, *, most: int = _MOST) -> None:
        self._store = store
        self._language = language
        self._most = most
        self._known: dict[str, Label | None] = {}

    def of(self, terms: Iterable[Term]) -> dict[str, Label]:
        """Return the labels of the IRIs among some terms, by IRI."""
        iris = {term.value: term for term in terms if term.kind == "iri"}
        known = self._known
        missing = sorted(term for iri, term in iris.items() if iri not in known)
        found = {iri: label for iri in iris if (label := known.get(iri)) is not None}
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            fresh = _look_up(self._store, batch, self._language)
            found |= fresh
            if len(known) > self._most:
                known = self._known = {}  # what is named often is soon here again
            # A stranger's query can make IRIs of any length, of which nothing is known.
            known |= {t.value: fresh.get(t.value) for t in batch if t.value in fresh or len(t.value) < _LONG}
        return found


def foreign(store: Store, names: Mapping[str, Iterable[str]]) -> dict[tuple[str, str], str]:
    """Return the language tags of names that are in another language than English, by IRI and name.

    A name that is the same in several languages, English among them, has none; of others the first counts.
    """
    wanted = {(iri, name) for iri, texts in names.items() for name in texts}
    if not wanted:
        return {}
    query = f"""SELECT ?thing ?label {{
      VALUES ?thing {{ {" ".join(serialise(Term("iri", iri)) for iri in sorted(names))} }}
      ?thing skos:prefLabel|skos:altLabel ?label
    }} ORDER BY ?thing ?label"""
    tags: dict[tuple[str, str], list[str]] = {}
    for row in rows(store, query):
        key = (row["thing"].value, row["label"].value)
        if key in wanted:
            tags.setdefault(key, []).append(row["label"].language)
    return {
        key: min(found)
        for key, found in tags.items()
        if not any(tag.partition("-")[0].lower() in ("", "en", "und") for tag in found)
    }


def _look_up(store: Store, terms: Sequence[Term], language: str) -> dict[str, Label]:
    query = f"""SELECT ?thing ?label ?described {{
      VALUES ?thing {{ {" ".join(map(serialise, terms))} }}
      {{ ?thing skos:prefLabel ?label BIND(false AS ?described) }}
      UNION {{ ?thing rdfs:label ?label BIND(false AS ?described) }}
      UNION {{ ?thing dcterms:description ?label BIND(true AS ?described) }}
    }} ORDER BY ?thing ?label"""
    best: dict[str, tuple[tuple[bool, int, str], Label]] = {}
    for row in rows(store, query):
        label, described = row["label"], row["described"].to_python()
        rank = (bool(described), _distance(label.language, language), label.language)
        held = best.get(row["thing"].value)
        if held is None or rank < held[0]:
            best[row["thing"].value] = (rank, Label(label.value, label.language))
    return {iri: label for iri, (_, label) in best.items()}


def _distance(tag: str, wanted: str) -> int:
    """Return how far a label's language is from the one wanted: the same, English, or another."""
    primary = tag.partition("-")[0].lower()
    return 0 if primary == wanted else 1 if primary == ENGLISH else 2

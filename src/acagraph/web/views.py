"""What a thing's page shows: its facts, the statements about it, and the evidence of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from acagraph.queries.binding import serialise
from acagraph.stores import Store, Term, rows
from acagraph.vocab import ACA, EXTERNAL

Triple = tuple[Term, Term, Term]
_TYPE = EXTERNAL["rdf"] + "type"
_LABELS = (EXTERNAL["skos"] + "prefLabel", EXTERNAL["rdfs"] + "label")
_EVIDENCE = ACA + "evidence"
_SOURCE = ACA + "inSource"
_QUOTE = ACA + "exactQuote"
_DATED = ACA + "dateText"
_BATCH = 500


@dataclass(frozen=True)
class Fact:
    """One property with its values."""

    property: Term
    values: tuple[Term, ...]


@dataclass(frozen=True)
class Evidence:
    """Where a statement is said: the source with its date, the words if kept, and the rest."""

    term: Term
    sources: tuple[Term, ...]
    dates: tuple[Term, ...]
    quotes: tuple[Term, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Statement:
    """A statement, or an event, about the thing."""

    term: Term
    types: tuple[Term, ...]
    facts: tuple[Fact, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class View:
    """A thing's page."""

    term: Term
    title: str
    types: tuple[Term, ...]
    names: tuple[Term, ...]
    facts: tuple[Fact, ...]
    evidence: tuple[Evidence, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Described:
    """Triples by subject, with the labels of all that they name."""

    triples: Mapping[Term, Sequence[Triple]]
    labels: Mapping[str, str]
    superclasses: Mapping[str, frozenset[str]]

    def label(self, term: Term) -> str:
        """Return the label of a term, or its prefixed name."""
        return self.labels.get(term.value, term.short)

    def objects(self, subject: Term, name: str) -> tuple[Term, ...]:
        """Return the values of a property, by label."""
        found = (o for _, p, o in self.triples.get(subject, ()) if p.value == name)
        return tuple(sorted(found, key=lambda term: (self.label(term), term)))

    def types(self, subject: Term) -> tuple[Term, ...]:
        """Return the most specific classes of a thing."""
        types = self.objects(subject, _TYPE)
        implied = {name for term in types for name in self.superclasses.get(term.value, ())}
        return tuple(term for term in types if term.value not in implied)

    def facts(self, subject: Term, *, without: Iterable[str] = ()) -> tuple[Fact, ...]:
        """Return the properties of a thing but some, by label."""
        hidden = {_TYPE, *without}
        properties = {p for _, p, _ in self.triples.get(subject, ()) if p.value not in hidden}
        ordered = sorted(properties, key=lambda term: (self.label(term), term))
        return tuple(Fact(term, self.objects(subject, term.value)) for term in ordered)

    def evidence(self, subject: Term) -> tuple[Evidence, ...]:
        """Return where a statement is said."""
        return tuple(self._said(term) for term in self.objects(subject, _EVIDENCE))

    def _said(self, term: Term) -> Evidence:
        sources = self.objects(term, _SOURCE)
        return Evidence(
            term=term,
            sources=sources,
            dates=tuple(date for source in sources for date in self.objects(source, _DATED)),
            quotes=self.objects(term, _QUOTE),
            facts=self.facts(term, without=(_SOURCE, _QUOTE)),
        )


def labels(store: Store, terms: Iterable[Term]) -> dict[str, str]:
    """Return the labels of IRIs as far as the store knows them: English if there is one, else another.

    A statement has no label; where it has a description, that stands for it.
    """
    iris = sorted({term for term in terms if term.kind == "iri"})
    found: dict[str, tuple[tuple[bool, bool, str], str]] = {}
    for start in range(0, len(iris), _BATCH):
        values = " ".join(serialise(term) for term in iris[start : start + _BATCH])
        query = f"""SELECT ?thing ?label ?described {{
          VALUES ?thing {{ {values} }}
          {{ ?thing skos:prefLabel ?label BIND(false AS ?described) }}
          UNION {{ ?thing rdfs:label ?label BIND(false AS ?described) }}
          UNION {{ ?thing dcterms:description ?label BIND(true AS ?described) }}
        }} ORDER BY ?thing ?label"""
        for row in rows(store, query):
            label, described = row["label"], row["described"].to_python()
            rank = (bool(described), not label.language.startswith("en"), label.language)
            best = found.setdefault(row["thing"].value, (rank, label.value))
            if rank < best[0]:
                found[row["thing"].value] = (rank, label.value)
    return {iri: text for iri, (_, text) in found.items()}


def described(
    store: Store, triples: Sequence[Triple], *, superclasses: Mapping[str, frozenset[str]]
) -> Described:
    """Group triples by subject and look up the labels of all that they name."""
    by_subject: dict[Term, list[Triple]] = {}
    for triple in triples:
        by_subject.setdefault(triple[0], []).append(triple)
    return Described(by_subject, labels(store, (t for triple in triples for t in triple)), superclasses)


def view(known: Described, iri: str) -> View:
    """Arrange what is known of a thing for its page."""
    thing = Term("iri", iri)
    about = [term for term in known.triples if term != thing and known.objects(term, _EVIDENCE)]
    statements = [
        Statement(
            term=term,
            types=known.types(term),
            facts=known.facts(term, without=(_EVIDENCE, ACA + "statedIn", ACA + "about")),
            evidence=known.evidence(term),
        )
        for term in about
    ]
    statements.sort(key=lambda s: ([known.label(term) for term in s.types], s.term))
    hidden = (ACA + "founded",) if known.objects(thing, ACA + "foundedYear") else ()
    return View(
        term=thing,
        title=_title(known, thing),
        types=known.types(thing),
        names=tuple(name for property in _LABELS[:1] for name in known.objects(thing, property)),
        facts=known.facts(thing, without=(*_LABELS, _EVIDENCE, *hidden)),
        evidence=known.evidence(thing),
        statements=tuple(statements),
    )


def _title(known: Described, thing: Term) -> str:
    """Return the label of a thing; of a statement the kind, and what it says or else is about."""
    if not known.objects(thing, _EVIDENCE) or known.objects(thing, _LABELS[0]):
        return known.label(thing)
    kinds = ", ".join(known.label(term) for term in known.types(thing))
    about = ", ".join(known.label(term) for term in known.objects(thing, ACA + "about"))
    said = known.labels.get(thing.value) or about or thing.short
    return f"{kinds[0].upper()}{kinds[1:]}: {said}" if kinds else said

"""What a thing's page shows: its facts, the statements about it, and the evidence of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from acagraph.queries.excerpt import EVIDENCE, Excerpt, Group, Triple
from acagraph.stores import Term
from acagraph.vocab import ACA, EXTERNAL
from acagraph.web.labels import Labels

_TYPE = EXTERNAL["rdf"] + "type"
_LABELS = (EXTERNAL["skos"] + "prefLabel", EXTERNAL["rdfs"] + "label")
_SOURCE = ACA + "inSource"
_QUOTE = ACA + "exactQuote"
_DATED = ACA + "dateText"


@dataclass(frozen=True)
class Fact:
    """One property with its values, or the first of them, and how many there are."""

    property: Term
    values: tuple[Term, ...]
    total: int


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
    """A statement, or an event, about the thing; `said` is how much evidence there is."""

    term: Term
    types: tuple[Term, ...]
    facts: tuple[Fact, ...]
    evidence: tuple[Evidence, ...]
    said: int


@dataclass(frozen=True)
class Kind:
    """Statements of the same classes, or that name the thing with the same property, or the first of them."""

    terms: tuple[Term, ...]
    total: int
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class View:
    """A thing's page."""

    term: Term
    title: str
    types: tuple[Term, ...]
    names: tuple[Term, ...]
    facts: tuple[Fact, ...]
    evidence: tuple[Evidence, ...]
    said: int
    kinds: tuple[Kind, ...]

    @property
    def total(self) -> int:
        """How many statements there are."""
        return sum(kind.total for kind in self.kinds)

    @property
    def shown(self) -> int:
        """How many statements the page shows."""
        return sum(len(kind.statements) for kind in self.kinds)

    @property
    def cut(self) -> bool:
        """Whether the page leaves something out."""
        statements = [statement for kind in self.kinds for statement in kind.statements]
        facts = [*self.facts, *(fact for statement in statements for fact in statement.facts)]
        return (
            self.shown < self.total
            or len(self.evidence) < self.said
            or any(len(fact.values) < fact.total for fact in facts)
            or any(len(statement.evidence) < statement.said for statement in statements)
        )


@dataclass(frozen=True)
class Described:
    """Triples by subject, with the labels of all that they name, and how many there are of those left out."""

    triples: Mapping[Term, Sequence[Triple]]
    labels: Mapping[str, str]
    superclasses: Mapping[str, frozenset[str]]
    totals: Mapping[tuple[Term, str], int]

    def label(self, term: Term) -> str:
        """Return the label of a term, or its prefixed name."""
        return self.labels.get(term.value, term.short)

    def objects(self, subject: Term, name: str) -> tuple[Term, ...]:
        """Return the values of a property, by label."""
        found = (o for _, p, o in self.triples.get(subject, ()) if p.value == name)
        return tuple(sorted(found, key=lambda term: (self.label(term), term)))

    def types(self, subject: Term) -> tuple[Term, ...]:
        """Return the most specific classes of a thing."""
        return self.narrowest(self.objects(subject, _TYPE))

    def narrowest(self, types: Sequence[Term]) -> tuple[Term, ...]:
        """Return the classes that no other one of them implies."""
        implied = {name for term in types for name in self.superclasses.get(term.value, ())}
        return tuple(term for term in types if term.value not in implied)

    def facts(self, subject: Term, *, without: Iterable[str] = ()) -> tuple[Fact, ...]:
        """Return the properties of a thing but some, by label."""
        hidden = {_TYPE, *without}
        properties = {p for _, p, _ in self.triples.get(subject, ()) if p.value not in hidden}
        ordered = sorted(properties, key=lambda term: (self.label(term), term))
        values = ((term, self.objects(subject, term.value)) for term in ordered)
        return tuple(Fact(term, found, self.total(subject, term.value, found)) for term, found in values)

    def total(self, subject: Term, name: str, found: Sequence[object]) -> int:
        """Return how many values a property has, of which some were found."""
        return self.totals.get((subject, name), len(found))

    def evidence(self, subject: Term) -> tuple[Evidence, ...]:
        """Return where a statement is said."""
        return tuple(self._said(term) for term in self.objects(subject, EVIDENCE))

    def _said(self, term: Term) -> Evidence:
        sources = self.objects(term, _SOURCE)
        return Evidence(
            term=term,
            sources=sources,
            dates=tuple(date for source in sources for date in self.objects(source, _DATED)),
            quotes=self.objects(term, _QUOTE),
            facts=self.facts(term, without=(_SOURCE, _QUOTE)),
        )


def described(known: Excerpt, labels: Labels, *, superclasses: Mapping[str, frozenset[str]]) -> Described:
    """Group triples by subject and look up the labels of all that they name."""
    by_subject: dict[Term, list[Triple]] = {}
    for triple in known.triples:
        by_subject.setdefault(triple[0], []).append(triple)
    named = {t for triple in known.triples for t in triple} | {t for g in known.groups for t in g.terms}
    return Described(by_subject, labels.of(named), superclasses, known.totals)


def view(known: Described, iri: str, groups: Iterable[Group] = ()) -> View:
    """Arrange what is known of a thing for its page."""
    thing = Term("iri", iri)
    kinds = [_kind(known, group) for group in groups]
    kinds.sort(key=lambda kind: ([known.label(term) for term in kind.terms], kind.terms))
    hidden = (ACA + "founded",) if known.objects(thing, ACA + "foundedYear") else ()
    evidence = known.evidence(thing)
    return View(
        term=thing,
        title=_title(known, thing),
        types=known.types(thing),
        names=tuple(name for property in _LABELS[:1] for name in known.objects(thing, property)),
        facts=known.facts(thing, without=(*_LABELS, EVIDENCE, *hidden)),
        evidence=evidence,
        said=known.total(thing, EVIDENCE, evidence),
        kinds=tuple(kinds),
    )


def _kind(known: Described, group: Group) -> Kind:
    terms = sorted(group.terms, key=lambda term: (known.label(term), term))
    return Kind(
        terms=known.narrowest(terms),
        total=group.total,
        statements=tuple(_statement(known, term) for term in group.shown),
    )


def _statement(known: Described, term: Term) -> Statement:
    evidence = known.evidence(term)
    return Statement(
        term=term,
        types=known.types(term),
        facts=known.facts(term, without=(EVIDENCE, ACA + "statedIn", ACA + "about")),
        evidence=evidence,
        said=known.total(term, EVIDENCE, evidence),
    )


def _title(known: Described, thing: Term) -> str:
    """Return the label of a thing; of a statement the kind, and what it says or else is about."""
    if not known.objects(thing, EVIDENCE) or known.objects(thing, _LABELS[0]):
        return known.label(thing)
    kinds = ", ".join(known.label(term) for term in known.types(thing))
    about = ", ".join(known.label(term) for term in known.objects(thing, ACA + "about"))
    said = known.labels.get(thing.value) or about or thing.short
    return f"{kinds[0].upper()}{kinds[1:]}: {said}" if kinds else said

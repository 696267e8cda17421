"""Statements as entries of a page: what is stated, as of when, by whom, and in which line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from acagraph.queries.excerpt import EVIDENCE
from acagraph.queries.portrait import ROLES, Portrait
from acagraph.stores import Term
from acagraph.vocab import ACA, EXTERNAL
from acagraph.web.profiles.corrections import Corrections
from acagraph.web.profiles.model import Entry, Fact, Said, Source, Value
from acagraph.web.profiles.testimony import testimony

TYPE = EXTERNAL["rdf"] + "type"
DESCRIPTION = EXTERNAL["dcterms"] + "description"
_HIDDEN = {TYPE, DESCRIPTION, EVIDENCE, ACA + "statedIn", ACA + "about"}
# When something was so, the first of these that is there.
_WHEN = ("asOfText", "dateText", "startText", "endText")
# What tells most of a thing; the others follow by name.
_FIRST = (
    *("member-count", "inhabitants", "population", "country", "geographicScope", "hasMembersIn", "within"),
    *("partOfNetwork", "chapterOf", "coordinatedBy", "supportedBy", "represents", "capitalOf", "locatedIn"),
)
_DAY = ("asOfNotBefore", "notBefore", "startsNotBefore", "asOfNotAfter", "endsNotBefore")


@dataclass(frozen=True)
class Telling:
    """What makes entries of the statements of a portrait."""

    portrait: Portrait
    sources: dict[Term, Source]
    superclasses: Mapping[str, frozenset[str]]
    corrections: Corrections
    seen: set[Term] = field(default_factory=set)
    """The evidence that the page has named: each is a target once."""

    def classes(self, term: Term) -> frozenset[str]:
        """Return the local names of the classes that a statement is of, superclasses too."""
        types = {t.value for t in self.portrait.values(term, TYPE)}
        types |= {name for kind in types for name in self.superclasses.get(kind, ())}
        return frozenset(name.removeprefix(ACA) for name in types)

    def types(self, term: Term) -> tuple[Term, ...]:
        """Return the most specific classes of a thing."""
        types = self.portrait.values(term, TYPE)
        implied = {name for kind in types for name in self.superclasses.get(kind.value, ())}
        return tuple(kind for kind in types if kind.value not in implied)

    def entry(self, statement: Term, value: Value = Value()) -> Entry:  # noqa: B008 (it is frozen)
        """Return a statement with all its details by local name."""
        about = self.portrait.known.get(statement, {})
        found, more = testimony(self.portrait, statement, self.sources)
        found = tuple(map(self._anchored, found))
        details = {name.removeprefix(ACA): values for name, values in about.items() if name not in _HIDDEN}
        details["description"] = about.get(DESCRIPTION, ())
        newest = max((item.source.day for item in found if item.source), default="")
        return Entry(
            statement=statement,
            types=self.types(statement),
            value=value,
            when=_first(details, _WHEN),
            day=_first(details, _DAY) or newest,
            said=found,
            more=more,
            line=self.corrections.of(statement.value),
            about=details,
        )

    def _anchored(self, said: Said) -> Said:
        if said.evidence in self.seen:
            return said
        self.seen.add(said.evidence)
        return replace(said, anchor=said.evidence.value.rpartition("/")[2])

    def entries(self, statements: Iterable[Term]) -> tuple[Entry, ...]:
        """Return statements as entries, the newest first."""
        return newest_first(self.entry(statement) for statement in statements)

    def figure(self, statement: Term) -> Value:
        """Return the number that a figure states, with unit and qualifier."""
        p = self.portrait
        number = p.value(statement, "value")
        return Value(
            number=number.value if number else "",
            unit=p.value(statement, "unit"),
            qualifier=p.value(statement, "qualifier"),
            text=None if number else p.value(statement, "verbatim") or p.value(statement, DESCRIPTION),
        )

    def relation(self, statement: Term) -> Value:
        """Return what a relation ties its subject to."""
        p = self.portrait
        return Value(
            terms=p.values(statement, "relationObject"),
            text=p.value(statement, "relationText"),
        )


def facts(telling: Telling, statements: Iterable[Term]) -> tuple[Fact, ...]:
    """Return relations by property and figures by metric, the newest of each first."""
    found: dict[Term, list[Entry]] = {}
    p = telling.portrait
    for statement in statements:
        classes = telling.classes(statement)
        if "Relation" in classes:
            name, value = p.value(statement, "relationProperty"), telling.relation(statement)
        else:
            name, value = p.value(statement, "metric"), telling.figure(statement)
        if name is not None:
            found.setdefault(name, []).append(telling.entry(statement, value))
    told = (Fact(name, newest_first(entries)) for name, entries in found.items())
    return tuple(sorted(told, key=lambda fact: (_place(fact.name), fact.name)))


def _place(name: Term) -> int:
    """Return where a fact stands: what tells most comes first."""
    local = re.split("[#/]", name.value)[-1]
    return _FIRST.index(local) if local in _FIRST else len(_FIRST)


def newest_first(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Sort entries by day, the newest first and those without one last; equal days by statement."""
    ordered = sorted(entries, key=lambda entry: entry.statement)
    return tuple(sorted(ordered, key=lambda entry: entry.day, reverse=True))


def subjects(portrait: Portrait, statement: Term) -> tuple[Term, ...]:
    """Return what a statement is about, the nearest first."""
    found = [term for role in (*ROLES, "inCoalition") for term in portrait.values(statement, role)]
    return tuple(dict.fromkeys(term for term in found if term.kind == "iri"))


def _first(details: Mapping[str, tuple[Term, ...]], names: Iterable[str]) -> str:
    return next((details[name][0].value for name in names if details.get(name)), "")

"""Which statement gives which direct edge, for the dump of RDF 1.2.

It says again, of one statement, what queries/rules/20-participation-current.rq, 20-participation-ever.rq and
20-relation.rq say of all: a test holds the two together.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from acagraph.graph.hierarchy import reached
from acagraph.release.dumps.statements import lines, subjects
from acagraph.vocab import expand


def _name(curie: str) -> str:
    return f"<{expand(curie)}>"


_DERIVED_FROM = _name("aca:derivedFrom")
_ENDS_NOT_AFTER = _name("aca:endsNotAfter")
_IN_COALITION = _name("aca:inCoalition")
_PARTICIPANT = _name("aca:participant")
_PARTICIPATION_STATUS = _name("aca:participationStatus")
_RELATION_OBJECT = _name("aca:relationObject")
_RELATION_PROPERTY = _name("aca:relationProperty")
_RELATION_SUBJECT = _name("aca:relationSubject")
_STARTS_NOT_BEFORE = _name("aca:startsNotBefore")
_SUB_CLASS_OF = _name("rdfs:subClassOf")
_OBJECT_PROPERTY = _name("owl:ObjectProperty")
_TYPE = _name("rdf:type")
_SUPERSEDES = _name("aca:supersedes")
_RELATION = _name("aca:Relation")
_PARTICIPATION = _name("aca:Participation")
_PARTICIPATES = _name("aca:participatesIn")
_EVER = {_PARTICIPATES, *map(_name, ("aca:hasBeenMemberOf", "aca:founderOf", "aca:launchSupporterOf"))}
_ANNOUNCED = _name("participation-status:announced")
_OVER = {_name("participation-status:ended"), _name("participation-status:suspended")}

Said = Mapping[str, list[str]]
Edge = tuple[str, str, str]

_TELLING = {_PARTICIPANT, _RELATION_PROPERTY}


@dataclass(frozen=True)
class Reifiers:
    """What the ontology says of edges: the class of statements that gives each, and which are relations.

    `superseded` are the statements that count no more.
    """

    given_by: Mapping[str, frozenset[str]]
    participations: frozenset[str]
    links: frozenset[str]
    superseded: frozenset[str]
    as_of: datetime.date

    @classmethod
    def of(cls, ontology: Path | None, dataset: Path, as_of: datetime.date) -> Reifiers:
        """Read them from the lines of the ontology, None when there is none, and of the whole dataset."""
        given: dict[str, set[str]] = defaultdict(set)
        below: dict[str, set[str]] = defaultdict(set)
        links: set[str] = set()
        for subject, facts in subjects(lines(ontology)) if ontology else ():
            for predicate, term in facts:
                if predicate == _DERIVED_FROM:
                    given[subject].add(term)
                elif predicate == _SUB_CLASS_OF:
                    below[term].add(subject)
                elif predicate == _TYPE and term == _OBJECT_PROPERTY:
                    links.add(subject)
        gone = (line.split(" ", 3)[2] for line in lines(dataset) if _SUPERSEDES in line)
        return cls(
            given_by={edge: frozenset(classes) for edge, classes in given.items()},
            participations=frozenset({_PARTICIPATION, *reached([_PARTICIPATION], below)}),
            links=frozenset(links),
            superseded=frozenset(gone),
            as_of=as_of,
        )

    def edges(self, found: Iterable[str]) -> Iterator[tuple[str, list[Edge]]]:
        """Yield the statements of sorted lines with the edges that each gives, sorted."""
        for subject, facts in subjects(found):
            if _TELLING.isdisjoint([predicate for predicate, _ in facts]):
                continue
            said: dict[str, list[str]] = defaultdict(list)
            for predicate, term in facts:
                said[predicate].append(term)
            if (edges := {*self._of_participation(said), *self._of_relation(said)}) and (
                subject not in self.superseded
            ):
                yield subject, sorted(edges)

    def _of_participation(self, said: Said) -> Iterator[Edge]:
        participants, coalitions = (
            said.get(_PARTICIPANT, ()),
            said.get(_IN_COALITION, ()),
        )
        if not participants or not coalitions:
            return
        classes = set(said.get(_TYPE, ()))
        for edge, givers in self.given_by.items():
            if edge in _EVER:
                holds = bool(givers & classes) and (edge == _PARTICIPATES or self._began(said))
            else:
                holds = bool(givers & classes & self.participations) and self._lasts(said)
            if holds:
                yield from ((one, edge, other) for one in participants for other in coalitions)

    def _of_relation(self, said: Said) -> Iterator[Edge]:
        if _RELATION not in said.get(_TYPE, ()) or not self._now(said):
            return
        for edge in said.get(_RELATION_PROPERTY, ()):
            if edge in self.links:
                for one in said.get(_RELATION_SUBJECT, ()):
                    yield from ((one, edge, other) for other in said.get(_RELATION_OBJECT, ()))

    def _lasts(self, said: Said) -> bool:
        """Say whether a participation holds on the release's day."""
        return self._started(said, refused=_OVER) and self._now(said)

    def _began(self, said: Said) -> bool:
        """Say whether a participation began before the release's day."""
        return self._started(said, refused=set()) and self._reached(said)

    def _started(self, said: Said, *, refused: set[str]) -> bool:
        dated = bool(said.get(_STARTS_NOT_BEFORE))
        states = said.get(_PARTICIPATION_STATUS)
        return not states or any(state not in refused and (state != _ANNOUNCED or dated) for state in states)

    def _now(self, said: Said) -> bool:
        ends = [_day(term) for term in said.get(_ENDS_NOT_AFTER, ())]
        return self._reached(said) and (not ends or any(not end or end >= self._midnight for end in ends))

    def _reached(self, said: Said) -> bool:
        begins = [_day(term) for term in said.get(_STARTS_NOT_BEFORE, ())]
        return not begins or any(not begin or begin <= self._midnight for begin in begins)

    @property
    def _midnight(self) -> datetime.datetime:
        return datetime.datetime.combine(self.as_of, datetime.time(), datetime.UTC)


def _day(term: str) -> datetime.datetime | None:
    """Return a date and time, None for what is none: a comparison with it holds, as in the rules."""
    try:
        moment = datetime.datetime.fromisoformat(term[1 : term.rindex('"')])
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)

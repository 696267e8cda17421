"""All who take part in coalitions, read from the store in a few long tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from acagraph.stores import Store, Term
from acagraph.stores.media import CSV
from acagraph.stores.protocol import UNLIMITED
from acagraph.vocab import ACA

MEMBERSHIPS = (ACA + "Membership", ACA + "FoundingMembership")
_ORGANISATION = Term("iri", ACA + "Organisation")
# Every member is one of these, so they tell nothing.
_WIDE = ", ".join(f"<{ACA}{name}>" for name in ("Agent", "Organisation", "Government"))
_Name = tuple[bool, str, str]


@dataclass(frozen=True, slots=True)
class Member:
    """One that takes part in a coalition; `since` and `until` are as the source has them, or empty."""

    term: Term
    coalition: Term
    name: str
    language: str
    kind: Term
    country: Term | None
    role: Term
    since: str
    until: str
    status: Term | None
    current: bool

    @property
    def year(self) -> str:
        """The year in which it joined, or nothing."""
        return self.since[:4]


def read_participations(store: Store, superclasses: Mapping[str, frozenset[str]]) -> Iterator[Member]:
    """Yield who takes part in what, once as a member of a coalition and once in its other roles.

    Seven queries tell it of all coalitions; as CSV, which is read in a fraction of the time of JSON.
    """
    read = _Reading(store, superclasses)
    agents, roles = read.agents(), read.roles()
    starts, ends, statuses = read.details()
    spells: dict[tuple[str, str, bool], list[str]] = {}
    for spell, agent, coalition in read.rows(
        "SELECT ?spell ?agent ?coalition { ?spell aca:inCoalition ?coalition ; aca:participant ?agent }"
    ):
        spells.setdefault((coalition, agent, roles.get(spell, "") in MEMBERSHIPS), []).append(spell)
    current = {(agent, coalition) for agent, coalition in read.rows("SELECT ?a ?c { ?a aca:memberOf ?c }")}
    for (coalition, agent, inside), held in spells.items():
        kind, country, (_, language, name) = agents.of(agent)
        is_member = inside and (agent, coalition) in current
        status = min((statuses[spell] for spell in held if spell in statuses), default="")
        yield Member(
            term=Term("iri", agent),
            coalition=read.term(coalition),
            name=name,
            language="" if language.startswith("en") else language,
            kind=kind,
            country=country,
            role=read.term(
                min((roles[spell] for spell in held if spell in roles), default=ACA + "Participation")
            ),
            since=min((starts[spell] for spell in held if spell in starts), default=""),
            until="" if is_member else max((ends[spell] for spell in held if spell in ends), default=""),
            status=read.term(status) if status else None,
            current=is_member,
        )


@dataclass(frozen=True)
class _Agents:
    """Kind, country and name of those who take part; a name is English if there is one."""

    kinds: Mapping[str, Term]
    countries: Mapping[str, Term]
    names: Mapping[str, _Name]

    def of(self, agent: str) -> tuple[Term, Term | None, _Name]:
        """Return what is known of one; without a name it has its prefixed one."""
        name = self.names.get(agent) or (False, "", Term("iri", agent).short)
        return self.kinds.get(agent, _ORGANISATION), self.countries.get(agent), name


class _Reading:
    """The tables; terms that many rows name are made once."""

    def __init__(self, store: Store, superclasses: Mapping[str, frozenset[str]]) -> None:
        self._store = store
        self._superclasses = superclasses
        self._terms: dict[str, Term] = {}

    def rows(self, query: str) -> Iterator[Sequence[str]]:
        body = self._store.answer(query, accept=CSV.media_type, limits=UNLIMITED, form="SELECT").read()
        found = csv.reader(io.StringIO(body.decode(), newline=""))
        next(found, None)
        return found

    def term(self, iri: str) -> Term:
        found = self._terms.get(iri)
        if found is None:
            found = self._terms[iri] = Term("iri", iri)
        return found

    def details(self) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """Return the earliest start, the latest end and the first status of each participation."""
        told: dict[str, list[tuple[str, str]]] = {"start": [], "end": [], "status": []}
        for name, spell, value in self.rows("""SELECT ?name ?spell ?value {
          { ?spell aca:startText ?value BIND("start" AS ?name) }
          UNION { ?spell aca:endText ?value BIND("end" AS ?name) }
          UNION { ?spell aca:participationStatus ?value BIND("status" AS ?name) }
        }"""):
            told[name].append((spell, value))
        return _least(told["start"]), dict(sorted(told["end"])), _least(told["status"])

    def roles(self) -> dict[str, str]:
        """Return the role of each participation: of several the narrowest."""
        found = self.rows("""SELECT ?spell ?role {
          ?spell aca:inCoalition ?any ; a ?role FILTER(?role NOT IN (aca:Statement, aca:Participation))
        }""")
        return {spell: self._narrowest(roles) for spell, roles in _grouped(found).items()}

    def agents(self) -> _Agents:
        taking = "?spell aca:participant ?a"
        kinds = _grouped(self.rows(f"SELECT ?a ?k {{ {taking} . ?a a ?k FILTER(?k NOT IN ({_WIDE})) }}"))
        countries = _least(self.rows(f"SELECT ?a ?c {{ {taking} . ?a aca:country ?c }}"))
        names: dict[str, _Name] = {}
        told = f"SELECT ?a ?n (LANG(?n) AS ?tag) {{ {taking} . ?a skos:prefLabel ?n }}"
        for agent, text, language in self.rows(told):
            name = (not language.startswith("en"), language, text)
            names[agent] = min(name, names.get(agent, name))
        return _Agents(
            {agent: self.term(self._narrowest(types)) for agent, types in kinds.items()},
            {agent: self.term(country) for agent, country in countries.items()},
            names,
        )

    def _narrowest(self, classes: Sequence[str]) -> str:
        if len(classes) == 1:
            return classes[0]
        implied = {name for kind in classes for name in self._superclasses.get(kind, ())}
        return min((kind for kind in classes if kind not in implied), default=classes[0])


def _least(found: Iterable[Sequence[str]]) -> dict[str, str]:
    least: dict[str, str] = {}
    for subject, value in found:
        least[subject] = min(value, least.get(subject, value))
    return least


def _grouped(found: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for subject, value in found:
        groups.setdefault(subject, []).append(value)
    return groups

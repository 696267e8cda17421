"""Who takes part in a coalition, read once for each coalition: a release never changes."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from acagraph.queries.binding import serialise
from acagraph.stores import Limits, Row, Store, Term, rows
from acagraph.vocab import ACA

MEMBERSHIPS = (ACA + "Membership", ACA + "FoundingMembership")
# Every member is one of these, so they tell nothing.
_WIDE = tuple(ACA + name for name in ("Agent", "Organisation", "Government"))
_KEPT = 32
SORTS = ("name", "kind", "country", "coalition", "since")


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


@dataclass(frozen=True)
class Choice:
    """Which members are shown, and in which order; what is empty does not count."""

    kind: str = ""
    country: str = ""
    coalition: str = ""
    year: str = ""
    sort: str = "name"
    down: bool = False


@dataclass(frozen=True)
class Roster:
    """All that take part in a coalition, or are in a country: the members by name, and the others by role."""

    subject: Term
    members: tuple[Member, ...] = ()
    partners: tuple[Member, ...] = ()

    @cached_property
    def current(self) -> int:
        """How many are members as far as the newest source tells."""
        return sum(member.current for member in self.members)

    @cached_property
    def kinds(self) -> dict[Term, int]:
        """The members counted by kind."""
        return dict(sorted(Counter(member.kind for member in self.members).items()))

    @cached_property
    def countries(self) -> dict[Term, int]:
        """The members counted by country; those of an unknown one are left out."""
        return dict(sorted(Counter(m.country for m in self.members if m.country is not None).items()))

    @cached_property
    def coalitions(self) -> dict[Term, int]:
        """The members counted by coalition."""
        return dict(sorted(Counter(member.coalition for member in self.members).items()))

    @cached_property
    def years(self) -> dict[str, int]:
        """The members counted by the year in which they joined, in order; unknown years are left out."""
        return dict(sorted(Counter(member.year for member in self.members if member.year).items()))

    @cached_property
    def terms(self) -> frozenset[Term]:
        """What a table of them names but the members, which have their names with them."""
        return frozenset(
            term
            for m in (*self.members, *self.partners)
            for term in (m.coalition, m.kind, m.country, m.role, m.status)
            if term is not None
        )

    def chosen(self, choice: Choice, names: Mapping[str, str]) -> tuple[Member, ...]:
        """Return the members that fit a choice, in its order; `names` are the labels of kinds and countries.

        What is not known comes last, whatever the order.
        """
        found: Sequence[Member] = self.members
        if choice.kind:
            found = [m for m in found if _slug(m.kind) == choice.kind]
        if choice.country:
            found = [m for m in found if _slug(m.country) == choice.country]
        if choice.coalition:
            found = [m for m in found if _slug(m.coalition) == choice.coalition]
        if choice.year:
            found = [m for m in found if m.year == choice.year]
        if choice.sort == "name":
            return tuple(reversed(found) if choice.down else found)
        key = _keys(names)[choice.sort]
        known = sorted((m for m in found if key(m)), key=key, reverse=choice.down)
        return (*known, *(m for m in found if not key(m)))


class Rosters:
    """The rosters of coalitions; those that were not asked for the longest time are read again."""

    def __init__(self, store: Store, superclasses: Mapping[str, frozenset[str]], limits: Limits) -> None:
        self._store = store
        self._superclasses = superclasses
        self._limits = limits
        self._kept: OrderedDict[str, Roster] = OrderedDict()
        self._all: tuple[Term, ...] | None = None
        self._lock = Lock()

    def of(self, coalition: Term) -> Roster:
        """Return who takes part in a coalition; it costs four queries the first time, then none."""
        with self._lock:
            roster = self._kept.pop(coalition.value, None) or self._read(coalition)
            self._kept[coalition.value] = roster
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return roster

    def within(self, country: Term) -> Roster:
        """Return the members of all coalitions in a country, once for each coalition."""
        found = [m for c in self._coalitions() for m in self.of(c).members if m.country == country]
        found.sort(key=lambda member: (member.name.casefold(), member.term, member.coalition))
        return Roster(country, tuple(found))

    def _coalitions(self) -> tuple[Term, ...]:
        if self._all is None:
            found = self._rows("SELECT DISTINCT ?c { ?c a aca:Coalition } ORDER BY ?c")
            self._all = tuple(row["c"] for row in found)
        return self._all

    def _read(self, coalition: Term) -> Roster:
        name = serialise(coalition)
        spells = self._rows(f"""SELECT ?spell ?agent ?role ?start ?end ?status {{
          ?spell aca:inCoalition {name} ; aca:participant ?agent ; a ?role
          FILTER(?role NOT IN (aca:Statement, aca:Participation))
          OPTIONAL {{ ?spell aca:startText ?start }} OPTIONAL {{ ?spell aca:endText ?end }}
          OPTIONAL {{ ?spell aca:participationStatus ?status }}
        }}""")
        within = f"{{ SELECT DISTINCT ?agent {{ ?spell aca:inCoalition {name} ; aca:participant ?agent }} }}"
        current = {row["agent"] for row in self._rows(f"SELECT ?agent {{ ?agent aca:memberOf {name} }}")}
        told = self._rows(f"""SELECT ?agent ?country ?label {{ {within}
          OPTIONAL {{ ?agent skos:prefLabel ?label }} OPTIONAL {{ ?agent aca:country ?country }} }}""")
        wide = ", ".join(f"<{kind}>" for kind in _WIDE)
        kinds = self._rows(f"SELECT ?agent ?kind {{ {within} ?agent a ?kind FILTER(?kind NOT IN ({wide})) }}")
        people = _people(told, self._narrowest(kinds))
        found = [_merged(coalition, *spell, people, current) for spell in _spells(spells).items()]
        found.sort(key=lambda member: (member.name.casefold(), member.term))
        inside = tuple(m for m in found if m.role.value in MEMBERSHIPS)
        outside = sorted((m for m in found if m.role.value not in MEMBERSHIPS), key=lambda m: m.role)
        return Roster(coalition, inside, tuple(outside))

    def _rows(self, query: str) -> tuple[Row, ...]:
        return rows(self._store, query, limits=self._limits)

    def _narrowest(self, found: Iterable[Row]) -> dict[Term, Term]:
        kinds: dict[Term, set[Term]] = {}
        for row in found:
            kinds.setdefault(row["agent"], set()).add(row["kind"])
        return {agent: self._narrow(types) for agent, types in kinds.items()}

    def _narrow(self, types: Iterable[Term]) -> Term:
        classes = sorted(types)
        implied = {name for term in classes for name in self._superclasses.get(term.value, ())}
        return next((term for term in classes if term.value not in implied), classes[0])


def _spells(found: Iterable[Row]) -> dict[tuple[Term, bool], list[Row]]:
    """Group what is stated by agent, memberships apart from other roles."""
    spells: dict[tuple[Term, bool], list[Row]] = {}
    for row in found:
        spells.setdefault((row["agent"], row["role"].value in MEMBERSHIPS), []).append(row)
    return spells


def _people(
    told: Iterable[Row], kinds: Mapping[Term, Term]
) -> dict[Term, tuple[Term, Term | None, tuple[bool, str, str]]]:
    """Return kind, country and name of each agent; the name is English if there is one."""
    found: dict[Term, tuple[Term, Term | None, tuple[bool, str, str]]] = {}
    plain = Term("iri", ACA + "Organisation")
    for row in told:
        agent, label = row["agent"], row.get("label") or Term("literal", row["agent"].short)
        name = (not label.language.startswith("en"), label.language, label.value)
        _, country, best = found.get(agent, (plain, None, name))
        nearer = min((c for c in (country, row.get("country")) if c is not None), default=None)
        found[agent] = (kinds.get(agent, plain), nearer, min(best, name))
    return found


def _merged(
    coalition: Term,
    held: tuple[Term, bool],
    spells: Sequence[Row],
    people: Mapping[Term, tuple[Term, Term | None, tuple[bool, str, str]]],
    current: set[Term],
) -> Member:
    agent, inside = held
    kind, country, (_, language, name) = people[agent]
    starts = sorted(row["start"].value for row in spells if "start" in row)
    ends = sorted(row["end"].value for row in spells if "end" in row)
    statuses = sorted(row["status"] for row in spells if "status" in row)
    is_member = inside and agent in current
    return Member(
        term=agent,
        coalition=coalition,
        name=name,
        language="" if language.startswith("en") else language,
        kind=kind,
        country=country,
        role=min(row["role"] for row in spells),
        since=starts[0] if starts else "",
        until=ends[-1] if ends and not is_member else "",
        status=statuses[0] if statuses else None,
        current=is_member,
    )


def _keys(names: Mapping[str, str]) -> dict[str, Callable[[Member], str]]:
    def named(term: Term | None) -> str:
        return names.get(term.value, term.short).casefold() if term else ""

    return {
        "kind": lambda member: named(member.kind),
        "country": lambda member: named(member.country),
        "coalition": lambda member: named(member.coalition),
        "since": lambda member: member.since,
    }


def _slug(term: Term | None) -> str:
    return term.value.removeprefix(ACA).rpartition("/")[2] if term else ""

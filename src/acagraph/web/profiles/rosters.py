"""Who takes part in a coalition, read once for each coalition: a release never changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from acagraph.stores import Store, Term
from acagraph.vocab import ACA
from acagraph.web.collation import by_letters
from acagraph.web.profiles.participations import MEMBERSHIPS, Member, read_participations

SORTS = ("name", "kind", "country", "coalition", "since")


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
    def whereabouts(self) -> dict[Term | None, int]:
        """Those who are members now counted by country, None for an unknown one."""
        return dict(Counter(member.country for member in self.members if member.current))

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
    """The rosters of all coalitions, read together at the first question."""

    def __init__(self, store: Store, superclasses: Mapping[str, frozenset[str]]) -> None:
        self._store = store
        self._superclasses = superclasses
        self._known: Mapping[Term, Roster] | None = None
        self._countries: dict[Term, Roster] = {}
        self._lock = Lock()

    def of(self, coalition: Term) -> Roster:
        """Return who takes part in a coalition."""
        return self._all().get(coalition, Roster(coalition))

    def within(self, country: Term) -> Roster:
        """Return the members of all coalitions in a country, once for each coalition."""
        found = self._countries.get(country)
        if found is None:
            members = [m for roster in self._all().values() for m in roster.members if m.country == country]
            members.sort(key=lambda member: (by_letters(member.name), member.term, member.coalition))
            found = self._countries[country] = Roster(country, tuple(members))
        return found

    def _all(self) -> Mapping[Term, Roster]:
        with self._lock:
            if self._known is None:
                self._known = _rosters(read_participations(self._store, self._superclasses))
            return self._known


def _rosters(members: Iterable[Member]) -> dict[Term, Roster]:
    found: dict[Term, list[Member]] = {}
    for member in sorted(members, key=lambda m: (by_letters(m.name), m.term)):
        found.setdefault(member.coalition, []).append(member)
    return {
        coalition: Roster(
            coalition,
            tuple(m for m in held if m.role.value in MEMBERSHIPS),
            tuple(sorted((m for m in held if m.role.value not in MEMBERSHIPS), key=lambda m: m.role)),
        )
        for coalition, held in found.items()
    }


def _keys(names: Mapping[str, str]) -> dict[str, Callable[[Member], tuple[str, ...]]]:
    def named(term: Term | None) -> tuple[str, ...]:
        return by_letters(names.get(term.value, term.short)) if term else ()

    return {
        "kind": lambda member: named(member.kind),
        "country": lambda member: named(member.country),
        "coalition": lambda member: named(member.coalition),
        "since": lambda member: (member.since,) if member.since else (),
    }


def _slug(term: Term | None) -> str:
    return term.value.removeprefix(ACA).rpartition("/")[2] if term else ""

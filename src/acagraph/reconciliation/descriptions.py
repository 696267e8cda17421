"""What files say about actors and places, gathered until it makes actors to be matched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from acagraph.reconciliation.actors import Actor
from acagraph.reconciliation.kinds import group_of
from acagraph.reconciliation.names import slug_key

# Places lie in at most as many: settlement, county, division, country.
_DEPTH = 6


class Descriptions:
    """Gathers descriptions; things are `kind/slug`, whatever order they come in."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.kinds: dict[str, set[str]] = defaultdict(set)
        self.governs: dict[str, set[str]] = defaultdict(set)
        self.within: dict[str, set[str]] = defaultdict(set)
        self.located: dict[str, set[str]] = defaultdict(set)
        self.countries: dict[str, str] = {}
        self.identifiers: dict[str, set[str]] = defaultdict(set)
        self.positions: dict[str, tuple[float, float]] = {}
        self._names: dict[str, set[tuple[int, str]]] = defaultdict(set)
        self._populations: dict[str, tuple[str, int]] = {}

    def add_name(self, thing: str, name: str, *, language: str, preferred: bool) -> None:
        """Note a label; preferred English ones go first, then other preferred ones, then alternatives."""
        rank = 2 if not preferred else 0 if language == "en" else 1
        self._names[thing].add((rank, name))

    def add_population(self, thing: str, value: float, date: str) -> None:
        """Note a population with its date as `2010-01-26…`, empty when not told; the latest counts."""
        self._populations[thing] = max(self._populations.get(thing, ("", 0)), (date, round(value)))

    def actors(self) -> list[Actor]:
        """Return the actors, sorted by thing and kind; one for each group of kinds compared apart."""
        return [
            actor
            for thing in sorted(self.kinds)
            if thing.startswith("agent/")
            for actor in self._actors(thing)
        ]

    def _actors(self, thing: str) -> Iterator[Actor]:
        names = self._labels(thing)
        if not names:
            return
        areas = sorted(self.governs[thing])
        described = (thing, *areas)
        identifiers = set(self.identifiers[thing]).union(*(self._codes(area) for area in areas))
        seen = set()
        for kind in sorted(self.kinds[thing]):
            if group_of(kind) not in seen:
                seen.add(group_of(kind))
                yield Actor(
                    thing,
                    names,
                    kind,
                    self._country(thing),
                    frozenset(identifiers),
                    next((self.positions[item] for item in described if item in self.positions), None),
                    next(
                        (self._populations[item][1] for item in described if item in self._populations), None
                    ),
                )

    def _labels(self, thing: str) -> tuple[str, ...]:
        ordered = sorted(self._names[thing])
        for area in sorted(self.governs[thing]):
            ordered += sorted(self._names[area])
        names = list(dict.fromkeys(name for _, name in ordered))
        # Who named "agent/kyocera" read 京セラ; lists in other scripts have the same name in Latin letters.
        if names and not any(slug_key(name) for name in names):
            names.append(thing.partition("/")[2].replace("-", " "))
        return tuple(names)

    def _codes(self, area: str) -> set[str]:
        """Return the codes that name an area: that of a country is one of its national government's."""
        codes = {name for name in self.identifiers[area] if name.startswith("iso3166-2:")}
        return codes | ({f"iso3166-1:{self.countries[area]}"} if area in self.countries else set())

    def _country(self, thing: str) -> str | None:
        """Return the one country that a thing governs or lies in; None when there are two."""
        places = set(self.governs[thing] or self.located[thing])
        found: set[str] = set()
        for _ in range(_DEPTH):
            found |= {self.countries[place] for place in places if place in self.countries}
            places = {
                outer for place in places if place not in self.countries for outer in self.within[place]
            }
        return found.pop() if len(found) == 1 else None

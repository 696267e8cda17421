"""Known actors by identifier, by name, and in blocks of one country for names that are only similar."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from acagraph.reconciliation.actors import Actor
from acagraph.reconciliation.kinds import GOVERNMENTS, comparable, group_of
from acagraph.reconciliation.names import Key, keys_of, other_names
from acagraph.reconciliation.similarity import nearest
from acagraph.reconciliation.spellings import NOWHERE, Bearer, Memory, alike

# So many actors at one point stand for the middle of a country or region, not for a town.
_CROWD = 3


@dataclass(frozen=True)
class Candidate:
    """A known actor that a query may mean; `full` when the whole names are equal, `likeness` from 0 to 1."""

    actor: Actor
    full: bool
    likeness: float = 1.0


class Index:
    """The known actors of a matcher; what it returns is sorted by thing."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        """Index the actors, independent of their order."""
        self._actors = placed(sorted(actors, key=_order))
        self._names = {actor.thing: actor.names[0] for actor in reversed(self._actors) if actor.names}
        self._by_identifier: dict[str, list[int]] = defaultdict(list)
        borne = []
        for place, actor in enumerate(self._actors):
            for identifier in actor.identifiers:
                self._by_identifier[identifier].append(place)
            keys = sorted(actor_keys(actor), key=lambda item: (item.text, item.level, item.full))
            borne += [(Bearer(place, key), actor.country) for key in keys]
        self._spellings = Memory(borne)

    def name(self, thing: str) -> str | None:
        """Return the first name of a known actor, None for one that is not known."""
        return self._names.get(thing)

    def with_identifier(self, query: Actor) -> list[Actor]:
        """Return the actors that share an identifier with the query, of whatever kind and country."""
        found = {
            place for identifier in query.identifiers for place in self._by_identifier.get(identifier, ())
        }
        return [self._actors[place] for place in sorted(found)]

    def with_name(self, query: Actor) -> list[Candidate]:
        """Return the actors of a comparable kind that share a name with the query, in any country."""
        best: dict[int, bool] = {}
        for key in actor_keys(query):
            for bearer in self._spellings.bearers([key.text]):
                place, known = bearer.number, bearer.key
                actor = self._actors[place]
                # "Liberty Global" and "Liberty Holdings" have in common what both left out something of.
                enough = key.full or known.full or group_of(actor.kind) in GOVERNMENTS
                if enough and known.level == key.level and comparable(query.kind, actor.kind):
                    best[place] = best.get(place, False) or (key.full and known.full)
        return [Candidate(self._actors[place], best[place]) for place in sorted(best)]

    def with_name_elsewhere(self, query: Actor) -> list[Candidate]:
        """Return the governments of another level, in the query's country, that share its bare name."""
        levels = ("local", "regional")
        if group_of(query.kind) not in levels or query.country is None:
            return []
        texts = {key.text for key in actor_keys(query) if key.full}
        places = {
            bearer.number
            for bearer in self._spellings.bearers(sorted(texts))
            if bearer.key.full and group_of(self._actors[bearer.number].kind) in levels
        }
        return [
            Candidate(self._actors[place], full=False)
            for place in sorted(places)
            if self._actors[place].country == query.country
        ]

    def with_similar_name(self, query: Actor) -> list[Candidate]:
        """Return actors of the query's kind and country with nearly its name; the likest first."""
        best: dict[int, float] = {}
        for key in actor_keys(query):
            if key.full:
                known = self._like(key, query)
                for position, likeness in nearest(key.text, [text for _, text in known]):
                    place = known[position][0]
                    best[place] = max(best.get(place, 0.0), likeness)
        ordered = sorted(best, key=lambda place: (-best[place], place))
        return [Candidate(self._actors[place], full=False, likeness=best[place]) for place in ordered]

    def _like(self, key: Key, query: Actor) -> list[tuple[int, str]]:
        """Return actors of the query's kind and country whose names may be like a key, and these names."""
        texts = alike(self._spellings, key.text, [query.country or NOWHERE])
        return [
            (bearer.number, bearer.key.text)
            for bearer in sorted(
                self._spellings.bearers(texts), key=lambda item: (item.number, item.key.text)
            )
            if bearer.key.full
            and bearer.key.level == key.level
            and self._actors[bearer.number].country == query.country
            and group_of(self._actors[bearer.number].kind) == group_of(query.kind)
        ]


def actor_keys(actor: Actor) -> frozenset[Key]:
    """Return the keys of all the names of an actor, with those of its city in other languages."""
    found = {key for name in actor.names for key in keys_of(name, actor.kind)}
    found |= {other for key in found for other in other_names(key, actor.country)}
    return frozenset(key for key in found if key.full or Key(key.text, key.level, full=True) not in found)


def placed(actors: Iterable[Actor]) -> list[Actor]:
    """Return the actors without the positions that three or more things have in common."""
    actors = list(actors)
    things: Mapping[tuple[float, float] | None, set[str]] = defaultdict(set)
    for actor in actors:
        things[actor.position].add(actor.thing)
    crowded = {position for position, found in things.items() if len(found) >= _CROWD}
    return [replace(actor, position=None) if actor.position in crowded else actor for actor in actors]


def _order(actor: Actor) -> tuple[str, str, str, tuple[str, ...]]:
    return (actor.thing, actor.kind, actor.country or "", actor.names)


def namesakes(queries: Iterable[Actor]) -> Mapping[tuple[str, str | None, Key], int]:
    """Count the things of a list that have a name in common, by group of kinds, country and key."""
    seen = {
        (actor.thing, group_of(actor.kind), actor.country, Key(key.text, key.level, full=True))
        for actor in queries
        for key in actor_keys(actor)
    }
    return Counter((group, country, key) for _, group, country, key in seen)

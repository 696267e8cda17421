"""Candidates: what the finder found, as the API describes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from acagraph.reconciliation.finding import Finder
from acagraph.reconciliation.model import Match, Thing
from acagraph.web.reconcile.identifiers import short
from acagraph.web.reconcile.kinds import Kinds
from acagraph.web.reconcile.queries import Wanted, Wrong, wanted

_AGREEMENTS = ("agrees", "differs")
_UNKNOWN = ("unknown", "not asked")


class Answers:
    """Answers reconciliation queries from the index of names of a release."""

    def __init__(self, finder: Finder, kinds: Kinds, redirects: Mapping[str, str]) -> None:
        self._finder = finder
        self._kinds = kinds
        self._redirects = redirects

    def to(self, query: object) -> dict[str, Any]:
        """Return the result of a query, best first.

        One that cannot be answered has none, and says why; it does not spoil a batch.
        """
        found = wanted(query, self._kinds.find, self._redirects)
        if isinstance(found, Wrong):
            return {"result": [], "error": found.reason}
        if found.nothing:
            return {"result": []}
        named = None if found.iri is None else self._finder.thing(found.iri)
        if named is not None:
            return {"result": [self._candidate(_named(named), found)] if _fits(named, found) else []}
        matches = self._finder.find(found.asked)
        if found.every:
            matches = [match for match in matches if _fits(match.thing, found)]
        return {"result": [self._candidate(match, found) for match in matches[: found.limit]]}

    def _candidate(self, match: Match, found: Wanted) -> dict[str, Any]:
        thing = match.thing
        return {
            "id": short(thing.iri),
            "name": thing.label,
            "description": thing.description,
            "type": self._kinds.told(thing.kinds, found.kinds),
            "score": round(match.score * 100, 2),
            "match": match.match,
            "features": [{"id": name, "value": value} for name, value in _features(match.features)],
        }


def _features(told: Mapping[str, float | str | bool]) -> Iterator[tuple[str, float | bool]]:
    """Yield what made a score as the numbers and booleans that the API allows, each identifier once.

    Of what agrees or not, nothing is said where that is not known. Another word becomes a feature of its
    own: a name that fits as "part" has `name_same` false and `name_part` true.
    """
    for name, value in told.items():
        if not isinstance(value, str):
            yield name, value
        elif value in _AGREEMENTS:
            yield f"{name}_agrees", value == "agrees"
        elif value not in _UNKNOWN:
            yield f"{name}_same", value == "same"
            if value != "same":
                yield f"{name}_{value.replace(' ', '_')}", True


def _fits(thing: Thing, found: Wanted) -> bool:
    """Tell whether a thing is of the kinds that it must be of."""
    if found.every:
        return set(found.kinds).issubset(thing.kinds)
    return not found.asked.strict or not set(found.kinds).isdisjoint(thing.kinds)


def _named(thing: Thing) -> Match:
    """Return the match of a thing that was named by its identifier."""
    return Match(thing, 1.0, True, thing.label, {"identifier": "agrees"})

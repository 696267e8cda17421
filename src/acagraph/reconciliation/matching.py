"""Match actors to known ones: by identifier, then by name with country, kind, distance and population.

A wrong merge is worse than a missed one: whatever is not settled is left to a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from acagraph.reconciliation.actors import Actor, Decision
from acagraph.reconciliation.candidates import Index, actor_keys, namesakes, placed
from acagraph.reconciliation.kinds import group_of
from acagraph.reconciliation.names import Key
from acagraph.reconciliation.review import Rulings
from acagraph.reconciliation.rules import NEW, across_levels, by_identifier, by_likeness, by_name

# The claim of a stronger one stands when others claim the same actor by their name.
_RANK: Mapping[str, int] = {"review": 2, "identifier": 1}


class Matcher:
    """Knows actors, and says which of them a queried actor is.

    Several actors with one `thing` are descriptions of one: of a city that is a region too, say.
    """

    def __init__(self, actors: Iterable[Actor]) -> None:
        """Index actors; their order does not matter."""
        self._index = Index(actors)

    def match(self, query: Actor) -> Decision:
        """Decide about one actor that stands alone; see `match_all`."""
        return self.match_all([query])[0]

    def match_all(self, queries: Sequence[Actor], rulings: Rulings | None = None) -> list[Decision]:
        """Decide about all the actors of one list, each of which has a `thing` of its own.

        Answers stand in the order of the queries and do not depend on it. Where several queries claim one
        actor by name, all are doubtful. `rulings` are what people decided; they go before every rule, which
        docs/reconciliation.md describes.
        """
        rulings = rulings or Rulings()
        queries = placed(queries)
        names = namesakes(queries)
        return _settled([self._decide(query, rulings, _twins(query, names)) for query in queries])

    def _decide(self, query: Actor, rulings: Rulings, twins: int) -> Decision:
        ruled = rulings.same.get(query.thing)
        if ruled is not None:
            return Decision("same", ruled, self._index.name(ruled), "review", 1.0, "decided in the review")
        excluded = rulings.different.get(query.thing, frozenset())
        index = self._index
        decision = by_identifier(
            query, [actor for actor in index.with_identifier(query) if actor.thing not in excluded]
        )
        if decision is not None:
            return decision
        named = [item for item in index.with_name(query) if item.actor.thing not in excluded]
        decision = by_name(query, named, twins=twins)
        if decision is not None:
            return decision
        elsewhere = [item for item in index.with_name_elsewhere(query) if item.actor.thing not in excluded]
        decision = across_levels(query, elsewhere)
        if decision is not None:
            return decision
        similar = [item for item in index.with_similar_name(query) if item.actor.thing not in excluded]
        return by_likeness(query, similar) or NEW


def _twins(query: Actor, names: Mapping[tuple[str, str | None, Key], int]) -> int:
    """Return how many queries have a full name of this one, itself included."""
    group = group_of(query.kind)
    return max(
        (names[group, query.country, key] for key in actor_keys(query) if key.full),
        default=1,
    )


def _settled(decisions: Sequence[Decision]) -> list[Decision]:
    """Make doubtful what claims an actor that another query claims with more, or no less, reason."""
    claims: dict[str, list[int]] = defaultdict(list)
    for place, decision in enumerate(decisions):
        if decision.verdict == "same" and decision.thing is not None:
            claims[decision.thing].append(place)
    settled = list(decisions)
    for places in claims.values():
        ranks = [_RANK.get(decisions[place].method, 0) for place in places]
        best = max(ranks)
        for place, rank in zip(places, ranks, strict=True):
            alone = rank == best and ranks.count(best) == 1
            if not alone and rank < _RANK["review"]:
                reason = f"{len(places)} records claim this actor; {decisions[place].reason}"
                settled[place] = replace(decisions[place], verdict="doubtful", score=0.5, reason=reason)
    return settled

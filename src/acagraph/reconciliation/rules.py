"""The rules by which a candidate is the queried actor or may be it; docs/reconciliation.md tells why."""

from __future__ import annotations

from collections.abc import Sequence

from acagraph.reconciliation.actors import Actor, Decision
from acagraph.reconciliation.candidates import Candidate
from acagraph.reconciliation.evidence import Evidence, compare, identifier_name, shared_identifiers
from acagraph.reconciliation.kinds import GOVERNMENTS, comparable, group_of
from acagraph.reconciliation.names import name_key, namesake_share

NEW = Decision("new", None, None, "none", 0.0, "nothing known is like it")

# Of a city of this size, its name and country say enough; of a town, where few places have a name in common.
_CITY = 100_000
_RARE = 0.1
# Population says that the levels of a city-state are one territory, when it differs by less than this factor.
_ONE_TERRITORY = 1.5


def by_identifier(query: Actor, found: Sequence[Actor]) -> Decision | None:
    """Decide between the actors that share an identifier with the query; None when there are none."""
    if not found:
        return None
    things = sorted({actor.thing for actor in found})
    if len(things) > 1:
        reason = f"its identifiers are those of {len(things)} actors: {', '.join(things)}"
        return _doubtful(found[0], "identifier", 0.5, reason)
    actor = next((known for known in found if comparable(query.kind, known.kind)), found[0])
    shared = shared_identifiers(query, actor)
    kinds = sorted({name.partition(":")[0] for name in shared})
    reason = "same " + " and ".join(identifier_name(kind) for kind in kinds)
    against = _against_identifier(query, actor, kinds)
    if against:
        return _doubtful(actor, "identifier", 0.6, f"{reason}, but {against}")
    return Decision("same", actor.thing, shown(actor), "identifier", 1.0, reason)


def _against_identifier(query: Actor, actor: Actor, kinds: Sequence[str]) -> str:
    if not comparable(query.kind, actor.kind):
        return f"one is a {query.kind}, the other a {actor.kind}"
    different = [text for text in compare(query, actor).contradicts if text.startswith("different")]
    if different:
        return "; ".join(different)
    if group_of(query.kind) in GOVERNMENTS and _countries_differ(query, actor):
        return f"in {query.country} and in {actor.country}"
    # A security can be that of a holding or of a predecessor.
    if kinds == ["isin"] and not _alike(query, actor):
        return "the names have nothing in common"
    return ""


def by_name(query: Actor, found: Sequence[Candidate], *, twins: int) -> Decision | None:
    """Decide between the actors that share a name and a kind with the query; None when there are none.

    `twins` is how many queries of the same list have its name, country and kind, itself included.
    """
    here = [item for item in found if not _countries_differ(query, item.actor)]
    if not here:
        return _in_another_country(query, found)
    if any(item.full for item in here):
        here = [item for item in here if item.full]
    things = {item.actor.thing for item in here}
    if len(things) > 1 or twins > 1:
        return _among_namesakes(query, here, twins)
    judged = [_judged(query, item, alone=len({known.actor.thing for known in found}) == 1) for item in here]
    return max(judged, key=lambda decision: (decision.verdict == "same", decision.score))


def _in_another_country(query: Actor, found: Sequence[Candidate]) -> Decision | None:
    """A company can be given the country of its seat, its listing or its founding; a town cannot."""
    full = [item.actor for item in found if item.full]
    if group_of(query.kind) in GOVERNMENTS or not full:
        return None
    reason = f"same name and kind, but in {query.country} and in {full[0].country}"
    return _doubtful(full[0], "name", 0.5, reason)


def _among_namesakes(query: Actor, found: Sequence[Candidate], twins: int) -> Decision:
    near = {item.actor.thing: item for item in found if _agrees(query, item.actor) and item.full}
    if len(near) == 1:
        actor = next(iter(near.values())).actor
        return _same(actor, 0.95, compare(query, actor), "same name, the nearest of its namesakes")
    known = len({item.actor.thing for item in found})
    reason = f"{known} known actors have this name" if known > 1 else f"{twins} records have this name"
    evidence = compare(query, found[0].actor).words
    return _doubtful(found[0].actor, "name", 0.5, f"{reason}; {evidence}" if evidence else reason)


def _agrees(query: Actor, actor: Actor) -> bool:
    evidence = compare(query, actor)
    return evidence.near and not evidence.contradicts


def _judged(query: Actor, item: Candidate, *, alone: bool) -> Decision:
    """Decide about the one actor of a name."""
    actor, evidence = item.actor, compare(query, item.actor)
    government = group_of(query.kind) in GOVERNMENTS
    countries = query.country is not None and actor.country is not None
    name = "same name" if item.full else "same name but for a qualifier"
    reason = f"{name}, country and kind" if countries else f"{name} and kind, country of one not known"
    if evidence.contradicts:
        return _doubtful(actor, "name", 0.5, f"{reason}; {evidence.words}")
    if evidence.near:
        enough = True
    elif government:  # "Richmond, CA" and "Richmond" can be of a size and are two cities
        enough = countries and item.full and (bool(evidence.supports) or _named_enough(query, actor))
    elif item.full:
        enough = countries or alone
    else:  # without "Group" or "Holdings" it may be another firm of the same house
        enough = countries and query.kind == actor.kind
    if not enough:
        missing = "" if evidence.words else "nothing else to compare"
        return _doubtful(actor, "name", 0.7, "; ".join(filter(None, (reason, evidence.words, missing))))
    return _same(actor, _score(item, evidence), evidence, reason)


def _named_enough(query: Actor, actor: Actor) -> bool:
    """Tell whether name and country say which government it is, with nothing else to compare."""
    if group_of(query.kind) != "local":
        return True
    if max(query.population or 0, actor.population or 0) >= _CITY:
        return True
    return namesake_share(query.country or "") <= _RARE


def _score(item: Candidate, evidence: Evidence) -> float:
    return round((0.9 if item.full else 0.8) + (0.08 if evidence.supports else 0.0), 2)


def across_levels(query: Actor, found: Sequence[Candidate]) -> Decision | None:
    """Point to a government of another level with the same name: a city-state is met as city and as region.

    Two of known and different population are a region and its capital, and are not reported; nor is a town.
    """
    for item in found:
        if _may_be_one_territory(query, item.actor):
            words = compare(query, item.actor).words or "nothing else to compare"
            reason = f"same name and country, but a {query.kind} and a {item.actor.kind}; {words}"
            return _doubtful(item.actor, "name", 0.4, reason)
    return None


def _may_be_one_territory(one: Actor, other: Actor) -> bool:
    if one.population and other.population:
        small, large = sorted((one.population, other.population))
        return large <= _ONE_TERRITORY * small
    return all(actor.population is None or actor.population >= _CITY for actor in (one, other))


def by_likeness(query: Actor, found: Sequence[Candidate]) -> Decision | None:
    """Point to the likest name that nothing contradicts; never more than doubtful."""
    for item in found:
        evidence = compare(query, item.actor)
        if not evidence.contradicts:
            reason = f'similar name "{shown(item.actor)}", same country and kind'
            score = round(item.likeness / 2, 2)
            return _doubtful(item.actor, "similar", score, "; ".join(filter(None, (reason, evidence.words))))
    return None


def shown(actor: Actor) -> str:
    """Return the name by which people are told of an actor."""
    return actor.names[0] if actor.names else actor.thing


def _same(actor: Actor, score: float, evidence: Evidence, reason: str) -> Decision:
    words = evidence.words or "nothing else to compare"
    return Decision("same", actor.thing, shown(actor), "name", score, f"{reason}; {words}")


def _doubtful(actor: Actor, method: str, score: float, reason: str) -> Decision:
    return Decision("doubtful", actor.thing, shown(actor), method, score, reason)


def _countries_differ(one: Actor, other: Actor) -> bool:
    return one.country is not None and other.country is not None and one.country != other.country


def _alike(one: Actor, other: Actor) -> bool:
    """Tell whether two actors have a word of their names in common, written together or not."""
    ours, theirs = (
        {word for name in actor.names for word in name_key(name, actor.kind).split(" ") if len(word) > 2}
        for actor in (one, other)
    )
    return bool(ours & theirs) or any(
        a.startswith(b) or b.startswith(a) for a in ours for b in theirs if min(len(a), len(b)) > 3
    )

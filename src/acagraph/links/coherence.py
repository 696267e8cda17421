"""The conditions that links meet together: one exact match for a thing and dataset, and kinds that agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from acagraph.links.collection import EXACT, Claim
from acagraph.links.forms import form_of
from acagraph.links.model import DISTANCE_SLOT
from acagraph.links.things import Thing
from acagraph.vocab import compact

# Kilometres: rule 74-link-distance.
FARTHEST = 25.0


@dataclass(frozen=True)
class Problem:
    """A condition that claims break: `rule` names it for machines, `message` says it and what to do."""

    rule: str
    message: str
    claims: tuple[Claim, ...]


def problems(claims: Iterable[Claim], things: Mapping[str, Thing]) -> list[Problem]:
    """Return what is wrong with claims, were they all links; sorted by rule and message.

    Judged are the form and check digits of identifiers, their datasets, kinds, the distance of settlements,
    one exact match for each thing and dataset, and one thing for each exact match.
    """
    claims = [claim for claim in claims if not claim.link.negated]
    found = [problem for claim in claims for problem in _alone(claim, things)]
    found += _shared(claims) + _second(claims)
    return sorted(found, key=lambda problem: (problem.rule, problem.message))


def _alone(claim: Claim, things: Mapping[str, Thing]) -> Iterable[Problem]:
    link = claim.link
    thing = things.get(link.subject)
    apart = float(link.slots.get(DISTANCE_SLOT, "0"))
    if apart > FARTHEST and thing is not None and "Settlement" in thing.kinds:
        message = (
            f"{compact(link.subject)} and <{link.object}> are {apart:g} km apart, "
            f"more than {FARTHEST:g}, which is too far for one settlement"
        )
        yield Problem("distance", message, (claim,))
    form = form_of(link.object)
    if form is None:
        message = (
            f"{compact(link.subject)}: <{link.object}> is of no dataset that links may lead to; write the "
            "usual form of its address, or add the dataset (docs/links.md)"
        )
        yield Problem("unregistered", message, (claim,))
        return
    wrong = form.check(link.object)
    if wrong:
        yield Problem("form", f"{compact(link.subject)}: {wrong}", (claim,))
    if thing is not None and form.kinds and thing.sort not in form.kinds:
        message = (
            f"{compact(link.subject)} is of the kind {thing.sort}, but {form.name} describes "
            f"{' and '.join(sorted(form.kinds))}: link what it is about, or remove <{link.object}>"
        )
        yield Problem("kind", message, (claim,))


def _second(claims: Iterable[Claim]) -> list[Problem]:
    groups: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.link.predicate == EXACT:
            groups[claim.link.subject, claim.dataset].append(claim)
    return [
        Problem(
            "second-exact-match",
            f"{compact(subject)} has {len(group)} exact matches in {dataset}: {_objects(group)}; keep one",
            tuple(group),
        )
        for (subject, dataset), group in groups.items()
        if len({claim.link.object for claim in group}) > 1
    ]


def _shared(claims: Iterable[Claim]) -> list[Problem]:
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.link.predicate == EXACT:
            groups[claim.link.object].append(claim)
    return [
        Problem(
            "shared-exact-match",
            f"<{target}> is the exact match of {_subjects(group)}; keep one",
            tuple(group),
        )
        for target, group in groups.items()
        if len({claim.link.subject for claim in group}) > 1
    ]


def _objects(claims: Iterable[Claim]) -> str:
    return " and ".join(sorted({f"<{claim.link.object}>" for claim in claims}))


def _subjects(claims: Iterable[Claim]) -> str:
    return " and ".join(sorted({compact(claim.link.subject) for claim in claims}))

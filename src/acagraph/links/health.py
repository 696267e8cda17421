"""The health of links: what is wrong with them, what is to be looked at, and how many there are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from acagraph.errors import SourceError
from acagraph.links.application import REVIEWED
from acagraph.links.coherence import problems
from acagraph.links.collection import Claim, Collection
from acagraph.links.decisions import ACCEPT, REJECT, Key, Review
from acagraph.links.things import Thing
from acagraph.sources import Redirect
from acagraph.vocab import compact

Severity = Literal["error", "warning"]

# Any of these tells how somebody came to a link.
_EVIDENCE = (
    "author_id",
    "author_label",
    "comment",
    "curation_rule",
    "curation_rule_text",
    "mapping_source",
    "mapping_tool",
    "mapping_tool_id",
    "object_source",
    "reviewer_id",
    "reviewer_label",
    "see_also",
)


@dataclass(frozen=True)
class Finding:
    """Something about a link: `rule` names it for machines; `path` and `line` are where it stands."""

    severity: Severity
    rule: str
    message: str
    path: Path | None = None
    line: int | None = None


@dataclass(frozen=True)
class State:
    """What the health of links is judged by.

    `live` are findings of a check of the datasets themselves, as it was last made; `reviews` is the file of
    decisions, `withdrawn` what it takes back.
    """

    collection: Collection
    things: Mapping[str, Thing]
    redirects: Mapping[str, Redirect]
    decided: Mapping[Key, Review]
    live: tuple[Finding, ...] = ()
    reviews: Path | None = None
    withdrawn: frozenset[Key] = frozenset()


def findings(state: State) -> list[Finding]:
    """Return what is wrong with the links of a project, errors first, then by rule and message."""
    found = [unreadable(error) for error in state.collection.unreadable]
    found += _twice(state.collection.claims)
    links = [claim for claim in state.collection.claims if claim.confirmed]
    for problem in problems(links, state.things):
        found.append(_finding("error", problem.rule, problem.message, problem.claims[0]))
    for claim in links:
        if not any(name in claim.link.slots for name in _EVIDENCE):
            found.append(_finding("error", "no-evidence", f"{_told(claim)} says not how it is known", claim))
        if state.collection.contradicting(claim):
            found.append(_contested(claim, state.collection))
    found += _subjects(state) + _undone(state) + _lost(state) + list(state.live)
    return sorted(
        found, key=lambda each: (each.severity, each.rule, each.message, str(each.path), each.line or 0)
    )


def counts(claims: Iterable[Claim]) -> list[tuple[str, str, str, int]]:
    """Return how many mappings there are of each dataset, standing and relation, sorted."""
    found = Counter((claim.dataset, claim.standing, compact(claim.link.predicate)) for claim in claims)
    return [(*key, number) for key, number in sorted(found.items())]


def unreadable(error: SourceError) -> Finding:
    """Return the finding that a file cannot be read."""
    place = "" if error.path is None else f"{error.path}:{error.line}: " if error.line else f"{error.path}: "
    return Finding("error", "unreadable", str(error).removeprefix(place), error.path, error.line)


def _twice(claims: Iterable[Claim]) -> list[Finding]:
    seen: dict[str, Claim] = {}
    found = []
    for claim in claims:
        first = seen.setdefault(claim.link.record, claim)
        if first is not claim:
            message = (
                f"{_told(claim)} is in {first.group.path.name}:{first.link.line} too; keep one of the two"
            )
            found.append(_finding("error", "twice", message, claim))
    return found


def _contested(claim: Claim, collection: Collection) -> Finding:
    others = sorted({f"<{each.link.object}>" for each in collection.contradicting(claim)})
    message = f"{_told(claim)}, but others say {' and '.join(others)}; decide with acagraph link review"
    return _finding("warning", "contested", message, claim)


def _subjects(state: State) -> list[Finding]:
    found, seen = [], set()
    for claim in state.collection.claims:
        subject = claim.link.subject
        if subject in state.things or subject in seen:
            continue
        seen.add(subject)
        redirect = state.redirects.get(subject)
        if redirect is None:
            message = f"{compact(subject)} is not in the data; remove its links, or restore it"
        elif redirect.new:
            message = f"{compact(subject)} was merged into {compact(redirect.new)}; write that one"
        else:
            message = f"{compact(subject)} was withdrawn: {redirect.reason}; remove its links"
        found.append(_finding("error", "gone" if redirect is None else "redirected", message, claim))
    return found


def _undone(state: State) -> list[Finding]:
    """Return the decisions that wait for `acagraph link apply`."""
    waiting: dict[Path, list[Claim]] = defaultdict(list)
    for claim in state.collection.claims:
        if _contradicts(state, claim):
            waiting[claim.group.path].append(claim)
    return [
        _finding("warning", "not-applied", f"{len(claims)} decisions wait for acagraph link apply", claims[0])
        for _, claims in sorted(waiting.items())
    ]


def _contradicts(state: State, claim: Claim) -> bool:
    """Say whether a mapping stands otherwise than the last decision about it has it."""
    review = state.decided.get(claim.key)
    if review is None:
        reviewed = claim.link.negated or "review_date" in claim.link.slots
        return claim.key in state.withdrawn and reviewed
    if review.decision == ACCEPT:
        return not claim.confirmed
    if claim.confirmed:
        return claim.group.path.name == REVIEWED
    return claim.link.negated != (review.decision == REJECT)


def _lost(state: State) -> list[Finding]:
    """Return the decisions that cannot be carried out: their mappings stand nowhere, or in other sets."""
    standing = {claim.key: claim for claim in state.collection.claims}
    found = []
    for key, review in state.decided.items():
        told = f"{review.decision} of {compact(key[0])} {compact(key[1])} <{key[2]}>"
        claim = standing.get(key)
        if claim is None:
            message = f"{told}: no set has this mapping; propose it again, or withdraw the decision"
            found.append(Finding("warning", "no-candidate", message, state.reviews, review.line))
        elif review.decision == REJECT and claim.confirmed and claim.group.path.name != REVIEWED:
            message = f"{told}, but it is a link; remove it, or withdraw the decision"
            found.append(_finding("warning", "contested", message, claim))
    return found


def _told(claim: Claim) -> str:
    return f"{compact(claim.link.subject)} {compact(claim.link.predicate)} <{claim.link.object}>"


def _finding(severity: Severity, rule: str, message: str, claim: Claim) -> Finding:
    return Finding(severity, rule, message, claim.group.path, claim.link.line)

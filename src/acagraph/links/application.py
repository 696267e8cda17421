"""Decisions carried out: accepted candidates become links, rejected ones records of what does not hold.

An accepted mapping keeps its justification and its tool, for they say how it was found; who agreed stands
in reviewer_id or reviewer_label, review_date and reviewer_agreement, which SSSOM 1.1 has for this. A rejected
one says the opposite, "subject is not an exactMatch of object", which no tool found: its justification is
semapv:MappingReview.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection as Container
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from acagraph.links.coherence import Problem, problems
from acagraph.links.collection import EXACT, Collection, dataset_of, folder_of, name_of
from acagraph.links.decisions import ACCEPT, REJECT, Key, Review
from acagraph.links.model import CANDIDATE, CANDIDATES, CONFIRMED, STATUS_SLOT, Extension, MappingSet
from acagraph.links.model import Mapping as Link
from acagraph.links.standing import remarked
from acagraph.links.things import Thing
from acagraph.links.writing import write_set
from acagraph.vocab import PREFIXES, compact, graph_iri

REVIEWED = "reviewed.sssom.tsv"
# What was a link and is taken back, when the set is gone that it came from.
RETURNED = "returned.sssom.tsv"
ORCID = "https://orcid.org/"

_SEMAPV = PREFIXES["semapv"]
_SAID = "review: "
# How sure a tool is of its proposal is not how sure anybody is of the opposite. Its name and date stay: whose
# proposal was rejected is worth knowing, and a set of one tool says them once, above its table.
_OF_PROPOSAL = (STATUS_SLOT, "confidence", "similarity_score")
_OF_REVIEW = ("reviewer_id", "reviewer_label", "review_date", "reviewer_agreement")


@dataclass(frozen=True)
class Plan:
    """What decisions change: the new text of each file, and how many mappings change in which way.

    `changes` are the same for people: the path of each file with the mappings that go and that come.
    """

    files: Mapping[Path, bytes]
    counts: Mapping[str, int]
    changes: Mapping[Path, tuple[str, ...]]
    problems: tuple[Problem, ...]


def plan(
    root: Path,
    collection: Collection,
    decided: Mapping[Key, Review],
    things: Mapping[str, Thing],
    *,
    names: Container[str] = (),
    withdrawn: Container[Key] = (),
) -> Plan:
    """Return what carrying out decisions changes, of the candidate sets of some names or of all.

    What was accepted and is not any more goes back to the candidates; `withdrawn` is what is decided no
    longer. Doing it twice changes nothing more. When the links would break a condition, the plan has problems
    and no files.
    """
    moved = _Moved(root, collection, decided, names, withdrawn)
    moved.give_back()
    for group in tuple(moved.groups.values()):
        if group.status != CONFIRMED and (not names or name_of(group.path) in names):
            moved.take(group)
    moved.exclude()
    after = remarked(Collection(moved.sets()))
    new = {link.record for link in moved.accepted}
    links = [claim for claim in after.claims if claim.confirmed]
    broken = [
        problem
        for problem in problems(links, things)
        if any(claim.link.record in new for claim in problem.claims)
    ]
    before = {group.path: group for group in collection.sets}
    changed = [group for group in after.sets if not _same(group, before.get(group.path))]
    files = {group.path: write_set(group) for group in changed if not broken}
    changes = {group.path: _changes(group, before.get(group.path)) for group in changed}
    return Plan(files, moved.counts, changes, tuple(broken))


class _Moved:
    """The sets while decisions are carried out."""

    def __init__(
        self,
        root: Path,
        collection: Collection,
        decided: Mapping[Key, Review],
        names: Container[str],
        withdrawn: Container[Key],
    ) -> None:
        self.decided = decided
        self.names = names
        self.withdrawn = withdrawn
        self.extensions: dict[str, Extension] = {}
        self.counts: Counter[str] = Counter()
        self.accepted: list[Link] = []
        self.path = folder_of(root) / REVIEWED
        self.groups = {group.path: group for group in collection.sets}
        self.confirmed = {claim.key for claim in collection.claims if claim.confirmed}
        self.prefixes: dict[str, str] = {"orcid": ORCID}

    def give_back(self) -> None:
        """Make candidates again of the links of reviews that are not accepted any more."""
        old = self.groups.get(self.path)
        if old is None:
            return
        kept = []
        for link in old.mappings:
            origin = _origin(link, self.groups.values()) or _returned(
                self.path.parent / CANDIDATES / RETURNED
            )
            origin = self.groups.get(origin.path, origin)
            if not self._taken_back(link) or (self.names and name_of(origin.path) not in self.names):
                kept.append(link)
                continue
            self.counts["taken back"] += 1
            self.confirmed.discard(_key(link))
            back = replace(_unreviewed(link), line=None)
            there = all(_key(each) != _key(link) for each in origin.mappings)
            self.groups[origin.path] = replace(
                origin,
                mappings=(*origin.mappings, back) if there else origin.mappings,
                prefixes=_united(origin.prefixes, old.prefixes),
                extensions=_declared(origin.extensions, old.extensions),
            )
            self._release(link)
        self.groups[self.path] = replace(old, mappings=tuple(kept))

    def _taken_back(self, link: Link) -> bool:
        review = self.decided.get(_key(link))
        return _key(link) in self.withdrawn if review is None else review.decision != ACCEPT

    def _release(self, chosen: Link) -> None:
        """Propose again what was only rejected because another link held."""
        for path, group in self.groups.items():
            links = tuple(_positive(link) if _is_excluded(link, chosen) else link for link in group.mappings)
            self.groups[path] = replace(group, mappings=links)

    def take(self, group: MappingSet) -> None:
        """Carry out the decisions about the mappings of a candidate set."""
        kept: list[Link] = []
        for link in group.mappings:
            key = (link.subject, link.predicate, link.object)
            review = self.decided.get(key)
            if key in self.confirmed:
                self.counts["confirmed already"] += 1
            elif review is None and key in self.withdrawn and (link.negated or "review_date" in link.slots):
                self.counts["taken back"] += 1
                kept.append(_unreviewed(_positive(link)))
            elif review is None:
                kept.append(link)
            elif review.decision == ACCEPT:
                self.counts["accepted"] += 1
                self.accepted.append(_accepted(_positive(link), review))
                self.prefixes = _united(self.prefixes, group.prefixes)
                self.extensions |= {e.name: e for e in group.extensions if e.name != STATUS_SLOT}
            else:
                after = (
                    _rejected(link, review) if review.decision == REJECT else _unsure(_positive(link), review)
                )
                self.counts["rejected" if review.decision == REJECT else "unsure"] += after != link
                kept.append(after)
        prefixes = _united(group.prefixes, {"orcid": ORCID})
        self.groups[group.path] = replace(group, mappings=tuple(kept), prefixes=prefixes)

    def exclude(self) -> None:
        """Reject, by reasoning, what cannot be an exact match any more: a thing and an item have one."""
        by_thing = {(link.subject, dataset_of(link.object)): link for link in self.accepted if _exact(link)}
        by_item = {link.object: link for link in self.accepted if _exact(link)}
        for path, group in self.groups.items():
            if group.status == CONFIRMED:
                continue
            kept = []
            for link in group.mappings:
                chosen = by_thing.get((link.subject, dataset_of(link.object))) or by_item.get(link.object)
                decided = (link.subject, link.predicate, link.object) in self.decided
                if chosen is not None and _exact(link) and not link.negated and not decided:
                    self.counts["excluded"] += 1
                    link = _excluded(link, chosen)
                kept.append(link)
            self.groups[path] = replace(group, mappings=tuple(kept))

    def sets(self) -> tuple[MappingSet, ...]:
        """Return all the sets with the decisions carried out."""
        groups = dict(self.groups)
        if self.accepted:
            old = groups.get(self.path) or _empty(self.path)
            links = (*old.mappings, *self.accepted)
            groups[self.path] = replace(
                old,
                mappings=links,
                prefixes=_united(old.prefixes, self.prefixes),
                extensions=_declared(old.extensions, self.extensions.values()),
            )
        return tuple(groups[path] for path in sorted(groups))


def _empty(path: Path) -> MappingSet:
    metadata = {
        "mapping_set_id": graph_iri("links#reviewed"),
        "mapping_set_title": "Links that were proposed and then confirmed in a review",
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }
    return MappingSet(path, metadata, {}, (), status=CONFIRMED)


def _returned(path: Path) -> MappingSet:
    metadata = {
        "mapping_set_id": graph_iri("links#returned-candidates"),
        "mapping_set_title": "Links that were confirmed in a review and then taken back",
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }
    return MappingSet(path, metadata, {}, (), status=CANDIDATE)


def _origin(link: Link, groups: Iterable[MappingSet]) -> MappingSet | None:
    """Return the candidate set from which an accepted link came: that of the same tool, run and source."""
    told = _source(link)
    found = (
        group
        for group in groups
        if group.status == CANDIDATE and any(_source(each) == told for each in group.mappings)
    )
    return next(found, None) if any(told) else None


def _source(link: Link) -> tuple[str, str]:
    return link.slots.get("mapping_tool", ""), link.slots.get("object_source_version", "")


def _key(link: Link) -> Key:
    return link.subject, link.predicate, link.object


def _declared(own: Iterable[Extension], more: Iterable[Extension]) -> tuple[Extension, ...]:
    """Return the extensions of both, each name once."""
    return tuple({each.name: each for each in (*more, *own)}.values())


def _exact(link: Link) -> bool:
    return link.predicate == EXACT


def _positive(link: Link) -> Link:
    """Return a mapping that was rejected as one that is not; how it was found is not known any more."""
    if not link.negated:
        return link
    excluded = link.justification == _SEMAPV + "LogicalReasoning"
    gone = ("predicate_modifier", "comment") if excluded else ("predicate_modifier",)
    slots = {name: text for name, text in link.slots.items() if name not in gone}
    return replace(link, justification=_SEMAPV + "UnspecifiedMatching", slots=slots)


def _unreviewed(link: Link) -> Link:
    """Return a mapping without what a review said of it."""
    slots = {name: text for name, text in link.slots.items() if name not in _OF_REVIEW}
    comment = link.slots.get("comment", "")
    before = "" if comment.startswith(_SAID) else comment.partition(f"; {_SAID}")[0]
    slots |= {"comment": before}
    return replace(link, slots={name: text for name, text in slots.items() if text})


def _accepted(link: Link, review: Review) -> Link:
    slots = {name: text for name, text in link.slots.items() if name != STATUS_SLOT}
    return replace(link, slots={**slots, **_reviewed(link, review), "reviewer_agreement": "1"}, line=None)


def _unsure(link: Link, review: Review) -> Link:
    return replace(link, slots={**link.slots, **_reviewed(link, review), "reviewer_agreement": "0"})


def _rejected(link: Link, review: Review) -> Link:
    if link.negated and link.slots.get("review_date") == review.day:
        return link
    slots = {name: text for name, text in link.slots.items() if name not in _OF_PROPOSAL}
    told = {**_reviewed(link, review), "reviewer_agreement": "1"}
    slots = {**slots, **told, "predicate_modifier": "Not"}
    return replace(link, justification=_SEMAPV + "MappingReview", slots=slots)


def _excluded(link: Link, chosen: Link) -> Link:
    slots = {name: text for name, text in link.slots.items() if name not in _OF_PROPOSAL}
    slots |= {"predicate_modifier": "Not", "comment": _reason(chosen)}
    return replace(link, justification=_SEMAPV + "LogicalReasoning", slots=slots)


def _is_excluded(link: Link, chosen: Link) -> bool:
    found = link.negated and link.justification == _SEMAPV + "LogicalReasoning"
    return found and link.slots.get("comment") == _reason(chosen)


def _reason(chosen: Link) -> str:
    return f"{compact(chosen.subject)} has {compact(chosen.object)} as its exact match"


def _reviewed(link: Link, review: Review) -> dict[str, str]:
    """Return the slots that tell who reviewed a mapping, when, and what they said."""
    local = review.who.removeprefix(ORCID).removeprefix("orcid:")
    if local != review.who:
        told = {"reviewer_id": ORCID + local}
    else:
        told = {"reviewer_label": review.who.replace("|", r"\|")}
    told["review_date"] = review.day
    said = f"{_SAID}{review.comment}" if review.comment else ""
    before = link.slots.get("comment", "")
    if said and said not in before:
        told["comment"] = "; ".join(filter(None, (before, said)))
    return told


def _united(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes of both; one of the other that means something else here gets a number."""
    found = dict(one)
    for name, namespace in other.items():
        if namespace in found.values():
            continue
        free = name
        number = 2
        while free in found:
            free, number = f"{name}{number}", number + 1
        found[free] = namespace
    return found


def _changes(group: MappingSet, before: MappingSet | None) -> tuple[str, ...]:
    """Return the mappings that a set loses and gets, as lines with - and +."""
    old, new = (
        {
            f"{compact(link.subject)} {compact(link.predicate)} {compact(link.object)} {each.standing(link)}"
            for link in each.mappings
        }
        if each is not None
        else set()
        for each in (before, group)
    )
    lines = [*(f"- {line}" for line in old - new), *(f"+ {line}" for line in new - old)]
    return tuple(sorted(lines, key=lambda line: (line[2:], line)))


def _same(group: MappingSet, before: MappingSet | None) -> bool:
    return before is not None and [_plain(link) for link in group.mappings] == [
        _plain(link) for link in before.mappings
    ]


def _plain(link: Link) -> tuple[str, str, str, str, tuple[tuple[str, str], ...]]:
    slots = tuple(sorted(link.slots.items()))
    return (link.subject, link.predicate, link.object, link.justification, slots)

"""A set of candidates made anew: what was decided stays, what was rejected does not come back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from acagraph.errors import SourceError
from acagraph.links.collection import CLOSE, EXACT, Collection, dataset_of
from acagraph.links.decisions import Key, Review, rejected_pairs
from acagraph.links.kinds import Sort, sort_of
from acagraph.links.model import Mapping as Link
from acagraph.links.model import MappingSet
from acagraph.links.standing import remarked

# A second proposal of the same mapping is no new one, whenever and by whichever version it was made.
_OF_THE_RUN = ("mapping_date", "mapping_tool_version", "subject_source_version", "link_status")


@dataclass(frozen=True)
class Renewed:
    """A set as it is to be written, all sets with it, and how many proposals there are of each sort."""

    group: MappingSet
    collection: Collection
    counts: Mapping[str, int]


def renewed(found: MappingSet, collection: Collection, decided: Mapping[Key, Review]) -> Renewed:
    """Return a newly proposed set with what is to be kept of the one of the same path, conflicts marked.

    Left out are pairs that were rejected, mappings that another set has already, and second choices for a
    thing whose link the proposal agrees with. What is not proposed any more goes, unless somebody decided
    about it. Raises SourceError when the set of that path was made by something else, or from another file.
    """
    counts: Counter[str] = Counter()
    old = next((group for group in collection.sets if group.path == found.path), None)
    if old is not None:
        _refuse_others(found, old)
    others = Collection(tuple(group for group in collection.sets if group is not old))
    links = _kept(old, decided)
    before = {link.record: link for link in old.mappings} if old else {}
    rejected = rejected_pairs(decided) | {
        (claim.link.subject, claim.link.object) for claim in collection.claims if claim.link.negated
    }
    linked = {
        (claim.link.subject, claim.link.object)
        for claim in others.claims
        if claim.confirmed and claim.link.predicate in (EXACT, CLOSE)
    }
    agreed: dict[tuple[str, str], list[Sort]] = defaultdict(list)
    for link in found.mappings:
        if (link.subject, link.object) in linked:
            agreed[link.subject, dataset_of(link.object)].append(_sort(link))
    elsewhere = {claim.link.record for claim in others.claims}
    for link in found.mappings:
        pair = (link.subject, link.object)
        if link.record in links:
            counts["decided already"] += 1
        elif pair in rejected:
            counts["rejected before"] += 1
        elif pair in linked or _answered(link, agreed):
            counts["linked already"] += 1
        elif link.record in elsewhere:
            counts["in another set of candidates"] += 1
        else:
            counts["unchanged" if _alike(link, before.get(link.record)) else "new"] += 1
            links[link.record] = _same_date(link, before.get(link.record))
    counts["no longer proposed"] = len(before.keys() - links.keys())
    group = _declaring(replace(found, mappings=tuple(links.values())), old)
    after = remarked(Collection(tuple(sorted((*others.sets, group), key=lambda each: each.path))))
    written = next(each for each in after.sets if each.path == found.path)
    counts["in conflict"] = sum(written.standing(link) == "conflict" for link in written.mappings)
    return Renewed(written, after, {name: number for name, number in counts.items() if number})


def _sort(link: Link) -> Sort:
    return sort_of(link.slots.get("object_category", ""))


def _answered(link: Link, agreed: Mapping[tuple[str, str], list[Sort]]) -> bool:
    """Say whether it is known already which item of the dataset, of this sort, the thing is."""
    known = agreed.get((link.subject, dataset_of(link.object)), [])
    return any(not _sort(link).differs(each) for each in known)


def _refuse_others(found: MappingSet, old: MappingSet) -> None:
    """Raise SourceError when a set was not proposed from the same file: it would be lost."""
    title = "mapping_set_title"
    tools = {link.slots.get("mapping_tool", "nobody") for link in old.mappings} - {"acagraph"}
    if tools:
        made = f"was made by {' and '.join(sorted(tools))}"
    elif old.metadata.get(title) != found.metadata.get(title):
        made = f'is called "{old.metadata.get(title, "")}", and these are "{found.metadata.get(title, "")}"'
    else:
        return
    raise SourceError(f"{made}; choose another name with --name", path=old.path)


def _kept(old: MappingSet | None, decided: Mapping[Key, Review]) -> dict[str, Link]:
    """Return the mappings that somebody decided about, by record."""
    return {
        link.record: link
        for link in (old.mappings if old else ())
        if link.negated
        or "review_date" in link.slots
        or (link.subject, link.predicate, link.object) in decided
    }


def _declaring(group: MappingSet, old: MappingSet | None) -> MappingSet:
    """Return a set that declares what mappings of an older one are written with."""
    if old is None:
        return group
    own = {each.name for each in group.extensions}
    extensions = (*group.extensions, *(each for each in old.extensions if each.name not in own))
    return replace(group, prefixes={**old.prefixes, **group.prefixes}, extensions=extensions)


def _alike(link: Link, before: Link | None) -> bool:
    return before is not None and _lasting(link) == _lasting(before)


def _lasting(link: Link) -> tuple[str, dict[str, str]]:
    return link.justification, {k: v for k, v in link.slots.items() if k not in _OF_THE_RUN}


def _same_date(link: Link, before: Link | None) -> Link:
    return before if before is not None and _alike(link, before) else link

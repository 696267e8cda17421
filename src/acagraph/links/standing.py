"""The mark of candidates that other sets contradict, set and taken away as sets change."""

from __future__ import annotations

from dataclasses import replace

from acagraph.links.collection import Claim, Collection
from acagraph.links.model import CONFIRMED, STATUS, STATUS_SLOT, STATUSES, MappingSet
from acagraph.links.model import Mapping as Link


def remarked(collection: Collection) -> Collection:
    """Return the sets with each candidate marked as in conflict that another set contradicts.

    A mark that a set came with stays until somebody has rejected another item for the thing: its authorities
    may disagree with each other.
    """
    marks = {claim.link.record for claim in collection.claims if _in_conflict(claim, collection)}
    return Collection(tuple(_marked(group, marks) for group in collection.sets), collection.unreadable)


def _in_conflict(claim: Claim, collection: Collection) -> bool:
    if claim.standing == "conflict" and (collection.others(claim) or not collection.rejected(claim)):
        return True
    return claim.standing in ("candidate", "conflict") and bool(collection.contradicting(claim))


def _marked(group: MappingSet, marks: set[str]) -> MappingSet:
    if group.status == CONFIRMED:
        return group
    links = tuple(_with_mark(link, marked=link.record in marks) for link in group.mappings)
    used = any(STATUS_SLOT in link.slots for link in links)
    extensions = group.extensions
    if used and all(each.name != STATUS_SLOT for each in extensions):
        extensions = (*extensions, STATUS)
    prefixes = {**group.prefixes, **_needed(group, used)}
    return replace(group, mappings=links, extensions=extensions, prefixes=prefixes)


def _with_mark(link: Link, *, marked: bool) -> Link:
    told = STATUSES + "conflict" if marked else None
    if link.slots.get(STATUS_SLOT) == told or (told is None and not _conflict(link)):
        return link
    slots = {name: text for name, text in link.slots.items() if name != STATUS_SLOT}
    return replace(link, slots={**slots, STATUS_SLOT: told} if told else slots)


def _conflict(link: Link) -> bool:
    return link.slots.get(STATUS_SLOT) == STATUSES + "conflict"


def _needed(group: MappingSet, used: bool) -> dict[str, str]:
    """Return the prefixes that the mark is written with."""
    wanted = {"link-status": STATUSES, "adms": "http://www.w3.org/ns/adms#"}
    if not used:
        return {}
    return {name: space for name, space in wanted.items() if space not in group.prefixes.values()}

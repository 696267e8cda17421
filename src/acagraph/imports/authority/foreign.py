"""Somebody else's mappings as candidates: of our things at once, or by way of what they are linked to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from acagraph.links.coherence import problems
from acagraph.links.collection import CLOSE, EXACT, Claim, Collection, dataset_of
from acagraph.links.model import Mapping as Link
from acagraph.links.model import MappingSet
from acagraph.links.spellings import usual
from acagraph.links.things import Thing
from acagraph.vocab import BASE, PREFIXES, compact

_SEMAPV = PREFIXES["semapv"]


def propose_from(foreign: MappingSet, things: Mapping[str, Thing], ours: Collection) -> list[Link]:
    """Return the links that follow from another's mappings, sorted.

    A mapping of one of our things is taken over, turned round when our thing is its object. One between two
    other datasets is followed when one of its ends is the confirmed exact match of a thing; it is exact only
    when the mapping is. What our own conditions do not allow, such as a company in GeoNames, is left out.
    """
    linked: dict[str, list[str]] = defaultdict(list)
    for claim in ours.claims:
        if claim.confirmed and claim.link.predicate == EXACT:
            linked[claim.link.object].append(claim.link.subject)
    found: dict[tuple[str, str], Link] = {}
    for mapping in foreign.mappings:
        if mapping.predicate not in (EXACT, CLOSE) or mapping.negated:
            continue
        for link in _derived(mapping, foreign, things, linked):
            # Of a dataset that nobody knows yet it is a candidate, and no more until the dataset is known.
            if all(each.rule == "unregistered" for each in problems([Claim(link, foreign)], things)):
                found.setdefault((link.subject, link.object), link)
    return [found[pair] for pair in sorted(found)]


def _derived(
    mapping: Link, foreign: MappingSet, things: Mapping[str, Thing], linked: Mapping[str, list[str]]
) -> Iterator[Link]:
    one, other = usual(mapping.subject), usual(mapping.object)
    ends = ((one, other, "object"), (other, one, "subject"))
    for near, far, side in ends:
        if far.startswith(BASE):
            continue
        if near in things:
            how = mapping.justification if side == "object" else _SEMAPV + "MappingInversion"
            yield _link(
                things[near], mapping, far, side, how, f"a mapping of {foreign.metadata['mapping_set_id']}"
            )
        for subject in linked.get(near, ()):
            if subject in things and dataset_of(near) != dataset_of(far):
                reason = f"by way of {compact(near)} in {foreign.metadata['mapping_set_id']}"
                yield _link(things[subject], mapping, far, side, _SEMAPV + "MappingChaining", reason)


def _link(thing: Thing, mapping: Link, target: str, side: str, how: str, reason: str) -> Link:
    slots = {
        "subject_label": thing.label,
        "subject_category": ", ".join(thing.kinds),
        "object_label": mapping.slots.get(f"{side}_label", ""),
        "object_category": mapping.slots.get(f"{side}_category", ""),
        "confidence": mapping.slots.get("confidence", ""),
        "comment": "; ".join(filter(None, (reason, mapping.slots.get("comment", "")))),
    }
    return Link(
        thing.iri, mapping.predicate, target, how, {name: text for name, text in slots.items() if text}
    )

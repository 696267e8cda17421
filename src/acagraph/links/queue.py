"""The proposed links that wait for somebody's decision, each with what speaks for and against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from acagraph.links.application import REVIEWED
from acagraph.links.collection import Claim, Collection, name_of
from acagraph.links.decisions import Key, Review
from acagraph.links.things import Thing


@dataclass(frozen=True)
class Item:
    """A proposed link with all that a reviewer is shown.

    `others` are claims that name another item of the same dataset for the thing, `claimants` those by which
    other things have the same item. `review` is what was decided before.
    """

    claim: Claim
    thing: Thing | None
    others: tuple[Claim, ...]
    claimants: tuple[Claim, ...]
    conflict: bool
    review: Review | None = None

    @property
    def confidence(self) -> float:
        """How sure the proposer is, from 0 to 1; 1 when it does not say, as the standard has it."""
        return float(self.claim.link.slots.get("confidence", "1"))


@dataclass(frozen=True)
class Wanted:
    """Which of the proposed links are to be shown; what is empty does not matter.

    `thing` is a part of the name or the IRI of the subject, `country` an ISO 3166-1 alpha-2 code.
    """

    name: str = ""
    conflicts: bool = False
    confidence: float = 0.0
    thing: str = ""
    country: str = ""
    again: bool = False

    def fits(self, item: Item) -> bool:
        """Say whether a link is to be shown."""
        if item.review is not None and not self.again:
            return False
        if self.name and name_of(item.claim.group.path) != self.name:
            return False
        if self.country and (item.thing is None or item.thing.country != self.country.upper()):
            return False
        return (
            (item.conflict or not self.conflicts) and item.confidence >= self.confidence and self._names(item)
        )

    def _names(self, item: Item) -> bool:
        subject, part = item.claim.link.subject, self.thing.casefold()
        names = item.thing.names if item.thing else ()
        texts = (subject, *(name.casefold() for name in names))
        return any(part in text for text in texts)


def waiting(
    collection: Collection,
    things: Mapping[str, Thing],
    decided: Mapping[Key, Review],
    wanted: Wanted | None = None,
) -> list[Item]:
    """Return the proposed links that are to be shown; those of a thing stand together, the surest first.

    With `again` also those that were rejected, and the links that were accepted.
    """
    wanted = wanted or Wanted()
    items = (
        _item(claim, collection, things, decided.get(claim.key))
        for claim in collection.claims
        if claim.standing in ("candidate", "conflict") or (wanted.again and _was_decided(claim))
    )
    return sorted((item for item in items if wanted.fits(item)), key=_order)


def _was_decided(claim: Claim) -> bool:
    """Say whether a claim is one that decisions have rejected, or made a link."""
    return claim.link.negated or (claim.confirmed and claim.group.path.name == REVIEWED)


def _item(claim: Claim, collection: Collection, things: Mapping[str, Thing], review: Review | None) -> Item:
    conflict = claim.standing == "conflict" or bool(collection.contradicting(claim))
    thing = things.get(claim.link.subject)
    return Item(claim, thing, collection.others(claim), collection.claimants(claim), conflict, review)


def _order(item: Item) -> tuple[str, str, float, str, str]:
    link = item.claim.link
    return (link.subject, item.claim.dataset, -item.confidence, link.object, link.predicate)

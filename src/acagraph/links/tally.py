"""How many links there are: by dataset and standing, and the share of things of each kind that have one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from acagraph.links.collection import CLOSE, EXACT, Collection
from acagraph.links.things import Thing


@dataclass(frozen=True)
class Tally:
    """The mappings to a dataset: links by relation, and what is not or not yet one."""

    dataset: str
    exact: int
    close: int
    related: int
    candidates: int
    conflicts: int
    rejected: int


@dataclass(frozen=True)
class Coverage:
    """How many things of a class have an exact or close link to any dataset, and to each."""

    kind: str
    things: int
    linked: int
    by_dataset: Mapping[str, int]


def tallies(collection: Collection) -> list[Tally]:
    """Return the mappings to each dataset, by its name."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for claim in collection.claims:
        standing: str = claim.standing
        if standing == "confirmed":
            standing = {EXACT: "exact", CLOSE: "close"}.get(claim.link.predicate, "related")
        found[claim.dataset][standing] += 1
    names = ("exact", "close", "related", "candidate", "conflict", "rejected")
    return [Tally(dataset, *(number[name] for name in names)) for dataset, number in sorted(found.items())]


def coverage(collection: Collection, things: Mapping[str, Thing]) -> list[Coverage]:
    """Return the coverage of each class of places, agents and coalitions that has a link at all, by its name.

    A thing of two classes counts for both. Only the classes that the data gives count, not those above them.
    """
    linked: dict[str, set[str]] = defaultdict(set)
    for claim in collection.claims:
        if claim.confirmed and claim.identifies:
            linked[claim.link.subject].add(claim.dataset)
    things_of: Counter[str] = Counter()
    linked_of: Counter[str] = Counter()
    sets_of: dict[str, Counter[str]] = defaultdict(Counter)
    for thing in things.values():
        if thing.sort not in ("place", "agent", "coalition", "person"):
            continue
        for kind in thing.kinds:
            things_of[kind] += 1
            linked_of[kind] += thing.iri in linked
            sets_of[kind].update(linked.get(thing.iri, ()))
    return [
        Coverage(kind, number, linked_of[kind], dict(sorted(sets_of[kind].items())))
        for kind, number in sorted(things_of.items())
        if linked_of[kind]
    ]

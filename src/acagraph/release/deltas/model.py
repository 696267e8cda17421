"""What changed in the dataset, thing by thing, before it is put in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from acagraph.release.deltas.facts import Facts

# Every kind of change, in the order in which people are told, and what that says.
KINDS: Mapping[str, str] = {
    "joined": "Joined",
    "rejoined": "Members again",
    "announced": "Announced to join",
    "was-member": "Newly known to have been members",
    "left": "Left",
    "suspended": "Suspended",
    "not-stated": "No longer stated to be members",
    "membership-changed": "Memberships stated in another way",
    "began": "Roles that began",
    "ended": "Roles that ended",
    "role-not-stated": "Roles no longer stated",
    "merged": "Merged into another",
    "withdrawn": "Withdrawn",
    "thing-added": "New things",
    "thing-removed": "Things removed",
    "renamed": "Renamed",
    "thing-changed": "Things described in another way",
    "commitment-added": "New commitments",
    "commitment-changed": "Commitments changed",
    "commitment-removed": "Commitments removed",
    "figure-added": "New figures",
    "figure-changed": "Figures corrected",
    "figure-removed": "Figures removed",
    "name-added": "New names",
    "name-changed": "Names changed",
    "name-removed": "Names removed",
    "statement-added": "New statements of other kinds",
    "statement-changed": "Statements of other kinds changed",
    "statement-removed": "Statements of other kinds removed",
    "link-added": "New links",
    "link-removed": "Links removed",
}


@dataclass(frozen=True)
class Change:
    """One change: its kind, which thing or statement it is about, in which coalition, before and after.

    `roles` are properties of the ontology, by prefixed name; `note` is a date or a reason in words.
    """

    kind: str
    about: str
    coalition: str = ""
    old: Facts = field(default_factory=dict)
    new: Facts = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    note: str = ""
    other: str = ""


@dataclass(frozen=True)
class Things:
    """All changes, sorted by kind and by what they are about, and how much changed that is only counted.

    `quiet` counts, in words, what leaves every thing as it was: other evidence, statements made once more.
    """

    changes: Sequence[Change]
    quiet: Mapping[str, int]

    def counts(self) -> dict[str, int]:
        """Return how many changes there are of each kind, in the order of KINDS."""
        found = Counter(change.kind for change in self.changes)
        return {kind: found[kind] for kind in KINDS if found[kind]}

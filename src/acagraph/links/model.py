"""A mapping, and a set of mappings with what holds for the whole set."""

from __future__ import annotations

import re
from collections import abc
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from acagraph.links.slots import LINKML
from acagraph.vocab import ACA, BASE, PREFIXES, XSD, slug

Status = Literal["confirmed", "candidate"]
Standing = Literal["confirmed", "candidate", "conflict", "rejected"]

CONFIRMED: Status = "confirmed"
CANDIDATE: Status = "candidate"

# The folder of candidates, below that of the confirmed sets.
CANDIDATES = "candidates"

STATUS_SLOT = "link_status"
DISTANCE_SLOT = "distance_km"
STATUS_PROPERTY = PREFIXES["adms"] + "status"
STATUSES = f"{BASE}scheme/link-status/"

_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Mapping:
    """A subject, a relation, an object and the justification, by their whole IRIs, and what else is told.

    `slots` holds the other slots of SSSOM and of extensions by name, never an empty one: entities as whole
    IRIs, several values divided by a bar (see values_of), everything else as the file has it. `line` is
    where it was read.
    """

    subject: str
    predicate: str
    object: str
    justification: str
    slots: abc.Mapping[str, str] = field(default_factory=dict)
    line: int | None = None

    @property
    def record(self) -> str:
        """The IRI of the record of this mapping: the same in every set and in every release."""
        return PREFIXES["stmt"] + slug("mapping", self.subject, self.predicate, self.object)

    @property
    def negated(self) -> bool:
        """Whether it says that the relation does not hold."""
        return self.slots.get("predicate_modifier") == "Not"


@dataclass(frozen=True)
class Extension:
    """A slot that is not of the standard: its name, its property and the type of its values, by IRI."""

    name: str
    property: str
    type_hint: str = ""


def kind_of(extension: Extension) -> str:
    """Return what a value of an extension slot is: an entity, a decimal number or a text."""
    return {LINKML + "uriOrCurie": "entity", XSD + "decimal": "decimal"}.get(extension.type_hint, "text")


STATUS = Extension(STATUS_SLOT, STATUS_PROPERTY, LINKML + "uriOrCurie")
DISTANCE = Extension(DISTANCE_SLOT, ACA + "distanceKm", XSD + "decimal")


@dataclass(frozen=True)
class MappingSet:
    """The mappings of a file with its metadata, in the same form as the slots of a mapping.

    `prefixes` are those of its curie_map, without the built-in ones. A `candidate` set holds what is
    proposed, in conflict or rejected; only what a `confirmed` one holds is published as a link.
    """

    path: Path
    metadata: abc.Mapping[str, str]
    prefixes: abc.Mapping[str, str]
    mappings: tuple[Mapping, ...]
    extensions: tuple[Extension, ...] = ()
    status: Status = CONFIRMED

    def standing(self, mapping: Mapping) -> Standing:
        """Return what is thought of a mapping of this set: only a `confirmed` one is a link."""
        if self.status == CONFIRMED:
            return "confirmed"
        if mapping.negated:
            return "rejected"
        return "conflict" if mapping.slots.get(STATUS_SLOT) == STATUSES + "conflict" else "candidate"


def status_of(path: Path) -> Status:
    """Return what a file is for: those in a folder `candidates` hold candidates."""
    return CANDIDATE if path.parent.name == CANDIDATES else CONFIRMED


def values_of(text: str) -> tuple[str, ...]:
    r"""Return the values of a slot that takes several; a bar inside a value is written `\|`.

    >>> values_of(r"a|b \| c")
    ('a', 'b | c')
    """
    return tuple(part.strip().replace(r"\|", "|") for part in _BAR.split(text))


def text_of_values(values: Iterable[str]) -> str:
    r"""Return several values as the text of a slot, the opposite of values_of.

    >>> text_of_values(["a", "b | c"])
    'a|b \\| c'
    """
    return "|".join(value.replace("|", r"\|") for value in values)

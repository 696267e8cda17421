"""The ways to read a name: as that of a city, a region, a nation, a company; with a saint in short."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from acagraph.reconciliation.folding import fold
from acagraph.reconciliation.letters import repaired
from acagraph.reconciliation.names import Level, keys_of, name_key

Form = Literal["whole", "saint", "order", "part"]
FORMS: tuple[Form, ...] = ("whole", "saint", "order", "part")

# A name of which nothing is known may be that of any of these; of each group of kinds one is enough.
ANY = ("LocalGovernment", "RegionalGovernment", "NationalGovernment", "Business")
# Places are called as those who govern them.
_PLACES = {
    "Settlement": "LocalGovernment",
    "MetropolitanArea": "LocalGovernment",
    "County": "CountyGovernment",
    "FirstLevelDivision": "RegionalGovernment",
    "Country": "NationalGovernment",
}


@dataclass(frozen=True)
class Reading:
    """A name as one text to be looked up.

    `levels` are those that it may be of: of a name without any designator all. `whole` says that nothing was
    left out but designators, `saint` that a saint is written in short, `order` that the words are sorted,
    `part` that a qualifier is missing.
    """

    text: str
    levels: frozenset[Level]
    form: Form


def readings(name: str, kinds: Sequence[str], *, asked: bool = False) -> list[Reading]:
    """Return the ways to read a name as that of something of one of the kinds; one for each text, sorted.

    Of a name that is `asked` for, what is left without brackets or on one side of a stroke is a `part`.
    """
    levels: dict[str, set[Level]] = {}
    forms: dict[str, Form] = {}
    for kind in kinds:
        for key in keys_of(name, kind, asked=asked):
            form: Form = "whole" if key.full else "part"
            if form != forms.setdefault(key.text, form):
                if form == "part":
                    continue
                # What a part of the name may be, the whole name has told.
                levels[key.text], forms[key.text] = set(), form
            levels.setdefault(key.text, set()).add(key.level)
    # As a whole too, so that a slip in "Government" does not hide the rest.
    plain = fold(repaired(name)).replace(" ", "")
    if plain and plain not in forms:
        levels[plain], forms[plain] = {"", "municipality", "upper"}, "whole"
    others: tuple[tuple[Form, str | None], ...] = (
        ("saint", _short_saint(name)),
        ("order", _sorted(name, kinds[0])),
    )
    for form, text in others:
        if text is not None and forms.get(text, form) == form:
            levels[text], forms[text] = {"", "municipality", "upper"}, form
    return [Reading(text, frozenset(levels[text]), forms[text]) for text in sorted(forms)]


def called_as(kinds: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds by which a thing's names are read, from all that it is of, sorted."""
    found = {_PLACES.get(kind, kind) for kind in kinds if kind in _PLACES or kind.endswith("Government")}
    return tuple(sorted(found - {"Government"})) or (kinds[0] if kinds else "Agent",)


def _short_saint(name: str) -> str | None:
    """Return a name with each saint as "s": so Sankt, St. and S. are one; None for a name without any."""
    words = fold(repaired(name)).split(" ")
    if len(words) < 2 or _saints().isdisjoint(words[:-1]):
        return None
    return "".join("s" if word in _saints() else word for word in words)


def _sorted(name: str, kind: str) -> str | None:
    """Return the words of a name in the order of the alphabet; None for a single one."""
    words = name_key(repaired(name), kind).split(" ")
    return "".join(sorted(words)) if len(words) > 1 else None


@cache
def _saints() -> frozenset[str]:
    content = files("acagraph.reconciliation").joinpath("saints.csv").read_text(encoding="utf-8")
    return frozenset(row["word"] for row in csv.DictReader(content.splitlines()))

"""Which classes of actors are compared with each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Group = Literal["local", "regional", "national", "joint", "tribal", "company", "organisation"]

GOVERNMENTS: tuple[Group, ...] = ("local", "regional", "national")

_GROUPS: Mapping[str, Group] = {
    "LocalGovernment": "local",
    "CountyGovernment": "local",
    "RegionalGovernment": "regional",
    "NationalGovernment": "national",
    "GovernmentGroup": "joint",
    "TribalNation": "tribal",
    "Business": "company",
    "FinancialInstitution": "company",
    "Investor": "company",
}

# Not told which: compared with both.
_VAGUE = ("Agent", "Organisation")


def group_of(kind: str) -> Group:
    """Return the group of a class by its local name; every class that is not named is an organisation."""
    return _GROUPS.get(kind, "organisation")


def comparable(one: str, other: str) -> bool:
    """Tell whether two classes can be those of one actor.

    A local government can be called a county's; a city and a region of one name are two governments.
    """
    groups = {group_of(one), group_of(other)}
    if len(groups) == 1:
        return True
    return groups == {"company", "organisation"} and (one in _VAGUE or other in _VAGUE)

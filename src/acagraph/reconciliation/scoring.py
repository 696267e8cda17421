"""How probable it is that a thing is meant: from what speaks for each candidate, weighed and compared."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from acagraph.reconciliation.evidence import NEAR

How = Literal[
    "same", "designator", "script", "saint", "order", "similar", "level", "part", "qualifier", "within",
    "contains",
]  # fmt: skip
Agreement = Literal["agrees", "differs", "unknown", "not asked"]

_PLACES: Mapping[str, float] = {
    "same": 0, "designator": 1, "script": 2, "saint": 3, "order": 4, "level": 5, "part": 6,
    "qualifier": 7,
}  # fmt: skip

# Rather none than a wrong one: chosen on the tuning half of the benchmark, see docs/reconciliation.md.
THRESHOLD = 0.9
# Without a country fewer strangers reach it: there a town of the name is in most cases the one of the data.
THRESHOLD_ANYWHERE = 0.85
LEAD = 0.5
_FAR = 50.0
_VERY_LIKE = 0.85


@dataclass(frozen=True)
class Comparison:
    """What is compared of a query and a thing.

    `how` tells in which way the names agree: `part` that the thing's qualifier is missing in what was asked,
    `qualifier` that what was asked has one which the thing has not, `within` that the words asked for are
    some of the name's, `contains` that it is the other way round. `likeness`, from 0 to 1, is the share of
    letters that agree, `changed` how many do not, `doubled` that only doubled letters differ. `letters` is
    the name's length, `own` tells that it is not that of the territory which the thing governs, `upper` that
    it is a region's and might be a city's, `company` that it is no government's, `nation` that it is a
    country, `region` that the qualifier is a region of its country. `whole` tells that the name is borne as
    it was asked, `last` that it is rather the qualifier.

    `added` is the share of the words asked for that the name has not, `missing` the share of the name's that
    were not asked for, weighed by how rare they are.

    What the other candidates tell: `outdone` that only another one bears it so, `alone` that no other one of
    the country asked for has the name, `namesake` that another has it with a qualifier.
    """

    how: How
    likeness: float
    letters: int
    changed: int = 0
    doubled: bool = False
    first_letter: bool = True
    upper: bool = False
    company: bool = False
    alternative: bool = False
    nation: bool = False
    whole: bool = False
    last: bool = False
    outdone: bool = False
    alone: bool = False
    namesake: bool = False
    country: Agreement = "not asked"
    kind: Agreement = "not asked"
    identifier: Agreement = "not asked"
    distance: float | None = None
    own: bool = True
    region: bool = False
    added: float = 0.0
    missing: float = 0.0

    @property
    def rank(self) -> tuple[float, bool]:
        """How well the name fits: less is better; its own name goes before that of its territory."""
        return (place(self.how, self.likeness), not self.own)


def place(how: How, likeness: float) -> float:
    """Return the place of a way in which names agree among the others: less is better."""
    if how == "similar":
        return 5 - likeness if likeness >= _VERY_LIKE else 8 - likeness
    return _PLACES.get(how, 9 - likeness)


def features(compared: Comparison) -> dict[str, float]:
    """Return what is weighed, by the names in weights.csv; what is not there counts nothing."""
    found = {f"name {compared.how}": 1.0}
    if compared.company:
        found[f"company {compared.how}"] = 1.0
    if compared.how in ("within", "contains"):
        found[f"share of letters {compared.how}"] = 1.0 - compared.likeness
        found[f"rare words added {compared.how}"] = compared.added
        found[f"rare words missing {compared.how}"] = compared.missing
        found["other first letter"] = 0.0 if compared.first_letter else 1.0
    elif compared.how == "similar":
        found["share of letters changed"] = 1.0 - compared.likeness
        found["letters changed"] = compared.changed
        found["rare words added"] = compared.added
        found["rare words missing"] = compared.missing
        found["only doubled letters"] = float(compared.doubled)
        found["other first letter"] = 0.0 if compared.first_letter else 1.0
    found["upper level"] = float(compared.upper)
    found["short"] = 1.0 / max(compared.letters, 1)
    found["the last of several words"] = float(compared.last)
    found["qualifier is a region"] = float(compared.region)
    found["outdone"] = float(compared.outdone)
    found["alone in the country"] = float(compared.alone and compared.how == "part")
    found["a country"] = float(compared.nation and compared.how == "same" and compared.country == "not asked")
    found["alternative name"] = float(compared.alternative and not compared.nation)
    found["a country by another name"] = float(compared.alternative and compared.nation)
    found[f"country {compared.country}"] = 1.0
    for subject, agreement in (("kind", compared.kind), ("identifier", compared.identifier)):
        if agreement != "not asked":
            found[f"{subject} {agreement}"] = 1.0
    if compared.distance is not None:
        found["near"] = float(compared.distance <= NEAR)
        found["far"] = float(compared.distance > _FAR)
    return found


def probabilities(candidates: Sequence[Comparison]) -> list[float]:
    """Return how probable each candidate is; together they are less than 1, for none of them may be meant."""
    weights = _weights()
    strengths = [
        math.exp(min(sum(weights.get(name, 0.0) * value for name, value in features(item).items()), 50.0))
        for item in candidates
    ]
    total = 1.0 + math.fsum(strengths)
    return [strength / total for strength in strengths]


@cache
def _weights() -> Mapping[str, float]:
    content = files("acagraph.reconciliation").joinpath("weights.csv").read_text(encoding="utf-8")
    return {row["feature"]: float(row["weight"]) for row in csv.DictReader(content.splitlines())}

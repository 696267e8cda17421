"""Candidates seen beside each other: one may bear the very name, or be the only one of its country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from acagraph.reconciliation.comparison import Candidate

_CERTAIN = ("same", "designator", "script", "saint", "order")
_BEARS = (*_CERTAIN, "level", "part")


def among_others(found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates with what those of other families tell of them, in their order."""
    possible = [item for item in found if item.comparison.country != "differs"]
    whole = {item.family for item in possible if item.comparison.whole}
    bearers = {item.family for item in possible if _is_place(item) and item.comparison.how in _BEARS}
    parts = {item.family for item in possible if _is_place(item) and item.comparison.how == "part"}
    return [_among(item, whole, bearers, parts) for item in found]


def _among(item: Candidate, whole: set[int], bearers: set[int], parts: set[int]) -> Candidate:
    compared, family = item.comparison, {item.family}
    place = _is_place(item)
    outdone = not compared.whole and bool(whole) and family.isdisjoint(whole)
    alone = place and compared.country == "agrees" and bearers == family
    namesake = place and not compared.nation and compared.how in _CERTAIN and bool(parts - family)
    if not (outdone or alone or namesake):
        return item
    told = replace(compared, outdone=outdone, alone=alone, namesake=namesake)
    return replace(item, comparison=told)


def _is_place(item: Candidate) -> bool:
    """Tell whether it is a territory or its government: a company of the name is no namesake."""
    return not item.comparison.company

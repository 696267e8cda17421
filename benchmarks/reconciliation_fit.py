"""Fit the weights of what speaks for a candidate to the tuning half: a conditional logit with "none"."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from reconciliation_cases import Case

from acagraph.reconciliation.finding import Finder, Query, representative
from acagraph.reconciliation.scoring import features

_STEPS = 25
# Pulls weights of which the cases say little to nothing: the weight of a feature seen twice is halved.
_RIDGE = 2.0
# What no case has is set by hand: a shared identifier decides, a confirmed other one speaks against.
FIXED = {
    "identifier agrees": 12.0,
    "identifier differs": -6.0,
    "outdone": -3.0,
    "qualifier is a region": 1.5,
    "a country": 2.0,
    "kind agrees": 0.5,
    "kind differs": -3.0,
    "near": 3.0,
    "far": -3.0,
}


@dataclass(frozen=True)
class Examples:
    """Candidates of all queries below each other; `first` is where those of each query begin."""

    names: tuple[str, ...]
    matrix: np.ndarray
    first: np.ndarray
    right: np.ndarray
    chosen: np.ndarray


def examples(finder: Finder, cases: Sequence[Case]) -> Examples:
    """Compare each case with its candidates."""
    rows, first, right, chosen = [], [], [], []
    for case in cases:
        found = finder.families(query_of(case))
        if not found:
            continue
        if case.sort == "company" and _hidden(case):  # it has to know of companies that are not known
            found = [members for members in found if members[0].thing.iri not in case.truth]
        if not found:
            continue
        first.append(len(rows))
        hits = [any(item.thing.iri in case.truth for item in members) for members in found]
        # Of a town that the register has twice both are right; the chance is shared between them.
        right += [hit / max(sum(hits), 1) for hit in hits]
        chosen.append(float(any(hits)))
        rows += [features(representative(members)) for members in found]
    names = tuple(sorted({name for row in rows for name in row} - FIXED.keys()))
    matrix = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    return Examples(names, matrix, np.array(first), np.array(right), np.array(chosen))


def fit(found: Examples) -> dict[str, float]:
    """Return the weights of greatest likelihood by Newton's method; what is not chosen is "none", at 0."""
    weights = np.zeros(len(found.names))
    matrix, first = found.matrix, found.first
    sizes = np.diff(np.append(first, len(matrix)))
    for _ in range(_STEPS):
        strengths = np.exp(np.clip(matrix @ weights, -30, 30))
        totals = 1.0 + np.add.reduceat(strengths, first)
        chances = strengths / np.repeat(totals, sizes)
        gradient = matrix.T @ (found.right - chances) - _RIDGE * weights
        weighed = matrix * chances[:, None]
        means = np.add.reduceat(weighed, first, axis=0)
        hessian = matrix.T @ weighed - means.T @ means + _RIDGE * np.eye(len(weights))
        step = np.linalg.solve(hessian, gradient)
        weights = weights + step * min(1.0, 3.0 / np.abs(step).max())
        if np.abs(step).max() < 1e-6:
            break
    return {name: round(float(weight), 3) for name, weight in zip(found.names, weights, strict=True)} | FIXED


def _hidden(case: Case) -> bool:
    return zlib.crc32(min(case.truth).encode()) % 3 == 0


def query_of(case: Case) -> Query:
    """Return what is asked of the finder."""
    return Query(case.name, countries=(case.country,) if case.country else ())


def table(weights: dict[str, float]) -> str:
    """Return the weights as the table of the package."""
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    writer.writerow(("feature", "weight"))
    writer.writerows(sorted(weights.items()))
    return content.getvalue()

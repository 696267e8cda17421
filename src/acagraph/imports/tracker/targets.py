"""Targets of the Net Zero Tracker as rows of commitments.csv and no-targets.csv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from acagraph.imports.tables import Cells, Loss
from acagraph.imports.tracker.cells import as_of, decimal, pruned, statement, year_span
from acagraph.imports.tracker.records import Target, Tracked
from acagraph.imports.tracker.words import TARGETS, Kind
from acagraph.vocab import PREFIXES

# By how many percentage points two levels may differ from the percentage that stands beside them.
_TOLERANCE = 2

_QUANTIFIED = ("NetZeroTarget", "EmissionReductionTarget")
_BASES = {
    "reduction": "base-year",
    "intensity": "intensity",
    "scenario": "baseline-scenario",
    "level": "fixed-level",
}
_NOT_STATED = "not-stated"

Which = Literal["end", "interim"]


@dataclass(frozen=True)
class Promises:
    """The rows that the targets of one record give, and what is lost on the way."""

    commitments: tuple[Cells, ...]
    no_targets: tuple[Cells, ...]
    losses: tuple[Loss, ...]


def promises(row: Tracked, actor: str) -> Promises:
    """Return what a record says of the targets of an actor (agent/slug)."""
    end, end_losses = _sound(row, "end", row.end)
    interim, interim_losses = _sound(row, "interim", row.interim)
    losses = [*end_losses, *interim_losses]
    commitments = []
    no_targets: tuple[Cells, ...] = ()
    final = None
    if _is_target(end):
        firmness, more = _firmness(row)
        final = _commitment(row, actor, "end", end) | firmness
        losses += [*more, *_beside_words(row, "end", end, final)]
        commitments.append(final)
    else:
        losses += _beside_no_target(row)
        if end.word:
            no_targets = (_no_target(row, actor),)
    if _is_target(interim):
        step = _commitment(row, actor, "interim", interim)
        more_cells, more = _leads_to(row, step, final)
        losses += [*more, *_beside_words(row, "interim", interim, step)]
        commitments.append(step | more_cells)
    return Promises(tuple(map(pruned, commitments)), no_targets, tuple(losses))


def _is_target(target: Target) -> bool:
    return bool(target.word) and TARGETS[target.word].form != "none"


def _sound(row: Tracked, which: Which, target: Target) -> tuple[Target, list[Loss]]:
    """Return a target without the numbers that contradict each other, and these as losses."""
    losses: list[Loss] = []

    def lose(part: str, value: object, reason: str) -> None:
        losses.append(Loss(row.record, f"{which}_target{part}", str(value), reason))

    if not _is_target(target):
        if not target.word:
            lose("", "", "the register does not say whether there is a target")
        if target.year is not None:
            lose("_year", target.year, "a year without a target")
        return target, losses
    base, updated = target.baseline_year, int(row.updated[:4])
    if base is not None and (base > updated or (target.year is not None and base >= target.year)):
        reason = "the baseline year does not lie before the target year and the record's update"
        lose("_baseline_year", base, reason)
        target = replace(target, baseline_year=None)
    fault = _level_fault(target)
    if fault:
        for part, level in (
            ("_baseline_emissions", target.baseline_level),
            ("_bau_emissions", target.scenario_level),
            ("_target_emissions", target.target_level),
        ):
            if level is not None:
                lose(part, decimal(level), fault)
        target = replace(target, baseline_level=None, scenario_level=None, target_level=None)
    return target, losses


def _level_fault(target: Target) -> str:
    """Return why the levels of a reduction against a scenario cannot be taken, empty when they can."""
    scenario, level, percent = target.scenario_level, target.target_level, target.percent
    if scenario is None and level is None:
        return ""
    if TARGETS[target.word].form != "scenario":
        return "" if scenario is None else "a scenario's level for a target that is against none"
    if scenario is None or level is None:
        return "only one of the two levels is there"
    if scenario == 0:
        return "a scenario of zero emissions"
    cut = 100 * (scenario - level) / abs(scenario)
    if percent is None or abs(cut - percent) > _TOLERANCE:
        return f"the two levels are a cut of {cut:.0f} percent, not of the percentage that is told"
    return ""


def _commitment(row: Tracked, actor: str, which: Which, target: Target) -> dict[str, str]:
    kind = TARGETS[target.word]
    name, numbers = _numbers(kind, target)
    cells = {
        "statement": statement(row, f"{which}-target"),
        "class": name,
        "committed_by": actor,
        "target_year": "" if target.year is None else str(target.year),
        "wording": kind.wording,
        "evidence": row.record,
        **numbers,
        **as_of(row),
    }
    if name == "PrinciplePledge":
        start = "A target" if which == "end" else "An interim target"
        cells["description"] = f"{start} {kind.pledge}"
    return cells


def _numbers(kind: Kind, target: Target) -> tuple[str, dict[str, str]]:
    """Return the class of a target and its numbers; without those that its form needs it is a pledge."""
    if kind.form == "zero":
        return ("NetZeroTarget" if target.year is not None else "PrinciplePledge"), {}
    needed: Mapping[str, object] = {
        "reduction": target.percent,
        "scenario": target.percent,
        "intensity": target.percent if target.unit else None,
        "level": target.target_level,
    }
    if needed.get(kind.form) is None:
        return "PrinciplePledge", {}
    levels = {"reduction_percent": target.percent, "target_level": target.target_level}
    baseline = target.scenario_level if kind.form == "scenario" else target.baseline_level
    unit = target.unit if kind.form == "intensity" else ""
    if baseline is not None or target.target_level is not None:
        unit = unit or _NOT_STATED
    return "EmissionReductionTarget", {
        **{column: decimal(number) for column, number in levels.items()},
        "baseline_level": decimal(baseline),
        "baseline_year": "" if target.baseline_year is None else str(target.baseline_year),
        "unit": PREFIXES["unit"] + unit if unit else "",
        "basis": _BASES[kind.form],
    }


def _beside_words(row: Tracked, which: Which, target: Target, cells: Cells) -> list[Loss]:
    """Return the numbers of a target that has no place for them."""
    if cells["class"] == "EmissionReductionTarget":
        return []
    found = {
        "percentage_reduction": target.percent,
        "baseline_year": target.baseline_year,
        "baseline_emissions": target.baseline_level,
        "target_emissions": target.target_level,
        "bau_emissions": target.scenario_level,
    }
    reason = "a number beside a target that lacks what would make it one in numbers"
    return [
        Loss(row.record, f"{which}_target_{part}", str(number), reason)
        for part, number in found.items()
        if number is not None
    ]


def _firmness(row: Tracked) -> tuple[dict[str, str], list[Loss]]:
    """Return status, start and scopes: the register tells them of the end target."""
    scopes = {f"scope_{n}": scope for n, scope in enumerate(row.scopes, 1)}
    year = row.status_year
    if year is not None and year > int(row.updated[:4]):
        loss = Loss(row.record, "status_date", str(year), "a status of a year after the record's update")
        return {"status": row.status, **scopes}, [loss]
    return {"status": row.status, **scopes, **year_span("starts", "start", year)}, []


def _beside_no_target(row: Tracked) -> list[Loss]:
    """Return what the record says of an end target that it does not name."""
    reason = "there is no end target of which it could be told"
    found = {
        "end_target_status": row.status,
        "status_date": row.status_year,
        **{f"scope_{n}": scope for n, scope in enumerate(row.scopes, 1)},
    }
    return [Loss(row.record, column, str(value), reason) for column, value in found.items() if value]


def _no_target(row: Tracked, actor: str) -> Cells:
    return {
        "statement": statement(row, "no-target"),
        "actor": actor,
        "evidence": row.record,
        **as_of(row),
    }


def _leads_to(row: Tracked, step: Cells, final: Cells | None) -> tuple[dict[str, str], list[Loss]]:
    """Return the link from an interim target to the end target, when the two fit together (rule 35)."""
    if final is None or final["class"] not in _QUANTIFIED or step["class"] not in _QUANTIFIED:
        return {}, []
    faults = _misfits(step, final)
    if not faults:
        return {"interim_of": final["statement"]}, []
    reason = f"kept as a target of its own: {' and '.join(faults)} than the end target"
    return {}, [Loss(row.record, "interim_target", row.interim.word, reason)]


def _misfits(step: Cells, final: Cells) -> Sequence[str]:
    """Return in words why a target cannot be a step to another."""

    def both(column: str) -> tuple[Decimal, Decimal] | None:
        mine, other = step.get(column), final.get(column)
        return (Decimal(mine), Decimal(other)) if mine and other else None

    years, percents, bases = both("target_year"), both("reduction_percent"), both("baseline_year")
    return [
        *(["no earlier year"] if years and years[0] >= years[1] else []),
        *(["no smaller percentage"] if percents and percents[0] >= percents[1] else []),
        *(["another baseline year"] if bases and bases[0] != bases[1] else []),
    ]

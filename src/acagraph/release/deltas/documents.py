"""A comparison as JSON, and as an entry of a changelog."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import pyoxigraph as ox

from acagraph.release.deltas.comparison import Comparison
from acagraph.release.deltas.facts import EVIDENCE, Facts
from acagraph.release.deltas.model import Change
from acagraph.release.deltas.names import Names
from acagraph.release.deltas.outline import DEPTHS, by_coalition, number, of_terms, plain, warnings
from acagraph.release.deltas.sides import Side
from acagraph.release.deltas.terms import TermChange
from acagraph.release.deltas.wording import sentence
from acagraph.vocab import expand

# The words of Keep a Changelog for the kinds of changes.
_LOG = {
    "Added": ("joined", "rejoined", "announced", "was-member", "began", "-added"),
    "Changed": ("left", "suspended", "ended", "membership-changed", "renamed", "merged", "-changed"),
    "Removed": ("not-stated", "role-not-stated", "withdrawn", "-removed"),
}


def body(comparison: Comparison, *, depths: tuple[str, ...] = DEPTHS) -> dict[str, Any]:
    """Return the whole comparison as JSON values, nothing cut, in a fixed order."""
    found: dict[str, Any] = {
        "old": _side(comparison.old, comparison.header.old_sha256),
        "new": _side(comparison.new, comparison.header.new_sha256),
        "equal": comparison.equal,
        "warnings": warnings(comparison),
    }
    if "statements" in depths:
        graphs = sorted({*comparison.added, *comparison.removed})
        found["statements"] = {
            "added": sum(comparison.added.values()),
            "removed": sum(comparison.removed.values()),
            "graphs": {
                graph: {"added": comparison.added.get(graph, 0), "removed": comparison.removed.get(graph, 0)}
                for graph in graphs
            },
        }
    if "things" in depths:
        found["things"] = {
            "counts": comparison.things.counts(),
            "only_counted": dict(comparison.things.quiet),
            "changes": [_change(change, comparison.names) for change in comparison.things.changes],
        }
    if "terms" in depths:
        found["terms"] = {
            "breaking": sum(change.breaking for change in comparison.terms),
            "changes": [_term(change) for change in comparison.terms],
        }
        found["versions"] = {
            "ontology": asdict(comparison.ontology),
            "dataset": asdict(comparison.dataset),
        }
    return found


def changelog_entry(comparison: Comparison, version: str, day: datetime.date) -> str:
    """Return an entry in the form of Keep a Changelog: numbers by coalition, and every breaking change."""
    lines = {title: list(_logged(comparison, kinds)) for title, kinds in _LOG.items()}
    for change in comparison.terms:
        if change.what == "deprecated":
            lines.setdefault("Deprecated", []).append(of_terms(change))
        elif change.breaking:
            title = "Removed" if change.what == "removed" else "Changed"
            lines[title].append(f"Breaking: {of_terms(change)}")
    rest = sum(not change.breaking and change.what != "deprecated" for change in comparison.terms)
    if rest:
        lines["Changed"].append(f"{number(rest, 'change')} of terms and rules that break nothing")
    order = ("Added", "Changed", "Deprecated", "Removed")
    parts = [f"## [{version}] - {day.isoformat()}"]
    for title in order:
        if lines.get(title):
            parts.append(f"### {title}\n\n" + "\n".join(map(_item, lines[title])))
    if len(parts) == 1:
        parts.append("Nothing that is told here differs.")
    return "\n\n".join(parts) + "\n"


def _item(line: str) -> str:
    return f"- {plain(line)}{'' if line.endswith('.') else '.'}"


def _logged(comparison: Comparison, kinds: tuple[str, ...]) -> Iterator[str]:
    """Yield a line for each coalition that has changes of some kinds: a few in words, many in numbers."""
    for coalition, changes in by_coalition(comparison).items():
        same = [
            c for c in changes if c.kind in kinds or c.kind.endswith(tuple(k for k in kinds if k[0] == "-"))
        ]
        if 0 < len(same) <= 3:
            yield from (sentence(change, comparison.names) for change in same)
        elif same:
            counts: dict[str, int] = {}
            for change in same:
                counts[change.kind] = counts.get(change.kind, 0) + 1
            name = comparison.names.of(coalition) if coalition else "Beyond coalitions"
            told = ", ".join(f"{count:,} {kind.replace('-', ' ')}" for kind, count in counts.items())
            yield f"{name}: {told}"


def _side(side: Side, digest: str) -> dict[str, Any]:
    return {
        "name": side.name,
        "version": side.version,
        "date": None if side.date is None else side.date.isoformat(),
        "rdfc10_sha256": digest,
    }


def _change(change: Change, names: Names) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": change.kind,
        "about": change.about,
        "coalition": change.coalition or None,
        "text": sentence(change, names),
    }
    if change.roles:
        told["properties"] = [expand(role) for role in change.roles]
    if change.other:
        told["other"] = change.other
    if change.note:
        told["note"] = change.note
    for key, found in (("before", change.old), ("after", change.new)):
        if found:
            told[key] = _facts(found)
    return told


def _facts(found: Facts) -> Mapping[str, list[str]]:
    return {
        name: [value.value if isinstance(value, ox.NamedNode) else str(value) for value in values]
        for name, values in found.items()
        if name != EVIDENCE
    }


def _term(change: TermChange) -> dict[str, Any]:
    return {"text": of_terms(change), **asdict(change), "breaking": change.breaking}

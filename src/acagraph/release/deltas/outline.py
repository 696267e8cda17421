"""A comparison as headings and lists: what text, Markdown and the changelog are written from."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from acagraph.release.deltas.comparison import Comparison
from acagraph.release.deltas.model import KINDS, Change
from acagraph.release.deltas.terms import TermChange
from acagraph.release.deltas.versions import Proposal
from acagraph.release.deltas.wording import sentence
from acagraph.vocab import SHAPES, compact

DEPTHS = ("statements", "things", "terms")
_LISTED = 10
_SHORT = 60
_TYPE = re.compile(r'"([^"]*)"\^\^<[^>]*>')


@dataclass(frozen=True)
class Section:
    """A heading, what is said below it, a list, and how many more the list would have."""

    title: str
    lines: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    more: int = 0
    level: int = 2


def outline(
    comparison: Comparison, *, depths: Sequence[str] = DEPTHS, listed: int = _LISTED
) -> list[Section]:
    """Return what differs in words, of each kind up to `listed` changes in each coalition."""
    found: list[Section] = [_heading(comparison)]
    if "things" in depths:
        found += _things(comparison, listed)
    if "terms" in depths:
        found += _terms(comparison, listed)
    if "statements" in depths:
        found.append(_statements(comparison))
    return found


def by_coalition(comparison: Comparison) -> dict[str, list[Change]]:
    """Return the changes of each coalition by its IRI, ordered by its name; "" for what is of none, last."""
    found: dict[str, list[Change]] = defaultdict(list)
    for change in comparison.things.changes:
        found[change.coalition].append(change)
    names = comparison.names
    return {iri: found[iri] for iri in sorted(found, key=lambda iri: (not iri, names.of(iri), iri))}


def of_terms(change: TermChange) -> str:
    """Return a change of a term or shape as one sentence."""
    verb = {"added": "New", "changed": "Changed", "deprecated": "Deprecated", "removed": "Removed"}[
        change.what
    ]
    name = compact(change.term).replace(SHAPES, "shapes:")
    aspect = f", {change.aspect}{_from_to(change)}" if change.aspect else ""
    return f"{verb} {change.kind} {name}{aspect}: {change.reason}"


def _from_to(change: TermChange) -> str:
    """Return what values were and are, where they are short."""
    old, new = (" ".join(_TYPE.sub(r"\1", value) for value in values) for values in (change.old, change.new))
    if not (old or new) or max(len(old), len(new)) > _SHORT:
        return ""
    return f" {old} → {new}" if old and new else f" now {new}" if new else f" no longer {old}"


def warnings(comparison: Comparison) -> list[str]:
    """Return what makes the versions hard to compare, and what to mend before the newer one is published."""
    found = [f"{note[:1].upper()}{note[1:]}." for note in comparison.notes]
    for name, proposal in (("ontology", comparison.ontology), ("dataset", comparison.dataset)):
        if proposal.warning:
            found.append(f"The {name}: {proposal.warning}.")
    return found


def number(count: int, word: str, plural: str = "") -> str:
    """Return a count with its word, such as `1 change` or `2,000 changes`."""
    return f"{count:,} {word if count == 1 else plural or word + 's'}"


def _heading(comparison: Comparison) -> Section:
    old, new = (side.name for side in (comparison.old, comparison.new))
    if comparison.equal and not comparison.terms:
        return Section(f"Nothing differs from {old} to {new}", level=1)
    lines = [
        f"{number(sum(comparison.added.values()), 'statement')} added, "
        f"{number(sum(comparison.removed.values()), 'statement')} removed."
    ]
    breaking = sum(change.breaking for change in comparison.terms)
    if comparison.terms:
        lines.append(f"{number(len(comparison.terms), 'change')} of terms and rules, {breaking:,} breaking.")
    return Section(f"From {old} to {new}", (*warnings(comparison), *lines), level=1)


def _things(comparison: Comparison, listed: int) -> Iterator[Section]:
    for coalition, changes in by_coalition(comparison).items():
        title = comparison.names.of(coalition) if coalition else "Beyond coalitions"
        yield Section(title, (f"{number(len(changes), 'change')}.",))
        for kind, heading in KINDS.items():
            same = [change for change in changes if change.kind == kind]
            if same:
                items = tuple(sentence(change, comparison.names) for change in same[:listed])
                more = len(same) - len(items)
                yield Section(f"{heading} ({len(same):,})", items=items, more=more, level=3)
    quiet = comparison.things.quiet
    if quiet:
        items = tuple(f"{what}: {count:,}" for what, count in quiet.items())
        yield Section("Only counted", ("They say nothing new of any thing.",), items)


def _terms(comparison: Comparison, listed: int) -> Iterator[Section]:
    found = comparison.terms
    if not found:
        return
    proposal = comparison.ontology
    yield Section("Terms and rules", (_proposed("ontology", proposal),))
    for title, same in (
        ("Breaking", [change for change in found if change.breaking]),
        ("Deprecated", [change for change in found if change.what == "deprecated"]),
        ("New", [change for change in found if change.what == "added" and not change.breaking]),
        ("Changed, not breaking", [c for c in found if c.what in ("changed", "removed") and not c.breaking]),
    ):
        if same:
            # What breaks is never cut.
            shown = same if title == "Breaking" else same[:listed]
            items = tuple(map(of_terms, shown))
            yield Section(f"{title} ({len(same):,})", items=items, more=len(same) - len(shown), level=3)


def _statements(comparison: Comparison) -> Section:
    graphs = sorted({*comparison.added, *comparison.removed})
    items = tuple(
        f"{graph or 'the default graph'}: {comparison.added.get(graph, 0):,} added, "
        f"{comparison.removed.get(graph, 0):,} removed"
        for graph in graphs
    )
    lines = (
        f"Before: {comparison.header.old_sha256} (RDFC-1.0, SHA-256).",
        f"Now: {comparison.header.new_sha256}.",
        _proposed("dataset", comparison.dataset),
    )
    return Section("Statements by named graph", lines, items)


def _proposed(name: str, proposal: Proposal) -> str:
    declared = f"; it says {proposal.declared}" if proposal.declared else ""
    if proposal.proposed is None:
        return f"No next version of the {name} can be proposed: {proposal.reason}."
    return f"Version of the {name}: {proposal.proposed} ({proposal.reason}){declared}."


def text(sections: Iterable[Section]) -> str:
    """Return sections as plain text."""
    parts = []
    for section in sections:
        mark = {1: "=", 2: "-"}.get(section.level)
        title = f"{section.title}\n{mark * len(section.title)}" if mark else f"{section.title}:"
        more = [f"  … and {section.more:,} more"] if section.more else []
        items = [f"  {item}" for item in section.items]
        parts.append("\n".join([title, *section.lines, *items, *more]))
    return "\n\n".join(parts) + "\n"


def markdown(sections: Iterable[Section]) -> str:
    """Return sections as Markdown; what stands in names is no markup."""
    parts = []
    for section in sections:
        parts.append(f"{'#' * section.level} {plain(section.title)}")
        parts += [plain(line) for line in section.lines]
        items = [f"- {plain(item)}" for item in section.items]
        if section.more:
            items.append(f"- … and {section.more:,} more")
        if items:
            parts.append("\n".join(items))
    return "\n\n".join(parts) + "\n"


def plain(line: str) -> str:
    """Return a line for Markdown, in which nothing is markup."""
    for mark in ("\\", "`", "*", "_", "[", "]", "<", ">", "#", "|"):
        line = line.replace(mark, f"\\{mark}")
    return line

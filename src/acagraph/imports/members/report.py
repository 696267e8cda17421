"""What an import says to the person who runs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from acagraph.imports.members.columns import shown
from acagraph.imports.members.run import Import, Opened, summary_of_reviews
from acagraph.imports.members.update import Outcome

_SHOWN = 20


def opening(opened: Opened) -> str:
    """Return what was found out about the file, and a line for each of its columns."""
    listing = opened.listing
    text = f"{listing.path.name}: {_number(len(listing.rows), 'row')}; {listing.found}\n"
    rows = [("column", "read as", "for example"), *shown(listing, opened.columns)]
    widths = [max(_width(row[place]) for row in rows) for place in (0, 1)]
    for row in rows:
        line = "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False)
        )
        text += f"  {line}  {row[2]}".rstrip() + "\n"
    edition = opened.edition
    text += f"Coalition: {opened.coalition} ({opened.register.coalition})\n"
    return text + f"Source: {edition.title}, {edition.day.text} ({edition.slug})\n"


def closing(made: Import, project: Path) -> str:
    """Return what the rows did, what is doubtful or lost, and the account of all rows."""
    lines = [*_outcomes(made), *_rejected(made), *_repeated(made), *_lost(made), *_doubts(made, project)]
    account = " + ".join(f"{number:,} {name}" for name, number in made.counts.items())
    return "".join(f"{line}\n" for line in [*lines, f"{_number(made.rows, 'row')} read = {account}"])


def _outcomes(made: Import) -> Iterator[str]:
    if made.update is None:
        return
    outcomes = made.update.outcomes
    changes = Counter(item.change for item in outcomes)
    matched = sum(bool(item.member.match) for item in outcomes)
    for change in ("joined", "renamed", "left", "changed"):
        found = [item for item in outcomes if item.change == change]
        if found:
            yield f"{changes[change]:,} {change}:"
            yield from _some([_told(item) for item in found])
    if made.update.absent:
        yield f"{len(made.update.absent):,} no longer in the list, which is complete (absent, not ended):"
        yield from _some(sorted(_name(made, item.key) for item in made.update.absent))
    if made.update.gone:
        yield f"{len(made.update.gone):,} in no edition any more, so removed:"
        yield from _some(sorted(item.key for item in made.update.gone))
    if changes["unchanged"]:
        yield f"{changes['unchanged']:,} unchanged"
    yield f"{matched:,} of {len(outcomes):,} members are known from elsewhere"
    untold = sum(not item.entry.kind and not item.member.match for item in outcomes)
    if untold:
        yield f"{untold:,} without a kind: described as organisations; say --kind CLASS for all of them"


def _told(item: Outcome) -> str:
    name = f"{item.before} → {item.entry.name}" if item.change == "renamed" else item.entry.name
    return f"{name} ({', '.join(item.details)})" if item.details else name


def _name(made: Import, key: str) -> str:
    assert made.update is not None  # only an update has absent members
    order = {slug: edition.order for slug, edition in made.opened.editions.items()}
    mention = made.update.register.members[key].latest(order)
    return mention.name if mention else key


def _rejected(made: Import) -> Iterator[str]:
    rejected = made.entries.rejected
    if rejected:
        yield f"{_number(len(rejected), 'row')} not understood:"
        yield from _some([f"line {item.row.line}: {'; '.join(item.reasons)}" for item in rejected])


def _repeated(made: Import) -> Iterator[str]:
    if made.entries.repeated:
        yield f"{_number(len(made.entries.repeated), 'row')} like an earlier one:"
        yield from _some(
            [f"line {entry.line} as line {line}: {entry.name}" for entry, line in made.entries.repeated]
        )


def _lost(made: Import) -> Iterator[str]:
    if made.entries.losses:
        yield f"{_number(len(made.entries.losses), 'cell')} not taken over:"
        yield from _some([f"line {loss.line}: {loss.field} {loss.reason}" for loss in made.entries.losses])


def _doubts(made: Import, project: Path) -> Iterator[str]:
    doubts = summary_of_reviews(made)
    if doubts:
        path = made.files.folder / "review.csv"
        shown = path.relative_to(project) if path.is_relative_to(project) else path
        yield f"{len(doubts):,} doubtful; write same or different into {shown} and import again:"
        pairs = (
            f"{row['name']}: {row['candidate_name']} ({row['candidate']})? {row['reason']}" for row in doubts
        )
        yield from _some(list(pairs))


def _some(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"  and {len(lines) - _SHOWN:,} more"


def _number(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)

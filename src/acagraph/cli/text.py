"""How answers and summaries look on a terminal and in a pipe."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from acagraph.stores import Row
from acagraph.vocab import graph_iri

_HEADLINES = (
    "Coalition",
    "Organisation",
    "Person",
    "Place",
    "Statement",
    "Membership",
    "Figure",
    "Commitment",
    "Event",
    "Document",
    "Source",
    "Evidence",
)
_SUGGESTED = ("query --list", "query members-of-coalition coalition=jci", "serve")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows in aligned columns, one line each, so that it depends on the rows alone."""
    lines = [list(header), *([_one_line(cell) for cell in row] for row in rows)]
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(header))]
    lines.insert(1, ["-" * width for width in widths])
    return "".join(
        "  ".join(
            cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        + "\n"
        for line in lines
    )


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows as aligned lines, which no identifier is broken in; a terminal is told their number too."""
    sys.stdout.write(table(header, rows))
    if sys.stdout.isatty():
        sys.stdout.write(f"{len(rows)} row{'' if len(rows) == 1 else 's'}\n")


def headlines(classes: Mapping[str, int]) -> str:
    """Return how many things there are of the classes that say most about a release."""
    return "".join(f"{classes.get(f'aca:{name}', 0):>9,}  {name}\n" for name in _HEADLINES)


def counts(classes: Mapping[str, int]) -> str:
    """Return how many things there are of each class, most first."""
    rows = sorted(classes.items(), key=lambda item: (-item[1], item[0]))
    return "".join(f"{number:>9,}  {name.removeprefix('aca:')}\n" for name, number in rows)


def graphs(described: Iterable[Row]) -> str:
    """Return the named graphs with their numbers of triples, licences and titles, one line each."""
    lines = {
        row["graph"].value.removeprefix(graph_iri("")): (
            f"{int(row['triples'].value):,}",
            row["licence"].value,
            row["graphLabel"].value,
        )
        for row in described
    }
    return table(("graph", "triples", "licence", "title"), [(name, *line) for name, line in lines.items()])


def registers(told: Sequence[Mapping[str, Any]]) -> str:
    """Return what each register holds, counted before anything is merged, and its editions."""
    names = [*told[0]["counts"]] if told else []
    rows, editions = [], []
    for item in told:
        rows.append((item["name"], *(f"{item['counts'][name]:,}" for name in names)))
        editions += [(item["name"], one["title"], one["edition"], one["licence"]) for one in item["editions"]]
    header = ("register", *(name.replace("_", " ") for name in names))
    return table(header, rows) + "\n" + table(("register", "source", "edition", "licence"), editions)


def next_commands() -> str:
    """Return what to try next, as it can be typed here: with its path when acagraph is not on PATH."""
    program = Path(sys.argv[0])
    found = shutil.which("acagraph")
    elsewhere = program.name == "acagraph" and (found is None or not program.samefile(found))
    name = str(program) if elsewhere else "acagraph"
    return "Next:\n" + "".join(f"  {name} {arguments}\n" for arguments in _SUGGESTED)


def _one_line(text: str) -> str:
    return " ".join(text.split())

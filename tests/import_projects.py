"""A project to import a register into, and how the tests of imports read what they made."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from acagraph.imports.tables import Import

from published import ROOT


def empty_project(folder: Path, register: str) -> Path:
    """The project with its curated data and countries, and with what people decided for this register."""
    root = folder / "project"
    shutil.copytree(ROOT / "data", root / "data", ignore=shutil.ignore_patterns("registers", "links"))
    for name in ("schemas", "countries"):
        shutil.copytree(ROOT / "data" / "registers" / name, root / "data" / "registers" / name)
    for name in ("ontology", "queries", "shapes"):
        (root / name).symlink_to(ROOT / name)
    (root / "data" / "links").mkdir()
    ours = root / "data" / "registers" / register
    ours.mkdir()
    for name in ("values.csv", "exceptions.csv"):
        shutil.copy(ROOT / "data" / "registers" / register / name, ours)
    return root


def csv_file(path: Path, *rows: Mapping[str, str], columns: Sequence[str] | None = None) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns or list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def text(made: Import, name: str) -> str:
    """The text of a file that an import made, whatever its folder; empty when it made none."""
    return next((texts[name] for texts in made.files.values() if name in texts), "")


def texts(made: Import) -> list[str]:
    return [each for files in made.files.values() for each in files.values()]


def table(made: Import, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text(made, f"{name}.csv").splitlines()))


def told(row: Mapping[str, str], *wanted: str) -> tuple[str, ...]:
    return tuple(row[column] for column in wanted)

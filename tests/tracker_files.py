"""Small snapshots of the Net Zero Tracker, and a project to import them into."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

from acagraph.imports.tracker import Import, import_tracker

from published import ROOT

TABLES = ROOT / "data" / "registers" / "net-zero-tracker"

COMPANY = {
    "last_updated": "2022-05-02 08:45:40",
    "id_code": "COM-0001",
    "name": "Quarry  Works",
    "country": "JPN",
    "actor_type": "Company",
    "race_to_zero_member": "No",
    "end_target": "No target",
    "interim_target": "No target",
}
CITY = COMPANY | {"id_code": "CIT-0001", "name": "Quarrytown", "actor_type": "City", "country": "USA"}
ZERO = {"end_target": "Net zero", "end_target_year": "2050"}
CUT = {
    "interim_target": "Emissions reduction target",
    "interim_target_year": "2030",
    "interim_target_percentage_reduction": "42.5",
    "interim_target_baseline_year": "2015",
}
PARTS = (
    *("_year", "_percentage_reduction", "_baseline_year", "_intensity_unit"),
    *("_baseline_emissions", "_target_emissions", "_bau_emissions"),
)
COLUMNS = (
    *COMPANY,
    *("isin_id", "sector", "memberships", "population"),
    *("end_target_status", "status_date", "scope_1", "scope_2", "scope_3"),
    *(f"{which}_target{part}" for which in ("end", "interim") for part in PARTS),
)


def snapshot(folder: Path, *rows: Mapping[str, str]) -> Path:
    path = folder / "snapshot_2022-12-20.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def empty_project(folder: Path) -> Path:
    """The project with its curated data and countries, and with what people decided for this register."""
    root = folder / "project"
    shutil.copytree(ROOT / "data", root / "data", ignore=shutil.ignore_patterns("registers", "links"))
    for name in ("schemas", "countries"):
        shutil.copytree(ROOT / "data" / "registers" / name, root / "data" / "registers" / name)
    for name in ("ontology", "queries", "shapes"):
        (root / name).symlink_to(ROOT / name)
    (root / "data" / "links").mkdir()
    ours = root / "data" / "registers" / "net-zero-tracker"
    ours.mkdir()
    for name in ("values.csv", "exceptions.csv"):
        shutil.copy(TABLES / name, ours)
    return root


def table(made: Import, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(made.files.get(f"{name}.csv", "").splitlines()))


def said(project: Path, *rows: Mapping[str, str]) -> Import:
    return import_tracker(snapshot(project.parent, *rows), root=project)


def told(row: Mapping[str, str], *wanted: str) -> tuple[str, ...]:
    return tuple(row[column] for column in wanted)

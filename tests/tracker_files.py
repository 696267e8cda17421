"""Small snapshots of the Net Zero Tracker, and a project to import them into."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from acagraph.imports.tables import Import
from acagraph.imports.tracker import import_tracker
from import_projects import csv_file

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
    return csv_file(folder / "snapshot_2022-12-20.csv", *rows, columns=COLUMNS)


def said(project: Path, *rows: Mapping[str, str]) -> Import:
    return import_tracker(snapshot(project.parent, *rows), root=project)

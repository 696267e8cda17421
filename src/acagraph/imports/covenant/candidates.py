"""The table of candidates for links to other datasets: what each row says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from acagraph.imports import workbook
from acagraph.imports.covenant.signatories import record_slug

_NEEDED = (
    "register_id",
    "unlocode",
    "wikidata_candidate",
    "wikidata_candidate_method",
    "second_authority",
    "geonames_candidate",
    "geonames_method",
    "geonames_distance_km",
)
_ITEM = re.compile(r"Q[1-9][0-9]*")
_NUMBER = re.compile(r"[1-9][0-9]*")
_DISTANCE = re.compile(r"[0-9]+(\.[0-9]+)?")
_AUTHORITIES = ("agree", "single", "differ", "none")


@dataclass(frozen=True)
class Candidate:
    """What may be the place of a record in other datasets; empty where nothing was found.

    `unique` says that the item is the only one of its name in the country, else it lies within 25 km;
    `authority` what a second file says of it; `folded` that the names of the GeoNames entry and the place are
    only alike once simplified; `distance` how many kilometres lie between these two.
    """

    record: str
    unlocode: str
    item: str
    unique: bool
    authority: str
    geonames: str
    folded: bool
    distance: float | None


def read_candidates(path: Path) -> tuple[Candidate, ...]:
    """Return the candidates of a table, in its order.

    Raises SourceError, with line and column, for a value that is not known.
    """
    records = workbook.sheet_with(path, _NEEDED)
    found = []
    for record in records:
        cells = record.values
        for column, form in (
            ("wikidata_candidate", _ITEM),
            ("geonames_candidate", _NUMBER),
            ("geonames_distance_km", _DISTANCE),
        ):
            if cells[column] and not form.fullmatch(cells[column]):
                message = f'"{cells[column]}" is not what stands here; correct it'
                raise records.sheet.fail(message, line=record.line, column=column)
        if cells["second_authority"] not in _AUTHORITIES:
            message = f'"{cells["second_authority"]}" is none of {", ".join(_AUTHORITIES)}; correct it'
            raise records.sheet.fail(message, line=record.line, column="second_authority")
        distance = cells["geonames_distance_km"]
        found.append(
            Candidate(
                record=record_slug(cells["register_id"]),
                unlocode=cells["unlocode"].replace(" ", ""),
                item=cells["wikidata_candidate"],
                unique="unique" in cells["wikidata_candidate_method"],
                authority=cells["second_authority"],
                geonames=cells["geonames_candidate"],
                folded=cells["geonames_method"] == "folded",
                distance=float(distance) if distance else None,
            )
        )
    return tuple(found)

"""Candidates for links to other datasets: which of them hold, as an SSSOM table, and the UN/LOCODEs."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from acagraph.imports import workbook
from acagraph.imports.covenant.signatories import record_slug
from acagraph.imports.tables import Loss
from acagraph.vocab import PREFIXES

FILE = "covenant.sssom.tsv"

_COLUMNS = ("subject_id", "predicate_id", "object_id", "mapping_justification", "comment")
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
_FARTHEST = 15.0
_ITEM = re.compile(r"Q[1-9][0-9]*")
_NUMBER = re.compile(r"[1-9][0-9]*")
_DISTANCE = re.compile(r"[0-9]+(\.[0-9]+)?")
_LOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_AUTHORITIES = ("agree", "single", "differ", "none")
_HEADER = f"""\
#mapping_set_id: https://w3id.org/acagraph/graph/links
#mapping_set_title: Links of the places that signatories of the Covenant of Mayors govern
#license: https://creativecommons.org/licenses/by/4.0/
#curie_map:
#  geonames: https://sws.geonames.org/
#  place: {PREFIXES["place"]}
#  semapv: https://w3id.org/semapv/vocab/
#  skos: http://www.w3.org/2004/02/skos/core#
#  wikidata: http://www.wikidata.org/entity/
"""


@dataclass(frozen=True)
class Candidate:
    """What may be the place of a record in other datasets; empty where nothing was found."""

    record: str
    unlocode: str
    item: str
    unique: bool
    authority: str
    geonames: str
    folded: bool
    distance: float | None


@dataclass(frozen=True)
class Links:
    """The rows of the mapping table, the UN/LOCODE of each record, and what was left out."""

    rows: tuple[tuple[str, ...], ...]
    codes: Mapping[str, str]
    losses: tuple[Loss, ...]

    def text(self) -> str:
        """Return the mapping table, sorted."""
        table = io.StringIO(newline="")
        writer = csv.writer(table, delimiter="\t", lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(sorted(self.rows))
        return _HEADER + table.getvalue()


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


def choose(
    candidates: Iterable[Candidate],
    *,
    countries: Mapping[str, str],
    vague: Collection[str],
    taken: Collection[str],
) -> Links:
    """Return the links that hold for the places of records.

    countries gives the alpha-2 code of each record whose place this register describes, vague are records
    whose position is not used, so that no distance from it says anything, and taken are Wikidata items that
    are the exact match of something else. An item or a code that two places claim is nobody's.
    """
    candidates = [item for item in candidates if item.record in countries]
    items = Counter(item.item for item in candidates if item.authority == "agree")
    codes = Counter(item.unlocode for item in candidates if item.unlocode)
    rows: list[tuple[str, ...]] = []
    kept: dict[str, str] = {}
    losses: list[Loss] = []
    for item in candidates:
        if item.unlocode:
            why = _against_code(item, countries[item.record], codes)
            if why:
                losses.append(Loss(item.record, "unlocode", item.unlocode, why))
            else:
                kept[item.record] = item.unlocode
        if item.geonames and item.record not in vague and item.distance is not None:
            rows += [_geonames(item)] if item.distance <= _FARTHEST else []
        if item.item and item.authority in ("agree", "single"):
            why = "another place or thing has this item" if items[item.item] > 1 or item.item in taken else ""
            if why and item.authority == "agree":
                losses.append(Loss(item.record, "wikidata_candidate", item.item, why))
            else:
                rows.append(_wikidata(item))
    return Links(tuple(rows), kept, tuple(losses))


def _against_code(item: Candidate, country: str, codes: Mapping[str, int]) -> str:
    if not _LOCODE.fullmatch(item.unlocode) or not item.unlocode.startswith(country):
        return f"no UN/LOCODE of {country}"
    return "the code of two places" if codes[item.unlocode] > 1 else ""


def _geonames(item: Candidate) -> tuple[str, ...]:
    alike = "name alike once simplified" if item.folded else "same name"
    comment = f"{alike} and country; {item.distance} km apart"
    return _row(item, "closeMatch", f"geonames:{item.geonames}/", comment)


def _wikidata(item: Candidate) -> tuple[str, ...]:
    where = "the only one of that name" if item.unique else "within 25 km"
    if item.authority == "agree":
        return _row(
            item, "exactMatch", f"wikidata:{item.item}", f"same name and country, {where}; two files agree"
        )
    return _row(
        item, "closeMatch", f"wikidata:{item.item}", f"same name and country, {where}; one file says so"
    )


def _row(item: Candidate, relation: str, target: str, comment: str) -> tuple[str, ...]:
    return f"place:{item.record}", f"skos:{relation}", target, "semapv:CompositeMatching", comment

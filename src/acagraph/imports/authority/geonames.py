"""The tables of GeoNames: cities500.txt, allCountries.txt and the like, as its readme describes them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.imports.authority.entries import Authority, Entry
from acagraph.links.forms import form_named

COLUMNS = 19
# Classes of features: P is a populated place, A an administrative area.
_KINDS = {
    "ADM1": "FirstLevelDivision",
    "ADM2": "County",
    "ADM3": "Settlement",
    "ADM4": "Settlement",
    "ADM5": "Settlement",
    "PCLI": "Country",
    "PCLD": "Country",
    "PCLF": "Country",
    "PCLS": "Country",
}
# Parts of towns, and what is gone.
_NO_TOWN = ("PPLCH", "PPLH", "PPLQ", "PPLW", "PPLX", "STLMT")


def is_geonames(start: str) -> bool:
    """Say whether the first line of a file is one of GeoNames'."""
    cells = start.rstrip("\r\n").split("\t")
    return len(cells) == COLUMNS and cells[0].isdecimal() and len(cells[6]) <= 1


def read_geonames(path: Path) -> Authority:
    """Return the towns, administrative areas and countries of a table of GeoNames.

    Reading the entries raises SourceError, with the line, for one that is not as the readme says.
    """
    told: Counter[str] = Counter()
    return Authority("geonames", _entries(path, told), told)


def _entries(path: Path, told: Counter[str]) -> Iterator[Entry]:
    form = form_named("geonames")
    with path.open(encoding="utf-8", newline="\n") as file:
        number = 0
        try:
            for number, line in enumerate(file, start=1):
                cells = line.rstrip("\r\n").split("\t")
                if len(cells) != COLUMNS:
                    message = f"{len(cells)} cells, but GeoNames has {COLUMNS}; get the file again"
                    raise SourceError(message, path=path, line=number)
                if not (cells[0].isascii() and cells[0].isdecimal()):
                    raise ValueError(f'"{cells[0]}" is no number of GeoNames')
                kind = _kind(cells)
                if not kind:
                    told[f"feature {cells[6] or '?'}.{cells[7] or '?'}"] += 1
                    continue
                yield _entry(cells, kind, form.iri(cells[0]))
        except UnicodeDecodeError as error:
            raise SourceError("is not UTF-8; get the file again", path=path, line=number + 1) from error
        except ValueError as error:
            raise SourceError(f"{error}; get the file again", path=path, line=number) from error


def _kind(cells: list[str]) -> str:
    if cells[6] == "P":
        return "" if cells[7] in _NO_TOWN else "Settlement"
    return _KINDS.get(cells[7], "") if cells[6] == "A" else ""


def _entry(cells: list[str], kind: str, iri: str) -> Entry:
    names = dict.fromkeys(filter(None, (cells[1], *cells[3].split(","), cells[2])))
    country = cells[8] or None
    populated = cells[6] == "P"
    word = "populated place" if populated else _words(kind)
    codes = {f"iso3166-1:{country}"} if kind == "Country" and country else set()
    return Entry(
        iri,
        tuple(names),
        kind,
        f"{word} ({cells[7] or cells[6]})",
        country,
        position(cells[4], cells[5]),
        int(cells[14] or 0) or None,
        frozenset(codes),
        populated,
    )


def _words(kind: str) -> str:
    return {
        "Settlement": "municipality",
        "FirstLevelDivision": "first-level division",
        "County": "second-level division",
        "Country": "country",
    }[kind]


def position(latitude: str, longitude: str) -> tuple[float, float]:
    """Return a position in degrees. Raises ValueError for what is none on Earth.

    >>> position("45.07", "7.69")
    (45.07, 7.69)
    """
    found = float(latitude), float(longitude)
    if not all(math.isfinite(each) for each in found) or abs(found[0]) > 90 or abs(found[1]) > 180:
        raise ValueError(f"{latitude}, {longitude} is no position in degrees")
    return found

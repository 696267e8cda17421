"""Countries as others tell them: country-codes.csv, and the table of figures by OpenClimate."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.graph import parse_turtle
from acagraph.graph.literals import canonical_form
from acagraph.imports import tables, workbook
from acagraph.reconciliation import slug_key
from acagraph.vocab import ACA, PREFIXES, XSD

_ANY = "*"

_ALPHA_2, _ALPHA_3, _M49 = "ISO3166-1-Alpha-2", "ISO3166-1-Alpha-3", "M49"
_SHORT, _OFFICIAL = "CLDR display name", "official_name_en"
_WIKIDATA, _GEONAMES = "wikidata_id", "Geoname ID"
_LANGUAGES = {
    "ar": "official_name_ar",
    "es": "official_name_es",
    "fr": "official_name_fr",
    "ru": "official_name_ru",
    "zh": "official_name_cn",
}
_REGIONS = ("Region Code", "Sub-region Code", "Intermediate Region Code")
_FLAGS = {
    "Least Developed Countries (LDC)": "least-developed-countries",
    "Land Locked Developing Countries (LLDC)": "landlocked-developing-countries",
    "Small Island Developing States (SIDS)": "small-island-developing-states",
}
_CODES = (
    *(_ALPHA_2, _ALPHA_3, _M49, _SHORT, _OFFICIAL, *_LANGUAGES.values()),
    *(*_REGIONS, *_FLAGS, _WIKIDATA, _GEONAMES),
)
_FORMS = {
    _ALPHA_2: "[A-Z]{2}",
    _ALPHA_3: "[A-Z]{3}",
    _M49: "[0-9]{1,3}",
    _SHORT: ".+",
    _OFFICIAL: ".+",
    _GEONAMES: "[1-9][0-9]*",
    _WIKIDATA: r"(?:https://www\.wikidata\.org/wiki/Q[1-9][0-9]*)?",
    **dict.fromkeys(_LANGUAGES.values(), ".+"),
    **dict.fromkeys(_REGIONS, "[0-9]{0,3}"),
    **dict.fromkeys(_FLAGS, "x?"),
}


@dataclass(frozen=True)
class Measure:
    """A column of figures: what it measures, in which unit; its register has one source and one licence."""

    register: str
    source: str
    field: str
    column: str
    year: str
    metric: str
    unit: str


MEASURES = (
    Measure(
        register="un-wpp",
        source="un-wpp-2022",
        field="population",
        column="population",
        year="population_year",
        metric="inhabitants",
        unit="NUM",
    ),
    Measure(
        register="global-carbon-budget",
        source="global-carbon-budget-2022",
        field="fossil-co2",
        column="fossil_co2_t_gcb2022",
        year="fossil_co2_t_gcb2022_year",
        metric="fossil-co2-emissions",
        unit="TON_Metric",
    ),
)


@dataclass(frozen=True)
class Country:
    """A country or area of ISO 3166-1; `known` when a curated file describes the place."""

    place: str
    alpha_2: str
    alpha_3: str
    m49: str
    name: str
    names: Mapping[str, str]
    other_names: tuple[str, ...]
    groups: tuple[str, ...]
    wikidata: str
    geonames: str
    known: bool


@dataclass(frozen=True)
class Value:
    """A figure of a country for a year; `number` is a canonical decimal."""

    country: Country
    measure: Measure
    number: str
    year: str


@dataclass(frozen=True)
class Curated:
    """What curated files say: countries by alpha-3 code, every place, names of a place by language."""

    countries: Mapping[str, str]
    places: frozenset[str]
    labels: Mapping[str, Mapping[str, frozenset[str]]]


def read_curated(folder: Path) -> Curated:
    """Read the curated places of a folder of Turtle files."""
    countries: dict[str, str] = {}
    places: set[str] = set()
    labels: dict[str, dict[str, set[str]]] = {}
    for path in sorted(folder.glob("*.ttl")):
        for quad in parse_turtle(path)[0]:
            place = "place/" + str(getattr(quad.subject, "value", "")).removeprefix(PREFIXES["place"])
            places.add(place)
            language, text = getattr(quad.object, "language", None), getattr(quad.object, "value", "")
            if quad.predicate.value == ACA + "iso3166Alpha3":
                countries[text] = place
            elif language and quad.predicate.value.startswith(PREFIXES["skos"]):
                kind = quad.predicate.value.removeprefix(PREFIXES["skos"])
                if kind in {"prefLabel", "altLabel"}:
                    labels.setdefault(place, {}).setdefault(language, set()).add(text)
    frozen = {place: {lang: frozenset(said) for lang, said in by.items()} for place, by in labels.items()}
    return Curated(countries, frozenset(places), frozen)


def read_groups(path: Path) -> Mapping[str, str]:
    """Return the slug of each region of the scheme country-group by its M49 code."""
    quads = parse_turtle(path)[0]
    notation, concept = PREFIXES["skos"] + "notation", PREFIXES["country-group"]
    return {
        str(getattr(quad.object, "value", "")): str(getattr(quad.subject, "value", "")).removeprefix(concept)
        for quad in quads
        if quad.predicate.value == notation
    }


def read_codes(
    path: Path,
    curated: Curated,
    groups: Mapping[str, str],
    values: Iterable[tables.Cells],
    exceptions: Iterable[tables.Cells],
) -> tuple[Country, ...]:
    """Read country-codes.csv: one country for each row, in order of the alpha-3 code.

    Raises SourceError with line and column for an unknown column, a cell that has not the form of its
    column, a region that the scheme does not know, and a name that another place has.
    """
    records = _records_of(path, _CODES, exceptions)
    renamed = {row["value"]: row["meaning"] for row in values if row["column"] == _SHORT}
    excepted = {(row["column"], row["value"]) for row in exceptions}
    found: dict[str, Country] = {}
    places: set[str] = set()
    for record in records:
        cells = {column: " ".join(record.values[column].split()) for column in _CODES}
        for column, form in _FORMS.items():
            if (column, cells[column]) in excepted:
                cells[column] = ""
            elif not re.fullmatch(form, cells[column]):
                message = (
                    f"{cells[column] or 'an empty cell'} is not of the form {form}; correct it, or except it"
                )
                raise records.sheet.fail(message, line=record.line, column=column)
        country = _country(cells, renamed, curated, groups, _failing(records, record))
        if country.alpha_3 in found or country.place in places:
            raise records.sheet.fail(
                f"{country.place} is there twice; remove one row", line=record.line, column=_ALPHA_3
            )
        found[country.alpha_3] = country
        places.add(country.place)
    return tuple(found[code] for code in sorted(found))


def read_figures(
    path: Path, countries: Sequence[Country], exceptions: Iterable[tables.Cells]
) -> tuple[Value, ...]:
    """Read the figures of countries; an empty cell is no figure. In order of the alpha-3 code.

    Raises SourceError with line and column for an unknown column or country, a country given twice, a number
    that is none, and a figure without its year.
    """
    columns = ("iso3", *(name for measure in MEASURES for name in (measure.column, measure.year)))
    records = _records_of(path, columns, exceptions)
    known = {country.alpha_3: country for country in countries}
    seen: Counter[str] = Counter()
    found = []
    for record in records:
        code = record.values["iso3"]
        seen[code] += 1
        if code not in known or seen[code] > 1:
            fault = "is there twice" if code in known else "is in no row of the codes"
            raise records.sheet.fail(f"{code} {fault}; correct the code", line=record.line, column="iso3")
        for measure in MEASURES:
            number, year = record.values[measure.column], record.values[measure.year]
            if not number and not year:
                continue
            amount = canonical_form(number, f"{XSD}decimal")
            if amount is None or amount.startswith("-"):
                message = f"{number or 'an empty cell'} is no number; correct it"
                raise records.sheet.fail(message, line=record.line, column=measure.column)
            if not re.fullmatch("(19|20)[0-9]{2}", year):
                message = f"{year or 'an empty cell'} is no year; correct it"
                raise records.sheet.fail(message, line=record.line, column=measure.year)
            found.append(Value(known[code], measure, amount, year))
    return tuple(sorted(found, key=lambda value: (value.country.alpha_3, value.measure.field)))


def _records_of(path: Path, wanted: Sequence[str], exceptions: Iterable[tables.Cells]) -> workbook.Records:
    """Return the records of a table whose columns are all either wanted or excepted."""
    records = workbook.read_sheet(path, delimiter=",").records()
    records.require(wanted)
    left_out = {row["column"] for row in exceptions if row["value"] == _ANY}
    for column in records.columns:
        if column not in wanted and column not in left_out:
            message = "is not known; use it, or list it with a reason in exceptions.csv"
            raise records.sheet.fail(message, line=1, column=column)
    return records


def _failing(records: workbook.Records, record: workbook.Record) -> Callable[[str, str], SourceError]:
    return lambda message, column: records.sheet.fail(message, line=record.line, column=column)


def _country(
    cells: Mapping[str, str],
    renamed: Mapping[str, str],
    curated: Curated,
    groups: Mapping[str, str],
    fail: Callable[[str, str], SourceError],
) -> Country:
    name = _plain(renamed.get(cells[_SHORT], cells[_SHORT]))
    known = curated.countries.get(cells[_ALPHA_3])
    place = known or "place/" + slug_key(name)
    if known is None and place in curated.places:
        raise fail(f"{place} is another place already; give {name} another name in values.csv", _SHORT)
    inside = []
    for column in _REGIONS:
        code = cells[column]
        if code and code.zfill(3) not in groups:
            raise fail(f"{code} is no notation of the scheme country-group; add the region", column)
        inside += [groups[code.zfill(3)]] if code else []
    return Country(
        place=place,
        alpha_2=cells[_ALPHA_2],
        alpha_3=cells[_ALPHA_3],
        m49=cells[_M49].zfill(3),
        name=name,
        names={language: cells[column] for language, column in _LANGUAGES.items()},
        other_names=(cells[_OFFICIAL], _plain(cells[_SHORT])),
        groups=(*inside, *(group for column, group in _FLAGS.items() if cells[column])),
        wikidata=cells[_WIKIDATA].rpartition("/")[2],
        geonames=cells[_GEONAMES],
        known=known is not None,
    )


def _plain(name: str) -> str:
    """Return a name of CLDR without its shortenings."""
    return re.sub(r"\bSt\. ", "Saint ", name).replace(" & ", " and ")

"""The registers of countries: one of codes, names and groups, one of people and one of fossil CO2."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from acagraph.imports import tables
from acagraph.imports.country_codes import (
    MEASURES,
    Country,
    Curated,
    Measure,
    Value,
    read_codes,
    read_curated,
    read_figures,
    read_groups,
)
from acagraph.links import Mapping, MappingSet, write_set
from acagraph.links.forms import form_named
from acagraph.vocab import BASE, PREFIXES, expand

REGISTER = "countries"
LINKS = "countries.sssom.tsv"

_SOURCE = "country-codes"
_FILE = "datasets/country-codes@caa72d1:data/country-codes.csv"
# The day on which that revision was read; today's date would change every row with each import.
_MAPPED = "2026-11-22"
_LINKS_METADATA = {
    "mapping_set_id": f"{BASE}graph/links#countries",
    "mapping_set_title": "Links of acagraph's countries",
    "license": "https://creativecommons.org/licenses/by/4.0/",
}


def import_countries(root: Path, *, codes: Path, figures: Path) -> tables.Import:
    """Make the registers of countries and of their figures, one for each source; nothing is written yet.

    root is the project, codes is country-codes.csv, figures the table of OpenClimate's figures. The same
    input gives the same bytes. values.csv and exceptions.csv of the register of countries are kept: names to
    change, and columns and values that are left out with a reason. Raises SourceError with line and column
    for a column or value that is neither known nor excepted.
    """
    registers, links = root / "data" / "registers", root / "data" / "links"
    folder = registers / REGISTER
    values, exceptions = tables.read(folder, "values"), tables.read(folder, "exceptions")
    curated = read_curated(root / "data" / "places")
    groups = read_groups(root / "ontology" / "schemes" / "country-group.ttl")
    countries = read_codes(codes, curated, groups, values, exceptions)
    told = read_figures(figures, countries, exceptions)
    made = {
        REGISTER: [
            tables.Table("places", {"": [_place(country) for country in countries if not country.known]}),
            tables.Table("names", {"": [row for country in countries for row in _names(country, curated)]}),
            tables.Table("records", {"": [_record(c, REGISTER, _SOURCE) for c in countries if c.groups]}),
            tables.Table("relations", {"": [row for country in countries for row in _relations(country)]}),
            tables.Table("values", {"": values}),
            tables.Table("exceptions", {"": exceptions}),
        ],
        **{measure.register: _figures(measure, told) for measure in MEASURES},
    }
    linked = _links(countries, _linked(links))
    mappings = MappingSet(links / LINKS, _LINKS_METADATA, {}, tuple(linked))
    texts = {registers / name: tables.laid_out(registers / "schemas", each) for name, each in made.items()}
    return tables.Import(
        files={**texts, links: {LINKS: write_set(mappings).decode()}},
        counts={
            "countries": len(countries),
            **{f"{name}/{table.name}": table.size for name, each in made.items() for table in each},
            "links": len(linked),
        },
        left_out=Counter(row["reason"] for row in exceptions),
    )


def _figures(measure: Measure, told: Iterable[Value]) -> list[tables.Table]:
    """Return the tables of the register that a measure is from."""
    mine = [value for value in told if value.measure == measure]
    records = [_record(value.country, measure.register, measure.source) for value in mine]
    return [
        tables.Table("records", {"": records}),
        tables.Table("figures", {"": [_figure(value) for value in mine]}),
    ]


def _place(country: Country) -> dict[str, str]:
    return {
        "place": country.place,
        "class": "Country",
        "label_en": country.name,
        **{f"label_{language}": name for language, name in country.names.items()},
        "alpha_2": country.alpha_2,
        "alpha_3": country.alpha_3,
        "m49": country.m49,
        "source": f"document/{_SOURCE}",
    }


def _names(country: Country, curated: Curated) -> Iterator[dict[str, str]]:
    """Yield the other English names, and the names of a curated country in languages that it lacks."""
    said = curated.labels.get(country.place, {})
    english = said.get("en", frozenset()) | (frozenset() if country.known else {country.name})
    for name in sorted(set(country.other_names) - english):
        yield {"thing": country.place, "alt_en": name}
    if country.known:
        missing = {f"pref_{lang}": name for lang, name in country.names.items() if lang not in said}
        if missing:
            yield {"thing": country.place, **missing}


def _record_of(country: Country, register: str) -> str:
    return f"{register}-{country.alpha_3.lower()}"


def _record(country: Country, register: str, source: str) -> dict[str, str]:
    return {
        "record": _record_of(country, register),
        "record_id": country.alpha_3,
        "source": source,
        "actor": country.place,
        "name": country.name,
    }


def _figure(value: Value) -> dict[str, str]:
    country, measure = value.country, value.measure
    return {
        "statement": tables.statement_slug(measure.register, country.alpha_3, measure.field),
        "subject": country.place,
        "metric": measure.metric,
        "value": value.number,
        "unit": PREFIXES["qudt-unit"] + measure.unit,
        "qualifier": "exact",
        "as_of_not_before": f"{value.year}-01-01T00:00:00Z",
        "as_of_not_after": f"{value.year}-12-31T23:59:59Z",
        "as_of_text": value.year,
        "evidence": _record_of(country, measure.register),
    }


def _relations(country: Country) -> Iterator[dict[str, str]]:
    for group in country.groups:
        yield {
            "statement": tables.statement_slug(REGISTER, country.alpha_3, f"group:{group}"),
            "subject": country.place,
            "property": "inCountryGroup",
            "concept": f"country-group/{group}",
            "evidence": _record_of(country, REGISTER),
        }


def _linked(folder: Path) -> frozenset[tuple[str, str]]:
    """Return which subjects other tables of links match exactly with which dataset, by their prefixes."""
    found = set()
    for path in sorted(folder.glob("*.sssom.tsv")):
        if path.name != LINKS:
            for line in path.read_text(encoding="utf-8").splitlines():
                cells = line.split("\t")
                if len(cells) > 3 and cells[2] == "skos:exactMatch":
                    found.add((cells[0], cells[3].partition(":")[0]))
    return frozenset(found)


def _links(countries: Iterable[Country], linked: frozenset[tuple[str, str]]) -> list[Mapping]:
    """Return exact matches, but for those of a subject with a dataset that another table of links has."""
    found = []
    for country in countries:
        subject = country.place.replace("/", ":", 1)
        for dataset, entry in (("geonames", country.geonames), ("wikidata", country.wikidata)):
            if entry and (subject, dataset) not in linked:
                found.append(
                    Mapping(
                        expand(subject),
                        PREFIXES["skos"] + "exactMatch",
                        form_named(dataset).iri(entry),
                        PREFIXES["semapv"] + "BackgroundKnowledgeBasedMatching",
                        {
                            "subject_label": country.name,
                            "mapping_date": _MAPPED,
                            "comment": f"Tied to the code {country.alpha_2} by: {_FILE}",
                        },
                    )
                )
    return found

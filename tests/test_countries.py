"""The registers of countries: what the rows become, what stops an import, and which links are made."""

from __future__ import annotations

import csv
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from acagraph.cli import main
from acagraph.errors import SourceError
from acagraph.imports.countries import import_countries
from acagraph.imports.country_codes import Country, read_figures
from acagraph.imports.tables import Import

from published import ROOT

SHARED = Path(os.environ.get("ACAGRAPH_REGISTERS", ROOT.parent / "shared" / "registers")).parent
CODES, FIGURES = SHARED / "links" / "country-codes.csv", SHARED / "facts" / "countries.csv"
REGISTERS = ROOT / "data" / "registers"
REAL = pytest.mark.skipif(
    not (CODES.exists() and FIGURES.exists()), reason="the publishers' files are not at hand"
)

FIJI = {
    "ISO3166-1-Alpha-2": "FJ",
    "ISO3166-1-Alpha-3": "FJI",
    "M49": "242",
    "CLDR display name": "Fiji & Islands",
    "official_name_en": "Fiji",
    "official_name_ar": "فيجي",
    "official_name_cn": "斐济",
    "official_name_es": "Fiji",
    "official_name_fr": "Fidji",
    "official_name_ru": "Фиджи",
    "Region Code": "9",
    "Sub-region Code": "54",
    "Intermediate Region Code": "",
    "Least Developed Countries (LDC)": "",
    "Land Locked Developing Countries (LLDC)": "",
    "Small Island Developing States (SIDS)": "x",
    "wikidata_id": "https://www.wikidata.org/wiki/Q712",
    "Geoname ID": "2205218",
}
PEOPLE = {
    "iso3": "FJI",
    "population": "929766.0",
    "population_year": "2022",
    "fossil_co2_t_gcb2022": "1080513.0",
    "fossil_co2_t_gcb2022_year": "2021",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("data/places", "data/registers/schemas", "ontology/schemes"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "data" / "links").mkdir()
    shutil.copy(ROOT / "data" / "links" / "entities.sssom.tsv", tmp_path / "data" / "links")
    return tmp_path


def write(path: Path, *rows: Mapping[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def made(project: Path, code: Mapping[str, str] = FIJI, people: Mapping[str, str] = PEOPLE) -> Import:
    codes, figures = write(project / "codes.csv", code), write(project / "figures.csv", people)
    return import_countries(project, codes=codes, figures=figures)


def table(imported: Import, register: str, name: str) -> list[dict[str, str]]:
    texts = {folder.name: texts for folder, texts in imported.files.items()}
    return list(csv.DictReader(texts[register].get(f"{name}.csv", "").splitlines()))


def links(imported: Import) -> list[list[str]]:
    text = next(texts for folder, texts in imported.files.items() if folder.name == "links")
    return [
        line.split("\t")[:4] for line in text["countries.sssom.tsv"].splitlines() if line.startswith("place:")
    ]


def test_a_country_has_codes_names_groups_and_links(project: Path) -> None:
    imported = made(project)
    (place,) = table(imported, "countries", "places")
    assert {name: cell for name, cell in place.items() if cell} == {
        "place": "place/fiji-and-islands",
        "class": "Country",
        "label_en": "Fiji and Islands",
        "label_ar": "فيجي",
        "label_es": "Fiji",
        "label_fr": "Fidji",
        "label_ru": "Фиджи",
        "label_zh": "斐济",
        "alpha_2": "FJ",
        "alpha_3": "FJI",
        "m49": "242",
        "source": "document/country-codes",
    }
    assert [row["alt_en"] for row in table(imported, "countries", "names")] == ["Fiji"]
    groups = {row["concept"].partition("/")[2] for row in table(imported, "countries", "relations")}
    assert groups == {"oceania", "melanesia", "small-island-developing-states"}
    assert links(imported) == [
        ["place:fiji-and-islands", "Fiji and Islands", "skos:exactMatch", "geonames:2205218/"],
        ["place:fiji-and-islands", "Fiji and Islands", "skos:exactMatch", "wikidata:Q712"],
    ]


def test_a_figure_has_its_year_unit_and_a_record_of_its_own_source(project: Path) -> None:
    imported = made(project)
    for register, source, metric, value, year in (
        ("un-wpp", "un-wpp-2022", "inhabitants", "929766.0", "2022"),
        ("global-carbon-budget", "global-carbon-budget-2022", "fossil-co2-emissions", "1080513.0", "2021"),
    ):
        (figure,) = table(imported, register, "figures")
        assert (figure["subject"], figure["metric"]) == ("place/fiji-and-islands", metric)
        assert (figure["value"], figure["as_of_text"]) == (value, year)
        assert (figure["as_of_not_before"], figure["as_of_not_after"]) == (
            f"{year}-01-01T00:00:00Z",
            f"{year}-12-31T23:59:59Z",
        )
        (record,) = table(imported, register, "records")
        assert (record["record"], record["record_id"], record["source"]) == (f"{register}-fji", "FJI", source)
        assert figure["evidence"] == record["record"]


def test_a_curated_country_keeps_its_place_and_gets_only_what_it_lacks(project: Path) -> None:
    japan = FIJI | {"ISO3166-1-Alpha-2": "JP", "ISO3166-1-Alpha-3": "JPN", "CLDR display name": "Japan"}
    imported = made(project, japan | {"official_name_en": "Japan"}, PEOPLE | {"iso3": "JPN"})
    assert table(imported, "countries", "places") == []
    (names,) = table(imported, "countries", "names")
    assert {name for name, cell in names.items() if cell} == {"thing", "pref_ar", "pref_ru", "pref_zh"}
    assert links(imported) == []
    assert [row["subject"] for row in table(imported, "un-wpp", "figures")] == ["place/japan"]


def test_an_empty_figure_is_none(project: Path) -> None:
    imported = made(project, FIJI, PEOPLE | {"population": "", "population_year": ""})
    assert table(imported, "un-wpp", "figures") == table(imported, "un-wpp", "records") == []
    assert len(table(imported, "global-carbon-budget", "figures")) == 1


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("ISO3166-1-Alpha-3", "FJ", "is not of the form"),
        ("M49", "", "an empty cell is not of the form"),
        ("Region Code", "999", "999 is no notation"),
        ("Least Developed Countries (LDC)", "yes", "yes is not of the form"),
        ("wikidata_id", "Q712", "Q712 is not of the form"),
        ("Geoname ID", "0", "0 is not of the form"),
        ("CLDR display name", "Buenos Aires", "is another place already"),
    ],
)
def test_a_cell_of_an_unknown_form_stops_the_import_with_line_and_column(
    column: str, value: str, message: str, project: Path
) -> None:
    with pytest.raises(SourceError, match=rf"codes\.csv:2: column .*{message}") as caught:
        made(project, FIJI | {column: value})
    assert f"column {column}: " in str(caught.value)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("iso3", "XXX", "XXX is in no row of the codes"),
        ("population", "many", "many is no number"),
        ("population", "-5", "-5 is no number"),
        ("population_year", "", "an empty cell is no year"),
        ("fossil_co2_t_gcb2022_year", "21", "21 is no year"),
    ],
)
def test_a_figure_of_an_unknown_form_stops_the_import(
    column: str, value: str, message: str, project: Path
) -> None:
    with pytest.raises(SourceError, match=rf"figures\.csv:2: column {column}: {message}"):
        made(project, FIJI, PEOPLE | {column: value})


def test_an_unknown_column_stops_the_import_until_it_is_excepted(project: Path) -> None:
    with pytest.raises(SourceError, match=r"codes\.csv:1: column Anthem: is not known"):
        made(project, FIJI | {"Anthem": "Meda Dau Doka"})
    folder = project / "data" / "registers" / "countries"
    folder.mkdir()
    write(folder / "exceptions.csv", {"column": "Anthem", "value": "*", "reason": "sung, not counted"})
    assert made(project, FIJI | {"Anthem": "Meda Dau Doka"}).left_out == {"sung, not counted": 1}


def test_an_excepted_value_is_left_out(project: Path) -> None:
    folder = project / "data" / "registers" / "countries"
    folder.mkdir()
    write(
        folder / "exceptions.csv",
        {"column": "wikidata_id", "value": FIJI["wikidata_id"], "reason": "another island"},
    )
    assert [row[3] for row in links(made(project))] == ["geonames:2205218/"]


def test_a_missing_column_and_a_country_given_twice_are_refused(project: Path) -> None:
    with pytest.raises(SourceError, match="has no column M49"):
        made(project, {name: cell for name, cell in FIJI.items() if name != "M49"})
    codes = write(project / "codes.csv", FIJI, FIJI)
    figures = write(project / "figures.csv", PEOPLE)
    with pytest.raises(
        SourceError, match=r"codes\.csv:3: column ISO3166-1-Alpha-3: place/fiji-and-islands is there twice"
    ):
        import_countries(project, codes=codes, figures=figures)
    with pytest.raises(SourceError, match=r"figures\.csv:3: column iso3: FJI is there twice"):
        import_countries(
            project, codes=write(codes, FIJI), figures=write(project / "figures.csv", PEOPLE, PEOPLE)
        )


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.from_regex(r"[0-9.]{1,12}"))
def test_whatever_stands_for_a_number_is_refused_or_read_with_its_value(text: str) -> None:
    fiji = Country(
        "place/fiji", "FJ", "FJI", "242", "Fiji", {}, (), (), wikidata="", geonames="", known=False
    )
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "figures.csv", PEOPLE | {"population": text})
        try:
            values = read_figures(path, [fiji], [])
        except SourceError:
            return
    (people,) = (value for value in values if value.measure.field == "population")
    assert Decimal(people.number) == Decimal(text.strip())
    assert re.fullmatch(r"(0|[1-9][0-9]*)\.(0|[0-9]*[1-9])", people.number)


def test_the_command_tells_what_it_did_and_a_second_run_changes_nothing(project: Path) -> None:
    codes, figures = write(project / "codes.csv", FIJI), write(project / "figures.csv", PEOPLE)
    command = [
        "import",
        "countries",
        "--codes",
        str(codes),
        "--figures",
        str(figures),
        "--project",
        str(project),
    ]
    tried = CliRunner().invoke(main, [*command, "--dry-run"])
    assert tried.exit_code == 0, tried.output
    assert "Would change" in tried.output
    assert not (project / "data" / "registers" / "un-wpp").exists()
    assert "Changed" in CliRunner().invoke(main, command).output
    files = sorted(path for path in (project / "data").rglob("*") if path.is_file())
    before = {path: path.read_bytes() for path in files}
    assert "Nothing changes" in CliRunner().invoke(main, command).output
    assert {path: path.read_bytes() for path in files} == before


# The real files


@REAL
def test_the_tables_are_those_of_the_publishers_files() -> None:
    assert import_countries(ROOT, codes=CODES, figures=FIGURES).changed == ()


@REAL
def test_every_code_has_one_place_and_every_figure_its_number() -> None:
    imported = import_countries(ROOT, codes=CODES, figures=FIGURES)
    places = {row["alpha_3"]: row["place"] for row in table(imported, "countries", "places")}
    records = {row["record_id"]: row["actor"] for row in table(imported, "countries", "records")}
    assert all(records[code] == place for code, place in places.items() if code in records)
    with CODES.open(encoding="utf-8", newline="") as file:
        codes = {row["ISO3166-1-Alpha-3"] for row in csv.DictReader(file)}
    assert len(codes) == imported.counts["countries"] == 249
    with FIGURES.open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    for register, column in (("un-wpp", "population"), ("global-carbon-budget", "fossil_co2_t_gcb2022")):
        figures = {row["evidence"]: float(row["value"]) for row in table(imported, register, "figures")}
        assert figures == {
            f"{register}-{row['iso3'].lower()}": float(row[column]) for row in told if row[column]
        }
        assert len(figures) >= 195


def test_places_have_unique_codes_and_names_that_say_what_they_are() -> None:
    with (REGISTERS / "countries" / "places.csv").open(encoding="utf-8", newline="") as file:
        places = list(csv.DictReader(file))
    for column in ("place", "alpha_2", "alpha_3", "m49", "label_en"):
        assert [name for name, times in Counter(row[column] for row in places).items() if times > 1] == []
    slugs = {row["alpha_2"]: row["place"].partition("/")[2] for row in places}
    assert slugs["CI"] == "cote-d-ivoire"
    assert slugs["TR"] == "turkiye"
    assert slugs["CD"] == "democratic-republic-of-the-congo"
    assert slugs["NA"] == "namibia"
    assert slugs["VI"] == "united-states-virgin-islands"

"""The Net Zero Tracker: what its rows become, what stops an import, and what is told of each loss."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from acagraph.cli.importing import importing
from acagraph.errors import SourceError
from acagraph.imports import tables
from acagraph.imports.tracker import import_tracker
from acagraph.imports.tracker.records import Target, Tracked, read_snapshot
from acagraph.imports.tracker.targets import promises
from acagraph.imports.tracker.words import TARGETS
from acagraph.registers import convert, read_group
from import_projects import empty_project, table, texts, told
from tracker_files import CITY, COMPANY, CUT, TABLES, ZERO, said, snapshot

from published import ROOT

REGISTERS = Path(os.environ.get("ACAGRAPH_REGISTERS", ROOT.parent / "shared" / "registers"))
SNAPSHOT = REGISTERS / "net-zero-tracker" / "snapshot_2022-12-20_13-07-14.xlsx"
UNIT = "https://w3id.org/acagraph/scheme/unit/"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return empty_project(tmp_path, "net-zero-tracker")


KINDS = [
    (ZERO, ("NetZeroTarget", "2050", "net-zero", "", "", "")),
    (ZERO | {"end_target": "Carbon neutral(ity)"}, ("NetZeroTarget", "2050", "carbon-neutral", "", "", "")),
    ({"end_target": "Zero carbon"}, ("PrinciplePledge", "", "zero-carbon", "", "", "")),
    (
        {
            "end_target": "Emissions reduction target",
            "end_target_percentage_reduction": "80",
            "end_target_baseline_year": "1990",
            "end_target_year": "2050",
        },
        ("EmissionReductionTarget", "2050", "", "80.0", "base-year", ""),
    ),
    (
        {
            "end_target": "Emissions intensity target",
            "end_target_percentage_reduction": "35",
            "end_target_intensity_unit": "gdp",
            "end_target_year": "2030",
        },
        ("EmissionReductionTarget", "2030", "", "35.0", "intensity", UNIT + "per-gdp"),
    ),
    (
        {
            "end_target": "Reduction v. BAU",
            "end_target_percentage_reduction": "30.41",
            "end_target_target_emissions": "37",
            "end_target_bau_emissions": "52.86",
            "end_target_year": "2030",
        },
        ("EmissionReductionTarget", "2030", "", "30.41", "baseline-scenario", UNIT + "not-stated"),
    ),
    (
        {
            "end_target": "Absolute emissions target",
            "end_target_target_emissions": "11.7",
            "end_target_baseline_emissions": "18.3",
            "end_target_year": "2030",
        },
        ("EmissionReductionTarget", "2030", "", "", "fixed-level", UNIT + "not-stated"),
    ),
    ({"end_target": "Emissions reduction target"}, ("PrinciplePledge", "", "", "", "", "")),
    (
        {"end_target": "Science-based target", "end_target_year": "2030"},
        ("PrinciplePledge", "2030", "science-based", "", "", ""),
    ),
    ({"end_target": "Other"}, ("PrinciplePledge", "", "", "", "", "")),
]


@pytest.mark.parametrize(("cells", "wanted"), KINDS, ids=[str(cells["end_target"]) for cells, _ in KINDS])
def test_each_kind_of_target_has_its_class_and_numbers(
    project: Path, cells: dict[str, str], wanted: tuple[str, ...]
) -> None:
    made = said(project, COMPANY | cells)
    (row,) = table(made, "commitments")
    columns = ("class", "target_year", "wording", "reduction_percent", "basis", "unit")
    assert told(row, *columns) == wanted
    assert told(row, "committed_by", "evidence") == (
        "agent/net-zero-tracker-com-0001",
        "net-zero-tracker-com-0001",
    )
    assert bool(row["description"]) == (wanted[0] == "PrinciplePledge")
    assert table(made, "no-targets") == []


def test_a_number_beside_a_target_in_words_is_told(project: Path) -> None:
    made = said(
        project,
        COMPANY | {"end_target": "Emissions reduction target", "end_target_baseline_year": "2000"},
    )
    (loss,) = table(made, "left-out")
    assert told(loss, "column", "value") == ("end_target_baseline_year", "2000")


def test_no_target_is_a_statement_and_no_commitment(project: Path) -> None:
    made = said(project, COMPANY)
    assert table(made, "commitments") == []
    (row,) = table(made, "no-targets")
    assert told(row, "actor", "as_of_text", "evidence") == (
        "agent/net-zero-tracker-com-0001",
        "2022-05-02",
        "net-zero-tracker-com-0001",
    )


def test_an_empty_target_says_nothing_and_is_told(project: Path) -> None:
    made = said(project, COMPANY | {"end_target": ""})
    assert table(made, "commitments") == table(made, "no-targets") == []
    assert [row["column"] for row in table(made, "left-out")] == ["end_target"]


def test_status_start_and_scopes_belong_to_the_end_target(project: Path) -> None:
    more = {"end_target_status": "Achieved (self-declared)", "status_date": "2021"}
    more |= {"scope_1": "Yes", "scope_2": "No", "scope_3": "Partial"}
    end, interim = sorted(
        table(said(project, COMPANY | ZERO | CUT | more), "commitments"),
        key=lambda row: -int(row["target_year"]),
    )
    assert told(end, "status", "start_text", "scope_1", "scope_2", "scope_3") == (
        "achieved-self-declared",
        "2021",
        "scope-1",
        "",
        "scope-3-partial",
    )
    assert told(end, "starts_not_before", "starts_not_after") == (
        "2021-01-01T00:00:00Z",
        "2021-12-31T23:59:59Z",
    )
    assert told(interim, "status", "start_text", "scope_1", "scope_3") == ("", "", "", "")
    assert interim["interim_of"] == end["statement"]


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (ZERO | {"end_target_year": "2030"}, "no earlier year"),
        (
            {
                "end_target": "Emissions reduction target",
                "end_target_percentage_reduction": "40",
                "end_target_baseline_year": "1990",
                "end_target_year": "2050",
            },
            "no smaller percentage and another baseline year",
        ),
    ],
)
def test_an_interim_target_that_does_not_lead_to_the_end_stands_alone(
    project: Path, end: dict[str, str], reason: str
) -> None:
    made = said(project, COMPANY | end | CUT)
    assert [row["interim_of"] for row in table(made, "commitments")] == ["", ""]
    (loss,) = table(made, "left-out")
    assert told(loss, "column", "value") == ("interim_target", "Emissions reduction target")
    assert reason in loss["reason"]


def test_an_interim_target_of_a_pledge_is_linked_to_nothing(project: Path) -> None:
    made = said(project, COMPANY | {"end_target": "Other", "end_target_year": "2050"} | CUT)
    assert [row["interim_of"] for row in table(made, "commitments")] == ["", ""]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"end_target_year": "2030", "end_target_baseline_year": "2030"}, "end_target_baseline_year"),
        ({"end_target_year": "2050", "end_target_baseline_year": "2025"}, "end_target_baseline_year"),
        ({"end_target_year": "2050", "status_date": "2040"}, "status_date"),
        (
            {
                "end_target": "Reduction v. BAU",
                "end_target_year": "2030",
                "end_target_target_emissions": "48.9",
                "end_target_bau_emissions": "42.7",
            },
            "end_target_bau_emissions end_target_target_emissions",
        ),
    ],
)
def test_numbers_that_contradict_each_other_are_left_out_and_told(
    project: Path, cells: dict[str, str], column: str
) -> None:
    cut = {"end_target": "Emissions reduction target", "end_target_percentage_reduction": "30"}
    made = said(project, COMPANY | cut | cells)
    (row,) = table(made, "commitments")
    assert told(row, "class", "reduction_percent", "baseline_year", "baseline_level", "start_text") == (
        "EmissionReductionTarget",
        "30.0",
        "",
        "",
        "",
    )
    assert " ".join(loss["column"] for loss in table(made, "left-out")) == column


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_type", "Village"),
        ("end_target", "Net minus"),
        ("interim_target", "net zero"),
        ("end_target_status", "Thought about"),
        ("scope_2", "Maybe"),
        ("race_to_zero_member", ""),
        ("memberships", "Climate Ambition Alliance|Race to Two"),
        ("end_target_intensity_unit", "per unicorn"),
        ("end_target_year", "205"),
        ("end_target_year", "soon"),
        ("end_target_percentage_reduction", "130"),
        ("interim_target_percentage_reduction", "0.5"),
        ("interim_target_baseline_year", "2015.5"),
        ("end_target_target_emissions", "NaN"),
        ("population", "-1"),
        ("id_code", "com 1"),
        ("country", "Japan"),
        ("isin_id", "JP343500000"),
        ("last_updated", "02/05/2022"),
        ("name", ""),
    ],
)
def test_a_value_that_is_not_known_stops_the_import(project: Path, column: str, value: str) -> None:
    with pytest.raises(SourceError) as caught:
        said(project, CITY, COMPANY | {column: value})
    message = str(caught.value)
    assert "snapshot_2022-12-20.csv:3: " in message
    assert f"column {column}" in message
    assert value.partition("|")[2] in message
    assert "exceptions.csv" in message


def test_a_value_that_is_excepted_is_left_out_with_its_reason(project: Path) -> None:
    listed = project / "data" / "registers" / "net-zero-tracker" / "exceptions.csv"
    with listed.open("a", encoding="utf-8") as file:
        file.write("end_target_percentage_reduction,130,more than there is\n")
    cut = {"end_target": "Emissions reduction target", "end_target_percentage_reduction": "130"}
    made = said(project, COMPANY | cut)
    (row,) = table(made, "commitments")
    assert told(row, "class", "reduction_percent") == ("PrinciplePledge", "")
    (loss,) = table(made, "left-out")
    assert told(loss, "record", "value", "reason") == (
        "net-zero-tracker-com-0001",
        "130",
        "more than there is",
    )


def test_a_record_that_is_there_twice_stops_the_import(project: Path) -> None:
    with pytest.raises(SourceError, match=r":3: column id_code: COM-0001 is there already in line 2"):
        said(project, COMPANY, COMPANY)


def test_a_file_without_the_columns_is_refused(project: Path) -> None:
    path = project.parent / "other_2022-12-20.csv"
    path.write_text("name,country\nA,B\n", encoding="utf-8")
    with pytest.raises(SourceError, match="no sheet with the columns"):
        import_tracker(path, root=project)


def test_a_file_without_a_day_needs_its_edition(project: Path) -> None:
    path = snapshot(project.parent, COMPANY)
    bare = path.rename(path.with_name("snapshot.csv"))
    with pytest.raises(SourceError, match="--source"):
        import_tracker(bare, root=project)
    made = import_tracker(bare, root=project, source="net-zero-tracker-2023-01-01")
    assert [row["source"] for row in table(made, "records")] == ["net-zero-tracker-2023-01-01"]


def test_campaigns_and_figures_are_dated(project: Path) -> None:
    more = {"race_to_zero_member": "Yes", "memberships": "Climate Ambition Alliance", "population": "5400000"}
    made = said(project, CITY | more)
    assert sorted(
        told(row, "coalition", "start_text", "as_of_text") for row in table(made, "memberships")
    ) == [
        ("coalition/climate-ambition-alliance", "", "2022-05-02"),
        ("coalition/race-to-zero", "", "2022-05-02"),
    ]
    columns = ("metric", "value", "unit", "as_of_text")
    assert sorted(told(row, *columns) for row in table(made, "figures")) == [
        ("inhabitants", "5400000.0", "http://qudt.org/vocab/unit/NUM", "2022-05-02"),
    ]


def test_a_company_has_no_inhabitants(project: Path) -> None:
    made = said(project, COMPANY | {"population": "12"})
    assert table(made, "figures") == []
    assert [row["column"] for row in table(made, "left-out")] == ["population"]


def test_the_command_tells_what_would_change_and_then_changes_nothing_twice(project: Path) -> None:
    path = snapshot(project.parent, COMPANY | ZERO, CITY)
    folder = project / "data" / "registers" / "net-zero-tracker"
    before = sorted(item.name for item in folder.iterdir())
    command = ["net-zero-tracker", str(path), "--project", str(project)]
    dry = CliRunner().invoke(importing, [*command, "--dry-run"], catch_exceptions=False)
    assert "Would change:" in dry.output
    assert sorted(item.name for item in folder.iterdir()) == before
    first = CliRunner().invoke(importing, command, catch_exceptions=False)
    assert "Changed:" in first.output
    assert "commitments.csv" in {item.name for item in folder.iterdir()}
    second = CliRunner().invoke(importing, command, catch_exceptions=False)
    assert "Nothing changes." in second.output


def test_a_later_edition_keeps_the_names_of_statements(project: Path) -> None:
    first = table(said(project, COMPANY | ZERO), "commitments")
    changed = COMPANY | ZERO | {"end_target_year": "2045", "last_updated": "2023-01-01 00:00:00"}
    second = table(said(project, changed), "commitments")
    assert [row["statement"] for row in first] == [row["statement"] for row in second]
    assert [row["target_year"] for row in second] == ["2045"]


YEARS = st.none() | st.integers(1850, 2150)
LEVELS = st.none() | st.decimals(-1000, 1000, places=2)
PERCENTAGES = st.none() | st.decimals(1, 100, places=2)
PROMISED = st.builds(
    Target,
    word=st.sampled_from(("", *TARGETS)),
    year=YEARS,
    percent=PERCENTAGES,
    baseline_year=YEARS,
    unit=st.sampled_from(("", "per-gdp")),
    baseline_level=LEVELS,
    target_level=LEVELS,
    scenario_level=LEVELS,
)


@given(end=PROMISED, interim=PROMISED, status_year=YEARS)
def test_whatever_a_row_says_keeps_the_rules_of_targets(
    end: Target, interim: Target, status_year: int | None
) -> None:
    row = Tracked(
        2,
        "COM-0001",
        "A",
        "JPN",
        "Company",
        "2022-05-02",
        end,
        interim,
        status="in-law",
        status_year=status_year,
    )
    made = promises(row, "agent/a")
    assert len(made.no_targets) == (end.word == "No target")
    assert len(made.commitments) == sum(target.word not in ("", "No target") for target in (end, interim))
    by_name = {item["statement"]: item for item in made.commitments}
    for item in made.commitments:
        keeps_the_rules(item)
        final = by_name.get(item.get("interim_of", ""))
        assert ("interim_of" in item) == (final is not None)
        if final is not None and "target_year" in item and "target_year" in final:
            assert int(item["target_year"]) < int(final["target_year"])


def keeps_the_rules(item: Mapping[str, str]) -> None:
    """Rules 30, 32, 36 and 53."""
    basis = item.get("basis")
    if "baseline_year" in item and "target_year" in item:
        assert int(item["baseline_year"]) < int(item["target_year"])
    assert basis is not None or item["class"] != "EmissionReductionTarget"
    if basis in ("base-year", "baseline-scenario", "intensity"):
        assert 0 < Decimal(item["reduction_percent"]) <= 100
    if basis in ("intensity", "fixed-level"):
        assert "unit" in item
    if basis == "fixed-level":
        assert "target_level" in item
    assert "target_year" in item or item["class"] != "NetZeroTarget"
    assert ("description" in item) == (item["class"] == "PrinciplePledge")


@pytest.fixture(scope="module")
def published_snapshot() -> Path:
    if not SNAPSHOT.is_file():
        pytest.skip(f"{SNAPSHOT.name} is not at hand; ACAGRAPH_REGISTERS names the folder of the registers")
    return SNAPSHOT


def test_the_published_snapshot_gives_the_tables_of_the_project(published_snapshot: Path) -> None:
    made = import_tracker(published_snapshot, root=ROOT)
    assert made.changed == ()
    assert made.counts["actors before merging"] >= 4_000
    assert made.counts["no-targets"] == 2_173
    assert made.counts["commitments"] == 1_896 + 1_194
    assert made.counts["memberships"] == 654 + 112
    assert sum(len(text.encode()) for text in texts(made)) < 4_000_000


def test_twenty_rows_are_traced_from_the_file_to_triples(published_snapshot: Path) -> None:
    values = tables.read(TABLES, "values")
    rows = read_snapshot(
        published_snapshot,
        exceptions={
            (row["column"], row["value"]): row["reason"] for row in tables.read(TABLES, "exceptions")
        },
        units={row["value"]: row["meaning"] for row in values},
    ).rows
    triples = b"".join(convert(read_group(TABLES / "csv-metadata.json"), graph=None)).decode().splitlines()
    chosen = random.Random(3).sample([row for row in rows if row.end.word == "Net zero" and row.end.year], 20)
    wording = "<https://w3id.org/acagraph/scheme/target-wording/net-zero> ."
    for row in chosen:
        cited = f"<https://w3id.org/acagraph/id/evidence/{row.record}>"
        assert any(line.startswith(cited) and f'"{row.id_code}"' in line for line in triples)
        citing = {line.split(" ")[0] for line in triples if line.endswith(f" {cited} .")}
        about = [line for line in triples if line.split(" ")[0] in citing]
        assert any("ontology#targetYear" in line and f'"{row.end.year}"' in line for line in about)
        assert any(line.endswith(wording) for line in about)

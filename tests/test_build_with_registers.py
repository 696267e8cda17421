"""A project with a register: its graph, its places in findings, its counts, and what is plausible."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from acagraph.cli import main
from acagraph.errors import SourceError
from acagraph.release.clock import Clock, Step
from acagraph.release.fingerprint import fingerprint
from acagraph.release.inputs import Inputs, gather
from acagraph.release.publish import build, up_to_date
from acagraph.release.tallies import Register
from acagraph.sources import discover
from acagraph.vocab import expand, graph_iri

from published import ROOT

NAME = "countries"
TABLES = Path("data") / "registers" / NAME


@pytest.fixture
def registered(project: Path) -> Path:
    """The curated project with its smallest register that describes things, the countries."""
    shutil.copytree(ROOT / TABLES, project / TABLES)
    return project


@pytest.fixture
def gathered(registered: Path, tmp_path: Path) -> Callable[[], Inputs]:
    def read() -> Inputs:
        folder = tmp_path / "parts"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return gather(registered, folder, clock=Clock())

    return read


def expect(project: Path, text: str) -> None:
    (project / "data" / "expectations.toml").write_text(text, encoding="utf-8")


def test_a_register_has_a_graph_and_counts_of_its_own(gathered: Callable[[], Inputs]) -> None:
    inputs = gathered()
    part = inputs.content.parts[f"register/{NAME}"]
    assert part.triples > 1000
    lines = list(part.lines())
    assert lines == sorted(set(lines))
    assert all(line.endswith(f" <{graph_iri(part.name)}> .\n".encode()) for line in lines)
    (register,) = inputs.tallies.registers
    rows = (ROOT / TABLES / "records.csv").read_text("utf-8").splitlines()[1:]
    assert register.counts["records"] == len({row.partition(",")[0] for row in rows})
    assert {edition.source for edition in register.editions} == {
        f"source:{row.split(',')[2].removeprefix('source/')}" for row in rows
    }
    assert all(edition.title and edition.licence.startswith("https://") for edition in register.editions)
    assert inputs.tallies.classes["aca:Country"] > 190


def test_lines_of_tables_are_spelt_as_the_parser_would_spell_them(gathered: Callable[[], Inputs]) -> None:
    part = gathered().content.parts[f"register/{NAME}"]
    again = [str(quad).encode() + b" .\n" for quad in part.quads()]
    assert sorted(again) == list(part.lines())


def test_a_finding_in_a_table_tells_file_and_line(registered: Path, gathered: Callable[[], Inputs]) -> None:
    table = registered / TABLES / "places.csv"
    rows = table.read_text("utf-8").split("\n")
    line = next(number for number, row in enumerate(rows, 1) if row.startswith("place/albania,"))
    rows[line - 1] = rows[line - 1].replace(",Country,", ",Settlement,")
    table.write_text("\n".join(rows), encoding="utf-8")
    report = gathered().report
    found = [finding for finding in report.findings if finding.focus == expand("place:albania")]
    assert found
    assert {(finding.file, finding.line) for finding in found} == {((TABLES / "places.csv").as_posix(), line)}


def test_a_triple_that_a_curated_file_states_already_is_refused(
    registered: Path, gathered: Callable[[], Inputs]
) -> None:
    with (registered / "data" / "places" / "countries.ttl").open("a", encoding="utf-8") as file:
        file.write('\nplace:albania\n    a aca:Country ;\n    skos:prefLabel "Albania"@en ;\n    .\n')
    with pytest.raises(SourceError, match=r"place:albania .* stands in two graphs") as caught:
        gathered()
    assert caught.value.path == registered / "data" / "places" / "countries.ttl"


def test_links_of_things_that_only_registers_describe_wait_for_them(registered: Path, tmp_path: Path) -> None:
    for only in (True, False):
        folder = tmp_path / str(only)
        folder.mkdir()
        inputs = gather(registered, folder, clock=Clock(), only_curated=only)
        linked = any(b"/place/albania>" in line for line in inputs.content.parts["links"].lines())
        assert linked is not only
        dangling = {f.value for f in inputs.report.findings if f.rule == "rule-55-dangling"}
        assert expand("place:albania") not in dangling


def test_steps_are_told_with_rows_triples_and_memory(registered: Path, tmp_path: Path) -> None:
    told: list[str] = []
    clock = Clock(lambda step: told.append(f"{step.name} {step.rows}"))
    gather(registered, tmp_path, clock=clock)
    rows = sum(
        path.read_bytes().count(b"\n") - 1
        for path in (registered / TABLES).glob("*.csv")
        if path.name in (registered / TABLES / "csv-metadata.json").read_text("utf-8")
    )
    assert told == ["read 0", "tables 0", f"tables {rows}", "derive 0", "merge 0", "judge 0"]
    assert [step.name for step in clock.steps] == ["read", "tables", "derive", "merge", "judge"]
    assert all(isinstance(step, Step) and step.triples and step.peak for step in clock.steps)


def test_a_changed_table_changes_the_fingerprint(registered: Path) -> None:
    before = fingerprint(discover(registered))
    assert fingerprint(discover(registered)) == before
    without = fingerprint(discover(registered, registers=False))
    with (registered / TABLES / "names.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert fingerprint(discover(registered)) not in (before, without)
    assert fingerprint(discover(registered, registers=False)) == without


def test_a_release_without_registers_is_no_release_with_them(registered: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert up_to_date(registered, out) is None
    assert build(registered, out, only_curated=True).path is not None
    assert up_to_date(registered, out) is None
    assert up_to_date(registered, out, only_curated=True) == out / "2026.11.22"
    manifest = json.loads((out / "current" / "manifest.json").read_text("utf-8"))
    assert manifest["registers"] == []
    assert not any("data/registers/" in entry["path"] for entry in manifest["inputs"])


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("[registers.countries]\nrecords = [1, 2]\n", "[registers.countries] records: there are ", 2),
        ("[dataset.classes]\n\nCountry = [1, 9]\n", "but 1 to 9 are plausible", 3),
        ("[dataset.classes]\nNobody = [1, 9]\n", "[dataset.classes] Nobody: there are 0", 2),
        ("[dataset.countries]\njapan = [1, 2]\n", "[dataset.countries] japan: there are ", 2),
    ],
)
def test_what_is_not_plausible_is_a_violation(
    registered: Path, gathered: Callable[[], Inputs], text: str, message: str, line: int
) -> None:
    expect(registered, text)
    (found,) = [finding for finding in gathered().report.findings if finding.rule == "expectation"]
    assert message in found.message
    assert (found.severity, found.file, found.line) == ("violation", "data/expectations.toml", line)


def test_only_what_was_built_is_expected(registered: Path, gathered: Callable[[], Inputs]) -> None:
    expect(
        registered,
        "[curated.classes]\nCountry = [1, 2]\n[registers.other]\nrecords = [5, 6]\n"
        "[dataset.countries]\njapan = [1, 2]\n",
    )
    assert [finding for finding in gathered().report.findings if finding.rule == "expectation"] == []


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("[registers.countries]\nrecord = [1, 2]\n", "unknown count record; known are records", 2),
        ("[registers.countries]\nrecords = 7\n", "two numbers", 2),
        ("[registers.countries]\nrecords = [9, 2]\n", "two numbers", 2),
        ("[registers.countries]\nrecords = [1, true]\n", "two numbers", 2),
        ("\n[classes]\nCountry = [1, 2]\n", "unknown section [classes]", 2),
        ("[dataset.things]\nCountry = [1, 2]\n", "unknown section [dataset.things]", 1),
        ("[dataset]\nclasses = 3\n", "unknown section [dataset.classes]", 2),
        ("size = 3\n", "unknown section [size]", 1),
        ("[registers.countries]\nrecords = [1, 2\n", "is not TOML", 3),
    ],
)
def test_expectations_that_make_no_sense_are_refused_with_their_line(
    registered: Path, gathered: Callable[[], Inputs], text: str, message: str, line: int
) -> None:
    expect(registered, text)
    with pytest.raises(SourceError) as caught:
        gathered()
    assert message in str(caught.value)
    assert caught.value.path == registered / "data" / "expectations.toml"
    assert caught.value.line == line


def test_the_command_stops_with_the_difference(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    expect(project, "[curated.classes]\nCoalition = [500, 600]\n")
    result = CliRunner().invoke(main, ["build", "--no-pages"])
    assert result.exit_code == 3
    assert "  expectation  (1)\n" in result.stderr
    assert "\n  data/expectations.toml:2" in result.stderr
    assert "but 500 to 600 are plausible" in result.stderr
    assert "500 to 600" in (project / "public" / "failed-report" / "report.txt").read_text("utf-8")


def test_info_tells_the_registers_of_the_whole_release(full: Path) -> None:
    told = CliRunner().invoke(main, ["info", "--release", str(full)]).stdout
    manifest = json.loads((full / "manifest.json").read_text("utf-8"))
    registers = {item["name"]: Register(**item) for item in manifest["registers"]}
    assert sorted(registers) == [path.parent.name for path in discover(ROOT).registers.values()]
    covenant, tracker = registers["jrc-covenant"].counts, registers["net-zero-tracker"].counts
    assert covenant["dated_memberships"] >= 11_900
    assert tracker["actors"] >= 4_000
    assert covenant["commitments"] + tracker["commitments"] >= 17_000
    assert manifest["classes"]["aca:Country"] >= 195
    for name, register in registers.items():
        assert f"\n{name}" in told
        for edition in register.editions:
            assert edition["licence"] in told  # type: ignore[index]

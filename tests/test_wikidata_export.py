"""What Wikidata lacks, as QuickStatements takes it: dated, with its source, in the form that it parses."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import hypothesis.strategies as st
import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import given

from acagraph.cli.exporting import export
from acagraph.errors import SourceError
from acagraph.stores import EmbeddedStore
from acagraph.wikidata import (
    Claim,
    Exportable,
    Manners,
    Reference,
    commands,
    lacking,
    open_client,
    read_memberships,
    tables,
)
from acagraph.wikidata.memberships import leads_somewhere
from acagraph.wikidata.quickstatements import text_value, time_value
from wikidata_server import FOLDER, Patience, Wikidata, wikidata

MANNERS = Manners(pause=0)
LIST = Reference("https://example.org/members?list=all", "2026-11-22")
NEWS = Reference("https://example.org/news/1", "2026-11-20")
# The forms that QuickStatements reads (importDataFromV1 and parseValueV1 of its public source).
VALUE = re.compile(r'Q[1-9]\d*|\+\d{4}-\d\d-\d\dT00:00:00Z/(9|10|11)|"[^"\t\n|]*"')
COMMAND = re.compile(r"Q[1-9]\d*\tP463\tQ[1-9]\d*(\t(P58[02]|!?S854|S813)\t[^\t\n]+)*")


@pytest.fixture(scope="module")
def found() -> Exportable:
    return read_memberships(EmbeddedStore.load(FOLDER / "ours.ttl"))


@pytest.fixture(scope="module")
def server() -> Iterator[Wikidata]:
    with wikidata() as running:
        yield running


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of nothing but the things of this test."""
    folder = tmp_path_factory.mktemp("release")
    store = ox.Store(str(folder / "store"))
    store.bulk_load(path=str(FOLDER / "ours.ttl"), format=ox.RdfFormat.TURTLE)
    store.flush()
    del store
    (folder / "queries").mkdir()
    (folder / "manifest.json").write_text('{"version": "1.2.3"}', encoding="utf-8")
    (folder / "redirects.csv").write_text("from,to\n", encoding="utf-8")
    return folder


def test_what_can_be_claimed_is_told_with_dates_and_addresses(found: Exportable) -> None:
    assert found.claims == (
        Claim("Q38283", "Q90000040", "2018-07", "", (LIST, NEWS), of_place=True),
        Claim("Q41187", "Q90000040", "", "", (LIST,)),
        Claim("Q38283", "Q90000041", "", "", (LIST,), of_place=True),
        Claim("Q90000030", "Q90000041", "2016", "2019-05-31", (LIST,)),
    )


def test_what_cannot_is_counted_by_reason(found: Exportable) -> None:
    assert found.left_out == {
        "a later statement supersedes it": 1,
        "coalition:unlinked has no confirmed item": 1,
        "it does not hold now, and its end is not known": 1,
        "no dated evidence with an address of its own": 1,
        "the member has no confirmed item": 1,
    }


def test_the_item_of_a_place_can_be_left_out() -> None:
    own = read_memberships(EmbeddedStore.load(FOLDER / "ours.ttl"), own_items_only=True)
    assert {claim.member for claim in own.claims} == {"Q41187", "Q90000030"}


def test_what_is_stated_there_is_not_exported(found: Exportable, server: Wikidata, tmp_path: Path) -> None:
    gone = Exportable((*found.claims, Claim("Q90000033", "Q90000041", references=(LIST,))), found.left_out)
    with open_client(server.endpoint, cache=tmp_path, manners=MANNERS, clock=Patience().clock) as client:
        kept = lacking(client, gone)
    # A statement in full counts; the short form of a graph alone does not, as only full ones have ranks.
    assert [(claim.member, claim.coalition) for claim in kept.claims] == [
        ("Q38283", "Q90000040"),
        ("Q38283", "Q90000041"),
        ("Q90000031", "Q90000041"),  # into which Q90000030 was merged
    ]
    assert kept.left_out == {
        **found.left_out,
        "an item is not there any more": 1,
        "stated there already": 1,
    }


def test_the_commands_are_those_of_quickstatements(found: Exportable) -> None:
    lines = commands(found.claims).splitlines()
    assert lines[0].split("\t") == [
        *("Q38283", "P463", "Q90000040", "P580", "+2018-07-00T00:00:00Z/10"),
        *("S854", '"https://example.org/members?list=all"', "S813", "+2026-11-22T00:00:00Z/11"),
        *("!S854", '"https://example.org/news/1"', "S813", "+2026-11-20T00:00:00Z/11"),
    ]
    assert lines[3].split("\t")[3:7] == [
        *("P580", "+2016-00-00T00:00:00Z/9", "P582", "+2019-05-31T00:00:00Z/11"),
    ]
    assert all(COMMAND.fullmatch(line) for line in lines)


def test_a_table_has_no_empty_cell(found: Exportable) -> None:
    written = tables(found.claims)
    assert list(written) == ["P463", "P463-qal580-2-sources", "P463-qal580-qal582"]
    read = {name: list(csv.reader(io.StringIO(text, newline=""))) for name, text in written.items()}
    assert read["P463-qal580-qal582"] == [
        ["qid", "P463", "qal580", "qal582", "S854", "s813"],
        [
            *("Q90000030", "Q90000041", "+2016-00-00T00:00:00Z/9", "+2019-05-31T00:00:00Z/11"),
            *('"https://example.org/members?list=all"', "+2026-11-22T00:00:00Z/11"),
        ],
    ]
    assert '"""https://example.org/members?list=all"""' in written["P463"]
    assert all(cell for rows in read.values() for row in rows for cell in row)


NUMBERS = st.integers(1, 10**9).map(lambda number: f"Q{number}")
DAYS = st.dates().map(date.isoformat)
DATES = st.one_of(st.just(""), DAYS, DAYS.map(lambda day: day[:7]), DAYS.map(lambda day: day[:4]))
REFERENCES = st.lists(st.builds(Reference, st.text(min_size=1), DAYS), min_size=1, max_size=3).map(tuple)
CLAIMS = st.lists(st.builds(Claim, NUMBERS, NUMBERS, DATES, DATES, REFERENCES, st.booleans()), max_size=5)


@given(CLAIMS)
def test_any_claim_is_one_line_of_values_that_parse(claims: list[Claim]) -> None:
    lines = commands(claims).split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(claims)
    for line, claim in zip(lines, claims, strict=True):
        assert COMMAND.fullmatch(line)
        parts = line.split("\t")
        assert all(VALUE.fullmatch(value) for value in parts[2::2])
        assert parts.count("S854") == 1
        assert parts.count("!S854") == len(claim.references) - 1
        assert "||" not in line


@given(CLAIMS)
def test_any_table_reads_back(claims: list[Claim]) -> None:
    read = [list(csv.reader(io.StringIO(text, newline=""))) for text in tables(claims).values()]
    assert sum(len(rows) - 1 for rows in read) == len(claims)
    for header, *rows in read:
        assert all(len(row) == len(header) and all(row) for row in rows)
        assert all(VALUE.fullmatch(cell) for row in rows for cell in row[1:])


@given(st.dates(), st.integers(1, 3))
def test_a_date_has_the_precision_with_which_it_is_told(day: date, parts: int) -> None:
    told = "-".join(day.isoformat().split("-")[:parts])
    value = time_value(told)
    time, precision = value.split("/")
    assert int(precision) == 8 + parts
    assert time.startswith(f"+{told}")
    assert time == f"+{'-'.join([*told.split('-'), '00', '00'][:3])}T00:00:00Z"


@pytest.mark.parametrize(
    "date",
    [
        "",
        "19",
        "2019-13",
        "2019-02-30",
        "2019-00",
        "0000",
        "2019/2020",
        "2019~",
        "2019-07-06T00:00:00Z",
        "２０１９",
    ],
)
def test_what_is_no_date_is_refused(date: str) -> None:
    with pytest.raises(SourceError, match="is no year, month or day"):
        time_value(date)


@given(st.text())
def test_an_address_is_encoded_once(text: str) -> None:
    value = text_value(text)
    assert VALUE.fullmatch(value)
    assert text_value(value[1:-1]) == value


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.org/members", True),
        ("http://example.org/?post=1", True),
        ("https://example.org", False),
        ("https://example.org/", False),
        ("https://example.org/#members", False),
        ("ftp://example.org/members", False),
        ("members", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_a_front_page_is_no_evidence(address: str, expected: bool) -> None:
    assert leads_somewhere(address) is expected


def test_the_command_writes_commands_and_tells_the_rest(release: Path) -> None:
    result = CliRunner().invoke(export, ["--offline", "--release", str(release)])
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) == 4
    assert "4  memberships to add" in result.stderr
    assert "Nothing was asked" in result.stderr
    assert "1  left out: coalition:unlinked has no confirmed item" in result.stderr


def test_the_command_asks_what_is_stated(release: Path, server: Wikidata, tmp_path: Path) -> None:
    options = ["--endpoint", server.endpoint, "--cache", str(tmp_path), "--contact", "me@example.org"]
    result = CliRunner().invoke(export, [*options, "--release", str(release)])
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) == 3
    assert "1  left out: stated there already" in result.stderr
    assert server.agents[-1].startswith("acagraph/")
    assert "me@example.org" in server.agents[-1]


def test_the_command_writes_tables(release: Path, tmp_path: Path) -> None:
    options = ["--offline", "--format", "csv", "--out", str(tmp_path / "out"), "--release", str(release)]
    result = CliRunner().invoke(export, options)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("P463-qal580-2-sources.csv", "P463-qal580-qal582.csv", "P463.csv"),
    ]
    assert (tmp_path / "out" / "P463.csv").read_bytes().startswith(b"qid,P463,S854,s813\r\n")


@pytest.mark.parametrize(
    "options",
    [["--format", "csv"], ["--out", "x"], ["--offline", "--endpoint", "http://127.0.0.1:9/"]],
)
def test_options_that_do_not_go_together_are_told(options: list[str], release: Path) -> None:
    result = CliRunner().invoke(export, [*options, "--release", str(release)])
    assert result.exit_code == 2
    assert "Error: give" in result.stderr

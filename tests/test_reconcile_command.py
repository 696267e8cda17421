"""`acagraph reconcile`: every list comes back as it was, with what its names mean beside them."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
import xlsxwriter
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from acagraph.cli import main
from acagraph.errors import SourceError
from acagraph.reconciliation.finding import NAMES
from acagraph.reconciliation.model import Match, Query, Thing
from acagraph.reconciliation.placeholders import is_placeholder
from acagraph.spreadsheets import Answers, Choice, Columns, Wishes, open_output, open_table
from acagraph.spreadsheets.columns import identifier_of
from acagraph.spreadsheets.writing import guarded

from searched import MILAN, MUNICH, write_searchable

Run = Callable[..., Result]
ADDED = tuple(f"acagraph_{name}" for name in ("iri", "label", "score", "match", "wikidata", "place_wikidata"))
LIST = "Name,Country\nMünchen,Germany\nMilano,Italia\nSpringfield,US\nZzyzx Qwrtp,\n"


@pytest.fixture(scope="module")
def searchable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_searchable(tmp_path_factory.mktemp("searchable"))


@pytest.fixture
def run(searchable: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command on a list, by default of the column Name."""
    monkeypatch.chdir(tmp_path)

    def run(data: str | bytes, *options: str, column: str = "Name", name: str = "list.csv") -> Result:
        content = data.encode() if isinstance(data, str) else data
        if name != "-":
            Path(name).write_bytes(content)
        arguments = ["reconcile", name, "--column", column, *options, "--release", str(searchable)]
        return CliRunner().invoke(main, arguments, input=content if name == "-" else None)

    return run


def rows(result: Result, delimiter: str = ",") -> list[dict[str, str]]:
    assert result.exit_code == 0, result.stderr
    text = result.stdout_bytes.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


# What is filled in


def test_names_get_what_they_mean(run: Run) -> None:
    found = rows(run(LIST, "--country-column", "Country"))
    assert [tuple(row) for row in found] == [("Name", "Country", *ADDED)] * 4
    munich, milan, springfield, nothing = found
    assert (munich["acagraph_iri"], munich["acagraph_match"]) == (MUNICH, "true")
    assert (munich["acagraph_label"], munich["acagraph_wikidata"]) == ("Munich", "Q1726")
    assert 0.5 < float(munich["acagraph_score"]) <= 1
    assert milan["acagraph_iri"] == MILAN
    assert (springfield["acagraph_iri"], springfield["acagraph_wikidata"]) == ("", "")
    assert (springfield["acagraph_label"], springfield["acagraph_match"]) == ("Springfield", "false")
    assert [nothing[name] for name in ADDED] == ["", "", "", "false", "", ""]


def test_the_rows_are_counted(run: Run) -> None:
    result = run(LIST + ",\n", "--country-column", "Country")
    counted, took = result.stderr.splitlines()[-2:]
    assert counted == "5 rows: 2 matched, 1 doubtful, 1 with nothing found, 1 without a name"
    assert took.startswith("It took ")
    assert len(result.stderr.splitlines()) == 2


def test_the_best_is_taken_only_if_asked(run: Run) -> None:
    [row] = rows(run("Name\nSpringfield\n", "--best"))
    assert row["acagraph_iri"].startswith("https://w3id.org/acagraph/id/agent/springfield-")
    assert row["acagraph_match"] == "false"


def test_candidates_are_listed(run: Run) -> None:
    [row] = rows(run("Name\nSpringfield\n", "--candidates", "3"))
    listed = [item.split(" ", 2) for item in row["acagraph_candidates"].split(" | ")]
    assert len(listed) == 3
    for iri, score, label in listed:
        assert iri.startswith("https://w3id.org/acagraph/id/")
        assert 0 <= float(score) <= 1
        assert label == "Springfield"


def test_the_item_of_the_territory_stands_apart(run: Run) -> None:
    munich, milan = rows(run("Name\nMünchen\nMilano\n"))
    assert (munich["acagraph_wikidata"], munich["acagraph_place_wikidata"]) == ("Q1726", "")
    assert (milan["acagraph_wikidata"], milan["acagraph_place_wikidata"]) == ("", "Q490")
    told = [json.loads(line) for line in run("Name\nMünchen\nMilano\n", "--json").stdout.splitlines()]
    assert [row["place_wikidata"] for row in told] == [None, "Q490"]


@pytest.mark.parametrize("word", ["none", "NULL", "Total", "n/a", "-", "unknown"])
def test_a_word_that_is_no_name_is_never_filled_in(run: Run, word: str) -> None:
    result = run(f"Name,C\n{word},\nMilano,\n", "--country-column", "C", "--country", "IT", "--best")
    first, second = rows(result)
    assert (first["acagraph_iri"], first["acagraph_label"]) == ("", "")
    assert second["acagraph_iri"] == MILAN
    assert "Note: 1 row has a word that is no name, so nothing is filled in" in result.stderr
    assert "1 without a name" in result.stderr
    assert "no name" not in run(f"Name,C\n{word},DE\n", "--country-column", "C").stderr


def test_conditions_hold_for_all_rows(run: Run) -> None:
    [row] = rows(run("Name\nMünchen\n", "--kind", "Business", "--best"))
    assert row["acagraph_iri"] == ""
    [row] = rows(run("Name\nSpringfield\n", "--country", "日本", "--best"))
    asked = run("Name\nSpringfield\n", "--country", "JP", "--json")
    assert {item["country"] for item in json.loads(asked.stdout)["candidates"]} <= {"JP", "US"}
    assert json.loads(asked.stdout)["candidates"][0]["iri"] == row["acagraph_iri"]
    assert json.loads(asked.stdout)["candidates"][0]["country"] == "JP"


def test_a_row_with_a_country_of_its_own_keeps_it(run: Run) -> None:
    result = run(
        "Name,C\nSpringfield,US\nSpringfield,\n", "--country", "JP", "--country-column", "C", "--json"
    )
    found = [json.loads(line)["candidates"][0]["country"] for line in result.stdout.splitlines()]
    assert found == ["US", "JP"]


def test_an_identifier_tells_more_than_a_name(run: Run) -> None:
    assert rows(run("Name\nMunhcen\n"))[0]["acagraph_match"] == "false"
    for written in ("Q1726", "wikidata:Q1726", "https://www.wikidata.org/wiki/Q1726"):
        [row] = rows(run(f"Name,Id\nMunhcen,{written}\n", "--identifier-column", "Id"))
        assert (row["acagraph_iri"], row["acagraph_match"]) == (MUNICH, "true")


def test_json_lines_tell_all(run: Run) -> None:
    result = run(LIST, "--json")
    first, *_ = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(result.stdout.splitlines()) == 4
    assert (first["line"], first["cells"]) == (2, ["München", "Germany"])
    assert (first["iri"], first["match"], first["wikidata"]) == (MUNICH, True, "Q1726")
    [candidate] = first["candidates"]
    assert candidate["description"] == "Local government in Germany"
    assert candidate["features"]


def test_what_is_not_understood_is_told_with_its_place(run: Run) -> None:
    text = "Name;Land;lat;lon;id\nMünchen;Narnia;48,1;11.6;Q1726\nMilano;Italia;912;9.2;xyz\n"
    result = run(
        text, "--country-column", "Land", "--lat-column", "lat", "--lon-column", "lon",
        "--identifier-column", "id",
    )  # fmt: skip
    assert result.exit_code == 0
    assert "Note: 1 row has a country that is not known, the first in line 2, column Land: 'Narnia'" in (
        result.stderr
    )
    assert "coordinates that are not degrees, the first in line 3, column lat: '912'" in result.stderr
    assert "an identifier that is not known, the first in line 3, column id: 'xyz'" in result.stderr


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("Q490", "wikidata:Q490"),
        ("http://www.wikidata.org/entity/Q490", "wikidata:Q490"),
        ("5493000IBP32UQZ0KL24", "lei:5493000IBP32UQZ0KL24"),
        ("https://ror.org/02mhbdp94", "ror:02mhbdp94"),
        ("http://isni.org/isni/000000012146438X", "isni:000000012146438X"),
        ("https://sws.geonames.org/3173435/", "geonames:3173435"),
        ("us-ca", "iso3166-2:US-CA"),
        ("Q0", None),
        ("Milano", None),
        ("", None),
    ],
)
def test_identifiers_are_known_as_people_paste_them(text: str, identifier: str | None) -> None:
    assert identifier_of(text) == identifier


# What was there stays


def test_every_character_of_the_list_stays(run: Run) -> None:
    before = [
        *(
            "\ufeff",
            '"Name";Note',
            'München;"two',
            'lines; ""quoted"""',
            "",
            "  Milano ;=1+1",
            ";",
            "'x';y z",
        ),
        *("Sony", "Tokyo;x;;", "last;without an end"),
    ]
    result = run("\r\n".join(before))
    assert result.exit_code == 0, result.stderr
    after = result.stdout_bytes.decode().split("\r\n")
    # A row with too few or too many cells is written with as many as there are columns.
    before[8:10] = ["Sony;", "Tokyo;x;"]
    added = [line.removeprefix(was) for line, was in zip(after, before, strict=True)]
    assert all(line.startswith(was) for line, was in zip(after, before, strict=True))
    assert added[0] == added[2] == added[4] == ""
    assert added[1] == f";{';'.join(ADDED)}"
    assert added[3].startswith(f";{MUNICH};Munich;")
    assert added[5].startswith(f";{MILAN};Milan;")
    assert added[6] == ";;;;;;"
    assert all(len(next(csv.reader([line], delimiter=";"))) == 8 for line in after[5:])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_separators_and_ends_of_lines_are_found_out(run: Run, delimiter: str, end: str) -> None:
    text = end.join(delimiter.join(row) for row in (("Name", "x"), ("München", "1"), ("Milano", "2"))) + end
    result = run(text)
    assert [row["acagraph_iri"] for row in rows(result, delimiter)] == [MUNICH, MILAN]
    assert result.stdout_bytes.decode().count(end) == text.count(end)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "shift_jis"])
def test_every_encoding_is_read_and_utf_8_written(run: Run, encoding: str) -> None:
    name = "ミュンヘン" if encoding == "shift_jis" else "München"
    result = run(f"Name,Note\n{name},Genève\n".encode(encoding, "ignore"))
    assert [row["acagraph_iri"] for row in rows(result)] == [MUNICH]
    marked = result.stdout_bytes.startswith(b"\xef\xbb\xbf")
    assert marked is (encoding != "utf-8")


def test_an_encoding_can_be_named(run: Run) -> None:
    data = "Name\nMünchen\n".encode("cp1252")
    assert rows(run(data, "--encoding", "cp1252", name="-"))[0]["acagraph_iri"] == MUNICH
    wrong = run(data, name="-")
    assert wrong.exit_code == 2
    assert "standard input:" in wrong.stderr
    assert "is not utf-8 here or soon after; name its encoding: --encoding cp1252" in wrong.stderr
    assert "klingon is no encoding" in run(data, "--encoding", "klingon").stderr


def test_a_list_comes_through_a_pipe(run: Run) -> None:
    result = run(LIST, "--country-column", "Country", name="-")
    assert [row["acagraph_match"] for row in rows(result)] == ["true", "true", "false", "false"]


def test_a_workbook_is_read_and_csv_written(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, cells in (
            ("First", {"A1": "About"}),
            ("Members", {"A2": "Name", "B2": "n", "A3": "München"}),
        ):
            sheet = book.add_worksheet(name)
            for place, text in cells.items():
                sheet.write(place, text)
        sheet.write("B3", 7)
        sheet.write("A5", "Milano, Comune di")
    result = run(path.read_bytes(), "--sheet", "Members", name="book.xlsx")
    lines = result.stdout_bytes.decode("utf-8-sig").split("\r\n")
    assert lines[1] == f"Name,n,{','.join(ADDED)}"
    assert lines[2].startswith(f"München,7,{MUNICH},Munich,")
    assert lines[0] == lines[3] == ""
    assert lines[4].startswith('"Milano, Comune di",,')
    assert "has no sheet Nope; its sheets are First, Members" in (
        run(path.read_bytes(), "--sheet", "Nope", name="book.xlsx").stderr
    )


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "\ufeffsep=;"])
def test_a_line_that_names_the_separator_is_kept_and_heeded(run: Run, first: str) -> None:
    result = run(f"{first}\r\nName;a,b,c\r\nMünchen;1,2,3\r\nMilano;912,1,1;;\r\n")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout_bytes.decode().split("\r\n")
    assert lines[0] == first
    assert lines[1] == f"Name;a,b,c;{';'.join(ADDED)}"
    assert lines[2].startswith(f"München;1,2,3;{MUNICH};Munich;")
    broken = run(f"{first}\nName;b\nMünchen;1;2\n")
    assert "list.csv:3: 3 cells, but 2 columns" in broken.stderr


def test_what_of_a_workbook_is_not_read_is_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("List")
        sheet.write_column("A1", ["Name", "München"])
        sheet.write_formula("A3", "=1/0", None, "#DIV/0!")
        sheet.write_formula("A4", '="x"&"y"', None, "")
        sheet.write_formula("A5", '="Mil"&"ano"', None, "Milano")
        book.add_worksheet("Other")
    told = run(path.read_bytes(), name="book.xlsx")
    assert [row["acagraph_iri"] for row in rows(told)] == [MUNICH, MILAN]
    assert "Note: only the sheet List is read, not Other; name another with --sheet" in told.stderr
    assert "Note: 1 cell has an error value such as #N/A, and is read as empty" in told.stderr
    assert "Note: 1 cell has a formula without a value, and is read as empty; open and save" in told.stderr
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_column("A1", ["Name", "München"])
    assert "Note" not in run(path.read_bytes(), name="book.xlsx").stderr


def test_the_result_appears_when_it_is_whole(run: Run, tmp_path: Path) -> None:
    result = run(LIST, "--output", "found.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    whole = (tmp_path / "found.csv").read_bytes()
    assert whole == run(LIST).stdout_bytes
    broken = run(LIST + "a,b,c,d\n", "--output", "found.csv")
    assert broken.exit_code == 2
    assert "list.csv:6: 4 cells, but 2 columns; quote cells that hold a separator" in broken.stderr
    assert (tmp_path / "found.csv").read_bytes() == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["found.csv", "list.csv"]


# What cannot be


def test_columns_that_are_there_are_never_overwritten(run: Run) -> None:
    first = run(LIST).stdout_bytes
    again = run(first)
    assert again.exit_code == 2
    assert "list.csv:1: has a column acagraph_iri already" in again.stderr
    assert "--prefix new_" in again.stderr
    both = rows(run(first, "--prefix", "new_"))
    assert list(both[0]) == ["Name", "Country", *ADDED, *(f"new_{name.partition('_')[2]}" for name in ADDED)]
    assert [row["new_iri"] for row in both] == [row["acagraph_iri"] for row in both]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (
            LIST,
            ("--column", "Nmae"),
            "list.csv:1: has no column Nmae; its columns are Name, Country: did you mean Name?",
        ),
        (LIST, ("--country-column", "Land"), "has no column Land"),
        ("Name,Name\na,b\n", (), "list.csv:1: column Name: is there 2 times"),
        ('Name\n"München\nMilano\n', (), "list.csv:2: unexpected end of data; close the quotation mark"),
        ("", (), "is empty; give a list with a row of column names and a row for each name"),
        ("\n\n\n", (), "has no column names"),
        ("<html><table></table></html>", (), "is a web page or XML"),
        ('[{"a": 1}]', (), "is JSON"),
        (b"%PDF-1.4 x", (), "is a PDF"),
        (b"Name\n\x00\x01\x02\x03", (), "list.csv:2: has a NUL byte (byte 6 of the file)"),
        (b"Name\nS\x00ony\n", ("--encoding", "utf-8"), "list.csv:2: has a NUL character at character 2"),
        (LIST, ("--encoding", "base64"), "base64 is no encoding of texts; use utf-8 or cp1252"),
        (LIST, ("--encoding", "rot13"), "rot13 is no encoding of texts"),
        (LIST, ("--encoding", "hex"), "hex is no encoding of texts"),
        (LIST, ("--encoding", "zlib"), "zlib is no encoding of texts"),
        (LIST, ("--output", "list.csv"), "is the list itself"),
        (LIST, ("--output", "found.xlsx"), "name it .csv"),
        (LIST, ("--output", "no/where.csv"), "cannot be written"),
        (LIST, ("--sheet", "One"), "is no workbook, so it has no sheet One"),
        (LIST, ("--delimiter", "tabs"), "--delimiter takes one character"),
        (LIST, ("--kind", "Buisness"), "there is no class 'Buisness'; did you mean Business?"),
        (LIST, ("--country", "Narnia"), "there is no country 'Narnia'"),
        (LIST, ("--lat-column", "Name"), "give both --lat-column and --lon-column"),
    ],
)
def test_what_cannot_be_is_told(run: Run, text: str | bytes, options: tuple[str, ...], said: str) -> None:
    result = run(text, *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stdout.splitlines()) <= 1  # the column names may be out already
    assert "Traceback" not in result.stderr


def test_a_release_without_an_index_is_told(tmp_path: Path) -> None:
    write_searchable(tmp_path)
    (tmp_path / NAMES).unlink()
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    arguments = ["reconcile", str(path), "--column", "Name", "--release", str(tmp_path)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "no index of names" in result.stderr


def test_a_terminal_shows_how_far_it_is(searchable: Path, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Name\n" + "München\n" * 1_000, encoding="utf-8")
    ours, theirs = pty.openpty()
    command = "from acagraph.cli import main; main()"
    arguments = ["reconcile", str(path), "--column", "Name", "--release", str(searchable)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    with subprocess.Popen(
        [sys.executable, "-c", command, *arguments], stdout=subprocess.PIPE, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        assert process.stdout is not None
        assert len(process.stdout.read().splitlines()) == 1_001
        shown = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    assert b" rows" in shown.partition(b"1,000 rows: 1,000 matched")[0]
    assert b"1,000 rows: 1,000 matched" in shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # nobody writes to it any more
        return b""


# Its parts


class NoItems:
    """Knows of no territory."""

    def item(self, _: str, /) -> str:
        return ""


NO_ITEMS = NoItems()


class Fake:
    """A finder that knows everything under the name it is asked for, and counts the questions."""

    def __init__(self) -> None:
        self.asked: list[Query] = []

    def find(self, query: Query) -> list[Match]:
        self.asked.append(query)
        thing = Thing(f"https://e.org/{len(self.asked)}", query.name, "Thing", ("Thing",))
        return [Match(thing, 1.0, True, query.name, {})]

    def country(self, text: str) -> str | None:
        return text or None


def reconciled(path: Path, finder: Fake) -> Iterator[tuple[str, ...]]:
    with open_table(path) as table:
        answers = Answers(finder, NO_ITEMS, table, Wishes(Columns("Name")))
        for line in table.rows:
            yield answers.cells(line)


def test_equal_rows_are_asked_once(tmp_path: Path) -> None:
    path, finder = tmp_path / "list.csv", Fake()
    path.write_text("Name,Other\n" + "".join(f"Town {n % 7},{n}\n" for n in range(500)), encoding="utf-8")
    found = list(reconciled(path, finder))
    assert len(found) == 500
    assert len(finder.asked) == 7
    assert found[0] == found[7]


def test_a_long_list_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    def peak(number: int) -> int:
        path = tmp_path / f"{number}.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write("Name,Other\n")
            file.writelines(f"Town {n},{'x' * 100}\n" for n in range(number))
        finder = Fake()
        finder.asked = _Forgetful()
        tracemalloc.start()
        try:
            with open_table(path) as table, open_output(tmp_path / "out.csv", source=path) as out:
                answers = Answers(finder, NO_ITEMS, table, Wishes(Columns("Name")))
                out.begin(table, ("iri",))
                for line in table.rows:
                    out.add(table, line, answers.cells(line))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(60_000) < 1.3 * peak(30_000)


class _Forgetful(list[Query]):
    """A list that keeps nothing but its length."""

    number = 0

    def append(self, _: Query) -> None:
        self.number += 1

    def __len__(self) -> int:
        return self.number


@pytest.mark.parametrize("label", ["=1+1", "+Power", "-x", "@x", "\tx", "＝1"])
def test_no_cell_of_ours_is_a_formula(tmp_path: Path, label: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f'Name\n"{label}"\n', encoding="utf-8")
    [(iri, name, *_)] = reconciled(path, Fake())
    assert guarded(iri) == iri
    assert guarded(name).startswith("'") or not name.startswith(label[0])


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8)


def as_csv(cells: list[str], delimiter: str, quoting: Literal[0, 1]) -> str:
    """Return a row without its end; a cell with any end of line in it is quoted."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n", quoting=quoting).writerow(cells)
    return text.getvalue().removesuffix("\r\n")


@given(
    TABLES,
    st.sampled_from((",", ";", "\t", "|")),
    st.sampled_from(("\n", "\r\n")),
    st.sampled_from((0, 1)),
    st.sampled_from(("utf-8", "utf-8-sig", "utf-16")),
)
@settings(max_examples=200)
def test_any_cells_survive(
    tmp_path_factory: pytest.TempPathFactory,
    cells: list[list[str]],
    delimiter: str,
    end: str,
    quoting: Literal[0, 1],
    encoding: str,
) -> None:
    folder = tmp_path_factory.mktemp("round")
    path, target = folder / "list.csv", folder / "found.csv"
    before = [["Name", "b", "c"], *cells]
    path.write_bytes("".join(as_csv(row, delimiter, quoting) + end for row in before).encode(encoding))
    with open_table(path, Choice(encoding, delimiter)) as table:
        answers = Answers(Fake(), NO_ITEMS, table, Wishes(Columns("Name")))
        with open_output(target, source=path) as out:
            out.begin(table, ADDED)
            for line in table.rows:
                out.add(table, line, answers.cells(line))
    written = target.read_bytes().decode("utf-8-sig")
    after = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter))
    assert [row[:3] for row in after] == before
    assert {len(row) for row in after} == {9}
    for row in after[1:]:
        name = row[0].strip()
        assert row[4] == "" if is_placeholder(name) else row[4] in (name, guarded(name))


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "list.csv"
    path.write_bytes(b"Name,b\n" + data)
    try:
        assert all(len(cells) == 6 for cells in reconciled(path, Fake()))
    except SourceError as error:
        assert str(path) in str(error)  # noqa: PT017

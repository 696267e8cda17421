"""Files that a secretary may give: encodings, separators, workbooks, and what is no table."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from functools import cache
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acagraph.errors import SourceError
from acagraph.imports.members.columns import find_columns
from acagraph.imports.members.countries import read_countries
from acagraph.imports.members.entries import Knowledge, read_entries
from acagraph.imports.members.reading import Choice, read_list
from member_lists import HEADING, LICENCE, ROOT, Desk, new_desk

SPANISH = (
    "Nombre;Tipo;País;Fecha de ingreso\nUniversidad de Córdoba;universidad;España;31/01/2019\n"
    "Peñalolén;municipio;Chile;2018\n"
)
JAPANESE = "企業名,種別,国,加盟日\nソニー,企業,日本,2018年7月6日\n積水ハウス,企業,日本,2019年7月6日\n"
PORTUGUESE = (
    "Nome;Tipo;País\nSão Paulo;cidade;Brasil\nFundação Avina;fundação;Panamá\n"
    "Eletrônica Açaí;empresa;Brasil\n"
)
GERMAN = "Mitglied\tArt\tLand\nStadt Köln\tStadt\tDeutschland\nMünchner Rück\tUnternehmen\tDeutschland\n"
POLISH = "name;kind;country\nŁódź;city;Poland\nKraków;city;Poland\nPolski Związek Ślusarzy;NGO;Poland\n"
RUSSIAN = "name;kind;country\nГазпромбанк;bank;Россия\nМосква;city;Россия\n"
FRENCH = "Nom,Type,Pays\nVille de Besançon,ville,France\nÉlectricité de France,entreprise,France\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        *[(SPANISH, name, name) for name in ("utf-8", "cp1252", "mac-roman")],
        *[(text, "cp1252", "cp1252") for text in (PORTUGUESE, GERMAN, FRENCH)],
        *[
            (JAPANESE, *names)
            for names in (("cp932", "cp932"), ("euc-jp", "euc-jp"), ("iso2022-jp", "iso2022-jp"))
        ],
        *[
            (JAPANESE, *names)
            for names in (("utf-16", "utf-16"), ("utf-16-be", "utf-16-be"), ("utf-8-sig", "utf-8"))
        ],
        (SPANISH, "utf-16-le", "utf-16-le"),
        (POLISH, "cp1250", "cp1250"),
        (RUSSIAN, "cp1251", "cp1251"),
    ],
)
def test_encodings_are_found_out_and_told(desk: Desk, text: str, encoding: str, told: str) -> None:
    result = desk.take(text.encode(encoding), "--dry-run")
    assert result.exit_code == 0, result.output
    assert f"encoding {told} (found out)" in result.output
    assert text.splitlines()[1].replace("\t", ";").replace(",", ";").split(";")[0] in result.output


@pytest.mark.parametrize(
    ("separator", "told"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")]
)
def test_separators_are_found_out_and_told(desk: Desk, separator: str, told: str) -> None:
    result = desk.take(f"{HEADING}Sony,company,Japan,2019\n".replace(",", separator), "--dry-run")
    assert f"separator {told} (found out)" in result.output
    assert "Sony (joined 2019)" in result.output


def test_encoding_and_separator_can_be_told(desk: Desk) -> None:
    text = SPANISH.replace(";", "/").replace("31/01/2019", "2019-01-31")
    result = desk.take(text.encode("cp1252"), "--encoding", "cp1252", "--delimiter", "/", "--dry-run")
    assert result.exit_code == 0, result.output
    assert 'encoding cp1252, separator "/"' in result.output
    wrong = desk.take(text.encode("cp1252"), "--encoding", "utf-8", "--dry-run")
    assert (wrong.exit_code, "is not utf-8" in wrong.output) == (2, True)
    unknown = desk.take(text.encode("cp1252"), "--encoding", "klingon", "--dry-run")
    assert (unknown.exit_code, "klingon is no encoding" in unknown.output) == (2, True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n\n", "is empty"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"PK\x03\x04rest", "name it .xlsx"),
        (b"\x89PNG\r\n", "a picture"),
        (b"<!DOCTYPE html><table>", "a web page"),
        (b'[{"name": "Sony"}]', "is JSON"),
        (b"\x00\x01\x02\x03\x00\x00\x07\x00", "is no text"),
        (b"Name,Type\nSo\x00ny,company\nKansai Foods,company\n", "is no text"),
        (b"Name,Type\n", "no members below"),
        (b"Dear all,\nplease find the list attached.\n", "--map name=…"),
        (b'Name,Type\n"Sony,company\n', "quotation mark"),
        (b"\n".join([b"Name"] + [b"x%d" % number for number in range(200_001)]), "more than 200,000"),
    ],
)
def test_what_is_no_list_is_told(desk: Desk, content: bytes, message: str) -> None:
    before = desk.files()
    result = desk.take(content)
    assert result.exit_code == 2, result.output
    assert message in result.output
    assert "Traceback" not in result.output
    assert desk.files() == before


def workbook(sheets: dict[str, Sequence[Sequence[str | float]]]) -> bytes:
    """Return a workbook; texts stand in the cells themselves."""

    def cell(value: str | float) -> str:
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    made = io.BytesIO()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(made, "w") as archive:
        names = list(sheets)
        listed = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="r{i}"/>' for i, n in enumerate(names, 1))
        related = "".join(
            f'<Relationship Id="r{i}" Type="{office}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(names) + 1)
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">{related}</Relationships>',
        )
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        for number, rows in enumerate(sheets.values(), 1):
            body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            archive.writestr(
                f"xl/worksheets/sheet{number}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>',
            )
    return made.getvalue()


MEMBERS: Sequence[Sequence[str | float]] = [
    ["Members in 2020"],
    ["Name", "Type", "Country", "Joined"],
    ["Sony", "company", "Japan", 2019.0],
]


def test_a_workbook_is_read_below_its_title(desk: Desk) -> None:
    result = desk.take(workbook({"Members": MEMBERS, "Sheet2": []}), "--dry-run", name="list.xlsx")
    assert result.exit_code == 0, result.output
    assert 'sheet "Members", column names in line 2' in result.output
    assert "Sony (joined 2019)" in result.output


def test_of_several_sheets_one_has_to_be_named(desk: Desk) -> None:
    content = workbook({"Members": MEMBERS, "Former": MEMBERS})
    result = desk.take(content, name="list.xlsx")
    assert result.exit_code == 2
    assert 'several sheets: "Members" (3 rows), "Former" (3 rows)' in result.output
    assert desk.take(content, "--sheet", "Former", "--dry-run", name="list.xlsx").exit_code == 0
    wrong = desk.take(content, "--sheet", "Folder", name="list.xlsx")
    assert (wrong.exit_code, "its sheets are Members, Former" in wrong.output) == (2, True)


@pytest.mark.parametrize("content", [b"", b"no workbook", workbook({"Members": []}), workbook({})])
def test_a_workbook_without_members_is_told(desk: Desk, content: bytes) -> None:
    result = desk.take(content, name="list.xlsx")
    assert result.exit_code == 2
    assert "Error: " in result.output


def test_a_workbook_has_no_encoding(desk: Desk) -> None:
    result = desk.take(workbook({"Members": MEMBERS}), "--encoding", "utf-8", name="list.xlsx")
    assert (result.exit_code, "leave --encoding out" in result.output) == (2, True)


def test_columns_are_shown_and_corrected(desk: Desk) -> None:
    text = "Partner,Since,Contact,Date\nSony,2019,somebody,2020\n"
    assert 'there are "Partner", "Since"' in desk.take(text).output
    result = desk.take(text, "--map", "name=Partner", "--dry-run")
    assert "Partner  name" in result.output
    assert "Since    joined" in result.output
    assert "Contact  (not used)" in result.output
    assert "Date     (not used; can be joined or left: say --map joined=…)" in result.output
    near = desk.take(text, "--map", "name=Partners")
    assert (near.exit_code, 'has no column "Partners"; near are Partner' in near.output) == (2, True)
    field = desk.take(text, "--map", "named=Partner")
    assert (field.exit_code, '"named" is no field' in field.output) == (2, True)


def test_two_columns_that_look_alike_have_to_be_told_apart(desk: Desk) -> None:
    text = "Name,Organisation,Country\nA Person,Sony,Japan\n"
    result = desk.take(text)
    assert (result.exit_code, '"Name" and "Organisation" both look like name' in result.output) == (2, True)
    assert "Sony" in desk.take(text, "--map", "name=Organisation", "--dry-run").output


def test_columns_that_were_told_are_remembered(desk: Desk) -> None:
    text = "Partner,Country\nSony,Japan\n"
    assert desk.take(text, "--map", "name=Partner").exit_code == 0
    assert desk.take(text, day="2021-01-31").exit_code == 0


def test_a_running_number_is_no_identifier(desk: Desk) -> None:
    result = desk.take("No.,Name\n1,Sony\n2,Ricoh\n", "--dry-run")
    assert "a running number" in result.output


def test_the_row_of_column_names_can_be_told(desk: Desk) -> None:
    text = "Name,of,the,list\nMember,Type,Country,Joined\nSony,company,Japan,2019\n"
    assert "1 joined" in desk.take(text, "--heading-row", "2", "--dry-run").output
    assert desk.take(text, "--heading-row", "7", "--dry-run").exit_code == 2


@cache
def knowledge() -> Knowledge:
    return Knowledge(read_countries(ROOT), {}, {}, None, "2030-12-31T23:59:59Z", "We Are Still In")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.text(max_size=12),
            st.sampled_from(["company", "city", "", "Zaibatsu", "NGO"]),
            st.sampled_from(["Japan", "JP", "", "Atlantis", "<b>", "NA"]),
            st.sampled_from(["2019", "03/04/2019", "", "31.1.2019", "never", "2031"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_row_is_accounted_for(tmp_path: Path, rows: list[tuple[str, str, str, str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("Name", "Type", "Country", "Joined"), *rows])
    path = tmp_path / "list.csv"
    path.write_bytes(text.getvalue().encode("utf-8", "replace"))
    filled = sum(any(cell.strip() for cell in row) for row in rows)
    if not filled:
        with pytest.raises(SourceError):
            read_list(path, Choice("utf-8", ",", None, 1), {})
        return
    listing = read_list(path, Choice("utf-8", ",", None, 1), {})
    found = read_entries(listing, find_columns(listing, {}, {}), knowledge())
    lines = [entry.line for entry in found.members]
    lines += [entry.line for entry, _ in found.repeated] + [item.row.line for item in found.rejected]
    assert len(listing.rows) == filled
    assert sorted(lines) == [row.line for row in listing.rows]
    assert all(item.reasons for item in found.rejected)


def big(number: int) -> str:
    """Return a list with so many members."""
    rows = (
        f"M{place:06},Member {place * 7919 % 1_000_003:x},company,{country},20{10 + place % 9}\n"
        for place, country in zip(range(number), cycle(["Japan", "Kenya", "Brasil", "DE"]), strict=False)
    )
    return "Member ID,Name,Type,Country,Joined\n" + "".join(rows)


def test_ten_thousand_rows_take_seconds(desk: Desk) -> None:
    before = time.process_time()
    result = desk.take(big(10_000))
    assert "10,000 rows read = 10,000 imported" in result.output
    assert time.process_time() - before < 30


def test_a_hundred_thousand_rows_are_all_imported_into_tables_of_a_size(desk: Desk) -> None:
    path = desk.file("list.csv", big(100_000))
    words = [
        str(path),
        "--coalition",
        "wasi",
        "--source-title",
        "Big",
        "--source-date",
        "2024",
        *LICENCE,
        "--yes",
    ]
    program = "from acagraph.cli import main; main()"
    command = [sys.executable, "-c", program, "import", "members", *words, "--project", str(desk.project)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "100,000 rows read = 100,000 imported" in result.stdout
    sizes = [file.stat().st_size for file in (desk.project / "data" / "registers" / "wasi-members").iterdir()]
    assert max(sizes) < 3 * 1024 * 1024

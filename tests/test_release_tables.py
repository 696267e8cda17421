"""The tables of a release hold what the dataset holds, in every form, and say so in ways machines check."""

from __future__ import annotations

import csv
import datetime
import gzip
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas
import pyoxigraph as ox
import pytest
from csvw import CSVW
from pyarrow import parquet
from python_calamine import CalamineWorkbook

from acagraph.errors import SourceError
from acagraph.registers import convert, read_group
from acagraph.release.content import Place, join, write_part
from acagraph.release.tables import lookups, workbook, writing
from acagraph.release.tables.csvw import PATH as METADATA
from acagraph.release.tables.definitions import LAYOUTS, TABLES
from acagraph.release.tables.edition import Edition
from acagraph.release.tables.layouts import SEPARATOR
from acagraph.release.tables.model import Column, Counted, Table
from acagraph.release.tables.rows import read_rows
from acagraph.release.tables.workbook import PATH as WORKBOOK
from acagraph.release.tables.writing import write_tables
from acagraph.vocab import ACA, BASE, PREFIXES, expand

from published import ROOT

TABLE = {table.name: table for table in TABLES}
NAMES = sorted(TABLE)
ASKED = {
    "coalitions": "?x a aca:Coalition",
    "actors": "?x a aca:Agent",
    "memberships": "?x a aca:Membership",
    "partnerships": "?x a aca:Participation FILTER NOT EXISTS { ?x a aca:Membership }",
    "commitments": "?x a aca:Commitment",
    "no_targets": "?x a aca:NoTargetFound",
    "observations": "?x a aca:Figure",
    "relations": "?x a aca:Relation",
    "links": "?x a sssom:Mapping",
    "sources": "?x a aca:Source",
    "evidence": "?x a aca:Evidence",
    "places": "?x a aca:Place",
    "terms": "{ ?x a skos:Concept } UNION { ?x a owl:Class } UNION { ?x a owl:ObjectProperty } "
    "UNION { ?x a owl:DatatypeProperty } UNION { ?x a owl:AnnotationProperty }",
}
PREAMBLE = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
CSV_METADATA = Path(METADATA).name


@dataclass(frozen=True)
class Made:
    folder: Path
    lines: Path
    counted: list[Counted]
    notices: list[str]


def made(lines: bytes, folder: Path) -> Made:
    """Make the tables of a dataset as a release does."""
    folder.mkdir(parents=True)
    path = folder / "all.nq"
    part = write_part("one", lines.splitlines(keepends=True), folder)
    content = join([part], path, place=dict[str, Place]().get)
    store = ox.Store(str(folder / "store"))
    store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
    store.flush()
    del store
    release = folder / "release"
    release.mkdir()
    counted, notices = write_tables(content, folder / "store", release)
    return Made(release, path, counted, notices)


def small(trig: str, folder: Path) -> Made:
    dataset = ox.parse(
        "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()) + trig,
        format=ox.RdfFormat.TRIG,
    )
    text = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS)
    assert text is not None
    return made(b"".join(sorted(text.splitlines(keepends=True))), folder)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / TABLE[name].csv).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row(folder: Path, name: str, **wanted: str) -> dict[str, str]:
    (found,) = (each for each in rows(folder, name) if wanted.items() <= each.items())
    return found


def told(found: Mapping[str, str]) -> dict[str, str]:
    return {name: cell for name, cell in found.items() if cell}


@pytest.fixture(scope="module")
def lines(release: Path) -> bytes:
    return gzip.decompress((release / "data" / "acagraph.nq.gz").read_bytes())


@pytest.fixture(scope="module")
def tables(lines: bytes, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(lines, tmp_path_factory.mktemp("tables") / "all")


@pytest.fixture
def copy(tables: Made, tmp_path: Path) -> Path:
    """The folder of the CSV files that a test may break."""
    shutil.copytree(tables.folder / "data" / "csv", tmp_path / "csv")
    return tmp_path / "csv"


def change(path: Path, column: str, value: str, index: int = 0) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        header, *body = csv.reader(file)
    body[index][header.index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *body])


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_as_many_as_the_store_has_things(name: str, release: Path, tables: Made) -> None:
    store = ox.Store.read_only(str(release / "store"))
    within = f'FILTER(STRSTARTS(STR(?x), "{BASE}"))'
    answer = store.query(
        f"{PREAMBLE} SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {ASKED[name]} {within} }}",
        use_default_graph_as_union=True,
    )
    assert isinstance(answer, ox.QuerySolutions)
    (counted,) = (each.rows for each in tables.counted if each.table.name == name)
    assert int(next(answer)[0].value) == counted == len(rows(tables.folder, name))


def test_there_is_a_table_with_rows_for_each_name(tables: Made) -> None:
    assert sorted(ASKED) == NAMES
    # No curated source tells that it has looked for a target in vain: only a register does.
    assert {each.table.name for each in tables.counted if each.rows == 0} <= {"no_targets"}
    assert tables.notices == []


@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
def test_a_table_is_defined_in_full(table: Table) -> None:
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert set(table.key) <= set(names)
    assert set(table.refers) <= set(names)
    assert set(table.refers.values()) <= set(TABLE)
    assert all(column.title and column.description.endswith(".") for column in table.columns), names
    assert len(table.name) <= 31


def test_a_membership_is_told_as_the_source_tells_it(tables: Made) -> None:
    found = row(
        tables.folder,
        "memberships",
        member=f"{BASE}id/agent/sony",
        coalition=f"{BASE}id/coalition/jci",
        kind="FoundingMembership",
    )
    assert {
        name: found[name]
        for name in (
            "member_name",
            "member_kind",
            "member_country",
            "coalition_name",
            "from_stated",
            "member_now",
        )
    } == {
        "member_name": "Sony",
        "member_kind": "Business",
        "member_country": "JPN",
        "coalition_name": "Japan Climate Initiative",
        "from_stated": "2018-07",
        "member_now": "true",
    }
    assert len(found["evidence"].split(SEPARATOR)) == len(found["found_at"].split(SEPARATOR))
    evidence = row(tables.folder, "evidence", evidence=found["evidence"].split(SEPARATOR)[0])
    assert evidence["source"] in found["sources"].split(SEPARATOR)
    assert f"characters {evidence['start']}-{evidence['end']}" == found["found_at"].split(SEPARATOR)[0]


def test_a_coalition_has_its_year_names_and_members(tables: Made) -> None:
    found = row(tables.folder, "coalitions", coalition=f"{BASE}id/coalition/aca-mx")
    assert found["name"] == "Alliance for Climate Action Mexico"
    assert found["founded_year"] == "2018"
    assert "Alianza para la Acción Climática de México" in found["other_names"].split(SEPARATOR)
    assert found["country_name"] == "Mexico"
    members = row(tables.folder, "actors", actor=f"{BASE}id/agent/jalisco-government")
    assert found["coalition"] in members["member_of"].split(SEPARATOR)
    assert int(found["members_listed"]) == sum(
        found["coalition"] in each["member_of"].split(SEPARATOR) for each in rows(tables.folder, "actors")
    )


def test_columns_that_refer_hold_what_is_there(tables: Made) -> None:
    keys = {name: {each[table.key[0]] for each in rows(tables.folder, name)} for name, table in TABLE.items()}
    missing = {
        (table.name, column, value)
        for table in TABLES
        for column, other in table.refers.items()
        for each in rows(tables.folder, table.name)
        for value in each[column].split(SEPARATOR)
        if value and value not in keys[other]
    }
    assert missing == set()


def test_our_reader_makes_triples_of_the_dataset_of_the_tables(tables: Made) -> None:
    known = {line[: line.rindex(b" <")] for line in tables.lines.read_bytes().splitlines()}
    found = {line.removesuffix(b" .\n") for line in convert(read_group(tables.folder / METADATA), graph=None)}
    assert found - known == set()
    # Those of columns with a property and one value; that is most of what statements say.
    assert len(found) > 3_000


@pytest.mark.parametrize(
    ("file", "column", "value", "message"),
    [
        ("memberships", "as_of_earliest", "2018-13-01", "as_of_earliest"),
        ("observations", "value", "many", "value"),
        ("memberships", "coalition", f"{BASE}id/coalition/nobody", "coalition"),
        ("memberships", "member", "", "member"),
        ("evidence", "source", f"{BASE}id/source/none", "source"),
    ],
)
def test_our_reader_refuses_a_cell_that_does_not_fit(
    file: str, column: str, value: str, message: str, copy: Path
) -> None:
    change(copy / f"{file}.csv", column, value)
    with pytest.raises(SourceError, match=message):
        list(convert(read_group(copy / CSV_METADATA), graph=None))


def test_our_reader_refuses_a_key_that_stands_twice(copy: Path) -> None:
    (path,) = copy.glob("sources.csv")
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(next(read_rows(path)))
    with pytest.raises(SourceError, match="source"):
        list(convert(read_group(copy / CSV_METADATA), graph=None))


@pytest.mark.filterwarnings("always")  # the package collects its warnings
def test_the_package_csvw_finds_the_tables_valid(tables: Made) -> None:
    group = CSVW(str(tables.folder / METADATA))
    assert group.is_valid
    assert {table.local_name: len(list(table)) for table in group.tables} == {
        f"{each.table.name}.csv": each.rows for each in tables.counted
    }


@pytest.mark.filterwarnings("always")
def test_the_package_csvw_finds_a_broken_cell(copy: Path) -> None:
    change(copy / "observations.csv", "latest", "perhaps")
    assert not CSVW(str(copy / CSV_METADATA), validate=True).is_valid


def value(column: Column, cell: str) -> object:
    """What a cell stands for."""
    if not cell:
        return None
    if column.separator is not None:
        return cell.split(column.separator)
    match column.datatype:
        case "integer":
            return int(cell)
        case "decimal":
            return float(cell)
        case "boolean":
            return {"true": True, "false": False}[cell]
        case "date":
            return datetime.date.fromisoformat(cell)
    return cell


def values(folder: Path, table: Table) -> Iterator[list[object]]:
    for cells in read_rows(folder / table.csv):
        yield [value(column, cell) for column, cell in zip(table.columns, cells, strict=True)]


@pytest.mark.parametrize("name", NAMES)
def test_parquet_equals_the_csv_value_by_value(name: str, tables: Made) -> None:
    table = TABLE[name]
    read = parquet.read_table(tables.folder / table.parquet)
    assert read.column_names == [column.name for column in table.columns]
    found = [list(each.values()) for each in read.to_pylist()]
    assert found == list(values(tables.folder, table))
    told = {field.name: field.metadata[b"description"].decode() for field in read.schema}
    assert told == {column.name: column.description for column in table.columns}


def test_a_candidate_is_told_from_a_link_in_the_table_of_links(tmp_path: Path) -> None:
    record = """stmt:r a owl:Axiom, sssom:Mapping ; adms:status link-status:candidate ; aca:distanceKm 7.5 ;
      owl:annotatedSource place:x ; owl:annotatedProperty skos:closeMatch ; owl:annotatedTarget wd:Q1 ;
      sssom:confidence "4.9E-1"^^xsd:double ; sssom:mapping_tool "a tool" ;
      sssom:mapping_justification semapv:CompositeMatching ."""
    found = small(f"<https://w3id.org/acagraph/graph/links> {{ {record} }}", tmp_path / "one")
    assert told(row(found.folder, "links")) == {
        "mapping": expand("stmt:r"),
        "subject": expand("place:x"),
        "predicate": "closeMatch",
        "object": expand("wd:Q1"),
        "status": "candidate",
        "justification": "CompositeMatching",
        "confidence": "0.49",
        "distance": "7.5",
        "tool": "a tool",
    }


@pytest.mark.parametrize("name", NAMES)
def test_decimals_are_exact_in_parquet(name: str, tables: Made) -> None:
    table = TABLE[name]
    for column in table.columns:
        if column.datatype == "decimal":
            cells = [each[column.name] for each in rows(tables.folder, name) if each[column.name]]
            found = parquet.read_table(tables.folder / table.parquet)[column.name].drop_null().to_pylist()
            assert [Decimal(cell) for cell in cells] == [Decimal(repr(number)) for number in found]


def test_pandas_reads_types_and_unknown_from_parquet(tables: Made) -> None:
    frame = pandas.read_parquet(tables.folder / TABLE["observations"].parquet)
    assert str(frame["value"].dtype) == "float64"
    assert str(frame["latest"].dtype) == "bool"
    body = list(values(tables.folder, TABLE["observations"]))
    names = [column.name for column in TABLE["observations"].columns]
    assert frame["value"].isna().sum() == sum(each[names.index("value")] is None for each in body)
    assert list(frame["as_of_latest"].dropna()) == [
        each[names.index("as_of_latest")] for each in body if each[names.index("as_of_latest")] is not None
    ]


@pytest.fixture(scope="module")
def book(tables: Made) -> openpyxl.Workbook:
    return openpyxl.load_workbook(tables.folder / WORKBOOK)


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_equals_the_csv_value_by_value(name: str, tables: Made, book: openpyxl.Workbook) -> None:
    table, sheet = TABLE[name], book[name]
    header, *body = sheet.iter_rows(values_only=True)
    assert list(header) == [column.name for column in table.columns]
    found = [[cell.date() if isinstance(cell, datetime.datetime) else cell for cell in each] for each in body]
    wanted = [
        [SEPARATOR.join(cell) if isinstance(cell, list) else cell for cell in each]
        for each in values(tables.folder, table)
    ]
    assert found == wanted
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert not sheet._hyperlinks


def test_the_first_sheet_says_what_the_others_are(book: openpyxl.Workbook, release: Path) -> None:
    manifest = json.loads((release / "manifest.json").read_text())
    assert book.sheetnames == ["read me", *(table.name for table in TABLES)]
    cells = [cell for each in book["read me"].iter_rows(values_only=True) for cell in each if cell]
    assert {manifest["title"], manifest["version"], manifest["date"], manifest["licence"]} <= set(cells)
    assert any(manifest["version"] in str(cell) and "releases/" in str(cell) for cell in cells)
    for table in TABLES:
        assert {table.name, table.title, table.description} <= set(cells)
        assert {column.description for column in table.columns} <= set(cells)


def test_what_becomes_of_the_separator_within_a_value_is_said(book: openpyxl.Workbook, tables: Made) -> None:
    told = {row[0].value: row[1].value for row in book["read me"].iter_rows(max_row=14) if row[0].value}
    assert "a | within a value is written ¦" in str(told["Several"])
    metadata = json.loads((tables.folder / "data/csv/csv-metadata.json").read_text(encoding="utf-8"))
    assert metadata["notes"] == [{"several": told["Several"]}]
    text = (ROOT / "docs" / "releases.md").read_text(encoding="utf-8").replace("\n", " ")
    assert "a `|` within a value is written `¦` there" in text


def test_a_release_has_these_tables(release: Path, tables: Made) -> None:
    for table in TABLES:
        assert (release / table.csv).read_bytes() == (tables.folder / table.csv).read_bytes()
        assert (release / table.parquet).read_bytes() == (tables.folder / table.parquet).read_bytes()
    for name in (METADATA, WORKBOOK):
        assert (release / name).read_bytes() == (tables.folder / name).read_bytes()


def test_equal_content_gives_equal_bytes(lines: bytes, tables: Made, tmp_path: Path) -> None:
    again = made(lines, tmp_path / "again").folder
    names = sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert names == sorted(
        [
            *(Path(table.csv) for table in TABLES),
            *(Path(table.parquet) for table in TABLES),
            Path(METADATA),
            Path(WORKBOOK),
        ]
    )
    assert [(again / name).read_bytes() for name in names] == [
        (tables.folder / name).read_bytes() for name in names
    ]


def test_things_that_are_not_kept_are_looked_up(
    lines: bytes, tables: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookups, "_KEPT", 0)
    monkeypatch.setattr(lookups, "_ASKED", 0)
    again = made(lines, tmp_path / "again").folder
    for table in TABLES:
        assert (again / table.csv).read_bytes() == (tables.folder / table.csv).read_bytes()


def test_without_the_packages_the_rest_is_there_and_notices(
    lines: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "find_spec", lambda _: None)
    found = made(lines, tmp_path / "again")
    assert [path.name for path in (found.folder / "data").iterdir()] == ["csv"]
    assert len(found.notices) == 2
    for notice, package in zip(found.notices, ("xlsxwriter", "pyarrow"), strict=True):
        assert package in notice
        assert "acagraph[tables]" in notice


ENDED = """
GRAPH <https://w3id.org/acagraph/graph/shared> {
  stmt:aaaaaaaaaaaaaaaa a aca:Membership, aca:Participation, aca:Statement ; aca:participant agent:b ;
    aca:inCoalition coalition:a ; aca:startText "2017-06", "2018" ; aca:endText "2019" ;
    aca:startsNotBefore "2017-06-01T00:00:00Z"^^xsd:dateTime ;
    aca:startsNotAfter "2017-06-30T23:59:59Z"^^xsd:dateTime ;
    aca:endsNotBefore "2019-01-01T00:00:00Z"^^xsd:dateTime ;
    aca:endsNotAfter "2019-12-31T23:59:59Z"^^xsd:dateTime ;
    aca:participationStatus participation-status:ended ; aca:statedIn source:x, source:y ;
    aca:evidence evidence:x, evidence:y .
  stmt:bbbbbbbbbbbbbbbb a aca:Membership, aca:Participation, aca:Statement ; aca:participant agent:b ;
    aca:inCoalition coalition:a ; aca:supersedes stmt:aaaaaaaaaaaaaaaa .
  agent:b a aca:Agent ; rdfs:label "=2+3 | \\"B\\"\\nInc."@de, "Ba"@fr .
  coalition:a a aca:Coalition, aca:Agent ; rdfs:label "A"@en, "Á"@es ; aca:acronym "AA", "A1" .
  source:x a aca:Source ; rdfs:label "X | x"@en .
  source:y a aca:Source .
  evidence:x a aca:Evidence ; aca:inSource source:x ; aca:recordId "7|8" .
  evidence:y a aca:Evidence ; aca:inSource source:y ; aca:pageAddress "https://example.org/"^^xsd:anyURI .
}
"""


def test_ends_replacements_and_lists(tmp_path: Path) -> None:
    found = small(ENDED, tmp_path / "small")
    old, new = rows(found.folder, "memberships")
    assert told(old) == {
        "membership": f"{BASE}id/statement/aaaaaaaaaaaaaaaa",
        "member": f"{BASE}id/agent/b",
        "member_name": '=2+3 | "B"\nInc.',
        "coalition": f"{BASE}id/coalition/a",
        "coalition_name": "A",
        "member_kind": "Agent",
        "kind": "Membership|Participation|Statement",  # without an ontology no class is below another
        "status": "ended",
        "member_now": "false",
        "from_stated": "2017-06",
        "from_earliest": "2017-06-01",
        "from_latest": "2017-06-30",
        "until_stated": "2019",
        "until_earliest": "2019-01-01",
        "until_latest": "2019-12-31",
        "replaced_by": f"{BASE}id/statement/bbbbbbbbbbbbbbbb",
        "sources": f"{BASE}id/source/x|{BASE}id/source/y",
        "source_titles": "X ¦ x|",
        "evidence": f"{BASE}id/evidence/x|{BASE}id/evidence/y",
        "found_at": "record 7¦8|https://example.org/",
    }
    assert new["replaced_by"] == ""
    assert new["found_at"] == ""
    assert found.notices == [
        "table memberships, column from_stated: of several values only the first is shown, rows: 1",
        "table memberships, column found_at: | within a value is written ¦, rows: 1",
        "table memberships, column source_titles: | within a value is written ¦, rows: 1",
    ]
    assert row(found.folder, "coalitions")["acronyms"] == "A1|AA"
    # A spreadsheet reads a text, not the formula that it looks like.
    sheet = openpyxl.load_workbook(found.folder / WORKBOOK)["memberships"]
    cell = sheet.cell(2, 3)
    assert (cell.value, cell.data_type) == ('=2+3 | "B"\nInc.', "s")


EDITION = Edition("T", "", "1", "", "P", datetime.date(2026, 1, 2))
TEXTS = [
    "=1+1",
    "+1",
    "-1",
    "@a",
    " a ",
    "a\tb\nc",
    "<&>'\"",
    "\x0b\x1f",
    "_x0041_",
    "_x",
    "日本",
    "😀",
    "http://a",
]


def test_any_text_is_the_same_text_in_the_workbook(tmp_path: Path) -> None:
    table = Table("t", "T", "A row.", (Column("a", "A", "It."), Column("b", "B", "It.")), ("a",))
    path = tmp_path / table.csv
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["a", "b"], *([each, "b"] for each in TEXTS)])
    workbook.write_workbook(tmp_path, [table], {"t": len(TEXTS)}, EDITION)
    read = openpyxl.load_workbook(tmp_path / WORKBOOK)
    cells = [cell for (cell,) in read["t"].iter_rows(min_row=2, max_col=1)]
    assert [openpyxl.utils.escape.unescape(cell.value) for cell in cells] == TEXTS
    assert {cell.data_type for cell in cells} == {"s"}
    assert not read["t"]._hyperlinks
    other = CalamineWorkbook.from_path(tmp_path / WORKBOOK).get_sheet_by_name("t")
    assert [cell for cell, _ in other.to_python()[1:]] == TEXTS
    assert read.properties.created == datetime.datetime(2026, 1, 2)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["data"]


def test_a_table_too_long_for_a_sheet_is_left_out_and_said_so(tmp_path: Path) -> None:
    table = Table(
        "long", "Long", "A row.", (Column("a", "A", "It.", "date"), Column("b", "B", "It.")), ("a",)
    )
    path = tmp_path / table.csv
    path.parent.mkdir(parents=True)
    path.write_text(
        f"a,b\n1899-12-31,{'x' * (workbook.MOST_CHARACTERS + 1)}\n1900-03-01,y\n", encoding="utf-8"
    )
    assert workbook.write_workbook(tmp_path, [table], {"long": 2}, EDITION, most_rows=3) == []
    read = openpyxl.load_workbook(tmp_path / WORKBOOK)
    body = list(read["long"].iter_rows(min_row=2, values_only=True))
    assert body[0][0] == "1899-12-31"
    assert len(str(body[0][1])) == workbook.MOST_CHARACTERS
    assert str(body[0][1]).endswith("the whole is in the file of comma-separated values]")
    assert body[1] == (datetime.datetime(1900, 3, 1), "y")

    (notice,) = workbook.write_workbook(tmp_path, [table], {"long": 2}, EDITION, most_rows=2)
    assert "long" in notice
    read = openpyxl.load_workbook(tmp_path / WORKBOOK)
    assert read.sheetnames == ["read me"]
    cells = [cell for each in read["read me"].iter_rows(values_only=True) for cell in each if cell]
    assert any("Too long for a sheet: see data/csv/long.csv" in str(cell) for cell in cells)


def test_the_classes_of_layouts_are_of_the_ontology(lines: bytes) -> None:
    ours = {each for layout in LAYOUTS for each in layout.classes if each.startswith(ACA)}
    assert all(f"<{each}> <{PREFIXES['rdf']}type> ".encode() in lines for each in ours)


@pytest.mark.exhaustive
def test_all_tables_of_the_full_release(full: Path, tmp_path: Path) -> None:
    found = made(gzip.decompress((full / "data" / "acagraph.nq.gz").read_bytes()), tmp_path / "all")
    assert found.notices == []
    for counted in found.counted:
        assert counted.rows > 0
        read = parquet.read_table(found.folder / counted.table.parquet)
        assert read.num_rows == counted.rows
    for _ in convert(read_group(found.folder / METADATA), graph=None):
        pass

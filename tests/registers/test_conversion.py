"""What tables become: each feature of CSVW that the registers use, and what is refused beside it."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import EX, group, lines, objects

from acagraph.errors import SourceError
from acagraph.graph.literals import problem
from acagraph.registers import convert, locate, read_group

from published import ROOT

ID = {"name": "id", "suppressOutput": True, "required": True}


def refused(folder: Path, text: str, *columns: dict[str, Any], **more: Any) -> str:
    """Return what is said of a table, without the folder."""
    with pytest.raises(SourceError) as error:
        list(convert(group(folder, text, *columns, **more), graph=None))
    return str(error.value).replace(f"{folder}/", "")


def test_a_row_becomes_triples_in_the_named_graph(tmp_path: Path) -> None:
    tables = group(tmp_path, "id,name\na,Ann\n", ID, {"name": "name", "lang": "en"})
    found = list(convert(tables, graph="http://example.org/g"))
    assert found == [b'<http://example.org/a> <http://example.org/name> "Ann"@en <http://example.org/g> .\n']


def test_an_empty_cell_is_no_triple_and_other_nulls_may_be_named(tmp_path: Path) -> None:
    tables = group(tmp_path, "id,n,m\na,,-\nb,x,\n", ID, {"name": "n"}, {"name": "m", "null": ["-", "none"]})
    assert lines(tables) == ['<b> <n> "x"', '<b> <m> ""']


def test_a_default_stands_for_an_empty_cell(tmp_path: Path) -> None:
    assert lines(group(tmp_path, "id,n\na,\n", ID, {"name": "n", "default": "x"})) == ['<a> <n> "x"']


def test_the_language_that_nobody_told_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    tables = group(tmp_path, "id,n,m\na,x,y\n", ID, {"name": "n", "lang": "und"}, {"name": "m"})
    assert lines(tables) == ['<a> <n> "x"@und', '<a> <m> "y"']


def test_lists_are_single_values_or_in_order(tmp_path: Path) -> None:
    tables = group(
        tmp_path, "id,n,m\na,x; y,1;2\n", ID, {"name": "n", "separator": ";", "datatype": "token"},
        {"name": "m", "separator": ";", "ordered": True, "datatype": "integer"},
    )  # fmt: skip
    found = lines(tables)
    assert found[:2] == ['<a> <n> "x"^^<http://www.w3.org/2001/XMLSchema#token>',
                         '<a> <n> "y"^^<http://www.w3.org/2001/XMLSchema#token>']  # fmt: skip
    first = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>"
    number = "^^<http://www.w3.org/2001/XMLSchema#integer>"
    assert found[2] == "<a> <m> _:t0r1c2i0"
    assert f'_:t0r1c2i0 {first} "1"{number}' in found
    assert found[-1].endswith("<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>")


def test_virtual_columns_and_prefixed_names(tmp_path: Path) -> None:
    kind = {"name": "type", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": EX + "Town"}
    link = {"name": "link", "virtual": True, "valueUrl": EX + "{id}/{_row}/{_sourceRow}"}
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    assert lines(group(tmp_path, "id\na\n", ID, kind, link)) == [
        f"<a> <{rdf}type> <Town>",
        "<a> <link> <a/1/2>",
    ]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{v}", "a%2Fb%20%C3%A9%25x%2541"),
        ("{+v}", "a/b%20%C3%A9%25x%41"),
        ("{#v}", "#a/b%20%C3%A9%25x%41"),
        ("{_name}/{v}", "v/a%2Fb%20%C3%A9%25x%2541"),
    ],
)
def test_templates_encode_as_rfc_6570_has_it(tmp_path: Path, template: str, expected: str) -> None:
    tables = group(tmp_path, "id,v\na,a/b é%x%41\n", ID, {"name": "v", "valueUrl": EX + template})
    assert lines(tables) == [f"<a> <v> <{expected}>"]


@pytest.mark.parametrize("template", ["{v*}", "{?v}", "{a,v}", "{v:3}", "{v", "v}", "{}"])
def test_other_templates_are_refused(tmp_path: Path, template: str) -> None:
    said = refused(tmp_path, "id,v\na,b\n", ID, {"name": "v", "valueUrl": EX + template})
    assert said.startswith("csv-metadata.json: tables[0].tableSchema.columns[1].valueUrl: ")


def test_a_template_names_columns_of_the_table(tmp_path: Path) -> None:
    said = refused(tmp_path, "id,v\na,b\n", ID, {"name": "v", "valueUrl": EX + "{w}"})
    assert said == f"csv-metadata.json: {EX}{{w}}: {{w}} is no column of the table; correct the template"


@pytest.mark.parametrize(
    ("datatype", "cell", "expected"),
    [
        ("integer", "+007", "7"),
        ("decimal", "10", "10.0"),
        ("decimal", "-0.50", "-0.5"),
        ("double", "10.10e1", "1.01E2"),
        ("boolean", "1", "true"),
        ({"base": "boolean", "format": "Y|N"}, "N", "false"),
        ("dateTime", "2020-02-29T10:00:00.500+00:00", "2020-02-29T10:00:00.5Z"),
        ("date", "2020-02-29", "2020-02-29"),
        ({"base": "date", "format": "d.M.yyyy"}, "1.2.2020", "2020-02-01"),
        ({"base": "dateTime", "format": "yyyy-MM-dd HH:mm X"}, "2020-02-01 10:30 Z", "2020-02-01T10:30:00Z"),
        ("gYear", "2020", "2020"),
        ("anyURI", " http://example.org/ ", "http://example.org/"),
        ("duration", "P1DT2H", "P1DT2H"),
        ({"base": "decimal", "format": {"decimalChar": ",", "groupChar": "."}}, "1.234,5", "1234.5"),
        ({"base": "decimal", "format": "#,##0.##"}, "1,234.5", "1234.5"),
        ({"base": "decimal", "format": {"pattern": "0%"}}, "45%", "0.45"),
        ({"base": "integer", "minimum": 1, "maximum": 9}, "9", "9"),
        ({"base": "date", "minExclusive": "2020-01-01"}, "2020-01-02", "2020-01-02"),
        ({"base": "string", "minLength": 2, "maxLength": 3}, "abc", "abc"),
        ({"base": "string", "format": "[a-z]+"}, "abc", "abc"),
    ],
)  # fmt: skip
def test_values_are_written_canonically(tmp_path: Path, datatype: Any, cell: str, expected: str) -> None:
    row = io.StringIO()
    csv.writer(row).writerows([["id", "v"], ["a", cell]])
    (found,) = objects(group(tmp_path, row.getvalue(), ID, {"name": "v", "datatype": datatype}))
    assert isinstance(found, ox.Literal)
    assert found.value == expected
    assert problem(found) is None


@pytest.mark.parametrize(
    ("datatype", "cell"),
    [
        ("integer", "1.0"),
        ("integer", "１"),
        ("decimal", "1e3"),
        ("decimal", "NaN"),
        ("double", "1e"),
        ("boolean", "yes"),
        ({"base": "boolean", "format": "Y|N"}, "true"),
        ("dateTime", "2020-02-30T10:00:00Z"),
        ("dateTime", "2020-02-01"),
        ("date", "2021-02-29"),
        ({"base": "date", "format": "d.M.yyyy"}, "2020-02-01"),
        ("gYear", "20"),
        ("anyURI", "a b"),
        ("duration", "P"),
        ({"base": "decimal", "format": "#,##0.##"}, "12,34.5"),
        ({"base": "integer", "minimum": 1, "maximum": 9}, "10"),
        ({"base": "date", "minExclusive": "2020-01-01"}, "2020-01-01"),
        ({"base": "string", "maxLength": 3}, "abcd"),
        ({"base": "string", "format": "^[a-z]+$"}, "abc1"),
    ],
)
def test_a_cell_that_does_not_fit_stops_with_file_line_and_column(
    tmp_path: Path, datatype: Any, cell: str
) -> None:
    text = f'id,v\n"a\n",\nb,"{cell}"\n'
    said = refused(tmp_path, text, ID, {"name": "v", "datatype": datatype})
    assert said.startswith("t.csv:4: column v: ")
    assert said.endswith("; correct the cell")


def test_with_warn_such_a_cell_becomes_a_string_each_time(tmp_path: Path) -> None:
    tables = group(tmp_path, "id,v\na,x\nb,x\n", ID, {"name": "v", "datatype": "integer"})
    said: list[SourceError] = []
    found = [line.decode() for line in convert(tables, graph=None, warn=said.append)]
    assert [line.split()[2] for line in found] == ['"x"', '"x"']
    assert [error.line for error in said] == [2, 3]


CUT = "the row cannot be cut into cells: "


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,v\na\n", "2: 1 cells, the table has 2 columns; correct the row"),
        ('id,v\n"a\nb",1\nc,1,2\n', "4: 3 cells, the table has 2 columns; correct the row"),
        ("id,v\na,b\n\nc,d\n", "3: an empty line, the table has 2 columns; correct the row"),
        ("id,w\na,b\n", "1: column 2 is called 'w', the schema calls it 'v'; correct the header"),
        ("id\na\n", "1: column 2 is missing, the schema calls it 'v'; correct the header"),
        ("id,v,w\na,b,c\n", "1: the schema has no column 'w'; remove it from the table or describe it"),
        ("", " no header; write the names of the columns into the first row"),
        ('id,v\na,"b\nc,d\n', f"2: {CUT}unexpected end of data; correct its quotes"),
        ('id,v\na,"b"c\n', f"2: {CUT}',' expected after '\"'; correct its quotes"),
        ("id,v\n,b\n", "2: column id: empty, but a value is required; fill it in"),
        ("id,v\na,\x07\n", "2: column v: the character U+0007, which RDF/XML cannot hold; remove it"),
    ],
)
def test_bad_rows_are_refused_with_their_line(tmp_path: Path, text: str, said: str) -> None:
    assert refused(tmp_path, text, ID, {"name": "v"}) == f"t.csv:{said}"


def test_a_table_that_is_not_utf_8_or_not_there_is_refused(tmp_path: Path) -> None:
    tables = group(tmp_path, "id,v\n", ID, {"name": "v"})
    (tmp_path / "t.csv").write_bytes("id,v\na,b\nc,é\n".encode("latin-1"))
    with pytest.raises(SourceError, match=r"t\.csv:3: no valid utf-8; save"):
        list(convert(tables, graph=None))
    (tmp_path / "t.csv").unlink()
    with pytest.raises(SourceError, match=r"t\.csv: no such table"):
        list(convert(tables, graph=None))


def test_a_primary_key_stands_once(tmp_path: Path) -> None:
    schema = {"primaryKey": ["id", "v"]}
    text = "id,v\na,1\na,2\n"
    assert len(lines(group(tmp_path, text, ID, {"name": "v"}, schema=schema))) == 2
    said = refused(tmp_path, text + "a,1\n", ID, {"name": "v"}, schema=schema)
    assert said.startswith("t.csv:4: id, v 'a', '1' stands in line 2 already; ")


def test_foreign_keys_stand_in_the_other_table(tmp_path: Path) -> None:
    reference = {"resource": "t.csv", "columnReference": "id"}
    schema = {"foreignKeys": [{"columnReference": "v", "reference": reference}]}
    assert lines(group(tmp_path, "id,v\na,b\nb,\n", ID, {"name": "v"}, schema=schema)) == ['<a> <v> "b"']
    said = refused(tmp_path, "id,v\na,b\nb,c\n", ID, {"name": "v"}, schema=schema)
    assert said == "t.csv:3: v 'c' is not in t.csv (id); correct it"


def test_rows_of_one_subject_do_not_repeat_a_line(tmp_path: Path) -> None:
    text = "id,v,w\na,1,x\na,1,y\nb,1,x\n"
    assert lines(group(tmp_path, text, ID, {"name": "v"}, {"name": "w"})) == [
        '<a> <v> "1"', '<a> <w> "x"', '<a> <w> "y"', '<b> <v> "1"', '<b> <w> "x"',
    ]  # fmt: skip


def test_dialects(tmp_path: Path) -> None:
    dialect = {"delimiter": ";", "quoteChar": "'", "commentPrefix": "#", "skipRows": 1, "trim": True,
               "encoding": "iso-8859-1", "skipBlankRows": True, "skipColumns": 1}  # fmt: skip
    tables = group(tmp_path, "", ID, {"name": "v"}, dialect=dialect)
    text = "a title\n-;id;v\r\n# a remark\n-;a; 'é;\n#'\n;;\n-;b;c\n"
    (tmp_path / "t.csv").write_bytes(text.encode("latin-1"))
    assert lines(tables) == ['<a> <v> "é;\\n#"', '<b> <v> "c"']
    assert locate(tables, [EX + "b"]) == {EX + "b": (tmp_path / "t.csv", 7)}


def test_tables_and_groups_hand_down_what_they_say(tmp_path: Path) -> None:
    tables = group(tmp_path, "id,v,w\na,x,y\n", ID, {"name": "v"}, {"name": "w", "lang": "fr"}, lang="de")
    assert lines(tables) == ['<a> <v> "x"@de', '<a> <w> "y"@fr']


def test_suppressed_tables_are_checked_and_not_written(tmp_path: Path) -> None:
    column = {"name": "v", "datatype": "integer"}
    assert lines(group(tmp_path, "id,v\na,1\n", ID, column, suppressOutput=True)) == []
    assert "column v" in refused(tmp_path, "id,v\na,x\n", ID, column, suppressOutput=True)


def test_relative_names_need_an_address(tmp_path: Path) -> None:
    text, column = "id,v\na,b\n", {"name": "v", "propertyUrl": "#v", "aboutUrl": "#{id}"}
    assert "<#v> is no absolute IRI" in refused(tmp_path, text, ID, column)
    tables = group(tmp_path, text, ID, column, base="http://example.org/x/csv-metadata.json")
    assert lines(tables) == ['<x/t.csv#a> <x/t.csv#v> "b"']


def test_a_value_that_makes_no_iri_is_refused_with_its_line(tmp_path: Path) -> None:
    said = refused(tmp_path, "id,v\na,http://[x\n", ID, {"name": "v", "valueUrl": "{+v}"})
    assert said.startswith("t.csv:2: column v: <http://[x> is no valid IRI")


def test_subjects_are_found_again_with_file_and_line(tmp_path: Path) -> None:
    tables = group(tmp_path, 'id,v\na,"x\ny"\nb,z\nb,w\n', ID, {"name": "v"})
    found = locate(tables, [EX + "b", EX + "nowhere"])
    assert found == {EX + "b": (tmp_path / "t.csv", 4)}


@settings(max_examples=300)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1))
def test_any_text_round_trips(text: str) -> None:
    text = "".join(c for c in text if c in "\t\n\r" or c >= " ")
    row = io.StringIO(newline="")
    # Python's csv leaves a lone CR unquoted, which no reader takes.
    writer = csv.writer(row, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([["id", "v", "w"], ["a", text, text]])
    with tempfile.TemporaryDirectory() as folder:
        value = {"name": "w", "valueUrl": EX + "x/{w}", "separator": None}
        tables = group(Path(folder), row.getvalue(), ID, {"name": "v"}, value)
        written = b"".join(convert(tables, graph=None))
        found = [quad.object for quad in ox.parse(written, format=ox.RdfFormat.N_TRIPLES)]
    assert found[:1] == ([ox.Literal(text)] if text else [])
    # Canonical as the canonical form of RDFC-1.0 escapes it.
    dataset = ox.Dataset(ox.parse(written, format=ox.RdfFormat.N_TRIPLES))
    assert {f"{quad} ." for quad in dataset} == set(written.decode().split("\n")[:-1]) or "\t" in text


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "data" / "registers").glob("*/csv-metadata.json")),
    ids=lambda path: path.parent.name,
)
def test_the_registers_become_canonical_triples_without_blank_nodes(path: Path) -> None:
    written = list(convert(read_group(path), graph=None))
    assert len(set(written)) == len(written) > 0
    for quad in ox.parse(b"".join(written), format=ox.RdfFormat.N_TRIPLES):
        assert isinstance(quad.subject, ox.NamedNode)
        if isinstance(quad.object, ox.Literal):
            assert problem(quad.object) is None, quad

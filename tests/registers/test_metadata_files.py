"""Metadata that is wrong, or asks for what acagraph does not do, is refused with file and property."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from acagraph.errors import SourceError
from acagraph.registers import read_group
from acagraph.vocab import ACA, BASE, KINDS, SCHEMES

from published import ROOT

SCHEMAS = sorted((ROOT / "data" / "registers" / "schemas").glob("*.json"))
CONTEXT = {"@context": "http://www.w3.org/ns/csvw"}


def said(folder: Path, data: object) -> str:
    path = folder / "csv-metadata.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    with pytest.raises(SourceError) as error:
        read_group(path)
    return str(error.value).replace(f"{folder}/", "")


def column(**properties: Any) -> dict[str, Any]:
    schema = {"aboutUrl": "http://example.org/{a}", "columns": [{"name": "a", **properties}]}
    return {**CONTEXT, "url": "t.csv", "tableSchema": schema}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{", "csv-metadata.json:1: no JSON: "),
        ("[]", "csv-metadata.json: the file: [] is no object"),
        ('{"url": "a", "url": "b"}', "csv-metadata.json: 'url' stands twice in one object"),
        ({"url": "t.csv"}, "@context: write "),
        ({**CONTEXT}, "tables: neither tables nor the url of a table"),
        ({**CONTEXT, "tables": []}, "tables: no table"),
        ({**CONTEXT, "url": "http://example.org/t.csv"}, "url: <http://example.org/t.csv> is not fetched"),
        ({**CONTEXT, "url": "t.csv", "transformations": []}, "transformations: acagraph does not support it"),
        ({**CONTEXT, "url": "t.csv", "colour": 1}, "colour: not a property of a Table"),
        ({**CONTEXT, "url": "t.csv", "tableSchema": "none.json"}, "none.json: no such metadata file"),
        (
            {**CONTEXT, "url": "t.csv", "dialect": {"headerRowCount": 2}},
            "dialect.headerRowCount: more than one",
        ),
        ({**CONTEXT, "url": "t.csv", "dialect": {"lineTerminators": ["|"]}}, "dialect.lineTerminators: only"),
        (column(propertyUrl=1), "propertyUrl: 1 is no string"),
        (column(name="_a"), "name: '_a' is no name of a column"),
        (column(datatype="text"), "base: 'text' is no datatype of CSVW"),
        (column(datatype="positiveInteger"), "base: stores turn positiveInteger into integer"),
        (column(datatype={"base": "date", "format": "yy/MM"}), "format: 'yy/MM' is no format of date"),
        (column(datatype={"base": "string", "format": "("}), "format: '(' is no format of string"),
        (column(datatype={"base": "string", "minimum": 1}), "a minimum or maximum means nothing for string"),
        (column(datatype={"base": "integer", "minimum": 2, "maximum": 1}), "the lower bound is not below"),
        (column(datatype={"base": "string", "length": 2, "minLength": 3}), "exclude each other"),
        (column(lang="english language"), "lang: 'english language' is no language tag"),
        (column(separator=""), "separator: an empty string separates nothing"),
        (column(**{"dc:title": {"@value": "x", "@type": "a:b", "@language": "en"}}), "@value stands with"),
    ],
)
def test_bad_metadata_is_refused(tmp_path: Path, data: object, message: str) -> None:
    text = said(tmp_path, data)
    assert message in text
    assert re.fullmatch(r"[\w./-]+(:\d+)?: .+[;,:] .+", text), text


def test_names_and_order_of_columns_are_checked(tmp_path: Path) -> None:
    twice = {**CONTEXT, "url": "t.csv", "tableSchema": {"columns": [{"name": "a"}, {"name": "a"}]}}
    assert "columns[1].name: 'a' stands twice" in said(tmp_path, twice)
    late = {"columns": [{"name": "a", "virtual": True}, {"name": "b"}]}
    assert "columns[1].virtual" in said(tmp_path, {**CONTEXT, "url": "t.csv", "tableSchema": late})
    key = {"columns": [{"name": "a"}], "primaryKey": "b"}
    assert "primaryKey: 'b' is no column" in said(tmp_path, {**CONTEXT, "url": "t.csv", "tableSchema": key})


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_the_schemas_describe_each_column_and_use_the_ontology(path: Path, tmp_path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    assert schema["dc:description"]
    metadata = {**CONTEXT, "tables": [{"url": "t.csv", "tableSchema": schema}]}
    del schema["@context"]
    (tmp_path / "csv-metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    (table,) = read_group(tmp_path / "csv-metadata.json").tables
    assert table.primary_key
    terms = set(
        re.findall(r"^aca:(\w+)$", (ROOT / "ontology" / "acagraph.ttl").read_text("utf-8"), re.MULTILINE)
    )
    for described, read in zip(schema["columns"], table.columns, strict=True):
        assert read.virtual or (described["dc:description"] and read.titles == (read.name,))
        assert read.suppress or read.property
        for name in (read.property, read.value):
            if name and name.startswith(ACA) and "{" not in name:
                assert name.removeprefix(ACA) in terms
        if read.value and read.value.startswith(BASE) and "{+" not in read.value and "#" not in read.value:
            kind, name = read.value.removeprefix(BASE).split("/")[:2]
            assert name in {"id": KINDS, "scheme": SCHEMES}[kind]

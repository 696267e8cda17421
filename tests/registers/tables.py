"""Small tables for the tests of acagraph.registers: written to a folder, converted, parsed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from acagraph.registers import TableGroup, convert, read_group

CSVW = "http://www.w3.org/ns/csvw"
EX = "http://example.org/"


def group(
    folder: Path, text: str, *columns: dict[str, Any], base: str | None = None, **more: Any
) -> TableGroup:
    """Write one table with its metadata and read the metadata; columns without propertyUrl get one."""
    named = [{"propertyUrl": EX + str(column.get("name", "p")), **column} for column in columns]
    schema = {"aboutUrl": EX + "{id}", "columns": named, **more.pop("schema", {})}
    data = {"@context": CSVW, "tables": [{"url": "t.csv", "tableSchema": schema, **more}]}
    path = folder / "csv-metadata.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    (folder / "t.csv").write_text(text, encoding="utf-8", newline="")
    return read_group(path, base=base)


def lines(tables: TableGroup) -> list[str]:
    """Return the lines of a group without their subject's namespace."""
    return [line.decode().removesuffix(" .\n").replace(EX, "") for line in convert(tables, graph=None)]


def objects(tables: TableGroup) -> list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
    """Return the objects of a group's triples, parsed."""
    found = ox.parse(b"".join(convert(tables, graph=None)), format=ox.RdfFormat.N_TRIPLES)
    return [quad.object for quad in found]

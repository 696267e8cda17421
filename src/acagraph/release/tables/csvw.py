"""The metadata of the tables as CSV on the Web ("Metadata Vocabulary for Tabular Data", W3C 2015)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from acagraph.release.tables.edition import Edition
from acagraph.release.tables.layouts import SEVERAL, Field, Layout
from acagraph.release.tables.model import Table

PATH = "data/csv/csv-metadata.json"
_CONTEXT = ["http://www.w3.org/ns/csvw", {"@language": "en"}]


def write_metadata(
    folder: Path, layouts: Sequence[Layout], rows: Mapping[str, int], edition: Edition
) -> None:
    """Write what describes the tables beside their files of comma-separated values.

    A column tells a property only where its cells, read by the rules of "Generating RDF from Tabular Data on
    the Web" (W3C 2015), give triples of the dataset; the others give none. Deterministic.
    """
    tables = {layout.table.name: layout.table for layout in layouts}
    body = {
        "@context": _CONTEXT,
        **{
            key: value
            for key, value in (
                ("dc:title", edition.title),
                ("dc:description", edition.description),
                ("dc:hasVersion", edition.version),
                ("dc:license", {"@id": edition.licence} if edition.licence else ""),
                ("dc:source", {"@id": edition.address}),
            )
            if value
        },
        "notes": [{"several": SEVERAL}],
        "tables": [_table(layout, tables, rows[layout.table.name]) for layout in layouts],
    }
    text = json.dumps(body, ensure_ascii=False, indent=2)
    (folder / PATH).write_text(text + "\n", encoding="utf-8")


def single_references(table: Table) -> dict[str, str]:
    """Return the tables that columns for one value refer to; foreign keys know no lists."""
    lists = {column.name for column in table.columns if column.separator is not None}
    return {column: other for column, other in table.refers.items() if column not in lists}


def _table(layout: Layout, tables: Mapping[str, Table], rows: int) -> dict[str, object]:
    table = layout.table
    # Strict validators take an unknown value for one that is not found.
    known = {column.name for column in table.columns if column.required}
    keys = [
        {
            "columnReference": column,
            "reference": {
                "resource": Path(tables[other].csv).name,
                "columnReference": tables[other].key[0],
            },
        }
        for column, other in single_references(table).items()
        if column in known
    ]
    return {
        "url": Path(table.csv).name,
        "dc:title": table.title,
        "dc:description": table.description,
        "notes": [{"rows": rows}],
        "tableSchema": {
            "aboutUrl": f"{{+{table.key[0]}}}",
            "columns": [_column(field) for field in layout.fields],
            "primaryKey": list(table.key),
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _column(field: Field) -> dict[str, object]:
    column = field.column
    told: dict[str, object] = {
        "name": column.name,
        "titles": [column.name, column.title],
        "dc:description": column.description,
        "datatype": column.datatype,
    }
    if column.required:
        told["required"] = True
    if column.language is not None:
        told["lang"] = column.language
    if column.separator is not None:
        told["separator"] = column.separator
    # A cell of several values gives one IRI of all of them.
    if column.property is None or column.separator is not None:
        return told | {"suppressOutput": True}
    told["propertyUrl"] = column.property
    if field.base is not None:
        told["valueUrl"] = f"{field.base}{{{column.name}}}"
    elif column.datatype == "anyURI" and field.links:
        told["valueUrl"] = f"{{+{column.name}}}"
    return told

"""The Data Package of a release: its tables with their schemas, and its sources."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from acagraph.release.descriptions.facts import Facts
from acagraph.release.descriptions.terms import release_iri
from acagraph.release.files import File
from acagraph.release.tables.csvw import single_references
from acagraph.release.tables.layouts import SEPARATOR
from acagraph.release.tables.model import Column, Table
from acagraph.release.tables.rows import read_rows
from acagraph.release.tables.things import SOURCES
from acagraph.vocab import BASE

NAME = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {"decimal": "number", "anyURI": "string"}


def write_package(folder: Path, facts: Facts) -> None:
    """Write datapackage.json, by version 2 of the Data Package standard, for the tables of a release.

    The same data in other forms are left out: readers of packages would take each for one more table.
    Deterministic.
    """
    info = facts.info
    address = release_iri(info.version)
    tables = {counted.table.csv: counted.table for counted in facts.tables}
    keys = {counted.table.name: counted.table.key[0] for counted in facts.tables}
    body = {
        "$schema": _PROFILE,
        "name": "acagraph",
        "id": address,
        "title": info.title,
        "description": info.description,
        "version": info.version,
        "created": f"{info.date.isoformat()}T00:00:00Z",
        "homepage": info.homepage or BASE,
        "keywords": list(info.keywords),
        "licenses": [{"path": info.licence}],
        "sources": list(_sources(folder / SOURCES.table.csv)),
        "resources": [
            _resource(file, tables[file.path], keys) for file in facts.files if file.path in tables
        ],
    }
    told = {key: value for key, value in body.items() if value not in ("", [])}
    (folder / NAME).write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _sources(path: Path) -> Iterator[Mapping[str, str]]:
    names = [column.name for column in SOURCES.table.columns]
    for cells in read_rows(path):
        row = dict(zip(names, cells, strict=True))
        yield {"title": row["name"], "path": row["pages"].split(SEPARATOR)[0] or row["source"]}


def _resource(file: File, table: Table, keys: Mapping[str, str]) -> dict[str, object]:
    return {
        "name": table.name,
        "type": "table",
        "title": table.title,
        "description": table.description,
        "path": file.path,
        "format": "csv",
        "mediatype": file.media_type,
        "encoding": "utf-8",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "schema": _schema(table, keys),
    }


def _schema(table: Table, keys: Mapping[str, str]) -> dict[str, object]:
    """Return the schema of a table; "" is how it names itself in a foreign key."""
    refers = [
        {
            "fields": [column],
            "reference": {"resource": "" if other == table.name else other, "fields": [keys[other]]},
        }
        for column, other in single_references(table).items()
    ]
    return {
        "fields": [_field(column) for column in table.columns],
        "primaryKey": list(table.key),
        **({"foreignKeys": refers} if refers else {}),
    }


def _field(column: Column) -> dict[str, object]:
    told: dict[str, object] = {
        "name": column.name,
        "title": column.title,
        "description": column.description,
        "type": _TYPES.get(column.datatype, column.datatype),
    }
    if column.separator is not None:
        told |= {"type": "list", "delimiter": column.separator, "itemType": "string"}
    if column.required:
        told["constraints"] = {"required": True}
    return told

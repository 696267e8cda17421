"""The tables of a release for those who train models: Croissant 1.0."""

from __future__ import annotations

from acagraph.release.descriptions.facts import Facts
from acagraph.release.descriptions.terms import DATASET, release_iri
from acagraph.release.files import File
from acagraph.release.tables.model import Column, Counted, Table

CROISSANT = "http://mlcommons.org/croissant/"
_OWN = (
    "citeAs",
    "column",
    "equivalentProperty",
    "extract",
    "field",
    "fileProperty",
    "fileObject",
    "fileSet",
    "format",
    "includes",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "separator",
    "source",
    "subField",
    "transform",
)
# The context that the specification gives word for word: readers compare its keys.
CONTEXT: dict[str, object] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": CROISSANT,
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "rai": f"{CROISSANT}RAI/",
    "sc": "https://schema.org/",
    **{name: f"cr:{name}" for name in _OWN},
}
_TYPES = {
    "anyURI": "sc:URL",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "dateTime": "sc:DateTime",
    "decimal": "sc:Float",
    "integer": "sc:Integer",
    "string": "sc:Text",
}


def as_json(facts: Facts, author: str, summary: str, citation: str) -> dict[str, object]:
    """Return croissant.json: each CSV table as a file with its checksum and as a record set with fields."""
    info = facts.info
    files = {file.path: file for file in facts.files}
    tables = [counted for counted in facts.tables if counted.table.csv in files]
    person = {"@type": "sc:Organization", "name": author, "url": info.homepage or DATASET}
    return {
        "@context": dict(sorted(CONTEXT.items())),
        "@type": "sc:Dataset",
        "name": info.title,
        "description": summary,
        "conformsTo": f"{CROISSANT}1.0",
        "citeAs": citation,
        "license": info.licence,
        "url": release_iri(info.version),
        "version": info.version,
        "datePublished": info.date.isoformat(),
        "creator": person,
        "publisher": person,
        "keywords": list(info.keywords),
        "inLanguage": "en",
        "isLiveDataset": False,
        "distribution": [_file(files[counted.table.csv], counted.table, info.version) for counted in tables],
        "recordSet": [_records(counted) for counted in tables],
    }


def _file(file: File, table: Table, version: str) -> dict[str, object]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": f"{table.name}.csv",
        "description": table.description,
        "contentUrl": release_iri(version) + file.path,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": "text/csv",
        "sha256": file.sha256,
    }


def _records(counted: Counted) -> dict[str, object]:
    table = counted.table
    key = [{"@id": f"{table.name}/{name}"} for name in table.key]
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": f"{table.description} {counted.rows:,} rows.",
        **({"key": key[0] if len(key) == 1 else key} if key else {}),
        "field": [_field(table, column) for column in table.columns],
    }


def _field(table: Table, column: Column) -> dict[str, object]:
    source: dict[str, object] = {
        "fileObject": {"@id": table.csv},
        "extract": {"column": column.name},
        **({"transform": {"separator": column.separator}} if column.separator else {}),
    }
    told = column.description
    if column.name in table.refers:
        # As words: readers of `references` join the tables, which drops rows whose cell is empty.
        told = f"{told} Values are in the table {table.refers[column.name]}."
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": told,
        "dataType": _TYPES[column.datatype],
        **({"repeated": True} if column.separator else {}),
        **({"equivalentProperty": column.property} if column.property else {}),
        "source": source,
    }

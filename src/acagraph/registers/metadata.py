"""CSVW metadata files: a group of tables, or one table, with their schemas and dialects."""

from __future__ import annotations

import codecs
import os
import posixpath
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from acagraph.registers.columns import INHERITED, inherited, read_columns
from acagraph.registers.model import Column, Dialect, ForeignKey, Table, TableGroup
from acagraph.registers.nodes import Node, read_context, read_object

_COMMON = (
    frozenset(("@context", "@id", "@type", "dialect", "notes", "tableDirection", "tableSchema")) | INHERITED
)
_GROUP = _COMMON | {"tables"}
_TABLE = _COMMON | {"url", "suppressOutput"}
_SCHEMA = (
    frozenset(("@context", "@id", "@type", "columns", "foreignKeys", "primaryKey", "rowTitles")) | INHERITED
)
_DIALECT = frozenset(
    (
        "@context",
        "@id",
        "@type",
        "commentPrefix",
        "delimiter",
        "doubleQuote",
        "encoding",
        "header",
        "headerRowCount",
        "lineTerminators",
        "quoteChar",
        "skipBlankRows",
        "skipColumns",
        "skipInitialSpace",
        "skipRows",
        "trim",
    )
)
_SAME_LINE_ENDS = {"\r\n", "\n"}


@dataclass(frozen=True)
class _Place:
    """Where a metadata file stands, on disk and as an address, and the base of the addresses in it."""

    path: Path
    url: str
    base: str
    placed: bool

    def file(self, node: Node, name: str, url: str) -> Path:
        """Return the file of an address; there is no network here."""
        here, there = urlsplit(self.url), urlsplit(url)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc) or there.query or there.fragment:
            node.refuse(name, f"<{url}> is not fetched; keep the file here and write its relative path")
        relative = posixpath.relpath(unquote(there.path), posixpath.dirname(unquote(here.path)))
        return Path(os.path.normpath(self.path.parent / relative))


def read_group(path: Path, *, base: str | None = None) -> TableGroup:
    """Read a metadata file and the schemas that it names by relative address; the tables are not opened.

    With `base`, the address at which the file is published, IRIs may be relative and properties and subjects
    may be left out as csv2rdf allows it (they come from the address of the table). Without, every aboutUrl,
    propertyUrl and valueUrl is an absolute IRI, and integers have one datatype, xsd:integer.
    Raises SourceError, with file and property, for what is wrong and for what acagraph does not support:
    nothing is silently ignored but annotations, of which minimal mode tells nothing (notes, titles, common
    properties). Deterministic. "Metadata Vocabulary for Tabular Data" (W3C 2015), section 5.
    """
    node, inner = read_context(read_object(path), needed=True)
    url = base or path.resolve().as_uri()
    place = _Place(path, url, urljoin(url, inner), base is not None)
    single = "tables" not in node.data
    if single and "url" not in node.data:
        node.refuse("tables", "neither tables nor the url of a table; add one of them")
    if single:
        return TableGroup(path, (_table(node, place, Column(name=""), Dialect(), None),), place.placed)
    node.limit("TableGroup", _GROUP, refused=("transformations",))
    pattern = inherited(node, Column(name=""), placed=place.placed)
    node.choice("tableDirection", ("ltr", "rtl", "auto"), "auto")
    nodes = [*node.children("tables")]
    if not nodes:
        node.refuse("tables", "no table; name at least one")
    dialect, schema = _dialect(node, place, Dialect()), node.data.get("tableSchema")
    read = [_table(item, place, pattern, dialect, schema) for item in nodes]
    return TableGroup(path, _linked(nodes, read, place), place.placed)


def _table(node: Node, place: _Place, above: Column, dialect: Dialect, schema: object) -> Table:
    node.limit("Table", _TABLE, refused=("transformations", "tables"))
    relative = node.text("url")
    if relative is None:
        node.refuse("url", "missing; write the relative path of the table")
    url = urljoin(place.base, relative)
    pattern = inherited(node, above, placed=place.placed)
    node.choice("tableDirection", ("ltr", "rtl", "auto"), "auto")
    found = _schema(node, place, schema)
    found.limit("Schema", _SCHEMA)
    pattern = inherited(found, pattern, placed=place.placed)
    columns = read_columns(found, pattern, placed=place.placed)
    names = [column.name for column in columns]
    # Titles of rows are told in standard mode only.
    found.names("rowTitles", names)
    return Table(
        place.file(node, "url", url),
        url,
        columns,
        pattern,
        primary_key=found.names("primaryKey", names),
        suppress=node.flag("suppressOutput", default=False),
        dialect=_dialect(node, place, dialect),
        metadata=found.path,
    )


def _schema(node: Node, place: _Place, above: object) -> Node:
    """Return the schema of a table: inline, in another file, or the one of the group."""
    value = node.data.get("tableSchema", above)
    if value is None:
        return Node({}, node.path, node.where)
    if not isinstance(value, str):
        return node.child("tableSchema", value)
    found = read_object(place.file(node, "tableSchema", urljoin(place.base, value)))
    found, base = read_context(found, needed=False)
    if base:
        found.refuse("@context", "@base in a schema is not supported; remove it")
    return found


def _linked(nodes: list[Node], tables: list[Table], place: _Place) -> tuple[Table, ...]:
    """Return the tables with their foreign keys, which name other tables of the group."""
    schemas = [_schema(node, place, None) for node in nodes]
    files = [node.data.get("tableSchema") for node in nodes]
    # Addresses in a schema of its own file start from there.
    bases = [urljoin(place.base, file) if isinstance(file, str) else place.base for file in files]
    known = {"resource": [table.url for table in tables], "schemaReference": bases}
    columns = [
        [str(column.data["name"]) for column in s.children("columns") if "name" in column.data]
        for s in schemas
    ]
    result = []
    for table, schema, base, own in zip(tables, schemas, bases, columns, strict=True):
        keys = tuple(_foreign_key(key, own, known, columns, base) for key in schema.children("foreignKeys"))
        result.append(replace(table, foreign_keys=keys))
    return tuple(result)


def _foreign_key(
    key: Node, own: list[str], known: dict[str, list[str]], columns: list[list[str]], base: str
) -> ForeignKey:
    _only(key, ("columnReference", "reference"))
    reference = key.child("reference", key.data.get("reference"))
    _only(reference, ("resource", "schemaReference", "columnReference"))
    name = "resource" if "resource" in reference.data else "schemaReference"
    target = urljoin(base, reference.text(name) or "")
    tables = tuple(index for index, url in enumerate(known[name]) if url == target)
    if not tables:
        reference.refuse(name, f"<{target}> is not in this group; name one of its tables or schemas")
    fields, targets = (
        key.names("columnReference", own),
        reference.names("columnReference", columns[tables[0]]),
    )
    if not fields or len(fields) != len(targets):
        key.refuse("columnReference", "both sides name equally many columns, one at least; correct them")
    return ForeignKey(fields, tables, targets)


def _only(node: Node, known: tuple[str, ...]) -> None:
    for name in node.data:
        if name not in known:
            node.refuse(name, f"only {', '.join(known)} may stand here; remove it")


def _dialect(node: Node, place: _Place, above: Dialect) -> Dialect:
    value = node.data.get("dialect")
    if value is None:
        return above
    if isinstance(value, str):
        inner = read_object(place.file(node, "dialect", urljoin(place.base, value)))
        inner, _ = read_context(inner, needed=False)
    else:
        inner = node.child("dialect", value)
    inner.limit("Dialect", _DIALECT)
    ends = inner.texts("lineTerminators")
    if not _SAME_LINE_ENDS.issuperset(ends):
        inner.refuse("lineTerminators", "only CR LF and LF end a line here; remove it")
    rows = inner.count("headerRowCount", int(inner.flag("header", default=True)))
    if rows > 1:
        inner.refuse("headerRowCount", "more than one row of headers is not supported; keep one")
    return Dialect(
        delimiter=_character(inner, "delimiter", ",") or ",",
        quote_char=_character(inner, "quoteChar", '"'),
        double_quote=inner.flag("doubleQuote", default=True),
        comment_prefix=inner.text("commentPrefix"),
        encoding=_encoding(inner),
        header_rows=rows,
        skip_rows=inner.count("skipRows", 0),
        skip_columns=inner.count("skipColumns", 0),
        skip_blank_rows=inner.flag("skipBlankRows", default=False),
        trim=_trim(inner),
    )


def _character(node: Node, name: str, default: str) -> str | None:
    text = node.text(name) if name in node.data else default
    if text is not None and len(text) != 1:
        node.refuse(name, f"{text!r} is not one character; write one")
    return text


def _encoding(node: Node) -> str:
    name = node.text("encoding") or "utf-8"
    try:
        return codecs.lookup(name).name
    except LookupError:
        node.refuse("encoding", f"{name!r} is no encoding known here; write utf-8")


def _trim(node: Node) -> str:
    value = node.data.get("trim", "start" if node.flag("skipInitialSpace", default=False) else False)
    name = str(value).lower() if isinstance(value, bool) else value
    if name not in ("true", "false", "start", "end"):
        node.refuse("trim", f"{value!r} is none of true, false, start and end; write one of them")
    return str(name)

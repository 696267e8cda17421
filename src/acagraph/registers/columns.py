"""Descriptions of columns in metadata: properties inherited from above, datatypes, names and titles."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from acagraph.registers.datatypes import ALIASES, KNOWN, NUMBERS, constraint_problem, datatype_iri
from acagraph.registers.dates import DATES, known_date_format
from acagraph.registers.model import Column, Datatype
from acagraph.registers.nodes import Node
from acagraph.registers.numbers import known_number_format
from acagraph.registers.templates import TemplateError, name_of, parse_template
from acagraph.vocab import XSD

INHERITED = frozenset(
    (
        "aboutUrl",
        "datatype",
        "default",
        "lang",
        "null",
        "ordered",
        "propertyUrl",
        "required",
        "separator",
        "textDirection",
        "valueUrl",
    )
)
_COLUMN = frozenset(("@id", "@type", "name", "suppressOutput", "titles", "virtual")) | INHERITED
_DATATYPE = frozenset(
    (
        "@id",
        "@type",
        "base",
        "format",
        "length",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "minInclusive",
        "maxInclusive",
        "minExclusive",
        "maxExclusive",
    )
)
_BOUNDS = {
    "minimum": "min_inclusive",
    "maximum": "max_inclusive",
    "minInclusive": "min_inclusive",
    "maxInclusive": "max_inclusive",
    "minExclusive": "min_exclusive",
    "maxExclusive": "max_exclusive",
}
_NAME = re.compile(r"(?!_)(?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})+")
_NARROW = NUMBERS - {"integer", "decimal", "double", "float"}


def inherited(node: Node, above: Column, *, placed: bool) -> Column:
    """Return the pattern of columns below a node: what it sets itself, else what stands above."""
    readers: dict[str, Callable[[str], object]] = {
        "aboutUrl": lambda key: _template(node, key),
        "propertyUrl": lambda key: _template(node, key),
        "valueUrl": lambda key: _template(node, key),
        "datatype": lambda _: _datatype(node, placed=placed),
        "null": node.texts,
        "ordered": lambda key: node.flag(key, default=False),
        "required": lambda key: node.flag(key, default=False),
        "default": lambda key: node.text(key) or "",
        "lang": node.tag,
        "separator": lambda key: _separator(node, key),
    }
    changes: dict[str, Any] = {
        key.removesuffix("Url"): read(key) for key, read in readers.items() if key in node.data
    }
    # It says how cells are shown, and makes no triple.
    node.choice("textDirection", ("ltr", "rtl", "auto", "inherit"), "inherit")
    return replace(above, **changes)


def read_columns(schema: Node, pattern: Column, *, placed: bool) -> tuple[Column, ...]:
    """Return the columns of a schema, names given and unique, virtual ones last."""
    columns: list[Column] = []
    for node in schema.children("columns"):
        column = _column(node, pattern, len(columns) + 1, placed=placed)
        if any(column.name == other.name for other in columns):
            node.refuse("name", f"{column.name!r} stands twice; give each column a name of its own")
        if columns and columns[-1].virtual and not column.virtual:
            node.refuse("virtual", "virtual columns come after those of the file; move this one up")
        columns.append(column)
    return tuple(columns)


def header_columns(header: list[str], pattern: Column) -> tuple[Column, ...]:
    """Return the columns of a table without schema: each called as its header says."""
    return tuple(
        replace(pattern, name=name_of(title) if title else f"_col.{index}", titles=(title,) if title else ())
        for index, title in enumerate(header, 1)
    )


def _column(node: Node, pattern: Column, index: int, *, placed: bool) -> Column:
    node.limit("Column", _COLUMN)
    titles = _titles(node)
    name = node.text("name")
    if name is not None and not _NAME.fullmatch(name):
        node.refuse("name", f"{name!r} is no name of a column; write letters, digits and _, not _ first")
    if name is None:
        own = (
            node.data["titles"].get(node.language, [])
            if isinstance(node.data.get("titles"), dict)
            else titles
        )
        own = (own,) if isinstance(own, str) else own
        name = name_of(own[0]) if own else f"_col.{index}"
    virtual = node.flag("virtual", default=False)
    column = inherited(node, pattern, placed=placed)
    return replace(
        column, name=name, titles=titles, virtual=virtual, suppress=node.flag("suppressOutput", default=False)
    )


def _titles(node: Node) -> tuple[str, ...]:
    """Return the titles of a column in all languages; headers tell no language, so any may match."""
    titles = node.data.get("titles")
    if not isinstance(titles, dict):
        return node.texts("titles")
    inner = node.child("titles", titles)
    for language in titles:
        Node({"language": language}, node.path, inner.where).tag("language")
    return tuple(title for language in titles for title in inner.texts(language))


def _separator(node: Node, name: str) -> str | None:
    text = node.text(name)
    if text == "":
        node.refuse(name, "an empty string separates nothing; write a character such as ;")
    return text


def _template(node: Node, name: str) -> str | None:
    text = node.text(name)
    try:
        parse_template(text or "")
    except TemplateError as error:
        node.refuse(name, str(error))
    return text


def _datatype(node: Node, *, placed: bool) -> Datatype:
    value = node.data["datatype"]
    inner = (
        Node({"base": value}, node.path, node.where)
        if isinstance(value, str)
        else node.child("datatype", value)
    )
    inner.limit("Datatype", _DATATYPE)
    base = inner.text("base") or "string"
    if base not in KNOWN:
        inner.refuse(
            "base", f"{base!r} is no datatype of CSVW; write one such as string, decimal or dateTime"
        )
    base = ALIASES.get(base, base)
    if base in _NARROW and not placed:
        inner.refuse("base", f"stores turn {base} into integer; write integer, with a minimum or maximum")
    iri = inner.text("@id")
    if iri is not None and (":" not in iri or iri.startswith((XSD, "_:", "http://www.w3.org/ns/csvw#"))):
        inner.refuse("@id", f"{iri!r} is no IRI of a datatype of one's own; correct or remove it")
    datatype = Datatype(base, iri or datatype_iri(base), **_constraints(inner))
    datatype = _with_format(inner, datatype)
    problem = constraint_problem(datatype)
    if problem is not None:
        inner.refuse("", problem)
    return datatype


def _constraints(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, name in (("length", "length"), ("minLength", "min_length"), ("maxLength", "max_length")):
        if key in node.data:
            found[name] = node.count(key, 0)
    for key, name in _BOUNDS.items():
        if key in node.data:
            value = node.data[key]
            if isinstance(value, bool) or not isinstance(value, int | float | str):
                node.refuse(key, f"{value!r} is no bound; write a number or a date")
            if name in found and found[name] != value:
                node.refuse(key, "stands beside another bound of the same side; remove one of them")
            found[name] = value
    assert set(found) <= {field.name for field in fields(Datatype)}
    return found


def _with_format(node: Node, datatype: Datatype) -> Datatype:
    value, base = node.data.get("format"), datatype.base
    if isinstance(value, dict) and base in NUMBERS:
        inner = node.child("format", value)
        inner.limit("NumericFormat", ("pattern", "decimalChar", "groupChar"))
        decimal, group = inner.text("decimalChar"), inner.text("groupChar")
        if any(text is not None and len(text) != 1 for text in (decimal, group)):
            inner.refuse("", "decimalChar and groupChar are one character each; correct them")
        datatype = replace(datatype, format=inner.text("pattern"), decimal_char=decimal, group_char=group)
    else:
        datatype = replace(datatype, format=node.text("format"))
    format = datatype.format
    if format is not None and not _known_format(format, base):
        node.refuse("format", f"{format!r} is no format of {base} that acagraph supports; correct it")
    return datatype


def _known_format(format: str, base: str) -> bool:
    if base in NUMBERS:
        return known_number_format(format)
    if base in DATES:
        return known_date_format(format, base)
    if base == "boolean":
        yes, bar, no = format.partition("|")
        return bool(yes and bar and no) and "|" not in no and yes != no
    try:
        re.compile(format)
    except re.error:
        return False
    return True

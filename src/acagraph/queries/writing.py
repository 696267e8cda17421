"""Rows written in the W3C formats for results, as a list of objects, and as CSV for spreadsheets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from json.encoder import encode_basestring as quoted

from acagraph.errors import NotAcceptable
from acagraph.stores import Table, Term
from acagraph.stores.media import CSV, JSON, SIMPLE, SPREADSHEET, TSV, XML, Format
from acagraph.stores.terms import FLOATS, INTEGERS
from acagraph.vocab import XSD

_Writer = Callable[[Table], Iterator[str]]
_DECIMAL, _BOOLEAN = XSD + "decimal", XSD + "boolean"
_NUMBERS = INTEGERS | FLOATS | {_DECIMAL}
# A number that JSON and a spreadsheet read as they read any.
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LOOSE_NUMBER = re.compile(r"([+-]?)(?=\.?[0-9])0*+([0-9]*)(?:\.([0-9]*))?((?:[eE][+-]?[0-9]+)?)")
# What Turtle abbreviates (RDF 1.1 Turtle, section 2.5.2 and 2.5.3), by datatype.
_ABBREVIATED = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _DECIMAL: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "double": re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"),
    _BOOLEAN: re.compile(r"true|false"),
}
_TURTLE = str.maketrans({"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"})
_EDGE = re.compile(r"^[ \t\n]+|[ \t\n]+$")
# XML 1.0, section 2.2: other characters cannot be written, not even as references.
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEEDS_QUOTES = re.compile(r'[",\r\n]')
_NAMESPACE = "http://www.w3.org/2005/sparql-results#"
# A spreadsheet runs a cell that begins so, in some languages also where the character is a wide one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BOM = "\ufeff"


def write(table: Table, form: Format) -> bytes:
    """Write rows in a format for results; equal rows give equal bytes, those that the engine gives.

    Raises NotAcceptable for a character that XML cannot hold.
    """
    return "".join(_WRITERS[form](table)).encode()


def write_truth(truth: bool) -> bytes:
    """Write the answer of an ASK as simple JSON."""
    return b"true\n" if truth else b"false\n"


def _json(table: Table) -> Iterator[str]:
    """SPARQL 1.1 Query Results JSON Format, section 3."""
    names = [quoted(name) for name in table.variables]
    yield f'{{"head":{{"vars":[{",".join(names)}]}},"results":{{"bindings":['
    between = ""
    for row in table.rows:
        cells = (f"{quoted(name)}:{_json_term(term)}" for name, term in row.items())
        yield f"{between}{{{','.join(cells)}}}"
        between = ","
    yield "]}}"


def _json_term(term: Term) -> str:
    if term.kind != "literal":
        return f'{{"type":"{"uri" if term.kind == "iri" else "bnode"}","value":{quoted(term.value)}}}'
    text = f'{{"type":"literal","value":{quoted(term.value)}'
    if term.language:
        return f'{text},"xml:lang":{quoted(term.language)}}}'
    return f'{text},"datatype":{quoted(term.datatype)}}}' if term.datatype else f"{text}}}"


def _xml(table: Table) -> Iterator[str]:
    """SPARQL Query Results XML Format (Second Edition), section 2."""
    head = "".join(f'<variable name="{_markup(name)}"/>' for name in table.variables)
    yield f'<?xml version="1.0"?><sparql xmlns="{_NAMESPACE}"><head>{head}</head><results>'
    for row in table.rows:
        cells = (f'<binding name="{_markup(name)}">{_xml_term(term)}</binding>' for name, term in row.items())
        yield f"<result>{''.join(cells)}</result>"
    yield "</results></sparql>"


def _xml_term(term: Term) -> str:
    # White space at an edge is written so that no reader takes it for layout.
    text = _EDGE.sub(lambda found: "".join(f"&#{ord(space)};" for space in found[0]), _markup(term.value))
    if term.kind != "literal":
        tag = "uri" if term.kind == "iri" else "bnode"
        return f"<{tag}>{text}</{tag}>"
    if term.language:
        return f'<literal xml:lang="{_markup(term.language)}">{text}</literal>'
    of_type = f' datatype="{_markup(term.datatype)}"' if term.datatype else ""
    return f"<literal{of_type}>{text}</literal>"


def _markup(text: str) -> str:
    if (wrong := _NO_XML.search(text)) is not None:
        raise NotAcceptable(
            f"XML cannot hold the character U+{ord(wrong[0]):04X} of the answer; ask for JSON"
        )
    return text.translate(_MARKUP)


def _csv(table: Table) -> Iterator[str]:
    """SPARQL 1.1 Query Results CSV and TSV Formats, section 3."""
    yield ",".join(table.variables) + "\r\n"
    for row in table.rows:
        yield ",".join(_field(_bare(row.get(name))) for name in table.variables) + "\r\n"


def _bare(term: Term | None) -> str:
    if term is None:
        return ""
    return f"_:{term.value}" if term.kind == "blank" else term.value


def _field(text: str) -> str:
    """Return a field of CSV (RFC 4180, section 2)."""
    return f'"{text.replace(chr(34), 2 * chr(34))}"' if _NEEDS_QUOTES.search(text) else text


def _tsv(table: Table) -> Iterator[str]:
    """SPARQL 1.1 Query Results CSV and TSV Formats, section 4: terms as Turtle writes them."""
    yield "\t".join(f"?{name}" for name in table.variables) + "\n"
    for row in table.rows:
        yield "\t".join(_turtle(row.get(name)) for name in table.variables) + "\n"


def _turtle(term: Term | None) -> str:
    if term is None:
        return ""
    if term.kind != "literal":
        return f"<{term.value}>" if term.kind == "iri" else f"_:{term.value}"
    if (pattern := _ABBREVIATED.get(term.datatype)) is not None and pattern.fullmatch(term.value):
        return term.value
    text = f'"{term.value.translate(_TURTLE)}"'
    if term.language:
        return f"{text}@{term.language}"
    return f"{text}^^<{term.datatype}>" if term.datatype else text


def _spreadsheet(table: Table) -> Iterator[str]:
    """CSV with a mark of its encoding, in which no text is a formula: one that might be has an apostrophe."""
    yield _BOM
    yield ",".join(table.variables) + "\r\n"
    for row in table.rows:
        yield ",".join(_field(_cell(row.get(name))) for name in table.variables) + "\r\n"


def _cell(term: Term | None) -> str:
    text = _bare(term)
    if not text.startswith(_FORMULA):
        return text
    number = term is not None and term.datatype in _NUMBERS and _LOOSE_NUMBER.fullmatch(text)
    return text if number else f"'{text}"


def _simple(table: Table) -> Iterator[str]:
    """A list of objects: numbers and booleans as such, other terms as texts, null where nothing is bound."""
    keys = [(name, f"{quoted(name)}: ") for name in table.variables]
    between = "\n"
    yield "["
    for row in table.rows:
        yield between + "{" + ", ".join(key + _simple_value(row.get(name)) for name, key in keys) + "}"
        between = ",\n"
    yield "\n]\n" if table.rows else "]\n"


def _simple_value(term: Term | None) -> str:
    if term is None:
        return "null"
    if term.datatype == _BOOLEAN and term.value in ("true", "false", "1", "0"):
        return "true" if term.value in ("true", "1") else "false"
    if term.datatype in _NUMBERS:
        return term.value if _PLAIN_NUMBER.fullmatch(term.value) else _number(term.value)
    return quoted(_bare(term))


def _number(text: str) -> str:
    """Return the JSON of a number that is written as XML Schema allows; of one that JSON lacks the text."""
    match = _LOOSE_NUMBER.fullmatch(text)
    if match is None:
        return quoted(text)
    sign, whole, fraction, exponent = match.groups(default="")
    return f"{'-' if sign == '-' else ''}{whole or '0'}{f'.{fraction}' if fraction else ''}{exponent}"


_WRITERS: dict[Format, _Writer] = {
    JSON: _json,
    XML: _xml,
    CSV: _csv,
    TSV: _tsv,
    SIMPLE: _simple,
    SPREADSHEET: _spreadsheet,
}

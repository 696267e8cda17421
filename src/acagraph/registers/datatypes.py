"""Datatypes of cells: from the text in a file to the lexical form of a literal, or what is wrong with it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal

from acagraph.graph.literals import canonical_form
from acagraph.registers.dates import DATES, date_pattern
from acagraph.registers.model import Datatype
from acagraph.registers.numbers import pattern_number, plain_number
from acagraph.vocab import XSD

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_CSVW = "http://www.w3.org/ns/csvw#"

Parser = Callable[[str], str]


class Misfit(ValueError):
    """A text that is no value of its datatype."""


INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
}
NUMBERS = frozenset((*INTEGERS, "decimal", "double", "float"))
_DURATION = (
    r"-?P(?=.)(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
    r"(?:T(?=.)(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
)
_PATTERNS = {
    "anyURI": r"[^\x00-\x20<>\"{}|\\^`]*",
    "base64Binary": r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
    "hexBinary": r"(?:[0-9A-Fa-f]{2})*",
    "duration": _DURATION,
    "dayTimeDuration": r"(?!.*Y)(?![^T]*M)" + _DURATION,
    "yearMonthDuration": r"(?!.*[DT])" + _DURATION,
    "language": r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*",
    "Name": r"[^\W\d][\w.:-]*|:[\w.:-]*",
    "NMTOKEN": r"[\w.:-]+",
    "QName": r"[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?",
}
# Texts of these keep their blanks and line ends (tabular data model, section 6.4.2).
_VERBATIM = frozenset(("string", "json", "xml", "html", "anyAtomicType"))
_LENGTHS = frozenset(
    (
        "string",
        "normalizedString",
        "token",
        "language",
        "Name",
        "NMTOKEN",
        "anyURI",
        "QName",
        "html",
        "xml",
        "json",
        "anyAtomicType",
        "base64Binary",
        "hexBinary",
    )
)
ALIASES = {"number": "double", "binary": "base64Binary", "datetime": "dateTime", "any": "anyAtomicType"}
_OTHER = {"xml": _RDF + "XMLLiteral", "html": _RDF + "HTML", "json": _CSVW + "JSON"}
KNOWN = frozenset(
    (
        *NUMBERS,
        *DATES,
        *_PATTERNS,
        *ALIASES,
        *_OTHER,
        "string",
        "normalizedString",
        "token",
        "boolean",
        "anyAtomicType",
    )
)


def datatype_iri(base: str) -> str:
    """Return the IRI of a datatype of CSVW."""
    return _OTHER.get(base) or XSD + base


def constraint_problem(datatype: Datatype) -> str | None:
    """Say which constraints of a datatype exclude each other or do not belong to it; None when none does."""
    return _length_problem(datatype) or _bound_problem(datatype)


def parser(datatype: Datatype) -> Parser:
    """Return the function that turns a cell's text into a lexical form, canonical where the datatype has one.

    The function raises Misfit. Parsing follows the tabular data model, section 6.4.
    """
    parse, length, bounds = _lexical(datatype), _length_check(datatype), _bound_check(datatype)
    if length is None and bounds is None:
        return parse

    def checked(text: str) -> str:
        form = parse(text)
        message = (length and length(form)) or (bounds and bounds(form))
        if message:
            raise Misfit(message)
        return form

    return checked


def cleaner(base: str) -> Parser | None:
    """Return the function that normalises blanks before a cell is read, None where they are kept."""
    if base in _VERBATIM:
        return None
    if base == "normalizedString":
        return lambda text: re.sub(r"[\r\n\t]", " ", text)
    return lambda text: " ".join(text.split())


def _lexical(datatype: Datatype) -> Parser:
    base = datatype.base
    if base in NUMBERS:
        return _number(datatype)
    if base == "boolean":
        return _boolean(datatype.format)
    if base in DATES:
        return _date(datatype)
    pattern = re.compile(datatype.format) if datatype.format is not None else None
    lexical = re.compile(_PATTERNS[base]) if base in _PATTERNS else None
    if pattern is None and lexical is None:
        return str

    def matched(text: str) -> str:
        if lexical is not None and not lexical.fullmatch(text):
            raise Misfit(f"{_shown(text)} is no {base}")
        if pattern is not None and not pattern.fullmatch(text):
            raise Misfit(f"{_shown(text)} does not match {datatype.format}")
        return text

    return matched


def _number(datatype: Datatype) -> Parser:
    base, iri = datatype.base, XSD + datatype.base
    low, high = INTEGERS.get(base, (None, None))
    read = pattern_number(datatype) if datatype.format is not None else plain_number(datatype)
    kind = "integer" if base in INTEGERS else base

    def number(text: str) -> str:
        plain = read(text)
        form = None if plain is None else canonical_form(plain, XSD + kind)
        if form is None or (kind == "float" and canonical_form(form, XSD + "double") is None):
            wanted = f" written as {datatype.format}" if datatype.format else ""
            raise Misfit(f"{_shown(text)} is no {base}{wanted}")
        if (low is not None and int(form) < low) or (high is not None and int(form) > high):
            raise Misfit(f"{_shown(text)} is outside of the range of {iri}")
        return form

    return number


def _boolean(format: str | None) -> Parser:
    yes, no = format.split("|") if format else ("true", "false")
    values = (
        {yes: "true", no: "false"}
        if format
        else {"true": "true", "1": "true", "false": "false", "0": "false"}
    )

    def boolean(text: str) -> str:
        if text not in values:
            raise Misfit(f"{_shown(text)} is neither {yes} nor {no}")
        return values[text]

    return boolean


def _date(datatype: Datatype) -> Parser:
    base = datatype.base
    native = re.compile(DATES[base])
    pattern = date_pattern(datatype.format, base) if datatype.format else None

    def date(text: str) -> str:
        form = pattern(text) if pattern is not None else text
        if form is None or not native.fullmatch(form) or not _in_calendar(form, base):
            wanted = f" written as {datatype.format}" if datatype.format else ""
            raise Misfit(f"{_shown(text)} is no {base}{wanted}")
        return canonical_form(form, XSD + "dateTime") or form if base == "dateTime" else form

    return date


def _in_calendar(form: str, base: str) -> bool:
    if base in ("dateTime", "dateTimeStamp"):
        return canonical_form(form, XSD + "dateTime") is not None
    return base != "date" or canonical_form(f"{form[:10]}T00:00:00", XSD + "dateTime") is not None


def _length_check(d: Datatype) -> Callable[[str], str | None] | None:
    if d.length is None and d.min_length is None and d.max_length is None:
        return None
    least = _or(d.length, d.min_length or 0)
    most = _or(d.length, _or(d.max_length, 10**9))

    def length(text: str) -> str | None:
        size = {"hexBinary": len(text) // 2, "base64Binary": len(text) * 3 // 4 - text.count("=")}.get(
            d.base, len(text)
        )
        return (
            None if least <= size <= most else f"{_shown(text)} has {size} characters, not {least} to {most}"
        )

    return length


def _bound_check(d: Datatype) -> Callable[[str], str | None] | None:
    bounds = {name: _sortable(text, d.base) for name, text in _bounds(d).items()}
    if not bounds:
        return None

    def within(text: str) -> str | None:
        value = _sortable(text, d.base)
        for name, bound in bounds.items():
            if value is None or not _holds(name, value, bound):
                return f"{_shown(text)} breaks {name} {_bounds(d)[name]}"
        return None

    return within


def _length_problem(d: Datatype) -> str | None:
    if (d.length, d.min_length, d.max_length) == (None, None, None):
        return None
    if d.base not in _LENGTHS:
        return f"a length means nothing for {d.base}; remove it"
    least, most = d.min_length or 0, _or(d.max_length, 10**9)
    if not least <= _or(d.length, least) <= most:
        return "length, minLength and maxLength exclude each other; correct one of them"
    return None


def _bound_problem(d: Datatype) -> str | None:
    bounds = _bounds(d)
    if bounds and d.base not in NUMBERS and d.base not in DATES:
        return f"a minimum or maximum means nothing for {d.base}; remove it"
    if None not in (d.min_inclusive, d.min_exclusive) or None not in (d.max_inclusive, d.max_exclusive):
        return "an inclusive and an exclusive bound stand beside each other; remove one of them"
    for text in bounds.values():
        if _sortable(text, d.base) is None:
            return f"the bound {text} is no {d.base}, or none that can be compared; correct it"
    lows = [name for name in bounds if name.startswith("min")]
    highs = [name for name in bounds if name.startswith("max")]
    if not all(_nested(d.base, bounds, low, high) for low in lows for high in highs):
        return "the lower bound is not below the upper one; correct one of them"
    return None


def _bounds(d: Datatype) -> dict[str, str]:
    names = ("min_inclusive", "max_inclusive", "min_exclusive", "max_exclusive")
    return {name: str(getattr(d, name)) for name in names if getattr(d, name) is not None}


def _sortable(text: str, base: str) -> Decimal | datetime.datetime | None:
    """Return what two values of a datatype are compared by; None for what cannot be compared."""
    try:
        if base in NUMBERS:
            value = Decimal(text.replace("INF", "Infinity"))
            return None if value.is_nan() else value
        if base in ("date", "dateTime", "dateTimeStamp"):
            moment = datetime.datetime.fromisoformat(text)
        elif base == "time":
            moment = datetime.datetime.fromisoformat(f"2000-01-01T{text}")
        elif base in ("gYear", "gYearMonth"):
            moment = datetime.datetime.fromisoformat((text + "-01-01")[:10])
        else:
            return None
    except (ArithmeticError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _holds(name: str, value: object, bound: object) -> bool:
    less, equal = value < bound, value == bound  # type: ignore[operator]
    return (equal and name.endswith("inclusive")) or (less is name.startswith("max") and not equal)


def _nested(base: str, bounds: dict[str, str], low: str, high: str) -> bool:
    least, most = _sortable(bounds[low], base), _sortable(bounds[high], base)
    both = low.endswith("inclusive") and high.endswith("inclusive")
    return bool(least <= most if both else least < most)  # type: ignore[operator]


def _or(value: int | None, other: int) -> int:
    return other if value is None else value


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "…")

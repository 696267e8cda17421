"""Canonical lexical forms: one spelling for each value, so equal data are equal bytes.

Stores and libraries rewrite other spellings silently (`030`, `2.50`, `+00:00`), so data/ holds only these.
"""

from __future__ import annotations

import calendar
import re
from decimal import Decimal

import pyoxigraph as ox

from acagraph.vocab import XSD

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DATE_TIME = re.compile(
    r"(-?(?:[1-9][0-9]{4,}|[0-9]{4})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(?:\.([0-9]+))?(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
)
NARROW_INTEGERS = (
    "byte",
    "int",
    "long",
    "negativeInteger",
    "nonNegativeInteger",
    "nonPositiveInteger",
    "positiveInteger",
    "short",
    "unsignedByte",
    "unsignedInt",
    "unsignedLong",
    "unsignedShort",
)


def canonical(literal: ox.Literal) -> ox.Literal:
    """Return the literal with the same value and datatype in its canonical lexical form.

    An ill-typed literal and one of a datatype without rule here come back as they are. Forms as in XML
    Schema 1.0 part 2 (a decimal has at least one digit behind the point); other time zones than UTC are kept.
    """
    if literal.language is not None:
        return literal
    form = canonical_form(literal.value, literal.datatype.value)
    return literal if form in (None, literal.value) else ox.Literal(form, datatype=literal.datatype)


def problem(literal: ox.Literal) -> str | None:
    """Say what is wrong with a literal's spelling and what to write instead; None when it is canonical."""
    if literal.language is not None:
        return None
    datatype = literal.datatype.value
    local = datatype.removeprefix(XSD)
    name = f"xsd:{local}"
    if local in NARROW_INTEGERS:
        return f'"{literal.value}"^^{name}: stores turn it into xsd:integer; write it as an integer'
    form = canonical_form(literal.value, datatype)
    if form is None:
        return f'"{literal.value}" is not a value of {name}; correct it'
    if form != literal.value:
        return f'"{literal.value}"^^{name} is not canonical; write "{form}" (acagraph fmt does it)'
    return None


def canonical_form(value: str, datatype: str) -> str | None:
    """Return the canonical form of a text of a datatype (an IRI), None when it is no value of it.

    A datatype without rule here gives the text back as it is.
    """
    match datatype.removeprefix(XSD):
        case "integer":
            return _decimal(value).removesuffix(".0") if _INTEGER.fullmatch(value) else None
        case "decimal":
            return _decimal(value) if _DECIMAL.fullmatch(value) else None
        case "boolean":
            return {"true": "true", "1": "true", "false": "false", "0": "false"}.get(value)
        case "double":
            return _double(value)
        case "dateTime":
            return _date_time(value)
        case _:
            return value


def _decimal(value: str) -> str:
    sign = "-" if value.startswith("-") else ""
    whole, _, fraction = value.lstrip("+-").partition(".")
    digits = f"{whole.lstrip('0') or '0'}.{fraction.rstrip('0') or '0'}"
    return digits if digits == "0.0" else sign + digits


def _double(value: str) -> str | None:
    if value in ("INF", "-INF", "NaN"):
        return value
    if not _DOUBLE.fullmatch(value):
        return None
    number = float(value)
    if number in (float("inf"), float("-inf")):
        return "INF" if number > 0 else "-INF"
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    text = "".join(map(str, digits))
    power = 0 if number == 0 else int(exponent) + len(text) - 1
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"


def _date_time(value: str) -> str | None:
    found = _DATE_TIME.fullmatch(value)
    if found is None:
        return None
    instant, fraction, zone = found.groups()
    year, month, day = instant.removeprefix("-").partition("T")[0].split("-")
    # The calendar repeats every 400 years; datetime knows no year 0 and none above 9999.
    if int(day) > calendar.monthrange(2000 + int(year) % 400, int(month))[1]:
        return None
    fraction = (fraction or "").rstrip("0")
    zone = "Z" if zone in ("Z", "+00:00", "-00:00") else zone or ""
    return instant + (f".{fraction}" if fraction else "") + zone

"""Parameter values: from the text a user writes to the RDF term it stands for."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from acagraph.errors import ParameterError, Phrase
from acagraph.queries.saved import THINGS, WHOLE, Bound, Parameter
from acagraph.stores.guard import valid_iri
from acagraph.stores.terms import Term
from acagraph.vocab import ACA, BASE, PREFIXES, XSD

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,16})?|\.[0-9]{1,16})")
_YEAR = re.compile(r"[0-9]{4}")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")

# What a browser shows for an item, and its other spellings, in place of the item's IRI.
_WIKIDATA = re.compile(r"https?://(?:www\.|m\.)?wikidata\.org/(?:wiki|entity)/(Q[0-9]+)/?(?:#.*)?")

_WRITE = {
    "class": "write a class of the ontology",
    "property": "write a property of the ontology",
    "iri": "write an IRI or a prefixed name (of Wikidata, the address of an item's page will do)",
    "integer": "write a whole number",
    "year": "write a year of four digits",
    "decimal": "write a number",
    "date": "write a year, a month or a day",
    "string": "write a text",
    "language": "write a language tag",
}


def candidates(parameter: Parameter, text: str) -> tuple[Term, ...]:
    """Return the terms that a value may stand for, the likeliest first; there is always one.

    Raises ParameterError saying what is allowed, with an example.
    """
    value = text.strip()
    if parameter.type in THINGS:
        found = _thing(THINGS[parameter.type], value)
    elif parameter.type == "concept":
        found = _within(f"{BASE}scheme/{parameter.scheme}/", value.lower(), _SLUG)
    elif parameter.type in ("class", "property"):
        found = _within(ACA, value, _LOCAL)
    elif parameter.type == "date":
        found = _date(value, parameter.bound)
    elif parameter.type == "enum":
        found = (Term("literal", value),) if value in parameter.values else ()
    else:
        found = _READERS[parameter.type](text if parameter.type == "string" else value)
    if not found:
        raise ParameterError(_refusal(parameter, text), parameter=parameter.name)
    if parameter.type in WHOLE and not _is_within(int(found[0].value), parameter):
        given = f"{parameter.name}={text!r}"
        message = Phrase("{given} is out of range; {hint}", given=given, hint=allowed(parameter))
        raise ParameterError(message, parameter=parameter.name)
    return found


def allowed(parameter: Parameter) -> Phrase:
    """Say in words what a parameter takes, with its example."""
    example = f"{parameter.name}={parameter.example}"
    return Phrase("{advice}, for example {example}", advice=advice(parameter), example=example)


def advice(parameter: Parameter) -> Phrase:
    """Say in words what to write for a parameter."""
    if parameter.type in THINGS:
        return Phrase("write a slug, a prefixed name or an IRI")
    if parameter.type == "concept":
        return Phrase("write a concept of the scheme {scheme}", scheme=parameter.scheme)
    if parameter.type == "enum":
        return Phrase("write one of {values}", values=", ".join(parameter.values))
    if parameter.type in WHOLE:
        within, ends = _range(parameter)
        return Phrase(f"{_WRITE[parameter.type]}{within}", **ends)
    return Phrase(_WRITE[parameter.type])


def range_of(parameter: Parameter) -> str:
    """Say between which numbers a value lies, beginning with a space, or nothing."""
    text, ends = _range(parameter)
    return text.format(**ends)


def _range(parameter: Parameter) -> tuple[str, dict[str, str]]:
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None:
        return " from {low} to {high}", {"low": str(low), "high": str(high)}
    if low is not None:
        return " of {low} at least", {"low": str(low)}
    return ("", {}) if high is None else (" of {high} at most", {"high": str(high)})


def _is_within(number: int, parameter: Parameter) -> bool:
    low, high = parameter.minimum, parameter.maximum
    return (low is None or low <= number) and (high is None or number <= high)


def _refusal(parameter: Parameter, text: str) -> Phrase:
    given, hint = f"{parameter.name}={text!r}", allowed(parameter)
    if parameter.type == "enum":
        return Phrase("{given} is none of its values; {hint}", given=given, hint=hint)
    kind = "IRI" if parameter.type == "iri" else parameter.type
    if kind[0] in "aeioI":
        return Phrase("{given} is not an {kind}; {hint}", given=given, kind=kind, hint=hint)
    return Phrase("{given} is not a {kind}; {hint}", given=given, kind=kind, hint=hint)


def _thing(kinds: tuple[str, ...], value: str) -> tuple[Term, ...]:
    if ":" not in value:
        return tuple(
            _iri(f"{BASE}id/{kind}/{value.lower()}") for kind in kinds if _SLUG.fullmatch(value.lower())
        )
    iri = _expanded(value)
    for kind in kinds:
        namespace = f"{BASE}id/{kind}/"
        slug = iri.removeprefix(namespace).lower()
        if iri.startswith(namespace) and _SLUG.fullmatch(slug):
            return (_iri(namespace + slug),)
    return ()


def _within(namespace: str, value: str, local: re.Pattern[str]) -> tuple[Term, ...]:
    name = _expanded(value).removeprefix(namespace) if ":" in value else value
    return (_iri(namespace + name),) if local.fullmatch(name) else ()


def _reference(value: str) -> tuple[Term, ...]:
    iri = _WIKIDATA.sub(PREFIXES["wd"] + r"\1", _expanded(value))
    prefix = iri.partition(":")[0]
    # `wdt:Q1` is a well-formed IRI of the scheme wdt, but surely a misspelt prefix.
    hierarchical = "://" in iri or prefix.lower() in ("urn", "mailto", "tag", "doi")
    return (_iri(iri),) if hierarchical and valid_iri(iri) else ()


def _expanded(value: str) -> str:
    prefix, _, local = value.partition(":")
    return value if local.startswith("//") else PREFIXES.get(prefix.lower(), prefix + ":") + local


def _integer(value: str) -> tuple[Term, ...]:
    return (_literal(str(int(value)), "integer"),) if _INTEGER.fullmatch(value) else ()


def _year(value: str) -> tuple[Term, ...]:
    return _integer(value) if _YEAR.fullmatch(value) and value != "0000" else ()


def _decimal(value: str) -> tuple[Term, ...]:
    if not _DECIMAL.fullmatch(value):
        return ()
    number = f"{Decimal(value):f}"
    canonical = number.rstrip("0").rstrip(".") if "." in number else number
    return (_literal(canonical if canonical not in ("", "-0") else "0", "decimal"),)


def _date(value: str, bound: Bound) -> tuple[Term, ...]:
    match = _DATE.fullmatch(value)
    if match is None:
        return ()
    year, month, day = match.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return ()
    if bound == "lower":
        return (_literal(f"{first}T00:00:00Z", "dateTime"),)
    last = first.replace(month=int(month or 12))
    last = last if day else last.replace(day=calendar.monthrange(last.year, last.month)[1])
    return (_literal(f"{last}T23:59:59Z", "dateTime"),)


def _string(value: str) -> tuple[Term, ...]:
    # Half of a surrogate pair is no character and cannot be sent as UTF-8.
    return () if any("\ud800" <= character <= "\udfff" for character in value) else (Term("literal", value),)


def _language(value: str) -> tuple[Term, ...]:
    return (Term("literal", value.lower()),) if _LANGUAGE.fullmatch(value) else ()


def _iri(iri: str) -> Term:
    return Term("iri", iri)


def _literal(value: str, datatype: str) -> Term:
    return Term("literal", value, "", XSD + datatype)


_READERS: dict[str, Callable[[str], tuple[Term, ...]]] = {
    "iri": _reference,
    "integer": _integer,
    "year": _year,
    "decimal": _decimal,
    "string": _string,
    "language": _language,
}

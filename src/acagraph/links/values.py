"""The values of slots: as a file has them, checked, and as the model has them, and back."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from acagraph.links.model import text_of_values, values_of
from acagraph.links.slots import SEVERAL, WORDS

_CURIE = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*):([^\s<>\"{}|\\^`]+)")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
# Numbers by kind: their form, and what to say of one that has it not.
_NUMBERS = {
    "share": (re.compile(r"0(\.[0-9]+)?|1(\.0+)?"), "no number from 0 to 1; write it as 0.95"),
    "agreement": (re.compile(r"-?(0(\.[0-9]+)?|1(\.0+)?)"), "no number from -1 to 1; write it as 0.95"),
    "decimal": (re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?"), "no decimal number; write it as 0.3"),
}
_THOUSANDTH = Decimal("0.001")


def is_iri(text: str) -> bool:
    """Say whether a text is a whole IRI."""
    return _IRI.fullmatch(text) is not None


def read_value(kind: str, text: str, prefixes: Mapping[str, str]) -> str:
    """Return what the model has for the text of a slot of some kind; several values are read each.

    Raises ValueError, with what to do, for a value that is not of the kind.
    """
    if kind in SEVERAL:
        return text_of_values(_read(SEVERAL[kind], part, prefixes) for part in values_of(text))
    return _read(kind, text, prefixes)


def write_value(kind: str, text: str, prefixes: Mapping[str, str]) -> str:
    """Return the text of a slot for what the model has, the opposite of read_value.

    Numbers have three digits after the point at most, as the canonical form of SSSOM wants it. Raises
    ValueError for an IRI that no prefix fits.
    """
    if kind in SEVERAL:
        return text_of_values(write_value(SEVERAL[kind], part, prefixes) for part in values_of(text))
    if kind == "entity":
        return contract(text, prefixes)
    if kind in _NUMBERS:
        number = Decimal(text).quantize(_THOUSANDTH, ROUND_HALF_UP).normalize()
        return "0" if number.is_zero() else f"{number:f}"
    return text


def contract(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return the prefixed name of an IRI: the longest namespace that fits, then the first prefix.

    Raises ValueError when none fits.
    """
    prefix = prefix_of(iri, prefixes)
    if prefix is None:
        raise ValueError(f"no prefix for <{iri}>; declare its namespace in curie_map")
    return f"{prefix}:{iri[len(prefixes[prefix]) :]}"


def prefix_of(iri: str, prefixes: Mapping[str, str]) -> str | None:
    """Return the prefix that an IRI is written with."""
    fitting = [
        name
        for name, namespace in prefixes.items()
        if iri.startswith(namespace) and len(iri) > len(namespace) and iri[len(namespace)] != "/"
    ]
    return min(fitting, key=lambda name: (-len(prefixes[name]), name), default=None)


def _read(kind: str, text: str, prefixes: Mapping[str, str]) -> str:
    if kind == "entity":
        return _entity(text, prefixes)
    if kind == "iri" and not is_iri(text):
        raise ValueError(f'"{text}" is no IRI; write the whole address')
    if kind == "date":
        _check_date(text)
    form, otherwise = _NUMBERS.get(kind, (None, ""))
    if form is not None and not form.fullmatch(text):
        raise ValueError(f'"{text}" is {otherwise}')
    if kind in WORDS and text not in WORDS[kind]:
        raise ValueError(f'"{text}" is not known; use one of {", ".join(WORDS[kind])}')
    return text


def _entity(text: str, prefixes: Mapping[str, str]) -> str:
    found = _CURIE.fullmatch(text)
    if found is None or found[2].startswith("//"):
        raise ValueError(f'"{text}" is no prefixed name such as wikidata:Q42; write one')
    if found[1] not in prefixes:
        raise ValueError(f"unknown prefix {found[1]}: in {text}; declare it in curie_map")
    return prefixes[found[1]] + found[2]


def _check_date(text: str) -> None:
    try:
        valid = datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        valid = False
    if not valid:
        raise ValueError(f'"{text}" is no day; write it as 2026-01-31')

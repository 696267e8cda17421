"""Names in other alphabets and in damaged spellings, in Latin letters as they were meant."""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

# The first letters of UTF-8's pairs and triples, as they look when each byte is taken for a letter.
_DAMAGED = frozenset("ÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙàáâãäåæçèéêëìíîï")
_TWICE = 2


def repaired(text: str) -> str:
    """Return a text that was read as Windows-1252 or Latin-1 instead of UTF-8 as it was; others as they are.

    What does not make sense as UTF-8 from beginning to end is left alone, so "Ãlvaro" and "Güímar" stay.

    >>> repaired("AlcalÃ¡ de Henares"), repaired("Alcalá de Henares")
    ('Alcalá de Henares', 'Alcalá de Henares')
    """
    for _ in range(_TWICE):
        if _DAMAGED.isdisjoint(text):
            return text
        try:
            # à ends in a blank that does not break, which many programs make a plain one.
            text = b"".join(map(_byte, text.replace("Ã ", "Ã\xa0"))).decode("utf-8")
        except UnicodeError:
            return text
    return text


def _byte(letter: str) -> bytes:
    """Return the byte that a letter was; Windows-1252 has no letter for five of them."""
    return letter.encode("latin-1") if ord(letter) < 256 else letter.encode("cp1252")


def romanised(text: str) -> tuple[str, ...]:
    """Return a text in Latin letters, by each of the customs that know its letters; none for a Latin text.

    Greek, Cyrillic, Georgian, Armenian and Hangul are known; Cyrillic letters are written in other ways in
    Ukraine, Bulgaria and Serbia, so these come in several forms, sorted.

    >>> romanised("Αθήνα"), romanised("Вінниця"), romanised("Vienna")
    (('athina',), ('vinnicya', 'vinnitsya', 'vinnytsia'), ())
    """
    if text.isascii():
        return ()
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFD", text.casefold())
        if not unicodedata.combining(letter) or letter == "\u0306"
    )
    plain = unicodedata.normalize("NFC", plain)
    if any("\uac00" <= letter <= "\ud7a3" for letter in plain):
        plain = unicodedata.normalize("NFD", plain)
    found = {
        _written(plain, letters) for letters in _customs().values() if not letters.keys().isdisjoint(plain)
    }
    return tuple(sorted(form for form in found if form.isascii()))


def _written(text: str, letters: Mapping[str, str]) -> str:
    parts = []
    place = 0
    while place < len(text):
        two = letters.get(text[place : place + 2])
        if two is not None and place + 1 < len(text):
            parts.append(two)
            place += 2
        else:
            parts.append(letters.get(text[place], text[place]))
            place += 1
    return "".join(parts)


@cache
def _customs() -> Mapping[str, Mapping[str, str]]:
    content = files("acagraph.reconciliation").joinpath("letters.csv").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in csv.DictReader(content.splitlines()):
        found[row["variety"]][row["letters"]] = row["latin"]
    return found

"""The languages of the pages: their tags and names, which one a person prefers, and their catalogues."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from gettext import NullTranslations
from importlib import resources

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations


@dataclass(frozen=True)
class Language:
    """A language of the pages: its tag, its own name, and the locale that its dates are written in."""

    tag: str
    name: str
    locale: str


ENGLISH = "en"
# English as it is written internationally: 6 July 2018.
LANGUAGES = (
    Language(ENGLISH, "English", "en_001"),
    Language("es", "Español", "es"),
    Language("ja", "日本語", "ja"),
    Language("fr", "Français", "fr"),
)
TAGS = tuple(language.tag for language in LANGUAGES)
# What stands in addresses; English has no prefix.
_PREFIXED = re.compile(rf"(/releases/[^/]+)?/({'|'.join(TAGS[1:])})(/.*)?", re.DOTALL)
_CHOICE = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")
_MOST_CHOICES = 50


def N_(text: str) -> str:  # noqa: N802 (the name that gettext's tools look for)
    """Return a text, which is marked for the catalogues and translated where it is shown."""
    return text


def split(path: str) -> tuple[str, str]:
    """Return the language of a path and the path without it; the path of a release keeps its beginning.

    >>> split("/es/doc/agent/sony")
    ('es', '/doc/agent/sony')
    >>> split("/releases/1.0/ja/queries")
    ('ja', '/releases/1.0/queries')
    """
    found = _PREFIXED.fullmatch(path)
    if found is None:
        return ENGLISH, path
    release, tag, rest = found.groups()
    return tag, (release or "") + (rest or "")


def preferred(accepted: str) -> str:
    """Return the language of the pages that an Accept-Language header prefers, or English (RFC 9110, 12.5.4).

    >>> preferred("fr-CA, fr;q=0.9, en;q=0.5")
    'fr'
    """
    best, weight = ENGLISH, 0.0
    for tag, quality in _choices(accepted):
        if quality > weight and (tag in TAGS or tag == "*"):
            best, weight = (ENGLISH if tag == "*" else tag), quality
    return best


@dataclass(frozen=True)
class Catalogue:
    """The translations of a language; `texts` are those that have one, be it the same as the English."""

    translations: NullTranslations
    texts: frozenset[str] = frozenset()


def catalogue(tag: str) -> Catalogue:
    """Return the translations of a language, read from its catalogue; English needs none.

    A text that has no translation stays English.
    """
    if tag == ENGLISH:
        return Catalogue(NullTranslations())
    source = resources.files("acagraph.web") / "catalogues" / f"{tag}.po"
    compiled = io.BytesIO()
    with source.open("rb") as file:
        found = read_po(file, locale=tag)
    write_mo(compiled, found)
    compiled.seek(0)
    texts = frozenset(one.id for one in found if isinstance(one.id, str) and one.string)
    return Catalogue(Translations(compiled), texts)


def _choices(accepted: str) -> Iterator[tuple[str, float]]:
    for item in accepted.split(",")[:_MOST_CHOICES]:
        found = _CHOICE.fullmatch(item)
        if found is not None:
            yield found[1].lower(), float(found[2] or 1)

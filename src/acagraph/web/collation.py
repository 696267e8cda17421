"""The order of names in lists: as people look for them, not as code points follow each other."""

from __future__ import annotations

import unicodedata

# Letters of their own that Unicode does not take apart.
_APART = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


def by_letters(name: str) -> tuple[str, str]:
    """Return what names are sorted by: without accents and case, so that "Älvsjö" stands near "Alvsjo".

    Names that differ in nothing else come in the order of their letters.
    """
    folded = name.casefold()
    if folded.isascii():
        return folded, name
    letters = unicodedata.normalize("NFKD", folded.translate(_APART))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)), name

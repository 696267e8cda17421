"""Kinds of members as lists name them, as classes of the ontology."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from acagraph.imports.members import words
from acagraph.imports.members.cells import Unclear

UNTOLD = "Organisation"

# The class of the area that a government of a class governs; a national one governs a country that is known.
AREAS: Mapping[str, str] = {
    "LocalGovernment": "Settlement",
    "CountyGovernment": "County",
    "RegionalGovernment": "FirstLevelDivision",
}


def classes() -> tuple[str, ...]:
    """Return the classes that a member can have, sorted."""
    return tuple(sorted({row["class"] for row in words.rows_of("kinds.csv")}))


def find_kind(text: str, taught: Mapping[str, str]) -> str:
    """Return the class that a word stands for; taught words, by their key, come first.

    Raises Unclear when the word is not known or stands for several classes.
    """
    key = words.key_of(text)
    if key in taught:
        return taught[key]
    known = words.meanings("kinds.csv", "class")
    found = known.get(key) or known.get(key.removesuffix("s")) or _by_class(key)
    if len(found) == 1:
        return found[0]
    if found:
        raise Unclear(f'"{text}" can be {" or ".join(found)}; say --kind "{text}={found[0]}" or the other')
    near = [(word, known[word][0]) for word in difflib.get_close_matches(key, known, n=2)]
    if near:
        hint = " or ".join(f"{word} ({name})" for word, name in near)
        raise Unclear(f'kind "{text}" is not known, perhaps {hint}: say --kind "{text}={near[0][1]}"')
    raise Unclear(f'kind "{text}" is not known: say --kind "{text}=CLASS", one of {", ".join(classes())}')


def _by_class(key: str) -> tuple[str, ...]:
    """Return the class whose own name is meant, in words or in one word."""
    return tuple(name for name in classes() if key.replace(" ", "") == name.casefold())

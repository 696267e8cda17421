"""The words by which other datasets call what they describe, and when two of them mean different things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# The classes that entries can be of, and the words by which files call them, without blanks and marks.
_WORDS: Mapping[str, str] = {
    "Settlement": "settlement city town village municipality commune place populatedplace locality",
    "County": "county district secondleveldivision",
    "FirstLevelDivision": "firstleveldivision region state province prefecture canton subdivision",
    "Country": "country nation sovereignstate",
    "LocalGovernment": "localgovernment citygovernment municipalgovernment council",
    "RegionalGovernment": "regionalgovernment stategovernment provincialgovernment",
    "NationalGovernment": "nationalgovernment",
    "Business": "business company corporation enterprise firm",
    "FinancialInstitution": "financialinstitution bank insurer",
    "Organisation": "organisation organization nonprofit ngo agency association",
    "HigherEducationInstitution": "highereducationinstitution university college education",
    "ResearchInstitution": "researchinstitution facility institute research",
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split()}
KINDS = tuple(_WORDS)
PLACES = ("Settlement", "County", "FirstLevelDivision", "Country")

# What is no administrative area, and what is one; a city or a town may be either.
_POPULATED = {"populatedplace": True, "locality": True, "municipality": False, "commune": False}


@dataclass(frozen=True)
class Sort:
    """What an item is: the class it would be of, and whether it is a town and not the area governed as one.

    `kind` is empty and `populated` None where its dataset does not tell.
    """

    kind: str = ""
    populated: bool | None = None

    def differs(self, other: Sort) -> bool:
        """Say whether both are known, and are places of different sorts, or a place and no place."""
        if not self.kind or not other.kind:
            return False
        if self.kind not in PLACES and other.kind not in PLACES:
            return False
        known = self.populated is not None and other.populated is not None
        return self.kind != other.kind or (known and self.populated != other.populated)


def kind_of(word: str) -> str:
    """Return the class that a word of a file stands for, empty for one that is not known.

    >>> kind_of("City"), kind_of("First-level division"), kind_of("lake")
    ('Settlement', 'FirstLevelDivision', '')
    """
    return _KINDS.get(_plain(word), "")


def sort_of(category: str) -> Sort:
    """Return what the words of a dataset say of an item; a code behind them does not matter.

    >>> sort_of("populated place (PPLA3)"), sort_of("lake")
    (Sort(kind='Settlement', populated=True), Sort(kind='', populated=None))
    """
    word = _plain(category.partition(" (")[0])
    return Sort(_KINDS.get(word, ""), _POPULATED.get(word))


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum())

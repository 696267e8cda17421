"""What a file of another dataset describes, in one form whatever the file's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# The classes that entries can be of, and the words by which files call them, without blanks and marks.
_WORDS: Mapping[str, str] = {
    "Settlement": "settlement city town village municipality commune place populatedplace locality",
    "County": "county district",
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


@dataclass(frozen=True)
class Entry:
    """An entry of another dataset.

    `kind` is the local name of the class that it would be of; `category` what the dataset itself calls it.
    `country` is ISO 3166-1 alpha-2, `position` latitude and longitude in degrees, WGS 84. `identifiers` are
    as those of an Actor. `populated` tells a town from the area that is governed as one.
    """

    iri: str
    names: tuple[str, ...]
    kind: str
    category: str = ""
    country: str | None = None
    position: tuple[float, float] | None = None
    population: int | None = None
    identifiers: frozenset[str] = frozenset()
    populated: bool = False


@dataclass(frozen=True)
class Authority:
    """The entries of a file, to be read once, and what was left out of it, counted by reason.

    `dataset` is what its entries belong to. The counts are complete when the entries have been read.
    """

    dataset: str
    entries: Iterable[Entry]
    left_out: Counter[str] = field(default_factory=Counter)


def kind_of(word: str) -> str:
    """Return the class that a word of a file stands for, empty for one that is not known.

    >>> kind_of("City"), kind_of("First-level division"), kind_of("lake")
    ('Settlement', 'FirstLevelDivision', '')
    """
    return _KINDS.get("".join(letter for letter in word.casefold() if letter.isalnum()), "")

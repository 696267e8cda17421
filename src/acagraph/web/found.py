"""What a search asks and finds: checked parameters, results with what fitted marked, counts to narrow by."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import QueryParams

from acagraph.errors import ParameterError, Phrase
from acagraph.reconciliation.folding import fold
from acagraph.reconciliation.model import Match, Thing
from acagraph.web.belonging import Belonging

# Results on a page, and how far pages lead: nobody reads on, and a search that is narrowed finds it.
MOST = 100
FARTHEST = 10_000
LONGEST = 300
_FACETS = 12
_USUAL = 20
# What links in letters and posts carry along.
_IGNORED = "utm_"
_NAMES = ("q", "kind", "country", "coalition", "year", "limit", "offset", "format")
_CONDITIONS = _NAMES[1:5]

Piece = tuple[str, bool]


@dataclass(frozen=True)
class Asked:
    """A search as the query string has it; its conditions are as they were written."""

    text: str = ""
    kind: str = ""
    country: str = ""
    coalition: str = ""
    year: str = ""
    limit: int = _USUAL
    offset: int = 0

    @classmethod
    def of(cls, parameters: QueryParams) -> Asked:
        """Read a query string; what begins with utm_ is left out of account.

        Raises ParameterError for what is unknown, repeated, too long or no number.
        """
        given: dict[str, str] = {}
        for name, value in parameters.multi_items():
            if name.startswith(_IGNORED):
                continue
            if name not in _NAMES:
                message = Phrase(
                    "there is no parameter {name}; there are {names}",
                    name=repr(name[:50]),
                    names=", ".join(_NAMES),
                )
                raise ParameterError(message, parameter=name)
            if name in given:
                raise ParameterError(Phrase("{name} is given twice; give it once", name=name), parameter=name)
            if len(value) > LONGEST:
                message = Phrase(
                    "{name} has {length} characters; write {most} at most",
                    name=name,
                    length=f"{len(value):,}",
                    most=LONGEST,
                )
                raise ParameterError(message, parameter=name)
            given[name] = _plain(value)
        return cls(
            given.get("q", ""),
            given.get("kind", ""),
            given.get("country", ""),
            given.get("coalition", ""),
            given.get("year", ""),
            _number("limit", given.get("limit", ""), _USUAL, 1, MOST),
            _number("offset", given.get("offset", ""), 0, 0, FARTHEST),
        )

    @classmethod
    def loosely(cls, parameters: QueryParams) -> Asked:
        """Return what a wrong query string has, cut, so that it can be corrected in the form."""
        text, kind, country, coalition, year = (
            _plain(parameters.get(name, "")[:LONGEST]) for name in ("q", *_CONDITIONS)
        )
        return cls(text, kind, country, coalition, year)

    @property
    def given(self) -> dict[str, str]:
        """The parameters that differ from the usual, in one order."""
        usual = Asked()
        values = {"q": self.text, **{name: getattr(self, name) for name in _CONDITIONS}}
        numbers = {"limit": (self.limit, usual.limit), "offset": (self.offset, usual.offset)}
        return {name: value for name, value in values.items() if value} | {
            name: str(number) for name, (number, default) in numbers.items() if number != default
        }

    def changed(self, **changes: Any) -> Asked:
        """Return the same search with other conditions, from the beginning unless `offset` is given."""
        return replace(self, **{"offset": 0, **changes})


@dataclass(frozen=True)
class Facet:
    """A kind, a country, a coalition or a year among the results, in words, and how often it is there."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Result:
    """A match as a page shows it; `name` is the one that fitted where it is not the label, in pieces.

    The languages are those of label and name where they are not English. `coalitions` are those that it is
    or was a member of, by slug, with their names.
    """

    match: Match
    address: str
    kind: str
    country: str
    label: tuple[Piece, ...]
    name: tuple[Piece, ...]
    label_language: str = ""
    name_language: str = ""
    coalitions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Found:
    """What a search found: one page of `total` results, counts of the first `counted` ones.

    With `at_least` there may be more than `total`.
    """

    asked: Asked
    total: int = 0
    results: tuple[Result, ...] = ()
    kinds: tuple[Facet, ...] = ()
    countries: tuple[Facet, ...] = ()
    coalitions: tuple[Facet, ...] = ()
    years: tuple[Facet, ...] = ()
    counted: int = 0
    kind: str = ""
    country: str = ""
    coalition: str = ""
    year: str = ""
    at_least: bool = False

    @property
    def before(self) -> Asked | None:
        """The page before this one."""
        if self.asked.offset == 0:
            return None
        return replace(self.asked, offset=max(min(self.asked.offset, self.total) - self.asked.limit, 0))

    @property
    def behind(self) -> Asked | None:
        """The page behind this one."""
        end = self.asked.offset + self.asked.limit
        return replace(self.asked, offset=end) if end < self.total and end <= FARTHEST else None

    def document(self, address: Callable[[Asked], str]) -> dict[str, Any]:
        """Return the results as JSON has them; `address` is where a search is answered as JSON."""
        return {
            "q": self.asked.text,
            "kind": self.kind or None,
            "country": self.country or None,
            "coalition": self.coalition or None,
            "year": self.year or None,
            "total": self.total,
            "totalIsAtLeast": self.at_least,
            "limit": self.asked.limit,
            "offset": self.asked.offset,
            "next": None if self.behind is None else address(self.behind),
            "results": [_object(result) for result in self.results],
            "facets": {
                "counted": self.counted,
                "kinds": [vars(facet) for facet in self.kinds],
                "countries": [vars(facet) for facet in self.countries],
                "coalitions": [vars(facet) for facet in self.coalitions],
                "years": [vars(facet) for facet in self.years],
            },
        }


def facets(things: Iterable[Thing]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return how many of some things are of each kind and in each country, the most usual first.

    A kind that all are of narrows nothing and is left out.
    """
    held = list(things)
    kinds = Counter(kind for thing in held for kind in dict.fromkeys(thing.kinds))
    countries = Counter(thing.country for thing in held if thing.country)
    return (
        _most({kind: number for kind, number in kinds.items() if number < len(held)}),
        _most(countries) if len(countries) > 1 else {},
    )


def belonging_facets(found: Iterable[Belonging]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return how many of some things are in each coalition, the most usual first, and in each year."""
    held = list(found)
    coalitions = Counter(slug for one in held for slug in one.coalitions)
    years = Counter(year for one in held for year in one.years)
    return _most(coalitions), dict(sorted(_most(years).items()))


def marked(text: str, asked: str) -> tuple[Piece, ...]:
    """Return a name in pieces, each with whether it is what was asked: the words that begin alike.

    Where no word does, as in another spelling, nothing is marked.

    >>> marked("Comune di Milano", "milan")
    (('Comune di ', False), ('Milano', True))
    """
    wanted = fold(asked).split()
    pieces: list[Piece] = []
    for place, word in enumerate(text.split(" ")):
        plain = fold(word)
        fits = bool(plain) and any(plain.startswith(each) or plain == each for each in wanted)
        pieces += [(" ", False)] if place else []
        pieces.append((word, fits))
    return _joined(pieces)


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    joined: list[Piece] = []
    for text, fits in pieces:
        if joined and joined[-1][1] == fits:
            joined[-1] = (joined[-1][0] + text, fits)
        else:
            joined.append((text, fits))
    return tuple(joined)


def _most(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_FACETS])


def _object(result: Result) -> dict[str, Any]:
    thing, match = result.match.thing, result.match
    position = thing.position and {"latitude": thing.position[0], "longitude": thing.position[1]}
    return {
        "iri": thing.iri,
        "label": thing.label,
        "name": match.name,
        "description": thing.description,
        "kinds": list(thing.kinds),
        "country": thing.country,
        "position": position,
        "wikidata": thing.wikidata,
        "score": match.score,
        "match": match.match,
    }


def _plain(value: str) -> str:
    """Return a text on one line, without control characters: no name has them."""
    return " ".join(
        "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in value).split()
    )


def _number(name: str, text: str, usual: int, least: int, most: int) -> int:
    if not text:
        return usual
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    if not least <= number <= most:
        given = f"{name}={text[:50]!r}"
        message = Phrase(
            "{given} is no whole number from {least} to {most}", given=given, least=least, most=f"{most:,}"
        )
        raise ParameterError(message, parameter=name)
    return number

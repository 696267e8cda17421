"""What is asked of the index of names, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Thing:
    """What the index knows of a thing.

    `label` is the English one, else one without a language, else the first. `description` is a short phrase
    for people, never empty. `kinds` are local names of classes, the most specific first. `country` is
    ISO 3166-1 alpha-2, `position` latitude and longitude in degrees, `wikidata` a confirmed item ("Q490").
    """

    iri: str
    label: str
    description: str
    kinds: tuple[str, ...]
    country: str | None = None
    position: tuple[float, float] | None = None
    wikidata: str | None = None


@dataclass(frozen=True)
class Query:
    """A name, and what the asker knows of the thing that bears it.

    `kinds` are local names of classes, any of which the thing should be; with `strict` nothing else is found.
    `countries` are as people write them: codes, names in any language, IRIs. `position` is latitude and
    longitude in degrees. `identifiers` are `wikidata:Q490`, `lei:…`, `iso3166-2:US-CA` and the like.
    """

    name: str
    kinds: tuple[str, ...] = ()
    strict: bool = False
    countries: tuple[str, ...] = ()
    position: tuple[float, float] | None = None
    identifiers: tuple[str, ...] = ()
    limit: int = 5


@dataclass(frozen=True)
class Match:
    """A thing that may be meant.

    `score`, from 0 to 1, is how probable that is; `match` tells that it is above the threshold with a clear
    lead. `name` is the name of the thing that fitted best, and `features` say what made the score.
    """

    thing: Thing
    score: float
    match: bool
    name: str
    features: Mapping[str, float | str | bool]

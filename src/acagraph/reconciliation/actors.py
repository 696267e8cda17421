"""What is compared: an actor as it is known, and what was decided about a queried one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Actor:
    """What is known of an actor, be it in the graph or in a list.

    `thing` is `agent/sony` for a known actor and the record (`net-zero-tracker-com-0001`) for a queried one.
    `names` are all its labels, and those of the area it governs; the first is shown to people. `kind` is the
    local name of its class. `country` is ISO 3166-1 alpha-2. `identifiers` are `isin:JP3435000009`,
    `lei:529900R5WX9N2OI2N910`, `gcom:EU1234`, `wikidata:Q41187`, `iso3166-2:US-CA`, `iso3166-1:JP`,
    `isni:…`, `ror:…`. `position` is latitude and longitude in degrees, WGS 84.
    """

    thing: str
    names: tuple[str, ...]
    kind: str
    country: str | None = None
    identifiers: frozenset[str] = frozenset()
    position: tuple[float, float] | None = None
    population: int | None = None


@dataclass(frozen=True)
class Decision:
    """What was decided about one queried actor.

    `same`: `thing` is the actor. `doubtful`: `thing` may be the actor, a person has to say; until then the
    query counts as new. `new`: nothing known is like it, `thing` and `name` are None. `method` is `review`,
    `identifier`, `name`, `similar` or `none`; `score` is between 0 and 1; `reason` is in words.
    """

    verdict: Literal["same", "doubtful", "new"]
    thing: str | None
    name: str | None
    method: str
    score: float
    reason: str

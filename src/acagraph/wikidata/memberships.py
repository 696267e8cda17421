"""Memberships that could stand in Wikidata, and why others could not."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from acagraph.stores.protocol import UNLIMITED, Store
from acagraph.stores.terms import Row, rows
from acagraph.vocab import PREFIXES, compact
from acagraph.wikidata.terms import ITEM, number_of

_HEAD = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("aca", "foaf", "rdfs", "skos"))
_PRECISE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


@dataclass(frozen=True, order=True)
class Reference:
    """Where a membership is stated: the address and the day on which it was looked at, as an ISO date."""

    address: str
    retrieved: str


@dataclass(frozen=True, order=True)
class Claim:
    """That an item is a member of another: dates are an ISO year, month or day, or empty.

    `of_place` tells that the item is that of the place which the member governs: Wikidata gives the
    memberships of a city to the city.
    """

    member: str
    coalition: str
    start: str = ""
    end: str = ""
    references: tuple[Reference, ...] = ()
    of_place: bool = False


@dataclass(frozen=True)
class Exportable:
    """The claims that can be made, sorted, and how many memberships cannot be, by reason."""

    claims: tuple[Claim, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)


def read_memberships(store: Store, *, own_items_only: bool = False) -> Exportable:
    """Return the memberships whose member and coalition have a confirmed item and that stand somewhere.

    Evidence counts when its source has a date and an address that leads to more than a front page. An
    ended or suspended membership counts when its end is known, one that another supersedes never. Dates that
    are not told to the year, month or day are left out. With `own_items_only` the item of a governed place
    does not stand for its government. Raises StoreError.
    """
    numbers = _items(store)
    references = _references(store)
    claims: dict[tuple[str, str, str], Claim] = {}
    left_out: Counter[str] = Counter()
    for row in rows(store, _SPELLS, limits=UNLIMITED):
        reason, claim = _claim(row, numbers, references, own_items_only=own_items_only)
        if claim is None:
            left_out[reason] += 1
            continue
        key = (claim.member, claim.coalition, claim.start)
        known = claims.get(key)
        claims[key] = claim if known is None else united(known, claim)
    return Exportable(tuple(sorted(claims.values(), key=order)), dict(sorted(left_out.items())))


_SPELLS = f"""{_HEAD}SELECT ?spell ?member ?place ?coalition ?start ?end ?now ?later WHERE {{
  ?spell a aca:Membership ; aca:participant ?member ; aca:inCoalition ?coalition .
  OPTIONAL {{ ?member aca:governs ?place }}
  OPTIONAL {{ ?spell aca:startText ?start }}
  OPTIONAL {{ ?spell aca:endText ?end }}
  BIND(EXISTS {{ ?member aca:memberOf ?coalition }} AS ?now)
  BIND(EXISTS {{ ?newer aca:supersedes ?spell }} AS ?later)
}} ORDER BY ?spell ?place"""

_EVIDENCE = f"""{_HEAD}SELECT ?spell ?page ?address ?retrieved ?seen ?date WHERE {{
  ?spell a aca:Membership ; aca:evidence ?evidence . ?evidence aca:inSource ?source .
  ?source aca:dateText ?date .
  OPTIONAL {{ ?evidence aca:pageAddress ?address }}
  OPTIONAL {{ ?source <{PREFIXES["foaf"]}page> ?page }}
  OPTIONAL {{ ?evidence aca:retrieved ?seen }}
  OPTIONAL {{ ?source aca:retrieved ?retrieved }}
}}"""


def _claim(
    row: Row,
    numbers: Mapping[str, str],
    references: Mapping[str, tuple[Reference, ...]],
    *,
    own_items_only: bool,
) -> tuple[str, Claim | None]:
    """Return a claim, or the reason why there can be none."""
    coalition = numbers.get(row["coalition"].value)
    if coalition is None:
        return f"{compact(row['coalition'].value)} has no confirmed item", None
    own = numbers.get(row["member"].value)
    place = numbers.get(row["place"].value) if "place" in row and not own_items_only else None
    if own is None and place is None:
        return "the member has no confirmed item", None
    if row["later"].value == "true":
        return "a later statement supersedes it", None
    end = _precise(row, "end")
    if row["now"].value != "true" and not end:
        return "it does not hold now, and its end is not known", None
    stated = references.get(row["spell"].value, ())
    if not stated:
        return "no dated evidence with an address of its own", None
    return "", Claim(own or place or "", coalition, _precise(row, "start"), end, stated, own is None)


def _precise(row: Row, name: str) -> str:
    """Return a date that is told to the year, month or day; EDTF tells uncertain ones and intervals apart."""
    text = row[name].value if name in row else ""
    return text if _PRECISE.fullmatch(text) else ""


def united(one: Claim, other: Claim) -> Claim:
    """Return two claims that begin alike as one, with the references of both; it ends when both have."""
    references = tuple(sorted({*one.references, *other.references}))
    end = max(one.end, other.end) if one.end and other.end else ""
    return Claim(one.member, one.coalition, one.start, end, references, one.of_place and other.of_place)


def _items(store: Store) -> Mapping[str, str]:
    """Return the numbers of the items that things match exactly; of two, the thing has none for certain."""
    query = f"""{_HEAD}SELECT DISTINCT ?thing ?item WHERE {{
      ?thing skos:exactMatch ?item FILTER(STRSTARTS(STR(?item), "{ITEM}"))
    }}"""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows(store, query, limits=UNLIMITED):
        number = number_of(row["item"].value)
        if number:
            found[row["thing"].value].add(number)
    return {thing: next(iter(some)) for thing, some in found.items() if len(some) == 1}


def _references(store: Store) -> Mapping[str, tuple[Reference, ...]]:
    found: dict[str, set[Reference]] = defaultdict(set)
    for row in rows(store, _EVIDENCE, limits=UNLIMITED):
        address = next((row[name].value for name in ("address", "page") if name in row), "")
        day = next((row[name].value[:10] for name in ("seen", "retrieved") if name in row), "")
        if day and leads_somewhere(address):
            found[row["spell"].value].add(Reference(address, day))
    return {spell: tuple(sorted(some)) for spell, some in found.items()}


def leads_somewhere(address: str) -> bool:
    """Tell whether an address is of a page on the web that is more than the front page of a site.

    >>> leads_somewhere("https://example.org/members"), leads_somewhere("https://example.org/")
    (True, False)
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    return parts.path not in ("", "/") or bool(parts.query)


def order(claim: Claim) -> tuple[int, int, str]:
    """Return where a claim stands among others: by coalition, member and start."""
    return int(claim.coalition[1:]), int(claim.member[1:]), claim.start

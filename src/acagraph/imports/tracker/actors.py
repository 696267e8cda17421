"""Actors of the Net Zero Tracker: who is known already, who is new, and what each governs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from acagraph.errors import AcagraphError
from acagraph.imports.tables import Cells, Loss
from acagraph.imports.tracker.cells import pruned
from acagraph.imports.tracker.gazetteer import Country, Gazetteer
from acagraph.imports.tracker.records import Tracked
from acagraph.imports.tracker.words import UNIONS
from acagraph.reconciliation import Actor, Decision, Matcher, Rulings, name_key

_CLASSES = {"Country": "NationalGovernment", "Region": "RegionalGovernment", "City": "LocalGovernment"}
_AREAS = {"Region": "FirstLevelDivision", "City": "Settlement"}
_CODES = "document/iso-3166-2-names"


@dataclass(frozen=True)
class Identity:
    """Who a record is about: an actor (agent/slug), and the place that it governs (place/slug), if any.

    `actor_cells` and `place_cells` describe what no other file describes, else they are empty.
    """

    row: Tracked
    actor: str
    place: str
    decision: Decision
    actor_cells: Cells
    place_cells: Cells


@dataclass(frozen=True)
class Identified:
    """Who the records are about, in their order, and the identifiers that are not believed."""

    identities: tuple[Identity, ...]
    losses: tuple[Loss, ...]


@dataclass(frozen=True)
class Known:
    """What the project describes already, and the ISO 3166-2 code of a region by its record."""

    actors: Sequence[Actor]
    gazetteer: Gazetteer
    rulings: Rulings
    codes: Mapping[str, str]


def identified(rows: Sequence[Tracked], known: Known) -> Identified:
    """Return who each record is about.

    Raises AcagraphError for a country that no place has the code of.
    """
    countries = {row.record: _country(row, known.gazetteer) for row in rows}
    queries = [_query(row, countries[row.record], known.codes) for row in rows]
    decisions = Matcher(known.actors).match_all(queries, known.rulings)
    losses = _doubted_securities(rows, countries)
    doubted = {loss.record for loss in losses}
    found = []
    for row, decision in zip(rows, decisions, strict=True):
        country = countries[row.record]
        if decision.verdict == "same" and decision.thing is not None:
            place = known.gazetteer.governed.get(decision.thing, "")
            found.append(Identity(row, decision.thing, place, decision, {}, {}))
        else:
            isin = "" if row.record in doubted else row.isin
            found.append(_new(row, country, known, decision, isin))
    return Identified(tuple(found), (*losses, *_kept_elsewhere(found, doubted)))


def _kept_elsewhere(found: Iterable[Identity], doubted: Collection[str]) -> Iterator[Loss]:
    """Yield the ISINs of actors that another file describes: a table of actors describes new ones only."""
    items = list(found)
    written = {item.actor_cells.get("isin") for item in items}
    for item in items:
        row = item.row
        if row.isin and not item.actor_cells and row.record not in doubted and row.isin not in written:
            yield Loss(row.record, "isin_id", row.isin, "the actor is described elsewhere, without an ISIN")


def _country(row: Tracked, gazetteer: Gazetteer) -> Country | None:
    if row.name in UNIONS:
        return None
    if row.country not in gazetteer.countries:
        message = f"{row.id_code}: no place has the code {row.country}; import the countries first"
        raise AcagraphError(message)
    return gazetteer.countries[row.country]


def _class(row: Tracked) -> str:
    if row.name in UNIONS:
        return "InternationalOrganisation"
    if row.actor_type == "Company":
        return "FinancialInstitution" if row.financial else "Business"
    return _CLASSES[row.actor_type]


def _query(row: Tracked, country: Country | None, codes: Mapping[str, str]) -> Actor:
    identifiers = set()
    if row.record in codes:
        identifiers.add(f"iso3166-2:{codes[row.record]}")
    if country is not None and row.actor_type == "Country":
        identifiers.add(f"iso3166-1:{country.alpha_2}")
    return Actor(
        thing=row.record,
        names=(row.name,),
        kind=_class(row),
        country=country.alpha_2 if country else None,
        identifiers=frozenset(identifiers),
        population=int(row.population) if row.population else None,
    )


def _new(row: Tracked, country: Country | None, known: Known, decision: Decision, isin: str) -> Identity:
    """Return an actor that is described here first, with the place that it governs."""
    kind = _class(row)
    if row.name in UNIONS or row.actor_type == "Company":
        actor = UNIONS.get(row.name, f"agent/{row.record}")
        cells = {"actor": actor, "class": kind, "label_en": row.name, "isin": isin}
        return Identity(row, actor, "", decision, pruned(cells), {})
    assert country is not None  # only unions have none
    actor, place, label = f"agent/{row.record}", country.place, country.label
    place_cells: Cells = {}
    if row.actor_type == "Country":
        actor = f"agent/{country.place.removeprefix('place/')}-government"
    else:
        label = row.name
        place, place_cells = _place(row, country, known)
    cells = {"actor": actor, "class": kind, "label_en": f"Government of {label}", "governs": place}
    return Identity(row, actor, place, decision, cells, place_cells)


def _place(row: Tracked, country: Country, known: Known) -> tuple[str, Cells]:
    """Return the place of a region or city: a known one, or a new one with the cells that describe it."""
    code = known.codes.get(row.record, "")
    there = known.gazetteer.divisions.get(code)
    if row.actor_type == "City":
        there = known.gazetteer.settlements.get((row.name, country.place))
    if there is not None:
        return there, {}
    place = f"place/{row.record}"
    cells = {
        "place": place,
        "class": _AREAS[row.actor_type],
        "label_en": row.name,
        "within": country.place,
        "subdivision_code": code,
        "source": _CODES if code else "",
    }
    return place, pruned(cells)


def _doubted_securities(rows: Iterable[Tracked], countries: Mapping[str, Country | None]) -> tuple[Loss, ...]:
    """Return the ISINs that are not taken over.

    In the snapshot of 2022-12-20 many a company has the ISIN of its neighbour in the alphabet. So an ISIN is
    left out when companies of different names have it, or when it is of another country than the company.
    """
    rows = [row for row in rows if row.isin]
    names: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        names[row.isin].add(name_key(row.name, "Business"))
    losses = []
    for row in rows:
        country = countries[row.record]
        if len(names[row.isin]) > 1:
            reason = "companies of different names have this ISIN"
        elif country is None or row.isin[:2] != country.alpha_2:
            reason = "the ISIN is of another country than the company"
        else:
            continue
        losses.append(Loss(row.record, "isin_id", row.isin, reason))
    return tuple(losses)


def duplicates(rows: Iterable[Tracked], ruled: Collection[str]) -> tuple[tuple[Tracked, Tracked], ...]:
    """Return pairs of records of one kind, country and name: the later one may be the earlier one.

    ruled are the records that a person has decided about.
    """
    first: dict[tuple[str, str, str], Tracked] = {}
    found = []
    for row in sorted(rows, key=lambda row: row.id_code):
        key = (row.actor_type, row.country, name_key(row.name, _class(row)))
        other = first.setdefault(key, row)
        if other is not row and row.record not in ruled:
            found.append((row, other))
    return tuple(found)

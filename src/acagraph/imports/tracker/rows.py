"""Rows of the tables that tell who a record is about, and what it says beside targets."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from acagraph.imports.tables import Cells
from acagraph.imports.tracker.actors import Identity
from acagraph.imports.tracker.cells import as_of, decimal, pruned, statement
from acagraph.imports.tracker.gazetteer import Gazetteer
from acagraph.vocab import PREFIXES

_COUNT = PREFIXES["qudt-unit"] + "NUM"


def record(identity: Identity, source: str) -> Cells:
    """Return the row of records.csv; source is the slug of the edition."""
    row = identity.row
    return {
        "record": row.record,
        "record_id": row.id_code,
        "source": source,
        "actor": identity.actor,
        "name": row.name,
    }


def name(identity: Identity, gazetteer: Gazetteer) -> Cells | None:
    """Return the row of names.csv that gives a known place or actor the name that the register has for it.

    None when the name is known, or when the thing is described by this register.
    """
    area = identity.place and "Government" not in identity.row.name
    thing = identity.place if area else identity.actor
    new = identity.place_cells if area else identity.actor_cells
    if new or identity.row.name in gazetteer.labels.get(thing, ()):
        return None
    return {"thing": thing, "alt_en": identity.row.name}


def country(identity: Identity, gazetteer: Gazetteer) -> Cells | None:
    """Return the row of relations.csv that tells the country of a company; governments have it by place."""
    row = identity.row
    if row.actor_type != "Company":
        return None
    return {
        "statement": statement(row, "country"),
        "subject": identity.actor,
        "property": "country",
        "object": gazetteer.countries[row.country].place,
        "evidence": row.record,
    }


def memberships(identity: Identity) -> Iterator[Cells]:
    """Yield the rows of memberships.csv: the register does not say since when."""
    row = identity.row
    for campaign in row.campaigns:
        yield {
            "statement": statement(row, f"membership:{campaign}"),
            "class": "Membership",
            "participant": identity.actor,
            "coalition": f"coalition/{campaign}",
            "evidence": row.record,
            **as_of(row),
        }


def figures(identity: Identity) -> Iterator[Cells]:
    """Yield the rows of figures.csv: the inhabitants, dated by the record's update.

    Emissions are not taken over: the register does not say in which unit they are, and they differ by a
    factor of a million.
    """
    row = identity.row
    if row.population is not None:
        yield _figure(identity, "population", "inhabitants", row.population, _COUNT) | as_of(row)


def _figure(identity: Identity, field: str, metric: str, value: Decimal, unit: str) -> dict[str, str]:
    return {
        "statement": statement(identity.row, field),
        "subject": identity.actor,
        "metric": metric,
        "value": decimal(value),
        "unit": unit,
        "qualifier": "exact",
        "evidence": identity.row.record,
    }


def match(identity: Identity) -> Cells | None:
    """Return the row of matches.csv of a record whose actor is described elsewhere; None for another."""
    decision = identity.decision
    if decision.verdict != "same":
        return None
    return {
        "record": identity.row.record,
        "actor": identity.actor,
        "method": decision.method,
        "score": f"{decision.score:.2f}",
        "reason": decision.reason,
    }


def doubt(identity: Identity) -> Cells | None:
    """Return the row of review.csv of a record that may be about a known actor; None for another."""
    decision = identity.decision
    if decision.verdict != "doubtful":
        return None
    return pruned(
        {
            "record": identity.row.record,
            "name": identity.row.name,
            "country": identity.row.country,
            "candidate": decision.thing or "",
            "candidate_name": decision.name or "",
            "score": f"{decision.score:.2f}",
            "reason": decision.reason,
        }
    )

"""Cells that several tables of the Net Zero Tracker share."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from acagraph.imports.tables import Cells, statement_slug
from acagraph.imports.tracker.records import REGISTER, Tracked


def statement(row: Tracked, field: str) -> str:
    """Return the slug of the statement that a field of a record makes, equal in every edition."""
    return statement_slug(REGISTER, row.id_code, field)


def decimal(number: Decimal | None) -> str:
    """Return a number in canonical form (3800.0), empty for None."""
    if number is None:
        return ""
    whole, _, fraction = f"{number:f}".partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"


def as_of(row: Tracked) -> dict[str, str]:
    """Return the day of a record's update as the time at which it was said to be true."""
    return {
        "as_of_not_before": f"{row.updated}T00:00:00Z",
        "as_of_not_after": f"{row.updated}T23:59:59Z",
        "as_of_text": row.updated,
    }


def year_span(bounds: str, text: str, year: int | None) -> dict[str, str]:
    """Return the cells of a date that is a year: `starts` and `start`, or `as_of` and `as_of`."""
    if year is None:
        return {}
    return {
        f"{bounds}_not_before": f"{year}-01-01T00:00:00Z",
        f"{bounds}_not_after": f"{year}-12-31T23:59:59Z",
        f"{text}_text": str(year),
    }


def pruned(cells: Mapping[str, str]) -> Cells:
    """Return the cells that have something in them."""
    return {column: value for column, value in cells.items() if value}

"""The countries that the data describes, by their code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from acagraph.graph import parse_turtle
from acagraph.imports import tables
from acagraph.vocab import ACA, PREFIXES


def country_places(root: Path) -> Mapping[str, str]:
    """Return the place of each country (`place/italy`) by its ISO 3166-1 alpha-2 code.

    Curated places come before those of the register `countries`. Raises SourceError when a file is malformed.
    """
    found = {
        row["alpha_2"]: row["place"]
        for row in tables.read(root / "data" / "registers" / "countries", "places")
        if row["alpha_2"]
    }
    for path in sorted((root / "data" / "places").glob("*.ttl")):
        for quad in parse_turtle(path)[0]:
            if quad.predicate.value == ACA + "iso3166Alpha2":
                place = str(getattr(quad.subject, "value", "")).removeprefix(PREFIXES["place"])
                found[str(getattr(quad.object, "value", ""))] = f"place/{place}"
    return found

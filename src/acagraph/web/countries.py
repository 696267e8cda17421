"""Which countries there are, and their ISO codes, looked up once: a release never changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from acagraph.stores import Store, rows

_COUNTRIES = "SELECT ?country { ?country a aca:Country }"
_CODES = "SELECT ?country ?code { ?country aca:iso3166Alpha2 ?code } ORDER BY ?code ?country"


class Countries:
    """What a release knows of countries as such."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """The ISO 3166-1 alpha-2 codes of countries by IRI, in the order of the codes."""
        return {row["country"].value: row["code"].value for row in rows(self._store, _CODES)}

    @cached_property
    def iris(self) -> frozenset[str]:
        """The IRIs of all countries, also of those without a code."""
        return frozenset(row["country"].value for row in rows(self._store, _COUNTRIES))

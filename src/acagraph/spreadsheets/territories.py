"""The items of Wikidata of the territories that governments govern, by the government's IRI."""

from __future__ import annotations

from functools import cached_property

from acagraph.stores import Store, rows

_ITEM = "http://www.wikidata.org/entity/"
_QUERY = f"""SELECT DISTINCT ?government ?item {{
  ?government aca:governs ?place . ?place skos:exactMatch ?item
  FILTER(STRSTARTS(STR(?item), "{_ITEM}"))
}} ORDER BY ?government ?item"""


class Territories:
    """The confirmed items of territories; they are read when the first is asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def item(self, government: str) -> str:
        """Return the item ("Q490") of what a government governs, "" where there is none or are several."""
        return self._items.get(government, "")

    @cached_property
    def _items(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for row in rows(self._store, _QUERY):
            government, item = row["government"].value, row["item"].value.removeprefix(_ITEM)
            found[government] = "" if government in found else item
        return found

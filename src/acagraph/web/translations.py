"""Which pages a site of files has in every language: what people have written, and what leads there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from acagraph.stores import UNLIMITED, Store, rows
from acagraph.vocab import BASE, graph_iri
from acagraph.web.languages import ENGLISH

# The parameter that asks a server for a page in a language; a host of files takes no notice of it.
PARAMETER = "lang"
# Tables, terms, graphs and what tells of all releases are in English only.
_ENGLISH_ONLY = re.compile(r"(?:ontology|scheme|graph|releases)(?:/.*)?|(?:.*/)?[0-9]+")
_CURATED = f"""SELECT DISTINCT ?thing {{
  {{ GRAPH ?graph {{ ?thing skos:prefLabel ?label }}
    FILTER(!STRSTARTS(STR(?graph), "{graph_iri("register/")}")) }}
  UNION {{ ?thing a aca:Country }}
  FILTER(STRSTARTS(STR(?thing), "{BASE}id/")) }}"""


class Translations:
    """Tells them apart by their paths, such as `doc/agent/sony`; what is curated is read when first asked."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def _curated(self) -> frozenset[str]:
        found = (row["thing"].value for row in rows(self._store, _CURATED, limits=UNLIMITED))
        return frozenset(f"doc/{iri.removeprefix(f'{BASE}id/')}" for iri in found)

    def has(self, path: str) -> bool:
        """Tell whether the page at a path without query string is a file in every language."""
        if _ENGLISH_ONLY.fullmatch(path):
            return False
        return not path.startswith("doc/") or path in self._curated

    def address(self, root: str, path: str, language: str) -> str:
        """Return where a page is found in a language, by a server as well as among files.

        What is a file in English only is asked for with a parameter: a server answers in the language, a host
        of files sends the page in English. `path` may have a query string and a fragment.
        """
        if language == ENGLISH:
            return f"{root}/{path}"
        bare, hash_, fragment = path.partition("#")
        name, asks, query = bare.partition("?")
        if self.has(name):
            return f"{root}/{language}/{path}"
        return f"{root}/{name}?{f'{query}&' if asks else ''}{PARAMETER}={language}{hash_}{fragment}"


def without_language(query: str) -> str:
    """Return a query string without the parameter for a language."""
    return "&".join(_others(query.split("&")))


def _others(parts: Iterable[str]) -> list[str]:
    return [part for part in parts if part.partition("=")[0] != PARAMETER]

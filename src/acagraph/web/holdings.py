"""Whether a store elsewhere holds the release that is to be served from it."""

from __future__ import annotations

from pathlib import Path

from acagraph.dataset import MANIFEST, read_manifest
from acagraph.errors import ReleaseError
from acagraph.stores import Store, rows
from acagraph.stores.media import JSON
from acagraph.stores.terms import read_boolean
from acagraph.vocab import BASE, EXTERNAL


def refuse_other(store: Store, release: Path) -> None:
    """Look whether a store answers for a release: its default graph is the union, and its version the same.

    Raises ReleaseError where it does not, StoreError when it does not answer.
    """
    asked = ("?s ?p ?o", "GRAPH ?g { ?s ?p ?o }")
    union, named = (
        read_boolean(store.answer(f"ASK {{ {pattern} }}", accept=JSON.media_type, form="ASK").read())
        for pattern in asked
    )
    if named and not union:
        message = "the default graph of the store is not the union of its graphs"
        raise ReleaseError(f"{message}; see docs/engines.md (Oxigraph: --union-default-graph)")
    if not named:
        raise ReleaseError("the store has no named graphs; load the release into it first")
    query = f"SELECT ?v {{ <{BASE}dataset> <{EXTERNAL['dcat']}hasVersion> ?v }}"
    held = sorted(row["v"].value for row in rows(store, query))
    version = str(read_manifest(release / MANIFEST).get("version", "")) if held else ""
    if version and f"{BASE}releases/{version}/" not in held:
        raise ReleaseError(f"the store holds {held[-1]}, not release {version}; load it, or serve that one")

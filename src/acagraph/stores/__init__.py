"""Where the graph is asked: one small protocol over an embedded store and over remote endpoints."""

from __future__ import annotations

from pathlib import Path

from acagraph.errors import StoreError
from acagraph.stores.embedded import EmbeddedStore
from acagraph.stores.guard import check_syntax
from acagraph.stores.protocol import (
    ANY,
    UNLIMITED,
    Answer,
    Asked,
    Delivery,
    GuardedStore,
    Limits,
    Scope,
    Store,
)
from acagraph.stores.remote import RemoteStore
from acagraph.stores.terms import Row, Table, Term, rows

__all__ = [
    "ANY",
    "UNLIMITED",
    "Answer",
    "Asked",
    "Delivery",
    "EmbeddedStore",
    "GuardedStore",
    "Limits",
    "RemoteStore",
    "Row",
    "Scope",
    "Store",
    "Table",
    "Term",
    "check_syntax",
    "open_store",
    "rows",
]


def open_store(target: str | Path) -> Store:
    """Open a store: an http(s) address is a remote endpoint, a folder a read-only store, a file is loaded.

    Raises StoreError when there is nothing at the target, SourceError when a file is malformed.
    """
    if isinstance(target, str) and target.startswith(("http://", "https://")):
        return RemoteStore(target)
    path = Path(target)
    if path.is_dir():
        return EmbeddedStore.at(path / "store" if (path / "store").is_dir() else path)
    if not path.exists():
        raise StoreError(f"{path} does not exist; give a store folder, an RDF file or an endpoint's address")
    return EmbeddedStore.load(path)

"""Serve a store folder with rdflib-endpoint; run by benchmarks/service.py in the environment that has it.

    python benchmarks/service_peer.py public/current/store 8001 rdflib

The data lies in Oxigraph's store in memory (oxrdflib), which takes less than rdflib's own. As it is shipped,
rdflib-endpoint hands queries over parsed, which oxrdflib refuses, so rdflib evaluates them; with `oxigraph`
instead of `rdflib` it hands over their text, so that Oxigraph does.
"""

from __future__ import annotations

import sys
from typing import Any

import pyoxigraph
import uvicorn
from oxrdflib import OxigraphStore
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint


class NativeStore(OxigraphStore):
    """Oxigraph's store that takes the text of a query that rdflib has parsed."""

    def query(self, query: Any, *arguments: Any, **options: Any) -> Any:
        """Evaluate a query in Oxigraph."""
        return super().query(getattr(query, "_original_args", (query,))[0], *arguments, **options)


def main() -> None:
    """Load the store into memory and serve it, in one process as the package's own command does."""
    folder, port, engine = sys.argv[1:]
    memory = pyoxigraph.Store()
    memory.bulk_extend(pyoxigraph.Store.read_only(folder))
    store = (NativeStore if engine == "oxigraph" else OxigraphStore)(store=memory)
    app = SparqlEndpoint(graph=Dataset(store=store, default_union=True), path="/sparql", cors_enabled=True)
    uvicorn.run(app, port=int(port), log_level="warning")


if __name__ == "__main__":
    main()

"""The store inside this process: Oxigraph over a read-only folder or in memory."""

from __future__ import annotations

import gzip
import io
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph

from acagraph.errors import QueryError, SourceError, StoreError, StoreTimeout
from acagraph.stores import guard, lexer, media, rdf
from acagraph.stores.protocol import ANY, Answer, Limits, Scope
from acagraph.vocab import PREFIXES

if TYPE_CHECKING:
    from typing_extensions import Buffer

_Name = pyoxigraph.NamedNode | pyoxigraph.BlankNode
_Graph = _Name | pyoxigraph.DefaultGraph
_RESULTS = {
    media.JSON: pyoxigraph.QueryResultsFormat.JSON,
    media.XML: pyoxigraph.QueryResultsFormat.XML,
    media.CSV: pyoxigraph.QueryResultsFormat.CSV,
    media.TSV: pyoxigraph.QueryResultsFormat.TSV,
}
_FILES = {
    ".nq": pyoxigraph.RdfFormat.N_QUADS,
    ".trig": pyoxigraph.RdfFormat.TRIG,
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
    ".owl": pyoxigraph.RdfFormat.RDF_XML,
}


class EmbeddedStore:
    """Oxigraph behind the Store protocol; the default graph is the union of all graphs unless a query has
    FROM or the request names graphs."""

    def __init__(self, store: pyoxigraph.Store) -> None:
        self._store: pyoxigraph.Store | None = store

    @classmethod
    def at(cls, folder: Path) -> EmbeddedStore:
        """Open the RocksDB folder of a release, without writing to it."""
        if not (folder / "CURRENT").is_file():
            raise StoreError(f"{folder} is not a store folder; give the store/ of a release")
        try:
            return cls(pyoxigraph.Store.read_only(str(folder)))
        except OSError as error:
            raise StoreError(f"{folder} cannot be opened as a store: {error}") from error

    @classmethod
    def load(cls, path: Path) -> EmbeddedStore:
        """Load an RDF file into memory; its name tells the format: .ttl, .trig, .nt, .nq …, or .gz of one."""
        zipped = path.suffix == ".gz"
        form = _FILES.get(Path(path.stem if zipped else path).suffix)
        if form is None:
            raise SourceError(f"not an RDF file; it should end in {', '.join(_FILES)}", path=path)
        store = pyoxigraph.Store()
        try:
            if zipped:
                with gzip.open(path) as file:
                    store.bulk_load(cast(IO[bytes], file), format=form)
            else:
                store.bulk_load(path=str(path), format=form)
        except SyntaxError as error:
            raise SourceError(str(error), path=path, line=error.lineno) from error
        except (OSError, EOFError) as error:
            raise SourceError(f"cannot be read: {error}", path=path) from error
        return cls(store)

    def answer(
        self, query: str, *, accept: str = ANY, limits: Limits | None = None, scope: Scope | None = None
    ) -> Answer:
        """Evaluate a query; see Store.answer. Equal graphs give equal bytes, whatever the format."""
        select = guard.admit(query) in ("SELECT", "ASK")
        form = media.negotiate(accept, media.RESULTS if select else media.GRAPHS)
        sink = _Sink(limits or Limits())
        results = None
        try:
            results = self._evaluate(query, scope)
            if isinstance(results, pyoxigraph.QueryTriples):
                results.serialize(sink, pyoxigraph.RdfFormat.N_TRIPLES)
                return Answer(form.media_type, (rdf.write(sink.getvalue(), form),))
            results.serialize(sink, _RESULTS[form])
        except SyntaxError as error:
            raise guard.syntax_error(query, str(error)) from None
        except (OSError, RuntimeError, ValueError) as error:
            raise StoreError(f"the store could not evaluate the query: {error}") from error
        finally:
            results = None  # it may only be dropped in this thread, and a traceback would keep it
        return Answer(form.media_type, (sink.getvalue(),))

    def close(self) -> None:
        """Let go of the store."""
        self._store = None

    def _evaluate(
        self, query: str, scope: Scope | None
    ) -> pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples:
        if self._store is None:
            raise StoreError("the store is closed; open it again")
        if scope is None or scope == Scope():
            union = not lexer.names_its_graphs(query)
            return self._store.query(query, prefixes=PREFIXES, use_default_graph_as_union=union)
        try:
            default: list[_Graph] = [pyoxigraph.NamedNode(iri) for iri in scope.default_graphs]
            named: list[_Name] = [pyoxigraph.NamedNode(iri) for iri in scope.named_graphs]
        except ValueError as error:
            raise QueryError(f"a graph of the request is no IRI: {error}") from error
        return self._store.query(query, prefixes=PREFIXES, default_graph=default, named_graphs=named)


class _Sink(io.BytesIO):
    """Collects an answer as the engine writes it, and stops it at its limits."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._deadline = None if limits.timeout_seconds is None else time.monotonic() + limits.timeout_seconds

    def write(self, chunk: Buffer, /) -> int:
        written = super().write(chunk)
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise StoreTimeout(f"no whole answer within {self._limits.timeout_seconds:g} s; ask for less")
        if self._limits.max_bytes is not None and self.tell() > self._limits.max_bytes:
            raise QueryError(f"the answer is larger than {self._limits.max_bytes} bytes; add a LIMIT")
        return written

"""The store inside this process: Oxigraph over a read-only folder or in memory."""

from __future__ import annotations

import functools
import gzip
from collections.abc import Collection
from pathlib import Path
from typing import IO, cast

import pyoxigraph

from acagraph.errors import QueryError, SourceError, StoreError
from acagraph.stores import guard, lexer, media, rdf
from acagraph.stores.protocol import ANY, Answer, Form, Limits, Scope
from acagraph.stores.sink import Sink
from acagraph.vocab import PREFIXES

_Name = pyoxigraph.NamedNode | pyoxigraph.BlankNode
_Graph = _Name | pyoxigraph.DefaultGraph
_Results = pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples
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
_WRITTEN = tuple((f"{name}:", name, iri) for name, iri in PREFIXES.items())
_CLOSED = "the store is closed; open it again"
_ANYWHERE = Scope()


class EmbeddedStore:
    """Oxigraph behind the Store protocol; the default graph is the union of all graphs unless a query has
    FROM or the request names graphs. SERVICE may call the endpoints in `services` and no others."""

    def __init__(
        self, store: pyoxigraph.Store, *, services: frozenset[str] = frozenset(), on_disk: bool = False
    ) -> None:
        self.on_disk = on_disk
        self._store: pyoxigraph.Store | None = store
        self._services = services

    @classmethod
    def at(cls, folder: Path, *, services: frozenset[str] = frozenset()) -> EmbeddedStore:
        """Open the RocksDB folder of a release, without writing to it."""
        if not (folder / "CURRENT").is_file():
            raise StoreError(f"{folder} is not a store folder; give the store/ of a release")
        try:
            return cls(pyoxigraph.Store.read_only(str(folder)), services=services, on_disk=True)
        except OSError as error:
            raise StoreError(f"{folder} cannot be opened as a store: {error}") from error

    @classmethod
    def load(cls, path: Path, *, services: frozenset[str] = frozenset()) -> EmbeddedStore:
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
        return cls(store, services=services)

    def answer(
        self,
        query: str,
        *,
        accept: str = ANY,
        limits: Limits | None = None,
        scope: Scope | None = None,
        form: Form | None = None,
    ) -> Answer:
        """Evaluate a query; see Store.answer. Equal graphs give equal bytes, whatever the format."""
        sink = Sink(limits or Limits())
        media_type = self.write(query, sink, accept=accept, scope=scope, form=form)
        return Answer(media_type, (sink.read(),))

    def write(
        self,
        query: str,
        sink: Sink,
        *,
        accept: str = ANY,
        scope: Scope | None = None,
        form: Form | None = None,
    ) -> str:
        """Evaluate a query and write its answer, as `answer` would, to a sink; return the media type."""
        known = form or guard.admit(query, services=self._services)
        select = known in ("SELECT", "ASK")
        written = _negotiated(accept, select=select)
        results = None
        try:
            results = self._evaluate(query, scope)
            if isinstance(results, pyoxigraph.QueryTriples):
                _write_graph(results, sink, written)
            else:
                sink.begin(written if known == "SELECT" else None)
                results.serialize(cast(IO[bytes], sink), _RESULTS[written])
        except SyntaxError as error:
            raise guard.syntax_error(query, str(error)) from None
        except (RuntimeError, ValueError) as error:
            raise QueryError(f"the query cannot be evaluated: {error}") from error
        except OSError as error:
            raise StoreError(f"the store could not evaluate the query: {error}") from error
        finally:
            results = None  # it may only be dropped in this thread, and a traceback would keep it
        return written.media_type

    @property
    def engine(self) -> pyoxigraph.Store:
        """The engine itself, to read triples one by one. Raises StoreError when the store is closed."""
        if self._store is None:
            raise StoreError(_CLOSED)
        return self._store

    def known(self, iris: Collection[str]) -> frozenset[str]:
        """Return the IRIs that are subjects; see Store.known."""
        return frozenset(iri for iri in iris if self._says_anything(self.engine, iri))

    @staticmethod
    def _says_anything(store: pyoxigraph.Store, iri: str) -> bool:
        try:
            node = pyoxigraph.NamedNode(iri)
        except ValueError:  # nothing is said of what is no IRI
            return False
        return next(store.quads_for_pattern(node, None, None), None) is not None

    def allowing(self, services: frozenset[str]) -> EmbeddedStore:
        """Return the same store, whose queries may call these endpoints."""
        return EmbeddedStore(self.engine, services=services)

    def close(self) -> None:
        """Let go of the store."""
        self._store = None

    def _evaluate(self, query: str, scope: Scope | None) -> _Results:
        store = self.engine
        # Giving the engine all our prefixes costs it more than a simple query does.
        prefixes = {name: iri for written, name, iri in _WRITTEN if written in query}
        if scope is None or scope == _ANYWHERE:
            union = not lexer.names_its_graphs(query)
            return store.query(query, prefixes=prefixes, use_default_graph_as_union=union)
        try:
            default: list[_Graph] = [pyoxigraph.NamedNode(iri) for iri in scope.default_graphs]
            named: list[_Name] = [pyoxigraph.NamedNode(iri) for iri in scope.named_graphs]
        except ValueError as error:
            raise QueryError(f"a graph of the request is no IRI: {error}") from error
        return store.query(query, prefixes=prefixes, default_graph=default, named_graphs=named)


@functools.lru_cache(maxsize=128)
def _negotiated(accept: str, *, select: bool) -> media.Format:
    # Clients send a few headers again and again, and to read one takes longer than a lookup.
    return media.negotiate(accept, media.RESULTS if select else media.GRAPHS)


def _write_graph(results: pyoxigraph.QueryTriples, sink: Sink, form: media.Format) -> None:
    """Write triples sorted and once each, which takes all of them."""
    raw = sink.raw()
    raw.begin(media.N_TRIPLES)
    try:
        results.serialize(cast(IO[bytes], raw), pyoxigraph.RdfFormat.N_TRIPLES)
    finally:
        del results  # see `write`: the traceback of an error keeps this frame
    lines = {line for line in raw.read().split(b"\n") if line}
    sink.begin(rows=len(lines))
    sink.write(rdf.write(b"\n".join(lines), form))

"""What a dataset has to show: its named graphs with their sizes, and the release's files that hold them."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from acagraph.dataset import Dataset
from acagraph.errors import Phrase
from acagraph.queries.lookup import suggested
from acagraph.release.dumps.plan import planned
from acagraph.stores import Limits, rows
from acagraph.stores.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from acagraph.vocab import BASE

_COUNTS = "SELECT ?graph (COUNT(*) AS ?n) { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"
# A document in N-Triples is one in N-Quads, and Turtle is TriG, each with all triples in the default graph.
_WRITTEN = {TURTLE: TURTLE, TRIG: TURTLE, N_TRIPLES: N_TRIPLES, N_QUADS: N_TRIPLES, RDF_XML: RDF_XML}
_SHOWN = 10
_GRAPHS = f"{BASE}graph/"


@dataclass(frozen=True)
class File:
    """A file of the release: where it is, its checksum, and whether it is compressed with gzip."""

    path: Path
    sha256: str
    size: int

    @property
    def zipped(self) -> bool:
        """Whether the file is compressed."""
        return self.path.suffix == ".gz"


class Inventory:
    """The graphs and files of a dataset, looked up once: a release never changes."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._files: dict[str, File | None] = {}

    @cached_property
    def graphs(self) -> Mapping[str, int]:
        """The triples in each named graph, by its IRI."""
        listed = self._manifest.get("graphs")
        if listed:
            return {str(name): int(count) for name, count in sorted(listed.items())}
        found = rows(self._dataset.store, _COUNTS, limits=Limits())
        return {row["graph"].value: int(row["n"].value) for row in found}

    @property
    def triples(self) -> int:
        """The triples of all graphs; none stands in two of them."""
        return sum(self.graphs.values())

    def nearest(self, iri: str) -> Phrase:
        """Return a hint at the graphs whose names are like an IRI, else at where they are listed."""
        name = iri.removeprefix(f"{BASE}graph/")[:200]
        names = {graph.removeprefix(f"{BASE}graph/"): graph for graph in self.graphs}
        near = [names[found] for found in difflib.get_close_matches(name, names, n=3)]
        shown = ", ".join(list(self.graphs)[:_SHOWN])
        if len(self.graphs) <= _SHOWN:
            return suggested(near) or Phrase("there are {names}", names=shown)
        return suggested(near) or Phrase("there are {names} and others", names=shown)

    def file_of(self, iri: str | None, form: Format) -> File | None:
        """Return the file that is exactly a graph (for None, all of them) in a format, if there is one."""
        if form not in _WRITTEN:
            return None
        return next(iter(self._dumps(iri, _WRITTEN[form])), None)

    def dumps(self, iri: str | None = None) -> Iterator[str]:
        """Yield the names of the files with a graph or, for None, the whole dataset, as planned."""
        for form in (TURTLE, N_TRIPLES, N_QUADS, TRIG, JSON_LD, RDF_XML):
            yield from (name for name, file in self._named(iri, form) if file is not None)

    def _dumps(self, iri: str | None, form: Format) -> Iterator[File]:
        return (file for _, file in self._named(iri, form) if file is not None)

    def _named(self, iri: str | None, form: Format) -> Iterator[tuple[str, File | None]]:
        if iri is not None and not iri.startswith(_GRAPHS):
            return
        graph = None if iri is None else iri.removeprefix(_GRAPHS)
        for dump in planned([] if graph is None else [graph]):
            if dump.graph == graph and dump.form is form and dump.rdf == "1.1":
                yield dump.path, self.file(dump.path)

    def file(self, name: str) -> File | None:
        """Return a file of the release, or None when it has none of that name or the store is another."""
        if name not in self._files:
            self._files[name] = self._look_up(name)
        return self._files[name]

    def _look_up(self, name: str) -> File | None:
        path = None if self._folder is None else self._folder / name
        if path is None or not path.is_file():
            return None
        listed = (entry for entry in self._manifest.get("files", ()) if entry["path"] == name)
        sha256 = next((str(entry["sha256"]) for entry in listed), "")
        return File(path, sha256 or hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)

    @cached_property
    def _folder(self) -> Path | None:
        """The release's folder where its own store is the one that is asked."""
        folder = self._dataset.folder
        own = folder is not None and Path(self._dataset.location).resolve() == folder.resolve()
        return folder if own else None

    @cached_property
    def _manifest(self) -> Mapping[str, Any]:
        return {} if self._folder is None else self._dataset.manifest

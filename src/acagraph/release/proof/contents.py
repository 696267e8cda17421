"""What a file of RDF holds, whoever wrote it: the dataset of a release, one of its graphs, or neither."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from acagraph.release.dumps.plan import planned
from acagraph.release.lines import sha256_of, sorted_lines
from acagraph.release.proof.claims import claims_of
from acagraph.release.proof.identity import Identity, identify
from acagraph.release.proof.listing import Listing
from acagraph.release.proof.verdict import Claim
from acagraph.vocab import graph_iri

DATASET = "the dataset"
UNREADABLE = (EOFError, OSError, SyntaxError, zlib.error)
_FORMS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
}
_REIFIES = "http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies"


@dataclass(frozen=True)
class Held:
    """What a file holds: DATASET, the IRI of a graph, or None for nothing of the release.

    `reifiers` is how many reifiers of RDF 1.2 it has, which no hash of RDFC-1.0 can name.
    """

    what: str | None
    claims: tuple[Claim, ...]
    reifiers: int = 0


def form_of(path: Path) -> ox.RdfFormat | None:
    """Return the format of RDF that the name of a file tells, packed or not; None for none."""
    return _FORMS.get(path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix)


def wanted(listing: Listing) -> Mapping[str, str]:
    """Return what each dump of a release must hold, by its name: DATASET or the IRI of a graph."""
    base = graph_iri("")
    names = [graph.removeprefix(base) for graph in listing.graphs if graph.startswith(base)]
    dumps = {dump.path: DATASET if dump.graph is None else graph_iri(dump.graph) for dump in planned(names)}
    return {path: what for path, what in dumps.items() if path in listing.files}


def read_contents(path: Path, form: ox.RdfFormat, listing: Listing) -> Held:
    """Read a file and compare it with what a manifest says of the dataset and of each graph.

    Memory does not grow with the file but for its blank nodes. What cannot be read holds nothing.
    """
    reading = _Reading(path, form)
    try:
        if form.supports_datasets:
            found = identify(reading.lines())
            if not _one_graph(found, listing):
                claims = tuple(claims_of(found, listing))
                whole = not any(claim.state == "fails" for claim in claims)
                return Held(DATASET if whole else None, claims, reading.reifiers)
            return _triples(reading, listing, next(iter(found.graphs)))
        return _triples(reading, listing, "")
    except UNREADABLE as error:
        return Held(None, (Claim("dataset", "fails", f"it cannot be read: {error}"),))


def checked(held: Held, due: str | None, listing: Listing) -> list[Claim]:
    """Return the claims of a file, and one that fails where it holds something else than it must."""
    if held.what is None or due is None or held.what == due or len(listing.graphs) == 1:
        return list(held.claims)
    return [Claim("dataset", "fails", f"it holds {held.what}, and should hold {due}")]


def count(path: Path, form: ox.RdfFormat) -> int:
    """Return how many different triples a file holds. Raises one of UNREADABLE."""
    return sum(1 for _ in _Reading(path, form).lines(graphs=False))


def _triples(reading: _Reading, listing: Listing, graph: str) -> Held:
    """Look which graph has the triples of a file, or whether all have; `graph` is the only one it names."""
    found = sha256_of(reading.lines(graphs=False))
    holders = [name for name, digest in listing.hashes.items() if digest == found and graph in ("", name)]
    if holders:
        told = f"its triples have the hash {found}, as published for {holders[0]}"
        return Held(holders[0], (Claim("graph", "holds", told),), reading.reifiers)
    if found == listing.union and not graph:
        told = f"its triples have the hash {found}, as published"
        return Held(DATASET, (Claim("dataset", "holds", told),), reading.reifiers)
    if not listing.union or not listing.hashes:
        told = "what it holds was not compared: the manifest has no hash of it"
        return Held(None, (Claim("dataset", "unknown", told),), reading.reifiers)
    published = listing.hashes.get(graph, "none") if graph else listing.union
    what = f"other triples than {graph}" if graph else "another dataset"
    told = f"{what}: the hash of its triples is {found}, published was {published}"
    return Held(None, (Claim("graph" if graph else "dataset", "fails", told),), reading.reifiers)


def _one_graph(found: Identity, listing: Listing) -> bool:
    """Say whether a file names one graph at most, and the dataset has more."""
    return len(found.graphs) == 1 and [*found.graphs] != [*listing.graphs]


@dataclass
class _Reading:
    """A file that may be read more than once, without what RDF 1.1 has not; `reifiers` counts that."""

    path: Path
    form: ox.RdfFormat
    reifiers: int = field(default=0, init=False)

    def lines(self, *, graphs: bool = True) -> Iterator[bytes]:
        """Yield the canonical lines of what it holds, with the names of graphs or without."""
        self.reifiers = 0
        with tempfile.TemporaryDirectory(prefix="acagraph-") as scratch:
            yield from sorted_lines(self._quads(graphs=graphs), Path(scratch))

    def _quads(self, *, graphs: bool) -> Iterator[ox.Quad]:
        with gzip.open(self.path) if self.path.suffix == ".gz" else self.path.open("rb") as file:
            for quad in ox.parse(file, format=self.form):  # type: ignore[arg-type]
                if isinstance(quad.object, ox.Triple) and quad.predicate.value == _REIFIES:
                    self.reifiers += 1
                else:
                    yield quad if graphs else ox.Quad(quad.subject, quad.predicate, quad.object)

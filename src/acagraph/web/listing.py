"""What the manifest of a release lists: its files by name, with their checksums and licences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph

from acagraph.dataset import MANIFEST, read_manifest
from acagraph.graph.terms import text_of
from acagraph.release.dumps.plan import planned
from acagraph.release.files import CHECKSUMS, SIGNATURE
from acagraph.vocab import BASE, PREFIXES, graph_iri
from acagraph.web.languages import N_

# They say what the manifest lists, or who vouches for it, so it cannot list them.
BESIDE = (MANIFEST, SIGNATURE, CHECKSUMS)
VOCABULARY = (
    "ontology.ttl",
    "ontology.owl",
    "ontology.jsonld",
    "shapes.ttl",
    "rules.html",
    "context.jsonld",
)
# It says what the metadata graph does, and can be read without a store.
_DESCRIBED = "dataset.ttl"
_LICENSE = PREFIXES["dcterms"] + "license"
_GRAPHS, _DUMPS = f"{BASE}graph/", "data/graphs/"
_EACH, _QUERIES = N_("One graph each"), N_("Queries")
_ABOUT = N_("What describes the dataset")
_GROUPS = {
    "data/acagraph.": N_("Everything in one file"),
    "data/csv/": N_("Tables as CSV"),
    "data/parquet/": N_("Tables as Parquet"),
    "data/graphs/": _EACH,
    "data/links/": N_("Links to other datasets, as SSSOM"),
    "data/": N_("Other data"),
    "about": _ABOUT,
    "changes/": N_("Changes since the release before"),
    "validation/": N_("How the data was judged"),
    "vocabulary": N_("Vocabulary and rules"),
    "proof": N_("Proof"),
    "queries/": _QUERIES,
}
# Many and small: a page shows them where all files are listed.
PARTS = (_EACH, _QUERIES)


@dataclass(frozen=True)
class Entry:
    """A file of a release by its name in it, as the manifest has it."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Contents:
    """The manifest in a folder, and the files that it lists."""

    manifest: Mapping[str, Any]
    folder: Path

    @cached_property
    def files(self) -> Mapping[str, Entry]:
        """The files by name, in the order of the manifest."""
        listed = self.manifest.get("files", ())
        found = (Entry(str(file["path"]), int(file["bytes"]), str(file["sha256"])) for file in listed)
        return {entry.path: entry for entry in found}

    def text(self, key: str) -> str:
        """Return what the manifest says under a key, or nothing."""
        return str(self.manifest.get(key) or "")

    def licences(self, name: str) -> Sequence[str]:
        """Return the licences of a file: of a graph's dump those of the graph, else that of the dataset."""
        if name.startswith(_DUMPS):
            return self._of_graphs.get(self._graphs.get(name, ""), ())
        return [licence] if (licence := self.text("licence")) else []

    @cached_property
    def _graphs(self) -> Mapping[str, str]:
        """The graph that each dump of one holds, by the dump's name."""
        names = [
            iri.removeprefix(_GRAPHS) for iri in self.manifest.get("graphs") or () if iri.startswith(_GRAPHS)
        ]
        return {dump.path: graph_iri(dump.graph) for dump in planned(names) if dump.graph is not None}

    @cached_property
    def _of_graphs(self) -> Mapping[str, Sequence[str]]:
        """The licences of each named graph, in alphabetic order, as the release describes itself."""
        found: dict[str, set[str]] = {}
        try:
            for quad in pyoxigraph.parse(
                path=str(self.folder / _DESCRIBED), format=pyoxigraph.RdfFormat.TURTLE
            ):
                if quad.predicate.value == _LICENSE and isinstance(quad.subject, pyoxigraph.NamedNode):
                    found.setdefault(quad.subject.value, set()).add(text_of(quad.object))
        except (OSError, SyntaxError):  # nothing is said of what cannot be read
            return {}
        return {iri: sorted(licences) for iri, licences in found.items() if iri.startswith(_GRAPHS)}


class Listing:
    """The manifest in a folder; it is read once, and again only when a build has replaced it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: tuple[tuple[int, ...], Contents] | None = None

    @property
    def contents(self) -> Contents:
        """What the manifest says; nothing where there is none. Raises ReleaseError when it is damaged."""
        now = stamp(self.folder)
        known = self._known
        if known is None or known[0] != now:
            known = (now, Contents(read_manifest(self.folder / MANIFEST) if now else {}, self.folder))
            self._known = known
        return known[1]


def stamp(folder: Path) -> tuple[int, ...]:
    """Return what tells one manifest of a folder from another, at the cost of one look; () for none."""
    try:
        found = (folder / MANIFEST).stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


def grouped(files: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Return the files of a release by what they are for, each group in their order."""
    groups: dict[str, list[Entry]] = {title: [] for title in _GROUPS.values()}
    for file in files:
        groups[_group(file.path)].append(file)
    return [(title, found) for title, found in groups.items() if found]


def _group(path: str) -> str:
    if path in BESIDE:
        return _GROUPS["proof"]
    if path in VOCABULARY:
        return _GROUPS["vocabulary"]
    return next((title for start, title in _GROUPS.items() if path.startswith(start)), _ABOUT)

"""What a release says of the few things that a file names, without all the rest of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from acagraph import inference
from acagraph.dataset import CURRENT, MANIFEST, read_manifest
from acagraph.errors import ReleaseError
from acagraph.graph.terms import text_of
from acagraph.release.manifest import STORE
from acagraph.validation.documents import rdf_files, read_quads
from acagraph.vocab import BASE, graph_iri

# The graph, by its name after graph/, in which all of it stands.
CONTEXT = "register/context"

_REGISTER = graph_iri("register/")
_HOME = ox.NamedNode(graph_iri(CONTEXT))
_OURS = f"{BASE}id/"
# A thing, its place, the country around that, and what these refer to.
_MOST_STEPS, _MOST_THINGS = 5, 10_000


def last_release(root: Path) -> ox.Store | None:
    """Open the store of a project's last release for reading; None where there is none with all registers."""
    folder = root / CURRENT
    try:
        whole = read_manifest(folder / MANIFEST).get("whole") is True
    except ReleaseError:
        return None
    return opened(folder / STORE) if whole else None


def opened(folder: Path) -> ox.Store | None:
    """Open a store for reading; None where there is none that can be read."""
    try:
        return ox.Store.read_only(str(folder))
    except OSError:
        return None


def named_in(files: Iterable[Path]) -> set[str]:
    """Return the things of ours that RDF files name. Raises SourceError for a file that cannot be read."""
    quads = (quad for path in rdf_files(files) for quad in read_quads(path))
    return set(named_by(quads))


def named_by(quads: Iterable[ox.Quad]) -> Iterator[str]:
    """Yield the things of ours that quads are about or refer to."""
    for quad in quads:
        for term in (quad.subject, quad.object):
            if isinstance(term, ox.NamedNode) and term.value.startswith(_OURS):
                yield term.value


def of_registers(store: ox.Store, wanted: Collection[str]) -> list[ox.Quad]:
    """Return what registers say of things, and of what these refer to, a few steps on, all in one graph."""
    seen: set[str] = set()
    found: list[ox.Quad] = []
    names = set(wanted)
    for _ in range(_MOST_STEPS):
        new = sorted(names - seen)[: _MOST_THINGS - len(seen)]
        seen |= names
        quads = [quad for name in new for quad in _stated(store, name)]
        found += quads
        names = {text_of(quad.object) for quad in quads if text_of(quad.object).startswith(_OURS)}
    return found


def of_others(store: ox.Store) -> Iterator[ox.Quad]:
    """Yield what people wrote: all graphs but those of registers, without what is derived."""
    for name in store.named_graphs():
        if not text_of(name).startswith(_REGISTER) and name != inference.DERIVED:
            yield from store.quads_for_pattern(None, None, None, name)


def _stated(store: ox.Store, name: str) -> Iterator[ox.Quad]:
    for quad in store.quads_for_pattern(ox.NamedNode(name), None, None, None):
        if text_of(quad.graph_name).startswith(_REGISTER):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, _HOME)

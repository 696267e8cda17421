"""Two versions compared in all depths, in one reading of their statements."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import ReleaseError
from acagraph.release.content import graph_of, read
from acagraph.release.deltas.constraints import shape_changes
from acagraph.release.deltas.facts import inferred
from acagraph.release.deltas.merging import Merge
from acagraph.release.deltas.model import Things
from acagraph.release.deltas.names import Names, find_names
from acagraph.release.deltas.patch import Header, changes
from acagraph.release.deltas.sides import Side
from acagraph.release.deltas.terms import TermChange, term_changes, version_of
from acagraph.release.deltas.things import Collection
from acagraph.release.deltas.versions import Proposal, dataset_version, ontology_version
from acagraph.release.deltas.wording import wanted
from acagraph.release.dumps.packing import written
from acagraph.vocab import ACA, BASE, ONTOLOGY, SHAPES

_TERMS = tuple(text.encode() for text in (f"<{ACA}", f"<{ONTOLOGY}>", f"<{BASE}scheme/", "_:"))
_WITH_GRAPHS = "N-Quads, TriG or JSON-LD"
_SHAPES = tuple(text.encode() for text in (f"<{SHAPES}", "_:"))


@dataclass(frozen=True)
class Comparison:
    """What differs between two versions: statements by named graph, things, terms, and what comes next.

    `body` holds the lines of the patch between TX and TC. `notes` say what tells much as changed that nobody
    changed.
    """

    old: Side
    new: Side
    header: Header
    added: Mapping[str, int]
    removed: Mapping[str, int]
    body: Path
    things: Things
    names: Names
    terms: tuple[TermChange, ...]
    ontology: Proposal
    dataset: Proposal
    notes: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Say whether both hold the same statements."""
        return self.header.old_sha256 == self.header.new_sha256


def compare(old: Side, new: Side, scratch: Path) -> Comparison:
    """Compare two versions; the patch goes below `scratch`, and memory grows with what differs.

    Raises ReleaseError for a version that does not have the hash that its manifest says.
    """
    # What is packed would be unpacked again for each question.
    old = replace(old, lines=old.lines.unpacked(scratch / "old.nq"))
    new = replace(new, lines=new.lines.unpacked(scratch / "new.nq"))
    bare = [side for side in (old, new) if not any(map(graph_of, side.lines))]
    terms_of = (side.lines.starting(f"<{ACA}".encode()) for side in (old, new))
    collection = Collection(old, new, inferred(chain(*terms_of)) if bare else frozenset())
    merge = Merge(old.lines, new.lines)
    body = scratch / "body.rdfp"
    with body.open("wb") as file:
        for group in merge.groups():
            collection.take(group)
            file.writelines(changes(group))
    for side, found in ((old, merge.old_sha256), (new, merge.new_sha256)):
        if side.sha256 is not None and side.sha256 != found:
            message = f"{side.name} is damaged: its statements have the hash {found}, not {side.sha256}"
            raise ReleaseError(f"{message} as its manifest says; run acagraph verify on it")
    things = collection.things()
    header = Header(merge.old_sha256, merge.new_sha256, old.version, new.version)
    terms, ontology = _terms(old, new)
    return Comparison(
        old=old,
        new=new,
        header=header,
        added=dict(sorted(merge.added.items())),
        removed=dict(sorted(merge.removed.items())),
        body=body,
        things=things,
        names=find_names(set(wanted(things.changes)), new.lines, old.lines),
        terms=terms,
        ontology=ontology,
        dataset=dataset_version(old.version, new.version, new.date, equal=merge.equal),
        notes=() if merge.equal else tuple(_notes(old, new, bare, merge)),
    )


def write_patch(comparison: Comparison, path: Path) -> None:
    """Write the comparison as an RDF Patch, packed when the name ends with .gz; equal bytes each time."""
    with written(path) as file:
        file.writelines(comparison.header.lines())
        file.write(b"TX .\n")
        with comparison.body.open("rb") as body:
            shutil.copyfileobj(body, file, 1 << 20)
        file.write(b"TC .\n")


def _notes(old: Side, new: Side, bare: Sequence[Side], merge: Merge) -> Iterator[str]:
    """Yield what tells much as changed that nobody changed, such as graphs that one version is without."""
    if len(bare) == 1:
        yield f"{bare[0].name} has no named graphs, so every statement differs; compare {_WITH_GRAPHS}"
    elif bare and any(side.derived for side in bare):
        yield f"without named graphs, some of what the rules derive is told as stated; compare {_WITH_GRAPHS}"
    lost, come = (any(map(_of_register, counts)) for counts in (merge.removed, merge.added))
    short = new if lost else old
    if not bare and lost != come and not any(_of_register(graph_of(line)) for line in short.lines):
        told = f"all that they state is told as {'gone' if lost else 'new'}"
        yield f"{short.name} leaves the registers out, so {told}; compare versions that both have them"


def _of_register(graph: str) -> bool:
    return graph.startswith("register/")


def _terms(old: Side, new: Side) -> tuple[tuple[TermChange, ...], Proposal]:
    before, after = _ontology(old), _ontology(new)
    # A version that has no ontology, as a file may, tells nothing of the terms.
    found = term_changes(before, after) if before and after else []
    shapes = [_shapes(side) for side in (old, new)]
    # What is not known of one version did not change.
    if all(item is not None for item in shapes):
        fresh = {change.term for change in found if change.what == "added"}
        known = [*before, *after]
        found += shape_changes(shapes[0] or (), shapes[1] or (), ontology=known, terms=fresh)
    proposal = ontology_version(version_of(before), version_of(after), found)
    return tuple(found), proposal


def _ontology(side: Side) -> list[ox.Quad]:
    lines = [line for line in _starting(side, _TERMS) if graph_of(line) not in ("derived", "links")]
    return list(read(lines)) if any(not line.startswith(b"_:") for line in lines) else []


def _shapes(side: Side) -> Iterable[ox.Quad] | None:
    """Return the shapes of a version; an RDF file may hold some itself."""
    if side.shapes is not None:
        return side.shapes
    lines = list(_starting(side, _SHAPES))
    return list(read(lines)) if any(not line.startswith(b"_:") for line in lines) else None


def _starting(side: Side, prefixes: Iterable[bytes]) -> Iterator[bytes]:
    return (line for prefix in prefixes for line in side.lines.starting(prefix))

"""Whether one dump, whoever wrote it, is as a manifest lists it, or at least holds the same dataset."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import ReleaseError
from acagraph.release.clock import Clock, Progress, silent
from acagraph.release.dumps.plan import FOLDER, REIFIED
from acagraph.release.manifest import MANIFEST
from acagraph.release.proof.claims import claims_of, seen_as, signature_of
from acagraph.release.proof.identity import canonical, identify, sha256_of
from acagraph.release.proof.listing import Listed, Listing, read_listing
from acagraph.release.proof.verdict import Claim, Proof, Seen

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
_WHOLE = f"{FOLDER}/acagraph."


def verify_dump(
    path: Path, *, manifest: Path | None = None, key: str | None = None, progress: Progress = silent
) -> Proof:
    """Compare one file with a manifest: the one given, else that of the nearest folder above.

    A dump is read too: with graphs it must have the dataset's hash, without them that of the union of all
    graphs. So one that was unpacked, or written in another order, is known by what it holds.
    Raises ReleaseError when there is no manifest, or when the file is no dump and not listed.
    """
    clock = Clock(progress)
    place = manifest or _nearest(path)
    listing = read_listing(place)
    listed = _listed(path, place.parent, listing)
    with clock.step("files"):
        seen = Seen(path.name, "unlisted") if listed is None else seen_as(path, listed)
    claims = []
    if listed is None or listed.path.startswith(_WHOLE):
        with clock.step("dataset"):
            claims = _contents(path, listed, listing)
    if listed is None:
        same = any(claim.name == "dataset" and claim.state == "holds" for claim in claims)
        seen = Seen(path.name, "whole", "not a file of the release, but the same dataset") if same else seen
    elif listed.triples is not None and not claims:
        told = f"only its bytes were compared: {MANIFEST} has no hash of what it holds"
        claims = [Claim("dataset", "absent", told)]
    signed = signature_of(place.parent, listing, key)
    return Proof(str(path), listing.version, listing.sha256, False, (seen,), (*claims, signed))


def _contents(path: Path, listed: Listed | None, listing: Listing) -> list[Claim]:
    """Say whether a dump holds the whole dataset."""
    form = _form(path)
    if form is None:
        raise ReleaseError(f"{path} is no file of the release, and its name tells no RDF format")
    with tempfile.TemporaryDirectory(prefix="acagraph-") as scratch:
        lines = canonical(
            _quads(path, form, reified=listed is not None and listed.path == REIFIED), Path(scratch)
        )
        try:
            if form.supports_datasets:
                return claims_of(identify(lines), listing)
            if not listing.union:
                told = f"its dataset was not compared: {MANIFEST} has no hash of the union of the graphs"
                return [Claim("dataset", "unknown", told, wanted=listed is None)]
            found = sha256_of(lines)
        except (SyntaxError, EOFError, OSError, zlib.error) as error:
            return [Claim("dataset", "fails", f"it cannot be read: {error}")]
    if found != listing.union:
        told = f"another dataset: the hash of its triples is {found}, published was {listing.union}"
        return [Claim("dataset", "fails", told)]
    return [Claim("dataset", "holds", f"its triples have the hash {found}, as published")]


def _quads(path: Path, form: ox.RdfFormat, *, reified: bool) -> Iterator[ox.Quad]:
    """Parse a dump; of one with reifiers, without what RDF 1.1 has not."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        quads = ox.parse(file, format=form)  # type: ignore[arg-type]
        yield from (quad for quad in quads if not reified or quad.predicate.value != _REIFIES)


def _form(path: Path) -> ox.RdfFormat | None:
    return _FORMS.get(path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix)


def _nearest(path: Path) -> Path:
    if not path.is_file():
        raise ReleaseError(f"{path} is not there; give a release's folder, or a file of one")
    for folder in path.absolute().parents:
        if (folder / MANIFEST).is_file():
            return folder / MANIFEST
    raise ReleaseError(f"no folder above {path} has a {MANIFEST}; name it with --manifest")


def _listed(path: Path, folder: Path, listing: Listing) -> Listed | None:
    """Return how a file is listed: by its place in the release, else by its name if only one has it."""
    here = path.absolute()
    if here.is_relative_to(folder.absolute()):
        found = listing.files.get(here.relative_to(folder.absolute()).as_posix())
        if found is not None:
            return found
    called = [listed for name, listed in listing.files.items() if name.rpartition("/")[2] == path.name]
    return called[0] if len(called) == 1 else None

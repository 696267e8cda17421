"""Whether one dump, whoever wrote it, is as a manifest lists it, or at least holds the same dataset."""

from __future__ import annotations

from pathlib import Path

from acagraph.dataset import MANIFEST
from acagraph.errors import ReleaseError
from acagraph.release.clock import Clock, Progress, silent
from acagraph.release.fingerprint import sha256
from acagraph.release.proof.claims import seen_as, signature_of
from acagraph.release.proof.contents import DATASET, Held, checked, form_of, read_contents, wanted
from acagraph.release.proof.listing import Listed, Listing, read_listing
from acagraph.release.proof.verdict import Claim, Proof, Seen


def verify_dump(
    path: Path, *, manifest: Path | None = None, key: str | None = None, progress: Progress = silent
) -> Proof:
    """Compare one file with a manifest: the one given, else that of the nearest folder above.

    A file that has the bytes of one that is listed is that file, whatever it is called. A dump is read too:
    so one that was unpacked, or written in another order, is known by what it holds, the whole dataset or one
    of its graphs. One that holds neither and has the name of none cannot be told.

    Raises ReleaseError when there is no manifest, or when the file is no dump and not listed.
    """
    clock = Clock(progress)
    place = manifest or _nearest(path)
    listing = read_listing(place)
    with clock.step("files"):
        seen, listed, by_name = _seen(path, place.parent, listing)
    due = None if listed is None else wanted(listing).get(listed.path)
    claims = list[Claim]()
    if listed is None or due is not None:
        with clock.step("dataset"):
            held = _held(path, listing)
        if listed is None or by_name:
            seen, claims = _judged(seen, listed, held, due, listing)
        else:
            claims = checked(held, due, listing)
    elif listed.triples is not None:
        told = f"only its bytes were compared: {MANIFEST} has no hash of what it holds"
        claims = [Claim("dataset", "absent", told)]
    signed = signature_of(place.parent, listing, key)
    return Proof(str(path), listing.version, listing.sha256, False, (seen,), (*claims, signed))


def _seen(path: Path, folder: Path, listing: Listing) -> tuple[Seen, Listed | None, bool]:
    """Say as which file of the release one is looked at: by its place, its bytes, else its name alone."""
    here = path.absolute()
    if here.is_relative_to(folder.absolute()):
        listed = listing.files.get(here.relative_to(folder.absolute()).as_posix())
        if listed is not None:
            return seen_as(path, listed), listed, False
    try:
        digest = sha256(path)
    except OSError as error:
        return Seen(path.name, "unread", f"it cannot be read: {error.strerror}"), None, False
    named = [file for name, file in listing.files.items() if _alike(path.name, name.rpartition("/")[2])]
    same = [file for file in listing.files.values() if file.sha256 == digest]
    if same:
        known = next((file for file in same if file in named), same[0])
        reason = "" if known in named else f"it has the bytes of {known.path}"
        return Seen(path.name, "whole", reason), known, False
    if len(named) == 1:
        told = f"its SHA-256 is {digest}, published was {named[0].sha256}"
        return Seen(path.name, "altered", told), named[0], True
    return Seen(path.name, "unlisted"), None, False


def _alike(name: str, other: str) -> bool:
    """Say whether two files have the same name, packed or not."""
    return name.removesuffix(".gz") == other.removesuffix(".gz")


def _held(path: Path, listing: Listing) -> Held:
    form = form_of(path)
    if form is None:
        raise ReleaseError(f"{path} is no file of the release, and its name tells no RDF format")
    return read_contents(path, form, listing)


def _judged(
    seen: Seen, listed: Listed | None, held: Held, due: str | None, listing: Listing
) -> tuple[Seen, list[Claim]]:
    """Say what the contents of a dump show whose bytes are not those of the release.

    `due` is what the file must hold whose name it has; it has the name of none without `listed`.
    """
    claims = list(held.claims) if listed is None else checked(held, due, listing)
    if held.reifiers:
        told = f"the {held.reifiers:,} reifiers in it, of RDF 1.2, were not compared"
        claims.append(Claim("reifiers", "unknown", told))
    if held.what is not None and not any(claim.state == "fails" for claim in claims):
        same = "the same dataset" if held.what == DATASET else f"the same triples as {held.what}"
        other = "not a file of the release" if listed is None else f"other bytes than {listed.path}"
        return Seen(seen.path, "whole", f"{other}, but {same}"), claims
    if listed is None:
        reason = next((claim.told for claim in claims if claim.state != "holds"), "")
        told = f"it holds neither the dataset nor one of its graphs ({reason})"
        return seen, [Claim("dataset", "unknown", told, wanted=True)]
    return seen, claims


def _nearest(path: Path) -> Path:
    if not path.is_file():
        raise ReleaseError(f"{path} is not there; give a release's folder, or a file of one")
    for folder in path.absolute().parents:
        if (folder / MANIFEST).is_file():
            return folder / MANIFEST
    raise ReleaseError(f"no folder above {path} has a {MANIFEST}; name it with --manifest")

"""Whether a release's folder, or what was downloaded of it, is as it was published."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from acagraph.dataset import MANIFEST
from acagraph.errors import ReleaseError
from acagraph.release.clock import Clock, Progress, silent
from acagraph.release.files import CHECKSUMS, SIGNATURE, STORE
from acagraph.release.fingerprint import sha256
from acagraph.release.pages import LISTED, PAGES
from acagraph.release.proof.claims import claims_of, seen_as, signature_of
from acagraph.release.proof.contents import (
    DATASET,
    UNREADABLE,
    checked,
    count,
    form_of,
    read_contents,
    wanted,
)
from acagraph.release.proof.identity import hashes, identify
from acagraph.release.proof.listing import Listed, Listing, read_checksums, read_listing
from acagraph.release.proof.numbers import Numbers, numbers_of
from acagraph.release.proof.pages import look_at_pages
from acagraph.release.proof.stored import compare
from acagraph.release.proof.verdict import Claim, Proof, Seen

DUMP = "data/acagraph.nq.gz"
_UNREADABLE = (EOFError, OSError, zlib.error)
_OWN = (MANIFEST, CHECKSUMS, SIGNATURE)


def verify(
    folder: Path,
    *,
    key: str | None = None,
    quick: bool = False,
    deep: bool = False,
    progress: Progress = silent,
) -> Proof:
    """Compare a release with its manifest: each file, the dataset and what is said of it, store, signature.

    `key` is a public key of minisign, or the name of a file with one. With `quick` only the checksums of
    files are looked at, and the signature; with `deep` every dump is read, not only the one in N-Quads.
    Raises ReleaseError when there is no manifest that can be read.
    """
    clock = Clock(progress)
    try:
        listing = read_listing(folder / MANIFEST)
    except ReleaseError as error:
        return _without_listing(folder, error)
    with clock.step("files"):
        pages, told = look_at_pages(folder, listing)
        files = sorted([*_files(folder, listing), *pages], key=lambda seen: seen.path)
    look = _Look(folder, listing, {seen.path: seen for seen in files}, quick)
    claims = [
        *look.dataset(clock),
        *look.store(clock),
        *look.dumps(clock, deep=deep),
        *told,
        signature_of(folder, listing, key),
    ]
    return Proof(
        str(folder), listing.version, listing.sha256, (folder / STORE).is_dir(), tuple(files), tuple(claims)
    )


def _without_listing(folder: Path, error: ReleaseError) -> Proof:
    """Say that a manifest was altered, where SHA256SUMS tells so; raise the error where nothing does."""
    sums = read_checksums(folder) if (folder / MANIFEST).is_file() else None
    if sums is None or MANIFEST not in sums or sums[MANIFEST] == sha256(folder / MANIFEST):
        raise error
    seen = Seen(MANIFEST, "altered", f"it is not as {CHECKSUMS} lists it, and cannot be read: {error}")
    return Proof(str(folder), "unknown", "", (folder / STORE).is_dir(), (seen,), ())


@dataclass(frozen=True)
class _Look:
    """What is looked at beyond the bytes of files; `seen` are the files by name."""

    folder: Path
    listing: Listing
    seen: Mapping[str, Seen]
    quick: bool

    def lines(self) -> Iterator[bytes]:
        """Yield the lines of the dump."""
        with gzip.open(self.folder / DUMP) as file:
            yield from file

    def dataset(self, clock: Clock) -> list[Claim]:
        """Say whether the dump has the hash that the manifest gives for the dataset."""
        reason = self._unseen()
        if reason:
            return [Claim("dataset", "unknown", f"the dataset's hash was not computed: {reason}")]
        with clock.step("dataset"):
            try:
                numbers = Numbers()
                found = identify(numbers.watch(self.lines()))
                claims = claims_of(found, self.listing)
                if any(claim.state == "fails" for claim in claims):
                    return claims
                return [*claims, *numbers_of(numbers, found, hashes(self.lines), self.listing)]
            except _UNREADABLE as error:
                return [Claim("dataset", "fails", f"{DUMP} cannot be unpacked: {error}")]

    def store(self, clock: Clock) -> list[Claim]:
        """Say whether the store holds what the dump does."""
        if not (self.folder / STORE).is_dir():
            return []
        reason = self._unseen()
        if reason:
            return [Claim("store", "unknown", f"the store was not compared: {reason}")]
        with clock.step("store"):
            try:
                found = compare(self.lines, ox.Store.read_only(str(self.folder / STORE)))
            except (*_UNREADABLE, SyntaxError, RuntimeError) as error:
                return [Claim("store", "fails", f"the store cannot be read: {error}")]
        if found.equal:
            told = f"the store gives back the {found.stored:,} quads of {DUMP}, as it spells their literals"
            return [Claim("store", "holds", told)]
        told = f"the store has {found.stored:,} quads, {DUMP} {found.dumped:,}, and they are not the same"
        lacks = "".join(f"; the store lacks {quad}" for quad in found.lacking[:1])
        return [Claim("store", "fails", told + lacks)]

    def dumps(self, clock: Clock, *, deep: bool) -> list[Claim]:
        """Say whether the other files of RDF hold what they must, or that nobody looked."""
        due = {path: what for path, what in wanted(self.listing).items() if self._is_here(path)}
        others = len(due.keys() - {DUMP})
        if self.quick or not others:
            return []
        if not deep:
            told = f"the {others:,} other dumps were compared by their bytes alone; --deep reads them too"
            return [Claim("dumps", "absent", told)]
        with clock.step("dumps"):
            wrong = [
                f"{path}: {reason}"
                for path, listed in self.listing.files.items()
                if listed.triples is not None and path != DUMP and self._is_here(path)
                for reason in self._read(path, listed, due.get(path))
            ]
        if wrong:
            more = f"; and {len(wrong) - 1:,} more" if len(wrong) > 1 else ""
            return [Claim("dumps", "fails", wrong[0] + more)]
        return [Claim("dumps", "holds", f"each of the {others:,} other dumps holds the dataset or its graph")]

    def _read(self, path: str, listed: Listed, due: str | None) -> Iterator[str]:
        """Yield what is wrong with what a file of RDF holds."""
        form = form_of(self.folder / path)
        if form is None:
            return
        if due is None:
            try:
                number = count(self.folder / path, form)
            except UNREADABLE as error:
                yield f"it cannot be read: {error}"
                return
        else:
            held = read_contents(self.folder / path, form, self.listing)
            yield from (
                claim.told
                for claim in checked(held, due, self.listing)
                if claim.state in ("fails", "unknown")
            )
            graphs = self.listing.graphs
            number = (sum(graphs.values()) if due == DATASET else graphs[due]) + held.reifiers
        if number != listed.triples:
            yield f"it has {number:,} triples, published were {listed.triples:,}"

    def _is_here(self, path: str) -> bool:
        return path in self.seen and self.seen[path].state == "whole"

    def _unseen(self) -> str:
        if self.quick:
            return "only checksums were looked at"
        seen = self.seen.get(DUMP)
        if seen is None:
            return f"the manifest lists no {DUMP}"
        return {"whole": "", "missing": f"{DUMP} is not here"}.get(seen.state, f"{DUMP} is {seen.state}")


def _files(folder: Path, listing: Listing) -> Iterator[Seen]:
    """Yield the state of each file that is listed or there, but for those of the store."""
    for listed in listing.files.values():
        yield seen_as(folder / listed.path, listed)
    yield from _checksums(folder, listing)
    own = {*_OWN, LISTED} if listing.pages else {*_OWN}
    for name in sorted(_there(folder, pages=not listing.pages) - listing.files.keys() - own):
        yield Seen(name, "unlisted", "the manifest does not list it")


def _checksums(folder: Path, listing: Listing) -> Iterator[Seen]:
    """Yield the state of SHA256SUMS and, by what it says, of the manifest."""
    try:
        sums = read_checksums(folder)
    except ReleaseError as error:
        yield Seen(CHECKSUMS, "altered", str(error))
        return
    if sums is None:
        yield Seen(CHECKSUMS, "missing")
        return
    wanted = {file.path: file.sha256 for file in listing.files.values()}
    wanted |= {LISTED: listing.pages} if listing.pages else {}
    others = {name: digest for name, digest in sums.items() if name != MANIFEST}
    differing = sorted(name for name in wanted.keys() | others.keys() if wanted.get(name) != others.get(name))
    if differing:
        reason = f"it does not agree with {MANIFEST} on {len(differing)} files: {differing[0]}"
        yield Seen(CHECKSUMS, "altered", reason)
    else:
        yield Seen(CHECKSUMS, "whole")
    digest = sha256(folder / MANIFEST)
    if sums.get(MANIFEST) == digest:
        yield Seen(MANIFEST, "whole")
    else:
        yield Seen(MANIFEST, "altered", f"its SHA-256 is {digest}, and {CHECKSUMS} has another")


def _there(folder: Path, *, pages: bool) -> set[str]:
    """Return the names of all files of a folder, without those of the store and of folders that are links.

    Those of `pages` are left to their own list, where there is one.
    """
    found = set()
    for place, folders, names in os.walk(folder):
        here = Path(place).relative_to(folder)
        if here == Path():
            folders[:] = [name for name in folders if name != STORE and (pages or name != PAGES)]
        found |= {(here / name).as_posix() for name in names}
    return found

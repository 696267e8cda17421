"""Whether the pages of a release are as it was published with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from acagraph.errors import ReleaseError
from acagraph.release.files import STORE
from acagraph.release.fingerprint import sha256
from acagraph.release.pages import LISTED, PAGES, read_pages
from acagraph.release.proof.listing import Listing
from acagraph.release.proof.verdict import Claim, Seen


def look_at_pages(folder: Path, listing: Listing) -> tuple[list[Seen], list[Claim]]:
    """Compare pages with their list, and that with what the manifest says of it.

    Of the pages only those are named that something is wrong with: there are tens of thousands. A download
    needs none.
    """
    if not listing.pages:
        return [], []
    path = folder / LISTED
    if not path.is_file():
        return [Seen(LISTED, "missing")], []
    if sha256(path) != listing.pages:
        return [Seen(LISTED, "altered", "the manifest has another SHA-256 of it")], []
    try:
        listed = read_pages(folder)
    except ReleaseError as error:
        return [Seen(LISTED, "altered", str(error))], []
    whole = Seen(LISTED, "whole")
    if not (folder / PAGES).exists() and not (folder / STORE).is_dir():
        return [whole], [Claim("pages", "absent", f"the {len(listed):,} pages are not here")]
    wrong = list(_wrong(folder, listed))
    if wrong:
        told = f"{len(wrong):,} of {len(listed):,} pages are not as {LISTED} lists them: {wrong[0].path}"
        return [whole, *wrong], [Claim("pages", "fails", told)]
    return [whole], [Claim("pages", "holds", f"all {len(listed):,} pages are as {LISTED} lists them")]


def differing(one: Path, other: Path) -> list[str]:
    """Return the names of the pages that two releases do not both have with the same bytes, by their lists.

    Raises ReleaseError for a list that cannot be read.
    """
    then, now = read_pages(one), read_pages(other)
    return sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))


def _wrong(folder: Path, listed: Mapping[str, str]) -> Iterator[Seen]:
    for name, digest in listed.items():
        path = folder / name
        if not path.is_file():
            yield Seen(name, "altered" if path.exists() else "missing")
            continue
        try:
            if (found := sha256(path)) != digest:
                yield Seen(name, "altered", f"its SHA-256 is {found}, published was {digest}")
        except OSError as error:
            yield Seen(name, "unread", f"it cannot be read: {error.strerror}")
    for path in sorted((folder / PAGES).rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name not in listed and not (path.is_dir() and not path.is_symlink()):
            yield Seen(name, "unlisted", f"{LISTED} does not list it")

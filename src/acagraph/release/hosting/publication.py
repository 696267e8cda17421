"""From a folder of releases to the folder of a site: check them, lay the site out, put it in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from acagraph.dataset import MANIFEST
from acagraph.errors import ReleaseError
from acagraph.release.files import CHECKSUMS, SIGNATURE, File
from acagraph.release.fingerprint import sha256
from acagraph.release.history import Past, order, releases
from acagraph.release.hosting.edge import refused
from acagraph.release.hosting.layout import laid_out
from acagraph.release.hosting.placement import MARKER, RELEASES, foreign, marker, place, standing, workplace
from acagraph.release.hosting.site import Edition, Layout, Site
from acagraph.release.hosting.terms import read_ontology
from acagraph.release.pages import LISTED
from acagraph.release.proof.folder import verify
from acagraph.sources import read_redirects
from acagraph.stores import media
from acagraph.vocab import BASE

_NAMED = 3


@dataclass(frozen=True)
class Publication:
    """A site that was made: its releases, the newest first, and how large it is in files and bytes.

    `written` are the bytes that are new on the disk: all others are second names of the releases' files. Of
    the releases `kept` are those that only the site itself still had.
    """

    folder: Path
    site: str
    versions: tuple[str, ...]
    files: int
    bytes: int
    written: int
    kept: tuple[str, ...]
    notices: tuple[str, ...]


def publish(
    out: Path, folder: Path, *, site: str | None = None, force: bool = False, drop: Sequence[str] = ()
) -> Publication:
    """Make `folder` a site of all releases in `out`, for any server of static files.

    The newest release stands at the root, every one under releases/VERSION/; none has its store. `site` is
    the address at which the folder will be served; without it the permanent IRIs stand for it, and nothing
    is made for w3id.org. What stood in `folder` stays until the new site is whole, and is then gone: only
    with `force` when it holds files that no earlier run has put there. But a release that was published once
    is kept from the old site though `out` has it no more, unless `drop` names its version. Equal input gives
    equal bytes.

    Raises ReleaseError when there is no release, when one is not as its manifest says, for an address that is
    none, for a version to drop that is not only in the old site, and when the folder cannot be written.
    """
    at = Site.at(site)
    folder = folder.resolve()
    _check_target(folder, out.resolve(), force=force)
    found = releases(out)
    if not found:
        raise ReleaseError(f"there is no release in {out}; run `acagraph build` first, or give --from")
    editions = [_edition(past) for past in found]
    try:
        with workplace(folder) as work:
            kept = [_edition(past) for past in _kept(folder, found, drop)]
            editions = sorted([*editions, *kept], key=lambda each: order(each.version), reverse=True)
            layout, notices = laid_out(at, editions)
            layout[MARKER] = marker(layout)
            placed = place(layout, folder, work)
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"the site could not be written to {folder}: {reason}; what stood there stays"
        raise ReleaseError(message) from error
    notices += _notices(at, out, layout, editions, kept)
    return Publication(
        folder=folder,
        site=at.address,
        versions=tuple(edition.version for edition in editions),
        files=len(layout),
        bytes=placed.bytes,
        written=placed.written,
        kept=tuple(edition.version for edition in kept),
        notices=(*notices, *refused(_sizes(layout))),
    )


def _sizes(layout: Layout) -> list[int]:
    """Return how large each file is in bytes."""
    return [
        len(source)
        if isinstance(source, bytes)
        else (source if isinstance(source, Path) else source.path).stat().st_size
        for source in layout.values()
    ]


def _notices(
    at: Site, out: Path, layout: Layout, editions: Sequence[Edition], kept: Sequence[Edition]
) -> Iterator[str]:
    """Tell what a site is without, and what of it was not asked for."""
    for edition in kept:
        yield (
            f"{edition.version} is not in {out}: it was kept from the site that stood there; --drop "
            f"{edition.version} takes it off the web"
        )
    if not at.given:
        yield "without --site there is no folder w3id/, and addresses of pages are those of w3id.org"
    if not any(path.startswith("doc/") for path in layout):
        yield (
            "there are no pages of single things here: /id/… leads to /doc/…, which is not found; build the "
            "release without --no-pages"
        )
    yield (
        f"files alone answer no query: {BASE}sparql, which the descriptions name, and the other addresses of "
        "the service need `acagraph serve`"
    )
    for edition in editions:
        if edition.manifest.get("whole") is False:
            yield f"{edition.version} was built without the registers"


def _check_target(folder: Path, out: Path, *, force: bool) -> None:
    """Refuse a folder that holds what must not be lost. Raises ReleaseError."""
    if folder.exists() and not folder.is_dir():
        raise ReleaseError(f"{folder} is no folder; give another one with --to")
    for kept, words in ((out, "the releases"), (Path.cwd().resolve(), "the folder you are in")):
        if kept.is_relative_to(folder):
            raise ReleaseError(f"{folder} holds {words}; give a folder of its own with --to")
    if folder.is_relative_to(out):
        raise ReleaseError(f"{folder} is in the folder of the releases; give one outside of {out} with --to")
    others = [] if force else foreign(folder)
    if others:
        more = f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
        named = ", ".join(others[:_NAMED]) + more
        raise ReleaseError(
            f"{folder} holds what `acagraph release publish` did not make: {named}; give another folder with "
            "--to, or --force to lose that"
        )


def _kept(folder: Path, found: Sequence[Past], drop: Sequence[str]) -> list[Past]:
    """Return the releases that stand in the old site alone and are not to be dropped. Raises ReleaseError."""
    here = {past.version: past.folder for past in found}
    gone = [version for version in standing(folder) if version not in here]
    for version in drop:
        if version in here:
            raise ReleaseError(
                f"--drop {version}: it stands in {here[version]}; move it away from there first"
            )
        if version not in gone:
            raise ReleaseError(f"--drop {version}: {folder} has no such release")
    there = {past.version: past for past in releases(folder / RELEASES)}
    for version in set(gone) - set(drop) - there.keys():
        raise ReleaseError(
            f"{folder / RELEASES / version} was published and is damaged; put the release where the others "
            f"are, or take it off the web with --drop {version}"
        )
    return [there[version] for version in gone if version not in drop]


def _edition(past: Past) -> Edition:
    """Look at a release. Raises ReleaseError when a file is not as its manifest says."""
    proof = verify(past.folder, quick=True)
    if not proof.complete:
        wrong = [seen for seen in proof.files if seen.state not in ("whole", "unlisted")]
        told = "; ".join(f"{seen.path} is {seen.state}" for seen in wrong[:_NAMED])
        told = told or "; ".join(claim.told for claim in proof.claimed("fails"))
        raise ReleaseError(
            f"{past.folder} is not as it was published ({told}); build it again or move it away: only whole "
            "releases are published"
        )
    files = [_listed(entry) for entry in past.manifest["files"]]
    for name in (MANIFEST, CHECKSUMS, SIGNATURE, LISTED):
        path = past.folder / name
        if path.is_file():
            files.append(File(name, path.stat().st_size, sha256(path), _type(name)))
    named = {file.path: file for file in files}
    ontology = str(past.manifest.get("ontology") or "")
    if not ontology and "ontology.ttl" in named:  # of a release whose manifest does not say it yet
        ontology = read_ontology(past.folder / "ontology.ttl").version
    redirects = read_redirects(past.folder / "redirects.csv") if "redirects.csv" in named else ()
    return Edition(
        past.version, past.folder, past.manifest, named, ontology, {item.old: item.new for item in redirects}
    )


def _listed(entry: dict[str, object]) -> File:
    path = str(entry["path"])
    return File(
        path, int(str(entry["bytes"])), str(entry["sha256"]), str(entry.get("media_type") or _type(path))
    )


def _type(name: str) -> str:
    return media.FILES.get(Path(name).suffix, "application/octet-stream")

"""Building a release again from its project, to see whether the same bytes come out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acagraph.dataset import MANIFEST
from acagraph.errors import ReleaseError
from acagraph.release.clock import Progress, silent
from acagraph.release.fingerprint import fingerprint, inputs, tools
from acagraph.release.history import find
from acagraph.release.pages import Freeze, read_pages
from acagraph.release.proof.listing import Listing, read_listing
from acagraph.release.proof.pages import differing as differing_pages
from acagraph.release.proof.verdict import Claim
from acagraph.release.publish import build
from acagraph.sources import Project, discover

# What tells how a manifest was made, not what of.
_MADE_WITH = ("tools", "fingerprint", "files", "pages")
_SHOWN = 3


@dataclass(frozen=True)
class Rebuilt:
    """What building again has shown: inputs that are not those of the release, and files that differ.

    With other `inputs` nothing was built: `files` is None then. `reasons` are what else is not as it was: the
    versions of tools, or a release before this one that is not there.
    """

    inputs: tuple[str, ...]
    reasons: tuple[str, ...]
    files: tuple[str, ...] | None
    compared: int = 0

    def claim(self) -> Claim:
        """Say in words what it shows; a difference proves nothing where something else may be the reason."""
        if self.files is None:
            told = f"not built again: the project has other inputs than the release: {_few(self.inputs)}"
            return Claim("rebuild", "unknown", told, wanted=True)
        reasons = f"; not as it was: {_few(self.reasons)}" if self.reasons else ""
        if self.files:
            told = (
                f"built again, {len(self.files)} of {self.compared} files differ: {_few(self.files)}{reasons}"
            )
            return Claim("rebuild", "unknown" if self.reasons else "fails", told, wanted=True)
        told = f"built again, all {self.compared} files have the same bytes{reasons}"
        return Claim("rebuild", "holds", told, wanted=True)


def rebuild(
    folder: Path, project: Path, *, progress: Progress = silent, freeze: Freeze | None = None
) -> Rebuilt:
    """Build a project in a temporary folder, with registers as the release has them, and compare all files.

    Its pages, if it has any, are compared where `freeze` can write them. The release before it is looked for
    beside `folder`. Raises ReleaseError for a manifest that tells no inputs, or when the data does not
    conform, and SourceError for an input that cannot be used.
    """
    listing = read_listing(folder / MANIFEST)
    only_curated = listing.body.get("whole") is not True
    found = discover(project, registers=not only_curated)
    others = tuple(_inputs(listing, found))
    history = folder.resolve().parent
    reasons = (*_tools(listing, found), *_before(listing, history))
    again = freeze if listing.pages else None
    if listing.pages and again is None:
        reasons = (*reasons, "pages cannot be written here, so they were not compared")
    if others:
        return Rebuilt(others, reasons, None)
    with tempfile.TemporaryDirectory(prefix="acagraph-") as place:
        summary = build(
            project,
            Path(place),
            progress=progress,
            only_curated=only_curated,
            history=history,
            freeze=again,
        )
        if summary.path is None:
            raise ReleaseError("built again, nothing was published: the data does not conform")
        differing = tuple(_files(listing, read_listing(summary.path / MANIFEST)))
        pages = () if again is None else tuple(differing_pages(folder, summary.path))
        compared = len(listing.files) + 1 + (0 if again is None else len(read_pages(summary.path)))
    return Rebuilt((), reasons, (*differing, *pages), compared)


def _inputs(listing: Listing, project: Project) -> Iterator[str]:
    """Yield the inputs that are not those that the manifest names."""
    try:
        then = {entry["path"]: entry["sha256"] for entry in listing.body["inputs"]}
    except (KeyError, TypeError) as error:
        raise ReleaseError(f"{MANIFEST} does not say what the release was made from") from error
    now = {entry["path"]: entry["sha256"] for entry in inputs(project)}
    for path in sorted(then.keys() | now.keys()):
        if path not in now:
            yield f"{path} is gone"
        elif path not in then:
            yield f"{path} is new"
        elif then[path] != now[path]:
            yield f"{path} has changed"


def _tools(listing: Listing, project: Project) -> Iterator[str]:
    """Yield the tools whose versions are not those of the manifest, or acagraph when its code is another."""
    then, now = listing.body.get("tools"), tools()
    then = then if isinstance(then, dict) else {}
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            yield f"{name} {then.get(name, 'none')} then, {now.get(name, 'none')} now"
    same_files = not [*_inputs(listing, project)]
    if then == now and same_files and listing.body.get("fingerprint") != fingerprint(project):
        yield "another state of acagraph's code"


def _before(listing: Listing, history: Path) -> Iterator[str]:
    """Yield the release before this one, which its changes were told from, when it is not there now."""
    version = listing.body.get("previous")
    if isinstance(version, str) and find(history, version) is None:
        yield f"release {version}, which this one follows, is not beside it"


def _files(then: Listing, now: Listing) -> Iterator[str]:
    """Yield the files that differ, the manifest among them when it differs in more than what names tools."""
    for path in sorted(then.files.keys() | now.files.keys()):
        if path not in now.files:
            yield f"{path} (not written again)"
        elif path not in then.files:
            yield f"{path} (not in the release)"
        elif then.files[path].sha256 != now.files[path].sha256:
            yield path
    if _facts(then.body) != _facts(now.body):
        yield MANIFEST


def _facts(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in body.items() if name not in _MADE_WITH}


def _few(items: tuple[str, ...]) -> str:
    more = len(items) - _SHOWN
    return ", ".join(items[:_SHOWN]) + (f" and {more} more" if more > 0 else "")

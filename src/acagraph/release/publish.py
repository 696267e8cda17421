"""From a project's files to a published release: read, derive, validate, write, put in place."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from acagraph import queries
from acagraph.dataset import read_manifest
from acagraph.errors import ReleaseError, SourceError
from acagraph.release.clock import Clock, Progress, Step, silent
from acagraph.release.fingerprint import fingerprint
from acagraph.release.folder import write_release, write_report
from acagraph.release.history import Past, find, is_whole, order, releases
from acagraph.release.inputs import Inputs, gather
from acagraph.release.manifest import MANIFEST, contents
from acagraph.release.swap import CURRENT, point_current, put_in_place, remove, workplace
from acagraph.sources import Project, discover
from acagraph.validation import Report

REJECTED = "failed-report"


@dataclass(frozen=True)
class Summary:
    """What a build did: `path` is the release, or None when the data does not conform.

    `engine` is the SHACL engine that judged it. `replaces` says that a release of the same version with other
    files stood there; `notices` say what the release is without, and why.
    """

    version: str
    path: Path | None
    report: Report
    engine: str
    triples: int
    classes: Mapping[str, int]
    steps: Sequence[Step]
    replaces: bool
    notices: Sequence[str] = ()


def up_to_date(root: Path, out: Path, *, only_curated: bool = False) -> Path | None:
    """Return the release in `out`/current when it is whole and was made from these very inputs.

    What a failed build has left is removed then. Raises SourceError as `build` does.
    """
    folder = out / CURRENT
    try:
        manifest = read_manifest(folder / MANIFEST)
        project = discover(root, registers=not only_curated)
        before = previous(out, project)
        same = (
            manifest.get("fingerprint") == fingerprint(project)
            and manifest.get("previous_rdfc10_sha256") == (before and before.manifest.get("rdfc10_sha256"))
            and is_whole(folder, manifest)
        )
    except (ReleaseError, KeyError, TypeError):  # there is none, or one of an older acagraph
        return None
    if not same:
        return None
    remove(out / REJECTED)
    return out / folder.resolve().name


def previous(out: Path, project: Project) -> Past | None:
    """Return the release that a project says it follows, or None where `out` has none of that version.

    Raises SourceError when that is no older version.
    """
    info = project.dataset
    if info.previous is None:
        return None
    if order(info.previous) >= order(info.version):
        message = f"previous {info.previous} is not older than version {info.version}; correct one of them"
        raise SourceError(message, path=project.root / "data" / "dataset.toml")
    return find(out, info.previous)


def build(
    root: Path,
    out: Path,
    *,
    progress: Progress = silent,
    only_curated: bool = False,
    history: Path | None = None,
) -> Summary:
    """Publish the project in `root` as `out`/<version>, and point `out`/current to it.

    Equal inputs give equal bytes, but for those of the store. Whatever goes wrong, the last release stays
    in place; when the data does not conform, the report goes to `out`/failed-report. Registers are left out
    with `only_curated`. The release before is looked for in `history`, else in `out`. Raises SourceError for
    an input that cannot be used, ReleaseError when the release cannot be written.
    """
    clock = Clock(progress)
    discover(root, registers=False)  # without a project nothing is to be made in `out`
    queries.load(root / "queries")
    with _told(out), workplace(out) as place:
        folder, scratch = place / "release", place / "scratch"
        folder.mkdir()
        scratch.mkdir()
        inputs = gather(root, scratch, clock=clock, only_curated=only_curated)
        target, replaces, notices = None, False, list[str]()
        if inputs.report.conforms:
            target = out / inputs.project.dataset.version
            before = previous(history or out, inputs.project)
            notices = [*_older(history or out, inputs), *write_release(inputs, folder, before, clock)]
            replaces = target.exists() and contents(target) != contents(folder)
            put_in_place(folder, target)
            point_current(target)
            remove(out / REJECTED)
        else:
            write_report(inputs.report, folder, root)
            put_in_place(folder, out / REJECTED)
    return Summary(
        version=inputs.project.dataset.version,
        path=target,
        report=inputs.report,
        engine=inputs.report.engine,
        triples=inputs.content.triples,
        classes=inputs.tallies.classes,
        steps=clock.steps,
        replaces=replaces,
        notices=notices,
    )


def _older(out: Path, inputs: Inputs) -> Iterator[str]:
    """Tell of an older release that nobody named as the previous one."""
    info = inputs.project.dataset
    for past in releases(out) if info.previous is None else ():
        if past.manifest.get("whole") == inputs.whole and order(past.version) < order(info.version):
            yield (
                f"{past.folder} is older, but data/dataset.toml names no previous version, so this release "
                f'is told of as the first; add previous = "{past.version}" there to tell what changed'
            )
            return


@contextlib.contextmanager
def _told(out: Path) -> Iterator[None]:
    """Turn the system's refusal to write into an error that says what it means for the reader."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"the release could not be written to {out}: {reason}; the last release stays in place"
        raise ReleaseError(message) from error

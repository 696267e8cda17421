"""From a project's files to a published release: read, derive, validate, write, put in place."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from acagraph import queries
from acagraph.dataset import MANIFEST, read_manifest
from acagraph.errors import ReleaseError, SourceError
from acagraph.release.clock import Clock, Progress, Step, silent
from acagraph.release.files import SIGNATURE
from acagraph.release.fingerprint import fingerprint
from acagraph.release.folder import write_release, write_report
from acagraph.release.history import Past, find, is_whole, order, releases
from acagraph.release.inputs import Inputs, gather
from acagraph.release.manifest import contents, version_of
from acagraph.release.pages import PAGES, Freeze
from acagraph.release.swap import CURRENT, point_current, put_in_place, remove, workplace
from acagraph.sources import Project, discover
from acagraph.validation import Report
from acagraph.vocab import ONTOLOGY, PREFIXES

REJECTED = "failed-report"
_CALVER = re.compile(r"(20[0-9]{2})[.]([0-9]{1,2})[.]([0-9]{1,2})(?![0-9])")


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


def up_to_date(root: Path, out: Path, *, only_curated: bool = False, pages: bool = False) -> Path | None:
    """Return the release in `out`/current when it is whole and was made from these very inputs.

    With `pages` it has some; without, it may have.

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
            and ("pages" in manifest or not pages)
        )
    except (ReleaseError, KeyError, TypeError):  # there is none, or one of an older acagraph
        return None
    if not same:
        return None
    remove(out / REJECTED)
    return out / folder.resolve().name


def previous(out: Path, project: Project) -> Past | None:
    """Return the release that a project says it follows, or None where `out` has none of that version.

    Raises SourceError when that is no older version, or one whose numbers are written in another way.
    """
    info = project.dataset
    if info.previous is None:
        return None
    if order(info.previous) >= order(info.version):
        message = f"previous {info.previous} is not older than version {info.version}; correct one of them"
        raise SourceError(message, path=project.root / "data" / "dataset.toml")
    found = find(out, info.previous)
    if found is not None and found.version != info.previous:
        message = (
            f"previous {info.previous} is called {found.version}; write it so, for addresses hold its name"
        )
        raise SourceError(message, path=project.root / "data" / "dataset.toml")
    return found


def build(
    root: Path,
    out: Path,
    *,
    progress: Progress = silent,
    only_curated: bool = False,
    history: Path | None = None,
    freeze: Freeze | None = None,
) -> Summary:
    """Publish the project in `root` as `out`/<version>, and point `out`/current to it when it is the newest.

    A signature stays with a manifest that has the same bytes as before. Equal inputs give equal bytes, but
    for those of the store. Whatever goes wrong, the last release stays in place; when the data does not
    conform, the report goes to `out`/failed-report. Registers are left out with `only_curated`. The release
    before is looked for in `history`, else in `out`. `freeze` writes the pages; without it there are none.
    Raises SourceError for an input that cannot be used, ReleaseError when the release cannot be written.
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
            notices = [*_older(history or out, inputs), *_versions(inputs, before)]
            notices += write_release(inputs, folder, before, clock, freeze=freeze, last=_last(out, target))
            replaces = target.exists() and contents(target) != contents(folder)
            notices += _signature(target, folder)
            put_in_place(folder, target)
            notices += _point_to_newest(out, target)
            remove(out / REJECTED)
        else:
            write_report(inputs.report, folder, root)
            put_in_place(folder, out / REJECTED)
    return _summary(inputs, target, clock, replaces=replaces, notices=notices)


def _summary(
    inputs: Inputs, target: Path | None, clock: Clock, *, replaces: bool, notices: Sequence[str]
) -> Summary:
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


def _last(out: Path, target: Path) -> Path | None:
    """Return the release whose pages are most like those to come: of the same version, or the newest."""
    return next((found for found in (target, out / CURRENT) if (found / PAGES).is_dir()), None)


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


def _versions(inputs: Inputs, before: Past | None) -> Iterator[str]:
    """Tell where the versions of the dataset and of its ontology do not fit what goes with them."""
    info, ontology = inputs.project.dataset, inputs.content.parts["ontology"]
    day = _CALVER.match(info.version)
    if day and tuple(map(int, day.groups())) != (info.date.year, info.date.month, info.date.day):
        yield f"version {info.version} is named after another day than {info.date}: see data/dataset.toml"
    earlier = before.manifest.get("ontology") if before else None
    if earlier and earlier != version_of(ontology):
        said = f"<{ONTOLOGY}> <{PREFIXES['owl']}priorVersion> <{ONTOLOGY}/{earlier}> ".encode()
        if not any(line.startswith(said) for line in ontology.lines()):
            yield (
                f"the ontology was {earlier} before and does not say so: give it owl:priorVersion "
                f"<{ONTOLOGY}/{earlier}> in ontology/acagraph.ttl"
            )


def _signature(before: Path, folder: Path) -> Iterator[str]:
    """Carry the signature of a release over to what takes its place; tell where it would not fit any more."""
    signature = before / SIGNATURE
    if not signature.is_file():
        return
    if (before / MANIFEST).read_bytes() == (folder / MANIFEST).read_bytes():
        shutil.copyfile(signature, folder / SIGNATURE)
    else:
        yield (
            f"{before} was signed, and its {MANIFEST} is another one now: the signature is gone with it; "
            f"sign it again with `acagraph release sign {before} --key …`"
        )


def _point_to_newest(out: Path, target: Path) -> Iterator[str]:
    """Point `current` to a release, but never back: where `out` has a newer one, say so."""
    newest = releases(out)[0]
    if order(newest.version) <= order(target.name):
        point_current(target)
        return
    if not (out / CURRENT).exists():
        point_current(newest.folder)
    stays = out / (out / CURRENT).resolve().name
    yield (
        f"{target} is older than {newest.folder}, so {out / CURRENT} stays at {stays}; to go back to the "
        "older one, move the newer one away and build again"
    )


@contextlib.contextmanager
def _told(out: Path) -> Iterator[None]:
    """Turn the system's refusal to write into an error that says what it means for the reader."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"the release could not be written to {out}: {reason}; the last release stays in place"
        raise ReleaseError(message) from error

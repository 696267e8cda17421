"""The folder changes/ of a release: what differs from the release before, for machines and for people."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from acagraph.errors import ReleaseError, SourceError
from acagraph.release.content import Content
from acagraph.release.deltas.comparison import Comparison, compare, write_patch
from acagraph.release.deltas.documents import body, changelog_entry
from acagraph.release.deltas.model import Things
from acagraph.release.deltas.outline import markdown, outline
from acagraph.release.deltas.sides import Side, gone_by, of_release
from acagraph.release.history import Past
from acagraph.release.lines import Lines
from acagraph.sources import DatasetInfo, Redirect
from acagraph.vocab import compact

FOLDER = "changes"
PATCH = "dataset.rdfp.gz"
_LISTED = 50
_SHOWN = 3


def write_changes(
    folder: Path,
    new: Content,
    previous: Past | None,
    *,
    info: DatasetInfo,
    shapes: Iterable[ox.Quad],
    redirects: Sequence[Redirect] = (),
) -> list[str]:
    """Write changes/ below a release's folder and return notices; equal bytes for equal input.

    `previous` is the release that `info.previous` names, None where there is none in the folder of releases.
    The first release has no patch, which would be the dump once more; nor has one whose release before is not
    there or is damaged, of which nothing is told but that.
    """
    target = folder / FOLDER
    target.mkdir()
    if info.previous is None:
        _write_first(target, new, info)
        return []
    if previous is None:
        return [_write_unknown(target, info, f"release {info.previous} is not in the folder of releases")]
    side = Side(
        name=info.version,
        lines=Lines(new.path),
        version=info.version,
        date=info.date,
        sha256=new.sha256,
        gone=gone_by(redirects),
        shapes=tuple(shapes),
    )
    with tempfile.TemporaryDirectory(prefix="acagraph-") as scratch:
        try:
            comparison = compare(of_release(previous.folder), side, Path(scratch))
        except (ReleaseError, SourceError, FileNotFoundError) as error:
            return [_write_unknown(target, info, f"release {info.previous} cannot be read: {_short(error)}")]
        write_patch(comparison, target / PATCH)
        return _write(target, comparison, info)


def _write(target: Path, comparison: Comparison, info: DatasetInfo) -> list[str]:
    _write_json(target, {"version": info.version, "previous": info.previous, **body(comparison)})
    told = markdown(outline(comparison, listed=_LISTED))
    _write_text(target / "changes.md", told)
    _write_text(target / "changelog-entry.md", changelog_entry(comparison, info.version, info.date))
    warning = comparison.ontology.warning
    lost = list(lost_names(comparison.things))
    return [*comparison.notes, *([f"the ontology: {warning}"] if warning else []), *lost]


def lost_names(things: Things) -> Iterator[str]:
    """Yield a notice when things are gone without a word of what became of them: their IRIs lead nowhere."""
    gone = [compact(change.about) for change in things.changes if change.kind == "thing-removed"]
    if gone:
        shown = ", ".join(gone[:_SHOWN]) + (" and others" if len(gone) > _SHOWN else "")
        yield (
            f"{len(gone):,} things are gone and their IRIs lead nowhere: {shown}; say in data/redirects.csv "
            "what each became, or why it was withdrawn"
        )


def _write_first(target: Path, new: Content, info: DatasetInfo) -> None:
    graphs = {name: part.triples for name, part in new.parts.items()}
    note = "This is the first release: everything is new, and the dump is the patch."
    counts = {"added": new.triples, "removed": 0, "graphs": graphs}
    _write_json(
        target,
        {
            "version": info.version,
            "previous": None,
            "note": note,
            "rdfc10_sha256": new.sha256,
            "statements": counts,
        },
    )
    line = f"{new.triples:,} statements in {len(graphs):,} named graphs."
    _write_text(target / "changes.md", f"# The first release, {info.version}\n\n{note}\n\n{line}\n")
    entry = f"## [{info.version}] - {info.date.isoformat()}\n\n### Added\n\n- The first release: {line}\n"
    _write_text(target / "changelog-entry.md", entry)


def _write_unknown(target: Path, info: DatasetInfo, reason: str) -> str:
    """Say that nothing is known of what changed, and return that."""
    note = f"What changed since {info.previous} is not known: {reason}"
    _write_json(target, {"version": info.version, "previous": info.previous, "note": f"{note}."})
    _write_text(target / "changes.md", f"# Release {info.version}\n\n{note}.\n")
    entry = f"## [{info.version}] - {info.date.isoformat()}\n\n{note}.\n"
    _write_text(target / "changelog-entry.md", entry)
    return note


def _short(error: Exception) -> str:
    """Return a reason without the folder, which differs from machine to machine."""
    return "it is damaged" if "damaged" in str(error) else "a file of it is missing or not readable"


def _write_json(target: Path, told: Mapping[str, Any]) -> None:
    _write_text(target / "changes.json", json.dumps(told, ensure_ascii=False, indent=2) + "\n")


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")

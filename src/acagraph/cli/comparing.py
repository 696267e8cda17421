"""`acagraph diff` and `acagraph patch`."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acagraph.cli.building import curated_option, project_option
from acagraph.cli.command import Command
from acagraph.errors import ReleaseError

if TYPE_CHECKING:
    from acagraph.release.deltas.comparison import Comparison

_DEPTHS = ("statements", "things", "terms")
_BLOCK = 1 << 20

output_option = click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write, packed when its name ends with .gz; without it, standard output.",
)


@click.command(
    cls=Command,
    examples=[
        "acagraph diff public/2026.11.22 public/current",
        "acagraph diff HEAD~1 HEAD --curated --depth things",
        "acagraph diff old.nq.gz new.nq.gz --format patch --output changes.rdfp",
    ],
)
@click.argument("old")
@click.argument("new")
@click.option(
    "--depth",
    "depths",
    type=click.Choice(_DEPTHS),
    multiple=True,
    help="What to tell; may be given more than once. Without it, all three.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "md", "patch")),
    default="text",
    show_default=True,
    help="Words for people, all of it as JSON, Markdown, or an RDF Patch of the statements.",
)
@output_option
@project_option
@curated_option
def diff(
    old: str, new: str, depths: tuple[str, ...], form: str, output: Path | None, project: Path, curated: bool
) -> None:
    """Tell what differs between two versions.

    OLD and NEW are each the folder of a release, an RDF file of any syntax, or a revision of the project's
    git, which is read and derived as a build does. Who joined and left, promises and figures are told by
    coalition; changes of the ontology and the shapes with what they break and the version that follows. Lists
    are cut in text and Markdown, whole in JSON. The exit code is 0 whether or not anything differs.
    """
    if form == "patch" and {*depths} - {"statements"}:
        raise click.UsageError("a patch is of statements; leave --depth out, or choose another --format")
    from acagraph.release.deltas.comparison import compare, write_patch
    from acagraph.release.deltas.sides import opened

    with tempfile.TemporaryDirectory(prefix="acagraph-") as folder:
        scratch = Path(folder)
        before = opened(old, scratch / "old", project=project, only_curated=curated)
        after = opened(new, scratch / "new", project=project, only_curated=curated)
        compared = compare(before, after, scratch)
        told = scratch / "told"
        if form == "patch":
            write_patch(compared, told)
        else:
            told.write_text(_written(compared, form, depths or _DEPTHS), encoding="utf-8", newline="\n")
        _deliver(told, output)


@click.command(
    cls=Command,
    examples=[
        "acagraph patch old.nq.gz changes.rdfp --output patched.nq.gz",
        "acagraph patch new.nq.gz changes.rdfp --reverse --output back.nq.gz",
    ],
)
@click.argument("dump", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("patch_file", metavar="PATCH", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--reverse", is_flag=True, help="Take the patch back: from the newer dump to the older.")
@output_option
def patch(dump: Path, patch_file: Path, reverse: bool, output: Path | None) -> None:
    """Apply an RDF Patch to a dump, forward or back.

    The result is sorted canonical N-Quads, byte for byte the other dump unpacked. Nothing is written when
    the dump is not the one that the patch names by its hash, when a quad to remove is not there, when one to
    add is there already, or when the result does not have the hash that the patch promises.
    """
    from acagraph.release.deltas.application import applied, read_patch

    with tempfile.TemporaryDirectory(prefix="acagraph-") as folder:
        scratch = Path(folder)
        read = read_patch(patch_file, scratch)
        lines = applied(dump, read.reversed() if reverse else read, scratch)
        if "rdfc10" not in read.header or "prevRdfc10" not in read.header:
            click.echo(f"{patch_file} names no hashes, so it was not checked against the dump", err=True)
        _deliver(lines.path, output)


def _written(compared: Comparison, form: str, depths: tuple[str, ...]) -> str:
    from acagraph.release.deltas.documents import body
    from acagraph.release.deltas.outline import markdown, outline, text

    if form == "json":
        return json.dumps(body(compared, depths=depths), ensure_ascii=False, indent=2) + "\n"
    sections = outline(compared, depths=depths)
    return text(sections) if form == "text" else markdown(sections)


def _deliver(path: Path, output: Path | None) -> None:
    """Copy a file to where it was asked for, in one step. Raises ReleaseError when it cannot be written."""
    from acagraph.release.dumps.packing import packed

    with path.open("rb") as file:
        if output is None:
            shutil.copyfileobj(file, sys.stdout.buffer, _BLOCK)
            return
        beside = output.with_name(f".{output.name}.{os.getpid()}")
        try:
            pack = packed if output.suffix == ".gz" else contextlib.nullcontext
            with beside.open("wb") as raw, pack(raw) as target:
                shutil.copyfileobj(file, target, _BLOCK)
            beside.replace(output)
        except OSError as error:
            raise ReleaseError(f"{output} cannot be written: {error.strerror or error}") from error
        finally:
            beside.unlink(missing_ok=True)

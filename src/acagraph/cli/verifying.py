"""`acagraph verify`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acagraph.cli.building import project_option
from acagraph.cli.command import Command
from acagraph.cli.freezing import freezing
from acagraph.cli.progress import BUILD, shown

if TYPE_CHECKING:
    from acagraph.release.proof.verdict import Proof, Seen

# As for a build: only the proportions count.
_VERIFY: Mapping[str, float] = {"files": 2, "dataset": 10, "store": 14, "dumps": 100}
_SHOWN = 10
_BESIDE = ("manifest.json", "SHA256SUMS", "manifest.json.minisig")


@click.command(
    cls=Command,
    examples=[
        "acagraph verify",
        "acagraph verify public/current --rebuild",
        "acagraph verify public/current/data/acagraph.ttl",
        "acagraph verify public/current --quick",
        "acagraph verify public/current --deep",
    ],
)
@click.argument("path", type=click.Path(path_type=Path), default="public/current")
@click.option(
    "--manifest",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The manifest of a file that lies elsewhere.",
)
@click.option("--key", help="The publisher's public key of minisign: a file, or its line beginning with RW.")
@click.option("--rebuild", is_flag=True, help="Build the release again and compare all files.")
@project_option
@click.option("--quick", is_flag=True, help="Compare only the checksums of files, not what they hold.")
@click.option("--deep", is_flag=True, help="Read every dump, not only the one in N-Quads; takes minutes.")
@click.option("--json", "as_json", is_flag=True, help="Print what was seen as JSON, every file too.")
@click.pass_context
def verify(
    ctx: click.Context,
    path: Path,
    manifest: Path | None,
    key: str | None,
    rebuild: bool,
    project: Path,
    quick: bool,
    deep: bool,
    as_json: bool,
) -> None:
    """Say whether a release, or a part of it, is as it was published.

    PATH is a release's folder, a folder with some of its files beside manifest.json, or one file of it. Each
    file is compared with its SHA-256 in the manifest; the dataset's hash of RDFC-1.0 is computed anew from
    data/acagraph.nq.gz, or from the dump given, and so are the numbers of triples and things; the store must
    give back the same quads. The manifest is believed to be the publisher's: only a signature can show that.

    Exit codes: 0 as published, 2 cannot tell, 3 altered.
    """
    path = path.parent if path.name in _BESIDE and path.is_file() else path
    if path.is_file() and (rebuild or quick or deep):
        raise click.UsageError(
            "--rebuild, --quick and --deep are for a release's folder, not for one file", ctx
        )
    if quick and deep:
        raise click.UsageError("--quick and --deep exclude each other", ctx)
    if not path.is_file() and manifest is not None:
        raise click.UsageError("--manifest goes with one file; a folder has its own", ctx)
    proof = _proof(path, manifest, key, quick=quick, deep=deep)
    if rebuild:
        from acagraph.release.proof.rebuild import rebuild as build_again

        freeze = freezing()
        with shown(BUILD) as tell:
            claim = build_again(path, project, progress=tell, freeze=freeze).claim()
        proof = replace(proof, claims=(*proof.claims, claim))
    click.echo(json.dumps(_body(proof), ensure_ascii=False, indent=2) if as_json else _text(proof))
    ctx.exit(proof.exit_code)


def _proof(path: Path, manifest: Path | None, key: str | None, *, quick: bool, deep: bool) -> Proof:
    from acagraph.errors import ReleaseError
    from acagraph.release.proof.dump import verify_dump
    from acagraph.release.proof.folder import verify as verify_folder

    if path.is_symlink() and not path.exists():
        message = f"{path} points to {path.readlink()}, which is not there; run `acagraph build` again"
        raise ReleaseError(message)
    if not path.exists():
        raise ReleaseError(f"{path} is not there; give a release's folder, or a file of one")
    with shown(_VERIFY) as tell:
        if path.is_file():
            return verify_dump(path, manifest=manifest, key=key, progress=tell)
        return verify_folder(path, key=key, quick=quick, deep=deep, progress=tell)


def _body(proof: Proof) -> dict[str, object]:
    return {
        "path": proof.location,
        "version": proof.version,
        "rdfc10_sha256": proof.sha256,
        "verdict": proof.verdict,
        "files": [asdict(file) for file in proof.files],
        "claims": [asdict(claim) for claim in proof.claims],
    }


def _text(proof: Proof) -> str:
    """Return a line for each thing that is wrong or was not seen, what holds, and what follows from it."""
    lines = [f"{proof.location}: release {proof.version}"]
    for state, word in (
        ("altered", "altered"),
        ("unread", "not read"),
        ("missing", "not here"),
        ("unlisted", "not listed"),
    ):
        lines += _listed(word, [file for file in proof.files if file.state == state])
    lines += _listed("the same", [file for file in proof.of("whole") if file.reason])
    words = {"holds": "holds", "fails": "fails", "unknown": "not known", "absent": "note"}
    lines += [f"  {words[claim.state]:<10}  {claim.name}: {claim.told}" for claim in proof.claims]
    return "\n".join(_printable(line) for line in [*lines, _summary(proof)])


def _listed(word: str, files: Sequence[Seen]) -> Iterator[str]:
    for file in files[:_SHOWN]:
        yield f"  {word:<10}  {file.path}{': ' if file.reason else ''}{file.reason}"
    if len(files) > _SHOWN:
        yield f"  {word:<10}  … and {len(files) - _SHOWN} more files; --json lists all"


def _summary(proof: Proof) -> str:
    whole, listed = len(proof.of("whole")), len(proof.files) - len(proof.of("unlisted"))
    files = f"{whole:,} of {listed:,} file{'' if listed == 1 else 's'}"
    if proof.verdict == "whole":
        shown = ", and all that was checked of what they hold is true" if proof.claimed("holds") else ""
        return f"Whole: {files} as published{shown}{_others(proof)}."
    if proof.verdict == "part":
        return f"What is here is as published, but not all was looked at: {files}{_others(proof)}."
    if proof.verdict == "unknown":
        return f"Cannot tell: {files} as published."
    return f"Altered: {files} as published; this is not the release as it was published."


def _others(proof: Proof) -> str:
    """Tell of files that are none of the release: a download may have any beside it."""
    found = len(proof.of("unlisted"))
    return f"; {found:,} more here {'is' if found == 1 else 'are'} none of it" if found else ""


def _printable(text: str) -> str:
    """Return text without characters that a terminal would act on; names of files may hold any."""
    return "".join(character if character.isprintable() else "?" for character in text)

"""`acagraph build` and `acagraph validate`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acagraph.cli.command import NOT_CONFORMING, Command
from acagraph.cli.text import headlines, next_commands

if TYPE_CHECKING:
    from acagraph.release.publish import Summary

_MOST_FINDINGS = 50

project_option = click.option(
    "--project",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=".",
    show_default=True,
    help="Folder with data/, ontology/, shapes/ and queries/.",
)


@click.command(cls=Command, examples=["acagraph build", "acagraph build --out public"])
@project_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="public",
    show_default=True,
    help="Folder for releases.",
)
@click.pass_context
def build(ctx: click.Context, project: Path, out: Path) -> None:
    """Validate the data and publish a release.

    The release goes to public/VERSION, and public/current points to it. Nothing is published when the data
    does not conform: the report is printed, and the last release stays in place.
    """
    from acagraph.release import publish

    with _progress() as tell:
        summary = publish.build(project, out, progress=tell)
    if summary.path is None:
        lines = summary.report.text().splitlines()
        click.echo("\n".join((*lines[:-1][:_MOST_FINDINGS], lines[-1])), err=True)
        click.echo(f"Nothing was published; the whole report is in {out / publish.REJECTED}/.", err=True)
        ctx.exit(NOT_CONFORMING)
    if summary.replaces:
        click.echo(
            f"replaces {summary.version}, whose contents differ: "
            "give a published change a new version in data/dataset.toml",
            err=True,
        )
    _show(summary, summary.path)


@click.command(cls=Command, examples=["acagraph validate", "acagraph validate data/coalitions/jci.ttl"])
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True))
@project_option
@click.pass_context
def validate(ctx: click.Context, files: tuple[Path, ...], project: Path) -> None:
    """Judge the data and publish nothing.

    With FILES or folders, which need not lie in the project, only what is wrong in them is told; they are
    judged together with the rest of the project.
    """
    from acagraph.release.judgement import judge

    with _progress() as tell:
        report = judge(project, files=files, progress=tell)
    click.echo(report.text(), nl=False)
    if not report.conforms:
        ctx.exit(NOT_CONFORMING)


def _show(summary: Summary, path: Path) -> None:
    seconds = ", ".join(f"{name} {value:.1f}" for name, value in summary.seconds.items())
    click.echo(f"Published {path} in {sum(summary.seconds.values()):.1f} s ({seconds}).")
    click.echo(f"{summary.triples:,} triples; validation: {summary.report.text().splitlines()[-1]}.")
    click.echo()
    click.echo(headlines(summary.classes))
    click.echo(next_commands(), nl=False)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show the phase that is running on a terminal; say nothing in a pipe."""
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield lambda phase: status.update(f"{phase} …")

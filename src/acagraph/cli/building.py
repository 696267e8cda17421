"""`acagraph build`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acagraph.cli.command import NOT_CONFORMING, Command
from acagraph.cli.freezing import freezing
from acagraph.cli.progress import BUILD, WITHOUT_PAGES, shown, steps_table
from acagraph.cli.text import headlines, next_commands

if TYPE_CHECKING:
    from acagraph.release.publish import Summary

project_option = click.option(
    "--project",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=".",
    show_default=True,
    help="Folder with data/, ontology/, shapes/ and queries/.",
)


curated_option = click.option(
    "--curated", is_flag=True, help="Leave out the registers: what people write, in a few seconds."
)


@click.command(
    cls=Command, examples=["acagraph build", "acagraph build --curated --no-pages", "acagraph build --force"]
)
@project_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="public",
    show_default=True,
    help="Folder for releases.",
)
@curated_option
@click.option("--force", is_flag=True, help="Build even when nothing has changed since the last release.")
@click.option("--no-pages", "without", is_flag=True, help="Leave out pages/, the release as a static site.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def build(
    ctx: click.Context,
    project: Path,
    out: Path,
    curated: bool,
    force: bool,
    without: bool,
    as_json: bool,
) -> None:
    """Validate the data and publish a release.

    The release goes to public/VERSION, and public/current points to it. Nothing is published when the data
    does not conform: the report is printed, and the last release stays in place. When nothing has changed
    since the last release, it stays too. pages/ is the release as a static site (docs/pages.md); it needs
    the extra `serve`.
    """
    from acagraph.release import publish
    from acagraph.validation.formats import written

    freeze = None if without else freezing()
    wanted = freeze is not None
    current = None if force else publish.up_to_date(project, out, only_curated=curated, pages=wanted)
    if current is not None:
        _unchanged(current, as_json=as_json)
        return
    with shown(BUILD if wanted else WITHOUT_PAGES) as tell:
        summary = publish.build(project, out, progress=tell, only_curated=curated, freeze=freeze)
    if as_json:
        click.echo(json.dumps(_body(summary), ensure_ascii=False, indent=2))
    if summary.path is None:
        click.echo(written(summary.report, "text", root=project).decode(), nl=False, err=True)
        click.echo(f"Nothing was published; the whole report is in {out / publish.REJECTED}/.", err=True)
        ctx.exit(NOT_CONFORMING)
    for notice in summary.notices:
        click.echo(notice, err=True)
    if summary.replaces:
        click.echo(
            f"replaces {summary.version}, whose contents differ: "
            "give a published change a new version in data/dataset.toml",
            err=True,
        )
    if not as_json:
        _show(summary, summary.path)


def _unchanged(current: Path, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"path": str(current), "unchanged": True}, indent=2))
    else:
        click.echo(f"Nothing changed: {current} was made from these inputs. --force builds again.")


def _body(summary: Summary) -> dict[str, object]:
    return {
        "version": summary.version,
        "path": None if summary.path is None else str(summary.path),
        "unchanged": False,
        "conforms": summary.report.conforms,
        "findings": summary.report.counts(),
        "triples": summary.triples,
        "engine": summary.engine,
        "notices": list(summary.notices),
        "steps": [asdict(step) for step in summary.steps],
    }


def _show(summary: Summary, path: Path) -> None:
    from acagraph.validation.formats import summary as counted

    seconds = sum(step.seconds for step in summary.steps)
    click.echo(f"Published {path} in {seconds:.1f} s.")
    click.echo(f"{summary.triples:,} triples; validation: {counted(summary.report)}.")
    if summary.engine == "pyshacl":
        click.echo("The compiled engine is not installed, so pySHACL judged the shapes: pip install shacl")
    click.echo()
    click.echo(steps_table(summary.steps))
    click.echo(headlines(summary.classes))
    click.echo(next_commands(), nl=False)

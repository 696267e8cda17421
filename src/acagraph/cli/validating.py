"""`acagraph validate`."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from acagraph.cli.building import curated_option, project_option
from acagraph.cli.command import NOT_CONFORMING, Command
from acagraph.cli.progress import VALIDATION, shown

if TYPE_CHECKING:
    from acagraph.validation import Report
    from acagraph.validation.run import Engine

_FORMS = ("text", "json", "sarif", "junit", "html", "turtle", "jsonld")
_ENGINES = ("shacl", "pyshacl")
_PROJECT = Path("data", "dataset.toml")


@dataclass(frozen=True)
class _Asked:
    """What is to be judged, and by what."""

    files: tuple[Path, ...]
    project: Path
    release: Path | None
    curated: bool
    changed: bool
    shapes: tuple[Path, ...]
    ontology: tuple[Path, ...]
    engine: Engine | None
    only: tuple[str, ...]

    def refuse_contradictions(self, ctx: click.Context) -> None:
        """Raise UsageError for options that exclude each other."""
        if self.shapes:
            if self.release or self.curated or self.changed:
                raise click.UsageError("--shapes judges FILES alone: leave out the project's options", ctx)
            if not self.files:
                raise click.UsageError("name the FILES that the shapes are to judge", ctx)
        elif self.ontology:
            raise click.UsageError("--ontology goes with --shapes", ctx)
        if self.changed and (self.files or self.release or self.curated):
            raise click.UsageError("--changed finds its files itself, in the curated part of a project", ctx)
        if self.release and self.curated:
            raise click.UsageError("a release is judged as a whole: leave out --curated", ctx)


@click.command(
    cls=Command,
    examples=[
        "acagraph validate",
        "acagraph validate --changed",
        "acagraph validate --curated data/coalitions/jci.ttl",
        "acagraph validate --curated --format sarif --output findings.sarif",
        "acagraph validate --shapes shapes --ontology ontology data/people.ttl",
    ],
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True))
@project_option
@click.option(
    "--release",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="FOLDER",
    help="Judge a built release, or FILES together with it, instead of a project.",
)
@curated_option
@click.option("--changed", is_flag=True, help="Judge only the files that differ from git's HEAD.")
@click.option(
    "--shapes",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    metavar="PATH",
    help="Judge FILES by these SHACL shapes instead of ours; may be repeated.",
)
@click.option(
    "--ontology",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    metavar="PATH",
    help="With --shapes: what the data is to be read with, such as its classes; may be repeated.",
)
@click.option("--engine", type=click.Choice(_ENGINES), help="SHACL engine; the fastest that is installed.")
@click.option("--only", multiple=True, metavar="RULE", help="Tell only of this rule; may be repeated.")
@click.option("--all", "everything", is_flag=True, help="Show every finding, not the first few of a rule.")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMS),
    default="text",
    show_default=True,
    help="turtle and jsonld are the report that SHACL defines.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file.")
@click.pass_context
def validate(
    ctx: click.Context,
    /,
    everything: bool,
    form: str,
    output: Path | None,
    **asked: object,
) -> None:
    """Judge the data and publish nothing.

    With FILES or folders, which need not lie in the project, only what is wrong in them is told; they are
    judged together with the rest of the project, or, where there is none, with the latest release.

    Exit code 3 means that the data does not conform, 2 that it could not be judged.
    """
    wanted = _Asked(**asked)  # type: ignore[arg-type]
    wanted.refuse_contradictions(ctx)
    given = ctx.get_parameter_source("project") is not ParameterSource.DEFAULT
    report = _judged(wanted, project_given=given)
    _show(report, form, output, everything=everything, root=wanted.project)
    if not report.conforms:
        ctx.exit(NOT_CONFORMING)


def _judged(asked: _Asked, *, project_given: bool) -> Report:
    """Judge what is asked. Raises SourceError for what cannot be judged."""
    if asked.shapes:
        from acagraph.validation.general import judge_graph

        report = judge_graph(asked.files, shapes=asked.shapes, ontology=asked.ontology, engine=asked.engine)
        return _only(report, asked.only)
    from acagraph.release import judgement

    release = asked.release
    if asked.files and release is None and not project_given and not (asked.project / _PROJECT).is_file():
        from acagraph.release.reader import open_release

        release = open_release().path
    with shown(VALIDATION) as tell:
        if release is not None:
            return judgement.judge_release(
                release, files=asked.files, progress=tell, engine=asked.engine, only=asked.only
            )
        if asked.changed:
            return judgement.judge_changed(asked.project, progress=tell, engine=asked.engine, only=asked.only)
        return judgement.judge(
            asked.project,
            files=asked.files,
            progress=tell,
            only_curated=asked.curated,
            engine=asked.engine,
            only=asked.only,
        )


def _only(report: Report, rules: Collection[str]) -> Report:
    """Return what a report has of some rules. Raises SourceError for a rule that it does not know."""
    if not rules:
        return report
    from acagraph.validation.rules import refuse_unknown

    refuse_unknown(rules, report.rules)
    return replace(report, findings=tuple(item for item in report.findings if item.rule in rules))


def _show(report: Report, form: str, output: Path | None, *, everything: bool, root: Path) -> None:
    from acagraph.validation.formats import summary, write

    if output is not None:
        with output.open("wb") as file:
            write(report, form, file, all=everything, root=root)
        click.echo(f"{summary(report)}; the report is in {output}", err=True)
    else:
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        write(report, form, sys.stdout.buffer, all=everything, colour=colour, root=root)

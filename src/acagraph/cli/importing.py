"""`acagraph import …`: publishers' files and members lists, read into data/registers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acagraph.cli.building import project_option
from acagraph.cli.command import Command, Group

if TYPE_CHECKING:
    from acagraph.imports.tables import Import

_SHOWN = 20

file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
dry_run_option = click.option("--dry-run", is_flag=True, help="Tell what would change, and write nothing.")


@click.group(name="import", cls=Group, examples=["acagraph import jrc-covenant signatories.xlsx --dry-run"])
def importing() -> None:
    """Read a publisher's file or a members list into data/registers."""


@importing.command(
    name="jrc-covenant",
    cls=Command,
    examples=["acagraph import jrc-covenant signatories.xlsx --links candidates.csv --dry-run"],
)
@file_argument
@click.option(
    "--links",
    "candidates",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Table of candidates for links; without it the links of the last import stay.",
)
@click.option(
    "--source",
    default="jrc-covenant-2024-01",
    show_default=True,
    help="Slug of the edition, which data/sources/registers.ttl describes.",
)
@project_option
@dry_run_option
def jrc_covenant(file: Path, candidates: Path | None, source: str, project: Path, dry_run: bool) -> None:
    """Import the signatories of the Covenant of Mayors.

    FILE is the workbook of the signatories (df1) of "GCoM - MyCovenant", as the Joint Research Centre of the
    European Commission publishes it. The tables go to data/registers/jrc-covenant, the links to data/links.
    A second import of the same file changes nothing. Doubtful matches go to review.csv: write same or
    different into the column decision and import again.
    """
    from acagraph.imports.covenant import import_covenant

    made = import_covenant(file, root=project, candidates=candidates, source=source)
    finish(made, project, dry_run=dry_run)


@importing.command(
    name="countries",
    cls=Command,
    examples=["acagraph import countries --codes country-codes.csv --figures countries.csv --dry-run"],
)
@click.option(
    "--codes",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="country-codes.csv of datasets/country-codes.",
)
@click.option(
    "--figures",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Table of population and fossil CO2 by country, from OpenClimate.",
)
@project_option
@dry_run_option
def countries(codes: Path, figures: Path, project: Path, dry_run: bool) -> None:
    """Import the countries and areas of ISO 3166-1.

    Codes, names and groups go to data/registers/countries, population to un-wpp and fossil CO2 to
    global-carbon-budget, identifiers to data/links. A second import of the same files changes nothing. A
    column that is not read has to stand with its reason in data/registers/countries/exceptions.csv.
    """
    from acagraph.imports.countries import import_countries

    made = import_countries(project, codes=codes, figures=figures)
    finish(made, project, dry_run=dry_run)


@importing.command(
    name="net-zero-tracker",
    cls=Command,
    examples=["acagraph import net-zero-tracker snapshot_2022-12-20_13-07-14.xlsx --dry-run"],
)
@file_argument
@click.option(
    "--subdivisions",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Table of ISO 3166-2 codes and names; without it the codes of the last import stay.",
)
@click.option(
    "--source",
    help="Slug of the edition, which data/sources/registers.ttl describes; by default of the file's day.",
)
@project_option
@dry_run_option
def net_zero_tracker(
    file: Path, subdivisions: Path | None, source: str | None, project: Path, dry_run: bool
) -> None:
    """Import the countries, regions, cities and companies of the Net Zero Tracker.

    FILE is a snapshot as the Net Zero Tracker publishes it. The tables go to data/registers/net-zero-tracker;
    what is left out of them is told in left-out.csv there. A second import of the same file changes nothing.
    Doubtful matches go to review.csv: write same or different into the column decision and import again.
    """
    from acagraph.imports.tracker import import_tracker

    made = import_tracker(file, root=project, subdivisions=subdivisions, source=source)
    finish(made, project, dry_run=dry_run)


def finish(made: Import, project: Path, *, dry_run: bool) -> None:
    """Tell what an import read, left out and would change, and write it unless it is a dry run."""
    show_counts(made.counts)
    show_left_out(made.left_out)
    show_changes(made.changed, project, dry_run=dry_run)
    if not dry_run:
        made.write()


def show_counts(counts: Mapping[str, int]) -> None:
    """Print how many rows each table has."""
    for name, number in counts.items():
        click.echo(f"{number:>9,}  {name}")


def show_left_out(left_out: Mapping[str, int]) -> None:
    """Print what was left out, by reason."""
    if left_out:
        click.echo("Left out:")
    for reason, number in sorted(left_out.items(), key=lambda item: (-item[1], item[0])):
        click.echo(f"{number:>9,}  {reason}")


def show_changes(changed: tuple[Path, ...], project: Path, *, dry_run: bool) -> None:
    """Print which files are or would be changed."""
    if not changed:
        click.echo("Nothing changes.")
        return
    click.echo("Would change:" if dry_run else "Changed:")
    for path in changed[:_SHOWN]:
        click.echo(f"  {path.relative_to(project) if path.is_relative_to(project) else path}")
    if len(changed) > _SHOWN:
        click.echo(f"  and {len(changed) - _SHOWN} more")

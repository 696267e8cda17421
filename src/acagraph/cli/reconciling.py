"""`acagraph reconcile`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from acagraph.cli.asking import release_option
from acagraph.cli.command import Command
from acagraph.cli.members import separator
from acagraph.cli.progress import counted
from acagraph.dataset import open_dataset

if TYPE_CHECKING:
    from acagraph.spreadsheets import Answers, Output, Table, Wishes

_STANDARD = "-"
# The bar moves this often; a row takes about a thousandth of a second.
_EVERY = 100
_EXAMPLE = "acagraph reconcile docs/examples/workshop-participants.csv --column Organisation"

_ABOUT_THE_LIST = (
    click.option("--column", "name", required=True, metavar="COLUMN", help="Column with the names."),
    click.option(
        "--country-column",
        "country_column",
        metavar="COLUMN",
        help="Column with countries: codes, or names in any language.",
    ),
    click.option("--country", help="Country of the rows that give none, such as IT."),
    click.option("--kind", help="Class that is looked for, such as LocalGovernment; nothing else is found."),
    click.option("--lat-column", "latitude", metavar="COLUMN", help="Column with latitudes, in degrees."),
    click.option("--lon-column", "longitude", metavar="COLUMN", help="Column with longitudes, in degrees."),
    click.option(
        "--identifier-column",
        "identifier",
        metavar="COLUMN",
        help="Column with identifiers: Q490, an LEI, a ROR id, IT-25 and the like.",
    ),
)
_ABOUT_THE_RESULT = (
    click.option(
        "--output",
        type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
        default=_STANDARD,
        help="File to write, which appears when it is whole.  [default: the standard output]",
    ),
    click.option("--best", is_flag=True, help="Fill in the best candidate though it is doubtful."),
    click.option(
        "--candidates", type=click.IntRange(0, 50), default=0, help="List so many candidates of each row."
    ),
    click.option(
        "--prefix", default="acagraph_", show_default=True, help="Beginning of the names of the new columns."
    ),
    click.option("--json", "as_json", is_flag=True, help="Write an object of JSON for each row, one a line."),
)
_ABOUT_THE_FILE = (
    click.option("--encoding", help="Encoding of the file, such as cp1252.  [default: found out]"),
    click.option(
        "--delimiter", help="Separator: a character, comma, semicolon or tab.  [default: found out]"
    ),
    click.option("--sheet", help="Sheet of a workbook."),
)


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options, in the order of the help."""
    for option in reversed((*_ABOUT_THE_LIST, *_ABOUT_THE_RESULT, *_ABOUT_THE_FILE)):
        function = option(function)
    return function


@click.command(cls=Command, examples=[_EXAMPLE, f"{_EXAMPLE} --country-column Country --output found.csv"])
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True))
@_options
@release_option
def reconcile(file: Path, output: Path, release: str | None, as_json: bool, **told: Any) -> None:
    """Find what the names in a spreadsheet mean.

    FILE is a table with a row of column names: CSV with any separator, or a workbook; - is the standard
    input. All of it is written again as it was, with new columns: acagraph_iri, acagraph_label,
    acagraph_score, acagraph_match, acagraph_wikidata and, of what a government governs,
    acagraph_place_wikidata. The score, from 0 to 1, tells how probable it is that the row means the thing.
    Only where it is high, with a clear lead, acagraph_match is true and the row has an IRI.
    docs/tutorial-reconcile.md shows it all.
    """
    from acagraph.spreadsheets import Answers, Choice, Territories, open_output, open_table

    began = time.monotonic()
    source, target = (None if path == Path(_STANDARD) else path for path in (file, output))
    _check(told)
    choice = Choice(told["encoding"], separator(told["delimiter"]), told["sheet"])
    with open_dataset(release) as dataset, open_table(source, choice) as table:
        wishes = _wishes(told, *dataset.conditions(kind=told["kind"], country=told["country"]))
        items = Territories(dataset.store)
        answers = Answers(dataset.finder(), items, table, wishes, as_json=as_json)
        with open_output(target, source=source) as out:
            _write(table, answers, out, wishes, as_json=as_json)
    for note in (*table.notes, *answers.tally.troubles.values()):
        click.echo(f"Note: {note}", err=True)
    click.echo(answers.tally, err=True)
    click.echo(f"It took {time.monotonic() - began:.1f} s.", err=True)


def _write(table: Table, answers: Answers, out: Output, wishes: Wishes, *, as_json: bool) -> None:
    tally = answers.tally
    if not as_json:
        out.begin(table, wishes.added)
    with counted("rows") as tell:
        for line in table.rows:
            if as_json and line.cells:
                out.add_object(answers.object(line))
            elif not as_json:
                out.add(table, line, answers.cells(line) if line.cells else ())
            if tally.rows % _EVERY == 0:
                tell(tally.rows, table.part())


def _wishes(told: dict[str, Any], kinds: tuple[str, ...], countries: tuple[str, ...]) -> Wishes:
    from acagraph.spreadsheets import Columns, Wishes

    columns = Columns(
        told["name"], told["country_column"], told["latitude"], told["longitude"], told["identifier"]
    )
    return Wishes(columns, kinds, countries, told["best"], told["candidates"], told["prefix"])


def _check(told: dict[str, Any]) -> None:
    if (told["latitude"] is None) != (told["longitude"] is None):
        raise click.UsageError("give both --lat-column and --lon-column, or neither")

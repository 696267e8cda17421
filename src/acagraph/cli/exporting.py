"""`acagraph link export`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from acagraph.cli.asking import release_option
from acagraph.cli.command import Command

if TYPE_CHECKING:
    from acagraph.wikidata import Exportable

_FORMATS = ("quickstatements", "csv")

_Function = TypeVar("_Function", bound=Callable[..., Any])

cache_option = click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that keeps the endpoint's answers; by default acagraph's folder of caches.",
)
contact_option = click.option(
    "--contact",
    default="",
    metavar="TEXT",
    help="Mail address or page of whoever runs this; Wikidata asks for it, and it is sent with each request.",
)


def wikidata_option(about: str) -> Callable[[_Function], _Function]:
    """Return the option that asks Wikidata, or another endpoint with its data; `about` is its help."""
    return click.option(
        "--wikidata",
        is_flag=False,
        flag_value="https://query.wikidata.org/sparql",
        metavar="[ENDPOINT]",
        help=about,
    )


@click.command(
    name="export",
    cls=Command,
    examples=[
        "acagraph link export --offline",
        "acagraph link export --offline --format csv --out build/wikidata",
    ],
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="quickstatements",
    show_default=True,
    help="V1 commands on standard output, or CSV tables in the folder of --out.",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the CSV tables.")
@click.option("--endpoint", metavar="URL", help="Endpoint to ask what is stated; by default Wikidata's.")
@click.option("--offline", is_flag=True, help="Ask no endpoint: export what may be stated there already.")
@click.option(
    "--own-items-only", is_flag=True, help="Leave out governments of which only the place has an item."
)
@cache_option
@contact_option
@release_option
def export(
    form: str,
    out: Path | None,
    endpoint: str | None,
    offline: bool,
    own_items_only: bool,
    cache: Path | None,
    contact: str,
    release: str | None,
) -> None:
    """Write memberships that Wikidata lacks, for QuickStatements.

    A membership (P463) with its start (P580) and end (P582), the address of its evidence (P854) and the day
    on which it was looked at (P813), for members and coalitions with a confirmed item. What has no dated
    evidence with an address of its own is left out; standard error tells how much, and why. Nothing is sent
    to Wikidata: look through the file, then give it to QuickStatements under your own account.
    """
    if (form == "csv") != (out is not None):
        raise click.UsageError("give --out with --format csv, and with nothing else")
    if offline and endpoint:
        raise click.UsageError("give either --endpoint or --offline")
    from acagraph.release.reader import open_release
    from acagraph.wikidata import WDQS, commands, lacking, open_client, read_memberships, tables

    found = read_memberships(open_release(release).store, own_items_only=own_items_only)
    if not offline and found.claims:
        with open_client(endpoint or WDQS, cache=cache, contact=contact) as client:
            found = lacking(client, found)
    if out is None:
        sys.stdout.write(commands(found.claims))
    else:
        _write(out, tables(found.claims))
    _tell(found, offline=offline)


def _write(folder: Path, written: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8", newline="")
        click.echo(f"{text.count(chr(10)) - 1:>9,}  {path}")


def _tell(found: Exportable, *, offline: bool) -> None:
    """Tell on standard error what was written and what was not."""
    click.echo(f"{len(found.claims):>9,}  memberships to add", err=True)
    if offline and found.claims:
        click.echo("           Nothing was asked: some of them may stand in Wikidata already.", err=True)
    for reason, number in sorted(found.left_out.items(), key=lambda item: (-item[1], item[0])):
        click.echo(f"{number:>9,}  left out: {reason}", err=True)

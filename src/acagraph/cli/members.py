"""`acagraph import members`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from acagraph.cli.building import project_option
from acagraph.cli.command import NOT_CONFORMING, Command
from acagraph.cli.importing import show_changes
from acagraph.errors import AcagraphError

if TYPE_CHECKING:
    from acagraph.imports.members import Opened, Wishes

_SEPARATORS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|"}
_EXAMPLE = "acagraph import members members.csv --coalition acaa --source acaa-members-2018-11-21 --dry-run"


_ABOUT_THE_LIST = (
    click.option("--coalition", required=True, help="Slug of the coalition, such as jci."),
    click.option(
        "--source", help="Slug of the edition in data/sources; of a new one with the options below."
    ),
    click.option("--source-title", help="Title of the list, in English."),
    click.option("--source-publisher", help="Who publishes it, such as coalition/jci."),
    click.option("--source-date", help="Date of the list: 2019-01-31, 2019-01 or 2019."),
    click.option("--source-licence", help="Licence: an address, or a name such as CC-BY-4.0."),
    click.option("--source-url", help="Address of the list, if it is on the web."),
    click.option("--register", help="Folder in data/registers.  [default: COALITION-members]"),
)
_ABOUT_ITS_WORDS = (
    click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="What a column holds."),
    click.option(
        "--kind",
        "kinds",
        multiple=True,
        metavar="[WORD=]CLASS",
        help="What a word for a kind means; without a word, the kind of members that give none.",
    ),
    click.option(
        "--country",
        "countries",
        multiple=True,
        metavar="[NAME=]XX",
        help="The same for countries, as codes of two letters.",
    ),
    click.option(
        "--rename", "renamed", multiple=True, metavar="OLD=NEW", help="A member has another name now."
    ),
    click.option(
        "--date-order",
        "order",
        type=click.Choice(["dmy", "mdy"]),
        help="What comes first in 03/04/2019: the day or the month.",
    ),
    click.option(
        "--complete",
        "closed",
        is_flag=True,
        help="The list names all members: who is not in it is told to be absent.",
    ),
)
_ABOUT_THE_FILE = (
    click.option("--encoding", help="Encoding of the file, such as cp1252.  [default: found out]"),
    click.option(
        "--delimiter", help="Separator: a character, comma, semicolon or tab.  [default: found out]"
    ),
    click.option("--sheet", help="Sheet of a workbook."),
    click.option(
        "--heading-row",
        type=click.IntRange(min=1),
        help="Line with the column names.  [default: found out]",
    ),
    click.option("--accept-rejected", is_flag=True, help="Import the other rows though some are rejected."),
    click.option("--yes", is_flag=True, help="Do not ask whether the columns are right."),
    click.option("--dry-run", is_flag=True, help="Tell what would change, and write nothing."),
)


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options, in the order of the help."""
    for option in reversed((*_ABOUT_THE_LIST, *_ABOUT_ITS_WORDS, *_ABOUT_THE_FILE)):
        function = option(function)
    return function


@click.command(name="members", cls=Command, examples=[_EXAMPLE])
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@_options
@project_option
@click.pass_context
def members(ctx: click.Context, /, file: Path, project: Path, yes: bool, dry_run: bool, **told: Any) -> None:
    """Import the members list of a coalition.

    FILE is a table: CSV with any separator, or a workbook. Columns are recognised by their headings in seven
    languages, shown, and corrected with --map. The tables go to data/registers/REGISTER, a new source to
    data/sources. Import each new edition of a list with a source of its own: who joined, left or was renamed
    is told, and nobody is removed. Rows that are not understood go to rejected.csv; then nothing else is
    written and the exit code is 3, unless --accept-rejected is given. docs/tutorial-members.md shows it all.
    """
    from acagraph.imports.members import import_members, open_list
    from acagraph.imports.members.report import closing, opening

    opened = open_list(file, project, _wishes(told))
    click.echo(opening(opened), nl=False)
    if not (yes or dry_run):
        opened = _confirmed(opened, file, project, told)
    made = import_members(opened)
    click.echo(closing(made, project), nl=False)
    changed = made.files.changed
    if not dry_run:
        made.files.write()
    show_changes(changed, project, dry_run=dry_run)
    if made.update is None:
        if not dry_run:
            where = made.files.folder / "rejected.csv"
            click.echo(f"Nothing was imported; the rejected rows are in {_shown(where, project)}.", err=True)
        ctx.exit(NOT_CONFORMING)


def _wishes(told: dict[str, Any]) -> Wishes:
    from acagraph.imports.members import Choice, Described, Wishes

    order: Literal["dmy", "mdy"] | None = told["order"]
    return Wishes(
        coalition=told["coalition"],
        source=Described(
            told["source"],
            told["source_title"],
            told["source_publisher"],
            told["source_date"],
            told["source_url"],
            told["source_licence"],
        ),
        register=told["register"],
        choice=Choice(told["encoding"], separator(told["delimiter"]), told["sheet"], told["heading_row"]),
        columns=_pairs("--map", told["columns"], "name=Organisation"),
        kinds=_pairs("--kind", told["kinds"], "Cooperativa=Business", alone=True),
        countries=_pairs("--country", told["countries"], "Holanda=NL", alone=True),
        renamed={new: old for old, new in _pairs("--rename", told["renamed"], "Old Name=New Name").items()},
        order=order,
        closed=told["closed"],
        accept_rejected=told["accept_rejected"],
    )


def separator(text: str | None) -> str | None:
    """Return the character that --delimiter names. Raises AcagraphError when it is not one."""
    if text is None:
        return None
    found = _SEPARATORS.get(text.lower(), text)
    if len(found) != 1 or found in '"\r\n':
        raise AcagraphError("--delimiter takes one character, or comma, semicolon or tab")
    return found


def _pairs(option: str, texts: Iterable[str], example: str, *, alone: bool = False) -> dict[str, str]:
    """Return what stands on both sides of the equals sign; `alone` allows a text without one."""
    found = {}
    for text in texts:
        before, equals, behind = text.rpartition("=") if option != "--map" else text.partition("=")
        if not equals and not alone:
            raise AcagraphError(f'{option} "{text}" has no equals sign; write {option} "{example}"')
        found[before.strip()] = behind.strip()
    return found


def _confirmed(opened: Opened, file: Path, project: Path, told: dict[str, Any]) -> Opened:
    """Ask whether the columns are right until they are; without a terminal nobody can be asked."""
    from acagraph.imports.members import open_list
    from acagraph.imports.members.report import opening

    if not _is_terminal():
        raise AcagraphError("nobody can be asked whether the columns are right; look at them and say --yes")
    corrections: list[str] = []
    while True:
        answer = click.prompt(
            "Right? Enter goes on, FIELD=COLUMN corrects, q stops", default="", show_default=False
        )
        if not answer:
            return opened
        if answer.strip().lower() == "q":
            raise AcagraphError("stopped; nothing was written")
        corrections.append(answer)
        try:
            wishes = _wishes({**told, "columns": (*told["columns"], *corrections)})
            opened = open_list(file, project, wishes)
        except AcagraphError as error:
            corrections.pop()
            click.echo(f"Error: {error}", err=True)
            continue
        click.echo(opening(opened), nl=False)


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _shown(path: Path, project: Path) -> Path:
    return path.relative_to(project) if path.is_relative_to(project) else path

"""`acagraph fmt`."""

from __future__ import annotations

from pathlib import Path

import click

from acagraph.cli.command import NOT_CONFORMING, Command
from acagraph.errors import SourceError
from acagraph.graph import files

_DEFAULT = ("data", "ontology", "shapes")


@click.command(cls=Command, examples=["acagraph fmt --check", "acagraph fmt data/coalitions/jci.ttl"])
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--check", is_flag=True, help="Write nothing; exit with 3 when a file would change.")
@click.pass_context
def fmt(ctx: click.Context, paths: tuple[Path, ...], check: bool) -> None:
    """Lay out Turtle files canonically; name new statements.

    PATHS are files or folders; without any, data/, ontology/ and shapes/ are meant. A statement written as
    stmt:new-ANYTHING gets its lasting name. A file that cannot be read is told, and the others are done.
    """
    formatter = files.Formatter(Path("data"))
    changed = 0
    # A broken file stops every other that needs it (for the dates of sources): it is told once.
    failed: dict[str, None] = {}
    for path in files.turtle_files(paths or [Path(name) for name in _DEFAULT]):
        try:
            text = formatter.laid_out(path)
            if text is None:
                continue
            changed += 1
            if not check:
                files.replace(path, text)
            click.echo(f"{'would change' if check else 'changed'} {path}")
        except SourceError as error:
            if str(error) not in failed:
                click.echo(f"Error: {error}", err=True)
            failed[str(error)] = None
    if failed:
        ctx.exit(SourceError.exit_code)
    if check and changed:
        click.echo(f"{changed} file(s) need `acagraph fmt`", err=True)
        ctx.exit(NOT_CONFORMING)

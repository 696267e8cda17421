"""The `acagraph` command: its commands, and options that hold for all of them."""

from __future__ import annotations

import click

from acagraph import __version__
from acagraph.cli.asking import info, query, sparql
from acagraph.cli.building import build
from acagraph.cli.checking import check
from acagraph.cli.command import Shell
from acagraph.cli.comparing import diff, patch
from acagraph.cli.exporting import export
from acagraph.cli.formatting import fmt
from acagraph.cli.importing import importing
from acagraph.cli.linking import linking
from acagraph.cli.loading import load
from acagraph.cli.members import members
from acagraph.cli.reconciling import reconcile
from acagraph.cli.releasing import release
from acagraph.cli.reviewing import review
from acagraph.cli.serving import serve
from acagraph.cli.validating import validate
from acagraph.cli.verifying import verify


@click.group(cls=Shell, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="acagraph")
def main() -> None:
    """A knowledge graph of climate coalitions: check it, publish it, ask it.

    Exit codes: 0 fine, 2 could not do it, 3 the data does not conform.
    """


importing.add_command(members)
for linked in (check, export, review):
    linking.add_command(linked)
for command in (
    build,
    diff,
    fmt,
    importing,
    info,
    linking,
    load,
    patch,
    query,
    reconcile,
    release,
    serve,
    sparql,
    validate,
    verify,
):
    main.add_command(command)

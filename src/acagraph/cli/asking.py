"""`acagraph query`, `acagraph sparql` and `acagraph info`."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from acagraph import queries
from acagraph.cli import text
from acagraph.cli.command import Command
from acagraph.dataset import MANIFEST, Rows
from acagraph.errors import ParameterError, QueryError, ReleaseError
from acagraph.queries import SavedQuery
from acagraph.queries.values import range_of
from acagraph.release.reader import open_release
from acagraph.stores import UNLIMITED, Answer, lexer, media
from acagraph.stores.media import Format
from acagraph.stores.terms import read_boolean, read_table

_FORMATS = ("table", *(form.name for form in (*media.RESULTS, *media.GRAPHS)))

_TOLD = {
    "title": str,
    "version": str,
    "date": str,
    "licence": str,
    "rdfc10_sha256": str,
    "triples": int,
    "graphs": dict,
    "classes": dict,
}

release_option = click.option(
    "--release",
    metavar="FOLDER",
    help="Release to read; without it public/current, else the dataset that comes with acagraph.",
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="table",
    show_default=True,
    help="table, json, csv, tsv, xml for rows; ttl, jsonld, nt, rdf, nq, trig for triples.",
)


@click.command(
    cls=Command,
    examples=[
        "acagraph query --list",
        "acagraph query members-of-coalition coalition=jci",
        "acagraph query members-of-coalition coalition=jci --format csv",
    ],
)
@click.argument("name", required=False)
@click.argument("parameters", nargs=-1, metavar="[PARAMETER=VALUE]...")
@click.option("--list", "listing", is_flag=True, help="Explain every saved query, or the one of this NAME.")
@format_option
@release_option
@click.pass_context
def query(
    ctx: click.Context,
    name: str | None,
    parameters: tuple[str, ...],
    listing: bool,
    form: str,
    release: str | None,
) -> None:
    """Ask a saved query by NAME.

    One that has to be asked elsewhere, at Wikidata for instance, is printed, ready to be sent there.
    """
    opened = open_release(release)
    if listing:
        _list(opened.queries.values() if name is None else [queries.find(opened.queries, name)])
        return
    if name is None:
        raise click.UsageError("name a query, or see them all with --list", ctx)
    saved = queries.find(opened.queries, name)
    wanted = _wanted(form, queries.formats(saved))
    arguments = _arguments(parameters)
    with _interruptible():
        answer = queries.run(
            opened.store,
            saved,
            arguments,
            accept=wanted.media_type,
            limits=UNLIMITED,
            redirects=opened.dataset.redirects,
        )
    _print(answer, as_table=form == "table", boolean=saved.form == "ask")


@click.command(
    cls=Command,
    examples=[
        "acagraph sparql 'SELECT ?c WHERE { ?c a aca:Coalition } ORDER BY ?c'",
        "acagraph sparql -f queries/sources.rq --format json",
    ],
)
@click.argument("query_text", metavar="[QUERY]", required=False)
@click.option(
    "-f",
    "--file",
    type=click.File(encoding="utf-8"),
    help="Read the query from a file; - is the standard input.",
)
@format_option
@release_option
@click.pass_context
def sparql(
    ctx: click.Context, query_text: str | None, file: Iterable[str] | None, form: str, release: str | None
) -> None:
    """Ask any SPARQL 1.1 QUERY; our prefixes need no declaration."""
    if (query_text is None) == (file is None):
        raise click.UsageError("give either a query or, with -f, a file that has one", ctx)
    asked = query_text if query_text is not None else _read(file or ())
    kind = lexer.form(asked)
    wanted = _wanted(form, media.GRAPHS if kind in ("CONSTRUCT", "DESCRIBE") else media.RESULTS)
    store = open_release(release).dataset.isolated()
    with _interruptible():
        answer = store.answer(asked, accept=wanted.media_type, limits=UNLIMITED)
    _print(answer, as_table=form == "table", boolean=kind == "ASK")


@click.command(cls=Command, examples=["acagraph info", "acagraph info --json"])
@click.option("--json", "as_json", is_flag=True, help="Print the release's manifest.")
@release_option
def info(as_json: bool, release: str | None) -> None:
    """Tell what a release holds."""
    opened = open_release(release)
    manifest = opened.manifest
    if as_json:
        click.echo(json.dumps(manifest, ensure_ascii=False, indent=2))
        return
    _check(manifest, opened.path / MANIFEST)
    click.echo(f"{manifest['title']} {manifest['version']} of {manifest['date']}, in {opened.path}")
    click.echo(f"{manifest['triples']:,} triples in {len(manifest['graphs'])} graphs; {manifest['licence']}")
    click.echo(f"RDFC-1.0 SHA-256 {manifest['rdfc10_sha256']}")
    click.echo()
    click.echo(text.counts(manifest["classes"]))
    if "graphs" in opened.queries:  # a release made before graphs were described has no such query
        described = opened.dataset.query("graphs")
        assert isinstance(described, Rows)
        click.echo(text.graphs(described))
    if manifest.get("registers"):
        click.echo()
        click.echo(text.registers(manifest["registers"]))
    click.echo(text.next_commands(), nl=False)


def _check(manifest: Mapping[str, object], path: Path) -> None:
    """Raise ReleaseError when a manifest, which others may have written, lacks something that is told."""
    for key, kind in _TOLD.items():
        value = manifest.get(key)
        numbers = value.values() if isinstance(value, dict) else ()
        if not isinstance(value, kind) or not all(isinstance(number, int) for number in numbers):
            raise ReleaseError(f"{path} is damaged: its {key!r} is missing or wrong; build the release again")


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl+C end the process at once: Python itself would wait for the engine to finish the query."""
    previous = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def _read(file: Iterable[str]) -> str:
    try:
        return "".join(file)
    except UnicodeDecodeError:
        raise QueryError("the query file is not UTF-8; save it as UTF-8") from None


def _arguments(parameters: Iterable[str]) -> Mapping[str, str]:
    arguments: dict[str, str] = {}
    for item in parameters:
        name, equals, value = item.partition("=")
        if not equals:
            raise ParameterError(f"{item!r} is no parameter; write it as name=value")
        if name in arguments:
            raise ParameterError(f"{name} is given twice; give it once")
        arguments[name] = value
    return arguments


def _list(saved: Iterable[SavedQuery]) -> None:
    for item in saved:
        about = click.wrap_text(item.description, 100, initial_indent="    ", subsequent_indent="    ")
        click.echo(f"{item.name}: {item.summary}\n{about}")
        if item.endpoint:
            click.echo(f"    Runs at {item.endpoint}, not here: the command prints what to ask there.")
        for parameter in item.parameters:
            kind = f"{parameter.type} {parameter.scheme}" if parameter.scheme else parameter.type
            kind = " or ".join(parameter.values) or kind + range_of(parameter)
            needed = "required" if parameter.required else "optional"
            about = f": {parameter.description}" if parameter.description else ""
            click.echo(f"      {parameter.name} ({kind}, {needed}){about}")
        example = " ".join(f"{key}={value}" for key, value in item.example.items())
        click.echo(f"    $ acagraph query {item.name} {example}".rstrip() + "\n")


def _wanted(form: str, offers: Sequence[Format]) -> Format:
    """Return the format to ask for; a table is made of the first that is on offer, JSON or Turtle."""
    return offers[0] if form == "table" else media.by_name(form, offers)


def _print(answer: Answer, *, as_table: bool, boolean: bool) -> None:
    if not as_table or answer.media_type != media.JSON.media_type:
        for chunk in answer.chunks:
            sys.stdout.buffer.write(chunk)
    elif boolean:
        click.echo("true" if read_boolean(answer.read()) else "false")
    else:
        found = read_table(answer.read())
        rows = [[row[name].short if name in row else "" for name in found.variables] for row in found.rows]
        text.print_table(found.variables, rows)

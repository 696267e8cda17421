"""`acagraph link …`: links to other datasets, proposed, decided about, carried out and watched over."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acagraph.cli.building import project_option
from acagraph.cli.command import NOT_CONFORMING, Command, Group
from acagraph.cli.exporting import contact_option, wikidata_option
from acagraph.cli.importing import dry_run_option, show_left_out
from acagraph.cli.text import table
from acagraph.errors import SourceError

if TYPE_CHECKING:
    from acagraph.imports.authority.candidates import Request
    from acagraph.links.application import Plan
    from acagraph.links.collection import Collection
    from acagraph.links.renewal import Renewed
    from acagraph.links.things import Thing
    from acagraph.sources import Project

json_option = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


@click.group(name="link", cls=Group, examples=["acagraph link stats", "acagraph link review --list"])
def linking() -> None:
    """Propose links to other datasets, review them, watch over them."""


@linking.command(
    cls=Command,
    examples=[
        "acagraph link propose cities500.txt --edition 2026-11-01",
        "acagraph link propose companies.csv --column id=LEI --column name=Company --kind company --dry-run",
    ],
)
@click.argument("authority", required=False, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--name", help="Name of the set of candidates; by default that of the file.")
@click.option("--edition", default="", help="Version of the file, in words, for the record.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="ROLE=COLUMN",
    help="Which column of a table holds the id, name, names, country, lat, lon, kind or population.",
)
@click.option(
    "--dataset",
    default="",
    help="Dataset of identifiers that do not say theirs: wikidata, geonames, ror … or a namespace.",
)
@click.option("--kind", default="", help="What the entries are when the table does not say: city, company …")
@wikidata_option("Ask Wikidata instead of reading a file, for the things of public/current without an item.")
@contact_option
@project_option
@dry_run_option
def propose(
    authority: Path | None,
    name: str | None,
    edition: str,
    columns: tuple[str, ...],
    dataset: str,
    kind: str,
    wikidata: str | None,
    contact: str,
    project: Path,
    dry_run: bool,
) -> None:
    """Propose links from a file of another dataset.

    AUTHORITY is a table of GeoNames (cities500.txt, allCountries.txt), a CSV or TSV table of entries, or an
    SSSOM table of somebody else. The candidates go to data/links/candidates; none of them is a link before
    somebody has said so: see acagraph link review. What was decided stays, what was rejected is not proposed
    again, and where two sets name different items of one dataset both are marked as in conflict.
    """
    from acagraph.imports.authority.candidates import Request, set_path
    from acagraph.imports.authority.table import known_kind
    from acagraph.links.forms import NAMESPACES
    from acagraph.links.values import is_iri

    if (authority is None) == (wikidata is None):
        raise click.UsageError("give a file, or --wikidata")
    today = datetime.datetime.now(datetime.UTC).date()
    if authority is None:
        path = set_path(project, name or "wikidata")
        _live(project, path, str(wikidata), contact, today, dry_run=dry_run)
        return
    roles = dict(_role(text) for text in columns)
    try:
        kind = known_kind(kind)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--kind") from error
    if dataset and dataset not in NAMESPACES and not is_iri(dataset):
        message = f"{dataset} is no dataset: use {', '.join(NAMESPACES)}, or a whole namespace"
        raise click.BadParameter(message, param_hint="--dataset")
    called = name or authority.name.partition(".")[0]
    _from_file(project, Request(authority, called, today, edition, roles, dataset, kind), dry_run=dry_run)


def _role(text: str) -> tuple[str, str]:
    role, sign, column = text.partition("=")
    if not sign or not column:
        raise click.BadParameter(f"{text} is not of the form name=Column", param_hint="--column")
    return role, column


def _from_file(project: Path, request: Request, *, dry_run: bool) -> None:
    from acagraph.cli.progress import counted
    from acagraph.imports.authority.candidates import candidates
    from acagraph.links.decisions import latest, read_reviews, rejected_pairs, reviews_path
    from acagraph.links.renewal import renewed
    from acagraph.sources import discover

    found = discover(project)
    collection, things = read_state(found)
    decided = latest(read_reviews(reviews_path(project)))
    with counted("entries") as tell:
        made = candidates(
            request,
            found,
            things,
            collection,
            rejected=rejected_pairs(decided),
            progress=lambda done: tell(done, None),
        )
    _finish(project, collection, renewed(made.group, collection, decided), dry_run=dry_run)
    show_left_out(made.left_out)


def _live(
    project: Path, path: Path, endpoint: str, contact: str, today: datetime.date, *, dry_run: bool
) -> None:
    import acagraph
    from acagraph.cli.progress import counted
    from acagraph.links.collection import read_collection
    from acagraph.links.decisions import latest, read_reviews, reviews_path
    from acagraph.links.renewal import renewed
    from acagraph.wikidata import open_client, read_subjects
    from acagraph.wikidata import propose as ask

    collection = read_collection(project)
    decided = latest(read_reviews(reviews_path(project)))
    with (
        acagraph.open(project / "public" / "current") as release,
        open_client(endpoint, contact=contact) as client,
        counted("asked") as tell,
    ):
        subjects = read_subjects(release.store)
        made = ask(
            client,
            subjects,
            date=today.isoformat(),
            path=path,
            progress=lambda done, whole: tell(done, done / whole if whole else None),
        )
    _finish(project, collection, renewed(made, collection, decided), dry_run=dry_run)


def _finish(project: Path, before: Collection, made: Renewed, *, dry_run: bool) -> None:
    """Tell what was proposed, and write each set that changes: marks of conflicts stand in others too."""
    from acagraph.links.files import write_files
    from acagraph.links.writing import write_set

    shown = [(f"{number:,}", what) for what, number in sorted(made.counts.items())]
    click.echo("".join(f"{number:>9}  {what}\n" for number, what in shown), nl=False)
    old = {group.path: group.mappings for group in before.sets}
    changed = [group for group in made.collection.sets if group.mappings != old.get(group.path, ())]
    files = {group.path: write_set(group) for group in changed}
    files = {path: content for path, content in files.items() if _text(path).encode() != content}
    if not files:
        click.echo("Nothing changes.")
        return
    click.echo("Would change:" if dry_run else "Changed:")
    for path in files:
        click.echo(f"  {path.relative_to(project)}")
    if not dry_run:
        write_files(files)


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def read_state(project: Project) -> tuple[Collection, Mapping[str, Thing]]:
    """Return the sets of mappings of a project and its things."""
    from acagraph.links.collection import read_collection
    from acagraph.links.things import read_things

    return read_collection(project.root), read_things(project)


@linking.command(cls=Command, examples=["acagraph link apply --dry-run", "acagraph link apply"])
@click.argument("sets", nargs=-1, metavar="[SET]...")
@project_option
@dry_run_option
@click.pass_context
def apply(ctx: click.Context, sets: tuple[str, ...], project: Path, dry_run: bool) -> None:
    """Carry out the decisions of reviews.

    Accepted candidates go to data/links/reviewed.sssom.tsv and are links from then on. Rejected ones stay in
    their set, marked with Not, and are never proposed again; so do those that an accepted one excludes. A
    link of reviewed.sssom.tsv whose last decision is another one becomes a candidate again. When
    the links would break a condition, such as two exact matches of a thing in one dataset, nothing is
    written.
    SET is the name of a set of candidates; without it all are looked at.
    """
    from acagraph.links.application import plan
    from acagraph.links.decisions import latest, read_reviews, reviews_path, withdrawn
    from acagraph.links.files import write_files
    from acagraph.sources import discover

    collection, things = read_state(discover(project))
    known_set(collection, sets)
    reviews = read_reviews(reviews_path(project))
    made = plan(project, collection, latest(reviews), things, names=sets, withdrawn=withdrawn(reviews))
    if made.problems:
        for problem in made.problems:
            click.echo(f"{problem.rule}: {problem.message}", err=True)
        click.echo(
            "Nothing was written: decide differently about one of each with acagraph link review --again",
            err=True,
        )
        ctx.exit(NOT_CONFORMING)
    for what, number in sorted(made.counts.items()):
        if number:
            click.echo(f"{number:>9,}  {what}")
    _show_files(made, project, dry_run=dry_run)
    if not dry_run:
        write_files(made.files)


def _show_files(made: Plan, project: Path, *, dry_run: bool) -> None:
    if not made.files:
        click.echo("Nothing changes.")
    elif not dry_run:
        click.echo("Changed:")
    else:
        click.echo("Would change:")
    for path in sorted(made.files):
        click.echo(f"  {path.relative_to(project)}")
        for line in made.changes[path] if dry_run else ():
            click.echo(f"    {line}")


def known_set(collection: Collection, names: tuple[str, ...]) -> None:
    """Raise SourceError when one of the names is that of no set of candidates."""
    from acagraph.links.collection import name_of
    from acagraph.links.model import CANDIDATE

    known = [name_of(group.path) for group in collection.sets if group.status == CANDIDATE]
    for name in names:
        if name not in known:
            there = f"there are {', '.join(known)}" if known else "there is none yet: acagraph link propose"
            raise SourceError(f"no set of candidates is called {name}; {there}")


@linking.command(cls=Command, examples=["acagraph link stats", "acagraph link stats --json"])
@project_option
@json_option
def stats(project: Path, as_json: bool) -> None:
    """Count the links to each dataset, and the things that have one."""
    from acagraph.links.tally import coverage, tallies
    from acagraph.sources import discover

    collection, things = read_state(discover(project))
    found, covered = tallies(collection), coverage(collection, things)
    if as_json:
        body = {"datasets": [asdict(each) for each in found], "kinds": [asdict(each) for each in covered]}
        click.echo(json.dumps(body, ensure_ascii=False, indent=2))
        return
    header = ("dataset", "exact", "close", "related", "candidates", "conflicts", "rejected")
    rows = [(each.dataset, *(f"{value:,}" for value in list(asdict(each).values())[1:])) for each in found]
    click.echo(table(header, rows))
    shares = [
        (
            each.kind,
            f"{each.things:,}",
            f"{each.linked:,}",
            f"{each.linked / each.things:.1%}",
            " ".join(f"{name} {number:,}" for name, number in each.by_dataset.items()),
        )
        for each in covered
    ]
    click.echo(table(("kind", "things", "linked", "share", "to"), shares), nl=False)

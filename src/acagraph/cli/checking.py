"""`acagraph link check`: the health of links."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from acagraph.cli.building import project_option
from acagraph.cli.command import NOT_CONFORMING, Command
from acagraph.cli.exporting import contact_option, wikidata_option
from acagraph.cli.linking import json_option
from acagraph.cli.text import table

if TYPE_CHECKING:
    from acagraph.links.decisions import Review
    from acagraph.links.health import Finding, State

_FOLDER = Path("build") / "link-health"
_SHOWN = 50


@click.command(name="check", cls=Command, examples=["acagraph link check", "acagraph link check --json"])
@wikidata_option("Ask Wikidata about the confirmed items of public/current, and keep the answer.")
@contact_option
@project_option
@json_option
@click.pass_context
def check(ctx: click.Context, wikidata: str | None, contact: str, project: Path, as_json: bool) -> None:
    """Check the links of a project, and end with 3 when something is wrong.

    Judged are the form and check digits of identifiers, one exact match for each thing and dataset, one thing
    for each item, kinds, things that are gone or were merged, and links that say not how they are known. What
    Wikidata itself said of the items when it was last asked, in build/link-health, counts too.
    """
    from acagraph.links.health import counts, findings

    if wikidata is not None:
        _ask(project, wikidata, contact)
    state = _state(project)
    found = findings(state)
    numbers = counts(state.collection.claims)
    wrong = sum(each.severity == "error" for each in found)
    if as_json:
        click.echo(json.dumps(_body(found, numbers, project), ensure_ascii=False, indent=2))
    else:
        click.echo(
            table(
                ("dataset", "standing", "relation", "number"),
                [[*each[:3], f"{each[3]:,}"] for each in numbers],
            )
        )
        _show(found, project)
    if wrong:
        ctx.exit(NOT_CONFORMING)


def _state(project: Path) -> State:
    from acagraph.errors import SourceError
    from acagraph.links.collection import read_collection
    from acagraph.links.decisions import latest, read_reviews, reviews_path, withdrawn
    from acagraph.links.health import State, unreadable
    from acagraph.links.things import read_things
    from acagraph.sources import discover

    found = discover(project)
    live = _live(project)
    path = reviews_path(project)
    reviews: tuple[Review, ...] = ()
    try:
        reviews = read_reviews(path)
    except SourceError as error:
        live = (*live, unreadable(error))
    redirects = {item.old: item for item in found.redirects}
    return State(
        read_collection(project, lenient=True),
        read_things(found),
        redirects,
        latest(reviews),
        live,
        path,
        withdrawn(reviews),
    )


def _live(project: Path) -> tuple[Finding, ...]:
    """Return what the newest check of the items themselves found."""
    from acagraph.errors import SourceError
    from acagraph.links.collection import read_collection
    from acagraph.links.health import Finding, unreadable
    from acagraph.wikidata import read_health

    reports = sorted((project / _FOLDER).glob("*.jsonl"))
    if not reports:
        return ()
    try:
        checked = read_health(reports[-1])
    except SourceError as error:
        return (unreadable(error),)
    links = {claim.key for claim in read_collection(project, lenient=True).claims if claim.confirmed}
    found = []
    for line, each in enumerate(checked, start=1):
        if (each.subject, each.predicate, each.object) not in links or each.state == "ok":
            continue
        told = f"<{each.object}> of <{each.subject}>"
        if each.state == "missing":
            message, severity = (
                f"{told} is not there any more; remove the link, or find the new item",
                "error",
            )
        elif each.state == "redirected":
            message, severity = f"{told} was merged into <{each.target}>; write that one", "error"
        else:
            message = f"{told} differs: {'; '.join(one.message for one in each.findings)}"
            severity = "warning"
        level = "error" if severity == "error" else "warning"
        found.append(Finding(level, f"item-{each.state}", message, reports[-1], line))  # type: ignore[arg-type]
    return tuple(found)


def _ask(project: Path, endpoint: str, contact: str) -> None:
    import acagraph
    from acagraph.cli.progress import counted
    from acagraph.links.files import write_files
    from acagraph.wikidata import health_of, open_client, write_health

    now = datetime.datetime.now(datetime.UTC)
    with (
        acagraph.open(project / "public" / "current") as release,
        open_client(endpoint, contact=contact) as client,
        counted("items checked") as tell,
    ):
        made = health_of(
            client,
            release.store,
            checked=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            progress=lambda done, whole: tell(done, done / whole if whole else None),
        )
    write_files({project / _FOLDER / f"wikidata-{now.date()}.jsonl": write_health(made)})


def _show(found: Sequence[Finding], project: Path) -> None:
    for each in found[:_SHOWN]:
        place = _place(each, project)
        click.echo(f"{each.severity}: {place}{each.message} [{each.rule}]")
    if len(found) > _SHOWN:
        click.echo(f"and {len(found) - _SHOWN:,} more: --json has all")
    wrong = sum(each.severity == "error" for each in found)
    click.echo(f"{wrong:,} errors, {len(found) - wrong:,} warnings")


def _place(each: Finding, project: Path) -> str:
    if each.path is None:
        return ""
    path = each.path.relative_to(project) if each.path.is_relative_to(project) else each.path
    return f"{path}:{each.line}: " if each.line else f"{path}: "


def _body(
    found: Sequence[Finding], numbers: Sequence[tuple[str, str, str, int]], project: Path
) -> dict[str, Any]:
    names = ("dataset", "standing", "relation", "number")
    return {
        "conforms": all(each.severity != "error" for each in found),
        "counts": [dict(zip(names, each, strict=True)) for each in numbers],
        "findings": [
            {
                "severity": each.severity,
                "rule": each.rule,
                "message": each.message,
                "place": _place(each, project).removesuffix(": "),
            }
            for each in found
        ],
    }

"""`acagraph load`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acagraph.cli.command import Command
from acagraph.cli.progress import counted

if TYPE_CHECKING:
    from acagraph.loading import Loaded, Plan, Wish

# As acagraph.loading has them, which is not imported before it is used.
_METHODS = ("once", "graph-store", "update", "virtuoso")


@click.command(
    cls=Command,
    examples=[
        "acagraph load http://127.0.0.1:7878/",
        "acagraph load http://127.0.0.1:7878/ --dry-run",
        "acagraph load http://127.0.0.1:7878/query --method graph-store --piece 20000",
    ],
)
@click.argument("target", metavar="TARGET")
@click.option(
    "--release",
    type=click.Path(path_type=Path),
    help="Folder of the release.  [default: public/current, else the one in the package]",
)
@click.option(
    "--method",
    type=click.Choice(_METHODS),
    help="How the triples get there.  [default: what the store is known to do best]",
)
@click.option("--update", metavar="URL", help="Where the store takes updates.")
@click.option("--graph-store", metavar="URL", help="Where the store takes graphs.")
@click.option("--piece", type=click.IntRange(1), metavar="N", help="Triples in one request.")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1),
    default=300,
    show_default=True,
    help="Seconds to wait for an answer, or for the bulk loader to be done.",
)
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Folder that Virtuoso's bulk loader may read."
)
@click.option("--isql", metavar="PROGRAM", help="Virtuoso's isql.  [default: isql-vt, isql-v or isql]")
@click.option(
    "--isql-server", metavar="HOST:PORT", help="Where isql finds it.  [default: TARGET's host, 1111]"
)
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def load(
    target: str,
    release: Path | None,
    method: str | None,
    update: str | None,
    graph_store: str | None,
    piece: int | None,
    timeout: float,
    folder: Path | None,
    isql: str | None,
    isql_server: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put a release into a remote store.

    It takes the place of the one that is there. TARGET is the address of a SPARQL 1.1 endpoint, or the root
    of an Oxigraph or Virtuoso server. All is loaded beside what readers see, compared by counts and samples,
    and then switched in one update. What was interrupted goes on where it was. Graphs that are not this
    project's stay.

    Credentials are read from ACAGRAPH_STORE_USER and ACAGRAPH_STORE_PASSWORD, from ACAGRAPH_STORE_TOKEN, or
    from .netrc. docs/loading.md says what holds for which store.
    """
    from acagraph.loading import Wish

    wish = Wish(method or "", update or "", graph_store or "", piece, folder, isql, isql_server)
    if dry_run:
        plan = _plan(release, target, timeout, wish)
        _tell_notices(plan)
        click.echo(_json(plan) if as_json else _planned(plan))
        return
    loaded = _loaded(release, target, timeout, wish)
    _tell_notices(loaded.plan)
    click.echo(_json(loaded.plan, loaded) if as_json else _done(loaded))


def _plan(release: Path | None, target: str, timeout: float, wish: Wish) -> Plan:
    from acagraph.dataset import find_release
    from acagraph.loading import Connection, checked, credentials, plan

    url = checked(target)
    return plan(release or find_release(), url, Connection(credentials(url, os.environ), timeout), wish)


def _loaded(release: Path | None, target: str, timeout: float, wish: Wish) -> Loaded:
    from acagraph.dataset import find_release
    from acagraph.loading import Connection, checked, credentials, load

    url = checked(target)
    with counted("triples are there") as tell:
        connection = Connection(credentials(url, os.environ), timeout)
        return load(release or find_release(), url, connection, wish, lambda done, of: tell(done, done / of))


def _tell_notices(plan: Plan) -> None:
    for notice in plan.notices:
        click.echo(f"note: {notice}", err=True)


def _json(plan: Plan, loaded: Loaded | None = None) -> str:
    body = {**asdict(plan), "triples": plan.triples, "bytes": plan.bytes, "there": plan.there}
    if loaded is None:
        body |= {"loaded": False, "requests": plan.requests}
    else:
        body |= {
            "loaded": True,
            "requests": loaded.requests,
            "statements": loaded.statements,
            "seconds": round(loaded.seconds, 3),
        }
    return json.dumps(body, ensure_ascii=False, indent=2)


def _planned(plan: Plan) -> str:
    there = f", of which {plan.there:,} are there already" if plan.there else ""
    lines = [
        f"Would load {plan.version} into {plan.query} ({plan.engine}) by the method {plan.method}:",
        f"  {len(plan.graphs):,} graphs, {plan.triples:,} triples{there}, {plan.bytes / 1e6:,.1f} MB, "
        f"{plan.requests:,} request{'' if plan.requests == 1 else 's'}",
    ]
    lines += [f"  dropped at the end: {graph}" for graph in plan.dropped]
    return "\n".join([*lines, "Nothing was written."])


def _done(loaded: Loaded) -> str:
    plan = loaded.plan
    there = f", {plan.there:,} of them by an earlier run" if plan.there else ""
    gone = f"; {len(plan.dropped):,} others dropped" if plan.dropped else ""
    return (
        f"Loaded {plan.version} into {plan.query}: {len(plan.graphs):,} graphs{gone}, "
        f"{plan.triples:,} triples{there}, by the method {plan.method} in {loaded.seconds:.1f} s.\n"
        "All graphs have as many triples as in the release; "
        f"{loaded.statements:,} statements were asked for and found."
    )

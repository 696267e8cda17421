"""`acagraph release`: what is done with releases once they are built."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acagraph.cli.command import Command, Group
from acagraph.cli.signing import sign

if TYPE_CHECKING:
    from acagraph.release.hosting import Publication

_EXAMPLES = (
    "acagraph release publish --to site",
    "acagraph release publish --to site --site https://example.org/acagraph/",
)


@click.group(name="release", cls=Group, examples=_EXAMPLES)
def release() -> None:
    """Publish releases on the web, and sign them."""


@release.command(name="publish", cls=Command, examples=_EXAMPLES)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of the site; what an earlier run has put there is replaced, but for older releases.",
)
@click.option(
    "--from",
    "out",
    type=click.Path(path_type=Path),
    default="public",
    show_default=True,
    help="Folder of the releases.",
)
@click.option(
    "--site",
    metavar="URL",
    help="Address at which the folder will be served.  [default: the one of the IRIs]",
)
@click.option("--force", is_flag=True, help="Replace the folder though it holds other files, which are lost.")
@click.option(
    "--drop",
    metavar="VERSION",
    multiple=True,
    help="Take a release off the web that only the site still has; else it stays. May be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def publish(
    folder: Path, out: Path, site: str | None, force: bool, drop: tuple[str, ...], as_json: bool
) -> None:
    """Make a folder that any static host can serve.

    The newest release stands at its root, each under releases/VERSION/, with pages, a sitemap, configuration
    for Apache, Netlify, Cloudflare Pages and w3id.org, and metadata for archives. Only releases that are as
    their manifests say are published; those that were published once stay, though they are gone from the
    folder of releases. Files are linked and not copied where the disk can do that, so change
    none of them in place. docs/publishing.md says how to bring the folder to a host.
    """
    from acagraph.release.hosting import publish as make

    made = make(out, folder, site=site, force=force, drop=drop)
    for notice in made.notices:
        click.echo(f"note: {notice}", err=True)
    if as_json:
        click.echo(json.dumps({**asdict(made), "folder": str(folder)}, ensure_ascii=False, indent=2))
    else:
        click.echo(_told(made, folder))


def _told(made: Publication, folder: Path) -> str:
    newest, *older = made.versions
    others = f" and {len(older):,} older" if older else ""
    return (
        f"Published {newest}{others} to {folder}: {made.files:,} files, {made.bytes / 1e6:,.1f} MB, "
        f"{made.written / 1e6:,.1f} MB of them new on this disk."
    )


release.add_command(sign)

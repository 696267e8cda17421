"""`acagraph release sign`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from acagraph.cli.command import Command

PASSWORD = "ACAGRAPH_KEY_PASSWORD"


@click.command(
    cls=Command,
    examples=[
        "acagraph release sign --key minisign.key",
        "acagraph release sign public/2026.11.22 --key minisign.key",
    ],
)
@click.argument("release", type=click.Path(path_type=Path, file_okay=False), default="public/current")
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    required=True,
    help="The file with your secret key of minisign.",
)
@click.option(
    "--comment", default="", help="What to add to the signed comment, which names version and hash."
)
def sign(release: Path, key: Path, comment: str) -> None:
    """Sign a release's manifest with a secret key of minisign.

    The signature goes to manifest.json.minisig, which `acagraph verify --key` and minisign itself check. The
    password is asked on the terminal, or taken from the environment variable ACAGRAPH_KEY_PASSWORD. A release
    that is not as its manifest says is not signed.
    """
    from acagraph.dataset import MANIFEST
    from acagraph.errors import ReleaseError
    from acagraph.release.proof import signature
    from acagraph.release.proof.folder import verify
    from acagraph.release.proof.listing import read_listing

    listing = read_listing(release / MANIFEST)
    if not verify(release, quick=True).complete:
        raise ReleaseError(
            f"{release} is not as its manifest says; `acagraph verify {release}` tells what is wrong"
        )
    signed = signature.sign(release, listing, key=key, password=_password, comment=comment)
    click.echo(f"Signed {release / MANIFEST}: {signed.comment}")
    click.echo(
        f"With your public key anybody can check it: acagraph verify {release} --key {signed.public_key}"
    )


def _password() -> str:
    """Ask for the password of the key, without showing it."""
    from acagraph.errors import ReleaseError

    given = os.environ.get(PASSWORD)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise ReleaseError(f"the key has a password: set {PASSWORD}, or sign on a terminal")
    try:
        return str(click.prompt("Password of the key", hide_input=True, err=True))
    except click.Abort:
        raise KeyboardInterrupt from None

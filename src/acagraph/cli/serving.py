"""`acagraph serve`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit

import click

from acagraph.cli.asking import release_option
from acagraph.cli.command import Command
from acagraph.cli.freezing import EXTRA
from acagraph.dataset import find_release
from acagraph.errors import AcagraphError, StoreError
from acagraph.stores import RemoteStore
from acagraph.stores.guard import valid_iri

_MOST = 4


@click.command(
    cls=Command,
    examples=[
        "acagraph serve --port 8000",
        "acagraph serve --processes 4 --timeout 10 --access-log access.log",
        "acagraph serve --socket acagraph.sock --access-log off",
        "acagraph serve --store http://127.0.0.1:7878/query --release public/current",
    ],
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one."
)
@click.option(
    "--socket", "path", type=click.Path(path_type=Path), help="A Unix socket instead of host and port."
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=min(os.cpu_count() or 1, _MOST),
    show_default="one for each core, at most 4",
    help="Server processes on the one address.",
)
@click.option(
    "--memory",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Load the store into memory, which is faster; auto does up to 2 million triples.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=30.0,
    show_default=True,
    help="Seconds that a query may take.",
)
@click.option(
    "--grace",
    type=click.FloatRange(0, 600),
    default=5.0,
    show_default=True,
    help="Seconds that a query under way has to end in when the server is stopped.",
)
@click.option(
    "--allow-service",
    "services",
    multiple=True,
    metavar="IRI",
    help="An endpoint that SERVICE may ask; without any, SERVICE is refused. May be repeated.",
)
@click.option(
    "--access-log",
    "log",
    metavar="FILE",
    default="-",
    show_default="standard error",
    help="Where to write a line of JSON for each request; off writes none.",
)
@click.option("--log-texts", is_flag=True, help="Log the address of each request with its query string too.")
@click.option("--log-addresses", is_flag=True, help="Log who asks too.")
@click.option(
    "--only",
    is_flag=True,
    help="Serve this release alone, not the others of its folder under /releases/.",
)
@click.option(
    "--store",
    "endpoint",
    metavar="URL",
    help="A SPARQL 1.1 endpoint that holds the release, to be asked instead of the release's own store.",
)
@release_option
def serve(
    *,
    host: str,
    port: int,
    path: Path | None,
    processes: int,
    memory: str,
    timeout: float,
    grace: float,
    services: tuple[str, ...],
    log: str,
    log_texts: bool,
    log_addresses: bool,
    only: bool,
    endpoint: str | None,
    release: str | None,
) -> None:
    """Serve a release over HTTP, until Ctrl+C or SIGTERM.

    The other releases of its folder are served under /releases/VERSION/.
    """
    try:
        from acagraph.web import processes as web
        from acagraph.web import server
        from acagraph.web.access import AccessLog
        from acagraph.web.app import LIMITS
    except ModuleNotFoundError as error:
        if (package := str(error.name).partition(".")[0]) not in EXTRA:
            raise
        raise AcagraphError(f"{package} is not installed; run: pip install 'acagraph[serve]'") from error
    found = find_release(release, stored=endpoint is None)
    file = _log_file(log)
    plan = web.Plan(
        folder=found.resolve(),
        location=str(found),
        settings=server.Settings(
            limits=replace(LIMITS, timeout_seconds=timeout),
            grace_seconds=grace,
            services=_endpoints(services),
            releases=None if only else found.resolve().parent,
        ),
        processes=processes,
        memory=cast(web.Memory, memory),
        log=None if file is None else AccessLog(file, texts=log_texts, addresses=log_addresses),
        endpoint="" if endpoint is None else _holding(endpoint, found),
    )
    with server.listen_at(path) if path else server.listen(host, port) as listener:
        told = f"Serving {found} at {server.address(listener)} (Ctrl+C stops it)"
        web.serve(plan, listener, ready=lambda: click.echo(told, err=True))


def _endpoints(services: tuple[str, ...]) -> frozenset[str]:
    for iri in services:
        if not (iri.startswith(("http://", "https://")) and valid_iri(iri)):
            raise AcagraphError(f"--allow-service {iri!r} is no address of an endpoint; write it in full")
    return frozenset(services)


def _holding(endpoint: str, release: Path) -> str:
    """Return the address of a store that holds a release, as far as it tells; it may come later."""
    from acagraph.web.holdings import refuse_other

    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname or not valid_iri(endpoint):
        raise AcagraphError(
            "--store is no address of an endpoint; write it in full, with http:// or https://"
        )
    if parts.username or parts.query or parts.fragment:
        message = "--store takes an address without user, password or parameters"
        raise AcagraphError(f"{message}; let the store or a proxy before it know this machine")
    store = RemoteStore(endpoint)
    try:
        refuse_other(store, release)
    except StoreError as error:
        click.echo(f"{error}. Until it answers, this service does not either.", err=True)
    finally:
        store.close()
    return endpoint


def _log_file(name: str) -> IO[str] | None:
    if name in ("-", "off"):
        return sys.stderr if name == "-" else None
    try:
        # A line is written at once, so that those of several processes do not mix.
        return Path(name).open("a", buffering=1, encoding="utf-8")
    except OSError as error:
        raise AcagraphError(f"{name} cannot be written: {error.strerror}; choose another file") from error

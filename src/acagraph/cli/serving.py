"""`acagraph serve`."""

from __future__ import annotations

import click

from acagraph.cli.asking import release_option
from acagraph.cli.command import Command
from acagraph.dataset import open_dataset
from acagraph.errors import AcagraphError

_EXTRA = ("jinja2", "starlette", "uvicorn")


@click.command(cls=Command, examples=["acagraph serve --port 8000"])
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one."
)
@release_option
def serve(host: str, port: int, release: str | None) -> None:
    """Serve a release over HTTP, until Ctrl+C."""
    try:
        from acagraph import web
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if package not in _EXTRA:
            raise
        raise AcagraphError(f"{package} is not installed; run: pip install 'acagraph[serve]'") from error
    dataset = open_dataset(release)
    told = f"Serving {dataset.location} at {{}} (Ctrl+C stops it)"
    web.serve(dataset, host=host, port=port, ready=lambda address: click.echo(told.format(address), err=True))

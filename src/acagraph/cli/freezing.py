"""What writes the pages of a release, where it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from acagraph.release.pages import Freeze

EXTRA = (
    "babel",
    "backports",
    "httptools",
    "jinja2",
    "prometheus_client",
    "starlette",
    "uvicorn",
    "uvloop",
)


def freezing() -> Freeze | None:
    """Return what writes pages; without the extra `serve` there is nothing, which is told."""
    try:
        from acagraph.web import frozen
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if package not in EXTRA:
            raise
        message = (
            f"{package} is not installed, so no pages are written; pip install 'acagraph[serve]' for them"
        )
        click.echo(message, err=True)
        return None

    def freeze(release: Path, target: Path, before: Path | None) -> dict[str, str]:
        return dict(frozen.freeze(release, target, before).files)

    return freeze

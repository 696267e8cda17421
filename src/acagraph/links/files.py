"""Files of links, written in one step each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from acagraph.errors import SourceError
from acagraph.links.model import CANDIDATES


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write files, those with links before those with candidates: so nothing that was accepted is lost.

    Raises SourceError when one cannot be written; it is then as it was.
    """
    for path in sorted(files, key=lambda path: (path.parent.name == CANDIDATES, path)):
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(files[path])
            beside.replace(path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise SourceError(f"cannot be written: {error.strerror}", path=path) from error

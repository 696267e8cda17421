"""Puts the published dataset into the wheel, so that an installed acagraph answers at once."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DatasetHook(BuildHookInterface[Any]):
    """Builds a release of the data beside it and packs what `acagraph query` needs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # An editable install reads `public/current`, which `acagraph build` renews.
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from acagraph.release.bundle import bundle

        self._folder = tempfile.TemporaryDirectory(prefix="acagraph-wheel-")
        build_data["force_include"].update(
            (str(source), f"acagraph/dataset/{name}")
            for name, source in bundle(root, Path(self._folder.name)).items()
        )

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self._folder.cleanup()

"""Puts the dataset and what its pages load into the packages, so that an installed acagraph is whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_BUILT = Path("src", "acagraph", "web", "built")


class DatasetHook(BuildHookInterface[Any]):
    """Builds the browser's assets, and for a wheel a release of the data: what `acagraph query` needs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        # An editable install reads the tree: `public/current` and the assets that `make` builds there.
        if version == "editable":
            return
        root = Path(self.root)
        self._assets(root)
        if self.target_name != "wheel":
            return
        sys.path.insert(0, str(root / "src"))
        from acagraph.release.bundle import bundle

        self._folder = tempfile.TemporaryDirectory(prefix="acagraph-wheel-")
        build_data["force_include"].update(
            (str(source), f"acagraph/dataset/{name}")
            for name, source in bundle(root, Path(self._folder.name)).items()
        )

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def _assets(self, root: Path) -> None:
        """Build what pages load, if what is there is of other sources. Without Node.js pages are plainer."""
        web = root / "web"
        if _sources_of(root / _BUILT) == sources(web):
            return
        npm = shutil.which("npm")
        if npm is not None and shutil.which("node") is not None:
            for command in (["ci", "--ignore-scripts"], ["run", "--silent", "build"]):
                subprocess.run([npm, *command], cwd=web, check=True, stdout=sys.stderr)
            return
        missing = "the editor and the map are not built (or of other sources), and node and npm are not here"
        if os.environ.get("ACAGRAPH_REQUIRE_ASSETS") == "1":
            raise RuntimeError(f"{missing}; install Node.js, or build from an sdist")
        self.app.display_warning(f"{missing}: pages will do without them")


def sources(web: Path) -> str:
    """Return a SHA-256 of what the assets are built from, as web/build.mjs computes it."""
    paths = [path for path in web.joinpath("src").rglob("*") if path.is_file()]
    paths += [web / name for name in ("build.mjs", "package-lock.json", "package.json")]
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(web).as_posix(), path) for path in paths):
        digest.update(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n".encode())
    return digest.hexdigest()


def _sources_of(built: Path) -> str:
    manifest = built / "manifest.json"
    return str(json.loads(manifest.read_text("utf-8"))["sources"]) if manifest.is_file() else ""

"""What pages load in a browser besides style sheets: built from web/, or not there, and pages do without."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router

from acagraph.web.addresses import local
from acagraph.web.responses import respond

BUILT = Path(__file__).parent / "built"
_SERVED = {".js": "text/javascript", ".txt": "text/plain"}
# The name of a script tells its bytes, so that it never changes.
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Assets:
    """The built files in a folder, by the names that pages know them by."""

    folder: Path
    files: Mapping[str, str]

    @classmethod
    def read(cls, folder: Path = BUILT) -> Assets:
        """Read the manifest of a folder; without one nothing is built."""
        manifest = folder / "manifest.json"
        if not manifest.is_file():
            return cls(folder, {})
        return cls(folder, json.loads(manifest.read_text("utf-8"))["files"])

    def address(self, request: Request, name: str) -> str:
        """Return the address of a file, or nothing where it is not built."""
        return local(request, f"built/{self.files[name]}") if name in self.files else ""

    def route(self) -> Mount:
        """Return the route of the files that browsers load."""
        return Mount("/built", Router([Route("/{name}", self._send)], redirect_slashes=False), name="built")

    def _send(self, request: Request) -> Response:
        name = request.path_params["name"]
        media_type = _SERVED.get(Path(name).suffix)
        if media_type is None or name not in self.files.values():
            raise HTTPException(404)
        fingerprinted = name not in self.files
        headers = {"Cache-Control": _FOREVER} if fingerprinted else None
        return respond(request, (self.folder / name).read_bytes(), media_type, headers=headers)

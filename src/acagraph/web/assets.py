"""What pages load in a browser besides style sheets: built from web/, or not there, and pages do without."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from acagraph.web.addresses import local
from acagraph.web.responses import respond

BUILT = Path(__file__).parent / "built"
_SERVED = {".js": "text/javascript", ".txt": "text/plain"}
# The name of a script tells its bytes, so that it never changes.
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, eq=False)
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
        return Mount("/built", self, name="built")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file that a path names; what browsers do not load is not there."""
        name = scope["path"].removeprefix(scope["root_path"]).lstrip("/")
        media_type = _SERVED.get(Path(name).suffix)
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        if media_type is None or name not in self.files.values():
            raise HTTPException(404)
        headers = {"Cache-Control": _FOREVER} if name not in self.files else None
        body = (self.folder / name).read_bytes()
        await respond(Request(scope), body, media_type, headers=headers)(scope, receive, send)

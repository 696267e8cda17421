"""Files of the release: dumps, ontology, shapes and context."""

from __future__ import annotations

import hashlib
import re
from http import HTTPStatus
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import NotFound
from acagraph.stores import rows
from acagraph.stores.media import FILES, HTML, JSON_LD, RDF_XML, TURTLE
from acagraph.vocab import ACA, ONTOLOGY
from acagraph.web.pages import Pages
from acagraph.web.responses import KEPT, choose, is_known, respond

_ONTOLOGY = {TURTLE: "ontology.ttl", RDF_XML: "ontology.owl", JSON_LD: "ontology.jsonld"}
_RANGE = re.compile(r"bytes=\s*(?:\d+-\d*|-\d+)(?:\s*,\s*(?:\d+-\d*|-\d+))*\s*")
_VERSION = f"SELECT ?version {{ <{ONTOLOGY}> owl:versionInfo ?version }} ORDER BY ?version"
_TERMS = f"""SELECT ?term ?kind ?label ?definition {{
  VALUES ?kind {{ owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }}
  ?term a ?kind ; skos:prefLabel ?label . FILTER(STRSTARTS(STR(?term), "{ACA}") && LANG(?label) = "en")
  OPTIONAL {{ ?term skos:definition ?definition FILTER(LANG(?definition) = "en") }}
}} ORDER BY ?term ?kind ?label ?definition"""


class Files:
    """What the release holds as files; nothing outside of its folder is ever sent."""

    def __init__(self, dataset: Dataset, pages: Pages) -> None:
        self._dataset = dataset
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the routes of files."""
        return [
            Route("/data", self.downloads),
            Route("/data/{path:path}", self.dump),
            Route("/ontology", self.ontology),
            Route("/ontology/{version}", self.ontology_version),
            Route("/shapes", self.shapes),
            Route("/{name:str}", self.document),
        ]

    def downloads(self, request: Request) -> Response:
        """List the dumps with their sizes."""
        root = self._folder() / "data"
        found = sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []
        files = [(path.relative_to(root).as_posix(), path.stat().st_size) for path in found]
        return respond(request, self._pages.render(request, "downloads.html", files=files), HTML.media_type)

    def dump(self, request: Request) -> Response:
        """Send a dump; ranges are served too."""
        return self._send(request, request.path_params["path"], below="data")

    def ontology(self, request: Request) -> Response:
        """Send the ontology, or the page of its terms."""
        offers = [offer for offer, name in _ONTOLOGY.items() if (self._folder() / name).is_file()]
        offer = choose(request, (HTML, *offers))
        if offer is HTML:
            body = self._pages.render(
                request,
                "ontology.html",
                terms=rows(self._dataset.store, _TERMS),
                files=[(_ONTOLOGY[offer], offer) for offer in offers],
            )
            return respond(request, body, HTML.media_type)
        return self._send(request, _ONTOLOGY[offer], {"Vary": "Accept"})

    def ontology_version(self, request: Request) -> Response:
        """Send the ontology when the version asked is the one of this release."""
        current = {row["version"].value for row in rows(self._dataset.store, _VERSION)}
        if request.path_params["version"] not in current:
            listed = " or ".join(f"/ontology/{version}" for version in sorted(current)) or "/ontology"
            raise NotFound(f"this release has another version of the ontology; see {listed}")
        return self.ontology(request)

    def shapes(self, request: Request) -> Response:
        """Send the shapes."""
        choose(request, (TURTLE,))
        return self._send(request, "shapes.ttl", {"Vary": "Accept"})

    def document(self, request: Request) -> Response:
        """Send a document of the release by its name."""
        name = request.path_params["name"]
        if name not in (*_ONTOLOGY.values(), "shapes.ttl", "context.jsonld", "manifest.json"):
            raise HTTPException(404, f"there is nothing at /{name}; begin at /")
        return self._send(request, name)

    def _send(
        self, request: Request, name: str, headers: dict[str, str] | None = None, *, below: str = ""
    ) -> Response:
        folder = (self._folder() / below).resolve()
        try:
            path = (folder / name).resolve()
            found = path.is_relative_to(folder) and path.is_file()
        except (OSError, ValueError):  # the system refuses to look for a name too long or with a null byte
            found = False
        if not found:
            raise NotFound(f"the release has no file {name!r}; see /data")
        described = {"ETag": f'"{self._sha256(path)}"', "Cache-Control": KEPT, **(headers or {})}
        if is_known(request, described["ETag"]):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=described)
        if not _RANGE.fullmatch(request.headers.get("range", "bytes=0-")):
            # A range that cannot be read is none (RFC 9110, section 14.2).
            request.scope["headers"] = [item for item in request.scope["headers"] if item[0] != b"range"]
        media_type = FILES.get(path.suffix, "application/octet-stream")
        return FileResponse(path, media_type=media_type, headers=described)

    def _sha256(self, path: Path) -> str:
        """Return a file's checksum as the manifest has it; what it does not list is small."""
        name = path.relative_to(self._folder().resolve()).as_posix()
        listed = self._dataset.manifest.get("files", [])
        found = next((str(entry["sha256"]) for entry in listed if entry["path"] == name), None)
        return found or hashlib.sha256(path.read_bytes()).hexdigest()

    def _folder(self) -> Path:
        if self._dataset.folder is None:
            raise NotFound("there are no files here: the server runs without a release's folder")
        return self._dataset.folder

"""Files of the release: dumps, ontology, shapes, context, and how the data was judged."""

from __future__ import annotations

import base64
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
_RULES = "rules.html"
_REPORTS = tuple(f"validation/report.{form}" for form in ("html", "json", "ttl", "txt"))
_DOCUMENTS = (*_ONTOLOGY.values(), "shapes.ttl", _RULES, "context.jsonld", "manifest.json")
_TYPES = {**FILES, ".html": HTML.media_type}
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_HEAD_BYTES = 65_536
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
            Route("/validation/{path:path}", self.validation),
            Route("/{name:str}", self.document),
        ]

    def downloads(self, request: Request) -> Response:
        """List the dumps with their sizes."""
        root = self._folder() / "data"
        found = sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []
        files = [(path.relative_to(root).as_posix(), path.stat().st_size) for path in found]
        judged = [name for name in (*_REPORTS, _RULES) if (self._folder() / name).is_file()]
        body = self._pages.render(request, "downloads.html", files=files, judged=judged)
        return respond(request, body, HTML.media_type)

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
        """Send the shapes, or the page that explains each rule at its name."""
        explained = (self._folder() / _RULES).is_file()
        offer = choose(request, (TURTLE, HTML) if explained else (TURTLE,))
        return self._send(request, _RULES if offer is HTML else "shapes.ttl", {"Vary": "Accept"})

    def validation(self, request: Request) -> Response:
        """Send a form of the report on this release."""
        return self._send(request, request.path_params["path"], below="validation")

    def document(self, request: Request) -> Response:
        """Send a document of the release by its name."""
        name = request.path_params["name"]
        if name not in _DOCUMENTS:
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
        described = {
            "ETag": f'"{self._sha256(path)}"',
            "Cache-Control": KEPT,
            **(headers or {}),
            **_policy(path),
        }
        if is_known(request, described["ETag"]):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=described)
        if not _RANGE.fullmatch(request.headers.get("range", "bytes=0-")):
            # A range that cannot be read is none (RFC 9110, section 14.2).
            request.scope["headers"] = [item for item in request.scope["headers"] if item[0] != b"range"]
        media_type = _TYPES.get(path.suffix, "application/octet-stream")
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


def _policy(path: Path) -> dict[str, str]:
    """Return the header that lets a page of the release use the style it carries, and nothing else."""
    if path.suffix != ".html":
        return {}
    with path.open("rb") as file:
        styles = _STYLE.findall(file.read(_HEAD_BYTES))
    digests = [base64.b64encode(hashlib.sha256(style).digest()).decode() for style in styles[:1]]
    allowed = f"'sha256-{digests[0]}'" if digests else "'none'"
    policy = f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'; "
    return {"Content-Security-Policy": policy + "frame-ancestors 'none'"}

"""Files of the release: dumps, tables, descriptions, changes, and how the data was judged."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import NotFound, Phrase
from acagraph.stores.guard import valid_iri
from acagraph.stores.media import FILES, HTML
from acagraph.web import ranges
from acagraph.web.addresses import local
from acagraph.web.listing import BESIDE, VOCABULARY, Contents, Entry, Listing, grouped
from acagraph.web.pages import Pages
from acagraph.web.reference.loading import recipes
from acagraph.web.responses import KEPT, choose, is_known, respond

# A release without a manifest that lists them may have them still.
_DOCUMENTS = (*VOCABULARY, *BESIDE)
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_HEAD_BYTES = 65_536
_TABLES, _TABLES_DESCRIBED = "data/csv/", "data/csv/csv-metadata.json"


class Files:
    """What the release holds as files; nothing outside of its folder is ever sent."""

    def __init__(self, dataset: Dataset, pages: Pages) -> None:
        self._pages = pages
        self._listing = None if dataset.folder is None else Listing(dataset.folder)

    def routes(self) -> list[Route]:
        """Return the routes of files, but for those that any other path may name."""
        return [
            Route("/queries/{path:path}.rq", self.query),
            Route("/data", self.downloads),
            Route("/data/{path:path}", self.dump),
            Route("/validation/{path:path}", self.validation),
            Route("/changes/{path:path}", self.change),
        ]

    def others(self) -> list[Route]:
        """Return the route of what no other route has."""
        return [Route("/{path:path}", self.document)]

    @property
    def contents(self) -> Contents:
        """What the manifest says. Raises NotFound without a folder of the release."""
        return self._folder_listing().contents

    def has(self, name: str) -> bool:
        """Tell whether the release has a file of this name, which is one of ours."""
        return self._listing is not None and (self._listing.folder / name).is_file()

    def read(self, name: str, *, most: int) -> bytes | None:
        """Return a file of this name, which is one of ours; None where there is none, or a larger one."""
        if self._listing is None:
            return None
        try:
            path = self._listing.folder / name
            return path.read_bytes() if path.stat().st_size <= most else None
        except OSError:
            return None

    def listed(self) -> list[Entry]:
        """Return the files of the release by name; without a manifest that lists them, those of data/."""
        listing = self._folder_listing()
        if listing.contents.files:
            beside = (Entry(name, path.stat().st_size, "") for name, path in self._beside(listing))
            return [*listing.contents.files.values(), *beside]
        root = listing.folder / "data"
        found = sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []
        return [Entry(path.relative_to(listing.folder).as_posix(), path.stat().st_size, "") for path in found]

    def downloads(self, request: Request) -> Response:
        """List the files with their sizes and checksums."""
        choose(request, (HTML,))
        listed = self.listed()
        names = {file.path for file in listed}
        body = self._pages.render(
            request,
            "downloads.html",
            groups=grouped(listed),
            beside=BESIDE,
            recipes=[recipe for recipe in recipes(self._pages.version) if recipe.file in names],
        )
        return respond(request, body, HTML.media_type)

    def dump(self, request: Request) -> Response:
        """Send a dump or a table; ranges are served too."""
        return self.send(request, request.path_params["path"], below="data")

    def validation(self, request: Request) -> Response:
        """Send a form of the report on this release."""
        return self.send(request, request.path_params["path"], below="validation")

    def change(self, request: Request) -> Response:
        """Send what changed since the release before."""
        return self.send(request, request.path_params["path"], below="changes")

    def query(self, request: Request) -> Response:
        """Send a saved query, a check or a rule as it is written."""
        return self.send(request, f"{request.path_params['path']}.rq", below="queries")

    def document(self, request: Request) -> Response:
        """Send any other file of the release by its name."""
        name = request.path_params["path"]
        if name not in _DOCUMENTS and (self._listing is None or name not in self._listing.contents.files):
            raise HTTPException(404)
        return self.send(request, name)

    def send(
        self,
        request: Request,
        name: str,
        headers: Mapping[str, str] | None = None,
        *,
        below: str = "",
        media_type: str = "",
    ) -> Response:
        """Send a file, or a range of it, with its checksum as ETag and digest.

        Raises NotFound, and HTTPException where it has no such range.
        """
        listing = self._folder_listing()
        folder = (listing.folder / below).resolve()
        try:
            path = (folder / name).resolve()
            found = path.is_relative_to(folder) and path.is_file()
        except (OSError, ValueError):  # the system refuses to look for a name too long or with a null byte
            found = False
        if not found:
            listed = local(request, "data")
            raise NotFound(Phrase("the release has no file {name}; see {page}", name=repr(name), page=listed))
        own = path.relative_to(listing.folder.resolve()).as_posix()
        sha256 = _sha256(listing.contents, own, path)
        described = {
            "ETag": f'"{sha256}"',
            # The checksum of the whole, also where a range is sent (RFC 9530, section 3).
            "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:",
            "Cache-Control": KEPT,
            "Link": ", ".join(_links(request, listing.contents, own)),
            **(headers or {}),
            **_policy(path),
        }
        if is_known(request, described["ETag"]):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=described)
        ranges.settle(request, path, described["ETag"])
        sent_as = media_type or FILES.get(path.suffix, "application/octet-stream")
        return FileResponse(path, media_type=sent_as, headers=described)

    def _folder_listing(self) -> Listing:
        if self._listing is None:
            raise NotFound("there are no files here: the server runs without a release's folder")
        return self._listing

    @staticmethod
    def _beside(listing: Listing) -> Iterator[tuple[str, Path]]:
        for name in BESIDE:
            if (listing.folder / name).is_file():
                yield name, listing.folder / name


def _links(request: Request, contents: Contents, name: str) -> Iterator[str]:
    """Yield the links of a file to its dataset, its licence and, of a table, to what describes it."""
    yield f'<{local(request, "dataset")}>; rel="collection"'
    for licence in contents.licences(name):
        if valid_iri(licence):
            yield f'<{licence}>; rel="license"'
    if name.startswith(_TABLES) and name.endswith(".csv"):
        # Model for Tabular Data and Metadata on the Web, section 5.2
        described = local(request, _TABLES_DESCRIBED)
        yield f'<{described}>; rel="describedby"; type="application/csvm+json"'


def _sha256(contents: Contents, name: str, path: Path) -> str:
    """Return a file's checksum as the manifest has it; what it does not list is small."""
    entry = contents.files.get(name)
    return entry.sha256 if entry else hashlib.sha256(path.read_bytes()).hexdigest()


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

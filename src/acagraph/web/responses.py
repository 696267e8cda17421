"""HTTP answers: bodies with validators, and errors as problem details or pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from acagraph.errors import AcagraphError, NotAcceptable, StoreBusy
from acagraph.stores.media import CSV, HTML, TSV, TURTLE, Format, negotiate
from acagraph.vocab import KINDS
from acagraph.web.pages import Pages

_CHUNK = 1 << 18
PROBLEM = Format("json", "application/problem+json", ("application/json",))
_TEXT = (HTML.media_type, CSV.media_type, TSV.media_type, TURTLE.media_type)


def respond(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a body with its ETag, or 304 when the client has it already (RFC 9110, section 13.1.2)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    described = {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    if status == HTTPStatus.OK and is_known(request, tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=described)
    charset = "; charset=utf-8" if media_type in _TEXT else ""
    return Response(body, status, {**described, "Content-Type": media_type + charset})


def send(
    request: Request, file: Path, after: bytes, media_type: str, *, headers: Mapping[str, str]
) -> Response:
    """Return a file of any size and some bytes after it, with an ETag from its size, its time and those."""
    status = file.stat()
    tag = hashlib.sha256(f"{file} {status.st_size} {status.st_mtime_ns}\n".encode() + after).hexdigest()[:32]
    described = {"ETag": f'"{tag}"', "Cache-Control": "no-cache", **headers}
    if is_known(request, described["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=described)
    charset = "; charset=utf-8" if media_type in _TEXT else ""
    described |= {"Content-Type": media_type + charset, "Content-Length": str(status.st_size + len(after))}
    return StreamingResponse(_chunks(file, after), headers=described)


def _chunks(file: Path, after: bytes) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk
    yield after


def is_known(request: Request, tag: str) -> bool:
    """Tell whether the client has what an ETag names; the comparison is weak (RFC 9110, section 8.8.3.2)."""
    known = [item.strip().removeprefix("W/") for item in request.headers.get("if-none-match", "").split(",")]
    return tag in known or "*" in known


def choose(request: Request, offers: Sequence[Format]) -> Format:
    """Return the format that the request's Accept header prefers. Raises NotAcceptable."""
    return negotiate(",".join(request.headers.getlist("accept")), offers)


def alternates(address: str, offers: Sequence[Format], *, query: str = "") -> str:
    """Return a Link header that names the other forms of a resource (RFC 8288), with its query string."""
    asked = f"?{query}" if query else ""
    return ", ".join(
        f'<{address}.{offer.name}{asked}>; rel="alternate"; type="{offer.media_type}"' for offer in offers
    )


def problem(request: Request, error: Exception) -> Response:
    """Return an error as problem details (RFC 9457), or as a page where the client prefers HTML."""
    status, title, detail = _explained(error)
    if isinstance(error, HTTPException) and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = f"there is nothing at {request.url.path}; {_hint(request.url.path)}"
    try:
        wanted = choose(request, (PROBLEM, HTML))
    except NotAcceptable:
        wanted = PROBLEM
    headers = {"Vary": "Accept", "Cache-Control": "no-store"}
    if isinstance(error, HTTPException):
        headers |= error.headers or {}
    if isinstance(error, StoreBusy):
        headers["Retry-After"] = str(error.retry_after)
    pages: Pages = request.app.state.pages
    if wanted is HTML:
        body = pages.render(request, "error.html", status=status, title=title, detail=detail)
        return Response(body, status, {**headers, "Content-Type": "text/html; charset=utf-8"})
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(
        json.dumps(document, ensure_ascii=False).encode(),
        status,
        {**headers, "Content-Type": PROBLEM.media_type},
    )


def _hint(path: str) -> str:
    if path.rstrip("/").rpartition("/")[2] in KINDS:
        return "write the name of a thing after it, or find one with the saved queries at /queries"
    return "begin at /, or see /queries, /sparql, /ontology and /data"


def _explained(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, AcagraphError):
        return error.status, error.title, str(error)
    if isinstance(error, HTTPException):
        return error.status_code, HTTPStatus(error.status_code).phrase, str(error.detail)
    return 500, "Internal error", "acagraph has a fault here; please report what you asked"

"""HTTP answers: bodies with validators and codings, and errors as problem details or pages."""

from __future__ import annotations

import functools
import hashlib
import ipaddress
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from acagraph.errors import AcagraphError, NotAcceptable, Phrase, StoreBusy, StoreDown
from acagraph.stores import Delivery
from acagraph.stores.media import CSV, HTML, TSV, TURTLE, Format, negotiate
from acagraph.vocab import KINDS
from acagraph.web import coding as codings
from acagraph.web.addresses import asked
from acagraph.web.languages import N_
from acagraph.web.pages import Pages

PROBLEM = Format("json", "application/problem+json", ("application/json",))
FACTS = "acagraph.facts"
# The same as the access log writes them, where that has been done before.
MEMBERS = "acagraph.members"
_TEXT = (HTML.media_type, CSV.media_type, TSV.media_type, TURTLE.media_type)
# The titles of errors, for the catalogues; a test compares them with those that there are.
TITLES = (
    N_("acagraph could not do it"),
    N_("Answer too large"),
    N_("Bad Request"),
    N_("Deadline"),
    N_("Forbidden"),
    N_("Gone"),
    N_("Input file"),
    N_("Internal error"),
    N_("Method Not Allowed"),
    N_("Not acceptable"),
    N_("Not found"),
    N_("Not Found"),
    N_("Parameter"),
    N_("Query"),
    N_("Read-only"),
    N_("Release"),
    N_("Request Timeout"),
    N_("Store"),
    N_("Store busy"),
    N_("Store timeout"),
    N_("Too many queries"),
)
# A release never changes, but an address shows the newest: so it is asked again after five minutes.
KEPT = "public, max-age=300"
NOT_KEPT = "no-store"


def respond(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    tag: str | None = None,
    keep: bool = True,
    rows: int | None = None,
) -> Response:
    """Return a body in the coding that the request prefers, with a strong ETag (RFC 9110, section 8.8.3).

    The ETag follows from release and request, or from `tag` where the bytes do not; what is not to be kept
    has none. An answer that the client has already is a 304.
    """
    chosen = coding(request) if codings.worth(len(body), media_type) else ""
    described = _described(request, media_type, chosen, tag=tag, keep=keep and status == HTTPStatus.OK)
    _add(described, headers)
    if rows is not None:
        note(request, rows=rows)
    if status == HTTPStatus.OK and is_known(request, described.get("ETag", "")):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=described)
    if chosen:
        body = request.app.state.codings[chosen](body)
        described["Content-Encoding"] = chosen
    return Response(body, status, {**described, "Content-Type": _typed(media_type)})


def unchanged(request: Request, media_type: str) -> Response | None:
    """Return a 304 when the client has the answer already, before anything is computed.

    Only for answers whose bytes follow from release and request alone: a client that knows the ETag got it
    with a 200.
    """
    if "if-none-match" not in request.headers:
        return None
    for chosen in dict.fromkeys((coding(request), "")):
        described = _described(request, media_type, chosen, tag=None, keep=True)
        # Whether there is an answer at all, which `*` asks for, is not known yet.
        if described["ETag"] in _tags(request):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=described)
    return None


def deliver(
    request: Request, delivery: Delivery, *, keep: bool = True, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a stranger's answer with an ETag from its bytes; from a file it is sent piece by piece."""
    described = _described(request, delivery.media_type, delivery.coding, tag=delivery.digest, keep=keep)
    _add(described, headers)
    note(request, rows=delivery.rows)
    if is_known(request, described.get("ETag", "")):
        delivery.close()
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=described)
    described["Content-Type"] = _typed(delivery.media_type)
    if delivery.coding:
        described["Content-Encoding"] = delivery.coding
    if isinstance(delivery.body, bytes):
        return Response(delivery.body, headers=described)
    described["Content-Length"] = str(delivery.size)
    return StreamingResponse(_pieces(delivery), headers=described)


def is_known(request: Request, tag: str) -> bool:
    """Tell whether the client has what an ETag names; the comparison is weak (RFC 9110, section 8.8.3.2)."""
    return bool(tag) and not {tag, "*"}.isdisjoint(_tags(request))


def choose(request: Request, offers: Sequence[Format]) -> Format:
    """Return the format that the request's Accept header prefers. Raises NotAcceptable."""
    return negotiate(",".join(request.headers.getlist("accept")), offers)


def coding(request: Request) -> str:
    """Return the content coding that the request prefers, or nothing. Raises NotAcceptable."""
    accepted = ",".join(request.headers.getlist("accept-encoding"))
    return codings.preferred(accepted, request.app.state.codings) if accepted else ""


def client(request: Request) -> str:
    """Return who asks: the address, of IPv6 the network of 64 bits that one customer has."""
    return _customer(request.client.host if request.client else "")


def note(request: Request, **facts: str | int | None) -> None:
    """Add facts to the line that the access log writes of this request."""
    request.scope.setdefault(FACTS, {}).update(facts)


def alternates(address: str, offers: Sequence[Format], *, query: str = "") -> str:
    """Return a Link header that names the other forms of a resource (RFC 8288), with its query string."""
    asked = f"?{query}" if query else ""
    return ", ".join(
        f'<{address}.{offer.name}{asked}>; rel="alternate"; type="{offer.media_type}"' for offer in offers
    )


def problem(request: Request, error: Exception) -> Response:
    """Return an error as problem details (RFC 9457), or as a page where the client prefers HTML."""
    status, title, detail = _explained(error)
    note(request, outcome=type(error).__name__)
    if isinstance(error, HTTPException) and detail == HTTPStatus.NOT_FOUND.phrase:
        path = asked(request)  # a URL object may not be made of any bytes
        detail = Phrase("there is nothing at {path}; {hint}", path=path, hint=_hint(path))
    try:
        wanted = choose(request, (PROBLEM, HTML))
    except NotAcceptable:
        wanted = PROBLEM
    headers = {"Vary": "Accept", "Cache-Control": NOT_KEPT}
    if isinstance(error, HTTPException):
        headers |= error.headers or {}
    if isinstance(error, StoreBusy | StoreDown):
        headers["Retry-After"] = str(error.retry_after)
    pages: Pages = request.app.state.pages
    if wanted is HTML:
        body = pages.render(request, "error.html", page_path="", status=status, title=title, detail=detail)
        return Response(body, status, {**headers, "Content-Type": _typed(HTML.media_type)})
    document: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    parameter = getattr(error, "parameter", "")
    if parameter:
        document["parameter"] = parameter
    return Response(
        json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"),
        status,
        {**headers, "Content-Type": PROBLEM.media_type},
    )


@functools.lru_cache(maxsize=4096)
def _customer(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host


def _described(
    request: Request, media_type: str, chosen: str, *, tag: str | None, keep: bool
) -> dict[str, str]:
    """Return the headers that describe an answer: two answers with equal ETags have equal bytes."""
    headers = {"Vary": "Accept, Accept-Encoding", "Cache-Control": KEPT if keep else NOT_KEPT}
    if keep:
        target = request.scope.get("raw_path") or request.scope["path"].encode()
        known = [request.app.state.edition.encode(), target, request.scope["query_string"]]
        digest = hashlib.sha256(
            b"\n".join([*(known if tag is None else [tag.encode()]), media_type.encode()])
        )
        headers["ETag"] = f'"{digest.hexdigest()[:32]}{"-" if chosen else ""}{chosen}"'
    return headers


def _tags(request: Request) -> set[str]:
    given = request.headers.get("if-none-match", "")
    return {item.strip().removeprefix("W/") for item in given.split(",")}


def _add(described: dict[str, str], headers: Mapping[str, str] | None) -> None:
    for name, value in (headers or {}).items():
        if name.lower() != "vary":  # every answer varies alike
            described[name] = value


def _typed(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type in _TEXT else media_type


async def _pieces(delivery: Delivery) -> AsyncIterator[bytes]:
    try:
        for chunk in delivery.chunks():
            yield chunk
    finally:
        delivery.close()


def _hint(path: str) -> Phrase:
    if path.rstrip("/").rpartition("/")[2] in KINDS:
        return Phrase("write the name of a thing after it, or find one with the saved queries at /queries")
    return Phrase("begin at /, or see /queries, /sparql, /ontology and /data")


def _explained(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, AcagraphError):
        return error.status, error.title, error.message
    if isinstance(error, HTTPException):
        return error.status_code, HTTPStatus(error.status_code).phrase, error.detail
    return 500, "Internal error", Phrase("acagraph has a fault here; please report what you asked")

"""The languages of addresses: /es/queries is the page /queries in Spanish; / leads to the one preferred."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, quote

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from acagraph.web.addresses import LANGUAGE
from acagraph.web.languages import ENGLISH, TAGS, preferred, split
from acagraph.web.translations import PARAMETER, without_language

# These have no language: things themselves, data, and what programs ask.
_DATA = re.compile(
    r"/(?:id|data|static|graph-store|reconcile|\.well-known)/.*|/(?:graph-store|reconcile|healthz|metrics)|"
    r"/(?:.*/)?[^/]*\.(?!html$)[A-Za-z][A-Za-z0-9]*",
    re.DOTALL,
)
_RELEASE = re.compile(r"/releases/[^/]+")
_SAFE = "/:@!$&'()*+,;=~"
_NAMED = f"{PARAMETER}=".encode()
_VARY = (b"vary", b"Accept-Language, Sec-Fetch-Site")


class Entrance:
    """Takes the language out of the path and puts it into the scope; `headers` are those of its own answers.

    Only the bare / follows Accept-Language, and not within a visit: a link on one of our pages (which
    Sec-Fetch-Site tells of) and the address of the language switch, which has a query string, give English.
    A parameter may name the language too, as links do to pages that a host of files has in English only.
    """

    def __init__(self, app: ASGIApp, *, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on in its language, or lead to the address that it should have."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        whole, root = scope["path"], scope.get("root_path", "").rstrip("/")
        path = whole.removeprefix(root)
        language, rest = split(path)
        scope[LANGUAGE] = language
        if language == ENGLISH:
            await self._english(scope, receive, send, root, path)
        elif (better := _better(language, rest, path)) != path:
            await self._lead(root + better, scope)(scope, receive, send)
        else:
            # What tells answers apart is the address as it was asked.
            scope.setdefault("raw_path", quote(whole, safe=_SAFE, errors="replace").encode())
            scope["path"] = root + rest
            try:
                await self._app(scope, receive, send)
            finally:
                scope["path"] = whole

    async def _english(self, scope: Scope, receive: Receive, send: Send, root: str, path: str) -> None:
        if _NAMED in scope["query_string"] and (named := _named(scope, path)):
            address = _better(named, path, f"/{named}{path}")
            await self._lead(root + address, scope, status=302)(scope, receive, send)
            return
        if path != "/" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return

        async def vary(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], _VARY]}
            await send(message)

        language = _wanted(scope)
        if language == ENGLISH:
            await self._app(scope, receive, vary)
        else:
            await self._lead(f"{root}/{language}/", scope, status=302)(scope, receive, vary)

    def _lead(self, path: str, scope: Scope, *, status: int = 307) -> Response:
        address = quote(path, safe=_SAFE, errors="replace")
        if query := without_language(scope["query_string"].decode("latin-1")):
            address += f"?{quote(query, safe=f'{_SAFE}?%')}"
        headers = {**self._headers, "Location": address, "Cache-Control": "no-cache"}
        return Response(status_code=status, headers=headers)


def _better(language: str, rest: str, path: str) -> str:
    """Return the address under which something is to be asked: data has no language, releases come first."""
    release = _RELEASE.match(rest)
    inner = rest[release.end() :] if release else rest
    if not inner:
        return f"{path}/"
    if _DATA.fullmatch(inner):
        return f"/{rest.lstrip('/')}"  # two slashes would name a host
    if release and path.startswith(f"/{language}/"):
        return f"{release[0]}/{language}{inner}"
    return path


def _named(scope: Scope, path: str) -> str:
    """Return the language other than English that a parameter names for a page, or nothing."""
    inner = _RELEASE.sub("", path, count=1) if path.startswith("/releases/") else path
    if scope["method"] not in ("GET", "HEAD") or _DATA.fullmatch(inner):
        return ""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get(PARAMETER, [""])[-1]
    return asked if asked in TAGS and asked != ENGLISH else ""


def _wanted(scope: Scope) -> str:
    if scope["query_string"]:
        return ENGLISH
    accepted, visiting = [], False
    for name, value in scope["headers"]:
        if name == b"accept-language":
            accepted.append(value.decode("latin-1"))
        elif name == b"sec-fetch-site":
            visiting = value == b"same-origin"
    return ENGLISH if visiting else preferred(",".join(accepted))

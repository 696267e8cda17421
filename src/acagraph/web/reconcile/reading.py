"""What a request to /reconcile asks, wherever in it that stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request

from acagraph.errors import QueryError
from acagraph.web import protocol
from acagraph.web.protocol import FORM, Values, shown

LONGEST = 2_000_000
# Names of functions, also of an object's; no expression of any other kind.
CALLBACK = r"[A-Za-z_$][0-9A-Za-z_$]{0,99}(\.[A-Za-z_$][0-9A-Za-z_$]{0,99})?"
# What every page has and what does something when it is called, or leads to such: whoever may name a script
# of ours in a page may not do things in it. Words of the language are no names.
_NEVER = frozenset(
    (
        *("window", "self", "top", "parent", "frames", "globalThis", "opener", "document", "location"),
        *("history", "navigator", "localStorage", "sessionStorage", "indexedDB", "caches", "cookieStore"),
        *("eval", "Function", "setTimeout", "setInterval", "setImmediate", "execScript", "importScripts"),
        *("alert", "confirm", "prompt", "print", "open", "close", "stop", "focus", "blur", "find"),
        *("moveTo", "moveBy", "resizeTo", "resizeBy", "scroll", "scrollTo", "scrollBy", "postMessage"),
        *("fetch", "XMLHttpRequest", "WebSocket", "EventSource", "Worker", "SharedWorker", "Image"),
        *("queueMicrotask", "requestAnimationFrame", "requestIdleCallback", "structuredClone"),
        *("Object", "Reflect", "Proxy", "constructor", "prototype", "__proto__", "call", "apply", "bind"),
        *("click", "submit", "requestSubmit", "reset", "remove", "reload", "assign", "replace", "write"),
        *("writeln", "execCommand", "select", "showModal", "import", "new", "delete", "void", "typeof"),
        *("return", "throw", "await", "yield", "if", "for", "while", "with", "switch", "function", "super"),
        *("this", "class", "var", "let", "const", "do", "in", "instanceof", "debugger", "null", "true"),
    )
)
_CALLBACK = re.compile(CALLBACK)
_ASKING = ("queries", "query", "extend")
_HINT = "send fewer queries at a time, as batchSize says"
# More than this is taken apart in a thread.
LONG = 50_000


@dataclass(frozen=True)
class Question:
    """What is asked, as text: queries, a query, an extension or nothing; and the function to call (JSONP)."""

    queries: str | None = None
    query: str | None = None
    extend: str | None = None
    callback: str | None = None


async def read(request: Request) -> Question:
    """Return what a request asks, in its address or its form.

    Raises QueryError and ClientDisconnect; HTTPException for a body that is of a wrong type (415), too large
    (413) or too slow (408).
    """
    values = protocol.parse(request.scope["query_string"], "the address")
    if request.method == "POST":
        body = await protocol.body(request, most=LONGEST, what="a batch", hint=_HINT)
        if body:
            _refuse_types(request)
            values = {**values, **await _form(body)}
    asked = [name for name in _ASKING if name in values]
    if len(asked) > 1:
        raise QueryError(f"{' and '.join(asked)} in one request; send them in several")
    return Question(
        **{name: once(values, name) for name in asked},
        callback=callback(values),
    )


def once(values: Values, name: str) -> str | None:
    """Return a parameter that may be given once, None where it is not given. Raises QueryError."""
    given = values.get(name, ())
    if len(given) > 1:
        raise QueryError(f"{name} stands {len(given)} times; send it once")
    return given[0] if given else None


def callback(values: Values) -> str | None:
    """Return the function that a client wants called with the answer. Raises QueryError for no safe name."""
    name = once(values, "callback")
    if name is not None and not (_CALLBACK.fullmatch(name) and _NEVER.isdisjoint(name.split("."))):
        raise QueryError(f"callback={shown(name)} is no name of a function; send one such as jQuery123_456")
    return name


async def _form(body: bytes) -> Values:
    if len(body) > LONG:
        return await to_thread.run_sync(protocol.parse, body, "the form")
    return protocol.parse(body, "the form")


def _refuse_types(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != FORM:
        raise HTTPException(415, f"POST a form as {FORM}, not as {media_type[:100] or 'nothing'}")
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise HTTPException(415, "send the form as it is, without a Content-Encoding")

"""Answers as JSON, or as a script that calls a function with it (JSONP)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from acagraph.stores.media import PLAIN_JSON
from acagraph.web.responses import respond

SCRIPT = "text/javascript"
# What names this server as the request does is kept for nobody else.
_ASKED_AGAIN = {"Cache-Control": "no-cache"}


def send(
    request: Request, document: Any, callback: str | None = None, *, keep: bool = False, own: bool = False
) -> Response:
    """Return a document; with `keep` it may be kept by everybody, with `own` by who asked alone."""
    if callback is not None:
        # All of it is ASCII: a script has line ends that JSON has not. The comment keeps anything that is
        # not a script from being made of its first bytes.
        body = f"/**/{callback}({json.dumps(document)});".encode()
        return respond(request, body, SCRIPT, keep=False)
    try:
        body = json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # a key that a client has sent with half a surrogate pair
        body = json.dumps(document).encode()
    if own:
        digest = hashlib.sha256(body).hexdigest()
        return respond(request, body, PLAIN_JSON.media_type, headers=_ASKED_AGAIN, tag=digest)
    return respond(request, body, PLAIN_JSON.media_type, keep=keep)

"""Answers that are known whole: their head is joined once, and written with the body in one go.

A server checks and joins the header fields of each answer anew, which takes as long as all else of one that
is kept. Ours offers to leave that out, as an extension of ASGI: where WHOLE is in the scope, one message of
this type may be sent instead of the two that it holds.
"""

from __future__ import annotations

import re

from starlette.types import Message, Scope

WHOLE = "acagraph.response.whole"
_EXTENSIONS = "extensions"
_LENGTH = b"content-length"
# What tells of the connection is for the server to write.
_HOP = (b"connection", b"transfer-encoding")
# What no name and no value of a field may hold (RFC 9110, section 5.5).
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def whole(start: Message, body: Message) -> Message | None:
    """Return one message for the two of an answer, or None where its head cannot be written as it is."""
    fields = start["headers"]
    head = b"".join([b"%s: %s\n" % field for field in fields])
    # Each field ends with the only control character that it has.
    if len(_CONTROL.findall(head)) != len(fields):
        return None
    told = dict(fields)
    if told.get(_LENGTH) != b"%d" % len(body.get("body", b"")) or not told.keys().isdisjoint(_HOP):
        return None
    return {"type": WHOLE, "start": start, "body": body, "head": head.replace(b"\n", b"\r\n")}


def offer(scope: Scope) -> None:
    """Offer the extension to an application."""
    scope[_EXTENSIONS] = {**scope.get(_EXTENSIONS, {}), WHOLE: {}}


def withdraw(scope: Scope) -> None:
    """Take the offer back, as the head of an answer is to be changed on its way."""
    scope[_EXTENSIONS] = {}


def offered(scope: Scope) -> bool:
    """Tell whether the server writes such a message."""
    return WHOLE in scope.get(_EXTENSIONS, ())

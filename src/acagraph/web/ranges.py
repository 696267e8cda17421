"""Ranges of a file's bytes, as a request asks for them (RFC 9110, section 14)."""

from __future__ import annotations

import re
from email.utils import formatdate
from http import HTTPStatus
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request

_UNIT = "bytes="
# Longer numbers are no positions in any file.
_RANGE = re.compile(r"\s*(\d{0,18})-(\d{0,18})\s*")


def settle(request: Request, path: Path, tag: str) -> None:
    """Leave in a request the ranges that its file has, if any.

    A header that is not valid, was sent with another method than GET or holds for another edition of the
    file is none (sections 13.1.5 and 14.2). Raises HTTPException 416 when the file has none of the ranges.
    """
    asked = request.headers.get("range")
    if asked is None:
        return
    found = path.stat()
    condition = request.headers.get("if-range", tag)
    holds = condition in (tag, formatdate(found.st_mtime, usegmt=True))
    ranges = read(asked, found.st_size) if request.method == "GET" and holds else None
    headers = [item for item in request.scope["headers"] if item[0] != b"range"]
    if ranges is not None and not ranges:
        raise HTTPException(
            HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            f"the file has {found.st_size} bytes, none of them in this range; ask for others or for all",
            {"Content-Range": f"bytes */{found.st_size}"},
        )
    if ranges is not None:
        listed = ",".join(f"{first}-{last}" for first, last in ranges)
        headers.append((b"range", f"{_UNIT}{listed}".encode()))
    request.scope["headers"] = headers


def read(header: str, size: int) -> list[tuple[int, int]] | None:
    """Return the first and last byte of each range that a file of some size has; None for no valid header.

    One that ends before it begins makes the header invalid (section 14.1.1).
    """
    if not header.startswith(_UNIT):
        return None
    found = []
    for part in header.removeprefix(_UNIT).split(","):
        match = _RANGE.fullmatch(part)
        if match is None or match[1] == match[2] == "":
            return None
        if not match[1]:
            first, last = max(0, size - int(match[2])), size - 1
        else:
            first, last = int(match[1]), int(match[2] or max(size - 1, int(match[1])))
            if last < first:
                return None
        if first < size:
            found.append((first, min(last, size - 1)))
    return found

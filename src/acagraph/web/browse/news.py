"""What a release changed, as its own files tell: the first sentences, and how much there is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acagraph.vocab import BASE

FILE = "changes/changes.json"
_MOST = 6
# Who a statement is about, as the page of that thing tells the statement.
_SUBJECTS = ("aca:participant", "aca:committedBy", "aca:figureSubject")
# One that tells of more is read by programs; the page links it.
_LARGEST = 32 << 20


@dataclass(frozen=True)
class Line:
    """A change in words, in English, and the thing whose page tells more, if one may."""

    text: str
    about: str


@dataclass(frozen=True)
class News:
    """What is new: `previous` is empty for the first release; of `total` changes the first are here.

    Where they are not told one by one, `total` is None.
    """

    previous: str
    added: int
    removed: int
    lines: tuple[Line, ...]
    total: int | None


def news(folder: Path | None) -> News | None:
    """Read what changed; None where no file tells it in a way that is known."""
    path = None if folder is None else folder / FILE
    try:
        if path is None or path.stat().st_size > _LARGEST:
            return None
        told = json.loads(path.read_bytes())
        return _news(told) if isinstance(told, Mapping) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _news(told: Mapping[str, Any]) -> News:
    counts, things = told["statements"], told.get("things")
    old = told.get("old") or {}
    previous = told.get("previous") or old.get("version") or old.get("name") or ""
    changes = things["changes"] if things else []
    lines = tuple(Line(str(one["text"]), _thing(one)) for one in changes[:_MOST])
    return News(
        str(previous),
        int(counts["added"]),
        int(counts["removed"]),
        lines,
        len(changes) if things else None,
    )


def _thing(change: Mapping[str, Any]) -> str:
    """Return what tells of a change: what was merged is another thing now, and a statement has no page."""
    iri = str(change.get("other" if change.get("kind") == "merged" else "about") or "")
    if iri.startswith(f"{BASE}id/statement/"):
        said = change.get("after") or change.get("before") or {}
        iri = next((str(said[name][0]) for name in _SUBJECTS if said.get(name)), "")
    return iri if iri.startswith(f"{BASE}id/") else ""

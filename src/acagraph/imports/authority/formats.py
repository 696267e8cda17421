"""Which form a file of another dataset has: a table of GeoNames, an SSSOM table, or another table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from acagraph.errors import SourceError
from acagraph.imports.authority.geonames import is_geonames
from acagraph.links.things import Thing
from acagraph.reconciliation import slug_key

Format = Literal["geonames", "sssom", "table"]

_START = 65_536


def format_of(path: Path) -> Format:
    """Return the form of a file by how it begins. Raises SourceError for one that is no text."""
    try:
        with path.open("rb") as file:
            start = file.read(_START)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path=path) from error
    if start.startswith((b"PK\x03\x04", b"\x1f\x8b")) or b"\0" in start:
        raise SourceError("is packed or no text; unpack it, and give the table", path=path)
    line = start.decode("utf-8-sig", "replace").partition("\n")[0]
    if is_geonames(line):
        return "geonames"
    if path.name.endswith(".sssom.tsv") or line.startswith("#"):
        return "sssom"
    return "table"


def edition_of(path: Path, version: str) -> str:
    """Return what a file is called in a candidate's record: its name, the version that was told, its hash."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            digest.update(part)
    told = f"{path.name} {version}".strip()
    return f"{told}, SHA-256 {digest.hexdigest()[:16]}"


def country_finder(things: Iterable[Thing]) -> Callable[[str], str | None]:
    """Return a function that gives the alpha-2 code of a country: by code, or by a name in any language."""
    codes: dict[str, set[str]] = {}
    for thing in things:
        if "Country" in thing.kinds and thing.country:
            told = (code.partition(":")[2] for code in thing.codes if code.startswith("iso3166-1:"))
            for text in (*thing.names, *told):
                codes.setdefault(_folded(text), set()).add(thing.country)

    def country(text: str) -> str | None:
        found = codes.get(_folded(text), set())
        return next(iter(found)) if len(found) == 1 else None

    return country


def _folded(text: str) -> str:
    return slug_key(text) or text.casefold().strip()

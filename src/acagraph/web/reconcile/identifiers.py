"""Identifiers of things, kinds and properties: short in the API, whole in the graph."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from acagraph.vocab import ACA, BASE, KINDS, PREFIXES

SPACE = f"{BASE}id/"
SCHEMA = ACA
_SHORT = re.compile(rf"(?:{'|'.join(KINDS)})/[A-Za-z0-9_~][A-Za-z0-9._~-]{{0,199}}")
_LONGEST = 300


def short(iri: str) -> str:
    """Return the identifier of a thing: its IRI without the identifier space, such as `agent/sony`."""
    return iri.removeprefix(SPACE)


def whole(text: str, redirects: Mapping[str, str] | None = None) -> str | None:
    """Return the IRI that an identifier, a prefixed name or an IRI of ours stands for; None for other text.

    A thing that was merged is what it became.
    """
    if len(text) > _LONGEST:
        return None
    name = text.strip()
    if "%" in name:
        name = unquote(name)
    prefix, colon, local = name.partition(":")
    if name.startswith(SPACE):
        name = name.removeprefix(SPACE)
    elif colon and PREFIXES.get(prefix, "").startswith(SPACE):
        name = f"{PREFIXES[prefix].removeprefix(SPACE)}{local}"
    if not _SHORT.fullmatch(name):
        return None
    iri = SPACE + name
    return (redirects or {}).get(iri, iri)


def local(text: str) -> str:
    """Return the identifier of a kind or property of the ontology, which may be given as an IRI."""
    name = text.strip()
    return name.removeprefix(SCHEMA).removeprefix("aca:")

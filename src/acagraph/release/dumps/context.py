"""The published JSON-LD context as the writer of JSON-LD uses it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from acagraph.errors import ReleaseError
from acagraph.release.context import ALIASES
from acagraph.release.dumps.names import Names
from acagraph.vocab import PREFIXES, expand

# How the values of a property are written that has no datatype.
LINK = "link"
LANGUAGE = "@language"
_KNOWN = ({"@id"}, {"@id", "@type"}, {"@id", "@container"})


class Context:
    """What a context calls each property, and the type that it gives to its values.

    Raises ReleaseError for one that lacks our prefixes and aliases, or says more of a property than that.
    """

    def __init__(self, data: bytes) -> None:
        body: dict[str, Any] = json.loads(data)["@context"]
        if not (PREFIXES | ALIASES).items() <= body.items():
            raise ReleaseError("the JSON-LD context lacks some prefix or alias; write it with context()")
        self._body = body
        self._properties: dict[str, tuple[str, str]] = {}
        for name, said in body.items():
            if isinstance(said, dict):
                self._properties[expand(said["@id"])] = (name, _coerced(name, said))

    def named(self, iri: str) -> tuple[str, str] | None:
        """Return the name of a property and the type of its values, None for one that it does not have.

        The type is LINK, LANGUAGE for texts by language, the IRI of a datatype, or nothing for strings.
        """
        return self._properties.get(iri)

    def misreads(self, iri: str) -> bool:
        """Say whether readers would take an IRI for a short name, as they would `geo:48.2,16.4`."""
        scheme, _, rest = iri.partition(":")
        return scheme in self._body and not rest.startswith("//")

    def restricted(self, names: Iterable[str], prefixes: Iterable[str]) -> str:
        """Return the JSON of what a document needs of it: these names, these prefixes and the aliases."""
        used = {name: self._body[name] for name in sorted(set(names)) if name in self._body}
        short = Names()
        for name in used:
            iri = expand(used[name]["@id"])
            short.short(iri)
            short.short(self._properties[iri][1])
        wanted = sorted({*prefixes, *short.used})
        kept = {"@version": 1.1, **ALIASES, **{prefix: PREFIXES[prefix] for prefix in wanted}, **used}
        lines = [f"    {json.dumps(name)}: {json.dumps(said)}" for name, said in kept.items()]
        return "{\n" + ",\n".join(lines) + "\n  }"


def _coerced(name: str, said: dict[str, str]) -> str:
    kind = said.get("@type", "")
    fits = said.keys() in _KNOWN and said.get("@container", LANGUAGE) == LANGUAGE
    if not fits or (kind.startswith("@") and kind != "@id"):
        raise ReleaseError(
            f"the JSON-LD context says something of {name} that the dumps cannot follow: {said}"
        )
    if "@container" in said:
        return LANGUAGE
    return LINK if kind == "@id" else expand(kind) if kind else ""

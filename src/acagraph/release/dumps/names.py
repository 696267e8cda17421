"""Short names of IRIs in dumps, and which prefixes a dump needs for them."""

from __future__ import annotations

import re

from acagraph.vocab import PREFIXES

NAMESPACES = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


class Names:
    """Gives IRIs their prefixed names, as `vocab.compact` does; `used` are the prefixes of those it gave."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def short(self, iri: str) -> str | None:
        """Return the prefixed name of an IRI, None when it has none that Turtle takes."""
        # No local name has a / or #, and each namespace ends with one: so only this one can fit.
        cut = max(iri.rfind("/"), iri.rfind("#")) + 1
        prefix = NAMESPACES.get(iri[:cut])
        if prefix is None or _LOCAL.fullmatch(iri, cut) is None:
            return None
        self.used.add(prefix)
        return f"{prefix}:{iri[cut:]}"


def directives(prefixes: set[str]) -> str:
    """Return the lines that declare prefixes in Turtle and TriG, sorted."""
    return "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in sorted(prefixes))

"""Terms and lines of N-Quads as bytes, in the canonical form of RDFC-1.0."""

from __future__ import annotations

import re

STRING = "http://www.w3.org/2001/XMLSchema#string"
_SPECIAL = re.compile(r'[\x00-\x1f\x7f"\\]')
# What XML 1.0 cannot hold, so that RDF/XML could not either; and halves of surrogate pairs.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {
    **{code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)},
    **{
        ord(char): escape
        for char, escape in zip(
            '\b\t\n\f\r"\\', ("\\b", "\\t", "\\n", "\\f", "\\r", '\\"', "\\\\"), strict=True
        )
    },
}


def literal(text: str, datatype: str, lang: str | None) -> str:
    """Return a literal; `lang` counts for strings only."""
    quoted = text.translate(_ESCAPES) if _SPECIAL.search(text) else text
    if datatype == STRING:
        return f'"{quoted}"@{lang}' if lang else f'"{quoted}"'
    return f'"{quoted}"^^<{datatype}>'


def forbidden(text: str) -> str | None:
    """Return the first character of a text that RDF/XML cannot hold, as U+XXXX."""
    found = _FORBIDDEN.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def ending(graph: str | None) -> str:
    """Return how a line ends: with its graph, if any."""
    return f" <{graph}> .\n" if graph else " .\n"

"""Words that stand where there is no name."""

from __future__ import annotations

# What people write where there is no name, or beside a sum. Places and companies are called so too: with
# their country they are found.
_WORDS = frozenset(
    (
        *("none", "null", "nil", "nan", "n/a", "na", "n.a.", "-", "--", "–", "—", "?", "unknown"),
        *("total", "totals", "sum", "grand total", "subtotal", "tbd", "tbc"),
    )
)


def is_placeholder(name: str) -> bool:
    """Tell whether a text is no name unless more is known of what it should be the name of.

    >>> is_placeholder(" N/A "), is_placeholder("Total"), is_placeholder("Naples")
    (True, True, False)
    """
    return name.strip().casefold() in _WORDS

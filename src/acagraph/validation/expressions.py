"""Regular expressions and SPARQL in shapes: whether engines can read them, and if not, why."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

_POSITION = re.compile(r"error at (\d+):(\d+)")
_PREFIXED = re.compile(r"([A-Za-z][\w.-]*):[\w.-]*$")
# The engine puts a path for it, which stands where no variable may.
_PATH = re.compile(r"[$?]PATH\b")
_SHOWN = 20


def compiled_reads(pattern: str, flags: str = "") -> bool:
    """Say whether the compiled engine reads a regular expression; SPARQL here has the same kind."""
    text, letters = ox.Literal(pattern), ox.Literal(flags)
    solutions = ox.Store().query(f'SELECT (REGEX("", {text}, {letters}) AS ?read) {{}}')
    assert isinstance(solutions, ox.QuerySolutions)
    return next(iter(solutions))["read"] is not None


def unreadable_pattern(pattern: str, flags: str = "") -> str:
    """Return why no engine reads a regular expression, "" where one does."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return "" if compiled_reads(pattern, flags) else str(error)
    return ""


def unreadable_query(query: str, prefixes: Mapping[str, str]) -> tuple[str, int] | None:
    """Return why a query cannot be read, and in which of its lines, from 0; None where it can.

    `prefixes` are those that the shapes declare for it. It is read only, not run.
    """
    head = " ".join(f"PREFIX {name}: <{iri}>" for name, iri in prefixes.items())
    told = _refusal(f"{head} {query}")
    if told is None or _refusal(f"{head} {_PATH.sub('<urn:path>', query)}") is None:
        return None
    at = _POSITION.search(told)
    if at is None:
        return "this is no SPARQL", 0
    row, column = int(at[1]) - 1, int(at[2]) - 1 - (len(head) + 1) * (at[1] == "1")
    lines = query.split("\n")
    before, rest = (lines[row][:column], lines[row][column:].strip()) if row < len(lines) else ("", "")
    prefix = _PREFIXED.search(before)
    if "Prefix not found" in told and prefix and prefix[1] not in prefixes:
        return f"the prefix {prefix[1]}: is not declared for it; name an sh:declare by sh:prefixes", row
    words = f"at “{rest[:_SHOWN]}”" if rest else "where it ends"
    return f"this is no SPARQL, from its line {row + 1}, column {max(column, 0) + 1} on, {words}", row


def _refusal(query: str) -> str | None:
    try:
        ox.Store().query(query, use_default_graph_as_union=True)
    except SyntaxError as error:
        return str(error)
    except (ValueError, RuntimeError, OSError):  # it was read; whether it runs is for the engine to say
        return None
    return None

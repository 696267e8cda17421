"""Reading Turtle, with errors that say the line and what to do."""

from __future__ import annotations

import difflib
import re
import stat
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.tokens import tokens
from acagraph.vocab import PREFIXES

_UNDECLARED = re.compile(r"The prefix (.*?): has not been declared")
_POSITION = re.compile(
    r"Parser error at line \d+ (?:between columns \d+ and \d+|column \d+): |"
    r"Parser error between line \d+ column \d+ and line \d+ column \d+: "
)
_REMEDIES = (
    ("A dot is expected", "end the statement before it with a full stop on a line of its own"),
    ("should be followed by a dot", "end the last statement with a full stop on a line of its own"),
    ("Line jumps are not allowed", "close the quotation mark on the same line, or write \\n"),
    ("No scheme found", "write a prefixed name such as agent:sony, or the whole IRI"),
    ("Unexpected end", "the file stops in the middle of something: close the quotation mark or bracket"),
    ("not a valid subject", "a subject is an IRI: look for a missing comma or semicolon on the line before"),
    ("not a valid predicate", "a property is an IRI: look for a missing comma or semicolon before it"),
    ("language code", "a language tag is written like @en or @pt-br"),
)


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file, a byte order mark removed.

    Raises SourceError when the file is missing, is not UTF-8, or is a pipe, which nothing may ever fill.
    """
    try:
        if stat.S_ISFIFO(path.stat().st_mode):
            raise SourceError("is no regular file; write its content into one", path=path)
        return decode(path.read_bytes(), path=path)
    except FileNotFoundError as error:
        raise SourceError("there is no such file; check the name", path=path) from error
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path=path) from error


def decode(content: bytes, *, path: Path | None) -> str:
    """Return bytes as text, a byte order mark removed; SourceError with the line where they are not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        message = f"byte 0x{byte:02x} is not UTF-8; save the file as UTF-8"
        raise SourceError(message, path=path, line=line) from error


def parse_turtle(path: Path) -> tuple[list[ox.Quad], dict[str, str]]:
    """Return the triples of a Turtle file in file order, with its prefixes; lexical forms are kept.

    Raises SourceError with file and line.
    """
    return parse_text(read_text(path), path=path)


def parse_text(text: str, *, path: Path | None) -> tuple[list[ox.Quad], dict[str, str]]:
    """Return the triples of a Turtle text in its order, with its prefixes; SourceError with the line."""
    parser = ox.parse(text, format=ox.RdfFormat.TURTLE)
    try:
        quads = list(parser)
    except SyntaxError as error:
        raise SourceError(_explain(error), path=path, line=error.lineno) from error
    for quad in quads:
        if isinstance(quad.object, ox.Triple):
            message = "triple terms are not used here; state it as a Statement with evidence"
            raise SourceError(f"{quad.subject} {quad.predicate}: {message}", path=path)
    return quads, dict(parser.prefixes)


def refuse_blank_nodes(text: str, quads: Iterable[ox.Quad], *, path: Path | None) -> None:
    """Raise SourceError, with the line, for the first blank node of a Turtle text, parsed as `quads`."""
    if any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object)):
        seen = [token for token in tokens(text) if token.kind != "comment"]
        following = [*seen[1:], seen[-1]]
        line = next(
            token.line
            for token, after in zip(seen, following, strict=True)
            if token.kind == "blank" or token.text == "[" or (token.text == "(" and after.text != ")")
        )
        raise SourceError("blank nodes are not used in data; give the node an IRI", path=path, line=line)


def _explain(error: SyntaxError) -> str:
    reason = _POSITION.sub("", str(error.msg))
    undeclared = _UNDECLARED.search(reason)
    if undeclared:
        return _undeclared_prefix(undeclared[1])
    for sign, remedy in _REMEDIES:
        if sign in reason:
            return f"{reason}; {remedy}"
    place = f" at column {error.offset}" if error.offset else ""
    return f"{reason}{place}; correct the Turtle there"


def _undeclared_prefix(prefix: str) -> str:
    if prefix in PREFIXES:
        return f"unknown prefix {prefix}:; add the line @prefix {prefix}: <{PREFIXES[prefix]}> ."
    near = difflib.get_close_matches(prefix, PREFIXES, n=1)
    advice = f"did you mean {near[0]}: ?" if near else f"known are {', '.join(sorted(PREFIXES))}"
    return f"unknown prefix {prefix}:; declare it with @prefix, or correct it ({advice})"

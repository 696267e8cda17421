"""Turtle as a sequence of tokens: where subjects and comments stand, which a triple parser forgets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox

# Permissive on purpose: only text that the parser has accepted comes here (Turtle 1.1, section 6.5).
_TOKEN = re.compile(
    r"""
      (?P<space>   [ \t\r\n]+ )
    | (?P<comment> \#[^\r\n]* )
    | (?P<iri>     <[^<>"{}|^`\x00-\x20]*> )
    | (?P<string>  \"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
                 | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*' )
    | (?P<at>      @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
    | (?P<number>  [+-]?(?:[0-9]+\.[0-9]*[eE][+-]?[0-9]+|\.?[0-9]+[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+) )
    | (?P<blank>   _:[^\s<>"'()\[\]{};,\#@^|\\`]*[^\s<>"'()\[\]{};,\#@^|\\`.] )
    | (?P<name>    (?:[^\s<>"'()\[\]{};,\#@^|\\`:.0-9+-][^\s<>"'()\[\]{};,\#@^|\\`:]*)?
                   :(?:\.*(?:[^\s<>"'()\[\]{};,\#@^|\\`.]|\\.))* )
    | (?P<mark>    \^\^ | [.;,()\[\]] )
    | (?P<word>    [A-Za-z]+ )
    | (?P<other>   . )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\([_~.\-!$&'()*+,;=/?#@%])")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# Stands among the prefixes for what @base says; no prefix is written so.
BASE = "@base"
_UNICODE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True, slots=True)
class Token:
    """One token with the line, the offset and the column (in characters, from 1) where it starts."""

    kind: str
    text: str
    line: int
    start: int
    column: int

    @property
    def end(self) -> int:
        """Give the offset behind the token."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Block:
    """One statement of a file: its subject (None for a blank node), its lines, the comment above it."""

    subject: str | None
    line: int
    start: int
    end: int
    comment: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file holds besides its triples: head comment, blocks, comments without a place."""

    head: tuple[str, ...]
    blocks: tuple[Block, ...]
    stray: tuple[Token, ...]


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a valid Turtle text in order, white space left out."""
    line, begin = 1, 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        value = match.group()
        if kind != "space":
            yield Token(kind, value, line, match.start(), match.start() - begin + 1)
        if kind in ("space", "string") and "\n" in value:
            line += value.count("\n")
            begin = match.start() + value.rindex("\n") + 1


def resolve(token: Token, prefixes: dict[str, str]) -> str | None:
    """Return the IRI that a token stands for, None where it is no IRI or a relative one without a base."""
    if token.kind == "iri":
        iri = unescaped(token.text[1:-1])
        if _ABSOLUTE.match(iri):
            return iri
        return _joined(prefixes[BASE], iri) if BASE in prefixes else None
    if token.kind == "name":
        prefix, _, local = token.text.partition(":")
        if prefix in prefixes:
            return prefixes[prefix] + _ESCAPED.sub(r"\1", local)
    return None


def unescaped(text: str) -> str:
    """Return a text with what its numeric escapes stand for."""
    return _UNICODE.sub(lambda found: chr(int(found[1] or found[2], 16)), text) if "\\" in text else text


@lru_cache(maxsize=4096)
def _joined(base: str, iri: str) -> str | None:
    """Resolve a relative IRI as the parser does."""
    try:
        (quad,) = ox.parse(f"<{iri}> <x:p> <x:o> .", format=ox.RdfFormat.TURTLE, base_iri=base)
    except (SyntaxError, ValueError):
        return None
    return quad.subject.value if isinstance(quad.subject, ox.NamedNode) else None


def names(text: str) -> Iterator[tuple[Token, str]]:
    """Yield each token that names an IRI with that IRI, prefixes read as they stand at that place."""
    prefixes: dict[str, str] = {}
    for statement in _statements(text):
        if statement.declares(prefixes):
            continue
        for token in statement.tokens:
            iri = resolve(token, prefixes)
            if iri is not None:
                yield token, iri


def sentences(text: str) -> Iterator[tuple[list[Token], dict[str, str]]]:
    """Yield the tokens of each statement that is no directive, comments left out, with the prefixes there."""
    prefixes: dict[str, str] = {}
    for statement in _statements(text):
        if not statement.declares(prefixes) and statement.tokens:
            yield statement.tokens, prefixes


def layout(text: str) -> Layout:
    """Return the blocks of a valid Turtle text and the place of each of its comments, in order."""
    head: tuple[str, ...] = ()
    blocks: list[Block] = []
    stray: list[Token] = []
    prefixes: dict[str, str] = {}
    first = True
    for statement in _statements(text):
        above, before = _adjacent(statement)
        directive = statement.declares(prefixes)
        if directive or not statement.tokens:
            above, before = [], statement.before
        if first:
            head, before = _paragraphs(before), []
            first = False
        stray += before + statement.inside
        if not directive and statement.tokens:
            start, end = statement.tokens[0], statement.tokens[-1]
            comment = tuple(token.text.rstrip() for token in above)
            subject = resolve(start, prefixes)
            blocks.append(Block(subject, start.line, start.start, end.end, comment))
    return Layout(head, tuple(blocks), tuple(stray))


@dataclass(frozen=True, slots=True)
class _Statement:
    before: list[Token]
    tokens: list[Token]
    inside: list[Token]

    def declares(self, prefixes: dict[str, str]) -> bool:
        """Read a directive into the prefixes; say whether this is one."""
        word = self.tokens[0].text.lower() if self.tokens else ""
        if word not in ("@prefix", "prefix", "@base", "base", "@version", "version"):
            return False
        if word.endswith("base") and len(self.tokens) > 1:
            prefixes[BASE] = resolve(self.tokens[1], prefixes) or ""
        elif word.endswith("prefix") and len(self.tokens) > 2:
            namespace = resolve(self.tokens[2], prefixes) or self.tokens[2].text[1:-1]
            prefixes[self.tokens[1].text[:-1]] = namespace
        return True


def _statements(text: str) -> Iterator[_Statement]:
    """Cut a text at the full stops outside brackets; comments go before or inside a statement."""
    before: list[Token] = []
    body: list[Token] = []
    inside: list[Token] = []
    depth = 0
    for token in tokens(text):
        if token.kind == "comment":
            (inside if body else before).append(token)
            continue
        body.append(token)
        if token.kind == "mark" and token.text in "([":
            depth += 1
        elif token.kind == "mark" and token.text in ")]":
            depth -= 1
        sparql_style = body[0].kind == "word" and len(body) == (3 if body[0].text.lower() == "prefix" else 2)
        if (token.text == "." and token.kind == "mark" and depth == 0) or (
            sparql_style and token.kind == ("string" if body[0].text.lower() == "version" else "iri")
        ):
            yield _Statement(before, body, inside)
            before, body, inside = [], [], []
    yield _Statement(before, body, inside)


def _adjacent(statement: _Statement) -> tuple[list[Token], list[Token]]:
    """Split the comments before a statement: those on the lines right above it, and the rest."""
    if not statement.tokens:
        return [], statement.before
    line = statement.tokens[0].line
    cut = len(statement.before)
    while cut and statement.before[cut - 1].line == line - 1:
        cut -= 1
        line -= 1
    return statement.before[cut:], statement.before[:cut]


def _paragraphs(comments: list[Token]) -> tuple[str, ...]:
    """Return comment lines with one empty line where the file had empty lines between them."""
    lines: list[str] = []
    for index, token in enumerate(comments):
        if index and token.line > comments[index - 1].line + 1:
            lines.append("")
        lines.append(token.text.rstrip())
    return tuple(lines)

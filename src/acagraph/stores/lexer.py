"""The tokens of a SPARQL query: enough to see its form, its prefixes and where its WHERE begins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))
FORMS = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))

_FROM = re.compile(r"(?<![\w:])FROM(?!\w)")  # and not as in validFrom; a closer look costs far more


# Terminals of SPARQL 1.1, section 19.8; a longer alternative stands before a shorter one. A string without an
# end is one token, so that many quotation marks are not looked for an end each.
_TOKEN = re.compile(
    r"""
    (?P<space>\s+|\#[^\r\n]*)
  | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
  | (?P<string>\"\"\"(?:\"{0,2}(?:[^"\\]|\\.))*+(?:\"\"\"|\"{0,2}\\?\Z)
      |'''(?:'{0,2}(?:[^'\\]|\\.))*+(?:'''|'{0,2}\\?\Z)
      |"(?:[^"\\\r\n]|\\.)*+"?|'(?:[^'\\\r\n]|\\.)*+'?)
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<blank>_:[\w](?:[\w.\-·]*[\w\-·])?)
  | (?P<name>(?:[^\W\d_](?:[\w.\-·]{0,200}[\w\-·])?)?:
      (?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])
         (?:(?:[\w:.\-·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*
            (?:[\w:\-·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]))?)?)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A token with its kind (iri, string, variable, name, word, mark …) and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def keyword(self) -> str:
        """The word in upper case, or nothing when the token is no bare word."""
        return self.text.upper() if self.kind == "word" else ""


def tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of a query in order, without white space and comments."""
    for match in _TOKEN.finditer(query):
        if match.lastgroup != "space":
            yield Token(match.lastgroup or "mark", match.group(), match.start())


def head(query: str) -> Token | None:
    """Return the first token after the prologue, a query's form when all is well, or None at the end."""
    stream = tokens(query)
    for token in stream:
        if token.keyword == "BASE":
            next(stream, None)
        elif token.keyword == "PREFIX":
            next(stream, None)
            next(stream, None)
        else:
            return token
    return None


def form(query: str) -> str | None:
    """Return SELECT, ASK, CONSTRUCT or DESCRIBE, or None when the text is no query.

    >>> form("PREFIX select: <http://example.org/> ASK {}")
    'ASK'
    """
    first = head(query)
    return first.keyword if first and first.keyword in FORMS else None


def names_its_graphs(query: str) -> bool:
    """Tell whether a query has a FROM or FROM NAMED clause (SPARQL 1.1, section 13.2)."""
    upper = query.upper()
    return (
        "FROM" in upper
        and _FROM.search(upper) is not None
        and any(token.keyword == "FROM" for token in tokens(query))
    )


@dataclass(frozen=True)
class Source:
    """A FROM or FROM NAMED clause: where it begins, and the token that names the graph."""

    start: int
    named: bool
    graph: Token


def sources(query: str) -> tuple[Source, ...]:
    """Return the FROM and FROM NAMED clauses of a query, in order."""
    found = []
    stream = tokens(query) if names_its_graphs(query) else iter(())
    for token in stream:
        if token.keyword != "FROM":
            continue
        graph = next(stream, None)
        named = graph is not None and graph.keyword == "NAMED"
        graph = next(stream, None) if named else graph
        if graph is not None:
            found.append(Source(token.start, named, graph))
    return tuple(found)


def graphs(query: str, known: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what FROM and FROM NAMED name, as IRIs; `known` are prefixes that need no declaration.

    What is no absolute IRI stays as it is written. A query without either gives two empty tuples.
    """
    found = sources(query)
    prefixes = {**known, **_declared(query)} if found else {}
    default, named = (
        tuple(_expanded(source.graph, prefixes) for source in found if source.named is wanted)
        for wanted in (False, True)
    )
    return default, named


def without_sources(query: str) -> str:
    """Return a query with blanks in place of its FROM and FROM NAMED clauses."""
    hidden = list(query)
    for source in sources(query):
        end = source.graph.start + len(source.graph.text)
        hidden[source.start : end] = " " * (end - source.start)
    return "".join(hidden)


def _declared(query: str) -> dict[str, str]:
    found = {}
    stream = tokens(query)
    for token in stream:
        if token.keyword == "PREFIX":
            prefix, space = next(stream, None), next(stream, None)
            if prefix is not None and space is not None:
                found[prefix.text.partition(":")[0]] = space.text[1:-1]
    return found


def _expanded(token: Token, prefixes: Mapping[str, str]) -> str:
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    return prefixes.get(prefix, f"{prefix}:") + local.replace("\\", "")


def undeclared_prefixes(query: str) -> tuple[str, ...]:
    """Return the prefixes a query uses without declaring them, sorted."""
    used: set[str] = set()
    declared: set[str] = set()
    previous = ""
    for token in tokens(query):
        if token.kind == "name":
            (declared if previous == "PREFIX" else used).add(token.text.partition(":")[0])
        previous = token.keyword
    return tuple(sorted(used - declared))


def position(text: str, offset: int) -> tuple[int, int]:
    """Return the line and column of an offset, both from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1

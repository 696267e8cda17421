"""Which predicates a rule's result depends on, as far as its text tells; in doubt, on all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from acagraph.vocab import PREFIXES

# Permissive on purpose: only text that a SPARQL parser has accepted comes here.
_TOKEN = re.compile(
    r"""
      (?P<space>    \s+ | \#[^\r\n]* )
    | (?P<iri>      <[^<>"{}|^`\\\x00-\x20]*> )
    | (?P<string>   \"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
                  | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*' )
    | (?P<variable> [?$]\w+ )
    | (?P<blank>    _:\w[\w.-]* )
    | (?P<name>     (?:[^\W\d_][\w.-]*)?:(?:[\w:-](?:[\w.:-]*[\w:-])?)? )
    | (?P<number>   [0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)? )
    | (?P<word>     [A-Za-z_]\w* )
    | (?P<mark>     . )
    """,
    re.VERBOSE | re.DOTALL,
)
# Each run of these gives something else, whatever the data; or the data are not those of this store alone.
_UNSTEADY = frozenset(("BASE", "BNODE", "GRAPH", "NOW", "RAND", "SERVICE", "STRUUID", "UUID"))
_NODES = frozenset(("iri", "string", "variable", "blank", "name", "number"))
_CONSTANTS = frozenset(("iri", "name"))
# What may stand before and behind a predicate or one step of a path, besides nodes.
_BEFORE = frozenset("];)[(|/^!>")
_AFTER = frozenset(("[", "(", ")", "/", "|", "*", "+", "?", "-", "true", "false"))


class _Token(NamedTuple):
    kind: str
    text: str


def predicates(query: str) -> frozenset[str] | None:
    """Return the predicates in the WHERE of a CONSTRUCT query, or None where it may read any of them.

    It may where a variable, a negated set or a path of length zero stands for a predicate, and where its
    result does not follow from the triples alone. What is returned may hold other IRIs too.
    """
    tokens = [
        _Token(match.lastgroup or "mark", match.group())
        for match in _TOKEN.finditer(query)
        if match.lastgroup != "space"
    ]
    template, where = _parted(tokens)
    where = _without_values(where)
    words = {token.text.upper() for token in tokens if token.kind == "word"}
    fresh_nodes = any(token.kind == "blank" or token.text in "[(" for token in template)
    escaped = any("\\" in token.text or "%" in token.text for token in tokens if token.kind == "mark")
    if words & _UNSTEADY or fresh_nodes or escaped or any(_any_predicate(where)):
        return None
    return frozenset(_iris(where, _prefixes(tokens)))


def _parted(tokens: Sequence[_Token]) -> tuple[Sequence[_Token], Sequence[_Token]]:
    """Return the tokens of the template and those behind it; CONSTRUCT WHERE has its pattern as both."""
    start = next(i for i, token in enumerate(tokens) if token.kind == "word" and _is(token, "CONSTRUCT"))
    body = tokens[start + 1 :]
    if body[0].text != "{":
        return body, body
    end = next(i for i, token in enumerate(body) if token.text == "}")
    return body[1:end], body[end + 1 :]


def _without_values(tokens: Sequence[_Token]) -> list[_Token]:
    """Leave out the blocks of VALUES: what they bind is a predicate only where a variable is one."""
    kept: list[_Token] = []
    inside = False
    for token in tokens:
        inside = inside or _is(token, "VALUES")
        if not inside:
            kept.append(token)
        inside = inside and token.text != "}"
    return kept


def _prefixes(tokens: Sequence[_Token]) -> dict[str, str]:
    return {
        name.text[:-1]: iri.text[1:-1]
        for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if word.kind == "word" and _is(word, "PREFIX")
    }


def _iris(tokens: Sequence[_Token], prefixes: dict[str, str]) -> Iterator[str]:
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token == _Token("word", "a"):
            yield PREFIXES["rdf"] + "type"
            continue
        if (before.kind in _NODES or before.text in _BEFORE) and (
            after.kind in _NODES or after.text in _AFTER
        ):
            yield from _iri(token, prefixes)


def _iri(token: _Token, prefixes: dict[str, str]) -> Iterator[str]:
    if token.kind == "iri":
        yield token.text[1:-1]
    elif token.kind == "name":
        prefix, _, local = token.text.partition(":")
        yield prefixes[prefix] + local


def _any_predicate(tokens: Sequence[_Token]) -> Iterator[bool]:
    """Yield for each token whether it may stand for any predicate: a variable, a negation, an empty path."""
    listed = False
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        # The variables that a SELECT or a GROUP BY lists stand side by side as well.
        if token.kind in ("word", "mark"):
            listed = _is(token, "SELECT", "DISTINCT", "REDUCED", "BY") or (listed and token.text in "()")
        if token.kind == "variable" and not listed:
            yield (before.kind in _NODES or before.text in _BEFORE) and (
                after.kind in _NODES or after.text in _AFTER - {")", "/", "*", "?", "|"}
            )
        if token.text == "!":
            yield after.kind in _CONSTANTS or after.text in ("(", "^", "a")
        if token.text in ("*", "?"):
            yield (before.kind in _CONSTANTS or before.text in (")", "a")) and after.kind not in _CONSTANTS


def _is(token: _Token, *words: str) -> bool:
    return token.kind == "word" and token.text.upper() in words

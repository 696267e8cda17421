"""Turtle as triples that know where they stand: which tokens are subject, property and value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from acagraph.graph.terms import Node, Value
from acagraph.graph.tokens import Token, resolve, sentences, unescaped
from acagraph.vocab import PREFIXES, XSD

_RDF = PREFIXES["rdf"]
_TYPE, _FIRST, _REST, _NIL = (ox.NamedNode(_RDF + name) for name in ("type", "first", "rest", "nil"))
_ESCAPE = re.compile(r"\\(?:([tbnrf\"'\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_CHARACTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_PLACE = re.compile(r"L[0-9]+C[0-9]+i?_*")


@dataclass(frozen=True, slots=True)
class Stated:
    """One triple of a Turtle text with the tokens of its subject, its property and its value.

    What a bracket makes stands at the bracket; so does what brackets imply, such as the rest of a list.
    """

    subject: Node
    predicate: ox.NamedNode
    object: Value
    head: Token
    verb: Token
    value: Token

    @property
    def triple(self) -> ox.Triple:
        """Return the triple."""
        return ox.Triple(self.subject, self.predicate, self.object)


@dataclass(slots=True)
class _Frame:
    """What is open: a statement or a pair of square brackets, or a list with its last node."""

    subject: Node | None
    head: Token
    predicate: ox.NamedNode | None = None
    verb: Token | None = None
    listed: bool = False
    filled: bool = False


def statements(text: str, *, prefix: str = "") -> Iterator[Stated]:
    """Yield the triples of a Turtle text that a parser has accepted, in the order of their values.

    Terms as the parser gives them; blank nodes are called after their label or their place, such as `L3C5`
    for line 3, column 5, with `prefix` before it, so equal texts give equal names. A triple whose terms
    cannot be told, such as one with a relative IRI where no base is declared, is left out, and so is the rest
    of a statement that is no Turtle 1.1. Time is linear in the text.
    """
    for tokens, prefixes in sentences(text):
        yield from _Sentence(tokens, prefixes, prefix).triples()


class _Sentence:
    """One statement, read token by token; nesting needs no recursion, so its depth has no limit."""

    def __init__(self, tokens: list[Token], prefixes: dict[str, str], prefix: str) -> None:
        self._tokens = tokens
        self._prefixes = prefixes
        self._prefix = prefix
        self._stack = [_Frame(None, tokens[0])]

    def triples(self) -> Iterator[Stated]:
        index, stack = 0, self._stack
        while index < len(self._tokens) and stack:
            token, frame = self._tokens[index], self._stack[-1]
            index += 1
            if token.kind == "other":
                return
            if token.kind != "mark":
                term, index = self._term(token, index, verb=frame.subject is not None and not frame.verb)
                yield from self._take(term, token)
            elif token.text == "[":
                node = self._blank(token)
                yield from self._take(node, token)
                stack.append(_Frame(node, token))
            elif token.text == "(":
                empty = index < len(self._tokens) and self._tokens[index].text == ")"
                head = _NIL if empty else self._blank(token)
                yield from self._take(head, token)
                stack.append(_Frame(None if empty else head, token, listed=True))
            elif token.text == ";":
                frame.predicate = frame.verb = None
            elif token.text in ("]", ")"):
                stack.pop()
                if frame.listed and isinstance(frame.subject, ox.BlankNode):
                    yield Stated(frame.subject, _REST, _NIL, frame.head, frame.head, token)
            elif token.text != ",":
                return

    def _take(self, term: Value | None, token: Token) -> Iterator[Stated]:
        """Put a term where the innermost frame waits for one."""
        frame = self._stack[-1]
        if frame.listed:
            yield from self._item(frame, term, token)
        elif frame.subject is None and not frame.filled:
            # A subject that cannot be told leaves all of its triples out.
            frame.subject = term if isinstance(term, ox.NamedNode | ox.BlankNode) else None
            frame.filled = True
        elif frame.verb is None:
            frame.verb = token
            frame.predicate = term if isinstance(term, ox.NamedNode) else None
        elif frame.subject is not None and frame.predicate is not None and term is not None:
            yield Stated(frame.subject, frame.predicate, term, frame.head, frame.verb, token)

    def _item(self, frame: _Frame, term: Value | None, token: Token) -> Iterator[Stated]:
        assert frame.subject is not None  # an empty list has no items
        if frame.filled:
            node = self._blank(token, "i")
            yield Stated(frame.subject, _REST, node, frame.head, frame.head, token)
            frame.subject = node
        frame.filled = True
        if term is not None:
            yield Stated(frame.subject, _FIRST, term, frame.head, frame.head, token)

    def _term(self, token: Token, index: int, *, verb: bool) -> tuple[Value | None, int]:
        """Return the term that begins with a token, and the index behind it."""
        if token.kind in ("iri", "name"):
            iri = resolve(token, self._prefixes)
            return None if iri is None else ox.NamedNode(iri), index
        if token.kind == "string":
            return self._literal(token, index)
        if token.kind == "number":
            kind = "double" if "e" in token.text.lower() else "decimal" if "." in token.text else "integer"
            return ox.Literal(token.text, datatype=ox.NamedNode(XSD + kind)), index
        if token.kind == "blank":
            label = token.text[2:]
            return ox.BlankNode(self._prefix + label + "_" * bool(_PLACE.fullmatch(label))), index
        if token.kind == "word" and verb and token.text == "a":
            return _TYPE, index
        if token.kind == "word" and token.text in ("true", "false"):
            return ox.Literal(token.text, datatype=ox.NamedNode(XSD + "boolean")), index
        return None, index

    def _literal(self, token: Token, index: int) -> tuple[ox.Literal | None, int]:
        quotes = 3 if token.text[:3] in ('"""', "'''") else 1
        text = _unquoted(token.text[quotes:-quotes])
        following = self._tokens[index] if index < len(self._tokens) else token
        if following.kind == "at":
            behind = self._tokens[index + 1 : index + 2]
            if behind and behind[0].kind == "other" and behind[0].start == following.end:
                return None, index + 1  # a direction, as in "text"@ar--rtl of Turtle 1.2
            return ox.Literal(text, language=following.text[1:]), index + 1
        if following.text != "^^" or index + 1 == len(self._tokens):
            return ox.Literal(text), index
        datatype = resolve(self._tokens[index + 1], self._prefixes)
        known = None if datatype is None else ox.Literal(text, datatype=ox.NamedNode(datatype))
        return known, index + 2

    def _blank(self, token: Token, what: str = "") -> ox.BlankNode:
        return ox.BlankNode(f"{self._prefix}L{token.line}C{token.column}{what}")


def _unquoted(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    return _CHARACTERS.get(found[1], found[1]) if found[1] else unescaped(found[0])

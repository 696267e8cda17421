"""Typed binding: parameters enter a query as a VALUES block of serialised terms, never as text."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from acagraph.errors import ParameterError, QueryError
from acagraph.queries.saved import Parameter, SavedQuery
from acagraph.queries.values import allowed, candidates
from acagraph.stores import lexer
from acagraph.stores.guard import valid_iri
from acagraph.stores.terms import Term

_ESCAPES = {
    '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\\": "\\\\"
}  # fmt: skip
# A `u` after a backslash is written as an escape too: engines that read \u escapes before they parse
# (SPARQL 1.1, section 19.2) would otherwise find one in the escaped text \\u0022.
_UNSAFE = re.compile(r'\\[uU]|["\\\x00-\x1f\x7f-\x9f\ufffe\uffff]')


def bind(query: SavedQuery, arguments: Mapping[str, str]) -> str:
    """Return the text of a query with its parameters bound; an optional one not given stays unbound.

    Raises ParameterError for an unknown, missing or ill-typed argument. Whether a thing exists is not
    looked up: see `run`.
    """
    return insert(query.text, {name: terms[0] for name, terms in read(query, arguments).items()})


def read(query: SavedQuery, arguments: Mapping[str, str]) -> dict[str, tuple[Term, ...]]:
    """Return the candidate terms of each argument or default, in the order of declaration.

    Raises ParameterError for an unknown, missing or ill-typed argument.
    """
    declared = {parameter.name: parameter for parameter in query.parameters}
    for name in arguments:
        if name not in declared:
            raise ParameterError(f"{query.name} has no parameter {name!r}; {usage(query.parameters)}")
    found: dict[str, tuple[Term, ...]] = {}
    for name, parameter in declared.items():
        value = arguments.get(name, parameter.default)
        if value is not None:
            found[name] = candidates(parameter, value)
        elif parameter.required:
            raise ParameterError(f"{query.name} needs the parameter {name}; {allowed(parameter)}")
    return found


def usage(parameters: Sequence[Parameter]) -> str:
    """Say which parameters there are, with examples."""
    if not parameters:
        return "it takes none"
    listed = ", ".join(f"{p.name}={p.example}{'' if p.required else ' (optional)'}" for p in parameters)
    return f"it takes {listed}"


def insert(text: str, terms: Mapping[str, Term]) -> str:
    """Return a query with a VALUES block for each term at the start of its WHERE clause.

    A sub-select that projects the variable gets the block too, so that it is answered for that term alone and
    not for all; the rows of the whole are the same. Line numbers stay as they were. Raises QueryError when
    the query has no WHERE clause to take them.
    """
    if not terms:
        return text
    places = {_where(text): list(terms), **_subselects(text, terms)}
    for offset, names in sorted(places.items(), reverse=True):
        blocks = "".join(f" VALUES ?{name} {{ {serialise(terms[name])} }}" for name in names)
        text = text[:offset] + blocks + text[offset:]
    return text


def serialise(term: Term) -> str:
    """Return an IRI or literal as SPARQL, Turtle and N-Triples write it.

    Raises ParameterError for an IRI with characters that no IRI may have.
    """
    if term.kind == "blank":
        return f"_:{term.value}"
    if term.kind == "iri":
        if not valid_iri(term.value):
            raise ParameterError(f"{term.value!r} is not an IRI; percent-encode what an IRI may not hold")
        return f"<{term.value}>"
    quoted = f'"{_UNSAFE.sub(_escaped, term.value)}"'
    if term.language:
        return f"{quoted}@{term.language}"
    return f"{quoted}^^<{term.datatype}>" if term.datatype else quoted


def _escaped(match: re.Match[str]) -> str:
    text = match[0]
    if len(text) == 2:
        return f"\\\\\\u{ord(text[1]):04X}"
    return _ESCAPES.get(text) or f"\\u{ord(text):04X}"


def _where(text: str) -> int:
    """Return the offset after the brace that opens the outermost WHERE clause."""
    form = lexer.form(text)
    depth, groups, previous = 0, 0, ""
    for token in lexer.tokens(text):
        if token.text == "{" and depth == 0:
            # The first group of a CONSTRUCT is its template, unless the short form CONSTRUCT WHERE is used.
            if form != "CONSTRUCT" or groups == 1:
                return token.start + 1
            if previous != "CONSTRUCT":
                break
            groups += 1
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        previous = token.keyword
    raise QueryError("the query has no WHERE clause that takes parameters; write one in full")


def _subselects(text: str, names: Collection[str]) -> dict[int, list[str]]:
    """Return which of some variables each sub-select projects as they are, by the offset of its pattern.

    One below another counts only what both project: else it is another variable (SPARQL 1.1, section 12). One
    with a LIMIT or OFFSET takes nothing, as it would cut other rows.
    """
    found: dict[int, list[str]] = {}
    scopes: list[tuple[int, list[str]]] = []  # of each open brace: where its select begins, what it sees
    projected: list[str] | None = None
    closed, previous, depth = -1, "", 0
    for token in lexer.tokens(text):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        outer, seen = scopes[-1] if scopes else (-1, list(names))
        if token.keyword == "SELECT" and previous == "{" and len(scopes) > 0:
            projected = []
        elif token.text == "{" and projected is not None and depth == 0:
            seen = [name for name in seen if name in projected]
            found[token.start + 1], projected = seen, None
            scopes.append((token.start + 1, seen))
        elif token.text == "{":
            scopes.append((outer, seen))
        elif token.text == "}" and scopes:
            closed = scopes.pop()[0]
        elif projected is not None and token.kind == "variable" and depth == 0:
            projected.append(token.text[1:])
        elif token.keyword in ("LIMIT", "OFFSET") and closed > 0:
            found = {offset: seen for offset, seen in found.items() if offset < closed}
        previous = token.text
    return {offset: seen for offset, seen in found.items() if seen}

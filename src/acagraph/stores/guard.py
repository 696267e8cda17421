"""What a store lets in: queries that parse, do not write and do not call other servers."""

from __future__ import annotations

import difflib
import re

import pyoxigraph

from acagraph.errors import QueryError
from acagraph.stores import federation, lexer
from acagraph.vocab import PREFIXES

_SERVICE = re.compile("(servi)c(e)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# The parser and the optimiser recurse: some 3,000 of these overflow the stack and end the process. A query
# below these bounds may still be slow or deadly: that of a stranger is evaluated in a worker (see pool.py).
_DEEPEST = 200
_LONGEST = 1_000
_OPENING = frozenset(("(", "[", "{", "<<"))
_CLOSING = frozenset((")", "]", "}", ">>"))
_PAIRED = frozenset("<>")
_OPERATORS = frozenset("./|!+-*&=")
_JOINS = frozenset(("UNION", "OPTIONAL", "MINUS", "BIND", "FILTER", "NOT", "GRAPH"))
_SURROGATE = re.compile("[\ud800-\udfff]")
_PLACE = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)


def admit(query: str, *, services: frozenset[str] = frozenset()) -> str:
    """Return the form of a query that may be evaluated: SELECT, ASK, CONSTRUCT or DESCRIBE.

    Raises QueryError for an update, a SERVICE clause that calls no endpoint of `services`, a query too deep
    or too long to be parsed safely, or text that does not begin as a query.
    """
    if not query.isascii() and (surrogate := _SURROGATE.search(query)) is not None:
        line, column = lexer.position(query, surrogate.start())
        raise QueryError(f"line {line}, column {column}: half a surrogate pair is no character", line=line)
    first = lexer.head(query)
    if first is None:
        raise QueryError("the query is empty; write one such as SELECT * WHERE { ?s ?p ?o } LIMIT 10")
    line, column = lexer.position(query, first.start)
    if first.keyword in lexer.UPDATES:
        raise QueryError(
            f"line {line}, column {column}: {first.keyword} is an update, and this store is read-only; "
            "use SELECT, ASK, CONSTRUCT or DESCRIBE",
            line=line,
        )
    if first.keyword not in lexer.FORMS:
        raise QueryError(f"line {line}, column {column}: {_begin(first.text)}", line=line)
    for text in readings(query):
        refuse_depth(text)
    refuse_service(federation.hide(query, services) if services else query)
    return first.keyword


def check_syntax(query: str, *, services: frozenset[str] = frozenset()) -> None:
    """Parse a query without any data; our own prefixes need no declaration, and nothing is called.

    Raises QueryError with line, column and a hint, and whatever `admit` refuses.
    """
    admit(query, services=services)
    _parse(federation.hide(query, services) if services else query, shown=query)


def refuse_depth(query: str) -> None:
    """Raise QueryError when brackets nest so deeply, or operators are so many, that parsing overflows."""
    # Counted in strings and comments too, and so never too few: most queries need no closer look.
    if len(query) <= _DEEPEST or (
        sum(map(query.count, _OPENING)) <= _DEEPEST
        and sum(map(query.count, _OPERATORS)) + sum(map(query.upper().count, _JOINS)) <= _LONGEST
    ):
        return
    depth = count = 0
    before = lexer.Token("", "", -1)
    for token in lexer.tokens(query):
        text = token.text if token.kind == "mark" else ""
        if text in _PAIRED and before.text == text and before.start == token.start - 1:
            text += before.text  # of a triple in a triple: RDF 1.2
        before = token if len(text) == 1 else lexer.Token("", "", -1)
        depth += (text in _OPENING) - (text in _CLOSING)
        count += text in _OPERATORS
        count += token.keyword in _JOINS
        if depth > _DEEPEST or count > _LONGEST:
            line, column = lexer.position(query, token.start)
            fault = (
                f"brackets nest deeper than {_DEEPEST}" if depth > _DEEPEST else f"over {_LONGEST} operators"
            )
            raise QueryError(
                f"line {line}, column {column}: {fault}; ask in several queries, or list terms in VALUES",
                line=line,
            )


def refuse_service(query: str) -> None:
    """Raise QueryError when a query has a SERVICE clause: it would make the server read other addresses.

    A parser decides, not the look of the text: where the word can be misspelt without breaking the query, it
    stands in a string, a comment or a name. The query itself is not given to the engine before that, as an
    engine may evaluate at once. Engines differ in whether escapes are read before parsing (SPARQL 1.1,
    section 19.2), so both readings must be harmless.
    """
    for text in readings(query):
        if "SERVICE" not in text.upper():
            continue
        try:
            _parse(_SERVICE.sub(r"\1x\2", text), shown=text)
        except QueryError:
            if text == query and not any(token.keyword == "SERVICE" for token in lexer.tokens(text)):
                raise
            raise QueryError(
                "SERVICE is refused: a query may not make this store call other servers; "
                "ask each endpoint on its own and join the answers"
            ) from None


def readings(query: str) -> set[str]:
    """Return a query as it stands and as engines read it that replace escapes before they parse."""
    return {query, _ESCAPE.sub(_character, query)} if "\\" in query else {query}


def valid_iri(text: str) -> bool:
    """Tell whether a text is an absolute IRI (RFC 3987) that the engine accepts."""
    try:
        pyoxigraph.NamedNode(text)
    except ValueError:
        return False
    return True


def syntax_error(query: str, message: str) -> QueryError:
    """Translate the parser's message to one with line, column, the line itself and a hint."""
    match = _PLACE.match(message)
    if match is None:
        return QueryError(f"the query cannot be parsed: {message.splitlines()[0]}")
    line, column, expected = int(match[1]), int(match[2]), match[3]
    lines = query.splitlines() or [""]
    shown = lines[line - 1] if line <= len(lines) else ""
    column = min(column, len(shown) + 1)
    return QueryError(
        f"line {line}, column {column}: {_hint(query, expected)}\n"
        f"  {shown.rstrip()}\n  {' ' * (column - 1)}^",
        line=line,
    )


def _hint(query: str, expected: str) -> str:
    undeclared = [p for p in lexer.undeclared_prefixes(query) if p not in PREFIXES]
    if "Prefix not found" in expected and undeclared:
        near = difflib.get_close_matches(undeclared[0], PREFIXES, n=1)
        meant = f" (did you mean {near[0]}: ?)" if near else ""
        return f"the prefix {undeclared[0]}: is not declared{meant}; add PREFIX {undeclared[0]}: <…>"
    if "variable that is unbound" in expected:
        return "a selected variable is neither grouped nor aggregated; add it to GROUP BY"
    if "IRI parsing failed" in expected:
        return "malformed IRI, or something missing before it"
    # The parser tells how far it has read, which may be a word or two after the fault.
    return "syntax error here or shortly before; look for a missing bracket, dot, variable or quotation mark"


def _begin(found: str) -> str:
    near = difflib.get_close_matches(found.upper(), sorted(lexer.FORMS), n=1)
    meant = f" (did you mean {near[0]}?)" if near else ""
    return f"a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, not with {found!r}{meant}"


def _parse(text: str, *, shown: str) -> None:
    try:
        pyoxigraph.Store().query(text, prefixes=PREFIXES)
    except SyntaxError as error:
        raise syntax_error(shown, str(error)) from None


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match[0]

"""Which other endpoints a query may call: those on a list, and only where the query names them outright."""

from __future__ import annotations

from acagraph.errors import QueryError
from acagraph.stores import lexer


def hide(query: str, services: frozenset[str]) -> str:
    """Return a query with each SERVICE clause as a GRAPH clause of the same length.

    What our lexer did not see stays, and `guard.refuse_service` has a parser look for it. So it does not
    matter whether the lexer reads a text as the engine does: it may only take away what is on the list.

    Raises QueryError for an endpoint that is not in `services`, or not written as an absolute IRI.
    """
    tokens = list(lexer.tokens(query))
    hidden = list(query)
    for place, token in enumerate(tokens):
        if token.keyword != "SERVICE":
            continue
        if "\\u" in query or "\\U" in query:
            raise QueryError("a query with SERVICE may have no \\u escapes; write the characters themselves")
        following = place + 1
        if following < len(tokens) and tokens[following].keyword == "SILENT":
            silent = tokens[following]
            hidden[silent.start : silent.start + len(silent.text)] = " " * len(silent.text)
            following += 1
        endpoint = tokens[following].text[1:-1] if following < len(tokens) else ""
        if tokens[min(following, len(tokens) - 1)].kind != "iri" or endpoint not in services:
            line, column = lexer.position(query, token.start)
            raise QueryError(
                f"line {line}, column {column}: SERVICE is refused: this store calls only "
                f"{', '.join(f'<{iri}>' for iri in sorted(services))}, written so; "
                "ask other endpoints on their own",
                line=line,
            )
        hidden[token.start : token.start + len(token.text)] = "GRAPH".ljust(len(token.text))
    return "".join(hidden)

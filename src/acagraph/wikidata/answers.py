"""Answers of an endpoint, looked through first, so that a part is never taken for the whole."""

from __future__ import annotations

import json
from collections.abc import Collection

from acagraph.errors import StoreError

_KINDS = ("uri", "literal", "typed-literal", "bnode")


def checked(body: bytes, endpoint: str, variables: Collection[str]) -> bytes:
    """Return an answer that is whole SPARQL JSON results of a SELECT (SPARQL 1.1 Query Results JSON Format).

    Each row has to bind each of `variables`.

    Raises StoreError for anything else: Wikidata's service, for one, appends the trace of an error to an
    answer that it had begun with 200.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{endpoint} sent a cut or malformed answer: {_reason(error)}") from error
    wrong = _wrong(document, frozenset(variables))
    if wrong:
        raise StoreError(f"{endpoint} sent something that is no table of results: {wrong}")
    return body


def _reason(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _wrong(document: object, wanted: frozenset[str]) -> str:
    """Return what is wrong with a document, nothing when it is a table of results."""
    if not isinstance(document, dict):
        return "not an object"
    head, results = document.get("head"), document.get("results")
    variables = head.get("vars") if isinstance(head, dict) else None
    if not isinstance(variables, list) or not all(isinstance(name, str) for name in variables):
        return "its head names no variables"
    bindings = results.get("bindings") if isinstance(results, dict) else None
    if not isinstance(bindings, list):
        return "it has no bindings"
    known = set(variables)
    for number, row in enumerate(bindings, start=1):
        if not isinstance(row, dict) or not row.keys() <= known:
            return f"row {number} is no binding of its variables"
        if not wanted <= row.keys():
            return (
                f"row {number} has no {' and no '.join(f'?{name}' for name in sorted(wanted - row.keys()))}"
            )
        if not all(_is_term(term) for term in row.values()):
            return f"row {number} has a value that is no RDF term"
    return ""


def _is_term(term: object) -> bool:
    if not isinstance(term, dict) or term.get("type") not in _KINDS:
        return False
    texts = (term.get("value"), term.get("xml:lang", ""), term.get("datatype", ""))
    return all(isinstance(text, str) for text in texts)

"""Typed binding: parameters enter a query as a VALUES block of serialised terms, never as text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from acagraph.errors import ParameterError, Phrase
from acagraph.queries.saved import Parameter, SavedQuery
from acagraph.queries.template import Template
from acagraph.queries.values import allowed, candidates
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
    terms = {name: terms[0] for name, terms in read(query, arguments).items()}
    return query.fill(serialised(terms))


def read(query: SavedQuery, arguments: Mapping[str, str]) -> dict[str, tuple[Term, ...]]:
    """Return the candidate terms of each argument or default, in the order of declaration.

    Raises ParameterError for an unknown, missing or ill-typed argument.
    """
    declared = {parameter.name: parameter for parameter in query.parameters}
    for name in arguments:
        if name not in declared:
            message = Phrase(
                "{query} has no parameter {name}; {usage}",
                query=query.name,
                name=repr(name),
                usage=usage(query.parameters),
            )
            raise ParameterError(message, parameter=name)
    found: dict[str, tuple[Term, ...]] = {}
    for name, parameter in declared.items():
        value = arguments.get(name, parameter.default)
        if value is not None:
            found[name] = candidates(parameter, value)
        elif parameter.required:
            message = Phrase(
                "{query} needs the parameter {name}; {hint}",
                query=query.name,
                name=name,
                hint=allowed(parameter),
            )
            raise ParameterError(message, parameter=name)
    return found


def usage(parameters: Sequence[Parameter]) -> Phrase:
    """Say which parameters there are, with examples."""
    if not parameters:
        return Phrase("it takes none")
    listed = ", ".join(f"{p.name}={p.example}{'' if p.required else ' (optional)'}" for p in parameters)
    return Phrase("it takes {parameters}", parameters=listed)


def insert(text: str, terms: Mapping[str, Term]) -> str:
    """Return a query with a VALUES block for each term at the start of its WHERE clause; see Template.

    Raises QueryError when the query has no WHERE clause to take them.
    """
    return Template.of(text, tuple(terms)).fill(serialised(terms))


def serialised(terms: Mapping[str, Term]) -> dict[str, str]:
    """Return terms by name as `serialise` writes them."""
    return {name: serialise(term) for name, term in terms.items()}


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

"""JSON-LD 1.1 with our context: one object for each subject, one line for each property.

People read it: the name first, then the classes, the labels, and the rest in a fixed order. Numbers and dates
stay strings, spelt as they were, with the datatype that the context gives to the property; a value of another
type says its own. What the context would misread is written without any context.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from acagraph.release.dumps.context import LANGUAGE, LINK, Context
from acagraph.release.dumps.names import Names
from acagraph.release.dumps.statements import Fact, parts
from acagraph.release.dumps.terms import Term
from acagraph.vocab import PREFIXES

TYPE = f"<{PREFIXES['rdf']}type>"


class Property(NamedTuple):
    """A property by its quoted name and the type of its values; no name where it would be misread."""

    name: str
    coerced: str


class Properties(dict[str, Property]):
    """Makes properties of predicates of N-Quads; `used` are the names of the context that they have."""

    def __init__(self, names: Names, context: Context) -> None:
        super().__init__()
        self._names = names
        self._context = context
        self.used: set[str] = set()

    def __missing__(self, key: str) -> Property:
        found = self[key] = self._made(key)
        return found

    def _made(self, key: str) -> Property:
        if key == TYPE:
            return Property('"type"', LINK)
        iri = key[1:-1]
        named = self._context.named(iri)
        if named:
            self.used.add(named[0])
            return Property(f'"{named[0]}"', named[1])
        short = self._names.short(iri)
        if short is None and self._context.misreads(iri):
            return Property("", "")
        return Property(f'"{short or iri}"', "")


def node(subject: Term, facts: Sequence[tuple[Property, Term]]) -> str | None:
    """Return the object of a subject, its properties in their order; None where only `plain` can write it."""
    if subject.kind != LINK:
        return None
    values: dict[Property, list[Term]] = {}
    for known, term in facts:
        if known in values:
            values[known].append(term)
        else:
            values[known] = [term]
    lines = [f'    {{\n      "id": {subject.json}']
    for (name, coerced), terms in values.items():
        if not name or (name == '"type"' and any(term.kind != LINK for term in terms)):
            return None
        if coerced == LANGUAGE:
            lines.append(f"{name}: {_by_language(terms)}")
            continue
        told = [term.json if term.kind == coerced and term.json else term.full for term in terms]
        lines.append(f"{name}: {told[0]}" if len(told) == 1 else f"{name}: [{', '.join(told)}]")
    return ",\n      ".join(lines) + "\n    }"


def plain(subject: str, facts: Sequence[Fact]) -> str:
    """Return the object of a subject in expanded form, which depends on no context."""
    values: dict[str, list[str]] = {}
    for predicate, term in facts:
        values.setdefault(predicate, []).append(_expanded(term))
    lines = [f'    {{\n      "@context": null,\n      "@id": {_quoted(subject)}']
    lines += [f"{_quoted(predicate)}: [{', '.join(terms)}]" for predicate, terms in values.items()]
    return ",\n      ".join(lines) + "\n    }"


def _by_language(terms: Sequence[Term]) -> str:
    """Return texts by language; a list of objects where there is anything else."""
    if any((term.kind and not term.kind.startswith("@")) or not term.json for term in terms):
        return f"[{', '.join(term.full for term in terms)}]"
    texts: dict[str, list[str]] = {}
    for term in terms:
        texts.setdefault(term.kind[1:] or "@none", []).append(term.json)
    said = (
        f'"{language}": {found[0] if len(found) == 1 else "[" + ", ".join(found) + "]"}'
        for language, found in sorted(texts.items())
    )
    return f"{{{', '.join(said)}}}"


def _expanded(term: str) -> str:
    if not term.startswith('"'):
        return f'{{"@id": {_quoted(term)}}}'
    quoted, suffix = parts(term)
    if suffix.startswith("@"):
        return f'{{"@language": "{suffix[1:]}", "@value": {quoted}}}'
    return f'{{"@type": "{suffix[3:-1]}", "@value": {quoted}}}' if suffix else f'{{"@value": {quoted}}}'


def _quoted(name: str) -> str:
    return f'"{name}"' if name.startswith("_:") else f'"{name[1:-1]}"'

"""Terms as each format writes them, made once for all formats."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.sax.saxutils import escape

from acagraph.errors import ReleaseError
from acagraph.release.dumps.context import LINK, Context
from acagraph.release.dumps.names import Names
from acagraph.release.dumps.rdfxml import attribute
from acagraph.release.dumps.statements import parts, text
from acagraph.vocab import XSD

_BARE = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "boolean": re.compile("true|false"),
}
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MOST = 50_000
_LONGEST = 200


class Term(NamedTuple):
    """A term in each format.

    In JSON-LD it is `json` where the property's type is its `kind` and `full` elsewhere; `kind` is LINK for
    an IRI, the language of a text after an @, the IRI of a datatype, or nothing for a plain string. An IRI
    that JSON-LD would misread has neither kind nor `json`. In RDF/XML `xml` follows the property's name.
    """

    kind: str
    turtle: str
    json: str
    full: str
    xml: str


class Terms(dict[str, Term]):
    """Makes terms of those of N-Quads; keeps the short ones, as many as memory may hold whatever the data."""

    def __init__(self, names: Names, context: Context) -> None:
        super().__init__()
        self._names = names
        self._context = context

    def __missing__(self, key: str) -> Term:
        term = self._made(key)
        if len(key) < _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[key] = term
        return term

    def _made(self, key: str) -> Term:
        if key.startswith('"'):
            return self._literal(key)
        if key.startswith("_:"):
            name = f'"{key}"'
            return Term(LINK, key, name, f'{{"id": {name}}}', f' rdf:nodeID="{key[2:]}"/>')
        if key.startswith("<<"):
            raise ReleaseError(f"{key}: no dump of RDF 1.1 can hold a triple term; state it as a Statement")
        iri = key[1:-1]
        short = self._names.short(iri)
        xml = f" rdf:resource={attribute(iri)}/>"
        if short is None and self._context.misreads(iri):
            return Term("", key, "", f'{{"@context": null, "@id": "{iri}"}}', xml)
        name = f'"{short or iri}"'
        return Term(LINK, short or key, name, f'{{"id": {name}}}', xml)

    def _literal(self, key: str) -> Term:
        quoted, suffix = parts(key)
        content = _content(quoted, key)
        if not suffix:
            return Term("", key, quoted, f'{{"@value": {quoted}}}', f">{content}")
        if suffix.startswith("@"):
            language = suffix[1:]
            if "--" in language:
                raise ReleaseError(f"{key}: no dump of RDF 1.1 can hold a text's direction; leave it out")
            full = f'{{"@language": "{language}", "@value": {quoted}}}'
            return Term(suffix, key, quoted, full, f' xml:lang="{language}">{content}')
        datatype = suffix[3:-1]
        short = self._names.short(datatype)
        if short is None and self._context.misreads(datatype):
            full = f'{{"@context": null, "@type": "{datatype}", "@value": {quoted}}}'
        else:
            full = f'{{"type": "{short or datatype}", "@value": {quoted}}}'
        return Term(
            datatype, turtle(key, self._names), quoted, full, f" rdf:datatype={attribute(datatype)}>{content}"
        )


class InTurtle(dict[str, str]):
    """Makes Turtle of the terms of N-Quads; keeps some, as `Terms` does."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, key: str) -> str:
        text = turtle(key, self._names)
        if len(key) < _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[key] = text
        return text


def turtle(key: str, names: Names) -> str:
    """Return a term of N-Quads in Turtle, numbers and truth values bare where they can be."""
    if key.startswith("<"):
        return names.short(key[1:-1]) or key
    if not key.endswith(">"):
        return key
    quoted, suffix = parts(key)
    datatype = suffix[3:-1]
    bare = _BARE.get(datatype)
    if bare and bare.fullmatch(quoted, 1, len(quoted) - 1):
        return quoted[1:-1]
    return f"{quoted}^^{names.short(datatype) or suffix[2:]}"


def _content(quoted: str, key: str) -> str:
    """Return a quoted text as content of XML. Raises ReleaseError for a character that XML cannot hold."""
    said = text(quoted)
    if _NO_XML.search(said):
        raise ReleaseError(f"{key}: RDF/XML cannot hold a control character; remove it from the text")
    return escape(said, {"\r": "&#13;"})

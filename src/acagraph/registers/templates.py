"""URI templates of CSVW (RFC 6570, levels 1 and 2), and what they expand to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin

from pyoxigraph import NamedNode

Value = str | tuple[str, ...] | None

_EXPRESSION = re.compile(r"\{([^{}]*)\}")
_VARIABLE = re.compile(r"([+#]?)((?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})*)")
_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]*")
_PLAIN = re.compile(r"[A-Za-z0-9_.~:/?#\[\]@!$&'()*+,;=-]*")
_TRIPLET = re.compile(r"(%[0-9A-Fa-f]{2})")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_RESERVED = ":/?#[]@!$&'()*+,;="

# Of the RDFa initial context, those that mean something in the vocabularies of tables.
CONTEXT = {
    "csvw": "http://www.w3.org/ns/csvw#",
    "dc": "http://purl.org/dc/terms/",
    "dc11": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


class TemplateError(ValueError):
    """A template that cannot be read, or an expansion that is no IRI."""


@dataclass(frozen=True)
class Template:
    """A template in parts: literal text, or the operator and the name of a variable."""

    parts: tuple[str | tuple[str, str], ...]

    @property
    def names(self) -> frozenset[str]:
        """The names of its variables."""
        return frozenset(part[1] for part in self.parts if isinstance(part, tuple))

    def expand(self, value: Callable[[str], Value]) -> str:
        """Return the text with the variables replaced; what has no value is left out."""
        return "".join(
            part if isinstance(part, str) else _expanded(part[0], value(part[1])) for part in self.parts
        )

    def bound(self, values: Mapping[str, str]) -> Template:
        """Return the template with some variables replaced for good."""
        parts = (
            _expanded(part[0], values[part[1]]) if isinstance(part, tuple) and part[1] in values else part
            for part in self.parts
        )
        return Template(tuple(parts))


def parse_template(text: str) -> Template:
    """Read a template; TemplateError for an operator above level 2 of RFC 6570 and for stray braces."""
    parts: list[str | tuple[str, str]] = []
    end = 0
    for found in _EXPRESSION.finditer(text):
        variable = _VARIABLE.fullmatch(found[1])
        if variable is None:
            raise TemplateError(f"{found[0]} is not supported; write {{name}}, {{+name}} or {{#name}}")
        parts += [text[end : found.start()], (variable[1], variable[2])]
        end = found.end()
    parts.append(text[end:])
    if any(isinstance(part, str) and ("{" in part or "}" in part) for part in parts):
        raise TemplateError(f"{text} has a brace without its other; write {{name}}")
    return Template(tuple(quote(p, safe=_RESERVED + "%") if isinstance(p, str) else p for p in parts if p))


def absolute(text: str, base: str | None) -> str:
    """Return an expanded template as an IRI: a prefixed name in full, a relative one resolved against `base`.

    Raises TemplateError when the IRI is not valid, or relative without a base.
    """
    found = _SCHEME.match(text)
    if found is not None:
        namespace = CONTEXT.get(found[1])
        iri = (
            text
            if namespace is None or text.startswith("//", found.end())
            else namespace + text[found.end() :]
        )
    elif base is None:
        raise TemplateError(f"<{text}> is no absolute IRI; write it in full")
    else:
        iri = urljoin(base, text)
    try:
        return NamedNode(iri).value
    except ValueError as error:
        raise TemplateError(f"<{iri}> is no valid IRI ({error}); correct the value or the template") from None


def encoded(text: str) -> str:
    """Percent-encode all but unreserved characters of a text, as UTF-8."""
    return text if _UNRESERVED.fullmatch(text) else quote(text, safe="~")


def name_of(title: str) -> str:
    """Return the name of a column that has only a title: all but letters, digits, _ and . percent-encoded."""
    return encoded(title).replace("-", "%2D").replace("~", "%7E")


def decoded(name: str) -> str:
    """Return the name of a column with its percent-encoding undone."""
    return unquote(name)


def _expanded(operator: str, value: Value) -> str:
    if value is None:
        return ""
    items = (value,) if isinstance(value, str) else value
    if not operator:
        return ",".join(map(encoded, items))
    text = ",".join(map(_reserved, items))
    return f"#{text}" if operator == "#" and items else text


def _reserved(text: str) -> str:
    """Percent-encode all but unreserved and reserved characters and what is percent-encoded already."""
    if _PLAIN.fullmatch(text):
        return text
    pieces = _TRIPLET.split(text)
    return "".join(
        piece if index % 2 else quote(piece, safe=_RESERVED + "~") for index, piece in enumerate(pieces)
    )

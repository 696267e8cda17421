"""The page of an ontology's terms, where a browser finds each at its name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from acagraph.errors import ReleaseError
from acagraph.release.hosting.site import Edition
from acagraph.validation.formats.markup import foot, head, link, text
from acagraph.vocab import ACA, ONTOLOGY, compact, expand

_KINDS = (
    ("owl:Class", "Classes"),
    ("owl:ObjectProperty", "Properties between things"),
    ("owl:DatatypeProperty", "Properties with values"),
    ("owl:AnnotationProperty", "Annotations"),
)
_SHOWN = (
    ("rdfs:subClassOf", "Kind of"),
    ("rdfs:subPropertyOf", "Special case of"),
    ("rdfs:domain", "Of"),
    ("rdfs:range", "To"),
    ("dcterms:isReplacedBy", "Replaced by"),
)

_Term = Mapping[str, list[ox.NamedNode | ox.Literal]]


@dataclass(frozen=True)
class Ontology:
    """What an ontology's file says: its version and, by IRI, what is stated of each subject."""

    version: str
    terms: Mapping[str, _Term]


def read_ontology(path: Path) -> Ontology:
    """Read an ontology in Turtle; its version is nothing where it has no owl:versionInfo.

    Raises ReleaseError when the file cannot be read.
    """
    told: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for quad in statements(path):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
            told[quad.subject.value][quad.predicate.value].append(quad.object)
    return Ontology(_said(told.get(ONTOLOGY, {}), "owl:versionInfo"), told)


def statements(path: Path) -> Iterator[ox.Quad]:
    """Yield what a file in Turtle states, in its order. Raises ReleaseError when it cannot be read."""
    try:
        yield from ox.parse(path=path, format=ox.RdfFormat.TURTLE)
    except (OSError, SyntaxError, ValueError) as error:
        raise ReleaseError(f"{path} cannot be read: {error}; build the release again") from error


def terms_page(edition: Edition, ontology: Ontology, *, up: str) -> bytes:
    """Return the page of a release's ontology; `up` leads to the site's first page.

    Each term stands at the part of its IRI after #, so that its IRI leads there. Terms are sorted by name.
    """
    title = f"The ontology of {edition.manifest.get('name', 'acagraph')}, version {ontology.version}"
    folder = f"{up}releases/{quote(edition.version)}/"
    files = [name for name in ("ontology.ttl", "ontology.jsonld", "ontology.owl") if name in edition.files]
    offered = ", ".join(link(folder + name, text(name)) for name in files)
    parts = [
        head(title, back=(up, edition.title)),
        f"<p>As files: {offered}. Namespace: <code>{text(ACA)}</code>.</p>\n</header>\n",
        '<main id="content">\n',
    ]
    for kind, heading in _KINDS:
        names = sorted(iri for iri, told in ontology.terms.items() if iri.startswith(ACA) and _is(told, kind))
        if names:
            parts.append(f"<section>\n<h2>{heading}</h2>\n")
            parts += [_term(iri, ontology.terms[iri]) for iri in names]
            parts.append("</section>\n")
    return "".join((*parts, foot())).encode()


def _term(iri: str, told: _Term) -> str:
    name = iri.removeprefix(ACA)
    label = _said(told, "skos:prefLabel") or name
    gone = " (deprecated)" if _said(told, "owl:deprecated") == "true" else ""
    lines = [
        f'<article id="{text(name)}">\n<h3>{text(label)}{gone}</h3>\n<p><code>aca:{text(name)}</code></p>\n'
    ]
    if definition := _said(told, "skos:definition"):
        lines.append(f"<p>{text(definition)}</p>\n")
    for predicate, words in _SHOWN:
        found = sorted({o.value for o in told.get(expand(predicate), ()) if isinstance(o, ox.NamedNode)})
        if found:
            lines.append(f"<p>{words}: {', '.join(_named(value) for value in found)}</p>\n")
    return "".join((*lines, "</article>\n"))


def _named(iri: str) -> str:
    short = text(compact(iri))
    return f'<a href="#{quote(iri.removeprefix(ACA))}">{short}</a>' if iri.startswith(ACA) else short


def _said(told: _Term, predicate: str) -> str:
    """Return the English value of a property, else the first without a language or with any."""
    values = [value for value in told.get(expand(predicate), ()) if isinstance(value, ox.Literal)]
    values.sort(key=lambda value: (value.language != "en", value.language or "", value.value))
    return values[0].value if values else ""


def _is(told: _Term, kind: str) -> bool:
    return any(value.value == expand(kind) for value in told.get(expand("rdf:type"), ()))

"""RDF triples in the media types of answers: sorted, with our prefixes, equal bytes for equal graphs."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph

from acagraph.errors import QueryError, SourceError
from acagraph.graph import write_turtle
from acagraph.stores.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from acagraph.stores.terms import Term
from acagraph.vocab import EXTERNAL, PREFIXES, XSD, compact

_WRITERS = {
    TURTLE: pyoxigraph.RdfFormat.TURTLE,
    RDF_XML: pyoxigraph.RdfFormat.RDF_XML,
    TRIG: pyoxigraph.RdfFormat.TRIG,
    JSON_LD: pyoxigraph.RdfFormat.JSON_LD,
}
_TYPE = EXTERNAL["rdf"] + "type"
_DEEPEST = 50


def write(ntriples: bytes, form: Format) -> bytes:
    """Write triples, given as canonical N-Triples, in another format.

    Triples come out once each, by subject; only the prefixes in use are declared.
    """
    lines = sorted({line for line in ntriples.split(b"\n") if line})
    text = b"".join(line + b"\n" for line in lines)
    if form in (N_TRIPLES, N_QUADS):
        return text
    if form == TURTLE:
        try:
            return write_turtle(_parse(text)).encode()
        except SourceError:
            pass  # Blank nodes that form no trees: our layout cannot show them, the engine's can.
    used = {p: space for p, space in sorted(PREFIXES.items()) if f"<{space}".encode() in text}
    triples = (quad.triple for quad in _parse(text))
    written = pyoxigraph.serialize(triples, format=_WRITERS[form], prefixes=used) or b""
    return _Compaction(json.loads(written)).document(used) if form == JSON_LD else written


def ntriples_of(path: Path) -> bytes:
    """Return the triples of an RDF file, compressed or not, as N-Triples with the literals as written.

    Blank nodes are named after the triples around them (RDFC-1.0), so that equal files give equal bytes.
    """
    zipped = path.suffix == ".gz"
    form = pyoxigraph.RdfFormat.from_extension(Path(path.stem if zipped else path.name).suffix[1:])
    text = gzip.decompress(path.read_bytes()) if zipped else path.read_bytes()
    triples = [quad.triple for quad in pyoxigraph.parse(text, format=form)]
    if any(isinstance(node, pyoxigraph.BlankNode) for t in triples for node in (t.subject, t.object)):
        dataset = pyoxigraph.Dataset(pyoxigraph.Quad(*triple) for triple in triples)
        dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
        triples = [quad.triple for quad in dataset]
    return pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES) or b""


def read(ntriples: bytes) -> list[tuple[Term, Term, Term]]:
    """Return the triples of an N-Triples document as terms, sorted."""
    triples = (quad.triple for quad in _parse(ntriples))
    return sorted((_term(t.subject), _term(t.predicate), _term(t.object)) for t in triples)


def _term(node: object) -> Term:
    match node:
        case pyoxigraph.NamedNode():
            return Term("iri", node.value)
        case pyoxigraph.BlankNode():
            return Term("blank", node.value)
        case pyoxigraph.Literal():
            plain = node.language is not None or node.datatype.value == XSD + "string"
            return Term("literal", node.value, node.language or "", "" if plain else node.datatype.value)
    raise QueryError("the answer holds quoted triples; select their subjects, predicates and objects instead")


def _parse(ntriples: bytes) -> Iterable[pyoxigraph.Quad]:
    return pyoxigraph.parse(ntriples, format=pyoxigraph.RdfFormat.N_TRIPLES)


class _Compaction:
    """Expanded JSON-LD with a context of prefixes: half the size and readable.

    A blank node stands where it is used, if that is one place. Numbers stay strings: a JSON number 9.46 typed
    as a decimal would parse to the ill-typed 9.46E0.
    """

    def __init__(self, nodes: list[dict[str, Any]]) -> None:
        self._nodes = {node["@id"]: node for node in nodes}
        uses = Counter(blank for node in nodes for blank in _blanks(node))
        once = {blank for blank, count in uses.items() if count == 1 and blank in self._nodes}
        self._nested = set(self._reached(once))

    def document(self, prefixes: Mapping[str, str]) -> bytes:
        graph = [self._node(node) for name, node in self._nodes.items() if name not in self._nested]
        document = {"@context": dict(prefixes), "@graph": graph}
        return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"

    def _reached(self, once: set[str]) -> Iterator[str]:
        """Yield those of some blank nodes that lie below others, no deeper than can be written safely.

        A circle of blank nodes lies below nothing.
        """
        level = [name for name in self._nodes if name not in once]
        for _ in range(_DEEPEST):
            level = [blank for name in level for blank in _blanks(self._nodes[name]) if blank in once]
            yield from level

    def _node(self, node: Mapping[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {} if node["@id"] in self._nested else {"@id": compact(node["@id"])}
        for key, values in node.items():
            if key == _TYPE and all("@id" in value for value in values):
                out["@type"] = _one_or_many([compact(value["@id"]) for value in values])
            elif not key.startswith("@"):
                out[compact(key)] = _one_or_many([self._value(value) for value in values])
        return out

    def _value(self, value: Mapping[str, Any]) -> Any:
        if set(value) == {"@value"}:
            return value["@value"]
        if value.get("@id") in self._nested:
            return self._node(self._nodes[value["@id"]])
        return {key: compact(item) if key in ("@id", "@type") else item for key, item in value.items()}


def _blanks(node: Mapping[str, Any]) -> Iterator[str]:
    """Yield the blank nodes that a node names, as often as it does."""
    for key, values in node.items():
        if not key.startswith("@") and key != _TYPE:
            yield from (value["@id"] for value in values if value.get("@id", "").startswith("_:"))


def _one_or_many(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values

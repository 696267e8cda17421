"""The names of things, for people who read findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from acagraph import vocab
from acagraph.graph.terms import Node
from acagraph.validation.findings import Finding, focus_of

# In the order of preference; first the names that curators write, then those of strangers' data.
_NAMES = (
    vocab.PREFIXES["skos"] + "prefLabel",
    vocab.PREFIXES["rdfs"] + "label",
    vocab.PREFIXES["dcterms"] + "title",
    vocab.EXTERNAL["foaf"] + "name",
    "https://schema.org/name",
    "http://schema.org/name",
)
_NAMED = re.compile(f"(\\S+) <(?:{'|'.join(re.escape(name) for name in _NAMES)})> ")
_INNER = re.compile(r"\S+ <[^>]*> (_:\S+)(?: <[^>]*>)? \.$")


def labelled(findings: Iterable[Finding], store: ox.Store) -> list[Finding]:
    """Return findings with the label of their focus as a store has it, in their order.

    That is the first of skos:prefLabel, rdfs:label, dcterms:title, foaf:name and schema:name that there is:
    in English, else the first by language. A blank node is told by what it belongs to: `(at address of
    Alice)`. What has none, such as a statement, gets none.
    """
    known: dict[str, str | None] = {}
    found = []
    for finding in findings:
        if finding.focus not in known:
            node = finding.node
            known[finding.focus] = None if isinstance(node, ox.Literal) else _told(store, node)
        text = known[finding.focus]
        found.append(finding if text is None else replace(finding, label=text))
    return found


def label(store: ox.Store, thing: Node) -> str | None:
    """Return the label of a thing on one line, None where it has none."""
    for name in _NAMES:
        values = (quad.object for quad in store.quads_for_pattern(thing, ox.NamedNode(name), None, None))
        texts = [value for value in values if isinstance(value, ox.Literal)]
        if texts:
            return " ".join(min(texts, key=_rank).value.split())
    return None


def labels_in(lines: Path, findings: Iterable[Finding]) -> ox.Store:
    """Return what `labelled` needs to know of findings, out of a file of N-Quads too large for a store."""
    wanted = {str(finding.node) for finding in findings}
    store = ox.Store()
    blank = {node for node in wanted if node.startswith("_:")}
    for line in _lines(lines) if blank else ():
        inner = _INNER.match(line)
        if inner and inner[1] in blank:
            (quad,) = ox.parse(line, format=ox.RdfFormat.N_QUADS)
            store.add(quad)
            wanted.add(str(quad.subject))
    for line in _lines(lines) if wanted else ():
        named = _NAMED.match(line)
        if named and named[1] in wanted:
            store.extend(ox.parse(line, format=ox.RdfFormat.N_QUADS))
    return store


def _told(store: ox.Store, node: Node) -> str | None:
    own = label(store, node)
    if own is not None or isinstance(node, ox.NamedNode):
        return own
    around = store.quads_for_pattern(None, None, node, None)
    owners = [(quad.subject, quad.predicate) for quad in around if not isinstance(quad.subject, ox.Triple)]
    if not owners:
        return None
    owner, path = min(owners, key=str)
    name = label(store, owner) or vocab.compact(focus_of(owner))
    return f"(at {vocab.compact(path.value)} of {name})"


def _rank(text: ox.Literal) -> tuple[int, str, str]:
    language = text.language or ""
    return (
        (0 if language == "en" else 1 if language.startswith("en-") or not language else 2),
        language,
        text.value,
    )


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        yield from file

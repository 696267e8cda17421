"""The documents with which a release describes itself, written at its root."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox

from acagraph.graph import write_turtle
from acagraph.graph.terms import text_of
from acagraph.release.descriptions import attributions, citation, croissant, dcat, licences, schema_org, void
from acagraph.release.descriptions.distributions import written
from acagraph.release.descriptions.facts import Facts
from acagraph.validation.labels import label
from acagraph.vocab import PREFIXES, compact, graph_iri

_METADATA = ox.NamedNode(graph_iri("metadata"))
# What people ask for first, with the words for one and for many of it.
_COUNTED = (
    ("aca:Coalition", "coalition", "coalitions"),
    ("aca:Membership", "membership", "memberships"),
    ("aca:Commitment", "commitment", "commitments"),
    ("aca:Figure", "figure", "figures"),
)


def write_descriptions(folder: Path, facts: Facts, store: ox.Store) -> dict[str, int]:
    """Write void.ttl, dataset.{ttl,jsonld}, schema.jsonld, croissant.json, CITATION.cff, citation.bib and the
    licences at a release's root.

    `store` holds the release. Return the triples of those that hold RDF, by name; equal releases give equal
    bytes.
    """
    info = facts.info
    metadata = sorted(store.quads_for_pattern(None, None, None, _METADATA), key=str)
    tables = [counted.table for counted in facts.tables]
    files = written(facts.files, facts.graphs, tables)
    sources = attributions.ask(store)
    author = label(store, ox.NamedNode(info.publisher)) or info.publisher
    told = summary(facts, len(sources))
    turtle = {
        "void.ttl": void.document(facts, metadata),
        "dataset.ttl": dcat.document(facts, metadata, files, author=author, store=store),
    }
    texts = {name: write_turtle(quads) for name, quads in turtle.items()}
    texts |= {
        "dataset.jsonld": _json_ld(turtle["dataset.ttl"]),
        "schema.jsonld": _json(schema_org.as_json(facts, store, author, told, files, sources)),
        "croissant.json": _json(
            croissant.as_json(facts, author, told, citation.as_bibtex(info, author, facts.sha256))
        ),
        "CITATION.cff": citation.as_cff(info, author, facts.sha256, told),
        "citation.bib": citation.as_bibtex(info, author, facts.sha256),
        "LICENCES.md": licences.as_markdown(info, author, sources),
        "licences.json": _json(licences.as_json(info, author, sources)),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    counts = {name: len(quads) for name, quads in turtle.items()}
    return {**counts, "dataset.jsonld": counts["dataset.ttl"]}


def summary(facts: Facts, sources: int) -> str:
    """Return what a release is and how much it holds, in two sentences."""
    info, classes = facts.info, facts.tallies.classes
    parts = [
        f"{classes[kind]:,} {one if classes[kind] == 1 else many}"
        for kind, one, many in _COUNTED
        if classes.get(kind)
    ]
    parts.append(f"{sources:,} {'source' if sources == 1 else 'sources'}")
    held = f"{facts.triples:,} triples in {len(facts.graphs)} named graphs"
    return (
        f"{info.description} Version {info.version} of {info.date.isoformat()} holds {held}: "
        f"{', '.join(parts[:-1])} from {parts[-1]}."
        if len(parts) > 1
        else f"{info.description} Version {info.version} of {info.date.isoformat()} holds {held}."
    )


def _json(body: object) -> str:
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _json_ld(quads: Sequence[ox.Quad]) -> str:
    """Return triples without blank nodes as JSON-LD that people can read, a node for each subject.

    Its context stands in it: nothing has to be fetched to read it.
    """
    nodes: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    used = set()
    for quad in quads:
        predicate = compact(quad.predicate.value)
        kind = predicate == "rdf:type"
        value = compact(text_of(quad.object)) if kind else _value(quad.object)
        nodes[text_of(quad.subject)]["@type" if kind else predicate].append(value)
        datatype = value.get("@type", "") if isinstance(value, dict) else value
        used |= {str(name).partition(":")[0] for name in (predicate, datatype)}
    graph = [
        {"@id": subject} | {key: one[0] if len(one) == 1 else one for key, one in sorted(said.items())}
        for subject, said in sorted(nodes.items())
    ]
    context = {prefix: namespace for prefix, namespace in sorted(PREFIXES.items()) if prefix in used}
    return _json({"@context": context, "@graph": graph})


def _value(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> object:
    if not isinstance(term, ox.Literal):
        return {"@id": text_of(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    datatype = compact(term.datatype.value)
    return term.value if datatype == "xsd:string" else {"@value": term.value, "@type": datatype}

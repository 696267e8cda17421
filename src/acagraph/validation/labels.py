"""The names of things, for people who read findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pyoxigraph as ox

from acagraph.validation.findings import Finding
from acagraph.vocab import PREFIXES

# In the order of preference; the names that curators write first.
_NAMES = tuple(
    ox.NamedNode(PREFIXES[prefix] + name)
    for prefix, name in (("skos", "prefLabel"), ("rdfs", "label"), ("dcterms", "title"))
)


def labelled(findings: Iterable[Finding], store: ox.Store) -> list[Finding]:
    """Return findings with the label of their focus as a store has it, in their order.

    That is the skos:prefLabel, else the rdfs:label, else the dcterms:title: in English, else the first by
    language. What has none, such as a statement, gets none.
    """
    known: dict[str, str | None] = {}
    found = []
    for finding in findings:
        focus = finding.focus
        if focus not in known:
            known[focus] = None if focus.startswith("_:") else label(store, ox.NamedNode(focus))
        text = known[focus]
        found.append(finding if text is None else replace(finding, label=text))
    return found


def label(store: ox.Store, thing: ox.NamedNode) -> str | None:
    """Return the label of a thing on one line, None where it has none."""
    for name in _NAMES:
        values = (quad.object for quad in store.quads_for_pattern(thing, name, None, None))
        texts = [value for value in values if isinstance(value, ox.Literal)]
        if texts:
            best = min(texts, key=lambda text: (text.language != "en", text.language or "", text.value))
            return " ".join(best.value.split())
    return None

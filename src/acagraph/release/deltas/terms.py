"""The ontology of two versions: the terms added, changed, deprecated and removed, and what that breaks.

What others wrote for the older version, queries and data, is the measure: a change is breaking when a query
may no longer find what it found, or data that conformed may not conform now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from acagraph.graph.terms import text_of
from acagraph.release.deltas.hierarchy import Hierarchy
from acagraph.release.deltas.structures import Described, described
from acagraph.vocab import ACA, BASE, ONTOLOGY, compact

Effect = Literal["major", "minor", "patch"]
What = Literal["added", "changed", "deprecated", "removed"]

_SCHEMES = f"{BASE}scheme/"
_DEPRECATED = "owl:deprecated"
_REPLACED = "dcterms:isReplacedBy"
_NARROWING = ("rdfs:domain", "rdfs:range")
_HIERARCHY = ("rdfs:subClassOf", "rdfs:subPropertyOf")
# Each of these says that less is possible or that values mean one thing.
_RESTRICTING = (
    *("owl:FunctionalProperty", "owl:InverseFunctionalProperty"),
    *("owl:AsymmetricProperty", "owl:IrreflexiveProperty"),
)
_DISJOINT = ("owl:disjointWith", "owl:propertyDisjointWith")
# What identifies a concept, or what the build makes of a term.
_IDENTIFYING = ("skos:notation", "skos:inScheme")
_DERIVING = (
    "aca:derivedFrom",
    "owl:inverseOf",
    "aca:denotes",
    "owl:equivalentClass",
    "owl:equivalentProperty",
)
_HEADER = ("owl:versionIRI", "owl:versionInfo", "owl:priorVersion", "dcterms:modified", "dcterms:issued")


@dataclass(frozen=True)
class TermChange:
    """One change of a term or a shape: what it was, what it is, and what follows for the next version.

    `effect` is major for what breaks, minor for what adds, patch for words; `reason` says why. `aspect` is
    the property of the term whose values differ.
    """

    what: What
    kind: str
    term: str
    effect: Effect
    reason: str
    aspect: str = ""
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()

    @property
    def breaking(self) -> bool:
        """Say whether data or queries that were right may be wrong now."""
        return self.effect == "major"


def term_changes(old: Iterable[ox.Quad], new: Iterable[ox.Quad]) -> list[TermChange]:
    """Compare the ontologies, schemes and alignments of two versions; sorted by term and property."""
    olds, news = list(old), list(new)
    before, after = described(olds, _is_term), described(news, _is_term)
    hierarchy = Hierarchy([*olds, *news])
    found: list[TermChange] = []
    for term in sorted({*before, *after}):
        if term not in after:
            found.append(_removed(term, before[term]))
        elif term not in before:
            kind = kind_of(after[term])
            found.append(TermChange("added", kind, term, "minor", f"a {kind} that nothing used before"))
        elif before[term] != after[term]:
            found += _changed(term, before[term], after[term], hierarchy)
    return found


def version_of(quads: Iterable[ox.Quad]) -> str | None:
    """Return the version that an ontology gives itself, None where it gives none."""
    return next(
        (
            text_of(quad.object)
            for quad in quads
            if compact(quad.predicate.value) == "owl:versionInfo" and text_of(quad.subject) == ONTOLOGY
        ),
        None,
    )


def kind_of(found: Described) -> str:
    """Return what a term is, in a word or two."""
    classes = set(found.get("rdf:type", ()))
    for name, kind in (
        ("owl:Class", "class"),
        ("owl:ObjectProperty", "property"),
        ("owl:DatatypeProperty", "property"),
        ("owl:AnnotationProperty", "property"),
        ("skos:ConceptScheme", "scheme"),
        ("owl:Ontology", "ontology"),
    ):
        if name in classes:
            return kind
    return "concept" if "skos:inScheme" in found else "term"


def _removed(term: str, before: Described) -> TermChange:
    kind = kind_of(before)
    reason = f"data and queries that name this {kind} find nothing now"
    if _DEPRECATED in before:
        reason += ", though it was deprecated before"
    return TermChange("removed", kind, term, "major", reason)


def _changed(term: str, before: Described, after: Described, hierarchy: Hierarchy) -> Iterator[TermChange]:
    kind = kind_of(after)
    for name in sorted({*before, *after}):
        old, new = before.get(name, ()), after.get(name, ())
        if old == new or (kind == "ontology" and name in _HEADER):
            continue
        if name == _DEPRECATED or (name == _REPLACED and _DEPRECATED not in before and _DEPRECATED in after):
            if name == _DEPRECATED:
                yield _deprecation(term, kind, after, now="true" in " ".join(new))
            continue
        effect, reason = _judged(name, old, new, hierarchy)
        yield TermChange("changed", kind, term, effect, reason, name, old, new)


def _deprecation(term: str, kind: str, after: Described, *, now: bool) -> TermChange:
    if not now:
        return TermChange("changed", kind, term, "minor", "it is no longer deprecated", _DEPRECATED)
    instead = ", ".join(after.get(_REPLACED, ()))
    reason = "it still works" + (f"; use {instead} instead" if instead else "; nothing is named in its place")
    return TermChange("deprecated", kind, term, "minor", reason)


def _judged(
    name: str, old: tuple[str, ...], new: tuple[str, ...], hierarchy: Hierarchy
) -> tuple[Effect, str]:
    """Return what follows from a property of a term that has other values now, and why."""
    gone, come = [i for i in old if i not in new], [i for i in new if i not in old]
    if name in _NARROWING:
        return _bounds(name, old, new, hierarchy)
    if name in _HIERARCHY:
        return _superterms(gone, new, come, hierarchy)
    if name == "rdf:type":
        return _classes(gone, come)
    if name in _DISJOINT:
        return (
            ("major", "what was in both is wrong now") if come else ("minor", "more is allowed than before")
        )
    if name in _IDENTIFYING:
        return (
            ("major", "what was found by the old value is not found now") if gone else ("minor", "one more")
        )
    if name in _DERIVING:
        if gone:
            return "major", "triples that followed from it do not follow now"
        return "minor", "more follows from it than before"
    if name in ("skos:broader", "skos:narrower", "skos:topConceptOf", "skos:related"):
        return "minor", "the concept stands elsewhere in its scheme"
    return "patch", "words and references, which no query or rule depends on"


def _bounds(
    name: str, old: tuple[str, ...], new: tuple[str, ...], hierarchy: Hierarchy
) -> tuple[Effect, str]:
    """Compare domains or ranges: several hold at once, and one that is a union names its parts."""
    what = name.removeprefix("rdfs:")
    if all(any(hierarchy.within(was, now) for was in old or ("owl:Thing",)) for now in new):
        return "minor", f"the {what} is wider: all that it held before it still holds"
    if not old:
        return "major", f"it has a {what} now, where anything was allowed"
    return "major", f"the {what} does not hold all that it held before"


def _superterms(
    gone: list[str], new: tuple[str, ...], come: list[str], hierarchy: Hierarchy
) -> tuple[Effect, str]:
    lost = [item for item in gone if not any(hierarchy.within(other, item) for other in new)]
    if any(item.startswith("[") for item in lost) and not any(not item.startswith("[") for item in lost):
        return "minor", "a restriction is gone, so more is allowed than before"
    if lost:
        return "major", f"queries for {', '.join(lost)} do not find it now"
    if any(item.startswith("[") for item in come):
        return "major", "it is restricted where it was not"
    return "minor", "it is found by queries for more than before"


def _classes(gone: list[str], come: list[str]) -> tuple[Effect, str]:
    tighter = [item for item in come if item in _RESTRICTING]
    if tighter:
        return "major", f"{', '.join(tighter)} restricts what data may say"
    lost = [item for item in gone if item not in _RESTRICTING]
    if lost:
        return "major", f"it is no {', '.join(lost)} now"
    return "minor", "no data is wrong for it"


def _is_term(name: str) -> bool:
    return name.startswith((ACA, _SCHEMES)) or name == ONTOLOGY

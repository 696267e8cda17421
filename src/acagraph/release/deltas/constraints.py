"""The shapes of two versions: which were added, changed and removed, and what may fail that conformed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

import pyoxigraph as ox

from acagraph.release.deltas.hierarchy import Hierarchy
from acagraph.release.deltas.structures import Described, described
from acagraph.release.deltas.terms import Effect, TermChange, What
from acagraph.vocab import SHAPES, compact

_WORDS = ("sh:message", "sh:name", "sh:description", "sh:group", "sh:order", "rdfs:label", "rdfs:comment")
_TARGETS = ("sh:targetClass", "sh:targetNode", "sh:targetSubjectsOf", "sh:targetObjectsOf")
_AT_LEAST = ("sh:minCount", "sh:minInclusive", "sh:minExclusive", "sh:minLength", "sh:qualifiedMinCount")
_AT_MOST = ("sh:maxCount", "sh:maxInclusive", "sh:maxExclusive", "sh:maxLength", "sh:qualifiedMaxCount")
_CHOICES = ("sh:in", "sh:languageIn")
_KINDS = {
    "sh:IRI": {"iri"},
    "sh:BlankNode": {"blank"},
    "sh:Literal": {"literal"},
    "sh:BlankNodeOrIRI": {"blank", "iri"},
    "sh:BlankNodeOrLiteral": {"blank", "literal"},
    "sh:IRIOrLiteral": {"iri", "literal"},
}
_NUMBER = re.compile(r'"([+-]?[0-9.]+)"')


def shape_changes(
    old: Iterable[ox.Quad],
    new: Iterable[ox.Quad],
    *,
    ontology: Iterable[ox.Quad] = (),
    terms: Collection[str] = (),
) -> list[TermChange]:
    """Compare the shapes of two versions; sorted by shape and property.

    `ontology` tells which class holds another; `terms` are those that are new in it, by IRI: no data of
    before can break a rule about these alone.
    """
    before, after = described(old, _is_shape), described(new, _is_shape)
    hierarchy, fresh = Hierarchy(ontology), {compact(term) for term in terms}
    found: list[TermChange] = []
    for name in sorted({*before, *after}):
        was, now = before.get(name, {}), after.get(name, {})
        if was == now:
            continue
        if "sh:PropertyGroup" in (*was.get("rdf:type", ()), *now.get("rdf:type", ())):
            what: What = "changed" if was and now else "added" if now else "removed"
            found.append(TermChange(what, "group of shapes", name, "patch", "it only says where rules stand"))
        elif not was:
            found.append(_added(name, now, fresh))
        elif not now:
            found.append(TermChange("removed", "shape", name, "minor", "more is allowed than before"))
        else:
            found += _changed(name, was, now, hierarchy, fresh)
    return found


def strictness(found: Described) -> str:
    """Return the severity of a shape, in lower case, or `off`."""
    if any("true" in value for value in found.get("sh:deactivated", ())):
        return "off"
    return found.get("sh:severity", ("sh:Violation",))[0].removeprefix("sh:").lower()


def _added(name: str, now: Described, fresh: set[str]) -> TermChange:
    level = strictness(now)
    if level != "violation":
        return TermChange("added", "shape", name, "minor", f"its severity is {level}: nothing fails for it")
    targets = [value for role in _TARGETS for value in now.get(role, ())]
    if targets and set(targets) <= fresh:
        reason = f"it is about {', '.join(targets)}, which is new, so no data of before can fail"
        return TermChange("added", "shape", name, "minor", reason)
    path = now.get("sh:path", ("",))[0]
    if path in fresh and not any(role in now for role in ("sh:minCount", "sh:hasValue")):
        reason = f"it is about {path}, which is new and not required, so no data of before can fail"
        return TermChange("added", "shape", name, "minor", reason)
    return TermChange("added", "shape", name, "major", "data that conformed may violate it")


def _changed(
    name: str, was: Described, now: Described, hierarchy: Hierarchy, fresh: set[str]
) -> Iterator[TermChange]:
    before, after = strictness(was), strictness(now)
    if before != after:
        stricter = after == "violation"
        effect: Effect = "major" if stricter else "minor"
        reason = f"its severity was {before} and is {after}" + (": data may fail now" if stricter else "")
        yield TermChange("changed", "shape", name, effect, reason, "sh:severity", (before,), (after,))
    for role in sorted({*was, *now} - {"sh:severity", "sh:deactivated"}):
        old, new = was.get(role, ()), now.get(role, ())
        if old == new:
            continue
        effect, reason = _judged(role, old, new, hierarchy, fresh)
        if effect == "major" and after != "violation":
            effect, reason = "minor", f"{reason}, but its severity is {after}"
        yield TermChange("changed", "shape", name, effect, reason, role, old, new)


def _judged(
    role: str, old: tuple[str, ...], new: tuple[str, ...], hierarchy: Hierarchy, fresh: set[str]
) -> tuple[Effect, str]:
    """Return what follows from other values of one property of a shape whose violations count, and why."""
    if role in _WORDS:
        return "patch", "words and order, which no data fails for"
    if role in _TARGETS:
        come = [item for item in new if item not in old and item not in fresh]
        if come:
            return "major", f"it judges {', '.join(come)} now, too"
        return "minor", "it judges less than before, or only what is new"
    if not new:
        return "minor", f"it asks for no {role} now"
    if not old:
        return "major", f"it asks for {role}, which it did not"
    if _looser(role, old, new, hierarchy):
        return "minor", f"{role} allows all that it allowed before"
    return "major", f"{role} may refuse what it allowed before"


def _looser(role: str, old: tuple[str, ...], new: tuple[str, ...], hierarchy: Hierarchy) -> bool:
    """Say whether other values are known to allow all that the old ones allowed."""
    if role in _AT_LEAST:
        return _number(new, max) <= _number(old, max)
    if role in _AT_MOST:
        return _number(new, min) >= _number(old, min)
    if role in _CHOICES and len(old) == len(new) == 1:
        return set(old[0].strip("()").split(" ")) <= set(new[0].strip("()").split(" "))
    if role == "sh:nodeKind":
        return _KINDS.get(old[0], {"?"}) <= _KINDS.get(new[0], set())
    if role in ("sh:class", "sh:datatype"):
        return all(any(hierarchy.within(was, now) for was in old) for now in new)
    # Of several patterns, nodes and the like all hold at once, so fewer of them allow more.
    return set(new) < set(old)


def _number(values: tuple[str, ...], choose: Callable[..., float]) -> float:
    found = [float(match[1]) for value in values if (match := _NUMBER.match(value))]
    if len(found) != len(values):
        return float("nan")  # no comparison holds, so it is taken for narrower
    return float(choose(found))


def _is_shape(name: str) -> bool:
    return name.startswith(SHAPES)

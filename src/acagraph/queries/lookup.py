"""Whether the things that parameters name exist, and what is near when they do not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from acagraph.errors import ParameterError, Phrase
from acagraph.queries.binding import serialise
from acagraph.queries.saved import TERMS, THINGS, Parameter
from acagraph.queries.values import allowed
from acagraph.stores import Store, Term, rows
from acagraph.vocab import ACA, BASE

_MOST = 2_000
_LONGEST = 200
_NEAR = 5
_FEW = 12
_OURS = (f"{BASE}id/", f"{BASE}scheme/")
_KIND = Parameter("kind", "class", "LocalGovernment")
_NOUNS = {"iri": "thing"}
_DECLARED = {
    "class": "?thing a owl:Class",
    "property": "?thing a ?type FILTER(?type IN (owl:ObjectProperty, owl:DatatypeProperty))",
}


def choose(
    store: Store,
    parameters: Sequence[Parameter],
    found: Mapping[str, Sequence[Term]],
    *,
    redirects: Mapping[str, str],
) -> dict[str, Term]:
    """Return the term of each argument: for a thing, class, property or concept the first that exists.

    A thing named by an IRI of ours must exist too; one that was merged is what it became. The store is asked
    for the likeliest terms at once, and for the others of the arguments of which that is nothing. Raises
    ParameterError with the nearest slugs for a name that nothing has.
    """
    checked = {p.name: p for p in parameters if p.name in found and _is_checked(p, found[p.name][0])}
    current = {
        name: [Term("iri", redirects[t.value]) if t.value in redirects else t for t in terms]
        for name, terms in found.items()
    }
    existing = _existing(store, [current[name][0] for name in checked])
    if others := [term for name in checked if current[name][0] not in existing for term in current[name][1:]]:
        existing |= _existing(store, others)
    chosen = {}
    for name, terms in current.items():
        known = [term for term in terms if name not in checked or term in existing]
        chosen[name] = known[0] if known else _respelt(store, checked[name], terms[0])
    return chosen


def class_named(store: Store, text: str) -> str:
    """Return the local name of a class of the ontology, in whatever capitals and with or without blanks.

    Raises ParameterError with the nearest classes when there is none.
    """
    query = f"""SELECT DISTINCT ?class {{
      ?class a owl:Class FILTER(STRSTARTS(STR(?class), "{ACA}"))
    }} ORDER BY ?class"""
    names = [row["class"].value.removeprefix(ACA) for row in rows(store, query)]
    wanted = _bare(text.strip().removeprefix(ACA).removeprefix("aca:"))
    found = {_bare(name): name for name in names}
    if wanted in found:
        return found[wanted]
    near = [found[name] for name in difflib.get_close_matches(wanted, found, n=_NEAR)]
    raise _none("kind", "class", text[:50], suggested(near) or allowed(_KIND))


def nearest(store: Store, namespaces: Sequence[str], text: str, *, kind: str = "") -> list[str]:
    """Return the slugs below some namespaces whose slug or label is like a text, the nearest first.

    `kind` may be class or property: only those are looked through then. Of many, only those are compared
    that begin or end alike and are about as long, or hold the text.
    """
    wanted = text.casefold()[:_LONGEST]
    labelled = _labels(store, namespaces, kind)
    if len(labelled) == _MOST:
        labelled = _labels(store, namespaces, kind, like=wanted)
    names: dict[str, set[str]] = {}
    for iri, label in labelled:
        slug = iri[max(len(space) for space in namespaces if iri.startswith(space)) :]
        names.setdefault(slug.casefold(), set()).add(slug)
        names.setdefault(label.casefold(), set()).add(slug)
    inside = sorted(name for name in names if len(wanted) > 2 and wanted in name)
    matched = difflib.get_close_matches(wanted, names, n=_NEAR)
    slugs = [slug for name in (*matched, *inside) for slug in sorted(names[name])]
    if not slugs and len(all_slugs := {slug for found in names.values() for slug in found}) <= _FEW:
        return sorted(all_slugs)
    return list(dict.fromkeys(slugs))[:_NEAR]


def _bare(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text[:_LONGEST]).casefold()


def _existing(store: Store, terms: Sequence[Term]) -> set[Term]:
    known = store.known({term.value for term in terms})
    return {term for term in terms if term.value in known}


def _is_checked(parameter: Parameter, term: Term) -> bool:
    return parameter.type in (*THINGS, *TERMS) or (parameter.type == "iri" and term.value.startswith(_OURS))


def _respelt(store: Store, parameter: Parameter, term: Term) -> Term:
    """Return the class or property that differs from a term in capital letters only, or raise."""
    namespaces = _namespaces(parameter, term)
    given = next((term.value[len(s) :] for s in namespaces if term.value.startswith(s)), term.value)
    near = nearest(store, namespaces, given, kind=parameter.type)
    same = [slug for slug in near if slug.casefold() == given.casefold()]
    if parameter.type in TERMS and len(same) == 1:
        return Term("iri", namespaces[0] + same[0])
    raise _unknown(parameter, given, near)


def _unknown(parameter: Parameter, given: str, near: Sequence[str]) -> ParameterError:
    kind = _NOUNS.get(parameter.type, parameter.type)
    return _none(parameter.name, kind, given, suggested(near) or allowed(parameter))


def suggested(near: Sequence[str]) -> Phrase | None:
    """Ask whether one of a few names was meant; return None where there are none."""
    return Phrase("did you mean {names}?", names=", ".join(near)) if near else None


def _none(parameter: str, kind: str, given: str, hint: Phrase) -> ParameterError:
    message = Phrase(
        "{parameter}: there is no {kind} {name}; {hint}",
        parameter=parameter,
        kind=kind,
        name=repr(given),
        hint=hint,
    )
    return ParameterError(message, parameter=parameter)


def _namespaces(parameter: Parameter, term: Term) -> list[str]:
    if parameter.type == "iri":
        return [term.value[: term.value.rindex("/") + 1]]
    if parameter.type in THINGS:
        return [f"{BASE}id/{kind}/" for kind in THINGS[parameter.type]]
    return [f"{BASE}scheme/{parameter.scheme}/" if parameter.type == "concept" else ACA]


def _labels(
    store: Store, namespaces: Sequence[str], kind: str, *, like: str | None = None
) -> list[tuple[str, str]]:
    below = " || ".join(f'STRSTARTS(STR(?thing), "{namespace}")' for namespace in namespaces)
    query = f"""SELECT ?thing ?label {{
      VALUES ?property {{ rdfs:label skos:prefLabel skos:altLabel aca:acronym }}
      ?thing ?property ?label FILTER({below}) {_DECLARED.get(kind, "")}
      {"}" if like is None else _alike(like)} LIMIT {_MOST}"""
    return [(row["thing"].value, row["label"].value) for row in rows(store, query)]


def _alike(text: str) -> str:
    """Return the end of the query for labels: those worth comparing with a text, the likeliest first."""
    whole, head, tail = (serialise(Term("literal", part)) for part in (text, text[:1], text[-2:]))
    holds = f"CONTAINS(?name, {whole}) || CONTAINS(?slug, {whole})"
    ends = " || ".join(
        f"((STRSTARTS({name}, {head}) || STRENDS({name}, {tail}))"
        f" && ABS(STRLEN({name}) - {len(text)}) <= {max(2, len(text) // 3)})"
        for name in ("?name", "?slug")
    )
    return f"""BIND(LCASE(STR(?label)) AS ?name) BIND(LCASE(REPLACE(STR(?thing), "^.*[/#]", "")) AS ?slug)
      BIND({holds if len(text) > 2 else "false"} AS ?holds) FILTER(?holds || {ends})
    }} ORDER BY DESC(?holds) ABS(STRLEN(?name) - {len(text)}) ?thing ?label"""

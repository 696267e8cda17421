"""Whether the things that parameters name exist, and what is near when they do not."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from acagraph.errors import ParameterError
from acagraph.queries.binding import serialise
from acagraph.queries.saved import TERMS, THINGS, Parameter
from acagraph.queries.values import allowed
from acagraph.stores import Store, Term, rows
from acagraph.vocab import ACA, BASE

_MOST = 50_000
_NEAR = 5
_FEW = 12


def choose(
    store: Store, parameters: Sequence[Parameter], found: Mapping[str, Sequence[Term]]
) -> dict[str, Term]:
    """Return the term of each argument: for a thing, class, property or concept the first that exists.

    One query asks for all. Raises ParameterError with the nearest slugs for a name that nothing has.
    """
    checked = {p.name: p for p in parameters if p.name in found and p.type in (*THINGS, *TERMS)}
    existing = _existing(store, [term for name in checked for term in found[name]])
    chosen = {}
    for name, terms in found.items():
        known = [term for term in terms if name not in checked or term in existing]
        if not known:
            raise _unknown(store, checked[name], terms[0])
        chosen[name] = known[0]
    return chosen


def nearest(store: Store, namespaces: Sequence[str], text: str) -> list[str]:
    """Return the slugs below some namespaces whose slug or label is like a text, the nearest first."""
    names: dict[str, set[str]] = {}
    for iri, label in _labels(store, namespaces):
        slug = iri[max(len(space) for space in namespaces if iri.startswith(space)) :]
        names.setdefault(slug.casefold(), set()).add(slug)
        names.setdefault(label.casefold(), set()).add(slug)
    wanted = text.casefold()
    inside = sorted(name for name in names if len(wanted) > 2 and wanted in name)
    matched = difflib.get_close_matches(wanted, names, n=_NEAR)
    slugs = [slug for name in (*matched, *inside) for slug in sorted(names[name])]
    if not slugs and len(all_slugs := {slug for found in names.values() for slug in found}) <= _FEW:
        return sorted(all_slugs)
    return list(dict.fromkeys(slugs))[:_NEAR]


def _existing(store: Store, terms: Sequence[Term]) -> set[Term]:
    if not terms:
        return set()
    values = " ".join(serialise(term) for term in terms)
    query = f"SELECT ?thing {{ VALUES ?thing {{ {values} }} FILTER EXISTS {{ ?thing ?p ?o }} }}"
    return {row["thing"] for row in rows(store, query)}


def _unknown(store: Store, parameter: Parameter, term: Term) -> ParameterError:
    namespaces = _namespaces(parameter)
    given = next((term.value[len(s) :] for s in namespaces if term.value.startswith(s)), term.value)
    near = nearest(store, namespaces, given)
    hint = f"did you mean {', '.join(near)}?" if near else allowed(parameter)
    return ParameterError(f"{parameter.name}: there is no {parameter.type} {given!r}; {hint}")


def _namespaces(parameter: Parameter) -> list[str]:
    if parameter.type in THINGS:
        return [f"{BASE}id/{kind}/" for kind in THINGS[parameter.type]]
    return [f"{BASE}scheme/{parameter.scheme}/" if parameter.type == "concept" else ACA]


def _labels(store: Store, namespaces: Sequence[str]) -> list[tuple[str, str]]:
    below = " || ".join(f'STRSTARTS(STR(?thing), "{namespace}")' for namespace in namespaces)
    query = f"""SELECT ?thing ?label {{
      VALUES ?property {{ rdfs:label skos:prefLabel skos:altLabel aca:acronym }}
      ?thing ?property ?label FILTER({below})
    }} ORDER BY ?thing ?label LIMIT {_MOST}"""
    return [(row["thing"].value, row["label"].value) for row in rows(store, query)]

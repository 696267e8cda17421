"""On which page a thing is shown: statements and evidence have none of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from acagraph.queries.binding import serialise
from acagraph.stores import Row, Store, Term, rows
from acagraph.vocab import BASE
from acagraph.web.reference.extracts import SUBJECTS, Said, places, said
from acagraph.web.reference.positions import Positions, position

_STATEMENT, _EVIDENCE = f"{BASE}id/statement/", f"{BASE}id/evidence/"
_APART = (_STATEMENT, _EVIDENCE, f"{BASE}id/source/")


def homes(store: Store, positions: Positions, iris: Iterable[str]) -> Mapping[str, str]:
    """Return the path of the page, with the anchor there, of each of our things that has one, by IRI.

    A statement about no thing stands where its source says it. Statements take one query, evidence one, and
    sources that were not asked of before another.
    """
    wanted = sorted({iri for iri in iris if iri.startswith(BASE)})
    found = {iri: iri.removeprefix(BASE).replace("id/", "doc/", 1) for iri in wanted}
    stated = _asked(store, [iri for iri in wanted if iri.startswith(_STATEMENT)])
    cited = {iri: evidence for iri, (known, evidence) in stated.items() if evidence and not home(known)}
    asked = {*cited.values(), *(iri for iri in wanted if iri.startswith(_EVIDENCE))}
    cited_at = _evidence(store, positions, sorted(asked))
    found |= {iri: path for iri, (known, _) in stated.items() if (path := home(known))}
    found |= {iri: path for iri, path in cited_at.items() if iri in found}
    found |= {
        iri: f"{cited_at[evidence]}-{iri.removeprefix(_STATEMENT)}"
        for iri, evidence in cited.items()
        if evidence in cited_at
    }
    return found


def home(known: Said) -> str:
    """Return the path of a statement: its anchor on the page of the thing that it is about, or nothing."""
    thing = known.home.value
    path = thing.removeprefix(BASE).replace("id/", "doc/", 1)
    if thing.startswith(_STATEMENT) or not thing.startswith(f"{BASE}id/"):
        return ""
    return path if thing == known.term.value else f"{path}#{known.anchor}"


def told(found: Iterable[Row]) -> Mapping[str, tuple[Said, str]]:
    """Return statements with the first evidence of each, or nothing where it has none.

    `found` has for each the roles of other things, with the variables statement, role and value.
    """
    about: dict[Term, list[Row]] = {}
    evidence: dict[Term, str] = {}
    for row in found:
        statement, value = row["statement"], row["value"].value
        things = about.setdefault(statement, [])
        if value.startswith(_EVIDENCE):
            evidence[statement] = min(value, evidence.get(statement, value))
        elif row["role"].value in SUBJECTS and not value.startswith(_APART):
            things.append(row)
    return {term.value: (said(term, things), evidence.get(term, "")) for term, things in about.items()}


def _asked(store: Store, iris: Iterable[str]) -> Mapping[str, tuple[Said, str]]:
    listed = _listed(iris)
    if not listed:
        return {}
    query = f"""SELECT ?statement ?role ?value {{
      VALUES ?statement {{ {listed} }} ?statement ?role ?value FILTER(ISIRI(?value))
    }}"""
    return told(rows(store, query))


def _evidence(store: Store, positions: Positions, iris: Iterable[str]) -> Mapping[str, str]:
    listed = _listed(iris)
    if not listed:
        return {}
    found = list(places(store, f"VALUES ?evidence {{ {listed} }}"))
    beginnings = positions.beginnings(source for source, _ in found)
    return {held.evidence.value: position(held, source, beginnings[source]) for source, held in found}


def _listed(iris: Iterable[str]) -> str:
    return " ".join(serialise(Term("iri", iri)) for iri in iris)

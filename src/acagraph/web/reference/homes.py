"""On which page a thing is shown: statements and evidence have none of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from acagraph.queries.binding import serialise
from acagraph.stores import Row, Store, Term, rows
from acagraph.vocab import BASE
from acagraph.web.reference.extracts import PAGE, Extracts, Said, said

_STATEMENT, _EVIDENCE = f"{BASE}id/statement/", f"{BASE}id/evidence/"
_APART = (_STATEMENT, _EVIDENCE, f"{BASE}id/source/")


def homes(store: Store, extracts: Extracts, iris: Iterable[str]) -> Mapping[str, str]:
    """Return the path of the page, with the anchor there, of each of our things that has one, by IRI."""
    wanted = sorted({iri for iri in iris if iri.startswith(BASE)})
    found = {iri: iri.removeprefix(BASE).replace("id/", "doc/", 1) for iri in wanted}
    for known in _said(store, [iri for iri in wanted if iri.startswith(_STATEMENT)]):
        found[known.term.value] = home(known)
    for evidence, source in _sources(store, [iri for iri in wanted if iri.startswith(_EVIDENCE)]):
        found[evidence] = place(extracts, evidence, source)
    return found


def home(known: Said) -> str:
    """Return the path of a statement: its anchor on the page of what it is about."""
    thing = known.home.value
    path = thing.removeprefix(BASE).replace("id/", "doc/", 1)
    return path if thing == known.term.value else f"{path}#{known.anchor}"


def place(extracts: Extracts, evidence: str, source: str) -> str:
    """Return the path of a piece of evidence: its anchor on the page of its source that has it."""
    listed = [known.evidence.value for known in extracts.contents(source).places]
    number = listed.index(evidence) // PAGE + 1 if evidence in listed else 1
    path = source.removeprefix(BASE).replace("id/", "doc/", 1)
    return f"{path}{f'/{number}' if number > 1 else ''}#{evidence.rpartition('/')[2]}"


def _said(store: Store, iris: Iterable[str]) -> Iterable[Said]:
    listed = _listed(iris)
    if not listed:
        return ()
    query = f"""SELECT ?statement ?role ?value {{
      VALUES ?statement {{ {listed} }} ?statement ?role ?value FILTER(ISIRI(?value))
    }}"""
    found: dict[Term, list[Row]] = {}
    for row in rows(store, query):
        value = row["value"].value
        if value.startswith(f"{BASE}id/") and not value.startswith(_APART):
            found.setdefault(row["statement"], []).append(row)
    return [said(term, told) for term, told in found.items()]


def _sources(store: Store, iris: Iterable[str]) -> Iterable[tuple[str, str]]:
    listed = _listed(iris)
    if not listed:
        return ()
    query = f"""SELECT ?evidence ?source {{
      VALUES ?evidence {{ {listed} }} ?evidence aca:inSource ?source
    }} ORDER BY ?evidence ?source"""
    return [(row["evidence"].value, row["source"].value) for row in rows(store, query)]


def _listed(iris: Iterable[str]) -> str:
    return " ".join(serialise(Term("iri", iri)) for iri in iris)

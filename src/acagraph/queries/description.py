"""What to say about a thing: itself, the statements about it, their evidence and its sources."""

from __future__ import annotations

from acagraph.queries.binding import serialise
from acagraph.stores import Limits, Store, Term, rows
from acagraph.stores.media import N_TRIPLES, Format
from acagraph.stores.rdf import read, write
from acagraph.vocab import BASE

# A statement is whatever has evidence; of a source only its name and dates are repeated.
_STATEMENTS = """
  UNION { ?s ?link %(thing)s ; aca:evidence ?any . ?s ?p ?o }
  UNION { ?statement ?way %(thing)s ; aca:evidence ?s . ?s ?p ?o }
  UNION { %(thing)s aca:evidence ?s . ?s ?p ?o }
  UNION { %(thing)s aca:evidence/aca:inSource ?s . ?s ?p ?o . FILTER(?p IN (%(dated)s)) }
  UNION { ?statement ?way %(thing)s ; aca:evidence/aca:inSource ?s . ?s ?p ?o . FILTER(?p IN (%(dated)s)) }
"""
_DATED = "rdf:type, skos:prefLabel, aca:notBefore, aca:notAfter, aca:dateText"


def exists(store: Store, iri: str) -> bool:
    """Tell whether the store knows anything of an IRI."""
    return bool(rows(store, f"SELECT ?p {{ {serialise(Term('iri', iri))} ?p ?o }} LIMIT 1"))


def triples(store: Store, iri: str, *, limits: Limits | None = None) -> list[tuple[Term, Term, Term]]:
    """Return the description of a thing as terms, sorted by subject, predicate and object."""
    return read(_ask(store, iri, limits))


def document(store: Store, iri: str, form: Format, *, limits: Limits | None = None) -> bytes:
    """Return the description of a thing as an RDF document; equal descriptions give equal bytes."""
    return write(_ask(store, iri, limits), form)


def _ask(store: Store, iri: str, limits: Limits | None) -> bytes:
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {_pattern(iri)} }}"
    return store.answer(query, accept=N_TRIPLES.media_type, limits=limits).read()


def _pattern(iri: str) -> str:
    thing = serialise(Term("iri", iri))
    own = f"{{ {thing} ?p ?o BIND({thing} AS ?s) }}"
    if not iri.startswith(f"{BASE}id/"):
        return own
    return own + _STATEMENTS % {"thing": thing, "dated": _DATED}

"""What to say about a thing: itself, the statements about it, their evidence and its sources."""

from __future__ import annotations

from acagraph.queries.binding import serialise
from acagraph.stores import Limits, Store, Term
from acagraph.stores.media import N_TRIPLES, Format
from acagraph.stores.rdf import write
from acagraph.vocab import BASE

# A statement is whatever has evidence; of a source only its name and dates are repeated. Each thing is found
# once before it is described: a register's evidence bears many statements, and a statement has many links.
_STATEMENTS = """
  UNION { { SELECT DISTINCT ?s { ?s ?link %(thing)s FILTER EXISTS { ?s aca:evidence ?any } } } ?s ?p ?o }
  UNION { { SELECT DISTINCT ?s { %(evidence)s } } ?s ?p ?o }
  UNION { { SELECT DISTINCT ?s { { SELECT DISTINCT ?e { %(cited)s } } ?e aca:inSource ?s } }
    ?s ?p ?o FILTER(?p IN (%(dated)s)) }
"""
_EVIDENCE = """{ %(thing)s aca:evidence ?%(it)s }
  UNION { { SELECT DISTINCT ?statement { ?statement ?way %(thing)s } } ?statement aca:evidence ?%(it)s }"""
DATED = "rdf:type, skos:prefLabel, aca:notBefore, aca:notAfter, aca:dateText"


def exists(store: Store, iri: str) -> bool:
    """Tell whether the store knows anything of an IRI."""
    return iri in store.known([iri])


def document(store: Store, iri: str, form: Format, *, limits: Limits | None = None) -> bytes:
    """Return the description of a thing as an RDF document; equal descriptions give equal bytes."""
    return write(_ask(store, iri, limits), form)


def _ask(store: Store, iri: str, limits: Limits | None) -> bytes:
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {_pattern(iri)} }}"
    return store.answer(query, accept=N_TRIPLES.media_type, limits=limits, form="CONSTRUCT").read()


def _pattern(iri: str) -> str:
    thing = serialise(Term("iri", iri))
    own = f"{{ VALUES ?s {{ {thing} }} ?s ?p ?o }}"
    if not iri.startswith(f"{BASE}id/"):
        return own
    evidence, cited = (_EVIDENCE % {"thing": thing, "it": it} for it in ("s", "e"))
    return own + _STATEMENTS % {"thing": thing, "evidence": evidence, "cited": cited, "dated": DATED}

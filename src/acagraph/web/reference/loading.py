"""How the files are loaded into what people work with, in three lines each."""

from __future__ import annotations

from dataclasses import dataclass

from acagraph.vocab import ACA, BASE

_TRIPLES, _QUADS, _TABLE = "data/acagraph.nt.gz", "data/acagraph.nq.gz", "data/parquet/memberships.parquet"


@dataclass(frozen=True)
class Recipe:
    """The lines for a program; `name` is what the program is called, `file` what they load."""

    name: str
    file: str
    text: str


def recipes(version: str) -> tuple[Recipe, ...]:
    """Return how the files of a release are loaded, from their lasting addresses."""
    site = f"{BASE}releases/{version}/" if version else BASE
    return (*_languages(site), *_engines(site + _QUADS, site + _TRIPLES))


def _languages(site: str) -> tuple[Recipe, ...]:
    table, triples, quads = site + _TABLE, site + _TRIPLES, site + _QUADS
    return (
        Recipe(
            "Python (pandas)",
            _TABLE,
            f'import pandas\nmembers = pandas.read_parquet("{table}")\n'
            'print(members["coalition_name"].value_counts())',
        ),
        Recipe(
            "Python (pyoxigraph)",
            _QUADS,
            "import gzip, urllib.request, pyoxigraph\nstore = pyoxigraph.Store()\n"
            f'store.bulk_load(gzip.open(urllib.request.urlopen("{quads}")), '
            "format=pyoxigraph.RdfFormat.N_QUADS)",
        ),
        Recipe(
            "R (arrow)",
            _TABLE,
            f'library(arrow)\nmembers <- read_parquet("{table}")\nsort(table(members$coalition_name))',
        ),
        Recipe(
            "R (rdflib)",
            _TRIPLES,
            f'download.file("{triples}", "acagraph.nt.gz"); R.utils::gunzip("acagraph.nt.gz")\n'
            'graph <- rdflib::rdf_parse("acagraph.nt", format = "ntriples")\n'
            f'rdflib::rdf_query(graph, "SELECT ?s ?o {{ ?s <{ACA}memberOf> ?o }} LIMIT 9")',
        ),
    )


def _engines(quads: str, triples: str) -> tuple[Recipe, ...]:
    local, all_in_one = (address.rpartition("/")[2] for address in (quads, triples))
    return (
        Recipe(
            "Oxigraph",
            _QUADS,
            f"curl -fLO {quads}\noxigraph load --location acagraph --file {local}\n"
            "oxigraph serve-read-only --location acagraph --union-default-graph",
        ),
        Recipe(
            "Apache Jena Fuseki",
            _QUADS,
            # Its default graph is not the union of the others unless a file of settings says so.
            f"curl -fL -O {triples} -O {quads}\ntdb2.tdbloader --loc acagraph {all_in_one} {local}\n"
            "fuseki-server --tdb2 --loc acagraph /acagraph",
        ),
        Recipe(
            "QLever",
            _QUADS,
            f"curl -fLO {quads}\nqlever index --name acagraph --format nq --input-files {local} "
            f"--cat-input-files 'zcat {local}'\n"
            "qlever start --name acagraph --description acagraph --port 7019",
        ),
    )

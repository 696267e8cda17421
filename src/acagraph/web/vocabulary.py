"""/ontology and /shapes: the vocabulary that the release is written in, and the rules that it obeys."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import NotFound
from acagraph.stores import rows
from acagraph.stores.media import HTML, JSON_LD, RDF_XML, TURTLE
from acagraph.vocab import ACA, ONTOLOGY
from acagraph.web.addresses import outer
from acagraph.web.archive import Archive
from acagraph.web.files import Files
from acagraph.web.pages import Pages
from acagraph.web.responses import choose, respond

_ONTOLOGY = {TURTLE: "ontology.ttl", RDF_XML: "ontology.owl", JSON_LD: "ontology.jsonld"}
_RULES = "rules.html"
_VERSION = f"SELECT ?version {{ <{ONTOLOGY}> owl:versionInfo ?version }} ORDER BY ?version"
_TERMS = f"""SELECT ?term ?kind ?label ?definition ?deprecated (MIN(?next) AS ?successor) {{
  VALUES ?kind {{ owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }}
  ?term a ?kind ; skos:prefLabel ?label . FILTER(STRSTARTS(STR(?term), "{ACA}") && LANG(?label) = "en")
  OPTIONAL {{ ?term skos:definition ?definition FILTER(LANG(?definition) = "en") }}
  OPTIONAL {{ ?term owl:deprecated ?deprecated FILTER(?deprecated) }}
  OPTIONAL {{ ?term dcterms:isReplacedBy ?next }}
}} GROUP BY ?term ?kind ?label ?definition ?deprecated ORDER BY ?term ?kind ?label ?definition"""


class Vocabulary:
    """The ontology in its forms and versions, and the shapes."""

    def __init__(self, dataset: Dataset, pages: Pages, files: Files, archive: Archive) -> None:
        self._dataset = dataset
        self._pages = pages
        self._files = files
        self._archive = archive

    def routes(self) -> list[Route]:
        """Return the routes of ontology and shapes."""
        return [
            Route("/ontology", self.ontology),
            Route("/ontology/{version}", self.ontology_version),
            Route("/shapes", self.shapes),
        ]

    def ontology(self, request: Request) -> Response:
        """Send the ontology, or the page of its terms."""
        offers = [offer for offer, name in _ONTOLOGY.items() if self._files.has(name)]
        offer = choose(request, (HTML, *offers))
        if offer is HTML:
            body = self._pages.render(
                request,
                "ontology.html",
                terms=rows(self._dataset.store, _TERMS),
                files=[(_ONTOLOGY[offer], offer) for offer in offers],
            )
            return respond(request, body, HTML.media_type)
        return self._files.send(request, _ONTOLOGY[offer], {"Vary": "Accept"})

    def ontology_version(self, request: Request) -> Response:
        """Send the ontology of a version; of an older one, lead to the newest release that has it."""
        wanted = request.path_params["version"]
        current = {row["version"].value for row in rows(self._dataset.store, _VERSION)}
        if wanted in current:
            return self.ontology(request)
        release = self._archive.with_ontology(wanted)
        if release is not None:
            address = f"{outer(request)}/releases/{release}/ontology"
            return RedirectResponse(address, 303, {"Cache-Control": "no-cache"})
        known = sorted(current | self._archive.ontologies().keys())
        listed = " or ".join(f"/ontology/{version}" for version in known) or "/ontology"
        raise NotFound(f"no release here has this version of the ontology; see {listed}")

    def shapes(self, request: Request) -> Response:
        """Send the shapes, or the page that explains each rule at its name."""
        offer = choose(request, (TURTLE, HTML) if self._files.has(_RULES) else (TURTLE,))
        return self._files.send(request, _RULES if offer is HTML else "shapes.ttl", {"Vary": "Accept"})

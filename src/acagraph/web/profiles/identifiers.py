"""What a thing is called elsewhere: links with how sure they are and why, and codes."""

from __future__ import annotations

from acagraph.queries.portrait import Portrait
from acagraph.stores import Term
from acagraph.vocab import ACA, BASE, EXTERNAL
from acagraph.web.profiles.model import Link

_OWL, _SSSOM = EXTERNAL["owl"], EXTERNAL["sssom"]
MATCHES = tuple(EXTERNAL["skos"] + name for name in ("exactMatch", "closeMatch"))
CODES = (
    *(
        ACA + name
        for name in ("iso3166Alpha2", "iso3166Alpha3", "m49Code", "subdivisionCode", "unLocode", "isin")
    ),
    EXTERNAL["dcterms"] + "identifier",
)
# The beginnings of addresses elsewhere, with the name of what they are addresses in.
_DATASETS = (
    (EXTERNAL["wd"], "Wikidata"),
    ("https://sws.geonames.org/", "GeoNames"),
    ("http://dbpedia.org/resource/", "DBpedia"),
    ("https://www.openstreetmap.org/", "OpenStreetMap"),
    ("https://ror.org/", "ROR"),
    ("https://lei.info/", "LEI"),
    ("https://isni.org/isni/", "ISNI"),
    ("https://vocabulary.uncefact.org/unlocode#", "UN/LOCODE"),
    ("http://publications.europa.eu/resource/authority/", "EU Vocabularies"),
    ("http://metadata.un.org/sdg/", "UN SDG"),
    ("http://purl.obolibrary.org/obo/", "OBO"),
)
_ORDER = {f"{BASE}scheme/link-status/{name}": place for place, name in enumerate(("confirmed", "candidate"))}


def links(portrait: Portrait) -> tuple[Link, ...]:
    """Return the links of a thing, those that hold first; a link without a record has no status."""
    recorded = [_recorded(portrait, record) for record in portrait.records]
    told = {(link.relation.value, link.target) for link in recorded}
    bare = [
        _link(target, Term("iri", match))
        for match in MATCHES
        for target in portrait.values(portrait.thing, match)
        if target.kind == "iri" and (match, target) not in told
    ]
    return tuple(sorted([*recorded, *bare], key=_order))


def codes(portrait: Portrait) -> tuple[tuple[Term, tuple[Term, ...]], ...]:
    """Return the codes of a thing by property."""
    found = ((Term("iri", code), portrait.values(portrait.thing, code)) for code in CODES)
    return tuple((name, values) for name, values in found if values)


def _recorded(portrait: Portrait, record: Term) -> Link:
    def first(name: str) -> Term | None:
        return portrait.value(record, name)

    def text(name: str) -> str:
        found = first(name)
        return found.value if found else ""

    return _link(
        first(_OWL + "annotatedTarget") or record,
        first(_OWL + "annotatedProperty") or Term("iri", MATCHES[1]),
        status=first(EXTERNAL["adms"] + "status"),
        why=first(_SSSOM + "mapping_justification"),
        confidence=text(_SSSOM + "confidence"),
        comment=text(EXTERNAL["rdfs"] + "comment"),
        made=text(EXTERNAL["dcterms"] + "created"),
    )


def _link(
    target: Term,
    relation: Term,
    *,
    status: Term | None = None,
    why: Term | None = None,
    confidence: str = "",
    comment: str = "",
    made: str = "",
) -> Link:
    beginning, dataset = next(((b, name) for b, name in _DATASETS if target.value.startswith(b)), ("", ""))
    identifier = target.value.removeprefix(beginning).strip("/")
    return Link(dataset, identifier, target, relation, status, why, confidence, comment, made)


def _order(link: Link) -> tuple[int, str, Term]:
    status = link.status.value if link.status else ""
    return _ORDER.get(status, -1 if not status else len(_ORDER)), link.dataset or "~", link.target

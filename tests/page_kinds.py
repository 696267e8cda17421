"""A page of every kind by its name, in the release of the curated data, for all that looks at pages."""

from __future__ import annotations

from urllib.parse import urlencode

HTML = {"Accept": "text/html"}


def _asked(query: str, **view: str) -> str:
    return f"/sparql?{urlencode({'query': query, **view})}"


_NAMES = """SELECT ?name (COUNT(DISTINCT ?member) AS ?members) { ?member aca:memberOf ?c . \
?c skos:prefLabel ?name FILTER(LANG(?name) = "en") } GROUP BY ?name ORDER BY DESC(?members) ?name"""
COUNTRIES = """SELECT ?country (COUNT(DISTINCT ?member) AS ?members) { ?member aca:memberOf ?coalition ; \
aca:country ?country } GROUP BY ?country ORDER BY ?country"""
FOUNDINGS = """SELECT ?coalition ?first { ?founding aca:foundingOf ?coalition ; aca:notBefore ?first } \
ORDER BY ?first ?coalition"""
AROUND = "CONSTRUCT { ?s ?p ?o } { VALUES ?s { coalition:jci } ?s ?p ?o } ORDER BY ?p ?o LIMIT 30"

PAGES = {
    "home": "/",
    "home-es": "/es/",
    "home-ja": "/ja/",
    "map-commitments": "/map/commitments",
    "map-net-zero": "/map/net-zero",
    "map-net-zero-fr": "/fr/map/net-zero",
    "coalitions": "/coalitions",
    "members": "/members",
    "members-2": "/members/2",
    "countries": "/countries",
    "commitments": "/commitments",
    "coalition": "/doc/coalition/jci",
    "coalition-fr": "/fr/doc/coalition/wasi",
    "roster": "/doc/coalition/jci/members/1",
    "roster-ordered": "/doc/coalition/jci/members/1?kind=Business&sort=since&order=down",
    "roster-country": "/doc/place/japan/members/1",
    "agent": "/doc/agent/sony",
    "agent-es": "/es/doc/agent/yokohama-government",
    "country": "/doc/place/japan",
    "country-largest": "/doc/place/united-states",
    "place": "/doc/place/kyoto",
    "person": "/doc/person/fawn-sharp",
    "event": "/doc/event/jci-launch",
    "document": "/doc/document/paris-agreement",
    "commitment": "/doc/statement/4mhxu5rn4d7v76l2",
    "membership": "/doc/statement/2apfk5o6nnpxtial",
    "source": "/doc/source/002",
    "source-2": "/doc/source/002/2",
    "source-ja": "/ja/doc/source/000",
    "queries": "/queries",
    "query": "/queries/members-of-coalition?coalition=jci",
    "query-form": "/queries/members-of-coalition",
    "query-refused": "/queries/members-of-coalition?coalition=no%20such%20thing",
    "query-truth": "/queries/is-member",
    "query-triples": "/queries/coalition-graph",
    "query-elsewhere": "/queries/members-by-wikidata",
    "query-bars": "/queries/members-by-kind",
    "query-upright": "/queries/commitments-by-year-and-kind",
    "query-steps": "/queries/figures-over-time",
    "query-timeline": "/queries/launches",
    "query-map": "/queries/members-by-country.html",
    "query-rows": "/queries/participants",
    "editor": "/sparql",
    "editor-saved": "/sparql?saved=commitments",
    "answer": _asked("SELECT * { ?s ?p ?o } LIMIT 5"),
    "answer-truth": "/sparql.html?query=ASK%20%7B%7D",
    "answer-raw": _asked(_NAMES, view="raw"),
    "answer-bars": _asked(_NAMES, view="chart"),
    "answer-timeline": _asked(FOUNDINGS, view="chart"),
    "answer-map": _asked(COUNTRIES, view="map"),
    "answer-graph": _asked(AROUND, view="graph"),
    "answer-refused": _asked("SELECT * { ?s ?p }"),
    "search": "/search?q=government&country=JP",
    "search-nothing": "/search?q=zzyzx",
    "ontology": "/ontology",
    "ontology-version": "/ontology/1.0.0",
    "term": "/ontology/term/Coalition",
    "term-property": "/ontology/term/memberOf",
    "questions": "/ontology/questions",
    "competency": "/ontology/questions/CQ01",
    "scheme": "/scheme/goal",
    "concept": "/scheme/goal/climate-action",
    "graph": "/graph/shared",
    "data": "/data",
    "dataset": "/dataset",
    "about": "/about",
    "quality": "/quality",
    "report": "/validation/report.html",
    "shapes": "/shapes",
    "rules": "/rules.html",
    "releases": "/releases",
    "api": "/api",
    "preview": "/reconcile/preview?id=coalition/jci",
    "not-found": "/doc/agent/nobody",
}
# What is answered with another status than 200.
REFUSED = {"not-found": 404, "query-refused": 422, "answer-refused": 400}


def status(name: str) -> int:
    """Return the status with which a page is answered."""
    return REFUSED.get(name, 200)

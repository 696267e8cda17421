"""The SPARQL editor in a real browser: it answers, marks errors, completes, cancels and remembers."""

from __future__ import annotations

import csv
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from acagraph.web.assets import Assets
from page_kinds import AROUND, COUNTRIES, FOUNDINGS
from test_pages_browser import SCREENS, driven

COUNTS = """SELECT ?name (COUNT(DISTINCT ?member) AS ?members) { ?member aca:memberOf ?c . \
?c skos:prefLabel ?name FILTER(LANG(?name) = "en") } GROUP BY ?name ORDER BY DESC(?members) ?name LIMIT 4"""
WRONG = """SELECT ?s WHERE {
?s a aca:Coalition .
?s aca:foundedYear ?year ?other .
}"""
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c = ?f && ?f = ?i) }"
ASKS = "ASK { coalition:jci a aca:Coalition }"
# Longer than an address may be.
LONG = f"# {'far too long ' * 1_000}\n{COUNTS}"
SAVED = "coalitions"
QUERIES = {
    "counts": COUNTS,
    "wrong": WRONG,
    "endless": ENDLESS,
    "asks": ASKS,
    "long": LONG,
    "saved": SAVED,
    "countries": COUNTRIES,
    "dates": FOUNDINGS,
    "triples": AROUND,
}


def gone(service: str) -> float:
    """Return how many queries were given up by those who asked, as the server counts them."""
    families = text_string_to_metric_families(httpx.get(f"{service}/metrics", timeout=30).text)
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.labels == {"route": "/sparql", "outcome": "gone"}
    )


@pytest.fixture(scope="module")
def seen(service: str) -> dict[str, Any]:
    """What the editor showed to one who used it."""
    if "editor.js" not in Assets.read().files:
        pytest.skip("the editor is not built (with Node.js: make src/acagraph/web/built/manifest.json)")
    before = gone(service)
    found: dict[str, Any] = driven(
        "editor.mjs", {"origin": service, "folder": str(SCREENS), "queries": QUERIES}
    )
    return {**found, "gone": gone(service) - before}


def test_nothing_is_asked_of_others_or_refused(seen: dict[str, Any]) -> None:
    assert seen["wrong"] == []


def test_a_query_is_answered_as_a_table_and_in_another_view(seen: dict[str, Any], service: str) -> None:
    ran = seen["runs"]
    answer = httpx.get(f"{service}/sparql.csv", params={"query": COUNTS}, timeout=30)
    expected = list(csv.reader(answer.text.splitlines()))[1:]
    assert len(expected) == 4
    assert ran["table"] == expected
    assert ran["bars"] >= len(expected)
    assert parse_qs(urlsplit(ran["chart"]).query)["view"] == ["chart"]
    assert ran["back"] == expected, "the button of the browser leads back to the table"


def test_an_answer_has_every_view_that_its_columns_allow(seen: dict[str, Any], service: str) -> None:
    def told(query: str) -> list[list[str]]:
        answer = httpx.get(f"{service}/sparql.csv", params={"query": query}, timeout=30)
        return list(csv.reader(answer.text.splitlines()))[1:]

    views = seen["views"]
    countries, foundings = told(COUNTRIES), told(FOUNDINGS)
    assert len(countries) > 10
    assert len(foundings) > 5
    triples = httpx.get(f"{service}/sparql.nt", params={"query": AROUND}, timeout=30).text.splitlines()
    assert views["map"] == [len(countries)]
    assert views["raw"] == [1]
    assert "https://w3id.org/acagraph/id/place/japan" in views["text"]
    [moments] = views["chart"]
    assert moments >= len(foundings)
    [linked] = views["graph"]
    assert linked > 10
    assert views["table"] == [len(foundings), len(triples)]


def test_an_answer_is_downloaded(seen: dict[str, Any], service: str) -> None:
    taken = seen["downloads"]
    assert taken["offered"] == ["json", "xml", "csv", "tsv"]
    assert taken["still"] == taken["address"]
    for form in ("csv", "json"):
        answer = httpx.get(f"{service}/sparql.{form}", params={"query": COUNTS}, timeout=30)
        assert taken[form].encode() == answer.content


def test_a_query_too_long_for_an_address_is_answered(seen: dict[str, Any]) -> None:
    assert seen["posts"] == {"table": seen["runs"]["table"], "still": True}


def test_a_saved_query_is_a_beginning(seen: dict[str, Any], service: str) -> None:
    begun = seen["begins"]
    assert "aca:Coalition" in begun["written"]
    answer = httpx.get(f"{service}/sparql.csv", params={"query": begun["written"]}, timeout=30)
    assert len(begun["table"]) == len(list(csv.reader(answer.text.splitlines()))) - 1 > 5


def test_the_address_shares_query_and_answer(seen: dict[str, Any]) -> None:
    assert seen["runs"]["written"] == COUNTS
    assert parse_qs(urlsplit(seen["runs"]["address"]).query)["query"] == [COUNTS]
    shared = seen["shares"]
    assert (shared["written"], shared["table"]) == (COUNTS, seen["runs"]["table"])
    assert shared["kept"] == {}, "what others asked is no part of one's own history"


def test_an_error_is_marked_at_its_line(seen: dict[str, Any]) -> None:
    erred = seen["errs"]
    assert erred["line"] == "3"
    assert erred["said"].startswith("Line 3: ")
    assert erred["marked"] in WRONG.splitlines()[2]
    assert "line 3" in erred["answer"].lower()
    assert erred["marks"] == 0, "a query that was mended has no mark"


def test_names_are_completed_with_their_prefix(seen: dict[str, Any]) -> None:
    completed = seen["completes"]
    assert completed["offered"][0] == "aca:Coalition"
    lines = completed["written"].splitlines()
    assert lines[0] == "PREFIX aca: <https://w3id.org/acagraph/ontology#>"
    assert lines[1].startswith("SELECT * { ?s a aca:Coalition")
    assert completed["held"] == "coalition:jci"


def test_a_query_is_cancelled_on_the_server_too(seen: dict[str, Any]) -> None:
    cancelled = seen["cancels"]
    assert cancelled["running"] == "The query is running."
    assert cancelled["said"] == "The query was cancelled."
    assert cancelled["hidden"] is True
    assert seen["gone"] == 1
    assert "Yes" in cancelled["next"] or "true" in cancelled["next"].lower()


def test_the_history_stays_in_the_browser(seen: dict[str, Any]) -> None:
    remembered = seen["remembers"]
    assert list(remembered["kept"]) == ["acagraph.queries"]
    assert json.loads(remembered["kept"]["acagraph.queries"]) == [ASKS]
    assert remembered["cookies"] == ""
    assert remembered["past"] == [ASKS]
    assert remembered["written"] == ASKS
    assert remembered["asked"]
    assert not any("ASK" in address for address in remembered["asked"])
    past, kept, hidden = remembered["forgotten"]
    assert (past, hidden) == ([], True)
    assert json.loads(kept["acagraph.queries"]) == []


def test_the_form_answers_without_a_script(seen: dict[str, Any]) -> None:
    plain = seen["plain"]
    assert plain["code"] == 0
    assert plain["table"] == seen["runs"]["table"]
    assert plain["written"] == COUNTS
    assert parse_qs(urlsplit(plain["address"]).query)["query"] == [COUNTS]

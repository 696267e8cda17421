"""The search: names in all languages found over HTTP, as pages and as JSON, whatever is asked."""

from __future__ import annotations

import asyncio
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.routing import Mount

import acagraph
from acagraph.errors import AcagraphError, NotFound, ParameterError
from acagraph.reconciliation.finding import NAMES
from acagraph.web import create_app
from acagraph.web.found import LONGEST, MOST, Asked, marked
from acagraph.web.openapi import document

from searched import MILAN, MUNICH, SPRINGFIELDS, write_searchable
from small import served

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JSON = "application/json"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Iterator[acagraph.Dataset]:
    with acagraph.open(write_searchable(tmp_path_factory.mktemp("searchable"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(dataset: acagraph.Dataset) -> Iterator[str]:
    with served(create_app(dataset)) as found:
        yield found


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers={"Accept-Encoding": "identity"}) as found:
        yield found


def ask(client: httpx.Client, **parameters: object) -> dict[str, Any]:
    response = client.get("/search.json", params={name: str(value) for name, value in parameters.items()})
    assert (response.status_code, response.headers["content-type"]) == (200, JSON), response.text
    found: dict[str, Any] = response.json()
    return found


def page(client: httpx.Client, **parameters: object) -> httpx.Response:
    given = {name: str(value) for name, value in parameters.items()}
    return client.get("/search", params=given, headers={"Accept": BROWSER})


class _Page(HTMLParser):
    """Checks that tags nest; collects them, and where links lead by their text."""

    _VOID = frozenset(("meta", "link", "input", "br"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self._text = ""
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.links: dict[str, str] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self._VOID:
            self.open.append(tag)
        if tag == "a":
            self._text = ""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "a":
            self.links[self._text] = self.all("a")[-1]["href"]

    def handle_data(self, data: str) -> None:
        self._text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


# What is found


@pytest.mark.parametrize(
    "text",
    ["munich", "München", "MÜNCHEN", "Muenchen", "munchen", "Munhcen", "ミュンヘン", "  Munich ", "Muni"],
)
def test_a_name_is_found_in_every_language_and_spelling(client: httpx.Client, text: str) -> None:
    assert ask(client, q=text)["results"][0]["iri"] == MUNICH


def test_a_result_says_what_it_is_and_which_name_fitted(client: httpx.Client) -> None:
    found = ask(client, q="münchen")
    assert found["total"] == 1
    [first] = found["results"]
    score = first.pop("score")
    assert 0.5 < score <= 1
    assert first == {
        "iri": MUNICH,
        "label": "Munich",
        "name": "München",
        "description": "Local government in Germany",
        "kinds": ["LocalGovernment", "Agent"],
        "country": "DE",
        "position": None,
        "wikidata": "Q1726",
        "match": True,
    }
    text = page(client, q="münchen").text
    assert '<a href="/doc/agent/muenchen">Munich</a>' in text
    assert 'Also called: <span lang="de"><mark>München</mark></span>' in text
    assert "Local government in Germany" in text


def test_the_answer_is_as_the_interface_describes_it(client: httpx.Client) -> None:
    operation = document({}, version="1")["paths"]["/search.json"]["get"]
    schema = operation["responses"]["200"]["content"][JSON]["schema"]
    for asked in ({}, {"q": "Springfield"}, {"q": "surely nothing"}, {"q": "Tokyo", "offset": "500"}):
        Draft202012Validator(schema).validate(ask(client, **asked))
    parameters = {parameter["name"] for parameter in operation["parameters"]}
    with_form = document({}, version="1")["paths"]["/search"]["get"]["parameters"]
    assert {parameter["name"] for parameter in with_form} == parameters | {"format"}


@pytest.mark.parametrize(
    ("conditions", "number"),
    [
        ({}, SPRINGFIELDS),
        ({"country": "JP"}, 10),
        ({"country": "日本"}, 10),
        ({"country": "Estados Unidos"}, 20),
        ({"kind": "LocalGovernment"}, SPRINGFIELDS),
        ({"kind": "local government", "country": "usa"}, 20),
        ({"kind": "Business"}, 0),
    ],
)
def test_a_search_is_narrowed(client: httpx.Client, conditions: dict[str, str], number: int) -> None:
    assert ask(client, q="Springfield", **conditions)["total"] == number


# Pages


def test_pages_have_everything_once(client: httpx.Client) -> None:
    path, seen = "/search.json?q=Springfield&limit=7", []
    while path:
        response = client.get(path)
        found = response.json()
        seen += [result["iri"] for result in found["results"]]
        path = found["next"]
        assert ('rel="next"' in response.headers["link"]) is (path is not None)
    assert len(seen) == len(set(seen)) == SPRINGFIELDS


def test_marks_of_campaigns_are_left_out_of_account(client: httpx.Client) -> None:
    found = client.get("/search.json", params={"q": "Milano", "utm_source": "letter", "utm_x": "y" * 400})
    assert found.status_code == 200
    assert found.json() == ask(client, q="Milano")
    assert client.get("/search", params={"q": "Milano", "utm_source": "letter"}).status_code == 200


def test_a_number_that_is_a_lower_bound_says_so(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ask(client, q="Springfield")
    assert (found["total"], found["totalIsAtLeast"]) == (SPRINGFIELDS, False)
    assert "At least" not in page(client, q="Springfield").text
    monkeypatch.setattr("acagraph.web.search._LOOKED_UP", SPRINGFIELDS)
    conditions: dict[str, str]
    for conditions in ({}, {"country": "JP"}):
        assert ask(client, q="Springfield", limit=11, **conditions)["totalIsAtLeast"] is True
        assert "At least" in page(client, q="Springfield", limit=11, **conditions).text


def test_a_reader_pages_forth_and_back(client: httpx.Client) -> None:
    first = page(client, q="Springfield", limit=12)
    second = client.get(_Page(first.text).links["Next results"], headers={"Accept": BROWSER})
    assert "Showing 13 to 24." in second.text
    assert '<ol class="found" start="13">' in second.text
    assert _Page(second.text).links["Results before"] == "/search?q=Springfield&limit=12"
    beyond = page(client, q="Springfield", offset=5_000)
    assert "There are no more." in beyond.text
    assert 'rel="next"' not in beyond.headers["link"]


def test_facets_count_what_they_lead_to(client: httpx.Client) -> None:
    found = ask(client, q="Springfield")["facets"]
    assert found["counted"] == SPRINGFIELDS
    assert [facet["label"] for facet in found["countries"]] == ["United States", "Japan"]
    for facet in found["countries"]:
        assert ask(client, q="Springfield", country=facet["value"])["total"] == facet["count"]
    shown = _Page(page(client, q="Springfield").text)
    narrowed = client.get(shown.links["Japan"], headers={"Accept": BROWSER}).text
    assert "<h2>10 results, country: Japan</h2>" in narrowed
    assert _Page(narrowed).links["Any country"] == "/search?q=Springfield"


@pytest.mark.parametrize(
    ("asked", "conditions", "number"),
    [
        ("Tokyo Metropolitan Government", {"coalition": "jci"}, 1),
        ("Tokyo Metropolitan Government", {"coalition": "Japan Climate Initiative"}, 1),
        ("Tokyo Metropolitan Government", {"coalition": "気候変動イニシアティブ"}, 1),
        ("Tokyo Metropolitan Government", {"coalition": "JCI", "kind": "LocalGovernment"}, 1),
        ("Tokyo Metropolitan Government", {"coalition": "https://w3id.org/acagraph/id/coalition/jci"}, 1),
        ("Tokyo Metropolitan Government", {"coalition": "wasi"}, 0),
        ("Japan Climate Initiative", {"year": "2018"}, 1),
        ("Japan Climate Initiative", {"year": "2019"}, 0),
        ("Springfield", {"coalition": "jci"}, 0),
    ],
)
def test_a_search_is_narrowed_by_coalition_and_year(
    client: httpx.Client, asked: str, conditions: dict[str, str], number: int
) -> None:
    found = ask(client, q=asked, **conditions)
    assert (found["total"], len(found["results"])) == (number, number)
    slug = "wasi" if conditions.get("coalition") == "wasi" else "jci"
    assert found["coalition"] == (slug if "coalition" in conditions else None)
    assert found["year"] == conditions.get("year")


def test_coalitions_and_years_are_counted_and_lead_to_themselves(client: httpx.Client) -> None:
    facets = ask(client, q="Tokyo Metropolitan Government")["facets"]
    assert facets["coalitions"] == [{"value": "jci", "label": "Japan Climate Initiative", "count": 1}]
    assert ask(client, q="Japan Climate Initiative")["facets"]["years"] == [
        {"value": "2018", "label": "2018", "count": 1}
    ]
    shown = page(client, q="Tokyo Metropolitan Government")
    assert 'of: <a href="/doc/coalition/jci">Japan Climate Initiative</a>' in shown.text
    narrowed = client.get(
        _Page(shown.text).links["Japan Climate Initiative"],
        headers={"Accept": BROWSER},
        follow_redirects=True,
    )
    assert narrowed.status_code == 200


@pytest.mark.parametrize(
    ("name", "value"), [("coalition", "no such"), ("coalition", "{}<x>"), ("year", "soon"), ("year", "20")]
)
def test_a_condition_that_nothing_is_known_of_is_told(client: httpx.Client, name: str, value: str) -> None:
    response = client.get("/search.json", params={"q": "Tokyo", name: value})
    assert response.status_code == 422
    assert name in response.json()["detail"]
    shown = page(client, q="Tokyo", **{name: value})
    assert shown.status_code == 422
    assert 'role="alert"' in shown.text


@pytest.mark.parametrize("asked", ["munich", "münchen", "Muenchen", "MUNICH", "ミュンヘン"])
def test_munich_is_found_however_it_is_written(client: httpx.Client, asked: str) -> None:
    assert ask(client, q=asked)["results"][0]["iri"] == MUNICH


def test_a_page_in_another_language_names_kinds_and_countries_so(client: httpx.Client) -> None:
    shown = client.get("/es/search", params={"q": "Springfield"}, headers={"Accept": BROWSER}).text
    assert "Estados Unidos" in shown
    assert 'href="/es/search?q=Springfield&amp;country=JP"' in shown


def test_nothing_found_says_what_to_try(client: httpx.Client) -> None:
    response = page(client, q="zzyzx qwrtp", country="IT", kind="Business")
    assert response.status_code == 200
    assert "Nothing found, kind: Business, country: Italy" in response.text
    assert _Page(response.text).links["Search without conditions"] == "/search?q=zzyzx+qwrtp"
    assert ask(client, q="zzyzx qwrtp")["results"] == []


def test_without_a_name_there_is_the_form(client: httpx.Client) -> None:
    for path in ("/search", "/search?q=", "/search?q=+&kind=&country=&limit=&offset="):
        response = client.get(path, headers={"Accept": BROWSER})
        assert response.status_code == 200
        assert '<form role="search"' in response.text
        assert "Nothing found" not in response.text
    assert ask(client)["total"] == 0


@pytest.mark.parametrize("path", ["/search", "/search?q=Springfield&country=JP", "/search?q=x&limit=no", "/"])
def test_pages_are_well_formed_and_accessible(client: httpx.Client, path: str) -> None:
    found = _Page(client.get(path, headers={"Accept": BROWSER}).text)
    assert len(found.all("h1")) == len(found.all("main")) == 1
    labelled = [label["for"] for label in found.all("label")]
    assert sorted(labelled) == sorted(field["id"] for field in found.all("input"))
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert not found.all("script")
    assert len([form for form in found.all("form") if form["action"] == "/search"]) == 1


@pytest.mark.parametrize("path", ["/queries", "/doc/agent/sony", "/sparql", "/nowhere"])
def test_every_page_has_a_search_box(client: httpx.Client, path: str) -> None:
    found = _Page(client.get(path, headers={"Accept": BROWSER}).text)
    [form] = [form for form in found.all("form") if form.get("role") == "search"]
    assert form["action"] == "/search"
    assert "search" in {label["for"] for label in found.all("label")}
    [link] = [link for link in found.all("link") if link["rel"] == "search"]
    assert client.get(link["href"]).headers["content-type"] == link["type"]


# Forms of the answer


def test_the_form_is_negotiated(client: httpx.Client) -> None:
    for path, accept, media_type in (
        ("/search?q=Tokyo", BROWSER, "text/html; charset=utf-8"),
        ("/search?q=Tokyo", JSON, JSON),
        ("/search?q=Tokyo&format=json", BROWSER, JSON),
        ("/search?q=Tokyo&format=html", JSON, "text/html; charset=utf-8"),
        ("/search.json?q=Tokyo", BROWSER, JSON),
    ):
        response = client.get(path, headers={"Accept": accept})
        assert (response.status_code, response.headers["content-type"]) == (200, media_type), path
        assert 'rel="alternate"; type="application/json"' in response.headers["link"]
    assert client.get("/search?q=Tokyo", headers={"Accept": "text/turtle"}).status_code == 406
    assert client.get("/search?q=Tokyo&format=ttl").status_code == 406


def test_an_answer_is_kept(client: httpx.Client) -> None:
    for path in ("/search?q=Tokyo", "/search.json?q=Tokyo"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.head(path).headers["etag"] == first.headers["etag"]
    assert client.get("/search?q=Kyoto").headers["etag"] != client.get("/search?q=Tokyo").headers["etag"]


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ("q=x&kind=Buisness", "kind", "there is no class 'Buisness'; did you mean Business?"),
        ("q=x&country=Narnia", "country", "there is no country 'Narnia'"),
        ("q=x&limit=0", "limit", "no whole number from 1 to 100"),
        ("q=x&limit=1.5", "limit", "no whole number"),
        ("q=x&offset=-1", "offset", "no whole number from 0 to 10,000"),
        (f"q=x&offset={'9' * 200}", "offset", "no whole number"),
        ("q=x&q=y", "q", "is given twice"),
        ("q=x&color=red", "color", "there is no parameter 'color'; there are q, kind"),
        (f"q={'x' * (LONGEST + 1)}", "q", "has 301 characters; write 300 at most"),
    ],
)
def test_a_wrong_parameter_is_told(client: httpx.Client, query: str, parameter: str, said: str) -> None:
    refused = client.get(f"/search.json?{query}")
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert refused.json()["parameter"] == parameter
    assert said in refused.json()["detail"]
    shown = client.get(f"/search?{query}", headers={"Accept": BROWSER})
    assert shown.status_code == 422
    assert '<p class="problem" role="alert">' in shown.text
    assert "<form" in shown.text


# What browsers and other applications need


def test_a_browser_can_learn_to_search_here(client: httpx.Client) -> None:
    response = client.get("/opensearch.xml")
    assert response.headers["content-type"] == "application/opensearchdescription+xml"
    assert response.headers["cache-control"] == "no-cache"
    root = ET.fromstring(response.text)
    assert root.tag == f"{OPENSEARCH}OpenSearchDescription"
    assert len(root.findtext(f"{OPENSEARCH}ShortName") or "") in range(1, 17)
    for kind in ("text/html", JSON):
        [url] = root.findall(f"{OPENSEARCH}Url[@type='{kind}']")
        template = url.attrib["template"].replace("{searchTerms}", "M%C3%BCnchen")
        filled = template.replace("{startIndex?}", "").replace("{count?}", "")
        assert "Munich" in httpx.get(filled, headers={"Accept": kind}).text
    hostile = client.get("/opensearch.xml", headers={"Host": 'x" onload="y'})
    assert hostile.status_code == 400 or "onload" not in hostile.text


def test_a_search_within_another_application_stays_there(dataset: acagraph.Dataset) -> None:
    app = Starlette(routes=[Mount("/kg", create_app(dataset))])
    with served(app) as found, httpx.Client(base_url=found) as client:
        text = client.get("/kg/search?q=Springfield&limit=5", headers={"Accept": BROWSER}).text
        paths = [link["href"] for link in _Page(text).all("a") if link["href"].startswith("/")]
        assert all(path.startswith("/kg/") for path in paths)
        assert (
            client.get("/kg/search.json?q=Springfield&limit=5").json()["next"].startswith("/kg/search.json?")
        )
        assert f"{found}/kg/search?q=" in client.get("/kg/opensearch.xml").text


def test_a_release_without_an_index_says_so(tmp_path: Path) -> None:
    write_searchable(tmp_path)
    (tmp_path / NAMES).unlink()
    with (
        acagraph.open(tmp_path) as dataset,
        served(create_app(dataset)) as found,
        httpx.Client(base_url=found, headers={"Accept": JSON}) as client,
    ):
        for path in ("/search?q=Tokyo", "/search.json?q=Tokyo", "/search", "/opensearch.xml"):
            assert client.get(path).status_code == 404
        assert "no index of names" in client.get("/search?q=Tokyo").json()["detail"]
        assert 'role="search"' not in client.get("/", headers={"Accept": BROWSER}).text
        with pytest.raises(NotFound, match="no index of names"):
            dataset.find("Tokyo")


def test_an_index_of_another_version_is_as_none(tmp_path: Path) -> None:
    write_searchable(tmp_path)
    (tmp_path / NAMES).write_bytes(b"of another version")
    with acagraph.open(tmp_path) as dataset, served(create_app(dataset)) as found:
        assert not dataset.is_searchable
        response = httpx.get(f"{found}/search?q=Tokyo", headers={"Accept": JSON})
        assert response.status_code == 404
        assert "is of another version of acagraph" in response.json()["detail"]
        assert str(tmp_path) not in response.text
        assert 'role="search"' not in httpx.get(f"{found}/queries", headers={"Accept": BROWSER}).text


# Hostile input


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}",
        "javascript:alert(1)",
        "'--",
    ],
)
def test_what_is_asked_is_shown_as_text(client: httpx.Client, hostile: str) -> None:
    for parameters in (
        {"q": hostile},
        {"q": "x", "kind": hostile},
        {"q": "x", "country": hostile},
        {hostile: "x"},
    ):
        response = page(client, **parameters)
        found = _Page(response.text)
        assert not found.all("script")
        assert not found.all("img")
        assert "49" not in response.text.partition("<main")[2].partition("</main")[0]
        assert not any(link["href"].startswith("javascript:") for link in found.all("a"))
        links = response.headers.get("link", "")
        assert "<script" not in links
        assert '"><' not in links
    assert ask(client, q=hostile)["q"] == hostile


def test_labels_that_are_not_english_say_their_language(client: httpx.Client) -> None:
    assert '<a href="/doc/agent/power" lang="de">' in page(client, q="+Power").text
    assert 'lang="de">+Power &lt;b&gt;' in client.get("/reconcile/preview", params={"id": "agent/power"}).text
    assert (
        "lang="
        not in client.get("/reconcile/preview", params={"id": "agent/milano"}).text.partition("<body>")[2]
    )


def test_labels_of_the_data_are_shown_as_text(client: httpx.Client) -> None:
    text = page(client, q="Power Söhne").text
    assert "&lt;b&gt;&amp;" in text
    assert "<b>" not in text


def test_control_characters_are_blanks(client: httpx.Client) -> None:
    response = client.get("/search?q=Mun%00ich%0d%0aX-Evil:%201%1b&format=html")
    assert response.status_code == 200
    assert not {"\x00", "\x1b"} & set(response.text)
    assert "x-evil" not in response.headers
    assert ask(client, q="\x00\x01\x7f")["q"] == ""


def test_a_name_of_a_megabyte_is_refused(dataset: acagraph.Dataset) -> None:
    # A server in front of it would refuse such an address before; the application has to as well.
    sent: list[dict[str, Any]] = []

    async def asked() -> None:
        app = create_app(dataset)
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
            "path": "/search.json", "raw_path": b"/search.json", "query_string": b"q=" + b"x" * 1_000_000,
            "headers": [(b"host", b"e.org")], "client": ("127.0.0.1", 1), "server": ("e.org", 80),
            "scheme": "http", "root_path": "",
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await app(scope, receive, send)

    asyncio.run(asked())
    assert sent[0]["status"] == 422
    body = b"".join(message.get("body", b"") for message in sent)
    assert "1,000,000 characters" in json.loads(body)["detail"]


@given(text=st.text(max_size=LONGEST), offset=st.integers(0, 10_000), limit=st.integers(1, MOST))
@settings(max_examples=60)
def test_any_text_is_answered(client: httpx.Client, text: str, offset: int, limit: int) -> None:
    given = urlencode({"q": text.encode("utf-8", "replace"), "offset": offset, "limit": limit})
    found = client.get(f"/search.json?{given}")
    assert found.status_code == 200, found.text
    assert len(found.json()["results"]) == min(limit, max(found.json()["total"] - offset, 0))
    shown = client.get(f"/search?{given}", headers={"Accept": BROWSER})
    assert shown.status_code == 200
    _Page(shown.text)


@given(
    st.dictionaries(
        st.sampled_from(("q", "kind", "country", "coalition", "year", "limit", "offset", "other")), st.text()
    )
)
def test_parameters_are_read_or_refused(given_: dict[str, str]) -> None:
    try:
        asked = Asked.of(QueryParams(given_))
    except ParameterError:
        with pytest.raises(ParameterError) as raised:
            Asked.of(QueryParams(given_))
        assert raised.value.parameter in given_
        return
    assert Asked.of(QueryParams(asked.given)) == asked
    assert parse_qs(urlsplit(f"/search?{urlencode(asked.given)}").query).keys() == asked.given.keys()


@given(st.text(), st.text())
def test_marks_change_no_letter(name: str, asked: str) -> None:
    assert "".join(text for text, _ in marked(name, asked)) == name


def test_marks_stand_where_words_begin_alike() -> None:
    assert marked("Ville de Genève", "geneve") == (("Ville de ", False), ("Genève", True))
    assert marked("São Paulo", "sao paulo") == (("São", True), (" ", False), ("Paulo", True))
    assert marked("東京都", "Tokyo") == (("東京都", False),)


# The same from Python


def test_a_name_is_found_from_python(dataset: acagraph.Dataset) -> None:
    [found] = dataset.find("Milano", country="Italia", limit=1)
    assert (found.thing.iri, found.match) == (MILAN, True)
    assert dataset.find("Milano", country="IT", kind="Business") == []
    assert not any(match.match for match in dataset.find("Springfield"))
    assert dataset.finder() is dataset.finder()
    with pytest.raises(AcagraphError, match="there is no class"):
        dataset.find("Milano", kind="Municipalty")
    with pytest.raises(AcagraphError, match="there is no country"):
        dataset.find("Milano", country="Narnia")


def test_quoting_of_addresses_keeps_the_name(client: httpx.Client) -> None:
    name = "a&b=c#d?e/f%20+g"
    data = _Page(page(client, q=name).text).all("link")
    [link] = [each["href"] for each in data if each.get("type") == JSON]
    assert client.get(link).json()["q"] == name == ask(client, q=name)["q"]
    assert quote("&", safe="") in link

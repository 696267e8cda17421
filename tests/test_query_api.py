"""Saved queries over HTTP: formats, pages of rows, errors, validators and the form."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

import acagraph
from acagraph.stores.media import SIMPLE, SIMPLE_PROFILE, SPREADSHEET
from acagraph.web import create_app

from small import served, write_release

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
MEMBERS = "/queries/members-of-coalition"
NAMES = ["Ricoh", "Sony", "Tokyo Metropolitan Government"]
SUFFIXES = [
    ("json", "application/sparql-results+json"),
    ("csv", "text/csv; charset=utf-8; header=present"),
    ("tsv", "text/tab-separated-values; charset=utf-8"),
    ("xml", "application/sparql-results+xml"),
    ("simple.json", f'application/json; profile="{SIMPLE_PROFILE}"'),
    ("ttl", "text/turtle; charset=utf-8"),
    ("jsonld", "application/ld+json"),
    ("nt", "application/n-triples"),
    ("rdf", "application/rdf+xml"),
    ("html", "text/html; charset=utf-8"),
]
# Queries of types that the small release's own do not have.
MORE = {
    "ordered": """#+ summary: Figures, ordered
#+ description: Every figure, by value.
#+ params:
#+   - {name: order, type: enum, values: [rising, falling], default: rising, example: falling}
#+   - {name: year, type: year, minimum: 1990, maximum: 2100, example: 2018}
#+   - {name: most, type: integer, minimum: 1, example: 3}
#+   - {name: since, type: date, example: 2018-07}
SELECT ?figure ?order ?year ?most ?since WHERE { ?figure a aca:Figure }
ORDER BY ?figure
""",
    "hostile": """#+ summary: What a spreadsheet would run
#+ description: Texts and numbers that begin alike.
SELECT ?text ?number WHERE {
  VALUES (?text ?number) { ("=1+1" -1) ("-1" 0.1234567890123456789) ("plain, \\"quoted\\"" UNDEF) }
}
ORDER BY ?text
""",
    "pairs": """#+ summary: Pairs
#+ description: Rows enough for several pages.
#+ params:
#+   - {name: mark, type: string, default: x, example: y}
SELECT ?a ?b ?mark WHERE {
  VALUES ?a { 0 1 2 3 4 5 6 7 8 9 } VALUES ?b { 0 1 2 }
}
ORDER BY ?a DESC(?b)
VALUES ?a { 0 1 2 3 4 5 6 }
""",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = write_release(tmp_path_factory.mktemp("release"))
    for name, text in MORE.items():
        (folder / "queries" / f"{name}.rq").write_text(text, encoding="utf-8")
    (folder / "manifest.json").write_text('{"version": "2.0.0"}', encoding="utf-8")
    with (
        acagraph.open(folder) as dataset,
        served(create_app(dataset)) as address,
        httpx.Client(base_url=address, headers={"Accept": "*/*"}) as found,
    ):
        yield found


def get(client: httpx.Client, path: str, accept: str = "*/*", **headers: str) -> httpx.Response:
    return client.get(path, headers={"Accept": accept, **headers})


def links(response: httpx.Response) -> dict[str, str]:
    """Return the addresses of a Link header by relation, of alternates only the last."""
    found = re.findall(r'<([^>]*)>; rel="([a-z]+)"', response.headers["link"])
    return {relation: address for address, relation in found}


def follow(client: httpx.Client, path: str, accept: str = "*/*") -> list[httpx.Response]:
    """Return a page and all those after it, as the links lead."""
    pages = [get(client, path, accept)]
    while "next" in (found := links(pages[-1])):
        assert len(pages) < 50
        pages.append(get(client, found["next"], accept))
    return pages


# The list, and formats


def test_the_list_of_questions(client: httpx.Client) -> None:
    listed = get(client, "/queries.json").json()
    assert [query["name"] for query in listed] == sorted(query["name"] for query in listed)
    by_name = {query["name"]: query for query in listed}
    members = by_name["members-of-coalition"]["parameters"][0]
    assert (members["name"], members["required"]) == ("coalition", True)
    order, year, *_ = by_name["ordered"]["parameters"]
    assert order["values"] == ["rising", "falling"]
    assert (year["minimum"], year["maximum"]) == (1990, 2100)
    assert get(client, "/queries", "application/json").json() == listed


@pytest.mark.parametrize(("suffix", "content_type"), SUFFIXES)
def test_a_suffix_chooses_the_format(client: httpx.Client, suffix: str, content_type: str) -> None:
    response = get(client, f"{MEMBERS}.{suffix}?coalition=jci", "image/png")
    assert (response.status_code, response.headers["content-type"]) == (200, content_type)
    assert "Ricoh" in response.text
    link = response.headers["link"]
    assert f'<{MEMBERS}.csv?coalition=jci>; rel="alternate"; type="text/csv"' in link
    assert f'<{MEMBERS}.simple.json?coalition=jci>; rel="alternate"; type="application/json"' in link
    assert 'rel="first"' not in link
    assert response.headers["vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        (f'application/json;profile="{SIMPLE_PROFILE}"', SIMPLE.content_type),
        (f"application/json; profile={SIMPLE_PROFILE}; q=0.9, text/csv; q=0.5", SIMPLE.content_type),
        ("text/csv", SPREADSHEET.content_type),
        (BROWSER, "text/html; charset=utf-8"),
    ],
)
def test_a_question_without_suffix_negotiates(client: httpx.Client, accept: str, content_type: str) -> None:
    response = get(client, f"{MEMBERS}?coalition=jci", accept)
    assert (response.status_code, response.headers["content-type"]) == (200, content_type)


def test_without_a_limit_the_engine_s_own_answer_is_sent(
    client: httpx.Client, small: acagraph.Dataset
) -> None:
    query = small.queries["members-of-coalition"]
    for suffix, media_type in (SUFFIXES[0], SUFFIXES[3], ("tsv", "text/tab-separated-values")):
        expected = acagraph.queries.run(small.store, query, {"coalition": "jci"}, accept=media_type).read()
        assert get(client, f"{MEMBERS}.{suffix}?coalition=jci").content == expected


def test_csv_is_for_spreadsheets(client: httpx.Client) -> None:
    body = get(client, "/queries/hostile.csv").content
    assert body.startswith(b"\xef\xbb\xbftext,number\r\n")
    assert list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))) == [
        ["text", "number"],
        ["'-1", "0.1234567890123456789"],
        ["'=1+1", "-1"],
        ['plain, "quoted"', ""],
    ]
    assert get(client, "/queries/hostile.tsv").text.splitlines()[1] == '"-1"\t0.1234567890123456789'


def test_simple_json_is_a_list_of_objects(client: httpx.Client) -> None:
    assert get(client, "/queries/hostile.simple.json").json() == [
        {"text": "-1", "number": 0.1234567890123456789},
        {"text": "=1+1", "number": -1},
        {"text": 'plain, "quoted"', "number": None},
    ]
    figures = get(client, "/queries/figures.simple.json").json()
    assert [(type(figure["value"]), figure["value"]) for figure in figures] == [(int, 105)]
    asked = "/queries/is-member.simple.json?" + urlencode({"agent": "sony", "coalition": "jci"})
    assert get(client, asked).json() is True
    assert get(client, asked.replace("sony", "tokyo")).json() is True
    assert get(client, asked.replace("jci", "wasi")).json() is False


def test_a_graph_is_answered_as_rdf(client: httpx.Client) -> None:
    path = "/queries/members-as-graph.ttl?coalition=jci"
    assert len(rdflib.Graph().parse(data=get(client, path).text, format="turtle")) == 6
    simple = get(client, "/queries/members-as-graph.simple.json?coalition=jci")
    assert (simple.status_code, "choose one of ttl" in simple.json()["detail"]) == (406, True)


@pytest.mark.parametrize("suffix", [name for name, _ in SUFFIXES])
def test_an_answer_that_the_client_has_is_not_computed(client: httpx.Client, suffix: str) -> None:
    path = f"{MEMBERS}.{suffix}?coalition=jci"
    full = get(client, path)
    tag = full.headers["etag"]
    assert not tag.startswith("W/")
    same = get(client, path, **{"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    other = get(client, f"{path}&limit=1", **{"If-None-Match": tag})
    assert (other.status_code, other.headers["etag"] != tag) == (200, True)
    assert full.headers["cache-control"].startswith("public")


# Pages of rows


@pytest.mark.parametrize(("suffix", "content_type"), SUFFIXES)
def test_pages_come_in_every_format(client: httpx.Client, suffix: str, content_type: str) -> None:
    pages = follow(client, f"{MEMBERS}.{suffix}?coalition=jci&limit=2")
    assert [page.status_code for page in pages] == [200, 200]
    assert {page.headers["content-type"] for page in pages} == {content_type}
    assert [[name for name in NAMES if name in page.text] for page in pages] == [NAMES[:2], NAMES[2:]]
    for page in pages:
        assert links(page)["first"] == f"{MEMBERS}.{suffix}?coalition=jci&limit=2"


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 7, 20, 21, 22, 10_000])
def test_all_pages_together_are_the_whole(client: httpx.Client, limit: int) -> None:
    whole = get(client, "/queries/pairs.simple.json?mark=z").json()
    assert len(whole) == 21
    assert whole[:2] == [{"a": 0, "b": 2, "mark": "z"}, {"a": 0, "b": 1, "mark": "z"}]
    pages = follow(client, f"/queries/pairs.simple.json?limit={limit}&mark=z")
    found = [page.json() for page in pages]
    assert [len(rows) for rows in found[:-1]] == [limit] * (len(found) - 1)
    assert 1 <= len(found[-1]) <= limit
    assert [row for rows in found for row in rows] == whole


@pytest.mark.parametrize("suffix", ["json", "xml", "csv", "tsv"])
def test_one_page_of_everything_is_the_whole_answer(client: httpx.Client, suffix: str) -> None:
    whole = get(client, f"/queries/pairs.{suffix}")
    page = get(client, f"/queries/pairs.{suffix}?limit=21")
    assert page.content == whole.content
    assert "next" not in links(page)


def test_the_next_page_may_be_asked_in_another_form_and_size(client: httpx.Client) -> None:
    first = get(client, "/queries/pairs?limit=4", "text/csv")
    following = urlsplit(links(first)["next"])
    assert following.path == "/queries/pairs"
    cursor = parse_qs(following.query)["cursor"][0]
    assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor)
    rows = get(client, f"/queries/pairs.simple.json?limit=2&cursor={cursor}").json()
    assert rows == get(client, "/queries/pairs.simple.json").json()[4:6]
    past = get(client, links(follow(client, "/queries/pairs?limit=20")[0])["next"].replace("20", "1", 1))
    assert len(past.json()["results"]["bindings"]) == 1


def refused(response: httpx.Response, parameter: str, said: str) -> None:
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (response.status_code, problem["status"], problem["parameter"]) == (422, 422, parameter)
    assert said in problem["detail"]
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


@pytest.mark.parametrize("limit", ["0", "10001", "-1", "1.5", "ten", "１０", "9" * 400, " 5", "5;x"])
def test_a_limit_is_a_number_in_its_range(client: httpx.Client, limit: str) -> None:
    response = client.get("/queries/pairs", params={"limit": limit})
    refused(response, "limit", "write a whole number from 1 to 10000")


@pytest.mark.parametrize("name", ["members-as-graph", "is-member"])
def test_what_has_no_rows_has_no_pages(client: httpx.Client, name: str) -> None:
    arguments = {"coalition": "jci", "limit": "5"} | ({"agent": "sony"} if name == "is-member" else {})
    refused(client.get(f"/queries/{name}", params=arguments), "limit", "has no rows to be paged")


def test_a_cursor_is_of_one_question_in_one_release(client: httpx.Client, address: str) -> None:
    path = f"{MEMBERS}?coalition=jci&limit=1"
    cursor = parse_qs(urlsplit(links(get(client, path))["next"]).query)["cursor"][0]
    assert get(client, f"{path}&cursor={cursor}").status_code == 200
    begin = "begin again without it"
    refused(get(client, f"/queries/pairs?limit=1&cursor={cursor}"), "cursor", begin)
    refused(get(client, f"{path}&kind=Business&cursor={cursor}"), "cursor", begin)
    refused(httpx.get(f"{address}{path}&cursor={cursor}"), "cursor", begin)  # another release
    refused(get(client, f"{MEMBERS}?coalition=jci&cursor={cursor}"), "limit", "needs a limit")
    # The same coalition by another name is the same question.
    assert get(client, f"{path.replace('jci', 'JCI')}&cursor={cursor}").status_code == 200


@given(data=st.data())
@settings(max_examples=50)
def test_an_altered_cursor_is_refused(client: httpx.Client, data: st.DataObject) -> None:
    path = "/queries/pairs.json?limit=3"
    cursor = parse_qs(urlsplit(links(get(client, path))["next"]).query)["cursor"][0]
    place = data.draw(st.integers(0, len(cursor) - 1))
    character = data.draw(st.sampled_from("ABab09-_=%+ ").filter(lambda it: it != cursor[place]))
    for altered in (cursor[:place] + character + cursor[place + 1 :], cursor[:place] or "A", cursor + "A"):
        response = client.get("/queries/pairs.json", params={"limit": "3", "cursor": altered})
        refused(response, "cursor", "begin again")


# Parameters


@pytest.mark.parametrize(
    ("path", "status", "said", "parameter"),
    [
        (MEMBERS, 422, "needs the parameter coalition", "coalition"),
        (f"{MEMBERS}.csv?coalition=jci&town=x", 422, "it takes coalition=jci", "town"),
        (f"{MEMBERS}.csv?coalition=jcy", 422, "did you mean jci", "coalition"),
        (f"{MEMBERS}?coalition=jci&kind=Busines", 422, "did you mean Business", "kind"),
        (f"{MEMBERS}?coalition=jci&coalition=wasi", 422, "twice", "coalition"),
        ("/queries/ordered?order=up", 422, "write one of rising, falling", "order"),
        ("/queries/ordered?order=RISING", 422, "is none of its values", "order"),
        (
            "/queries/ordered?year=1989",
            422,
            "out of range; write a year of four digits from 1990 to 2100",
            "year",
        ),
        ("/queries/ordered?year=18", 422, "is not a year", "year"),
        ("/queries/ordered?most=0", 422, "write a whole number of 1 at least", "most"),
        ("/queries/ordered?since=July", 422, "write a year, a month or a day", "since"),
        ("/queries/member-of-coalition", 404, "did you mean members-of-coalition", None),
        (f"{MEMBERS}.png?coalition=jci", 406, "choose one of json", None),
        ("/queries/members-as-graph.csv?coalition=jci", 406, "choose one of ttl", None),
    ],
)
def test_a_bad_question_is_a_problem(
    client: httpx.Client, path: str, status: int, said: str, parameter: str | None
) -> None:
    response = get(client, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert said in response.json()["detail"]
    assert response.json().get("parameter") == parameter


def test_typed_values_arrive(client: httpx.Client) -> None:
    asked = {"order": "falling", "year": "2018", "most": "3", "since": "2018-07", "limit": ""}
    (row,) = client.get("/queries/ordered.simple.json", params=asked).json()
    row.pop("figure")
    assert row == {"order": "falling", "year": 2018, "most": 3, "since": "2018-07-01T00:00:00Z"}
    (row,) = client.get("/queries/ordered.simple.json").json()
    assert (row["order"], row["year"]) == ("rising", None)


# The form


class _Form(HTMLParser):
    """Collects the fields of a page, the options of each and the links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, dict[str, str]] = {}
        self.options: dict[str, list[str]] = {}
        self.chosen: list[str] = []
        self.links: list[dict[str, str]] = []
        self._name, self._option = "", False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in ("input", "select"):
            self._name = found["name"]
            self.fields[self._name] = found
        elif tag == "a":
            self.links.append(found)
        self._option = tag == "option"
        if tag == "option" and "selected" in found:
            self.chosen.append(self._name)

    def handle_data(self, data: str) -> None:
        if self._option and data.strip():
            self.options.setdefault(self._name, []).append(data.strip())


def test_the_form_knows_the_types(client: httpx.Client) -> None:
    form = _Form(get(client, "/queries/ordered?order=falling&year=2018", BROWSER).text)
    assert list(form.fields) == ["order", "year", "most", "since", "limit"]
    assert form.options["order"] == ["rising", "falling"]
    assert form.chosen == ["order"]
    year, most, since, limit = (form.fields[name] for name in ("year", "most", "since", "limit"))
    assert (year["type"], year["min"], year["max"], year["value"]) == ("number", "1990", "2100", "2018")
    assert (most["type"], most["min"], "max" in most) == ("number", "1", False)
    assert re.fullmatch(since["pattern"], "2018-07")
    assert (limit["type"], limit["min"], limit["max"]) == ("number", "1", "10000")
    assert "limit" not in _Form(get(client, "/queries/members-as-graph", BROWSER).text).fields


def test_the_page_of_a_question_is_its_form_and_its_answer(client: httpx.Client) -> None:
    empty = get(client, MEMBERS, BROWSER)
    assert empty.status_code == 200
    assert '<label for="p-coalition">coalition</label>' in empty.text
    assert "members-of-coalition?coalition=jci" in empty.text
    assert "This is an example" in empty.text
    answered = get(client, f"{MEMBERS}?coalition=jci&kind=", BROWSER)
    assert "<caption>Members of a coalition: 3 rows</caption>" in answered.text
    assert '<a href="/doc/agent/sony"' in answered.text
    assert "This is an example" not in answered.text
    wrong = get(client, f"{MEMBERS}?coalition=jcy", BROWSER)
    assert wrong.status_code == 422
    assert "did you mean jci?" in wrong.text
    assert 'value="jcy"' in wrong.text
    assert 'aria-describedby="f-coalition d-coalition" aria-invalid="true"' in wrong.text
    assert wrong.headers["cache-control"] == "no-store"


def test_a_page_leads_to_the_next_rows(client: httpx.Client) -> None:
    shown: list[str] = []
    page = get(client, f"{MEMBERS}?coalition=jci&limit=2", BROWSER)
    for _ in range(2):
        shown += [name for name in NAMES if f">{name}</a>" in page.text]
        following = [link["href"] for link in _Form(page.text).links if link.get("rel") == "next"]
        assert following == [link for link in (links(page).get("next"),) if link]
        if following:
            page = get(client, following[0], BROWSER)
    assert shown == NAMES
    assert not following


@pytest.mark.parametrize("path", ["/queries/ordered", "/queries/pairs?limit=2", "/queries/hostile"])
def test_pages_of_rows_can_be_read_by_all(client: httpx.Client, path: str) -> None:
    text = get(client, path, BROWSER).text
    labelled = set(re.findall(r'<label for="([^"]*)"', text))
    fields = set(re.findall(r'<(?:input|select) [^>]*?\bid="([^"]*)"', text))
    assert labelled == fields
    assert not re.search(r"<script|<style| style=| onclick=", text)


def test_head_is_get_without_a_body(client: httpx.Client) -> None:
    for path in (f"{MEMBERS}.csv?coalition=jci", f"{MEMBERS}?coalition=jci&limit=1"):
        full, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-type", "content-length", "etag", "link"):
            assert head.headers[name] == full.headers[name]

"""The first page and the lists: what they count, how they are narrowed, and that unknown is never zero."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

import acagraph
from acagraph.errors import NotFound, ParameterError
from acagraph.stores import Store
from acagraph.vocab import ACA, BASE
from acagraph.web import create_app
from acagraph.web.browse.narrowing import UNKNOWN, Catalogue
from acagraph.web.browse.news import news
from acagraph.web.browse.survey import Survey, survey

from small import QUERIES, served

DATA = """
@prefix aca: <https://w3id.org/acagraph/ontology#> .
@prefix agent: <https://w3id.org/acagraph/id/agent/> .
@prefix coalition: <https://w3id.org/acagraph/id/coalition/> .
@prefix event: <https://w3id.org/acagraph/id/event/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix place: <https://w3id.org/acagraph/id/place/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix source: <https://w3id.org/acagraph/id/source/> .
@prefix stmt: <https://w3id.org/acagraph/id/statement/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

aca:Agent a owl:Class .
aca:Organisation rdfs:subClassOf aca:Agent .
aca:Business rdfs:subClassOf aca:Organisation , aca:Agent ; skos:prefLabel "business"@en , "empresa"@es .
aca:Government rdfs:subClassOf aca:Organisation , aca:Agent ; skos:prefLabel "government"@en .
aca:Coalition rdfs:subClassOf aca:Organisation , aca:Agent ; skos:prefLabel "coalition"@en .
aca:NetZeroTarget rdfs:subClassOf aca:Commitment ; skos:prefLabel "net-zero target"@en .
aca:PrinciplePledge rdfs:subClassOf aca:Commitment ; skos:prefLabel "pledge"@en .

place:japan aca:iso3166Alpha2 "JP" ; skos:prefLabel "Japan"@en , "Japón"@es ; aca:governedBy agent:japan .
place:vietnam aca:iso3166Alpha2 "VN" ; skos:prefLabel "Vietnam"@en ; aca:governedBy agent:vietnam .
place:chad aca:iso3166Alpha2 "TD" ; skos:prefLabel "Chad"@en .
coalition:jci a aca:Coalition , aca:Organisation ; aca:country place:japan ;
  skos:prefLabel "Japan Climate Initiative"@en .
coalition:vcca a aca:Coalition ; skos:prefLabel "Vietnam Coalition"@en ; aca:country place:vietnam .
event:launch a aca:Founding ; aca:foundingOf coalition:jci ; aca:dateText "2018-07" ;
  aca:notBefore "2018-07-01T00:00:00Z"^^xsd:dateTime .
agent:sony a aca:Business , aca:Organisation , aca:Agent ; skos:prefLabel "Sony"@en ;
  aca:country place:japan ; aca:memberOf coalition:jci .
agent:nowhere a aca:Agent ; skos:prefLabel "=cmd()|'<b>'"@fr ; aca:memberOf coalition:jci .
agent:japan a aca:Government ; skos:prefLabel "Japan's government"@en ; aca:country place:japan .
agent:vietnam a aca:Government ; skos:prefLabel "Vietnam's government"@en ; aca:country place:vietnam .
stmt:old aca:committedBy agent:sony ; a aca:NetZeroTarget ; aca:targetYear "2060"^^xsd:gYear .
stmt:new aca:committedBy agent:sony ; a aca:NetZeroTarget , aca:Commitment ; aca:supersedes stmt:old ;
  aca:targetYear "2040"^^xsd:gYear .
stmt:pledge aca:committedBy agent:nowhere ; a aca:PrinciplePledge .
stmt:nation aca:committedBy agent:japan ; a aca:NetZeroTarget ; aca:targetYear "2050"^^xsd:gYear .
stmt:sooner aca:committedBy agent:japan ; a aca:NetZeroTarget ; aca:targetYear "2045"^^xsd:gYear .
stmt:someday aca:committedBy agent:vietnam ; a aca:NetZeroTarget .
source:001 a aca:Source .
"""
SUPERCLASSES = {
    ACA + "Business": frozenset((ACA + "Organisation", ACA + "Agent")),
    ACA + "Government": frozenset((ACA + "Organisation", ACA + "Agent")),
    ACA + "Coalition": frozenset((ACA + "Organisation", ACA + "Agent")),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browse")
    store = pyoxigraph.Store(str(folder / "store"))
    store.load(
        DATA.encode(),
        format=pyoxigraph.RdfFormat.TURTLE,
        to_graph=pyoxigraph.NamedNode(f"{BASE}graph/shared"),
    )
    store.flush()
    del store
    shutil.copytree(QUERIES, folder / "queries")
    (folder / "manifest.json").write_text(json.dumps({"version": "1.2.3"}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    with (
        acagraph.open(folder) as dataset,
        served(create_app(dataset)) as address,
        httpx.Client(base_url=address, headers={"Accept": "text/html"}) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def found(folder: Path) -> Survey:
    with acagraph.open(folder) as dataset:
        return survey(dataset.store, SUPERCLASSES)


def main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def table(page: str) -> list[list[str]]:
    """Return the cells of the table of a list."""
    body = re.search(r"<tbody>.*?</tbody>", main(page), re.DOTALL)
    if body is None:
        return []
    rows = ElementTree.fromstring(body[0])
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in rows]


def test_a_survey_counts_what_is_current(found: Survey) -> None:
    assert [member.name for member in found.members] == ["=cmd()|'<b>'", "Sony"]
    assert [(one.actor.name, one.year) for one in found.commitments] == [
        ("=cmd()|'<b>'", None),
        ("Japan's government", 2045),
        ("Japan's government", 2050),
        ("Sony", 2040),
        ("Vietnam's government", None),
    ]
    assert found.years == {None: (1, 1), 2040: (1, 0), 2045: (1, 0), 2050: (1, 0)}
    assert (found.placeless, found.actors, found.sources) == (1, 4, 1)


def test_the_kind_is_the_narrowest_class_or_not_known(found: Survey) -> None:
    nowhere, sony = found.members
    assert sony.kinds == (ACA + "Business",)
    assert nowhere.kinds == ()


def test_what_is_not_known_of_a_country_is_no_zero(found: Survey) -> None:
    countries = {one.code: one for one in found.countries}
    assert (countries["JP"].net_zero, countries["JP"].promises_net_zero) == (2045, True)
    assert (countries["VN"].net_zero, countries["VN"].promises_net_zero) == (None, True)
    assert (countries["TD"].net_zero, countries["TD"].promises_net_zero) == (None, False)
    assert countries["VN"].coalitions == (f"{BASE}id/coalition/vcca",)


def test_a_coalition_without_a_founding_has_no_date(found: Survey) -> None:
    dates = {one.actor.name: (one.date, one.founded, one.members) for one in found.coalitions}
    assert dates == {"Japan Climate Initiative": ("2018-07", True, 2), "Vietnam Coalition": ("", False, 0)}


def test_the_first_page_tells_what_is_here(client: httpx.Client) -> None:
    page = client.get("/").text
    counts = dict(re.findall(r'<dt><a href="[^"]*">([^<]*)</a></dt><dd>([^<]*)</dd>', page))
    assert counts == {
        "Coalitions": "2",
        "Members named": "2",
        "Countries with members": "1",
        "Commitments": "5",
        "Sources": "1",
    }
    assert "Country not known: 1." in page
    assert "Target year not known: 2." in page
    # A coalition is active in Vietnam, of whose members none is named.
    assert re.search(r'Vietnam</a></td><td class="unknown">not known</td>', page)
    assert '<a href="/map/commitments#map">' in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("path", "title", "cells"),
    [
        ("/map/commitments", "Commitments by country", ['Japan</a></td><td class="number">3</td>']),
        (
            "/map/net-zero",
            "Net-zero year by country",
            [
                'Japan</a></td><td class="number">2045</td>',
                'Vietnam</a></td><td class="unknown">not known</td>',
            ],
        ),
    ],
)
def test_the_maps_have_addresses_of_their_own(
    client: httpx.Client, path: str, title: str, cells: list[str]
) -> None:
    page = client.get(path).text
    assert f'<h2 id="h-map">{title}</h2>' in page
    for cell in cells:
        assert cell in page
    assert '<a href="/#map">' in page


@pytest.mark.parametrize("name", ["members", "nope", "<script>"])
def test_there_are_no_other_maps(client: httpx.Client, name: str) -> None:
    answer = client.get(f"/map/{name}")
    assert answer.status_code == 404
    assert "commitments, net-zero" in answer.text
    assert "<script>" not in answer.text


def test_lists_name_what_is_not_known(client: httpx.Client) -> None:
    assert table(client.get("/members").text) == [
        ["=cmd()|'<b>'", "not known", "not known", "Japan Climate Initiative"],
        ["Sony", "business", "Japan", "Japan Climate Initiative"],
    ]
    assert table(client.get("/commitments").text)[0] == ["=cmd()|'<b>'", "pledge", "not known", "not known"]
    assert table(client.get("/coalitions").text) == [
        ["Japan Climate Initiative", "coalition", "Japan", "July 2018", "2"],
        ["Vietnam Coalition", "coalition", "Vietnam", "not known", "none named"],
    ]
    assert table(client.get("/countries").text) == [
        ["Chad", "none named", "none recorded", "none recorded", "none recorded"],
        ["Japan", "1", "3", "2045", "Japan Climate Initiative"],
        ["Vietnam", "none named", "1", "year not known", "Vietnam Coalition"],
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("kind=Business", ["Sony"]),
        ("kind=unknown", ["=cmd()|'<b>'"]),
        ("country=japan&kind=", ["Sony"]),
        ("coalition=jci&utm_source=x", ["=cmd()|'<b>'", "Sony"]),
        ("country=unknown&kind=Business", []),
    ],
)
def test_members_are_narrowed(client: httpx.Client, query: str, names: list[str]) -> None:
    page = client.get(f"/members?{query}").text
    assert [row[0] for row in table(page)] == names
    assert names or "Nothing here has all of this" in page
    rows = list(csv.DictReader(io.StringIO(client.get(f"/members.csv?{query}").text.removeprefix("\ufeff"))))
    assert [row["member_name"].removeprefix("'") for row in rows] == names


def test_commitments_are_narrowed_by_year(client: httpx.Client) -> None:
    assert [row[0] for row in table(client.get("/commitments?year=2040").text)] == ["Sony"]
    assert len(table(client.get("/commitments?year=unknown").text)) == 2


def test_a_commitment_leads_to_its_place_on_the_page_of_who_promises(client: httpx.Client) -> None:
    assert '<a href="/doc/agent/sony#new">net-zero target</a>' in client.get("/commitments").text


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/members?country=atlantis", 422, "nothing here has the country"),
        ("/members?year=2050", 422, "no filter"),
        ("/members?kind=Business&kind=Business", 422, "twice"),
        ("/members?country=" + "x" * 3000, 422, "choose one of the list"),
        ("/members?country=%3Cscript%3E", 422, "&lt;script&gt;"),
        ("/members.csv?country=atlantis", 422, "nothing here"),
        ("/members/2", 404, "the last one is 1"),
        ("/members/0", 404, "the last one is 1"),
        ("/members/99999999999999999999", 404, "the last one is 1"),
        ("/members/x", 404, "nothing at"),
    ],
)
def test_a_wrong_list_is_told_what_is_wrong(client: httpx.Client, path: str, status: int, told: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert told in answer.text
    assert "<script>" not in answer.text


def test_the_first_page_of_a_list_has_one_address(client: httpx.Client) -> None:
    assert client.get("/es/members/1?country=japan").text == client.get("/es/members?country=japan").text


def test_no_cell_of_the_csv_is_a_formula(client: httpx.Client) -> None:
    answer = client.get("/members.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0] == [
        "member",
        "member_name",
        "kind",
        "country",
        "country_name",
        "coalition",
        "coalition_name",
    ]
    assert rows[1][1] == "'=cmd()|'<b>'"
    assert rows[2][2:5] == ["Business", f"{BASE}id/place/japan", "Japan"]
    assert [len(row) for row in rows] == [7, 7, 7]


@pytest.mark.parametrize("name", ["coalitions", "countries", "commitments"])
def test_each_list_is_had_as_csv(client: httpx.Client, name: str) -> None:
    rows = list(csv.reader(io.StringIO(client.get(f"/{name}.csv").text)))
    assert len(rows) == 1 + len(table(client.get(f"/{name}").text))


def test_lists_are_in_the_language_of_the_page(client: httpx.Client) -> None:
    page = client.get("/es/members").text
    assert ["Sony", "empresa", "Japón", "Japan Climate Initiative"] in table(page)
    assert '<span lang="en">Japan Climate Initiative</span>' in page
    assert '<a href="/es/doc/agent/sony">' in page


def test_links_of_the_lists_lead_somewhere(client: httpx.Client) -> None:
    for path in ("/", "/members", "/commitments", "/countries", "/coalitions"):
        page = main(client.get(path).text)
        for href in sorted(set(re.findall(r'<a href="(/[^"#?]*)', page))):
            if href not in ("/about", "/changes/changes.json"):
                assert client.get(href, follow_redirects=True).status_code == 200, (path, href)


class _Counted:
    """A store that counts what it is asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def answer(self, *arguments: object, **options: object) -> object:
        self.asked += 1
        return self._store.answer(*arguments, **options)  # type: ignore[arg-type]


def test_a_release_is_read_in_a_handful_of_queries(folder: Path) -> None:
    with acagraph.open(folder) as dataset:
        counted = _Counted(dataset.store)
        object.__setattr__(dataset, "store", counted)
        with served(create_app(dataset, cache_bytes=0)) as address:
            for path, most in (
                ("/", 8),
                ("/map/commitments", 0),
                ("/members", 1),
                ("/members?kind=Business", 0),
            ):
                before = counted.asked
                assert httpx.get(address + path, headers={"Accept": "text/html"}).status_code == 200
                assert counted.asked - before <= most, path


def test_pages_of_a_list_are_by_path_and_keep_the_filters() -> None:
    catalogue = Catalogue(range(250), {"parity": lambda n: (("odd", "even")[n % 2 == 0],) if n else ()})
    assert catalogue.counts["parity"] == {"odd": 125, "even": 124, UNKNOWN: 1}
    last = catalogue.page({}, 3)
    assert (last.first, last.last, last.total, last.pages) == (201, 250, 250, 3)
    assert catalogue.page({"parity": "odd"}, 2).rows == tuple(range(201, 250, 2))
    with pytest.raises(NotFound, match="the last one is 2"):
        catalogue.page({"parity": "odd"}, 3)
    empty = Catalogue[int]((), {}).page({}, 1)
    assert (empty.first, empty.last, empty.pages) == (0, 0, 1)


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=4))
def test_any_query_string_is_read_or_refused(pairs: list[tuple[str, str]]) -> None:
    catalogue = Catalogue(["a", "b"], {"kind": lambda one: (one,)})
    try:
        asked = catalogue.asked(QueryParams(pairs))
    except ParameterError:
        return
    assert all(name == "kind" and value in ("a", "b") for name, value in asked.items())


def test_news_of_a_release(tmp_path: Path) -> None:
    (tmp_path / "changes").mkdir()
    file = tmp_path / "changes" / "changes.json"
    told = {
        "old": {"name": "x", "version": "1.0"},
        "statements": {"added": 5, "removed": 2, "graphs": {}},
        "things": {"changes": [{"text": f"Joined: {n}", "about": f"{BASE}id/agent/a{n}"} for n in range(9)]},
    }
    file.write_text(json.dumps(told), encoding="utf-8")
    read = news(tmp_path)
    assert read is not None
    assert (read.previous, read.added, read.removed, read.total, len(read.lines)) == ("1.0", 5, 2, 9, 6)
    told["things"] = {"changes": [{"text": "Elsewhere", "about": "javascript:alert(1)"}]}
    file.write_text(json.dumps(told), encoding="utf-8")
    assert [line.about for line in news(tmp_path).lines] == [""]  # type: ignore[union-attr]
    for broken in (
        "",
        "[]",
        "{}",
        '{"statements": 3}',
        '{"statements": {"added": "x", "removed": 1}}',
        "\ud800",
    ):
        file.write_text(broken, encoding="utf-8", errors="replace")
        assert news(tmp_path) is None
    assert news(tmp_path / "nothing") is None
    assert news(None) is None


@pytest.fixture(scope="module")
def curated(release: Path) -> Iterator[httpx.Client]:
    with (
        acagraph.open(release) as dataset,
        served(create_app(dataset)) as address,
        httpx.Client(base_url=address, headers={"Accept": "text/html"}, timeout=60) as client,
    ):
        yield client


def test_the_curated_release_is_shown(curated: httpx.Client) -> None:
    page = curated.get("/").text
    assert "Japan Climate Initiative" in page
    assert "This is the first release" in page
    names = [row[0] for row in table(curated.get("/coalitions").text)]
    assert "We Are Still In" in names
    assert len(table(curated.get("/members?coalition=jci").text)) > 20
    # The example of docs/service.md: the companies in a coalition
    rows = list(csv.DictReader(io.StringIO(curated.get("/members.csv?coalition=jci&kind=Business").text)))
    assert {row["kind"] for row in rows} == {"Business"}
    for language in ("es", "ja", "fr"):
        for path in ("", "map/net-zero", "members", "countries", "commitments", "coalitions"):
            assert curated.get(f"/{language}/{path}").status_code == 200

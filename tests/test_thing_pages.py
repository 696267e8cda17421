"""Pages of things: what is said of them, by whom, who is a member, and what to do where it is wrong."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

import acagraph
from acagraph.queries.portrait import ROLES, portrait
from acagraph.release.places import COLUMNS
from acagraph.stores import EmbeddedStore, Term
from acagraph.vocab import ACA, BASE
from acagraph.web import create_app
from acagraph.web.profiles.corrections import PLACES, Corrections
from acagraph.web.profiles.model import Line
from acagraph.web.profiles.participations import Member
from acagraph.web.profiles.rosters import Choice, Roster, Rosters
from acagraph.web.profiles.tables import PER_PAGE, table

from small import served, write_release

HTML = {"Accept": "text/html"}
HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}%(name)s"


@pytest.fixture(scope="module")
def dataset(release: Path) -> Iterator[acagraph.Dataset]:
    with acagraph.open(release) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(dataset: acagraph.Dataset) -> Iterator[httpx.Client]:
    with served(create_app(dataset)) as address, httpx.Client(base_url=address, timeout=60) as opened:
        yield opened


def page(client: httpx.Client, path: str) -> str:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200, path
    return answer.text


def words(text: str) -> str:
    """Return what a page says, without markup and with single blanks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text.partition("<main")[2])).split())


def slug(statement: str) -> str:
    return statement.rpartition("/")[2]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("coalition/jci", "Japan Climate Initiative is a coalition in Japan, launched in July 2018."),
        ("agent/sony", "Sony is a company in Japan."),
        ("agent/sony", "It is a member of Japan Climate Initiative."),
        ("place/japan", "Japan is a country or territory."),
        ("place/tokyo", "Tokyo is a first-level division of Japan."),
        ("person/fawn-sharp", "Fawn Sharp is a person who is named in the sources."),
        ("event/aca-launch", "It happened in August 2018."),
        ("document/aca-mx-declaration", "is a declaration."),
    ],
)
def test_the_first_sentence_says_what_a_thing_is(client: httpx.Client, path: str, said: str) -> None:
    assert said in words(page(client, f"/doc/{path}"))


def test_a_fact_has_every_source_with_date_and_words(client: httpx.Client) -> None:
    text = page(client, "/doc/coalition/jci")
    number = text[text.index("number of members<") :].partition("<dt>")[0]
    stated = [int(found.replace(",", "")) for found in re.findall(r"<dd[^>]*>(?:at least )?([\d,]+)", number)]
    assert stated[:3] == [836, 812, 706]  # the newest first, and nothing is overwritten
    assert '<a href="/doc/source/japan-climate-2025-07-06">' in number
    assert "(6 July 2025)" in words(f"<main>{number}")
    assert "<q>30% of Japan&#39;s population and greenhouse gas emissions</q>" in text


def test_what_is_not_known_is_said_and_never_zero(client: httpx.Client) -> None:
    text = page(client, "/doc/agent/tokyo-metropolitan-government")
    assert 'Start: <span class="unknown">not known</span>' in text
    row = re.search(r"<tr><th[^>]*><a[^>]*>電通</a>.*?</tr>", page(client, "/doc/coalition/jci"), re.DOTALL)
    assert row is None or "not known" in row[0]
    assert 'class="unknown"' in page(client, "/doc/coalition/jci/members/1?sort=since")


def test_statements_and_evidence_are_targets_on_the_page_of_their_subject(
    client: httpx.Client, dataset: acagraph.Dataset
) -> None:
    found = dataset.sparql("SELECT ?s ?e { ?s aca:participant agent:sony ; aca:evidence ?e } ORDER BY ?s ?e")
    assert isinstance(found, acagraph.Rows)
    assert len(found) > 2
    text = page(client, "/doc/agent/sony")
    for row in found:
        assert text.count(f'id="{slug(row.s)}"') == 1
        assert text.count(f'id="{slug(row.e)}"') == 1
        assert client.get(row.s.replace(f"{BASE}id", "/doc"), headers=HTML).status_code == 200


def test_the_line_behind_a_statement_is_the_line_of_the_file(client: httpx.Client, project: Path) -> None:
    text = page(client, "/doc/coalition/jci")
    file, line = re.search(r"described in <code>([^<]+)</code>, line (\d+)", text).groups()  # type: ignore[union-attr]
    lines = (project / file).read_text("utf-8").splitlines()
    assert lines[int(line) - 1] == "coalition:jci"
    for name, number in set(re.findall(r"<code>(data/[^<:]+):(\d+)</code>", text)):
        assert re.match(r"(stmt|event):", (project / name).read_text("utf-8").splitlines()[int(number) - 1])
    assert "CONTRIBUTING.md" in text


def test_the_index_of_lines_is_found_by_name_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "validation").mkdir()
    rows = [
        COLUMNS,
        (f"{BASE}id/agent/a", "", "", "data/a,b.ttl", "3", "1"),
        (f"{BASE}id/agent/ab", "", "", "data/c.csv", "", ""),
    ]
    with gzip.open(tmp_path / PLACES, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    known = Corrections(tmp_path)
    assert known.of(f"{BASE}id/agent/a") == Line("data/a,b.ttl", 3)
    assert known.of(f"{BASE}id/agent/ab") == Line("data/c.csv", 0)
    assert known.of(f"{BASE}id/agent/") is known.of(f"{BASE}id/agent/b") is known.of("http://e.org/") is None
    (tmp_path / PLACES).write_bytes(b"no gzip")
    assert Corrections(tmp_path).of(f"{BASE}id/agent/a") is Corrections(None).of(f"{BASE}id/agent/a") is None


def test_links_say_how_sure_they_are_and_why(client: httpx.Client) -> None:
    text = words(page(client, "/doc/place/tokyo"))
    assert "Wikidata: Q1490 confirmed the same thing · made by hand" in text
    assert "OpenStreetMap: relation/1543125 confirmed close to it" in text
    assert "JP-13" in text


def test_what_names_a_thing_is_told(client: httpx.Client) -> None:
    assert "What names this" in page(client, "/doc/place/japan")
    assert 'href="/doc/place/tokyo"' in page(client, "/doc/place/japan")


def test_what_is_attributed_to_a_document_and_published_by_somebody_is_told(client: httpx.Client) -> None:
    assert "attributed to (2) Statement , Statement" in namings(client, "/doc/document/wri-cait")
    assert "atribuido a (2) Afirmación" in namings(client, "/es/doc/document/wri-cait")
    assert "Publisher (1) Alliances for Climate Action" in namings(client, "/doc/agent/wwf-us")


def namings(client: httpx.Client, path: str) -> str:
    """Return the words of what names a thing."""
    return words("<main>" + page(client, path).partition('id="namings">')[2].partition("</section>")[0])


def test_a_page_in_another_language_has_its_labels_and_addresses(client: httpx.Client) -> None:
    text = page(client, "/ja/doc/place/tokyo")
    assert "<h1>東京</h1>" in text
    assert 'href="/ja/doc/agent/tokyo-metropolitan-government"' in text
    assert 'href="/doc/place/tokyo.ttl"' in text


def test_embedded_data_is_schema_org(client: httpx.Client) -> None:
    text = page(client, "/doc/coalition/jci")
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    found = json.loads(block)
    assert (found["@id"], found["foundingDate"]) == (f"{BASE}id/coalition/jci", "2018-07")
    tokyo = page(client, "/doc/place/tokyo")
    found = json.loads(re.findall(r'ld\+json">(.*?)</script>', tokyo, re.DOTALL)[0])
    assert "http://www.wikidata.org/entity/Q1490" in found["sameAs"]
    assert {"@language": "ja", "@value": "東京"} in found["name"]


def test_labels_and_values_cannot_become_markup(tmp_path: Path) -> None:
    folder = write_release(tmp_path)
    store = ox.Store(str(folder / "store"))
    graph = ox.NamedNode(f"{BASE}graph/shared")
    thing = ox.NamedNode(f"{BASE}id/agent/evil")
    member = ox.NamedNode(f"{BASE}id/statement/evilevilevilevil")
    source = ox.NamedNode(f"{BASE}id/source/evil")
    about: dict[ox.NamedNode, dict[str, ox.NamedNode | ox.Literal]] = {
        thing: {
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": ox.NamedNode(f"{ACA}Business"),
            "http://www.w3.org/2004/02/skos/core#prefLabel": ox.Literal(HOSTILE, language="en"),
            "http://purl.org/dc/terms/description": ox.Literal(HOSTILE),
            "http://www.w3.org/2004/02/skos/core#exactMatch": ox.NamedNode("javascript:alert(1)"),
            f"{ACA}acronym": ox.Literal(HOSTILE),
            f"{ACA}memberOf": ox.NamedNode(f"{BASE}id/coalition/jci"),
        },
        source: {
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": ox.NamedNode(f"{ACA}Source"),
            "http://www.w3.org/2004/02/skos/core#prefLabel": ox.Literal(HOSTILE, language="en"),
            "http://purl.org/dc/terms/publisher": thing,
            f"{ACA}dateText": ox.Literal(HOSTILE),
        },
        member: {
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": ox.NamedNode(f"{ACA}Membership"),
            f"{ACA}participant": thing,
            f"{ACA}inCoalition": ox.NamedNode(f"{BASE}id/coalition/jci"),
            f"{ACA}evidence": ox.NamedNode(f"{BASE}id/evidence/002-10-20"),
            f"{ACA}startText": ox.Literal(HOSTILE),
        },
    }
    for subject, values in about.items():
        for name, value in values.items():
            store.add(ox.Quad(subject, ox.NamedNode(name), value, graph))
    store.flush()
    del store
    with acagraph.open(folder) as dataset, served(create_app(dataset)) as address:
        paths = ("agent/evil", "coalition/jci", "coalition/jci/members/1", "statement/evilevilevilevil")
        for path in (*paths, "source/evil"):
            text = httpx.get(f"{address}/doc/{path}", headers=HTML, timeout=60).text
            assert "alert(1)" in text, path
            assert text.count("<script") == text.count("</script>") <= 1
            assert "<img" not in text
            assert 'href="javascript:' not in text
            assert "{{ 7*7 }}" in text


# Members


def section(text: str, name: str) -> str:
    """Return a section of a page, from its heading."""
    found = text[text.index(f'<h2 id="{name}">') :]
    return found[: found.index("</section>")]


def test_members_are_a_table_for_spreadsheets(client: httpx.Client) -> None:
    def listed(query: str) -> list[dict[str, str]]:
        answer = client.get(f"/doc/coalition/jci/members.csv{query}")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
        return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    rows = listed("")
    [sony] = [row for row in rows if row["member"].endswith("/agent/sony")]
    assert (sony["kind"], sony["country_name"], sony["coalition"]) == (
        "Business",
        "Japan",
        f"{BASE}id/coalition/jci",
    )
    assert (sony["role"], sony["is_member"]) == ("FoundingMembership", "true")
    chosen = listed("?kind=LocalGovernment&sort=name&order=down")
    assert 0 < len(chosen) < len(rows)
    assert {row["kind"] for row in chosen} == {"LocalGovernment"}
    names = [row["member"] for row in chosen]
    assert names == [row["member"] for row in reversed(rows) if row["member"] in names]
    text = page(client, "/doc/coalition/jci/members/1?kind=LocalGovernment")
    assert 'href="/doc/coalition/jci/members.csv?kind=LocalGovernment"' in text
    assert listed("?country=ZZ") == []
    for path, status in (("coalition/nope", 404), ("agent/sony", 404), ("coalition/jci/x", 404)):
        assert client.get(f"/doc/{path}/members.csv").status_code == status
    for query in ("sort=shoe", "order=up"):
        assert client.get(f"/doc/coalition/jci/members.csv?{query}").status_code == 400


def test_a_coalition_has_a_map_of_its_members(client: httpx.Client) -> None:
    path = "/doc/coalition/carbon-neutrality-coalition"
    drawn = section(page(client, path), "map")
    assert "Members by country" in drawn
    assert "map world" in drawn
    row = r'<tr><td><a href="/doc/place/([^"]+)">[^<]+</a></td><td class="number">(\d+)</td>'
    told = csv.DictReader(io.StringIO(client.get(f"{path}/members.csv").text.removeprefix("\ufeff")))
    counted = Counter(one["country"].rpartition("/")[2] for one in told if one["is_member"] == "true")
    del counted[""]
    assert {slug: int(number) for slug, number in re.findall(row, drawn)} == counted
    assert len(counted) > 10


def test_a_map_of_one_country_has_an_equal_table(client: httpx.Client) -> None:
    drawn = section(page(client, "/doc/coalition/jci"), "map")
    assert "Where it is" in drawn
    assert '<td><a href="/doc/place/japan">Japan</a></td>' in drawn
    assert '<td><a href="/doc/place/japan">Japan</a></td>' in section(page(client, "/doc/agent/sony"), "map")


def test_pictures_that_cannot_be_drawn_are_called_unknown(client: httpx.Client) -> None:
    text = page(client, "/doc/coalition/aca-mx-monterrey")
    assert '<span class="unknown">Not known for two years or more.</span>' in text
    for name in ("map", "growth", "around"):
        assert f'<h2 id="{name}">' in text


def test_members_are_paged_by_path(client: httpx.Client, dataset: acagraph.Dataset) -> None:
    text = page(client, "/doc/coalition/jci/members/1")
    rows = dataset.query("members-of-coalition", coalition="jci")
    assert isinstance(rows, acagraph.Rows)
    assert {row.member.replace(f"{BASE}id", "/doc") for row in rows} == set(
        re.findall(r'<tr><th scope="row"><a href="([^"]+)"', text)
    )
    assert 'href="/doc/coalition/jci/members.csv"' in text
    for path, status in (
        ("jci/members/2", 404),
        ("jci/members/0", 404),
        ("nope/members/1", 404),
        ("jci/members/x", 404),
    ):
        assert client.get(f"/doc/coalition/{path}", headers=HTML).status_code == status, path
    assert client.get("/doc/agent/sony/members/1", headers=HTML).status_code == 404
    assert client.get("/doc/coalition/jci/members/1?sort=shoe").status_code == 400


def test_members_are_filtered_and_sorted_by_the_address(client: httpx.Client) -> None:
    text = page(client, "/doc/coalition/jci/members/1?kind=LocalGovernment&sort=since&order=down")
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", text, re.DOTALL)
    assert rows
    assert all("ocal government" in row for row in rows)
    assert '<option value="LocalGovernment" selected>' in text
    assert 'aria-sort="descending"' in text
    assert "No member fits" in page(client, "/doc/coalition/jci/members/1?year=1066")


def test_a_country_lists_the_members_in_it(client: httpx.Client) -> None:
    text = page(client, "/doc/place/japan/members/1")
    assert "Sony" in text
    assert "Members of coalitions in Japan" in text


def test_countries_are_counted_of_those_who_are_members_now() -> None:
    coalition, kind = Term("iri", f"{BASE}id/coalition/x"), Term("iri", f"{ACA}Business")
    italy, spain = (Term("iri", f"{BASE}id/place/{name}") for name in ("italy", "spain"))
    told = ((italy, True), (italy, False), (spain, True), (None, True), (spain, False))
    members = tuple(
        Member(coalition, coalition, "", "", kind, country, kind, "", "", None, current)
        for country, current in told
    )
    roster = Roster(coalition, members)
    assert roster.whereabouts == {italy: 1, spain: 1, None: 1}
    assert [(one.slug, one.number) for one in table(roster, Choice(), {}, path="p").whereabouts] == [
        ("italy", 1),
        ("spain", 1),
    ]
    assert roster.countries == {italy: 2, spain: 2}


def test_a_table_has_all_of_twelve_thousand_once() -> None:
    coalition, kind = Term("iri", f"{BASE}id/coalition/x"), Term("iri", f"{ACA}Business")
    members = tuple(
        Member(
            Term("iri", f"{BASE}id/agent/{n}"),
            coalition,
            str(n),
            "",
            kind,
            None,
            kind,
            str(n % 7 or ""),
            "",
            None,
            True,
        )
        for n in range(12_000)
    )
    roster = Roster(coalition, members)
    pages = [table(roster, Choice(sort="since"), {}, path="p", number=n) for n in range(1, 121)]
    assert {one.last for one in pages} == {120}
    assert all(len(one.rows) == PER_PAGE for one in pages)
    seen = [member for one in pages for member in one.rows]
    assert len(set(seen)) == 12_000
    known = [member.since for member in seen if member.since]
    assert known == sorted(known)
    assert [member.since for member in seen][len(known) :] == [""] * (12_000 - len(known))


def test_a_roster_tells_who_is_a_member_now(dataset: acagraph.Dataset) -> None:
    rosters = Rosters(dataset.store, {})
    jci = rosters.of(Term("iri", f"{BASE}id/coalition/jci"))
    sony = next(member for member in jci.members if member.term.value.endswith("/sony"))
    assert (sony.current, sony.since[:4], sony.country) == (
        True,
        "2018",
        Term("iri", f"{BASE}id/place/japan"),
    )
    assert rosters.of(Term("iri", f"{BASE}id/coalition/nobody")).members == ()


# Portraits


def test_a_portrait_knows_every_role_of_the_ontology(dataset: acagraph.Dataset) -> None:
    found = dataset.sparql("SELECT ?p { ?p rdfs:subPropertyOf aca:about } ORDER BY ?p")
    assert isinstance(found, acagraph.Rows)
    roles = {row.p.removeprefix(ACA) for row in found} - {"about"}
    assert len(roles) > 10
    assert roles - {"inCoalition", "relationObject"} <= set(ROLES)


def test_a_portrait_of_many_statements_says_that_it_is_a_part(dataset: acagraph.Dataset) -> None:
    whole = portrait(dataset.store, f"{BASE}id/coalition/jci")
    part = portrait(dataset.store, f"{BASE}id/coalition/jci", most=3)
    assert (whole.cut, part.cut, len(part.statements)) == (False, True, 3)
    assert len(whole.statements) > 3


def test_a_portrait_is_the_same_from_disk_and_from_memory(release: Path) -> None:
    disk = EmbeddedStore.at(release / "store")
    memory = EmbeddedStore.load(release / "data" / "acagraph.nq.gz")
    for name in ("coalition/jci", "coalition/wasi", "agent/sony", "place/japan"):
        found, other = (portrait(store, f"{BASE}id/{name}") for store in (disk, memory))
        assert found == other
        # A page tells the details of a statement in their order.
        assert all(list(about) == list(other.known[subject]) for subject, about in found.known.items())


# What is not for people to read: names of properties, and times as the data has them.
RAW = re.compile(
    r"\b(?:aca|dcterms|skos|foaf|rdfs?|owl|semapv|qudt|unit|prov|stmt|evidence|agent|place|coalition):[\w-]+"
    r"|http://(?:purl\.org|www\.w3\.org)/|\b\d{4}-\d\d(?:-\d\d)?/|\d{4}-\d\d-\d\dT|\bNone\b"
)


@pytest.mark.parametrize(
    "path",
    [
        *("/doc/coalition/jci", "/doc/coalition/jci/members/1", "/doc/coalition/wasi", "/doc/place/japan"),
        *(
            "/doc/agent/sony",
            "/doc/person/fawn-sharp",
            "/doc/person/mario-silva",
            "/doc/person/sergio-kato",
            "/doc/event/jci-launch",
            "/doc/document/paris-agreement",
        ),
        *("/doc/source/000", "/doc/source/002", "/", "/coalitions", "/members", "/countries", "/commitments"),
        *("/about", "/search?q=japan"),
    ],
)
def test_nothing_raw_is_said(client: httpx.Client, path: str) -> None:
    text = re.sub(r"(?s)<(script|pre|code)\b.*?</\1>", " ", page(client, path))
    assert RAW.findall(words(text)) == []


def test_a_bound_is_not_drawn_as_what_was_counted(client: httpx.Client) -> None:
    text = page(client, "/doc/coalition/jci")
    assert "at least 300" in words(text)  # as a fact it stands
    chart = text[text.index("Membership over time") :]
    table = chart[chart.index("<table") : chart.index("</table>")]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in table.split("<tr")]
    numbers = [row[-1] for row in rows if "number of members" in row and "2018" in row]
    assert numbers == ["279"]

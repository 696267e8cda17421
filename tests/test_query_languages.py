"""What pages say of saved queries in four languages, and how English is marked where it stays."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import httpx
import pytest

import acagraph
from acagraph import queries
from acagraph.web import create_app
from acagraph.web.extraction import template
from acagraph.web.languages import TAGS, catalogue

from published import ROOT
from small import served, write_release

HTML = {"Accept": "text/html"}

_OWN = """#+ summary: Coalitions & their <b>colours</b>
#+ description: One row per <i>coloured</i> coalition.
#+ params:
#+   - {name: coalition, type: coalition, example: jci, description: Only a coloured coalition.}
#+ tags: [colours]
SELECT ?colour ?count WHERE {
  VALUES (?colour ?count) { ("red" 3) ("green" 5) }
  FILTER(!BOUND(?coalition) || ISIRI(?coalition))
} ORDER BY ?colour
"""
# The summary is one that another query has too.
_TRANSLATED = _OWN.replace("Coalitions & their <b>colours</b>", "Coalitions launched in a year")
_TOLD = {
    "es": ("¿Quiénes son los miembros de una coalición?", "Miembros de una coalición"),
    "ja": ("連合のメンバーは誰か。", "連合のメンバー"),
}
_COALITION = {
    "es": "La coalición cuyos miembros se enumeran.",
    "ja": "メンバーを一覧にする連合。",
    "en": "The coalition whose members are listed.",
}
_QUESTION = "Who are the members of a coalition?"
_INTERIM = {
    "en": "Lists the targets that are a step towards a later target of the same organisation, both with "
    "percentage and year.",
    "es": "Enumera los objetivos que son un paso hacia un objetivo posterior de la misma organización, ambos "
    "con porcentaje y año.",
    "ja": "同じ組織のより後の目標に向けた一段階となる目標を、両方の割合と年とともに一覧にします。",
    "fr": "Énumère les objectifs qui sont une étape vers un objectif ultérieur de la même organisation, tous "
    "deux avec pourcentage et année.",
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a release with saved queries of the project, and with one that nobody translated."""
    folder = write_release(tmp_path_factory.mktemp("asked"))
    shutil.rmtree(folder / "queries")
    shutil.copytree(ROOT / "queries", folder / "queries", ignore=shutil.ignore_patterns("checks", "rules"))
    (folder / "queries" / "colours.rq").write_text(_OWN, encoding="utf-8")
    (folder / "queries" / "launched.rq").write_text(_TRANSLATED, encoding="utf-8")
    with (
        acagraph.open(folder) as dataset,
        served(create_app(dataset)) as address,
        httpx.Client(base_url=address, headers=HTML) as client,
    ):
        yield client


@pytest.mark.parametrize("tag", ["es", "ja"])
def test_a_saved_query_is_told_in_the_language(asked: httpx.Client, tag: str) -> None:
    title, summary = _TOLD[tag]
    page = asked.get(f"/{tag}/queries/members-of-coalition?coalition=jci").text
    assert f"<title>{title} – acagraph</title>" in page
    assert f"<h1>{title}</h1>" in page
    assert f'<li aria-current="page">{summary}</li>' in page
    assert f'id="d-coalition">{_COALITION[tag]} ' in page
    for text in (_QUESTION, "Members of a coalition", _COALITION["en"]):
        assert text not in re.sub("(?s)<pre.*?</pre>", "", page)


@pytest.mark.parametrize(
    ("tag", "subject", "question"),
    [("es", "Miembros", _TOLD["es"][0]), ("ja", "メンバー", _TOLD["ja"][0]), ("en", "Members", _QUESTION)],
)
def test_lists_of_saved_queries_are_in_the_language(
    asked: httpx.Client, tag: str, subject: str, question: str
) -> None:
    root = "" if tag == "en" else f"/{tag}"
    page = asked.get(f"{root}/queries").text
    assert f'<h2 id="members">{subject}</h2>' in page
    assert f'<a class="button" href="#members">{subject}</a>' in page
    assert f'<dt><a href="{root}/queries/members-of-coalition">{question}</a></dt>' in page
    editor = asked.get(f"{root}/sparql").text
    assert f"<summary>{subject}</summary>" in editor
    saved = asked.get(f"{root}/sparql?saved=members-of-coalition").text
    assert f"# {question}\n" in saved


@pytest.mark.parametrize("tag", TAGS)
def test_a_saved_query_is_described_in_the_language(asked: httpx.Client, tag: str) -> None:
    text, root = _INTERIM[tag], "" if tag == "en" else f"/{tag}"
    page = asked.get(f"{root}/queries/interim-targets").text
    assert f'<p class="lead">{text}</p>' in page
    assert f'<meta name="description" content="{text}">' in page
    assert f'<meta property="og:description" content="{text}">' in page
    listed = asked.get(f"{root}/queries").text
    assert f"<dd>{text}</dd>" in listed
    if tag != "en":
        assert _INTERIM["en"] not in page + listed


def test_the_description_of_a_query_that_no_catalogue_knows_is_marked_as_english(asked: httpx.Client) -> None:
    text = "One row per &lt;i&gt;coloured&lt;/i&gt; coalition."
    for tag in TAGS[1:]:
        page = asked.get(f"/{tag}/queries/colours").text
        assert f'<p class="lead"><span lang="en">{text}</span></p>' in page
        assert f'<meta name="description" content="{text}">' in page
        assert f'<dd><span lang="en">{text}</span></dd>' in asked.get(f"/{tag}/queries").text
    assert f'<p class="lead">{text}</p>' in asked.get("/queries/colours").text
    assert f"<dd>{text}</dd>" in asked.get("/queries").text


@pytest.mark.parametrize(("tag", "quoted"), [("es", "«(.+?)»"), ("ja", "「(.+?)」"), ("fr", "« (.+?) »")])
def test_a_translated_description_names_what_is_on_the_page(tag: str, quoted: str) -> None:
    say, texts, saved = catalogue(tag).translations.gettext, template(), queries.load(ROOT / "queries")
    named = 0
    for query in saved.values():
        told, place = say(query.description), (f"queries/{query.name}.rq", 0)
        headings = {say(str(message.id)).lower() for message in texts if place in message.locations}
        found = {words.lower() for words in re.findall(quoted, told)}
        assert found <= headings, query.name
        named += len(found)
        # Other queries, classes and values are called as in addresses and data.
        for word in re.findall(r"\b(?:[a-z]+-[a-z-]+|[A-Z]\w+[a-z][A-Z]\w+)\b", query.description):
            assert (word not in saved and not word[0].isupper()) or word in told, f"{query.name}: {word}"
    assert named > 20


@pytest.mark.parametrize(
    ("path", "link", "text"),
    [
        ("es/", "/es/queries/members-of-coalition", "Miembros de una coalición"),
        ("ja/", "/ja/queries/members-of-coalition", "連合のメンバー"),
        ("", "/queries/members-of-coalition", "Members of a coalition"),
        ("ja/ontology/questions/CQ01", "/ja/queries/coalitions", "連合とその種類"),
        ("fr/doc/coalition/jci", "/fr/queries/named-members?coalition=jci", "Membres que les sources"),
    ],
)
def test_links_to_saved_queries_are_in_the_language(
    asked: httpx.Client, path: str, link: str, text: str
) -> None:
    page = asked.get(f"/{path}").text
    assert f'<a href="{link}">{text}' in page


def test_parameters_are_named_in_the_language(asked: httpx.Client) -> None:
    page = asked.get("/es/queries/members-of-coalition?coalition=jci").text
    assert '<label for="p-coalition">coalición</label>' in page
    assert '<label for="p-asOf">a fecha de ' in page
    # A word that is the same in both languages is not marked as English.
    french = asked.get("/fr/queries/members-of-coalition?coalition=jci").text
    assert '<label for="p-coalition">coalition</label>' in french
    english = asked.get("/queries/members-of-coalition?coalition=jci").text
    assert '<label for="p-asOf">as of ' in english


def test_a_saved_query_without_a_translation_is_marked_as_english(asked: httpx.Client) -> None:
    text = "Coalitions &amp; their &lt;b&gt;colours&lt;/b&gt;"
    marked = f'<span lang="en">{text}</span>'
    page = asked.get("/ja/queries/colours").text
    assert f"<title>{text} – acagraph</title>" in page
    assert f"<h1>{marked}</h1>" in page
    assert f'<li aria-current="page">{marked}</li>' in page
    assert f"<caption>{marked}: " in page
    assert f"<caption>{marked}</caption>" in page, "the table of the chart"
    assert page.count(f'aria-label="{text}"') == 2
    assert '<span lang="en">Only a coloured coalition.</span>' in page
    listed = asked.get("/ja/queries").text
    assert '<h2 id="colours"><span lang="en">Colours</span></h2>' in listed
    assert f'<a href="/ja/queries/colours">{marked}</a>' in listed
    english = asked.get("/queries/colours").text
    assert f"<h1>{text}</h1>" in english
    assert marked not in english


@pytest.mark.parametrize(
    ("root", "text"),
    [
        ("", "Coalitions launched in a year"),
        ("/es", "Coaliciones lanzadas en un año"),
        ("/ja", "ある年に発足した連合"),
        ("/fr", "Coalitions lancées une année donnée"),
    ],
)
def test_tables_and_charts_of_an_answer_are_called_so_in_the_language(
    asked: httpx.Client, root: str, text: str
) -> None:
    page = asked.get(f"{root}/queries/launched").text
    assert f"<caption>{text}: " in page
    assert f"<caption>{text}</caption>" in page
    assert page.count(f'role="region" aria-label="{text}"') == 2


def test_english_pages_and_data_of_saved_queries_stay_english(asked: httpx.Client) -> None:
    page = asked.get("/queries/members-of-coalition?coalition=jci").text
    assert f"<h1>{_QUESTION}</h1>" in page
    assert '<li aria-current="page">Members of a coalition</li>' in page
    assert f'id="d-coalition">{_COALITION["en"]} ' in page
    listed = asked.get("/queries.json", headers={"Accept-Language": "ja"}).json()
    found = next(query for query in listed if query["name"] == "members-of-coalition")
    assert (found["question"], found["summary"]) == (_QUESTION, "Members of a coalition")
    assert _INTERIM["en"] in [query["description"] for query in listed]
    for path in ("/openapi.json", "/schema.json", "/.well-known/sparql-examples"):
        text = asked.get(path, headers={"Accept": "*/*", "Accept-Language": "ja"}).text
        assert "Members of a coalition" in text
        assert "連合のメンバー" not in text
        assert _INTERIM["ja"] not in text

"""Pages in four languages: the address names the language, and only / asks the browser."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import acagraph
from acagraph import queries
from acagraph.errors import AcagraphError, SourceError
from acagraph.stores import Term
from acagraph.vocab import BASE
from acagraph.web import create_app
from acagraph.web.access import AccessLog
from acagraph.web.app import MOST_ROUTES, Watch
from acagraph.web.extraction import renew, template
from acagraph.web.labels import Labels
from acagraph.web.languages import LANGUAGES, TAGS, catalogue, preferred, split
from acagraph.web.metrics import Board
from acagraph.web.notation import Notation
from acagraph.web.responses import TITLES
from acagraph.web.wording import reread

from published import ROOT
from small import served

CATALOGUES = ROOT / "src" / "acagraph" / "web" / "catalogues"
HTML = {"Accept": "text/html"}


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers=HTML) as client:
        yield client


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("de, fr;q=0.7, en;q=0.3", "fr"),
        ("en-GB,en;q=0.9,ja;q=0.8", "en"),
        ("*;q=0.5, ja", "ja"),
        ("fr;q=0", "en"),
        ("FR", "fr"),
        ("fr;q=bad, ;;;, ja;q=0.1", "ja"),
        ("x" * 10_000, "en"),
    ],
)
def test_the_language_that_a_browser_prefers(accepted: str, tag: str) -> None:
    assert preferred(accepted) == tag


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/", ("en", "/")),
        ("/es", ("es", "")),
        ("/es/", ("es", "/")),
        ("/español/", ("en", "/español/")),
        ("/releases/1.0/fr/data", ("fr", "/releases/1.0/data")),
        ("/en/queries", ("en", "/en/queries")),
        ("/ja/a\nb", ("ja", "/a\nb")),
    ],
)
def test_the_language_of_a_path(path: str, parts: tuple[str, str]) -> None:
    assert split(path) == parts


@pytest.mark.parametrize("tag", TAGS[1:])
def test_a_page_has_an_address_in_each_language(client: httpx.Client, tag: str) -> None:
    english, other = client.get("/doc/agent/sony"), client.get(f"/{tag}/doc/agent/sony")
    assert (english.status_code, other.status_code) == (200, 200)
    assert '<html lang="en">' in english.text
    assert f'<html lang="{tag}">' in other.text
    assert f'href="/{tag}/queries"' in other.text
    assert '<a href="/doc/agent/sony" lang="en" hreflang="en">English</a>' in other.text
    assert english.headers["etag"] != other.headers["etag"]
    known = client.get(f"/{tag}/doc/agent/sony", headers={"If-None-Match": other.headers["etag"]})
    assert known.status_code == 304
    changed = client.get("/doc/agent/sony", headers={"If-None-Match": other.headers["etag"]})
    assert changed.status_code == 200


def test_the_switch_keeps_the_query_string(client: httpx.Client) -> None:
    page = client.get("/ja/queries/members-of-coalition?coalition=jci").text
    assert '<a href="/fr/queries/members-of-coalition?coalition=jci" lang="fr"' in page


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/doc/coalition/jci/members/1?sort=kind&lang=es", "/es/doc/coalition/jci/members/1?sort=kind"),
        ("/ontology/term/Coalition?lang=ja", "/ja/ontology/term/Coalition"),
        ("/?lang=fr", "/fr/"),
        ("/releases/1.2.3/queries?lang=fr", "/releases/1.2.3/fr/queries"),
    ],
)
def test_a_parameter_leads_to_a_language(client: httpx.Client, path: str, target: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (302, target)
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/doc/agent/sony?lang=en",
        "/doc/agent/sony?lang=xx",
        "/doc/agent/sony.ttl?lang=es",
        "/es/queries?lang=fr",
    ],
)
def test_a_parameter_names_no_other_language(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/es", "/es/"),
        ("/es/id/agent/sony", "/id/agent/sony"),
        ("/es/data/acagraph.trig", "/data/acagraph.trig"),
        ("/fr/doc/agent/sony.ttl", "/doc/agent/sony.ttl"),
        (
            "/ja/queries/members-of-coalition.csv?coalition=jci",
            "/queries/members-of-coalition.csv?coalition=jci",
        ),
        ("/ja/static/acagraph.css", "/static/acagraph.css"),
        ("/es/releases/1.2.3/queries", "/releases/1.2.3/es/queries"),
        ("/es/releases/1.2.3", "/es/releases/1.2.3/"),
        ("/releases/1.2.3/es/manifest.json", "/releases/1.2.3/manifest.json"),
        ("/es//evil.example/x.json", "/evil.example/x.json"),
    ],
)
def test_data_and_releases_have_an_address_of_their_own(client: httpx.Client, path: str, target: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (307, target)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_first_page_follows_the_browser(client: httpx.Client) -> None:
    led = client.get("/", headers={"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"})
    assert (led.status_code, led.headers["location"]) == (302, "/fr/")
    assert "Accept-Language" in led.headers["vary"]
    shown = client.get("/", headers={"Accept-Language": "de,en;q=0.5"})
    assert (shown.status_code, '<html lang="en">' in shown.text) == (200, True)
    assert "Accept-Language" in shown.headers["vary"]


def test_who_chose_english_reaches_it(client: httpx.Client) -> None:
    spanish = {"Accept-Language": "es"}
    page = client.get("/es/", headers=spanish).text
    assert '<a href="/?lang=en" lang="en"' in page
    assert client.get("/?lang=en", headers=spanish).status_code == 200
    assert client.get("/", headers={**spanish, "Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert client.get("/queries", headers=spanish).status_code == 200


def test_a_release_has_its_languages(client: httpx.Client) -> None:
    page = client.get("/releases/1.2.3/es/queries")
    assert (page.status_code, '<html lang="es">' in page.text) == (200, True)
    assert 'href="/releases/1.2.3/es/coalitions"' in page.text
    assert 'href="/releases/1.2.3/ontology?lang=es"' in page.text


def test_the_access_log_names_the_route_and_the_whole_address(small: acagraph.Dataset) -> None:
    file = io.StringIO()
    watch = Watch(Board(1, MOST_ROUTES), log=AccessLog(file, texts=True))
    with served(create_app(small, watch=watch)) as address:
        for _ in range(2):
            httpx.get(f"{address}/es/doc/agent/sony", headers=HTML)
    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    assert [(line["route"], line["outcome"]) for line in lines] == [
        ("/doc/{kind}/{name}", "ok"),
        ("/doc/{kind}/{name}", "cached"),
    ]
    assert lines[0]["target"] == "/es/doc/agent/sony?"


def test_numbers_and_dates_are_written_as_a_language_does() -> None:
    notations = {language.tag: Notation(language) for language in LANGUAGES}
    assert [notations[tag].number(1234567) for tag in TAGS] == [
        "1,234,567",
        "1.234.567",
        "1,234,567",
        "1\u202f234\u202f567",
    ]
    assert [notations[tag].date("2018-07-06") for tag in TAGS] == [
        "6 July 2018",
        "6 de julio de 2018",
        "2018年7月6日",
        "6 juillet 2018",
    ]
    assert [notations[tag].date("2018-07") for tag in TAGS] == [
        "July 2018",
        "julio de 2018",
        "2018年7月",
        "juillet 2018",
    ]
    assert [notations[tag].date("2018") for tag in TAGS] == ["2018", "2018", "2018年", "2018"]
    assert [notations[tag].percent(0.125) for tag in TAGS] == ["12.5%", "12,5\u00a0%", "12.5%", "12,5\u00a0%"]
    assert notations["en"].date("2018-13-45") == "2018-13-45"
    assert notations["en"].number("about 300") == "about 300"


# Catalogues


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return template()


@pytest.mark.parametrize("tag", TAGS[1:])
def test_every_text_has_a_translation(tag: str, texts: Catalog) -> None:
    known = _catalogue(tag)
    missing = [message.id for message in texts if message.id and not _translated(known.get(message.id))]
    assert not missing, f"{tag}: run `make catalogues` and translate {missing}"
    unused = [message.id for message in known if message.id and message.id not in texts]
    assert not unused, f"{tag}: run `make catalogues`, which takes out {unused}"


@pytest.mark.parametrize("tag", TAGS[1:])
def test_a_translation_keeps_placeholders_and_markup(tag: str) -> None:
    for message in _catalogue(tag):
        if not message.id:
            continue
        ids, strings = _strings(message.id), _strings(message.string)
        for string in strings:
            assert any(_kept(string) == _kept(one) for one in ids), f"{tag}: {message.id!r} as {string!r}"
        assert len(strings) == (_catalogue(tag).num_plurals if len(ids) > 1 else 1), message.id


def test_a_catalogue_is_as_the_tool_writes_it(tmp_path: Path) -> None:
    for committed in CATALOGUES.glob("*.po"):
        shutil.copy(committed, tmp_path)
    renew(tmp_path)
    for tag in TAGS[1:]:
        assert (tmp_path / f"{tag}.po").read_bytes() == (CATALOGUES / f"{tag}.po").read_bytes(), tag


def test_the_extraction_finds_the_texts_of_templates_and_code(texts: Catalog) -> None:
    assert "Skip to the content" in texts
    assert "Not found" in texts
    assert any("kept as it was" in message.id for message in texts)


def test_the_extraction_finds_the_texts_of_saved_queries(texts: Catalog, tmp_path: Path) -> None:
    for query in queries.load(ROOT / "queries").values():
        descriptions = [parameter.description for parameter in query.parameters if parameter.description]
        for text in [query.title, query.summary, query.description, *descriptions]:
            message = texts.get(text)
            assert message is not None, f"{query.name}: {text!r}"
            assert (f"queries/{query.name}.rq", 0) in message.locations
    with pytest.raises(SourceError, match="run this in a checkout"):
        template(tmp_path / "queries")


def test_a_catalogue_is_read_and_escaped_text_stays_escaped() -> None:
    say = catalogue("fr").translations.gettext
    assert say("Search") == "Rechercher"
    assert say("no such text") == "no such text"


def test_titles_of_errors_are_in_the_catalogues() -> None:
    known = [AcagraphError]
    for error in known:
        known += error.__subclasses__()
    assert {error.title for error in known} <= set(TITLES)


def _catalogue(tag: str) -> Catalog:
    with (CATALOGUES / f"{tag}.po").open("rb") as file:
        return read_po(file, locale=tag)


def _translated(message: Message | None) -> bool:
    return message is not None and not message.fuzzy and all(_strings(message.string))


def _strings(string: str | Sequence[str] | None) -> Sequence[str]:
    return (string or "",) if isinstance(string, str) or string is None else string


def _kept(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]|%[sd%]|</?\w+[^>]*>|\{\w+\}", text))


NAMES = st.sampled_from(["a", "b", "label"])
PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="{}"), max_size=8)


@given(
    parts=st.lists(st.tuples(PLAIN, NAMES), max_size=5),
    values=st.fixed_dictionaries(dict.fromkeys("ab", PLAIN) | {"label": PLAIN}),
)
def test_a_text_that_was_written_out_is_filled_in_again(
    parts: list[tuple[str, str]], values: dict[str, str]
) -> None:
    text = "".join(f"{plain}{{{name}}}" for plain, name in parts)
    written = text.format(**values)
    found = reread(text, written)
    assert found == written
    assert found is not None
    assert found.text == text
    assert reread("x" + text, "y" + written) is None


def test_another_text_is_not_filled_in() -> None:
    assert reread("{a} is of {b}", "Danone was of France") is None


# Search engines


def test_a_page_names_its_lasting_address_and_its_other_languages(client: httpx.Client) -> None:
    page = client.get("/ja/queries/members-of-coalition?coalition=jci").text
    own = f"{BASE}ja/queries/members-of-coalition"
    assert f'<link rel="canonical" href="{own}">' in page
    assert f'<meta property="og:url" content="{own}">' in page
    found = re.findall('<link rel="alternate" hreflang="(.+?)" href="(.+?)">', page)
    path = "queries/members-of-coalition"
    assert found == [
        ("en", f"{BASE}{path}"),
        *((tag, f"{BASE}{tag}/{path}") for tag in TAGS[1:]),
        ("x-default", f"{BASE}{path}"),
    ]
    title = re.search("<title>(.+?)</title>", page)
    assert title
    assert f'<meta property="og:title" content="{title[1]}">' in page


def test_an_error_is_not_for_search_engines(client: httpx.Client) -> None:
    page = client.get("/nowhere").text
    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page


def test_the_sitemap_lists_pages_that_there_are(client: httpx.Client, address: str) -> None:
    robots = client.get("/robots.txt").text
    assert robots.endswith(f"\nSitemap: {address}/sitemap.xml\n")
    parts = _locations(client.get("/sitemap.xml"))
    assert f"{address}/sitemap/coalition.xml" in parts
    assert not [part for part in parts if "statement" in part]
    listed = [page for part in parts for page in _locations(client.get(part))]
    assert {f"{address}/", f"{address}/doc/coalition/jci", f"{address}/doc/agent/sony"} <= set(listed)
    for page in listed:
        if not page.endswith("/quality"):  # the small release has no report on its data
            assert client.get(page).status_code == 200, page
    coalition = client.get("/sitemap/coalition.xml").text
    assert f'hreflang="fr" href="{address}/fr/doc/coalition/jci"' in coalition
    assert "hreflang" not in client.get("/sitemap/agent.xml").text
    assert client.get("/sitemap/statement.xml").status_code == 404


def _locations(answer: httpx.Response) -> list[str]:
    assert answer.headers["content-type"].startswith("application/xml")
    found = ElementTree.fromstring(answer.content)
    return [element.text or "" for element in found.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def test_labels_follow_the_language(client: httpx.Client, small: acagraph.Dataset) -> None:
    jci = Term("iri", f"{BASE}id/coalition/jci")
    found = {tag: Labels(small.store, tag).of([jci])[jci.value] for tag in ("en", "ja", "fr")}
    assert [(str(label), label.language) for label in found.values()] == [
        ("Japan Climate Initiative", "en"),
        ("気候変動イニシアティブ", "ja"),
        ("Japan Climate Initiative", "en"),
    ]
    assert "気候変動イニシアティブ</h1>" in client.get("/ja/doc/coalition/jci").text
    assert '<span lang="en">Japan Climate Initiative</span></h1>' in client.get("/fr/doc/coalition/jci").text

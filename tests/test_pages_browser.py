"""Every kind of page in a real browser: wide and narrow, light and dark, by keyboard, without a script.

It is checked as HTML too. clients/package-lock.json names the driver, axe-core and the checker of HTML, and
`make test` installs them. The pictures of the pages are kept in build/screens/.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph
import pytest

import acagraph
from acagraph.web import create_app
from page_kinds import HTML, PAGES, status

from searched import MUNICH, write_searchable
from small import DATA, served, write_release

ROOT = Path(__file__).parent.parent
CLIENTS = Path(__file__).parent / "clients"
SCREENS = ROOT / "build" / "screens"
VNU = CLIENTS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
PICTURES = ("1280-light", "1280-dark", "390-light", "390-dark", "2560-light", "print")
# What a browser loads of each at most, in bytes as they are sent.
ENTITIES = (
    "coalition",
    "agent",
    "country",
    "country-largest",
    "place",
    "person",
    "event",
    "document",
    "commitment",
    "membership",
    "source",
    "source-2",
    "roster",
)
LOADED = re.compile(r'<(?:link rel="(?:icon|stylesheet)"|script|img)[^>]* (?:href|src)="([^"]+)"')
LISTS = ("coalitions", "members", "countries", "commitments")
LIGHT = {"home": 120_000, **dict.fromkeys((*ENTITIES, *LISTS), 60_000)}


def driven(program: str, given: dict[str, object]) -> Any:
    """Return what a program of clients/ tells that drives the browser, with what it is given."""
    browser, node = shutil.which("chromium"), shutil.which("node")
    if browser is None or node is None:
        pytest.skip("chromium or Node.js is not installed (Debian: apt install chromium nodejs npm)")
    if not (CLIENTS / "node_modules" / "puppeteer-core").is_dir():
        pytest.skip("the driver of the browser is not installed (in tests/clients: npm ci)")
    done = subprocess.run(
        [node, program],
        cwd=CLIENTS,
        input=json.dumps({"browser": browser, **given}),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def look(origin: str, pages: dict[str, str], folder: Path) -> dict[str, list[str]]:
    """Return what is wrong with each page in the browser, by its name."""
    asked = [{"name": name, "path": path} for name, path in pages.items()]
    told = driven("pages.mjs", {"origin": origin, "folder": str(folder), "pages": asked})
    return {one["name"]: one["wrong"] for one in told}


def test_pages_are_right_in_a_browser(service: str) -> None:
    began = time.time()
    found = look(service, PAGES, SCREENS)
    assert found.keys() == PAGES.keys()
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert {f"{name}-{picture}.png" for name in PAGES for picture in PICTURES} <= {
        path.name for path in SCREENS.iterdir() if path.stat().st_mtime > began
    }


def test_pages_are_valid_html(service: str, tmp_path: Path) -> None:
    with httpx.Client(base_url=service, headers=HTML, timeout=60) as client:
        assert invalid(client, PAGES, tmp_path) == set()


def invalid(client: httpx.Client, pages: dict[str, str], folder: Path) -> set[tuple[str, str]]:
    """Return what is wrong with the HTML of pages: the name of the page, and a message."""
    java = shutil.which("java")
    if java is None or not VNU.is_file():
        pytest.skip("Java or vnu-jar is not installed (in tests/clients: npm ci)")
    for name, path in pages.items():
        answer = client.get(path)
        assert answer.status_code == status(name), path
        (folder / f"{name}.html").write_bytes(answer.content)
    command = [java, "-jar", str(VNU), "--format", "json", "--exit-zero-always", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    told = json.loads(done.stderr)["messages"]
    return {(Path(one["url"]).stem, one["message"]) for one in told if one["type"] == "error"}


@pytest.fixture(scope="module")
def searchable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of a release whose towns have names that are hard to spell."""
    folder = write_searchable(tmp_path_factory.mktemp("searchable"))
    with acagraph.open(folder) as dataset, served(create_app(dataset)) as address:
        yield address


FOUND = {
    "search-munich": "/search?q=munich",
    "search-spelt": "/es/search?q=m%C3%BCnchen",
    "search-facets": "/search?q=springfield&kind=LocalGovernment&country=US",
}


def test_a_town_is_found_however_it_is_spelt(searchable: str) -> None:
    with httpx.Client(base_url=searchable, headers=HTML, timeout=60) as client:
        firsts = []
        for spelt in ("munich", "münchen", "Muenchen"):
            found = client.get("/search.json", params={"q": spelt}).json()["results"]
            page = client.get("/search", params={"q": spelt}).text
            firsts.append((found[0]["iri"], re.findall(r'<li>\s*<p><a href="([^"]+)"', page)[0]))
    assert firsts == [(MUNICH, "/doc/agent/muenchen")] * 3


def test_results_are_right_in_a_browser(searchable: str, tmp_path: Path) -> None:
    found = look(searchable, FOUND, SCREENS)
    assert found == {name: [] for name in FOUND}
    with httpx.Client(base_url=searchable, headers=HTML, timeout=60) as client:
        assert invalid(client, FOUND, tmp_path) == set()
        facets = client.get("/search?q=springfield").text
    assert re.search(
        r'href="/search\?[^"]*country=[^"]*"[^>]*>United States</a> <span class="quiet">\(20\)', facets
    )


@pytest.mark.parametrize("name", LIGHT)
def test_pages_are_light(service: str, name: str) -> None:
    with httpx.Client(base_url=service, headers={**HTML, "Accept-Encoding": "gzip"}, timeout=60) as client:
        loaded = LOADED.findall(client.get(PAGES[name]).text)
        assert any(address.endswith(".css") for address in loaded)
        sent = 0
        for address in {PAGES[name], *loaded}:
            with client.stream("GET", address) as answer:
                assert answer.status_code == 200
                sent += sum(map(len, answer.iter_raw()))
    assert 1_000 < sent < LIGHT[name]


STRUCK = (
    "</script><script>window.struck = 1</script>"
    "<img src=x onerror='window.struck = 1'>\" onfocus=\"window.struck = 1"
)


def test_no_script_of_the_data_or_of_an_address_runs(tmp_path: Path) -> None:
    (tmp_path / "release").mkdir()
    folder = write_release(tmp_path / "release")
    shutil.rmtree(folder / "store")
    text = DATA.read_text("utf-8")
    hostile = json.dumps(STRUCK, ensure_ascii=False)
    for label in ('"Sony"', '"Japan Climate Initiative"'):
        assert label in text
        text = text.replace(label, hostile)
    store = pyoxigraph.Store(str(folder / "store"))
    store.bulk_load(text.encode(), format=pyoxigraph.RdfFormat.TRIG)
    store.flush()
    del store
    evil = "%3C/script%3E%3Cscript%3Ewindow.struck=1%3C/script%3E"
    evil += "%22%3E%3Cimg%20src=x%20onerror=window.struck=1%3E"
    pages = {
        "home": "/",
        "coalition": "/doc/coalition/jci",
        "roster": "/doc/coalition/jci/members/1",
        "roster-ordered": "/doc/coalition/jci/members/1?kind=Business&sort=since&order=down",
        "roster-country": "/doc/place/japan/members/1",
        "members-2": "/members/2",
        "agent": "/doc/agent/sony",
        "query": f"/queries/members-of-coalition?coalition={evil}",
        "editor": f"/sparql?query={evil}",
        "answer": f"/sparql?query=SELECT%20(%27{evil}%27%20AS%20%3Fx)%20%7B%7D",
        "missing": f"/doc/agent/{evil}",
        "members": f"/members?country={evil}&sort={evil}",
    }
    with acagraph.open(folder) as dataset, served(create_app(dataset)) as address:
        found = look(address, pages, tmp_path / "screens")
    ran = [
        (name, one)
        for name, wrong in found.items()
        for one in wrong
        if one.startswith(("a script", "dialog", "refused", "asks", "error"))
    ]
    assert ran == []

"""The site that any static host can serve: all links lead somewhere, nothing is lost, nothing half done."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import http.server
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import httpx
import pytest
import rdflib
from click.testing import CliRunner
from pyld import jsonld

from acagraph.cli.releasing import release as group
from acagraph.errors import ReleaseError
from acagraph.release.files import File
from acagraph.release.hosting import apache, crawlers, edge, publish
from acagraph.release.hosting.archive import crate, deposit
from acagraph.release.hosting.placement import MARKER
from acagraph.release.hosting.site import Edition, Site
from acagraph.release.manifest import pages_of
from acagraph.release.pages import write_pages
from acagraph.release.proof.folder import verify

SITE = "https://example.org/acagraph/"
NEWEST, OLDER = "2031.2.10", "2031.2.9"
WITHDRAWN = "coalition:gone"
LICENCE = {"iri": "https://creativecommons.org/licenses/by/4.0/", "spdx": "CC-BY-4.0"}
SOURCES: list[dict[str, object]] = [
    {"title": "Tracker <2022>", "publisher": None, "licence": LICENCE, "page": "https://example.org/tracker"},
    {"title": "A page", "publisher": "A Daily", "licence": None, "page": "javascript:alert(1)"},
]
CHROMIUM = shutil.which("chromium")
APACHE = shutil.which("apache2") or shutil.which("httpd")
MODULES = Path("/usr/lib/apache2/modules")
RELATIONS = {"isIdenticalTo", "isPartOf", "isNewVersionOf", "isDerivedFrom", "isDocumentedBy", "isVersionOf"}


def sealed(folder: Path, **said: object) -> Path:
    """Write the manifest and the checksums of a release's folder anew, as a build that had made it so."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_bytes()) | said
    known = {entry["path"]: entry for entry in manifest["files"]}
    own = ("manifest.json", "SHA256SUMS", "manifest.json.minisig")
    names = sorted(
        name.relative_to(folder).as_posix()
        for name in folder.rglob("*")
        if name.is_file() and name.relative_to(folder).parts[0] != "store"
    )
    manifest["files"] = [
        known.get(name, {"media_type": "text/plain"})
        | {"path": name, "bytes": (folder / name).stat().st_size, "sha256": digest(folder / name)}
        for name in names
        if name not in own
    ]
    path.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    sums = [f"{entry['sha256']}  {entry['path']}\n" for entry in manifest["files"]]
    (folder / "SHA256SUMS").write_text("".join([*sums, f"{digest(path)}  manifest.json\n"]), encoding="utf-8")
    return folder


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def small(out: Path, version: str, **said: object) -> Path:
    """Write a release of a few small files, which is enough for where things go."""
    folder = out / version
    (folder / "data" / "graphs" / "source").mkdir(parents=True)
    (folder / "data" / "acagraph.ttl").write_text("# all\n", encoding="utf-8")
    for form in ("ttl", "jsonld", "rdf", "nt.gz"):
        (folder / "data" / "graphs" / "source" / f"002.{form}").write_text(f"# {form}\n", encoding="utf-8")
    header = '<https://w3id.org/acagraph/ontology> <http://www.w3.org/2002/07/owl#versionInfo> "'
    for name in ("ontology.ttl", "ontology.jsonld", "ontology.owl"):
        (folder / name).write_text(f'{header}1.{version[-1]}.0" .\n', encoding="utf-8")
    for name in ("shapes.ttl", "dataset.ttl", "dataset.jsonld", "void.ttl"):
        (folder / name).write_text(f"# {name} {version}\n", encoding="utf-8")
    (folder / "rules.html").write_text("<!DOCTYPE html><title>Rules</title>", encoding="utf-8")
    (folder / "redirects.csv").write_text(
        f"from,to,reason\ncoalition:old.name,coalition:jci,\n{WITHDRAWN},,never was one\n", encoding="utf-8"
    )
    body = {
        "name": "acagraph",
        "version": version,
        "date": "2031-02-10",
        "files": [],
        "triples": 3,
        "graphs": {"https://w3id.org/acagraph/graph/source/002": 3},
    }
    body |= {"rdfc10_sha256": "0" * 64, "licence": "https://creativecommons.org/licenses/by/4.0/", **said}
    (folder / "manifest.json").write_text(json.dumps(body), encoding="utf-8")
    (folder / "store").mkdir()
    (folder / "store" / "CURRENT").write_text("not for the web\n", encoding="utf-8")
    return sealed(folder)


@pytest.fixture(scope="module")
def out(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases: the curated one as the newest, with all that may be in one, and an older one."""
    folder = tmp_path_factory.mktemp("releases")
    newest = folder / NEWEST
    shutil.copytree(release, newest)
    described = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": "acagraph",
        "description": "Who is in which coalition. </script><script>alert(1)</script>",
        "creator": {"@type": "Organization", "name": "The acagraph project"},
        "keywords": ["climate", "coalitions"],
    }
    for name, text in (
        ("schema.jsonld", json.dumps(described)),
        ("citation.bib", "@misc{acagraph,\n  title = {acagraph <b>}\n}\n"),
        ("licences.json", json.dumps({"sources": SOURCES})),
        ("changes/changes.md", "# What changed\n"),
    ):
        (newest / name).parent.mkdir(exist_ok=True)
        (newest / name).write_text(text, encoding="utf-8")
    (newest / "manifest.json.minisig").write_text("untrusted comment: x\nRUQ\n", encoding="utf-8")
    sealed(newest, version=NEWEST, previous=OLDER, title="acagraph & <friends>")
    small(folder, OLDER)
    return folder


@pytest.fixture(scope="module")
def site(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the two releases; read it only."""
    folder = tmp_path_factory.mktemp("web") / "site"
    made = publish(out, folder, site=SITE)
    assert made.versions == (NEWEST, OLDER)
    return folder


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A folder with two small releases that a test may break."""
    for version in ("1.0.8", "1.0.9"):
        small(tmp_path / "public", version)
    return tmp_path / "public"


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def policy(site: Path) -> str:
    found = re.search(
        r"^  Content-Security-Policy: (.+)$", (site / "_headers").read_text("utf-8"), re.MULTILINE
    )
    assert found
    return found[1]


@contextlib.contextmanager
def hosted(site: Path, path: str = "/acagraph/") -> Iterator[str]:
    """Serve a folder below a path with the headers that it asks for, as a static host would."""
    headers = re.findall(
        r"^  ([\w-]+): (.+)$", (site / "_headers").read_text("utf-8").split("\n/.", 1)[0], re.M
    )

    class Handler(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            below = unquote(urlsplit(path).path)
            inside = below.removeprefix(prefix) if below.startswith(prefix) else "\0"
            return str(site / "nothing" if inside == "\0" else site / inside) + (
                "/" if below.endswith("/") else ""
            )

        def end_headers(self) -> None:
            for name, value in headers:
                self.send_header(name, value)
            super().end_headers()

        def log_message(self, *_: object) -> None:
            pass

    prefix = path
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}{path}"
        finally:
            server.shutdown()


class Page(HTMLParser):
    """The links, the anchors and the embedded data of a page; it fails where a script could run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.data: list[str] = []
        self._in_data = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        if tag == "script":
            assert told.get("type") == "application/ld+json"
            self._in_data = True
        assert not any(name.startswith("on") or name == "style" for name in told)
        if (anchor := told.get("id")) is not None:
            self.anchors.add(anchor)
        if tag == "link" and told.get("rel") in ("canonical", "type", "license", "cite-as"):
            return
        self.links += [value for name, value in attributes if name in ("href", "src") and value is not None]
        if told.get("http-equiv") == "refresh":
            self.links.append(str(told["content"]).partition("url=")[2])

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.data.append(data)
            self._in_data = False


def test_the_newest_release_is_at_the_root_and_each_under_its_version(site: Path, out: Path) -> None:
    for version in (NEWEST, OLDER):
        listed = [
            entry["path"] for entry in json.loads((out / version / "manifest.json").read_bytes())["files"]
        ]
        assert len(listed) > 10
        for name in (*listed, "manifest.json", "SHA256SUMS"):
            assert (site / "releases" / version / name).samefile(out / version / name)
            if version == NEWEST:
                assert (site / name).samefile(out / version / name)
    assert not [path for path in site.rglob("*") if path.name == "store" and path.is_dir()]


def test_what_was_published_can_be_verified(site: Path) -> None:
    for folder in (site, site / "releases" / NEWEST, site / "releases" / OLDER):
        proof = verify(folder, quick=True)
        assert proof.complete
        assert proof.exit_code == 0
    assert not verify(site / "releases" / OLDER).of("missing")


def test_what_the_manifest_does_not_list_is_not_published(two: Path, tmp_path: Path) -> None:
    (two / "1.0.9" / "notes.txt").write_text("a draft\n", encoding="utf-8")
    publish(two, tmp_path / "site")
    assert not [path for path in files(tmp_path / "site") if path.endswith("notes.txt")]


def test_a_signature_stays_with_its_manifest(site: Path) -> None:
    signature = site / "releases" / NEWEST / "manifest.json.minisig"
    assert signature.read_bytes() == (site / "manifest.json.minisig").read_bytes()
    told = json.loads((site / "releases" / "index.json").read_bytes())
    assert [(each["version"], each["signed"]) for each in told] == [(NEWEST, True), (OLDER, False)]
    assert told[0]["address"] == f"{SITE}releases/{NEWEST}/"
    assert f"{SITE}releases/{NEWEST}/changes/changes.md" in told[0]["changes"]
    assert told[1]["changes"] == []
    assert (told[0]["previous"], told[1]["previous"]) == (OLDER, "")


def test_every_link_of_every_page_leads_somewhere(site: Path) -> None:
    pages = [path for path in files(site) if path.endswith(".html") and path != "404.html"]
    assert {"index.html", "releases/index.html", f"releases/{OLDER}/index.html", "ontology/index.html"} <= {
        *pages
    }
    parsed = {name: Page((site / name).read_text("utf-8")) for name in pages}
    checked, seen = 0, {}
    with hosted(site) as address, httpx.Client() as client:
        for name, page in parsed.items():
            for link in page.links:
                target = urljoin(address + name, link)
                if not target.startswith(address):
                    assert urlsplit(target).scheme == "https", (name, link)
                    continue
                bare, _, anchor = target.partition("#")
                if bare not in seen:
                    seen[bare] = client.head(bare, follow_redirects=False).status_code
                assert seen[bare] == 200, (name, link)
                checked += 1
                inside = bare.removeprefix(address) or ""
                inside += "index.html" if inside.endswith("/") or not inside else ""
                if anchor and inside in parsed:
                    assert unquote(anchor) in parsed[inside].anchors, (name, link)
    assert checked > 500


def test_a_missing_page_says_where_the_first_is(site: Path) -> None:
    page = Page((site / "404.html").read_text("utf-8"))
    # It is shown at any depth.
    assert [link for link in page.links if not link.startswith("#")] == ["/acagraph/", "/acagraph/releases/"]


def test_the_first_page_tells_what_how_much_and_how_to_cite(site: Path, out: Path) -> None:
    text = (site / "index.html").read_text("utf-8")
    manifest = json.loads((out / NEWEST / "manifest.json").read_bytes())
    assert "<h1>acagraph &amp; &lt;friends&gt;</h1>" in text
    assert f"{manifest['triples']:,}" in text
    assert f"{manifest['classes']['aca:Coalition']:,}" in text
    assert manifest["rdfc10_sha256"] in text
    assert f"version {NEWEST}. https://w3id.org/acagraph/releases/{NEWEST}/" in text
    assert "@misc{acagraph,\n  title = {acagraph &lt;b&gt;}\n}" in text
    assert '<a href="https://example.org/tracker">Tracker &lt;2022&gt;</a>' in text
    assert '<a href="https://creativecommons.org/licenses/by/4.0/">CC-BY-4.0</a>' in text
    assert "<td>A Daily</td><td>not stated</td>" in text
    assert "javascript:" not in text
    for entry in manifest["files"]:
        assert f'<a href="{entry["path"]}">' in text
        assert entry["sha256"] in text
    [embedded] = Page(text).data
    assert json.loads(embedded) == json.loads((out / NEWEST / "schema.jsonld").read_bytes())


def test_an_older_release_says_so(site: Path) -> None:
    old = (site / "releases" / OLDER / "index.html").read_text("utf-8")
    assert f'The newest is <a href="../../">{NEWEST}</a>' in old
    assert "The newest is" not in (site / "releases" / NEWEST / "index.html").read_text("utf-8")


def test_terms_of_the_ontology_are_found_at_their_names(site: Path) -> None:
    page = Page((site / "ontology" / "index.html").read_text("utf-8"))
    assert {"Coalition", "memberOf", "Membership"} <= page.anchors
    assert not [anchor for anchor in page.anchors if ":" in anchor]  # others define their terms elsewhere
    versions = {path.name for path in (site / "ontology").iterdir() if path.is_dir()}
    assert "1.9.0" in versions
    assert len(versions) == 2


def test_the_policy_allows_the_styles_of_the_pages_and_nothing_else(site: Path) -> None:
    allowed = policy(site)
    assert allowed.startswith("default-src 'none'; ")
    assert "unsafe" not in allowed
    for name, content in files(site).items():
        for style in (
            re.findall(rb"<style>(.*?)</style>", content, re.DOTALL) if name.endswith(".html") else ()
        ):
            assert f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'" in allowed, name


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (Debian: apt install chromium)")
def test_a_browser_shows_the_first_page_without_complaint(site: Path, tmp_path: Path) -> None:
    flags = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    )
    log = ("--enable-logging=stderr", "--v=0", f"--user-data-dir={tmp_path}", "--dump-dom")
    with hosted(site) as address:
        done = subprocess.run(
            [str(CHROMIUM), *flags, *log, address], capture_output=True, text=True, timeout=120, check=True
        )
    assert "<h1>acagraph &amp; &lt;friends&gt;</h1>" in done.stdout
    assert "CONSOLE" not in done.stderr, done.stderr
    assert "Content Security Policy" not in done.stderr


def test_the_sitemap_lists_pages_that_are_there(site: Path) -> None:
    root = ElementTree.parse(site / "sitemap.xml").getroot()
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert root.tag == f"{space}urlset"
    found = {str(each.findtext(f"{space}loc")): each.findtext(f"{space}lastmod") for each in root}
    assert {SITE, f"{SITE}releases/", f"{SITE}releases/{OLDER}/", f"{SITE}rules.html"} <= {*found}
    assert sorted(found) == list(found)
    for address, day in found.items():
        assert address.startswith(SITE)
        inside = address.removeprefix(SITE)
        name = inside if inside.endswith(".html") else f"{inside}index.html"
        assert (site / name).is_file()
        assert 'name="robots"' not in (site / name).read_text("utf-8")
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(day))
    assert found[f"{SITE}releases/{OLDER}/"] == "2031-02-10"


def test_a_sitemap_of_too_many_pages_is_spread_over_files() -> None:
    pages = {f"page-{number}.html": f"2030-01-0{number}" for number in range(1, 6)}
    made = crawlers.sitemaps(Site.at(SITE), pages, most=2)
    assert sorted(made) == ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap.xml"]
    index = ElementTree.fromstring(made["sitemap.xml"])
    assert index.tag.endswith("sitemapindex")
    listed = [str(each[0].text).removeprefix(SITE) for each in index]
    inside = [str(each[0].text) for name in listed for each in ElementTree.fromstring(made[name])]
    assert inside == [SITE + page for page in sorted(pages)]
    assert str(index[0][1].text) == "2030-01-02"
    assert list(crawlers.sitemaps(Site.at(SITE), pages, most=5)) == ["sitemap.xml"]


def test_robots_and_language_models_find_what_is_there(site: Path) -> None:
    robots = (site / "robots.txt").read_text("utf-8")
    assert f"Sitemap: {SITE}sitemap.xml\n" in robots
    told = (site / "llms.txt").read_text("utf-8")
    assert told.startswith("# acagraph")
    assert re.search(r"^> Who is in which coalition", told, re.MULTILINE)
    links = re.findall(r"\]\((\S+)\)", told)
    assert len(links) > 5
    for link in links:
        inside = link.removeprefix(SITE)
        assert (site / inside).exists(), link


def test_void_is_at_the_well_known_place(site: Path) -> None:
    assert (site / ".well-known" / "void").read_bytes() == (site / "void.ttl").read_bytes()


def test_the_research_object_is_flat_and_whole(site: Path, out: Path) -> None:
    crate = json.loads((site / "ro-crate-metadata.json").read_bytes())
    entities = {each["@id"]: each for each in crate["@graph"]}
    assert len(entities) == len(crate["@graph"])
    assert entities["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert entities["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    root = entities["./"]
    assert {"name", "description", "datePublished", "license", "author"} <= root.keys()
    parts = [unquote(part["@id"]) for part in root["hasPart"]]
    manifest = json.loads((out / NEWEST / "manifest.json").read_bytes())
    own = {"manifest.json", "SHA256SUMS", "manifest.json.minisig"}
    assert {*parts} == {entry["path"] for entry in manifest["files"]} | own
    for part in root["hasPart"]:
        told, path = entities[part["@id"]], site / unquote(part["@id"])
        assert told["@type"] == "File"
        assert told["contentSize"] == str(path.stat().st_size)
        assert told["sha256"] == digest(path)
        assert told["license"] == root["license"]
    for each in crate["@graph"]:
        for value in each.values():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    assert list(item) == ["@id"]  # nothing is nested
                    assert item["@id"] in entities or item["@id"].startswith("https://w3id.org/ro/crate/")


def test_the_research_object_is_json_ld(site: Path) -> None:
    crate = json.loads((site / "ro-crate-metadata.json").read_bytes())

    def offline(address: str, _: object) -> dict[str, Any]:
        assert address == "https://w3id.org/ro/crate/1.2/context"
        terms = {"@vocab": "http://schema.org/", "conformsTo": "http://purl.org/dc/terms/conformsTo"}
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": address} | {
            "document": {"@context": terms}
        }

    flat = jsonld.flatten(crate, options={"documentLoader": offline, "base": SITE})
    named = {each["@id"] for each in flat if "@type" in each}
    assert named == {urljoin(SITE, each["@id"]) for each in crate["@graph"]}


def test_the_deposit_names_what_it_is_part_of_and_nobody(site: Path) -> None:
    metadata = json.loads((site / ".zenodo.json").read_bytes())
    assert json.loads((site / "zenodo-deposit.json").read_bytes()) == {"metadata": metadata}
    assert metadata["upload_type"] == "dataset"
    assert metadata["license"] == "cc-by-4.0"
    assert metadata["version"] == NEWEST
    assert metadata["keywords"] == ["climate", "coalitions"]
    assert metadata["creators"] == [{"name": "The acagraph project"}]
    assert "<script>" not in metadata["description"]
    assert {each["relation"] for each in metadata["related_identifiers"]} <= RELATIONS
    [before] = [each for each in metadata["related_identifiers"] if each["relation"] == "isNewVersionOf"]
    assert before["identifier"] == f"https://w3id.org/acagraph/releases/{OLDER}/"
    derived = [each for each in metadata["related_identifiers"] if each["relation"] == "isDerivedFrom"]
    assert [each["identifier"] for each in derived] == ["https://example.org/tracker"]
    assert not {"orcid", "affiliation", "gnd"} & metadata["creators"][0].keys()


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/", "cc-by-nc-sa-3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "cc0-1.0"),
        ("https://opendatacommons.org/licenses/odbl/1-0/", "odbl-1.0"),
        ("https://example.org/terms", None),
    ],
)
def test_a_licence_has_the_name_that_archives_use(iri: str, name: str | None, tmp_path: Path) -> None:
    assert deposit(Edition("1.0", tmp_path, {"licence": iri}, {})).get("license") == name


def test_redirects_keep_to_what_hosts_read(site: Path) -> None:
    lines = (site / "_redirects").read_text("utf-8").splitlines()
    rules = [line.split(" ") for line in lines]
    assert all(len(rule) == 3 and len(" ".join(rule)) <= 1_000 for rule in rules)
    assert len({rule[0] for rule in rules}) == len(rules)
    assert rules[-1] == ["/id/*", "/doc/:splat", "302"]
    assert ["/id/coalition/aca-guadalajara", "/id/coalition/aca-mx", "301"] in rules
    fixed = [rule for rule in rules if not rule[0].startswith(("/id/", "/doc/"))]
    assert fixed == [["/shapes", "/rules.html", "302"]]
    assert (site / "rules.html").is_file()


def test_each_named_graph_has_a_page_at_its_name(site: Path, release: Path) -> None:
    manifest = json.loads((release / "manifest.json").read_bytes())
    base = "https://w3id.org/acagraph/graph/"
    counts = {iri.removeprefix(base): count for iri, count in manifest["graphs"].items()}
    own = {name: count for name, count in counts.items() if (site / f"data/graphs/{name}.ttl").is_file()}
    assert len(own) > 20
    home = (site / "index.html").read_text("utf-8")
    for name, count in own.items():
        page = (site / "graph" / name / "index.html").read_text("utf-8")
        assert f"<code>{base}{name}</code>" in page
        assert f'<td class="number">{count:,}</td>' in page
        assert f'href="{"../" * (2 + name.count("/"))}data/graphs/{name}.ttl"' in page
        assert f'<a href="graph/{name}/">' in home
    assert "<h1>acagraph &amp; &lt;friends&gt;</h1>" in home


def test_a_page_of_a_graph_has_its_title_and_its_sources(out: Path, release: Path, tmp_path: Path) -> None:
    newest = tmp_path / "public" / NEWEST
    shutil.copytree(out / NEWEST, newest)
    graph = "https://w3id.org/acagraph/graph/source/002"
    sources = [{**SOURCES[0], "graphs": [graph]}, SOURCES[1]]
    (newest / "licences.json").write_text(json.dumps({"sources": sources}), encoding="utf-8")
    version = json.loads((release / "manifest.json").read_bytes())["version"]
    text = (newest / "dataset.ttl").read_text("utf-8").replace(f"releases/{version}/", f"releases/{NEWEST}/")
    (newest / "dataset.ttl").write_text(text, encoding="utf-8")
    sealed(newest)
    publish(newest.parent, tmp_path / "site", site=SITE)
    page = (tmp_path / "site" / "graph" / "source" / "002" / "index.html").read_text("utf-8")
    assert "Tracker &lt;2022&gt;" in page
    assert "A Daily" not in page
    this = rdflib.URIRef(f"https://w3id.org/acagraph/releases/{NEWEST}/#graph/source/002")
    title = str(rdflib.Graph().parse(newest / "dataset.ttl").value(this, rdflib.DCTERMS.title))
    assert title.startswith("What a source states: ")
    assert f"<h1>{escape(title, quote=False)}</h1>" in page


def test_more_redirects_than_a_host_takes_are_said(tmp_path: Path) -> None:
    merged = {
        f"https://w3id.org/acagraph/id/agent/{n}": "https://w3id.org/acagraph/id/agent/x"
        for n in range(1_500)
    }
    edition = Edition("1.0", tmp_path, {}, {}, redirects=merged)
    text, notices = edge.redirects([edition])
    assert len(text.splitlines()) == edge.MOST_REDIRECTS
    assert "leaves out 1,001 of 3,000 redirects" in notices[0]
    assert apache.site_rules(Site.at(SITE), [edition], "").count(b"(id|doc)/agent/") == 1_500


def test_headers_keep_to_what_hosts_read(site: Path) -> None:
    blocks = re.split(r"^(?=/)", (site / "_headers").read_text("utf-8"), flags=re.MULTILINE)[1:]
    assert len(blocks) <= 100  # of Cloudflare Pages
    rules = {block.splitlines()[0]: block for block in blocks}
    assert "Content-Type: text/turtle" in rules["/.well-known/void"]
    assert "Content-Type: application/gzip" in rules["/*.gz"]
    assert "\n  Content-Type" not in rules["/*"]
    assert max(map(len, "".join(blocks).splitlines())) <= 2_000


def test_large_files_are_told() -> None:
    assert edge.refused([1, 25 << 20]) == []
    found = edge.refused([30 << 20, 200 << 20, 900 << 20])
    assert "3 files are larger than 25 MiB" in found[0]
    assert "2 files are larger than 100 MiB" in found[1]
    assert "together have 1.2 GB" in found[2]


def test_equal_releases_give_equal_bytes(out: Path, site: Path, tmp_path: Path) -> None:
    publish(out, tmp_path / "again", site=SITE.rstrip("/"))
    assert files(tmp_path / "again") == files(site)


def test_what_an_older_run_made_is_gone(two: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    publish(two, folder, site=SITE)
    assert (folder / "w3id" / ".htaccess").is_file()
    made = publish(two, folder)
    assert not (folder / "w3id").exists()
    assert any("without --site" in notice for notice in made.notices)
    assert any("https://w3id.org/acagraph/sparql" in notice for notice in made.notices)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["public", "site"]


@pytest.mark.parametrize("version", ["1.0.8", "1.0.9"])
def test_a_release_that_was_published_stays_though_it_is_gone_elsewhere(
    two: Path, tmp_path: Path, version: str
) -> None:
    folder = tmp_path / "site"
    publish(two, folder, site=SITE)
    before = files(folder)
    shutil.rmtree(two / version)
    for _ in range(2):  # and again from what was kept
        made = publish(two, folder, site=SITE)
        assert made.versions == ("1.0.9", "1.0.8")
        assert made.kept == (version,)
        assert any(f"--drop {version}" in notice for notice in made.notices)
        assert files(folder) == before
    assert verify(folder / "releases" / version, quick=True).complete


def test_a_release_is_dropped_only_when_that_is_said(two: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    publish(two, folder)
    with pytest.raises(ReleaseError, match=r"--drop 1\.0\.8: it stands in .*move it away"):
        publish(two, folder, drop=["1.0.8"])
    shutil.rmtree(two / "1.0.8")
    with pytest.raises(ReleaseError, match=r"--drop 1\.0\.7: .* has no such release"):
        publish(two, folder, drop=["1.0.7"])
    assert (folder / "releases" / "1.0.8").exists()
    told = CliRunner().invoke(
        group, ["publish", "--from", str(two), "--to", str(folder), "--drop", "1.0.8"], catch_exceptions=False
    )
    assert told.exit_code == 0
    assert not (folder / "releases" / "1.0.8").exists()
    assert "1.0.8" not in (folder / "releases" / "index.json").read_text("utf-8")


def test_a_damaged_release_of_the_site_is_not_lost_in_silence(two: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    publish(two, folder)
    shutil.rmtree(two / "1.0.8")
    manifest = folder / "releases" / "1.0.8" / "manifest.json"
    data = manifest.read_bytes()
    manifest.unlink()
    with pytest.raises(
        ReleaseError, match=r"releases/1\.0\.8 was published and is damaged; .*--drop 1\.0\.8"
    ):
        publish(two, folder)
    manifest.write_bytes(data)
    (folder / "releases" / "1.0.8" / "shapes.ttl").write_text("# other\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"1\.0\.8 is not as it was published"):
        publish(two, folder)
    publish(two, folder, drop=["1.0.8"])


def test_a_release_of_a_site_can_be_verified_whole(release: Path, tmp_path: Path) -> None:
    version = release.resolve().name
    publish(release.parent, tmp_path / "site", site=SITE)
    proof = verify(tmp_path / "site" / "releases" / version)
    assert [file.path for file in proof.of("unlisted")] == ["index.html"]
    assert proof.verdict == "whole"
    (tmp_path / "site" / "releases" / version / "shapes.ttl").unlink()
    assert verify(tmp_path / "site" / "releases" / version, quick=True).verdict == "part"


def paged(folder: Path, pages: dict[str, str]) -> Path:
    """Give a release pages, as a build would have."""

    def freeze(_: Path, target: Path, __: Path | None) -> dict[str, str]:
        for name, text in pages.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_text(text, encoding="utf-8")
        return {name: digest(target / name) for name in pages}

    found, _ = write_pages(folder, None, freeze)
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | pages_of(found)), encoding="utf-8")
    sums = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    kept = [line for line in sums if not line.endswith("  manifest.json")]
    lines = [*kept, f"{found}  pages.sha256", f"{digest(path)}  manifest.json"]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


OURS = {
    "index.html": '<link rel="stylesheet" href="/static/a.css"><a href="/doc/agent/sony">Sony</a> href="/x',
    "doc/agent/sony.html": '<a href="/">Home</a> <a href="//example.org/">There</a>',
    "dataset.html": "<h1>Data</h1>",
    "es/index.html": "<h1>Inicio</h1>",
    "static/a.css": "a { background: url(/static/b.png) }",
}


def test_the_pages_of_the_release_are_those_of_the_site(two: Path, tmp_path: Path) -> None:
    folder, site = paged(two / "1.0.9", OURS), tmp_path / "site"
    assert not [
        notice for notice in publish(two, site, site="https://example.org/").notices if "/doc/" in notice
    ]
    for name in OURS:
        assert (site / name).samefile(folder / "pages" / name)
    assert not (site / "pages").exists()
    assert not (site / "dataset" / "index.html").exists()
    assert not (site / "graph").exists()
    assert (site / "releases" / "index.html").is_file()
    for name in ("sparql", "search", "es/sparql", "es/search"):
        told = (site / f"{name}.html").read_text("utf-8")
        assert f"https://w3id.org/acagraph/{name.rpartition('/')[2]}" in told
        assert "acagraph serve" in told
    mapped = (site / "sitemap.xml").read_text("utf-8")
    assert "sparql" not in mapped
    for address in ("", "doc/agent/sony", "dataset", "es/", "releases/1.0.9/"):
        assert f"<loc>https://example.org/{address}</loc>" in mapped
    assert "sony.html" not in mapped
    assert "style-src 'self' 'sha256-" in policy(site)
    assert "/shapes" not in (site / "_redirects").read_text("utf-8")
    assert verify(site / "releases" / "1.0.9", quick=True).complete


def test_below_a_path_pages_are_as_a_server_sends_them_there(two: Path, tmp_path: Path) -> None:
    folder, site = paged(two / "1.0.9", OURS), tmp_path / "site"
    publish(two, site, site=SITE)
    home = (site / "index.html").read_text("utf-8")
    assert home.startswith(
        '<link rel="stylesheet" href="/acagraph/static/a.css"><a href="/acagraph/doc/agent/sony">'
    )
    assert (site / "doc" / "agent" / "sony.html").read_text("utf-8") == (
        '<a href="/acagraph/">Home</a> <a href="//example.org/">There</a>'
    )
    assert (site / "static" / "a.css").samefile(folder / "pages" / "static" / "a.css")


def test_a_folder_with_other_files_is_refused(two: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    publish(two, folder)  # an empty one is nobody's
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("mine\n", encoding="utf-8")
    before = files(folder)
    with pytest.raises(ReleaseError, match=r"did not make: \.git/config; "):
        publish(two, folder)
    assert files(folder) == before
    publish(two, folder, force=True)
    assert not (folder / ".git").exists()


def test_a_marker_of_somebody_else_counts_for_nothing(two: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "thesis.tex").write_text("mine\n", encoding="utf-8")
    for text in ("{", "[]", '{"files": ["thesis.tex"]}', '{"made_by": "me", "files": ["thesis.tex"]}'):
        (folder / MARKER).write_text(text, encoding="utf-8")
        with pytest.raises(ReleaseError, match=r"thesis\.tex"):
            publish(two, folder)


@pytest.mark.parametrize("where", ["public", ".", "public/site", "..", "public/1.0.9"])
def test_the_releases_are_never_written_over(
    two: Path, tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "here"
    inside.mkdir()
    monkeypatch.chdir(inside)
    before = files(two)
    with pytest.raises(ReleaseError, match="--to"):
        publish(two, tmp_path / where, force=True)
    assert files(two) == before


def test_a_file_is_no_folder(two: Path, tmp_path: Path) -> None:
    (tmp_path / "site").write_text("mine\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match="is no folder"):
        publish(two, tmp_path / "site", force=True)
    assert (tmp_path / "site").read_text("utf-8") == "mine\n"


@pytest.mark.parametrize(
    "address",
    [
        "example.org",
        "ftp://example.org/",
        "https://user@example.org/",
        "https://example.org/a?b",
        "https://example.org/#a",
        "https://example.org/a b/",
        "https://example.org/\nRewriteRule ^ evil",
        "https://example.org/../",
        "https://example.org/$1%{ENV:X}",
        'https://example.org/"><script>',
        "",
    ],
)
def test_an_address_that_is_none_is_refused(two: Path, tmp_path: Path, address: str) -> None:
    with pytest.raises(ReleaseError, match="is no address of a site"):
        publish(two, tmp_path / "site", site=address)
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("address", ["https://example.org", "http://127.0.0.1:8000/a/b~c/", SITE])
def test_an_address_ends_with_one_slash(address: str) -> None:
    assert Site.at(address).address == address.rstrip("/") + "/"


def test_only_whole_releases_are_published(two: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    publish(two, folder)
    before = files(folder)
    path = two / "1.0.8" / "shapes.ttl"
    path.unlink()  # the site has the same file under another name
    path.write_text("# shapes.ttl 1.0.7\n", encoding="utf-8")  # of the same size
    with pytest.raises(ReleaseError, match=r"1\.0\.8 is not as it was published \(shapes\.ttl is altered\)"):
        publish(two, folder)
    path.unlink()
    with pytest.raises(ReleaseError, match=r"shapes\.ttl is missing"):
        publish(two, folder)
    assert files(folder) == before


def test_without_a_release_there_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="there is no release in"):
        publish(tmp_path / "public", tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_name_that_cannot_stand_in_an_address_is_refused(tmp_path: Path) -> None:
    small(tmp_path / "public", "1.0.9", ontology="1.0\nRewriteRule ^ https://evil.example/")
    with pytest.raises(ReleaseError, match="cannot stand in an address"):
        publish(tmp_path / "public", tmp_path / "site")


def test_another_disk_gets_one_copy(two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def elsewhere(source: Path, target: Path) -> None:
        if source.is_relative_to(two):
            raise OSError(18, "Invalid cross-device link")
        link(source, target)

    monkeypatch.setattr(os, "link", elsewhere)
    made = publish(two, tmp_path / "site")
    one, other = tmp_path / "site" / "shapes.ttl", tmp_path / "site" / "releases" / "1.0.9" / "shapes.ttl"
    assert one.samefile(other)
    assert not one.samefile(two / "1.0.9" / "shapes.ttl")
    assert made.written < made.bytes


def test_a_full_disk_leaves_the_old_site(two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "site"
    publish(two, folder)
    before = files(folder)
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name == "robots.txt":
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ReleaseError, match="No space left on device; what stood there stays"):
        publish(two, folder)
    assert files(folder) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["public", "site"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from acagraph.release import swap
from acagraph.release.hosting import placement, publish

def end(*_):
    os.kill(os.getpid(), signal.SIGKILL)

moment = sys.argv[3]
if moment == "filling":
    write = Path.write_bytes
    Path.write_bytes = lambda path, data: end() if path.name == "robots.txt" else write(path, data)
elif moment == "before":
    placement.put_in_place = end
elif moment == "between":
    swap._exchange = lambda *_: False
    rename = Path.rename
    Path.rename = lambda path, to: end() if path.parent.name.startswith(".site") else rename(path, to)
elif moment == "after":
    placement.remove = lambda path: end() if path.name.startswith(".old-") else None
publish(Path(sys.argv[1]), Path(sys.argv[2]), drop=["1.0.8"])
"""


@pytest.mark.parametrize("moment", ["filling", "before", "between", "after"])
def test_killed_half_way_it_is_whole_after_the_next_run(two: Path, tmp_path: Path, moment: str) -> None:
    folder = tmp_path / "site"
    publish(two, folder)
    before = files(folder)
    shutil.rmtree(two / "1.0.8")
    command = [sys.executable, "-c", textwrap.dedent(_KILLED), str(two), str(folder), moment]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    if moment in ("filling", "before"):
        assert files(folder) == before
    elif moment == "between":  # only where the system cannot swap two folders in one step
        assert files(folder.with_name(".old-site")) == before
    publish(two, folder, drop=["1.0.8"] if moment != "after" else ())  # by then it is gone
    assert not (folder / "releases" / "1.0.8").exists()
    assert (folder / "releases" / "1.0.9" / "shapes.ttl").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["public", "site"]


def test_two_runs_at_once_do_not_mix(two: Path, tmp_path: Path) -> None:
    import fcntl

    place = tmp_path / ".site.publishing"
    place.mkdir()
    descriptor = os.open(place, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        with pytest.raises(ReleaseError, match="another run is publishing"):
            publish(two, tmp_path / "site")
    finally:
        os.close(descriptor)
    publish(two, tmp_path / "site")


def test_the_command_says_what_it_made(two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert two.parent == tmp_path
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(group, ["publish", "--to", "site", "--site", SITE])
    assert done.exit_code == 0, done.output
    assert re.search(r"^Published 1\.0\.9 and 1 older to site: \d+ files, ", done.stdout)
    done = CliRunner().invoke(group, ["publish", "--to", "site", "--from", "public", "--json"])
    told = json.loads(done.stdout)
    assert (told["versions"], told["folder"]) == (["1.0.9", "1.0.8"], "site")
    assert told["files"] == len(files(tmp_path / "site"))
    assert "note: without --site" in done.stderr
    refused = CliRunner().invoke(group, ["publish", "--to", "public"])
    assert isinstance(refused.exception, ReleaseError)
    assert refused.exception.exit_code == 2
    assert "sign" in CliRunner().invoke(group, ["--help"]).output


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
RDFLIB = "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1"
JENA = "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"
ACCEPTED = [
    (BROWSER, "html"),
    ("*/*", "html"),
    ("", "html"),
    ("text/turtle", "ttl"),
    ("TEXT/Turtle ; charset=utf-8", "ttl"),
    ("application/ld+json", "jsonld"),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
    ("application/rdf+xml", "rdf"),
    (RDFLIB, "rdf"),
    (JENA, "ttl"),
    ("text/html, text/turtle;q=0.9", "html"),
    ("text/html;q=0.5, text/turtle;q=0.9", "ttl"),
    ("text/turtle;q=0, application/ld+json;q=0.1", "jsonld"),
    ("text/turtle;q=0.0", "html"),
    ("application/ld+json;q=0.5, application/rdf+xml;q=1.0", "rdf"),
    ("text/turtlex", "html"),
]


@contextlib.contextmanager
def apache_serving(site: Path, folder: Path) -> Iterator[str]:
    """Run Apache on the site at /acagraph/ and on what w3id.org would have at /w3id/acagraph/."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    shutil.copytree(site, folder / "www" / "acagraph")
    shutil.copytree(site / "w3id", folder / "www" / "w3id" / "acagraph")
    load = ("mpm_event", "authz_core", "dir", "mime", "headers", "rewrite")
    lines = [f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in load]
    lines += [
        f'ServerRoot "{folder}"',
        f"Listen 127.0.0.1:{port}",
        "ServerName localhost",
        f'PidFile "{folder}/pid"',
        f'ErrorLog "{folder}/log"',
        "TypesConfig /dev/null",
        "AddEncoding x-gzip .gz",  # as many hosts have it
        f'DocumentRoot "{folder}/www"',
        f'<Directory "{folder}/www">',
        "  AllowOverride FileInfo Indexes",
        "  Options FollowSymLinks",
        "  Require all granted",
        "</Directory>",
    ]
    if os.geteuid() == 0:  # Apache answers nobody as root
        lines += ["User www-data", "Group www-data"]
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
    (folder / "conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    server = subprocess.Popen(
        [str(APACHE), "-f", str(folder / "conf"), "-DFOREGROUND"], stderr=subprocess.PIPE, text=True
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            assert server.poll() is None, server.communicate()[1]
            time.sleep(0.05)
        yield address
    finally:
        server.terminate()
        server.communicate(timeout=20)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of Apache with the site of two small releases."""
    if APACHE is None or not (MODULES / "mod_rewrite.so").is_file():
        pytest.skip("Apache is not installed (Debian: apt install apache2)")
    place = tmp_path_factory.mktemp("apache")
    for version in ("1.0.8", "1.0.9"):
        small(place / "public", version)
    publish(place / "public", place / "site", site=SITE)
    # Not where pytest writes: another user may not read that.
    with (
        tempfile.TemporaryDirectory() as folder,
        apache_serving(place / "site", Path(folder)) as address,
        httpx.Client(base_url=address, verify=False) as client,
    ):
        yield client


def asked(server: httpx.Client, address: str, accept: str = BROWSER) -> httpx.Response:
    return server.get(address, headers={"Accept": accept})


@pytest.mark.parametrize(("accept", "form"), ACCEPTED)
def test_the_ontology_comes_as_it_is_asked_for(server: httpx.Client, accept: str, form: str) -> None:
    answer = asked(server, "/w3id/acagraph/ontology", accept)
    assert answer.status_code == 303
    names = {"html": "ontology", "ttl": "ontology.ttl", "jsonld": "ontology.jsonld", "rdf": "ontology.owl"}
    assert answer.headers["location"] == SITE + names[form]
    here = asked(server, "/acagraph/ontology", accept)
    assert "accept" in here.headers["vary"].lower()
    if form == "html":
        assert here.status_code == 301
        assert here.headers["location"].endswith("/acagraph/ontology/")
        page = asked(server, here.headers["location"], accept)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "<h1>The ontology of acagraph, version 1.9.0</h1>" in page.text
    else:
        assert here.status_code == 200
        types = {
            "ttl": "text/turtle; charset=utf-8",
            "jsonld": "application/ld+json",
            "rdf": "application/rdf+xml",
        }
        assert here.headers["content-type"] == types[form]
        assert '"1.9.0"' in here.text


@pytest.mark.parametrize(
    ("path", "accept", "status", "target"),
    [
        ("", BROWSER, 303, ""),
        ("id/coalition/jci", BROWSER, 303, "doc/coalition/jci"),
        ("id/agent/caf%C3%A9", "text/turtle", 303, "doc/agent/caf%c3%a9"),
        ("scheme/metric/member-count", BROWSER, 303, "scheme/metric/member-count"),
        ("ontology/1.8.0", "text/turtle", 303, "releases/1.0.8/ontology.ttl"),
        ("ontology/1.9.0", "application/rdf+xml", 303, "releases/1.0.9/ontology.owl"),
        ("ontology/1.8.0", BROWSER, 302, "ontology/1.8.0"),
        ("shapes", "text/turtle", 303, "shapes.ttl"),
        ("shapes", BROWSER, 303, "rules.html"),
        ("dataset", "application/ld+json", 303, "dataset.jsonld"),
        ("dataset", BROWSER, 303, "dataset"),
        ("graph/source/002", "text/turtle", 303, "data/graphs/source/002.ttl"),
        ("graph/source/002", BROWSER, 303, "graph/source/002"),
        ("releases/1.0.8/data/acagraph.ttl", BROWSER, 302, "releases/1.0.8/data/acagraph.ttl"),
        (".well-known/void", "text/turtle", 302, ".well-known/void"),
        ("ontologyx", "text/turtle", 302, "ontologyx"),
    ],
)
def test_permanent_names_lead_to_the_site(
    server: httpx.Client, path: str, accept: str, status: int, target: str
) -> None:
    answer = asked(server, f"/w3id/acagraph/{path}", accept)
    assert answer.status_code == status
    assert answer.headers["location"].replace("%C3%A9", "%c3%a9") == SITE + target


@pytest.mark.parametrize(("base", "there"), [("/acagraph", "/acagraph"), ("/w3id/acagraph", "/acagraph")])
def test_what_was_merged_is_sent_on_and_what_is_gone_is_told(
    server: httpx.Client, base: str, there: str
) -> None:
    for kind in ("id", "doc"):
        for suffix in ("", ".ttl"):
            merged = asked(server, f"{base}/{kind}/coalition/old.name{suffix}")
            assert (merged.status_code, urlsplit(merged.headers["location"]).path) == (
                301,
                f"{there}/{kind}/coalition/jci{suffix}",
            )
            assert asked(server, f"{base}/{kind}/coalition/gone{suffix}").status_code == 410


def test_things_that_are_not_there_are_not_taken_for_others(server: httpx.Client) -> None:
    assert asked(server, "/acagraph/doc/coalition/oldxname").status_code == 404
    thing = asked(server, "/acagraph/id/coalition/jci")
    assert (thing.status_code, urlsplit(thing.headers["location"]).path) == (
        303,
        "/acagraph/doc/coalition/jci",
    )


@pytest.mark.parametrize(
    ("path", "accept", "status", "found"),
    [
        ("shapes", "text/turtle", 200, "# shapes.ttl 1.0.9"),
        ("shapes", BROWSER, 303, "/acagraph/rules.html"),
        ("dataset", "application/ld+json", 200, "# dataset.jsonld 1.0.9"),
        ("dataset", BROWSER, 303, "/acagraph/"),
        ("graph/source/002", "application/rdf+xml", 200, "# rdf"),
        ("graph/source/002", BROWSER, 301, "/acagraph/graph/source/002/"),
        ("graph/source/002/", BROWSER, 200, "<h1>source/002</h1>"),
        ("graph/source/002/", "text/turtle", 200, "# ttl"),
        ("ontology/1.8.0/", "text/turtle", 200, '"1.8.0"'),
        ("releases/1.0.8/shapes.ttl", BROWSER, 200, "# shapes.ttl 1.0.8"),
    ],
)
def test_the_site_negotiates_too(
    server: httpx.Client, path: str, accept: str, status: int, found: str
) -> None:
    answer = asked(server, f"/acagraph/{path}", accept)
    assert answer.status_code == status
    assert found in answer.text or urlsplit(answer.headers["location"]).path == found


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("", "text/html; charset=utf-8"),
        ("data/acagraph.ttl", "text/turtle; charset=utf-8"),
        ("data/graphs/source/002.nt.gz", "application/gzip"),
        (".well-known/void", "text/turtle;charset=utf-8"),
        ("SHA256SUMS", "text/plain;charset=utf-8"),
        ("ontology.owl", "application/rdf+xml"),
        ("manifest.json", "application/json"),
    ],
)
def test_the_site_says_what_files_are(server: httpx.Client, path: str, media_type: str) -> None:
    with server.stream("GET", f"/acagraph/{path}") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == media_type
        assert "content-encoding" not in answer.headers
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_site_has_its_own_page_for_what_is_missing(server: httpx.Client) -> None:
    answer = asked(server, "/acagraph/no/such/page")
    assert answer.status_code == 404
    assert '<a href="/acagraph/">' in answer.text


def test_the_dump_of_a_register_has_the_licence_of_the_register(tmp_path: Path) -> None:
    ours, theirs = (f"https://creativecommons.org/licenses/by/{number}/" for number in ("4.0", "3.0/igo"))
    registers = [{"name": "un-wpp", "editions": [{"source": "source:un-wpp", "licence": theirs}]}]
    names = ("data/graphs/register/un-wpp.ttl", "data/graphs/register/other.ttl", "data/acagraph.ttl")
    files = {name: File(name, 1, "0" * 64, "text/turtle") for name in names}
    manifest = {"licence": ours, "date": "2026-11-22", "registers": registers}
    entities = json.loads(crate(Edition("1.0", tmp_path, manifest, files)))["@graph"]
    told = {each["@id"]: each.get("license") for each in entities}
    assert [told[name] for name in names] == [{"@id": theirs}, {"@id": ours}, {"@id": ours}]
    assert {each["@id"]: each.get("name") for each in entities}[theirs] == "CC-BY-3.0-IGO"


def test_apache_sends_the_page_of_an_address(two: Path, tmp_path: Path) -> None:
    if APACHE is None or not (MODULES / "mod_rewrite.so").is_file():
        pytest.skip("Apache is not installed (Debian: apt install apache2)")
    paged(two / "1.0.9", OURS | {"doc/agent/sony/2.html": "two", "shapes.html": "rules"})
    publish(two, tmp_path / "site", site=SITE)
    html = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    with (
        tempfile.TemporaryDirectory() as folder,
        apache_serving(tmp_path / "site", Path(folder)) as address,
        httpx.Client() as client,
    ):
        for path, found in (
            ("", "index"),
            ("doc/agent/sony", "doc/agent/sony"),
            ("doc/agent/sony/2", "doc/agent/sony/2"),
            ("dataset", "dataset"),
            ("shapes", "shapes"),
            ("es/", "es/index"),
        ):
            answer = client.get(f"{address}/acagraph/{path}", headers=html)
            assert answer.status_code == 200, path
            assert answer.content == (tmp_path / "site" / f"{found}.html").read_bytes()
        data = client.get(f"{address}/acagraph/dataset", headers={"Accept": "text/turtle"})
        assert data.text.startswith("# dataset.ttl")
        assert client.get(f"{address}/acagraph/doc/agent/nobody", headers=html).status_code == 404

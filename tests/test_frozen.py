"""The pages of a release as files: what the server sends, the same bytes each time, and no dead link."""

from __future__ import annotations

import csv
import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

import acagraph
from acagraph.errors import ReleaseError
from acagraph.release.manifest import pages_of
from acagraph.release.pages import write_pages
from acagraph.release.proof.folder import verify
from acagraph.stores import rows
from acagraph.web import create_app, frozen
from acagraph.web.frozen import Frozen, freeze, name_of
from acagraph.web.languages import TAGS
from acagraph.web.visitor import Visitor

# What is made when it is asked for: answers, search, the files of one thing, and the list of all releases,
# which `acagraph release publish` writes.
ONLY_SERVED = re.compile(
    r"(?:/(?:es|ja|fr))?/(?:sparql|search)|/releases|/opensearch\.xml|/openapi\.json|/schema\.json|"
    r"/(?:sparql|queries/[a-z0-9-]+)\.[a-z.]+|/graph/[a-z0-9/-]+\.[a-z]+|/(?:doc/[a-z]+|scheme|scheme/[a-z-]+)/[^/]+\.(?:ttl|jsonld|nt|rdf)"
)


@pytest.fixture(scope="module")
def site(release: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Frozen]:
    """The pages of the curated release, made by two processes; read them only."""
    target = tmp_path_factory.mktemp("pages") / "pages"
    return target, freeze(release, target, workers=2)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_thing_has_a_page(site: tuple[Path, Frozen], release: Path) -> None:
    target, found = site
    with acagraph.open(release) as dataset:
        things = rows(
            dataset.store,
            "SELECT DISTINCT ?thing { ?thing skos:prefLabel ?label "
            'FILTER(STRSTARTS(STR(?thing), "https://w3id.org/acagraph/id/")) }',
        )
        names = [row["thing"].value.partition("/id/")[2] for row in things]
        queries = list(dataset.queries)
    assert len(names) > 300
    for name in (*(f"doc/{name}" for name in names), *(f"queries/{name}" for name in queries)):
        assert f"{name}.html" in found.files, name
    for name in ("index", "queries", "ontology", "data", "dataset", "api", "scheme/goal"):
        assert f"{name}.html" in found.files, name
    written = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert written == found.files.keys()


def test_what_people_have_written_is_there_in_all_languages(site: tuple[Path, Frozen]) -> None:
    target, found = site
    for tag in TAGS[1:]:
        for name in ("index", "doc/coalition/jci", "doc/agent/sony", "queries", "doc/place/japan"):
            assert f"{tag}/{name}.html" in found.files
    for tag, head in (
        ("", "due"),
        ("es/", "vence"),
        ("ja/", "期限"),
        ("fr/", "échéance"),
    ):
        answer = (target / f"{tag}queries/commitments-due.html").read_text("utf-8")
        assert re.search(rf'<th scope="col"[^>]*>{head}</th>', answer), tag
    rules = (target / "es/shapes.html").read_text("utf-8")
    assert "1 Toda afirmación y todo acontecimiento tienen evidencia" in rules
    # A statement has no name in an answer: it is called what it is, and leads to where it stands.
    said = (target / "ja/queries/who-says-member.html").read_text("utf-8")
    assert re.search(r'<a href="/ja/doc/agent/sony#\w+" title="stmt:\w+">記述</a>', said)
    assert not [name for name in found.files if name.startswith(("es/scheme/", "es/graph/", "sparql", "id/"))]


def test_no_page_leads_to_one_that_is_not_there(site: tuple[Path, Frozen], release: Path) -> None:
    target, found = site
    assert found.dead == frozenset()
    served = {"/" if name == "index.html" else f"/{name}" for name in found.files}
    served |= {f"/{name.removesuffix('.html').removesuffix('index')}" for name in found.files}
    served |= {f"/{path.relative_to(release)}" for path in release.rglob("*") if path.is_file()}
    dead = {}
    # The page for programs has examples of all that a server answers.
    for name in (name for name in found.files if name.endswith(".html") and not name.endswith("api.html")):
        text = (target / name).read_text("utf-8")
        for link in set(re.findall(r'\s(?:href|action|src)="(/[^"]*)"', text)):
            path = unquote(html.unescape(link).partition("#")[0].partition("?")[0])
            if path not in served and not ONLY_SERVED.fullmatch(path):
                dead[path] = name
    assert dead == {}


def test_what_is_not_in_a_language_is_asked_for_by_a_parameter(site: tuple[Path, Frozen]) -> None:
    target, found = site
    assert "es/doc/coalition/jci/members/1.html" not in found.files
    text = (target / "es/doc/coalition/jci.html").read_text("utf-8")
    assert 'href="/doc/coalition/jci/members/1?sort=kind&amp;lang=es"' in text
    assert '<input type="hidden" name="lang" value="es">' in text
    assert 'href="/es/coalitions"' in text
    assert '<link rel="alternate" hreflang="ja"' in text
    first = (target / "doc/coalition/jci/members/1.html").read_text("utf-8")
    assert 'href="/doc/coalition/jci/members/1?lang=ja"' in first
    assert '<link rel="alternate" hreflang="ja"' not in first


def test_tables_of_members_are_files(site: tuple[Path, Frozen]) -> None:
    target, found = site
    for name in (
        "members.csv",
        "commitments.csv",
        "doc/coalition/jci/members.csv",
        "doc/place/japan/members.csv",
    ):
        assert name in found.files
        page = target / name.replace(".csv", ".html").replace("/members.html", ".html")
        assert f'href="/{name}"' in page.read_text("utf-8")
        with (target / name).open(encoding="utf-8-sig", newline="") as file:
            assert len(list(csv.DictReader(file))) > 20


def test_every_page_leads_to_what_to_do_where_it_is_wrong(site: tuple[Path, Frozen]) -> None:
    target, found = site
    pages = [name for name in found.files if name.endswith(".html")]
    assert 'id="correct"' in (target / "about.html").read_text("utf-8")
    for name in pages:
        tag = name.partition("/")[0]
        about = f"/{tag}/about" if tag in TAGS[1:] else "/about"
        assert f'href="{about}#correct"' in (target / name).read_text("utf-8"), name


def test_a_link_to_a_part_of_a_page_has_its_target(site: tuple[Path, Frozen]) -> None:
    target, found = site
    texts = {name: (target / name).read_text("utf-8") for name in found.files if name.endswith(".html")}
    parts = {name: {*re.findall(r'\sid="([^"]+)"', text)} for name, text in texts.items()}
    within, across = 0, set()
    for name, text in texts.items():
        for path, part in set(re.findall(r'\shref="(/[^"#?]*)?(?:\?[^"#]*)?#([^"]+)"', text)):
            if path == "/rules.html":  # a file of the release
                continue
            led = name_of(unquote(path)) if path else name
            assert html.unescape(part) in parts[led], (name, path, part)
            within += led == name
            across |= {path.split("/")[2]} if path.startswith("/doc/") else set()
    assert within > len(texts) + 300  # those of statements, beside the one to the content
    assert {"source", "agent", "coalition", "place"} <= across


def test_a_file_is_what_the_server_sends(site: tuple[Path, Frozen], release: Path) -> None:
    target, found = site
    names = sorted(name for name in found.files if name.endswith(".html"))
    chosen = {
        *names[::25],
        "index.html",
        "es/index.html",
        "doc/coalition/jci.html",
        "dataset.html",
        "data.html",
    }
    with acagraph.open(release) as dataset, Visitor(create_app(dataset)) as visitor:
        for name in sorted(chosen):
            path = f"/{name.removesuffix('.html').removesuffix('index')}"
            answer = visitor.get(path)
            assert answer.status == 200, path
            assert answer.body == (target / name).read_bytes(), path
            assert name_of(path) == name
    for name, told in found.files.items():
        assert digest(target / name) == told


def test_one_process_writes_what_two_do_and_links_what_stands_there(
    small_release: Path, tmp_path: Path
) -> None:
    first = freeze(small_release, tmp_path / "first", workers=2)
    assert len(first.files) > 50
    shutil.copytree(tmp_path / "first", tmp_path / "before")
    (tmp_path / "before" / "index.html").write_text("another first page", encoding="utf-8")
    (tmp_path / "before" / "queries.html").unlink()
    again = freeze(small_release, tmp_path / "again", tmp_path / "before", workers=1)
    assert again.files == first.files
    for name in first.files:
        linked = (tmp_path / "again" / name).stat().st_nlink == 2
        assert linked == (name not in ("index.html", "queries.html")), name
    assert (tmp_path / "before" / "index.html").read_text("utf-8") == "another first page"


def test_too_many_pages_are_refused(
    small_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        frozen, "_THINGS", "SELECT ?thing { VALUES ?thing { <https://w3id.org/acagraph/id/agent/sony> } }"
    )
    monkeypatch.setattr(frozen, "MOST", 3)
    monkeypatch.setattr(frozen, "_is_page", lambda _: False)
    with pytest.raises(ReleaseError, match="pages, more than the 3 that hosts take"):
        freeze(small_release, tmp_path / "pages", workers=1)


def test_pages_of_too_many_bytes_are_refused(
    small_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        frozen, "_THINGS", "SELECT ?thing { VALUES ?thing { <https://w3id.org/acagraph/id/agent/sony> } }"
    )
    monkeypatch.setattr(frozen, "_is_page", lambda _: False)
    taken = freeze(small_release, tmp_path / "pages", workers=1)
    size = sum((tmp_path / "pages" / name).stat().st_size for name in taken.files)
    monkeypatch.setattr(frozen, "MOST_BYTES", size)
    assert freeze(small_release, tmp_path / "again", workers=1) == taken
    monkeypatch.setattr(frozen, "MOST_BYTES", size - 1)
    told = rf"the pages are {size / 1e6:.1f} MB, more than the [\d.]+ MB that hosts take; .*--no-pages"
    with pytest.raises(ReleaseError, match=told):
        freeze(small_release, tmp_path / "refused", workers=1)


def test_a_thing_without_a_page_ends_the_build(
    small_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        frozen, "_THINGS", "SELECT ?thing { VALUES ?thing { <https://w3id.org/acagraph/id/agent/nobody> } }"
    )
    with pytest.raises(ReleaseError, match="the page /doc/agent/nobody cannot be made: its status is 404"):
        freeze(small_release, tmp_path / "pages", workers=1)


@pytest.fixture
def paged(release: Path, tmp_path: Path) -> Path:
    """A release with two pages, which a test may alter."""
    folder = Path(shutil.copytree(release.resolve(), tmp_path / "release"))

    def write(_: Path, target: Path, __: Path | None) -> dict[str, str]:
        (target / "doc").mkdir(parents=True)
        for name in ("index.html", "doc/a.html"):
            (target / name).write_text(name, encoding="utf-8")
        return {name: digest(target / name) for name in ("index.html", "doc/a.html")}

    listed, count = write_pages(folder, None, write)
    assert count == 2
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | pages_of(listed)), encoding="utf-8")
    kept = [
        line for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines() if "manifest" not in line
    ]
    lines = [*kept, f"{listed}  pages.sha256", f"{digest(path)}  manifest.json"]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_verify_knows_the_pages(paged: Path) -> None:
    proof = verify(paged, quick=True)
    assert proof.complete
    assert not proof.of("unlisted")
    [claim] = [claim for claim in proof.claims if claim.name == "pages"]
    assert claim.told == "all 2 pages are as pages.sha256 lists them"


def test_sha256sum_checks_the_list_of_pages(paged: Path) -> None:
    command = ["sha256sum", "--check", "--quiet", "pages.sha256"]
    assert subprocess.run(command, cwd=paged, check=False).returncode == 0
    (paged / "pages" / "index.html").write_text("altered", encoding="utf-8")
    assert subprocess.run(command, cwd=paged, capture_output=True, check=False).returncode == 1


def test_verify_names_what_was_done_to_pages(paged: Path) -> None:
    (paged / "pages" / "index.html").write_text("altered", encoding="utf-8")
    (paged / "pages" / "doc" / "a.html").unlink()
    (paged / "pages" / "doc" / "b.html").write_text("put in", encoding="utf-8")
    proof = verify(paged, quick=True)
    states = {seen.path: seen.state for seen in proof.files if seen.path.startswith("pages/")}
    assert states == {
        "pages/doc/a.html": "missing",
        "pages/doc/b.html": "unlisted",
        "pages/index.html": "altered",
    }
    assert proof.exit_code == 3


def test_verify_looks_at_the_list_itself(paged: Path) -> None:
    (paged / "pages.sha256").write_text("", encoding="utf-8")
    proof = verify(paged, quick=True)
    assert [seen.path for seen in proof.of("altered")] == ["pages.sha256"]
    assert proof.exit_code == 3


def test_a_download_needs_no_pages(paged: Path) -> None:
    shutil.rmtree(paged / "pages")
    assert verify(paged, quick=True).exit_code == 3
    shutil.rmtree(paged / "store")
    proof = verify(paged, quick=True)
    assert proof.exit_code == 0
    assert "the 2 pages are not here" in [claim.told for claim in proof.claims]


def test_without_the_extra_there_are_no_pages() -> None:
    code = (
        "import sys; sys.modules['jinja2'] = None\n"
        "from acagraph.cli.freezing import freezing\n"
        "assert freezing() is None\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (
        done.stderr
        == "jinja2 is not installed, so no pages are written; pip install 'acagraph[serve]' for them\n"
    )

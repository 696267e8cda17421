"""The rules and the report of a release, as the service serves them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from markupsafe import escape

import acagraph
from acagraph.release.files import File
from acagraph.validation import Finding, Report
from acagraph.validation.documentation import rules_page
from acagraph.validation.formats import write
from acagraph.validation.rules import load_rules
from acagraph.vocab import BASE
from acagraph.web import create_app
from acagraph.web.languages import catalogue
from test_browser import CHROMIUM, rendered

from published import ROOT
from small import served, write_release

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FOREIGN = Finding(
    "rule-14-member-country",
    "warning",
    f"{BASE}id/agent/danone",
    None,
    None,
    "A member of coalition:acaa, which acts in place:argentina, is of France: leave it for a multinational, "
    "else correct the member's country.",
)
TOLD = {
    "es": "Un miembro de coalition:acaa, coalición que actúa en place:argentina, es de France: déjelo",
    "ja": "place:argentina で活動する coalition:acaa のメンバーが、France のものになっています",
    "fr": "Un membre de coalition:acaa (pays d’action : place:argentina) a pour pays France : laissez",
}
FORMS = {"html": "text/html", "json": "application/json", "ttl": "text/turtle", "txt": "text/plain"}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small release with the page of rules and a report."""
    folder = write_release(tmp_path_factory.mktemp("judged"))
    rules = load_rules(ROOT / "shapes", ROOT / "queries" / "checks")
    (folder / "rules.html").write_bytes(rules_page(rules, examples=ROOT / "shapes" / "tests"))
    (folder / "validation").mkdir()
    for form, suffix in (("html", "html"), ("json", "json"), ("turtle", "ttl"), ("text", "txt")):
        with (folder / "validation" / f"report.{suffix}").open("wb") as file:
            write(Report.of([FOREIGN], rules=rules, engine="shacl"), form, file, rules_page="../rules.html")
    names = ["rules.html", *(f"validation/report.{form}" for form in FORMS)]
    listed = [File.of(folder, name).entry() for name in names]
    manifest = folder / "manifest.json"
    told = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps({**told, "files": listed}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def site(judged: Path) -> Iterator[str]:
    with acagraph.open(judged) as dataset, served(create_app(dataset)) as address:
        yield address


def test_the_iri_of_a_rule_opens_its_documentation_in_a_browser(site: str) -> None:
    answer = httpx.get(f"{site}/shapes", headers={"Accept": BROWSER})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert 'id="rule-36-target-year"' in answer.text
    assert "Accept" in answer.headers["vary"]
    machine = httpx.get(f"{site}/shapes")
    assert machine.headers["content-type"].startswith("text/turtle")
    assert machine.headers["etag"] != answer.headers["etag"]
    known = {"Accept": BROWSER, "If-None-Match": answer.headers["etag"]}
    assert httpx.get(f"{site}/shapes", headers=known).status_code == 304
    assert httpx.get(f"{site}/shapes", headers={"Accept": "application/pdf"}).status_code == 406


def test_without_the_page_of_rules_a_browser_gets_the_shapes(address: str) -> None:
    answer = httpx.get(f"{address}/shapes", headers={"Accept": BROWSER})
    assert answer.headers["content-type"].startswith("text/turtle")
    assert httpx.get(f"{address}/rules.html").status_code == 404
    assert "How the data was judged" not in httpx.get(f"{address}/data").text


@pytest.mark.parametrize("path", ["rules.html", "validation/report.html"])
def test_a_page_of_the_release_may_use_its_own_style_and_nothing_else(site: str, path: str) -> None:
    answer = httpx.get(f"{site}/{path}", headers={"Accept": BROWSER})
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert answer.headers.get_list("content-security-policy") == [
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ]
    other = httpx.get(f"{site}/data").headers.get_list("content-security-policy")
    assert len(other) == 1
    assert "style-src 'self'" in other[0]


@pytest.mark.parametrize("form", FORMS)
def test_the_report_is_served_in_each_form(site: str, judged: Path, form: str) -> None:
    answer = httpx.get(f"{site}/validation/report.{form}")
    assert answer.headers["content-type"].partition(";")[0] == FORMS[form]
    assert answer.content == (judged / "validation" / f"report.{form}").read_bytes()
    assert f'href="/validation/report.{form}"' in httpx.get(f"{site}/data").text


@pytest.mark.parametrize("tag", TOLD)
def test_rules_and_findings_are_told_in_the_language(site: str, judged: Path, tag: str) -> None:
    say = catalogue(tag).translations.gettext
    listed = httpx.get(f"{site}/{tag}/shapes", headers={"Accept": BROWSER}).text
    assert '<span lang="en">' not in listed
    for rule in json.loads((judged / "validation" / "report.json").read_bytes())["rules"]:
        assert say(rule["message"]) != rule["message"]
        assert f"<td>{escape(say(rule['message']))}</td>" in listed
    found = httpx.get(f"{site}/{tag}/quality", headers={"Accept": BROWSER}).text
    assert f'<span class="source">{TOLD[tag]}' in found
    assert FOREIGN.message not in found


@pytest.mark.parametrize("path", ["%2e%2e/manifest.json", "..%2fmanifest.json", "", "none"])
def test_nothing_outside_of_the_reports_is_served_as_one(site: str, path: str) -> None:
    with httpx.Client() as client:
        request = client.build_request("GET", f"{site}/validation/x")
        request.url = request.url.copy_with(raw_path=f"/validation/{path}".encode())
        assert client.send(request).status_code == 404


def test_the_links_of_the_report_lead_to_the_rules(site: str) -> None:
    report = httpx.get(f"{site}/validation/report.html").text
    links = re.findall(r'href="\.\./rules\.html#([^"]+)"', report)
    rules = httpx.get(f"{site}/rules.html").text
    assert len(links) > 150
    assert all(f'id="{link}"' in rules for link in links)


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (Debian: apt install chromium)")
def test_a_browser_shows_the_rules_with_their_style(site: str, tmp_path: Path) -> None:
    assert "<h1>The rules of acagraph</h1>" in rendered(f"{site}/rules.html", tmp_path)

"""The newest changes on the first page: between the curated release and its next version, and without one."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

import acagraph
import second_release
from acagraph.release.publish import build
from acagraph.vocab import BASE
from acagraph.web import create_app
from acagraph.web.visitor import Visitor

from published import ROOT


@pytest.fixture(scope="module")
def second(public: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Visitor]]:
    """The next version, built beside the one before it, and who visits its pages."""
    project = tmp_path_factory.mktemp("second") / "project"
    for name in ("data", "ontology", "queries", "shapes"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("registers"))
    shutil.copytree(ROOT / "data" / "registers" / "schemas", project / "data" / "registers" / "schemas")
    shutil.copytree(public, project / "public", symlinks=True)
    second_release.next_data(project)
    summary = build(project, project / "public", only_curated=True)
    assert summary.path is not None
    with acagraph.open(summary.path) as dataset, Visitor(create_app(dataset)) as visitor:
        yield summary.path, visitor


def section(visitor: Visitor, path: str = "/") -> str:
    answer = visitor.get(path)
    assert answer.status == 200
    [found] = re.findall(
        r'<section class="card" aria-labelledby="h-news">.*?</section>', answer.body.decode(), re.S
    )
    return unescape(found)


def test_the_first_page_tells_who_joined_and_who_left(second: tuple[Path, Visitor]) -> None:
    folder, visitor = second
    found = section(visitor)
    assert "New in release 2026.12.01" in found
    assert '<a href="/doc/agent/aeon">Joined We Are Still In: AEON (since 2017-06-05)</a>' in found
    assert '<a href="/doc/agent/google">Left We Are Still In: Google (until 2020)</a>' in found
    assert "No longer stated to be a member of We Are Still In: Gap Inc." in found
    told = json.loads((folder / "changes" / "changes.json").read_bytes())
    added, removed = (told["statements"][name] for name in ("added", "removed"))
    assert f"{added:,} triples are new and {removed:,} are gone since 2026.11.22," in found
    assert f"{len(told['things']['changes'])} changes in all." in found
    assert "This is the first release" not in found


def test_changes_lead_to_pages_that_are_there_and_files_have(second: tuple[Path, Visitor]) -> None:
    _, visitor = second
    found = section(visitor)
    assert '<a href="/doc/agent/azbil">Merged: アスクル into アズビル</a>' in found
    assert '<a href="/doc/agent/aeon">New commitment of AEON: net-zero target by 2040</a>' in found
    for path in re.findall(r'href="(/doc/[^"]+)"', found):
        assert visitor.get(path).status == 200, path


def test_what_a_release_no_longer_has_is_no_link(project: Path) -> None:
    path = project / "public" / "2026.11.22" / "changes" / "changes.json"
    told = json.loads(path.read_bytes())
    changes = [{"text": f"Removed: {name}", "about": f"{BASE}id/agent/{name}"} for name in ("nobody", "sony")]
    path.write_text(json.dumps({**told, "things": {"changes": changes}}), encoding="utf-8")
    with acagraph.open(path.parent.parent) as dataset, Visitor(create_app(dataset)) as visitor:
        found = section(visitor)
    assert "<li>Removed: nobody</li>" in found
    assert '<li><a href="/doc/agent/sony">Removed: sony</a></li>' in found


def test_other_languages_tell_the_same_changes(second: tuple[Path, Visitor]) -> None:
    found = section(second[1], "/es/")
    assert '<ul lang="en">' in found
    assert '<a href="/es/doc/agent/aeon">Joined We Are Still In: AEON' in found
    assert "Desde 2026.11.22" in found


def test_a_release_with_none_before_it_says_so(release: Path) -> None:
    with acagraph.open(release) as dataset, Visitor(create_app(dataset)) as visitor:
        found = section(visitor)
    assert re.search(r"This is the first release, with [\d,]+ triples\.", found)
    assert "<li>" not in found
    assert "are gone since" not in found

"""Pages in a real browser: they render under their own security policy."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import acagraph
from acagraph.web import create_app

from searched import write_searchable
from small import served

CHROMIUM = shutil.which("chromium")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not installed (Debian: apt install chromium)"
)


def rendered(url: str, profile: Path) -> str:
    """Return the document as the browser has it after loading a page."""
    flags = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={profile}",
        "--dump-dom",
    )
    done = subprocess.run(
        [str(CHROMIUM), *flags, url], capture_output=True, text=True, timeout=120, check=True
    )
    assert "Content Security Policy" not in done.stderr
    return done.stdout


def test_a_browser_shows_a_member_with_its_evidence(address: str, tmp_path: Path) -> None:
    page = rendered(f"{address}/id/agent/sony", tmp_path)
    assert "<h1>Sony</h1>" in page
    assert "<q>Sony and Ricoh</q>" in page


def test_a_browser_shows_the_answer_of_a_question(address: str, tmp_path: Path) -> None:
    page = rendered(f"{address}/queries/members-of-coalition?coalition=jci", tmp_path)
    assert "<caption>Members of a coalition: 3 rows</caption>" in page
    assert '<a href="/doc/agent/sony">Sony</a>' in page


def test_a_browser_searches_by_the_form_of_a_page(tmp_path: Path) -> None:
    with (
        acagraph.open(write_searchable(tmp_path)) as dataset,
        served(create_app(dataset)) as address,
    ):
        page = rendered(f"{address}/search?q=m%C3%BCnchen", tmp_path / "profile")
        assert '<a href="/doc/agent/muenchen">Munich</a>' in page
        assert 'Also called: <span lang="de"><mark>München</mark></span>' in page
        hostile = rendered(
            f"{address}/search?q=%3Cscript%3Edocument.title=1%3C/script%3E", tmp_path / "profile"
        )
        assert "<script>" not in hostile
        assert "<h2>Nothing found</h2>" in hostile
        assert 'action="/search"' in rendered(f"{address}/queries", tmp_path / "profile")

"""Pages in a real browser: they render under their own security policy."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

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


def test_a_browser_shows_a_coalition_with_its_evidence(address: str, tmp_path: Path) -> None:
    page = rendered(f"{address}/id/coalition/jci", tmp_path)
    assert "<h1>Japan Climate Initiative</h1>" in page
    assert "<q>Sony and Ricoh</q>" in page


def test_a_browser_shows_the_answer_of_a_question(address: str, tmp_path: Path) -> None:
    page = rendered(f"{address}/queries/members-of-coalition?coalition=jci", tmp_path)
    assert "<caption>Members of a coalition: 3 rows</caption>" in page
    assert '<a href="/doc/agent/sony" title="agent:sony">Sony</a>' in page

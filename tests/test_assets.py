"""What pages load in a browser: built from web/, named by a manifest, packed with its notices."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from server_process import service

from published import ROOT

WEB = ROOT / "web"
BUILT = ROOT / "src" / "acagraph" / "web" / "built"
# The frame of what one page may load: the editor's script, compressed.
MOST_BYTES = 160_000

sys.path.insert(0, str(ROOT))


@pytest.fixture
def manifest() -> dict[str, dict[str, str]]:
    path = BUILT / "manifest.json"
    if not path.is_file():
        pytest.skip("the assets are not built (with Node.js: make src/acagraph/web/built/manifest.json)")
    found: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8"))
    return found


def test_the_lock_is_of_these_packages_and_tells_no_place_to_fetch_them() -> None:
    asked = json.loads((WEB / "package.json").read_text("utf-8"))
    lock = json.loads((WEB / "package-lock.json").read_text("utf-8"))
    itself, *packages = lock["packages"].values()
    assert itself["dependencies"] == asked["dependencies"]
    assert itself["devDependencies"] == asked["devDependencies"]
    assert packages
    for package in packages:
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package


def test_what_is_built_is_of_these_sources(manifest: dict[str, object]) -> None:
    from hatch_build import sources

    assert manifest["sources"] == sources(WEB), "built from other sources; run make"


def test_the_script_is_small_and_carries_its_own_hash(manifest: dict[str, dict[str, str]]) -> None:
    script = BUILT / manifest["files"]["editor.js"]
    assert script.name.startswith("editor-")
    assert script.name != "editor.js"
    assert len(gzip.compress(script.read_bytes(), 9)) <= MOST_BYTES


def test_the_notices_name_every_package_of_the_script(manifest: dict[str, dict[str, str]]) -> None:
    notices = (BUILT / manifest["files"]["THIRD-PARTY-NOTICES.txt"]).read_text("utf-8")
    used = json.loads((WEB / "package.json").read_text("utf-8"))["dependencies"]
    for name, version in used.items():
        assert f"{name} {version} (" in notices
    assert "style-mod" in notices, "what those packages use is in the bundle too"
    assert notices.count("Permission is hereby granted") >= len(used)


def test_nothing_else_is_in_the_folder(manifest: dict[str, dict[str, str]]) -> None:
    assert {path.name for path in BUILT.iterdir()} == {"manifest.json", *manifest["files"].values()}


def test_without_node_make_goes_on_and_says_so(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "find", "make", "echo"):
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not installed")
        (tools / name).symlink_to(found)
    shutil.copytree(WEB, tree / "web", ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(ROOT / "Makefile", tree)
    for name in ("data", "ontology", "queries", "shapes", "src"):
        (tree / name).mkdir()
    result = subprocess.run(
        [str(tools / "make"), "--no-print-directory", "src/acagraph/web/built/manifest.json"],
        cwd=tree,
        env={**os.environ, "PATH": str(tools), "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    (said,) = result.stdout.splitlines()
    assert "Without Node.js" in said


def test_without_built_assets_everything_is_served_and_plainer(release: Path, tmp_path: Path) -> None:
    """What a checkout without Node.js is: the package without its folder `built`."""
    package = ROOT / "src" / "acagraph"
    shutil.copytree(
        package, tmp_path / "src" / "acagraph", ignore=shutil.ignore_patterns("built", "__pycache__")
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "src")}
    with (
        service(release, tmp_path / "log", place=tmp_path, environment=environment) as server,
        server.client() as client,
    ):

        def page(path: str) -> str:
            answer = client.get(path, headers={"Accept": "text/html"})
            assert answer.status_code == 200, (path, answer.text)
            assert "/built/" not in answer.text, path
            return answer.text

        home = page("/")
        assert 'class="map world"' not in home
        assert "<td>Japan</td>" in home or ">Japan</a>" in home, "the table of the map stands there still"
        assert "<textarea" in page("/sparql")
        assert "Sony" in page("/queries/members-of-coalition?coalition=jci")
        by_country = page("/queries/members-by-country?coalition=jci")
        assert 'class="map world"' not in by_country
        assert "Japan" in by_country
        for path in (
            "/doc/coalition/jci",
            "/doc/agent/sony",
            "/doc/place/japan",
            "/ontology",
            "/data",
            "/about",
        ):
            page(path)
        asked = client.get("/sparql?query=ASK%7B%7D", headers={"Accept": "application/sparql-results+json"})
        assert asked.json()["boolean"] is True
        assert str(tmp_path) in _code_of(environment)
    assert server.process.returncode == 0, "".join(server.said)


def _code_of(environment: dict[str, str]) -> str:
    """Return where the package lies that a process of an environment runs."""
    command = [sys.executable, "-c", "import acagraph; print(acagraph.__file__)"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

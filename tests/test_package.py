"""The wheel and the sdist: built, installed into a clean environment, asked a question, and serving pages."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

from acagraph import __version__
from server_process import service

from published import ROOT

HTML = "text/html"
_LEFT_OUT = (
    "public",
    "dist",
    "build",
    "__pycache__",
    "*_cache",
    "node_modules",
    ".git",
    ".venv*",
    ".hypothesis",
    ".installed",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist made of the tree, and the wheel made of that sdist."""
    folder = tmp_path_factory.mktemp("package")
    tree = folder / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(tree))
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def sdist(built: Path) -> Path:
    (path,) = built.glob("*.tar.gz")
    return path


def test_wheel_holds_the_package_and_its_dataset(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    dataset = {
        "acagraph.nq.gz",
        "context.jsonld",
        "manifest.json",
        "ontology.ttl",
        "redirects.csv",
        "shapes.ttl",
    }
    assert {f"acagraph/dataset/{name}" for name in dataset} <= names
    queries = {f"acagraph/dataset/queries/{path.name}" for path in (ROOT / "queries").glob("*.rq")}
    assert queries
    assert queries <= names
    package = ROOT / "src" / "acagraph"
    code = {f"acagraph/{path.relative_to(package).as_posix()}" for path in package.rglob("*.py")}
    assert code <= names
    assert "acagraph/py.typed" in names
    assert {name.partition("/")[0] for name in names} == {"acagraph", f"acagraph-{__version__}.dist-info"}


def test_wheel_has_the_released_data(wheel: Path, release: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read("acagraph/dataset/acagraph.nq.gz")
    assert packed == (release / "data" / "acagraph.nq.gz").read_bytes()


def test_data_in_the_wheel_stays_small(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = [entry for entry in archive.infolist() if entry.filename.startswith("acagraph/dataset/")]
    assert packed
    assert sum(entry.compress_size for entry in packed) < 3_000_000


def test_sdist_holds_every_input(sdist: Path, release: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    inputs = json.loads((release / "manifest.json").read_text("utf-8"))["inputs"]
    assert {entry["path"] for entry in inputs} <= names
    assert {
        "README.md",
        "LICENSE",
        "LICENSE-DATA",
        "Makefile",
        "hatch_build.py",
        "requirements/test.lock",
        "web/build.mjs",
        "web/package-lock.json",
    } <= names
    assert not [name for name in names if name.startswith(("public/", ".venv")) or "node_modules" in name]


def test_sdist_and_wheel_hold_what_pages_load(sdist: Path, wheel: Path) -> None:
    if not _built_here():
        pytest.skip("the assets are not built, and npm is not installed")
    names = set(zipfile.ZipFile(wheel).namelist())
    manifest = json.loads(zipfile.ZipFile(wheel).read("acagraph/web/built/manifest.json"))
    assert {f"acagraph/web/built/{name}" for name in manifest["files"].values()} <= names
    assert not [name for name in names if "node_modules" in name]
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"src/acagraph/web/built/{name}" for name in manifest["files"].values()} <= packed


def test_wheel_from_the_sdist_without_node_keeps_what_pages_load(
    sdist: Path, wheel: Path, tmp_path: Path
) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (tree,) = tmp_path.iterdir()
    command = (
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--wheel",
        "--outdir",
        str(tmp_path),
        str(tree),
    )
    environment = {**os.environ, "PATH": "/nowhere", "ACAGRAPH_REQUIRE_ASSETS": "1"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if not (tree / "src/acagraph/web/built/manifest.json").is_file():
        assert "node and npm are not here" in result.stdout + result.stderr
        return
    assert result.returncode == 0, result.stdout + result.stderr
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_tree_and_sdist_build_the_same_wheel(built: Path, wheel: Path, tmp_path: Path) -> None:
    run(
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--wheel",
        "--outdir",
        str(tmp_path),
        str(built / "tree"),
    )
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment with the locked packages and the wheel, and nothing of this project beside it."""
    folder = tmp_path_factory.mktemp("clean") / "environment"
    venv.create(folder, with_pip=True)
    install = (folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*install, "--require-hashes", "-r", ROOT / "requirements" / "publish.lock")
    run(*install, "--no-deps", "--no-index", wheel)
    run(folder / "bin" / "python", "-m", "pip", "check")
    return folder


def test_installed_wheel_answers(environment: Path, tmp_path: Path) -> None:
    acagraph = environment / "bin" / "acagraph"
    assert run(acagraph, "--version") == f"acagraph, version {__version__}\n"
    answer = run(acagraph, "query", "members-of-coalition", "coalition=jci", "--format", "csv", cwd=tmp_path)
    assert "https://w3id.org/acagraph/id/agent/sony" in answer
    assert "dataset" in run(acagraph, "info", cwd=tmp_path).splitlines()[0]
    script = "import acagraph; print(len(acagraph.open().query('members-of-coalition', coalition='jci')))"
    assert int(run(environment / "bin" / "python", "-c", script, cwd=tmp_path)) == answer.count("\n") - 1


def test_installed_wheel_serves_its_own_data_and_ends_well(environment: Path, tmp_path: Path) -> None:
    command = (str(environment / "bin" / "acagraph"), "serve", "--port", "0")
    with (
        service(None, tmp_path / "log", command=command, place=tmp_path, environment=_alone()) as server,
        server.client() as client,
    ):
        home = seen(client, "/", HTML)
        page = seen(client, "/doc/coalition/jci", HTML)
        editor = seen(client, "/sparql", HTML)
        for style in set(re.findall(r'<link rel="stylesheet" href="([^"]+)"', home + page + editor)):
            assert seen(client, style)
        assert '"boolean":true' in seen(client, "/sparql?query=ASK%7B%7D")
        assert "id/agent/sony" in seen(client, "/queries/members-of-coalition.csv?coalition=jci")
        assert "Sony" in seen(client, "/queries/members-of-coalition?coalition=jci", HTML)
        assert "Japan Climate Initiative" in page
        scripts = re.findall(r'src="(/built/editor-\w+\.js)"', editor)
        if _built_here():
            assert len([seen(client, script) for script in scripts]) == 1
            assert 'class="map world"' in home
    assert server.process.returncode == 0, "".join(server.said)


def _built_here() -> bool:
    """Tell whether the wheel has what only Node.js makes."""
    return shutil.which("npm") is not None or (ROOT / "src/acagraph/web/built/manifest.json").is_file()


def seen(client: httpx.Client, path: str, accept: str = "*/*") -> str:
    """Return what a server sends for a path, which it has."""
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 200, (path, answer.text)
    return answer.text


def _alone() -> dict[str, str]:
    """Return what a process is told, but for where else Python finds modules."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command that must succeed, away from the project, and return what it prints."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd or "/",
        env=_alone(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout

"""The documentation: every block of code in it runs and prints what it says, every link leads somewhere."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml
from packaging.requirements import Requirement

import acagraph
from acagraph.vocab import PREFIXES

from load_targets import oxigraph
from published import ROOT, committed

DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
)
BLOCK = re.compile(
    r"^(?:<!-- (?P<file>[\w./-]+) -->\n)?```(?P<kind>[\w-]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
# Commands that would install something or run this suite: `make` is asked whether it would know what to do.
NOT_RUN = re.compile(r"sudo apt-get install|git clone |cd acagraph$|\. \.venv/bin/activate$|make ")
SERVED = "http://127.0.0.1:8000/"
STORE = "http://127.0.0.1:7878/"


@dataclass(frozen=True)
class Block:
    """A fenced block, the file it says it is, and where it begins."""

    kind: str
    text: str
    file: str | None
    line: int


@dataclass
class Reader:
    """Does what a document says, in a copy of the project, block by block."""

    folder: Path
    server: subprocess.Popen[str] | None = None
    address: str = SERVED
    environment: dict[str, str] = field(default_factory=dict)
    stores: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    store: str = STORE

    def follow(self, block: Block) -> None:
        if block.file is not None:
            (self.folder / block.file).write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            for command, expected in commands(block.text):
                self.do(command, expected)
        elif block.kind == "python":
            code, _, expected = block.text.partition("\n# prints\n")
            assert_printed(self.run([sys.executable, "-c", code]), uncommented(expected))
        elif block.kind == "sparql":
            query, _, expected = block.text.partition("\n# prints\n")
            assert_printed(self.run(["acagraph", "sparql", query]), uncommented(expected))
        elif block.kind == "turtle":
            head = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in PREFIXES.items())
            assert list(ox.parse(head + block.text, format=ox.RdfFormat.TURTLE))
        elif block.kind == "yaml":
            assert yaml.safe_load(block.text)
        elif block.kind == "toml":
            assert block.text in (self.folder / "data" / "known-issues.toml").read_text("utf-8")
        else:
            assert block.kind in ("text", "bibtex"), f"a block of kind {block.kind!r} is run by nobody"

    def do(self, command: str, expected: str) -> None:
        """Run a command of a console block and compare what it prints."""
        command = command.replace(SERVED, self.address).replace(STORE, self.store)
        expected = expected.replace(STORE, self.store)
        if NOT_RUN.match(command):
            if command.startswith("make "):
                subprocess.run(
                    ["make", "--dry-run", command.split()[1]], cwd=ROOT, check=True, capture_output=True
                )
        elif command.startswith("acagraph serve") and "--help" not in command:
            self.serve()
        elif command.startswith("oxigraph serve "):
            self.store = self.stores.enter_context(oxigraph(self.folder))
        elif command.startswith("curl ") and shutil.which("curl") is None:
            pytest.skip("curl is not installed (Debian: apt install curl)")
        else:
            assert_printed(self.run(["bash", "-c", command]), expected)

    def run(self, command: list[str]) -> str:
        result = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert result.returncode in (0, 3), f"{command}\n{result.stdout}{result.stderr}"
        return result.stdout + result.stderr

    def serve(self) -> None:
        self.server = subprocess.Popen(
            ["acagraph", "serve", "--port", "0"],
            cwd=self.folder,
            env=self.environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.server.stderr is not None
        found = re.search(r"http://\S+", self.server.stderr.readline())
        assert found
        self.address = found[0]

    def close(self) -> None:
        self.stores.close()
        if self.server is not None:
            self.server.send_signal(signal.SIGINT)
            self.server.communicate(timeout=20)


def blocks(name: str) -> list[Block]:
    text = (ROOT / name).read_text("utf-8")
    return [
        Block(found["kind"], found["text"], found["file"], text.count("\n", 0, found.start()) + 1)
        for found in BLOCK.finditer(text)
    ]


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with what the block says it prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.replace("\\\n", " ").partition("\n")
        yield command.partition("  #")[0].strip(), expected


def uncommented(text: str) -> str:
    return re.sub(r"^# ?", "", text, flags=re.MULTILINE)


def assert_printed(printed: str, expected: str) -> None:
    """Compare line by line, when anything is said; a line of three dots stands for any lines."""
    if not expected.strip():
        return
    pattern = "".join(
        "(?:.*\n)*?" if line.strip() == "..." else re.escape(line.rstrip()) + r" *\n"
        for line in expected.rstrip().splitlines()
    )
    assert re.fullmatch(pattern, printed.rstrip() + "\n"), f"printed:\n{printed}\nsaid:\n{expected}"


@pytest.fixture
def reader(project: Path) -> Iterator[Reader]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with contextlib.closing(Reader(project, environment={**os.environ, "PATH": path})) as found:
        yield found


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if blocks(name)])
def test_every_block_does_what_it_says(reader: Reader, name: str) -> None:
    if name == "docs/registers.md":
        # The smallest register that describes things: the page shows it.
        countries = Path("data") / "registers" / "countries"
        shutil.copytree(ROOT / countries, reader.folder / countries)
    if name == "docs/validation.md":
        committed(reader.folder)
    for block in blocks(name):
        try:
            reader.follow(block)
        except AssertionError as error:
            pytest.fail(f"{name}:{block.line}: {error}")


def test_first_command_stands_before_line_20() -> None:
    assert blocks("README.md")[0].line < 20
    assert blocks("README.md")[0].kind == "console"


def test_first_answer_comes_in_no_time(reader: Reader) -> None:
    start = children_seconds()
    reader.run(["acagraph", "query", "members-of-coalition", "coalition=jci"])
    assert children_seconds() - start < 5


def children_seconds() -> float:
    """Return the processor time of commands that have ended: a busy machine does not lengthen it."""
    times = os.times()
    return times.children_user + times.children_system


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_inside_the_repository_lead_somewhere(name: str) -> None:
    text = BLOCK.sub("", (ROOT / name).read_text("utf-8"))
    for target in re.findall(r"\]\((?!https?://|#)([^)#\s]+)", text):
        assert ((ROOT / name).parent / target).exists(), f"{name}: {target}"


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for name in acagraph_commands():
        assert f"acagraph {name}" in text, name


def acagraph_commands() -> list[str]:
    from acagraph.cli import main

    return sorted(main.commands)


def test_every_file_of_a_release_is_in_the_documentation_of_releases(release: Path) -> None:
    text = (ROOT / "docs" / "releases.md").read_text("utf-8")
    for path in release.iterdir():
        ending = f"`{path.suffix}`" if path.stem == "ontology" else path.name
        assert f"`{path.name}" in text or f"{path.name}`" in text or ending in text, path.name


def test_version_is_the_same_everywhere() -> None:
    version = acagraph.__version__
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["version"] == version
    assert f"\n## [{version}] - " in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_licence_of_the_data_is_that_of_the_dataset() -> None:
    dataset = tomllib.loads((ROOT / "data" / "dataset.toml").read_text("utf-8"))
    licence = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["license"]
    assert (dataset["licence"], licence) == ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0")
    assert dataset["licence"] in (ROOT / "LICENSE-DATA").read_text("utf-8")


def test_locks_name_no_address_and_no_path() -> None:
    for path in (ROOT / "requirements").glob("*.lock"):
        for line in path.read_text("utf-8").splitlines():
            assert re.fullmatch(r"[\w.-]+==\S+( ; [^/\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line), (
                line
            )


@pytest.mark.parametrize(
    ("system", "machine", "there"),
    [
        ("linux", "x86_64", True),
        ("darwin", "arm64", True),
        ("darwin", "x86_64", True),
        ("win32", "AMD64", True),
        ("linux", "aarch64", False),
        ("win32", "ARM64", False),
    ],
)
def test_the_compiled_engine_is_asked_for_only_where_it_has_a_wheel(
    system: str, machine: str, there: bool
) -> None:
    """Elsewhere pip would refuse all that is to be installed; pySHACL judges there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    texts = [next(text for text in project["optional-dependencies"]["build"] if text.startswith("shacl"))]
    for path in (ROOT / "requirements").glob("*.lock"):
        texts += re.findall(r"^(shacl==.*) \\$", path.read_text("utf-8"), re.MULTILINE)
    assert len(texts) == 3
    environment = {"sys_platform": system, "platform_machine": machine}
    for text in texts:
        marker = Requirement(text).marker
        assert marker is not None
        assert marker.evaluate(environment) is there


def test_test_lock_agrees_with_publish_lock() -> None:
    pins = {
        path.name: set(re.findall(r"^([\w.-]+==\S+)", path.read_text("utf-8"), re.MULTILINE))
        for path in (ROOT / "requirements").glob("*.lock")
    }
    assert pins["publish.lock"] <= pins["test.lock"]


def test_decisions_are_numbered_and_say_what_was_decided() -> None:
    paths = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(path.name.partition("-")[0]) for path in paths]
    assert numbers == list(range(1, len(paths) + 1))
    for path, number in zip(paths, numbers, strict=True):
        text = path.read_text("utf-8")
        assert text.startswith(f"# {number}. "), path.name
        for heading in ("## Question", "## Decision", "## Costs"):
            assert f"\n{heading}\n" in text, f"{path.name} has no {heading}"

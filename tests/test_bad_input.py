"""What goes wrong outside: one clear message, the right exit code, the last good release in place."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from acagraph.vocab import PREFIXES

HEAD = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("aca", "agent", "skos", "stmt"))
PROGRAM = (sys.executable, "-c", "from acagraph.cli import main; main()")
# A process may write no file larger than this many bytes: the first large dump fails, as on a full disk.
LIMITED = (
    sys.executable,
    "-c",
    "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
    "from acagraph.cli import main; main()",
)


def run(
    folder: Path, *arguments: str, program: tuple[str, ...] = PROGRAM, out: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command as a user does, and check what holds for every failure."""
    with Path(out or os.devnull).open("w") as sink:
        result = subprocess.run(
            [*program, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=sink if out else subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
        )
    assert "Traceback" not in result.stderr
    return result


def seen(project: Path) -> dict[str, str]:
    """Return every file of the project's published releases with its checksum."""
    public = project / "public"
    found = {
        path.relative_to(public).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in public.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    return {name: digest for name, digest in found.items() if not name.startswith("failed-report")}


BROKEN = {
    "a dot is missing": ("agent:a a aca:Agent\nagent:b a aca:Agent .\n", 6, "dot"),
    "a quotation mark is missing": ('agent:a skos:prefLabel "A@en .\n', 5, "quotation mark"),
    "unknown prefix": ("agnt:a a aca:Agent .\n", 5, "did you mean agent: ?"),
    "known prefix without declaration": ("agent:a a aca:Agent ; foaf:name 'A' .\n", 5, "@prefix foaf:"),
    "blank node in data": ("agent:a aca:unitOf [] .\n", 5, "IRI"),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("command", ["build", "validate", "validate data/bad.ttl"])
def test_broken_turtle(project: Path, name: str, command: str) -> None:
    text, line, advice = BROKEN[name]
    (project / "data" / "bad.ttl").write_text(HEAD + text, encoding="utf-8")
    before = seen(project)
    result = run(project, *command.split())
    assert result.returncode == 2
    assert result.stderr.startswith(f"Error: data/bad.ttl:{line}: ")
    assert advice in result.stderr
    assert result.stderr.count("\n") == 1
    assert seen(project) == before


def test_fmt_tells_of_a_broken_file_and_does_the_others(project: Path) -> None:
    (project / "data" / "bad.ttl").write_text(HEAD + "agent:a a\n", encoding="utf-8")
    (project / "data" / "zzz.ttl").write_text(HEAD + "agent:a   a aca:Agent .\n", encoding="utf-8")
    result = run(project, "fmt")
    assert result.returncode == 2
    assert "Error: data/bad.ttl:" in result.stderr
    assert result.stdout == "changed data/zzz.ttl\n"


def test_fmt_tells_of_a_broken_file_once(project: Path) -> None:
    (project / "data" / "bad.ttl").write_text(HEAD + "agent:a a\n", encoding="utf-8")
    for name in ("x", "y", "z"):
        text = f"stmt:new-{name} a aca:Relation .\n"
        (project / "data" / f"{name}.ttl").write_text(HEAD + text, encoding="utf-8")
    result = run(project, "fmt", "--check")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.startswith("Error: data/bad.ttl:")


def test_unnamed_statement_stops_a_build_and_is_a_finding_outside(project: Path) -> None:
    text = HEAD + "stmt:new-x a aca:Statement .\n"
    outside = project / "outside"
    outside.mkdir()
    (outside / "bad.ttl").write_text(text, encoding="utf-8")
    first = run(project, "validate", "outside")
    (project / "data" / "bad.ttl").write_text(text, encoding="utf-8")
    second = run(project, "validate", "data/bad.ttl")
    told = "stmt:new-x has no lasting name yet; run acagraph fmt on the file"
    assert (first.returncode, first.stderr) == (3, "")
    assert "rule-73-lasting-name" in first.stdout
    assert "outside/bad.ttl:5:1" in first.stdout
    assert told in first.stdout
    assert (second.returncode, second.stderr) == (2, f"Error: data/bad.ttl:5: {told}\n")


def test_literal_of_a_wrong_type(project: Path) -> None:
    text = HEAD + 'agent:a a aca:Agent ;\n  aca:value "abc"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n'
    (project / "outside.ttl").write_text(text, encoding="utf-8")
    result = run(project, "validate", "outside.ttl")
    assert (result.returncode, result.stderr) == (3, "")
    assert "rule-71-spelling" in result.stdout
    assert "outside.ttl:6:13" in result.stdout
    assert '"abc" is not a value of xsd:decimal; correct it' in result.stdout


def test_subject_that_the_project_describes_already(project: Path) -> None:
    text = HEAD + 'agent:sony a aca:Business ; skos:prefLabel "Sony"@en .\n'
    (project / "outside.ttl").write_text(text, encoding="utf-8")
    result = run(project, "validate", "outside.ttl")
    assert (result.returncode, result.stderr) == (3, "")
    assert "outside.ttl:5:1" in result.stdout
    assert "agent:sony is described in data/agents/" in result.stdout
    assert run(project, "validate", "data/agents").returncode == 0


def test_file_that_is_not_utf_8(project: Path) -> None:
    (project / "data" / "bad.ttl").write_bytes(HEAD.encode() + b'agent:a skos:prefLabel "Jos\xe9"@es .\n')
    result = run(project, "validate")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "data/bad.ttl:5: byte 0xe9 is not UTF-8" in result.stderr


def test_shape_violation_publishes_nothing(project: Path) -> None:
    (project / "data" / "bad.ttl").write_text(
        HEAD + "stmt:aaaaaaaaaaaaaaaa a aca:Statement .\n", encoding="utf-8"
    )
    before = seen(project)
    result = run(project, "build", "--no-pages")
    assert result.returncode == 3
    assert re.search(
        r"^violation .*  rule-01-statement-evidence  \(1\)\n  Cite .*\n  data/bad.ttl:5:1 stmt:",
        result.stderr,
        re.M,
    )
    assert "Nothing was published" in result.stderr
    assert result.stdout == ""
    assert seen(project) == before
    told = (project / "public" / "failed-report" / "report.txt").read_text("utf-8")
    assert "\n  data/bad.ttl:5:1 stmt:" in told
    assert run(project, "info").returncode == 0


@pytest.mark.parametrize(
    "folder", ["data", "ontology", "shapes", "queries", "queries/checks", "queries/rules"]
)
def test_missing_folder(project: Path, folder: str) -> None:
    before = seen(project)
    (project / folder).rename(project / "gone")
    result = run(project, "build", "--no-pages")
    assert result.returncode == 2
    assert folder.rpartition("/")[2] in result.stderr
    assert result.stderr.count("\n") == 1
    assert seen(project) == before


def test_version_that_is_built_again_with_other_contents(project: Path) -> None:
    text = HEAD + 'agent:new-one a aca:CivilSocietyOrganisation ; skos:prefLabel "New One"@en .\n'
    (project / "data" / "new.ttl").write_text(text, encoding="utf-8")
    version = (project / "public" / "current").readlink()
    first, second = run(project, "build", "--no-pages"), run(project, "build", "--no-pages")
    assert (first.returncode, second.returncode, second.stderr) == (0, 0, "")
    assert first.stderr == (
        f"replaces {version}, whose contents differ: "
        "give a published change a new version in data/dataset.toml\n"
    )


def test_wrong_redirect(project: Path) -> None:
    path = project / "data" / "redirects.csv"
    path.write_text(path.read_text("utf-8") + "agent:sony,agent:aeon\n", encoding="utf-8")
    before = seen(project)
    for command in ("build", "validate"):
        result = run(project, command)
        assert (result.returncode, result.stderr.count("\n")) == (2, 1)
        assert result.stderr.startswith("Error: data/redirects.csv:3: agent:sony is still described in data/")
    assert seen(project) == before


def test_missing_description_of_the_dataset(project: Path) -> None:
    (project / "data" / "dataset.toml").unlink()
    result = run(project, "build", "--no-pages")
    assert result.returncode == 2
    assert result.stderr.startswith("Error: data/dataset.toml: is missing; ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "no-such.ttl"),
        ("fmt", "no-such.ttl"),
        ("sparql", "-f", "no-such.rq"),
        ("build", "--project", "no-such"),
        ("info", "--release", "no-such"),
        ("query", "--list", "--release", "no-such"),
    ],
)
def test_missing_file(project: Path, arguments: tuple[str, ...]) -> None:
    result = run(project, *arguments)
    assert result.returncode == 2
    assert "no-such" in result.stderr


def test_no_release_at_all(tmp_path: Path) -> None:
    result = run(tmp_path, "query", "--list")
    assert result.returncode == 2
    assert "acagraph build" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("members-of-coalition",), "needs the parameter coalition"),
        (("members-of-coalition", "coalition=jcii"), "jci"),
        (("members-of-coalition", "coaliton=jci"), "no parameter 'coaliton'"),
        (("members-of-coalition", "jci"), "write it as name=value"),
        (("members-of-coalition", "coalition=jci", "coalition=wasi"), "twice"),
        (("members-of-coalition", "coalition=jci } #"), "coalition="),
        (("member-of-coalition", "coalition=jci"), "members-of-coalition"),
        (("members-of-coalition", "coalition=jci", "--format", "pdf"), "'pdf' is not one of"),
        (("members-of-coalition", "coalition=jci", "--format", "trig"), "choose one of"),
        ((), "--list"),
    ],
)
def test_wrong_parameter(release: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run(release, "query", *arguments, "--release", ".")
    assert result.returncode == 2
    assert message in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELEC * WHERE { ?s ?p ?o }", "did you mean SELECT?"),
        ("SELECT * WHERE { ?s ?p ?o", "line 1"),
        ("SELECT * WHERE {\n ?s aca:memberOf\n}", "line 3"),
        ("SELECT * WHERE { ?s colaition:x ?o }", "did you mean coalition: ?"),
        ("DELETE WHERE { ?s ?p ?o }", "read-only"),
        ("SELECT * WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "SERVICE is refused"),
        ("", "the query is empty"),
    ],
)
def test_malformed_query(small_release: Path, query: str, message: str) -> None:
    result = run(small_release, "sparql", query, "--release", ".")
    assert result.returncode == 2
    assert result.stderr.startswith("Error: ")
    assert message in result.stderr
    assert result.stdout == ""


def test_query_that_kills_the_engine(release: Path) -> None:
    # Which order of unlike values the engine stumbles over depends on how they lie in the data.
    results = [
        run(
            release.parent, "sparql", f"SELECT ?o {{ {pattern} }} ORDER BY {order}", "--release", str(release)
        )
        for pattern in ("?s ?p ?o", "GRAPH ?g { ?s ?p ?o } FILTER(isLiteral(?o))")
        for order in ("?o", "DESC(?o)")
    ]
    killed = [result.stderr for result in results if result.returncode]
    assert killed
    assert {result.returncode for result in results} <= {0, 2}
    assert all("order by values of one kind" in told for told in killed)


def test_query_file_that_is_not_utf_8(small_release: Path, tmp_path: Path) -> None:
    path = tmp_path / "latin.rq"
    path.write_bytes("ASK { ?s ?p 'é' }".encode("latin-1"))
    result = run(tmp_path, "sparql", "-f", str(path), "--release", str(small_release))
    assert (result.returncode, "not UTF-8" in result.stderr) == (2, True)


def test_malformed_saved_query(project: Path) -> None:
    path = project / "queries" / "members-of-coalition.rq"
    path.write_text(path.read_text("utf-8").replace("#+ summary:", "#+ sumary:", 1), encoding="utf-8")
    before = seen(project)
    for command in ("build", "validate"):
        result = run(project, command)
        assert result.returncode == 2
        assert "queries/members-of-coalition.rq:" in result.stderr
        assert "did you mean summary?" in result.stderr
    assert seen(project) == before


def test_port_in_use(small_release: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run(small_release, "serve", "--port", str(port), "--release", ".")
    assert result.returncode == 2
    assert result.stderr == (
        f"Error: port {port} of 127.0.0.1 is in use; stop the other server or choose another with --port\n"
    )


def test_serve_without_what_it_needs(small_release: Path) -> None:
    code = "import sys; sys.modules['starlette'] = None; from acagraph.cli import main; main()"
    result = run(small_release, "serve", "--release", ".", program=(sys.executable, "-c", code))
    assert result.returncode == 2
    assert result.stderr == "Error: starlette is not installed; run: pip install 'acagraph[serve]'\n"


def test_a_file_that_grows_too_large_leaves_the_last_release(project: Path) -> None:
    before = seen(project)
    result = run(project, "build", "--no-pages", "--force", program=LIMITED)
    assert result.returncode == 2
    assert result.stderr.startswith("Error: the release could not be written to public: ")
    assert result.stderr.endswith("; the last release stays in place\n")
    assert seen(project) == before
    assert not list((project / "public").glob(".tmp-*"))


def test_full_disk_leaves_the_last_release(project: Path) -> None:
    small = project / "public"
    for megabytes in ("3", "9"):  # the first is full among the dumps, the second while the store is built
        before = seen(project)
        result = on_small_disk(project, small, megabytes)
        if result is None:
            pytest.skip("a small disk can be mounted by root alone")
        assert result.returncode == 2, result.stdout
        assert "No space left on device" in result.stderr
        assert result.stderr.endswith("; the last release stays in place\n")
        assert seen(project) == before


def on_small_disk(project: Path, folder: Path, megabytes: str) -> subprocess.CompletedProcess[str] | None:
    """Build into a folder on a new disk with so much room beside the release that is there."""
    disk = project / f"disk-{megabytes}"
    disk.mkdir()
    used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    size = f"size={used + int(megabytes) * 1_000_000}"
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mount.returncode != 0:
        return None
    try:
        subprocess.run(["cp", "-a", f"{folder}/.", str(disk)], check=True)
        held = {path.name for path in disk.iterdir()}
        result = run(project, "build", "--no-pages", "--force", "--out", str(disk))
        assert {path.name for path in disk.iterdir()} == held
        assert run(project, "info", "--release", str(disk / "current")).returncode == 0
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    return result


def test_answer_to_a_full_disk(small_release: Path) -> None:
    result = run(
        small_release, "query", "members-of-coalition", "coalition=jci", "--release", ".", out="/dev/full"
    )
    assert result.returncode == 2
    assert "No space left on device" in result.stderr


def test_public_folder_that_is_a_file(project: Path) -> None:
    (project / "file").write_text("", encoding="utf-8")
    result = run(project, "build", "--no-pages", "--out", "file")
    assert result.returncode == 2
    assert result.stderr.startswith("Error: cannot write to file: ")

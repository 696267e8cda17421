"""The command line: every command does what its help says, in the form that was asked for."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import click
import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from acagraph import __version__, vocab
from acagraph.cli import main
from acagraph.cli.command import Command
from acagraph.cli.progress import Estimate
from acagraph.cli.text import table
from acagraph.graph import files, parse_turtle

from published import committed

Run = Callable[..., Result]
# Examples that need a server: test_web.py and test_load.py run them.
ELSEWHERE = ("acagraph serve", "acagraph load")
PROGRAM = (sys.executable, "-c", "from acagraph.cli import main; main()")


@pytest.fixture
def run(small_release: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in a folder whose public/current is the small release."""
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "current").symlink_to(small_release)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments, **options: CliRunner().invoke(main, arguments, prog_name="acagraph", **options)


def command_examples() -> list[str]:
    return [
        example
        for command in main.commands.values()
        if isinstance(command, Command)
        for example in command.examples
    ]


def test_asking_the_data_of_the_package_loads_neither_rdflib_nor_other_queries(
    release: Path, tmp_path: Path
) -> None:
    packed = tmp_path / "dataset"
    shutil.copytree(release / "queries", packed / "queries")
    for path in (release / "manifest.json", release / "redirects.csv", release / "data" / "acagraph.nq.gz"):
        shutil.copy(path, packed)
    (packed / "queries" / "coalitions.rq").write_text("never read", encoding="utf-8")
    code = (
        "import sys; from acagraph.cli import main; main(standalone_mode=False); "
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    asked = ("query", "members-of-coalition", "coalition=jci", "--format", "csv", "--release", str(packed))
    result = subprocess.run([sys.executable, "-c", code, *asked], capture_output=True, text=True, check=True)
    assert "https://w3id.org/acagraph/id/agent/sony" in result.stdout
    loaded = set(result.stderr.split())
    assert {"acagraph", "pyoxigraph"} <= loaded
    assert not loaded & {"jinja2", "pandas", "pyarrow", "pyshacl", "rdflib", "shacl", "starlette"}


def test_version(run: Run) -> None:
    assert run("--version").stdout == f"acagraph, version {__version__}\n"


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_with_an_example(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert f"  acagraph {name}" in result.stdout.partition("Examples:\n")[2]
    listed = run("--help").stdout
    assert re.search(rf"^  {name} .*[^.]\.$", listed, re.MULTILINE), "its first sentence fits the list"


def test_every_option_has_help() -> None:
    for command in main.commands.values():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{command.name} {parameter.name}"


@pytest.mark.parametrize("example", [e for e in command_examples() if not e.startswith(ELSEWHERE)])
def test_example_of_the_help_runs(project: Path, monkeypatch: pytest.MonkeyPatch, example: str) -> None:
    monkeypatch.chdir(project)
    program, *arguments = shlex.split(example)
    assert program == "acagraph"
    committed(project)
    if arguments[0] in ("diff", "patch"):
        two_versions(project)
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert result.output.strip() or "fmt" in arguments or "--output" in arguments


def two_versions(project: Path) -> None:
    """Give a project a second commit, and two dumps with the patch between them."""
    (project / "note").write_text("nothing that a release is made of", encoding="utf-8")
    committed(project)
    lines = gzip.decompress((project / "public/current/data/acagraph.nq.gz").read_bytes()).splitlines(True)
    for name, kept in (("old", lines), ("new", lines[1:])):
        (project / f"{name}.nq.gz").write_bytes(gzip.compress(b"".join(kept), mtime=0))
    arguments = ["diff", "old.nq.gz", "new.nq.gz", "--format", "patch", "--output", "changes.rdfp"]
    assert CliRunner().invoke(main, arguments).exit_code == 0


def test_serve_answers_and_stops(small_release: Path, tmp_path: Path) -> None:
    command = [*PROGRAM, "serve", "--port", "0", "--release", str(small_release)]
    server = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        told = server.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", told)
        assert address, told
        with urllib.request.urlopen(f"{address[0]}healthz", timeout=10) as answer:
            assert answer.status == 200
    finally:
        server.send_signal(signal.SIGINT)
        rest = server.communicate(timeout=20)[1]
    assert server.returncode in (0, 130)
    assert "Traceback" not in rest


def test_query_prints_a_table(run: Run) -> None:
    lines = run("query", "members-of-coalition", "coalition=jci").stdout.splitlines()
    assert lines[0].split() == ["member", "label"]
    assert set(lines[1]) == {"-", " "}
    assert lines[2].startswith("agent:")


@pytest.mark.parametrize("form", ["json", "csv", "tsv", "xml", "ttl", "jsonld", "nt", "rdf"])
def test_query_formats(run: Run, form: str) -> None:
    result = run("query", "members-of-coalition", "coalition=jci", "--format", form)
    assert result.exit_code == 0, result.output
    if form == "json":
        assert json.loads(result.stdout)["head"]["vars"] == ["member", "label"]
    elif form in ("csv", "tsv"):
        read = list(csv.reader(io.StringIO(result.stdout), delimiter={"csv": ",", "tsv": "\t"}[form]))
        assert [name.lstrip("?") for name in read[0]] == ["member", "label"]
    elif form == "xml":
        assert "<sparql" in result.stdout
    else:
        extension = ox.RdfFormat.from_extension(form)
        assert extension is not None
        assert list(ox.parse(result.stdout, format=extension))


def test_query_that_constructs_prints_turtle(run: Run) -> None:
    result = run("query", "members-as-graph", "coalition=jci")
    assert list(ox.parse(result.stdout, format=ox.RdfFormat.TURTLE))


def test_query_that_asks_prints_true_or_false(run: Run) -> None:
    assert run("query", "is-member", "agent=sony", "coalition=jci").stdout == "true\n"
    assert json.loads(run("query", "is-member", "agent=sony", "coalition=jci", "--format", "json").stdout)[
        "boolean"
    ]


def test_list_explains_every_query(run: Run, small_release: Path) -> None:
    listed = run("query", "--list").stdout
    for path in (small_release / "queries").glob("*.rq"):
        assert f"{path.stem}: " in listed
        assert f"$ acagraph query {path.stem}" in listed
    assert "coalition (coalition, required)" in listed


def test_the_example_of_every_listed_query_runs(
    full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "current").symlink_to(full)
    monkeypatch.chdir(tmp_path)
    listed = CliRunner().invoke(main, ["query", "--list"]).stdout
    examples = re.findall(r"^    \$ acagraph (.*)$", listed, re.MULTILINE)
    assert len(examples) == len(list((full / "queries").glob("*.rq")))
    for example in examples:
        result = CliRunner().invoke(main, shlex.split(example))
        assert result.exit_code == 0, result.output
        assert len(result.stdout.splitlines()) > 2 or result.stdout in ("true\n", "false\n"), (
            f"{example}: empty"
        )


def test_sparql_from_an_argument_a_file_and_standard_input(run: Run, tmp_path: Path) -> None:
    asked = "SELECT (COUNT(*) AS ?n) WHERE { ?c a aca:Coalition }"
    given = run("sparql", asked, "--format", "csv").stdout
    assert re.fullmatch(r"n\n[1-9]\d*\n", given)
    (tmp_path / "count.rq").write_text(asked, encoding="utf-8")
    assert run("sparql", "-f", "count.rq", "--format", "csv").stdout == given
    assert run("sparql", "-f", "-", "--format", "csv", input=asked).stdout == given


def test_sparql_describes_as_turtle(run: Run) -> None:
    assert "coalition:jci\n" in run("sparql", "DESCRIBE coalition:jci").stdout


def test_info_tells_what_the_manifest_says(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    manifest = json.loads(CliRunner().invoke(main, ["info", "--json"]).stdout)
    told = CliRunner().invoke(main, ["info"]).stdout
    for said in (manifest["version"], f"{manifest['triples']:,} triples", manifest["rdfc10_sha256"]):
        assert said in told
    assert re.search(rf"\b{manifest['classes']['aca:Coalition']}  Coalition\n", told)
    for graph, triples in manifest["graphs"].items():
        name = graph.removeprefix(vocab.graph_iri(""))
        assert re.search(rf"\n{re.escape(name)} +{triples:,} +https://creativecommons\S+  \S", told), name


@pytest.mark.parametrize("key", ["title", "triples", "graphs", "classes", "rdfc10_sha256"])
def test_a_manifest_that_lacks_something_is_an_error(small_release: Path, tmp_path: Path, key: str) -> None:
    folder = tmp_path / "release"
    shutil.copytree(small_release, folder)
    texts = dict.fromkeys(("title", "version", "date", "licence", "rdfc10_sha256"), "x")
    whole = {**texts, "triples": 1, "graphs": {}, "classes": {}}
    (folder / "manifest.json").write_text(json.dumps(whole), encoding="utf-8")
    assert CliRunner().invoke(main, ["info", "--release", str(folder)]).exit_code == 0
    damage = f"{folder}/manifest.json is damaged: its '{key}' is missing or wrong"
    odd: tuple[object, ...] = (None, [], {"aca:Coalition": "many"})
    for wrong in odd:
        (folder / "manifest.json").write_text(json.dumps({**whole, key: wrong}), encoding="utf-8")
        result = CliRunner().invoke(main, ["info", "--release", str(folder)])
        assert (result.exit_code, result.stdout, result.stderr) == (
            2,
            "",
            f"Error: {damage}; build the release again\n",
        )


def test_build_tells_counts_times_and_what_next(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    result = CliRunner().invoke(main, ["build", "--no-pages", "--force", "--curated"])
    assert result.exit_code == 0, result.output
    assert re.match(r"Published public/\S+ in \d+\.\d s\.\n[\d,]+ triples; validation: ", result.stdout)
    assert re.search(r"^step +rows +triples +seconds +peak MB$", result.stdout, re.MULTILINE)
    assert re.search(r"^derive +[\d,]+ +\d+\.\d +[\d,]+$", result.stdout, re.MULTILINE)
    assert re.search(r"\d  Coalition\n", result.stdout)
    assert "acagraph query --list\n" in result.stdout
    assert result.stderr == ""


def test_build_as_json(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    done = json.loads(
        CliRunner().invoke(main, ["build", "--no-pages", "--force", "--curated", "--json"]).stdout
    )
    assert (done["conforms"], done["unchanged"], done["engine"]) == (True, False, "shacl")
    names = [step["name"] for step in done["steps"]]
    steps = [
        "read",
        "derive",
        "merge",
        "judge",
        "dumps",
        "store",
        "export",
        "validation",
        "changes",
        "describe",
    ]
    assert names == steps
    assert all(step["seconds"] >= 0 and step["peak"] > 1 << 20 for step in done["steps"])
    again = json.loads(CliRunner().invoke(main, ["build", "--no-pages", "--curated", "--json"]).stdout)
    assert again == {"path": done["path"], "unchanged": True}


def test_a_build_with_nothing_changed_is_told_and_not_done_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    manifest = project / "public" / "current" / "manifest.json"
    before = manifest.stat()
    (project / "public" / "failed-report").mkdir()
    result = CliRunner().invoke(main, ["build", "--no-pages"])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Nothing changed: public/")
    assert manifest.stat().st_ino == before.st_ino
    assert not (project / "public" / "failed-report").exists()
    (project / "public" / "current" / "data" / "acagraph.ttl").write_text("", encoding="utf-8")
    assert "Published" in CliRunner().invoke(main, ["build", "--no-pages"]).stdout
    with (project / "data" / "documents.ttl").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert "Published" in CliRunner().invoke(main, ["build", "--no-pages"]).stdout


def test_time_left_follows_the_pace_of_the_steps_that_are_done() -> None:
    now = [0.0]
    estimate = Estimate({"read": 10, "derive": 20, "store": 30}, clock=lambda: now[0])
    estimate.begin("read")
    assert estimate.left() == 60
    now[0] = 5.0
    estimate.begin("derive")
    assert estimate.left() == 25
    now[0] = 8.0
    assert estimate.left() == 22
    now[0] = 100.0
    assert estimate.left() == 15
    estimate.begin("store")
    assert estimate.left() == 100


def test_fmt_rewrites_and_names_new_statements(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    path = project / "data" / "new.ttl"
    head = "".join(
        f"@prefix {name}: <{vocab.PREFIXES[name]}> . " for name in ("aca", "agent", "coalition", "stmt")
    )
    path.write_text(
        head + "stmt:new-x aca:participant agent:sony; a aca:Membership; aca:inCoalition coalition:wasi .",
        encoding="utf-8",
    )
    checked = CliRunner().invoke(main, ["fmt", "--check"])
    assert checked.exit_code == 3
    assert "would change data/new.ttl\n" in checked.stdout
    assert "new-x" in path.read_text("utf-8")
    assert CliRunner().invoke(main, ["fmt"]).stdout == "changed data/new.ttl\n"
    name = vocab.slug(
        "participation", *map(vocab.expand, ("agent:sony", "coalition:wasi")), "Membership", "1"
    )
    assert f"stmt:{name}\n    a aca:Membership ;\n" in path.read_text("utf-8")
    again = CliRunner().invoke(main, ["fmt", "--check"])
    assert (again.exit_code, again.output) == (0, "")


def test_fmt_reads_the_dates_of_sources_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    for number, agent in enumerate(("sony", "ricoh")):
        head = "".join(
            f"@prefix {name}: <{vocab.PREFIXES[name]}> . " for name in ("aca", "agent", "coalition", "stmt")
        )
        said = f"aca:participant agent:{agent}; a aca:Membership; aca:inCoalition coalition:wasi"
        text = f"{head}stmt:new-x {said} ."
        (project / "data" / f"new{number}.ttl").write_text(text, encoding="utf-8")
    read: list[Path] = []

    def parse(path: Path) -> tuple[list[ox.Quad], dict[str, str]]:
        read.append(path)
        return parse_turtle(path)

    monkeypatch.setattr(files, "parse_turtle", parse)
    assert CliRunner().invoke(main, ["fmt"]).stdout == "changed data/new0.ttl\nchanged data/new1.ttl\n"
    assert len(read) == len(set(read)) > 2


def test_fmt_check_passes_on_the_repository(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    result = CliRunner().invoke(main, ["fmt", "--check"])
    assert (result.exit_code, result.output) == (0, "")


def test_validate_a_file_tells_only_of_that_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    head = "".join(f"@prefix {name}: <{vocab.PREFIXES[name]}> . " for name in ("aca", "stmt"))
    for name, slug in (("one", "aaaaaaaaaaaaaaaa"), ("two", "bbbbbbbbbbbbbbbb")):
        (project / "data" / f"{name}.ttl").write_text(
            f"{head}\nstmt:{slug} a aca:Statement .\n", encoding="utf-8"
        )
    everything = CliRunner().invoke(main, ["validate"])
    one = CliRunner().invoke(main, ["validate", "data/one.ttl"])
    assert everything.exit_code == one.exit_code == 3
    assert "\n  data/one.ttl:2:1 stmt:aaaaaaaaaaaaaaaa" in everything.stdout
    assert "\n  data/two.ttl:2:1 stmt:bbbbbbbbbbbbbbbb" in everything.stdout
    assert "\n  data/one.ttl:2:1 stmt:aaaaaaaaaaaaaaaa" in one.stdout
    assert "two.ttl" not in one.stdout


@pytest.mark.parametrize(
    "more", [[], ["--shapes", "shapes/Place.ttl", "--ontology", "ontology", "data/places"]]
)
def test_a_rule_that_is_none_is_told_with_the_nearest(
    project: Path, monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    monkeypatch.chdir(project)
    assert CliRunner().invoke(main, ["validate", "--only", "rule-62-latitude", *more]).exit_code == 0
    wrong = CliRunner().invoke(main, ["validate", "--only", "rule-62-latitud", *more])
    assert wrong.exit_code == 2
    assert "no rule is called rule-62-latitud; did you mean rule-62-latitude" in wrong.stderr


def test_a_query_that_runs_is_interrupted_at_once(small_release: Path, tmp_path: Path) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
    command = [*PROGRAM, "sparql", endless, "--release", str(small_release)]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=5)
    # A shell shows an end by this signal as 130.
    assert (process.returncode, errors) == (-signal.SIGINT, "")


def test_list_with_a_name_explains_that_query(run: Run) -> None:
    result = run("query", "is-member", "--list")
    assert result.stdout.startswith("is-member: ")
    assert "members-of-coalition" not in result.stdout
    unknown = run("query", "is-membr", "--list")
    assert (unknown.exit_code, "did you mean is-member" in unknown.stderr) == (2, True)


def test_a_reader_that_leaves_early_is_no_error(release: Path, tmp_path: Path) -> None:
    query = "SELECT * WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o"
    command = [*PROGRAM, "sparql", query, "--format", "json", "--release", str(release)]
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        result = subprocess.run(
            command, cwd=tmp_path, stdout=closed, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (result.returncode, result.stderr) == (0, "")


def test_table_aligns_wide_characters() -> None:
    rows = [("気候", "a"), ("b", "two\nlines")]
    assert table(("name", "note"), rows) == "name  note\n----  ---------\n気候  a\nb     two lines\n"

"""Each way to judge the same data finds the same: from sources, the cache, a release, and what git knows."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from acagraph.errors import ReleaseError, SourceError
from acagraph.release.bundle import bundle
from acagraph.release.cache import FOLDER, Cache
from acagraph.release.clock import Step
from acagraph.release.fingerprint import Snapshot
from acagraph.release.judgement import judge, judge_changed, judge_release
from acagraph.release.publish import build
from acagraph.validation import Finding, Report
from acagraph.validation.labels import label
from acagraph.vocab import expand

from published import ROOT

COUNTRIES = Path("data/registers/countries")
LAUNCH = Path("data/events.ttl")
JCI = Path("data/coalitions/jci.ttl")
UNNAMED = "\nagent:nobody-at-all a aca:CivilSocietyOrganisation .\n"


@pytest.fixture
def registered(project: Path) -> Path:
    """The curated project with its smallest register; nothing links to another, and nothing is expected."""
    shutil.copytree(ROOT / COUNTRIES, project / COUNTRIES)
    for path in ("expectations.toml", "links/covenant.sssom.tsv", "links/candidates/covenant.sssom.tsv"):
        (project / "data" / path).unlink()
    return project


@pytest.fixture
def repository(project: Path) -> Path:
    """The curated project as a git repository, all committed but the release."""
    (project / ".gitignore").write_text("public/\n", encoding="utf-8")
    git(project, "init", "--quiet")
    commit(project)
    return project


def git(folder: Path, *arguments: str) -> None:
    names = (
        "-c",
        "user.name=A Curator",
        "-c",
        "user.email=curator@example.org",
        "-c",
        "commit.gpgsign=false",
    )
    subprocess.run(["git", "-C", str(folder), *names, *arguments], check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "As it was")


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def break_a_country(project: Path) -> None:
    table = project / COUNTRIES / "places.csv"
    text = table.read_text("utf-8")
    assert ",Country," in text
    table.write_text(text.replace(",Country,", ",Settlement,", 1), encoding="utf-8")


def without_columns(report: Report) -> tuple[Finding, ...]:
    """The findings; only sources tell the column of a cell."""
    return tuple(replace(finding, column=None) for finding in report.findings)


def steps(told: list[Step]) -> list[str]:
    return list(dict.fromkeys(step.name for step in told))


def test_sources_cache_and_release_find_the_same(registered: Path) -> None:
    first: list[Step] = []
    second: list[Step] = []
    fresh = judge(registered, cached=False)
    kept = judge(registered, progress=first.append)
    recalled = judge(registered, progress=second.append)
    assert steps(first) == ["recall", "read", "tables", "derive", "merge", "keep", "judge"]
    assert steps(second) == ["recall", "judge"]
    assert fresh == kept == recalled
    assert fresh.findings
    summary = build(registered, registered / "out")
    assert summary.report == fresh
    released = judge_release(registered / "out" / "current")
    assert without_columns(released) == without_columns(fresh)
    assert released.rules.keys() == fresh.rules.keys()
    assert all(finding.line for finding in released.findings)


def test_a_fault_in_a_table_is_found_with_its_line_from_sources_and_cache(registered: Path) -> None:
    break_a_country(registered)
    fresh, recalled = judge(registered), judge(registered)
    assert not fresh.conforms
    assert fresh == recalled
    assert any(finding.file == f"{COUNTRIES}/places.csv" and finding.line for finding in fresh.findings)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: append(folder / COUNTRIES / "names.csv", "\n"),
        lambda folder: append(folder / LAUNCH, "\n# Another comment.\n"),
        lambda folder: append(folder / "ontology" / "acagraph.ttl", "\n# Another comment.\n"),
        lambda folder: append(folder / "queries" / "rules" / "40-label.rq", "# Another comment.\n"),
    ],
)
def test_what_is_made_from_other_inputs_is_not_recalled(
    registered: Path, change: Callable[[Path], None]
) -> None:
    before = Snapshot.of(registered)
    assert before.holds()
    assert Snapshot.of(registered).key == before.key
    change(registered)
    assert not before.holds()
    assert Snapshot.of(registered).key != before.key


def test_other_shapes_and_checks_judge_what_is_recalled(registered: Path) -> None:
    before = judge(registered)
    check = registered / "queries" / "checks" / "66-thing-name.rq"
    check.write_text(check.read_text("utf-8").split("SELECT")[0] + "SELECT ?focus { ?focus a ?c }", "utf-8")
    told: list[Step] = []
    after = judge(registered, progress=told.append)
    assert steps(told) == ["recall", "judge"]
    assert len(after.findings) > len(before.findings)


def test_a_cache_that_is_damaged_is_made_anew(registered: Path, tmp_path: Path) -> None:
    before = judge(registered)
    (place,) = (path for path in (registered / FOLDER).iterdir() if path.is_dir())
    cache = Cache.of(registered / FOLDER, Snapshot.of(registered))
    assert cache.recalled(tmp_path) is not None
    line = b"<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n"
    for name, content in (
        ("dataset.nq.gz", b""),
        ("dataset.nq.gz", b"no gzip"),
        ("dataset.nq.gz", gzip.compress(line, mtime=0)),
        ("told.json", b"{}"),
        ("manifest.json", b"[]"),
        ("manifest.json", b"\xff\x00"),
        ("manifest.json", None),
    ):
        good = (place / name).read_bytes()
        (place / name).unlink() if content is None else (place / name).write_bytes(content)
        assert cache.recalled(tmp_path) is None
        (place / name).write_bytes(good)
        assert cache.recalled(tmp_path) is not None
    (place / "told.json").write_bytes(b"{}")
    told: list[Step] = []
    assert judge(registered, progress=told.append) == before
    assert "derive" in steps(told)
    assert cache.recalled(tmp_path) is not None
    assert len([path for path in (registered / FOLDER).iterdir() if path.is_dir()]) == 1


def test_the_cache_is_not_for_git_and_may_be_a_file_in_the_way(registered: Path) -> None:
    git(registered, "init", "--quiet")
    judge(registered)
    answer = subprocess.run(
        ["git", "-C", str(registered), "status", "--porcelain", FOLDER], capture_output=True, check=True
    )
    assert answer.stdout == b""
    shutil.rmtree(registered / FOLDER)
    (registered / FOLDER).write_text("not a folder", encoding="utf-8")
    assert judge(registered).findings


def test_only_some_rules_are_told(project: Path) -> None:
    append(project / LAUNCH, UNNAMED)
    whole = judge(project, only_curated=True)
    rules = {finding.rule for finding in whole.findings}
    assert len(rules) > 1
    for rule in rules:
        some = judge(project, only_curated=True, only=[rule])
        assert some.findings == tuple(finding for finding in whole.findings if finding.rule == rule)
    with pytest.raises(
        SourceError, match="no rule is called rule-66-thing-nam; did you mean rule-66-thing-name"
    ):
        judge(project, only=["rule-66-thing-nam"])


def test_both_engines_find_the_same_from_sources(project: Path) -> None:
    append(project / LAUNCH, UNNAMED)
    one, other = (judge(project, only_curated=True, engine=name) for name in ("shacl", "pyshacl"))
    assert (one.engine, other.engine) == ("shacl", "pyshacl")
    assert {finding.order for finding in one.findings} == {finding.order for finding in other.findings}


def test_a_finding_has_the_label_of_its_thing(project: Path) -> None:
    found = judge(project, only_curated=True).findings
    assert {finding.label for finding in found if finding.focus == expand("coalition:race-to-zero")} == {
        "Race to Zero"
    }


def test_labels_are_english_first_and_on_one_line() -> None:
    node, store = ox.NamedNode("https://example.org/a"), ox.Store()
    assert label(store, node) is None
    for name, text, language in (
        ("dcterms:title", "Title", "en"),
        ("rdfs:label", "B", "en"),
        ("skos:prefLabel", "Zwei", "de"),
        ("skos:prefLabel", "Trois", "fr"),
    ):
        store.add(ox.Quad(node, ox.NamedNode(expand(name)), ox.Literal(text, language=language)))
    assert label(store, node) == "Zwei"
    store.add(ox.Quad(node, ox.NamedNode(expand("skos:prefLabel")), ox.Literal("One\n two", language="en")))
    assert label(store, node) == "One two"


# Releases.


def test_a_release_carries_what_it_is_judged_by(release: Path) -> None:
    for name in ("queries/checks", "queries/rules"):
        there = {path.name: path.read_bytes() for path in (release / name).iterdir()}
        assert there == {path.name: path.read_bytes() for path in (ROOT / name).glob("*.rq")}
    names = {path.name for path in (release / "validation").iterdir()}
    assert names >= {"report.html", "report.json", "report.ttl", "report.txt", "places.csv.gz"}
    assert b"rule-66-thing-name" in (release / "rules.html").read_bytes()
    listed = {entry["path"] for entry in json.loads((release / "manifest.json").read_text("utf-8"))["files"]}
    assert {"rules.html", "validation/places.csv.gz", "queries/checks/66-thing-name.rq"} <= listed


def test_a_fault_that_is_put_into_a_release_is_found(release: Path, tmp_path: Path) -> None:
    shutil.copytree(release, tmp_path / "release", ignore=shutil.ignore_patterns("store", "graphs"))
    dump = tmp_path / "release" / "data" / "acagraph.nq.gz"
    name = expand("coalition:jci")
    kept = [
        line
        for line in gzip.decompress(dump.read_bytes()).splitlines(keepends=True)
        if not (line.startswith(f"<{name}>".encode()) and b"prefLabel" in line)
    ]
    dump.write_bytes(gzip.compress(b"".join(kept), mtime=0))
    with pytest.raises(
        ReleaseError, match=r"acagraph\.nq\.gz is damaged: it is not as manifest.json lists it"
    ):
        judge_release(tmp_path / "release")
    list_anew(tmp_path / "release", "data/acagraph.nq.gz")
    report = judge_release(tmp_path / "release")
    assert not report.conforms
    found = [finding for finding in report.findings if finding.focus == name]
    assert {finding.file for finding in found} == {JCI.as_posix()}
    assert all(finding.line for finding in found)


def list_anew(release: Path, name: str) -> None:
    """Make a release's manifest tell what a file is now."""
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    (entry,) = (entry for entry in manifest["files"] if entry["path"] == name)
    content = (release / name).read_bytes()
    entry |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (release / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("manifest.json", b"{", "damaged"),
        ("manifest.json", b"{}", "no date"),
        ("manifest.json", None, "No such file"),
        ("shapes.ttl", None, "has no shapes.ttl"),
        ("queries/checks", None, "has no queries/checks"),
        ("data/acagraph.nq.gz", None, "has no data/acagraph.nq.gz"),
        ("data/acagraph.nq.gz", b"no gzip", "damaged"),
        ("data/acagraph.nq.gz", gzip.compress(b"<http://example.org/a> no N-Quads", mtime=0), "damaged"),
        ("validation/places.csv.gz", b"no gzip", "damaged"),
    ],
)
def test_a_release_that_is_not_whole_is_refused(
    release: Path, tmp_path: Path, name: str, content: bytes | None, message: str, listed: bool
) -> None:
    shutil.copytree(release, tmp_path / "release", ignore=shutil.ignore_patterns("store", "graphs"))
    path = tmp_path / "release" / name
    if content is not None:
        path.write_bytes(content)
    elif path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    if listed and content is not None and name != "manifest.json":
        list_anew(tmp_path / "release", name)
    with pytest.raises(ReleaseError, match=message):
        judge_release(tmp_path / "release")


def emptied(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "queries/checks/66-thing-name.rq").unlink(), "66-thing-name.rq is missing"),
        (lambda folder: (folder / "queries/rules/40-label.rq").unlink(), "40-label.rq is missing"),
        (lambda folder: emptied(folder / "queries/checks"), "has no queries/checks"),
        (lambda folder: (folder / "validation/places.csv.gz").unlink(), "places.csv.gz is missing"),
        (lambda folder: (folder / "validation/known-issues.toml").unlink(), "known-issues.toml is missing"),
        (lambda folder: append(folder / "shapes.ttl", "\n"), "shapes.ttl is damaged"),
        (
            lambda folder: append(folder / "queries/checks/66-thing-name.rq", "\n"),
            "name.rq is damaged",
        ),
        (lambda folder: append(folder / "queries/checks/99.rq", "\n"), "99.rq is damaged"),
        (lambda folder: (folder / "manifest.json").write_text('{"date": "2026-11-22"}'), "lists no files"),
    ],
)
def test_a_release_whose_judges_are_not_those_of_its_manifest_is_refused(
    release: Path, tmp_path: Path, change: Callable[[Path], object], message: str
) -> None:
    folder = tmp_path / "release"
    shutil.copytree(release, folder, ignore=shutil.ignore_patterns("store", "graphs"))
    change(folder)
    with pytest.raises(ReleaseError, match=message):
        judge_release(folder)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset as it comes in the package."""
    folder = tmp_path_factory.mktemp("package")
    for name, path in bundle(ROOT, tmp_path_factory.mktemp("public")).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
    return folder


def test_the_packaged_dataset_can_be_judged(packed: Path) -> None:
    found = judge_release(packed)
    assert found.conforms
    assert found.findings == judge(ROOT, only_curated=True).findings


def test_files_of_strangers_are_judged_with_the_packaged_dataset(packed: Path, tmp_path: Path) -> None:
    head = (ROOT / LAUNCH).read_text("utf-8").partition("\n\n")[0]
    good = '\nagent:a-club a aca:CivilSocietyOrganisation ; skos:prefLabel "A Club"@en .\n'
    files = tmp_path / "theirs.ttl", tmp_path / "wrong.ttl"
    for path, text in zip(files, (good, UNNAMED), strict=True):
        path.write_text(prefixes(head) + text, encoding="utf-8")
    assert judge_release(packed, files=[files[0]]).conforms
    report = judge_release(packed, files=[files[1]])
    assert not report.conforms
    assert {finding.focus for finding in report.findings} == {expand("agent:nobody-at-all")}


def prefixes(_: str) -> str:
    names = {"aca": "aca:x", "agent": "agent:x", "skos": "skos:x"}
    return "".join(f"@prefix {name}: <{expand(short)[:-1]}> .\n" for name, short in names.items())


# What git knows.


def faults(report: Report) -> Iterator[tuple[str, str, str | None]]:
    for finding in report.findings:
        if finding.severity == "violation":
            yield finding.rule, finding.focus, finding.file


def test_nothing_is_told_where_nothing_differs(repository: Path) -> None:
    report = judge_changed(repository)
    assert report.findings == ()
    assert report.rules
    assert report.notices == ("no file of the project differs",)


def test_changed_staged_and_new_files_are_judged_and_no_others(repository: Path) -> None:
    append(repository / LAUNCH, "\nagent:committed a aca:CivilSocietyOrganisation .\n")
    commit(repository)
    append(repository / "data" / "people.ttl", UNNAMED)
    staged = repository / "data" / "agents" / "staged.ttl"
    staged.write_text(prefixes("") + UNNAMED.replace("nobody-at-all", "staged"), encoding="utf-8")
    git(repository, "add", str(staged))
    fresh = repository / "data" / "agents" / "fresh.ttl"
    fresh.write_text(prefixes("") + UNNAMED.replace("nobody-at-all", "fresh"), encoding="utf-8")
    changed, whole = judge_changed(repository), judge(repository, only_curated=True)
    files = {"data/people.ttl", "data/agents/staged.ttl", "data/agents/fresh.ttl"}
    assert {file for _, _, file in faults(changed)} == files
    assert {file for _, _, file in faults(whole)} == {*files, LAUNCH.as_posix()}
    assert set(faults(changed)) == {fault for fault in faults(whole) if fault[2] in files}


def test_what_refers_to_a_thing_that_was_deleted_is_found(repository: Path) -> None:
    (repository / JCI).unlink()
    report = judge_changed(repository)
    assert not report.conforms
    dangling = [finding for finding in report.findings if finding.rule == "rule-55-dangling"]
    assert expand("coalition:jci") in {finding.value for finding in dangling}
    assert all(
        finding.file and (repository / finding.file).is_file() and finding.line for finding in dangling
    )


def test_what_refers_to_a_subject_that_was_taken_out_of_a_file_is_found(repository: Path) -> None:
    text = (repository / JCI).read_text("utf-8")
    (repository / JCI).write_text(
        text.replace("coalition:jci\n", "coalition:jci-renamed\n"), encoding="utf-8"
    )
    assert (repository / JCI).read_text("utf-8") != text
    found = {finding.value for finding in judge_changed(repository).findings}
    assert expand("coalition:jci") in found


def test_a_change_of_a_register_is_judged_with_the_whole(registered: Path) -> None:
    git(registered, "init", "--quiet")
    (registered / ".gitignore").write_text("public/\n", encoding="utf-8")
    commit(registered)
    break_a_country(registered)
    report = judge_changed(registered)
    table = f"{COUNTRIES}/places.csv"
    assert report.notices == (f"{table} belongs to a register, so the whole project was judged",)
    assert table in {file for _, _, file in faults(report)}
    assert set(faults(report)) <= set(faults(judge(registered)))


def test_things_of_registers_are_known_from_the_last_release(registered: Path) -> None:
    (registered / ".gitignore").write_text("public/\n", encoding="utf-8")
    git(registered, "init", "--quiet")
    commit(registered)
    with (registered / COUNTRIES / "places.csv").open(encoding="utf-8") as file:
        assert any(line.startswith("place/albania,") for line in file)
    club = 'a aca:CivilSocietyOrganisation ; skos:prefLabel "A Club"@en ; aca:locatedIn place:'
    new = registered / "data" / "agents" / "new.ttl"
    place = f"@prefix place: <{expand('place:x')[:-1]}> .\n"
    new.write_text(prefixes("") + place + f"agent:one {club}albania . agent:two {club}atlantis .\n", "utf-8")
    before = {finding.value for finding in judge_changed(registered).findings}
    assert {expand("place:albania"), expand("place:atlantis")} <= before
    shutil.rmtree(registered / "public")
    new.rename(registered / "new.ttl")
    build(registered, registered / "public")
    (registered / "new.ttl").rename(new)
    report = judge_changed(registered)
    assert {finding.value for finding in report.findings if finding.rule == "rule-55-dangling"} == {
        expand("place:atlantis")
    }


def test_without_git_or_a_commit_it_says_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="git has no commit to compare with"):
        judge_changed(project)
    git(project, "init", "--quiet")
    with pytest.raises(SourceError, match="git has no commit to compare with"):
        judge_changed(project)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SourceError, match="git cannot be run"):
        judge_changed(project)

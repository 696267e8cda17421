"""What is judged alone is judged with what registers hold beside it, and its own counts and entries."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from acagraph.errors import SourceError
from acagraph.release import surroundings
from acagraph.release.cache import FOLDER, made
from acagraph.release.clock import Clock
from acagraph.release.fingerprint import Snapshot
from acagraph.release.judgement import judge, judge_changed, judge_release
from acagraph.release.publish import build, up_to_date
from acagraph.release.surroundings import CONTEXT, Named, of_registers
from acagraph.validation import Report
from acagraph.vocab import BASE, PREFIXES, expand, graph_iri

from published import ROOT, committed

COUNTRIES = Path("data/registers/countries")
HEAD = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("aca", "coalition", "place", "skos"))
EVENT = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("event", "evidence", "stmt", "xsd"))
# One file for each rule about two things of which a register may hold the other.
BESIDE = {
    "rule-62-shared-code": 'place:oddland a aca:Country ; skos:prefLabel "Oddland"@en ; aca:m49Code "716" .',
    "rule-42-shared-match": (
        'place:oddland a aca:Country ; skos:prefLabel "Oddland"@en ; '
        "skos:exactMatch <http://www.wikidata.org/entity/Q954> ."
    ),
    "rule-59-range": 'place:zimbabwe-odd a aca:Country ; skos:prefLabel "Odd"@en .',
}


@pytest.fixture
def registered(project: Path) -> Path:
    """The curated project with its smallest register; nothing links to another, and nothing is expected."""
    shutil.copytree(ROOT / COUNTRIES, project / COUNTRIES)
    for path in ("expectations.toml", "links/covenant.sssom.tsv", "links/candidates/covenant.sssom.tsv"):
        (project / "data" / path).unlink()
    (project / ".gitignore").write_text("public/\nout/\n", encoding="utf-8")
    return project


@pytest.fixture
def published(registered: Path) -> Path:
    """The same, and its release with the register."""
    shutil.rmtree(registered / "public")
    assert build(registered, registered / "public").path is not None
    return registered


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def told(report: Report) -> set[tuple[str, str, str | None]]:
    return {(finding.rule, finding.focus, finding.value) for finding in report.findings}


# What registers hold beside.


def test_files_break_the_rules_that_they_break_together_with_registers(published: Path) -> None:
    for name in ("rule-62-shared-code", "rule-42-shared-match"):
        file = published / "odd.ttl"
        file.write_text(HEAD + BESIDE[name] + "\n", encoding="utf-8")
        alone = told(judge(published, files=[file]))
        with_release = told(judge_release(published / "public" / "current", files=[file]))
        file.rename(published / "data" / "odd.ttl")
        whole = {item for item in told(judge(published)) if expand("place:oddland") in item[1:]}
        committed_now = not (published / ".git").exists()
        (published / "data" / "odd.ttl").unlink()
        if committed_now:
            committed(published)
        (published / "data" / "odd.ttl").write_text(HEAD + BESIDE[name] + "\n", encoding="utf-8")
        changed = told(judge_changed(published))
        (published / "data" / "odd.ttl").unlink()
        assert name in {rule for rule, _, _ in whole}
        assert alone == with_release == changed == whole, name


def quad(subject: str, predicate: str, value: str, graph: str = "register/a") -> ox.Quad:
    one, path, other = (ox.NamedNode(expand(name)) for name in (subject, predicate, value))
    return ox.Quad(one, path, other, ox.NamedNode(graph_iri(graph)))


def test_what_refers_to_a_thing_and_what_is_about_the_same_is_looked_up() -> None:
    store = ox.Store()
    of_thing = quad("stmt:a", "aca:committedBy", "agent:described")
    founding = quad("event:f", "aca:foundingOf", "coalition:named")
    membership = quad("stmt:m", "aca:inCoalition", "coalition:named")
    link = quad("place:linked", "skos:exactMatch", "agent:item", "links")
    stated = quad("place:linked", "aca:within", "place:around")
    around = quad("place:around", "aca:country", "place:around")
    wanted = [of_thing, founding, membership, link, stated, around]
    others = [
        quad("stmt:b", "aca:committedBy", "coalition:named"),  # no rule compares by that
        quad("stmt:c", "aca:committedBy", "agent:described", "derived"),
        quad("stmt:d", "aca:inCoalition", "coalition:another"),
    ]
    store.extend([*wanted, *others])
    judged = Named.of(
        [
            quad("agent:described", "aca:memberOf", "coalition:named"),
            quad("agent:described", "skos:exactMatch", "agent:item"),
        ]
    )
    assert judged.described == {expand("agent:described")}
    found = of_registers(store, judged.things, judged=judged, links=True)
    home = ox.NamedNode(graph_iri(CONTEXT))
    assert set(found.quads) == {ox.Quad(q.subject, q.predicate, q.object, home) for q in wanted}
    assert found.notices == []
    without = of_registers(store, judged.things)
    assert without.quads == []


def test_what_is_too_much_is_bounded_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "_MOST_THINGS", 4)
    monkeypatch.setattr(surroundings, "_MOST_BACK", 2)
    store = ox.Store()
    store.extend(quad(f"agent:a{n}", "aca:locatedIn", f"place:p{n}") for n in range(9))
    store.extend(quad(f"place:p{n}", "aca:within", "place:big") for n in range(9))
    names = [expand(f"agent:a{n}") for n in range(9)]
    found = of_registers(store, names)
    assert len(found.quads) == 4
    (notice,) = found.notices
    assert "more of the things named than 4" in notice
    four = of_registers(store, names[:4])  # nothing is left for what these refer to
    assert len(four.quads) == 4
    assert len(four.notices) == 1
    judged = Named.of([quad("place:big", "aca:within", "place:bigger")])
    back = of_registers(store, (), judged=judged)
    assert back.quads == []
    assert back.notices == [
        "more than 2 things of registers refer to place:big, and it was judged without them: "
        "run acagraph validate without FILES and without --changed"
    ]


# What belongs to changed files.


def test_a_count_that_is_wrong_by_what_was_deleted_is_told(project: Path) -> None:
    expectations = project / "data" / "expectations.toml"
    expectations.write_text("[curated.classes]\nUtterance = [42, 9999]\n", encoding="utf-8")
    committed(project)
    (project / "data" / "statements" / "climate-action.ttl").unlink()
    found = {item for item in told(judge_changed(project)) if item[0] == "expectation"}
    assert found == {item for item in told(judge(project, only_curated=True)) if item[0] == "expectation"}
    assert len(found) == 1


def test_the_graph_of_a_source_that_was_deleted_belongs_to_its_file(project: Path) -> None:
    committed(project)
    file = project / "data" / "sources" / "000.ttl"
    statements, found, _ = file.read_text("utf-8").partition("\nsource:000\n")
    assert found
    file.write_text(statements, encoding="utf-8")
    faults = told(judge(project, only_curated=True))
    graphs = {item for item in faults if item[1].startswith(f"{BASE}graph/source/")}
    assert graphs
    assert graphs <= told(judge_changed(project))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ontology/acagraph.ttl", "\n# Another comment.\n"),
        ("shapes/Agent.ttl", "\n# Another comment.\n"),
        ("queries/checks/66-thing-name.rq", "# Another comment.\n"),
    ],
)
def test_another_ontology_shape_or_check_judges_all_that_is_curated(
    project: Path, name: str, text: str
) -> None:
    append(project / "data" / "events.ttl", "\nagent:nobody-at-all a aca:CivilSocietyOrganisation .\n")
    committed(project)
    assert judge_changed(project).notices == ("no file of the project differs",)
    append(project / name, text)
    report = judge_changed(project)
    assert not report.conforms
    assert told(report) == told(judge(project, only_curated=True))
    assert report.notices == (f"{name} differs, so all that is wrong is told, not only in files that differ",)


def test_an_example_of_a_shape_judges_nothing(project: Path) -> None:
    committed(project)
    example = next((project / "shapes" / "tests").rglob("*.ttl"))
    append(example, "\n# Another comment.\n")
    assert judge_changed(project).notices == ("no file of the project differs",)


def test_a_new_entry_that_is_expired_is_told_unless_its_thing_is_elsewhere(project: Path) -> None:
    committed(project)
    entry = (
        '[[known]]\nrule = "rule-08-founding"\nfocus = ["agent:sony", "place:only-in-registers"]\n'
        'reason = "None."\nwho = "curators"\nuntil = 2020-01-31\n'
    )
    known = project / "data" / "known-issues.toml"
    known.write_text(entry, encoding="utf-8")
    for report in (judge_changed(project), judge(project, only_curated=True)):
        found = [item for item in report.findings if item.rule == "rule-68-known-issue-expired"]
        assert [(item.focus, item.line) for item in found] == [(expand("agent:sony"), 3)]


# What is kept, and what a release says that it was made from.


def test_what_was_saved_while_it_ran_is_not_kept_nor_taken_for_the_release(
    registered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from acagraph.release import cache, inputs

    complete, table = inputs.complete, registered / "data" / "redirects.csv"
    before = table.read_bytes() if table.is_file() else b"from,to\n"
    table.write_bytes(before)

    def saving(*arguments: object, **options: object) -> object:
        table.write_bytes(before)
        append(table, "coalition:gone,coalition:jci\n")
        if undone:
            table.write_bytes(before)
        return complete(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(cache, "complete", saving)
    monkeypatch.setattr(inputs, "complete", saving)
    for put_back in (False, True):
        undone = put_back
        table.write_bytes(before)
        judge(registered)
        assert not (registered / FOLDER).exists()
        assert build(registered, registered / "out").path is not None
        assert up_to_date(registered, registered / "out") is None
    monkeypatch.setattr(inputs, "complete", complete)
    build(registered, registered / "out")
    assert up_to_date(registered, registered / "out") is not None


def test_a_snapshot_sees_what_was_put_back_and_what_is_gone(project: Path) -> None:
    taken = Snapshot.of(project)
    assert taken.holds()
    file = project / "data" / "events.ttl"
    text = file.read_bytes()
    file.write_bytes(b"")
    file.write_bytes(text)
    again = Snapshot.of(project)
    assert again.fingerprint == taken.fingerprint
    assert not taken.holds()
    (project / "data" / "dataset.toml").unlink()
    assert not again.holds()


def test_a_folder_of_somebody_else_stays_as_it_is(registered: Path, tmp_path: Path) -> None:
    folder = registered / FOLDER
    (folder / "notes").mkdir(parents=True)
    judge(registered)
    assert [path.name for path in folder.iterdir()] == ["notes"]
    shutil.rmtree(folder)
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    judge(registered)
    assert not any((tmp_path / "elsewhere").iterdir())
    folder.unlink()
    judge(registered)
    (folder / "notes").mkdir()
    append(registered / "data" / "events.ttl", "\n# Another comment.\n")
    judge(registered)
    assert sorted(path.name for path in folder.iterdir() if len(path.name) != 16) == [".gitignore", "notes"]
    assert len([*folder.iterdir()]) == 3


def test_a_table_that_is_no_input_is_refused(registered: Path, tmp_path: Path) -> None:
    metadata = registered / COUNTRIES / "csv-metadata.json"
    text = metadata.read_text("utf-8")
    assert '"names.csv"' in text
    metadata.write_text(text.replace('"names.csv"', '"parts/names.csv"'), encoding="utf-8")
    (registered / COUNTRIES / "parts").mkdir()
    (registered / COUNTRIES / "names.csv").rename(registered / COUNTRIES / "parts" / "names.csv")
    with pytest.raises(SourceError, match=r"names names\.csv, which is no file"):
        made(registered, tmp_path, clock=Clock())

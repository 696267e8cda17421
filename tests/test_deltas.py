"""What curators did from one version to the next is told in words, by coalition, and nothing else is."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

import second_release
from acagraph.errors import ReleaseError
from acagraph.release.content import Content, Place, graph_of, join, write_part
from acagraph.release.deltas.application import applied, read_patch
from acagraph.release.deltas.changes import lost_names, write_changes
from acagraph.release.deltas.comparison import Comparison, compare, write_patch
from acagraph.release.deltas.documents import body, changelog_entry
from acagraph.release.deltas.facts import inferred
from acagraph.release.deltas.model import Change, Things
from acagraph.release.deltas.outline import markdown, outline, text
from acagraph.release.deltas.participations import _EDGES, _edges_of
from acagraph.release.deltas.sides import Gone, Side, gone_by, opened
from acagraph.release.deltas.wording import sentence
from acagraph.release.history import Past
from acagraph.release.lines import Lines, sorted_lines
from acagraph.release.publish import build
from acagraph.sources import DatasetInfo, read_dataset_info, read_redirects
from acagraph.vocab import BASE, PREFIXES, expand, graph_iri
from test_patch import cli

from published import ROOT, committed

HEAD = "".join(
    f"@prefix {name}: <{PREFIXES[name]}> .\n"
    for name in (
        "aca",
        "agent",
        "coalition",
        "evidence",
        "metric",
        "stmt",
        "skos",
        "participation-status",
        "xsd",
    )
)
THINGS = """
coalition:c a aca:Coalition ; skos:prefLabel "The Coalition"@en .
agent:a a aca:Business ; skos:prefLabel "Acme"@en .
agent:b a aca:Business ; skos:prefLabel "Beta"@en , "ベータ"@ja .
"""
MEMBER = (
    "stmt:s1 a aca:Membership ; aca:inCoalition coalition:c ; aca:participant agent:a ; "
    "aca:evidence evidence:e"
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The curated project with two commits: as it is, and its next version."""
    folder = tmp_path_factory.mktemp("deltas") / "project"
    for name in ("data", "ontology", "queries", "shapes"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("registers"))
    committed(folder)
    second_release.next_data(folder)
    second_release.next_terms(folder)
    committed(folder)
    return folder


@pytest.fixture(scope="module")
def sides(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Side, Side]:
    folder = tmp_path_factory.mktemp("sides")
    one, other = (opened(name, folder / name[-1], project=repository) for name in ("HEAD~1", "HEAD"))
    return one, other


@pytest.fixture(scope="module")
def compared(sides: tuple[Side, Side], tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return compare(*sides, tmp_path_factory.mktemp("compared"))


def told(comparison: Comparison) -> list[str]:
    return [sentence(change, comparison.names) for change in comparison.things.changes]


def test_two_revisions_are_told_in_words(compared: Comparison) -> None:
    assert told(compared) == [
        "Joined We Are Still In: AEON (since 2017-06-05)",
        "Left We Are Still In: Google (until 2020)",
        "No longer stated to be a member of We Are Still In: Gap Inc.",
        "Merged: アスクル into アズビル",
        "Renamed: “Aeon Co.” is now “AEON”",
        "New commitment of AEON: net-zero target by 2040",
        "Removed commitment of Ricoh: commitment, “Ricoh has an approved science-based target; its number is"
        " not given.”",
        "Changed figure of Japan Climate Initiative: number of other members 157 (as of 2024-07-06)"
        " (value 156 → 157)",
    ]
    assert compared.things.quiet == {
        "statements gone whose membership others still state": 1,  # the merged company's
        "statements with other evidence or another name": 2,  # Amazon's evidence, the country of the merged
    }


def test_nothing_is_told_of_what_is_the_same(sides: tuple[Side, Side], tmp_path: Path) -> None:
    same = compare(sides[0], sides[0], tmp_path)
    assert same.equal
    assert (told(same), same.terms, dict(same.things.quiet)) == ([], (), {})
    assert text(outline(same)).startswith("Nothing differs from HEAD~1 to HEAD~1\n")
    assert same.dataset.proposed == same.old.version


def test_back_again_tells_the_opposite(sides: tuple[Side, Side], tmp_path: Path) -> None:
    back = told(compare(sides[1], sides[0], tmp_path))
    assert "Member of We Are Still In again: Google (since 2017-06)" in back
    assert "Joined We Are Still In: Gap Inc. (since 2017-06)" in back
    assert "No longer stated to be a member of We Are Still In: Aeon Co." in back
    assert "Renamed: “AEON” is now “Aeon Co.”" in back
    # What was merged is there again: a new thing, and a member.
    assert "New business: アスクル" in back


def test_text_and_markdown_are_by_coalition_and_cut(compared: Comparison) -> None:
    whole, cut = text(outline(compared)), text(outline(compared, listed=0))
    assert (
        "We Are Still In\n---------------\n3 changes.\n\nJoined (1):\n  Joined We Are Still In: AEON" in whole
    )
    assert "Joined (1):\n  … and 1 more\n" in cut
    assert "AEON (since" not in cut
    assert "Breaking (3)" in cut  # these are never cut
    assert cut.count("Removed property aca:isin") == 1
    marked = markdown(outline(compared))
    assert "\n## We Are Still In\n\n3 changes.\n\n### Joined (1)\n\n- Joined We Are Still In: AEON" in marked
    assert "\\_" not in marked.split("## Terms")[0]


def test_only_the_depth_asked_for_is_told(compared: Comparison) -> None:
    assert "AEON" not in text(outline(compared, depths=["terms"]))
    assert "aca:isin" not in text(outline(compared, depths=["things"]))
    assert "RDFC-1.0" in text(outline(compared, depths=["statements"]))
    assert set(body(compared, depths=("things",))) == {"old", "new", "equal", "warnings", "things"}


def test_json_holds_all_of_it(compared: Comparison) -> None:
    found = json.loads(json.dumps(body(compared)))
    assert found["things"]["counts"]["joined"] == 1
    [joined] = [change for change in found["things"]["changes"] if change["kind"] == "joined"]
    assert joined["about"] == expand("agent:aeon")
    assert joined["coalition"] == expand("coalition:wasi")
    assert joined["after"]["aca:startText"] == ['"2017-06-05"']
    assert found["statements"]["added"] == sum(
        item["added"] for item in found["statements"]["graphs"].values()
    )
    assert found["terms"]["breaking"] == 3
    assert found["versions"]["ontology"]["proposed"] == "2.0.0"
    assert found["warnings"] == ["The ontology: it changed, but its version is still 1.0.0: make it 2.0.0."]


def test_the_changelog_entry_has_the_form_of_keep_a_changelog(compared: Comparison) -> None:
    entry = changelog_entry(compared, "2026.12.01", compared.new.date or pytest.fail("no date"))
    lines = entry.splitlines()
    assert lines[0] == "## [2026.12.01] - 2026-12-01"
    heads = [line for line in lines if line.startswith("### ")]
    assert heads == ["### Added", "### Changed", "### Deprecated", "### Removed"]
    assert "- Left We Are Still In: Google (until 2020)." in lines
    assert any(line.startswith("- Breaking: Removed property aca:isin") for line in lines)
    assert "- No longer stated to be a member of We Are Still In: Gap Inc." in lines


# Small versions, each with one thing that differs.


@pytest.fixture
def version(tmp_path: Path) -> Callable[..., Side]:
    """Return what makes a version of Turtle; without `edges` nothing is derived in it."""

    def made(
        name: str, turtle: str, *, gone: dict[str, Gone] | None = None, edges: str | None = None
    ) -> Side:
        quads = [
            ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph_iri("shared")))
            for quad in ox.parse(HEAD + THINGS + turtle, format=ox.RdfFormat.TURTLE)
        ]
        for quad in ox.parse(HEAD + (edges or ""), format=ox.RdfFormat.TURTLE):
            quads.append(
                ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph_iri("derived")))
            )
        lines = sorted_lines(quads, tmp_path / name)
        return Side(name, lines, derived=edges is not None, gone=gone or {})

    return made


Versions = Callable[..., Side]


def difference(old: Side, new: Side, tmp_path: Path) -> tuple[list[str], dict[str, int]]:
    found = compare(old, new, tmp_path)
    return told(found), dict(found.things.quiet)


ONCE = "agent:a aca:hasBeenMemberOf coalition:c , coalition:c ; aca:participatesIn coalition:c ."
NOW = ONCE + " agent:a aca:memberOf coalition:c ."


@pytest.mark.parametrize("derived", [True, False])
@pytest.mark.parametrize(
    ("old", "old_edges", "new", "new_edges", "expected"),
    [
        ("", "", f'{MEMBER} ; aca:startText "2019" .', NOW, "Joined The Coalition: Acme (since 2019)"),
        (f"{MEMBER} .", NOW, "", "", "No longer stated to be a member of The Coalition: Acme"),
        (
            f"{MEMBER} .",
            NOW,
            f'{MEMBER} ; aca:endText "2020-05" ; aca:endsNotAfter "2020-05-31T00:00:00Z"^^xsd:dateTime .',
            ONCE,
            "Left The Coalition: Acme (until 2020-05)",
        ),
        (
            f"{MEMBER} .",
            NOW,
            f"{MEMBER} ; aca:participationStatus participation-status:suspended .",
            ONCE,
            "Suspended in The Coalition: Acme",
        ),
        (
            f"{MEMBER} ; aca:participationStatus participation-status:ended .",
            ONCE,
            f"{MEMBER} .",
            NOW,
            "Member of The Coalition again: Acme",
        ),
        (
            "",
            "",
            f"{MEMBER} ; aca:participationStatus participation-status:ended .",
            ONCE,
            "Newly known to have been a member of The Coalition: Acme",
        ),
        (
            "",
            "",
            f"{MEMBER} ; aca:participationStatus participation-status:announced .",
            "agent:a aca:participatesIn coalition:c .",
            "Announced to join The Coalition: Acme",
        ),
        (
            f'{MEMBER} ; aca:startText "2019" .',
            NOW,
            f'{MEMBER} ; aca:startText "2019-03" .',
            NOW,
            "Membership in The Coalition stated in another way: Acme (start text “2019” → “2019-03”)",
        ),
        (
            "",
            "",
            MEMBER.replace("aca:Membership", "aca:Coordination") + " .",
            "agent:a aca:coordinatorOf coalition:c ; aca:participatesIn coalition:c .",
            "New role: Acme, coordinator of The Coalition",
        ),
    ],
)
def test_a_membership_in_each_state(
    version: Versions,
    tmp_path: Path,
    old: str,
    old_edges: str,
    new: str,
    new_edges: str,
    expected: str,
    derived: bool,
) -> None:
    before = version("old", old, edges=old_edges if derived else None)
    after = version("new", new, edges=new_edges if derived else None)
    assert difference(before, after, tmp_path) == ([expected], {})


def test_a_membership_that_ends_by_the_calendar_is_left(version: Versions, tmp_path: Path) -> None:
    same = f'{MEMBER} ; aca:endText "2026-12" .'
    found, _ = difference(version("old", same, edges=NOW), version("new", same, edges=ONCE), tmp_path)
    assert found == ["Left The Coalition: Acme"]


@pytest.mark.parametrize("edges", [NOW, None])
def test_a_second_source_is_no_second_membership(
    version: Versions, tmp_path: Path, edges: str | None
) -> None:
    second = MEMBER.replace("stmt:s1", "stmt:s2") + ' ; aca:startText "2019" .'
    one, both = (
        version("old", f"{MEMBER} .", edges=edges),
        version("new", f"{MEMBER} . {second}", edges=edges),
    )
    assert difference(one, both, tmp_path) == ([], {"statements that say once more what was known": 1})
    assert difference(both, one, tmp_path) == ([], {"statements gone whose membership others still state": 1})


def test_evidence_alone_is_counted(version: Versions, tmp_path: Path) -> None:
    old, new = version("old", f"{MEMBER} ."), version("new", f"{MEMBER} , evidence:other .")
    assert difference(old, new, tmp_path) == ([], {"statements with other evidence or another name": 1})


@pytest.mark.parametrize("derived", [True, False])
def test_what_was_merged_is_told_as_merged(version: Versions, tmp_path: Path, derived: bool) -> None:
    """Its membership is that of the thing that stays, under whatever name the statement has."""
    gone = {expand("agent:a"): Gone(expand("agent:b"), "one company")}
    moved = MEMBER.replace("agent:a", "agent:b").replace("stmt:s1", "stmt:s9")
    old = version("old", f"{MEMBER} .", edges=NOW if derived else None)
    new = version(
        "new", f"{moved} .", edges=NOW.replace("agent:a", "agent:b") if derived else None, gone=gone
    )
    found, quiet = difference(old, new, tmp_path)
    assert found == ["Merged: Acme into Beta (one company)"]
    assert quiet == {"statements with other evidence or another name": 1}


def test_a_membership_that_is_lost_in_a_merger_is_told(version: Versions, tmp_path: Path) -> None:
    gone = {expand("agent:a"): Gone(expand("agent:b"))}
    old, new = version("old", f"{MEMBER} .", edges=NOW), version("new", "", edges="", gone=gone)
    assert difference(old, new, tmp_path)[0] == [
        "No longer stated to be a member of The Coalition: Beta",
        "Merged: Acme into Beta",
    ]


def test_what_stays_may_have_been_a_member_all_the_time(version: Versions, tmp_path: Path) -> None:
    gone = {expand("agent:a"): Gone(expand("agent:b"))}
    others = MEMBER.replace("agent:a", "agent:b").replace("stmt:s1", "stmt:s2") + " ."
    both = NOW + NOW.replace("agent:a", "agent:b")
    old = version("old", f"{MEMBER} . {others}", edges=both)
    new = version("new", others, edges=NOW.replace("agent:a", "agent:b"), gone=gone)
    assert difference(old, new, tmp_path)[0] == ["Merged: Acme into Beta"]


def test_a_withdrawn_thing_is_told_with_its_reason(version: Versions, tmp_path: Path) -> None:
    (tmp_path / "redirects.csv").write_text("from,to,reason\nagent:a,,It never existed\n", "utf-8")
    gone = gone_by(read_redirects(tmp_path / "redirects.csv"))
    left = "agent:a <http://www.w3.org/2002/07/owl#deprecated> true ."
    new = version("new", left, gone=gone)
    lines = [line for line in new.lines if b"deprecated" in line or b"/agent/a>" not in line]
    (tmp_path / "without.nq").write_bytes(b"".join(lines))
    new = replace(new, lines=Lines(tmp_path / "without.nq"))
    assert difference(version("old", ""), new, tmp_path)[0] == ["Withdrawn: Acme (It never existed)"]


FIGURE = 'aca:figureSubject coalition:c ; aca:metric metric:member-count ; aca:asOfText "2024" ; aca:value '


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (f"stmt:f a aca:Figure ; {FIGURE}5.0 .", f"stmt:f a aca:Figure ; {FIGURE}6.0 .", "Changed"),
        # A figure whose statement got another name is still a correction.
        (f"stmt:f a aca:Figure ; {FIGURE}5.0 .", f"stmt:g a aca:Figure ; {FIGURE}6.0 .", "Changed"),
        ("", f"stmt:f a aca:Figure ; {FIGURE}5.0 .", "New"),
        (f"stmt:f a aca:Figure ; {FIGURE}5.0 .", "", "Removed"),
    ],
)
def test_figures(version: Versions, tmp_path: Path, old: str, new: str, expected: str) -> None:
    [line] = difference(version("old", old), version("new", new), tmp_path)[0]
    assert line.startswith(f"{expected} figure of The Coalition: metric:member-count ")
    assert line.endswith("(value 5 → 6)") == (expected == "Changed")


def test_two_figures_of_one_day_are_not_taken_for_a_correction(version: Versions, tmp_path: Path) -> None:
    old = f"stmt:f a aca:Figure ; {FIGURE}5.0 . stmt:g a aca:Figure ; {FIGURE}7.0 ."
    new = f"stmt:h a aca:Figure ; {FIGURE}6.0 . stmt:i a aca:Figure ; {FIGURE}8.0 ."
    found = difference(version("old", old), version("new", new), tmp_path)[0]
    assert [line.split(" ")[0] for line in found] == ["New", "New", "Removed", "Removed"]


def test_another_language_is_no_new_name(version: Versions, tmp_path: Path) -> None:
    old, new = version("old", ""), version("new", 'agent:a skos:prefLabel "アクメ"@ja .')
    assert difference(old, new, tmp_path)[0] == ["Business Acme (pref label now “アクメ”)"]


def test_a_name_gives_no_command_to_a_terminal(version: Versions, tmp_path: Path) -> None:
    new = version("new", 'agent:x a aca:Business ; skos:prefLabel "\\u001B[2J\\nX"@en .')
    assert difference(version("old", ""), new, tmp_path)[0] == [
        "New business: \N{REPLACEMENT CHARACTER}[2J X"
    ]


def test_edges_without_derivation_are_those_of_the_ontology() -> None:
    """The table of edges says what the ontology derives from each class of participation."""
    ontology = list(ox.parse(path=ROOT / "ontology" / "acagraph.ttl", format=ox.RdfFormat.TURTLE))
    above = {q.subject: q.object for q in ontology if q.predicate.value == expand("rdfs:subClassOf")}
    found = set()
    for quad in ontology:
        kind = quad.object
        if quad.predicate.value == expand("aca:derivedFrom") and isinstance(kind, ox.NamedNode):
            parents = {above.get(kind), above.get(above.get(kind, kind))}
            if ox.NamedNode(expand("aca:Participation")) in parents:
                found.add((quad.subject.value, kind.value))
    edges = {(expand(edge), expand(name)) for name, edge in _EDGES.items()}
    assert edges == {pair for pair in found if pair[0] != expand("aca:hasBeenMemberOf")}
    assert list(_edges_of({})) == []


# What a release says.


INFO = DatasetInfo(
    "2026.12.01", second_release_day := __import__("datetime").date(2026, 12, 1), "t", "d", "l", "p"
)


def content_of(side: Side, folder: Path) -> Content:
    folder.mkdir()
    part = write_part("shared", side.lines, folder)
    return join([part], folder / "joined.nq", place=dict[str, Place]().get)


def published(side: Side, folder: Path, version: str, sha256: str) -> Past:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "acagraph.nq.gz").write_bytes(gzip.compress(b"".join(side.lines)))
    manifest = {"version": version, "date": "2026-11-22", "rdfc10_sha256": sha256, "files": []}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return Past(version, folder, manifest)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "changes").iterdir())}


def test_the_first_release_says_so_and_has_no_patch(version: Versions, tmp_path: Path) -> None:
    content = content_of(version("new", f"{MEMBER} ."), tmp_path / "content")
    assert write_changes(tmp_path, content, None, info=INFO, shapes=()) == []
    found = files(tmp_path)
    assert set(found) == {"changes.json", "changes.md", "changelog-entry.md"}
    assert json.loads(found["changes.json"])["statements"]["added"] == content.triples
    assert b"The first release" in found["changes.md"]


def test_a_second_release_has_the_patch_that_leads_to_it(version: Versions, tmp_path: Path) -> None:
    old, new = version("old", "", edges=""), version("new", f"{MEMBER} .", edges=NOW)
    past = published(old, tmp_path / "past", "2026.11.22", old.lines.sha256())
    content = content_of(new, tmp_path / "content")
    info = replace(INFO, previous="2026.11.22")
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        assert write_changes(tmp_path / name, content, past, info=info, shapes=()) == []
        made.append(files(tmp_path / name))
    assert made[0] == made[1]
    assert set(made[0]) == {"changes.json", "changes.md", "changelog-entry.md", "dataset.rdfp.gz"}
    assert b"Joined The Coalition: Acme" in made[0]["changes.md"]
    assert json.loads(made[0]["changes.json"])["previous"] == "2026.11.22"
    assert str(tmp_path).encode() not in b"".join(made[0].values())
    patch = read_patch(tmp_path / "one" / "changes" / "dataset.rdfp.gz", tmp_path / "read")
    (tmp_path / "applied").mkdir()
    dump = past.folder / "data" / "acagraph.nq.gz"
    assert list(applied(dump, patch, tmp_path / "applied")) == list(content.lines())


REGISTERED = f'<{expand("agent:r")}> <{expand("skos:prefLabel")}> "R" <{graph_iri("register/companies")}> .\n'


def with_registers(side: Side, row: str, path: Path) -> Side:
    path.write_bytes(b"".join(sorted([*side.lines, row.encode()])))
    return replace(side, lines=Lines(path))


def test_registers_that_one_version_leaves_out_are_said_before_all_that_is_told(
    version: Versions, tmp_path: Path
) -> None:
    old = with_registers(version("old", "", edges=""), REGISTERED, tmp_path / "old.nq")
    past = published(old, tmp_path / "past", "2026.11.22", old.lines.sha256())
    content = content_of(version("new", f"{MEMBER} .", edges=NOW), tmp_path / "content")
    notice, *_ = write_changes(tmp_path, content, past, info=replace(INFO, previous="2026.11.22"), shapes=())
    assert notice.startswith("2026.12.01 leaves the registers out, so all that they state is told as gone")
    found = files(tmp_path)
    [warning] = json.loads(found["changes.json"])["warnings"]
    assert warning == notice + "."
    page = found["changes.md"].decode()
    assert page.index("leaves the registers out") < page.index("statements added")
    assert page.index("statements added") < page.index("Joined")


def test_registers_that_both_or_no_version_has_are_no_news(version: Versions, tmp_path: Path) -> None:
    bare, other = version("old", "", edges=""), version("new", f"{MEMBER} .", edges=NOW)
    one = with_registers(bare, REGISTERED, tmp_path / "one.nq")
    two = with_registers(other, REGISTERED.replace("companies", "places"), tmp_path / "two.nq")
    both = with_registers(one, REGISTERED.replace("companies", "places"), tmp_path / "both.nq")
    for old, new in ((bare, other), (one, two), (both, two), (one, both)):
        assert compare(old, new, tmp_path).notes == ()
    [note] = compare(bare, two, tmp_path).notes
    assert note.startswith("old leaves the registers out, so all that they state is told as new")
    assert text(outline(compare(bare, two, tmp_path))).splitlines()[2] == f"{note[:1].upper()}{note[1:]}."


def test_links_are_told(version: Versions, tmp_path: Path) -> None:
    """Also those of concepts, which are no changes of the ontology."""
    old, new = version("old", ""), version("new", "")
    home = graph_iri("links")
    subjects = (expand("agent:a"), expand("goal:sdgs"))
    match = expand("skos:exactMatch")
    more = [f"<{subject}> <{match}> <http://example.org/1> <{home}> .\n".encode() for subject in subjects]
    (tmp_path / "linked.nq").write_bytes(b"".join(sorted([*new.lines, *more])))
    found = compare(old, replace(new, lines=Lines(tmp_path / "linked.nq")), tmp_path)
    assert told(found) == [
        "New link of Acme: exact match http://example.org/1",
        "New link of goal:sdgs: exact match http://example.org/1",
    ]
    assert found.terms == ()


@pytest.mark.parametrize("damage", ["absent", "no dump", "hash", "gzip"])
def test_a_previous_release_that_is_not_usable_is_said_and_nothing_is_invented(
    version: Versions, tmp_path: Path, damage: str
) -> None:
    old = version("old", "")
    past: Past | None = published(
        old, tmp_path / "past", "2026.11.22", "0" * 64 if damage == "hash" else old.lines.sha256()
    )
    dump = tmp_path / "past" / "data" / "acagraph.nq.gz"
    if damage == "absent":
        past = None
    elif damage == "no dump":
        dump.unlink()
    elif damage == "gzip":
        dump.write_bytes(dump.read_bytes()[:-20])
    content = content_of(version("new", f"{MEMBER} ."), tmp_path / "content")
    [notice] = write_changes(tmp_path, content, past, info=replace(INFO, previous="2026.11.22"), shapes=())
    assert "2026.11.22" in notice
    found = files(tmp_path)
    assert "dataset.rdfp.gz" not in found
    assert set(json.loads(found["changes.json"])) == {"version", "previous", "note"}
    assert str(tmp_path).encode() not in b"".join(found.values())


def test_a_release_that_is_not_what_its_manifest_says_is_not_compared(
    version: Versions, tmp_path: Path
) -> None:
    side = replace(version("old", ""), sha256="0" * 64)
    with pytest.raises(ReleaseError, match="is damaged"):
        compare(side, version("new", ""), tmp_path)


def test_a_build_leads_by_patch_from_the_release_before(project: Path, tmp_path: Path) -> None:
    second_release.next_data(project)
    summary = build(project, project / "public", only_curated=True)
    assert summary.path is not None
    before = project / "public" / "2026.11.22" / "data" / "acagraph.nq.gz"
    patched = tmp_path / "patched.nq.gz"
    told_text = cli("patch", before, summary.path / "changes" / "dataset.rdfp.gz", "--output", patched)
    assert told_text.exit_code == 0, told_text.output
    assert gzip.decompress(patched.read_bytes()) == gzip.decompress(
        (summary.path / "data" / "acagraph.nq.gz").read_bytes()
    )
    assert "Joined We Are Still In: AEON" in (summary.path / "changes" / "changes.md").read_text("utf-8")
    manifest = json.loads((summary.path / "manifest.json").read_text("utf-8"))
    assert {"changes/changes.json", "changes/dataset.rdfp.gz"} <= {
        entry["path"] for entry in manifest["files"]
    }
    first = json.loads((before.parent.parent / "changes" / "changes.json").read_text("utf-8"))
    assert first["previous"] is None


# Files, of which there is no redirects.csv, and perhaps no named graph.


def dumped(side: Side, path: Path, *, graphs: bool = True) -> Side:
    lines = (line if graphs else line[: line.rindex(b" <")] + b" .\n" for line in side.lines)
    path.write_bytes(b"".join(lines))
    return opened(str(path), path.with_suffix(""), project=path.parent)


def test_dumps_tell_what_revisions_tell(
    sides: tuple[Side, Side], compared: Comparison, tmp_path: Path
) -> None:
    old, new = (dumped(side, tmp_path / f"{number}.nq") for number, side in enumerate(sides))
    assert {**old.gone, **new.gone} == {name: replace(one, reason="") for name, one in sides[1].gone.items()}
    found = compare(old, new, tmp_path)
    assert told(found) == told(compared)
    assert found.things.quiet == compared.things.quiet
    assert found.notes == ()


def test_files_without_graphs_tell_little_more_and_say_so(
    sides: tuple[Side, Side], compared: Comparison, tmp_path: Path
) -> None:
    old, new = (dumped(side, tmp_path / f"{number}.nt", graphs=False) for number, side in enumerate(sides))
    found = compare(old, new, tmp_path)
    kinds = found.things.counts()
    assert kinds.pop("membership-changed") == 1  # the day of Amazon's statement, which a rule derived
    assert kinds == compared.things.counts()
    [note] = found.notes
    assert note.startswith("without named graphs, some of what the rules derive is told as stated")
    assert read_patch_of(found, tmp_path) == (set(old.lines), set(new.lines))
    [note] = compare(sides[0], new, tmp_path).notes
    assert note.startswith(f"{new.name} has no named graphs, so every statement differs")


def read_patch_of(comparison: Comparison, folder: Path) -> tuple[set[bytes], set[bytes]]:
    """Return the old lines, and the new ones as the patch of a comparison makes them of the old."""
    write_patch(comparison, folder / "made.rdfp")
    patch, old = read_patch(folder / "made.rdfp", folder / "read"), set(comparison.old.lines)
    return old, (old - set(patch.removed)) | set(patch.added)


def test_what_only_rules_write_is_known(sides: tuple[Side, Side]) -> None:
    lines = [line for line in sides[0].lines if line.startswith(f"<{BASE}id/".encode())]
    stated = {line.split(b" ", 2)[1] for line in lines if graph_of(line) != "derived"}
    derived = {line.split(b" ", 2)[1] for line in lines if graph_of(line) == "derived"}
    found = inferred(sides[0].lines.starting(f"<{PREFIXES['aca']}".encode()))
    # Nothing marks those that may be stated as well.
    assert derived - stated - found <= {
        f"<{expand(name)}>".encode() for name in ("aca:chapterOf", "aca:unitOf")
    }
    assert not stated & found


def test_a_thing_that_others_replaced_but_is_described_is_not_gone(tmp_path: Path) -> None:
    path = tmp_path / "things.ttl"
    text = (
        "coalition:a a aca:Coalition ; <http://purl.org/dc/terms/isReplacedBy> coalition:c .\n"
        "coalition:b <http://purl.org/dc/terms/isReplacedBy> coalition:c .\n"
        "agent:a <http://www.w3.org/2002/07/owl#deprecated> true ; "
        '<http://purl.org/dc/terms/description> "It never existed"@en .\n'
        "aca:old <http://www.w3.org/2002/07/owl#deprecated> true .\n"
    )
    path.write_text(HEAD + text, "utf-8")
    assert opened(str(path), tmp_path / "scratch", project=tmp_path).gone == {
        expand("coalition:b"): Gone(expand("coalition:c")),
        expand("agent:a"): Gone("", "It never existed"),
    }


# The commands.


def test_a_patch_is_of_statements_and_of_no_other_depth(tmp_path: Path) -> None:
    path = tmp_path / "one.nt"
    path.write_text("", "utf-8")
    for depth in ("things", "terms"):
        refused = cli("diff", path, path, "--format", "patch", "--depth", "statements", "--depth", depth)
        assert refused.exit_code == 2
        assert "a patch is of statements; leave --depth out" in refused.output
    assert cli("diff", path, path, "--format", "patch", "--depth", "statements").exit_code == 0


def test_the_newer_rdf_is_refused_with_what_to_do(release: Path) -> None:
    dump = release / "data" / "acagraph.rdf12.trig.gz"
    for command in (("diff", dump, release), ("patch", dump, release / "manifest.json")):
        told_text = cli(*command)
        assert told_text.exit_code == 2
        assert "SHACL" not in told_text.output
    assert (
        "has triple terms (RDF 1.2), which are not read here; give the data as RDF 1.1"
        in cli("diff", dump, release).output
    )


def test_the_recipe_for_a_new_version_works_each_time(tmp_path: Path) -> None:
    """The versions in the document are exchanged for those of a third release."""
    [recipe] = [
        line.removeprefix("$ ")
        for line in (ROOT / "docs/releases.md").read_text("utf-8").splitlines()
        if line.startswith("$ sed ")
    ]
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "dataset.toml"
    shutil.copy(ROOT / "data" / "dataset.toml", path)
    before = read_dataset_info(path)
    third = recipe.replace("2026.11.22", "2026.12.01").replace("2026.12.1", "2026.12.2")
    assert third != recipe
    for command, version, previous in (
        (recipe, "2026.12.1", "2026.11.22"),
        (third, "2026.12.2", "2026.12.01"),
    ):
        subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True)
        info = read_dataset_info(path)
        assert (info.version, info.previous) == (version, previous)
    assert replace(info, version=before.version, date=before.date, previous=before.previous) == before


def test_the_command_compares_releases_and_revisions(repository: Path, release: Path, tmp_path: Path) -> None:
    told_text = cli("diff", release, "HEAD", "--project", repository, "--curated", "--depth", "things")
    assert told_text.exit_code == 0, told_text.output
    assert "Joined We Are Still In: AEON (since 2017-06-05)" in told_text.output
    same = cli("diff", release, release)
    assert same.exit_code == 0, same.output
    assert same.output.startswith("Nothing differs")
    output = tmp_path / "told.json"
    assert cli("diff", release, release, "--format", "json", "--output", output).exit_code == 0
    assert json.loads(output.read_text("utf-8"))["equal"] is True


def test_a_revision_that_cannot_be_read_is_named(repository: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(repository, broken)
    (broken / "data" / "people.ttl").write_text("<a> <b>", "utf-8")
    committed(broken)
    told_text = cli("diff", "HEAD", "HEAD~1", "--project", broken)
    assert told_text.exit_code == 2
    assert "revision HEAD: data/people.ttl:1: " in told_text.output
    assert str(tmp_path) not in told_text.output.replace(str(broken), "")


def test_files_of_the_ontology_are_compared_as_files(repository: Path) -> None:
    told_text = cli(
        "diff",
        ROOT / "ontology" / "acagraph.ttl",
        repository / "ontology" / "acagraph.ttl",
        "--depth",
        "terms",
    )
    assert "Removed property aca:isin" in told_text.output
    assert "Version of the ontology: 2.0.0" in told_text.output


def test_things_that_are_gone_without_a_word_are_told() -> None:
    gone = [Change("thing-removed", f"{BASE}id/agent/{name}") for name in ("gap", "aeon", "sony", "natura")]
    (told,) = lost_names(Things(gone, {}))
    assert told.startswith(
        "4 things are gone and their IRIs lead nowhere: agent:gap, agent:aeon, agent:sony and"
    )
    assert not list(lost_names(Things([Change("withdrawn", f"{BASE}id/agent/gap")], {})))

"""A patch applies forward and back, to the byte, and to nothing but the dump that it was made for."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from acagraph.cli.command import Shell
from acagraph.cli.comparing import diff, patch
from acagraph.errors import ReleaseError, SourceError
from acagraph.release.content import graph_of
from acagraph.release.deltas.application import applied, read_patch
from acagraph.release.deltas.comparison import compare, write_patch
from acagraph.release.deltas.merging import Merge
from acagraph.release.deltas.sides import Side
from acagraph.release.lines import Lines, in_order, lines_of_file, sorted_lines

EX = "http://example.org/"
ONE = f'<{EX}a> <{EX}p> "1" <{EX}g> .\n'
TWO = f'<{EX}a> <{EX}p> "2" <{EX}g> .\n'
THREE = f"<{EX}b> <{EX}p> <{EX}a> .\n"

names = st.sampled_from([f"{EX}{name}" for name in ("a", "a/b", "ab", "b", "é", "z#1")]).map(ox.NamedNode)
literals = st.one_of(
    st.text(max_size=8).map(ox.Literal),
    st.text(max_size=4).map(lambda text: ox.Literal(f"{text} <x> .\n", language="en")),
    st.integers().map(lambda number: ox.Literal(str(number), datatype=ox.NamedNode(f"{EX}type"))),
)
nodes = st.sampled_from(["x", "y"]).map(ox.BlankNode)
quads = st.builds(
    ox.Quad,
    st.one_of(names, nodes),
    names,
    st.one_of(names, literals, nodes),
    st.one_of(names, st.just(ox.DefaultGraph())),
)
datasets = st.lists(quads, max_size=12)


def cli(*arguments: object) -> Result:
    """Run a command as the shell of acagraph runs it."""
    shell = Shell(commands={"diff": diff, "patch": patch})
    return CliRunner().invoke(shell, [str(argument) for argument in arguments], prog_name="acagraph")


def packed(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    return path


def made(old: Lines, new: Lines, folder: Path) -> Path:
    """Return the patch from one dataset to another."""
    folder.mkdir(exist_ok=True)
    path = folder / "made.rdfp.gz"
    write_patch(compare(Side("old", old, "1.0.0"), Side("new", new, "1.1.0"), folder), path)
    return path


@given(datasets, datasets)
@settings(max_examples=150)
def test_a_patch_leads_from_one_dataset_to_the_other_and_back(
    first: Sequence[ox.Quad], second: Sequence[ox.Quad]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        old, new = (sorted_lines(quads, root / name) for quads, name in ((first, "old"), (second, "new")))
        assert list(old) == sorted(set(old))
        path = made(old, new, root / "made")
        read = read_patch(path, root / "read")
        for side in ("forward", "back"):
            (root / side).mkdir()
        assert list(applied(old.path, read, root / "forward")) == list(new)
        assert list(applied(new.path, read.reversed(), root / "back")) == list(old)
        assert set(read.removed) == set(old) - set(new)
        assert set(read.added) == set(new) - set(old)


@given(datasets)
@settings(max_examples=60)
def test_lines_of_any_dataset_are_its_canonical_form(found: Sequence[ox.Quad]) -> None:
    dataset = ox.Dataset(found)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    expected = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b""
    with tempfile.TemporaryDirectory() as folder:
        lines = sorted_lines(found, Path(folder))
        assert list(lines) == sorted(expected.splitlines(keepends=True))
        graphs = {f"{graph_of(line)}" for line in lines}
        assert graphs == {
            quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else "" for quad in dataset
        }


@given(
    st.sets(st.binary(min_size=1, max_size=3).filter(lambda line: b"\n" not in line)), st.binary(max_size=2)
)
@settings(max_examples=150)
def test_lines_that_begin_with_something_are_found_without_reading_all(
    found: set[bytes], prefix: bytes
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines = in_order(iter([line + b"\n" for line in found]), Path(folder))
        assert list(lines.starting(prefix)) == [line for line in lines if line.startswith(prefix)]


def test_a_sort_of_more_than_memory_holds_at_once_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{number * 7919 % 1000:04}\n".encode() for number in range(1000)] * 2
    monkeypatch.setattr("acagraph.release.lines._RUN", 64)
    assert list(in_order(iter(rows), tmp_path)) == sorted(set(rows))


def test_a_merge_tells_both_hashes_and_counts_by_graph(tmp_path: Path) -> None:
    old, new = (tmp_path / name for name in ("old.nq", "new.nq"))
    old.write_text(ONE + THREE, "utf-8")
    new.write_text(TWO + THREE, "utf-8")
    merge = Merge(Lines(old), Lines(new))
    assert [(group.old, group.new) for group in merge.groups()] == [((ONE.encode(),), (TWO.encode(),))]
    assert (merge.removed, merge.added) == ({f"{EX}g": 1}, {f"{EX}g": 1})
    assert merge.old_sha256 == hashlib.sha256((ONE + THREE).encode()).hexdigest()
    assert merge.new_sha256 == hashlib.sha256((TWO + THREE).encode()).hexdigest()


def test_the_header_names_hashes_versions_and_the_patch_before(tmp_path: Path) -> None:
    texts = [ONE, ONE + TWO, ONE + THREE]
    lines = []
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.nq"
        path.write_text(text, "utf-8")
        lines.append(Lines(path))
    first, second = (
        read_patch(made(lines[n], lines[n + 1], tmp_path / f"made{n}"), tmp_path / f"read{n}").header
        for n in (0, 1)
    )
    assert first["rdfc10"] == hashlib.sha256((ONE + TWO).encode()).hexdigest()
    assert (first["prevVersion"], first["version"]) == ("1.0.0", "1.1.0")
    assert first["id"] == second["prev"] != second["id"]
    assert first["id"].startswith("urn:uuid:")


def test_a_patch_is_text_that_people_can_read(tmp_path: Path) -> None:
    old, new = tmp_path / "old.nq", tmp_path / "new.nq"
    old.write_text(ONE, "utf-8")
    new.write_text(TWO, "utf-8")
    told = cli("diff", old, new, "--format", "patch")
    assert told.exit_code == 0, told.output
    rows = told.output.splitlines()
    assert [row.partition(" ")[0] for row in rows] == ["H", "H", "H", "H", "TX", "D", "A", "TC"]
    assert rows[5:7] == [f"D {ONE.strip()}", f"A {TWO.strip()}"]
    assert all(row.endswith(" .") for row in rows)


def test_equal_datasets_give_equal_bytes_without_a_change(tmp_path: Path) -> None:
    old = packed(tmp_path / "old.nq.gz", ONE + THREE)
    paths = [made(Lines(old), Lines(old), tmp_path / str(number)) for number in range(2)]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert paths[0].read_bytes()[4:8] == bytes(4)
    assert gzip.decompress(paths[0].read_bytes()).endswith(b"TX .\nTC .\n")


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Two dumps and the patch between them, packed."""
    old, new = packed(tmp_path / "old.nq.gz", ONE + THREE), packed(tmp_path / "new.nq.gz", TWO + THREE)
    return old, new, made(Lines(old), Lines(new), tmp_path / "made")


def test_the_command_applies_forward_and_back(pair: tuple[Path, Path, Path], tmp_path: Path) -> None:
    old, new, path = pair
    forward, back = tmp_path / "forward.nq.gz", tmp_path / "back.nq"
    assert cli("patch", old, path, "--output", forward).exit_code == 0
    assert gzip.decompress(forward.read_bytes()) == gzip.decompress(new.read_bytes())
    assert cli("patch", forward, path, "--reverse", "--output", back).exit_code == 0
    assert back.read_bytes() == gzip.decompress(old.read_bytes())
    assert cli("patch", old, path).output == forward_text(forward)


def forward_text(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


def test_a_dump_in_another_order_or_syntax_is_the_same_dump(
    pair: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    _, new, path = pair
    mixed, trig = tmp_path / "mixed.nq", tmp_path / "old.trig"
    mixed.write_text(THREE + ONE + ONE, "utf-8")
    trig.write_text(f'<{EX}b> <{EX}p> <{EX}a> . <{EX}g> {{ <{EX}a> <{EX}p> "1" }}', "utf-8")
    for dump in (mixed, trig):
        assert cli("patch", dump, path).output == gzip.decompress(new.read_bytes()).decode()


def test_another_dump_is_refused_and_nothing_is_written(
    pair: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    _, new, path = pair
    output = tmp_path / "out.nq"
    output.write_text("as it was", "utf-8")
    told = cli("patch", new, path, "--output", output)
    assert told.exit_code == 2
    assert "version 1.0.0" in told.output
    assert "give that dump" in told.output
    assert output.read_text("utf-8") == "as it was"
    assert sorted(item.name for item in tmp_path.iterdir() if item.name.startswith(".")) == []


@pytest.mark.parametrize(
    ("dump", "changes", "reason"),
    [
        (ONE, f"D {TWO}", "removes a quad that is not there"),
        (ONE, f"D {THREE}", "removes a quad that is not there"),
        (TWO, f"D {ONE}", "removes a quad that is not there"),
        (ONE, f"A {ONE}", "adds a quad that is there already"),
        (ONE, f"A {ONE}D {ONE}", "both removed and added"),
    ],
)
def test_a_patch_without_hashes_is_refused_where_it_does_not_fit(
    tmp_path: Path, dump: str, changes: str, reason: str
) -> None:
    (tmp_path / "dump.nq").write_text(dump, "utf-8")
    (tmp_path / "patch.rdfp").write_text(f"TX .\n{changes}TC .\n", "utf-8")
    told = cli("patch", tmp_path / "dump.nq", tmp_path / "patch.rdfp")
    assert told.exit_code == 2
    assert reason in told.output


def test_a_patch_of_others_is_applied_and_said_to_be_unchecked(tmp_path: Path) -> None:
    (tmp_path / "dump.nq").write_text(ONE + THREE, "utf-8")
    # Unsorted, with prefixes that no quad uses, without spaces that must be, in two transactions.
    added = f'A <{EX}a>\t<{EX}p> "\\u0031\\u0032"  <{EX}g>.\n'
    text = f'H id <uuid:1> .\nTX .\nPA "x" "{EX}" .\nD {THREE}{added}TC .\nTX .\nTC .\n'
    (tmp_path / "patch.rdfp").write_text(text, "utf-8")
    told = CliRunner().invoke(
        patch, [str(tmp_path / "dump.nq"), str(tmp_path / "patch.rdfp")], prog_name="acagraph"
    )
    assert told.exit_code == 0
    assert told.stdout == ONE + ONE.replace('"1"', '"12"')
    assert "not checked" in told.stderr


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (f"TX .\nA {ONE}", 2, "cut short"),
        (f"A {ONE}TC .\n", 1, "outside of TX"),
        ("TC .\n", 1, "does not belong"),
        ("TX .\nTX .\n", 2, "does not belong"),
        (f"TX .\nA {ONE}A ex:a ex:b ex:c .\nTC .\n", 3, "without prefixes"),
        ("TX .\nA <a> <b .\nTC .\n", 2, "no quad"),
        ("H id .\nTX .\nTC .\n", 1, "a header has the form"),
        ("TX .\nTA .\n", 2, "begins no line"),
        ("<html>", 1, "begins no line"),
    ],
)
def test_what_is_no_patch_is_refused_with_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    path = tmp_path / "patch.rdfp"
    path.write_text(text, "utf-8")
    with pytest.raises(SourceError, match=reason) as caught:
        read_patch(path, tmp_path / "read")
    assert caught.value.line == line


@pytest.mark.parametrize("damage", [b"", b"\x1f\x8b\x08no gzip", b"plain text"])
def test_a_damaged_file_is_an_error_of_the_user(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "patch.rdfp.gz"
    path.write_bytes(damage)
    (tmp_path / "dump.nq").write_text(ONE, "utf-8")
    told = cli("patch", tmp_path / "dump.nq", path)
    assert told.exit_code == (0 if not damage else 2), told.output
    assert told.exception is None or isinstance(told.exception, SystemExit)


def test_a_patch_cut_short_or_altered_does_not_lead_where_it_says(
    pair: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    old, _, path = pair
    read = read_patch(path, tmp_path / "read")
    nothing = tmp_path / "nothing.nq"
    nothing.write_bytes(b"")
    with pytest.raises(ReleaseError, match="it is damaged"):
        applied(old, replace(read, added=Lines(nothing)), tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert cli("patch", old, path).exit_code == 2


def test_a_file_in_any_syntax_is_compared(tmp_path: Path) -> None:
    turtle = tmp_path / "one.ttl"
    turtle.write_text(f'<{EX}a> <{EX}p> [ <{EX}q> "1" ] .', "utf-8")
    triples = packed(tmp_path / "two.nt.gz", f'<{EX}a> <{EX}p> _:other .\n_:other <{EX}q> "1" .\n')
    assert list(lines_of_file(turtle, tmp_path / "1")) == list(lines_of_file(triples, tmp_path / "2"))
    told = cli("diff", turtle, triples)
    assert told.exit_code == 0
    assert told.output.startswith("Nothing differs")


def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    (tmp_path / "no.ttl").write_text("<a> <b>", "utf-8")
    for name in (tmp_path / "absent", tmp_path, tmp_path / "no.ttl", "--output"):
        told = cli("diff", "--project", tmp_path, "--", name, name)
        assert told.exit_code == 2, told.output
        assert told.output.startswith("Error: ")

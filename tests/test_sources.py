"""Which files a project consists of, and what is said when one is missing or wrong."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path
from typing import get_args

import pytest

from acagraph.errors import SourceError
from acagraph.sources import Role, discover
from acagraph.vocab import compact
from turtle_files import DATASET, write_project

ROOT = Path(__file__).parent.parent


def test_the_real_project_is_found_whole_and_sorted() -> None:
    project = discover(ROOT)
    paths = [file.path for file in project.files]
    expected = {*(ROOT / "data").rglob("*.ttl"), *(ROOT / "ontology").rglob("*.ttl")}
    assert {path for path in paths if path.suffix == ".ttl"} == expected
    assert paths == sorted(paths)
    assert {file.role for file in project.files} == set(get_args(Role))
    kept = discover(ROOT, registers=False)
    assert {file.role for file in kept.files} == set(get_args(Role)) - {"register", "table"}
    assert list(project.registers) == sorted(project.registers)
    assert kept.registers == {}
    assert project.dataset.licence.startswith("https://creativecommons.org/")


def test_files_have_their_role_and_checksum_and_hidden_ones_are_left_out(tmp_path: Path) -> None:
    root = write_project(
        tmp_path,
        {
            "ontology/schemes/metric.ttl": "",
            "ontology/alignments/prov.ttl": "",
            "data/deep/b.ttl": "",
            "data/links/x.sssom.tsv": "",
            "data/.draft.ttl": "",
        },
    )
    project = discover(root)
    roles = {file.path.relative_to(root).as_posix(): file.role for file in project.files}
    assert roles == {
        "data/a.ttl": "data",
        "data/deep/b.ttl": "data",
        "data/links/x.sssom.tsv": "links",
        "ontology/acagraph.ttl": "ontology",
        "ontology/alignments/prov.ttl": "alignment",
        "ontology/schemes/metric.ttl": "scheme",
    }
    assert all(file.sha256 == hashlib.sha256(file.path.read_bytes()).hexdigest() for file in project.files)
    assert project.dataset.date == datetime.date(2026, 11, 22)
    assert project.dataset.version == "1.2.3"


@pytest.mark.parametrize("folder", ["data", "ontology"])
def test_a_missing_folder_is_named(tmp_path: Path, folder: str) -> None:
    root = write_project(tmp_path)
    (root / folder).rename(root / "elsewhere")
    with pytest.raises(SourceError, match=f"has no folder {folder}/"):
        discover(root)


def test_a_missing_project_and_a_project_without_data_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        discover(tmp_path / "nowhere")
    (write_project(tmp_path) / "data" / "a.ttl").unlink()
    with pytest.raises(SourceError, match=r"no Turtle file data/\*\*/\*\.ttl"):
        discover(tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "line", "message"),
    [
        ('title = "A title"', 'title = "A title', 3, "is not TOML"),
        ('title = "A title"', 'titel = "A title"', 3, "unknown key titel"),
        ('title = "A title"\n', "", None, "has no title"),
        ('title = "A title"', "title = 5", 3, "title must be a text"),
        ('title = "A title"', 'title = " "', 3, "title must be a text"),
        ('version = "1.2.3"', 'version = "first"', 1, "not of the form 1.2.3"),
        ("date = 2026-11-22", 'date = "last week"', 2, "not a day"),
        ('licence = "https:', 'licence = "CC BY', 5, "is no IRI"),
        ('publisher = "https:', 'publisher = "Some body', 6, "is no IRI"),
        ("version =", 'previous = "last"\nversion =', 1, "previous .* not of the form 1.2.3"),
        ("version =", 'homepage = "our page"\nversion =', 1, "homepage .* is no IRI"),
        (
            "version =",
            'themes = ["http://example.org/a", "climate"]\nversion =',
            1,
            'themes "climate" is no IRI',
        ),
        ("version =", 'keywords = "climate"\nversion =', 1, "keywords must be a list of texts"),
        ("version =", 'keywords = ["climate", " "]\nversion =', 1, "keywords must be a list of texts"),
    ],
)
def test_a_wrong_dataset_toml_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, line: int | None, message: str
) -> None:
    assert before in DATASET
    root = write_project(tmp_path, dataset=DATASET.replace(before, after))
    with pytest.raises(SourceError, match=message) as caught:
        discover(root)
    assert caught.value.line == line
    assert caught.value.path == root / "data" / "dataset.toml"


def test_the_optional_keys_of_dataset_toml(tmp_path: Path) -> None:
    more = (
        'previous = "1.2.2"\nhomepage = "https://example.org/"\nkeywords = ["climate", "coalitions"]\n'
        'themes = ["http://example.org/theme"]\nfrequency = "http://example.org/monthly"\n'
    )
    told = discover(write_project(tmp_path / "more", dataset=more + DATASET)).dataset
    assert told.previous == "1.2.2"
    assert told.homepage == "https://example.org/"
    assert told.keywords == ("climate", "coalitions")
    assert (told.themes, told.frequency) == (("http://example.org/theme",), "http://example.org/monthly")
    plain = discover(write_project(tmp_path / "plain")).dataset
    assert (plain.previous, plain.homepage, plain.keywords, plain.themes) == (None, None, (), ())


def test_a_date_may_be_quoted(tmp_path: Path) -> None:
    root = write_project(tmp_path, dataset=DATASET.replace("2026-11-22", '"2026-11-22"'))
    assert discover(root).dataset.date == datetime.date(2026, 11, 22)


def test_dataset_toml_may_not_be_missing_nor_in_another_encoding(tmp_path: Path) -> None:
    root = write_project(tmp_path)
    (root / "data" / "dataset.toml").write_bytes(DATASET.encode() + b"# \xe9\n")
    with pytest.raises(SourceError, match="not UTF-8") as caught:
        discover(root)
    assert caught.value.line == 7
    (root / "data" / "dataset.toml").unlink()
    with pytest.raises(SourceError, match="is missing"):
        discover(root)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("old,new\n", 1, "first line must be from,to"),
        ("", 1, "first line must be from,to"),
        ("from,to\nagent:a\n", 2, "must be two names"),
        ("from,to\nagent:a,agent:b,agent:c\n", 2, "must be two names"),
        ("from,to\n\nagent:a,agent:b\n", 2, "must be two names"),
        ("from,to\nagent:a,agnt:b\n", 2, '"agnt:b" has no prefix that is known'),
        ("from,to\nagent:a,b\n", 2, '"b" has no prefix that is known'),
        ("from,to\nwd:Q1,agent:b\n", 2, "wd:Q1 is no thing of ours"),
        ("from,to\nagent:a,agent:b\nagent:a,agent:c\n", 3, "agent:a is in line 2 already"),
        ("from,to\nagent:a,agent:b\nagent:b,agent:c\n", 2, "agent:b was merged too .line 3"),
        ("from,to\nagent:a,agent:a\n", 2, "agent:a was merged too"),
        ("from,to\nagent:a,agent:b\nagent:b,agent:a\n", 2, "agent:b was merged too"),
        ("from,to\nagent:a,\n", 2, "agent:a leads nowhere; .* column reason"),
        ("from,to,reason\nagent:a,agent:b\nagent:c,,\n", 3, "agent:c leads nowhere"),
        ("from,to,reason\nagent:a,,gone,twice\n", 2, "must be two names"),
        ('from,to,reason\nagent:a,,"gone\n', 2, "must be two names"),
        ("from,to,reason\nagent:a,,never was\nagent:b,agent:a\n", 3, "agent:a was withdrawn too .line 2"),
        ("from,to,reason\nwd:Q1,,never was\n", 2, "wd:Q1 is no thing of ours"),
    ],
)
def test_wrong_redirects_are_refused_with_their_line(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    path = write_project(tmp_path) / "data" / "redirects.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=message) as caught:
        discover(tmp_path)
    assert (caught.value.path, caught.value.line) == (path, line)


def test_redirects_are_read_in_their_order_and_may_be_missing(tmp_path: Path) -> None:
    root = write_project(tmp_path)
    assert discover(root).redirects == ()
    path = root / "data" / "redirects.csv"
    path.write_text("from,to\nagent:b,agent:a\nagent:a2,agent:a\n", encoding="utf-8")
    found = [(compact(item.old), compact(item.new), item.line) for item in discover(root).redirects]
    assert found == [("agent:b", "agent:a", 2), ("agent:a2", "agent:a", 3)]


def test_a_thing_may_be_withdrawn_with_a_reason(tmp_path: Path) -> None:
    root = write_project(tmp_path)
    path = root / "data" / "redirects.csv"
    path.write_text('from,to,reason\nagent:b,agent:a\nagent:c,,"Never, ever, was"\n', encoding="utf-8")
    merged, withdrawn = discover(root).redirects
    assert (compact(merged.new), merged.reason) == ("agent:a", "")
    assert (compact(withdrawn.old), withdrawn.new, withdrawn.reason) == ("agent:c", "", "Never, ever, was")

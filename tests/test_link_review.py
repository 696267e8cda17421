"""`acagraph link review`: what is shown, what the keys do, and that no decision is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from acagraph.links.decisions import latest, read_reviews
from acagraph.vocab import expand
from link_projects import REVIEWER, candidate_set, candidates, geonames_file, link, linkable_project, review

PROGRAM = (sys.executable, "-c", "from acagraph.cli import main; main()")
SUBJECTS = ("place:california", "place:houston", "place:jrc-covenant-11550", "place:jrc-covenant-11558")
OBJECTS = ("geonames:5332921/", "geonames:4699066/", "geonames:3164409/", "geonames:618196/")


@pytest.fixture
def linkable(tmp_path: Path) -> Path:
    project = linkable_project(tmp_path)
    rows = (
        f"{subject} skos:closeMatch {target} 0.{place + 5}"
        for place, (subject, target) in enumerate(zip(SUBJECTS, OBJECTS, strict=True))
    )
    candidate_set(project, "towns", *rows)
    return project


def reviews_file(project: Path) -> Path:
    return project / "data" / "links" / "reviews.tsv"


def decisions(project: Path) -> list[tuple[str, str]]:
    """What was decided, in the order in which it was written."""
    return [
        (review.subject.rpartition("/")[2], review.decision) for review in read_reviews(reviews_file(project))
    ]


def test_keys_are_decisions_and_the_review_goes_on_where_it_ended(linkable: Path) -> None:
    result = review(linkable, "ar")
    assert result.exit_code == 0
    assert "2 decided, 2 left" in result.output
    assert decisions(linkable) == [("california", "accept"), ("houston", "reject")]
    result = review(linkable, "su")
    assert "1 of 2" in result.output
    assert "California" not in result.output
    assert decisions(linkable)[2:] == [("jrc-covenant-11558", "unsure")]
    result = review(linkable, "q")
    assert "1 of 1" in result.output, "what was skipped comes again"
    assert "0 decided, 1 left" in result.output
    assert "1 of 4" in review(linkable, "q", "--again").output


def test_every_decision_says_who_and_when(linkable: Path) -> None:
    link(linkable, "review", "--reviewer", "the links team", input="a\n")
    (made,) = read_reviews(reviews_file(linkable))
    assert made.key == (expand(SUBJECTS[0]), expand("skos:closeMatch"), "https://sws.geonames.org/5332921/")
    assert made.who == "the links team"
    assert made.when.endswith("Z")


def test_nobody_decides_without_a_name(linkable: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "somebody")
    result = link(linkable, "review", input="a\n")
    assert result.exit_code == 2
    assert "say who decides with --reviewer" in result.output
    assert not reviews_file(linkable).exists()
    result = link(linkable, "review", "--reviewer", "0000-0002-1825-0098", input="a\n")
    assert result.exit_code == 2
    assert "wrong check digit" in result.output


def test_going_back_takes_the_last_decision_back(linkable: Path) -> None:
    result = review(linkable, "bsrbbaq")
    assert "there is nothing to go back to" in result.output
    assert "Taken back: reject" in result.output
    assert decisions(linkable) == [("houston", "reject"), ("houston", "withdraw"), ("california", "accept")]
    assert "1 decided, 3 left" in result.output
    held = latest(read_reviews(reviews_file(linkable)))
    assert [each.decision for each in held.values()] == ["accept"]


def test_a_second_exact_match_is_warned_of(linkable: Path) -> None:
    rows = [f"place:houston skos:exactMatch wikidata:Q{number} 0.{number}" for number in (5, 3, 2)]
    candidate_set(linkable, "items", *rows)
    told = "Accepted already: http://www.wikidata.org/entity/Q5; a second exact match would be refused"
    assert review(linkable, "abq", "items").output.replace("\n", " ").count(told) == 1
    review(linkable, "a", "items")
    assert told in review(linkable, "q", "items").output.replace("\n", " "), "from an earlier review"


def test_an_unknown_key_decides_nothing(linkable: Path) -> None:
    result = review(linkable, "x1?")
    assert result.output.count("No such key.") == 3
    assert not reviews_file(linkable).exists()
    assert "0 decided, 4 left" in link(linkable, "review", "--reviewer", "me", input="\n\nq\n").output


def test_both_sides_are_shown(tmp_path: Path) -> None:
    project = linkable_project(tmp_path)
    link(project, "propose", str(geonames_file(tmp_path / "towns.txt")), "--edition", "of January")
    candidate_set(project, "other", "place:jrc-covenant-11550 skos:closeMatch geonames:1/ 0.2")
    candidate_set(project, "third", "place:yokohama skos:closeMatch geonames:3164409/ 0.1")
    shown = review(project, "q", "towns", "--thing", "Vico").output
    for text in (
        "1 of 1   skos:closeMatch   confidence 0.98   conflict",
        "https://w3id.org/acagraph/id/place/jrc",
        "https://sws.geonames.org/3164409/",
        "populated place (PPLA3)",
        "Settlement",
        "41.8960, 15.9596",
        "41.8966, 15.9568",
        "8,000",
        "7,284",
        "Vico Garganico",
        "Why: same name, country and kind; 0.2 km apart",
        "From: towns.txt of January, SHA-256",
        "Apart: 0.2 km",
        "Also said to be it: https://sws.geonames.org/1/  (candidate, set other, confidence 0.2)",
        "Also claimed by place:yokohama: https://sws.geonames.org/3164409/",
    ):
        assert text in shown, text


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ((), SUBJECTS),
        (("--min-confidence", "0.7"), SUBJECTS[2:]),
        (("--country", "us"), SUBJECTS[:2]),
        (("--thing", "VICO"), SUBJECTS[2:3]),
        (("--thing", "houston"), SUBJECTS[1:2]),
        (("--conflicts",), SUBJECTS[:1]),
        (("rivals",), SUBJECTS[:1]),
    ],
)
def test_filters(linkable: Path, arguments: tuple[str, ...], found: tuple[str, ...]) -> None:
    candidate_set(linkable, "rivals", "place:california skos:closeMatch geonames:1/ 0.1")
    rows = json.loads(link(linkable, "review", *arguments, "--list", "--json").output)
    assert {row["subject"] for row in rows} == {expand(subject) for subject in found}
    assert all(row["conflict"] == (row["subject"] == expand(SUBJECTS[0])) for row in rows)
    lines = link(linkable, "review", *arguments, "--list").output.splitlines()
    assert len(lines) == len(rows) + 2
    assert not reviews_file(linkable).exists()


def test_the_list_tells_what_was_decided(linkable: Path) -> None:
    review(linkable, "r")
    (row,) = json.loads(
        link(linkable, "review", "--again", "--thing", "California", "--list", "--json").output
    )
    assert (row["decision"], row["confidence"], row["relation"]) == ("reject", 0.5, "skos:closeMatch")
    assert json.loads(link(linkable, "review", "--thing", "California", "--list", "--json").output) == []


def test_a_set_that_there_is_not(linkable: Path) -> None:
    result = link(linkable, "review", "town", "--list")
    assert result.exit_code == 2
    assert "no set of candidates is called town; there are towns" in result.output


def start(project: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [*PROGRAM, "link", "review", "--project", str(project), *arguments]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """Read what a process prints until it prints some text; it is there, or the process ends."""
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"{text} was not printed:\n{seen}")


def test_a_killed_review_has_kept_every_decision(linkable: Path) -> None:
    process = start(linkable, "--reviewer", REVIEWER)
    assert process.stdin is not None
    for number in range(1, 4):
        read_until(process, f"{number} of 4")
        if number < 3:
            process.stdin.write("a\n")
            process.stdin.flush()
    # The third is shown, so the second is on the disk; now the machine fails.
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    assert decisions(linkable) == [("california", "accept"), ("houston", "accept")]
    assert "1 of 2" in review(linkable, "q").output
    assert "2  accepted" in link(linkable, "apply").output
    assert len(candidates(linkable, "towns")) == 2


def test_on_a_terminal_a_key_is_enough_and_the_name_is_asked_for(
    linkable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acagraph.cli.reviewing.interactive", lambda: True)
    result = link(linkable, "review", input="the links team\nRxq")
    assert "Who decides" in result.output
    assert "1 decided, 3 left" in result.output
    (made,) = read_reviews(reviews_file(linkable))
    assert (made.who, made.decision) == ("the links team", "reject")
    assert "0 decided, 3 left" in link(linkable, "review", "--reviewer", "me", input="").output


def test_two_reviews_at_once_lose_nothing(linkable: Path) -> None:
    processes = [start(linkable, "--thing", name, "--reviewer", name) for name in ("Houston", "Vico")]
    for process in processes:
        process.communicate("u\n", timeout=60)
    assert sorted(decisions(linkable)) == [("houston", "unsure"), ("jrc-covenant-11550", "unsure")]

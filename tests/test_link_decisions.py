"""The file of decisions: what is added is read back, and what is damaged is told with its line."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acagraph.errors import SourceError
from acagraph.links.decisions import (
    COLUMNS,
    DECISIONS,
    Review,
    append_review,
    latest,
    moment,
    read_reviews,
    rejected_pairs,
    reviewer,
)

EXACT = "http://www.w3.org/2004/02/skos/core#exactMatch"
HOUSTON = Review(
    "https://w3id.org/acagraph/id/place/houston",
    EXACT,
    "https://sws.geonames.org/4699066/",
    "accept",
    "a curator",
    "2026-11-22T10:00:00Z",
)
HEAD = "\t".join(COLUMNS) + "\n"
LINE = "\t".join((*HOUSTON.key, "accept", "a curator", "2026-11-22T10:00:00Z", "sure")) + "\n"

iris = st.from_regex(r"https://example\.org/[a-z0-9/.-]{1,20}", fullmatch=True)
reviews = st.builds(
    Review,
    subject=iris,
    predicate=iris,
    object=iris,
    decision=st.sampled_from(DECISIONS),
    who=st.text(min_size=1).filter(lambda text: text.encode("utf-8", "replace").decode().split()),
    when=st.datetimes(min_value=datetime.datetime(2000, 1, 1), timezones=st.just(datetime.UTC)).map(moment),
    comment=st.text(),
)


@given(made=st.lists(reviews, max_size=8))
def test_what_is_added_is_read_back(tmp_path_factory: pytest.TempPathFactory, made: list[Review]) -> None:
    path = tmp_path_factory.mktemp("reviews") / "links" / "reviews.tsv"
    for review in made:
        append_review(path, review)
    read = read_reviews(path)
    assert [review.key for review in read] == [review.key for review in made]
    assert [(r.decision, r.when) for r in read] == [(r.decision, r.when) for r in made]
    for before, after in zip(made, read, strict=True):
        for said, kept in ((before.who, after.who), (before.comment, after.comment)):
            assert kept == " ".join(said.encode("utf-8", "replace").decode().split())
    again = path.with_name("again.tsv")
    for review in read:
        append_review(again, review)
    assert not made or again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (HEAD + LINE + LINE[:-1], 3, "last line is cut"),
        (HEAD + LINE + LINE[:40], 3, "last line is cut"),
        (HEAD + LINE[:40] + "\n" + LINE, 2, "1 cells, but 7 columns"),
        (
            HEAD + LINE.replace("accept", "maybe"),
            2,
            '"maybe" is not known; write one of accept, reject, unsure',
        ),
        ((HEAD + LINE).replace("\n", "\r\n"), 1, "carriage return"),
        (HEAD + LINE.replace("\n", "\r\n"), 2, "carriage return"),
        (HEAD + LINE.replace("sure", "su\tre"), 2, "8 cells, but 7 columns"),
        (HEAD + LINE.replace("https://sws.", "sws."), 2, 'object "sws.geonames.org/4699066/" is no IRI'),
        (HEAD + LINE.replace("a curator", ""), 2, "who is empty"),
        (HEAD + LINE.replace("T10:00:00Z", ""), 2, 'when "2026-11-22" is no time'),
        (HEAD + LINE.replace("-22T", "-32T"), 2, "is no time"),
        (LINE, 1, "the first line must be subject predicate object"),
        (HEAD[:-1], 1, "last line is cut"),
    ],
)
def test_a_damaged_file_is_told_with_its_line(tmp_path: Path, content: str, line: int, message: str) -> None:
    path = tmp_path / "reviews.tsv"
    path.write_bytes(content.encode())
    with pytest.raises(SourceError, match=message) as caught:
        read_reviews(path)
    assert (caught.value.path, caught.value.line) == (path, line)


def test_the_undamaged_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "reviews.tsv"
    path.write_text(HEAD + LINE, encoding="utf-8")
    assert [(review.key, review.comment, review.line) for review in read_reviews(path)] == [
        (HOUSTON.key, "sure", 2)
    ]
    path.write_text("", encoding="utf-8")
    assert read_reviews(path) == () == read_reviews(tmp_path / "none.tsv")


def test_nothing_is_added_behind_a_cut_line(tmp_path: Path) -> None:
    path = tmp_path / "reviews.tsv"
    path.write_text(HEAD + LINE[:-1], encoding="utf-8")
    with pytest.raises(SourceError, match="last line is cut"):
        append_review(path, HOUSTON)
    assert path.read_text("utf-8") == HEAD + LINE[:-1]


def test_nothing_is_written_that_could_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "reviews.tsv"
    with pytest.raises(SourceError, match="is not known"):
        append_review(path, Review(*HOUSTON.key, "yes", "a curator", HOUSTON.when))
    assert not path.exists()


def test_the_last_decision_holds_unless_it_was_taken_back() -> None:
    def review(decision: str, target: str = HOUSTON.object) -> Review:
        return Review(HOUSTON.subject, EXACT, target, decision, "a curator", HOUSTON.when)

    other = "https://sws.geonames.org/4430529/"
    decided = latest([review("accept"), review("reject"), review("unsure", other), review("withdraw", other)])
    assert [(key[2], each.decision) for key, each in decided.items()] == [(HOUSTON.object, "reject")]
    assert rejected_pairs(decided) == {(HOUSTON.subject, HOUSTON.object)}


def test_a_reviewer_is_an_orcid_or_what_they_say() -> None:
    whole = "https://orcid.org/0000-0002-1825-0097"
    assert {reviewer(text) for text in (whole, "orcid:0000-0002-1825-0097", "0000-0002-1825-0097")} == {whole}
    assert reviewer("  the links\tteam ") == "the links team"
    for wrong, message in (("0000-0002-1825-0098", "wrong check digit"), (" ", "is empty")):
        with pytest.raises(ValueError, match=message):
            reviewer(wrong)

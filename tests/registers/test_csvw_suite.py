"""The W3C csv2rdf tests: the score is printed, and what docs/registers.md says of it is true."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from csvw_suite import SUITE, Verdict, entries, judge

from published import ROOT

pytestmark = pytest.mark.skipif(
    not SUITE.is_dir(), reason=f"the W3C tests are not here ({SUITE}); name their folder with ACAGRAPH_SPECS"
)


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return [judge(entry) for entry in entries()]


def test_nothing_fails_and_the_score_is_that_of_the_documentation(
    verdicts: list[Verdict], capsys: pytest.CaptureFixture[str]
) -> None:
    failed = [verdict for verdict in verdicts if verdict.outcome == "failed"]
    assert failed == []
    score = Counter(verdict.outcome for verdict in verdicts)
    text = f"{score['passed']} passed, {score['refused']} refused with a message, {score['failed']} failed"
    with capsys.disabled():
        print(f"\nW3C csv2rdf, {len(verdicts)} tests: {text}")
    assert text in (ROOT / "docs" / "registers.md").read_text("utf-8")


def test_all_tests_of_the_minimal_mode_pass(verdicts: list[Verdict]) -> None:
    minimal = [verdict for verdict in verdicts if verdict.minimal]
    assert len(minimal) == 7
    assert {verdict.outcome for verdict in minimal} == {"passed"}


def test_all_tests_of_bad_metadata_are_refused(verdicts: list[Verdict]) -> None:
    negative = [verdict for verdict in verdicts if verdict.kind == "NegativeRdfTest"]
    assert len(negative) == 58
    assert {verdict.outcome for verdict in negative} == {"passed"}


def test_a_refusal_says_where_it_is_and_what_to_do(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        if verdict.outcome == "refused":
            assert re.match(r"[\w./-]+\.(json|csv)(:\d+)?: .+; \w+", verdict.message), verdict


def test_what_is_refused_but_valid_is_known(verdicts: list[Verdict]) -> None:
    # 118: an address with a query; 124: titles that are not those of the header.
    valid = {v.test for v in verdicts if v.outcome == "refused" and v.kind == "ToRdfTest"}
    assert valid == {"test118", "test124"}

"""data/known-issues.toml: a curator accepts warnings; what is expired, unused or a violation is told."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acagraph.errors import SourceError
from acagraph.validation import Finding, Report
from acagraph.validation.known import FILE, KNOWN_RULES, KnownIssue, accept, load_known, present
from acagraph.validation.rules import load_rules
from acagraph.vocab import expand

from published import ROOT

RULES = ("rule-08-founding", "rule-33-baseline", "rule-16-coalition")
TODAY = datetime.date(2026, 11, 22)
ENTRY = """[[known]]
rule = "rule-08-founding"
focus = "coalition:jci"
reason = "No source tells its date."
who = "curators"
until = 2027-01-31
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "known-issues.toml"


def finding(
    focus: str = "coalition:jci", rule: str = "rule-08-founding", value: str | None = None
) -> Finding:
    return Finding(rule, "warning", expand(focus), None, value, "Add a Founding event.")


def loaded(file: Path, text: str) -> tuple[KnownIssue, ...]:
    file.write_text(text, encoding="utf-8")
    return load_known(file, rules=RULES)


def faults(findings: Iterable[Finding]) -> list[tuple[str, int | None]]:
    names = {rule.name for rule in KNOWN_RULES}
    return [(found.rule, found.line) for found in findings if found.rule in names]


def test_an_entry_is_read_with_the_line_of_its_focus(file: Path) -> None:
    (issue,) = loaded(file, "# what we accept\n\n" + ENTRY)
    assert issue == KnownIssue(
        rule="rule-08-founding",
        focus=expand("coalition:jci"),
        value=None,
        reason="No source tells its date.",
        who="curators",
        until=datetime.date(2027, 1, 31),
        line=5,
    )


def test_an_entry_may_be_about_several_things_each_with_its_line(file: Path) -> None:
    several = ENTRY.replace(
        '"coalition:jci"', '[\n  "coalition:aca",\n  "https://w3id.org/acagraph/id/coalition/jci",\n]'
    )
    issues = loaded(file, several)
    assert [(issue.focus, issue.line) for issue in issues] == [
        (expand("coalition:aca"), 4),
        (expand("coalition:jci"), 5),
    ]


def test_a_project_without_the_file_accepts_nothing(file: Path) -> None:
    assert load_known(file, rules=RULES) == ()
    assert accept([finding()], (), today=TODAY) == [finding()]


def test_an_accepted_warning_stays_and_says_why_who_and_until_when(file: Path) -> None:
    other = finding("coalition:aca")
    found = accept([finding(), other], loaded(file, ENTRY), today=TODAY)
    reason = "No source tells its date. (curators, until 2027-01-31)"
    assert found == [replace(finding(), known=reason), other]
    assert Report.of(found).conforms


@pytest.mark.parametrize(
    "value", ["place:japan", "https://w3id.org/acagraph/id/place/japan"], ids=["prefixed", "whole"]
)
def test_an_entry_with_a_value_is_about_that_value_only(file: Path, value: str) -> None:
    issues = loaded(file, ENTRY + f'value = "{value}"\n')
    japan, peru = finding(value=expand("place:japan")), finding(value=expand("place:peru"))
    found = accept([japan, peru, finding()], issues, today=TODAY)
    assert [bool(each.known) for each in found] == [True, False, False]


def test_a_value_may_be_a_text_of_any_form(file: Path) -> None:
    issues = loaded(file, ENTRY + 'value = "27.0"\n')
    assert accept([finding(value="27.0")], issues, today=TODAY)[0].known


@pytest.mark.parametrize(("day", "accepted"), [(TODAY, True), (TODAY + datetime.timedelta(1), False)])
def test_an_entry_holds_to_the_end_of_its_last_day(file: Path, day: datetime.date, accepted: bool) -> None:
    issues = loaded(file, ENTRY.replace("2027-01-31", TODAY.isoformat()))
    found = accept([finding()], issues, today=day)
    assert bool(found[0].known) is accepted
    assert faults(found) == ([] if accepted else [("rule-68-known-issue-expired", 3)])


def test_an_expired_entry_is_told_at_its_line_with_its_day(file: Path) -> None:
    _, told = accept([finding()], loaded(file, ENTRY), today=datetime.date(2028, 1, 1))
    assert (told.file, told.line, told.severity) == ("data/known-issues.toml", 3, "warning")
    assert told.focus == expand("coalition:jci")
    assert told.value == "https://w3id.org/acagraph/shapes#rule-08-founding"
    assert "accepted until 2027-01-31" in told.message


def test_an_entry_that_nothing_is_found_for_is_unused(file: Path) -> None:
    issues = loaded(file, ENTRY)
    found = accept([finding("coalition:aca"), finding(rule="rule-33-baseline")], issues, today=TODAY)
    assert faults(found) == [("rule-69-known-issue-unused", 3)]


def test_a_violation_cannot_be_accepted(file: Path) -> None:
    issues = loaded(file, ENTRY.replace("rule-08-founding", "rule-16-coalition"))
    violated = replace(finding(rule="rule-16-coalition"), severity="violation")
    found = accept([violated], issues, today=TODAY)
    assert found[0] == violated
    assert faults(found) == [("rule-70-known-issue-violation", 3)]
    assert not Report.of(found).conforms


@pytest.mark.parametrize(
    ("wrong", "line", "words"),
    [
        (ENTRY + "untill = 2027-01-31\n", 7, "did you mean until?"),
        (ENTRY.replace('who = "curators"\n', ""), 1, "the key who is missing"),
        (ENTRY.replace("rule-08-founding", "rule-08-foundin"), 2, "did you mean rule-08-founding?"),
        (ENTRY.replace('"coalition:jci"', '"jci"'), 3, "is no prefixed name"),
        (ENTRY.replace('"coalition:jci"', '"club:jci"'), 3, "is no prefixed name"),
        (ENTRY.replace('"coalition:jci"', "[]"), 3, "focus must be a text"),
        (ENTRY.replace('"coalition:jci"', "7"), 3, "focus must be a text"),
        (ENTRY.replace('"No source tells its date."', '" "'), 4, "reason must be a text"),
        (ENTRY.replace('"curators"', '"someone@example.org"'), 5, "no address"),
        (ENTRY.replace("2027-01-31", '"2027-01-31"'), 6, "without quotes"),
        (ENTRY.replace("2027-01-31", "2027-01-31T10:00:00"), 6, "a day without quotes"),
        (ENTRY.replace("2027-01-31", "soon"), 6, "is not TOML"),
        (ENTRY + "\n" + ENTRY, 10, "repeats the entry of line 3"),
        (ENTRY + '\n[other]\nrule = "x"\n', 1, "begin each with a line [[known]]"),
        ('known = ["rule-08-founding"]\n', 1, "begin each with a line [[known]]"),
        ("known = 7\n", 1, "begin each with a line [[known]]"),
        ('known = ["""\n[[known]]\n"""]\n', 1, "begin each with a line [[known]]"),
        ("known = " + "[" * 5_000, 1, "is not TOML"),
        ("known = " + "9" * 5_000, 1, "is not TOML"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(
    file: Path, wrong: str, line: int, words: str
) -> None:
    with pytest.raises(SourceError, match=re.escape(words)) as caught:
        loaded(file, wrong)
    assert (caught.value.path, caught.value.line) == (file, line)


def test_a_file_that_is_no_text_is_refused(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SourceError, match="UTF-8"):
        load_known(file, rules=RULES)


@given(st.text(alphabet="[]known=\"rule\n #\\'", max_size=60))
def test_any_text_is_read_or_refused_with_a_line(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("known") / "known-issues.toml"
    refused: list[SourceError] = []
    try:
        loaded(file, text)
    except SourceError as error:
        refused.append(error)
    assert all(error.path == file and error.line for error in refused)


def test_what_is_wrong_with_entries_cannot_be_accepted_itself(file: Path) -> None:
    unused = "rule-69-known-issue-unused"
    file.write_text(ENTRY.replace("rule-08-founding", unused), encoding="utf-8")
    with pytest.raises(SourceError, match="there is no rule rule-69"):
        load_known(file, rules=[*RULES, unused])


def test_many_findings_and_entries_take_linear_time() -> None:
    """Comparing each finding with each entry would be ten thousand million comparisons, days of work."""
    foci = [expand(f"coalition:c{number}") for number in range(100_000)]
    known = [KnownIssue("rule-08-founding", focus, None, "why", "who", TODAY, 1) for focus in foci]
    found = accept([finding(focus) for focus in foci], known, today=TODAY)
    assert all(each.known for each in found)


def test_a_long_list_of_things_is_read_in_linear_time(file: Path) -> None:
    names = [f"coalition:c{number}" for number in range(20_000)]
    listed = ENTRY.replace('"coalition:jci"', "[\n" + "".join(f'"{name}",\n' for name in names) + "]")
    assert [issue.line for issue in loaded(file, listed)] == list(range(4, 20_004))


def test_the_projects_own_file_is_in_order() -> None:
    rules = load_rules(ROOT / "shapes", ROOT / "queries" / "checks")
    severities = {rule.name: rule.severity for rule in rules}
    known = load_known(ROOT / FILE, rules=severities)
    assert known
    assert {severities[issue.rule] for issue in known} == {"warning"}


def test_the_rules_about_entries_are_documented_like_others() -> None:
    for rule in KNOWN_RULES:
        assert re.fullmatch(r"rule-(68|69|70)-known-issue-[a-z]+", rule.name)
        assert rule.severity == "warning"
        assert rule.title
        assert rule.message.endswith(".")


def told(release: Path) -> list[dict[str, str | None]]:
    report = json.loads((release / "validation" / "report.json").read_text(encoding="utf-8"))
    assert report["conforms"] is True
    return list(report["findings"])


def test_a_build_of_a_part_keeps_what_is_accepted_and_calls_nothing_unused(release: Path) -> None:
    found = told(release)
    known = {item["focus"]: item["known"] for item in found if item["known"]}
    assert "the register jrc-covenant tells who joined when" in (
        known[expand("coalition:covenant-of-mayors")] or ""
    )
    assert not {item["rule"] for item in found} & {rule.name for rule in KNOWN_RULES}


def test_a_build_of_everything_finds_all_that_is_accepted_and_nothing_expired(full: Path) -> None:
    found = told(full)
    assert not {item["rule"] for item in found} & {rule.name for rule in KNOWN_RULES}
    rules = (rule.name for rule in load_rules(ROOT / "shapes", ROOT / "queries" / "checks"))
    entries = {(issue.rule, issue.focus) for issue in load_known(ROOT / FILE, rules=rules)}
    assert {(item["rule"], item["focus"]) for item in found if item["known"]} == entries


def test_of_a_part_an_entry_without_findings_is_expired_but_never_unused(file: Path) -> None:
    issues = loaded(file, ENTRY)
    assert accept([], issues, today=TODAY, whole=False) == []
    late = datetime.date(2028, 1, 1)
    assert faults(accept([], issues, today=late, whole=False)) == [("rule-68-known-issue-expired", 3)]
    assert faults(accept([], issues, today=late)) == [("rule-69-known-issue-unused", 3)]


def test_of_a_part_only_entries_about_its_things_count(file: Path) -> None:
    issues = loaded(file, ENTRY.replace('"coalition:jci"', '["coalition:jci", "coalition:aca"]'))
    there, path = (ox.NamedNode(expand(name)) for name in ("coalition:jci", "skos:prefLabel"))
    store = ox.Store()
    store.add(ox.Quad(there, path, ox.Literal("JCI")))
    assert [issue.focus for issue in present(issues, store)] == [expand("coalition:jci")]

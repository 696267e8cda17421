"""The forms of a report: what each tells, that data stays data, that equal reports give equal bytes."""

from __future__ import annotations

import html.parser
import io
import json
import os
import re
import time
import tracemalloc
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import jsonschema
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, SH

from acagraph import vocab
from acagraph.errors import SourceError
from acagraph.release.judgement import judge_release
from acagraph.validation import Finding, Report
from acagraph.validation.findings import SPARQL_COMPONENT
from acagraph.validation.formats import FORMATS, summary, write, written
from acagraph.validation.formats.excerpts import excerpt, read_excerpts
from acagraph.validation.formats.sarif import MOST_RESULTS
from acagraph.validation.rules import Rule

YEAR = Rule(
    "rule-31-years", "violation", "Write {value} as a year.", "Years are plausible", Path("shapes/A.ttl"), 7
)
NAME = Rule("rule-44-label", "warning", "Clean the name.", "Labels are clean", Path("shapes/B.ttl"), 9)
HELD = Rule("rule-60-evidence", "warning", "Cite it.", "Evidence is used", Path("shapes/C.ttl"), 3)
SARIF_SCHEMA = (
    Path(__file__)
    .with_name("clients")
    .joinpath("node_modules", "@microsoft", "jest-sarif", "lib", "schemas", "sarif-2.1.0-rtm.5.json")
)
SON = vocab.expand("agent:sony")
TURTLE = 'agent:sony\n    a aca:Business ;\n    skos:prefLabel " 大日本 "@ja ;\n    .\n'
EVIL = 'x</script><script>alert(1)</script>" \x1b[31m\x00\u202e & ]]> <b>'


def year(number: int = 1, **changes: object) -> Finding:
    made = Finding(
        rule="rule-31-years",
        severity="violation",
        focus=vocab.expand(f"stmt:s{number}"),
        path=vocab.expand("aca:targetYear"),
        value="3030",
        message="Write 3030 as a year.",
        label="Net zero",
        term=ox.Literal(3030),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def name(**changes: object) -> Finding:
    made = Finding(
        rule="rule-44-label",
        severity="warning",
        focus=SON,
        path=vocab.expand("skos:prefLabel"),
        value=" 大日本 ",
        message="Clean the name.",
        file="data/a.ttl",
        line=3,
        column=20,
        label="Sony",
        term=ox.Literal(" 大日本 ", language="ja"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def reported(*findings: Finding) -> Report:
    return Report.of(findings, rules=(YEAR, NAME, HELD), engine="shacl")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.ttl").write_text(TURTLE, encoding="utf-8")
    return tmp_path


# Text


def test_text_tells_by_rule_what_is_wrong_where_and_what_to_do(root: Path) -> None:
    accepted = year(9, rule="rule-60-evidence", severity="warning", known="no source tells it (until 2027)")
    report = reported(year(), name(), accepted)
    assert written(report, "text", root=root, all=True).decode().splitlines() == [
        "violation  Years are plausible  rule-31-years  (1)",
        "  Write 3030 as a year.",
        '  stmt:s1 “Net zero”  aca:targetYear "3030"',
        "  https://w3id.org/acagraph/shapes#rule-31-years",
        "",
        "warning  Labels are clean  rule-44-label  (1)",
        "  Clean the name.",
        '  data/a.ttl:3:20 agent:sony “Sony”  skos:prefLabel " 大日本 "@ja',
        '      3 | skos:prefLabel " 大日本 "@ja ;',
        "        |                ^^^^^^^^^^^^^",  # each of the three characters takes two columns
        "  https://w3id.org/acagraph/shapes#rule-44-label",
        "",
        "accepted  1 known, see data/known-issues.toml",
        '  stmt:s9 “Net zero”  aca:targetYear "3030": rule-60-evidence',
        "      no source tells it (until 2027)",
        "",
        "1 violation, 1 warning, 1 accepted",
    ]
    told = written(report, "text", root=root).decode()
    assert "accepted  1 known, see data/known-issues.toml; --all shows them\n\n1 violation" in told


def test_text_shows_the_first_five_of_a_rule_or_all() -> None:
    report = reported(*(year(number) for number in range(8)))
    short = written(report, "text").decode()
    assert (short.count("stmt:s"), short.count("  … and 3 more; --all shows them\n")) == (5, 1)
    whole = written(report, "text", all=True).decode()
    assert (whole.count("stmt:s"), whole.count("more;")) == (8, 0)


def test_text_gives_each_finding_its_message_where_they_differ() -> None:
    lines = written(reported(year(1, message="One."), year(2, message="Two.")), "text").decode().splitlines()
    assert lines[1:5] == [
        '  stmt:s1 “Net zero”  aca:targetYear "3030"',
        "      One.",
        '  stmt:s2 “Net zero”  aca:targetYear "3030"',
        "      Two.",
    ]


def test_text_has_colours_only_when_asked_and_never_those_of_the_data() -> None:
    report = reported(name(label=EVIL, value=EVIL, term=ox.Literal(EVIL), message=EVIL, file=EVIL))
    plain, coloured = (written(report, "text", colour=colour).decode() for colour in (False, True))
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", plain)
    assert r"\x1b[31m\x00\u202e" in plain
    assert "\x1b[1;33mwarning\x1b[0m" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == plain


def test_the_last_line_of_text_is_the_summary() -> None:
    assert written(reported(), "text") == b"conforms: no findings\n"
    assert summary(reported(year(1), year(2), name())) == "2 violations, 1 warning"
    many = reported(*(year(number) for number in range(1200)))
    assert written(many, "text").decode().splitlines()[-1] == summary(many) == "1,200 violations"


def test_notices_about_the_judging_are_told() -> None:
    report = replace(reported(), notices=("pySHACL judged the shapes.",))
    for form in ("text", "html", "json"):
        assert "pySHACL judged the shapes." in written(report, form).decode()


# Excerpts


@pytest.mark.parametrize(
    ("line", "column", "meant"),
    [
        ('    skos:prefLabel "A"@en, "B"@de ;', 20, '"A"@en'),
        ('    aca:x "2030-01-01"^^xsd:date ;', 11, '"2030-01-01"^^xsd:date'),
        ('    aca:x "say \\"no; \\"" .', 11, '"say \\"no; \\""'),
        ("    aca:x <urn:a;b>, agent:b ;", 11, "<urn:a;b>"),
        ("    aca:x agent:a.b ;", 11, "agent:a.b"),
        ("    aca:x 1 ;", 11, "1"),
        ("    .", 5, "."),
        ("x" * 300 + ' "A" ;', 302, '"A"'),
        ("    aca:x 1 ;", None, ""),
        ("    aca:x 1 ;", 400, ""),
    ],
)
def test_an_excerpt_marks_what_is_meant(tmp_path: Path, line: str, column: int | None, meant: str) -> None:
    (tmp_path / "a.ttl").write_text(f"first\n{line}\n", encoding="utf-8")
    finding = name(file="a.ttl", line=2, column=column)
    part = excerpt(finding, read_excerpts([finding], tmp_path))
    assert part is not None
    assert (part.number, part.text[part.start : part.end]) == (2, meant)
    assert len(part.text) < 130


def test_an_excerpt_that_says_nothing_new_or_is_not_there_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_bytes(b"agent:sony\n\n\xff\xfe\n")
    for line in (1, 2, 4):
        finding = name(file="a.ttl", line=line)
        assert excerpt(finding, read_excerpts([finding], tmp_path)) is None
    for file in ("gone.ttl", "."):
        assert read_excerpts([name(file=file)], tmp_path) == {}
    assert read_excerpts([name()], None) == {}
    broken = name(file="a.ttl", line=3, column=None)
    assert excerpt(broken, read_excerpts([broken], tmp_path)) is not None


# JSON

JSON_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["conforms", "counts", "accepted", "engine", "notices", "rules", "findings"],
    "properties": {
        "conforms": {"type": "boolean"},
        "counts": {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "required": ["violation", "warning", "info"],
        },
        "accepted": {"type": "integer"},
        "engine": {"type": "string"},
        "notices": {"type": "array", "items": {"type": "string"}},
        "rules": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "iri", "severity", "title", "message", "findings"],
                "properties": {
                    "findings": {"type": "integer"},
                    **{key: {"type": "string"} for key in ("name", "iri", "severity", "title", "message")},
                },
            },
        },
        "findings": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["rule", "focus", "message", "file", "line", "column", "known"],
                "properties": {
                    **{
                        key: {"type": "string"}
                        for key in ("rule", "rule_iri", "severity", "focus", "message")
                    },
                    **{
                        key: {"type": ["string", "null"]}
                        for key in ("label", "path", "value", "file", "known")
                    },
                    **{key: {"type": ["integer", "null"], "minimum": 1} for key in ("line", "column")},
                    "component": {"type": "string"},
                },
            },
        },
    },
}


def test_json_tells_all_rules_and_all_findings() -> None:
    body = json.loads(written(reported(year(), name(), name(known="why")), "json"))
    jsonschema.validate(body, JSON_SCHEMA)
    assert (body["conforms"], body["accepted"], body["engine"]) == (False, 1, "shacl")
    assert body["counts"] == {"violation": 1, "warning": 1, "info": 0}
    assert [(rule["name"], rule["findings"]) for rule in body["rules"]] == [
        ("rule-31-years", 1),
        ("rule-44-label", 2),
        ("rule-60-evidence", 0),
    ]
    told = {(found["file"], found["line"], found["column"], found["label"]) for found in body["findings"]}
    assert told == {(None, None, None, "Net zero"), ("data/a.ttl", 3, 20, "Sony")}
    assert body["findings"][0]["rule_iri"] == f"{vocab.SHAPES}rule-31-years"


def test_json_has_a_finding_on_each_line_and_holds_what_the_data_holds() -> None:
    evil = EVIL + "\ud800"
    text = written(reported(year(1, value=evil), year(2)), "json").decode()
    assert [line for line in text.splitlines() if '"focus"' in line and not line.endswith(",")] != []
    assert len([line for line in text.splitlines() if '"focus"' in line]) == 2
    assert json.loads(text)["findings"][0]["value"] == evil
    jsonschema.validate(json.loads(written(Report(()), "json")), JSON_SCHEMA)


# SARIF


def sarif(report: Report, **options: bool) -> dict[str, object]:
    (run,) = json.loads(written(report, "sarif", **options))["runs"]  # type: ignore[arg-type]
    assert isinstance(run, dict)
    return run


def test_sarif_is_what_code_scanning_takes() -> None:
    log = json.loads(written(reported(year(), name()), "sarif"))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    (run,) = log["runs"]
    assert set(run) == {
        *("tool", "automationDetails", "columnKind", "originalUriBaseIds", "invocations", "results")
    }
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert {"id", "shortDescription", "fullDescription", "help", "helpUri"} <= rule.keys()
        assert rule["helpUri"] == vocab.SHAPES + rule["id"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["partialFingerprints"].keys() == {"primaryLocationLineHash"}
        (location,) = result["locations"]
        address = location["physicalLocation"]["artifactLocation"]
        assert not address["uri"].startswith("/")
        assert address["uriBaseId"] in run["originalUriBaseIds"]
    labels = {result["ruleId"]: result for result in run["results"]}
    place = labels["rule-44-label"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "data/a.ttl"
    assert place["region"] == {"startLine": 3, "startColumn": 20}
    assert labels["rule-44-label"]["level"] == "warning"
    # In no file: shown where the rule is written.
    place = labels["rule-31-years"]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]) == ("shapes/A.ttl", {"startLine": 7})
    assert labels["rule-31-years"]["message"]["text"] == (
        'Write 3030 as a year. [stmt:s1 “Net zero”: aca:targetYear "3030"]'
    )


@pytest.fixture(scope="module")
def sarif_schema() -> dict[str, object]:
    """The JSON Schema of SARIF 2.1.0, as a package of npm has it; `make test` installs that."""
    if not SARIF_SCHEMA.is_file():
        pytest.skip("the schema of SARIF is not installed (in tests/clients: npm ci)")
    schema = json.loads(SARIF_SCHEMA.read_text("utf-8"))
    assert isinstance(schema, dict)
    return schema


@pytest.mark.parametrize(
    "findings",
    [
        (),
        (year(), name(), name(value="B", known="so it is"), year(2, value=EVIL, label=EVIL, message=EVIL)),
        (year(3, severity="info", path=None, value=None, label=None), name(file="/elsewhere/a b.ttl")),
    ],
    ids=["nothing", "all kinds", "with less"],
)
def test_sarif_is_valid_by_its_schema(sarif_schema: dict[str, object], findings: tuple[Finding, ...]) -> None:
    jsonschema.validate(json.loads(written(reported(*findings), "sarif")), sarif_schema)


def test_sarif_of_the_release_and_of_what_is_left_out_is_valid(
    sarif_schema: dict[str, object], release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = json.loads(written(judge_release(release), "sarif", root=release))
    assert log["runs"][0]["results"]
    jsonschema.validate(log, sarif_schema)
    monkeypatch.setattr("acagraph.validation.formats.sarif.MOST_RESULTS", 1)
    log = json.loads(written(reported(year(1), year(2)), "sarif"))
    assert log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    jsonschema.validate(log, sarif_schema)


def test_the_schema_of_sarif_refuses_what_is_none(sarif_schema: dict[str, object]) -> None:
    log = json.loads(written(reported(name()), "sarif"))
    log["runs"][0]["results"][0]["level"] = "violation"
    with pytest.raises(jsonschema.ValidationError, match="violation"):
        jsonschema.validate(log, sarif_schema)


def test_sarif_keeps_an_alert_when_its_line_moves_and_suppresses_what_is_known() -> None:
    def prints(*findings: Finding) -> list[object]:
        results = sarif(reported(*findings))["results"]
        assert isinstance(results, list)
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]

    assert prints(name()) == prints(name(line=80, column=None))
    assert len(set(prints(*(year(number) for number in range(50)), name(), name(value="other")))) == 52
    results = sarif(reported(name(known="so it is")))["results"]
    assert isinstance(results, list)
    assert results[0]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "so it is"}
    ]


def test_sarif_says_what_it_leaves_out() -> None:
    report = reported(name(), *(year(number) for number in range(MOST_RESULTS)))
    run = sarif(report)
    results, (invocation,) = run["results"], run["invocations"]  # type: ignore[misc]
    assert isinstance(results, list)
    assert {result["ruleId"] for result in results} == {"rule-31-years"}  # the most severe stay
    (notification,) = invocation["toolExecutionNotifications"]  # type: ignore[has-type]
    assert notification["message"]["text"].startswith("1 more")
    assert len(sarif(report, all=True)["results"]) == MOST_RESULTS + 1  # type: ignore[arg-type]


def test_sarif_names_a_file_whose_name_is_not_utf_8() -> None:
    (result,) = sarif(reported(name(file=os.fsdecode(b"data/b\xe9 c.ttl"))))["results"]  # type: ignore[misc]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "data/b%E9%20c.ttl"  # type: ignore[has-type]


# JUnit


def test_junit_has_a_case_for_each_rule_and_fails_for_violations_only() -> None:
    warned, known = name(), name(value="B", known="so it is")
    root = ET.fromstring(written(reported(year(1), year(2), warned, known), "junit"))
    suite = root[0]
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    cases = {case.get("name"): case for case in suite}
    assert list(cases) == ["rule-31-years", "rule-44-label", "rule-60-evidence"]
    (failure,) = cases["rule-31-years"]
    assert failure.get("message") == "2 violations: Write {value} as a year."
    assert (failure.text or "").splitlines() == [
        f'stmt:s{number} “Net zero” aca:targetYear "3030" violation: Write 3030 as a year.'
        for number in (1, 2)
    ] + [f"{vocab.SHAPES}rule-31-years"]
    (output,) = cases["rule-44-label"]
    assert (output.tag, cases["rule-44-label"].get("file")) == ("system-out", "data/a.ttl")
    assert "(accepted: so it is)" in (output.text or "")
    assert (output.text or "").endswith(f"\n{vocab.SHAPES}rule-44-label\n")
    assert list(cases["rule-60-evidence"]) == []


def test_junit_is_xml_whatever_the_data_holds() -> None:
    evil = EVIL + "\ufffe\x0b\ud800"
    text = written(reported(year(1, message=evil, label=evil, file=evil)), "junit")
    (case, *_) = ET.fromstring(text)[0]
    assert "</script>" in (case[0].text or "")


# HTML


class Page(html.parser.HTMLParser):
    """Checks that tags close in order; gathers ids, addresses and the visible text."""

    VOID = frozenset(("meta", "br", "link"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for key, value in attrs:
            assert not key.startswith("on")
            if key == "id":
                self.ids.append(value or "")
            if key in ("href", "src"):
                self.addresses.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def test_html_is_one_page_that_can_be_navigated_and_loads_nothing(root: Path) -> None:
    text = written(
        reported(year(), name(), name(value="B", known="so it is")),
        "html",
        root=root,
        rules_page="../rules.html",
    ).decode()
    page = Page(text)
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert "url(" not in text
    assert len(page.ids) == len(set(page.ids))
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(page.ids)
    assert {"#rule-31-years", "#rule-44-label", "../rules.html", "../rules.html#rule-31-years", SON} <= set(
        page.addresses
    )
    for told in (
        "Does not conform",
        "1 violation, 1 warning, 1 accepted",
        "3 rules judged, the shapes by shacl; 1 held.",
        "so it is",
    ):
        assert told in page.text
    for told in ("data/a.ttl:3:20", "Sony agent:sony", "What to do: Clean the name.", "rule-60-evidence"):
        assert told in page.text
    assert '<mark class="warning">&quot; 大日本 &quot;@ja</mark>' in text


def test_html_escapes_the_data() -> None:
    report = reported(
        name(label=EVIL, value=EVIL, term=ox.Literal(EVIL), message=EVIL, file=EVIL, known=None),
        name(focus="javascript:alert(1)", label=EVIL, known=EVIL),
        year(1, rule='urn:x"><script>', message=EVIL),
    )
    page = Page(written(report, "html").decode())
    assert "script" not in page.tags
    assert not any(address.startswith("javascript:") for address in page.addresses)
    assert r"\x1b[31m\x00\u202e" in page.text


def test_html_folds_many_findings_and_says_what_is_not_on_the_page() -> None:
    report = reported(*(year(number) for number in range(250)))
    short, whole = (written(report, "html", all=every).decode() for every in (False, True))
    assert short.count("<li>\n<p>") == 200
    assert "Show 190 more" in short
    assert "50 more are not on this page" in short
    assert whole.count("<li>\n<p>") == 250
    assert "not on this page" not in whole


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([], "Conforms: nothing to mend"),
        ([name()], "Conforms, with warnings"),
        ([year()], "Does not conform"),
        ([name(known="why")], "Conforms: nothing to mend"),
    ],
)
def test_html_begins_with_the_verdict(findings: list[Finding], verdict: str) -> None:
    assert verdict in Page(written(reported(*findings), "html").decode()).text


# SHACL reports


def test_turtle_and_json_ld_are_the_same_shacl_report() -> None:
    report = reported(year(), name(), name(value="B", known="so it is"), year(3, focus="_:b0"))
    turtle = rdflib.Graph().parse(data=written(report, "turtle"), format="turtle")
    linked = rdflib.Graph().parse(data=written(report, "jsonld"), format="json-ld")
    assert isomorphic(turtle, linked)
    (node,) = turtle.subjects(RDF.type, SH.ValidationReport)
    assert turtle.value(node, SH.conforms) == rdflib.Literal(False)
    assert len(set(turtle.objects(node, SH.result))) == 4
    (focus,) = (focus for focus in turtle.objects(None, SH.focusNode) if isinstance(focus, rdflib.BNode))
    assert (None, SH.focusNode, focus) in turtle


def test_findings_that_differ_in_the_component_only_are_two_results() -> None:
    other = f"{vocab.EXTERNAL['sh']}MinCountConstraintComponent"
    assert other != SPARQL_COMPONENT
    told = rdflib.Graph().parse(
        data=written(reported(year(), year(component=other)), "turtle"), format="turtle"
    )
    assert len(set(told.subjects(RDF.type, SH.ValidationResult))) == 2


def test_people_are_told_once_what_breaks_two_components() -> None:
    other = f"{vocab.EXTERNAL['sh']}MinCountConstraintComponent"
    report = reported(year(), year(component=other), year(2))
    assert summary(report) == "2 violations"
    for form in ("text", "html", "junit", "sarif"):
        assert written(report, form).count(b"Write 3030") == written(reported(year(), year(2)), form).count(
            b"Write 3030"
        )
    assert len(json.loads(written(report, "json"))["findings"]) == 3


LITERALS = (
    ox.Literal("ab", language="en"),
    ox.Literal("ab", language="de"),
    ox.Literal("_:b1"),
    ox.Literal(5),
    ox.Literal('https://example.org/ "quoted"\n'),
)


def about(term: ox.Literal) -> Finding:
    return year(focus=str(term), path=None, value=None, label=None, term=term)


def test_a_literal_that_is_judged_stays_a_literal() -> None:
    report = reported(*map(about, LITERALS))
    assert len(report.findings) == len(LITERALS)
    assert {finding.node for finding in report.findings} == set(LITERALS)
    turtle = rdflib.Graph().parse(data=written(report, "turtle"), format="turtle")
    linked = rdflib.Graph().parse(data=written(report, "jsonld"), format="json-ld")
    assert isomorphic(turtle, linked)
    assert {focus.n3() for focus in turtle.objects(None, SH.focusNode)} == {
        rdflib.Literal(
            term.value,
            lang=term.language,
            datatype=None
            if term.language or term == LITERALS[2] or term == LITERALS[4]
            else term.datatype.value,
        ).n3()
        for term in LITERALS
    }
    text = written(report, "text", all=True).decode()
    assert [line.strip() for line in text.splitlines() if line.startswith('  "')] == [
        *('"5"', '"_:b1"', '"ab"@de', '"ab"@en', '"https://example.org/ "quoted"\\n"')
    ]
    assert "href=&quot;" not in written(report, "html").decode()
    assert 'href="&quot;' not in written(report, "html").decode()
    told = [finding["focus"] for finding in json.loads(written(report, "json"))["findings"]]
    assert told == sorted(str(term) for term in LITERALS)


def test_values_that_differ_in_language_or_type_are_apart() -> None:
    numbers = (ox.Literal(5), ox.Literal("5"))
    terms = (*LITERALS[:2], *numbers, ox.NamedNode("https://e.org/"), ox.Literal("https://e.org/"))
    report = reported(*(year(value=term.value, term=term) for term in terms))
    assert summary(report) == "6 violations"
    turtle = rdflib.Graph().parse(data=written(report, "turtle"), format="turtle")
    assert len(set(turtle.subjects(RDF.type, SH.ValidationResult))) == 6


@pytest.mark.parametrize("form", ["text", "html", "junit"])
def test_a_long_focus_is_cut_for_people(form: str) -> None:
    long = reported(
        about(ox.Literal("x" * 5_000_000)), year(2, focus="https://example.org/" + "y" * 5_000_000)
    )
    assert len(written(long, form)) < 20_000


A, B = (f"<{vocab.expand(curie)}>" for curie in ("aca:sector", "skos:member"))


@pytest.mark.parametrize(
    ("path", "shacl"),
    [
        (vocab.expand("aca:sector"), A),
        ("^" + vocab.expand("aca:sector"), f"[ sh:inversePath {A} ]"),
        (f"({A}/^{B})", f"( {A} [ sh:inversePath {B} ] )"),
        (f"({A}|({B}/{A}))", f"[ sh:alternativePath ( {A} ( {B} {A} ) ) ]"),
        (f"(^{A})*", f"[ sh:zeroOrMorePath [ sh:inversePath {A} ] ]"),
        (f"^({A})+", f"[ sh:inversePath [ sh:oneOrMorePath {A} ] ]"),
        (f"(({A}/{B}))?", f"[ sh:zeroOrOnePath ( {A} {B} ) ]"),
    ],
)
def test_a_path_in_a_report_is_a_path_of_shacl(path: str, shacl: str) -> None:
    report = reported(year(path=path))
    told = rdflib.Graph().parse(data=written(report, "turtle"), format="turtle")
    assert isomorphic(told, rdflib.Graph().parse(data=written(report, "jsonld"), format="json-ld"))
    wanted = rdflib.Graph().parse(data=f"PREFIX sh: <{SH}>\n<x:s> <x:p> {shacl} .", format="turtle")
    assert drawn(told, told.value(None, SH.resultPath)) == drawn(wanted, wanted.value(rdflib.URIRef("x:s")))


def drawn(graph: rdflib.Graph, node: object) -> object:
    """Return what is said below a node as a tree, names of blank nodes left out."""
    if not isinstance(node, rdflib.BNode):
        return str(node)
    return sorted((str(key), drawn(graph, value)) for key, value in graph.predicate_objects(node))


def test_only_prefixes_that_occur_are_declared() -> None:
    report = reported(name())
    turtle = written(report, "turtle").decode()
    declared = re.findall(r"@prefix (\S*):", turtle)
    assert sorted(declared) == ["agent", "rdf", "sh", "shapes", "skos"]
    context = json.loads(written(report, "jsonld"))["@context"]
    assert {key for key, value in context.items() if str(value).startswith("http")} == set(declared)


# Places


def test_a_file_elsewhere_is_told_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "their folder").mkdir()
    monkeypatch.chdir(tmp_path)
    below = name(file=(tmp_path / "their folder" / "a é.ttl").as_posix())
    above = name(file="/other folder/a.ttl")
    assert "  their folder/a é.ttl:3:20 agent" in written(reported(below), "text").decode()
    assert "  /other folder/a.ttl:3:20 agent" in written(reported(above), "text").decode()
    addresses = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]
        for finding in (below, above)
        for result in sarif(reported(finding))["results"]  # type: ignore[attr-defined]
    ]
    assert addresses == [
        {"uri": "their%20folder/a%20%C3%A9.ttl", "uriBaseId": "%SRCROOT%"},
        {"uri": "file:///other%20folder/a.ttl"},
    ]


# All forms


@pytest.mark.parametrize("form", FORMATS)
def test_equal_findings_give_equal_bytes_in_every_form(form: str, root: Path) -> None:
    findings = [year(1), year(2), name(), name(value="B", known="so")]
    first, second = (written(reported(*order), form, root=root) for order in (findings, reversed(findings)))
    assert first == second
    assert str(root) not in first.decode()


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_writes_an_empty_report_and_one_without_rules(form: str) -> None:
    assert written(Report(()), form)
    assert b"rule-31-years" in written(Report.of([year()]), form)


@pytest.mark.parametrize("form", FORMATS)
def test_findings_are_written_piece_by_piece(form: str) -> None:
    class Counter(io.RawIOBase):
        size = largest = 0

        def write(self, data: object) -> int:
            assert isinstance(data, bytes | bytearray | memoryview)
            self.size, self.largest = self.size + len(data), max(self.largest, len(data))
            return len(data)

        def writable(self) -> bool:
            return True

    report = reported(*(year(number, label=f"Label {number}") for number in range(5_000)))
    out = Counter()
    tracemalloc.start()
    write(report, form, out, all=True)  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert out.size > 5_000 * 50
    assert out.largest < 50_000
    assert peak < 2_000_000, f"{peak:,} bytes"


@pytest.mark.parametrize("form", ["text", "html"])
def test_time_grows_with_the_findings_and_not_with_their_square(form: str) -> None:
    def seconds(number: int) -> float:
        report = reported(*(year(n) for n in range(number)))
        started = time.process_time()
        written(report, form, all=True)
        return time.process_time() - started

    seconds(100)
    assert seconds(16_000) < 24 * seconds(2_000)


def test_a_form_that_is_none_is_refused() -> None:
    with pytest.raises(SourceError, match="use one of text, json, sarif, junit, html, turtle, jsonld"):
        written(reported(), "pdf")

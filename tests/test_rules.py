"""The catalogue of rules, docs/rules.md, and the page that explains each rule with its examples."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from acagraph import graph, vocab
from acagraph.errors import SourceError
from acagraph.validation.documentation import rules_page, rules_table
from acagraph.validation.files import FILE_RULES
from acagraph.validation.known import KNOWN_RULES
from acagraph.validation.rules import Rule, load_rules, rules_of
from test_formats import Page

from published import ROOT

SHAPES = ROOT / "shapes"
CHECKS = ROOT / "queries" / "checks"
EXAMPLES = SHAPES / "tests"
PREFIXES = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in vocab.PREFIXES.items())
GROUPS = """
@prefix shapes: <https://w3id.org/acagraph/shapes#> .
shapes:group-01 a sh:PropertyGroup ; rdfs:label "Erstens"@de, "First"@en ; sh:order 1 .
"""
SHAPE = """@prefix shapes: <https://w3id.org/acagraph/shapes#> .
shapes:rule-01-a a sh:PropertyShape ; sh:path aca:unit ; sh:minCount 1 ; sh:targetClass aca:Figure ;
  sh:group shapes:group-01 ; sh:severity sh:Warning ; sh:message "Einheit."@de, "Name the unit."@en .
"""
CHECK = """#+ rule: rule-01-b
#+ severity: violation
#+ message: Mend {value}.
SELECT ?focus ?value { ?focus ?path ?value }
"""


@pytest.fixture(scope="module")
def rules() -> tuple[Rule, ...]:
    return load_rules(SHAPES, CHECKS)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "shapes").mkdir()
    (tmp_path / "checks").mkdir()
    (tmp_path / "shapes" / "groups.ttl").write_text(PREFIXES + GROUPS, encoding="utf-8")
    (tmp_path / "shapes" / "Figure.ttl").write_text(PREFIXES + SHAPE, encoding="utf-8")
    (tmp_path / "checks" / "01-b.rq").write_text(CHECK, encoding="utf-8")
    return tmp_path


# The catalogue


def test_rules_are_read_from_shapes_and_checks_with_their_titles_and_places(project: Path) -> None:
    shape, check = load_rules(project / "shapes", project / "checks")
    line = PREFIXES.count("\n") + 2
    path = project / "shapes" / "Figure.ttl"
    assert shape == Rule("rule-01-a", "warning", "Name the unit.", "First", path, line)
    assert (shape.iri, shape.number) == (f"{vocab.SHAPES}rule-01-a", 1)
    path = project / "checks" / "01-b.rq"
    assert check == Rule("rule-01-b", "violation", "Mend {value}.", "First", path, 1)


def test_one_file_with_all_shapes_is_as_good_as_a_folder(project: Path, rules: tuple[Rule, ...]) -> None:
    quads = [quad for path in sorted(SHAPES.glob("*.ttl")) for quad in graph.parse_turtle(path)[0]]
    one = project / "shapes.ttl"
    one.write_text(
        graph.write_turtle(quads, prefixes=vocab.PREFIXES | {"shapes": vocab.SHAPES}), encoding="utf-8"
    )
    told = [(rule.name, rule.severity, rule.message, rule.title) for rule in load_rules(one, CHECKS)]
    assert told == [(rule.name, rule.severity, rule.message, rule.title) for rule in rules]
    lines = one.read_text("utf-8").splitlines()
    for rule in load_rules(one, CHECKS):
        if rule.path == one:
            assert lines[(rule.line or 0) - 1] == f"shapes:{rule.name}"


def test_a_name_that_is_given_twice_is_refused(project: Path) -> None:
    shutil.copy(project / "shapes" / "Figure.ttl", project / "shapes" / "Other.ttl")
    with pytest.raises(
        SourceError, match=r"Other.ttl:\d+: the rule rule-01-a stands in .*Figure.ttl:\d+ too"
    ):
        load_rules(project / "shapes", project / "checks")


def test_shapes_of_strangers_have_their_iris_and_their_own_titles() -> None:
    text = """
    <urn:a> a sh:NodeShape ; sh:targetClass aca:Figure ; rdfs:label "Figures"@en ; sh:severity <urn:fatal> .
    <urn:b> sh:path aca:unit ; sh:name "unit" ; sh:message "Name it." ; sh:severity sh:Info .
    <urn:c> a owl:Ontology .
    [] a sh:NodeShape ; sh:targetNode aca:x .
    """
    quads = graph.parse_text(PREFIXES + text, path=None)[0]
    assert rules_of(quads) == (
        Rule("urn:a", "violation", "", "Figures"),
        Rule("urn:b", "info", "Name it.", "unit"),
    )


def test_every_rule_has_a_title_a_message_and_a_place(rules: tuple[Rule, ...]) -> None:
    for rule in rules:
        assert rule.title, rule.name
        assert rule.message, rule.name
        assert rule.path is not None, rule.name
        assert (rule.line or 0) > 0, rule.name
        lines = rule.path.read_text("utf-8").splitlines()
        wanted = f"shapes:{rule.name}" if rule.path.suffix == ".ttl" else f"#+ rule: {rule.name}"
        assert lines[(rule.line or 0) - 1] == wanted
    numbers = {rule.number for rule in rules}
    assert all(rule.title for rule in (*KNOWN_RULES, *FILE_RULES))
    assert not numbers & {rule.number for rule in (*KNOWN_RULES, *FILE_RULES)}


def test_each_property_shape_is_in_the_group_of_its_number() -> None:
    sh, type_ = vocab.EXTERNAL["sh"], vocab.EXTERNAL["rdf"] + "type"
    quads = [quad for path in sorted(SHAPES.glob("*.ttl")) for quad in graph.parse_turtle(path)[0]]
    kinds: dict[str, set[str]] = {}
    for quad in quads:
        if quad.predicate.value == type_ and isinstance(quad.subject, ox.NamedNode):
            kinds.setdefault(value(quad.object).removeprefix(sh), set()).add(value(quad.subject))
    grouped = {
        value(quad.subject): value(quad.object) for quad in quads if quad.predicate.value == f"{sh}group"
    }
    assert grouped.keys() == kinds["PropertyShape"]
    for shape, group in grouped.items():
        assert group == f"{vocab.SHAPES}group-{shape.removeprefix(f'{vocab.SHAPES}rule-')[:2]}"
    numbers = {f"{vocab.SHAPES}group-{rule.number:02}" for rule in load_rules(SHAPES, CHECKS)}
    assert kinds["PropertyGroup"] == numbers


def value(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


# docs/rules.md


def test_the_table_of_rules_is_what_shapes_and_checks_say(rules: tuple[Rule, ...]) -> None:
    told = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    stale = "docs/rules.md is stale: run python -m acagraph.validation.documentation"
    assert told == rules_table((*rules, *KNOWN_RULES, *FILE_RULES)), stale


def test_the_table_has_a_row_for_each_rule_and_a_title_for_each_number(project: Path) -> None:
    table = rules_table(load_rules(project / "shapes", project / "checks"))
    assert table.splitlines()[-2:] == [
        "| 1 | First | warning | `rule-01-a` | [Figure.ttl](../shapes/Figure.ttl) | Name the unit. |",
        "| 1 |  | violation | `rule-01-b` | [01-b.rq](../queries/checks/01-b.rq) | Mend {value}. |",
    ]


# rules.html


@pytest.fixture(scope="module")
def page(rules: tuple[Rule, ...]) -> str:
    return rules_page((*rules, *KNOWN_RULES), examples=EXAMPLES).decode()


def test_the_page_has_each_rule_at_its_name_with_severity_message_and_text(
    page: str, rules: tuple[Rule, ...]
) -> None:
    parsed = Page(page)
    assert len(parsed.ids) == len(set(parsed.ids))
    assert {rule.name for rule in (*rules, *KNOWN_RULES)} <= set(parsed.ids)
    assert {address[1:] for address in parsed.addresses if address.startswith("#")} <= set(parsed.ids)
    assert not parsed.tags & {"script", "link", "img", "iframe"}
    articles = dict(re.findall(r'<article id="([^"]+)">\n(.*?)</article>', page, re.DOTALL))
    for rule in rules:
        shown = Page(articles[rule.name]).text
        assert rule.severity in shown
        assert re.sub(r"\{(\w+)\}", r"\1", rule.message) in shown
        assert (f"shapes:{rule.name}" if rule.path and rule.path.suffix == ".ttl" else "SELECT") in shown


def test_the_page_has_the_examples_of_each_number(page: str, rules: tuple[Rule, ...]) -> None:
    sections = dict(re.findall(r'<section id="group-(\d\d)">\n(.*?)</section>', page, re.DOTALL))
    for number in {rule.number for rule in rules}:
        section = sections[f"{number:02}"]
        assert section.count("<h3>Does not conform</h3>") == section.count("<h3>Conforms</h3>") == 1
        (example,) = EXAMPLES.glob(f"{number:02}-*.invalid.ttl")
        body = [line for line in example.read_text("utf-8").splitlines() if line and line[0] != "@"]
        assert all(line.strip() in Page(section).text for line in body)


def test_the_page_marks_the_lines_in_which_the_examples_differ(page: str) -> None:
    section = page.partition('<section id="group-36">')[2].partition("</section>")[0]
    marked = re.findall(r'<span class="line (right|wrong)">(.*?)</span>', section)
    assert marked == [("right", "    aca:targetYear 2030 ;")]


def test_the_page_of_equal_rules_has_equal_bytes_and_no_path_of_this_machine(
    page: str, rules: tuple[Rule, ...]
) -> None:
    again = rules_page((*reversed(rules), *KNOWN_RULES), examples=EXAMPLES).decode()
    assert again == page
    assert str(ROOT) not in page


def test_messages_with_markup_stay_text(project: Path) -> None:
    rule = Rule("x:<b>", "violation", "Write <b> & {value}.", "<script>")
    told = rules_page((rule,), examples=project).decode()
    assert "script" not in Page(told).tags
    assert "Write &lt;b&gt; &amp; <var>value</var>." in told

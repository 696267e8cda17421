"""What is derived: by cases on the real ontology, and on the real data against owlrl."""

from __future__ import annotations

import datetime
import shutil
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import owlrl
import pyoxigraph as ox
import pytest
import rdflib

from acagraph.errors import SourceError
from acagraph.graph import Graph, parse_text
from acagraph.graph.terms import text_of
from acagraph.inference import Rule, closure, derive, load_rules
from acagraph.inference.mentions import predicates
from acagraph.release.inputs import curated
from acagraph.sources import discover
from acagraph.vocab import ACA, PREFIXES, compact, graph_iri
from turtle_files import HEAD

ROOT = Path(__file__).parent.parent
RULES = ROOT / "queries" / "rules"
TODAY = datetime.date(2026, 11, 22)
ONTOLOGY = ox.NamedNode(graph_iri("ontology"))

Row = tuple[str, str, str]


@cache
def real() -> Graph:
    return curated(discover(ROOT, registers=False))


@cache
def terms() -> tuple[ox.Quad, ...]:
    """The ontology without the labels of its terms, so that a case derives from its own triples only."""
    label = ox.NamedNode(PREFIXES["skos"] + "prefLabel")
    return tuple(q for q in real().quads if q.graph_name == ONTOLOGY and q.predicate != label)


def rows(quads: list[ox.Quad]) -> set[Row]:
    triples = ((text_of(q.subject), q.predicate.value, text_of(q.object)) for q in quads)
    return {(compact(s), compact(p), compact(o)) for s, p, o in triples}


@cache
def about_terms() -> frozenset[Row]:
    return frozenset(rows(derive(terms(), rules=RULES, as_of=TODAY)))


def derived(text: str, *, as_of: datetime.date = TODAY) -> set[Row]:
    """What the rules add to a Turtle text and the ontology, in short names."""
    quads, _ = parse_text(HEAD + text, path=None)
    return rows(derive([*terms(), *quads], rules=RULES, as_of=as_of)) - about_terms()


def edges(text: str, *names: str, as_of: datetime.date = TODAY) -> set[Row]:
    return {row for row in derived(text, as_of=as_of) if row[1] in [f"aca:{name}" for name in names]}


def day(text: str) -> str:
    return f'"{text}T00:00:00Z"^^xsd:dateTime'


MEMBER = "stmt:m a aca:Membership ; aca:participant agent:a ; aca:inCoalition coalition:c"
ANNOUNCED = "aca:participationStatus participation-status:announced"
NOW, EVER, PART = (
    ("agent:a", f"aca:{name}", "coalition:c") for name in ("memberOf", "hasBeenMemberOf", "participatesIn")
)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", {NOW, EVER, PART}),
        ("; aca:participationStatus participation-status:active", {NOW, EVER, PART}),
        ("; aca:participationStatus participation-status:suspended", {EVER, PART}),
        ("; aca:participationStatus participation-status:ended", {EVER, PART}),
        (f"; aca:endsNotAfter {day('2026-11-21')}", {EVER, PART}),
        (f"; aca:endsNotAfter {day('2026-11-22')}", {NOW, EVER, PART}),
        (f"; aca:endsNotAfter {day('2030-01-01')}", {NOW, EVER, PART}),
        (f"; aca:startsNotBefore {day('2018-07-01')}", {NOW, EVER, PART}),
        (f"; aca:startsNotBefore {day('2026-11-22')}", {NOW, EVER, PART}),
        (
            f"; aca:participationStatus participation-status:ended ; aca:startsNotBefore {day('2026-11-22')}",
            {EVER, PART},
        ),
        (f"; {ANNOUNCED} ; aca:startsNotBefore {day('2027-01-01')}", {PART}),
        (f"; {ANNOUNCED} ; aca:startsNotBefore {day('2026-01-01')}", {NOW, EVER, PART}),
        (f"; {ANNOUNCED}", {PART}),
        (". stmt:n aca:supersedes stmt:m", set()),
    ],
)  # fmt: skip
def test_a_membership_holds_as_far_as_the_newest_source_tells(more: str, expected: set[Row]) -> None:
    assert edges(f"{MEMBER} {more} .", "memberOf", "hasBeenMemberOf", "participatesIn") == expected


def test_the_day_of_the_release_decides() -> None:
    text = f"{MEMBER} ; aca:startsNotBefore {day('2020-01-01')} ; aca:endsNotAfter {day('2022-12-31')} ."
    before, during, after = (datetime.date(year, 6, 1) for year in (2019, 2021, 2023))
    assert edges(text, "memberOf", "hasBeenMemberOf", as_of=before) == set()
    assert edges(text, "memberOf", "hasBeenMemberOf", as_of=during) == {NOW, EVER}
    assert edges(text, "memberOf", "hasBeenMemberOf", as_of=after) == {EVER}


def test_of_two_spells_the_open_one_counts() -> None:
    first = f"{MEMBER} ; aca:endsNotAfter {day('2019-01-01')} ."
    second = f"{MEMBER.replace('stmt:m', 'stmt:n')} ; aca:startsNotBefore {day('2021-01-01')} ."
    assert edges(first, "memberOf") == set()
    assert edges(first + second, "memberOf") == {NOW}


def test_founding_is_membership_and_lasts_when_the_membership_ends() -> None:
    text = f"{MEMBER.replace('Membership', 'FoundingMembership')} ; aca:endsNotAfter {day('2019-01-01')} ."
    assert edges(text, "memberOf", "founderOf", "foundedBy", "hasMember") == {
        ("agent:a", "aca:founderOf", "coalition:c"),
        ("coalition:c", "aca:foundedBy", "agent:a"),
    }
    assert {NOW, EVER, PART, ("coalition:c", "aca:hasMember", "agent:a")} <= derived(
        MEMBER.replace("Membership", "FoundingMembership") + " ."
    )


@pytest.mark.parametrize(
    ("kind", "edge", "lasting"),
    [
        ("GlobalPartnership", "globalPartnerOf", False),
        ("SupportingPartnership", "supportingPartnerOf", False),
        ("Coordination", "coordinatorOf", False),
        ("LeadershipParticipation", "leaderOf", False),
        ("LaunchSupport", "launchSupporterOf", True),
    ],
)
def test_each_kind_of_participation_has_its_edge_and_no_membership(
    kind: str, edge: str, lasting: bool
) -> None:
    text = MEMBER.replace("Membership", kind)
    wanted = ("agent:a", f"aca:{edge}", "coalition:c")
    assert edges(f"{text} .", edge, "memberOf", "hasBeenMemberOf", "participatesIn") == {wanted, PART}
    ended = edges(f"{text} ; aca:participationStatus participation-status:ended .", edge, "participatesIn")
    assert ended == ({wanted, PART} if lasting else {PART})


RELATION = (
    "stmt:r a aca:Relation ; aca:relationSubject coalition:c ; aca:relationProperty aca:representsCategory ;"
    " aca:relationObject actor-type:a, actor-type:b"
)


def test_a_relation_gives_the_edge_that_it_names_under_the_same_conditions() -> None:
    specific = {("coalition:c", "aca:representsCategory", f"actor-type:{name}") for name in "ab"}
    general = {("coalition:c", "aca:memberCategory", f"actor-type:{name}") for name in "ab"}
    names = ("representsCategory", "memberCategory")
    assert edges(f"{RELATION} .", *names) == specific | general
    assert edges(f"{RELATION} . stmt:n aca:supersedes stmt:r .", *names) == set()
    assert edges(f"{RELATION} ; aca:endsNotAfter {day('2020-01-01')} .", *names) == set()
    assert edges(f"{RELATION} ; aca:startsNotBefore {day('2030-01-01')} .", *names) == set()
    undeclared = f"{RELATION} .".replace("representsCategory", "noSuchProperty")
    assert edges(undeclared, "noSuchProperty") == set()
    structure = (
        "stmt:r a aca:Relation ; aca:relationSubject coalition:c ; aca:relationProperty aca:chapterOf ;"
    )
    assert edges(f"{structure} aca:relationObject coalition:d .", "chapterOf") == {
        ("coalition:c", "aca:chapterOf", "coalition:d")
    }


def test_symmetric_and_inverse_properties_are_written_out() -> None:
    text = "agent:a aca:collaboratesWith agent:b ; aca:governs place:p . stmt:c aca:committedBy agent:a ."
    assert edges(text, "collaboratesWith", "governedBy", "hasCommitment", "about") == {
        ("agent:b", "aca:collaboratesWith", "agent:a"),
        ("place:p", "aca:governedBy", "agent:a"),
        ("agent:a", "aca:hasCommitment", "stmt:c"),
        ("stmt:c", "aca:about", "agent:a"),
    }


PLACES = """
place:shibuya a aca:Settlement ; aca:within place:tokyo .
place:tokyo a aca:FirstLevelDivision ; aca:within place:japan .
place:japan a aca:Country ; skos:exactMatch wd:Q17 .
agent:tokyo a aca:LocalGovernment ; aca:governs place:tokyo .
agent:japan a aca:NationalGovernment ; aca:governs place:japan .
agent:sony a aca:Business ; aca:locatedIn place:shibuya .
agent:nowhere a aca:Business .
"""


def test_places_and_agents_have_the_country_around_them() -> None:
    names = ("place:shibuya", "place:tokyo", "place:japan", "agent:tokyo", "agent:japan", "agent:sony")
    assert edges(PLACES, "country") == {(name, "aca:country", "place:japan") for name in names}
    assert edges(PLACES, "locatedIn") == {
        ("agent:sony", "aca:locatedIn", "place:tokyo"),
        ("agent:sony", "aca:locatedIn", "place:japan"),
    }
    matches = {row for row in derived(PLACES) if row[1] == "skos:closeMatch"}
    assert matches == {("agent:japan", "skos:closeMatch", "wd:Q17")}


def test_classes_types_and_labels_follow() -> None:
    text = "agent:b a aca:FinancialInstitution ; skos:prefLabel 'B'@en . goal:g a aca:TemperatureGoal ."
    found = derived(text)
    above = ("aca:Business", "aca:Organisation", "aca:Agent")
    assert {row for row in found if row[:2] == ("agent:b", "rdf:type")} == {
        ("agent:b", "rdf:type", name) for name in above
    }
    assert {row[2] for row in found if row[:2] == ("agent:b", "aca:actorType")} >= {
        "actor-type:business",
        "actor-type:financial-institution",
    }
    assert ("agent:b", "rdfs:label", "B") in found
    assert {row[2] for row in found if row[:2] == ("goal:g", "rdf:type")} == {"aca:Goal", "skos:Concept"}


def test_years_are_given_where_both_bounds_share_one() -> None:
    text = (
        f"event:f a aca:Founding ; aca:foundingOf coalition:c ; aca:notBefore {day('2018-07-01')} ;"
        f" aca:notAfter {day('2018-07-31')} ."
        f" event:g a aca:Founding ; aca:foundingOf coalition:d ; aca:notBefore {day('2018-07-01')} ;"
        f" aca:notAfter {day('2019-07-31')} ."
        f" stmt:m aca:startsNotBefore {day('2017-01-01')} ; aca:startsNotAfter {day('2017-12-31')} ;"
        f" aca:endsNotBefore {day('2019-01-01')} ."
    )
    assert edges(text, "founded", "foundedYear", "year", "startYear", "endYear") == {
        ("event:f", "aca:year", "2018"),
        ("coalition:c", "aca:founded", "2018-07-01T00:00:00Z"),
        ("coalition:c", "aca:foundedYear", "2018"),
        ("coalition:d", "aca:founded", "2018-07-01T00:00:00Z"),
        ("stmt:m", "aca:startYear", "2017"),
    }


SOURCES = f"""
source:old aca:notBefore {day("2018-08-01")} ; aca:notAfter {day("2018-08-31")} ; aca:dateText "2018-08" .
source:new aca:notBefore {day("2020-01-01")} ; aca:dateText "2020/.." .
evidence:old aca:inSource source:old . evidence:new aca:inSource source:new .
"""


def test_a_statement_is_dated_by_its_first_source_unless_it_dates_itself() -> None:
    text = SOURCES + (
        f"stmt:one a aca:NameUse ; aca:evidence evidence:new ."
        f"stmt:two a aca:NameUse ; aca:evidence evidence:new, evidence:old ."
        f"stmt:own a aca:NameUse ; aca:evidence evidence:new ; aca:asOfNotBefore {day('2019-01-01')} ."
    )
    assert edges(text, "asOfNotBefore", "asOfNotAfter", "asOfText") == {
        ("stmt:one", "aca:asOfNotBefore", "2020-01-01T00:00:00Z"),
        ("stmt:one", "aca:asOfText", "2020/.."),
        ("stmt:two", "aca:asOfNotBefore", "2018-08-01T00:00:00Z"),
        ("stmt:two", "aca:asOfNotAfter", "2018-08-31T00:00:00Z"),
        ("stmt:two", "aca:asOfText", "2018-08"),
    }
    assert {row for row in edges(text, "statedIn") if row[0] == "stmt:two"} == {
        ("stmt:two", "aca:statedIn", "source:old"),
        ("stmt:two", "aca:statedIn", "source:new"),
    }


def figure(name: str, begin: str, end: str = "", *, metric: str = "a", subject: str = "coalition:c") -> str:
    bounds = f"aca:asOfNotBefore {day(begin)}" + (f" ; aca:asOfNotAfter {day(end)}" if end else "")
    about = f"aca:figureSubject {subject} ; aca:metric metric:{metric} ; aca:unit qudt-unit:NUM"
    return f"stmt:{name} a aca:Figure ; {about} ; {bounds} .\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (figure("a", "2018-01-01", "2018-12-31") + figure("b", "2019-01-01", "2019-12-31"), {"b"}),
        (figure("a", "2019-01-01", "2019-12-31") + figure("b", "2019-01-01", "2019-01-31"), {"b"}),
        (figure("a", "2019-01-01") + figure("b", "2019-01-01", "2030-01-01"), {"b"}),
        (figure("b", "2019-01-01") + figure("a", "2019-01-01"), {"a"}),
        (figure("a", "2018-01-01") + figure("b", "2019-01-01") + "stmt:a aca:supersedes stmt:b .", {"a"}),
        (figure("a", "2018-01-01") + figure("b", "2019-01-01", metric="b"), {"a", "b"}),
        (figure("a", "2018-01-01") + figure("b", "2019-01-01", subject="coalition:d"), {"a", "b"}),
        (figure("a", "2018-01-01") + figure("b", "2019-01-01").replace("NUM", "PERCENT"), {"a", "b"}),
        (
            SOURCES + figure("a", "2019-01-01")
            + "stmt:b a aca:Figure ; aca:figureSubject coalition:c ; aca:metric metric:a ;"
            " aca:unit qudt-unit:NUM ; aca:evidence evidence:new .",
            {"b"},
        ),
    ],
)  # fmt: skip
def test_the_latest_figure_of_a_series(text: str, expected: set[str]) -> None:
    latest = {row[0] for row in derived(text) if row[1:] == ("rdf:type", "aca:LatestFigure")}
    assert latest == {f"stmt:{name}" for name in expected}


def closure_by_owlrl(quads: tuple[ox.Quad, ...]) -> set[tuple[str, str, str]]:
    """What owlrl adds by class and property axioms between named terms, within our namespace."""
    axioms = [PREFIXES["rdfs"] + name for name in ("subClassOf", "subPropertyOf")]
    below = {text_of(q.subject) for q in quads if q.predicate.value == axioms[1]}
    relevant = (*axioms, PREFIXES["rdf"] + "type")
    graph = rdflib.Graph()
    for quad in quads:
        plain = isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
        if plain and (quad.predicate.value in relevant or quad.predicate.value in below):
            # The types that make terms what they are would start the rest of OWL 2 RL.
            if quad.graph_name == ONTOLOGY and quad.predicate.value == relevant[2]:
                continue
            graph.add(tuple(rdflib.URIRef(text_of(t)) for t in (quad.subject, quad.predicate, quad.object)))  # type: ignore[arg-type]
    before = set(graph)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    added = {(str(s), str(p), str(o)) for s, p, o in set(graph) - before}
    ours = (ACA, PREFIXES["skos"] + "Concept")
    return {
        row for row in added if row[1].startswith(ACA) or (row[1] == relevant[2] and row[2].startswith(ours))
    }


def test_on_the_real_data_classes_and_superproperties_are_those_of_owlrl(tmp_path: Path) -> None:
    for name in ("10-superclass.rq", "30-superproperty.rq"):
        shutil.copy(RULES / name, tmp_path / name)
    stated = tuple(quad for quad in real().quads if not isinstance(quad.subject, ox.BlankNode))
    found = derive(stated, rules=tmp_path, as_of=TODAY)
    ours = {(text_of(q.subject), q.predicate.value, text_of(q.object)) for q in found}
    terms_of_ontology = {text_of(quad.subject) for quad in terms()}
    expected = closure_by_owlrl(stated)
    assert len(expected) > 1000
    assert {row for row in ours if row[0] not in terms_of_ontology} == {
        row for row in expected if row[0] not in terms_of_ontology
    }


def test_on_the_real_data_nothing_more_follows_from_what_was_derived() -> None:
    graph = real()
    found = derive(graph.dataset(), rules=RULES, as_of=TODAY)
    assert found == sorted(found, key=str)
    assert {quad.graph_name for quad in found} == {ox.NamedNode(graph_iri("derived"))}
    whole = graph.extended(found)
    assert derive(whole.dataset(), rules=RULES, as_of=TODAY) == []
    assert derive(graph.dataset(), rules=RULES, as_of=TODAY) == found


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_rules_say_why_and_run_in_order() -> None:
    rules = load_rules(RULES)
    assert [rule.name for rule in rules] == sorted(rule.name for rule in rules)
    assert all(len(rule.purpose) > 40 for rule in rules)


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        ("label.rq", "# why\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", None, "rename it"),
        ("10-label.rq", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", 1, "begin the rule with a comment"),
        ("10-label.rq", "# why\nCONSTRUCT { ?s ?p ?o }\nWHERE { ?s ?p }", 3, "is not SPARQL"),
        ("10-label.rq", "# why\nSELECT * WHERE { ?s ?p ?o }", None, "a rule is a CONSTRUCT query"),
        (
            "10-label.rq",
            "# why\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER (?o < ?asOf) }",
            None,
            r"\?asOf must be among the variables",
        ),
        (
            "10-grow.rq",
            "# why\nCONSTRUCT { ?s ?p ?more } WHERE { ?s ?p ?o BIND (CONCAT(STR(?o), 'x') AS ?more) }",
            None,
            "add triples without end",
        ),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(
    tmp_path: Path, name: str, text: str, line: int | None, message: str
) -> None:
    quads, _ = parse_text("<http://example.org/s> <http://example.org/p> 'o' .", path=None)
    with pytest.raises(SourceError, match=message) as caught:
        derive(quads, rules=write(tmp_path, name, text), as_of=TODAY)
    assert caught.value.path == tmp_path / name
    assert caught.value.line == line


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no rule"):
        load_rules(tmp_path)


def test_rules_of_one_number_run_together_and_later_ones_see_their_end(tmp_path: Path) -> None:
    prefix = "PREFIX : <http://example.org/>\n"
    write(tmp_path, "10-reach.rq", f"# why\n{prefix}CONSTRUCT {{ ?a :far ?c }} WHERE {{ ?a :far/:near ?c }}")
    write(tmp_path, "10-start.rq", f"# why\n{prefix}CONSTRUCT {{ ?a :far ?b }} WHERE {{ ?a :near ?b }}")
    last = "FILTER NOT EXISTS { ?a :far :d }"
    write(tmp_path, "20-not.rq", f"# why\n{prefix}CONSTRUCT {{ ?a a :Stuck }} WHERE {{ ?a :near ?b {last} }}")
    text = "@prefix : <http://example.org/> . :a :near :b . :b :near :c . :c :near :d . :x :near :y ."
    found = derive(parse_text(text, path=None)[0], rules=tmp_path, as_of=TODAY)
    short = {tuple(text_of(t).rpartition("/")[2] for t in (q.subject, q.predicate, q.object)) for q in found}
    far = {("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d"), ("x", "y")}
    assert {(s, o) for s, p, o in short if p == "far"} == far
    assert {s for s, _, o in short if o == "Stuck"} == {"x"}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("?s :p ?o", {"p"}),
        ("?s :p/:q|^:r ?o ; :t [ :u 1 ] . FILTER (?o IN (:v, :w))", {"p", "q", "r", "t", "u"}),
        ("?s a :C ; :p :q", {"http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "p"}),
        ("?s <x:p> ?o # :q ?r ?t\n", {"p"}),
        ("SELECT ?s ?o ?t { ?s :p ?o } GROUP BY ?s ?o ?t", {"p"}),
        ("VALUES (?s ?o ?t) { (:p :q :r) } ?s :p ?o FILTER NOT EXISTS { ?s :q+ ?o }", {"p", "q"}),
        ('?s :p "?a ?b ?c"@en, \'x\' . FILTER (?s != :q && !BOUND(?t))', {"p"}),
        ("?s :p* :o", {"p"}),
        ("?s :p* ?o", None),
        ("?s (:p|:q)? ?o", None),
        ("?s !:p ?o", None),
        ("?s ?p ?o", None),
        ("?s :p [ ?q 1 ]", None),
        ("?s :p ?o ; ?q ?r", None),
        ("?s :p ?o BIND (UUID() AS ?u)", None),
        ("GRAPH ?g { ?s :p ?o }", None),
        ("?s :p\\,q ?o", None),
    ],
)  # fmt: skip
def test_a_rule_depends_on_the_predicates_that_it_names(where: str, expected: set[str] | None) -> None:
    query = f"PREFIX : <x:>\nCONSTRUCT {{ ?s :given ?o }} WHERE {{ {where} }}"
    ox.Store().query(query)  # it is SPARQL
    found = predicates(query)
    assert (None if found is None else {name.removeprefix("x:") for name in found}) == expected


def test_what_is_derived_of_blank_nodes_is_said_of_these_and_ends(tmp_path: Path) -> None:
    (tmp_path / "10-next.rq").write_text(
        "# What is next to the next is next.\nPREFIX : <x:>\n"
        "CONSTRUCT { ?a :next ?c } WHERE { ?a :next/:next ?c }",
        encoding="utf-8",
    )
    nodes = [ox.BlankNode(f"n{number}") for number in range(4)]
    following = ox.NamedNode("x:next")
    quads = [ox.Quad(one, following, other) for one, other in pairwise(nodes)]
    derived = derive(quads, rules=tmp_path, as_of=TODAY)
    far = {(nodes[0], nodes[2]), (nodes[0], nodes[3]), (nodes[1], nodes[3])}
    assert {(quad.subject, quad.object) for quad in derived} == far


def test_rules_that_are_left_out_of_a_round_would_have_added_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    quads = [*real().quads, *parse_text(HEAD + f"{MEMBER} .", path=None)[0]]
    careful = derive(quads, rules=RULES, as_of=TODAY)
    runs: list[str] = []
    evaluate = closure._evaluated

    def counted(store: ox.Store, as_of: ox.Literal, folder: Path, rule: Rule) -> Path:
        runs.append(rule.name)
        return evaluate(store, as_of, folder, rule)

    monkeypatch.setattr(closure, "_evaluated", counted)
    assert derive(quads, rules=RULES, as_of=TODAY) == careful
    saved = len(runs)
    every = tuple(replace(rule, reads=None) for rule in load_rules(RULES))
    monkeypatch.setattr(closure, "load_rules", lambda _: every)
    assert derive(quads, rules=RULES, as_of=TODAY) == careful
    assert saved < len(runs) - saved


def test_what_is_handled_in_small_pieces_on_disk_is_derived_alike(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    quads = [*real().quads, *parse_text(HEAD + f"{MEMBER} .", path=None)[0]]
    expected = derive(quads, rules=RULES, as_of=TODAY)
    monkeypatch.setattr(closure, "_PIECE", 1_000)
    monkeypatch.setattr(closure, "_MANY", 10)
    store = ox.Store(tmp_path / "store")
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    copy = tmp_path / "derived.nt"
    closure.infer(store, rules=RULES, as_of=TODAY, scratch=tmp_path, copy=copy)
    found = set(store.quads_for_pattern(None, None, None, closure.DERIVED))
    blank = [quad for quad in found if isinstance(quad.subject, ox.BlankNode)]
    assert not blank
    assert found == set(expected)
    dump = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=closure.DERIVED)
    assert dump is not None
    assert sorted(copy.read_bytes().splitlines()) == sorted(dump.splitlines())
    assert {path.name for path in tmp_path.iterdir()} == {"store", "derived.nt"}

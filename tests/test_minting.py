"""Names of statements: what they depend on, what they do not, and when they are refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from acagraph.errors import SourceError
from acagraph.graph import mint_placeholders, parse_turtle, source_dates
from acagraph.vocab import PREFIXES, expand, slug
from turtle_files import HEAD, LINES

ROOT = Path(__file__).parent.parent
JCI, SONY = expand("coalition:jci"), expand("agent:sony")
MEMBER = "aca:participant agent:sony ; aca:inCoalition coalition:jci"
DATES = {expand("evidence:e"): "2018-08", expand("evidence:later"): "2020"}


def minted(body: str, **dates: str) -> str:
    text = mint_placeholders(HEAD + body, source_dates=DATES | dates, path=Path("a.ttl"))
    assert text.startswith(HEAD)
    return text[len(HEAD) :]


def name(body: str) -> str:
    """The name that the only placeholder of a text gets."""
    found = set(re.findall(r"stmt:([a-z2-7]{16})", minted(body)))
    assert len(found) == 1
    return str(found.pop())


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (f"stmt:new-x a aca:Membership ; {MEMBER} .", ("participation", SONY, JCI, "Membership", "1")),
        (
            f"stmt:new-x a aca:FoundingMembership ; {MEMBER} .",
            ("participation", SONY, JCI, "FoundingMembership", "1"),
        ),
        (
            f"stmt:new-x-spell-2 a aca:Membership ; {MEMBER} .",
            ("participation", SONY, JCI, "Membership", "2"),
        ),
        (
            "stmt:new-x a aca:Figure ; aca:figureSubject coalition:jci ; aca:metric metric:m ;"
            " aca:unit qudt-unit:NUM ; aca:value 38.0 ; aca:qualifier qualifier:about ;"
            " aca:asOfText '2018' .",
            (
                "figure", JCI, expand("metric:m"), expand("qudt-unit:NUM"), "38.0",
                expand("qualifier:about"), "2018",
            ),
        ),
        (
            "stmt:new-x a aca:EmissionReductionTarget, aca:NetZeroTarget ; aca:committedBy agent:sony ;"
            " aca:targetYear 2050 ; aca:targetBasis target-basis:base-year .",
            (
                "commitment", SONY, "EmissionReductionTarget+NetZeroTarget", "2050",
                expand("target-basis:base-year"), "1",
            ),
        ),
        (
            "stmt:new-end-coal-revision-3 a aca:AdvocacyPledge ; aca:committedBy agent:sony .",
            ("commitment", SONY, "AdvocacyPledge", "end-coal", "3"),
        ),
        (
            "stmt:new-x a aca:Relation ; aca:relationSubject coalition:jci ;"
            " aca:relationProperty aca:sector ; aca:relationObject sector:b, sector:a .",
            ("relation", JCI, expand("aca:sector"), f"{expand('sector:a')} {expand('sector:b')}"),
        ),
        (
            "stmt:new-why a aca:Relation ; aca:relationSubject coalition:jci ;"
            " aca:relationProperty aca:pursues ; aca:relationText 'x'@en .",
            ("relation", JCI, expand("aca:pursues"), "why"),
        ),
        (
            "stmt:new-x a aca:PositionHeld ; aca:holder person:p ; aca:positionIn agent:sony ;"
            " aca:positionTitle 'Mayor'@en .",
            ("position", expand("person:p"), SONY, "Mayor@en"),
        ),
        (
            "stmt:new-we-can a aca:Utterance ; aca:speaker person:p .",
            ("utterance", expand("person:p"), "we-can"),
        ),
        (
            "stmt:new-x a aca:NameUse ; aca:nameOf agent:sony ; aca:name 'Sony'@ja ;"
            " aca:nameType name-type:official .",
            ("name-use", SONY, "Sony@ja", expand("name-type:official")),
        ),
        (
            "stmt:new-x a aca:NationalContribution ; aca:contributionOf place:japan ; aca:startText '2021' .",
            ("national-contribution", expand("place:japan"), "2021"),
        ),
        (
            "stmt:new-x a aca:ListAbsence ; aca:absentAgent agent:sony ; aca:absentFrom coalition:jci ;"
            " aca:asOfText '2020' .",
            ("list-absence", SONY, JCI, "2020"),
        ),
        (
            "stmt:new-x a aca:NoTargetFound ; aca:noTargetOf agent:sony ; aca:asOfText '2022' .",
            ("no-target-found", SONY, "2022"),
        ),
    ],
)  # fmt: skip
def test_a_name_is_the_hash_of_the_identity_key(body: str, key: tuple[str, ...]) -> None:
    assert name(body) == slug(*key)


def test_source_words_and_labels_do_not_change_a_name() -> None:
    plain = name(f"stmt:new-x a aca:Membership ; {MEMBER} .")
    detail = "aca:evidence evidence:e ; aca:startText '2018' ; aca:verbatim 'Sony' ; skos:prefLabel 'x'@en"
    assert name(f"stmt:new-other-word a aca:Membership ; {MEMBER} ; {detail} .") == plain


def test_a_figure_without_its_own_date_has_that_of_its_earliest_source() -> None:
    figure = "stmt:new-x a aca:Figure ; aca:figureSubject coalition:jci ; aca:metric metric:m ; aca:value 1.0"
    key = ("figure", JCI, expand("metric:m"), "", "1.0", "", "source-date:2018-08")
    assert name(f"{figure} ; aca:evidence evidence:e .") == slug(*key)
    assert name(f"{figure} ; aca:evidence evidence:later, evidence:e .") == slug(*key)
    here = "evidence:e aca:inSource source:s . source:s aca:dateText '2018-08' ."
    text = mint_placeholders(f"{HEAD}{figure} ; aca:evidence evidence:e . {here}", source_dates={})
    assert f"stmt:{slug(*key)}" in text
    with pytest.raises(SourceError, match="its source no aca:dateText"):
        mint_placeholders(f"{HEAD}{figure} ; aca:evidence evidence:e .", source_dates={})


def test_all_else_stays_as_it_is_and_every_mention_is_replaced() -> None:
    iri = PREFIXES["stmt"] + "new-b"
    text = minted(
        f"# keep\nstmt:new-b   a aca:Membership ; {MEMBER} .\n"
        f"stmt:new-c a aca:LaunchSupport; {MEMBER} ; aca:supersedes <{iri}>,stmt:new-b ;"
        " aca:verbatim 'stmt:new-b'."
    )
    first = slug("participation", SONY, JCI, "Membership", "1")
    assert text == (
        f"# keep\nstmt:{first}   a aca:Membership ; {MEMBER} .\n"
        f"stmt:{slug('participation', SONY, JCI, 'LaunchSupport', '1')} a aca:LaunchSupport; {MEMBER} ;"
        f" aca:supersedes <{PREFIXES['stmt']}{first}>,stmt:{first} ;"
        " aca:verbatim 'stmt:new-b'."
    )
    assert minted(text) == text


def test_a_name_that_depends_on_another_new_name_is_minted_after_it() -> None:
    text = minted(
        "stmt:new-a a aca:Relation ; aca:relationSubject stmt:new-z ; aca:relationProperty aca:linksTo ;"
        f" aca:relationObject agent:b .\nstmt:new-z a aca:Membership ; {MEMBER} ."
    )
    inner = expand(f"stmt:{slug('participation', SONY, JCI, 'Membership', '1')}")
    assert f"stmt:{slug('relation', inner, expand('aca:linksTo'), expand('agent:b'))} a aca:Relation" in text


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("stmt:new-a a aca:Membership .", 1, "has no aca:participant, which is part of its identity; add it"),
        (f"\nstmt:new-a a aca:Club ; {MEMBER} .", 2, "has aca:Club, for which there is no identity key"),
        (f"stmt:new-a {MEMBER} .", 1, "has no class, for which"),
        ("agent:a aca:about stmt:new-a .", 1, "is used but not described in this file"),
        ("stmt:new-a a aca:Utterance .", 1, "has no aca:speaker or aca:utteredIn"),
        (
            f"stmt:new-a a aca:Membership ; {MEMBER} .\nstmt:new-b a aca:Membership ; {MEMBER} .",
            2,
            "stmt:new-b is the same statement as stmt:new-a; merge their evidence",
        ),
        (
            f"stmt:{slug('participation', SONY, JCI, 'Membership', '1')} a aca:Membership .\n"
            f"stmt:new-b a aca:Membership ; {MEMBER} .",
            2,
            "stmt:new-b is the same statement as stmt:",
        ),
    ],
)
def test_a_statement_without_a_key_or_with_a_taken_one_is_refused(body: str, line: int, message: str) -> None:
    with pytest.raises(SourceError, match=re.escape(message)) as caught:
        minted(body)
    assert caught.value.line == LINES + line
    assert caught.value.path == Path("a.ttl")


def test_the_sources_of_real_statements_have_dates_and_no_statement_waits_for_a_name() -> None:
    quads = [quad for file in (ROOT / "data").rglob("*.ttl") for quad in parse_turtle(file)[0]]
    dates = source_dates(quads)
    assert dates[expand("source:002")] == "2018-08"
    statements = {str(quad.subject) for quad in quads if str(quad.subject).startswith(f"<{PREFIXES['stmt']}")}
    assert statements
    assert all(re.fullmatch(rf"<{PREFIXES['stmt']}[a-z2-7]{{16}}>", statement) for statement in statements)

"""The actors that the data describes, as the matcher gets them; what people ruled; how well it matches."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from acagraph.errors import SourceError
from acagraph.reconciliation import Actor, Matcher, known_actors, read_rulings

ROOT = Path(__file__).parents[1]
REGISTERS = ROOT / "data" / "registers"

ACTORS = """\
actor,class,label,label_en,governs,acronym,isin,identifier,homepage
agent/test-1,LocalGovernment,Genève,,place/test-1,,,CH0001,
agent/test-2,Business,,Sony,,,JP3435000009,,
"""
PLACES = """\
place,class,label,label_en,label_ar,label_es,label_fr,label_ru,label_zh,within,latitude,longitude,unlocode,\
subdivision_code,alpha_2,alpha_3,m49,source
place/test-1,Settlement,Genève,,,,,,,place/test-2,46.2,6.15,CHGVA,,,,,
place/test-2,FirstLevelDivision,Genève,,,,,,,place/test-3,,,,CH-GE,,,,
place/test-3,Country,,Switzerland,,,,,,,,,,,CH,CHE,756,
"""
FIGURES = """\
statement,subject,metric,value,unit,qualifier,reference_area,as_of_not_before,as_of_not_after,as_of_text,evidence
a,place/test-1,inhabitants,201741.0,http://qudt.org/vocab/unit/NUM,,,,2020-12-31T23:59:59Z,2020,e
b,place/test-1,inhabitants,191360.0,http://qudt.org/vocab/unit/NUM,,,,2010-12-31T23:59:59Z,2010,e
"""
NAMES = "thing,alt,alt_en,pref_ar,pref_es,pref_fr,pref_ru,pref_zh\nplace/test-1,,Geneva,,Ginebra,,,\n"
RELATIONS = "statement,subject,property,object,concept,evidence\nc,agent/test-2,country,place/test-3,,e\n"

CURATED = """\
@prefix aca: <https://w3id.org/acagraph/ontology#> .
@prefix agent: <https://w3id.org/acagraph/id/agent/> .
@prefix place: <https://w3id.org/acagraph/id/place/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
agent:kyocera a aca:Business ; skos:prefLabel "京セラ"@ja .
agent:bern a aca:LocalGovernment, aca:RegionalGovernment ;
    skos:altLabel "Bärn"@gsw ; skos:prefLabel "Berne"@fr, "Bern"@en ; aca:governs place:bern .
place:bern aca:within place:switzerland .
place:switzerland aca:iso3166Alpha2 "CH" .
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "x.ttl").write_text("", encoding="utf-8")
    folder = tmp_path / "data" / "registers" / "test"
    folder.mkdir(parents=True)
    info = (ROOT / "data" / "dataset.toml").read_text(encoding="utf-8")
    (tmp_path / "data" / "dataset.toml").write_text(info, encoding="utf-8")
    (tmp_path / "data" / "curated.ttl").write_text(CURATED, encoding="utf-8")
    tables = {
        "actors-ch": ACTORS,
        "places": PLACES,
        "figures": FIGURES,
        "names": NAMES,
        "relations": RELATIONS,
    }
    for name, content in tables.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return tmp_path


def test_what_is_known_of_the_actors_of_a_register(project: Path) -> None:
    known = {actor.thing: actor for actor in known_actors(project, registers=["test"])}
    assert known["agent/test-1"] == Actor(
        "agent/test-1",
        ("Genève", "Ginebra", "Geneva"),
        "LocalGovernment",
        "CH",
        frozenset({"test:CH0001"}),
        (46.2, 6.15),
        201_741,
    )
    assert known["agent/test-2"].country == "CH"
    assert known["agent/test-2"].identifiers == {"isin:JP3435000009"}


def test_what_is_known_of_curated_actors(project: Path) -> None:
    known = known_actors(project, registers=[])
    assert [actor.thing for actor in known] == ["agent/bern", "agent/bern", "agent/kyocera"]
    assert {actor.kind for actor in known[:2]} == {"LocalGovernment", "RegionalGovernment"}
    assert known[0].names == ("Bern", "Berne", "Bärn")
    assert known[0].country == "CH"
    # The slug is the name in Latin letters.
    assert known[2].names == ("京セラ", "kyocera")


@pytest.mark.parametrize(
    ("table", "content", "line", "message"),
    [
        ("actors-ch.csv", "actor,class\n", 1, "has no column label and no column label_en"),
        ("places.csv", PLACES.replace("46.2", "north"), 2, "could not convert string to float: 'north'"),
        ("actors-ch.csv", ACTORS.replace(",,Sony", ',,"So"ny'), 3, "close the quotation mark"),
    ],
)
def test_faults_of_tables_are_told_with_their_line(
    project: Path, table: str, content: str, line: int, message: str
) -> None:
    path = project / "data" / "registers" / "test" / table
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=message) as caught:
        known_actors(project, registers=["test"])
    assert (caught.value.path, caught.value.line) == (path, line)


def test_a_register_that_is_not_there(project: Path) -> None:
    with pytest.raises(SourceError, match="no such register"):
        known_actors(project, registers=["elsewhere"])


def test_the_curated_data() -> None:
    known = {(actor.thing, actor.kind): actor for actor in known_actors(ROOT, registers=[])}
    city = known["agent/cape-town-government", "LocalGovernment"]
    assert ("Cape Town" in city.names, city.country) == (True, "ZA")
    assert "iso3166-2:US-CA" in known["agent/california-government", "RegionalGovernment"].identifiers
    assert "iso3166-1:JP" in known["agent/japan-government", "NationalGovernment"].identifiers
    assert "lei:969500KMUQ2B6CBAF162" in known["agent/danone", "Business"].identifiers
    assert ("agent/tokyo-metropolitan-government", "RegionalGovernment") in known


def test_rulings(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    assert not read_rulings(path).same
    path.write_text(
        "record,name,candidate,decision\n"
        'r-1,"Lille, France",agent/lille,same\n'
        "r-2,Padua,agent/padula,different\n"
        "r-2,Padua,agent/padova,same\n"
        "r-3,Bergamo,agent/bergamo,\n",
        encoding="utf-8",
    )
    rulings = read_rulings(path)
    assert rulings.same == {"r-1": "agent/lille", "r-2": "agent/padova"}
    assert rulings.different == {"r-2": {"agent/padula"}}


@pytest.mark.parametrize(
    ("rows", "line", "message"),
    [
        ("r-1,agent/a,perhaps\n", 2, 'decision "perhaps" is not known'),
        ("r-1,agent/a,same\nr-1,agent/b,same\n", 3, "is the same as agent/a already"),
        ("r-1,agent/a,same\nr-1,agent/a,different\n", 3, "the same in one row and different in another"),
        ("r-1,agent/a,different\nr-1,agent/a,same\n", 3, "the same in one row and different in another"),
    ],
)
def test_rulings_that_make_no_sense(tmp_path: Path, rows: str, line: int, message: str) -> None:
    path = tmp_path / "review.csv"
    path.write_text("record,candidate,decision\n" + rows, encoding="utf-8")
    with pytest.raises(SourceError, match=message) as caught:
        read_rulings(path)
    assert caught.value.line == line


def test_rulings_need_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "review.csv"
    path.write_text("record,decision\n", encoding="utf-8")
    with pytest.raises(SourceError, match="has no column candidate"):
        read_rulings(path)


@pytest.fixture(scope="module")
def towns() -> list[Actor]:
    if not (REGISTERS / "jrc-covenant").is_dir():
        pytest.skip("data/registers/jrc-covenant is not imported")
    known = known_actors(ROOT, registers=["jrc-covenant"])
    found = [actor for actor in known if actor.kind == "LocalGovernment" and "jrc-covenant" in actor.thing]
    assert len(found) > 11_000
    return found


def test_towns_that_are_not_known_are_not_taken_for_others(towns: list[Actor]) -> None:
    """Half of the register is asked for in the other half, by name and country alone."""
    rng = random.Random(7)
    half = set(rng.sample(range(len(towns)), len(towns) // 2))
    known = {towns[place].thing: towns[place] for place in sorted(half)}
    asked = [actor for place, actor in enumerate(towns) if place not in half]
    queries = [replace(actor, identifiers=frozenset(), position=None, population=None) for actor in asked]
    wrong = []
    for actor, decision in zip(asked, Matcher(known.values()).match_all(queries), strict=True):
        if decision.verdict == "same" and decision.thing is not None:
            other = known[decision.thing]
            # The register has many a town twice: with the same population, or at the same place.
            ratio = (actor.population or 1) / (other.population or 1)
            if not (0.5 < ratio < 2 or (actor.position and actor.position == other.position)):
                wrong.append((actor.names, other.names, actor.country))
    assert len(wrong) <= len(asked) // 1000, wrong


def test_towns_are_found_by_variants_of_their_names(towns: list[Actor]) -> None:
    """Written in capitals, without accents, with a designator, in lower case, or with one letter left out."""
    rng = random.Random(11)
    matcher = Matcher(towns)
    asked = rng.sample(towns, 3_000)
    answers = [
        matcher.match(Actor("record", (_variant(actor.names[0], rng),), actor.kind, actor.country))
        for actor in asked
    ]
    same = [(a.thing, b.thing) for a, b in zip(asked, answers, strict=True) if b.verdict == "same"]
    right = sum(one == other for one, other in same) / len(same)
    found = sum(a.thing == b.thing for a, b in zip(asked, answers, strict=True)) / len(asked)
    print(f"{len(same)} of {len(asked)} merged, {right:.2%} of them rightly; {found:.2%} found at all")
    assert right >= 0.995
    pytest.importorskip("rapidfuzz")
    assert found >= 0.95


def _variant(name: str, rng: random.Random) -> str:
    kind = rng.randrange(5)
    if kind == 0:
        return name.upper()
    if kind == 1:
        return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    if kind == 2:
        return f"Municipality of {name}"
    if kind == 3:
        return name.lower().replace("-", " ")
    place = rng.randrange(1, len(name))
    return name[:place] + name[place + 1 :]

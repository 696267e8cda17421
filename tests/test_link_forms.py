"""The datasets that links lead to: forms of identifiers, check digits, and checks that know the same ones."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acagraph.links.checksums import isni_check, lei_check, ror_check
from acagraph.links.forms import FORMS, Form, form_named, form_of

from published import ROOT

CHECKS = ROOT / "queries" / "checks"
NAMED = [form for form in FORMS if form.name != "wikidata-page"]
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
ALPHABETS = {"isni": "0123456789X", "lei": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ror": CROCKFORD}
ISNI = st.text("0123456789", min_size=15, max_size=15).map(lambda text: text + isni_check(text))
LEI = st.text(ALPHABETS["lei"], min_size=18, max_size=18).map(lambda text: text + lei_check(text))
ROR = st.text(CROCKFORD, min_size=6, max_size=6).map(lambda text: f"0{text}" + ror_check(f"0{text}"))
MADE = st.one_of(*(st.tuples(st.just(n), s) for n, s in (("isni", ISNI), ("lei", LEI), ("ror", ROR))))


def wrong(name: str, identifier: str) -> bool:
    form = form_named(name)
    return form.check(form.iri(identifier)) is not None


# Published identifiers: of the files that data/links names, and the examples of the three schemes.
@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("isni", "000000012146438X"),
        ("isni", "0000000121138154"),
        ("isni", "0000000406393060"),
        ("lei", "254900GE1G59KGWPHX32"),
        ("lei", "ZXTILKJKG63JELOEG630"),
        ("lei", "INR2EJN1ERAN0W5ZP974"),
        ("ror", "029efta16"),
        ("ror", "04wzv3n59"),
        ("ror", "00njsd438"),
    ],
)
def test_check_digits_of_published_identifiers_are_right(name: str, identifier: str) -> None:
    assert not wrong(name, identifier)
    assert wrong(name, identifier[:-1] + ("0" if identifier[-1] != "0" else "1"))


@given(MADE, st.data())
def test_every_wrong_character_is_caught(made: tuple[str, str], data: st.DataObject) -> None:
    name, identifier = made
    assert not wrong(name, identifier)
    place = data.draw(st.integers(0, len(identifier) - 1))
    others = set(ALPHABETS[name]) - {identifier[place]}
    if name == "lei":  # a letter is two digits there (ISO 7064): in place of a digit it may go unnoticed
        others = {one for one in others if one.isdigit() == identifier[place].isdigit()}
    other = data.draw(st.sampled_from(sorted(others)))
    assert wrong(name, identifier[:place] + other + identifier[place + 1 :])


@given(MADE, st.data())
def test_every_exchange_of_neighbours_is_caught(made: tuple[str, str], data: st.DataObject) -> None:
    name, identifier = made
    place = data.draw(st.integers(0, len(identifier) - 2))
    one, two = identifier[place], identifier[place + 1]
    exchanged = identifier[:place] + two + one + identifier[place + 2 :]
    # A letter counts as two digits: 3X and X3 are both 333.
    same = f"{int(one, 36)}{int(two, 36)}" == f"{int(two, 36)}{int(one, 36)}"
    assert wrong(name, exchanged) or same


def test_what_is_wrong_is_said() -> None:
    isni = form_named("isni")
    assert isni.check("https://isni.org/isni/0000000121138155") == (
        "<https://isni.org/isni/0000000121138155> has wrong check digits, 4 would be right; correct it"
    )
    said = isni.check("https://isni.org/isni/0000 0001 2113 8154")
    assert said is not None
    assert "is not of the form of isni, such as 0000000121463854" in said


@pytest.mark.parametrize("form", NAMED, ids=lambda form: form.name)
def test_the_example_of_a_form_is_right_and_comes_back(form: Form) -> None:
    iri = form.iri(form.example)
    assert form_of(iri) is form
    assert form.check(iri) is None
    assert form.identifier(iri) == form.example
    assert form.check(iri + " x") is not None


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("https://www.wikidata.org/wiki/Q42", "wikidata-page"),
        ("http://www.wikidata.org/entity/P31", "wikidata"),
        ("http://www.wikidata.org/entity/Q042", "wikidata"),
        ("https://sws.geonames.org/1850144", "geonames"),
        ("https://www.openstreetmap.org/relation/0", "osm"),
        ("https://www.openstreetmap.org/changeset/1", "osm"),
        ("https://vocabulary.uncefact.org/unlocode#JPY0K", "unlocode"),
        ("http://publications.europa.eu/resource/authority/country/JP", "iso3166-1"),
        ("http://metadata.un.org/sdg/18", "sdg"),
        ("http://metadata.un.org/sdg/13.e", "sdg"),
        ("https://ror.org/129efta16", "ror"),
        ("https://ror.org/02iefta16", "ror"),
        ("http://dbpedia.org/page/Tokyo", "dbpedia"),
    ],
)
def test_an_address_that_is_no_entry_is_wrong(iri: str, name: str) -> None:
    form = form_of(iri)
    assert form is not None
    assert form.name == name
    assert form.check(iri) is not None


def test_of_a_dataset_that_is_not_known_there_is_no_form() -> None:
    assert form_of("https://example.org/a") is None


# The checks in SPARQL


def rows(check: str) -> list[tuple[str, str]]:
    """Return the two texts of each line of a VALUES block."""
    text = (CHECKS / f"{check}.rq").read_text(encoding="utf-8")
    found = re.findall(r'^    \("(.*)" "(.*)"\)$', text, re.MULTILINE)
    return [(one, two.replace("\\\\", "\\")) for one, two in found]


@pytest.mark.parametrize("check", ["40-link-form", "40-link-registered"])
def test_the_checks_know_the_forms_of_the_code(check: str) -> None:
    assert rows(check) == [(form.start, form.pattern) for form in FORMS]


def test_the_check_of_kinds_knows_those_of_the_code() -> None:
    base = "https://w3id.org/acagraph/"
    found = dict(rows("74-link-kind"))
    assert list(found) == [form.start for form in FORMS if form.kinds]
    every = {name: f"{base}id/{name}/x" for name in ("agent", "coalition", "person", "place", "document")}
    every["goal"] = f"{base}scheme/goal/x"
    for form in FORMS:
        if form.kinds:
            fitting = {name for name, iri in every.items() if re.search(found[form.start], iri)}
            assert fitting == form.kinds, form.name


def test_what_the_checks_take_for_right_python_takes_for_right_too() -> None:
    """REGEX of SPARQL finds a pattern anywhere, so that each has both its anchors."""
    for form in FORMS:
        assert form.pattern.startswith("^http")
        assert form.pattern.endswith("$")
        assert form.name == "wikidata-page" or form.namespace.startswith(form.start)

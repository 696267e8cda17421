"""Sets of mappings written as SSSOM: nothing is lost, same set same bytes, and the sssom package agrees."""

from __future__ import annotations

import importlib.resources
import importlib.util
import random
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from acagraph.errors import SourceError
from acagraph.links import CANDIDATE, Extension, Mapping, MappingSet, read_set, write_set
from acagraph.links.collection import set_paths
from acagraph.links.model import CANDIDATES, DISTANCE, STATUS, STATUSES, text_of_values, values_of
from acagraph.links.slots import JUSTIFICATIONS, MAPPING, PROPAGATED, RELATIONS, SET, SEVERAL, WORDS
from acagraph.vocab import PREFIXES, XSD, expand

from published import ROOT

EXAMPLE = {"ex": "https://example.org/", "deep": "https://example.org/deep/"}
LAID_OUT = """\
#curie_map:
#  aca: https://w3id.org/acagraph/ontology#
#  adms: http://www.w3.org/ns/adms#
#  geonames: https://sws.geonames.org/
#  link-status: https://w3id.org/acagraph/scheme/link-status/
#  linkml: https://w3id.org/linkml/
#  orcid: https://orcid.org/
#  place: https://w3id.org/acagraph/id/place/
#  wikidata: http://www.wikidata.org/entity/
#  xsd: http://www.w3.org/2001/XMLSchema#
#sssom_version: "1.1"
#mapping_set_id: https://example.org/set
#mapping_set_version: "2026"
#mapping_set_title: "Links: some"
#creator_id:
#  - orcid:0000-0002-1825-0097
#license: https://example.org/licence
#mapping_tool: a tool
#mapping_date: 2026-11-22
#extension_definitions:
#  - slot_name: link_status
#    property: adms:status
#    type_hint: linkml:uriOrCurie
#  - slot_name: distance_km
#    property: aca:distanceKm
#    type_hint: xsd:decimal
subject_id\tsubject_label\tpredicate_id\tobject_id\tmapping_justification\tauthor_label\tconfidence\tcomment\tlink_status\tdistance_km
place:japan\tJapan\tskos:exactMatch\twikidata:Q17\tsemapv:LexicalMatching\tA|B \\| C\t0.123\t\tlink-status:conflict\t
place:tokyo\t\tskos:closeMatch\tgeonames:1850144/\tsemapv:LexicalMatching\t\t1\t"A ""quoted"" word"\t\t0.25
"""  # noqa: E501


def made(tmp_path: Path) -> MappingSet:
    shared = {"mapping_tool": "a tool", "mapping_date": "2026-11-22"}
    tokyo, japan = expand("place:tokyo"), expand("place:japan")
    why = expand("semapv:LexicalMatching")
    slots = {"confidence": "1.0", "comment": 'A "quoted" word', "distance_km": "0.250"}
    told = {"subject_label": "Japan", "confidence": "0.1234", "author_label": r"A|B \| C"}
    conflict = {"link_status": STATUSES + "conflict"}
    return MappingSet(
        path=tmp_path / CANDIDATES / "x.sssom.tsv",
        metadata={
            "license": "https://example.org/licence",
            "creator_id": "https://orcid.org/0000-0002-1825-0097",
            "mapping_set_version": "2026",
            "mapping_set_title": "Links: some",
            "mapping_set_id": "https://example.org/set",
            "sssom_version": "1.1",
        },
        prefixes={"unused": "https://example.org/unused/", "orcid": "https://orcid.org/"},
        mappings=(
            Mapping(
                tokyo,
                expand("skos:closeMatch"),
                "https://sws.geonames.org/1850144/",
                why,
                {**slots, **shared},
            ),
            Mapping(japan, expand("skos:exactMatch"), expand("wd:Q17"), why, {**told, **shared, **conflict}),
        ),
        extensions=(DISTANCE, STATUS, Extension("unused", "https://example.org/unused")),
        status=CANDIDATE,
    )


def test_a_set_is_laid_out_canonically(tmp_path: Path) -> None:
    """SSSOM 1.1, "Canonical SSSOM/TSV format": order, quotes, three digits, shared slots, used prefixes."""
    assert write_set(made(tmp_path)).decode() == LAID_OUT


def test_a_laid_out_set_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / CANDIDATES / "x.sssom.tsv"
    path.parent.mkdir()
    path.write_bytes(LAID_OUT.encode())
    found = read_set(path)
    assert [found.standing(each) for each in found.mappings] == ["conflict", "candidate"]
    assert found.mappings[0].slots["mapping_date"] == "2026-11-22"
    assert "mapping_date" not in found.metadata
    assert write_set(found) == LAID_OUT.encode()


def test_what_a_set_says_for_all_can_be_left_where_it_is(tmp_path: Path) -> None:
    text = write_set(made(tmp_path), condense=False).decode()
    assert "#mapping_tool" not in text
    assert "\tmapping_tool\tmapping_date\t" in text


def test_what_one_mapping_says_otherwise_is_not_said_for_all(tmp_path: Path) -> None:
    found = made(tmp_path)
    first, second = found.mappings
    other = replace(first, slots={**first.slots, "mapping_date": "2026-01-31"})
    text = write_set(replace(found, mappings=(other, second))).decode()
    assert "#mapping_date" not in text
    assert text.count("2026-01-31") == text.count("2026-11-22") == 1
    # A set that says something else keeps it: it holds for none of them then.
    kept = replace(found, metadata={**found.metadata, "mapping_tool": "another"})
    text = write_set(kept).decode()
    assert "#mapping_tool: another\n" in text
    assert text.count("\ta tool\t") == 2


def test_an_address_without_prefix_is_refused(tmp_path: Path) -> None:
    found = made(tmp_path)
    far = replace(found.mappings[0], object="https://example.com/x")
    with pytest.raises(SourceError, match=r"no prefix for <https://example\.com/x>; declare its"):
        write_set(replace(found, mappings=(far,)))


# Any set

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters='\t\n"#:|\\')
TEXT = st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool)
PART = TEXT.map(lambda text: text.rstrip("\\")).filter(bool)
LOCAL = st.text("abcXYZ019-_.", min_size=1, max_size=6)
ENTITY = st.builds(str.__add__, st.sampled_from(sorted(EXAMPLE.values())), LOCAL)
SHARE = st.integers(0, 1000).map(lambda number: f"{number / 1000:.3f}".rstrip("0").rstrip("."))
VALUES = {
    "entity": ENTITY,
    "iri": ENTITY,
    "text": TEXT,
    "date": st.dates().map(str),
    "share": SHARE,
    "agreement": st.builds(str.__add__, st.sampled_from(["", "-"]), SHARE).filter(lambda text: text != "-0"),
    **{kind: st.sampled_from(sorted(words)) for kind, words in WORDS.items()},
}
SEVERAL_PARTS = {"entities": ENTITY, "iris": ENTITY, "texts": PART}
KEPT = {name: kind for name, kind in MAPPING.items() if name not in ("record_id", "review_date")}


def values(kind: str) -> st.SearchStrategy[str]:
    if kind in SEVERAL:
        return st.lists(SEVERAL_PARTS[kind], min_size=1, max_size=3).map(text_of_values)
    return VALUES[kind]


def slots(kinds: dict[str, str]) -> st.SearchStrategy[dict[str, str]]:
    return st.lists(st.sampled_from(sorted(kinds)), max_size=4, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: values(kinds[name]) for name in names})
    )


OTHERS = {
    name: kind for name, kind in KEPT.items() if name not in ("subject_id", "predicate_id", "object_id")
} | {"ex_note": "text", "ex_thing": "entity"}
OTHERS.pop("mapping_justification")
MAPPINGS = st.builds(
    Mapping,
    ENTITY,
    st.sampled_from(RELATIONS).map(lambda name: PREFIXES["skos"] + name),
    ENTITY,
    st.sampled_from(JUSTIFICATIONS).map(lambda name: PREFIXES["semapv"] + name),
    slots(OTHERS),
)
METADATA = slots({name: kind for name, kind in SET.items() if name not in PROPAGATED}).map(
    lambda told: {**told, "mapping_set_id": "https://example.org/s", "license": "https://example.org/l"}
)
EXTENSIONS = (
    Extension("ex_note", "https://example.org/note", XSD + "string"),
    Extension("ex_thing", "https://example.org/thing", STATUS.type_hint),
)
SETS = st.builds(
    lambda metadata, mappings: MappingSet(
        Path("candidates/x.sssom.tsv"), metadata, EXAMPLE, tuple(mappings), EXTENSIONS, CANDIDATE
    ),
    METADATA,
    st.lists(MAPPINGS, max_size=4, unique_by=lambda each: (each.subject, each.predicate, each.object)),
)


def written(found: MappingSet, folder: Path) -> MappingSet:
    """Write a set and read it again."""
    path = folder / CANDIDATES / "x.sssom.tsv"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(write_set(found))
    return read_set(path)


@given(SETS, st.randoms(use_true_random=False))
def test_any_set_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, found: MappingSet, chance: random.Random
) -> None:
    again = written(found, tmp_path_factory.getbasetemp())
    assert again.metadata == found.metadata
    assert {replace(each, line=None).record: each.slots for each in again.mappings} == {
        each.record: each.slots for each in found.mappings
    }
    assert {(each.record, each.justification) for each in again.mappings} == {
        (each.record, each.justification) for each in found.mappings
    }
    assert write_set(again) == write_set(found)
    shuffled = chance.sample(found.mappings, len(found.mappings))
    assert write_set(replace(found, mappings=tuple(shuffled))) == write_set(found)


@given(st.lists(PART, min_size=1))
def test_several_values_are_divided_where_they_were_joined(parts: list[str]) -> None:
    assert list(values_of(text_of_values(parts))) == parts


# The package of the standard


@pytest.mark.filterwarnings("ignore")  # of what it is built on
def test_the_package_of_the_standard_reads_what_we_write(tmp_path: Path) -> None:
    if importlib.util.find_spec("sssom") is None:
        pytest.skip("sssom is not installed")
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    path = tmp_path / "x.sssom.tsv"
    path.write_bytes(LAID_OUT.encode())
    found = parse_sssom_table(str(path))
    reports = validate(found, fail_on_error=False)
    assert [result.message for report in reports.values() for result in report.results] == []
    rows = found.df.to_dict("records")
    assert [row["subject_id"] for row in rows] == ["place:japan", "place:tokyo"]
    assert rows[1]["comment"] == 'A "quoted" word'
    assert rows[0]["mapping_tool"] == "a tool"


PUBLISHED = [
    pytest.param(path, marks=[pytest.mark.exhaustive] if path.name.startswith("covenant") else [])
    for path in set_paths(ROOT)
]


@pytest.mark.filterwarnings("ignore")  # of what it is built on
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_package_of_the_standard_reads_what_is_published(path: Path) -> None:
    if importlib.util.find_spec("sssom") is None:
        pytest.skip("sssom is not installed")
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    found = parse_sssom_table(str(path))
    reports = validate(found, fail_on_error=False)
    assert [result.message for report in reports.values() for result in report.results] == []
    assert len(found.df) == len(read_set(path).mappings)


ENUMS = {
    "modifier": "predicate_modifier",
    "cardinality": "mapping_cardinality",
    "version": "sssom_version",
    "type": "entity_type",
}


def test_the_slots_are_those_of_the_standard_in_its_order() -> None:
    if importlib.util.find_spec("sssom_schema") is None:
        pytest.skip("sssom is not installed")
    path = importlib.resources.files("sssom_schema") / "schema" / "sssom_schema.yaml"
    schema = yaml.safe_load(path.read_text(encoding="utf-8"))
    apart = {"curie_map", "mappings", "extension_definitions"}
    assert list(MAPPING) == schema["classes"]["mapping"]["slots"]
    assert list(SET) == [name for name in schema["classes"]["mapping set"]["slots"] if name not in apart]
    propagated = {
        name for name, said in schema["slots"].items() if said.get("annotations", {}).get("propagated")
    }
    assert {*PROPAGATED} == propagated
    several = {name for name, kind in {**SET, **MAPPING}.items() if kind in SEVERAL}
    assert several == {name for name in {**SET, **MAPPING} if schema["slots"][name].get("multivalued")}
    for kind, words in WORDS.items():
        name = {
            "modifier": "predicate_modifier",
            "cardinality": "mapping_cardinality",
            "version": "sssom_version",
        }
        enum = schema["enums"][f"{name.get(kind, 'entity_type')}_enum"]["permissible_values"]
        assert list(words) == list(enum)
        for word, meaning in words.items():
            told = (enum[word] or {}).get("meaning")
            assert meaning == (expand(told) if told else "")

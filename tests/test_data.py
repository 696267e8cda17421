"""The curated data as code under test: every fact is accounted for, every quotation fits its source."""

from __future__ import annotations

import csv
import hashlib
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from acagraph.vocab import ACA, PREFIXES, expand

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data"
TEXTS = Path(os.environ.get("ACAGRAPH_SOURCES", ROOT.parent / "shared" / "sources"))
RDF_TYPE = PREFIXES["rdf"] + "type"


@cache
def store() -> ox.Store:
    """Return all curated Turtle in one store."""
    result = ox.Store()
    for path in sorted(DATA.rglob("*.ttl")):
        result.bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)
    return result


def rows(where: str, *names: str) -> list[tuple[str, ...]]:
    """Return the string values of a SELECT over the curated data."""
    prefixes = "".join(f"PREFIX {p}: <{n}>\n" for p, n in PREFIXES.items())
    variables = " ".join(f"?{name}" for name in names)
    found = store().query(f"{prefixes} SELECT DISTINCT {variables} WHERE {{ {where} }}")
    assert isinstance(found, ox.QuerySolutions)
    return [tuple("" if row[name] is None else row[name].value for name in names) for row in found]


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file in data/."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def evidence() -> dict[str, set[tuple[str, int, int, str]]]:
    """Return source, start, end and hash of the quotations of each thing that carries evidence."""
    where = """?thing aca:evidence ?e . ?e aca:inSource ?source ; aca:startOffset ?start ;
        aca:endOffset ?end ; aca:quoteHash ?hash ."""
    result: dict[str, set[tuple[str, int, int, str]]] = {}
    for thing, source, start, end, digest in rows(where, "thing", "source", "start", "end", "hash"):
        result.setdefault(thing, set()).add((source, int(start), int(end), digest))
    return result


def test_each_of_the_552_facts_is_accounted_for() -> None:
    facts = table("coverage.csv")
    assert len(facts) == len({row["fact"] for row in facts}) == 552
    unexplained = [row["fact"] for row in facts if not row["carried_by"] and not row["reason"]]
    assert not unexplained


def test_the_carriers_of_each_fact_exist_and_their_evidence_is_the_span_of_the_fact() -> None:
    known = evidence()
    described = {subject for (subject,) in rows("?s ?p ?o", "s")}
    wrong = []
    for row in table("coverage.csv"):
        span = (expand(row["source"]), int(row["start"]), int(row["end"]), row["sha256"])
        for carrier in map(expand, row["carried_by"].split()):
            if carrier not in described or (not row["reason"] and span not in known.get(carrier, ())):
                wrong.append((row["fact"], carrier))
    assert not wrong


def texts() -> Iterator[tuple[str, str]]:
    for path in sorted(TEXTS.glob("[0-9][0-9][0-9]_*.txt")):
        yield path.name[:3], path.read_text(encoding="utf-8")


@pytest.mark.skipif(not TEXTS.is_dir(), reason="the texts of the five documents are not at hand")
def test_each_hash_is_that_of_the_span_in_the_text_of_the_source() -> None:
    where = """?e aca:inSource ?source ; aca:startOffset ?a ; aca:endOffset ?b ; aca:quoteHash ?hash .
        OPTIONAL { ?e aca:exactQuote ?quote }"""
    quotations = rows(where, "e", "source", "a", "b", "hash", "quote")
    by_source = {PREFIXES["source"] + name: text for name, text in texts()}
    assert len(by_source) == 5
    for name, source, start, end, digest, quote in quotations:
        span = by_source[source][int(start) : int(end)]
        assert hashlib.sha256(span.encode()).hexdigest() == digest, name
        assert quote in ("", span), name


@pytest.mark.skipif(not TEXTS.is_dir(), reason="the texts of the five documents are not at hand")
def test_no_long_passage_of_a_source_stands_in_the_project() -> None:
    def words(text: str) -> list[str]:
        return text.lower().split()

    passages = {
        tuple(found[i : i + 13])
        for _, text in texts()
        for found in [words(text)]
        for i in range(len(found) - 12)
    }
    for path in [*DATA.rglob("*.ttl"), *(ROOT / "ontology").rglob("*.ttl")]:
        for line in path.read_text(encoding="utf-8").splitlines():
            found = words(line)
            copied = [
                found[i : i + 13] for i in range(len(found) - 12) if tuple(found[i : i + 13]) in passages
            ]
            assert not copied or "skos:prefLabel" in line, f"{path.name}: {line.strip()}"


def test_a_stored_quote_is_a_name_or_short_phrase() -> None:
    for name, quote, digest in rows("?e aca:exactQuote ?q ; aca:quoteHash ?h", "e", "q", "h"):
        assert len(quote.split()) <= 12, name
        assert hashlib.sha256(quote.encode()).hexdigest() == digest, name


def test_the_147_page_memberships_and_the_dated_totals_are_in() -> None:
    known = {thing: {source} for thing, source in rows("?t aca:evidence/aca:inSource ?s", "t", "s")}
    for thing, source in rows("?t aca:evidence/aca:inSource ?s", "t", "s"):
        known[thing].add(source)
    found = table("coverage-pages.csv")
    assert len([row for row in found if row["relation"] != "dated total"]) == 147
    assert len([row for row in found if row["relation"] == "dated total"]) == 23
    for row in found:
        carriers = row["carried_by"].split()
        assert carriers, row
        assert any(expand(row["page"]) in known[expand(carrier)] for carrier in carriers), row


def test_at_most_a_fifth_of_the_relations_has_text_only() -> None:
    relations = len(rows("?r a aca:Relation", "r"))
    texts_only = len(rows("?r aca:relationText ?t", "r"))
    assert relations > 300
    assert texts_only * 5 <= relations


def test_there_is_no_blank_node() -> None:
    terms = {term for quad in store() for term in (quad.subject, quad.object)}
    assert not [term for term in terms if isinstance(term, ox.BlankNode)]


def test_every_statement_and_event_has_evidence_and_every_evidence_carries_something() -> None:
    statements = {subject for (subject,) in rows("?s a ?c", "s") if subject.startswith(PREFIXES["stmt"])}
    events = {subject for (subject,) in rows("?s a ?c", "s") if subject.startswith(PREFIXES["event"])}
    carried = rows("?s aca:evidence ?e", "s", "e")
    assert not (statements | events) - {subject for subject, _ in carried}
    all_evidence = {e for (e,) in rows("?e a ?c . ?e aca:inSource ?s", "e")}
    # A page may be held for its own sake, a quotation never.
    idle = {e for e in all_evidence - {e for _, e in carried} if re.search(r"/00\d-", e)}
    assert not idle


def test_coalitions_are_never_linked_by_owl_same_as() -> None:
    assert not rows(f"?s <{PREFIXES['owl']}sameAs> ?o", "s")
    assert rows(f"?s <{RDF_TYPE}> <{ACA}NationalCoalition>", "s")

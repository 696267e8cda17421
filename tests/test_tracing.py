"""Twenty random records of each register, followed from the file to statement, direct edge and dump."""

from __future__ import annotations

import gzip
import os
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from acagraph.imports import workbook
from acagraph.vocab import ACA, BASE, PREFIXES, graph_iri
from register_tables import Cells, Tables

from published import ROOT

REGISTERS = ("jrc-covenant", "net-zero-tracker", "countries", "un-wpp", "global-carbon-budget")
STATEMENTS = ("memberships", "partnerships", "relations", "commitments", "figures", "no-targets")
FILES = Path(os.environ.get("ACAGRAPH_REGISTERS", ROOT.parent / "shared" / "registers"))
COVENANT = FILES / "jrc-covenant" / "df1_Signatories_2024.xlsx"
TRACKER = FILES / "net-zero-tracker" / "snapshot_2022-12-20_13-07-14.xlsx"
MANY = 20

# Column of a table: property, and what stands before the cell in the object's IRI (none for a literal).
COLUMNS: Mapping[str, tuple[str, str | None]] = {
    "participant": ("participant", f"{BASE}id/"),
    "coalition": ("inCoalition", f"{BASE}id/"),
    "status": ("participationStatus", f"{BASE}scheme/participation-status/"),
    "starts_not_before": ("startsNotBefore", None),
    "start_text": ("startText", None),
    "committed_by": ("committedBy", f"{BASE}id/"),
    "target_year": ("targetYear", None),
    "reduction_percent": ("reductionPercent", None),
    "subject": ("", f"{BASE}id/"),
    "object": ("relationObject", f"{BASE}id/"),
    "value": ("value", None),
    "actor": ("noTargetOf", f"{BASE}id/"),
    "evidence": ("evidence", f"{BASE}id/evidence/"),
}
SUBJECT = {"relations": "relationSubject", "figures": "figureSubject"}
STATUS = {"commitments": ("targetStatus", f"{BASE}scheme/target-status/")}


@dataclass(frozen=True)
class Released:
    """The whole release as its N-Quads dump tells it, as far as the sampled records go."""

    said: Mapping[str, set[tuple[str, str, str]]]

    def has(self, subject: str, property: str, value: str, graph: str | None = None) -> bool:
        return any(
            (p, o) == (property, value) and graph in (None, g) for p, o, g in self.said.get(subject, ())
        )


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables(ROOT)


@pytest.fixture(scope="module")
def sample(tables: Tables) -> Mapping[str, Sequence[Cells]]:
    """Twenty records of each register; the same ones each time."""
    choice = random.Random(20261122)
    return {name: choice.sample(sorted(tables.rows("records", name), key=str), MANY) for name in REGISTERS}


@pytest.fixture(scope="module")
def stated(tables: Tables, sample: Mapping[str, Sequence[Cells]]) -> Mapping[str, list[tuple[str, Cells]]]:
    """The rows of statements by the record that they cite, with the name of their table."""
    wanted = {row["record"] for rows in sample.values() for row in rows}
    found: dict[str, list[tuple[str, Cells]]] = defaultdict(list)
    for table in STATEMENTS:
        for row in tables.rows(table):
            if row["evidence"] in wanted:
                found[row["evidence"]].append((table, row))
    return found


@pytest.fixture(scope="module")
def released(
    full: Path, sample: Mapping[str, Sequence[Cells]], stated: Mapping[str, list[tuple[str, Cells]]]
) -> Released:
    wanted = {f"{BASE}id/evidence/{row['record']}" for rows in sample.values() for row in rows}
    wanted |= {f"{BASE}id/{row['actor']}" for rows in sample.values() for row in rows if row["actor"]}
    wanted |= {PREFIXES["stmt"] + row["statement"] for rows in stated.values() for _, row in rows}
    wanted |= {
        f"{BASE}id/{row['subject']}" for rows in stated.values() for _, row in rows if "subject" in row
    }
    said: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    with gzip.open(full / "data" / "acagraph.nq.gz", "rt", encoding="utf-8") as dump:
        lines = (line for line in dump if line[1 : line.find(">")] in wanted)
        for quad in ox.parse("".join(lines), format=ox.RdfFormat.N_QUADS):
            assert isinstance(quad.subject, ox.NamedNode)
            assert isinstance(quad.graph_name, ox.NamedNode)
            assert isinstance(quad.object, ox.NamedNode | ox.Literal)
            said[quad.subject.value].add((quad.predicate.value, quad.object.value, quad.graph_name.value))
    return Released(said)


@pytest.mark.parametrize("register", REGISTERS)
def test_every_row_of_a_record_is_in_the_dump_and_has_its_edge(
    register: str,
    sample: Mapping[str, Sequence[Cells]],
    stated: Mapping[str, list[tuple[str, Cells]]],
    released: Released,
) -> None:
    graph = graph_iri(f"register/{register}")
    statements = 0
    for record in sample[register]:
        evidence = f"{BASE}id/evidence/{record['record']}"
        assert released.has(evidence, f"{ACA}recordId", record["record_id"], graph)
        assert released.has(evidence, f"{ACA}inSource", f"{BASE}id/source/{record['source']}", graph)
        for table, row in stated[record["record"]]:
            statements += 1
            statement = PREFIXES["stmt"] + row["statement"]
            for property, value in told(table, row):
                assert released.has(statement, f"{ACA}{property}", value, graph), (row, property)
            source = f"{BASE}id/source/{record['source']}"
            assert released.has(statement, f"{ACA}statedIn", source, graph_iri("derived"))
            for subject, property, value, holds in edges(table, row):
                assert released.has(subject, f"{ACA}{property}", value, graph_iri("derived")) is holds, row
    assert statements >= (MANY if register != "countries" else 1)


@pytest.mark.parametrize("register", REGISTERS)
def test_a_record_can_be_asked_for_in_the_store(
    register: str,
    full: Path,
    sample: Mapping[str, Sequence[Cells]],
    stated: Mapping[str, list[tuple[str, Cells]]],
) -> None:
    store = ox.Store.read_only(str(full / "store"))
    for record in sample[register]:
        query = (
            f"SELECT ?statement {{ ?record <{ACA}recordId> ?id . ?statement <{ACA}evidence> ?record "
            f"FILTER(?record = <{BASE}id/evidence/{record['record']}>) }}"
        )
        solutions = store.query(query, use_default_graph_as_union=True)
        assert isinstance(solutions, ox.QuerySolutions)
        found = {solution["statement"].value.removeprefix(PREFIXES["stmt"]) for solution in solutions}
        assert found == {row["statement"] for _, row in stated[record["record"]]}


def test_the_covenant_is_told_as_its_publisher_tells_it(
    sample: Mapping[str, Sequence[Cells]], stated: Mapping[str, list[tuple[str, Cells]]]
) -> None:
    published = file_rows(COVENANT, "organisation_id")
    for record in sample["jrc-covenant"]:
        row = published[record["record_id"]]
        said = stated[record["record"]]
        (member,) = (cells for table, cells in said if table == "memberships")
        assert member["start_text"] == row["date_of_adhesion"]
        assert member["status"] == {"published": "active", "on_hold": "suspended"}[row["signatory_status"]]
        goals = {cells["goal"] for table, cells in said if table == "commitments"}
        assert goals == {
            goal
            for goal, column in (
                ("covenant-2020", "commitment_CoM2020_flag"),
                ("covenant-2030", "commitment_CoM2030_flag"),
                ("covenant-2050", "commitment_CoM2050_flag"),
                ("covenant-adaptation", "commitment_mayoradapt_flag"),
            )
            if row[column] == "true"
        }
        for table, cells in said:
            if table == "figures":
                assert float(cells["value"]) == float(row["population_adhesion"])


def test_the_tracker_is_told_as_its_publisher_tells_it(
    sample: Mapping[str, Sequence[Cells]], stated: Mapping[str, list[tuple[str, Cells]]]
) -> None:
    published = file_rows(TRACKER, "id_code")
    for record in sample["net-zero-tracker"]:
        row = published[record["record_id"]]
        said = stated[record["record"]]
        years = sorted(cells["target_year"] for table, cells in said if table == "commitments")
        targets = [which for which in ("end", "interim") if row[f"{which}_target"] not in ("", "No target")]
        assert years == sorted(row[f"{which}_target_year"] for which in targets)
        assert any(table == "no-targets" for table, _ in said) is (row["end_target"] == "No target")
        joined = {cells["coalition"] for table, cells in said if table == "memberships"}
        assert ("coalition/race-to-zero" in joined) is (row["race_to_zero_member"] == "Yes")


def told(table: str, row: Cells) -> Iterator[tuple[str, str]]:
    """Yield what a row says of its statement: property, and value or IRI."""
    for column, (name, start) in COLUMNS.items():
        if not row.get(column):
            continue
        property, before = name or SUBJECT[table], start
        if column == "status" and table in STATUS:
            property, before = STATUS[table]
        yield property, (before or "") + row[column]


def edges(table: str, row: Cells) -> Iterator[tuple[str, str, str, bool]]:
    """Yield the direct edges that follow from a row or, when it has ended or is on hold, do not."""
    if table == "memberships":
        ends = f"{BASE}id/{row['participant']}", f"{BASE}id/{row['coalition']}"
        yield ends[0], "memberOf", ends[1], row["status"] != "suspended"
        yield ends[0], "hasBeenMemberOf", ends[1], True
    elif table == "relations":
        value = f"{BASE}id/{row['object']}" if row["object"] else f"{BASE}scheme/{row['concept']}"
        yield f"{BASE}id/{row['subject']}", row["property"], value, True


def file_rows(path: Path, key: str) -> Mapping[str, Mapping[str, str]]:
    if not path.is_file():
        pytest.skip(f"{path.name} is not at hand; ACAGRAPH_REGISTERS names the folder of the registers")
    return {record.values[key]: record.values for record in workbook.sheet_with(path, [key])}

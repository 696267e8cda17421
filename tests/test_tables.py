"""Normalised tables: sorted and split as decided, written in one step, read back as they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acagraph.errors import AcagraphError, SourceError
from acagraph.imports import tables
from acagraph.imports.tables import Table

from published import ROOT

SCHEMAS = ROOT / "data" / "registers" / "schemas"


def members(*numbers: int) -> list[dict[str, str]]:
    return [{"group": "agent/group", "member": f"agent/a-{number}"} for number in numbers]


def test_rows_are_sorted_stand_once_and_have_every_column() -> None:
    files = tables.laid_out(SCHEMAS, [Table("groups", {"": members(2, 1, 2)})])
    assert files["groups.csv"] == "group,member\nagent/group,agent/a-1\nagent/group,agent/a-2\n"
    described = json.loads(files["csv-metadata.json"])
    assert described["tables"] == [{"url": "groups.csv", "tableSchema": "../schemas/groups.json"}]


def test_a_table_that_is_too_large_is_split_by_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST", 60)
    files = tables.laid_out(SCHEMAS, [Table("groups", {"it": members(1, 2), "other": members(3), "es": []})])
    assert sorted(files) == ["csv-metadata.json", "groups-it.csv", "groups-other.csv"]
    with pytest.raises(AcagraphError, match=r"groups-it\.csv would have .* split it further"):
        tables.laid_out(SCHEMAS, [Table("groups", {"it": members(1, 2, 3)})])


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(AcagraphError, match=r"groups\.csv has no column x"):
        tables.laid_out(SCHEMAS, [Table("groups", {"": [{"x": "1"}]})])


def test_a_table_without_a_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"groups\.json: is no table schema"):
        tables.laid_out(tmp_path, [Table("groups", {"": members(1)})])


def test_tables_for_people_are_not_described() -> None:
    rows = [{"record": "r", "column": "c", "value": "v", "reason": "why"}]
    files = tables.laid_out(SCHEMAS, [Table("left-out", {"": rows})])
    assert json.loads(files["csv-metadata.json"])["tables"] == []
    assert files["left-out.csv"].startswith("record,column,value,reason\n")


def test_writing_removes_what_an_earlier_split_left_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "register"
    files = tables.laid_out(SCHEMAS, [Table("groups", {"": members(1)})])
    tables.write(folder, files)
    for other in ("groups-it.csv", "exceptions.csv", "no-targets.csv"):
        (folder / other).write_text("x\n", encoding="utf-8")
    assert tables.changed(folder, files) == ("groups-it.csv",)
    tables.write(folder, files)
    assert sorted(path.name for path in folder.iterdir()) == [
        "csv-metadata.json",
        "exceptions.csv",
        "groups.csv",
        "no-targets.csv",
    ]
    assert tables.changed(folder, files) == ()


def test_a_table_that_is_gone_is_told_where_it_stands(tmp_path: Path) -> None:
    assert tables.read(tmp_path, "groups") == ()
    (tmp_path / "groups-it.csv").write_text("group,member\na,b\n", encoding="utf-8")
    (tmp_path / "groups-other.csv").write_text("group,member\nc\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"groups-other\.csv:2: 1 cells, but 2 columns"):
        tables.read(tmp_path, "groups")
    (tmp_path / "groups-other.csv").write_bytes(b"group,member\n\xff,b\n")
    with pytest.raises(SourceError, match="cannot be read as UTF-8"):
        tables.read(tmp_path, "groups")


def test_a_statement_keeps_its_slug() -> None:
    assert tables.statement_slug("jrc-covenant", "20493", "population") == "yapqcwfarvpilvdf"


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=12)


@given(rows=st.lists(st.fixed_dictionaries({"column": CELLS, "value": CELLS, "reason": CELLS})))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("register")
    tables.write(folder, tables.laid_out(SCHEMAS, [Table("exceptions", {"": rows})]))
    read = tables.read(folder, "exceptions")
    assert sorted(map(sorted, (row.items() for row in read))) == sorted(
        sorted(row) for row in {tuple(sorted(row.items())) for row in rows}
    )

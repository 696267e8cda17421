"""The Python API: what `acagraph.open()` finds and what its object answers."""

from __future__ import annotations

import copy
import gzip
import importlib.util
import pickle
import shutil
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyoxigraph
import pytest
import rdflib

import acagraph
from acagraph.dataset import CURRENT
from acagraph.errors import AcagraphError, NotFound, ParameterError, QueryError, SourceError
from acagraph.vocab import PREFIXES

from small import DATA, QUERIES, write_release

JCI = "https://w3id.org/acagraph/id/coalition/jci"


def test_rows_of_a_saved_query(small: acagraph.Dataset) -> None:
    members = small.query("members-of-coalition", coalition="jci")
    assert isinstance(members, acagraph.Rows)
    assert members.variables == ("member", "label")
    assert len(members) == 3
    assert [str(row.label) for row in members] == ["Ricoh", "Sony", "Tokyo Metropolitan Government"]
    assert members[0]["member"].short == "agent:ricoh"
    assert [row["member"].short for row in members[1:]] == ["agent:sony", "agent:tokyo"]
    assert members.to_dicts()[1] == {
        "member": "https://w3id.org/acagraph/id/agent/sony",
        "label": "Sony",
    }
    with pytest.raises(AttributeError, match="it has member, label"):
        _ = members[0].town


def test_values_are_python_s(small: acagraph.Dataset) -> None:
    rows = small.sparql(
        'SELECT ?a ?b ?c ?d ?e { BIND(7 AS ?a) BIND(2.5 AS ?b) BIND(true AS ?c) BIND("x"@en AS ?d) }'
    )
    assert isinstance(rows, acagraph.Rows)
    assert rows.to_dicts() == [{"a": 7, "b": Decimal("2.5"), "c": True, "d": "x", "e": None}]
    assert rows[0].e is None
    assert (rows[0].a + 1, rows[0].b, rows[0].c, rows[0].d) == (8, Decimal("2.5"), True, "x")
    assert (rows[0]["a"].value, rows[0]["d"].language) == ("7", "en")


def test_a_row_can_be_copied_and_pickled(small: acagraph.Dataset) -> None:
    rows = small.query("members-of-coalition", coalition="jci")
    assert isinstance(rows, acagraph.Rows)
    for copied in (copy.deepcopy(rows[0]), pickle.loads(pickle.dumps(rows[0]))):
        assert dict(copied) == dict(rows[0])


def test_a_merged_thing_is_what_it_became(small: acagraph.Dataset) -> None:
    assert small.query("is-member", agent="sony", coalition="jci-old") is True


def test_without_pandas_the_way_to_it_is_told(
    small: acagraph.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    rows = small.query("figures")
    assert isinstance(rows, acagraph.Rows)
    with pytest.raises(AcagraphError, match=r"pip install 'acagraph\[pandas\]'"):
        rows.to_pandas()


def test_a_graph_and_a_truth_value(small: acagraph.Dataset) -> None:
    graph = small.query("members-as-graph", coalition="JCI")
    assert isinstance(graph, rdflib.Graph)
    assert len(graph) == 6
    assert small.query("is-member", agent="sony", coalition="jci") is True
    assert small.sparql("ASK { agent:sony aca:memberOf coalition:wasi }") is False


def test_arguments_may_be_numbers_and_dates(small: acagraph.Dataset) -> None:
    def count(**arguments: str | int | Decimal | date) -> int:
        rows = small.query("figures", **arguments)
        assert isinstance(rows, acagraph.Rows)
        return len(rows)

    assert count(minimum=105) == 1
    assert count(minimum=Decimal("105.5")) == 0
    assert count(since=date(2018, 8, 1)) == 1
    assert count(since=date(2018, 8, 2)) == 0
    assert count(since_="2018", coalition_="jci") == 1
    with pytest.raises(ParameterError, match="no text"):
        count(minimum=True)


def test_the_whole_graph(small: acagraph.Dataset) -> None:
    graph = small.graph()
    expected = {quad.triple for quad in pyoxigraph.parse(path=str(DATA))}
    assert len(graph) == len(expected)
    assert str(graph.namespace_manager.store.namespace("aca")) == PREFIXES["aca"]


@pytest.mark.parametrize("name", ["coalition:jci", JCI, "coalition:jci-old"])
def test_a_description_holds_statements_and_evidence(small: acagraph.Dataset, name: str) -> None:
    graph = small.describe(name)
    found = {str(subject).rpartition("/id/")[2] for subject in graph.subjects()}
    assert found == {
        "coalition/jci",
        "event/jci-launch",
        "evidence/002-10-20",
        "evidence/002-30-40",
        "source/002",
        *(f"statement/aaaaaaaaaaaaaaa{number}" for number in (2, 3, 4, 5)),
    }
    # Of the source only what dates and names it.
    assert len(list(graph.triples((rdflib.URIRef(PREFIXES["source"] + "002"), None, None)))) == 5


def test_what_is_not_there_is_told(small: acagraph.Dataset) -> None:
    with pytest.raises(NotFound, match="nothing is known"):
        small.describe("coalition:nope")
    with pytest.raises(ParameterError, match="no IRI"):
        small.describe("nope:jci")
    with pytest.raises(NotFound, match="did you mean"):
        small.query("member-of-coalition")
    with pytest.raises(QueryError, match="read-only"):
        small.sparql("CLEAR ALL")


def test_info_counts(small: acagraph.Dataset, small_release: Path) -> None:
    info = small.info()
    quads = list(pyoxigraph.parse(path=str(DATA)))
    assert (info.location, info.version, info.queries) == (str(small_release), "1.2.3", 4)
    assert (info.triples, info.graphs) == (len(quads), len({quad.graph_name for quad in quads}))
    assert info.classes["aca:FoundingMembership"] == 2
    assert "skos:Concept" not in info.classes


def test_info_counts_classes_as_the_manifest_does(release: Path) -> None:
    with acagraph.open(release) as dataset:
        assert dataset.info().classes == dataset.manifest["classes"]


@pytest.mark.skipif(not importlib.util.find_spec("pandas"), reason="pandas is not installed")
def test_a_data_frame(small: acagraph.Dataset) -> None:
    rows = small.query("figures")
    assert isinstance(rows, acagraph.Rows)
    frame = rows.to_pandas()
    assert list(frame.columns) == ["figure", "coalition", "value", "qualifier"]
    assert frame["value"].sum() == 105.0


# Which release


def test_the_current_release_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = tmp_path / "public" / "1.2.3"
    version.mkdir(parents=True)
    write_release(version)
    (tmp_path / "public" / "current").symlink_to("1.2.3")
    monkeypatch.chdir(tmp_path)
    with acagraph.open() as found:
        assert found.location == str(CURRENT)
        assert found.folder == version
        assert found.version == "1.2.3"


def test_the_dataset_of_the_package_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = tmp_path / "dataset"
    shutil.copytree(QUERIES, packaged / "queries")
    nquads = pyoxigraph.serialize(pyoxigraph.parse(path=str(DATA)), format=pyoxigraph.RdfFormat.N_QUADS)
    (packaged / "acagraph.nq.gz").write_bytes(gzip.compress(nquads or b""))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("importlib.resources.files", lambda _: tmp_path)
    with acagraph.open() as found:
        assert found.query("is-member", agent="sony", coalition="jci") is True
        assert found.info().graphs == 4
        assert found.version == ""


def test_without_a_release_the_way_to_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("importlib.resources.files", lambda _: tmp_path)
    with pytest.raises(NotFound, match="run `acagraph build`"):
        acagraph.open()
    with pytest.raises(NotFound, match="no release"):
        acagraph.open(tmp_path)


def test_a_damaged_list_of_redirects_is_told(tmp_path: Path) -> None:
    write_release(tmp_path)
    (tmp_path / "redirects.csv").write_text("from,to\ncoalition:a,nope:b\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"redirects\.csv:2: "):
        acagraph.open(tmp_path)


def test_a_store_elsewhere_answers_the_release_s_queries(small_release: Path, address: str) -> None:
    with acagraph.open(small_release, store=f"{address}/sparql") as remote:
        assert remote.query("is-member", agent="sony", coalition="jci") is True
        assert remote.info().triples == acagraph.open(small_release).info().triples

"""The W3C test suite of SHACL: what each engine scores when our functions read, check and judge."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import RDF, SH

from acagraph.errors import SourceError
from acagraph.validation.documents import read_quads
from acagraph.validation.engines import Engine, choose, run_engine
from acagraph.validation.findings import Finding
from acagraph.validation.paths import path_text
from acagraph.validation.reference import to_rdflib
from acagraph.validation.shapegraph import named
from acagraph.validation.vocabulary import severity_of
from acagraph.validation.wellformed import refuse_malformed

from published import ROOT

SUITE = Path(os.environ.get("ACAGRAPH_SHACL_SUITE", ROOT.parent / "shared" / "specs" / "shacl-test-suite"))
RECORD = ROOT / "docs" / "shacl-suite.md"
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = rdflib.Namespace("http://www.w3.org/ns/shacl-test#")
# A failure is a refusal: the shapes cannot be judged, and no report is made.
FAILURE = "failure"
ENGINES: dict[str, Engine | None] = {"shacl": "shacl", "pyshacl": "pyshacl", "default": None}
Result = tuple[str, str | None, str, str, str | None]

pytestmark = pytest.mark.skipif(
    not (SUITE / "manifest.ttl").is_file(),
    reason=f"the W3C suite is not there; ACAGRAPH_SHACL_SUITE names its folder ({SUITE.name})",
)


@dataclass(frozen=True)
class Case:
    name: str
    data: Path
    shapes: Path
    expected: Counter[Result] | str


def cases() -> Iterator[Case]:
    """Yield every test of the suite, sorted by file; manifests leave one of them out."""
    for path in sorted(SUITE.rglob("*.ttl")):
        if "sht:Validate" not in path.read_text("utf-8"):
            continue
        graph = to_rdflib(read_quads(path))
        for test in graph.subjects(RDF.type, SHT.Validate):
            action = graph.value(test, MF.action)
            result = graph.value(test, MF.result)
            expected = FAILURE if result == SHT.Failure else Counter(results(graph, result))
            data, shapes = (local(graph.value(action, key)) for key in (SHT.dataGraph, SHT.shapesGraph))
            yield Case(path.relative_to(SUITE).with_suffix("").as_posix(), data, shapes, expected)


def local(iri: rdflib.term.Node | None) -> Path:
    return Path(unquote(urlparse(str(iri)).path))


def results(graph: rdflib.Graph, report: rdflib.term.Node | None) -> Iterator[Result]:
    for result in graph.objects(report, SH.result):
        path = graph.value(result, SH.resultPath)
        value = graph.value(result, SH.value)
        yield (
            term(graph.value(result, SH.focusNode)),
            None if path is None else path_text(graph, path),
            str(graph.value(result, SH.sourceConstraintComponent)),
            severity_of(str(graph.value(result, SH.resultSeverity))),
            None if value is None else term(value),
        )


def term(node: rdflib.term.Node | None) -> str:
    """Return the text of a term, its type left out: no test of the suite has two values of one text."""
    return f"_:{node}" if isinstance(node, rdflib.BNode) else str(node)


def judged(case: Case, engine: Engine | None, folder: Path) -> Counter[Result] | str:
    lines = folder / "data.nq"
    quads = (ox.Quad(quad.subject, quad.predicate, quad.object) for quad in read_quads(case.data))
    ox.serialize(quads, lines, format=ox.RdfFormat.N_QUADS)
    shapes = list(read_quads(case.shapes))
    try:
        refuse_malformed(shapes, [case.shapes])
        found = run_engine(lines, named(shapes), engine or choose(None, shapes)[0])
    except SourceError:
        return FAILURE
    return Counter(
        (told(finding.node), finding.path, finding.component, finding.severity, value(finding))
        for finding in found
    )


def value(finding: Finding) -> str | None:
    return finding.value if finding.term is None else told(finding.term)


def told(node: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
    return str(node) if isinstance(node, ox.BlankNode) else node.value


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bool]]:
    """Which tests each engine passes, by its name; "default" is the one that we choose for each test."""
    folder = tmp_path_factory.mktemp("suite")
    found: dict[str, dict[str, bool]] = {name: {} for name in ENGINES}
    for case in cases():
        for name, engine in ENGINES.items():
            found[name][case.name] = judged(case, engine, folder) == case.expected
    return found


def table(outcomes: dict[str, dict[str, bool]]) -> str:
    """Return the table of docs/shacl-suite.md."""
    lines = ["| Engine | SHACL Core | SHACL-SPARQL | not passed |", "| --- | --- | --- | --- |"]
    for name, passed in outcomes.items():
        scores = []
        for part in ("core/", "sparql/"):
            own = [ok for test, ok in passed.items() if test.startswith(part)]
            scores.append(f"{sum(own)} of {len(own)}")
        failed = ", ".join(f"`{test}`" for test, ok in passed.items() if not ok) or "none"
        lines.append(f"| {name} | {' | '.join(scores)} | {failed} |")
    return "\n".join(lines)


def test_the_scores_are_as_recorded(outcomes: dict[str, dict[str, bool]]) -> None:
    print(table(outcomes))
    assert table(outcomes) in RECORD.read_text("utf-8")


def test_every_test_is_passed_by_the_engine_that_we_choose(outcomes: dict[str, dict[str, bool]]) -> None:
    assert len(outcomes["default"]) == 121
    assert [name for name, passed in outcomes["default"].items() if not passed] == []


def test_a_wrong_report_does_not_pass(tmp_path: Path) -> None:
    case = next(case for case in cases() if case.name == "core/node/class-001")
    assert isinstance(case.expected, Counter)
    assert judged(case, "shacl", tmp_path) == case.expected
    wrong = Counter((*key[:3], "warning", key[4]) for key in case.expected)
    assert judged(case, "shacl", tmp_path) not in (wrong, Counter(), FAILURE)

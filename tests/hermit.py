"""HermiT and the OWL API, which owlready2's jar brings, behind a pipe.

They run in a process of their own: a JVM starts threads, and a process with threads must not fork workers.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyoxigraph as ox

LIMIT = 60.0


class JavaMissingError(Exception):
    """Java, jpype1 or owlready2 is missing."""


class Reasoner:
    """A running JVM; raises JavaMissingError when it cannot be started."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        ready = self._line()
        if "unavailable" in ready:
            self.close()
            raise JavaMissingError(ready["unavailable"])

    def consistent(self, triples: Iterable[ox.Triple]) -> bool:
        """Say whether triples have a model at all."""
        return bool(self._ask("consistent", triples))

    def impossible(self, triples: Iterable[ox.Triple]) -> list[str]:
        """Return the classes and properties of consistent triples that can have no instance, sorted."""
        return list(self._ask("impossible", triples))

    def violations(self, triples: Iterable[ox.Triple]) -> list[str]:
        """Return what is not OWL 2 DL, sorted."""
        return list(self._ask("violations", triples))

    def contradiction(self, base: list[ox.Triple], suspects: list[ox.Triple]) -> list[ox.Triple]:
        """Return a smallest part of the suspects that contradicts the base; [] when none does."""
        if self.consistent([*base, *suspects]):
            return []
        guilty: list[ox.Triple] = []
        while self.consistent([*base, *guilty]):
            fine, wrong = 0, len(suspects)
            while wrong - fine > 1:
                middle = (fine + wrong) // 2
                if self.consistent([*base, *guilty, *suspects[:middle]]):
                    fine = middle
                else:
                    wrong = middle
            guilty.append(suspects[wrong - 1])
            suspects = suspects[: wrong - 1]
        return guilty

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=LIMIT)

    def _ask(self, question: str, triples: Iterable[ox.Triple]) -> Any:
        assert self._process.stdin is not None
        with tempfile.NamedTemporaryFile(suffix=".rdf") as file:
            ox.serialize(triples, file, format=ox.RdfFormat.RDF_XML)
            file.flush()
            self._process.stdin.write(json.dumps({"question": question, "file": file.name}) + "\n")
            self._process.stdin.flush()
            reply = self._line()
        if "error" in reply:
            raise AssertionError(reply["error"])
        return reply["answer"]

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        watchdog = threading.Timer(LIMIT, self._process.kill)
        watchdog.start()
        try:
            line = self._process.stdout.readline()
        finally:
            watchdog.cancel()
            watchdog.join()
        if not line:
            raise AssertionError(f"HermiT gave no answer within {LIMIT:.0f} seconds")
        answer: dict[str, Any] = json.loads(line)
        return answer


def serve() -> None:
    """Answer requests, one JSON object a line, until the input ends."""
    owlready = find_spec("owlready2")
    if owlready is None or owlready.origin is None or find_spec("jpype") is None:
        print(json.dumps({"unavailable": "owlready2 or jpype1 is not installed"}), flush=True)
        return
    jpype = import_module("jpype")
    jar = Path(owlready.origin).with_name("hermit") / "HermiT.jar"
    try:
        jpype.startJVM("-Xmx1500m", "-XX:TieredStopAtLevel=1", classpath=[str(jar)])
    except (jpype.JVMNotFoundException, jpype.JVMNotSupportedException, OSError) as error:
        print(json.dumps({"unavailable": f"Java cannot be started: {error}"}), flush=True)
        return
    print("{}", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply: dict[str, object] = {"answer": _answer(jpype.JClass, request["question"], request["file"])}
        except jpype.JException as error:
            reply = {"error": str(error)}
        print(json.dumps(reply), flush=True)


def _answer(java: Any, question: str, file: str) -> bool | list[str]:
    manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    ontology = manager.loadOntologyFromOntologyDocument(java("java.io.File")(file))
    if question == "violations":
        report = java("org.semanticweb.owlapi.profiles.OWL2DLProfile")().checkOntology(ontology)
        return sorted(str(violation) for violation in report.getViolations())
    reasoner = java("org.semanticweb.HermiT.Reasoner")(
        java("org.semanticweb.HermiT.Configuration")(), ontology
    )
    if question == "consistent":
        return bool(reasoner.isConsistent())
    nothing = (
        reasoner.getUnsatisfiableClasses(),
        reasoner.getBottomObjectPropertyNode(),
        reasoner.getBottomDataPropertyNode(),
    )
    return sorted(str(entity) for node in nothing for entity in node.getEntitiesMinusBottom())


if __name__ == "__main__":
    serve()

"""The groups of the suite that need no server: engines, command line, validation, names, build."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import validation
from rapidfuzz import fuzz, process
from suite_record import OURS, Measure
from suite_setting import YARDSTICK, Data, Rounds, Setting, weighted, yardstick

from acagraph.reconciliation.finding import NAMES, Finder
from acagraph.reconciliation.model import Query
from acagraph.release.publish import build

ROOT = Path(__file__).resolve().parent.parent
_ENGINE = Path(__file__).with_name("suite_engine.py")
_MEMBERS = ("query", "members-of-coalition", "coalition=jci", "--format", "csv")
_COALITIONS = "SELECT ?c WHERE { ?c a aca:Coalition } ORDER BY ?c"
# What somebody does who has rdflib and the dump: the same rows as the command line.
_BY_HAND = """
import gzip, sys, rdflib
graph = rdflib.Dataset(default_union=True)
graph.parse(gzip.open(sys.argv[1]), format="nquads")
for row in graph.query("PREFIX aca: <https://w3id.org/acagraph/ontology#> " + sys.argv[2]):
    print(row)
"""
_NAMES = {True: 60, False: 400}


def engines(setting: Setting) -> list[Measure]:
    """Measure load, memory and the query mix of engines inside a process, each round in a new one."""
    data, found = setting.sample, []
    pythons = {
        OURS: sys.executable,
        "rdflib": setting.python("rdflib", "rdflib"),
        "oxrdflib": setting.python("oxrdflib", "oxrdflib"),
    }
    listed = setting.folder / "queries.json"
    listed.write_text(json.dumps([(one.name, one.text) for one in data.questions]), "utf-8")
    load = Rounds("load into memory", data.name, "s of the processor")
    memory = Rounds("memory after load", data.name, "MB")
    mix = Rounds("query mix, in one process", data.name, "ms of the processor")
    counts: dict[str, dict[str, int | None]] = {}
    for number in range(setting.rounds):
        for system, python in pythons.items():
            if python is None:
                continue
            told = _engine(system, python, data, listed, setting.deadline)
            load.add(system, told["load"])
            memory.add(system, told["megabytes"])
            mix.add(system, 1000 * weighted(data.questions, {k: v[0] for k, v in told["answers"].items()}))
            counts[system] = {name: answer[1] for name, answer in told["answers"].items()}
            setting.tell(f"engines, round {number + 1}, {system}: load {told['load']:.2f} s")
    for system in counts:
        mix.notes[system] = compared(counts[OURS], counts[system], setting.deadline)
    for rounds in (load, memory, mix):
        found += rounds.measures
    return found


def compared(ours: dict[str, int | None], theirs: dict[str, int | None], deadline: float) -> str:
    """Say how many questions had no answer in time, and which answers have another number of rows."""
    late = [name for name, count in theirs.items() if count is None]
    other = [name for name, count in theirs.items() if count is not None and ours[name] not in (None, count)]
    told = [f"{len(late)} of {len(theirs)} not answered in {deadline:g} s, and counted so"] if late else []
    told += [f"another number of rows: {', '.join(other)}"] if other else []
    return "; ".join(told)


def _engine(system: str, python: str, data: Data, listed: Path, deadline: float) -> dict[str, Any]:
    command = [python, str(_ENGINE), system, str(data.quads), str(listed), str(deadline)]
    environment = dict(os.environ)
    if python != sys.executable:
        environment.pop("PYTHONPATH", None)
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if told.returncode:
        raise SystemExit(f"{system} failed: {told.stderr[-800:]}")
    return dict(json.loads(told.stdout))


def commands(setting: Setting) -> list[Measure]:
    """Measure the command line in new processes, on data as it lies in the package."""
    packed = _packed(setting)
    ours, dump = [str(setting.acagraph)], str(setting.release / "data" / "acagraph.nq.gz")
    tasks = {
        "acagraph --version": {OURS: [*ours, "--version"]},
        "acagraph query, data of the package": {OURS: [*ours, *_MEMBERS, "--release", str(packed)]},
        "acagraph query, store on disk": {OURS: [*ours, *_MEMBERS, "--release", str(setting.release)]},
        "acagraph sparql, data of the package": {
            OURS: [*ours, "sparql", _COALITIONS, "--release", str(packed)],
            "a script with rdflib": [sys.executable, "-c", _BY_HAND, dump, _COALITIONS],
        },
    }
    if not setting.quick:  # rdflib takes minutes for the whole
        tasks["acagraph sparql, data of the package"].pop("a script with rdflib")
    found = []
    for task, systems in tasks.items():
        rounds = Rounds(task, setting.whole.name, "s of the processor")
        for _ in range(2 * setting.rounds):
            for system, command in systems.items():
                rounds.add(system, _seconds(command))
            rounds.add("python -c pass", _seconds([sys.executable, "-c", "pass"]))
        setting.tell(f"commands, {task}: {rounds.measures[0].median:.2f} s")
        found += rounds.measures
    return found


def _packed(setting: Setting) -> Path:
    """Return a folder like the data in the package: saved queries, and quads instead of a store."""
    packed = setting.folder / "package"
    shutil.copytree(setting.release / "queries", packed / "queries")
    for name in ("manifest.json", "redirects.csv"):
        shutil.copy(setting.release / name, packed)
    shutil.copy(setting.release / "data" / "acagraph.nq.gz", packed)
    return packed


def _seconds(command: Sequence[str]) -> float:
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stderr[-800:]}")
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime


def judgement(setting: Setting) -> list[Measure]:
    """Measure our validation engine and pySHACL on the same shapes and data with seeded faults."""
    names = {
        "shacl, processor": OURS,
        "pyshacl, processor": "pySHACL",
        "pyshacl as we run it, processor": "pySHACL as we run it",
    }
    rounds = Rounds("validation, all shapes", setting.sample.name, "s of the processor")
    for number in range(setting.rounds):
        folder = setting.folder / f"validation-{number}"
        folder.mkdir()
        plan = validation.Plan(setting.sample.release, folder, 1, None, (), setting.acagraph)
        for figure in validation.of_engines(plan):
            if figure.name in names:
                rounds.add(names[figure.name], figure.value)
        setting.tell(f"validation, round {number + 1}: {rounds.values[OURS][-1]:.2f} s")
        shutil.rmtree(folder)
    return rounds.measures


def reconciliation(setting: Setting) -> list[Measure]:
    """Measure finding things by names with a letter left out, beside rapidfuzz over all names."""
    index = setting.release / NAMES
    if not index.is_file():
        setting.missing["reconciliation"] = f"the release has no {NAMES}; build it again"
        return []
    database = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
    names = [row[0] for row in database.execute("SELECT text FROM names ORDER BY id")]
    database.close()
    chance = random.Random(5)
    asked = [_misspelt(name, chance) for name in chance.choices(names, k=_NAMES[setting.quick])]
    rounds = Rounds("reconciliation, a name", setting.whole.name, "ms of the processor")
    finder = Finder.open(index)
    few = asked[: len(asked) // 4]
    for _ in range(setting.rounds):
        began = time.process_time()
        for name in asked:
            finder.find(Query(name))
        rounds.add(OURS, 1000 * (time.process_time() - began) / len(asked))
        began = time.process_time()
        for name in few:
            process.extractOne(name, names, scorer=fuzz.WRatio, processor=None)
        rounds.add("rapidfuzz over all names", 1000 * (time.process_time() - began) / len(few))
    setting.tell(f"reconciliation: {rounds.measures[0].median:.2f} ms a name")
    return rounds.measures


def _misspelt(name: str, chance: random.Random) -> str:
    place = chance.randrange(len(name))
    return name[:place] + name[place + 1 :] if len(name) > 4 else name


def building(setting: Setting) -> list[Measure]:
    """Measure a build of the project without pages, step by step; with registers unless it is quick."""
    found: dict[str, Rounds] = {}
    data = "curated" if setting.quick else "project"

    def add(task: str, unit: str, value: float, base: float) -> None:
        rounds = found.setdefault(task, Rounds(task, data, unit))
        rounds.add(OURS, value)
        rounds.add(YARDSTICK, base)

    for number in range(setting.rounds if setting.quick else 1):
        base = yardstick()
        began = time.process_time()
        summary = build(ROOT, setting.folder / f"built-{number}", only_curated=setting.quick)
        add("build, no pages", "s of the processor", time.process_time() - began, base)
        for step in summary.steps:
            add(f"build: {step.name}", "s", step.seconds, base)
        setting.tell(f"build, round {number + 1}: {sum(step.seconds for step in summary.steps):.1f} s")
        shutil.rmtree(setting.folder / f"built-{number}")
    return [measure for rounds in found.values() for measure in rounds.measures]

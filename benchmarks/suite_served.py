"""The groups of the suite that ask servers: load on disk, start, memory, query mix, hostile mix, pages."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from urllib.parse import quote

import pyoxigraph
import service_cases as cases
import suite_virtuoso
from service_latency import Latency, Start, latency, starts
from service_load import Request, fetch
from service_measure import Plan
from service_servers import NATIVE, OXIGRAPH, SHIPPED, Ask, Running, System, sparql, start, systems
from suite_alone import compared
from suite_engine import counted
from suite_record import OURS, Measure
from suite_setting import YARDSTICK, Data, Question, Rounds, Setting, weighted, yardstick

from acagraph.dataset import open_dataset
from acagraph.release.working import write_store
from acagraph.vocab import BASE

_ROWS = "application/sparql-results+json"
_TRIPLES = "application/n-triples"
_OK = 200
_PAGES = ("", "coalitions", "members", "queries", "ontology", "data", "doc/coalition/jci", "doc/source/002")
_AGENTS = 12
_SWITCH_SECONDS = 120.0
_DEADLINE = 10.0


def served(setting: Setting) -> list[Measure]:
    """Measure everything that is asked of servers."""
    oxigraph = setting.program(OXIGRAPH, "oxigraph", source="PyPI: oxigraph")
    found = [*_loads(setting, oxigraph)]
    everyone = _systems(setting, setting.whole, oxigraph)
    plan = Plan(
        "wrk", 1 if setting.quick else 3, setting.rounds, _SWITCH_SECONDS, setting.folder, setting.tell
    )
    found += _starts(everyone, plan, setting)
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(start(system, setting.folder, switch_seconds=_SWITCH_SECONDS))
            for name, system in everyone.items()
        }
        found += _mix(setting.whole, running, setting)
        found += _pages(setting.whole, running[OURS], setting)
    found += _beside_peers(setting, oxigraph)
    if setting.program("runaway queries", "wrk", source="Debian: apt install wrk"):
        found += _hostile(everyone, plan, setting)
    return found


def _systems(setting: Setting, data: Data, oxigraph: str | None) -> dict[str, System]:
    """Return the servers that hold the data: ours, Oxigraph's, Virtuoso."""
    made = systems(
        data.release.resolve(), acagraph=str(setting.acagraph), oxigraph=oxigraph or "", peer_python=None
    )
    if oxigraph is None:
        del made[OXIGRAPH]
    folder = setting.folder / "virtuoso"
    if folder.exists():
        made[suite_virtuoso.NAME] = suite_virtuoso.loaded(data.quads, folder / data.name, _graphs(data))[0]
    return made


def _loads(setting: Setting, oxigraph: str | None) -> Iterator[Measure]:
    """Measure the load of the same quads into a store on disk."""
    data = setting.whole
    rounds = Rounds("load into a store on disk", data.name, "s")
    source = "Debian: apt install virtuoso-opensource-7-bin"
    virtuoso = setting.program(suite_virtuoso.NAME, "virtuoso-t", "isql-vt", source=source)
    graphs = _graphs(data)
    (setting.folder / "loads").mkdir()
    for number in range(setting.rounds):
        folder = setting.folder / "loads" / str(number)
        folder.mkdir()
        began = time.perf_counter()
        with data.quads.open("rb") as lines:
            write_store(lines, folder / "ours")
        rounds.add(OURS, time.perf_counter() - began)
        if oxigraph:
            command = [oxigraph, "load", "--location", str(folder / "theirs"), "--file", str(data.quads)]
            began = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True)
            rounds.add(OXIGRAPH, time.perf_counter() - began)
        if virtuoso:
            taken = suite_virtuoso.loaded(data.quads, folder / "virtuoso", graphs)[1]
            rounds.add(suite_virtuoso.NAME, taken)
        shutil.rmtree(folder)
        setting.tell(f"load on disk, round {number + 1}: {rounds.values[OURS][-1]:.2f} s")
    if virtuoso:
        (setting.folder / "virtuoso").mkdir()  # where the one that is asked is loaded
    yield from rounds.measures


def _graphs(data: Data) -> list[str]:
    store = pyoxigraph.Store()
    store.bulk_load(path=data.quads, format=pyoxigraph.RdfFormat.N_QUADS)
    return sorted(graph.value for graph in store.named_graphs())


def _starts(everyone: Mapping[str, System], plan: Plan, setting: Setting) -> list[Measure]:
    """Measure seconds to the first answer, and the memory of all processes at rest."""
    found: list[Start] = []
    starts(found, list(everyone.values()), plan)
    ready = Rounds("start, to the first answer", setting.whole.name, "s")
    memory = Rounds("memory of a server at rest", setting.whole.name, "MB")
    for row in found:
        for seconds, megabytes in zip(row.ready, row.megabytes, strict=True):
            ready.add(row.system, seconds)
            memory.add(row.system, megabytes)
    return [*ready.measures, *memory.measures]


def _mix(
    data: Data, running: Mapping[str, Running], setting: Setting, task: str = "query mix, over HTTP"
) -> list[Measure]:
    """Ask every saved query of each server in turn, at its SPARQL endpoint, never the same text twice."""
    rounds = Rounds(task, data.name, "ms")
    counts: dict[str, dict[str, int | None]] = {}
    for number in range(setting.rounds):
        seconds: dict[str, dict[str, float]] = {name: {} for name in running}
        for question in data.questions:
            for name, server in running.items():
                taken, count = _asked(server, question, number)
                seconds[name][question.name] = taken
                counts.setdefault(name, {})[question.name] = count
        for name, each in seconds.items():
            rounds.add(name, 1000 * weighted(data.questions, each))
            setting.tell(f"{task}, round {number + 1}, {name}: {rounds.values[name][-1]:.1f} ms")
    for name, each in counts.items():
        rounds.notes[name] = compared(counts[OURS], each, _DEADLINE)
    return rounds.measures


def _asked(server: Running, question: Question, number: int) -> tuple[float, int | None]:
    """Return the seconds of a question, and its rows or triples, None where it failed or took too long."""
    graph = "CONSTRUCT" in question.text or "DESCRIBE" in question.text
    text = f"{question.text}\n# round {number}"
    request = sparql(server.system.endpoint, text, _TRIPLES if graph else _ROWS)
    try:
        reply = fetch(server.port, request, timeout=_DEADLINE)
    except (OSError, http.client.HTTPException):
        return _DEADLINE, None
    if reply.status != _OK:
        return _DEADLINE, None
    try:
        return reply.seconds, counted(reply.body)
    except ValueError:  # Virtuoso writes what is no JSON now and then
        return _DEADLINE, None


def _beside_peers(setting: Setting, oxigraph: str | None) -> list[Measure]:
    """Ask the mix of rdflib-endpoint too, on the sample: the whole is too much for it."""
    peer = setting.python("rdflib-endpoint", "rdflib_endpoint")
    if peer is None:
        return []
    data = setting.sample
    everyone = systems(
        data.release.resolve(), acagraph=str(setting.acagraph), oxigraph=oxigraph or "", peer_python=peer
    )
    found: list[Measure] = []
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(start(everyone[name], setting.folder, switch_seconds=_SWITCH_SECONDS))
            for name in (OURS, NATIVE)
        }
        found += _mix(data, running, setting, "query mix, beside rdflib-endpoint")
    setting.missing[SHIPPED] = (
        "not measured: a question that takes longer than the deadline goes on in its one process; "
        "rdflib in memory says what its evaluation takes"
    )
    return found


def _hostile(everyone: Mapping[str, System], plan: Plan, setting: Setting) -> list[Measure]:
    """Measure the p99 of looking up a label, alone and beside eight clients that send cross products."""
    with open_dataset(setting.whole.release) as dataset:
        asked = cases.Questions(dataset, most=2_000 if setting.quick else 20_000)
    found: list[Latency] = []
    latency(found, {"label": asked.labels()}, list(everyone.values()), plan)
    told = []
    for title, kind in (("a label alone, p99", "alone"), ("a label beside runaway queries, p99", "beside")):
        rounds = Rounds(title, setting.whole.name, "ms")
        for row in (row for row in found if row.connections == 1):
            for value in getattr(row, kind):
                rounds.add(row.system, min(value, 1e6))
            failed = f"{row.failed} failed" if row.failed else ""
            dead = "" if row.answers_after else "does not answer afterwards"
            rounds.notes[row.system] = "; ".join(filter(None, (failed, dead)))
        told += rounds.measures
    return told


def _pages(data: Data, server: Running, setting: Setting) -> list[Measure]:
    """Measure pages of ours: of agents that nobody asked for before, and lists when they are first asked."""
    with open_dataset(data.release) as dataset:
        agents = cases.Questions(dataset, most=_AGENTS * setting.rounds).agents
    rounds = Rounds("page of an agent, HTML", data.name, "ms")
    for number in range(setting.rounds):
        some = agents[number * _AGENTS : (number + 1) * _AGENTS]
        each = [_page(server, f"/doc/{quote(iri.removeprefix(f'{BASE}id/'))}") for iri in some]
        rounds.add(OURS, sum(each) / len(each))
        rounds.add(YARDSTICK, 1000 * yardstick())
    lists = Rounds("lists and explanations, asked once", data.name, "ms")
    lists.add(OURS, sum(_page(server, f"/{name}") for name in _PAGES) / len(_PAGES))
    lists.add(YARDSTICK, 1000 * yardstick())
    setting.tell(f"pages: {rounds.measures[0].median:.1f} ms")
    return [*rounds.measures, *lists.measures]


def _page(server: Running, path: str) -> float:
    reply = server.ask(Ask(Request(path, "text/html"), ""))
    if reply.status != _OK:
        raise SystemExit(f"{path} answers {reply.status}: {reply.body[:300].decode(errors='replace')}")
    return 1000 * reply.seconds

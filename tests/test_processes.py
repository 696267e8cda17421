"""`acagraph serve` as processes: on disk, then in memory; what dies is replaced, and it stops in order."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from acagraph.errors import AcagraphError
from acagraph.web import server

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
LAST = 40.0


@contextmanager
def serving(release: Path, log: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start `acagraph serve` as a user does; yield its process and its address."""
    command: list[str | Path] = [
        Path(sys.executable).with_name("acagraph"),
        "serve",
        "--port",
        "0",
        "--release",
        release,
        *options,
    ]
    with log.open("w") as errors, subprocess.Popen(command, stderr=errors) as process:
        try:
            until(lambda: "Ctrl+C stops it" in log.read_text("utf-8") or process.poll() is not None)
            found = re.search(r" at (http://\S+)/ ", log.read_text("utf-8"))
            yield process, found[1] if found else ""
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(LAST)


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that must come to hold."""
    deadline = time.monotonic() + LAST
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        time.sleep(0.05)


def held(address: str) -> str:
    try:
        return str(httpx.get(f"{address}/healthz", timeout=10).json()["store"])
    except httpx.TransportError:  # a server that retires closes the connections that it had
        return ""


def descendants(pid: int) -> set[int]:
    """Return the processes that a process started, and those that they did."""
    found: set[int] = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            child = int(path.parent.name)
            found |= {child} | descendants(child)
    return found


def alive(pids: set[int]) -> set[int]:
    return {
        pid
        for pid in pids
        if Path(f"/proc/{pid}/stat").exists()
        and Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    }


linux = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="there is no /proc to find processes in"
)


def test_it_goes_from_disk_to_memory_and_answers_all_the_time(release: Path, tmp_path: Path) -> None:
    with serving(release, tmp_path / "log") as (_, address):
        expected = httpx.get(f"{address}/queries/coalitions.json").content
        seen = set()

        def switched() -> bool:
            with httpx.Client(base_url=address, transport=httpx.HTTPTransport(retries=3)) as client:
                response = client.get("/queries/coalitions.json")
            assert response.content == expected
            seen.add(held(address))
            return "memory" in seen

        until(switched)
        for _ in range(20):
            assert httpx.get(f"{address}/sparql", params={"query": "ASK {}"}).json()["boolean"] is True
        until(lambda: {held(address) for _ in range(10)} == {"memory"})


def test_the_store_can_stay_on_disk(release: Path, tmp_path: Path) -> None:
    with serving(release, tmp_path / "log", "--memory", "never", "--processes", "2") as (process, address):
        assert {held(address) for _ in range(20)} == {"disk"}
        if Path("/proc/self/stat").exists():
            children = {pid for pid in descendants(process.pid) if parent(pid) == process.pid}
            assert len(children) == 2


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@linux
@pytest.mark.parametrize("memory", ["never", "always"])
def test_a_process_that_dies_is_replaced(release: Path, tmp_path: Path, memory: str) -> None:
    expected = "disk" if memory == "never" else "memory"
    with serving(release, tmp_path / "log", "--memory", memory, "--processes", "1") as (process, address):
        until(lambda: held(address) == expected)
        until(lambda: len(descendants(process.pid)) > 2)
        for victim in sorted(descendants(process.pid)):
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:  # it ended with the one before
                continue
            until(lambda: held(address) == expected)
            until(lambda: asked(address) == 200)


def asked(address: str) -> int:
    try:
        return httpx.get(f"{address}/sparql", params={"query": "ASK {}"}, timeout=10).status_code
    except httpx.TransportError:
        return 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("memory", ["never", "always"])
def test_it_stops_in_order_and_leaves_nothing(
    release: Path, tmp_path: Path, number: signal.Signals, memory: str
) -> None:
    log = tmp_path / "log"
    with serving(release, log, "--memory", memory, "--access-log", "off") as (process, address):
        until(lambda: held(address) == ("disk" if memory == "never" else "memory"))
        started = descendants(process.pid)
        process.send_signal(number)
        assert process.wait(LAST) == 0
        until(lambda: not alive(started))
    assert log.read_text("utf-8").count("\n") == 1


def test_a_query_under_way_ends_with_a_reason_when_it_stops(release: Path, tmp_path: Path) -> None:
    answers: list[httpx.Response] = []
    options = ("--memory", "never", "--processes", "1", "--grace", "0.5")
    with serving(release, tmp_path / "log", *options) as (process, address):

        def ask() -> None:
            answers.append(httpx.get(f"{address}/sparql", params={"query": ENDLESS}, timeout=LAST))

        thread = threading.Thread(target=ask)
        thread.start()
        until(lambda: "acagraph_queries_busy 1.0" in metrics(address))
        process.terminate()
        thread.join(LAST)
        assert process.wait(LAST) == 0
    assert answers[0].status_code == 503
    assert answers[0].headers["content-type"] == "application/problem+json"


def metrics(address: str) -> str:
    # The gauges are set whenever a query has ended.
    asked(address)
    return httpx.get(f"{address}/metrics").text


@linux
def test_nothing_is_left_when_it_is_killed(release: Path, tmp_path: Path) -> None:
    with serving(release, tmp_path / "log", "--memory", "always") as (process, address):
        until(lambda: held(address) == "memory")
        started = descendants(process.pid)
        assert len(started) > 3
        process.kill()
        process.wait(LAST)
        until(lambda: not alive(started))


def test_a_unix_socket_that_was_left_behind_is_taken_over(release: Path, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with serving(release, tmp_path / "log", "--socket", str(path)) as (_, address):
        assert address == ""
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://local") as client:
            assert client.get("/healthz").json()["status"] == "ok"
        with pytest.raises(AcagraphError, match="stop its server or choose another path"):
            server.listen_at(path)


def test_a_port_in_use_is_told(release: Path, tmp_path: Path) -> None:
    with server.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        log = tmp_path / "log"
        with serving(release, log, "--port", str(port)) as (process, _):
            assert process.wait(LAST) == 2
    assert re.search(f"port {port} of 127.0.0.1 is in use; .* --port", log.read_text("utf-8"))


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("203.0.113.1", 0), ("no such host", 0)])
def test_an_address_that_cannot_be_had_is_told(host: str, port: int) -> None:
    with pytest.raises(AcagraphError, match="cannot listen"):
        server.listen(host, port)


def test_a_store_that_is_damaged_is_told(release: Path, tmp_path: Path) -> None:
    broken = tmp_path / "release"
    (broken / "store").mkdir(parents=True)
    (broken / "queries").symlink_to(release.resolve() / "queries")
    log = tmp_path / "log"
    with serving(broken, log) as (process, _):
        assert process.wait(LAST) == 2
    assert "is not a store folder" in log.read_text("utf-8")
    assert "Traceback" not in log.read_text("utf-8")


def test_the_log_of_all_processes_is_whole_lines(release: Path, tmp_path: Path) -> None:
    file = tmp_path / "access.log"
    options = ("--access-log", str(file), "--processes", "2")
    with serving(release, tmp_path / "log", *options) as (_, address):
        threads = [
            threading.Thread(
                target=lambda: [
                    httpx.get(f"{address}/sparql", params={"query": f"ASK {{}} # {n}"}) for n in range(10)
                ]
            )
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LAST)
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert sum(line["route"] == "/sparql" for line in lines) == 40

"""Load on a server: `wrk` for what is fast, a fixed number of requests for what is slow, and the figures."""

from __future__ import annotations

import http.client
import json
import math
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
CONNECTIONS = 8
PATIENCE = 120.0
_OK = 200
_MARK = "FIGURES "
# One request after the other from a list, so that within a run none is sent twice as long as the list lasts.
_LUA = """
local asked, place, threads = {}, 0, {}
again = 0
function setup(thread) threads[#threads + 1] = thread end
function init(arguments)
  for line in io.lines(arguments[1]) do
    local accept, path = line:match("^(%S+) (%S+)$")
    asked[#asked + 1] = wrk.format("GET", path, { ["Accept"] = accept })
  end
end
function request()
  place = place + 1
  if place > #asked then place = 1 again = again + 1 end
  return asked[place]
end
function done(summary, latency, requests)
  local repeated, errors = 0, summary.errors
  for _, thread in ipairs(threads) do repeated = repeated + thread:get("again") end
  io.write(string.format(
    'FIGURES {"requests": %d, "micros": %d, "p50": %d, "p99": %d, "max": %d, ' ..
    '"failed": %d, "repeated": %d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, repeated))
end
"""


@dataclass(frozen=True)
class Request:
    """A GET request: its target and what it accepts."""

    path: str
    accept: str


@dataclass(frozen=True)
class Reply:
    """What came back, and after how many seconds."""

    status: int
    media_type: str
    body: bytes
    seconds: float


@dataclass(frozen=True)
class Figures:
    """One run: requests a second, milliseconds of half and of 99 in 100, and what makes the run invalid."""

    rate: float
    seconds: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    requests: int
    failed: int
    repeated: bool
    told: str = ""


def fetch(port: int, request: Request, *, timeout: float = PATIENCE) -> Reply:
    """Send one request on a new connection. Raises OSError and http.client.HTTPException."""
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
    try:
        return _exchange(connection, request)
    finally:
        connection.close()


def run_wrk(
    command: str, port: int, requests: Sequence[Request], *, seconds: int, connections: int = CONNECTIONS
) -> Figures:
    """Send requests from a list for some seconds, each connection the next one when it has its answer.

    wrk corrects its percentiles for what a slow answer kept it from asking.
    """
    with tempfile.TemporaryDirectory(prefix="acagraph-wrk-") as folder:
        script, listed = Path(folder, "requests.lua"), Path(folder, "requests.txt")
        script.write_text(_LUA, encoding="utf-8")
        listed.write_text("".join(f"{asked.accept} {asked.path}\n" for asked in requests), encoding="utf-8")
        words = [command, "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={PATIENCE:.0f}s"]
        words += ["-s", str(script), f"http://{HOST}:{port}/", "--", str(listed)]
        told = subprocess.run(words, capture_output=True, text=True, check=False)
    lines = [line for line in told.stdout.splitlines() if line.startswith(_MARK)]
    if not lines:
        raise SystemExit(f"wrk failed: {(told.stderr or told.stdout).strip()[-500:]}")
    figures = json.loads(lines[-1].removeprefix(_MARK))
    return Figures(
        rate=figures["requests"] / (figures["micros"] / 1e6),
        seconds=figures["micros"] / 1e6,
        p50_ms=figures["p50"] / 1000 if figures["requests"] else math.inf,
        p99_ms=figures["p99"] / 1000 if figures["requests"] else math.inf,
        max_ms=figures["max"] / 1000 if figures["requests"] else math.inf,
        requests=figures["requests"],
        failed=figures["failed"],
        repeated=figures["repeated"] > 0,
    )


def run_counted(port: int, requests: Sequence[Request], *, connections: int = CONNECTIONS) -> Figures:
    """Send all requests, over some connections, and take the time until the last answer.

    For answers that take so long that a run of some seconds would end between two of them.
    """
    share = [requests[start::connections] for start in range(connections)]
    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as threads:
        answered = [
            reply for replies in threads.map(lambda part: _all(port, part), share) for reply in replies
        ]
    taken = time.perf_counter() - began
    refused = [reply for reply in answered if reply.status != _OK]
    latencies = sorted(reply.seconds * 1000 for reply in answered)
    return Figures(
        rate=len(answered) / taken,
        seconds=taken,
        p50_ms=latencies[len(latencies) // 2],
        p99_ms=latencies[math.ceil(len(latencies) * 0.99) - 1],
        max_ms=latencies[-1],
        requests=len(answered),
        failed=len(refused),
        repeated=False,
        told=f"({refused[0].status}: {refused[0].body[:300].decode(errors='replace')})" if refused else "",
    )


def _all(port: int, requests: Sequence[Request]) -> list[Reply]:
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    replies = []
    for request in requests:
        try:
            replies.append(_exchange(connection, request))
        except (OSError, http.client.HTTPException) as error:
            connection.close()  # the next request opens it again
            replies.append(Reply(0, "", f"{type(error).__name__}: {error}".encode(), PATIENCE))
    connection.close()
    return replies


def _exchange(connection: http.client.HTTPConnection, request: Request) -> Reply:
    began = time.perf_counter()
    connection.putrequest("GET", request.path, skip_accept_encoding=True)  # as wrk, which names no coding
    connection.putheader("Accept", request.accept)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    media_type = (response.getheader("content-type") or "").partition(";")[0].strip()
    return Reply(response.status, media_type, body, time.perf_counter() - began)

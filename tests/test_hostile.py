"""The hostile battery: what breaks other endpoints costs an attacker an error here, and nobody else anything.

After each attack another client is answered, the servers are the same processes as before, and there are no
more workers than at rest.
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest

from server_process import Raw, Service, send, service, until, whole

from attacks import (
    ANY,
    BETWEEN,
    ENDS,
    HEADERS,
    LONG,
    NESTED,
    REGEX,
    ROUTES,
    RUNAWAY,
    SECRETS,
    STRANGE,
    UP,
    WILD,
    elsewhere,
)

pytestmark = pytest.mark.skipif(
    not Path("/proc/net/tcp").exists(), reason="looks at processes as Linux lists them"
)

ENDLESS = RUNAWAY["count of a cross product"]
SECONDS = "0.5"  # for what would take for ever
SAVED = "/queries/members-of-coalition.json?coalition=jci"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
Answered = tuple[set[int], int]


@pytest.fixture(scope="module")
def victim(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    log = tmp_path_factory.mktemp("log") / "access.log"
    with service(release, log, "--processes", "2") as found:
        settle(found)
        yield found
    assert "Traceback" not in "".join(found.said), "".join(found.said)
    statuses = {json.loads(line)["status"] for line in log.read_text("utf-8").splitlines()}
    assert {status for status in statuses if status >= 500} <= {503}


def settle(victim: Service) -> None:
    """Wait until the servers are those that stay: the store in memory takes over from the one on disk."""
    seen: list[tuple[set[int], int]] = []

    def stays() -> bool:
        seen.append((victim.servers(), len(victim.tree())))
        time.sleep(0.2)
        return len(seen) > 15 and all(one == seen[-1] for one in seen[-15:])

    until(stays, seconds=120)


@pytest.fixture(scope="module")
def rest(victim: Service) -> Answered:
    """The servers, and how many processes there are when nobody asks anything."""
    settle(victim)
    servers, processes = victim.servers(), len(victim.tree())
    assert 2 <= len(servers) < processes
    return servers, processes


@pytest.fixture
def attacked(victim: Service, rest: Answered) -> Iterator[Service]:
    """The victim; after the test it must be as well as before."""
    yield victim
    unharmed(victim)
    servers, most = rest
    assert victim.process.poll() is None
    assert victim.servers() == servers, "a server died"
    until(lambda: len(victim.tree()) <= most)


def unharmed(victim: Service) -> None:
    """Ask as another client, what is never cached and a saved query."""
    with victim.client("127.0.0.2") as client:
        query = f"ASK {{}} # {time.monotonic()}"
        asked = client.get("/sparql", params={"query": query}, timeout=10)
        assert (asked.status_code, asked.json()["boolean"]) == (200, True)
        saved = client.get(SAVED, timeout=10)
        assert (saved.status_code, bool(saved.json()["results"]["bindings"])) == (200, True)


def ask(
    victim: Service, query: str | bytes, *, accept: str = "*/*", timeout: str = SECONDS, **parameters: str
) -> int:
    """POST a query as it is; the answer must be whole or say why it is none."""
    headers = {"Content-Type": DIRECT, "Accept": accept}
    with victim.client() as client:
        parameters = {"timeout": timeout, **parameters}
        return whole(client.post("/sparql", params=parameters, content=query, headers=headers))


def get(victim: Service, path: str, **parameters: str | Sequence[str]) -> httpx.Response:
    """Ask as somebody new."""
    with victim.client() as client:
        return client.get(path, params=parameters or None)


# Queries


@pytest.mark.parametrize("name", NESTED)
def test_nesting(attacked: Service, name: str) -> None:
    for depth in (90, 190, 1_000, 50_000):
        query = NESTED[name](depth)
        assert ask(attacked, query) in (200, 400, 413, 503)
        # The word makes the guard look twice, and parse.
        assert ask(attacked, f"{query}\n# service") in (200, 400, 413, 503)
    if name != "list of in":  # long, but no deeper than one
        assert ask(attacked, NESTED[name](20_000)) in (400, 413)


@pytest.mark.parametrize("name", LONG)
def test_length(attacked: Service, name: str) -> None:
    assert ask(attacked, LONG[name], timeout="2") in (200, 400, 413, 503)
    assert ask(attacked, LONG[name][:900_000] + "\n# service") in (200, 400, 413, 503)


@pytest.mark.parametrize("name", RUNAWAY)
def test_queries_without_end(attacked: Service, name: str) -> None:
    assert ask(attacked, RUNAWAY[name]) in (200, 400, 429, 503)


@pytest.mark.parametrize(
    "accept", ["text/csv", "text/tab-separated-values", "application/sparql-results+xml"]
)
def test_answers_without_end_are_refused_whole(attacked: Service, accept: str) -> None:
    assert ask(attacked, RUNAWAY["all of a cross product"], accept=accept, timeout="5") in (400, 503)


@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/ld+json"])
def test_graphs_without_end_are_refused_whole(attacked: Service, accept: str) -> None:
    assert ask(attacked, RUNAWAY["all of it as triples"], accept=accept) in (200, 400, 503)


@pytest.mark.parametrize("name", REGEX)
def test_expressions_that_take_others_for_ever(attacked: Service, name: str) -> None:
    # The deadline is for a hang: each is answered or refused as an expression.
    assert ask(attacked, REGEX[name], timeout="20") in (200, 400)


@pytest.mark.parametrize("name", STRANGE)
def test_strange_queries(attacked: Service, name: str) -> None:
    assert ask(attacked, STRANGE[name]) in (200, 400)
    assert whole(get(attacked, "/sparql", query=STRANGE[name], timeout=SECONDS)) in (200, 400)


# Requests


PLACES = ("/sparql?query=ASK%7B%7D", "/queries/coalitions", "/doc/coalition/jci", "/manifest.json", "/")
MALFORMED: dict[str, tuple[str, bytes]] = {
    "invalid UTF-8": (DIRECT, b'ASK { ?s ?p "\xff\xfe" }'),
    "half a pair as UTF-8": (DIRECT, b'ASK { ?s ?p "\xed\xa0\x80" }'),
    "a slash too long": (DIRECT, b'ASK { ?s ?p "\xc0\xaf" }'),
    "beyond all characters": (DIRECT, b'ASK { ?s ?p "\xf5\x80\x80\x80" }'),
    "cut within a character": (DIRECT, b'ASK { ?s ?p "\xe6'),
    "UTF-16": (DIRECT, "ASK {}".encode("utf-16")),
    "null bytes": (DIRECT, bytes(1_000)),
    "nothing": (DIRECT, b""),
    "white space": (DIRECT, b" \n\t "),
    "another charset": (f"{DIRECT}; charset=utf-16", "ASK {}".encode("utf-16-le")),
    "a charset that is none": (f"{DIRECT}; charset=\xff\xfe", b"ASK {}"),
    "a codec that is no charset": (f"{DIRECT}; charset=zlib", b"ASK {}"),
    "a form with invalid UTF-8": (FORM, b"query=ASK+%7B%7D%20%23%ff%fe"),
    "a form with half a pair": (FORM, b"query=ASK+%7B%7D%20%23%ED%A0%80"),
    "a form of null bytes": (FORM, b"query=%00%00&%00=%00"),
    "a form of signs": (FORM, b"&&&&=&=&%&%%&%2&query&=query"),
    "a form of many fields": (FORM, b"a=b&" * 200_000),
    "a form of many queries": (FORM, b"query=ASK%7B%7D&" * 50_000),
    "a form of many graphs": (FORM, b"query=ASK%7B%7D" + b"&default-graph-uri=http://a/" * 900),
    "a form of percent signs": (FORM, b"query=" + b"%" * 900_000),
    "a form of escapes": (FORM, b"query=" + b"%20" * 300_000),
    "a multipart form": ("multipart/form-data; boundary=x", b"--x\r\n\r\n" * 10_000),
    "no type": ("", b"ASK {}"),
    "a type that is none": ("\t;;;/", b"ASK {}"),
    "JSON": ("application/json", b'{"query": ' + b"[" * 900_000),
    "an update": ("application/sparql-update", b"DROP ALL"),
    "an update in a form": (FORM, b"update=DROP+ALL"),
    "an update as a query": (DIRECT, b"DELETE WHERE { ?s ?p ?o }"),
    "over the limit": (DIRECT, b"ASK {} #" + b"x" * 2_000_000),
    "a form over the limit": (FORM, b"query=" + b"x" * 2_000_000),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_bodies(attacked: Service, name: str) -> None:
    media_type, body = MALFORMED[name]
    head = f"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: {media_type}\r\n".encode("latin-1")
    answer = send(attacked, head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert refused(answer) in (400, 403, 413, 415)
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in cut(body)) + b"0\r\n\r\n"
    answer = send(attacked, head + b"Transfer-Encoding: chunked\r\n\r\n" + pieces)
    assert refused(answer) in (400, 403, 413, 415)


def cut(body: bytes) -> Sequence[bytes]:
    return [body[start : start + 10_000] for start in range(0, len(body), 10_000)]


def refused(answer: Raw | None) -> int:
    """Return the status of a refusal, which says why."""
    assert answer is not None
    assert 400 <= answer.status < 500 or answer.status == 503, answer
    assert answer.problem
    return answer.status


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "identity, gzip", "x"])
def test_compressed_bodies_are_not_read(attacked: Service, coding: str) -> None:
    body = gzip.compress(b"ASK {}" + b" " * 50_000_000)
    head = f"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: {DIRECT}\r\nContent-Encoding: {coding}\r\n"
    answer = send(attacked, f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    assert refused(answer) == 415


PARAMETERS: list[Mapping[str, str | Sequence[str]]] = [
    *({"timeout": value} for value in ("nan", "inf", "-1", "0", "1e999", "", "x", "9" * 5_000, "1\0", "٣")),
    *({"format": value} for value in ("", "x", "../../x", "\0", "x" * 5_000, "json\r\nX: y", "<script>")),
    *(
        {"default-graph-uri": value}
        for value in ("", "x", "file:///etc/passwd", "http://a/>", "\0", "a" * 9_000)
    ),
    *({"named-graph-uri": value} for value in ("", "x", "http://127.0.0.1:9/", "http://a/ b", "\ufffe")),
    {"default-graph-uri": ["http://a/"] * 500},
    {"query": ["ASK {}", "ASK {}"]},
    {"update": "DROP ALL"},
    {"using-graph-uri": "http://a/"},
    {"x" * 20_000: "y"},
    {str(number): "" for number in range(5_000)},
]


@pytest.mark.parametrize("values", PARAMETERS, ids=lambda values: repr(values)[:40])
def test_parameters_of_the_protocol(attacked: Service, values: Mapping[str, str | Sequence[str]]) -> None:
    # What says nothing, or nothing to us, does not matter.
    expected = (200, 400) if values == {"format": ""} or "x" * 20_000 in values else (400, 403, 406)
    assert whole(get(attacked, "/sparql", **{"query": "ASK {}", **values})) in expected


@pytest.mark.parametrize("name", HEADERS)
def test_headers(attacked: Service, name: str) -> None:
    for value in HEADERS[name]:
        for place in PLACES:
            request = f"GET {place} HTTP/1.1\r\nHost: a\r\n{name}: ".encode() + value
            answer = send(attacked, request + b"\r\nConnection: close\r\n\r\n")
            assert answer is not None
            assert answer.status < 500
            assert answer.head.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "POST", "LOCK", "PROPFIND"])
def test_methods(attacked: Service, method: str) -> None:
    for path in (*PLACES, SAVED, "/data", "/static/x", "/healthz"):
        answer = send(
            attacked, f"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{{}}".encode()
        )
        assert refused(answer) in (400, 403, 404, 405, 413, 415)


# Addresses


@pytest.mark.parametrize("route", ROUTES)
def test_paths_lead_nowhere_else(attacked: Service, route: str) -> None:
    paths = [
        route + between.join([up] * depth) + between + end
        for up in UP
        for between in BETWEEN
        for depth in (1, 8)
        for end in ENDS
    ]
    paths += [route + path for path in (*WILD, "%2f" * 5_000, "../" * 5_000, "x" * 60_000)]

    def look(path: str) -> None:
        request = f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
        answer = send(attacked, request)
        assert answer is not None
        assert answer.status < 500, path
        assert not any(secret in answer.body for secret in SECRETS), path
        assert b"\r\nX: y" not in answer.head

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(look, paths))


@pytest.mark.parametrize("value", ["-1", "0", "x", "1e9", "9" * 100, "", "1\0", "٣", "1 OR 1=1"])
@pytest.mark.parametrize("name", ["limit", "cursor", "asOf", "format", "nothing"])
def test_parameters_of_saved_queries(attacked: Service, name: str, value: str) -> None:
    for query in ("coalitions", "members-of-coalition", "no-such-query", "..%2f..%2fpyproject"):
        parameters = urlencode({"coalition": "jci", name: value} if query[0] == "m" else {name: value})
        answer = get(attacked, f"/queries/{query}?{parameters}")
        assert answer.status_code in (200, 400, 404, 406, 422), answer.text


# Other servers


@pytest.fixture
def listener() -> Iterator[tuple[str, list[object]]]:
    """An address of this machine where nobody may call, and who did."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        over = threading.Event()

        def wait() -> None:
            while not over.is_set():
                try:
                    client, caller = server.accept()
                except TimeoutError:
                    continue
                calls.append(caller)
                client.close()

        thread = threading.Thread(target=wait)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/secret", calls
        over.set()
        thread.join()


def test_the_listener_hears(listener: tuple[str, list[object]]) -> None:
    address, calls = listener
    with pytest.raises(httpx.TransportError):
        httpx.get(address)
    assert len(calls) == 1


@pytest.mark.parametrize("name", elsewhere("http://a/"))
def test_no_query_makes_the_server_call_another(
    attacked: Service, listener: tuple[str, list[object]], name: str
) -> None:
    address, calls = listener
    query = elsewhere(address)[name]
    ask(attacked, query)
    for parameters in ({"default-graph-uri": address}, {"named-graph-uri": address}):
        assert whole(get(attacked, "/sparql", query=query, **parameters)) in (400, 403)
    for kind, body in (("application/sparql-update", query), (FORM, urlencode({"update": query}))):
        with attacked.client() as client:
            answer = client.post("/sparql", content=body, headers={"Content-Type": kind})
        assert whole(answer) in (400, 403, 415)
    assert calls == []


def test_no_address_makes_the_server_call_another(
    attacked: Service, listener: tuple[str, list[object]]
) -> None:
    address, calls = listener
    coded = quote(address, safe="")
    routes = ("/graph-store?graph=", "/queries/", "/queries/coalitions-of-item?item=", "/doc/", "/id/")
    for path in [f"/graph/{address}", f"/doc/{address}", *(route + coded for route in routes)]:
        assert get(attacked, path).status_code < 500
    answer = send(attacked, f"GET {address} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert answer is not None
    assert answer.status == 404
    assert calls == []


# Clients


def request_of(query: str, **parameters: str) -> bytes:
    target = urlencode({"query": query, **parameters})
    return f"GET /sparql?{target} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


def busy(victim: Service, before: Mapping[int, float]) -> int | None:
    """Return the process that has worked since most, when that is much."""
    used = {pid: seconds - before.get(pid, 0.0) for pid, seconds in victim.used().items()}
    pid = max(used, key=lambda pid: used[pid])
    return pid if used[pid] > 0.4 else None


@pytest.mark.parametrize("how", ["close", "reset", "half-close", "close behind another request"])
def test_a_client_that_vanishes_takes_its_query_along(attacked: Service, how: str) -> None:
    before = attacked.used()
    client = socket.create_connection(("127.0.0.1", attacked.port), timeout=60)
    query = f"{ENDLESS} # {time.monotonic()}"
    client.sendall(request_of(query) * (2 if "another" in how else 1))
    worker = until(lambda: busy(attacked, before))
    assert worker not in attacked.servers()
    if how == "reset":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if how == "half-close":
        client.shutdown(socket.SHUT_WR)
    else:
        client.close()
    until(lambda: worker not in attacked.tree(), seconds=10)  # the deadline of the query is thirty
    client.close()


def test_clients_that_vanish_in_mid_body(attacked: Service) -> None:
    head = f"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: {DIRECT}\r\nContent-Length: 1000\r\n\r\nASK"
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", attacked.port)) as client:
            client.sendall(head.encode())


def test_a_hundred_queries_abandoned_at_once(attacked: Service) -> None:
    for number in range(100):
        with socket.create_connection(("127.0.0.1", attacked.port)) as client:
            client.sendall(request_of(f"{ENDLESS} # {number} {time.monotonic()}"))
    unharmed(attacked)


def test_a_crowd_of_endless_queries(attacked: Service) -> None:
    # Those that no engine ends in time, whatever the data.
    endless = [query for query in RUNAWAY.values() if ANY in query][:6]

    def run(number: int) -> httpx.Response:
        query = f"{endless[number % 6]} # {number}"
        return httpx.get(f"{attacked.address}/sparql", params={"query": query, "timeout": "2"}, timeout=60)

    with ThreadPoolExecutor(16) as threads:
        crowd = [threads.submit(run, number) for number in range(32)]
        for _ in range(5):
            unharmed(attacked)
        answers = [one.result() for one in crowd]
    for answer in answers:
        status = whole(answer)
        assert status in (400, 429, 503)
        if status == 429 or "ask again" in answer.json()["detail"]:
            assert int(answer.headers["retry-after"]) > 0
    assert {answer.status_code for answer in answers} >= {503}


def test_readers_that_do_not_read(attacked: Service) -> None:
    data = attacked.address + "/data/acagraph.nt"
    path = "/data/acagraph.nt" if httpx.head(data).status_code == 200 else "/data/acagraph.trig"
    clients = [socket.create_connection(("127.0.0.1", attacked.port)) for _ in range(60)]
    for number, client in enumerate(clients):
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        client.sendall(request_of(f"SELECT * {{ ?s ?p ?o }} # {number}"))
    for _ in range(3):
        unharmed(attacked)
    for client in clients:
        client.close()


def test_connections_that_say_nothing(attacked: Service) -> None:
    clients = []
    for _ in range(400):
        clients.append(socket.create_connection(("127.0.0.1", attacked.port)))
    for _ in range(3):
        unharmed(attacked)
    for client in clients:
        client.close()


def test_writers_that_do_not_write(attacked: Service) -> None:
    clients = [socket.create_connection(("127.0.0.1", attacked.port)) for _ in range(100)]
    for client in clients:
        client.sendall(b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: " + DIRECT.encode())
    for client in clients[:50]:
        client.sendall(b"\r\nContent-Length: 900000\r\n\r\nASK")
    for _ in range(3):
        unharmed(attacked)
    for client in clients:
        client.close()


def test_hundreds_of_requests_in_one_go(attacked: Service) -> None:
    with socket.create_connection(("127.0.0.1", attacked.port), timeout=60) as client:
        client.sendall(request_of(f"ASK {{}} # {time.monotonic()}") * 2_000)
        assert client.recv(4096).startswith(b"HTTP/1.1 200 OK")
    unharmed(attacked)


def test_the_servers_memory_is_bounded_after_all_of_this(attacked: Service) -> None:
    pages = 0
    for pid in attacked.servers():
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                pages += int(line.split()[1])
    assert pages < 1_500_000, f"{pages} kB in the servers"

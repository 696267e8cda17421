"""curl against `acagraph serve`: caches, codings, ranges and preflights as its users ask for them.

The commands of README.md are run by test_docs.py.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyoxigraph
import pytest

from curated import ABOUT, COALITIONS, COUNT, SHARED, UPDATE, bindings, number, rows

CURL = shutil.which("curl")
DUMP = "acagraph.nt.gz"
# One of each kind of answer: a query, a question, a thing, a graph, a file.
PATHS = [
    f"/sparql?query={quote(COALITIONS)}",
    "/queries/coalitions.csv",
    "/doc/coalition/jci.ttl",
    f"/graph-store?graph={quote(SHARED, safe='')}",
    f"/data/{DUMP}",
]

pytestmark = pytest.mark.skipif(CURL is None, reason="curl is not installed (Debian: apt install curl)")


@dataclass(frozen=True)
class Said:
    """What curl received: the head of the last answer, with names in small letters, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes


def curl(*arguments: str | Path, send: str | None = None, code: int = 0) -> Said:
    """Run curl, which has to end with `code`, and return what it received."""
    done = subprocess.run(
        [str(CURL), "-sS", "--max-time", "60", "--dump-header", "-", *arguments],
        input=None if send is None else send.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    received = re.sub(rb"\AHTTP/1.1 100 .*?\r\n\r\n", b"", done.stdout, flags=re.DOTALL)
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Said(int(first.split()[1]), headers, body)


@pytest.mark.parametrize("path", PATHS)
def test_what_is_known_is_not_sent_again(service: str, tmp_path: Path, path: str) -> None:
    tag = tmp_path / "etag"
    first = curl("--etag-save", tag, service + path)
    assert (first.status, first.headers["etag"][0]) == (200, '"')
    assert first.body
    again = curl("--etag-compare", tag, service + path)
    assert (again.status, again.body) == (304, b"")
    for name in ("etag", "cache-control", "vary"):
        assert again.headers.get(name) == first.headers.get(name)
    other = curl("-H", 'If-None-Match: "another"', service + path)
    assert (other.status, other.body) == (200, first.body)


@pytest.mark.parametrize("path", PATHS)
def test_a_head_is_that_of_the_answer(service: str, path: str) -> None:
    asked = curl("--head", "--output", "/dev/null", service + path)
    got = curl(service + path)
    assert asked.status == got.status == 200
    for name in ("content-type", "content-length", "etag", "cache-control", "vary"):
        assert asked.headers.get(name) == got.headers.get(name)
    assert int(got.headers["content-length"]) == len(got.body)


@pytest.mark.parametrize("path", PATHS[:-1])
@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_answers_come_compressed(service: str, path: str, coding: str) -> None:
    known = subprocess.run([str(CURL), "--version"], capture_output=True, text=True, check=True).stdout
    if {"gzip": "libz", "zstd": "zstd"}[coding] not in known.rpartition("Features:")[2].split():
        pytest.skip(f"this curl knows no {coding}")
    plain = curl(service + path)
    raw = curl("-H", f"Accept-Encoding: {coding}", service + path)
    assert raw.headers["content-encoding"] == coding
    assert "accept-encoding" in raw.headers["vary"].lower()
    assert len(raw.body) < len(plain.body)
    read = curl("-H", f"Accept-Encoding: {coding}", "--compressed", service + path)
    assert read.body == plain.body
    assert curl("--compressed", service + path).body == plain.body
    assert raw.headers["etag"] != plain.headers["etag"]  # a strong validator is of the bytes that are sent
    assert (
        curl(
            "-H", f"Accept-Encoding: {coding}", "-H", f"If-None-Match: {raw.headers['etag']}", service + path
        ).status
        == 304
    )


def test_a_page_may_ask_from_anywhere(service: str) -> None:
    asked = curl(
        *("-X", "OPTIONS", "-H", "Origin: https://example.org", "-H", "Access-Control-Request-Method: POST"),
        *("-H", "Access-Control-Request-Headers: content-type,accept", f"{service}/sparql"),
    )
    assert asked.status in (200, 204)
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert {"accept", "content-type"} <= set(
        asked.headers["access-control-allow-headers"].lower().replace(",", " ").split()
    )
    got = curl("-H", "Origin: https://example.org", f"{service}/sparql?query=ASK%7B%7D")
    assert got.headers["access-control-allow-origin"] == "*"


def test_a_part_of_a_dump(service: str, release: Path) -> None:
    whole = (release / "data" / DUMP).read_bytes()
    address = f"{service}/data/{DUMP}"
    part = curl("--range", "100-299", address)
    assert (part.status, part.body) == (206, whole[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(whole)}"
    assert curl("--range", "-50", address).body == whole[-50:]
    beyond = curl("--range", f"{len(whole)}-", address)
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{len(whole)}")
    tag = part.headers["etag"]
    same = curl("--range", "0-9", "-H", f"If-Range: {tag}", address)
    assert (same.status, same.body) == (206, whole[:10])
    changed = curl("--range", "0-9", "-H", 'If-Range: "another"', address)
    assert (changed.status, changed.body) == (200, whole)


def test_a_broken_download_goes_on(service: str, release: Path, tmp_path: Path) -> None:
    whole = (release / "data" / DUMP).read_bytes()
    file = tmp_path / DUMP
    file.write_bytes(whole[:1000])
    assert curl("--continue-at", "-", "--output", file, f"{service}/data/{DUMP}").status == 206
    assert file.read_bytes() == whole


def test_a_query_from_a_file(service: str, dump: pyoxigraph.Store, tmp_path: Path) -> None:
    file = tmp_path / "coalitions.rq"
    file.write_text(COALITIONS, encoding="utf-8")
    direct = ("-H", "Content-Type: application/sparql-query", "--data-binary", f"@{file}")
    expected = rows(dump, COALITIONS)
    for arguments in (
        direct,
        ("--data-urlencode", f"query@{file}"),
        ("-G", "--data-urlencode", f"query@{file}"),
    ):
        said = curl("-H", "Accept: application/sparql-results+json", *arguments, f"{service}/sparql")
        assert bindings(said.body) == expected
    said = curl(*direct, f"{service}/sparql?default-graph-uri={quote(SHARED, safe='')}&format=csv")
    assert said.headers["content-type"].startswith("text/csv")


def test_a_query_from_a_pipe(service: str, dump: pyoxigraph.Store) -> None:
    said = curl(
        *("-H", "Content-Type: application/sparql-query", "--data-binary", "@-"),
        f"{service}/sparql?default-graph-uri={quote(SHARED, safe='')}",
        send=COUNT,
    )
    assert number(bindings(said.body)) == number(rows(dump, COUNT, graphs=(SHARED,)))


def test_a_script_notices_a_bad_query(service: str) -> None:
    bad = ("--data-urlencode", "query=SELECT nonsense", f"{service}/sparql")
    assert curl("--fail", *bad, code=22).status == 400
    told = curl("--fail-with-body", *bad, code=22)
    assert json.loads(told.body)["status"] == 400


def test_a_body_without_end_is_refused(service: str) -> None:
    direct = ("-H", "Content-Type: application/sparql-query", "--data-binary", "@-")
    said = curl(*direct, f"{service}/sparql", send="ASK {} #" + "x" * 20_000_000)
    assert said.status == 413
    assert json.loads(said.body)["status"] == 413


@pytest.mark.parametrize(
    "arguments",
    [
        ("--data-urlencode", f"update={UPDATE}"),
        ("-H", "Content-Type: application/sparql-update", "--data-binary", UPDATE),
    ],
    ids=["form", "direct"],
)
def test_updates_are_refused(service: str, arguments: tuple[str, ...]) -> None:
    said = curl(*arguments, f"{service}/sparql")
    assert said.status == 403
    assert "read-only" in json.loads(said.body)["detail"]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_graphs_cannot_be_written(service: str, method: str) -> None:
    address = f"{service}/graph-store?graph={quote(SHARED, safe='')}"
    body = ("--data-binary", "<urn:x> <urn:x> <urn:x> .") if method != "DELETE" else ()
    said = curl("-X", method, "-H", "Content-Type: text/turtle", *body, address)
    assert said.status in (403, 405)
    assert json.loads(said.body)["status"] == said.status
    assert curl(address).status == 200


def test_a_graph_as_quads(service: str) -> None:
    direct = ("-H", "Content-Type: application/sparql-query", "--data-binary", ABOUT)
    said = curl(*direct, "-H", "Accept: application/n-quads", f"{service}/sparql")
    assert said.headers["content-type"].startswith("application/n-quads")
    assert list(pyoxigraph.parse(said.body, format=pyoxigraph.RdfFormat.N_QUADS))

"""How heavy the pages are, and how soon they come.

    python benchmarks/pages.py --release public/current

It starts `acagraph serve` and asks over HTTP on this machine. The pages are the largest of their kinds in the
release; the weight is what a browser loads: page, style sheets and scripts, as they are sent with gzip. Kept
pages the server has in memory; those made anew it renders, as a header keeps them out of its cache. Where the
release has its pages as files, it counts those too.
"""

from __future__ import annotations

import argparse
import http.client
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote

from service_load import HOST, PATIENCE, Request, run_counted
from service_report import machine
from service_servers import OURS, start, systems

import acagraph
from acagraph.stores import rows
from acagraph.vocab import BASE

HOME_KB, ENTITY_KB, FIRST_BYTE_MS = 120, 60, 50
SITE_FILES, SITE_MB = 40_000, 800
_LOADED = re.compile(r'<link rel="stylesheet" href="([^"]+)"|<script (?:type="module" )?src="([^"]+)"')
_LARGEST = {
    "coalition": "?agent aca:memberOf ?thing",
    "country": "?agent aca:country ?thing . ?thing a aca:Country",
    "agent": "?thing aca:memberOf ?coalition",
    "source": "?evidence aca:inSource ?thing",
}
_PLACES = "SELECT ?thing { ?agent aca:governs ?thing MINUS { ?thing a aca:Country } } ORDER BY ?thing LIMIT 1"
_MEMBERS = "SELECT DISTINCT ?thing { ?thing aca:memberOf ?coalition } ORDER BY ?thing"
_WARM = 3
_SEED = 8
_OK = 200


@dataclass(frozen=True)
class Page:
    """A page with what it may weigh, in kB of 1,000 bytes, and how many milliseconds it may take to begin."""

    kind: str
    path: str
    most_kb: int | None = None
    most_ms: int | None = None


@dataclass(frozen=True)
class Measured:
    """Bytes as they are sent, and the milliseconds to the first byte of each request."""

    page: Page
    own: int
    sent: int
    kept: Sequence[float]
    anew: Sequence[float]

    @property
    def reached(self) -> str:
        """Whether the page keeps within what it may weigh and take."""
        over = [
            self.page.most_kb is not None and self.sent >= self.page.most_kb * 1000,
            self.page.most_ms is not None and median(self.anew) >= self.page.most_ms,
        ]
        return "**no**" if any(over) else "yes" if self.page.most_kb or self.page.most_ms else ""


def main() -> None:
    """Measure, and print a table."""
    given = _arguments()
    pages, members = _chosen(given.release)
    told = machine()
    system = systems(
        given.release,
        acagraph=str(Path(sys.executable).with_name("acagraph")),
        oxigraph="",
        peer_python=None,
    )[OURS]
    with tempfile.TemporaryDirectory() as folder, start(system, Path(folder), switch_seconds=60.0) as server:
        measured = [_measured(server.port, page, given.rounds) for page in pages]
        sample = random.Random(_SEED).sample(members, min(given.pages + given.pages // 4, len(members)))
        asked = [Request(path, "text/html") for path in sample]
        warm, asked = asked[: len(asked) // 5], asked[len(asked) // 5 :]
        run_counted(server.port, warm)
        figures = run_counted(server.port, asked)
    print(
        f"{told['processors']} processors ({told['model']}), load {told['load'][0]:.1f} before; "
        f"{given.rounds} requests of each page.\n"
    )
    print("\n".join(_table(measured)))
    print(
        f"\n{figures.rate:,.0f} pages a second, made anew: {figures.requests} pages of members, each once, "
        f"over 8 connections; {figures.p50_ms:.0f} ms in the middle, {figures.p99_ms:.0f} ms of 99 in 100"
        f"{f', {figures.failed} failed {figures.told}' if figures.failed else ''}."
    )
    print(f"\n{_site(given.release / 'pages')}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Weigh and time the pages of a release.")
    parser.add_argument("--release", type=Path, default=Path("public/current"), help="a built release")
    parser.add_argument("--rounds", type=int, default=50, help="requests of each page, kept and made anew")
    parser.add_argument("--pages", type=int, default=400, help="pages of members, to tell how many a second")
    return parser.parse_args()


def _chosen(release: Path) -> tuple[list[Page], list[str]]:
    """Return the pages to measure, and the paths of all members."""
    with acagraph.open(release) as dataset:

        def first(query: str) -> str:
            return next((_path(row["thing"].value) for row in rows(dataset.store, query)), "")

        largest = {kind: first(_most(pattern)) for kind, pattern in _LARGEST.items()}
        place = first(_PLACES)
        members = [_path(row["thing"].value) for row in rows(dataset.store, _MEMBERS)]
    coalition, country = largest["coalition"], largest["country"]
    slug = coalition.rpartition("/")[2]
    pages = [
        Page("home", "/", HOME_KB),
        Page("coalition, the largest", coalition, ENTITY_KB, FIRST_BYTE_MS),
        Page("its members", f"{coalition}/members/1", ENTITY_KB, FIRST_BYTE_MS),
        Page("its members, chosen and sorted", f"{coalition}/members/1?sort=since&order=down", ENTITY_KB),
        Page("country, the largest", country, ENTITY_KB),
        Page("agent", largest["agent"], ENTITY_KB),
        *([Page("place", place, ENTITY_KB)] if place else []),
        Page("source, the largest", largest["source"], ENTITY_KB),
        Page("list of members", "/members"),
        Page("list of commitments", "/commitments"),
        Page("search", "/search?q=munich"),
        Page("question", f"/queries/members-of-coalition?coalition={slug}"),
        Page("term", "/ontology/term/Coalition"),
        Page("SPARQL", "/sparql"),
    ]
    return pages, members


def _site(folder: Path) -> str:
    """Tell how large the site of files is; a file with two names counts twice, as hosts send it twice."""
    if not folder.is_dir():
        return "Pages as files: none; `acagraph build` without --no-pages writes them."
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    megabytes = sum(sizes) / 1_000_000
    reached = "yes" if len(sizes) <= SITE_FILES and megabytes <= SITE_MB else "**no**"
    return (
        f"Pages as files: {len(sizes):,} files (at most {SITE_FILES:,}), {megabytes:,.1f} MB (at most "
        f"{SITE_MB} MB), reached: {reached}."
    )


def _most(pattern: str) -> str:
    return f"SELECT ?thing (COUNT(*) AS ?n) {{ {pattern} }} GROUP BY ?thing ORDER BY DESC(?n) ?thing LIMIT 1"


def _path(iri: str) -> str:
    return f"/doc/{quote(iri.removeprefix(f'{BASE}id/'))}"


def _measured(port: int, page: Page, rounds: int) -> Measured:
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        for _ in range(_WARM):
            _asked(connection, page.path, anew=True)
        anew = [_asked(connection, page.path, anew=True)[0] for _ in range(rounds)]
        _asked(connection, page.path, anew=False)
        kept = [_asked(connection, page.path, anew=False)[0] for _ in range(rounds)]
        text = _asked(connection, page.path, anew=True, coding="identity")[1].decode()
        own = len(_asked(connection, page.path, anew=False)[1])
        sent = own + sum(len(_asked(connection, name, anew=False)[1]) for name in sorted(set(_loaded(text))))
    finally:
        connection.close()
    return Measured(page, own, sent, kept, anew)


def _loaded(text: str) -> Iterator[str]:
    for found in _LOADED.finditer(text):
        yield found[1] or found[2]


def _asked(
    connection: http.client.HTTPConnection, path: str, *, anew: bool, coding: str = "gzip"
) -> tuple[float, bytes]:
    """Return the milliseconds to the first byte, and the body as it was sent."""
    began = time.perf_counter()
    connection.putrequest("GET", path, skip_accept_encoding=True)
    connection.putheader("Accept", "text/html")
    connection.putheader("Accept-Encoding", coding)
    if anew:
        # What asks for a range is neither kept nor answered from what is kept; a page is sent whole then too.
        connection.putheader("Range", "bytes=0-")
    connection.endheaders()
    response = connection.getresponse()
    taken = (time.perf_counter() - began) * 1000
    body = response.read()
    if response.status != _OK:
        raise SystemExit(f"{path} is answered with {response.status}: {body[:300].decode(errors='replace')}")
    return taken, body


def _table(measured: Sequence[Measured]) -> Iterator[str]:
    yield "| page | of it | all, gzip | at most | kept | made anew | 9 of 10 within | below | reached |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for one in measured:
        page = one.page
        slow = quantiles(one.anew, n=10)[-1] if len(one.anew) > 1 else one.anew[0]
        cells = (
            f"{page.kind}: `{page.path}`",
            f"{one.own / 1000:.1f} kB",
            f"{one.sent / 1000:.1f} kB",
            f"{page.most_kb} kB" if page.most_kb else "",
            f"{median(one.kept):.1f} ms",
            f"{median(one.anew):.1f} ms",
            f"{slow:.1f} ms",
            f"{page.most_ms} ms" if page.most_ms else "",
            one.reached,
        )
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()

"""Several releases served at once: the list, each under its version, its files and store, what is gone."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import hashlib
import http.client
import json
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pyoxigraph
import pytest

import acagraph
from acagraph.errors import ClientBusy, StoreBusy, StoreError
from acagraph.stores import Asked, Limits
from acagraph.stores.pool import Size
from acagraph.web import archive as archives
from acagraph.web import create_app
from acagraph.web.listing import stamp
from acagraph.web.openings import Openings, Pools, Stores
from acagraph.web.shelves import VISIT, Opening, Terms, Visit
from server_process import GUARD, service, until
from test_browser import CHROMIUM, rendered

from small import DATA, QUERIES, served

OLD, MIDDLE, NEW = "2026.1.2", "2026.9.1", "2026.10.1"
HTML = {"Accept": "text/html"}
SONY = "SELECT ?label { agent:sony skos:prefLabel ?label }"
CLOSE = "</script><script>alert(1)</script><!--"
SCHEMA = {"@context": "https://schema.org/", "@type": "Dataset", "name": CLOSE, "description": "A & B"}
FILES = {
    "dataset.ttl": "<https://w3id.org/acagraph/dataset> a <http://www.w3.org/ns/dcat#Dataset> .\n",
    "dataset.jsonld": '{"@id": "https://w3id.org/acagraph/dataset"}',
    "schema.jsonld": json.dumps(SCHEMA),
    "croissant.json": '{"@type": "sc:Dataset"}',
    "citation.bib": "@dataset{acagraph, title = {A <b>bold</b> title}}\n",
    "CITATION.cff": "cff-version: 1.2.0\n",
    "LICENCES.md": "# Licences\n",
    "void.ttl": "<https://w3id.org/acagraph/dataset> a <http://rdfs.org/ns/void#Dataset> .\n",
    "datapackage.json": "{}",
    "data/csv/members.csv": "member\r\nsony\r\n",
    "data/csv/csv-metadata.json": "{}",
    "data/parquet/members.parquet": "PAR1",
    "data/acagraph.xlsx": "PK",
    "changes/changes.md": "# Changes\n\nJoined: <i>Sony</i>\n",
    "changes/changes.json": "{}",
    "queries/checks/one.rq": "ASK {}\n",
    "shapes.ttl": "# shapes\n",
    "redirects.csv": (
        'from,to,reason\ncoalition:jci-old,coalition:jci,\nagent:nobody,,"Never was, after all"\n'
    ),
}


def made(out: Path, version: str, *, name: str = "Sony", ontology: str = "1.0.0", previous: str = "") -> Path:
    """Make a whole release of the small data, in which Sony has a name of its own."""
    folder = out / version
    folder.mkdir()
    text = DATA.read_text("utf-8").replace('"Sony"@en', f'"{name}"@en') + (
        "<https://w3id.org/acagraph/graph/ontology> { <https://w3id.org/acagraph/ontology> owl:versionInfo "
        f'"{ontology}" . aca:memberOf owl:deprecated true ; '
        "<http://purl.org/dc/terms/isReplacedBy> aca:belongsTo . }\n"
    )
    store = pyoxigraph.Store(str(folder / "store"))
    store.load(text, pyoxigraph.RdfFormat.TRIG)
    store.flush()
    del store
    shutil.copytree(QUERIES, folder / "queries")
    about = (
        f'<https://w3id.org/acagraph/ontology> <http://www.w3.org/2002/07/owl#versionInfo> "{ontology}" .\n'
    )
    files: dict[str, bytes] = {path: text.encode() for path, text in FILES.items()}
    files |= {"data/acagraph.trig": text.encode(), "ontology.ttl": f"# {version}\n{about}".encode()}
    files["data/acagraph.nq.gz"] = gzip.compress(version.encode(), mtime=0)
    for path, body in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
    manifest = {
        "version": version,
        "date": "2026-01-02",
        "title": "Small",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "previous": previous or None,
        "triples": 64,
        "rdfc10_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "files": [
            {"path": path, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
            for path, body in sorted(files.items())
        ],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "SHA256SUMS").write_text("sums\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three releases, and with what only looks like one."""
    out = tmp_path_factory.mktemp("releases")
    made(out, OLD, name="Sony of old", ontology="0.9.0")
    made(out, MIDDLE, name="Sony between", previous=OLD)
    made(out, NEW, previous=MIDDLE)
    (out / "current").symlink_to(NEW, target_is_directory=True)
    (out / "2026.11.1").symlink_to(NEW, target_is_directory=True)
    shutil.copytree(out / OLD, out / ".old-2026.1.1")
    shutil.copytree(out / OLD, out / "renamed")
    shutil.copytree(out / OLD, out / "2026.5.5")
    (out / "2026.5.5" / "manifest.json").write_text('{"version": "2026.5.5", "files": [', encoding="utf-8")
    cut = made(out, "2026.6.6")
    (cut / "shapes.ttl").write_text("cut", encoding="utf-8")
    storeless = made(out, "2026.7.7")
    shutil.rmtree(storeless / "store")
    return out


@pytest.fixture(scope="module")
def address(out: Path) -> Iterator[str]:
    with (
        acagraph.open(out / NEW) as dataset,
        served(create_app(dataset, others=Openings(out))) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    plain = {"Accept": "*/*", "Accept-Encoding": "identity"}
    with httpx.Client(base_url=address, headers=plain, timeout=60) as found:
        yield found


def labels(client: httpx.Client, path: str) -> list[str]:
    """Return what a SPARQL endpoint says that Sony is called."""
    answer = client.get(f"{path}/sparql.json", params={"query": SONY})
    assert answer.status_code == 200, answer.text
    return [row["label"]["value"] for row in answer.json()["results"]["bindings"]]


# The list


def test_whole_releases_are_listed_the_newest_first(client: httpx.Client) -> None:
    found = client.get("/releases.json").json()
    assert [one["version"] for one in found] == [NEW, MIDDLE, OLD]
    assert [one["ontology"] for one in found] == ["1.0.0", "1.0.0", "0.9.0"]
    assert found[2] == {
        "version": OLD,
        "date": "2026-01-02",
        "title": "Small",
        "triples": 64,
        "sha256": found[2]["sha256"],
        "previous": "",
        "ontology": "0.9.0",
        "doi": "",
        "iri": f"https://w3id.org/acagraph/releases/{OLD}/",
        "address": f"/releases/{OLD}/",
        "manifest": f"/releases/{OLD}/manifest.json",
        "changes": [f"/releases/{OLD}/changes/changes.md", f"/releases/{OLD}/changes/changes.json"],
    }
    for one in found:
        manifest = client.get(one["manifest"])
        assert (manifest.json()["version"], manifest.json()["rdfc10_sha256"]) == (
            one["version"],
            one["sha256"],
        )
        assert all(client.get(path).status_code == 200 for path in one["changes"])
    page = client.get("/releases", headers=HTML).text
    assert page.index(NEW) < page.index(MIDDLE) < page.index(OLD)
    assert client.get("/releases", headers={"Accept": "application/json"}).json() == found


@pytest.mark.parametrize(
    "version",
    [
        "2026.1.1",
        "current",
        "2026.11.1",
        ".old-2026.1.1",
        "renamed",
        "2026.5.5",
        "2026.6.6",
        "2026.7.7",
        "..",
        "%2e%2e",
        f"..%2f{OLD}",
        f"{OLD}%00",
        "a" * 300,
        "%ff",
        "%0d%0aX-Evil:%201",
    ],
)
def test_what_is_no_whole_release_of_the_folder_is_not_served(address: str, version: str) -> None:
    # http.client sends a path as it is, where httpx would tidy it up.
    for rest in ("", "/manifest.json", "/sparql", "/store/CURRENT"):
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
        connection.request("GET", f"/releases/{version}{rest}")
        answer = connection.getresponse()
        assert answer.status == 404, (version, rest)
        assert answer.getheader("X-Evil") is None
        assert "SQLite" not in answer.read().decode()
        connection.close()


def test_a_release_leads_to_its_page(client: httpx.Client) -> None:
    for version in (OLD, NEW):
        for path in (f"/releases/{version}", f"/releases/{version}/"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/releases/{version}/dataset")


# An older release under its version


def test_an_older_release_answers_from_its_own_store(client: httpx.Client) -> None:
    assert labels(client, "") == ["Sony"]
    assert labels(client, f"/releases/{MIDDLE}") == ["Sony between"]
    assert labels(client, f"/releases/{OLD}") == ["Sony of old"]
    document = client.get(f"/releases/{OLD}/doc/agent/sony.ttl")
    assert "Sony of old" in document.text
    saved = client.get(f"/releases/{OLD}/queries/members-of-coalition.csv?coalition=jci").text
    assert "Sony of old" in saved
    assert "Sony of old" not in client.get("/queries/members-of-coalition.csv?coalition=jci").text
    graph = client.get(f"/releases/{OLD}/graph/derived.nt")
    assert graph.text.count("\n") == client.get("/graph/derived.nt").text.count("\n") > 0


def test_links_of_an_older_release_stay_in_it(client: httpx.Client) -> None:
    root = f"/releases/{OLD}"
    thing = client.get(f"{root}/id/agent/sony")
    assert (thing.status_code, thing.headers["location"]) == (303, f"{root}/doc/agent/sony")
    page = client.get(f"{root}/doc/agent/sony", headers=HTML)
    assert f'href="{root}/static/acagraph.css"' in page.text
    assert f"This is release {OLD}, kept as it was." in page.text
    hrefs = set(re.findall(r'href="(/[^"#]*)"', page.text))
    assert {href for href in hrefs if not href.startswith(f"{root}/")} == {"/", "/releases"}
    found = {href: client.get(href, headers=HTML, follow_redirects=True).status_code for href in hrefs}
    assert {href: status for href, status in found.items() if status != 200} == {}
    assert "kept as it was" not in client.get("/doc/agent/sony", headers=HTML).text
    assert client.get(f"{root}/openapi.json").json()["servers"] == [{"url": root}]


def test_the_newest_has_an_address_with_its_version_too(client: httpx.Client) -> None:
    for path in ("data/acagraph.trig", "doc/agent/sony.ttl", "dataset.ttl", "manifest.json"):
        assert client.get(f"/releases/{NEW}/{path}").content == client.get(f"/{path}").content
    assert labels(client, f"/releases/{NEW}") == ["Sony"]
    for path in (f"/releases/{NEW}/releases/{NEW}/dataset", f"/releases/{OLD}/releases/{OLD}/dataset"):
        assert client.get(path).status_code == 404
    assert client.get(f"/releases/{OLD}/healthz").status_code == 404


def test_strangers_queries_of_an_older_release_are_guarded(client: httpx.Client) -> None:
    endpoint = f"/releases/{OLD}/sparql"
    assert client.post(endpoint, data={"update": "CLEAR ALL"}).status_code == 403
    assert client.delete(endpoint).status_code == 405
    calling = "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
    assert client.get(endpoint, params={"query": calling}).status_code == 400
    killing = "ASK { FILTER(" + "(" * 20_000 + "true" + ")" * 20_000 + ") }"
    answer = client.post(endpoint, data={"query": killing})
    assert answer.status_code == 400, answer.text
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    late = client.get(endpoint, params={"query": endless, "timeout": "0.5"})
    assert late.status_code == 503
    assert labels(client, f"/releases/{OLD}") == ["Sony of old"]
    assert labels(client, "") == ["Sony"]


# Nothing is opened that need not be


def test_files_of_an_older_release_need_no_store(out: Path) -> None:
    openings = Openings(out)
    with (
        acagraph.open(out / NEW) as dataset,
        served(create_app(dataset, others=openings)) as found,
        httpx.Client(base_url=found, headers={"Accept": "*/*"}, timeout=60) as client,
    ):
        client.get("/releases")
        for path in (*FILES, "data/acagraph.nq.gz", "manifest.json", "SHA256SUMS", "dataset", "data"):
            answer = client.get(f"/releases/{OLD}/{path}")
            assert answer.status_code == 200, path
        assert (len(openings.stores), len(openings.pools)) == (0, 0)
        assert client.get(f"/releases/{OLD}/doc/agent/sony.ttl").status_code == 200
        assert (len(openings.stores), len(openings.pools)) == (1, 0)
        assert labels(client, f"/releases/{OLD}") == ["Sony of old"]
        assert (len(openings.stores), len(openings.pools)) == (1, 1)
    assert (len(openings.stores), len(openings.pools)) == (0, 0)


@contextlib.contextmanager
def visiting(stores: Stores, who: str) -> Iterator[None]:
    """Ask as a request of a client does."""
    visit = Visit(who)
    token = VISIT.set(visit)
    try:
        yield
    finally:
        VISIT.reset(token)
        stores.leave(visit)


def ask(stores: Stores, folder: Path, who: str) -> None:
    with visiting(stores, who), stores.use(Opening(folder / "store")) as store:
        assert store.known(["https://w3id.org/acagraph/id/agent/sony"])


def test_a_store_in_use_is_never_closed_and_one_that_rests_makes_room(out: Path) -> None:
    now = [100.0]
    stores = Stores(Terms(most=2, rest=5, pace=1000), clock=lambda: now[0])
    first, second, third = out / OLD, out / MIDDLE, out / NEW
    with visiting(stores, "a"), stores.use(Opening(first / "store")) as store:
        now[0] += 60
        with visiting(stores, "b"), stores.use(Opening(second / "store")):
            with pytest.raises(StoreBusy) as caught:
                ask(stores, third, "c")
            assert (caught.value.status, caught.value.retry_after > 0) == (503, True)
        assert store.known(["https://w3id.org/acagraph/id/agent/sony"])
    now[0] += 5
    for _ in range(3):  # what rests makes room as often as anybody wants
        for folder in (third, first, second):
            ask(stores, folder, "c")
            now[0] += 5
    assert len(stores) == 2


def test_who_asks_one_release_after_another_closes_them_to_nobody_else(out: Path) -> None:
    now = [100.0]
    stores = Stores(Terms(most=1, rest=5, pace=2), clock=lambda: now[0])
    ask(stores, out / OLD, "walker")
    ask(stores, out / MIDDLE, "walker")  # in place of the first
    for _ in range(3):
        with pytest.raises(ClientBusy) as caught:
            ask(stores, out / OLD, "walker")
        assert caught.value.status == 429
    ask(stores, out / NEW, "other")  # has closed nobody's, so may close the walker's
    with pytest.raises(ClientBusy):
        ask(stores, out / OLD, "walker")
    ask(stores, out / NEW, "other")
    now[0] += 2
    ask(stores, out / OLD, "walker")
    assert len(stores) == 1


def test_a_walker_closes_its_own_store_first(out: Path) -> None:
    stores = Stores(Terms(most=2, rest=1000, pace=0), clock=lambda: 0.0)
    ask(stores, out / MIDDLE, "other")
    for folder in (out / OLD, out / NEW, out / OLD):
        ask(stores, folder, "walker")
    with stores.use(Opening(out / MIDDLE / "store")) as store:
        ask(stores, out / MIDDLE, "other")
        with stores.use(Opening(out / MIDDLE / "store")) as again:
            assert again is store


def test_a_client_uses_half_of_the_stores_at_most(out: Path) -> None:
    stores = Stores(Terms(most=2, rest=0, pace=0))
    with visiting(stores, "a"):
        with stores.use(Opening(out / OLD / "store")):
            pass
        with pytest.raises(ClientBusy), stores.use(Opening(out / MIDDLE / "store")):
            pass  # the first one stays its own as long as its visit lasts
        ask(stores, out / MIDDLE, "b")
    ask(stores, out / MIDDLE, "a")


def test_a_store_of_a_release_that_is_replaced_is_closed_when_it_is_given_back(tmp_path: Path) -> None:
    stores = Stores()
    before = made(tmp_path, OLD, name="Sony of old")
    opening = Opening(before / "store", stamp(before))
    with stores.use(opening) as store:
        shutil.move(before, tmp_path / ".old")
        with pytest.raises(StoreBusy), Stores().use(opening):
            pass  # there is nothing now
        now = made(tmp_path, OLD, name="Sony again")
        with stores.use(Opening(now / "store", stamp(now))) as other:
            assert b"again" in other.answer(SONY).read()
        assert b"of old" in store.answer(SONY).read()
        assert len(stores) == 1
    with pytest.raises(StoreError, match="closed"):
        store.answer(SONY)
    with pytest.raises(StoreBusy), stores.use(opening):
        pass  # it would be the data of another


def test_a_pool_ends_when_nobody_has_asked_for_a_while(out: Path) -> None:
    now = [100.0]
    terms = Terms(most=1, rest=60, pace=60, settle=5)

    async def run() -> None:
        pools = Pools(terms, size=Size(workers=1, long=1), idle_seconds=0.01, clock=lambda: now[0])
        asked = Asked("ASK {}", "application/sparql-results+json", Limits(timeout_seconds=30))
        old, middle = Opening(out / OLD / "store"), Opening(out / MIDDLE / "store")
        answer = await pools.deliver(old, asked, client="one")
        assert json.loads(answer.read())["boolean"] is True
        assert len(pools) == 1
        with pytest.raises(StoreBusy):
            await pools.deliver(middle, asked, client="two")  # a pool that has just begun stays
        async with asyncio.timeout(GUARD):
            while len(pools):
                await asyncio.sleep(0.01)

    asyncio.run(run())


def test_a_pool_that_one_client_keeps_busy_makes_room_for_another(out: Path) -> None:
    now = [100.0]
    terms = Terms(most=1, rest=60, pace=60, settle=5)

    async def run() -> None:
        pools = Pools(terms, size=Size(workers=1, long=1), clock=lambda: now[0])
        asked = Asked("ASK {}", "application/sparql-results+json", Limits(timeout_seconds=30))
        old, middle = Opening(out / OLD / "store"), Opening(out / MIDDLE / "store")
        await pools.deliver(old, asked, client="one")
        now[0] += 5
        await pools.deliver(old, asked, client="one")
        await pools.deliver(middle, asked, client="two")
        now[0] += 5
        await pools.deliver(old, asked, client="one")
        now[0] += 5
        with pytest.raises(ClientBusy):
            await pools.deliver(middle, asked, client="two")  # it had another's closed a moment ago
        assert len(pools) == 1
        pools.close()

    asyncio.run(run())


def test_others_are_answered_while_one_walks_through_all_releases(out: Path) -> None:
    openings = Openings(out, stores=Stores(Terms(most=1, rest=1000, pace=1000)))
    with (
        acagraph.open(out / NEW) as dataset,
        served(create_app(dataset, others=openings)) as found,
        caller(found, "127.0.0.21") as walker,
        caller(found, "127.0.0.22") as other,
    ):
        walked = [
            walker.get(f"/releases/{version}/doc/agent/{name}.ttl").status_code
            for name in ("sony", "ricoh")
            for version in (OLD, MIDDLE)
        ]
        assert walked == [200, 200, 429, 200]
        refused = walker.get(f"/releases/{OLD}/doc/agent/ricoh.ttl")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert other.get(f"/releases/{OLD}/doc/agent/ricoh.ttl").status_code == 200
        assert len(openings.stores) == 1


def caller(address: str, own: str) -> httpx.Client:
    """Return a client with an address of its own."""
    return httpx.Client(base_url=address, transport=httpx.HTTPTransport(local_address=own), timeout=60)


def test_a_request_costs_no_more_because_there_are_many(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/releases.json")
    assert client.get(f"/releases/{OLD}/manifest.json").status_code == 200

    def fail(*_: object) -> Any:
        raise AssertionError("the releases were looked through again")

    monkeypatch.setattr(archives, "releases", fail)
    monkeypatch.setattr(archives, "read_manifest", fail)
    monkeypatch.setattr("acagraph.dataset.read_manifest", fail)
    assert client.get("/releases.json").status_code == 200
    assert client.get("/ontology/0.9.0").status_code == 303
    assert client.get(f"/releases/{OLD}/SHA256SUMS").status_code == 200
    assert client.get(f"/releases/{OLD}/doc/agent/ricoh.ttl").status_code == 200


# A build while the server runs


def test_a_new_release_appears_and_the_first_stays(tmp_path: Path) -> None:
    made(tmp_path, OLD, name="Sony of old")
    with (
        acagraph.open(tmp_path / OLD) as dataset,
        served(create_app(dataset, others=Openings(tmp_path))) as found,
        httpx.Client(base_url=found, timeout=60) as client,
    ):
        assert [one["version"] for one in client.get("/releases.json").json()] == [OLD]
        assert client.get(f"/releases/{NEW}/manifest.json").status_code == 404
        made(tmp_path, NEW)
        assert [one["version"] for one in client.get("/releases.json").json()] == [NEW, OLD]
        assert labels(client, f"/releases/{NEW}") == ["Sony"]
        assert labels(client, "") == ["Sony of old"]
        shutil.move(tmp_path / NEW, tmp_path / ".old-new")
        assert client.get(f"/releases/{NEW}/doc/agent/ricoh").status_code == 404
        made(tmp_path, NEW, name="Sony again")
        assert "Sony again" in client.get(f"/releases/{NEW}/doc/agent/sony.nt").text


def test_a_release_that_is_built_again_is_read_again(tmp_path: Path) -> None:
    made(tmp_path, NEW)
    made(tmp_path, OLD, name="Sony of old")
    openings = Openings(tmp_path)
    root = f"/releases/{OLD}"
    paths = [
        f"{root}/doc/agent/sony.nt",
        f"{root}/queries/members-of-coalition.csv?coalition=jci",
        f"{root}/sparql.csv?{urlencode({'query': SONY})}",
        f"{root}/data/acagraph.trig",
    ]
    with (
        acagraph.open(tmp_path / NEW) as dataset,
        served(create_app(dataset, others=openings)) as found,
        httpx.Client(base_url=found, timeout=60) as client,
    ):
        before = [client.get(path) for path in paths]
        assert ["Sony of old" in answer.text for answer in before] == [True] * 4
        shutil.move(tmp_path / OLD, tmp_path / ".old-one")
        made(tmp_path, OLD, name="Sony again")
        for path, old in zip(paths, before, strict=True):
            answer = client.get(path, headers={"If-None-Match": old.headers["etag"]})
            assert answer.status_code == 200, path
            assert "Sony again" in answer.text, path
            assert answer.headers["etag"] != old.headers["etag"]
        assert (len(openings.stores), len(openings.pools)) == (1, 1)


@pytest.mark.parametrize(
    "damage",
    [
        {"triples": "many", "files": []},
        {"files": []},
        {"triples": "many"},
        {"triples": -1},
        {"title": ["a"]},
        {"date": 5},
        {"graphs": ["a"]},
        {"graphs": {"https://w3id.org/acagraph/graph/derived": "one"}},
        {"files": {"path": "a"}},
        {"files": ["a"]},
        {"files": [{"path": 1, "bytes": 1, "sha256": "0" * 64}]},
        {"files": [{"path": "shapes.ttl", "bytes": 9}]},
        {"files": [{"path": "shapes.ttl", "bytes": 9, "sha256": "none"}]},
        {"files": [{"path": "a" * 5000, "bytes": 9, "sha256": "0" * 64}]},
        {"files": [{"path": "a\0", "bytes": 9, "sha256": "0" * 64}]},
        {},
    ],
    ids=lambda damage: "-".join(damage) or "nothing",
)
def test_a_damaged_release_hurts_no_other(tmp_path: Path, damage: dict[str, Any]) -> None:
    made(tmp_path, NEW)
    whole = made(tmp_path, MIDDLE)
    told = json.loads((whole / "manifest.json").read_bytes())
    (whole / "manifest.json").write_text(json.dumps({**told, **damage}), encoding="utf-8")
    with (
        acagraph.open(tmp_path / NEW) as dataset,
        served(create_app(dataset, others=Openings(tmp_path))) as found,
        httpx.Client(base_url=found, timeout=60) as client,
    ):
        there = [] if damage else [MIDDLE]
        assert [one["version"] for one in client.get("/releases.json").json()] == [NEW, *there]
        assert client.get("/releases", headers=HTML).status_code == 200
        assert client.get("/ontology/9").status_code == 404
        for path in ("dataset", "", "manifest.json", "data/acagraph.trig"):
            answer = client.get(f"/releases/{MIDDLE}/{path}", follow_redirects=True)
            assert answer.status_code == (200 if there else 404)


def test_an_empty_store_is_no_release(tmp_path: Path) -> None:
    made(tmp_path, NEW)
    shutil.rmtree(made(tmp_path, MIDDLE) / "store")
    (tmp_path / MIDDLE / "store").mkdir()
    with (
        acagraph.open(tmp_path / NEW) as dataset,
        served(create_app(dataset, others=Openings(tmp_path))) as found,
    ):
        assert [one["version"] for one in httpx.get(f"{found}/releases.json").json()] == [NEW]
        assert httpx.get(f"{found}/releases/{MIDDLE}/doc/agent/sony").status_code == 404


def test_what_an_older_release_shows_of_the_newest_is_not_kept_for_the_next(out: Path) -> None:
    path, answers = f"/releases/{OLD}/data", []
    tag = ""
    for first in (NEW, MIDDLE):
        with (
            acagraph.open(out / first) as dataset,
            served(create_app(dataset, others=Openings(out))) as found,
        ):
            answer = httpx.get(found + path, headers={**HTML, "If-None-Match": tag})
            answers.append(answer.status_code)
            assert f"Release {first}</a> is the one shown first" in answer.text
            tag = answer.headers["etag"]
            assert httpx.get(found + path, headers={**HTML, "If-None-Match": tag}).status_code == 304
    assert answers == [200, 200]


def latest(client: httpx.Client, path: str, **headers: str) -> str:
    """Return where the Link header of a page says that the newest release is."""
    link = client.get(path, headers={**HTML, **headers}).headers["link"]
    found: list[str] = re.findall(r'<([^>]*)>; rel="latest-version"', link)
    return found[0]


def test_the_latest_version_is_the_newest_even_where_an_older_one_is_shown_first(tmp_path: Path) -> None:
    made(tmp_path, OLD)
    made(tmp_path, MIDDLE)
    with (
        acagraph.open(tmp_path / MIDDLE) as dataset,
        served(create_app(dataset, others=Openings(tmp_path))) as found,
        httpx.Client(base_url=found, timeout=60) as client,
    ):
        tag = client.get("/dataset", headers=HTML).headers["etag"]
        assert latest(client, "/dataset") == latest(client, f"/releases/{OLD}/dataset") == "/dataset"
        made(tmp_path, NEW)
        for path in ("/dataset", f"/releases/{MIDDLE}/dataset", f"/releases/{NEW}/dataset"):
            assert latest(client, path) == f"/releases/{NEW}/dataset"
        assert latest(client, "/dataset", **{"If-None-Match": tag}) == f"/releases/{NEW}/dataset"
        assert client.get(latest(client, "/dataset")).status_code == 200


# What was, under other names


def test_a_version_of_the_ontology_is_found_in_the_release_that_has_it(client: httpx.Client) -> None:
    turtle = {"Accept": "text/turtle"}
    assert client.get("/ontology/1.0.0", headers=turtle).text.startswith(f"# {NEW}\n")
    older = client.get("/ontology/0.9.0", headers=turtle)
    assert (older.status_code, older.headers["location"]) == (303, f"/releases/{OLD}/ontology")
    followed = client.get("/ontology/0.9.0", headers=turtle, follow_redirects=True)
    assert followed.text.startswith(f"# {OLD}\n")
    within = client.get(f"/releases/{OLD}/ontology/1.0.0")
    assert within.headers["location"] == f"/releases/{NEW}/ontology"
    unknown = client.get("/ontology/3.0.0")
    assert unknown.status_code == 404
    assert "/ontology/0.9.0 or /ontology/1.0.0" in unknown.json()["detail"]


def test_a_deprecated_term_says_what_replaces_it(client: httpx.Client) -> None:
    page = client.get("/ontology", headers=HTML).text
    row = next(line for line in page.split("<tr ") if 'id="memberOf"' in line)
    assert "<strong>Deprecated; use" in row
    assert "<code>aca:belongsTo</code>" in row
    assert "Deprecated" not in next(line for line in page.split("<tr ") if 'id="Business"' in line)


@pytest.mark.parametrize("root", ["", f"/releases/{OLD}"])
def test_merged_things_lead_on_and_withdrawn_ones_say_why(client: httpx.Client, root: str) -> None:
    merged = client.get(f"{root}/id/coalition/jci-old")
    assert (merged.status_code, merged.headers["location"]) == (301, f"{root}/id/coalition/jci")
    for path in ("/id/agent/nobody", "/doc/agent/nobody", "/doc/agent/nobody.ttl"):
        gone = client.get(root + path)
        assert gone.status_code == 410
        assert gone.headers["content-type"] == "application/problem+json"
        assert "Never was, after all" in gone.json()["detail"]
        assert "Never was" in client.get(root + path, headers=HTML).text
    assert client.get(f"{root}/doc/agent/noone").status_code == 404


# Files


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("data/acagraph.nq.gz", "application/gzip"),
        ("data/csv/members.csv", "text/csv; charset=utf-8"),
        ("data/parquet/members.parquet", "application/vnd.apache.parquet"),
        ("data/acagraph.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("CITATION.cff", "application/yaml"),
        ("citation.bib", "application/x-bibtex"),
        ("LICENCES.md", "text/markdown; charset=utf-8"),
        ("queries/checks/one.rq", "application/sparql-query"),
        ("queries/members-of-coalition.rq", "application/sparql-query"),
        ("SHA256SUMS", "text/plain; charset=utf-8"),
        ("redirects.csv", "text/csv; charset=utf-8"),
    ],
)
def test_every_file_has_its_type_its_checksum_and_ranges(
    client: httpx.Client, out: Path, path: str, media_type: str
) -> None:
    for root, version in (("", NEW), (f"/releases/{OLD}", OLD)):
        body = (out / version / path).read_bytes()
        whole = client.get(f"{root}/{path}")
        assert (whole.content, whole.headers["content-type"]) == (body, media_type)
        digest = hashlib.sha256(body)
        assert whole.headers["etag"] == f'"{digest.hexdigest()}"'
        told = f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
        assert whole.headers["repr-digest"] == told
        part = client.get(f"{root}/{path}", headers={"Range": "bytes=1-1"})
        assert (part.status_code, part.content) == (206, body[1:2])
        assert part.headers["repr-digest"] == told
        other = client.get(f"{root}/{path}", headers={"Range": "bytes=1-1", "If-Range": '"other"'})
        assert (other.status_code, other.content) == (200, body)
        assert f'<{root}/dataset>; rel="collection"' in whole.headers["link"]
        assert 'by/4.0/>; rel="license"' in whole.headers["link"]


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=1-3", 1, 3),
        ("bytes=5-", 5, 63),
        ("bytes=-4", 60, 63),
        ("bytes=-900", 0, 63),
        ("bytes=60-900", 60, 63),
        ("bytes=900-, 2-3", 2, 3),
        ("bytes=5-2", 0, 63),
        ("bytes=0-1,5-2", 0, 63),
        ("bytes=a-b", 0, 63),
        ("bytes=-", 0, 63),
        ("bytes=", 0, 63),
        (f"bytes={'9' * 5000}-", 0, 63),
        ("lines=1-2", 0, 63),
    ],
)
def test_a_range_is_what_was_asked_or_all(ranged: str, asked: str, first: int, last: int) -> None:
    answer = httpx.get(ranged, headers={"Range": asked})
    assert answer.content == BYTES[first : last + 1]
    whole = len(answer.content) == len(BYTES) and asked != "bytes=-900"
    assert answer.status_code == (200 if whole else 206)
    assert answer.headers.get("content-range") == (None if whole else f"bytes {first}-{last}/64")
    assert answer.headers["etag"] == f'"{hashlib.sha256(BYTES).hexdigest()}"'


def test_several_ranges_come_in_parts(ranged: str) -> None:
    answer = httpx.get(ranged, headers={"Range": "bytes=0-1,10-11"})
    assert answer.status_code == 206
    assert answer.headers["content-type"].startswith("multipart/byteranges")
    assert answer.content.count(b"/64") == 2


@pytest.mark.parametrize("asked", ["bytes=64-", "bytes=900-901", "bytes=-0", "bytes=70-,80-"])
def test_a_range_beyond_the_file_is_a_problem_that_says_how_long_it_is(ranged: str, asked: str) -> None:
    answer = httpx.get(ranged, headers={"Range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */64")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["status"], "64 bytes" in answer.json()["detail"]) == (416, True)
    for headers in ({"If-Range": '"other"'}, {"If-Range": "Thu, 01 Jan 1970 00:00:00 GMT"}):
        assert httpx.get(ranged, headers={"Range": asked, **headers}).content == BYTES
    assert httpx.head(ranged, headers={"Range": asked}).status_code == 200


BYTES = bytes(range(64))


@pytest.fixture(scope="module")
def ranged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a file with 64 bytes."""
    folder = made(tmp_path_factory.mktemp("ranged"), NEW)
    (folder / "data" / "bytes.xlsx").write_bytes(BYTES)
    with acagraph.open(folder) as dataset, served(create_app(dataset)) as found:
        yield f"{found}/data/bytes.xlsx"


def test_the_dump_of_a_graph_has_the_licence_of_the_graph(tmp_path: Path) -> None:
    folder = made(tmp_path, NEW)
    graph, other = (f"https://w3id.org/acagraph/graph/{name}" for name in ("register/one", "two"))
    own = "https://creativecommons.org/licenses/by/3.0/igo/"
    (folder / "data/graphs/register").mkdir(parents=True)
    for name in ("register/one.ttl", "register/one.nt.gz", "two.ttl"):
        (folder / "data/graphs" / name).write_bytes(b"")
    (folder / "dataset.ttl").write_text(f"<{graph}> <http://purl.org/dc/terms/license> <{own}> .\n")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "graphs": {graph: 0, other: 0}}))
    with acagraph.open(folder) as dataset, served(create_app(dataset)) as found:

        def licences(path: str) -> list[str]:
            return re.findall(r'<([^>]*)>; rel="license"', httpx.head(f"{found}/{path}").headers["link"])

        assert licences("data/graphs/register/one.ttl") == [own]
        assert licences("data/graphs/register/one.nt.gz") == [own]
        assert licences("data/graphs/two.ttl") == []  # nothing is said of it
        assert licences("data/acagraph.trig") == ["https://creativecommons.org/licenses/by/4.0/"]
        (folder / "dataset.ttl").write_text("no Turtle", encoding="utf-8")
    with acagraph.open(folder) as dataset, served(create_app(dataset)) as found:
        assert licences("data/graphs/register/one.ttl") == []


def test_a_table_names_what_describes_it(client: httpx.Client) -> None:
    links = client.get("/data/csv/members.csv").headers["link"]
    assert '</data/csv/csv-metadata.json>; rel="describedby"; type="application/csvm+json"' in links
    assert "csvm" not in client.get("/data/acagraph.trig").headers["link"]


def test_what_the_manifest_does_not_list_is_not_sent(tmp_path: Path) -> None:
    folder = made(tmp_path, NEW)
    (folder / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "changes" / "link.md").symlink_to("/etc/hostname")
    with acagraph.open(folder) as dataset, served(create_app(dataset)) as found:
        for path in (
            "secret.txt",
            "store/CURRENT",
            "store/IDENTITY",
            "changes/link.md",
            "queries/../secret.txt",
        ):
            connection = http.client.HTTPConnection(urlsplit(found).netloc, timeout=10)
            connection.request("GET", f"/{path}")
            answer = connection.getresponse()
            assert (answer.status, b"secret\n" in answer.read()) == (404, False), path
            connection.close()


# The page of the dataset, and its descriptions


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("text/turtle", "dataset.ttl"),
        ("application/ld+json", "dataset.jsonld"),
        ('application/ld+json;profile="https://schema.org/"', "schema.jsonld"),
        ('application/ld+json;profile="http://mlcommons.org/croissant/1.0"', "croissant.json"),
        ("application/x-bibtex", "citation.bib"),
    ],
)
def test_the_dataset_is_described_in_the_form_that_is_asked(
    client: httpx.Client, accept: str, name: str
) -> None:
    for root in ("", f"/releases/{OLD}"):
        answer = client.get(f"{root}/dataset", headers={"Accept": accept})
        assert answer.content.decode() == FILES[name]
        assert answer.headers["content-type"].replace("; ", ";").removesuffix(";charset=utf-8") == accept
        assert "accept" in answer.headers["vary"].lower()
    assert client.get("/dataset", headers={"Accept": "image/png"}).status_code == 406


def test_the_page_of_the_dataset_tells_what_people_need(client: httpx.Client, out: Path) -> None:
    page = client.get(f"/releases/{MIDDLE}/dataset", headers=HTML)
    text = page.text
    for shown in (MIDDLE, "64 triples", "A &lt;b&gt;bold&lt;/b&gt; title", "Joined: &lt;i&gt;Sony&lt;/i&gt;"):
        assert shown in text
    assert "A &amp; B" in text
    manifest = json.loads((out / MIDDLE / "manifest.json").read_bytes())
    everything = client.get(f"/releases/{MIDDLE}/data", headers=HTML).text
    for file in manifest["files"]:
        for shown in (everything, *([] if file["path"].startswith("queries/") else [text])):
            assert f'href="/releases/{MIDDLE}/{file["path"]}"' in shown
            assert file["sha256"] in shown
    assert f'href="/releases/{MIDDLE}/data">All {len(manifest["files"]) + 2} files</a>' in text
    assert f'href="/releases/{OLD}/dataset"' in text
    assert f'what each source asks for is in <a href="/releases/{MIDDLE}/LICENCES.md">' in text


def test_the_page_holds_its_description_which_nothing_can_break_out_of(client: httpx.Client) -> None:
    page = client.get("/dataset", headers=HTML)
    assert CLOSE not in page.text
    embedded = re.findall(r"<script([^>]*)>(.*?)</script>", page.text, re.DOTALL)
    assert [kind for kind, _ in embedded] == [' type="application/ld+json"']
    assert json.loads(embedded[0][1]) == SCHEMA
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (Debian: apt install chromium)")
def test_a_browser_reads_the_description_and_runs_nothing(address: str, tmp_path: Path) -> None:
    page = rendered(f"{address}/dataset", tmp_path)  # it fails when the policy is violated
    assert page.count("<script") == 1
    assert "<h1>Small</h1>" in page


def test_links_of_the_dataset_lead_programs_to_all_of_it(client: httpx.Client) -> None:
    head = client.head(f"/releases/{MIDDLE}/dataset", headers=HTML)
    links: dict[str, list[str]] = {}
    for target, relation in re.findall(r'<([^>]*)>; rel="([^"]*)"', head.headers["link"]):
        links.setdefault(relation, []).append(target)
    assert links["cite-as"] == [f"https://w3id.org/acagraph/releases/{MIDDLE}/"]
    assert links["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert links["predecessor-version"] == [f"/releases/{OLD}/dataset"]
    assert links["latest-version"] == ["/dataset"]
    assert f"/releases/{MIDDLE}/schema.jsonld" in links["describedby"]
    assert f"/releases/{MIDDLE}/data/acagraph.nq.gz" in links["item"]
    for relation in ("describedby", "item", "version-history", "predecessor-version", "latest-version"):
        for target in links[relation]:
            assert client.get(target).status_code == 200, target


def test_void_stands_at_its_well_known_place(client: httpx.Client, small_release: Path) -> None:
    answer = client.get("/.well-known/void")
    assert (answer.status_code, answer.headers["location"]) == (302, "/void.ttl")
    assert client.get("/.well-known/void", follow_redirects=True).text == FILES["void.ttl"]
    with acagraph.open(small_release) as dataset, served(create_app(dataset)) as found:
        assert httpx.get(f"{found}/.well-known/void").status_code == 404
        bare = httpx.get(f"{found}/dataset", headers=HTML)
        assert (bare.status_code, "<script" in bare.text) == (200, False)


def test_what_is_kept_of_an_older_release_is_not_what_is_kept_of_the_newest(client: httpx.Client) -> None:
    paths = [f"{root}/doc/agent/sony.ttl" for root in ("", f"/releases/{OLD}", f"/releases/{MIDDLE}")]
    first = [client.get(path) for path in paths]
    again = [client.get(path) for path in paths]
    assert [one.content for one in first] == [one.content for one in again]
    tags = [one.headers["etag"] for one in first]
    assert len(set(tags)) == len(paths)
    for path, tag in zip(paths, tags, strict=True):
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    known = client.get("/releases", headers=HTML).headers
    assert known["cache-control"] == "no-cache"
    assert client.get("/releases", headers={**HTML, "If-None-Match": known["etag"]}).status_code == 304


# As a user starts it


def test_the_command_serves_the_releases_of_the_folder(out: Path, tmp_path: Path) -> None:
    options = ("--processes", "1", "--memory", "never")
    with service(out / "current", tmp_path / "log", *options) as server, server.client() as client:

        def zygotes() -> int:
            """Return how many pools have processes: each has one that forks the others."""
            answering = server.servers()
            found = ((pid, parent) for pid, parent in server.tree().items() if parent in answering)
            return len([pid for pid, _ in found if pid not in answering])

        until(lambda: zygotes() == 1)
        assert client.get("/healthz").json()["version"] == NEW
        assert client.get(f"/releases/{OLD}/manifest.json").json()["version"] == OLD
        assert zygotes() == 1
        assert labels(client, f"/releases/{OLD}") == ["Sony of old"]
        assert zygotes() == 2
        asked = [
            json.loads(line) for line in until(lambda: (tmp_path / "log").read_text("utf-8")).splitlines()
        ]
        assert {line.get("release") for line in asked} == {None, OLD}
        assert {line["route"] for line in asked if "release" in line} == {"/releases/{version}"}
        assert "/releases/{version}" in client.get("/metrics").text
        left = server.tree()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(20)
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in left))


def test_the_command_can_serve_one_release_alone(out: Path, tmp_path: Path) -> None:
    options = ("--processes", "1", "--memory", "never", "--only")
    with service(out / "current", tmp_path / "log", *options) as server, server.client() as client:
        assert client.get(f"/releases/{OLD}/manifest.json").status_code == 404
        assert client.get(f"/releases/{NEW}/manifest.json").json()["version"] == NEW
        assert [one["version"] for one in client.get("/releases.json").json()] == [NEW]
        assert client.get("/sparql?" + urlencode({"query": "ASK {}"})).status_code == 200

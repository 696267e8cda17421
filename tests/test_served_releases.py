"""Several releases served at once: the list, each under its version, its files and store, what is gone."""

from __future__ import annotations

import asyncio
import base64
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
from acagraph.errors import StoreBusy
from acagraph.stores import Asked, Limits
from acagraph.stores.pool import Size
from acagraph.web import archive as archives
from acagraph.web import create_app
from acagraph.web.openings import Openings, Pools, Stores
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
    assert all(client.get(href, headers=HTML, follow_redirects=True).status_code == 200 for href in hrefs)
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


def test_no_more_stores_are_open_than_allowed_and_none_is_closed_at_once(out: Path) -> None:
    now = [100.0]
    stores = Stores(most=1, rest_seconds=5, clock=lambda: now[0])
    old, middle = out / OLD / "store", out / MIDDLE / "store"
    with stores.use(old) as store:
        now[0] += 60
        with pytest.raises(StoreBusy) as caught, stores.use(middle):
            pass  # a store in use is never closed
        assert caught.value.status == 503
        assert caught.value.retry_after > 0
        assert store.known(["https://w3id.org/acagraph/id/agent/sony"])
    now[0] += 4
    with pytest.raises(StoreBusy), stores.use(middle):
        pass  # nor is one that was used a moment ago
    now[0] += 1
    with stores.use(middle) as store:
        assert store.known(["https://w3id.org/acagraph/id/agent/sony"])
    assert len(stores) == 1


def test_a_pool_ends_when_nobody_has_asked_for_a_while(out: Path) -> None:
    async def run() -> None:
        pools = Pools(size=Size(workers=1, long=1), most=1, rest_seconds=60, idle_seconds=0.01)
        asked = Asked("ASK {}", "application/sparql-results+json", Limits(timeout_seconds=30))
        answer = await pools.deliver(out / OLD / "store", asked, client="one")
        assert json.loads(answer.read())["boolean"] is True
        assert len(pools) == 1
        with pytest.raises(StoreBusy):
            await pools.deliver(out / MIDDLE / "store", asked, client="one")
        async with asyncio.timeout(GUARD):
            while len(pools):
                await asyncio.sleep(0.01)

    asyncio.run(run())


def test_a_request_costs_no_more_because_there_are_many(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/releases.json")
    assert client.get(f"/releases/{OLD}/manifest.json").status_code == 200

    def fail(*_: object) -> Any:
        raise AssertionError("the releases were looked through again")

    monkeypatch.setattr(archives, "releases", fail)
    monkeypatch.setattr(archives, "read_manifest", fail)
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


def test_the_page_holds_its_description_which_nothing_can_break_out_of(client: httpx.Client) -> None:
    page = client.get("/dataset", headers=HTML)
    assert CLOSE not in page.text
    embedded = re.findall(r"<script([^>]*)>(.*?)</script>", page.text, re.DOTALL)
    assert [kind for kind, _ in embedded] == [' type="application/ld+json"']
    assert json.loads(embedded[0][1]) == SCHEMA
    assert "script-src" not in page.headers["content-security-policy"]
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

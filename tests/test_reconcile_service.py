"""/reconcile: the manifest, queries, scripts that call back, suggestions and previews."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

import acagraph
from acagraph.reconciliation.finding import NAMES
from acagraph.reconciliation.index import write_index
from acagraph.stores import rows
from acagraph.vocab import graph_iri
from acagraph.web import create_app
from acagraph.web.openings import Openings

from reconcilable import (
    MILAN,
    SPECIFICATION,
    THINGS,
    ask,
    candidates,
    conforms,
    http,
    matched,
    reconcilable,
    refused,
    site,
)
from small import served

__all__ = ["http", "matched", "reconcilable", "site"]
ID = "https://w3id.org/acagraph/id/"


# The manifest


def test_the_manifest_conforms_and_names_this_server(http: httpx.Client, site: str) -> None:
    response = http.get("/reconcile")
    found = response.json()
    conforms(found, "manifest")
    assert found["versions"] == ["0.2"]
    assert found["identifierSpace"] == ID
    assert found["schemaSpace"] == "https://w3id.org/acagraph/ontology#"
    assert found["view"]["url"] == f"{site}/id/{{{{id}}}}"
    assert {kind["id"] for kind in found["defaultTypes"]} == {"Agent", "Document", "Event", "Place"}
    assert http.post("/reconcile").json() == found
    assert http.get("/reconcile", params={"_": "1712345"}).json() == found


def test_the_manifest_is_asked_again_and_not_kept_for_other_hosts(http: httpx.Client) -> None:
    first = http.get("/reconcile")
    assert first.headers["cache-control"] == "no-cache"
    again = http.get("/reconcile", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = http.get("/reconcile", headers={"Host": "kg.example.org"}).json()
    assert other["view"]["url"] == "http://kg.example.org/id/{{id}}"


def test_every_address_of_the_manifest_answers(http: httpx.Client) -> None:
    found = http.get("/reconcile").json()
    for name, service in found["suggest"].items():
        response = http.get(service["service_url"] + service["service_path"], params={"prefix": "co"})
        assert response.json()["result"], name
        known = response.json()["result"][0]["id"]
        path = service["flyout_service_path"].replace("${id}", quote(known, safe=""))
        told = http.get(service["flyout_service_url"] + path).json()
        assert told["id"] == known
        assert "<strong>" in told["html"]
    proposal = found["extend"]["propose_properties"]
    assert http.get(proposal["service_url"] + proposal["service_path"], params={"type": "Place"}).json()
    assert http.get(found["preview"]["url"].replace("{{id}}", MILAN)).status_code == 200


@pytest.mark.parametrize("identifier", [MILAN, quote(MILAN, safe="")])
@pytest.mark.parametrize("template", ["view", "preview"])
def test_templates_take_identifiers_encoded_or_not(
    http: httpx.Client, identifier: str, template: str
) -> None:
    address = http.get("/reconcile").json()[template]["url"].replace("{{id}}", identifier)
    response = http.get(address, headers={"Accept": "text/html"}, follow_redirects=True)
    assert response.status_code == 200
    assert "Milano" in response.text


def test_a_service_within_another_says_where_it_is(matched: acagraph.Dataset) -> None:
    with (
        served(Starlette(routes=[Mount("/kg", create_app(matched))])) as found,
        httpx.Client(base_url=found) as client,
    ):
        told = client.get("/kg/reconcile").json()
        assert told["view"]["url"] == f"{found}/kg/id/{{{{id}}}}"
        assert client.get(told["preview"]["url"].replace("{{id}}", "coalition/jci")).status_code == 200


def test_the_newest_release_answers_under_its_version_too(http: httpx.Client, site: str) -> None:
    told = http.get("/releases/1.2.3/reconcile").json()
    assert told["view"]["url"] == f"{site}/releases/1.2.3/id/{{{{id}}}}"
    found = http.post("/releases/1.2.3/reconcile", data={"query": "Sony"}).json()
    assert found["result"][0]["id"] == "agent/sony"


def test_a_release_without_an_index_says_so(small_release: Path) -> None:
    with acagraph.open(small_release) as dataset:
        assert not dataset.is_searchable
        with served(create_app(dataset)) as found, httpx.Client(base_url=found) as client:
            for path in ("/reconcile", "/reconcile?query=Sony", "/reconcile/suggest/entity?prefix=s"):
                assert "no index of names" in refused(client.get(path), 404)


# Queries


def test_a_batch_is_answered_in_its_order_by_its_keys(http: httpx.Client) -> None:
    found = ask(http, {"b": {"query": "Sony"}, "a": {"query": "Milano"}, "": {"query": "Tokyo"}})
    assert list(found) == ["b", "a", ""]
    assert found["b"]["result"][0]["id"] == "agent/sony"
    assert ask(http, {}) == {}


def test_what_a_batch_asks_twice_is_answered_twice(http: httpx.Client) -> None:
    milan = {"query": "Milano", "properties": [{"pid": "country", "v": "IT"}]}
    turned = {"properties": [{"v": "IT", "pid": "country"}], "query": "Milano"}
    found = ask(http, {"a": milan, "b": {"query": "Sony"}, "c": turned, "d": {"query": "Milano", "limit": 1}})
    assert list(found) == ["a", "b", "c", "d"]
    assert found["a"] == found["c"]
    assert found["a"]["result"][0]["id"] == MILAN
    assert len(found["d"]["result"]) == 1


@pytest.mark.parametrize("name", ["None", "TOTAL", " n/a ", "-", "unknown"])
def test_a_word_that_is_no_name_finds_nothing(http: httpx.Client, name: str) -> None:
    assert ask(http, {"q": {"query": name}, "r": {"query": "Sony"}})["q"] == {"result": []}
    told = {"query": name, "properties": [{"pid": "wikidata", "v": "Q41187"}]}
    assert ask(http, {"q": told})["q"]["result"][0]["id"] == "agent/sony"


def test_a_candidate_is_described(http: httpx.Client) -> None:
    best = candidates(http, query="Sony", type="Business")[0]
    assert best["name"] == "Sony"
    assert best["description"] == "Business in Japan"
    assert best["type"] == [{"id": "Business", "name": "business"}]
    assert 0 < best["score"] <= 100
    assert best["match"] is True
    assert {type(feature["value"]) for feature in best["features"]} <= {int, float, bool}
    assert len({feature["id"] for feature in best["features"]}) == len(best["features"]) > 0


def test_features_tell_what_made_the_score(http: httpx.Client) -> None:
    def told(**query: object) -> dict[str, object]:
        best = candidates(http, **query)[0]
        return {feature["id"]: feature["value"] for feature in best["features"]}

    plain = told(query="Sony")
    assert (plain["name_same"], plain["name_likeness"]) == (True, 1.0)
    assert not {"country_agrees", "kind_agrees", "identifier_agrees", "distance_km"} & set(plain)
    wrong = told(query="Sony", properties=[{"pid": "country", "v": "FR"}], type="LocalGovernment")
    assert (wrong["country_agrees"], wrong["kind_agrees"]) == (False, False)
    right = told(query="Sony", properties=[{"pid": "country", "v": "JP"}], type="Business")
    assert (right["country_agrees"], right["kind_agrees"]) == (True, True)
    assert told(query="Milanno")["name_same"] is False
    assert told(query="agent/sony")["identifier_agrees"] is True
    near = told(query="Milano", properties=[{"pid": "coordinates", "v": "45.46,9.19"}])
    assert isinstance(near["distance_km"], float)


def test_candidates_come_best_first_and_only_the_first_matches(http: httpx.Client) -> None:
    found = candidates(http, query="Milano", limit=20)
    scores = [one["score"] for one in found]
    assert scores == sorted(scores, reverse=True)
    assert not any(one["match"] for one in found[1:])
    assert len(candidates(http, query="Milano", limit=1)) == 1


@pytest.mark.parametrize(
    "name",
    [
        "coalition/jci", "coalition:jci", f"{ID}coalition/jci", " coalition/jci ", "coalition%2Fjci",
        "coalition/jci-old", f"{ID}coalition/jci-old",
    ],
)  # fmt: skip
def test_an_identifier_finds_its_thing(http: httpx.Client, name: str) -> None:
    [found] = candidates(http, query=name)
    assert (found["id"], found["score"], found["match"]) == ("coalition/jci", 100, True)
    [told] = http.get("/reconcile/suggest/entity", params={"prefix": name}).json()["result"]
    assert told["id"] == "coalition/jci"


def test_a_type_restricts_what_an_identifier_finds(http: httpx.Client) -> None:
    assert candidates(http, query="agent/sony", type="Business", type_strict="any")
    assert candidates(http, query="agent/sony", type="Country")
    assert candidates(http, query="agent/sony", type="Country", type_strict="any") == []
    assert candidates(http, query="agent/sony", type=["Business", "Country"], type_strict="all") == []


def test_types_weigh_or_restrict(http: httpx.Client) -> None:
    soft = candidates(http, query="Tokyo", type="FirstLevelDivision", type_strict="should")
    assert soft[0]["id"] == "place/tokyo"
    for strict in ("any", "all"):
        hard = candidates(http, query="Tokyo", type=["FirstLevelDivision"], type_strict=strict)
        assert [one["id"] for one in hard] == ["place/tokyo"]
        assert candidates(http, query="Tokyo", type="Business", type_strict=strict) == []
    both = candidates(http, query="Tokyo", type=["FirstLevelDivision", "Settlement"], type_strict="all")
    assert [one["id"] for one in both] == ["place/tokyo"]
    assert candidates(http, query="Tokyo", type=["FirstLevelDivision", "Country"], type_strict="all") == []
    any_of = candidates(http, query="Tokyo", type=["FirstLevelDivision", "Country"], type_strict="any")
    assert [one["id"] for one in any_of] == ["place/tokyo"]


@pytest.mark.parametrize(
    "kind", ["Business", "aca:Business", "https://w3id.org/acagraph/ontology#Business", "business"]
)
def test_types_are_known_by_several_names(http: httpx.Client, kind: str) -> None:
    assert candidates(http, query="Sony", type=kind, type_strict="any")[0]["id"] == "agent/sony"


def test_a_superclass_that_was_asked_for_is_among_the_types(http: httpx.Client) -> None:
    found = candidates(http, query="Sony", type="Organisation", type_strict="any")[0]
    assert [kind["id"] for kind in found["type"]] == ["Business", "Organisation"]


def test_unknown_types_restrict_to_nothing_but_do_not_spoil_the_rest(http: httpx.Client) -> None:
    assert candidates(http, query="Sony", type="Spaceship")[0]["id"] == "agent/sony"
    assert candidates(http, query="Sony", type="Spaceship", type_strict="any") == []
    assert candidates(http, query="Sony", type=["Spaceship", "Business"], type_strict="any") != []
    assert candidates(http, query="Sony", type=["Spaceship", "Business"], type_strict="all") == []


@pytest.mark.parametrize("country", ["IT", "it", "ITA", "Italy", "Italia", "イタリア", f"{ID}place/italy"])
def test_a_country_is_understood_as_people_write_it(http: httpx.Client, country: str) -> None:
    given = [{"pid": "country", "v": country}]
    assert candidates(http, query="Milano", properties=given)[0]["match"] is True
    wrong = [{"pid": "country", "v": "Japan"}]
    found = candidates(http, query="Milano", properties=wrong)
    assert not found or found[0]["score"] < candidates(http, query="Milano", properties=given)[0]["score"]


def test_a_thing_may_be_told_by_its_identifiers_elsewhere(http: httpx.Client) -> None:
    for pid, value in (
        ("wikidata", "Q41187"),
        ("wikidata", {"id": "Q41187", "name": "Sony"}),
        ("wikidata", "http://www.wikidata.org/entity/Q41187"),
        ("lei", "529900R5WX9N2OI2N910"),
        ("isni", "0000 0004 1763 5918"),
        ("ror", "https://ror.org/04wzv3n59"),
    ):
        found = candidates(http, properties=[{"pid": pid, "v": value}])
        assert found, (pid, value)
        assert found[0]["id"] == "agent/sony"


def test_conditions_that_nobody_knows_are_ignored(http: httpx.Client) -> None:
    plain = candidates(http, query="Sony")
    odd = [
        {"pid": "favouriteColour", "v": ["blue", 7, True]},
        {"pid": "country", "v": []},
        {"pid": "x", "v": {}},
    ]
    assert candidates(http, query="Sony", properties=odd) == plain


def test_one_bad_query_does_not_spoil_a_batch(http: httpx.Client) -> None:
    bad: list[object] = [
        5, None, [], {}, {"query": ""}, {"query": "   "}, {"query": 5}, {"limit": 1}, {"properties": []},
        {"query": "Sony", "type": 5}, {"query": "Sony", "type_strict": "maybe"},
        {"query": "Sony", "props": []},
        {"query": "Sony", "properties": 7},
    ]  # fmt: skip
    found = ask(http, {"good": {"query": "Sony"}, **{str(n): one for n, one in enumerate(bad)}})
    assert found["good"]["result"][0]["id"] == "agent/sony"
    for number in range(len(bad)):
        assert found[str(number)]["result"] == []
        assert found[str(number)]["error"]


@pytest.mark.parametrize("limit", [0, -1, 1e300, "many", None, True, 2.5, [3]])
def test_nonsense_limits_are_as_if_not_given(http: httpx.Client, limit: object) -> None:
    assert candidates(http, query="Sony", limit=limit)[0]["id"] == "agent/sony"


def test_the_examples_of_the_specification_are_answered(http: httpx.Client) -> None:
    folder = SPECIFICATION / "examples" / "reconciliation-query-batch"
    if not folder.is_dir():
        pytest.skip(f"the examples of the specification are not in {folder}")
    for path in sorted((folder / "valid").glob("*.json")):
        found = ask(http, json.loads(path.read_text("utf-8")))
        assert not any("error" in one for one in found.values()), path.name
    for path in sorted((folder / "invalid").glob("*.json")):
        found = ask(http, json.loads(path.read_text("utf-8")))
        assert all(one["error"] for one in found.values()), path.name


def test_queries_may_stand_in_the_address(http: httpx.Client) -> None:
    queries = json.dumps({"q0": {"query": "Sony"}})
    got = http.get("/reconcile", params={"queries": queries})
    assert got.json() == http.post("/reconcile", data={"queries": queries}).json()
    assert got.headers["cache-control"] == "no-store"
    assert "etag" not in got.headers


def test_older_clients_send_one_query(http: httpx.Client) -> None:
    by_name = http.get("/reconcile", params={"query": "Sony"}).json()
    as_json = http.post("/reconcile", data={"query": json.dumps({"query": "Sony", "limit": 5})}).json()
    assert by_name == as_json
    assert by_name["result"][0]["id"] == "agent/sony"


def test_answers_to_posts_are_not_kept(http: httpx.Client) -> None:
    for name in ("Sony", "Milano"):
        response = http.post("/reconcile", data={"query": name})
        assert response.json()["result"][0]["name"] == name
        assert response.headers["cache-control"] == "no-store"
    assert http.get("/reconcile").json()["versions"] == ["0.2"]


def counted(http: httpx.Client, outcome: str, route: str) -> int:
    """Return how many requests of a route ended so, as the counters have it."""
    text = http.get("/metrics").text
    found = re.search(rf'outcome="{outcome}",route="{route}"}} ([0-9.]+)', text)
    return int(float(found[1])) if found else 0


def test_suggestions_come_from_the_cache_and_answers_do_not(http: httpx.Client) -> None:
    route = "/reconcile/suggest/entity"
    params = {"prefix": "tokyo metro"}
    first = http.get(route, params=params)
    before = counted(http, "cached", route)
    assert http.get(route, params=params).content == first.content
    assert counted(http, "cached", route) == before + 1
    for _ in range(2):
        http.get("/reconcile", params={"query": "Sony"})
        http.post("/reconcile", data={"query": "Sony"})
        http.get("/reconcile")
    assert counted(http, "cached", "/reconcile") == 0


def test_a_head_is_answered_without_a_body(http: httpx.Client) -> None:
    for path in ("/reconcile", "/reconcile/suggest/type?prefix=gov", "/reconcile/preview?id=coalition/jci"):
        head, whole = http.head(path), http.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == whole.headers["etag"]


# Older releases


@pytest.fixture(scope="module")
def releases(reconcilable: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the release, an older one where Sony has another name, and one without an index."""
    folder = tmp_path_factory.mktemp("releases")
    for version in ("1.0.0", "1.1.0", "1.2.3"):
        shutil.copytree(reconcilable, folder / version)
        body = (folder / version / "redirects.csv").read_bytes()
        listed = {"path": "redirects.csv", "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        manifest = {"version": version, "files": [listed]}
        (folder / version / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        (folder / version / "SHA256SUMS").write_text("sums\n", encoding="utf-8")
    (folder / "1.0.0" / NAMES).unlink()
    shutil.rmtree(folder / "1.1.0" / "store")
    store = ox.Store(str(folder / "1.1.0" / "store"))
    older = THINGS.read_text("utf-8").replace('"Sony"@en', '"Tokyo Tsushin Kogyo"@en')
    store.load(older, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph_iri("derived")))
    write_index(store, folder / "1.1.0" / NAMES)
    store.flush()
    return folder


def test_an_older_release_answers_from_its_own_names(releases: Path) -> None:
    with (
        acagraph.open(releases / "1.2.3") as newest,
        served(create_app(newest, others=Openings(releases))) as found,
        httpx.Client(base_url=found, timeout=60) as client,
    ):
        for root, name in (("", "Sony"), ("/releases/1.1.0", "Tokyo Tsushin Kogyo")):
            [best, *_] = client.post(f"{root}/reconcile", data={"query": name}).json()["result"]
            assert (best["id"], best["name"]) == ("agent/sony", name)
            query = {"ids": ["agent/sony"], "properties": [{"id": "label"}]}
            told = client.post(f"{root}/reconcile", data={"extend": json.dumps(query)}).json()
            assert told["rows"]["agent/sony"]["label"] == [{"str": name}]
            params = {"prefix": name[:4]}
            suggested = client.get(f"{root}/reconcile/suggest/entity", params=params).json()["result"]
            assert name in [one["name"] for one in suggested]
            assert client.get(f"{root}/reconcile").json()["view"]["url"] == f"{found}{root}/id/{{{{id}}}}"
        assert "no index of names" in refused(client.get("/releases/1.0.0/reconcile"), 404)


# Scripts, sharing


def test_a_script_calls_a_function_with_the_answer(http: httpx.Client) -> None:
    for path in ("/reconcile", "/reconcile?query=Sony", "/reconcile/suggest/entity?prefix=so"):
        plain = http.get(path)
        script = http.get(path, params={**httpx.URL(path).params, "callback": "jQuery33_1.back"})
        assert script.headers["content-type"] == "text/javascript"
        assert script.headers["x-content-type-options"] == "nosniff"
        called = re.fullmatch(r"/\*\*/jQuery33_1\.back\((.*)\);", script.text)
        assert called is not None
        assert json.loads(called[1]) == plain.json()
        assert script.text.isascii()


@pytest.mark.parametrize(
    "name",
    [
        *("", "a b", "alert(1)", "a;b", "<script>", "a\n", "1a", "a.", "a[0]", "é", "a" * 200, "a.b.c"),
        *("window", "opener.x", "a.eval", "document.write", "alert", "top.back", "form.submit", "delete"),
    ],
)
def test_callbacks_that_are_no_names_are_refused(http: httpx.Client, name: str) -> None:
    for path in ("/reconcile", "/reconcile/suggest/type", "/reconcile/flyout/entity?id=coalition/jci"):
        params = {**httpx.URL(path).params, "callback": name}
        assert "callback" in refused(http.get(path, params=params), 400)


def test_any_site_may_ask(http: httpx.Client) -> None:
    preflight = http.options(
        "/reconcile", headers={"Origin": "https://refine.example", "Access-Control-Request-Method": "POST"}
    )
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    for response in (http.get("/reconcile"), http.post("/reconcile", data={"query": "Sony"})):
        assert response.headers["access-control-allow-origin"] == "*"


# Suggestions, flyouts, previews


def test_suggestions_conform_and_are_kept(http: httpx.Client) -> None:
    for name, schema in (("entity", "entities"), ("type", "types"), ("property", "properties")):
        response = http.get(f"/reconcile/suggest/{name}", params={"prefix": "c"})
        conforms(response.json(), f"suggest-{schema}-response")
        assert response.json()["result"]
        assert response.headers["cache-control"] == "public, max-age=300"
        tag = response.headers["etag"]
        again = http.get(response.url.raw_path.decode(), headers={"If-None-Match": tag})
        assert again.status_code == 304


def test_things_are_suggested_by_the_words_of_their_names(http: httpx.Client) -> None:
    def found(**params: str) -> list[str]:
        answer = http.get("/reconcile/suggest/entity", params=params).json()["result"]
        return [one["id"] for one in answer]

    assert "coalition/jci" in found(prefix="japan cl")
    assert "coalition/jci" in found(prefix="clim")
    assert "agent/sony" in found(prefix="ソニ")
    everything = found(prefix="p")
    assert found(prefix="p", cursor="1") == everything[1:]
    assert found(prefix="p", cursor="999999") == []
    assert found(prefix="tok", type="FirstLevelDivision") == ["place/tokyo"]
    assert found(prefix="tok", type="Spaceship") == []
    assert found(prefix="") == []


def test_types_and_properties_are_suggested(http: httpx.Client) -> None:
    kinds = http.get("/reconcile/suggest/type", params={"prefix": "gov"}).json()["result"]
    assert kinds[0]["id"] == "Government"
    assert kinds[0]["broader"] == [{"id": "Organisation", "name": "organisation"}]
    named = http.get("/reconcile/suggest/type", params={"prefix": "LocalGovernment"}).json()["result"]
    assert named[0]["id"] == "LocalGovernment"
    assert len(http.get("/reconcile/suggest/type").json()["result"]) == 20
    statements = http.get("/reconcile/suggest/type", params={"prefix": "commitment"}).json()["result"]
    assert statements == []
    found = http.get("/reconcile/suggest/property", params={"prefix": "member"}).json()["result"]
    assert {"memberOf", "memberSince"} <= {one["id"] for one in found}


@pytest.mark.parametrize(
    ("prefix", "kinds"),
    [
        ("city", {"LocalGovernment", "Settlement"}),
        ("Town", {"LocalGovernment", "Settlement"}),
        ("munici", {"LocalGovernment", "Settlement"}),
        ("company", {"Business"}),
        ("ngo", {"CivilSocietyOrganisation"}),
    ],
)
def test_types_are_suggested_by_their_other_names(http: httpx.Client, prefix: str, kinds: set[str]) -> None:
    found = http.get("/reconcile/suggest/type", params={"prefix": prefix}).json()["result"]
    assert {kind["id"] for kind in found} == kinds


def test_another_name_that_one_type_has_is_that_type(http: httpx.Client) -> None:
    assert candidates(http, query="Sony", type="company", type_strict="any")[0]["id"] == "agent/sony"
    assert candidates(http, query="Sony", type="city", type_strict="any") == []


@pytest.mark.parametrize("cursor", ["-1", "x", "1.5", "1e3", "٣", "9" * 50])
def test_wrong_cursors_are_refused(http: httpx.Client, cursor: str) -> None:
    assert "cursor" in refused(http.get("/reconcile/suggest/entity", params={"cursor": cursor}), 400)


def test_flyouts_tell_in_a_few_words_and_escape_them(http: httpx.Client) -> None:
    for name, known in (("entity", "coalition/jci"), ("type", "Government"), ("property", "memberOf")):
        told = http.get(f"/reconcile/flyout/{name}", params={"id": known}).json()
        assert set(told) == {"id", "html"}
        assert not re.search(r"<(?!/?(p|strong|code)>)", told["html"])
        assert "missing" in refused(http.get(f"/reconcile/flyout/{name}"), 400)
        wrong = refused(http.get(f"/reconcile/flyout/{name}", params={"id": "<b>"}), 404)
        assert "'<b>'" in wrong


def test_a_preview_may_stand_in_any_frame_and_loads_nothing_but_its_style(http: httpx.Client) -> None:
    response = http.get("/reconcile/preview", params={"id": "agent/sony"})
    policy = response.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert response.headers.get_list("content-security-policy") == [policy]
    assert "style=" not in response.text
    assert "<script" not in response.text
    assert "Race to Zero" in response.text
    assert "http://www.wikidata.org/entity/Q41187" in response.text
    [style] = re.findall(r'href="([^"]+\.css)"', response.text)
    assert http.get(style).headers["content-type"].startswith("text/css")
    # Everything else stays out of frames.
    for path in ("/", "/reconcile", "/doc/agent/sony"):
        assert "frame-ancestors 'none'" in http.get(path).headers["content-security-policy"]


def test_a_preview_has_no_empty_list(http: httpx.Client, matched: acagraph.Dataset) -> None:
    seen = set()
    for row in rows(matched.store, "SELECT ?thing { ?thing a aca:Agent } ORDER BY ?thing LIMIT 50"):
        shown = http.get("/reconcile/preview", params={"id": row["thing"].value}).text
        assert ("<ul>" in shown) is ("<li>" in shown)
        seen.add("<ul>" in shown)
    assert seen == {True, False}


def test_previews_of_what_is_not_there(http: httpx.Client) -> None:
    assert "no/body" in refused(http.get("/reconcile/preview", params={"id": "no/body"}), 404)
    assert "missing" in refused(http.get("/reconcile/preview"), 400)
    assert "never was" in refused(http.get("/reconcile/preview", params={"id": "coalition/never"}), 410)
    for name in ("no/body", "coalition/never"):
        response = http.get("/reconcile/preview", params={"id": name}, headers={"Accept": "text/html"})
        assert response.headers["content-type"].startswith("text/html")
        assert "frame-ancestors *" in response.headers["content-security-policy"]
    merged = http.get("/reconcile/preview", params={"id": "coalition/jci-old"})
    assert "Japan Climate Initiative" in merged.text

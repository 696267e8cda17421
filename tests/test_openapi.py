"""The OpenAPI document: it is valid, whole and true; its page; and an outside tester that reads it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from jsonschema import Draft202012Validator
from markupsafe import escape
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match, Mount, Route

import acagraph
from acagraph.queries import SavedQuery, load
from acagraph.stores.media import SIMPLE
from acagraph.web import create_app
from acagraph.web.languages import TAGS, catalogue
from acagraph.web.openapi import document
from acagraph.web.schemas import columns

from published import ROOT
from small import served

CATALOGUE = load(ROOT / "queries")
# What a query with this tag is about, the curated release holds in part only.
REGISTERS = {name for name, query in CATALOGUE.items() if "registers" in query.tags}
PAGES = {"limit", "cursor"}
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",
)
Operation = Mapping[str, Any]
# What to write for a day, and what a whole number within bounds is called.
ADVICE = {
    "es": "escriba un año, un mes o un día, por ejemplo asOf=",
    "ja": "年、年月、または年月日を書いてください。例：asOf=",
    "fr": "écrivez une année, un mois ou un jour, par exemple asOf=",
}
INTEGER = {"es": "entero de 1 a 10000", "ja": "整数（1〜10000）", "fr": "entier de 1 à 10000"}


@pytest.fixture(scope="module")
def dataset(release: Path) -> Iterator[acagraph.Dataset]:
    with acagraph.open(release) as opened:
        yield opened


@pytest.fixture(scope="module")
def service(dataset: acagraph.Dataset) -> Iterator[str]:
    with served(create_app(dataset)) as found:
        yield found


@pytest.fixture(scope="module")
def client(service: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service, headers={"Accept": "*/*"}, timeout=60) as found:
        yield found


@pytest.fixture(scope="module")
def described(client: httpx.Client) -> dict[str, Any]:
    response = client.get("/openapi.json")
    assert response.headers["content-type"] == "application/json"
    found: dict[str, Any] = response.json()
    return found


def operations(found: Mapping[str, Any]) -> list[tuple[str, str, Operation]]:
    return [(path, method, o) for path, item in found["paths"].items() for method, o in item.items()]


def operation(found: Mapping[str, Any], name: str) -> tuple[str, Operation]:
    [(path, _, one)] = [entry for entry in operations(found) if entry[2]["operationId"] == name]
    return path, one


def validator(found: Mapping[str, Any], schema: Mapping[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": found["components"]})


# The document itself


def test_the_document_is_valid_openapi(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(described).validate()


def test_the_document_is_the_same_whenever_it_is_made(client: httpx.Client) -> None:
    backwards = dict(reversed(CATALOGUE.items()))
    assert json.dumps(document(CATALOGUE, version="1")) == json.dumps(document(backwards, version="1"))
    first = client.get("/openapi.json")
    assert client.get("/openapi.json").content == first.content
    again = client.get("/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_dataset_without_queries_is_described_too() -> None:
    found = document({}, version="")
    OpenAPIV31SpecValidator(found).validate()
    assert [path for path in found["paths"] if path.startswith("/queries/")] == ["/queries/{file}.rq"]


def test_operations_have_names_of_their_own_and_known_tags(described: dict[str, Any]) -> None:
    names = [one["operationId"] for _, _, one in operations(described)]
    assert len(names) == len(set(names))
    tags = [tag["name"] for tag in described["tags"]]
    assert len(tags) == len(set(tags))
    assert {tag for _, _, one in operations(described) for tag in one["tags"]} == set(tags)


def test_every_saved_query_is_described(dataset: acagraph.Dataset, described: dict[str, Any]) -> None:
    for query in dataset.queries.values():
        path, one = operation(described, query.name)
        assert path == f"/queries/{query.name}"
        assert (one["summary"], one["description"]) == (query.summary, query.description)
        found = {p["name"]: p for p in one["parameters"]}
        paged = PAGES if query.paged else set()
        assert set(found) == {p.name for p in query.parameters} | paged
        for declared in query.parameters:
            told = found[declared.name]
            assert (told["in"], told["required"]) == ("query", declared.required)
            assert told.get("allowEmptyValue", False) is not declared.required
            assert declared.description in told["description"]
            shown = [str(each["value"]) for each in told["examples"].values()]
            assert declared.example in shown
            for example in query.examples:
                assert example.get(declared.name, shown[0]) in shown
            for each in told["examples"].values():
                validator(described, told["schema"]).validate(each["value"])
            assert str(told["schema"].get("default", "")) == (declared.default or "")


def test_answers_without_a_body_of_their_own_are_described(described: dict[str, Any]) -> None:
    for _, _, one in operations(described):
        for status, answer in one["responses"].items():
            if status != "200":
                assert answer == {"$ref": f"#/components/responses/{status}"}
                assert status in described["components"]["responses"]


# What is described is there, and what is there is described


def routes(app: object) -> list[BaseRoute]:
    """Return the routes of the application within its wrappings."""
    while not isinstance(app, Starlette):
        app = vars(app)["_app"]
    return list(app.routes)


def address(path: str, one: Operation) -> str:
    """Fill a path as the examples of its parameters say."""
    for parameter in one.get("parameters", ()):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(str(parameter["example"])))
    assert "{" not in path
    return path


def test_every_route_is_described_and_nothing_else(
    dataset: acagraph.Dataset, described: dict[str, Any], client: httpx.Client
) -> None:
    known = [route for route in routes(create_app(dataset)) if isinstance(route, Route)]
    met = set()
    for path, method, one in operations(described):
        scope = {"type": "http", "method": method.upper(), "path": address(path, one), "headers": []}
        route = next((each for each in known if each.matches(scope)[0] is Match.FULL), None)
        assert route is not None, f"{method} {path} is described, but there is no such route"
        met.add((route.path, method.upper()))
    there = {(route.path, method) for route in known for method in route.methods or {"GET"}}
    assert met <= there
    left = {entry for entry in there - met if entry[1] not in ("HEAD", "OPTIONS")}
    # A route may be there to refuse with a reason.
    answers = {entry: client.request(entry[1], re.sub(r"\{[^}]+\}", "x", entry[0])) for entry in left}
    undescribed = sorted(path for (path, _), answer in answers.items() if answer.status_code != 405)
    assert not undescribed, f"{', '.join(undescribed)}: not described"
    assert {path for path, _ in left} < {path for path, _ in met}


def asked(one: Operation, query: SavedQuery | None) -> list[dict[str, Any]]:
    """Return what each example of an operation asks: its own parameter beside those required."""
    parameters = [p for p in one.get("parameters", ()) if p["in"] == "query"]
    shown = {p["name"]: [e["value"] for e in p.get("examples", {}).values()] for p in parameters}
    shown |= {p["name"]: [p["example"]] for p in parameters if "example" in p}
    required = {p["name"]: shown[p["name"]][0] for p in parameters if p["required"]}
    found = [{**required, name: each} for name, values in shown.items() for each in values]
    bare = [required] if query is not None or not any(shown.values()) else []
    return [*bare, *map(dict, query.examples if query else ()), *found]


def test_every_example_is_answered_as_described(client: httpx.Client, described: dict[str, Any]) -> None:
    for path, method, one in operations(described):
        if method == "get" and one["operationId"] not in REGISTERS:
            try_examples(client, described, path, one)


def test_examples_about_registers_are_answered_as_described(full: Path) -> None:
    with (
        acagraph.open(full) as everything,
        served(create_app(everything)) as found,
        httpx.Client(base_url=found, headers={"Accept": "*/*"}, timeout=60) as client,
    ):
        told = client.get("/openapi.json").json()
        for name in sorted(REGISTERS):
            path, one = operation(told, name)
            try_examples(client, told, path, one)


def try_examples(client: httpx.Client, told: Mapping[str, Any], path: str, one: Operation) -> None:
    for arguments in asked(one, CATALOGUE.get(one["operationId"])):
        flat = {
            key: item
            for name, given in arguments.items()
            for key, item in (given.items() if isinstance(given, dict) else [(name, given)])
        }
        check(told, one, client.get(f"{address(path, one)}?{urlencode(flat)}".rstrip("?")))


def try_forms(client: httpx.Client, told: Mapping[str, Any], path: str, one: Operation) -> None:
    for media_type in one["responses"]["200"]["content"]:
        arguments = CATALOGUE[one["operationId"]].example
        response = client.get(path, params=arguments, headers={"Accept": media_type})
        assert response.headers["content-type"].startswith(media_type), response.text
        check(told, one, response)


def check(found: Mapping[str, Any], one: Operation, response: httpx.Response) -> None:
    """Check that an answer is one of those described: its status, its media type and its body."""
    status = str(response.status_code)
    if "200" not in one["responses"]:
        assert status in one["responses"]
        return
    assert status == "200", f"{response.url}: {response.text}"
    bodies = one["responses"]["200"]["content"]
    sent = response.headers["content-type"]
    bare = sent.partition(";")[0]
    assert sent in bodies or bare in bodies, f"{response.url} is {sent}"
    if bare.endswith("json"):
        schema = bodies[sent if sent in bodies else bare]["schema"]
        if schema != {"type": "string"}:
            validator(found, schema).validate(response.json())


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - REGISTERS))
def test_saved_queries_are_answered_in_every_form(
    name: str, client: httpx.Client, described: dict[str, Any]
) -> None:
    path, one = operation(described, name)
    try_forms(client, described, path, one)
    wrong = client.get(path, params={"surely-not": "1"})
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")
    validator(described, described["components"]["schemas"]["Problem"]).validate(wrong.json())


def test_simple_json_has_the_columns_that_are_described(
    dataset: acagraph.Dataset, client: httpx.Client, described: dict[str, Any]
) -> None:
    rows = 0
    for query in dataset.queries.values():
        if not query.paged or query.name in REGISTERS:
            continue
        path, one = operation(described, query.name)
        response = client.get(f"{path}.simple.json", params=query.example)
        assert response.headers["content-type"] == SIMPLE.content_type
        schema = one["responses"]["200"]["content"][SIMPLE.content_type]["schema"]
        assert list(schema["items"]["properties"]) == list(columns(query))
        validator(described, schema).validate(response.json())
        rows += len(response.json())
    assert rows > 400


def test_the_bodies_of_posts_are_answered(client: httpx.Client, described: dict[str, Any]) -> None:
    posts = [(path, one) for path, method, one in operations(described) if method == "post"]
    for path, one in posts:
        for media_type, body in one["requestBody"]["content"].items():
            shown = body["example"]
            content = shown if isinstance(shown, str) else urlencode(shown)
            headers = {"Content-Type": media_type}
            check(described, one, client.post(address(path, one), content=content, headers=headers))
    assert {path for path, _ in posts} == {"/sparql", "/sparql.{suffix}", "/sparql/check", "/reconcile"}


def test_ranges_of_files_are_described(client: httpx.Client, described: dict[str, Any]) -> None:
    for name in ("get-file", "get-release-document"):
        path, one = operation(described, name)
        for asked, status in (("bytes=0-9", "206"), ("bytes=999999999999-", "416")):
            answer = client.get(address(path, one), headers={"Range": asked})
            assert str(answer.status_code) == status
            assert status in one["responses"]


# The page


def test_the_page_shows_every_operation_and_its_examples_work(
    client: httpx.Client, described: dict[str, Any]
) -> None:
    page = client.get("/api").text
    assert "<script" not in page
    assert "style=" not in page
    for path, method, one in operations(described):
        assert f'<h3 id="operation-{one["operationId"]}"><code>{method.upper()} {path}</code></h3>' in page
        for parameter in one.get("parameters", ()):
            assert f"<code>{parameter['name']}</code>" in page
    linked = re.findall(r'<p>Example: <a href="([^"]+)">', page)
    assert len(linked) == len([one for _, method, one in operations(described) if method == "get"])
    for link in linked:
        if link.partition("?")[0].removeprefix("/queries/") in REGISTERS:
            continue
        answer = client.get(link.replace("&amp;", "&"), follow_redirects=True)
        assert answer.status_code == 200, f"{link}: {answer.text}"
    assert client.get("/api", headers={"Accept": "text/turtle"}).status_code == 406


@pytest.mark.parametrize("tag", TAGS[1:])
def test_the_page_tells_of_the_interface_in_the_language(
    client: httpx.Client, described: dict[str, Any], tag: str
) -> None:
    page, say = client.get(f"/{tag}/api").text, catalogue(tag).translations.gettext
    assert '<span lang="en">' not in page
    assert f"<dd>{escape(say(described['components']['responses']['422']['description']))}</dd>" in page
    for _, _, one in operations(described):
        for told in (one["summary"], one.get("description", "")):
            assert str(escape(say(told) if told else "")) in page
    _, members = operation(described, "members-on-day")
    [day] = [parameter for parameter in members["parameters"] if parameter["name"] == "asOf"]
    assert day["description"] not in page
    assert f" ({ADVICE[tag]}" in page
    assert f"<td>{INTEGER[tag]}</td>" in page


def test_a_service_within_another_says_where_it_is(small: acagraph.Dataset) -> None:
    app = Starlette(routes=[Mount("/kg", create_app(small))])
    with served(app) as found, httpx.Client(base_url=found) as client:
        assert client.get("/kg/openapi.json").json()["servers"] == [{"url": "/kg"}]
        assert 'href="/kg/queries/members-of-coalition?coalition=jci"' in client.get("/kg/api").text


# An outside tester


def test_schemathesis_finds_no_fault(service: str, tmp_path: Path) -> None:
    # It runs on its own: its imports warn, and its plugin would join this run.
    command = Path(sys.executable).with_name("schemathesis")
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parent),
        "SCHEMATHESIS_HOOKS": "openapi_hooks",
    }
    done = subprocess.run(
        [
            command, "run", f"{service}/openapi.json", "--url", service, "--checks", ",".join(CHECKS),
            "--max-examples", "3", "--seed", "4", "--phases", "examples,coverage,fuzzing", "--no-shrink",
            "--request-timeout", "30", "--generation-database", "none", "--no-color", "--warnings", "off",
        ],
        capture_output=True, text=True, check=False, timeout=600, cwd=tmp_path, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    tried = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert tried is not None, done.stdout
    assert int(tried[1]) == int(tried[2]) > 1_000

"""The commands that ask a live endpoint, run on the project's own data against a server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from acagraph.cli import main
from acagraph.links import read_set
from acagraph.vocab import compact
from acagraph.wikidata import read_health
from wikidata_server import Wikidata, failing, wikidata


@pytest.fixture(scope="module")
def running() -> Iterator[Wikidata]:
    with wikidata() as server:
        yield server


@pytest.fixture
def server(running: Wikidata, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wikidata:
    running.forget()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return running


def link(project: Path, server: Wikidata, command: str, *more: str) -> Result:
    options = ["--wikidata", server.endpoint, "--contact", "me@example.org", "--project", str(project)]
    return CliRunner().invoke(main, ["link", command, *options, *more])


def test_candidates_are_written_for_review(project: Path, server: Wikidata) -> None:
    result = link(project, server, "propose")
    assert result.exit_code == 0, result.output
    found = read_set(project / "data" / "links" / "candidates" / "wikidata.sssom.tsv")
    assert found.status == "candidate"
    told = {(compact(each.subject), each.object.rpartition("/")[2]) for each in found.mappings}
    assert ("coalition:jci", "Q90000050") in told
    # These have an item that a person confirmed.
    assert not {thing for thing, _ in told} & {"place:tokyo", "place:yokohama", "agent:sony"}
    assert all("me@example.org" in agent for agent in server.agents)
    again = link(project, server, "propose")
    assert again.exit_code == 0, again.output
    assert len(server.asked) == len(set(server.asked))


def test_the_confirmed_items_are_checked(project: Path, server: Wikidata) -> None:
    result = link(project, server, "check", "--json")
    assert result.exit_code == 3, result.output  # the server has but a few of them
    (path,) = (project / "build" / "link-health").glob("wikidata-*.jsonl")
    states = {compact(check.subject): check.state for check in read_health(path)}
    assert states["place:yokohama"] == states["place:tokyo"] == states["agent:sony"] == "ok"
    assert "missing" in states.values()
    assert "is not there any more" in result.output


@pytest.mark.parametrize("command", ["propose", "check"])
def test_an_endpoint_that_refuses_is_told_without_a_traceback(
    project: Path, server: Wikidata, command: str
) -> None:
    server.faults.append(failing(403, "Please identify yourself"))
    result = link(project, server, command)
    assert result.exit_code == 2
    assert f"Error: {server.endpoint} failed with HTTP 403: Please identify yourself" in result.output
    assert not (project / "data" / "links" / "candidates" / "wikidata.sssom.tsv").exists()


def test_what_is_no_endpoint_is_told(project: Path, server: Wikidata) -> None:
    result = CliRunner().invoke(main, ["link", "check", "--wikidata", "wikidata", "--project", str(project)])
    assert result.exit_code == 2
    assert "is no address of an endpoint" in result.output
    assert server.asked == []

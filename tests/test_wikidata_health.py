"""The check of confirmed items, and the report of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from acagraph.errors import SourceError
from acagraph.stores import EmbeddedStore
from acagraph.vocab import compact
from acagraph.wikidata import Health, Manners, health_of, open_client, read_health, write_health
from wikidata_server import FOLDER, Patience, wikidata

MANNERS = Manners(pause=0)
WHEN = "2026-11-22T20:00:00Z"


@pytest.fixture(scope="module")
def checks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Health, ...]]:
    ours = EmbeddedStore.load(FOLDER / "ours.ttl")
    folder = tmp_path_factory.mktemp("cache")
    with (
        wikidata() as server,
        open_client(server.endpoint, cache=folder, manners=MANNERS, clock=Patience().clock) as client,
    ):
        yield health_of(client, ours, checked=WHEN)


def of(checks: tuple[Health, ...], thing: str) -> Health:
    (found,) = (check for check in checks if compact(check.subject) == thing)
    return found


def test_what_is_as_it_was_is_ok(checks: tuple[Health, ...]) -> None:
    for thing in ("place:japan", "place:yokohama", "agent:sony", "coalition:example", "coalition:other"):
        assert (of(checks, thing).state, of(checks, thing).findings) == ("ok", ())
        assert of(checks, thing).checked == WHEN


def test_a_link_that_only_follows_from_that_of_the_place_is_not_checked(checks: tuple[Health, ...]) -> None:
    assert "agent:yokohama" not in {compact(check.subject) for check in checks}
    assert [check.subject for check in checks] == sorted(check.subject for check in checks)


def test_a_merged_item_is_followed(checks: tuple[Health, ...]) -> None:
    merged = of(checks, "place:merged")
    assert merged.state == "redirected"
    assert merged.target == "http://www.wikidata.org/entity/Q90000031"
    assert merged.findings == ()


def test_a_deleted_item_is_missing(checks: tuple[Health, ...]) -> None:
    assert of(checks, "place:deleted").state == "missing"


def test_what_no_longer_exists_is_told(checks: tuple[Health, ...]) -> None:
    abolished = of(checks, "place:abolished")
    assert abolished.state == "changed"
    assert [(one.what, one.theirs) for one in abolished.findings] == [("abolished", "2015-01-01")]


def test_every_difference_is_told(checks: tuple[Health, ...]) -> None:
    wrong = of(checks, "place:wrong")
    assert wrong.state == "changed"
    assert [one.what for one in wrong.findings] == ["label", "class", "country", "distance"]
    label, kind, country, distance = wrong.findings
    assert (label.ours, label.theirs) == ("Irgendwo", "Anderswo")
    assert "settlement" in kind.message
    assert (country.ours, country.theirs) == ("AT", "JP")
    assert distance.message.endswith("km apart, more than 50")


def test_the_report_reads_back(checks: tuple[Health, ...], tmp_path: Path) -> None:
    path = tmp_path / "wikidata-2026-11-22.jsonl"
    path.write_bytes(write_health(checks))
    assert read_health(path) == checks
    assert path.read_bytes().count(b"\n") == len(checks)


@pytest.mark.parametrize(
    "line",
    [
        "no JSON",
        "[]",
        '"ok"',
        "{}",
        '{"state": "well"}',
        '{"state": "ok", "subject": 1}',
        '{"state": "ok", "subject": "a:a", "unknown": "x"}',
        '{"state": "ok", "findings": ["x"]}',
        '{"state": "ok", "findings": {"what": "x"}}',
    ],
)
def test_a_damaged_report_is_told_with_its_line(
    checks: tuple[Health, ...], tmp_path: Path, line: str
) -> None:
    path = tmp_path / "report.jsonl"
    good = write_health(checks[:1]).decode()
    assert json.loads(good)["state"] == "ok"
    path.write_text(f"{good}{line}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"report\.jsonl:2: is no check of an item"):
        read_health(path)


def test_a_report_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read_health(tmp_path / "none.jsonl")

"""The Net Zero Tracker: who its rows are about, and who is known already."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from acagraph.errors import AcagraphError, SourceError
from acagraph.imports.tracker.divisions import read_codes, region_codes
from acagraph.imports.tracker.records import Target, Tracked
from import_projects import empty_project, table, told
from tracker_files import CITY, COMPANY, ZERO, said


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return empty_project(tmp_path, "net-zero-tracker")


def test_an_unknown_country_stops_the_import(project: Path) -> None:
    with pytest.raises(AcagraphError, match="COM-0001: no place has the code QQQ"):
        said(project, COMPANY | {"country": "QQQ"})


def test_actors_are_described_with_what_they_govern(project: Path) -> None:
    rows = [
        COMPANY | {"sector": "Financial services"},
        CITY,
        CITY | {"id_code": "REG-0001", "name": "Quarry Hills", "actor_type": "Region"},
        CITY | {"id_code": "COU-0001", "name": "Bermuda", "actor_type": "Country", "country": "BMU"},
        CITY | {"id_code": "COU-0002", "name": "European Union", "actor_type": "Country", "country": "XXX"},
    ]
    made = said(project, *rows)
    assert [told(row, "actor", "class", "label_en", "governs") for row in table(made, "actors")] == [
        ("agent/bermuda-government", "NationalGovernment", "Government of Bermuda", "place/bermuda"),
        ("agent/european-union", "InternationalOrganisation", "European Union", ""),
        (
            "agent/net-zero-tracker-cit-0001",
            "LocalGovernment",
            "Government of Quarrytown",
            "place/net-zero-tracker-cit-0001",
        ),
        ("agent/net-zero-tracker-com-0001", "FinancialInstitution", "Quarry Works", ""),
        (
            "agent/net-zero-tracker-reg-0001",
            "RegionalGovernment",
            "Government of Quarry Hills",
            "place/net-zero-tracker-reg-0001",
        ),
    ]
    assert [told(row, "place", "class", "label_en", "within") for row in table(made, "places")] == [
        ("place/net-zero-tracker-cit-0001", "Settlement", "Quarrytown", "place/united-states"),
        ("place/net-zero-tracker-reg-0001", "FirstLevelDivision", "Quarry Hills", "place/united-states"),
    ]
    (relation,) = table(made, "relations")
    assert told(relation, "subject", "property", "object") == (
        "agent/net-zero-tracker-com-0001",
        "country",
        "place/japan",
    )


def test_a_known_actor_is_met_and_its_other_name_is_kept(project: Path) -> None:
    germany = CITY | {
        "id_code": "COU-0001",
        "name": "Deutschland!",
        "actor_type": "Country",
        "country": "DEU",
    }
    made = said(project, germany | ZERO)
    assert table(made, "actors") == table(made, "places") == []
    (match,) = table(made, "matches")
    assert told(match, "record", "actor", "method") == (
        "net-zero-tracker-cou-0001",
        "agent/germany-government",
        "identifier",
    )
    assert [told(row, "thing", "alt_en") for row in table(made, "names")] == [
        ("place/germany", "Deutschland!")
    ]
    assert [row["committed_by"] for row in table(made, "commitments")] == ["agent/germany-government"]


def test_a_doubt_is_asked_and_the_answer_obeyed_in_the_next_import(project: Path) -> None:
    houston = CITY | {"name": "Houston, TX"}
    made = said(project, houston)
    (doubt,) = table(made, "review")
    assert told(doubt, "candidate", "decision") == ("agent/houston-government", "")
    assert [row["actor"] for row in table(made, "actors")] == ["agent/net-zero-tracker-cit-0001"]
    made.write()
    path = project / "data" / "registers" / "net-zero-tracker" / "review.csv"
    path.write_text(path.read_text("utf-8").rstrip("\n") + "same\n", encoding="utf-8")
    again = said(project, houston)
    assert [told(row, "actor", "method") for row in table(again, "matches")] == [
        ("agent/houston-government", "review")
    ]
    assert table(again, "actors") == []
    again.write()
    assert said(project, houston).changed == ()


def test_two_records_of_one_name_are_asked_about(project: Path) -> None:
    other = COMPANY | {"id_code": "COM-0002", "name": "Quarry Works Co"}
    (doubt,) = table(said(project, COMPANY, other), "review")
    assert told(doubt, "record", "candidate") == (
        "net-zero-tracker-com-0002",
        "agent/net-zero-tracker-com-0001",
    )


def test_an_isin_is_believed_only_without_contradiction(project: Path) -> None:
    rows = [
        COMPANY | {"isin_id": "JP3435000009"},
        COMPANY | {"id_code": "COM-0002", "name": "Harbour Bank", "isin_id": "JP3633400001"},
        COMPANY | {"id_code": "COM-0003", "name": "Hilltop Rail", "isin_id": "JP3633400001"},
        COMPANY | {"id_code": "COM-0004", "name": "Valley Mills", "isin_id": "US0378331005"},
    ]
    made = said(project, *rows)
    assert [row["isin"] for row in table(made, "actors")] == ["JP3435000009", "", "", ""]
    assert Counter(loss["column"] for loss in table(made, "left-out")) == {"isin_id": 3}


def test_a_region_gets_a_code_only_when_its_name_leaves_no_doubt(tmp_path: Path) -> None:
    codes = tmp_path / "codes.csv"
    codes.write_text(
        "actor_id,name\nES-MD,Madrid\nES-LO,La Rioja\nES-RI,La Rioja\nJP-28,Hyogo\nIT-25,Lombardia\n", "utf-8"
    )
    names = {"Madrid": "ESP", "La Rioja": "ESP", "Hyogo Prefecture": "JPN", "Hyogo": "JPN", "Lombardy": "ITA"}
    rows = [
        Tracked(2, f"REG-{n:04}", name, country, "Region", "2022-01-01", Target(""), Target(""))
        for n, (name, country) in enumerate(names.items(), 1)
    ]
    alpha_2 = {"ESP": "ES", "JPN": "JP", "ITA": "IT"}
    assert region_codes(rows, read_codes(codes), alpha_2) == {"net-zero-tracker-reg-0001": "ES-MD"}


def test_codes_need_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("code,name\nES-MD,Madrid\n", "utf-8")
    with pytest.raises(SourceError, match="no column actor_id"):
        read_codes(path)


def test_the_isin_of_a_company_that_is_described_elsewhere_is_told(project: Path) -> None:
    made = said(project, COMPANY | {"name": "Sony", "isin_id": "JP3435000009"})
    assert [row["actor"] for row in table(made, "matches")] == ["agent/sony"]
    (loss,) = table(made, "left-out")
    assert told(loss, "column", "value") == ("isin_id", "JP3435000009")

"""Members lists over time: who joined, left, was renamed, is absent; who is known; what is rejected."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from acagraph.imports.members.dates import day_of
from member_lists import HEADING, LICENCE, Desk, new_desk

FIRST = (
    f"{HEADING}Kansai Foods,company,Japan,2018\nSony,company,Japan,2018-07-06\n"
    "Old Name Ltd,company,Kenya,2019\nBlue River Town,city,Kenya,2019\n"
)
SECOND = (
    f"{HEADING}Kansai Foods,company,Japan,2018-03\nSony,company,Japan,2018-07-06\n"
    "New Name Ltd,company,Kenya,2019\nGreen University,university,Kenya,2020\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


def test_a_second_import_changes_nothing(desk: Desk) -> None:
    first = desk.take(FIRST)
    assert first.exit_code == 0, first.output
    assert "4 joined" in first.output
    before = desk.files()
    again = desk.take(FIRST)
    assert (
        "4 rows read = 0 imported + 4 unchanged + 0 repeated + 0 rejected\nNothing changes." in again.output
    )
    assert desk.files() == before


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    before = desk.files()
    result = desk.take(FIRST, "--dry-run")
    assert "Would change:" in result.output
    assert desk.files() == before


def test_actors_that_are_known_are_matched(desk: Desk) -> None:
    result = desk.take(FIRST)
    assert "1 of 4 members are known from elsewhere" in result.output
    assert [row["actor"] for row in desk.rows("matches")] == ["agent/sony"]
    assert {row["actor"]: row["class"] for row in desk.rows("actors")} == {
        "agent/wasi-members-blue-river-town": "LocalGovernment",
        "agent/wasi-members-kansai-foods": "Business",
        "agent/wasi-members-old-name-ltd": "Business",
    }
    assert [(row["place"], row["class"], row["within"]) for row in desk.rows("places")] == [
        ("place/wasi-members-blue-river-town", "Settlement", "place/kenya")
    ]
    assert {(row["subject"], row["object"]) for row in desk.rows("relations")} == {
        ("agent/sony", "place/japan"),
        ("agent/wasi-members-kansai-foods", "place/japan"),
        ("agent/wasi-members-old-name-ltd", "place/kenya"),
    }


def test_an_updated_list_tells_what_changed(desk: Desk) -> None:
    desk.take(FIRST)
    result = desk.take(SECOND, "--complete", "--rename", "Old Name Ltd=New Name Ltd", day="2021-01-31")
    assert result.exit_code == 0, result.output
    assert "1 joined:\n  Green University (joined 2020)" in result.output
    assert "1 renamed:\n  Old Name Ltd → New Name Ltd" in result.output
    assert "1 changed:\n  Kansai Foods (joined 2018 → 2018-03)" in result.output
    assert (
        "1 no longer in the list, which is complete (absent, not ended):\n  Blue River Town" in result.output
    )
    assert "1 unchanged" in result.output
    renamed = next(row for row in desk.rows("actors") if row["label"] == "New Name Ltd")
    assert renamed["actor"] == "agent/wasi-members-old-name-ltd"
    assert [(row["thing"], row["alt"]) for row in desk.rows("names")] == [(renamed["actor"], "Old Name Ltd")]


def test_memberships_keep_the_evidence_of_earlier_editions(desk: Desk) -> None:
    desk.take(FIRST)
    before = {row["participant"]: row["statement"] for row in desk.rows("memberships")}
    desk.take(SECOND, "--complete", "--rename", "Old Name Ltd=New Name Ltd", day="2021-01-31")
    rows = desk.rows("memberships")
    assert {row["participant"]: row["statement"] for row in rows}.items() >= before.items()
    cited = [row["evidence"] for row in rows if row["participant"] == "agent/sony"]
    assert cited == ["wasi-members-2020-01-31-sony", "wasi-members-2021-01-31-sony"]
    assert len({tuple(row.values())[:-1] for row in rows}) == 5
    assert {row["source"] for row in desk.rows("records")} == {
        "wasi-members-2020-01-31",
        "wasi-members-2021-01-31",
    }


def test_absence_from_a_complete_list_is_a_statement_and_no_end(desk: Desk) -> None:
    desk.take(FIRST)
    desk.take(SECOND, "--complete", day="2021-01-31")
    absent = {row["agent"]: row for row in desk.rows("absences")}
    assert absent.keys() == {"agent/wasi-members-blue-river-town", "agent/wasi-members-old-name-ltd"}
    row = absent["agent/wasi-members-blue-river-town"]
    assert (row["as_of_text"], row["coalition"]) == ("2021-01-31", "coalition/wasi")
    assert row["evidence"] in {record["record"] for record in desk.rows("records")}
    assert not any(row["end_text"] for row in desk.rows("memberships"))


def test_without_a_complete_list_nobody_is_absent(desk: Desk) -> None:
    desk.take(FIRST)
    result = desk.take(SECOND, day="2021-01-31")
    assert "no longer in the list" not in result.output
    assert not desk.rows("absences")


def test_an_older_edition_can_follow_and_changes_no_newer_values(desk: Desk) -> None:
    desk.take(SECOND, "--complete", day="2021-01-31")
    result = desk.take(FIRST, day="2020-01-31")
    assert result.exit_code == 0, result.output
    starts = {row["participant"]: row["start_text"] for row in desk.rows("memberships")}
    assert starts["agent/wasi-members-kansai-foods"] == "2018-03"
    assert "agent/wasi-members-blue-river-town" in {row["agent"] for row in desk.rows("absences")}


def test_the_end_of_a_membership_comes_from_its_column_only(desk: Desk) -> None:
    heading = "Name,Type,Country,Joined,Left\n"
    desk.take(f"{heading}Kansai Foods,company,Japan,2018,\nAkita Steel,company,Japan,2018,\n")
    result = desk.take(
        f"{heading}Kansai Foods,company,Japan,2018,2020-12\nAkita Steel,company,Japan,2018,\n",
        "--complete",
        day="2021-01-31",
    )
    assert "1 left:\n  Kansai Foods (left (not told) → 2020-12)" in result.output
    ends = {row["participant"]: row["end_text"] for row in desk.rows("memberships")}
    assert ends == {"agent/wasi-members-akita-steel": "", "agent/wasi-members-kansai-foods": "2020-12"}
    desk.take(f"{heading}Akita Steel,company,Japan,2018,\n", "--complete", day="2022-01-31")
    assert not desk.rows("absences")
    back = desk.take(
        f"{heading}Akita Steel,company,Japan,2018,\nKansai Foods,company,Japan,2022-05,\n",
        "--complete",
        day="2023-01-31",
    )
    assert "1 joined:\n  Kansai Foods (again, joined 2022-05)" in back.output
    assert len({row["statement"] for row in desk.rows("memberships")}) == 3


def test_members_are_recognised_by_their_identifier(desk: Desk) -> None:
    desk.take("Member ID,Name\n17,Kansai Foods\n18,Akita Steel\n")
    result = desk.take("Member ID,Name\n17,Kansai Group\n18,Akita Steel\n", day="2021-01-31")
    assert "1 renamed:\n  Kansai Foods → Kansai Group" in result.output
    assert {row["record_id"] for row in desk.rows("records")} == {"17", "18"}
    assert "agent/wasi-members-17" in {row["actor"] for row in desk.rows("actors")}


def test_a_similar_name_is_left_to_a_person(desk: Desk) -> None:
    desk.take(f"{HEADING}Kansai Foodstuffs,company,Japan,2018\n")
    text = f"{HEADING}Kansai Foodstufs,company,Japan,2018\n"
    result = desk.take(text, "--complete", day="2021-01-31")
    assert "1 doubtful" in result.output
    assert len(desk.rows("actors")) == 2
    statement = next(row for row in desk.rows("memberships") if row["participant"].endswith("stufs"))
    desk.decide("same")
    result = desk.take(text, "--complete", day="2021-01-31")
    assert result.exit_code == 0, result.output
    assert "1 renamed:\n  Kansai Foodstuffs → Kansai Foodstufs" in result.output
    assert [row["actor"] for row in desk.rows("actors")] == ["agent/wasi-members-kansai-foodstuffs"]
    assert not desk.rows("absences")
    redirects = (desk.project / "data" / "redirects.csv").read_text("utf-8")
    assert "agent:wasi-members-kansai-foodstufs,agent:wasi-members-kansai-foodstuffs\n" in redirects
    assert f"stmt:{statement['statement']},stmt:" in redirects
    assert "Nothing changes." in desk.take(text, "--complete", day="2021-01-31").output


def test_a_decision_about_a_known_actor_is_obeyed(desk: Desk) -> None:
    text = f"{HEADING}Municipio de Vicente López,city,Argentina,2018\n"
    assert "1 doubtful" in desk.take(text).output
    assert desk.rows("matches") == ()
    desk.decide("different")
    assert "Nothing changes." in desk.take(text).output
    desk.decide("same")
    assert "1 changed" in desk.take(text).output
    assert [(row["actor"], row["method"]) for row in desk.rows("matches")] == [
        ("agent/vicente-lopez-government", "review")
    ]
    assert desk.rows("actors") == ()
    assert desk.rows("places") == ()
    redirects = (desk.project / "data" / "redirects.csv").read_text("utf-8")
    assert "agent:wasi-members-municipio-de-vicente-lopez,agent:vicente-lopez-government\n" in redirects
    assert "place:wasi-members-municipio-de-vicente-lopez,place:vicente-lopez\n" in redirects
    assert "Nothing changes." in desk.take(text).output


@pytest.mark.parametrize(
    ("separator", "mark"), [(",", b"\xef\xbb\xbf"), (";", b""), (";", b"\xef\xbb\xbf"), ("\t", b"")]
)
def test_a_review_can_be_saved_by_a_spreadsheet(desk: Desk, separator: str, mark: bytes) -> None:
    text = f"{HEADING}Municipio de Vicente López,city,Argentina,2018\n"
    desk.take(text)
    path = desk.project / "data" / "registers" / "wasi-members" / "review.csv"
    saved = io.StringIO(newline="")
    rows = [[*[*row.values()][:-1], "Same"] for row in desk.rows("review")]
    csv.writer(saved, delimiter=separator).writerows([desk.rows("review")[0].keys(), *rows])
    path.write_bytes(mark + saved.getvalue().encode())
    assert "1 changed" in desk.take(text).output
    assert [row["method"] for row in desk.rows("matches")] == ["review"]
    assert path.read_bytes().startswith(b"record,name,")
    assert "Nothing changes." in desk.take(text).output


def test_national_governments_are_those_of_their_countries(desk: Desk) -> None:
    desk.take("Name,Type\nJapan,country\nBhutan,country\n")
    assert {row["participant"] for row in desk.rows("memberships")} == {
        "agent/japan-government",
        "agent/bhutan-government",
    }
    assert [(row["actor"], row["governs"]) for row in desk.rows("actors")] == [
        ("agent/bhutan-government", "place/bhutan")
    ]
    assert "Nothing changes." in desk.take("Name,Type\nJapan,country\nBhutan,country\n").output


def test_names_that_differ_in_kind_or_country_are_different_members(desk: Desk) -> None:
    text = (
        f"{HEADING}Santa Fe,company,Kenya,2019\nSanta Fe,company,Peru,2019\n"
        "Santa Fe,city,Peru,2019\nソニー銀行,bank,Japan,2019\n"
    )
    result = desk.take(text)
    assert "4 joined" in result.output, result.output
    assert len({row["participant"] for row in desk.rows("memberships")}) == 4
    assert "Nothing changes." in desk.take(text).output
    assert "4 unchanged" in desk.take(text, day="2021-01-31").output


BAD = (
    f"{HEADING}Kansai Foods,company,Japan,2018\n"
    ",company,Japan,2018\n"
    "Akita Steel,Zaibatsu,Atlantis,03/04/2018\n"
    "<b>Bold</b>,company,Japan,2018\n"
    "Bell\u0007,company,Japan,2018\n"
    "Too,company,Japan,2018,many,cells\n"
    "Kansai Foods,company,Japan,2018\n"
    "Kansai Foods,company,Japan,2017\n"
    "Blue River Town,city,,2018\n"
    "Total: 8,,,\n"
    "Soon Ltd,company,Japan,2031\n"
)


def test_rows_that_are_not_understood_are_listed_and_kept(desk: Desk) -> None:
    before = desk.files()
    result = desk.take(BAD)
    assert result.exit_code == 3
    assert "11 rows read = 0 imported + 0 unchanged + 1 repeated + 9 rejected + 1 waiting" in result.output
    for text in (
        "line 3: name: is empty",
        'kind "Zaibatsu" is not known',
        "line 5: name: has HTML",
        "U+0007",
    ):
        assert text in result.output
    for text in (
        "--date-order",
        "2 cell(s) more",
        "line 8 as line 2",
        "line 9: the member stands in line 2",
        "is a total",
    ):
        assert text in result.output
    assert "line 10: country: is empty, but a government" in result.output
    assert "2031 is after the date of the list" in result.output
    path = "registers/wasi-members/rejected.csv"
    assert desk.files().keys() - before.keys() == {path}
    kept = desk.files()[path].decode()
    assert "line,reason,Name,Type,Country,Joined" in kept
    assert "Akita Steel,Zaibatsu,Atlantis,03/04/2018" in kept
    assert "<b>Bold</b>,company,Japan,2018" in kept


def test_no_country_the_coalition_or_a_person_is_taken_for_a_member(desk: Desk) -> None:
    text = (
        "Member ID,Name,Type,Country\n1,France,country,Germany\n2,France,country,FR\n"
        "3,We are still in,association,US\n4,ann@example.org,company,US\n5,Tel +44 20 7946 0958,company,UK\n"
        "bob@example.org,Kansai Foods,company,Japan\n7,Total,company,France\n,Total,,\n"
    )
    result = desk.take(text, "--accept-rejected")
    for reason in (
        "line 2: country: is DE, but France is FR",
        "line 4: name: is the coalition itself",
        "line 5: name: has an e-mail address",
        "line 6: name: has an e-mail address",
        "line 7: id: has an e-mail address",
        "line 9: name: is a total",
    ):
        assert reason in result.output, result.output
    members = {row["participant"] for row in desk.rows("memberships")}
    assert members == {"agent/france-government", "agent/wasi-members-7"}
    files = {name: text for name, text in desk.files().items() if not name.endswith("rejected.csv")}
    assert not any(b"@example.org" in text for name, text in files.items() if "wasi-members" in name)


def test_the_other_rows_are_imported_when_that_is_said(desk: Desk) -> None:
    result = desk.take(BAD, "--accept-rejected")
    assert result.exit_code == 0
    assert "11 rows read = 1 imported + 0 unchanged + 1 repeated + 9 rejected" in result.output
    assert len(desk.rows("memberships")) == 1
    closed = desk.take(BAD, "--accept-rejected", "--complete")
    assert (closed.exit_code, "nobody can be said to be absent" in closed.output) == (2, True)
    good = desk.take(f"{HEADING}Kansai Foods,company,Japan,2018\n")
    assert good.exit_code == 0
    assert "registers/wasi-members/rejected.csv" not in desk.files()


def test_words_can_be_taught_and_are_remembered(desk: Desk) -> None:
    text = f"{HEADING}Akita Steel,Zaibatsu,Akitania,2018\nKansai Foods,,,2018\n"
    taught = (
        "--kind",
        "Zaibatsu=Business",
        "--country",
        "Akitania=JP",
        "--kind",
        "Organisation",
        "--country",
        "KE",
    )
    assert desk.take(text).exit_code == 3
    assert desk.take(text, *taught).exit_code == 0
    assert {row["class"] for row in desk.rows("actors")} == {"Business", "Organisation"}
    assert desk.take(text, day="2021-01-31").exit_code == 0
    wrong = desk.take(text, "--kind", "Zaibatsu=Cartel")
    assert (wrong.exit_code, "Cartel is none of" in wrong.output) == (2, True)


def test_malformed_codes_are_left_out_and_told(desk: Desk) -> None:
    text = "Name,Type,Website,LEI,ISIN\nKansai Foods,company,mail@example.org,12,JP3435000008\n"
    result = desk.take(text)
    assert "3 cells not taken over" in result.output
    lost = {row["column"]: row["value"] for row in desk.rows("left-out")}
    assert lost == {"website": "", "lei": "12", "isin": "JP3435000008"}
    assert "mail@example.org" not in str(desk.files()["registers/wasi-members/left-out.csv"])


def test_formulas_stay_text(desk: Desk) -> None:
    rest = ",company,Japan,2018\n"
    text = f"{HEADING}=cmd|' /C calc'!A0{rest}+Plus{rest}@Home{rest}"
    assert desk.take(text).exit_code == 0
    assert {row["label"] for row in desk.rows("actors")} == {"=cmd|' /C calc'!A0", "+Plus", "@Home"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--coalition", "jcii"), "near are jci (Japan Climate Initiative)"),
        (("--coalition", "wasi"), "give --source-title, --source-publisher, --source-date, --source-licence"),
        (("--coalition", "wasi", "--source", "nowhere"), "there is no source nowhere"),
        (("--coalition", "wasi", "--register", "../x"), "is no slug"),
        (("--coalition", "wasi", "--register", "countries"), "is no members list"),
        (("--coalition", "wasi", "--register", "schemas"), "is no members list"),
        (("--coalition", "wasi", "--country", "Akitania=ZZ"), "--country: country"),
        (("--coalition", "wasi", "--source", "japan-climate-2019-07-06"), "has no dcterms:license"),
        (("--coalition", "wasi", "--source-title", "T", "--source-date", "soon", *LICENCE), "--source-date"),
        (
            (
                "--coalition",
                "wasi",
                "--source-title",
                "T",
                "--source-date",
                "2019",
                *LICENCE,
                "--source",
                "A b",
            ),
            "no slug",
        ),
        (
            (
                "--coalition",
                "wasi",
                "--source-title",
                "T",
                "--source-date",
                "2019",
                *LICENCE[2:],
                "--source-publisher",
                "wwf-jp",
            ),
            "is no agent or coalition",
        ),
        (
            (
                "--coalition",
                "wasi",
                "--source-title",
                "T",
                "--source-date",
                "2019",
                *LICENCE[:2],
                "--source-licence",
                "free",
            ),
            "is no address",
        ),
        (
            (
                "--coalition",
                "wasi",
                "--source-title",
                "T",
                "--source-date",
                "2019",
                *LICENCE,
                "--rename",
                "x",
            ),
            "equals sign",
        ),
        (
            (
                "--coalition",
                "wasi",
                "--source-title",
                "T",
                "--source-date",
                "2019",
                *LICENCE,
                "--rename",
                "x=y",
            ),
            "--rename",
        ),
        (
            (
                "--coalition",
                "wasi",
                "--source-title",
                "T",
                "--source-date",
                "2019",
                *LICENCE,
                "--delimiter",
                "ab",
            ),
            "one character",
        ),
    ],
)
def test_what_is_missing_or_unknown_is_told(desk: Desk, arguments: tuple[str, ...], message: str) -> None:
    before = desk.files()
    path = desk.file("list.csv", "Name\nKansai Foods\n")
    result = desk.run(path, *arguments, "--yes")
    assert result.exit_code == 2, result.output
    assert message in result.output
    assert desk.files() == before


def test_nobody_can_be_asked_without_a_terminal(desk: Desk) -> None:
    path = desk.file("list.csv", "Name\nKansai Foods\n")
    given = ("--coalition", "wasi", "--source-title", "T", "--source-date", "2019", *LICENCE)
    result = desk.run(path, *given)
    assert (result.exit_code, "say --yes" in result.output) == (2, True)


@pytest.mark.parametrize(
    ("answers", "exit_code", "said"),
    [
        ("\n", 0, "Partner  name"),
        ("joined=Begin\n\n", 0, "Begin    joined"),
        ("joined=Began\n\n", 0, 'has no column "Began"; near are Begin'),
        ("q\n", 2, "stopped; nothing was written"),
    ],
)
def test_columns_are_confirmed_on_a_terminal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, answers: str, exit_code: int, said: str
) -> None:
    monkeypatch.setattr("acagraph.cli.members._is_terminal", lambda: True)
    path = desk.file("list.csv", "Partner,Begin\nKansai Foods,2019\n")
    given = (
        "--coalition",
        "wasi",
        "--source-title",
        "T",
        "--source-date",
        "2020",
        *LICENCE,
        "--map",
        "name=Partner",
    )
    result = desk.run(path, *given, answers=answers)
    assert result.exit_code == exit_code, result.output
    assert said in result.output
    assert bool(desk.rows("memberships")) == (exit_code == 0)


def test_a_source_is_not_described_twice_and_differently(desk: Desk) -> None:
    desk.take(FIRST)
    same = desk.take(FIRST, "--source", "wasi-members-2020-01-31")
    assert same.exit_code == 0
    other = desk.take(FIRST, "--source", "wasi-members-2020-01-31", day="2021-01-31")
    assert (other.exit_code, "another title and another day" in other.output) == (2, True)
    path = desk.file("list.csv", FIRST)
    alone = desk.run(path, "--coalition", "wasi", "--source", "wasi-members-2020-01-31", "--yes")
    assert "Nothing changes." in alone.output


def test_a_register_is_of_one_coalition(desk: Desk) -> None:
    desk.take(FIRST)
    path = desk.file("list.csv", FIRST)
    result = desk.run(
        path, "--coalition", "jci", "--register", "wasi-members", "--source", "wasi-members-2020-01-31"
    )
    assert (result.exit_code, "is the list of coalition/wasi" in result.output) == (2, True)


def test_a_row_that_is_taken_out_of_an_edition_is_told(desk: Desk) -> None:
    desk.take(FIRST)
    result = desk.take("\n".join(FIRST.splitlines()[:-1]))
    assert "1 in no edition any more, so removed:\n  blue-river-town" in result.output


def test_two_lists_share_their_actors(desk: Desk) -> None:
    desk.take(FIRST)
    before = desk.files()
    path = desk.file("other.csv", f"{HEADING}Kansai Foods,company,Japan,2019\n")
    given = ("--coalition", "jci", "--source-title", "Other", "--source-date", "2020", *LICENCE, "--yes")
    assert desk.run(path, *given).exit_code == 0
    assert [row["actor"] for row in desk.rows("matches", "jci-members")] == [
        "agent/wasi-members-kansai-foods"
    ]
    assert "Nothing changes." in desk.take(FIRST).output
    assert before.items() <= desk.files().items()


def test_dates_of_a_source_can_be_a_year() -> None:
    assert day_of(2019).text == "2019"

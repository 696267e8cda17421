"""What a members list may have in its cells: dates, countries, kinds, codes, and what cannot be text."""

from __future__ import annotations

import csv
import datetime
import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acagraph.imports.members import cells, words
from acagraph.imports.members.cells import Unclear
from acagraph.imports.members.countries import Countries, read_countries
from acagraph.imports.members.dates import day_of, read_day
from acagraph.imports.members.kinds import classes, find_kind
from acagraph.imports.members.state import key_of_text
from acagraph.reconciliation.countries import country_names
from member_lists import ROOT

DATES = {
    "2019-01-31": """
        2019-01-31 | 2019/1/31 | 2019.01.31 | 20190131 | 31/01/2019 | 31.1.2019 | 31-01-2019 | 01/31/2019
        31 January 2019 | January 31, 2019 | 31st of January 2019 | 31-Jan-2019 | 31. Januar 2019
        31 de enero de 2019 | 31 janvier 2019 | 31 gennaio 2019 | 31 de janeiro de 2019 | 2019年1月31日
        ２０１９年１月３１日 | 平成31年1月31日 | H31.1.31 | 2019-01-31T10:00:00 | 2019-01-31 00:00:00
    """,
    "2019-01": """
        2019-01 | 01/2019 | 1.2019 | Jan 2019 | January 2019 | enero de 2019 | janv. 2019 | 2019年1月
        2019/01 | Jänner 2019
    """,
    "2019": "2019 | 2019年 | 平成31年",
    "2019-05-01": "令和元年5月1日 | 1er mai 2019 | 1º de maio de 2019 | May 1, 2019",
    "2019-03-03": "03/03/2019 | 3.3.2019",
}
NO_DATES = {
    "03/04/2019": "--date-order",
    "31/02/2019": "no such day",
    "30.2.2019": "no such day",
    "31/13/2019": "no month",
    "43496": "number of a day",
    "31/01/19": "two digits",
    "31 Jan 19": "two digits",
    "soon": "no date",
    "1 2 3": "no date",
    "May May 2019": "no date",
    "0031-01-01": "not from",
    "昭和80年1月1日": "no year",
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (text.strip(), day)
        for day, texts in DATES.items()
        for text in re.split(r"[|\n]", texts)
        if text.strip()
    ],
)
def test_dates_are_recognised(text: str, wanted: str) -> None:
    assert read_day(text).text == wanted


@pytest.mark.parametrize(("text", "reason"), NO_DATES.items())
def test_other_dates_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(Unclear, match=reason):
        read_day(text)


def test_the_order_of_day_and_month_can_be_told() -> None:
    assert read_day("03/04/2019", order="dmy").text == "2019-04-03"
    assert read_day("03/04/2019", order="mdy").text == "2019-03-04"
    with pytest.raises(Unclear, match="no month 31"):
        read_day("01/31/2019", order="dmy")


def test_a_month_and_a_year_are_intervals() -> None:
    assert day_of(2020, 2).not_after == "2020-02-29T23:59:59Z"
    assert day_of(2020).not_before == "2020-01-01T00:00:00Z"


MONTHS = [(row["word"], int(row["month"])) for row in words.rows_of("months.csv")]


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)), st.data())
def test_every_day_is_recognised_in_every_spelling(day: datetime.date, data: st.DataObject) -> None:
    month = data.draw(st.sampled_from([word for word, number in MONTHS if number == day.month]))
    year, number = day.year, day.month
    spellings = [
        day.isoformat(),
        f"{day.day} {month} {year}",
        f"{month.title()} {day.day}, {year}",
        f"{year}年{number}月{day.day}日",
        f"{year}/{number}/{day.day}",
    ]
    for text in spellings:
        assert read_day(text).text == day.isoformat()
    assert read_day(f"{day.day}.{number}.{year}", order="dmy").text == day.isoformat()
    assert read_day(f"{number}/{day.day}/{year}", order="mdy").text == day.isoformat()


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        day = read_day(text)
    except Unclear:
        return
    assert day.not_before <= day.not_after
    assert day.not_before.startswith(day.text)
    assert day.not_after.startswith(day.text)


@cache
def countries() -> Countries:
    return read_countries(ROOT)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[
            (text, "JP")
            for text in ("JP", "jpn", "Japan", "日本", "Japón", "Japon", "Япония", "اليابان", "Giappone")
        ],
        *[
            (text, "US")
            for text in ("USA", "U.S.", "the United States", "EE.UU.", "米国", "Vereinigte Staaten")
        ],
        *[(text, "DE") for text in ("Deutschland", "ALEMANIA", "Allemagne", "ドイツ", "Germania", "Germany")],
        *[(text, "CI") for text in ("Côte d’Ivoire", "Cote d'Ivoire", "Ivory Coast")],
        *[(text, "NA") for text in ("NA", "Namibia")],
        *[(text, "KR") for text in ("Korea, Republic of", "South Korea", "韓国")],
        *[(text, "TR") for text in ("Türkiye", "Turkey", "Turquía")],
    ],
)
def test_countries_are_recognised(text: str, code: str) -> None:
    assert countries().find(text) == code


@pytest.mark.parametrize("text", ["Korea", "Atlantis", "XX", "Europe"])
def test_other_countries_are_refused(text: str) -> None:
    with pytest.raises(Unclear, match=r"--country|can be"):
        countries().find(text)


def test_every_name_of_a_country_stands_for_one() -> None:
    several = {name: codes for name, codes in countries().names.items() if len(codes) > 1}
    assert not several


@given(st.data())
def test_every_name_of_a_country_is_recognised_however_it_is_written(data: st.DataObject) -> None:
    rows = list(country_names())
    row = data.draw(st.sampled_from(rows))
    for text in (row["name"], row["name"].upper(), row["name"].lower(), f"  {row['name']} "):
        assert countries().find(text) == row["alpha_2"]


def test_the_countries_of_the_data_are_recognised_in_the_languages_of_the_united_nations() -> None:
    path = ROOT / "data" / "registers" / "countries" / "places.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for column in ("alpha_3", "label_en", "label_ar", "label_es", "label_fr", "label_ru", "label_zh"):
                assert countries().find(row[column]) == row["alpha_2"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        *[
            (text, "Business")
            for text in ("Company", "empresa", "企業", "Unternehmen", "business", "Imprese")
        ],
        *[
            (text, "LocalGovernment")
            for text in ("City", "municipio", "市区町村", "Stadt", "Comune", "LocalGovernment")
        ],
        *[
            (text, "HigherEducationInstitution")
            for text in ("university", "Universidad", "大学", "Hochschule")
        ],
        *[
            (text, "CivilSocietyOrganisation")
            for text in ("NGO", "Civil society", "civil-society", "ONG", "NPO/NGO")
        ],
    ],
)
def test_kinds_are_recognised(text: str, wanted: str) -> None:
    assert find_kind(text, {}) == wanted


def test_other_kinds_are_refused_and_can_be_taught() -> None:
    with pytest.raises(Unclear, match='--kind "Zaibatsu=CLASS"'):
        find_kind("Zaibatsu", {})
    assert find_kind("ZAIBATSU", {"zaibatsu": "Business"}) == "Business"


def test_kinds_are_classes_of_the_ontology_and_no_word_means_two() -> None:
    ontology = (ROOT / "ontology" / "acagraph.ttl").read_text("utf-8")
    for name in classes():
        assert f"\naca:{name}\n    a owl:Class" in ontology
    assert all(len(found) == 1 for found in words.meanings("kinds.csv", "class").values())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("  A\u00a0 B\nC ", "A B C"),
        ("So\u00adny\u200b", "Sony"),
        ("=SUM(A1)", "=SUM(A1)"),
        ("+1 Climate", "+1 Climate"),
        ("@home", "@home"),
        ("-", ""),
        ("n/a", ""),
        ("Café", "Café"),
        ("A & B <3", "A & B <3"),
    ],
)
def test_cells_become_clean_text(text: str, wanted: str) -> None:
    assert cells.clean(text) == wanted


@pytest.mark.parametrize(
    "text", ["<b>Sony</b>", "A &amp; B", "bell\u0007", "\ufffdony", "#REF!", "x" * 301, "<script>"]
)
def test_what_is_no_clean_text_is_refused(text: str) -> None:
    with pytest.raises(Unclear):
        cells.clean(text)


def test_what_reaches_a_person_is_not_published() -> None:
    for text in ("@home", "+1 Climate", "Plan 2020-2030", "350.org", "123 456 789"):
        assert cells.impersonal(text) == text
    for text in ("a@b.org", "Ann <a.b@example.org.uk", "+44 (0)20 7946-0958"):
        with pytest.raises(Unclear):
            cells.impersonal(text)


def test_web_addresses_and_codes_are_checked() -> None:
    assert cells.homepage("www.sony.com/en") == "https://www.sony.com/en"
    assert cells.homepage("HTTP://sony.com") == "http://sony.com"
    assert cells.isin("JP3435000009") == "JP3435000009"
    assert cells.lei("529900 T8BM49AURSDO55") == "529900T8BM49AURSDO55"
    for read, text in (
        (cells.homepage, "info@sony.com"),
        (cells.homepage, "javascript:alert(1)"),
        (cells.homepage, "no"),
    ):
        with pytest.raises(Unclear):
            read(text)
    for read, text in ((cells.isin, "JP3435000008"), (cells.lei, "529900T8BM49AURSDO56"), (cells.lei, "1")):
        with pytest.raises(Unclear):
            read(text)


@given(st.text(min_size=1, max_size=80))
def test_keys_are_slugs(text: str) -> None:
    key = key_of_text(text)
    assert key
    assert all(part and part.isascii() and part.isalnum() and part == part.lower() for part in key.split("-"))

"""The charts: what is drawn, what stands in their tables, and that no text becomes anything else."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, PackageLoader, StrictUndefined

from acagraph.web import charts
from acagraph.web.charts import Bar, Chart, CountryValue, Moment, Node, Point, Series, Words
from acagraph.web.charts.atlas import Atlas, atlas
from acagraph.web.charts.drawing import element, shortened
from acagraph.web.charts.parts import Cell

SQUARE = "M10 10l5 0 0 5-5 0z"
MADE = {
    "width": 960,
    "height": 422,
    "fine": 10,
    "scale": 180.724,
    "centre": [480, 235.923],
    "land": SQUARE,
    "borders": "M10 10l3 3",
    "countries": {
        "JP": {"shape": SQUARE, "fine": "M100 100l50 0 0 50-50 0z", "box": [100, 100, 150, 150]},
        "KR": {"shape": SQUARE, "fine": "M90 100l5 0 0 5-5 0z", "box": [90, 100, 95, 105]},
        "BR": {"shape": SQUARE, "fine": "M4000 3000l5 0 0 5-5 0z", "box": [4000, 3000, 4005, 3005]},
        "MT": {"dot": [5000, 900]},
    },
}
ATTACKS = (
    "</title></svg><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a&b<c>\"d'",
    "{{ 7*7 }} 100 %s %(n)s",
    "\x00\x07\ud800\uffff",
    "",
    "東京" * 40,
)
ANY = st.text(max_size=60) | st.sampled_from(ATTACKS)
VALUES = st.none() | st.integers(0, 10**7) | st.floats(0, 1e9)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    path = tmp_path_factory.mktemp("map") / "world.json"
    path.write_text(json.dumps(MADE), encoding="utf-8")
    found = atlas(path)
    assert found is not None
    return found


def parsed(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(str(chart.svg))


def texts(chart: Chart) -> list[list[str]]:
    return [[cell.text for cell in row] for row in chart.rows]


def classes(chart: Chart, tag: str) -> list[str]:
    return [found.get("class", "") for found in parsed(chart).iter(tag)]


def figure(chart: Chart) -> str:
    environment = Environment(
        loader=PackageLoader("acagraph.web"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    template = environment.from_string('{% import "charts.html" as c with context %}{{ c.figure(chart) }}')
    return template.render(chart=chart)


def everything(text: str, value: float | None, made: Atlas) -> list[Chart]:
    """Return every kind of chart with a text wherever one may stand."""
    drawn = [
        charts.world(
            [
                CountryValue("JP", text, value, text),
                CountryValue("MT", text, value),
                CountryValue(text, text, 1),
            ],
            title=text,
            note=text,
            unit=text,
            known=made,
        ),
        charts.country("JP", title=text, points=[Point(35, 139, text, text)], known=made),
        charts.bars(
            [Bar(text, value, text, text), Bar(text, 1)], title=text, note=text, columns=(text, text)
        ),
        charts.bars([Bar(text, value, text)], title=text, note=text, columns=(text, text), upright=True),
        charts.timeline([Moment(text, text, text), Moment("2017", text)], title=text, note=text),
        charts.steps([Series(text, ((2017, value), (2018, 3)))], title=text, note=text),
        charts.neighbourhood(Node(text, text), [Node(text, text, text, text)] * 30, title=text, note=text),
    ]
    assert all(drawn)
    return [chart for chart in drawn if chart is not None]


@settings(max_examples=25, deadline=None)
@given(text=ANY, value=VALUES)
def test_any_text_stays_text(made: Atlas, text: str, value: float | None) -> None:
    for chart in everything(text, value, made):
        tree = parsed(chart)
        for found in tree.iter():
            assert found.tag in {
                "svg", "g", "a", "path", "circle", "rect", "line", "text", "title", "defs", "pattern",
            }  # fmt: skip
            assert not any(name == "style" or name.startswith("on") for name in found.attrib)
            assert re.match(r"/|#|\?|https?://|$", found.get("href", ""))


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_a_figure_holds_no_tag_of_a_name(made: Atlas, text: str) -> None:
    for chart in everything(text, None, made):
        page = figure(chart)
        assert "<script" not in page
        assert "<img" not in page


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", " javascript:x", "JAVASCRIPT:x"])
def test_an_address_that_would_run_is_no_link(made: Atlas, href: str) -> None:
    chart = charts.world([CountryValue("JP", "Japan", 1, href)], title="t", note="", unit="u", known=made)
    assert "script" not in str(chart.svg)
    assert chart.rows[0][0].href == ""


@pytest.mark.parametrize("name", ["style", "onclick", "ONLOAD", "a b", 'x"y'])
def test_a_drawing_has_no_style_and_no_script(name: str) -> None:
    with pytest.raises(ValueError, match="nothing that a drawing may hold"):
        element("path", **{name: "x"})


def test_the_same_things_give_the_same_chart(made: Atlas) -> None:
    first, second = everything("Tokyo", 3, made), everything("Tokyo", 3, made)
    assert first == second


EMPTY: dict[str, Callable[[], Chart]] = {
    "bars": lambda: charts.bars([], title="t", note="", columns=("a", "b")),
    "timeline": lambda: charts.timeline([], title="t", note=""),
    "steps": lambda: charts.steps([], title="t", note=""),
    "steps without a value": lambda: charts.steps([Series("a", ((2020, None),))], title="t", note=""),
    "neighbourhood": lambda: charts.neighbourhood(Node("a", "agent"), [], title="t", note=""),
}


@pytest.mark.parametrize("kind", EMPTY)
def test_nothing_is_drawn_of_nothing(kind: str) -> None:
    chart = EMPTY[kind]()
    assert chart.svg == ""
    assert "<svg" not in figure(chart)


def test_a_world_without_values_shows_the_land(made: Atlas) -> None:
    chart = charts.world([], title="t", note="", unit="u", known=made)
    assert classes(chart, "path") == ["land", "borders"]
    assert [key.look for key in chart.legend] == ["none"]
    assert "<table" not in figure(chart)


def test_what_is_not_known_is_hatched_and_never_zero(made: Atlas) -> None:
    values = [
        CountryValue("JP", "Japan", None),
        CountryValue("KR", "Korea", 0),
        CountryValue("BR", "Brazil", 7),
    ]
    chart = charts.world(values, title="Members", note="", unit="Members", known=made)
    assert texts(chart) == [["Brazil", "7"], ["Korea", "0"], ["Japan", "not known"]]
    hatched = [found for found in parsed(chart).iter("path") if found.get("class") == "hatched"]
    assert len(hatched) == 1
    pattern = next(parsed(chart).iter("pattern"))
    assert hatched[0].get("fill") == f"url(#{pattern.get('id')})"
    assert next(hatched[0].iter("title")).text == "Japan: not known"
    assert [key.look for key in chart.legend] == ["q4", "hatched", "none"]
    page = figure(chart)
    assert '<td class="unknown">not known</td>' in page
    assert '<td class="number">0</td>' in page


def test_two_maps_of_a_page_have_patterns_of_their_own(made: Atlas) -> None:
    names = [
        next(parsed(charts.world([], title=title, note="", unit="u", known=made)).iter("pattern")).get("id")
        for title in ("Members", "Commitments")
    ]
    assert len(set(names)) == 2


def test_each_shade_begins_at_a_multiple_of_the_one_before(made: Atlas) -> None:
    codes = ["JP", "KR", "BR", "MT"]
    values = [CountryValue(code, code, value) for code, value in zip(codes, (1, 23, 480, 3761), strict=True)]
    chart = charts.world(values, title="t", note="", unit="u", known=made)
    assert [(key.look, key.text) for key in chart.legend] == [
        ("q1", "1 to below 10"),
        ("q2", "10 to below 100"),
        ("q3", "100 to below 1,000"),
        ("q4", "1,000 or more"),
        ("none", "none recorded"),
    ]
    assert classes(chart, "path") == ["land", "q3", "q2", "q1", "borders"]
    assert classes(chart, "circle") == ["q4"]


def test_years_are_no_amounts(made: Atlas) -> None:
    values = [CountryValue("JP", "Japan", 2050), CountryValue("BR", "Brazil", 2045)]
    chart = charts.world(values, title="t", note="", unit="Year", years=True, known=made)
    assert texts(chart) == [["Brazil", "2045"], ["Japan", "2050"]]
    assert [(key.look, key.text) for key in chart.legend] == [
        ("q4", "2045 to 2049"),
        ("q3", "2050 or later"),
        ("none", "none recorded"),
    ]


def test_a_country_that_the_map_lacks_is_in_the_table(made: Atlas) -> None:
    chart = charts.world([CountryValue("ZZ", "Nowhere", 5)], title="t", note="", unit="u", known=made)
    assert texts(chart) == [["Nowhere", "5"]]
    assert classes(chart, "path") == ["land", "borders"]


def test_without_the_map_the_table_stands_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acagraph.web.charts.maps.atlas", lambda: atlas(tmp_path / "world.json"))
    chart = charts.world([CountryValue("JP", "Japan", 5)], title="t", note="", unit="u")
    assert chart.svg == ""
    assert "<details open>" in figure(chart)
    place = charts.country("JP", title="t", points=[Point(35.6762, 139.6503, "Tokyo")])
    assert place is not None
    assert (place.svg, texts(place)) == ("", [["JP", "Tokyo", "35.6762", "139.6503"]])


def test_one_country_is_shown_with_its_neighbours(made: Atlas) -> None:
    chart = charts.country("JP", title="Japan", known=made)
    assert chart is not None
    assert classes(chart, "path") == ["land", "q3"]  # Korea is near, Brazil is not
    assert charts.country("ZZ", title="Nowhere", known=made) is None
    dot = charts.country("MT", title="Malta", known=made)
    assert dot is not None
    assert classes(dot, "circle") == ["q3"]


def test_places_lie_where_the_projection_of_the_build_has_them(made: Atlas) -> None:
    # d3.geoEqualEarth().scale(180.724).translate([480, 235.923]) of the same places, times ten
    for (latitude, longitude), expected in {
        (0.0, 0.0): (4800.0, 2359.23),
        (35.6762, 139.6503): (8250.09, 1098.49),
        (-34.6, -58.38): (3349.30, 3584.63),
    }.items():
        x, y = made.place(latitude, longitude)
        assert (round(x, 1), round(y, 1)) == pytest.approx(expected, abs=0.1)
    for latitude, longitude in ((91, 0), (0, 181), (float("nan"), 0)):
        with pytest.raises(ValueError, match="no place on Earth"):
            made.place(latitude, longitude)


def test_bars_are_as_long_as_their_values() -> None:
    chart = charts.bars(
        [Bar("Cities", 10), Bar("Companies", 5), Bar("Regions", None), Bar("Tribes", 0)],
        title="t", note="", columns=("Kind", "Members"),
    )  # fmt: skip
    known = [found for found in parsed(chart).iter("rect") if found.get("class") == "s1"]
    widths = [float(found.get("width", "")) for found in known]
    assert widths[0] == 2 * widths[1] > 0
    assert widths[2] == 0
    assert classes(chart, "rect").count("unknown-bar") == 1
    assert texts(chart)[2] == ["Regions", "not known"]
    assert texts(chart)[3] == ["Tribes", "0"]


def test_years_under_many_bars_are_round_ones() -> None:
    bars = [Bar("< 2015", 1), *(Bar(str(year), year - 2000) for year in range(2015, 2061))]
    chart = charts.bars(bars, title="t", note="", columns=("Year", "n"), upright=True)
    marks = [found.text for found in parsed(chart).iter("text") if "quiet" in found.get("class", "")]
    assert marks == [str(year) for year in range(2015, 2061, 5)]
    words = [Bar(chr(65 + n) * 3, 1) for n in range(26)]
    chart = charts.bars(words, title="t", note="", columns=("a", "n"), upright=True)
    assert len([found for found in parsed(chart).iter("text") if "quiet" in found.get("class", "")]) == 9


def test_bars_of_one_label_are_parts_of_one() -> None:
    bars = [
        Bar("2030", 6, series="Companies"),
        Bar("2030", 4, series="Cities"),
        Bar("2050", 10, series="Cities"),
    ]
    for upright in (False, True):
        chart = charts.bars(bars, title="t", note="", columns=("Year", "Kind", "n"), upright=upright)
        assert classes(chart, "rect") == ["s1", "s2", "s2"]
        side = "height" if upright else "width"
        first, second, third = (float(found.get(side, "")) for found in parsed(chart).iter("rect"))
        assert first + second == pytest.approx(third, abs=0.2)
        assert [key.text for key in chart.legend] == ["Companies", "Cities"]


def test_a_timeline_is_in_order_and_tells_long_gaps() -> None:
    moments = [
        Moment("2017-06", "We Are Still In"),
        Moment("", "Undated"),
        Moment("1990", "Climate Alliance"),
    ]
    chart = charts.timeline(moments, title="t", note="")
    assert texts(chart) == [
        ["1990", "Climate Alliance"],
        ["2017-06", "We Are Still In"],
        ["not known", "Undated"],
    ]
    assert classes(chart, "circle") == ["moment", "gap", "moment", "gap"]
    assert "26 years without an entry" in str(chart.svg)


def test_gaps_of_a_series_stay_gaps() -> None:
    chart = charts.steps(
        [Series("Members", ((2017, 3), (2018, 4), (2019, None), (2020, 6), (2022, 7)))], title="t", note=""
    )
    drawn = [found.get("d", "") for found in parsed(chart).iter("path")]
    assert len(drawn) == 3
    assert [path.count("H") for path in drawn] == [2, 1, 1]
    assert ["Members", "2019", "not known"] in texts(chart)
    one = charts.steps([Series("Members", ((2017, 3),))], title="t", note="")
    assert [path.get("d", "").count("H") for path in parsed(one).iter("path")] == [1]


@pytest.mark.parametrize("value", [3, 900, 155_000_000, 9_460_000_000_000])
def test_values_beside_steps_are_not_cut(value: float) -> None:
    """On a narrow screen letters are 17 pixels high, and the widest digits two thirds as wide."""
    chart = charts.steps([Series("People", ((2018, value), (2019, value)))], title="t", note="")
    shown = [found for found in parsed(chart).iter("text") if "end" in found.get("class", "")]
    assert len(shown) == 3
    for found in shown:
        digits = sum(letter.isdigit() for letter in found.text or "")
        others = len(found.text or "") - digits
        assert float(found.get("x", "")) >= 17 * (0.64 * digits + 0.33 * others)


def test_each_line_looks_as_the_legend_says() -> None:
    chart = charts.steps(
        [Series(f"Series {n}", ((2020, n), (2021, n))) for n in range(5)], title="t", note=""
    )
    looks = [key.look for key in chart.legend]
    assert classes(chart, "path") == [f"step {look}" for look in looks]
    assert len(set(looks)) == 5
    style = (Path(charts.__file__).parent.parent / "static" / "charts.css").read_text(encoding="utf-8")
    for look in looks:
        drawn = re.search(rf"\.step\.{look} {{ stroke: (var\(--[a-z0-9-]+\))", style)
        told = re.search(rf"\.swatch\.{look} {{ border-color: (var\(--[a-z0-9-]+\))", style)
        assert drawn is not None
        assert told is not None
        assert drawn[1] == told[1]


def test_at_most_24_neighbours_are_drawn_and_all_are_in_the_table() -> None:
    around = [Node(f"Agent {n}", "agent", "member", f"/doc/agent/{n}") for n in range(40)]
    chart = charts.neighbourhood(Node("Centre", "coalition"), around, title="t", note="")
    assert classes(chart, "path").count("edge") == 24
    assert "and 16 more, in the table" in str(chart.svg)
    assert len(chart.rows) == 40
    few = charts.neighbourhood(Node("Centre", "coalition"), around[:1], title="t", note="")
    assert "more" not in str(few.svg)


def test_the_numbers_of_neighbours_are_never_cut_away() -> None:
    around = [
        Node("A name that has far more letters than fit", "agent", "about", "/a", 1234),
        Node("B", "place"),
    ]
    centre = Node("Centre", "source")
    counted = charts.neighbourhood(centre, around, title="t", note="", counted="Statements")
    assert "… (1,234)</text>" in str(counted.svg)
    assert counted.columns[-1] == "Statements"
    assert [row[-1] for row in counted.rows] == [Cell("1,234", number=True), Cell("")]
    plain = charts.neighbourhood(centre, around[1:], title="t", note="")
    assert [len(row) for row in (plain.columns, *plain.rows)] == [3, 3]


def test_links_of_a_drawing_are_not_in_the_way_of_the_keyboard(made: Atlas) -> None:
    for chart in everything("/doc/agent/sony", 3, made):
        tree = parsed(chart)
        assert tree.get("aria-hidden") == "true"
        assert all(found.get("tabindex") == "-1" for found in tree.iter("a"))


def test_texts_and_numbers_are_in_the_language_of_the_page(made: Atlas) -> None:
    french = Words(say={"not known": "inconnu", "Country": "Pays"}.get, number=lambda value: f"{value} F")  # type: ignore[arg-type]
    said = Words(say=lambda text: french.say(text) or text, number=french.number)
    values = [CountryValue("JP", "Japon", None), CountryValue("BR", "Brésil", 7)]
    chart = charts.world(values, title="t", note="", unit="Membres", known=made, words=said)
    assert chart.columns == ("Pays", "Membres")
    assert texts(chart) == [["Brésil", "7 F"], ["Japon", "inconnu"]]


def test_long_names_are_cut_in_the_drawing_only() -> None:
    assert shortened("Tokyo", 8) == "Tokyo"
    assert shortened("A long name of a coalition", 8) == "A long…"
    assert shortened("東京都庁舎", 6) == "東京…"
    assert len(shortened("i" * 99, 20)) > 2 * len(shortened("M" * 99, 20))
    name = "The Alliance of " + "Very " * 20 + "Long Names"
    chart = charts.bars([Bar(name, 1)], title="t", note="", columns=("a", "b"))
    assert texts(chart)[0][0] == name


PLACES = Path(__file__).parent.parent / "data" / "registers" / "countries" / "places.csv"
# Parts of other countries that have no shape of their own, and Antarctica, which is left out.
NOWHERE = {"AQ", "BQ", "BV", "CC", "CX", "GP", "MQ", "RE", "SJ", "TK", "YT"}
BUILT = Path(charts.__file__).parent.parent / "built" / "world.json"


@pytest.mark.skipif(not BUILT.is_file(), reason="the map is not built (make web)")
def test_the_map_that_is_built_has_every_country() -> None:
    found = atlas(BUILT)
    assert found is not None
    with PLACES.open(encoding="utf-8", newline="") as file:
        codes = {row["alpha_2"] for row in csv.DictReader(file) if row["alpha_2"]}
    assert len(codes) > 200
    assert codes - set(found.countries) == NOWHERE
    assert not found.countries["JP"].is_dot
    assert found.countries["TV"].is_dot
    for shape in found.countries.values():
        left, top, right, bottom = shape.box
        assert -found.fine * 6 <= left <= right <= (found.width + 6) * found.fine
        assert 0 <= top <= bottom <= found.height * found.fine
    # A whole world with all its countries is less than half of what the first page may weigh.
    values = [CountryValue(code, code, number) for number, code in enumerate(sorted(found.countries), 1)]
    chart = charts.world(values, title="t", note="", unit="u", known=found)
    assert len(gzip.compress(str(chart.svg).encode())) < 60_000
    # Tokyo lies in Japan.
    x, y = found.place(35.6762, 139.6503)
    left, top, right, bottom = found.countries["JP"].box
    assert left < x < right
    assert top < y < bottom

"""Which charts the answer of a query can be drawn as, and drawing them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from acagraph.stores import Row, Term
from acagraph.vocab import EXTERNAL
from acagraph.web import charts
from acagraph.web.charts import Bar, Chart, CountryValue, Moment, Node, Series, Words
from acagraph.web.columns import Columns, columns, named, number, year
from acagraph.web.countries import Countries
from acagraph.web.languages import N_
from acagraph.web.results import TRIPLE, Result
from acagraph.web.selection import BARS, STEPS, TIMELINE, UPRIGHT, Selection, is_once, metric_of, selection

VIEWS = TABLE, RAW, CHART, MAP, GRAPH = "table", "raw", "chart", "map", "graph"
_MOST_BARS = 40
_MOST_MOMENTS = 60
_MOST_SERIES = 4
_MOST_BESIDE = 24  # moments: a longer timeline is only drawn where it is asked for
_LABELS = frozenset(
    EXTERNAL[prefix] + name
    for prefix, name in (("rdfs", "label"), ("skos", "prefLabel"), ("skos", "altLabel"))
)
_REST = N_("other")
_SERIES = N_("Only the %(count)s that are told of most often are drawn; the table has all of them.")
_COMPARED = N_(
    "Only values that were counted, of one unit and of one thing, are drawn; the table has all of them."
)
_DRAWN = N_("Drawn: %(name)s.")
_OTHER = N_("Only the first %(count)s are drawn; the table has all of them.")


@dataclass(frozen=True)
class Setting:
    """What a picture is made with: its title, the labels of things, their addresses, and a page's words."""

    title: str
    labels: Mapping[str, str]
    href: Callable[[Term], str]
    words: Words


class Pictures:
    """Draws the answers of queries."""

    def __init__(self, countries: Countries) -> None:
        self._countries = countries

    def views(self, result: Result) -> tuple[str, ...]:
        """Return the views that an answer has, the one shown first in front."""
        if result.kind == "turtle":
            return (RAW, TABLE, GRAPH) if result.rows else (RAW,)
        if result.kind == "truth":
            return (TABLE, RAW)
        if result.kind != "table":
            return ()
        found = self.columns(result)
        possible = (
            (CHART, selection(found, result.rows) is not None),
            (MAP, bool(found.countries)),
            (GRAPH, len(found.things) > 1),
        )
        return (TABLE, RAW, *(view for view, is_there in possible if is_there and result.rows))

    def draw(self, result: Result, view: str, setting: Setting) -> Chart | None:
        """Return an answer as a chart, a map or a graph; None where it cannot be one."""
        if view not in self.views(result):
            return None
        found = self.columns(result)
        if view == MAP:
            return _map(result, found, self._countries.codes, setting)
        if view == GRAPH:
            return _graph(result, found, setting)
        return _chart(result, found, setting) if view == CHART else None

    def best(self, result: Result, setting: Setting) -> Chart | None:
        """Return the picture that says most of a table: a map of countries, or else a chart."""
        if result.kind != "table" or len(result.rows) < 2:
            return None
        found = self.columns(result)
        timed = found.own(found.years)
        # Of a country that stands in two rows a map would draw a sum.
        if found.countries and not timed and is_once(result.rows, found.countries[0]):
            return _map(result, found, self._countries.codes, setting)
        chosen = selection(found, result.rows)
        if chosen is None or len(chosen.rows) < 2:
            return None
        if chosen.shape == TIMELINE and not _is_short(chosen):
            return None
        return _chart(result, found, setting)

    def columns(self, result: Result) -> Columns:
        """Tell what the columns of a table hold."""
        return columns(result.variables, result.rows, self._countries.codes)


def _is_short(chosen: Selection) -> bool:
    """Tell whether a timeline can stand beside its table, and hardly tells the same day again."""
    days = {row[chosen.when] for row in chosen.rows}
    return len(days) * 2 > len(chosen.rows) and len(chosen.rows) <= _MOST_BESIDE


def _chart(result: Result, found: Columns, setting: Setting) -> Chart | None:
    chosen = selection(found, result.rows)
    return _SHAPES[chosen.shape](chosen, setting) if chosen is not None else None


def _steps(chosen: Selection, setting: Setting) -> Chart:
    """Draw how values changed, the last one of each year; of many things those told of most often."""
    lines: dict[str, dict[int, float | None]] = {}
    for row in sorted(chosen.rows, key=lambda row: row[chosen.when].value if chosen.when in row else ""):
        at, value = year(row.get(chosen.when)), number(row.get(chosen.what))
        if at is not None:
            lines.setdefault(_called(row, chosen, setting) or chosen.what, {})[at] = value
    most = sorted(lines, key=lambda name: (-len(lines[name]), name))[:_MOST_SERIES]
    drawn = [Series(name, tuple(sorted(lines[name].items()))) for name in most]
    note = setting.words.say(_SERIES) % {"count": _MOST_SERIES} if len(lines) > len(most) else ""
    note = " ".join(filter(None, (note, _left_out(chosen, setting))))
    return charts.steps(drawn, title=setting.title, note=note, words=setting.words)


def _upright(chosen: Selection, setting: Setting) -> Chart:
    """Draw a bar for each year, in it a part for each of the most frequent kinds."""
    sums: Counter[tuple[int, str]] = Counter()
    for row in chosen.rows:
        at, value = year(row.get(chosen.when)), number(row.get(chosen.what))
        if at is not None and value is not None:
            sums[at, _called(row, chosen, setting)] += value  # type: ignore[assignment]
    kinds: Counter[str] = Counter()
    for (_, kind), value in sums.items():
        kinds[kind] += value
    parts = sorted(kinds, key=lambda kind: (-kinds[kind], kind))
    rest = setting.words.say(_REST)
    shown = parts if len(parts) <= _MOST_SERIES else parts[: _MOST_SERIES - 1]
    stacks: Counter[tuple[int, str]] = Counter()
    for (at, kind), value in sums.items():
        stacks[at, kind if kind in shown else rest] += value
    order = {kind: place for place, kind in enumerate([*shown, rest])}
    bars = [
        Bar(str(at), stacks[at, kind], series=kind if len(parts) > 1 else "")
        for at, kind in sorted(stacks, key=lambda each: (each[0], order[each[1]]))
    ]
    heads = (chosen.when, *(chosen.names if len(parts) > 1 else ()), chosen.what)
    note = _left_out(chosen, setting)
    return charts.bars(bars, title=setting.title, note=note, columns=heads, upright=True, words=setting.words)


def _bars(chosen: Selection, setting: Setting) -> Chart:
    of = chosen.names[0]
    bars = [
        Bar(
            _called(row, chosen, setting) or setting.words.say("not known"),
            number(row.get(chosen.what)),
            setting.href(row[of]) if of in row else "",
        )
        for row in chosen.rows[:_MOST_BARS]
    ]
    note = " ".join(filter(None, (_note(chosen.rows, _MOST_BARS, setting), _left_out(chosen, setting))))
    return charts.bars(bars, title=setting.title, note=note, columns=(of, chosen.what), words=setting.words)


def _timeline(chosen: Selection, setting: Setting) -> Chart:
    [of] = chosen.names
    moments = [
        Moment(
            row[chosen.when].value.partition("T")[0],
            named(row, of, setting.labels),
            setting.href(row[of]),
        )
        for row in chosen.rows[:_MOST_MOMENTS]
    ]
    note = _note(chosen.rows, _MOST_MOMENTS, setting)
    return charts.timeline(moments, title=setting.title, note=note, words=setting.words)


_SHAPES: Mapping[str, Callable[[Selection, Setting], Chart]] = {
    STEPS: _steps,
    UPRIGHT: _upright,
    BARS: _bars,
    TIMELINE: _timeline,
}


def _called(row: Row, chosen: Selection, setting: Setting) -> str:
    """Return what a row is called, by as many columns as tell it from the others."""
    return ", ".join(filter(None, (named(row, name, setting.labels) for name in chosen.names)))


def _left_out(chosen: Selection, setting: Setting) -> str:
    """Return what is left out, and what is drawn where that is figures of one thing."""
    if not chosen.partial:
        return ""
    metric = metric_of(chosen.rows)
    drawn = (
        setting.words.say(_DRAWN) % {"name": setting.labels.get(metric.value, metric.short)} if metric else ""
    )
    return " ".join(filter(None, (setting.words.say(_COMPARED), drawn)))


def _map(result: Result, found: Columns, codes: Mapping[str, str], setting: Setting) -> Chart:
    """Draw countries by the first number beside them; without one for each, by how often they are named."""
    where = found.countries[0]
    what = found.amounts[0] if found.amounts and is_once(result.rows, where) else ""
    placed = [row for row in result.rows if where in row]
    named_by = Counter(row[where] for row in placed)
    values = [
        CountryValue(
            codes[country.value],
            named(row, where, setting.labels),
            number(row.get(what)) if what else float(named_by[country]),
            setting.href(country),
        )
        for country, row in sorted({row[where]: row for row in reversed(placed)}.items())
    ]
    unit = what or setting.words.say("rows")
    return charts.world(values, title=setting.title, note="", unit=unit, words=setting.words)


def _graph(result: Result, found: Columns, setting: Setting) -> Chart:
    """Draw what stands around the thing that is named most often."""
    edges = list(_edges(result, found))
    degrees: Counter[Term] = Counter()
    for subject, _, thing in edges:
        degrees.update((subject, thing))
    centre = min(degrees, key=lambda term: (-degrees[term], term), default=Term("iri", ""))
    around = {
        (thing if subject == centre else subject, relation): None
        for subject, relation, thing in edges
        if centre in (subject, thing) and subject != thing
    }
    nodes = [_node(term, relation, setting) for term, relation in around]
    return charts.neighbourhood(
        _node(centre, "", setting), nodes, title=setting.title, note="", words=setting.words
    )


def _edges(result: Result, found: Columns) -> Iterator[tuple[Term, str, Term]]:
    for row in result.rows:
        if result.kind == "turtle":
            subject, predicate, thing = (row[name] for name in TRIPLE)
            if predicate.value not in _LABELS and thing.kind != "literal":
                yield subject, predicate.short, thing
        else:
            first, second = found.things[:2]
            if first in row and second in row:
                yield row[first], second, row[second]


def _node(term: Term, relation: str, setting: Setting) -> Node:
    kind = term.short.partition(":")[0] if term.short != term.value else "other"
    return Node(setting.labels.get(term.value, term.short), kind, relation, setting.href(term))


def _note(found: Sequence[Row], most: int, setting: Setting) -> str:
    return setting.words.say(_OTHER) % {"count": most} if len(found) > most else ""

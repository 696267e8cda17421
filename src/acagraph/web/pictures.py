"""Which charts the answer of a query can be drawn as, and drawing them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from acagraph.stores import Row, Store, Term, rows
from acagraph.vocab import EXTERNAL
from acagraph.web import charts
from acagraph.web.charts import Bar, Chart, CountryValue, Moment, Node, Series, Words
from acagraph.web.columns import Columns, columns, named, number, year
from acagraph.web.languages import N_
from acagraph.web.results import TRIPLE, Result

VIEWS = TABLE, RAW, CHART, MAP, GRAPH = "table", "raw", "chart", "map", "graph"
_CODES = "SELECT ?country ?code { ?country aca:iso3166Alpha2 ?code } ORDER BY ?country"
_MOST_BARS = 40
_MOST_MOMENTS = 60
_MOST_SERIES = 4
_LABELS = frozenset(
    EXTERNAL[prefix] + name
    for prefix, name in (("rdfs", "label"), ("skos", "prefLabel"), ("skos", "altLabel"))
)
_REST = N_("other")
_SERIES = N_("Only the %(count)s that are told of most often are drawn; the table has all of them.")
_OTHER = N_("Only the first %(count)s are drawn; the table has all of them.")


@dataclass(frozen=True)
class Setting:
    """What a picture is made with: its title, the labels of things, their addresses, and a page's words."""

    title: str
    labels: Mapping[str, str]
    href: Callable[[Term], str]
    words: Words


class Pictures:
    """Draws the answers of queries; the codes of countries are looked up once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: Mapping[str, str] | None = None

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
            (CHART, _is_chart(result, found)),
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
            return _map(result, found, self._codes(), setting)
        if view == GRAPH:
            return _graph(result, found, setting)
        return _chart(result, found, setting) if view == CHART else None

    def best(self, result: Result, setting: Setting) -> Chart | None:
        """Return the picture that says most of a table: a map of countries, or else a chart."""
        if result.kind != "table" or len(result.rows) < 2:
            return None
        found = self.columns(result)
        if found.countries and found.numbers and not found.years:
            return _map(result, found, self._codes(), setting)
        return _chart(result, found, setting) if found.numbers and _is_chart(result, found) else None

    def columns(self, result: Result) -> Columns:
        """Tell what the columns of a table hold."""
        return columns(result.variables, result.rows, self._codes())

    def _codes(self) -> Mapping[str, str]:
        if self._known is None:
            found = rows(self._store, _CODES)
            self._known = {row["country"].value: row["code"].value for row in found}
        return self._known


def _is_chart(result: Result, found: Columns) -> bool:
    if found.years and found.numbers:
        return True
    if found.numbers and found.names:
        # Bars of one name would look like one that is their sum.
        names = [tuple(row.get(name) for name in found.names) for row in result.rows]
        return len(set(names)) == len(names)
    return bool(found.dates and found.names and not found.numbers)


def _chart(result: Result, found: Columns, setting: Setting) -> Chart:
    if found.dates and found.numbers:
        return _steps(result, found, setting)
    if found.years and found.numbers:
        return _upright(result, found, setting)
    return _bars(result, found, setting) if found.numbers else _timeline(result, found, setting)


def _steps(result: Result, found: Columns, setting: Setting) -> Chart:
    """Draw how values changed, the last one of each year; of many things those told of most often."""
    when, what = found.dates[0], found.numbers[0]
    of = found.names[0] if found.names else ""
    lines: dict[str, dict[int, float | None]] = {}
    for row in sorted(result.rows, key=lambda row: row[when].value if when in row else ""):
        at, value = year(row.get(when)), number(row.get(what))
        if at is not None and value is not None:
            lines.setdefault(named(row, of, setting.labels) if of else what, {})[at] = value
    most = sorted(lines, key=lambda name: (-len(lines[name]), name))[:_MOST_SERIES]
    drawn = [Series(name, tuple(sorted(lines[name].items()))) for name in most]
    note = setting.words.say(_SERIES) % {"count": _MOST_SERIES} if len(lines) > len(most) else ""
    return charts.steps(drawn, title=setting.title, note=note, words=setting.words)


def _upright(result: Result, found: Columns, setting: Setting) -> Chart:
    """Draw a bar for each year, in it a part for each of the most frequent kinds."""
    when, what = found.years[0], found.numbers[0]
    of = found.names[0] if found.names else ""
    sums: Counter[tuple[int, str]] = Counter()
    for row in result.rows:
        at, value = year(row.get(when)), number(row.get(what))
        if at is not None and value is not None:
            kind = named(row, of, setting.labels) if of else ""
            sums[at, kind] += value  # type: ignore[assignment]
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
    heads = (when, what) if len(parts) < 2 else (when, of, what)
    return charts.bars(bars, title=setting.title, note="", columns=heads, upright=True, words=setting.words)


def _bars(result: Result, found: Columns, setting: Setting) -> Chart:
    of, what = found.names[0], found.numbers[0]
    counted = [row for row in result.rows if number(row.get(what)) is not None]
    single = len({row.get(of) for row in counted}) == len(counted)
    names = found.names[:1] if single else found.names
    bars = [
        Bar(
            ", ".join(filter(None, (named(row, name, setting.labels) for name in names)))
            or setting.words.say("not known"),
            number(row.get(what)),
            setting.href(row[of]) if of in row else "",
        )
        for row in counted[:_MOST_BARS]
    ]
    note = _note(counted, _MOST_BARS, setting)
    return charts.bars(bars, title=setting.title, note=note, columns=(of, what), words=setting.words)


def _timeline(result: Result, found: Columns, setting: Setting) -> Chart:
    when, of = found.dates[0], found.names[0]
    dated = [row for row in result.rows if when in row and of in row]
    moments = [
        Moment(row[when].value[:10], named(row, of, setting.labels), setting.href(row[of]))
        for row in dated[:_MOST_MOMENTS]
    ]
    note = _note(dated, _MOST_MOMENTS, setting)
    return charts.timeline(moments, title=setting.title, note=note, words=setting.words)


def _map(result: Result, found: Columns, codes: Mapping[str, str], setting: Setting) -> Chart:
    """Draw countries by the first number beside them, summed; without one, by how often they are named."""
    where = found.countries[0]
    what = found.numbers[0] if found.numbers else ""
    sums: Counter[str] = Counter()
    shown: dict[str, Row] = {}
    for row in result.rows:
        if where in row:
            value = number(row.get(what)) if what else 1.0
            sums[row[where].value] += value or 0  # type: ignore[assignment]
            shown.setdefault(row[where].value, row)
    values = [
        CountryValue(
            codes[iri], named(row, where, setting.labels), float(sums[iri]), setting.href(row[where])
        )
        for iri, row in sorted(shown.items())
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

"""A record of the suite for reading: tables in Markdown, and the ratios as a drawing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from suite_record import Measure, Ratio, Record

_LEFT, _RIGHT, _ROW, _TOP = 400, 60, 20, 50
_WIDTH = 960
_INK, _QUIET, _MARK = "#1c2a33", "#8a979f", "#1f6f8b"


def markdown(record: Record, *, drawing: str) -> str:
    """Return the tables, the facts and who is missing."""
    facts = record.facts
    machine = facts["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in facts["versions"].items())
    lines = [
        f"# Benchmarks, {facts['mode']}",
        "",
        f"`{facts['command']}`, {facts['date']}: {machine['processors']} processors ({machine['model']}), "
        f"{machine['memory_mb']:,} MB, {machine['system']}, Python {machine['python']}, load "
        f"{machine['load'][0]:.1f} before the run; {versions}. The release {facts['release']} has "
        f"{facts['triples']:,} triples.",
        "",
        "The median of the rounds and, in parentheses, how far they lie apart. *Times* is what the others "
        "take in units of what acagraph takes, round by round: above 1 acagraph takes less. The yardstick is "
        "work that never changes, for what has no peer.",
        "",
        f"![What others take in units of what acagraph takes, on a logarithmic scale]({drawing})",
        "",
    ]
    for task, data in dict.fromkeys((one.task, one.data) for one in record.measures):
        lines += _table(record, task, data)
    lines += ["## Not measured", ""]
    lines += [f"- {name}: {why}" for name, why in sorted(record.missing.items())] or ["Nobody is missing."]
    return "\n".join(lines) + "\n"


def _table(record: Record, task: str, data: str) -> Iterator[str]:
    rows = [one for one in record.measures if (one.task, one.data) == (task, data)]
    yield f"## {task[0].upper()}{task[1:]} ({data})"
    yield ""
    yield f"| | {rows[0].unit} | times | |"
    yield "|---|---|---|---|"
    for one in rows:
        ratio = record.ratios.get((task, data, one.system))
        times = "" if ratio is None else f"{_number(ratio.median)}"
        yield f"| {one.system} | {_number(one.median)} ({one.spread:.0%}) | {times} | {_note(one)} |"
    yield ""


def _note(one: Measure) -> str:
    return one.note.replace("|", "\\|")


def ratios(record: Record) -> str:
    """Return a drawing of all ratios: median and range of the rounds, on a logarithmic scale."""
    found = [ratio for ratio in record.ratios.values() if ratio.median > 0]
    low = min((min(each.rounds) for each in found), default=1.0)
    high = max((max(each.rounds) for each in found), default=1.0)
    first, last = math.floor(math.log10(max(low, 1e-3))), max(math.ceil(math.log10(high)), 1)
    height = _TOP + _ROW * len(found) + 30

    def across(value: float) -> float:
        share = (math.log10(max(value, 10.0**first)) - first) / (last - first)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    title = "What others take in units of what acagraph takes"
    parts = [_head(title, height), _text(10, 22, title, size=15)]
    for power in range(first, last + 1):
        x = across(10.0**power)
        parts.append(_line(x, _TOP - 8, x, height - 25, _INK if power == 0 else "#d8dee2"))
        parts.append(_text(x, height - 8, f"{10.0**power:g}", middle=True, colour=_QUIET))
    for place, ratio in enumerate(found):
        parts += _row(ratio, _TOP + _ROW * place + 6, across)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(ratio: Ratio, y: float, across: object) -> list[str]:
    assert callable(across)
    label = f"{ratio.task} ({ratio.data}): {ratio.peer}"
    told = f"{label}, {_number(ratio.median)} times"
    left, middle, right = (across(value) for value in (min(ratio.rounds), ratio.median, max(ratio.rounds)))
    return [
        _text(_LEFT - 12, y + 4, label if len(label) < 62 else f"{label[:60]}…", end=True),
        _line(left, y, right, y, _MARK, width=3),
        f'<circle cx="{middle:.1f}" cy="{y:.1f}" r="4" fill="{_MARK}"><title>{escape(told)}</title></circle>',
    ]


def curves(title: str, unit: str, lines: Sequence[tuple[str, Sequence[tuple[float, float]], str]]) -> str:
    """Return a drawing of lines over triples, both axes logarithmic: of each a name, points, a colour."""
    points = [point for _, line, _ in lines for point in line if point[1] > 0]
    left, right = (side(math.log10(x) for x, _ in points) for side in (min, max))
    low = math.floor(min(math.log10(y) for _, y in points))
    high = math.ceil(max(math.log10(y) for _, y in points))
    height, width = 420, 640

    def at(point: tuple[float, float]) -> tuple[float, float]:
        x = 70 + (math.log10(point[0]) - left) / max(right - left, 1e-9) * (width - 90)
        y = _TOP + (high - math.log10(point[1])) / max(high - low, 1) * (height - _TOP - 40)
        return x, y

    parts = [_head(title, height, width + 220), _text(10, 22, f"{title}, {unit}", size=15)]
    for power in range(low, high + 1):
        y = at((10.0**left, 10.0**power))[1]
        parts += [_line(70, y, width - 20, y, "#d8dee2"), _text(62, y + 4, f"{10.0**power:g}", end=True)]
    for x in sorted({x for x, _ in points}):
        place = at((x, 10.0**low))
        parts.append(_text(place[0], height - 18, f"{x:,.0f}", middle=True, colour=_QUIET))
    for number, (name, line, colour) in enumerate(lines):
        dashed = ' stroke-dasharray="5 4"' if name.startswith("n log n") else ""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(at, line))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>')
        y = _TOP + 20 * number
        parts.append(f'<line x1="{width}" y1="{y}" x2="{width + 24}" y2="{y}" stroke="{colour}"{dashed}/>')
        parts.append(_text(width + 30, y + 4, name))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _head(title: str, height: float, width: float = _WIDTH) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" fill="#ffffff"/>'
    )


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int = 12,
    end: bool = False,
    middle: bool = False,
    colour: str = _INK,
) -> str:
    anchor = "end" if end else "middle" if middle else "start"
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">'
        f"{escape(text)}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, width: int = 1) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"/>'


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3g}"

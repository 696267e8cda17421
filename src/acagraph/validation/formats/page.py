"""A report as one HTML page: the verdict, an overview by rule and by file, then each rule's findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from acagraph.validation.findings import SEVERITIES, Finding
from acagraph.validation.formats.excerpts import Excerpts, excerpt, read_excerpts
from acagraph.validation.formats.groups import (
    Group,
    accepted,
    all_rules,
    counts,
    groups,
    path_and_value,
    plural,
    summary,
    thing,
)
from acagraph.validation.formats.markup import badge, foot, head, link, prose, text
from acagraph.validation.formats.style import Style
from acagraph.validation.report import Report
from acagraph.validation.rules import Rule

FIRST = 10
MOST = 200
_MOST_FILES = 25
_LONGEST = 2000


def write_html(report: Report, out: BinaryIO, style: Style) -> None:
    """Write a page; of each rule ten findings are open, two hundred (all with `style.all`) are there."""
    for part in _page(report, style):
        out.write(part.encode("utf-8", "replace"))


def _page(report: Report, style: Style) -> Iterator[str]:
    found = list(groups(report))
    back = (style.rules_page, "The rules") if style.rules_page else None
    yield head("Validation report", back=back)
    yield _verdict(report)
    yield '</header>\n<main id="content">\n'
    if found:
        yield from _by_rule(found)
        yield from _by_file(found, style)
    told = (finding for group in found for finding in _shown(group.findings, style))
    lines = read_excerpts(told, style.root)
    for group in found:
        yield from _section(group, style, lines)
    yield from _accepted(accepted(report), style)
    yield from _held(report, style)
    yield foot()


def _verdict(report: Report) -> str:
    counted = counts(report)
    worst = next((severity for severity in SEVERITIES if counted[severity]), "good")
    told = {
        "violation": "Does not conform: violations stop a release",
        "warning": "Conforms, with warnings to look at",
        "info": "Conforms, with notes",
        "good": "Conforms: nothing to mend",
    }[worst]
    rules, held = all_rules(report), _without_findings(report)
    engine = f", the shapes by {text(report.engine)}" if report.engine else ""
    judged = f"{plural(len(rules), 'rule')} judged{engine}; {len(held):,} held." if rules else ""
    return (
        f'<p class="verdict {worst}"><strong>{told}</strong> {text(summary(report))}</p>\n'
        f'<p class="soft">{judged}</p>\n'
        + "".join(f'<p class="mend">{text(notice)}</p>\n' for notice in report.notices)
    )


def _by_rule(found: Sequence[Group]) -> Iterator[str]:
    yield "<table>\n<caption>By rule</caption>\n<thead><tr>"
    yield '<th scope="col">Rule</th><th scope="col">Severity</th><th scope="col" class="number">Findings</th>'
    yield "</tr></thead>\n<tbody>\n"
    for group in found:
        name, title = text(group.rule.name), text(group.rule.title)
        words = f'<a href="#{name}">{title or name}</a>' + (
            f"<small><code>{name}</code></small>" if title else ""
        )
        yield f'<tr><th scope="row">{words}</th><td>{badge(group.findings[0].severity)}</td>'
        yield f'<td class="number">{len(group.findings):,}</td></tr>\n'
    yield "</tbody>\n</table>\n"


def _by_file(found: Sequence[Group], style: Style) -> Iterator[str]:
    by_file: dict[str, Counter[str]] = {}
    for finding in (finding for group in found for finding in group.findings):
        by_file.setdefault(style.file(finding) or "", Counter())[finding.severity] += 1
    if not by_file.keys() - {""}:
        return
    order = sorted(by_file, key=lambda file: (*(-by_file[file][severity] for severity in SEVERITIES), file))
    columns = [severity for severity in SEVERITIES if any(count[severity] for count in by_file.values())]
    yield '<table>\n<caption>By file</caption>\n<thead><tr><th scope="col">File</th>'
    yield "".join(
        f'<th scope="col" class="number">{plural(2, name)[2:].capitalize()}</th>' for name in columns
    )
    yield "</tr></thead>\n<tbody>\n"
    for file in order[:_MOST_FILES]:
        words = f"<code>{text(file)}</code>" if file else "in no file"
        yield f'<tr><th scope="row">{words}</th>'
        yield "".join(
            f'<td class="number">{by_file[file][name] or "":,}</td>' if by_file[file][name] else "<td></td>"
            for name in columns
        )
        yield "</tr>\n"
    yield "</tbody>\n</table>\n"
    if len(order) > _MOST_FILES:
        yield f'<p class="soft">… and {len(order) - _MOST_FILES:,} more files</p>\n'


def _section(group: Group, style: Style, lines: Excerpts) -> Iterator[str]:
    rule, severity = group.rule, group.findings[0].severity
    name = text(rule.name)
    yield f'<section id="{name}">\n<div class="title"><h2>{text(rule.title) or name}</h2> {badge(severity)} '
    documented = link(style.address(rule), f"<code>{name}</code>")
    yield f'<span class="soft">{len(group.findings):,} × {documented}</span></div>\n'
    advice = group.advice
    if advice:
        yield f'<p class="mend"><strong>What to do:</strong> {prose(advice)}</p>\n'
    shown = _shown(group.findings, style)
    yield from _list(shown[:FIRST], lines, style, own_message=advice is None)
    if len(shown) > FIRST:
        yield f"<details>\n<summary>Show {len(shown) - FIRST:,} more</summary>\n"
        yield from _list(islice(shown, FIRST, None), lines, style, own_message=advice is None)
        yield "</details>\n"
    if len(shown) < len(group.findings):
        yield f'<p class="soft">{len(group.findings) - len(shown):,} more are not on this page; '
        yield "<code>acagraph validate --all</code> and the report as JSON have them.</p>\n"
    yield "</section>\n"


def _shown(findings: Sequence[Finding], style: Style) -> Sequence[Finding]:
    return findings if style.all else findings[:MOST]


def _list(findings: Iterable[Finding], lines: Excerpts, style: Style, *, own_message: bool) -> Iterator[str]:
    yield '<ul class="findings">\n'
    for finding in findings:
        where = style.place(finding)
        yield "<li>\n" + (f'<p class="place">{text(where)}</p>\n' if where else "")
        yield f"<p>{_subject(finding)}</p>\n"
        if own_message:
            yield f"<p>{prose(finding.message)}</p>\n"
        yield _excerpt(finding, lines)
        yield "</li>\n"
    yield "</ul>\n"


def _subject(finding: Finding) -> str:
    label = f"{text(finding.label, 200)} " if finding.label else ""
    told = path_and_value(finding)
    value = f" · <code>{text(told)}</code>" if told else ""
    shown = f"<code>{text(thing(finding))}</code>"
    # What stands in quotation marks is no address, and browsers follow no longer one.
    address = not finding.focus.startswith('"') and len(finding.focus) <= _LONGEST
    named = link(finding.focus, shown) if address else shown
    return f"{label}{named}{value}"


def _excerpt(finding: Finding, lines: Excerpts) -> str:
    part = excerpt(finding, lines)
    if part is None:
        return ""
    before, meant, after = part.text[: part.start], part.text[part.start : part.end], part.text[part.end :]
    marked = f'<mark class="{finding.severity}">{text(meant)}</mark>' if meant else ""
    line = f"{text(before)}{marked}{text(after)}"
    return f'<pre class="line"><span class="n">{part.number} │ </span>{line}</pre>\n'


def _accepted(findings: Sequence[Finding], style: Style) -> Iterator[str]:
    if not findings:
        return
    yield '<section id="accepted">\n<div class="title"><h2>Accepted</h2> <span class="soft">'
    yield f"{len(findings):,} known issues in <code>data/known-issues.toml</code></span></div>\n"
    yield '<ul class="findings">\n'
    for finding in _shown(findings, style):
        where = f'<p class="place">{text(style.place(finding))}</p>\n' if style.place(finding) else ""
        yield f"<li>\n{where}<p>{_subject(finding)} · {badge(finding.severity)} "
        yield f"<code>{text(finding.rule)}</code></p>\n<p>{prose(finding.known or '')}</p>\n</li>\n"
    yield "</ul>\n</section>\n"


def _held(report: Report, style: Style) -> Iterator[str]:
    held = _without_findings(report)
    if not held:
        return
    yield f'<section id="held">\n<h2>Rules that held</h2>\n<details>\n<summary>{plural(len(held), "rule")} '
    yield 'without a finding</summary>\n<ul class="toc">\n'
    for rule in held:
        yield f"<li>{link(style.address(rule), f'<code>{text(rule.name)}</code>')}</li>\n"
    yield "</ul>\n</details>\n</section>\n"


def _without_findings(report: Report) -> list[Rule]:
    broken = {finding.rule for finding in report.findings}
    return [rule for rule in all_rules(report) if rule.name not in broken]

"""The rules explained: a page with the text and the examples of each, and the table in docs/rules.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from acagraph.graph.tokens import layout
from acagraph.graph.turtle import read_text
from acagraph.validation.files import FILE_RULES
from acagraph.validation.formats.markup import badge, foot, head, prose, text
from acagraph.validation.known import FILE as KNOWN_ISSUES
from acagraph.validation.known import KNOWN_RULES
from acagraph.validation.rules import Rule, load_rules

_Blocks = dict[tuple[Path, int], str]
_Told = dict[str, list[str]]
_HEAD = """# The rules

What the data must keep, and what to do where they do not. `acagraph validate` names the rule of each
finding, and the rule's IRI is `https://w3id.org/acagraph/shapes#` followed by that name. A **violation**
stops a release (exit code 3); a **warning** is for a person to look at and does not, and
`data/known-issues.toml` can accept it.

A rule about one thing is a SHACL shape in `shapes/`, one file per class, and each constraint is a shape of
its own with the class as its target: a finding then names exactly one rule, and pySHACL checks a constraint
once for all things (14 times faster than one node shape that calls each of them for each thing). A rule
about several things is a SELECT in `queries/checks/` that must have no rows. Both stand in one report. What
a number is about is the label of its group in `shapes/groups.ttl`.

Each number has an example that conforms and one that breaks every constraint of the number and no other
rule, in `shapes/tests/`; they are told on top of `world.ttl` there. A release shows both beside each rule,
in `rules.html`.

Rules without a shape or query are those of `data/known-issues.toml` and of strangers' files. One more,
`expectation`, holds the counts of a release to the ranges in `data/expectations.toml`.

This file is written by `python -m acagraph.validation.documentation`: change the shapes and the checks
instead.

Words in braces are filled in for each finding.

| No. | What | Severity | Rule | Where | How to mend |
|---|---|---|---|---|---|
"""


def rules_table(rules: Sequence[Rule]) -> str:
    """Return docs/rules.md: a row for each rule, sorted by name, the title of a number in its first row."""
    lines, last = [_HEAD], None
    for rule in sorted(rules, key=lambda rule: rule.name):
        title = "" if rule.number == last else rule.title
        last = rule.number
        number = "" if rule.number is None else f"{rule.number}"
        cells = (number, title, rule.severity, f"`{rule.name}`", _where(rule), rule.message)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
    return "".join(lines)


def rules_page(rules: Sequence[Rule], *, examples: Path) -> bytes:
    """Return rules.html: what each rule wants, its text, what conforms and what does not.

    The text of a rule is read where `rule.path` and `rule.line` say; `examples` is the folder with the pairs
    `36-….valid.ttl` and `36-….invalid.ttl`. Anchors are the names of rules, and `group-36` for all of a
    number. Raises SourceError for a file that cannot be read.
    """
    ordered = sorted(rules, key=lambda rule: (rule.number is None, rule.number or 0, rule.name))
    numbered = [(number, list(found)) for number, found in groupby(ordered, key=lambda rule: rule.number)]
    blocks = _blocks({rule.path for rule in rules if rule.path is not None})
    parts = [head("The rules of acagraph", back=("./", "acagraph")), _introduction(rules)]
    parts += _contents(numbered)
    for number, found in numbered:
        parts += _section(number, found, blocks, examples)
    parts += _world(examples / "world.ttl")
    return "".join((*parts, foot())).encode()


def _where(rule: Rule) -> str:
    if rule in KNOWN_RULES:
        return f"[{Path(KNOWN_ISSUES).name}](../{KNOWN_ISSUES})"
    if rule.path is None:
        return "the file itself"
    folder = "shapes" if rule.path.suffix == ".ttl" else "queries/checks"
    return f"[{rule.path.name}](../{folder}/{rule.path.name})"


def _introduction(rules: Sequence[Rule]) -> str:
    violations = sum(rule.severity == "violation" for rule in rules)
    return (
        f"<p>What the data must keep, in {len(rules)} rules, and what to do where they do not. "
        f"A {badge('violation')} stops a release ({violations} rules), a {badge('warning')} is for a person "
        "to look at. A <var>word in slanted letters</var> is filled in for each finding. Below the rules of "
        "a number stand an example that breaks all of them and one that conforms.</p>\n</header>\n"
        '<main id="content">\n'
    )


def _contents(numbered: Iterable[tuple[int | None, list[Rule]]]) -> Iterator[str]:
    yield '<nav aria-label="Rules">\n<ul class="toc">\n'
    for number, found in numbered:
        title = f'<a href="#{_anchor(number)}">{text(_title(found))}</a>'
        yield f'<li><span class="n">{_short(number)}</span>{title}</li>\n'
    yield "</ul>\n</nav>\n"


def _section(number: int | None, rules: Sequence[Rule], blocks: _Blocks, examples: Path) -> Iterator[str]:
    yield f'<section id="{_anchor(number)}">\n<div class="title"><h2><span class="soft">{_short(number)}'
    yield f"</span> {text(_title(rules))}</h2></div>\n"
    for rule in rules:
        name = text(rule.name)
        yield f'<article id="{name}">\n<div class="title"><h3><code><a href="#{name}">{name}</a></code></h3> '
        yield f"{badge(rule.severity)}</div>\n<p>{prose(rule.message)}</p>\n"
        if rule.path is not None:
            kind = "shape" if rule.path.suffix == ".ttl" else "query"
            yield f"<details>\n<summary>The {kind}, in {text(rule.path.name)}</summary>\n"
            yield f"<pre>{_code(blocks.get((rule.path, rule.line or 1), ''))}</pre>\n</details>\n"
        yield "</article>\n"
    if number is not None:
        yield from _pair(number, examples)
    yield "</section>\n"


def _pair(number: int, folder: Path) -> Iterator[str]:
    """Yield the two examples side by side, the lines in which they differ marked."""
    for invalid in sorted(folder.glob(f"{number:02}-*.invalid.ttl")):
        wrong = _told(invalid)
        right = _told(invalid.with_name(invalid.name.replace(".invalid.", ".valid.")))
        yield '<div class="pair">\n'
        yield from _example("Does not conform", "wrong", wrong, right)
        yield from _example("Conforms", "right", right, wrong)
        yield "</div>\n"


def _example(title: str, kind: str, told: _Told, other: _Told) -> Iterator[str]:
    yield f"<div>\n<h3>{title}</h3>\n<pre>"
    for number, (subject, lines) in enumerate(told.items()):
        if number:
            yield '<span class="line">&nbsp;</span>'
        for line in lines:
            marked = "" if line in other.get(subject, ()) else f" {kind}"
            yield f'<span class="line{marked}">{text(line)}</span>'
    yield "</pre>\n</div>\n"


def _world(path: Path) -> Iterator[str]:
    if path.is_file():
        body = _code("\n\n".join("\n".join(lines) for lines in _told(path).values()))
        yield '<section id="world">\n<h2>What the examples are told on top of</h2>\n<details>\n'
        yield f"<summary>The things that they name</summary>\n<pre>{body}</pre>\n</details>\n</section>\n"


def _told(path: Path) -> _Told:
    """Return the lines about each subject of an example, without its prefixes, which are the usual ones."""
    lines = [line.rstrip() for line in read_text(path).splitlines() if not line.startswith("@prefix ")]
    blocks = (block.strip("\n").split("\n") for block in "\n".join(lines).split("\n\n"))
    return {block[0]: block for block in blocks if block[0]}


def _blocks(paths: Iterable[Path]) -> _Blocks:
    """Return the text of each rule by file and line: the shape's statement, or the whole query."""
    found: _Blocks = {}
    for path in sorted(paths):
        content = read_text(path)
        if path.suffix == ".ttl":
            found |= {
                (path, block.line): content[block.start : block.end] for block in layout(content).blocks
            }
        else:
            found[path, 1] = "\n".join(line for line in content.splitlines() if not line.startswith("#+"))
    return found


def _code(content: str) -> str:
    return "\n".join(text(line) for line in content.splitlines())


def _title(rules: Sequence[Rule]) -> str:
    return next((rule.title for rule in rules if rule.title), rules[0].name)


def _short(number: int | None) -> str:
    return "" if number is None else str(number)


def _anchor(number: int | None) -> str:
    return "others" if number is None else f"group-{number:02}"


def main() -> None:
    """Write docs/rules.md of the project in the current folder."""
    rules = load_rules(Path("shapes"), Path("queries") / "checks")
    table = rules_table((*rules, *KNOWN_RULES, *FILE_RULES))
    Path("docs/rules.md").write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main()

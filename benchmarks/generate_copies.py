"""Writing a release smaller or larger: whole copies, then a sample for what is left of the factor.

Copy 2 of `agent/jrc-covenant-11551`, "Aalst", is `agent/jrc-covenant-11551-copy2`, "Aalst 2". Dates, numbers,
quotes and coordinates stay; what it links to in other datasets becomes another thing of the same form there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from generate_survey import NONE, QUAD, UNCOPIED, Survey, read_lines

from acagraph.errors import AcagraphError
from acagraph.vocab import ACA, BASE, PREFIXES

MOST_COPIES = 999
# Where the number of the copy goes in a template, and where it goes with three digits; N-Quads escape both.
_NUMBER, _DIGITS = "\x01", "\x02"
_RELEASE = re.compile(f"<{re.escape(BASE)}releases/[^/>]+/>")
_VOID_TRIPLES = f"<{PREFIXES['void']}triples>"
_COUNT = re.compile(r'"\d+"')
_NAMES = frozenset(
    {
        f"<{PREFIXES['skos']}prefLabel>",
        f"<{PREFIXES['skos']}altLabel>",
        f"<{PREFIXES['skos']}hiddenLabel>",
        f"<{PREFIXES['rdfs']}label>",
        f"<{ACA}name>",
        "<https://w3id.org/sssom/subject_label>",
    }
)
_RECORD = f"<{ACA}recordId>"
# Things in other datasets, which no two of ours share (shape 42), in the form that they have there (shape
# 40); numbers get longer than any real one, so that a copy is no other thing of the data by chance.
_ELSEWHERE = tuple(
    (re.compile(pattern), template)
    for pattern, template in (
        (r"<(http://www\.wikidata\.org/entity/Q)([0-9]+)>", "<{0}9{1:0>12}{digits}>"),
        (r"<(https://sws\.geonames\.org/)([0-9]+)/>", "<{0}9{1:0>12}{digits}/>"),
        (r"<(https://www\.openstreetmap\.org/relation/)([0-9]+)>", "<{0}9{1:0>12}{digits}>"),
        (r"<(http://dbpedia\.org/resource/[^>]*)>", "<{0}_{digits}>"),
        (r"<(https://ror\.org/\w{6})\w{3}>", "<{0}{digits}>"),
        (r"<(https://lei\.info/)\w{4}(\w{16})>", "<{0}C{digits}{1}>"),
        (r"<(https://isni\.org/isni/)\w{4}(\w{12})>", "<{0}9{digits}{1}>"),
    )
)


@dataclass(frozen=True)
class Size:
    """How much is written: whole copies, the first being the original, and a sample up to a step."""

    whole: int
    cut: int

    def copies(self, step: int) -> int:
        """Return how many there are of what joins at a step."""
        return 1 if step == 0 else self.whole + (step <= self.cut)


def size_of(found: Survey, factor: float) -> Size:
    """Return the size for a factor of what is copied. Raises AcagraphError when it is out of bounds."""
    if not 0 <= factor <= MOST_COPIES:
        raise AcagraphError(f"a factor of {factor:g} is not between 0 and {MOST_COPIES}")
    whole = int(factor)
    return Size(whole, found.cut(factor - whole))


def factor_for(found: Survey, triples: int) -> float:
    """Return the factor that gives about so many triples.

    Raises AcagraphError when there are more at every size.
    """
    if triples < found.fixed:
        raise AcagraphError(
            f"no {triples:,} triples: {found.fixed:,} of this release are there at every size"
        )
    if triples <= len(found.line_steps):
        return (triples - found.fixed) / found.copied
    return 1 + (triples - len(found.line_steps)) / (found.copied - sum(found.once))


def counts(found: Survey, size: Size) -> dict[str, int]:
    """Return how many triples each graph gets."""
    numbers = [0] * len(found.graphs)
    for step, graph, once in zip(found.line_steps, found.line_graphs, found.once, strict=True):
        numbers[graph] += min(size.copies(step), 1) if once else size.copies(step)
    return dict(zip(found.graphs, numbers, strict=True))


@dataclass(frozen=True)
class Block:
    """What one copy of a thing, or a fixed thing, is the subject of: `text` has all its lines."""

    subject: str
    number: int
    text: str


def blocks(found: Survey, size: Size) -> Iterator[Block]:
    """Yield the larger or smaller release, in the order of the one read, each copy after its original.

    All lines of a subject stand together. The metadata tell the new numbers of triples.
    """
    told = counts(found, size)
    total = sum(told.values())
    lines = zip(read_lines(found.path), found.line_steps, strict=True)
    for subject, group in groupby(lines, key=lambda item: item[0][: item[0].index(" ")]):
        if _RELEASE.fullmatch(subject):
            told[subject[1:-1]] = total
        number = found.things.get(subject, NONE)
        if number == NONE or found.steps[number] == 0:
            yield Block(subject, 1, "".join(_around(found, size, told, group)))
        else:
            yield from _copies(found, size, subject, list(group))


def _around(
    found: Survey, size: Size, told: dict[str, int], group: Iterable[tuple[str, int]]
) -> Iterator[str]:
    """Yield the lines of a fixed thing, with every copy of what is copied and stands in them."""
    for line, step in group:
        if step == 0:
            yield _recounted(line, told) if _VOID_TRIPLES in line else line
            continue
        copies = size.copies(step)
        if copies:
            yield line
        template = _template(found, line) if copies > 1 else ""
        for number in range(2, copies + 1):
            yield filled(template, number)


def _copies(found: Survey, size: Size, subject: str, group: list[tuple[str, int]]) -> Iterator[Block]:
    """Yield each copy of a thing; a triple joins the last one when all that it names does."""
    last = size.whole + 1
    if size.whole:
        yield Block(subject, 1, "".join(line for line, _ in group))
    elif text := "".join(line for line, step in group if step <= size.cut):
        yield Block(subject, 1, text)
    template = "".join(_template(found, line) for line, _ in group) if size.whole > 1 else ""
    for number in range(2, last):
        yield Block(f"{subject[:-1]}-copy{number}>", number, filled(template, number))
    if size.whole and (part := "".join(_template(found, line) for line, step in group if step <= size.cut)):
        yield Block(f"{subject[:-1]}-copy{last}>", last, filled(part, last))


def _template(found: Survey, line: str) -> str:
    """Return a line with places for the number of a copy; nothing for a line that copies do not have."""
    match = QUAD.fullmatch(line)
    assert match  # the survey has read it
    subject, predicate, term, graph = match.groups()
    if predicate == UNCOPIED:
        return ""
    subject, term = templates(found, subject, predicate, term)
    return f"{subject} {predicate} {term} <{graph}> .\n"


def templates(found: Survey, subject: str, predicate: str, term: str) -> tuple[str, str]:
    """Return subject and object of a triple with places for the number of a copy."""
    copied = _copied(found, subject)
    if term.startswith("<"):
        other = _copied(found, term)
        return copied, other if other != term or copied == subject else _elsewhere(term)
    if copied != subject and (predicate in _NAMES or predicate == _RECORD):
        end = term.rindex('"')
        return copied, f"{term[:end]}{'-' if predicate == _RECORD else ' '}{_NUMBER}{term[end:]}"
    return copied, term


def filled(template: str, number: int) -> str:
    """Return what a template is for a copy."""
    return template.replace(_NUMBER, str(number)).replace(_DIGITS, f"{number:03}")


def _copied(found: Survey, term: str) -> str:
    number = found.things.get(term, NONE)
    if number == NONE or found.steps[number] == 0:
        return term
    return f"{term[:-1]}-copy{_NUMBER}>"


def _elsewhere(term: str) -> str:
    for pattern, template in _ELSEWHERE:
        if match := pattern.fullmatch(term):
            return template.format(*match.groups(), digits=_DIGITS)
    return term


def _recounted(line: str, told: dict[str, int]) -> str:
    subject = line[1 : line.index(">")]
    return _COUNT.sub(f'"{told[subject]}"', line, count=1) if subject in told else line

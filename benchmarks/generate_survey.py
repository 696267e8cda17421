"""What of a release is copied: which things depend on which, and in which order they join a sample.

Countries, coalitions, sources, documents, the ontology and whatever a source counts exactly are fixed: there
is one of each at every size. All else is copied: agents, persons, places, what is stated of them and the
evidence for it. A thing joins together with everything that it needs, so that every sample conforms.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from acagraph.errors import AcagraphError, SourceError
from acagraph.vocab import ACA, BASE, graph_iri

QUAD = re.compile(r"(\S+) (\S+) (.*) <(\S+)> \.\n")
THING = re.compile(rf"<{re.escape(BASE)}id/(agent|evidence|person|place|statement)/[^>]*>")
NONE = -1

_COPY = re.compile(r"-copy[0-9]+>$")
_ABOUT = frozenset({"agent", "person", "place"})
_DERIVED = graph_iri("derived")
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
# There is one of each, whatever the size, or a source counts them exactly (shapes 12, 19 and 62).
_FIXED = frozenset(f"<{ACA}{name}>" for name in ("Country", "GeographicRegion", "GlobalPartnership"))
_CODES = frozenset(
    f"<{ACA}{name}>" for name in ("iso3166Alpha2", "iso3166Alpha3", "m49Code", "subdivisionCode")
)
# A town has a code or none: copies have none, as no two things share one.
UNCOPIED = f"<{ACA}unLocode>"
# A statement is about what it names, but for these, which it only mentions: that a province coordinates a
# town is said of the town, not of the province.
_MENTIONS = frozenset(
    f"<{ACA}{name}>"
    for name in (
        "addressee", "attributedTo", "onBehalfOf", "positionIn", "referenceArea", "relationObject",
    )
)  # fmt: skip
_GOVERNS = f"<{ACA}governs>"


@dataclass(frozen=True)
class Survey:
    """Every line of a release's N-Quads and the step at which it joins a growing sample; 0 is fixed.

    `things` numbers what may be copied, `steps` tells when each joins, and `classes` what it is stated to be.
    """

    path: Path
    things: Mapping[str, int]
    steps: Sequence[int]
    classes: Sequence[str]
    line_steps: Sequence[int]
    line_graphs: Sequence[int]
    once: Sequence[int]  # whether a line is left out of copies
    graphs: Sequence[str]
    joined: Sequence[int]  # how many lines there are up to a step, what is fixed left out

    @property
    def fixed(self) -> int:
        """The triples that there are once, at every size."""
        return len(self.line_steps) - self.copied

    @property
    def copied(self) -> int:
        """The triples of one whole copy."""
        return self.joined[-1]

    def cut(self, share: float) -> int:
        """Return the step up to which lines belong to a sample of this share, between 0 and 1."""
        wanted = share * self.copied
        return min(range(len(self.joined)), key=lambda step: abs(self.joined[step] - wanted))


@dataclass
class _Found:
    """What the lines say, while they are read."""

    things: dict[str, int] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    needs: list[list[int]] = field(default_factory=list)
    mentioned: set[int] = field(default_factory=set)
    owned: set[int] = field(default_factory=set)
    fixed: set[int] = field(default_factory=set)
    governed: list[tuple[int, int]] = field(default_factory=list)
    graphs: dict[str, int] = field(default_factory=dict)
    subjects: array[int] = field(default_factory=lambda: array("i"))
    objects: array[int] = field(default_factory=lambda: array("i"))
    line_graphs: array[int] = field(default_factory=lambda: array("H"))
    once: bytearray = field(default_factory=bytearray)

    def number(self, term: str) -> int:
        """Return the number of a thing that may be copied, or NONE for any other term."""
        number = self.things.get(term)
        if number is None:
            match = THING.fullmatch(term)
            if match is None:
                return NONE
            number = self.things[term] = len(self.things)
            self.kinds.append(match[1])
            self.classes.append("")
            self.needs.append([])
        return number


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file of N-Quads, gzipped or not."""
    with (
        gzip.open(path, "rt", encoding="utf-8", newline="\n")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8", newline="\n")
    ) as lines:
        yield from lines


def survey(path: Path, *, seed: int) -> Survey:
    """Read a release's N-Quads and decide, by the seed, in which order things join a sample.

    Memory grows with the release that is read, not with what is made of it. Raises AcagraphError for
    lines that are no N-Quads, and for data that is generated itself.
    """
    found = _Found()
    for line in read_lines(path):
        _note(found, line)
    if any(_COPY.search(name) for name in found.things):
        raise SourceError("is generated already; give the release that it was made of", path=path)
    steps = _steps(found, seed)
    line_steps = array("i", (
        max(steps[subject] if subject != NONE else 0, steps[thing] if thing != NONE else 0)
        for subject, thing in zip(found.subjects, found.objects, strict=True)
    ))  # fmt: skip
    sizes = [0] * (max(steps, default=0) + 1)
    for step in line_steps:
        sizes[step] += 1
    sizes[0] = 0
    return Survey(
        path=path,
        things=found.things,
        steps=steps,
        classes=found.classes,
        line_steps=line_steps,
        line_graphs=found.line_graphs,
        once=found.once,
        graphs=list(found.graphs),
        joined=list(accumulate(sizes)),
    )


def _note(found: _Found, line: str) -> None:
    """Note what a line is about; derived lines follow from others and decide nothing."""
    match = QUAD.fullmatch(line)
    if match is None:
        raise AcagraphError(f"{line[:80]!r} is no N-Quad with a graph, as `acagraph build` writes them")
    subject, predicate, term, graph = match.groups()
    source = found.number(subject)
    target = found.number(term) if term[0] == "<" else NONE
    found.subjects.append(source)
    found.objects.append(target)
    found.line_graphs.append(found.graphs.setdefault(graph, len(found.graphs)))
    found.once.append(predicate == UNCOPIED)
    if graph == _DERIVED:
        return
    if source != NONE and target != NONE:
        _bind(found, source, predicate, target)
    elif target != NONE:
        found.fixed.add(target)  # what a fixed thing names is fixed too
    elif source != NONE and predicate == _TYPE:
        found.classes[source] = term
        if term in _FIXED:
            found.fixed.add(source)
    elif source != NONE and predicate in _CODES:
        found.fixed.add(source)


def _bind(found: _Found, source: int, predicate: str, target: int) -> None:
    """Note that a thing needs another, and whether the other needs it too: what is stated of it."""
    found.needs[source].append(target)
    if predicate == _GOVERNS:
        found.governed.append((source, target))
    if found.kinds[source] != "statement" or predicate in _MENTIONS:
        found.mentioned.add(target)
    elif found.kinds[target] != "evidence":
        found.needs[target].append(source)
        if found.kinds[target] in _ABOUT:
            found.owned.add(source)


def _steps(found: _Found, seed: int) -> array[int]:
    """Return when each thing joins: what is fixed at 0, then by the seed each with what it needs."""
    steps = array("i", [NONE]) * len(found.kinds)
    # A statement that is about no copied thing is about a fixed one, and is fixed with all that it names.
    statements = {number for number, kind in enumerate(found.kinds) if kind == "statement"}
    _join(found, steps, found.fixed | (statements - found.owned), 0)
    while governments := {
        agent for agent, place in found.governed if steps[place] == 0 and steps[agent] != 0
    }:
        _join(found, steps, governments, 0)
    ranks = [hashlib.sha256(f"{seed} {name}".encode()).digest() for name in found.things]
    order = sorted(range(len(ranks)), key=ranks.__getitem__)
    # First who nobody else brings along, then the rest: circles, and evidence that nobody cites.
    leading = [n for n in order if found.kinds[n] in _ABOUT and n not in found.mentioned]
    step = 0
    for number in (*leading, *order):
        if steps[number] == NONE:
            step += 1
            _join(found, steps, {number}, step)
    return steps


def _join(found: _Found, steps: array[int], starts: set[int], step: int) -> None:
    """Let things join at a step, with everything that they need and that has not joined yet."""
    waiting = [number for number in starts if steps[number] == NONE]
    for number in waiting:
        steps[number] = step
    while waiting:
        for needed in found.needs[waiting.pop()]:
            if steps[needed] == NONE:
                steps[needed] = step
                waiting.append(needed)

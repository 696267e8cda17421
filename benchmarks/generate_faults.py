"""Faults of named kinds for generated data, chosen by a seed, and what a validation has to find for each."""

from __future__ import annotations

import hashlib
import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from generate_copies import Block, Size
from generate_survey import Survey

from acagraph.errors import AcagraphError
from acagraph.vocab import ACA, BASE, PREFIXES

_WORLD = f"{BASE}id/place/nowhere"


@dataclass(frozen=True)
class Kind:
    """A way to be wrong: `damage` makes the lines of a sound thing violate `rule`, and no other."""

    name: str
    rule: str
    classes: frozenset[str]
    damage: Callable[[Block], str]


@dataclass(frozen=True)
class Fault:
    """One seeded fault."""

    kind: str
    rule: str
    focus: str


def _classes(*names: str) -> frozenset[str]:
    return frozenset(f"<{ACA}{name}>" for name in names)


def _without(*predicates: str) -> Callable[[Block], str]:
    """Return what drops the lines of some predicates."""
    dropped = tuple(f" <{predicate}> " for predicate in predicates)

    def damage(block: Block) -> str:
        lines = block.text.splitlines(keepends=True)
        return "".join(line for line in lines if not any(predicate in line for predicate in dropped))

    return damage


def _with(predicate: str, term: str) -> Callable[[Block], str]:
    """Return what adds a triple, in the graph that states the thing."""

    def damage(block: Block) -> str:
        lines = block.text.splitlines(keepends=True)
        kind = f" <{PREFIXES['rdf']}type> "
        graph = next(
            line.rsplit(" ", 2)[1] for line in lines if kind in line and "graph/derived>" not in line
        )
        return f"{block.text}{block.subject} <{predicate}> {term} {graph} .\n"

    return damage


def _instead(predicate: str, term: str) -> Callable[[Block], str]:
    """Return what replaces the value of a predicate."""
    old = re.compile(rf"( <{re.escape(predicate)}> ).*( <\S+> \.\n)")

    def damage(block: Block) -> str:
        return old.sub(lambda match: f"{match[1]}{term}{match[2]}", block.text)

    return damage


KINDS = (
    Kind(
        "no-evidence",
        "rule-01-statement-evidence",
        _classes("Relation"),
        _without(f"{ACA}evidence", f"{ACA}statedIn"),
    ),
    Kind(
        "wrong-unit",
        "rule-25-unit-fits",
        _classes("Figure"),
        _instead(f"{ACA}unit", f"<{PREFIXES['qudt-unit']}KiloGM>"),
    ),
    Kind("dangling", "rule-55-dangling", _classes("Membership"), _with(f"{ACA}referenceArea", f"<{_WORLD}>")),
    Kind(
        "unknown-property",
        "rule-43-undeclared-property",
        _classes("Business", "LocalGovernment"),
        _with(f"{ACA}noSuchProperty", '"seeded"'),
    ),
    Kind(
        "no-name",
        "rule-08-place-name",
        _classes("Settlement"),
        _without(f"{PREFIXES['skos']}prefLabel", f"{PREFIXES['rdfs']}label"),
    ),
    Kind(
        "bad-link",
        "rule-40-link-form",
        _classes("Business", "LocalGovernment"),
        _with(f"{PREFIXES['skos']}closeMatch", "<https://ror.org/seeded>"),
    ),
)


def choose(found: Survey, size: Size, *, number: int, seed: int) -> dict[tuple[str, int], Kind]:
    """Return which copy of which thing gets which fault: the kinds in turn, the things by the seed.

    Raises AcagraphError when there are not as many things as faults.
    """
    chosen: dict[tuple[str, int], Kind] = {}
    for place, kind in enumerate(KINDS):
        # What the kinds before could not take falls to the others.
        share = (number - len(chosen)) // (len(KINDS) - place)
        free = (item for item in _candidates(found, size, kind) if item not in chosen)
        chosen |= dict.fromkeys(heapq.nsmallest(share, free, key=lambda item: _rank(seed, item)), kind)
    for kind in KINDS:
        if missing := number - len(chosen):
            free = (item for item in _candidates(found, size, kind) if item not in chosen)
            chosen |= dict.fromkeys(heapq.nsmallest(missing, free, key=lambda item: _rank(seed, item)), kind)
    if len(chosen) < number:
        raise AcagraphError(f"only {len(chosen):,} of {number:,} faults find a place; give a larger factor")
    return chosen


def _candidates(found: Survey, size: Size, kind: Kind) -> Iterator[tuple[str, int]]:
    for thing, number in found.things.items():
        if found.classes[number] in kind.classes and (step := found.steps[number]) > 0:
            yield from ((thing, copy) for copy in range(1, size.copies(step) + 1))


def _rank(seed: int, item: tuple[str, int]) -> bytes:
    return hashlib.sha256(f"{seed} {item[0]} {item[1]}".encode()).digest()


def damaged(
    sound: Iterable[Block], faults: Mapping[tuple[str, int], Kind], seeded: list[Fault]
) -> Iterator[str]:
    """Yield the text of blocks with the chosen faults in them, and add each to `seeded`."""
    for block in sound:
        original = re.sub(r"-copy\d+>$", ">", block.subject) if block.number > 1 else block.subject
        kind = faults.get((original, block.number))
        if kind is None:
            yield block.text
            continue
        yield kind.damage(block)
        seeded.append(Fault(kind.name, kind.rule, block.subject.strip("<>")))

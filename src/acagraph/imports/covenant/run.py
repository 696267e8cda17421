"""The whole import: from the publisher's file to the tables of the register, or to what they would be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from acagraph.graph.terms import text_of
from acagraph.graph.turtle import parse_turtle
from acagraph.imports import tables
from acagraph.imports.covenant import links
from acagraph.imports.covenant.actors import Kinds, decide
from acagraph.imports.covenant.candidates import read_candidates
from acagraph.imports.covenant.register import Register
from acagraph.imports.covenant.signatories import REGISTER, read_signatories
from acagraph.imports.tables import Cells, Import, Loss
from acagraph.imports.territories import country_places
from acagraph.reconciliation import Actor, Decision, known_actors, read_rulings
from acagraph.vocab import PREFIXES

SOURCE = "jrc-covenant-2024-01"

_LABELS = (PREFIXES["skos"] + "prefLabel", PREFIXES["skos"] + "altLabel")


def import_covenant(
    path: Path, *, root: Path, candidates: Path | None = None, source: str = SOURCE
) -> Import:
    """Make the tables of the register from the publisher's file; nothing is written yet.

    root is the project; candidates is a table of links, without which the UN/LOCODEs and links of the last
    import stay; source is the slug of the edition. The same input gives the same bytes. Raises SourceError
    for a file that is not as it should be, with line, column and value.
    """
    folder = root / "data" / "registers" / REGISTER
    left = {(row["column"], row["value"]) for row in tables.read(folder, "exceptions")}
    signatories = read_signatories(path, exceptions=left)
    told = {(row["column"], row["value"]): row["meaning"] for row in tables.read(folder, "values")}
    kinds = Kinds(told)
    known = known_actors(root, registers=())
    decided = decide(signatories, known, kinds, read_rulings(folder / "review.csv"))
    register = Register(
        signatories=signatories,
        kinds=kinds,
        decided=decided,
        known=_named(known, root),
        places=country_places(root),
        source=source,
    )
    chosen = _chosen(candidates, register, root, folder)
    made = list(register.tables(chosen, _kept(tables.read(folder, "review"), decided)))
    files = tables.laid_out(folder.parent / "schemas", made)
    return Import(
        files={folder: files, **(chosen.texts(root / "data" / "links") if candidates else {})},
        counts={"records": len(signatories), **{table.name: table.size for table in made}},
        left_out=Counter(f"{loss.column}: {loss.reason}" for loss in register.losses(chosen)),
    )


def _named(known: Iterable[Actor], root: Path) -> dict[str, str]:
    """Return the actor or coalition that alone has a name, by the folded name."""
    things: dict[str, set[str]] = defaultdict(set)
    for actor in known:
        for name in actor.names:
            things[name.casefold()].add(actor.thing)
    for path in sorted((root / "data" / "coalitions").glob("*.ttl")):
        for quad in parse_turtle(path)[0]:
            subject, name = text_of(quad.subject), text_of(quad.object)
            if subject.startswith(PREFIXES["coalition"]) and quad.predicate.value in _LABELS:
                things[name.casefold()].add("coalition/" + subject.removeprefix(PREFIXES["coalition"]))
    return {name: found.pop() for name, found in things.items() if len(found) == 1}


def _chosen(candidates: Path | None, register: Register, root: Path, folder: Path) -> links.Links:
    if candidates is None:
        before = {row["place"].partition("/")[2]: row["unlocode"] for row in tables.read(folder, "places")}
        losses = tuple(
            Loss(row["record"], row["column"], row["value"], row["reason"])
            for row in tables.read(folder, "left-out")
            if row["column"] in ("unlocode", "wikidata_candidate")
        )
        return links.Links((), (), {record: code for record, code in before.items() if code}, losses)
    return links.choose(
        read_candidates(candidates),
        countries={item.record: item.country for item in register.placed},
        vague=register.vague.keys(),
        elsewhere=links.read_elsewhere(root / "data" / "links"),
    )


def _kept(before: Sequence[Cells], decided: Mapping[str, Decision]) -> list[Cells]:
    """Return the rows of the last review that a person has decided and whose record is still there."""
    return [row for row in before if row["decision"] and row["record"] in decided]

"""What a release says of the few things that a file names, without all the rest of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from acagraph import inference
from acagraph.dataset import CURRENT, MANIFEST, read_manifest
from acagraph.errors import ReleaseError
from acagraph.graph.terms import text_of
from acagraph.release.files import STORE
from acagraph.validation.documents import rdf_files
from acagraph.validation.files import quads_of
from acagraph.vocab import BASE, compact, expand, graph_iri

# The graph, by its name after graph/, in which all of it stands.
CONTEXT = "register/context"

_REGISTER = graph_iri("register/")
_LINKS = graph_iri("links")
_HOME = ox.NamedNode(graph_iri(CONTEXT))
_OURS = f"{BASE}id/"
# A thing, its place, the country around that, and what these refer to.
_MOST_STEPS, _MOST_THINGS = 5, 10_000
# How many things may refer to one of a file and be looked up.
_MOST_BACK = 2_000
_INSTEAD = "run acagraph validate without FILES and without --changed"

# Rules compare things that share one of these values, so each file may break one with a thing it never names.
_IDENTIFYING = frozenset(
    expand(name)
    for name in (
        "aca:iso3166Alpha2",
        "aca:iso3166Alpha3",
        "aca:m49Code",
        "aca:subdivisionCode",
        "aca:unLocode",
        "skos:exactMatch",
    )
)
# Rules compare statements that are about the same thing by two of these, such as a founding and a membership.
_SHARING = tuple(
    ox.NamedNode(expand(name))
    for name in (
        "aca:figureSubject",
        "aca:foundingOf",
        "aca:inCoalition",
        "aca:partOfNetwork",
        "aca:relationSubject",
    )
)


@dataclass
class Named:
    """What files name of ours: all things, those that they describe, and values that identify one."""

    things: set[str] = field(default_factory=set)
    described: set[str] = field(default_factory=set)
    identified: set[tuple[ox.NamedNode, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]] = field(
        default_factory=set
    )

    @classmethod
    def of(cls, quads: Iterable[ox.Quad]) -> Named:
        """Read what quads name."""
        named = cls()
        for quad in quads:
            named.things.update(_things(quad))
            named.described.update(_things(quad.triple, last=False))
            if quad.predicate.value in _IDENTIFYING:
                named.identified.add((quad.predicate, quad.object))
        return named


@dataclass
class Surroundings:
    """What registers say of things, all in one graph, and what to tell where that is not all of it."""

    quads: list[ox.Quad] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def last_release(root: Path) -> ox.Store | None:
    """Open the store of a project's last release for reading; None where there is none with all registers."""
    folder = root / CURRENT
    try:
        whole = read_manifest(folder / MANIFEST).get("whole") is True
    except ReleaseError:
        return None
    return opened(folder / STORE) if whole else None


def opened(folder: Path) -> ox.Store | None:
    """Open a store for reading; None where there is none that can be read."""
    try:
        return ox.Store.read_only(str(folder))
    except OSError:
        return None


def named_in(files: Iterable[Path]) -> Named:
    """Return what RDF files name of ours. Raises SourceError as `quads_of` does."""
    read = quads_of(dict.fromkeys(rdf_files(files), ""))
    return Named.of(quad for _, quads in read for quad in quads)


def of_registers(
    store: ox.Store,
    wanted: Collection[str],
    *,
    judged: Named | None = None,
    present: Collection[str] = (),
    links: bool = False,
) -> Surroundings:
    """Return what registers say of things, and of what these refer to, a few steps on.

    What is `judged` may break a rule together with a thing that it does not name, so these are looked up too:
    who refers to what it describes, who is about the same, who has a code or match of it. What is `present`
    is described already. With `links`, those of things are told too. Bounded, with a notice.
    """
    found, seen = Surroundings(), set[str]()
    names = set(wanted)
    if judged is not None:
        names |= _beside(store, judged, found) - set(present)
    for _ in range(_MOST_STEPS):
        rest = sorted(names - seen)
        new = rest[: max(0, _MOST_THINGS - len(seen))]
        if len(new) < len(rest):
            found.notices.append(
                f"registers describe more of the things named than {_MOST_THINGS:,}, and the rest was not "
                f"looked up: {_INSTEAD}"
            )
        seen |= set(new)
        quads = [quad for name in new for quad in _stated(store, name, links=links)]
        found.quads += quads
        names = {text_of(quad.object) for quad in quads if text_of(quad.object).startswith(_OURS)}
        names -= set(present)
        if len(new) < len(rest):
            break
    return found


def of_others(store: ox.Store) -> Iterator[ox.Quad]:
    """Yield what people wrote: all graphs but those of registers, without what is derived."""
    for name in store.named_graphs():
        if not text_of(name).startswith(_REGISTER) and name != inference.DERIVED:
            yield from store.quads_for_pattern(None, None, None, name)


def _beside(store: ox.Store, judged: Named, found: Surroundings) -> set[str]:
    """Return the things of registers that rules may compare with what is judged, in a fixed order."""
    beside: set[str] = set()
    for predicate, value in judged.identified:
        beside.update(_subjects(store.quads_for_pattern(None, predicate, value), links=True))
    for name in sorted(judged.things):
        node = ox.NamedNode(name)
        anyhow = (None,) if name in judged.described else _SHARING
        back = [
            subject
            for predicate in anyhow
            for subject in islice(
                _subjects(store.quads_for_pattern(None, predicate, node), links=False), _MOST_BACK + 1
            )
        ]
        if len(back) > _MOST_BACK:
            # Not some of them, which rules that count would take for all.
            found.notices.append(
                f"more than {_MOST_BACK:,} things of registers refer to {compact(name)}, and it was judged "
                f"without them: {_INSTEAD}"
            )
        else:
            beside.update(back)
    return beside


def _subjects(quads: Iterable[ox.Quad], *, links: bool) -> Iterator[str]:
    for quad in quads:
        home = text_of(quad.graph_name)
        if home.startswith(_REGISTER) or (links and home == _LINKS):
            yield text_of(quad.subject)


def _stated(store: ox.Store, name: str, *, links: bool) -> Iterator[ox.Quad]:
    for quad in store.quads_for_pattern(ox.NamedNode(name), None, None, None):
        home = text_of(quad.graph_name)
        if home.startswith(_REGISTER) or (links and home == _LINKS):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, _HOME)


def _things(quad: ox.Quad | ox.Triple, *, last: bool = True) -> Iterator[str]:
    for term in (quad.subject, quad.object) if last else (quad.subject,):
        if isinstance(term, ox.NamedNode) and term.value.startswith(_OURS):
            yield term.value

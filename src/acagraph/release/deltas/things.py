"""From the subjects that differ to what people ask for: members, promises, figures, names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from acagraph.release.deltas.facts import Facts, facts, kind_of, linked, resolved, stated, without
from acagraph.release.deltas.merging import Group
from acagraph.release.deltas.model import KINDS, Change, Things
from acagraph.release.deltas.participations import Participations, is_participation
from acagraph.release.deltas.sides import Side
from acagraph.release.deltas.statements import Statements, coalition_of
from acagraph.vocab import PREFIXES

_NAME = "skos:prefLabel"
_MATCHES = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")
_ORDER = {kind: number for number, kind in enumerate(KINDS)}


@dataclass
class Collection:
    """What is learnt of the subjects that differ, one after the other; memory grows with the differences."""

    old: Side
    new: Side
    # Properties that only rules write, where no named graph tells that.
    inferred: frozenset[bytes] = frozenset()
    quiet: Counter[str] = field(default_factory=Counter)
    _found: list[Change] = field(default_factory=list)
    _statements: Statements = field(default_factory=Statements)

    def __post_init__(self) -> None:
        merged = {name: gone.into for name, gone in self.new.gone.items() if gone.into}
        self._merged: Mapping[str, str] = merged
        self._participations = Participations(merged, self.old.derived and self.new.derived)

    def take(self, group: Group) -> None:
        """Learn what a subject's lines say."""
        removed, added = group.removed, group.added
        kind = kind_of((removed or added)[0])
        subject = (removed or added)[0][1:].split(b">", 1)[0].decode()
        if kind not in ("", "evidence", "statement"):
            self._participations.take_edges(removed, added)
        if self.inferred:
            group = Group(without(group.old, self.inferred), without(group.new, self.inferred))
            removed, added = group.removed, group.added
        if not kind:
            self._take_links(subject, removed, added)
        elif kind == "evidence":
            self.quiet["evidence"] += 1
        elif kind == "statement":
            self._take_statement(subject, group)
        else:
            if stated(removed) or stated(added):
                self._take_thing(subject, facts(stated(group.old)), facts(stated(group.new)))
            self._take_links(subject, removed, added)

    def things(self) -> Things:
        """Return all changes, when every subject was taken."""
        self._participations.settle(self.old.lines, self.new.lines)
        found = [*self._gone(), *self._found]
        found += self._participations.changes(self.quiet)
        found += self._statements.changes(self.quiet)
        found.sort(key=lambda change: (_ORDER[change.kind], change.coalition, change.about, change.roles))
        return Things(found, dict(sorted(self.quiet.items())))

    def _take_links(self, subject: str, removed: list[bytes], added: list[bytes]) -> None:
        self._found += _links(subject, facts(linked(removed)), facts(linked(added)))

    def _take_statement(self, subject: str, group: Group) -> None:
        removed, added = stated(group.removed), stated(group.added)
        if not removed and not added:
            if linked(group.removed) or linked(group.added):
                self.quiet["records of links"] += 1
            return
        old, new = (resolved(facts(stated(lines)), self._merged) for lines in (group.old, group.new))
        if is_participation(old) or is_participation(new):
            self._participations.take_statement(subject, old, new)
        else:
            self._statements.take(subject, old, new)

    def _take_thing(self, subject: str, old: Facts, new: Facts) -> None:
        old, new = resolved(old, self._merged), resolved(new, self._merged)
        coalition = subject if subject.startswith(PREFIXES["coalition"]) else ""
        if subject in self.old.gone:
            old = {}  # all that was said of it is what became of it
        if old == new or subject in self.new.gone:
            return
        if not old or not new:
            kind = "thing-removed" if old else "thing-added"
            self._found.append(Change(kind, subject, coalition or coalition_of(new or old), old, new))
            return
        if _renamed(old, new):
            self._found.append(Change("renamed", subject, coalition, old, new))
        rest = [{name: values for name, values in item.items() if name != _NAME} for item in (old, new)]
        if rest[0] != rest[1] or not _renamed(old, new):
            self._found.append(Change("thing-changed", subject, coalition, old, new))

    def _gone(self) -> Iterator[Change]:
        """Yield what was merged or withdrawn since."""
        for name, gone in sorted(self.new.gone.items()):
            if self.old.gone.get(name) != gone:
                kind = "merged" if gone.into else "withdrawn"
                # It is told with the coalition that it was, or that it became.
                coalition = next((i for i in (gone.into, name) if i.startswith(PREFIXES["coalition"])), "")
                yield Change(kind, name, coalition, note=gone.reason, other=gone.into)


def _renamed(old: Facts, new: Facts) -> bool:
    """Say whether a name that people know is gone: another one came, or one language lost its name."""
    before, after = set(old.get(_NAME, ())), set(new.get(_NAME, ()))
    return bool(before - after) and bool(after - before)


def _links(subject: str, removed: Facts, added: Facts) -> Iterator[Change]:
    for kind, found in (("link-removed", removed), ("link-added", added)):
        for name in _MATCHES:
            for value in found.get(name, ()):
                if isinstance(value, ox.NamedNode):
                    yield Change(kind, subject, roles=(name,), other=value.value)

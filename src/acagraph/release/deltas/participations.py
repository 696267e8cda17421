"""Who joined, who left, which roles began or ended: from the direct edges and their statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from acagraph.graph.terms import Value
from acagraph.release.deltas.facts import EVIDENCE, Facts, facts, kind_of, one, stated, told_apart
from acagraph.release.deltas.model import Change
from acagraph.release.lines import Lines
from acagraph.vocab import ACA, PREFIXES

MEMBER, ONCE, ANY = "aca:memberOf", "aca:hasBeenMemberOf", "aca:participatesIn"
# The edges of each class of participation, but for ONCE and ANY; the ontology says so with aca:derivedFrom.
_EDGES = {
    "aca:Membership": MEMBER,
    "aca:FoundingMembership": "aca:founderOf",
    "aca:GlobalPartnership": "aca:globalPartnerOf",
    "aca:SupportingPartnership": "aca:supportingPartnerOf",
    "aca:LaunchSupport": "aca:launchSupporterOf",
    "aca:LeadershipParticipation": "aca:leaderOf",
    "aca:Coordination": "aca:coordinatorOf",
}
_LASTING = ("aca:founderOf", "aca:launchSupporterOf")
_ROLES = {*_EDGES.values(), ONCE, ANY}
_NAMES = {f"<{ACA}{role.removeprefix('aca:')}>".encode(): role for role in _ROLES}
_PLACES = f"<{PREFIXES['coalition']}".encode()
_IN = f" <{ACA}inCoalition> ".encode()
_STATUS = PREFIXES["participation-status"]

Pair = tuple[str, str]
Edge = tuple[str, str, str]


@dataclass
class Participations:
    """The changed edges between agents and coalitions, and the changed statements behind them.

    `merged` gives for what was merged the thing that stays; the edges and statements are told of that.
    """

    merged: Mapping[str, str]
    derived: bool
    lost: set[Edge] = field(default_factory=set)
    gained: set[Edge] = field(default_factory=set)
    # Edges of things that were merged: the one that stays may have had them all the time.
    doubtful: set[Edge] = field(default_factory=set)
    spells: dict[Pair, list[tuple[str, Facts, Facts]]] = field(default_factory=lambda: defaultdict(list))

    def take_edges(self, removed: Iterable[bytes], added: Iterable[bytes]) -> None:
        """Note the direct edges among the changed lines of one subject."""
        if self.derived:
            for lines, edges in ((removed, self.lost), (added, self.gained)):
                edges.update(self._resolved(edge) for edge in _edges(lines))

    def take_statement(self, name: str, old: Facts, new: Facts) -> None:
        """Note a statement that changed; what was merged is resolved in it already."""
        for pair in {pair_of(old), pair_of(new)} - {("", "")}:
            before, after = (found if pair_of(found) == pair else {} for found in (old, new))
            self.spells[pair].append((name, before, after))
            if not self.derived:
                self.lost.update(_edges_of(before))
                self.gained.update(_edges_of(after))

    def settle(self, old: Lines, new: Lines) -> None:
        """Leave out the edges that are there as before: moved to what stays, or stated by others too.

        Reads the lines only where that must be looked up.
        """
        both = self.lost & self.gained
        self.lost -= both
        self.gained -= both
        if not self.derived:
            changed = {name for spells in self.spells.values() for name, _, _ in spells}
            self.lost -= set(_supported(new, self.lost, changed))
            self.gained -= set(_supported(old, self.gained, changed))
            return
        self.lost -= _present(new, self.lost & self.doubtful)

    def changes(self, quiet: Counter[str]) -> Iterator[Change]:
        """Yield what that says of each agent in each coalition, sorted; count what says nothing new."""
        lost, gained = _by_pair(self.lost), _by_pair(self.gained)
        for pair in sorted({*lost, *gained, *self.spells}):
            spells = self.spells.get(pair, [])
            found = list(_told(pair, lost.get(pair, set()), gained.get(pair, set()), spells))
            yield from found or _restated(pair, spells, quiet)

    def _resolved(self, edge: Edge) -> Edge:
        agent, role, coalition = edge
        same = (self.merged.get(agent, agent), role, self.merged.get(coalition, coalition))
        if same != edge:
            self.doubtful.add(same)
        return same


def is_participation(found: Facts) -> bool:
    """Say whether facts are of a statement that somebody takes part in a coalition."""
    return "aca:inCoalition" in found and "aca:participant" in found


def pair_of(found: Facts) -> Pair:
    """Return who takes part in which coalition, two empty texts where nobody does."""
    return one(found, "aca:participant"), one(found, "aca:inCoalition")


def _told(
    pair: Pair, lost: set[str], gained: set[str], spells: list[tuple[str, Facts, Facts]]
) -> Iterator[Change]:
    """Yield what the edges of one agent in one coalition say."""
    agent, coalition = pair
    before, after = _merged([old for _, old, _ in spells]), _merged([new for _, _, new in spells])
    # A founding member is told once, as one who joined.
    roles = tuple(sorted(gained - {MEMBER, ONCE, ANY}))
    kind = _membership(lost, gained, after)
    if kind:
        joined = kind in ("joined", "rejoined", "was-member")
        yield Change(kind, agent, coalition, before, after, roles if joined else (), _when(kind, after))
        if joined:
            roles = ()
    for role in roles:
        yield Change("began", agent, coalition, before, after, (role,), _when("began", after))
    for role in sorted(lost - {MEMBER, ONCE, ANY}):
        over = bool(after) and role not in _LASTING
        if over or kind != "not-stated":
            how = "ended" if over else "role-not-stated"
            yield Change(how, agent, coalition, before, after, (role,), _when(how, after))


def _membership(lost: set[str], gained: set[str], after: Facts) -> str:
    """Return the kind of change of the membership, "" when that is as it was."""
    if MEMBER in gained:
        return "joined" if ONCE in gained else "rejoined"
    if ONCE in gained:
        return "was-member"
    if ONCE in lost:
        return "not-stated"
    if MEMBER in lost:
        return "suspended" if one(after, "aca:participationStatus") == f"{_STATUS}suspended" else "left"
    if ANY in gained and one(after, "aca:participationStatus") == f"{_STATUS}announced":
        return "announced"
    return ""


def _restated(pair: Pair, spells: list[tuple[str, Facts, Facts]], quiet: Counter[str]) -> Iterator[Change]:
    """Yield statements whose words differ though nobody joined or left; count the others."""
    olds = Counter(told_apart(old) for _, old, _ in spells if old)
    news = Counter(told_apart(new) for _, _, new in spells if new)
    same = (olds & news).total()
    if same:
        quiet["statements with other evidence or another name"] += same
    before, after = _facts(olds - news), _facts(news - olds)
    if before and after:
        yield Change("membership-changed", pair[0], pair[1], before, after, note=_when("", after))
    elif after:
        quiet["statements that say once more what was known"] += 1
    elif before:
        quiet["statements gone whose membership others still state"] += 1


def _facts(keys: Iterable[tuple[tuple[str, tuple[Value, ...]], ...]]) -> Facts:
    return _merged([dict(key) for key in keys])


def _merged(spells: Iterable[Facts]) -> Facts:
    """Return the facts of several statements together, without their evidence."""
    found: dict[str, set[Value]] = defaultdict(set)
    for spell in spells:
        for name, values in spell.items():
            if name != EVIDENCE:
                found[name].update(values)
    return {name: tuple(sorted(found[name], key=str)) for name in sorted(found)}


def _when(kind: str, found: Facts) -> str:
    """Return in words since or until when, "" where no source says so."""
    start, end = one(found, "aca:startText"), one(found, "aca:endText")
    start = start or one(found, "aca:startsNotBefore")[:10]
    end = end or one(found, "aca:endsNotAfter", "aca:endsNotBefore")[:10]
    if kind in ("left", "ended", "suspended"):
        return f"until {end}" if end else ""
    return " ".join(text for text in (start and f"since {start}", end and f"until {end}") if text)


def _edges(lines: Iterable[bytes]) -> Iterator[Edge]:
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        role = _NAMES.get(predicate)
        if role and rest.startswith(_PLACES):
            yield subject[1:-1].decode(), role, rest[1 : rest.index(b">")].decode()


def _edges_of(found: Facts) -> Iterator[Edge]:
    """Yield the edges that one statement gives, as the rules numbered 20 do, where nothing was derived."""
    if not is_participation(found):
        return
    agent, coalition = pair_of(found)
    classes = {value.value.replace(ACA, "aca:") for value in found.get("rdf:type", ())}
    if "aca:FoundingMembership" in classes:
        classes.add("aca:Membership")
    status = one(found, "aca:participationStatus").removeprefix(_STATUS)
    over = status in ("ended", "suspended") or bool(one(found, "aca:endsNotAfter"))
    hoped = status == "announced" and not one(found, "aca:startsNotBefore")
    yield agent, ANY, coalition
    if "aca:Membership" in classes and not hoped:
        yield agent, ONCE, coalition
    for role in {_EDGES[name] for name in classes if name in _EDGES}:
        if not hoped and (role in _LASTING or not over):
            yield agent, role, coalition


def _supported(lines: Iterable[bytes], edges: set[Edge], changed: set[str]) -> Iterator[Edge]:
    """Yield the edges that statements give which did not change."""
    pairs = {(agent, coalition) for agent, _, coalition in edges}
    for subject, group in groupby(lines if pairs else (), key=lambda line: line[: line.index(b" ")]):
        found = list(group)
        if kind_of(found[0]) == "statement" and any(_IN in line for line in found):
            read = facts(stated(found))
            if pair_of(read) in pairs and subject[1:-1].decode() not in changed:
                yield from _edges_of(read)


def _present(lines: Lines, edges: set[Edge]) -> set[Edge]:
    agents = {f"<{agent}> ".encode() for agent, _, _ in edges}
    return edges & set(_edges(line for agent in agents for line in lines.starting(agent)))


def _by_pair(edges: Iterable[Edge]) -> dict[Pair, set[str]]:
    found: dict[Pair, set[str]] = defaultdict(set)
    for agent, role, coalition in edges:
        found[agent, coalition].add(role)
    return found

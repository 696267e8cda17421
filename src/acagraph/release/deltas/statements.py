"""Commitments, figures, names and other statements: which are new, changed, gone, or the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field

from acagraph.release.deltas.facts import Facts, iris, one, told_apart
from acagraph.release.deltas.model import Change
from acagraph.vocab import PREFIXES

_SUBJECTS = (
    "aca:figureSubject",
    "aca:committedBy",
    "aca:nameOf",
    "aca:relationSubject",
    "aca:participant",
    "aca:holder",
    "aca:speaker",
    "aca:contributionOf",
    "aca:noTargetOf",
    "aca:absentAgent",
    "aca:about",
)
# What two statements share of which the later corrects the earlier.
_IDENTITY = (
    "rdf:type",
    *_SUBJECTS,
    "aca:metric",
    "aca:referenceArea",
    "aca:asOfText",
    "aca:relationProperty",
)
_COMMITMENT = ("aca:targetYear", "aca:commitmentScope", "aca:pursuesGoal")


@dataclass
class Statements:
    """The changed statements that are about no participation; what was merged is resolved in them already."""

    changed: list[tuple[str, Facts, Facts]] = field(default_factory=list)
    removed: dict[str, Facts] = field(default_factory=dict)
    added: dict[str, Facts] = field(default_factory=dict)

    def take(self, name: str, old: Facts, new: Facts) -> None:
        """Note a statement that changed."""
        if old and new:
            self.changed.append((name, old, new))
        elif old:
            self.removed[name] = old
        elif new:
            self.added[name] = new

    def changes(self, quiet: Counter[str]) -> Iterator[Change]:
        """Yield what changed; count statements whose words are as before.

        A statement that has another name, as one about a merged thing may, is the same when it says the same,
        and a correction when it is the only one about the same thing, property and day.
        """
        pairs = list(self.changed)
        for key in (told_apart, _identity):
            pairs += self._paired(key)
        for name, old, new in pairs:
            if told_apart(old) == told_apart(new):
                quiet["statements with other evidence or another name"] += 1
            else:
                yield Change(f"{section(new)}-changed", name, coalition_of(new), old, new)
        for name, old in self.removed.items():
            yield Change(f"{section(old)}-removed", name, coalition_of(old), old=old)
        for name, new in self.added.items():
            yield Change(f"{section(new)}-added", name, coalition_of(new), new=new)

    def _paired(self, key: Callable[[Facts], Hashable]) -> Iterator[tuple[str, Facts, Facts]]:
        """Yield removed and added statements of one key, and forget them; a key of several tells nothing."""
        olds, news = _by_key(self.removed, key), _by_key(self.added, key)
        for shared in [shared for shared in olds if shared in news]:
            if len(olds[shared]) == len(news[shared]) == 1:
                [one_name], [other] = olds[shared], news[shared]
                yield other, self.removed.pop(one_name), self.added.pop(other)


def section(found: Facts) -> str:
    """Return which of the sections of KINDS a statement belongs to."""
    if "aca:committedBy" in found:
        return "commitment"
    if "aca:figureSubject" in found:
        return "figure"
    return "name" if "aca:nameOf" in found else "statement"


def subject_of(found: Facts) -> str:
    """Return the IRI of what a statement is about, "" where it names nothing of ours."""
    return one(found, *_SUBJECTS)


def coalition_of(found: Facts) -> str:
    """Return the first coalition that facts name, what they are about before the rest."""
    names = (subject_of(found), *iris(found))
    return next((name for name in names if name.startswith(PREFIXES["coalition"])), "")


def _identity(found: Facts) -> Hashable:
    names = (*_IDENTITY, *_COMMITMENT) if section(found) == "commitment" else _IDENTITY
    return tuple((name, found[name]) for name in names if name in found)


def _by_key(found: dict[str, Facts], key: Callable[[Facts], Hashable]) -> dict[Hashable, list[str]]:
    keys: dict[Hashable, list[str]] = defaultdict(list)
    for name, item in found.items():
        keys[key(item)].append(name)
    return keys

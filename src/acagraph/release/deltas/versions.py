"""Which version comes next: by semantic versioning for the ontology, by the day for the dataset."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from acagraph.release.deltas.terms import Effect, TermChange

_SEMANTIC = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_CALENDAR = re.compile(r"(\d{4})\.(\d{1,2})\.(\d{1,2})(?:-(\d+))?")
_EFFECTS: tuple[Effect, ...] = ("patch", "minor", "major")


@dataclass(frozen=True)
class Proposal:
    """A version that was, the one that the newer side gives itself, and the one that its changes ask for.

    Each is None where it is not known; `proposed` is the old version where nothing changed.
    """

    old: str | None
    declared: str | None
    proposed: str | None
    reason: str

    @property
    def warning(self) -> str | None:
        """What to do when the version that is declared says less than the changes do."""
        if self.proposed is None or self.declared is None or self.old is None or self.proposed == self.old:
            return None
        if self.declared == self.old:
            return f"it changed, but its version is still {self.old}: make it {self.proposed}"
        wanted, found = _SEMANTIC.match(self.proposed), _SEMANTIC.match(self.declared)
        if wanted and found and _numbers(found) < _numbers(wanted):
            return f"its version is {self.declared}, but the changes ask for {self.proposed}"
        return None


def ontology_version(old: str | None, declared: str | None, changes: Iterable[TermChange]) -> Proposal:
    """Propose the version of the ontology, which its shapes share.

    A breaking change asks for a new major version, before 1.0.0 for a new minor one, as semver.org has it.
    """
    found = list(changes)
    effects = {change.effect for change in found}
    effect = max(effects, key=_EFFECTS.index) if effects else None
    if effect is None:
        return Proposal(old, declared, old, "no term and no shape changed")
    number = sum(change.effect == effect for change in found)
    what = {"major": "breaking", "minor": "adding or loosening", "patch": "only about words"}[effect]
    reason = f"{number} change{'' if number == 1 else 's'} {'is' if number == 1 else 'are'} {what}"
    match = _SEMANTIC.fullmatch(old or "")
    if not match:
        return Proposal(old, declared, None, f"{reason}; the old version is not of the form 1.2.3")
    major, minor, patch = _numbers(match)
    if effect == "major" and major > 0:
        proposed = f"{major + 1}.0.0"
    elif effect == "patch":
        proposed = f"{major}.{minor}.{patch + 1}"
    else:
        proposed = f"{major}.{minor + 1}.0"
    return Proposal(old, declared, proposed, reason)


def dataset_version(
    old: str | None, declared: str | None, day: datetime.date | None, *, equal: bool
) -> Proposal:
    """Propose the version of the dataset: the day that it is about, with a number when that day has one."""
    if equal:
        return Proposal(old, declared, old, "the dataset is the same")
    if day is None:
        return Proposal(old, declared, None, "no date is known of the newer one")
    match = _CALENDAR.fullmatch(old or "")
    # Months and days have two digits where those of the old version do.
    width = 2 if match and any(part.startswith("0") for part in match.groups() if part) else 1
    proposed = f"{day.year}.{day.month:0{width}}.{day.day:0{width}}"
    if match and datetime_of(match) >= day:
        # A second release of a day, or of an earlier one than the last, comes after the last.
        base = (old or "").partition("-")[0]
        proposed = f"{base}-{int(match[4] or 0) + 1}"
        return Proposal(old, declared, proposed, f"its day is not after that of {old}")
    return Proposal(old, declared, proposed, "its day")


def datetime_of(version: re.Match[str]) -> datetime.date:
    """Return the day of a version, the earliest there is for one that names none."""
    try:
        return datetime.date(int(version[1]), int(version[2]), int(version[3]))
    except ValueError:
        return datetime.date.min


def _numbers(match: re.Match[str]) -> tuple[int, int, int]:
    return int(match[1]), int(match[2]), int(match[3])

"""Changes in words, one sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from acagraph.release.deltas.facts import EVIDENCE, Facts, iris, one
from acagraph.release.deltas.model import Change
from acagraph.release.deltas.names import Names
from acagraph.release.deltas.statements import subject_of
from acagraph.vocab import compact, expand

_MEMBERS = {
    "joined": "Joined {coalition}: {about}",
    "rejoined": "Member of {coalition} again: {about}",
    "announced": "Announced to join {coalition}: {about}",
    "was-member": "Newly known to have been a member of {coalition}: {about}",
    "left": "Left {coalition}: {about}",
    "suspended": "Suspended in {coalition}: {about}",
    "not-stated": "No longer stated to be a member of {coalition}: {about}",
    "began": "New role: {about}, {roles} {coalition}",
    "ended": "Role ended: {about}, {roles} {coalition}",
    "role-not-stated": "Role no longer stated: {about}, {roles} {coalition}",
}
_VERBS = {"added": "New", "changed": "Changed", "removed": "Removed"}
# Told by what stands beside them, or only how a date is computed with.
_SILENT = (
    EVIDENCE,
    "rdf:type",
    "dcterms:isReplacedBy",
    *(f"aca:{name}NotBefore" for name in ("starts", "ends", "asOf")),
    *(f"aca:{name}NotAfter" for name in ("starts", "ends", "asOf")),
    *("aca:notBefore", "aca:notAfter"),
)
_MOST = 6


def sentence(change: Change, names: Names) -> str:
    """Return a change as one sentence without a full stop."""
    kind, about = change.kind, names.of(change.about)
    if kind in _MEMBERS:
        roles = ", ".join(names.term(role) for role in change.roles)
        text = _MEMBERS[kind].format(coalition=names.of(change.coalition), about=about, roles=roles)
        notes = [roles.removesuffix(" of")] if change.roles and "{roles}" not in _MEMBERS[kind] else []
        return _noted(text, *notes, change.note)
    if kind == "membership-changed":
        told = _differences(change, names)
        return _noted(f"Membership in {names.of(change.coalition)} stated in another way: {about}", told)
    if kind == "merged":
        return _noted(f"Merged: {about} into {names.of(change.other)}", change.note)
    if kind == "withdrawn":
        return _noted(f"Withdrawn: {about}", change.note)
    if kind.startswith("link-"):
        verb = "New" if kind == "link-added" else "Removed"
        return f"{verb} link of {about}: {names.term(change.roles[0])} {change.other}"
    if kind == "renamed":
        before, after = ([_texts(item, "skos:prefLabel", names)] for item in _only(change, "skos:prefLabel"))
        return f"Renamed: {before[0]} is now {after[0]}"
    if kind == "thing-changed":
        what = _class(change.new, names)
        return _noted(f"{what[:1].upper()}{what[1:]} {about}", _differences(change, names))
    verb = _VERBS[kind.rpartition("-")[2]]
    if kind.startswith("thing-"):
        return f"{verb} {_class(change.new or change.old, names)}: {about}"
    return _statement(verb, change, names)


def wanted(changes: Iterable[Change]) -> Iterator[str]:
    """Yield the IRIs of all that sentences about changes name; some more than once."""
    for change in changes:
        yield from filter(None, (change.about, change.coalition))
        if change.kind == "merged":
            yield change.other
        yield from map(expand, change.roles)
        for found in (change.old, change.new):
            yield from iris(found)
            yield from (expand(name) for name in found if not name.startswith("http"))


def _statement(verb: str, change: Change, names: Names) -> str:
    found = change.new or change.old
    section = change.kind.rpartition("-")[0]
    subject = subject_of(found)
    whose = f" of {names.of(subject)}" if subject else ""
    if section == "statement":
        section = _class(found, names)
    text = f"{verb} {section}{whose}: {_phrase(found, names)}"
    return _noted(text, _differences(change, names)) if change.old and change.new else text


def _phrase(found: Facts, names: Names) -> str:
    """Return what a statement says of its subject."""
    if "aca:committedBy" in found:
        return _promise(found, names)
    if "aca:figureSubject" in found:
        return _measured(found, names)
    if "aca:nameOf" in found:
        kind = names.of(one(found, "aca:nameType")) if "aca:nameType" in found else ""
        return _noted(_texts(found, "aca:name", names), kind)
    if "aca:relationProperty" in found:
        objects = _texts(found, "aca:relationObject", names)
        return f"{names.of(one(found, 'aca:relationProperty'))} {objects}"
    rest = [name for name in found if name not in _SILENT and not name.startswith("skos:editorial")]
    return "; ".join(f"{names.term(name)} {_texts(found, name, names)}" for name in rest[:_MOST])


def _promise(found: Facts, names: Names) -> str:
    percent, year = one(found, "aca:reductionPercent"), one(found, "aca:targetYear")
    level, start = one(found, "aca:targetLevel"), one(found, "aca:baselineYear")
    parts = [
        _class(found, names),
        percent and f"{percent.removesuffix('.0')}%",
        level and f"level {level.removesuffix('.0')}",
        year and f"by {year}",
        start and f"from {start}",
    ]
    text = " ".join(part for part in parts if part)
    return (
        f"{text}, {_texts(found, 'dcterms:description', names)}" if "dcterms:description" in found else text
    )


def _measured(found: Facts, names: Names) -> str:
    qualifier = names.of(one(found, "aca:qualifier")) if "aca:qualifier" in found else ""
    unit = one(found, "aca:unit")
    parts = [
        names.of(one(found, "aca:metric")),
        "" if qualifier in ("", "exact", "exactly") else qualifier,
        _texts(found, "aca:value", names),
        "" if not unit or unit.endswith("/NUM") else names.of(unit),
    ]
    day = one(found, "aca:asOfText")
    return _noted(" ".join(part for part in parts if part), day and f"as of {day}")


def _differences(change: Change, names: Names) -> str:
    """Return which properties differ, and how; the first of them where there are many."""
    parts = []
    for name in sorted({*change.old, *change.new}):
        old, new = change.old.get(name, ()), change.new.get(name, ())
        if old == new or name in _SILENT[:1] or (change.kind != "thing-changed" and name in _SILENT):
            continue
        if change.kind == "thing-changed" and name == "skos:prefLabel" and set(old) - set(new):
            continue  # told as renamed
        gone = ", ".join(names.value(value) for value in old if value not in new)
        come = ", ".join(names.value(value) for value in new if value not in old)
        parts.append(f"{names.term(name)} {_from_to(gone, come)}")
    rest = len(parts) - _MOST
    return "; ".join(parts[:_MOST]) + (f"; and {rest} more" if rest > 0 else "")


def _from_to(gone: str, come: str) -> str:
    if gone and come:
        return f"{gone} → {come}"
    return f"now {come}" if come else f"no longer {gone}"


def _only(change: Change, name: str) -> tuple[Facts, Facts]:
    """Return what an older and a newer version alone have of one property."""
    old, new = change.old.get(name, ()), change.new.get(name, ())
    return (
        {name: tuple(value for value in old if value not in new)},
        {name: tuple(value for value in new if value not in old)},
    )


def _class(found: Facts, names: Names) -> str:
    kinds = [names.term(compact(value.value)) for value in found.get("rdf:type", ())]
    return " and ".join(kinds) or "thing"


def _texts(found: Facts, name: str, names: Names) -> str:
    return ", ".join(names.value(value) for value in found.get(name, ()))


def _noted(text: str, *notes: str) -> str:
    told = "; ".join(note for note in notes if note)
    return f"{text} ({told})" if told else text

"""Minted statement names: an author writes stmt:new-anything, fmt writes the slug of its identity key.

The key says what the statement is about, never who said so: source, offsets, dates of the source and labels
stay out of it, so a correction of these keeps the IRI (docs/decisions on IRIs).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from acagraph.errors import SourceError
from acagraph.graph.literals import canonical
from acagraph.graph.terms import Value, text_of
from acagraph.graph.tokens import names
from acagraph.graph.turtle import parse_text
from acagraph.vocab import ACA, PREFIXES, compact, slug

_NEW = PREFIXES["stmt"] + "new-"
_NUMBERED = re.compile(
    r"(?P<name>.*?)(?:-spell-(?P<spell>[1-9][0-9]*))?(?:-revision-(?P<revision>[1-9][0-9]*))?"
)

# The parts of a key that may themselves be statements.
_REFERENCES = (ACA + "relationSubject", ACA + "relationObject", ACA + "nameOf", ACA + "figureSubject")
_PARTICIPATIONS = (
    "FoundingMembership",
    "Membership",
    "GlobalPartnership",
    "SupportingPartnership",
    "Coordination",
    "LaunchSupport",
    "LeadershipParticipation",
)
_COMMITMENTS = (
    "EmissionReductionTarget",
    "NetZeroTarget",
    "RenewableEnergyTarget",
    "QuantifiedTarget",
    "StrategyCommitment",
    "AdvocacyPledge",
    "PrinciplePledge",
    "Commitment",
)


@dataclass(frozen=True)
class _Placeholder:
    """A statement that waits for its name: what the file says about it, by local name of the property."""

    iri: str
    values: Mapping[str, list[str]]
    classes: frozenset[str]
    source_dates: Mapping[str, str]

    @property
    def numbered(self) -> re.Match[str]:
        found = _NUMBERED.fullmatch(self.iri.removeprefix(_NEW))
        assert found is not None  # every string fits
        return found

    @property
    def name(self) -> str:
        return self.numbered["name"]

    def one(self, *properties: str) -> str:
        """Return the value of the first property that is given; it is part of the identity, so it must be."""
        for name in properties:
            if self.values.get(name):
                return self.values[name][0]
        wanted = " or ".join(f"aca:{name}" for name in properties)
        raise KeyError(f"has no {wanted}, which is part of its identity; add it")

    def optional(self, name: str) -> str:
        return self.values.get(name, [""])[0]

    def all(self, name: str) -> str:
        return " ".join(self.values.get(name, ()))

    def as_of(self) -> str:
        """Return when it was said to be true: its own words, else the date of its earliest source."""
        own = self.optional("asOfText") or self.optional("startText")
        if own:
            return own
        dates = [self.source_dates[e] for e in self.values.get("evidence", ()) if e in self.source_dates]
        if not dates:
            raise KeyError("has no aca:asOfText and its source no aca:dateText; add one of them")
        return f"source-date:{min(dates)}"


def mint_placeholders(text: str, *, path: Path | None = None, source_dates: Mapping[str, str]) -> str:
    """Return a Turtle text with every stmt:new-… replaced by its minted name; all else stays as it is.

    source_dates gives the aca:dateText of sources and of evidence described in other files, by IRI. Raises
    SourceError when a placeholder lacks a part of its key, is not described here, or has the key of another
    statement of the file.
    """
    quads, _ = parse_text(text, path=path)
    found = [(token, iri) for token, iri in names(text) if iri.startswith(_NEW)]
    lines: dict[str, int] = {}
    for token, iri in found:
        lines.setdefault(iri, token.line)
    minted = _minted(quads, lines, source_dates, path=path)
    pieces, end = [], 0
    for token, iri in found:
        pieces += [
            text[end : token.start],
            compact(minted[iri]) if token.kind == "name" else f"<{minted[iri]}>",
        ]
        end = token.end
    return "".join(pieces) + text[end:]


def source_dates(quads: Iterable[ox.Quad]) -> dict[str, str]:
    """Return the aca:dateText of each source and of each evidence, by IRI."""
    dates: dict[str, str] = {}
    inside: dict[str, str] = {}
    for quad in quads:
        if quad.predicate.value == ACA + "dateText":
            dates[text_of(quad.subject)] = text_of(quad.object)
        elif quad.predicate.value == ACA + "inSource":
            inside[text_of(quad.subject)] = text_of(quad.object)
    return dates | {evidence: dates[source] for evidence, source in inside.items() if source in dates}


def _minted(
    quads: list[ox.Quad], lines: Mapping[str, int], dates: Mapping[str, str], *, path: Path | None
) -> dict[str, str]:
    """Return the new IRI of each placeholder."""
    described: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        described[text_of(quad.subject)].append(quad)
    inside = _dates_here(quads, dates)
    minted: dict[str, str] = {}
    owners = {iri: f"{compact(iri)}" for iri in described}
    for iri in _in_order(described, lines, path=path):
        placeholder = _placeholder(iri, described[iri], inside, minted)
        try:
            new = PREFIXES["stmt"] + slug(*_key(placeholder))
        except KeyError as error:
            raise SourceError(f"{compact(iri)} {error.args[0]}", path=path, line=lines[iri]) from error
        if new in owners:
            message = f"{compact(iri)} is the same statement as {owners[new]}; merge their evidence into one"
            raise SourceError(message, path=path, line=lines[iri])
        owners[new] = compact(iri)
        minted[iri] = new
    return minted


def _dates_here(quads: list[ox.Quad], dates: Mapping[str, str]) -> dict[str, str]:
    """Return the dates that the caller gave, with those of this file's sources and evidence."""
    known = dict(dates) | source_dates(quads)
    for quad in quads:
        if quad.predicate.value == ACA + "inSource" and text_of(quad.object) in known:
            known[text_of(quad.subject)] = known[text_of(quad.object)]
    return known


def _in_order(
    described: Mapping[str, list[ox.Quad]], lines: Mapping[str, int], *, path: Path | None
) -> list[str]:
    """Return the placeholders, one that another's key may name before that other."""
    order: list[str] = []
    state: dict[str, bool] = {}

    def visit(iri: str) -> None:
        if iri not in described:
            message = f"{compact(iri)} is used but not described in this file; describe it here"
            raise SourceError(message, path=path, line=lines[iri])
        if iri in state:
            return
        state[iri] = True
        for quad in described[iri]:
            if quad.predicate.value in _REFERENCES and text_of(quad.object) in lines:
                visit(text_of(quad.object))
        order.append(iri)

    for iri in sorted(lines):
        visit(iri)
    return order


def _placeholder(
    iri: str, quads: list[ox.Quad], dates: Mapping[str, str], minted: Mapping[str, str]
) -> _Placeholder:
    values: dict[str, list[str]] = defaultdict(list)
    classes = set()
    for quad in quads:
        name = quad.predicate.value
        if name == PREFIXES["rdf"] + "type":
            classes.add(text_of(quad.object).removeprefix(ACA))
        elif name.startswith(ACA):
            values[name.removeprefix(ACA)].append(_text(quad.object, minted))
    ordered = {name: sorted(set(found)) for name, found in values.items()}
    return _Placeholder(iri, ordered, frozenset(classes), dates)


def _text(term: Value | ox.Triple, minted: Mapping[str, str]) -> str:
    if isinstance(term, ox.Literal):
        language = f"@{term.language}" if term.language else ""
        return canonical(term).value + language
    return minted.get(text_of(term), text_of(term))


def _key(item: _Placeholder) -> tuple[str, ...]:
    """Return the identity key of a statement; KeyError says what it lacks."""
    classes = item.classes
    for role in _PARTICIPATIONS:
        if role in classes:
            spell = item.numbered["spell"] or "1"
            return ("participation", item.one("participant"), item.one("inCoalition"), role, spell)
    for kind in _COMMITMENTS:
        if kind in classes:
            return _commitment_key(item, "+".join(sorted(classes & set(_COMMITMENTS))))
    for kind, key in _KEYS.items():
        if kind in classes:
            return key(item)
    found = ", ".join(f"aca:{name}" for name in sorted(item.classes)) or "no class"
    known = ", ".join(sorted([*_PARTICIPATIONS, *_COMMITMENTS, *_KEYS]))
    raise KeyError(f"has {found}, for which there is no identity key; give it one of {known}")


def _commitment_key(item: _Placeholder, kind: str) -> tuple[str, ...]:
    item.one("committedBy")
    year, basis = item.optional("targetYear"), item.optional("targetBasis")
    revision = item.numbered["revision"] or "1"
    if not year and not basis:
        return ("commitment", item.all("committedBy"), kind, item.name, revision)
    return ("commitment", item.all("committedBy"), kind, year, basis, revision)


def _figure_key(item: _Placeholder) -> tuple[str, ...]:
    subject, metric, qualifier = item.one("figureSubject"), item.one("metric"), item.optional("qualifier")
    return ("figure", subject, metric, item.optional("unit"), item.optional("value"), qualifier, item.as_of())


def _relation_key(item: _Placeholder) -> tuple[str, ...]:
    objects = item.all("relationObject") or item.name
    return ("relation", item.one("relationSubject"), item.one("relationProperty"), objects)


_KEYS: Mapping[str, Callable[[_Placeholder], tuple[str, ...]]] = {
    "Figure": _figure_key,
    "Relation": _relation_key,
    "PositionHeld": lambda item: (
        "position",
        item.one("holder"),
        item.one("positionIn"),
        item.all("positionTitle"),
    ),
    "Utterance": lambda item: ("utterance", item.one("speaker", "utteredIn"), item.name),
    "NameUse": lambda item: ("name-use", item.one("nameOf"), item.one("name"), item.optional("nameType")),
    "NationalContribution": lambda item: (
        "national-contribution",
        item.one("contributionOf"),
        item.one("startText"),
    ),
    "ListAbsence": lambda item: (
        "list-absence",
        item.one("absentAgent"),
        item.one("absentFrom"),
        item.as_of(),
    ),
    "NoTargetFound": lambda item: ("no-target-found", item.one("noTargetOf"), item.as_of()),
}

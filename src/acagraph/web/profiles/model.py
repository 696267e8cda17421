"""The parts of a thing's page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from acagraph.stores import Term
from acagraph.web.reference.extracts import Order


@dataclass(frozen=True)
class Source:
    """A document that statements are taken from; `day` orders by time, `date` is as the source has it.

    `beginnings` tell where its pages begin, but the first.
    """

    term: Term
    date: str
    day: str
    address: str
    beginnings: tuple[Order, ...] = ()


@dataclass(frozen=True)
class Said:
    """Where something is said: the source, the exact words or the record, and the address of the page.

    `home` is the path of the page of the source that has it, with the anchor there. `anchor` names it on the
    page of the thing, where it is mentioned first. `span` are the offsets of the words in the
    text of the source, from 0; `again` tells that the one before is of the same source.
    """

    evidence: Term
    source: Source | None
    quotes: tuple[str, ...]
    record: str
    address: str
    span: tuple[str, str] | None = None
    again: bool = False
    anchor: str = ""
    home: str = ""


@dataclass(frozen=True)
class Line:
    """Where a statement stands among the files that people edit; lines count from 1, 0 is not known."""

    file: str
    line: int


@dataclass(frozen=True)
class Value:
    """What is stated: a number with its unit and qualifier, things, or text."""

    terms: tuple[Term, ...] = ()
    number: str = ""
    unit: Term | None = None
    qualifier: Term | None = None
    text: Term | None = None

    @property
    def known(self) -> bool:
        """Whether anything is stated."""
        return bool(self.terms or self.number or self.text)


@dataclass(frozen=True)
class Entry:
    """One statement: what, as of when, who says so and where it stands; `more` sources are left out."""

    statement: Term
    types: tuple[Term, ...]
    value: Value
    when: str
    day: str
    said: tuple[Said, ...]
    more: int = 0
    line: Line | None = None
    about: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)

    @property
    def anchor(self) -> str:
        """The name of the statement on the page."""
        return self.statement.value.rpartition("/")[2]

    def first(self, name: str) -> Term | None:
        """Return the first value of a detail, or None."""
        return next(iter(self.about.get(name, ())), None)


@dataclass(frozen=True)
class Fact:
    """All that is stated under one name, the newest first."""

    name: Term
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Name:
    """A name of a thing, with the statements that tell of it, if any."""

    text: Term
    kind: Term | None = None
    entry: Entry | None = None


@dataclass(frozen=True)
class Link:
    """A thing elsewhere that is this one, or near it: how sure that is, and why."""

    dataset: str
    identifier: str
    target: Term
    relation: Term
    status: Term | None
    why: Term | None
    confidence: str
    comment: str
    made: str


@dataclass(frozen=True)
class Neighbour:
    """A thing that this one is tied to, and how."""

    term: Term
    relation: Term


@dataclass(frozen=True)
class Naming:
    """Things that name this one with the same property, the first of them and how many there are."""

    property: Term
    total: int
    first: tuple[Term, ...]


@dataclass(frozen=True)
class Around:
    """What a source's statements are about, with how many of each; `more` tells that there are other things.

    `namings` are what names the source, but for its evidence and what is taken from it; `homes` are the paths
    of the statements among these, by IRI.
    """

    subjects: tuple[tuple[Term, int], ...] = ()
    more: bool = False
    namings: tuple[Naming, ...] = ()
    homes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Origin:
    """A source: how it is cited, of when it is and by whom, and how much is taken from it.

    `form` is "records", "words", "page", or empty where nothing is taken from it.
    """

    term: Term
    form: str
    date: str
    publishers: tuple[Term, ...]
    statements: int
    events: int
    line: Line | None


@dataclass(frozen=True)
class Lead:
    """What the first sentences need; what is empty or None is not known."""

    kind: str
    country: Term | None = None
    launched: str = ""
    coalitions: tuple[Term, ...] = ()
    commitments: int = 0
    net_zero: str = ""
    members: int = 0
    former: int = 0
    within: Term | None = None
    government: Term | None = None
    date: str = ""
    subjects: tuple[Term, ...] = ()
    positions: tuple[tuple[Term, Term | None], ...] = ()


@dataclass(frozen=True)
class Profile:
    """The page of a thing; its country comes with the ISO code."""

    term: Term
    kind: str
    types: tuple[Term, ...]
    lead: Lead
    descriptions: tuple[Term, ...]
    names: tuple[Name, ...]
    facts: tuple[Fact, ...]
    memberships: tuple[Entry, ...]
    commitments: tuple[Entry, ...]
    untargeted: tuple[Entry, ...]
    positions: tuple[Entry, ...]
    utterances: tuple[Entry, ...]
    events: tuple[Entry, ...]
    others: tuple[Entry, ...]
    own: Entry | None
    plain: tuple[tuple[Term, tuple[Term, ...]], ...]
    codes: tuple[tuple[Term, tuple[Term, ...]], ...]
    links: tuple[Link, ...]
    namings: tuple[Naming, ...]
    neighbours: tuple[Neighbour, ...]
    position: tuple[float, float] | None
    country: tuple[Term, str] | None
    line: Line | None
    deprecated: bool
    cut: bool

"""The import of a members list: from a file to the tables of its register, or to what they would be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from acagraph.errors import AcagraphError
from acagraph.graph import parse_turtle
from acagraph.graph.terms import text_of
from acagraph.imports import tables
from acagraph.imports.members import kinds, layout, words
from acagraph.imports.members.cells import Unclear
from acagraph.imports.members.columns import Columns, find_columns
from acagraph.imports.members.countries import Countries, read_countries
from acagraph.imports.members.dates import Order
from acagraph.imports.members.editions import Described, Edition, choose_edition, read_editions
from acagraph.imports.members.entries import Entries, Knowledge, read_entries
from acagraph.imports.members.files import Files, with_redirects
from acagraph.imports.members.reading import Choice, Listing, read_list
from acagraph.imports.members.resolution import Known, Resolved, record_ids, resolve
from acagraph.imports.members.review import reviewed
from acagraph.imports.members.state import Register, load
from acagraph.imports.members.update import Terms, Update, update
from acagraph.imports.tables import Cells
from acagraph.imports.tracker.gazetteer import read_gazetteer
from acagraph.reconciliation import known_actors, read_rulings
from acagraph.vocab import PREFIXES

_REGISTERS_FIRST = ("jrc-covenant", "net-zero-tracker")


@dataclass(frozen=True)
class Wishes:
    """What a person says about the import of a list; `columns` is the column of each field that was told.

    `kinds` and `countries` are meanings of words, that of the empty word for empty cells; `renamed` gives the
    old name by the new one; `closed` says that the list names all members.
    """

    coalition: str
    source: Described
    register: str | None = None
    choice: Choice = field(default_factory=Choice)
    columns: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    order: Order | None = None
    closed: bool = False
    accept_rejected: bool = False


@dataclass(frozen=True)
class Opened:
    """A list with its columns found, before its rows are read."""

    root: Path
    wishes: Wishes
    coalition: str
    listing: Listing
    columns: Columns
    register: Register
    edition: Edition
    source_text: str | None
    editions: Mapping[str, Edition]
    countries: Countries


@dataclass(frozen=True)
class Import:
    """What a list makes of a register. `update` is None when rows are rejected and that is not accepted."""

    opened: Opened
    entries: Entries
    resolved: tuple[Resolved, ...]
    update: Update | None
    files: Files

    @property
    def rows(self) -> int:
        """The number of rows below the column names."""
        return len(self.opened.listing.rows)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many rows did what; the numbers add up to all rows."""
        changes = [item.change for item in self.update.outcomes] if self.update else []
        unchanged = changes.count("unchanged")
        found = {
            "imported": len(changes) - unchanged,
            "unchanged": unchanged,
            "repeated": len(self.entries.repeated),
            "rejected": len(self.entries.rejected),
        }
        if self.update is None:
            found["waiting"] = len(self.entries.members)
        if sum(found.values()) != self.rows:
            raise AcagraphError(f"{self.rows} rows were read, but {found} are accounted for; report this")
        return found


def open_list(path: Path, root: Path, wishes: Wishes) -> Opened:
    """Return a list with its columns found, its register and its source; nothing is written.

    root is the project. Raises AcagraphError, with what to do, for a file that is no table, columns that are
    not clear, and an unknown coalition or source.
    """
    things = _things(root)
    coalition = _coalition(wishes.coalition, things)
    slug = wishes.register or f"{coalition}-members"
    countries = read_countries(root)
    wishes = replace(
        wishes, countries={word: _code(text, countries) for word, text in wishes.countries.items()}
    )
    register = _taught(load(root, slug, coalition), wishes)
    editions = read_editions(root)
    _refuse_missing(register, editions)
    edition, text = choose_edition(wishes.source, editions, slug, path, things)
    _refuse_licence(register, editions, edition)
    own = root / "data" / "sources" / f"{edition.slug}.ttl"
    if edition.slug in editions and not own.is_file():
        text = None  # another file describes it
    remembered = {field: heading for heading, field in register.taught("heading").items()}
    listing = read_list(path, wishes.choice, {**remembered, **wishes.columns})
    columns = find_columns(listing, wishes.columns, remembered)
    return Opened(
        root=root,
        wishes=wishes,
        coalition=things[f"coalition/{coalition}"],
        listing=listing,
        columns=columns,
        register=register,
        edition=edition,
        source_text=text,
        editions={**editions, edition.slug: edition},
        countries=countries,
    )


def import_members(opened: Opened) -> Import:
    """Return what an opened list makes of its register; nothing is written yet.

    Equal files and an equal project give equal tables. Raises AcagraphError when a closed list has rejected
    rows, or a member that was renamed is not there.
    """
    wishes, register = opened.wishes, opened.register
    knowledge = Knowledge(
        countries=opened.countries,
        kinds=register.taught("kind"),
        country_words=register.taught("country"),
        order=wishes.order,
        until=opened.edition.day.not_after,
        coalition=opened.coalition,
    )
    entries = read_entries(opened.listing, opened.columns, _keyed(knowledge))
    rejected = layout.rejected_text(opened.listing, entries.rejected)
    folder = opened.root / "data" / "registers" / register.slug
    if entries.rejected and not wishes.accept_rejected:
        return Import(opened, entries, (), None, Files(folder, rejected=rejected))
    if entries.rejected and wishes.closed:
        message = f"{len(entries.rejected)} rows are rejected, so nobody can be said to be absent"
        raise AcagraphError(f"{message}; correct them, or leave --complete out")
    others = _other_registers(opened.root, register)
    known = Known(
        known_actors(opened.root, registers=others),
        read_rulings(folder / "review.csv"),
        opened.countries.places,
    )
    resolved = resolve(entries.members, register, known, wishes.renamed)
    gazetteer = read_gazetteer(opened.root / "data", registers=("countries", *others))
    terms = Terms(
        edition=opened.edition,
        order={slug: edition.order for slug, edition in opened.editions.items()},
        closed=wishes.closed,
        has_left="left" in opened.columns.places,
        settlements=gazetteer.settlements,
        governed=gazetteer.governed,
    )
    made = update(register, resolved, known, terms)
    made = replace(made, register=_remembered(reviewed(made.register, resolved, made)))
    files = _files(opened, entries, made, known, folder, rejected)
    return Import(opened, entries, resolved, made, files)


def _files(
    opened: Opened, entries: Entries, made: Update, known: Known, folder: Path, rejected: str
) -> Files:
    source = opened.edition.slug
    ids = record_ids(entries.members)
    records = {line: made.register.record(source, slug) for line, (_, slug) in ids.items()}
    mentioned = (member.mentions.get(source) for member in opened.register.members.values())
    before = {mention.record for mention in mentioned if mention is not None}
    kept = [row for row in tables.read(folder, "left-out") if row["record"] not in before]
    losses = [loss for loss in entries.losses if loss.line in records]
    contents = layout.Contents(
        register=made.register,
        editions=opened.editions,
        names=_names(known),
        losses=[*kept, *layout.lost(losses, records)],
    )
    texts = layout.laid_out(folder.parent / "schemas", contents)
    sources = opened.root / "data" / "sources"
    source_files = {f"{source}.ttl": opened.source_text} if opened.source_text is not None else {}
    redirects = opened.root / "data" / "redirects.csv"
    return Files(
        folder,
        texts=texts,
        rejected=rejected,
        sources=sources,
        source_files=source_files,
        redirects=redirects,
        redirects_text=with_redirects(redirects, made.redirects),
    )


def _names(known: Known) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for actor in known.actors:
        found.setdefault(actor.thing, set()).update(actor.names)
    return {thing: frozenset(names) for thing, names in found.items()}


def _keyed(knowledge: Knowledge) -> Knowledge:
    """Return the taught words by the key by which cells are looked up."""

    def keyed(taught: Mapping[str, str]) -> dict[str, str]:
        return {words.key_of(word) if word else "": meaning for word, meaning in taught.items()}

    return replace(knowledge, kinds=keyed(knowledge.kinds), country_words=keyed(knowledge.country_words))


def _taught(register: Register, wishes: Wishes) -> Register:
    """Return a register that has learnt what the wishes say about words and columns."""
    known = kinds.classes()
    for word, meaning in wishes.kinds.items():
        if meaning not in known:
            raise AcagraphError(f'--kind "{word}={meaning}": {meaning} is none of {", ".join(known)}')
    told = {("kind", word): meaning for word, meaning in wishes.kinds.items()}
    told |= {("country", word): meaning for word, meaning in wishes.countries.items()}
    told |= {("heading", heading): field for field, heading in wishes.columns.items() if heading}
    fields = set(wishes.columns)
    before = {
        (row["column"], row["value"]): row["meaning"]
        for row in register.values
        if not (row["column"] == "heading" and row["meaning"] in fields)
    }
    rows = {**before, **told}
    values = [{"column": c, "value": v, "meaning": m} for (c, v), m in sorted(rows.items())]
    return replace(register, values=tuple(values))


def _remembered(register: Register) -> Register:
    """Return the register with its closed editions in values.csv."""
    rows = [row for row in register.values if row["column"] != "edition"]
    rows += [{"column": "edition", "value": slug, "meaning": "complete"} for slug in sorted(register.closed)]
    return replace(register, values=tuple(rows))


def _code(text: str, countries: Countries) -> str:
    try:
        return countries.find(text)
    except Unclear as error:
        raise AcagraphError(f"--country: {error}") from error


def _things(root: Path) -> dict[str, str]:
    """Return the agents and coalitions of the curated data with their names."""
    found: dict[str, str] = {}
    for folder in ("agents", "coalitions"):
        for path in sorted((root / "data" / folder).glob("*.ttl")):
            for quad in parse_turtle(path)[0]:
                for kind in ("agent", "coalition"):
                    subject = text_of(quad.subject)
                    if subject.startswith(PREFIXES[kind]):
                        thing = f"{kind}/{subject.removeprefix(PREFIXES[kind])}"
                        found.setdefault(thing, "")
                        if quad.predicate.value == PREFIXES["skos"] + "prefLabel":
                            english = getattr(quad.object, "language", "") == "en"
                            found[thing] = (
                                text_of(quad.object) if english else found[thing] or text_of(quad.object)
                            )
    return found


def _coalition(name: str, things: Mapping[str, str]) -> str:
    slug = name.removeprefix("coalition:").removeprefix("coalition/")
    if f"coalition/{slug}" in things:
        return slug
    there = {
        thing.partition("/")[2]: label for thing, label in things.items() if thing.startswith("coalition/")
    }
    near = difflib.get_close_matches(slug.lower(), there, n=3, cutoff=0.4)
    labels = {label.casefold(): slug for slug, label in there.items()}
    near += [labels[label] for label in difflib.get_close_matches(slug.casefold(), labels, n=2, cutoff=0.5)]
    hints = [f"{found} ({there[found]})" for found in dict.fromkeys(near)] or sorted(there)
    raise AcagraphError(f'there is no coalition "{name}"; near are {", ".join(hints)}')


def _refuse_missing(register: Register, editions: Mapping[str, Edition]) -> None:
    missing = {source for member in register.members.values() for source in member.mentions} - editions.keys()
    if missing:
        message = f"data/sources does not describe {', '.join(sorted(missing))}, which {register.slug} cites"
        raise AcagraphError(f"{message}; restore the file")


def _refuse_licence(register: Register, editions: Mapping[str, Edition], edition: Edition) -> None:
    """Refuse an edition under another licence: a register is one named graph, which has one."""
    for source in sorted({source for member in register.members.values() for source in member.mentions}):
        if editions[source].licence != edition.licence:
            message = f"{edition.slug} has another licence than {source}, and a register has one licence"
            raise AcagraphError(f"{message}; give this edition another --register")


def _other_registers(root: Path, register: Register) -> list[str]:
    """Return the registers whose actors come before this list's own, in order: not those that build on it."""
    folder = root / "data" / "registers"
    there = sorted(path.parent.name for path in folder.glob("*/csv-metadata.json"))
    first = [name for name in _REGISTERS_FIRST if name in there]
    lists = [name for name in there if (folder / name / "memberships.csv").is_file() or _split(folder / name)]
    own = {member.actor for member in register.members.values() if member.described}
    found = [*first]
    for name in lists:
        if name not in (*first, register.slug) and not own & _matched(folder / name):
            found.append(name)
    return found


def _split(folder: Path) -> bool:
    return any(folder.glob("memberships-*.csv"))


def _matched(folder: Path) -> set[str]:
    rows: Iterable[Cells] = tables.read(folder, "matches")
    return {row["actor"] for row in rows}


def summary_of_reviews(made: Import) -> Sequence[Cells]:
    """Return the rows of the review that nobody has decided yet."""
    if made.update is None:
        return ()
    return [row for row in made.update.register.review if not row["decision"]]

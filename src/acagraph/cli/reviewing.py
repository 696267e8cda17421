"""`acagraph link review`: proposed links shown one by one, and what a person says of each."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acagraph.cli.building import project_option
from acagraph.cli.command import Command
from acagraph.cli.linking import json_option, known_set, read_state
from acagraph.cli.sides import row_of, screen
from acagraph.cli.text import table

if TYPE_CHECKING:
    from acagraph.links.decisions import Key
    from acagraph.links.queue import Item

_KEYS = "a accept   r reject   u unsure   s skip   b back   q quit"
_DECIDE = {"a": "accept", "r": "reject", "u": "unsure"}

Show = Callable[[str], None]


@click.command(
    name="review",
    cls=Command,
    examples=[
        "acagraph link review --list",
        "acagraph link review geonames --country IT --min-confidence 0.8 --list --json",
        "acagraph link review --conflicts --reviewer https://orcid.org/0000-0002-1825-0097",
    ],
)
@click.argument("name", metavar="[SET]", required=False)
@click.option("--reviewer", help="Who decides: an ORCID, an IRI, a name or a role, for the record.")
@click.option("--conflicts", is_flag=True, help="Only what another set contradicts.")
@click.option(
    "--min-confidence", type=click.FloatRange(0, 1), default=0.0, help="Only what is at least as sure."
)
@click.option("--thing", default="", help="Only things with this in their name, or in their IRI.")
@click.option("--country", default="", help="Only things in this country, such as IT.")
@click.option("--again", is_flag=True, help="Also what is decided already, and the links that it gave.")
@click.option("--list", "as_list", is_flag=True, help="Print what waits as a table, and ask nothing.")
@json_option
@project_option
def review(
    name: str | None,
    reviewer: str | None,
    conflicts: bool,
    min_confidence: float,
    thing: str,
    country: str,
    again: bool,
    as_list: bool,
    as_json: bool,
    project: Path,
) -> None:
    """Decide about proposed links, one at a time.

    Both sides are shown, with what else is said of either. Each decision is on the disk, in
    data/links/reviews.tsv, before the next candidate is shown; the next time the review goes on where it
    ended. Carry the decisions out with acagraph link apply. Without a terminal a key is read from each line.
    """
    from acagraph.links.decisions import latest, read_reviews, reviews_path
    from acagraph.links.queue import Wanted, waiting
    from acagraph.sources import discover

    collection, things = read_state(discover(project))
    known_set(collection, (name,) if name else ())
    if country and not any(each.country == country.upper() for each in things.values()):
        message = f"no thing of the data is in {country}; write a code of ISO 3166-1, such as IT"
        raise click.BadParameter(message, param_hint="--country")
    path = reviews_path(project)
    decided = latest(read_reviews(path))
    wanted = Wanted(name or "", conflicts, min_confidence, thing, country, again)
    items = waiting(collection, things, decided, wanted)
    if as_list or as_json:
        _list(items, as_json=as_json)
        return
    if not items:
        click.echo("Nothing waits for a decision.")
        return
    accepted = exact_ones(key for key, each in decided.items() if each.decision == "accept")
    confirmed = exact_ones(claim.key for claim in collection.claims if claim.confirmed)
    session = Session(path, _reviewer(reviewer), items, accepted, confirmed)
    session.run(_keys(), _shown())
    click.echo(f"{session.decided} decided, {session.left} left. Next: acagraph link apply")


def exact_ones(keys: Iterable[Key]) -> dict[tuple[str, str], str]:
    """Return the objects of exact matches by their subject and dataset."""
    from acagraph.links.collection import EXACT, dataset_of

    return {(key[0], dataset_of(key[2])): key[2] for key in keys if key[1] == EXACT}


def _list(items: Sequence[Item], *, as_json: bool) -> None:
    rows = [row_of(item) for item in items]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    header = ("thing", "relation", "object", "set", "confidence", "conflict", "reason")
    columns = ("label", "relation", "object", "set", "confidence", "conflict", "reason")
    click.echo(table(header, [[_cell(row[name]) for name in columns] for row in rows]), nl=False)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


def _reviewer(told: str | None) -> str:
    from acagraph.links.decisions import reviewer

    if told is None:
        if not interactive():
            raise click.UsageError("say who decides with --reviewer: an ORCID, an IRI, a name or a role")
        told = click.prompt("Who decides (an ORCID, an IRI, a name or a role)", type=str)
    try:
        return reviewer(told)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--reviewer") from error


def interactive() -> bool:
    """Say whether a person sits at the other end."""
    return sys.stdin.isatty()


def _keys() -> Iterator[str]:
    """Yield the keys that are pressed, or without a terminal the first letter of each line."""
    if not interactive():
        for line in sys.stdin:
            yield line.strip()[:1].casefold()
        return
    try:
        while key := click.getchar():
            yield key.casefold()
    except EOFError:  # Ctrl-D
        return


def _shown() -> Callable[[object], None]:
    """Return what prints a screen; a pipe is given a line of 100 letters, whatever the machine."""
    from rich.console import Console

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
    return lambda what: console.print(what)


@dataclass
class Session:
    """One review: where it stands, and what can be taken back.

    `accepted` are the exact matches that were accepted, by thing and dataset, `confirmed` those that stand.
    """

    path: Path
    who: str
    items: Sequence[Item]
    accepted: dict[tuple[str, str], str] = field(default_factory=dict)
    confirmed: dict[tuple[str, str], str] = field(default_factory=dict)
    decided: int = 0
    _place: int = 0
    _done: list[tuple[int, str]] = field(default_factory=list)

    @property
    def left(self) -> int:
        """How many were shown to nobody or not decided about."""
        return len(self.items) - self.decided

    def run(self, keys: Iterator[str], show: Callable[[object], None]) -> None:
        """Show candidate after candidate and do what the keys say, until there is no more of either."""
        from acagraph.links.collection import EXACT

        while self._place < len(self.items):
            item = self.items[self._place]
            show(screen(item, self._place + 1, len(self.items)))
            link = item.claim.link
            place = (link.subject, item.claim.dataset)
            chosen = self.accepted.get(place) or self.confirmed.get(place)
            if chosen and link.predicate == EXACT and chosen != link.object:
                how = "Accepted" if place in self.accepted else "Confirmed"
                show(f"{how} already: {chosen}; a second exact match would be refused")
            show(_KEYS)
            for key in keys:
                if key == "q":
                    return
                told = self._do(key)
                if told:
                    show(told)
                if key in "arusb" and key:
                    break
            else:
                return

    def _do(self, key: str) -> str:
        """Do what a key says, and return what there is to say about it."""
        if key in _DECIDE:
            self._record(self._place, _DECIDE[key])
            self.decided += 1
        elif key == "b":
            return self._back()
        elif key != "s":
            return f"No such key. {_KEYS}"
        self._done.append((self._place, _DECIDE.get(key, "")))
        self._place += 1
        return ""

    def _back(self) -> str:
        if not self._done:
            return "This is the first of this review: there is nothing to go back to."
        self._place, decision = self._done.pop()
        if not decision:
            return ""
        self._record(self._place, "withdraw")
        self.decided -= 1
        return f"Taken back: {decision}"

    def _record(self, place: int, decision: str) -> None:
        from acagraph.links.decisions import Review, append_review, moment

        now = moment(datetime.datetime.now(datetime.UTC))
        claim = self.items[place].claim
        append_review(self.path, Review(*claim.key, decision, self.who, now))
        self.accepted |= exact_ones([claim.key]) if decision == "accept" else {}
        if decision == "withdraw" and self.accepted.get((claim.link.subject, claim.dataset)) == claim.key[2]:
            del self.accepted[claim.link.subject, claim.dataset]

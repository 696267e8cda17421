"""What a parameter of a saved query may be given, as far as the data has not too many such things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from acagraph.queries import Parameter
from acagraph.stores import Store, Term, rows
from acagraph.vocab import ACA, BASE
from acagraph.web.collation import by_letters
from acagraph.web.labels import Labels

_MOST = 300
_CLASSES = {
    "coalition": "aca:Coalition",
    "place": "aca:Country",
    "person": "aca:Person",
    "source": "aca:Source",
    "event": "aca:Event",
    "document": "aca:Document",
}
# Of the many agents those that are in most coalitions.
_AGENTS = f"""SELECT ?thing {{
  {{ SELECT ?thing (COUNT(?coalition) AS ?count) {{ ?thing aca:memberOf ?coalition }} GROUP BY ?thing }}
}} ORDER BY DESC(?count) ?thing LIMIT {_MOST}"""


@dataclass(frozen=True)
class Choice:
    """A value that a parameter takes, and what it means."""

    value: str
    label: str


class Choices:
    """Suggests values; they are looked up once, as a release never changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[Term, ...]] = {}

    def of(self, parameter: Parameter, labels: Labels) -> Sequence[Choice]:
        """Return the values to suggest for a parameter, by label; none where any text will do."""
        query = _query(parameter)
        if not query:
            return ()
        terms = self._known.get(query)
        if terms is None:
            terms = self._known[query] = tuple(row["thing"] for row in rows(self._store, query))
        found = labels.of(terms)
        choices = (Choice(_slug(term.value), found.get(term.value, term.short)) for term in terms)
        return sorted(choices, key=lambda choice: (by_letters(choice.label), choice.value))


def _query(parameter: Parameter) -> str:
    if parameter.type == "agent":
        return _AGENTS
    if parameter.type == "concept":
        pattern = f"?thing skos:inScheme <{BASE}scheme/{parameter.scheme}>"
    elif parameter.type in ("class", "property"):
        kinds = "owl:Class" if parameter.type == "class" else "owl:ObjectProperty owl:DatatypeProperty"
        pattern = f'VALUES ?kind {{ {kinds} }} ?thing a ?kind FILTER(STRSTARTS(STR(?thing), "{ACA}"))'
    elif parameter.type in _CLASSES:
        pattern = f"?thing a {_CLASSES[parameter.type]} FILTER(ISIRI(?thing))"
    else:
        return ""
    return f"SELECT DISTINCT ?thing {{ {pattern} }} ORDER BY ?thing LIMIT {_MOST}"


def _slug(iri: str) -> str:
    return iri.removeprefix(ACA) if iri.startswith(ACA) else iri.rpartition("/")[2]

"""What is around a source: what its statements are about, and what names it."""

from __future__ import annotations

from acagraph.queries.binding import serialise
from acagraph.queries.portrait import NAMING
from acagraph.stores import Row, Store, Term, rows
from acagraph.vocab import BASE
from acagraph.web.profiles.model import Around, Naming
from acagraph.web.recent import Recent
from acagraph.web.reference.homes import home, told

# What is drawn has place for so many, and the publisher.
_MOST = 20
_FEW = 12
_KEPT = 1_000
# Of the things that statements are about: neither concepts, nor what has its place on pages of others.
_APART = ("statement", "evidence", "source")


class Surroundings:
    """What is around the sources of a release, remembered: to count it takes a second for a large source."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known = Recent[str, Around](_KEPT)

    def of(self, iri: str) -> Around:
        """Return what is around a source, in one query when it is first asked."""
        known = self._known.get(iri)
        if known is None:
            known = _around(self._store, iri)
            self._known.put(iri, known)
        return known


def _around(store: Store, iri: str) -> Around:
    subjects: list[tuple[Term, int]] = []
    totals: dict[Term, int] = {}
    first: dict[Term, list[Term]] = {}
    attributed: list[Row] = []
    for row in rows(store, _asking(serialise(Term("iri", iri)))):
        if "subject" in row:
            subjects.append((row["subject"], int(row["n"].value)))
        elif "statement" in row:
            attributed.append(row)
        elif "n" in row:
            totals[row["property"]] = int(row["n"].value)
        else:
            first.setdefault(row["property"], []).append(row["by"])
    subjects.sort(key=lambda told: (-told[1], told[0]))
    return Around(
        tuple(subjects[:_MOST]),
        len(subjects) > _MOST,
        tuple(
            Naming(name, total, tuple(sorted(first.get(name, ()))[:_FEW]))
            for name, total in sorted(totals.items())
        ),
        {iri: path for iri, (known, _) in told(attributed).items() if (path := home(known))},
    )


def _asking(source: str) -> str:
    """Return the query; what it answers is bounded, however much there is."""
    named = f"VALUES ?property {{ {' '.join(f'<{name}>' for name in NAMING)} }}"
    ours = " && ".join(
        (
            f'STRSTARTS(STR(?subject), "{BASE}id/")',
            *(f'!STRSTARTS(STR(?subject), "{BASE}id/{kind}/")' for kind in _APART),
        )
    )
    return f"""SELECT ?subject ?property ?n ?by ?statement ?role ?value {{
      {{
        SELECT ?subject (COUNT(*) AS ?n) {{ ?statement aca:statedIn {source} ; aca:about ?subject }}
        GROUP BY ?subject HAVING({ours}) ORDER BY DESC(?n) ?subject LIMIT {_MOST + 1}
      }} UNION {{
        SELECT ?property (COUNT(*) AS ?n) {{ {named} ?by ?property {source} }} GROUP BY ?property
      }} UNION {{
        SELECT ?property ?by {{ {named} ?by ?property {source} }} ORDER BY ?property ?by LIMIT {_FEW * 4}
      }} UNION {{
        {{ SELECT ?statement {{ ?statement aca:attributedTo {source} }} ORDER BY ?statement LIMIT {_FEW} }}
        ?statement ?role ?value FILTER(ISIRI(?value))
      }}
    }}"""

"""HTML pages: templates, and how a term is shown and linked in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request

from acagraph.dataset import Dataset
from acagraph.queries import SavedQuery
from acagraph.stores import Term, rows
from acagraph.vocab import BASE, XSD, compact
from acagraph.web.addresses import local, outer
from acagraph.web.labels import Labels


class Pages:
    """Renders the templates of this package; everything put into them is escaped."""

    def __init__(self, dataset: Dataset, environment: Environment | None = None, *, newest: str = "") -> None:
        """Render pages of a dataset; `newest` is the version shown first where that is another one."""
        self._dataset = dataset
        self._newest = newest
        self.environment = environment or _environment()

    @cached_property
    def labels(self) -> Labels:
        """The labels of things, remembered."""
        return Labels(self._dataset.store)

    def render(self, request: Request, template: str, **values: object) -> bytes:
        """Return a page; `root` is where the release is, `outer` where all are, `href` links a term."""
        root = local(request)
        return (
            self.environment.get_template(template)
            .render(
                **{"labels": {}, **values},
                root=root,
                outer=outer(request),
                version=self.version,
                newest=self._newest,
                searchable=self._searchable,
                href=lambda term: link(term, root),
                is_date=lambda term: term.datatype == XSD + "dateTime",
            )
            .encode()
        )

    @cached_property
    def version(self) -> str:
        """The release's version, read once: a release never changes."""
        return self._dataset.version

    @cached_property
    def _searchable(self) -> bool:
        return self._dataset.is_searchable

    @cached_property
    def superclasses(self) -> Mapping[str, frozenset[str]]:
        """The proper superclasses of each class of the ontology."""
        query = """SELECT ?class ?super {
          ?class rdfs:subClassOf+ ?super FILTER(ISIRI(?super) && ?class != ?super)
        } ORDER BY ?class ?super"""
        found: dict[str, set[str]] = {}
        for row in rows(self._dataset.store, query):
            found.setdefault(row["class"].value, set()).add(row["super"].value)
        return {name: frozenset(supers) for name, supers in found.items()}


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("acagraph.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["compact"] = compact
    return environment


def by_subject(saved: Iterable[SavedQuery]) -> dict[str, list[SavedQuery]]:
    """Group saved queries by their first tag, the groups and the queries of each in alphabetic order."""
    groups: dict[str, list[SavedQuery]] = {}
    for query in sorted(saved, key=lambda query: (query.tags[:1] or ("other",), query.summary)):
        groups.setdefault((query.tags[0] if query.tags else "other").replace("-", " "), []).append(query)
    return groups


def link(term: Term, root: str) -> str:
    """Return the address at which a term's IRI is shown: ours on this server, others where they are.

    Nothing is returned for literals and for schemes that a browser would run rather than open.
    """
    if term.kind != "iri" and not term.datatype.endswith("#anyURI"):
        return ""
    if term.value.startswith(f"{BASE}id/"):
        return f"{root}/doc/{term.value.removeprefix(f'{BASE}id/')}"
    if term.value.startswith((f"{BASE}scheme/", f"{BASE}ontology")):
        return f"{root}/{term.value.removeprefix(BASE)}"
    return term.value if term.value.startswith(("http://", "https://")) else ""

"""HTML pages: templates, and how a term is shown and linked in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from urllib.parse import quote

from starlette.requests import Request

from acagraph.dataset import Dataset
from acagraph.queries import SavedQuery
from acagraph.stores import Term, rows
from acagraph.vocab import BASE, XSD
from acagraph.web import wording
from acagraph.web.addresses import language_of, local, outer, page_path
from acagraph.web.charts import Words
from acagraph.web.countries import Countries
from acagraph.web.labels import Labels
from acagraph.web.languages import ENGLISH, N_
from acagraph.web.reference.homes import homes
from acagraph.web.reference.positions import Positions
from acagraph.web.translations import PARAMETER, Translations, without_language
from acagraph.web.wording import Wording


class Pages:
    """Renders the templates of this package in the language of a request."""

    def __init__(
        self,
        dataset: Dataset,
        wordings: Mapping[str, Wording] | None = None,
        *,
        newest: str = "",
    ) -> None:
        """Render pages of a dataset; `newest` is the version shown first where that is another one."""
        self._dataset = dataset
        self._newest = newest
        self.wordings = wordings or wording.wordings()
        self._labels: dict[str, Labels] = {}
        self.positions = Positions(dataset.store)
        self.countries = Countries(dataset.store)
        self.translations = Translations(dataset.store)

    @property
    def labels(self) -> Labels:
        """The labels of things in English, remembered."""
        return self.labels_in(ENGLISH)

    def labels_in(self, language: str) -> Labels:
        """Return the labels of things in a language as far as it has them, remembered."""
        return self._labels.setdefault(language, Labels(self._dataset.store, language))

    def wording(self, request: Request) -> Wording:
        """Return what pages say in the language of a request."""
        return self.wordings[language_of(request)]

    def words(self, request: Request) -> Words:
        """Return how charts say things in the language of a request."""
        wording = self.wording(request)
        return Words(wording.say, wording.number)

    def address(self, request: Request, path: str, language: str = "") -> str:
        """Return the address of the page at a path, in a language or else in that of the request."""
        return self.translations.address(local(request), path, language or language_of(request))

    def href(self, request: Request, homes: Mapping[str, str] | None = None) -> Callable[[Term], str]:
        """Return what gives the address of the page about a term, in the language of a request.

        `homes` are the paths of what stands on the page of another thing, by IRI.
        """
        root, language, address = local(request), language_of(request), self.translations.address
        known = homes or {}

        def found(term: Term) -> str:
            path = known.get(term.value) if term.kind == "iri" else None
            return address(root, path, language) if path else link(term, lambda p: address(root, p, language))

        return found

    def homes(self, iris: Iterable[str]) -> Mapping[str, str]:
        """Return the path of the page of each of our things, with the anchor of those that have none."""
        return homes(self._dataset.store, self.positions, iris)

    def render(
        self, request: Request, template: str, *, homes: Mapping[str, str] | None = None, **values: object
    ) -> bytes:
        """Return a page.

        `root` is where the release is, `outer` where all are; `page` gives the address of a page by its
        path, `href` that of the page about a term (with `homes` as there), `at` that of this page in another
        language. `page_path` among the values is another page's, to which the switch of languages leads then.
        `lasting` is the address of this page in a language that stays wherever it is served; `translated`
        tells whether it is among the files in every language.
        """
        path = str(values.pop("page_path", page_path(request)))
        return (
            self.wording(request)
            .environment.get_template(template)
            .render(
                **{"labels": {}, "judged": self._judged, "ruled": self._ruled, **values},
                modules={},
                root=local(request),
                outer=outer(request),
                version=self.version,
                newest=self._newest,
                searchable=self._searchable,
                page=lambda path: self.address(request, path),
                page_path=path,
                translated=self.translations.has(path),
                at=lambda tag: self._switched(request, path, tag),
                lasting=lambda tag: self._lasting(path, tag),
                homes=homes or {},
                href=self.href(request, homes),
                is_date=lambda term: term.datatype == XSD + "dateTime",
            )
            .encode()
        )

    def _switched(self, request: Request, path: str, tag: str) -> str:
        """Return the address of the page at a path in a language, for the switch.

        The bare first page would lead a person back to the language that the browser prefers; so its English
        is asked for.
        """
        query = without_language(request.scope["query_string"].decode("latin-1"))
        if not query and not path and tag == ENGLISH:
            query = f"{PARAMETER}={ENGLISH}"
        return self.address(request, f"{path}?{query}" if query else path, tag)

    def _lasting(self, path: str, tag: str) -> str:
        release = f"releases/{quote(self.version)}/" if self._newest else ""
        return f"{BASE}{release}{path if tag == ENGLISH else f'{tag}/{path}'}"

    @cached_property
    def version(self) -> str:
        """The release's version, read once: a release never changes."""
        return self._dataset.version

    @cached_property
    def released(self) -> str:
        """The day of the release, read once: its manifest is long."""
        return str(self._dataset.manifest.get("date", ""))

    @cached_property
    def _judged(self) -> bool:
        return self._has("validation/report.json")

    @cached_property
    def _ruled(self) -> bool:
        return self._has("rules.html")

    def _has(self, name: str) -> bool:
        folder = self._dataset.folder
        return folder is not None and (folder / name).is_file()

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


def subject(query: SavedQuery) -> str:
    """Return what a saved query is about, as a heading in English: its first tag."""
    return query.tags[0].replace("-", " ").capitalize() if query.tags else N_("Other")


def by_subject(saved: Iterable[SavedQuery]) -> dict[str, list[SavedQuery]]:
    """Group saved queries by their subject, groups and queries in alphabetic order of their English names."""
    groups: dict[str, list[SavedQuery]] = {}
    for query in sorted(saved, key=lambda query: (query.tags[:1] or ("other",), query.summary)):
        groups.setdefault(subject(query), []).append(query)
    return groups


def link(term: Term, address: Callable[[str], str]) -> str:
    """Return the address at which a term's IRI is shown: ours by its path, others where they are.

    Nothing is returned for literals and for schemes that a browser would run rather than open.
    """
    if term.kind != "iri" and not term.datatype.endswith("#anyURI"):
        return ""
    if term.value.startswith(f"{BASE}id/"):
        return address(f"doc/{term.value.removeprefix(f'{BASE}id/')}")
    if term.value.startswith((f"{BASE}scheme/", f"{BASE}ontology", f"{BASE}graph/")):
        return address(term.value.removeprefix(BASE))
    return term.value if term.value.startswith(("http://", "https://")) else ""

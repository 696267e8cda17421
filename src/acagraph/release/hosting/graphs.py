"""A page for each named graph, where its name leads a browser; no host has to negotiate for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import pyoxigraph as ox

from acagraph.release.descriptions.terms import graph_part
from acagraph.release.dumps.plan import planned
from acagraph.release.files import File
from acagraph.release.hosting.parts import files_table, licence, page_head, signposts, sources_table
from acagraph.release.hosting.site import Credit, Edition, Site
from acagraph.release.hosting.terms import statements
from acagraph.validation.formats.markup import foot, text
from acagraph.vocab import expand, graph_iri

# Each of them has the titles, and either may be missing in a release.
_DESCRIPTIONS = ("dataset.ttl", "void.ttl")


@dataclass(frozen=True)
class NamedGraph:
    """A named graph of a release, by its name after graph/; its title is its name where none is given."""

    name: str
    title: str
    triples: int
    licences: tuple[str, ...]
    sources: tuple[Credit, ...]
    dumps: tuple[File, ...]

    @property
    def page(self) -> str:
        """Where its page stands on the site."""
        return f"graph/{self.name}/index.html"


def named_graphs(edition: Edition) -> list[NamedGraph]:
    """Return the named graphs of a release that has dumps of them, sorted by name.

    Raises ReleaseError when what describes the release cannot be read.
    """
    start, counts = graph_iri(""), edition.manifest.get("graphs") or {}
    triples = {iri.removeprefix(start): count for iri, count in counts.items() if iri.startswith(start)}
    dumps: dict[str, list[File]] = defaultdict(list)
    for dump in planned(triples):
        if dump.graph is not None and dump.path in edition.files:
            dumps[dump.graph].append(edition.files[dump.path])
    titles = _titles(edition) if dumps else {}
    return [
        NamedGraph(
            name,
            titles.get(graph_part(graph_iri(name), edition.version), name),
            triples[name],
            edition.licences_of(found[0].path),
            tuple(source for source in edition.sources if graph_iri(name) in source.graphs),
            tuple(found),
        )
        for name, found in dumps.items()
    ]


def graph_page(graph: NamedGraph, edition: Edition, site: Site) -> bytes:
    """Return the page of a named graph as it is in a release whose files stand at the site's root."""
    up = "../" * graph.page.count("/")
    links = [("canonical", site.url(graph.page), ""), ("cite-as", graph_iri(graph.name), "")]
    links += [("license", iri, "") for iri in graph.licences]
    version = f'<a href="{up}releases/{quote(edition.version)}/">{text(edition.version)}</a>'
    parts = [
        page_head(graph.title, back=(up, edition.title), more=signposts(links)),
        f"<p>The named graph <code>{text(graph_iri(graph.name))}</code> in version {version}, the newest "
        'release.</p>\n</header>\n<main id="content">\n',
        "<table>\n<tbody>\n"
        f'<tr><th scope="row">Triples</th><td class="number">{graph.triples:,}</td></tr>\n'
        f'<tr><th scope="row">Licence</th><td>{_licences(graph)}</td></tr>\n</tbody>\n</table>\n',
    ]
    if graph.sources:
        parts.append(f"<section>\n<h2>Sources</h2>\n{sources_table(graph.sources)}</section>\n")
    table = files_table("Each has the whole graph", graph.dumps, up)
    parts += [f"<section>\n<h2>Files</h2>\n{table}</section>\n", foot()]
    return "".join(parts).encode()


def graphs_section(graphs: Sequence[NamedGraph]) -> str:
    """Return the part of the site's first page that leads to the page of each graph; nothing without any."""
    if not graphs:
        return ""
    rows = "".join(
        f'<tr><th scope="row"><a href="graph/{quote(graph.name)}/">{text(graph.name)}</a></th>'
        f'<td>{text(graph.title)}</td><td class="number">{graph.triples:,}</td></tr>\n'
        for graph in graphs
    )
    start = '<tr><th>Graph</th><th>Title</th><th class="number">Triples</th></tr>'
    return (
        f'<section id="graphs">\n<h2>Named graphs</h2>\n<details>\n<summary>{len(graphs):,} named graphs, '
        f"each with its sources and files</summary>\n<table>\n<thead>{start}</thead>\n<tbody>\n{rows}"
        "</tbody>\n</table>\n</details>\n</section>\n"
    )


def _licences(graph: NamedGraph) -> str:
    return ", ".join(licence(iri) for iri in graph.licences or ("",))


def _titles(edition: Edition) -> Mapping[str, str]:
    """Return the titles of what a release describes in English, by IRI."""
    file = next((name for name in _DESCRIPTIONS if name in edition.files), None)
    if file is None:
        return {}
    title = expand("dcterms:title")
    return {
        quad.subject.value: quad.object.value
        for quad in statements(edition.folder / file)
        if quad.predicate.value == title
        and isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.Literal)
        and quad.object.language == "en"
    }

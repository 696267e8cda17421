"""The layout of a site: which file stands at which path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from acagraph.release.hosting import apache, archive, crawlers, edge, pages
from acagraph.release.hosting.graphs import graph_page, named_graphs
from acagraph.release.hosting.site import Edition, Layout, Moved, Site, is_page, versions
from acagraph.release.hosting.terms import read_ontology, terms_page
from acagraph.release.pages import PAGES, read_pages

_NOT_FOUND = "404.html"
_LANGUAGE = re.compile(r"[a-z]{2}/index\.html")


def laid_out(site: Site, editions: Sequence[Edition]) -> tuple[Layout, list[str]]:
    """Return the files of a site by path, and notices; `editions` are its releases, the newest first.

    Where the newest release has pages of its own, they are the site's: beside them there is only what tells
    of all releases.
    """
    newest = editions[0]
    own = _own(site, newest)
    layout = _pages(site, editions, own)
    layout |= _released(editions)
    made = dict(layout)
    layout |= own
    if "void.ttl" in newest.files:
        # Where the VoID vocabulary says that a description is looked for (RFC 8615).
        layout[".well-known/void"] = newest.folder / "void.ttl"
    layout[archive.CRATE] = archive.crate(newest)
    layout[".zenodo.json"], layout["zenodo-deposit.json"] = archive.zenodo(newest)
    redirects, notices = edge.redirects(editions, own=bool(own))
    policy = edge.policy(made, own=bool(own))
    layout |= {
        ".htaccess": apache.site_rules(site, editions, policy),
        ".nojekyll": b"",
        "_headers": edge.headers(policy),
        "_redirects": redirects,
        "llms.txt": crawlers.llms(site, editions),
        "robots.txt": crawlers.robots(site),
        **crawlers.sitemaps(site, _mapped(made, editions) | _addresses(own, newest)),
    }
    if site.given:
        layout["w3id/.htaccess"] = apache.permanent_rules(site, editions)
        layout["w3id/README.md"] = apache.permanent_readme(site, editions)
    return layout, notices


def _released(editions: Sequence[Edition]) -> Layout:
    """Return the files of the releases: each under its version, those of the newest at the root too."""
    layout: Layout = {}
    for edition in editions:
        for path in edition.files:
            layout[f"releases/{edition.version}/{path}"] = edition.folder / path
    newest = editions[0]
    return layout | {path: newest.folder / path for path in newest.files}


def _own(site: Site, newest: Edition) -> Layout:
    """Return the pages that a release came with, by their places on the site."""
    if "pages" not in newest.manifest or not (newest.folder / PAGES).is_dir():
        return {}
    found: Layout = {}
    for name in read_pages(newest.folder):
        path = newest.folder / name
        moved = site.home != "/" and is_page(name)
        found[name.removeprefix(f"{PAGES}/")] = Moved(path, site.home) if moved else path
    return found


def _pages(site: Site, editions: Sequence[Edition], own: Layout) -> Layout:
    """Return the pages that are made here: with pages of its `own` the newest release needs fewer."""
    newest, listed = editions[0], pages.releases_list(site, editions)
    layout: Layout = {
        _NOT_FOUND: pages.not_found(site, newest),
        "releases/index.html": pages.releases_page(editions),
        "releases/index.json": listed,
        "releases.json": listed,
    }
    for edition in editions:
        page = pages.release_page(edition, newest, site, up="../../")
        layout[f"releases/{edition.version}/index.html"] = page
    for version, edition in versions(editions).items():
        ontology = read_ontology(edition.folder / "ontology.ttl")
        layout[f"ontology/{version}/index.html"] = terms_page(edition, ontology, up="../../")
        if edition is newest and not own:
            layout["ontology/index.html"] = terms_page(edition, ontology, up="../")
    return layout | (_live(site, newest, own) if own else _plain(site, newest))


def _live(site: Site, newest: Edition, own: Layout) -> Layout:
    """Return what stands where the pages of a release lead to what only a server answers."""
    languages = ["", *(path.removesuffix("index.html") for path in own if _LANGUAGE.fullmatch(path))]
    return {
        f"{language}{name}.html": pages.served_only(site, newest, name)
        for language in languages
        for name in ("search", "sparql")
    }


def _plain(site: Site, newest: Edition) -> Layout:
    """Return the pages of a release that has none of its own."""
    graphs = named_graphs(newest)
    layout: Layout = {
        "index.html": pages.release_page(newest, newest, site, graphs=graphs),
        "data/index.html": pages.pointer("../#files", "Files"),
        "dataset/index.html": pages.pointer("../", newest.title),
    }
    layout |= {graph.page: graph_page(graph, newest, site) for graph in graphs}
    if graphs:
        layout["graph/index.html"] = pages.pointer("../#graphs", "Named graphs")
    if "rules.html" in newest.files:
        layout["shapes/index.html"] = pages.pointer("../rules.html", "The rules")
    return layout


def _addresses(own: Layout, newest: Edition) -> dict[str, str]:
    """Return the addresses of a release's own pages, as a sitemap lists them, with its day."""
    named = (path for path in own if is_page(path))
    return {
        path if path.endswith("index.html") else path.removesuffix(".html"): newest.date for path in named
    }


def _mapped(layout: Layout, editions: Sequence[Edition]) -> dict[str, str]:
    """Return the pages that a sitemap lists, with the day of the release that each belongs to.

    The pages that came with a release are listed at the root only, where the newest stand.
    """
    days = {f"releases/{edition.version}/index.html": edition.date for edition in editions}
    found = {}
    for path, source in layout.items():
        pointer = isinstance(source, bytes) and b'name="robots"' in source
        older = path.startswith("releases/") and isinstance(source, PurePath)
        if is_page(path) and not pointer and not older:
            found[path] = days.get(path, editions[0].date)
    return found

"""The plain pages of a site: a release, all releases, and what is not there.

They stand alone, without a script, and every link is relative, so that the folder can stand anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from acagraph.release.files import SIGNATURE
from acagraph.release.hosting.graphs import NamedGraph, graphs_section
from acagraph.release.hosting.parts import files_table, page_head, signposts, sources_table
from acagraph.release.hosting.site import Edition, Site
from acagraph.validation.formats.markup import foot, link, text
from acagraph.vocab import BASE

_CHANGES = ("changes/changes.md", "changes/changes.json", "changes/dataset.rdfp.gz")
_COUNTED = {
    "Coalition": "Coalitions",
    "Organisation": "Organisations",
    "Person": "Persons",
    "Place": "Places",
    "Membership": "Memberships",
    "Commitment": "Commitments",
    "Figure": "Figures",
    "Statement": "Statements of all kinds",
    "Source": "Sources",
}
_GROUPS = (
    ("All data as RDF", re.compile(r"data/acagraph\.(?!xlsx).+")),
    ("Tables", re.compile(r"data/(?:csv|parquet)/.+|data/.+\.xlsx|datapackage\.json")),
    (
        "Vocabulary and rules",
        re.compile(r"ontology\..+|shapes\.ttl|rules\.html|context\.jsonld|validation/report\.html"),
    ),
    (
        "Descriptions",
        re.compile(
            r"(?:void|dataset|schema|croissant)\..+|citation\.bib|CITATION\.cff|LICENCES\.md|licences\.json|"
            r"changes/.+|manifest\.json.*|SHA256SUMS"
        ),
    ),
)


def release_page(
    edition: Edition, newest: Edition, site: Site, *, up: str = "", graphs: Sequence[NamedGraph] = ()
) -> bytes:
    """Return the page of a release, which stands in the folder of its files; `up` leads to the site's first.

    `graphs` are those that have a page; they are listed.

    It embeds what the release says of itself for search engines, where it does, and links to what describes
    it as FAIR Signposting wants it.
    """
    back = None if not up else (up, f"{newest.title}: the newest release")
    own = site.url(f"releases/{edition.version}/index.html" if up else "index.html")
    parts = [
        page_head(edition.title, back=back, more=_signposts(edition, own)),
        f"<p>{text(edition.description)}</p>\n" if edition.description != edition.title else "",
        _older(edition, newest, up),
        '</header>\n<main id="content">\n',
        _counts(edition),
        _downloads(edition),
        graphs_section(graphs),
        _cited(edition),
        _licences(edition),
        _checked(edition),
        f'<section>\n<h2>Versions</h2>\n<p><a href="{up}releases/">All releases</a>'
        f"{_changes(edition)}</p>\n</section>\n",
        _embedded(edition),
        foot(),
    ]
    return "".join(parts).encode()


def releases_page(editions: Sequence[Edition]) -> bytes:
    """Return the page that lists the releases, the newest first."""
    rows = "".join(
        f'<tr><th scope="row"><a href="{quote(edition.version)}/">{text(edition.version)}</a></th>'
        f"<td>{text(edition.date)}</td>"
        f'<td class="number">{int(edition.manifest.get("triples") or 0):,}</td>'
        f"<td>{text(edition.ontology)}</td>"
        f"<td><code>{text(str(edition.manifest.get('rdfc10_sha256', '')))}</code></td></tr>\n"
        for edition in editions
    )
    table = (
        "<table>\n<thead><tr><th>Version</th><th>Date</th>"
        '<th class="number">Triples</th><th>Ontology</th><th>RDFC-1.0 hash (SHA-256)</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table>\n"
    )
    note = '<p>The same for programs: <a href="index.json">index.json</a>.</p>\n'
    newest = editions[0]
    start = page_head(f"Releases of {newest.manifest.get('name', 'acagraph')}", back=("../", newest.title))
    return "".join((start, '</header>\n<main id="content">\n', table, note, foot())).encode()


def releases_list(site: Site, editions: Sequence[Edition]) -> bytes:
    """Return the releases for programs, the newest first; what a manifest does not say is empty.

    The keys are those of the service at /releases.json.
    """
    told = []
    for edition in editions:
        address = f"releases/{edition.version}/"
        said = {key: str(edition.manifest.get(key) or "") for key in ("previous", "doi")}
        told.append(
            {
                "version": edition.version,
                "date": edition.date,
                "title": edition.title,
                "triples": int(edition.manifest.get("triples") or 0),
                "sha256": str(edition.manifest.get("rdfc10_sha256") or ""),
                "ontology": edition.ontology,
                **said,
                "signed": SIGNATURE in edition.files,
                "iri": edition.permanent,
                "address": site.url(address),
                "manifest": site.url(f"{address}manifest.json"),
                "changes": [site.url(address + path) for path in _CHANGES if path in edition.files],
            }
        )
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def not_found(site: Site, newest: Edition) -> bytes:
    """Return the page of what is not there; it is shown at any depth, so its links are absolute."""
    body = (
        "</header>\n"
        '<main id="content">\n<p>There is nothing at this address. This site is made of files: the data of '
        "each release, and the pages that it came with. Answers to queries, search, and the data of a single "
        "thing (.ttl, .jsonld and the like after its name) are made by a server, "
        "<code>acagraph serve</code>; all of the data is among the files.</p>\n"
        f'<ul>\n<li><a href="{escape(site.home)}">{text(newest.title)}</a></li>\n'
        f'<li><a href="{escape(site.home)}releases/">All releases</a></li>\n</ul>\n'
    )
    return "".join((page_head("Not found", index=False), body, foot())).encode()


def served_only(site: Site, newest: Edition, name: str) -> bytes:
    """Return the page that stands where a server would search or answer queries."""
    body = (
        "</header>\n"
        '<main id="content">\n<p>This copy of the site is made of files, which search nothing and answer no '
        "query. The permanent address leads to where a server does, if there is one: "
        f"{link(BASE + name, text(BASE + name))}. To ask on a machine of your own:</p>\n"
        "<pre>pip install 'acagraph[serve]'\nacagraph serve</pre>\n"
        f'<ul>\n<li><a href="{escape(site.home)}queries">Questions with their answers</a></li>\n'
        f'<li><a href="{escape(site.home)}data">The data as files</a></li>\n'
        f'<li><a href="{escape(site.home)}">{text(newest.title)}</a></li>\n</ul>\n'
    )
    return "".join((page_head(f"No {name} here", index=False), body, foot())).encode()


def pointer(target: str, words: str) -> bytes:
    """Return a page that leads to another one, for hosts that cannot redirect; `target` is relative."""
    refresh = f'<meta http-equiv="refresh" content="0; url={escape(target)}">\n'
    page = page_head(words, index=False, more=refresh)
    body = f'</header>\n<main id="content">\n<p>{link(target, text(words))}</p>\n'
    return "".join((page, body, foot())).encode()


def _signposts(edition: Edition, address: str) -> str:
    links = [("canonical", address, ""), ("cite-as", edition.permanent, "")]
    links += [("type", "https://schema.org/Dataset", ""), ("type", "https://schema.org/AboutPage", "")]
    if edition.licence:
        links.append(("license", edition.licence, ""))
    for name in ("dataset.ttl", "dataset.jsonld", "croissant.json"):
        if name in edition.files:
            links.append(("describedby", name, edition.files[name].media_type))
    return signposts(links)


def _older(edition: Edition, newest: Edition, up: str) -> str:
    said = f"Version {text(edition.version)}, released on {text(edition.date)}."
    if edition is newest:
        return f"<p>{said}</p>\n"
    return f'<p>{said} The newest is <a href="{up}">{text(newest.version)}</a>.</p>\n'


def _counts(edition: Edition) -> str:
    classes = edition.manifest.get("classes") or {}
    counted = [(words, classes.get(f"aca:{name}", 0)) for name, words in _COUNTED.items()]
    graphs = edition.manifest.get("graphs") or {}
    counted += [("Named graphs", len(graphs)), ("Triples", edition.manifest.get("triples", 0))]
    rows = "".join(
        f'<tr><th scope="row">{text(name)}</th><td class="number">{int(count):,}</td></tr>\n'
        for name, count in counted
        if count
    )
    return f"<table>\n<caption>What is in it</caption>\n<tbody>\n{rows}</tbody>\n</table>\n"


def _downloads(edition: Edition) -> str:
    left = dict(edition.files)
    parts = ['<section id="files">\n<h2>Files</h2>\n']
    for title, pattern in _GROUPS:
        found = [left.pop(path) for path in sorted(left) if pattern.fullmatch(path)]
        if found:
            parts.append(files_table(title, found))
    if left:
        rest = files_table(
            "One file for each named graph, queries, reports", [left[path] for path in sorted(left)]
        )
        parts.append(f"<details>\n<summary>{len(left):,} more files</summary>\n{rest}</details>\n")
    return "".join((*parts, "</section>\n"))


def _cited(edition: Edition) -> str:
    parts = [f"<section>\n<h2>How to cite</h2>\n<p>{text(edition.citation())}</p>\n"]
    if "citation.bib" in edition.files:
        bibtex = (edition.folder / "citation.bib").read_text(encoding="utf-8", errors="replace")
        parts.append(f"<pre>{escape(bibtex.rstrip())}</pre>\n")
    return "".join((*parts, "</section>\n"))


def _licences(edition: Edition) -> str:
    parts = ["<section>\n<h2>Licence and sources</h2>\n"]
    if edition.licence:
        parts.append(f"<p>The dataset: {link(edition.licence, text(edition.licence))}</p>\n")
    if "LICENCES.md" in edition.files:
        parts.append('<p>Each source with its licence: <a href="LICENCES.md">LICENCES.md</a></p>\n')
    if edition.sources:
        parts.append(
            f"<details>\n<summary>{len(edition.sources):,} sources</summary>\n"
            f"{sources_table(edition.sources)}</details>\n"
        )
    return "".join((*parts, "</section>\n"))


def _checked(edition: Edition) -> str:
    digest = text(str(edition.manifest.get("rdfc10_sha256", "")))
    signed = ""
    if SIGNATURE in edition.files:
        signed = (
            '<p>The manifest is signed: <a href="manifest.json.minisig">manifest.json.minisig</a>, which '
            "<code>minisign</code> checks too.</p>\n"
        )
    return (
        "<section>\n<h2>How to check a download</h2>\n"
        "<p>In the folder of the files: <code>sha256sum --check --ignore-missing SHA256SUMS</code>, or "
        "<code>acagraph verify FOLDER</code>.</p>\n"
        f"<p>The dataset's hash by RDFC-1.0 with SHA-256: <code>{digest}</code></p>\n{signed}</section>\n"
    )


def _changes(edition: Edition) -> str:
    return ', <a href="changes/changes.md">what changed</a>' if "changes/changes.md" in edition.files else ""


def _embedded(edition: Edition) -> str:
    if not edition.described:
        return ""
    document = json.loads((edition.folder / "schema.jsonld").read_bytes())
    # A data block ends at the first </script>, also within a string of JSON.
    safe = json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{safe}</script>\n'

"""What programs that walk the web read first: robots.txt, the sitemap, llms.txt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

from acagraph.release.hosting.site import Edition, Site
from acagraph.vocab import BASE

# Of the protocol at sitemaps.org; with addresses under 2,048 characters no file comes near its 50 MB.
MOST_ADDRESSES = 50_000
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def robots(site: Site) -> bytes:
    """Return robots.txt (RFC 9309): everybody may read everything."""
    return f"User-agent: *\nDisallow:\n\nSitemap: {site.url('sitemap.xml')}\n".encode()


def sitemaps(site: Site, pages: Mapping[str, str], *, most: int = MOST_ADDRESSES) -> dict[str, bytes]:
    """Return the sitemap's files by path; `pages` has the day of the last change of each, by path.

    More than `most` pages are spread over several files, which sitemap.xml lists then.
    """
    entries = sorted((site.url(path), day) for path, day in pages.items())
    if len(entries) <= most:
        return {"sitemap.xml": _listed("urlset", "url", entries)}
    pieces = [entries[start : start + most] for start in range(0, len(entries), most)]
    named = {f"sitemap-{number}.xml": piece for number, piece in enumerate(pieces, start=1)}
    index = [(site.url(path), max(day for _, day in piece)) for path, piece in named.items()]
    files = {path: _listed("urlset", "url", piece) for path, piece in named.items()}
    return {"sitemap.xml": _listed("sitemapindex", "sitemap", index), **files}


def llms(site: Site, editions: Sequence[Edition]) -> bytes:
    """Return llms.txt: what is here, in Markdown, for language models and those who use them."""
    newest = editions[0]
    known = {
        "Data": (
            ("data/acagraph.ttl", "all triples as Turtle"),
            ("data/acagraph.nq.gz", "the same in named graphs, one source each, as N-Quads"),
            ("data/acagraph.jsonld", "the same as JSON-LD"),
            ("data/acagraph.xlsx", "tables in a workbook"),
            ("data/csv/csv-metadata.json", "tables as CSV: names, columns and types (CSVW)"),
        ),
        "Vocabulary": (
            ("ontology.ttl", "classes and properties with definitions"),
            ("shapes.ttl", "SHACL shapes that the data conforms to"),
            ("context.jsonld", "JSON-LD context"),
        ),
        "About the data": (
            ("dataset.ttl", "DCAT: distributions, licence, dates"),
            ("void.ttl", "VoID: counts by graph, class and property, links to other datasets"),
            ("LICENCES.md", "licence and attribution of each source"),
            ("CITATION.cff", "how to cite this version"),
            ("changes/changes.md", "what changed since the release before"),
            ("manifest.json", "every file with size and checksum"),
        ),
    }
    lines = [
        f"# {newest.title}",
        "",
        f"> {newest.description}",
        "",
        f"Version {newest.version} of {newest.date}, {int(newest.manifest.get('triples') or 0):,} triples. "
        f"IRIs begin with {BASE}. Licence: {newest.licence}. Cite: {newest.citation()}",
        "",
    ]
    for heading, files in known.items():
        present = [(path, words) for path, words in files if path in newest.files]
        if present:
            lines += [
                f"## {heading}",
                "",
                *(f"- [{path}]({site.url(path)}): {words}" for path, words in present),
                "",
            ]
    lines += ["## Optional", "", f"- [Releases]({site.url('releases/index.html')}): every version"]
    return ("\n".join(lines) + "\n").encode()


def _listed(root: str, item: str, entries: Iterable[tuple[str, str]]) -> bytes:
    lines = [f'{_HEAD}<{root} xmlns="{_NAMESPACE}">\n']
    for address, day in entries:
        when = f"<lastmod>{escape(day)}</lastmod>" if day else ""
        lines.append(f"<{item}><loc>{escape(address)}</loc>{when}</{item}>\n")
    return "".join((*lines, f"</{root}>\n")).encode()

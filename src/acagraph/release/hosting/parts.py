"""What several pages of a site have: the head, links for programs, tables of files and of sources."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from acagraph.release.descriptions.attributions import licence_id
from acagraph.release.files import File
from acagraph.release.hosting.site import Credit
from acagraph.validation.formats.markup import head, link, text


def page_head(title: str, *, back: tuple[str, str] | None = None, index: bool = True, more: str = "") -> str:
    """Return a page up to its content, with `more` in its head; search engines keep one with `index`."""
    if not index:
        more += '<meta name="robots" content="noindex">\n'
    return head(title, back=back).replace("<style>", f"{more}<style>", 1)


def signposts(links: Iterable[tuple[str, str, str]]) -> str:
    """Return links of a page's head: each of a relation, a target and its media type or nothing."""
    return "".join(
        f'<link rel="{relation}" href="{escape(target)}"' + (f' type="{escape(kind)}">\n' if kind else ">\n")
        for relation, target, kind in links
    )


def files_table(title: str, files: Iterable[File], up: str = "") -> str:
    """Return a table of files with their checksums and sizes; `up` leads to the folder that they stand in."""
    rows = "".join(
        f'<tr><th scope="row"><a href="{up}{quote(file.path)}">{text(file.path)}</a></th>'
        f'<td><code>{file.sha256}</code></td><td class="number">{_size(file.bytes)}</td></tr>\n'
        for file in files
    )
    start = '<tr><th>File</th><th>SHA-256</th><th class="number">Size</th></tr>'
    return (
        f"<table>\n<caption>{text(title)}</caption>\n<thead>{start}</thead>\n"
        f"<tbody>\n{rows}</tbody>\n</table>\n"
    )


def sources_table(sources: Iterable[Credit]) -> str:
    """Return a table of sources with their publishers and licences."""
    rows = "".join(
        f'<tr><th scope="row">{link(one.page, text(one.title)) if one.page else text(one.title)}</th>'
        f"<td>{text(one.publisher)}</td><td>{licence(one.licence)}</td></tr>\n"
        for one in sources
    )
    start = "<tr><th>Source</th><th>Publisher</th><th>Licence</th></tr>"
    return f"<table>\n<thead>{start}</thead>\n<tbody>\n{rows}</tbody>\n</table>\n"


def licence(iri: str) -> str:
    """Return a link to a licence by the name that it has, or what stands where none is known."""
    return link(iri, text(licence_id(iri) or iri)) if iri else "not stated"


def _size(count: int) -> str:
    """Return a number of bytes with three digits and a unit of powers of ten."""
    if count < 1_000:
        return f"{count} B"
    unit, size = next(
        ((unit, size) for unit, size in (("kB", 1e3), ("MB", 1e6)) if count < 999.5 * size), ("GB", 1e9)
    )
    return f"{count / size:.3g} {unit}"

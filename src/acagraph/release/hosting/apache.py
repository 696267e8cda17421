"""Configuration of Apache: of the site itself, and of the redirects that w3id.org keeps for the IRIs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from acagraph.release.hosting.site import Edition, Site, versions
from acagraph.stores import media
from acagraph.vocab import BASE

# From the form that is taken last to the one that is taken first among equally good ones.
_FORMS = (("rdf", media.RDF_XML), ("jsonld", media.JSON_LD), ("ttl", media.TURTLE))
_PAGE = r"(?:text/html|application/xhtml\+xml)"
_TEXTS = (".bib", ".cff", ".rq", ".toml")
_NEGOTIATED = "ontology|shapes|dataset|graph"

_README = """# /acagraph

Permanent identifiers of acagraph, a knowledge graph of climate coalitions, their members and what they
promise: its ontology, its things, its named graphs and its releases.

- Base: {base}
- Served at: {site}
- The data: {site}dataset
- Maintained by: {creators}. Add the account of a maintainer here, as w3id.org asks, before the pull request.
"""


# The page of /doc/agent/sony is the file doc/agent/sony.html; it stands beside a folder of that name.
_PAGE_OF = ("RewriteCond %{REQUEST_FILENAME}.html -f", "RewriteRule ^(.+[^/])$ $1.html [L]")


def site_rules(site: Site, editions: Sequence[Edition], policy: str) -> bytes:
    """Return the site's .htaccess: types, headers, content negotiation, and what was merged or withdrawn.

    `policy` is the Content-Security-Policy of its pages. It works wherever the folder stands, but for the
    page of errors, whose address Apache wants whole.
    """
    newest = editions[0]
    lines = [
        "# Made by `acagraph release publish`. Needs AllowOverride FileInfo Indexes (or All), and the",
        "# modules rewrite, headers, mime and dir.",
        "DirectoryIndex index.html",
        "# Else a folder such as ontology/ is redirected to before it is asked what the client likes.",
        "DirectorySlash Off",
        f"ErrorDocument 404 {site.home}404.html",
        "AddDefaultCharset off",
        *(f'AddType "{media_type}" {suffix}' for suffix, media_type in typed().items()),
        "RemoveEncoding .gz",
        '<FilesMatch "^SHA256SUMS$">',
        "  ForceType text/plain;charset=utf-8",
        "</FilesMatch>",
        '<Files "void">',
        "  ForceType text/turtle;charset=utf-8",
        "</Files>",
        "<IfModule mod_headers.c>",
        '  Header always set Access-Control-Allow-Origin "*"',
        '  Header always set Access-Control-Expose-Headers "ETag, Link, Location"',
        f'  Header always set Content-Security-Policy "{policy}"',
        '  Header always set Referrer-Policy "no-referrer"',
        '  Header always set X-Content-Type-Options "nosniff"',
        f'  Header always merge Vary Accept "expr=%{{REQUEST_URI}} =~ m#/(?:{_NEGOTIATED})(?:/|$)#"',
        "</IfModule>",
        *_preferred(),
        "# Where the folder stands on its host.",
        "RewriteCond %{REQUEST_URI}::$1 ^(.*?/)(.*)::\\2$",
        "RewriteRule ^(.*)$ - [E=BASE:%1]",
        *_moved(newest.redirects, "%{ENV:BASE}"),
        "RewriteRule ^id/(.+)$ %{ENV:BASE}doc/$1 [R=303,L]",
        "RewriteCond %{ENV:FORM} =html",
        *_PAGE_OF,
        *_vocabulary(editions, "", "[L]", page="[R=303,L]"),
        *_PAGE_OF,
        "RewriteCond %{REQUEST_FILENAME} -d",
        "RewriteRule ^(.*[^/])$ %{ENV:BASE}$1/ [R=301,L]",
    ]
    return ("\n".join(lines) + "\n").encode()


def permanent_rules(site: Site, editions: Sequence[Edition]) -> bytes:
    """Return the .htaccess of the folder acagraph/ at w3id.org: from each IRI to where the site tells of it.

    A thing is sent to its document with 303 (httpRange-14), a file to the file, a merged thing to its heir.
    Of a withdrawn one it is said here, since few hosts of static files can say 410.
    """
    lines = [
        f"# {BASE} is served at {site.address}",
        *_preferred(),
        f"RewriteRule ^$ {site.address} [R=303,L]",
        *_moved(editions[0].redirects, BASE),
        f"RewriteRule ^id/(.+)$ {site.address}doc/$1 [R=303,L]",
        *_vocabulary(editions, site.address, "[R=303,L]", page="[R=303,L]"),
        f"RewriteRule ^(scheme/.+)$ {site.address}$1 [R=303,L]",
        "# Releases, dumps and every other file, by their own names.",
        f"RewriteRule ^(.+)$ {site.address}$1 [R=302,L]",
    ]
    return ("\n".join(lines) + "\n").encode()


def permanent_readme(site: Site, editions: Sequence[Edition]) -> bytes:
    """Return the README.md that goes with the folder at w3id.org; it names the project, never a person."""
    creators = ", ".join(editions[0].creators)
    return _README.format(base=BASE, site=site.address, creators=creators).encode()


def _graph_dumps(edition: Edition) -> dict[str, set[str]]:
    """Return the forms of the unpacked dumps of each named graph, by its name after graph/, sorted."""
    found: dict[str, set[str]] = {}
    for path in sorted(edition.files):
        name, dot, form = path.removeprefix("data/graphs/").rpartition(".")
        if path.startswith("data/graphs/") and dot and form in dict(_FORMS):
            found.setdefault(name, set()).add(form)
    return found


def typed() -> dict[str, str]:
    """Return the media types of files by the end of their names, sorted; those of text say UTF-8."""
    return {
        suffix: f"{media_type}; charset=utf-8"
        if media_type.startswith("text/") or suffix in _TEXTS
        else media_type
        for suffix, media_type in sorted(media.FILES.items())
        if suffix
    }


def _preferred() -> Iterator[str]:
    """Yield what sets FORM to what a client likes best: ttl, jsonld, rdf, or html where it says nothing.

    A form without a weight (or with 1) goes before all that have less; among those RDF goes before a page.
    Weights cannot be compared here, as RFC 9110, section 12.5.1, wants it.
    """
    some = r"(?:;(?!\s*q=0(?:\.0*)?\s*(?:[,;]|$))[^,;]*)*"
    yield "RewriteEngine On"
    yield "RewriteRule ^ - [E=FORM:html]"
    for name, form in _FORMS:
        yield f"RewriteCond %{{HTTP:Accept}} {_ranged(form, some)} [NC]"
        yield f"RewriteRule ^ - [E=FORM:{name}]"
    best = r"(?:;(?!\s*q=)[^,;]*)*(?:;\s*q=1(?:\.0*)?\s*)?"
    for name, form in _FORMS:
        yield f"RewriteCond %{{HTTP:Accept}} {_ranged(form, best)} [NC]"
        yield f"RewriteRule ^ - [E=FORM:{name}]"
    yield rf"RewriteCond %{{HTTP:Accept}} (?:^|,)\s*{_PAGE}\s*{best}(?:,|$) [NC]"
    yield "RewriteRule ^ - [E=FORM:html]"


def _ranged(form: media.Format, weight: str) -> str:
    names = (form.media_type, *(alias for alias in form.aliases if alias.startswith("application/x-")))
    return rf"(?:^|,)\s*(?:{'|'.join(map(re.escape, names))})\s*{weight}(?:,|$)"


def _moved(redirects: Mapping[str, str], at: str) -> Iterator[str]:
    """Yield the rules for things that became others below `at` (301) and for those that are gone (410)."""
    for old, new in sorted(redirects.items()):
        path = re.escape(old.removeprefix(f"{BASE}id/"))
        if new:
            target = new.removeprefix(f"{BASE}id/")
            yield rf"RewriteRule ^(id|doc)/{path}(\.[a-z]+)?$ {at}$1/{target}$2 [R=301,L]"
        else:
            yield rf"RewriteRule ^(?:id|doc)/{path}(?:\.[a-z]+)?$ - [G]"


def _vocabulary(editions: Sequence[Edition], base: str, flags: str, *, page: str) -> Iterator[str]:
    """Yield the rules for what is a page to people and RDF to programs; `base` is where the files are.

    On the site itself a file is sent at once; `page` are the flags of rules that lead to a page.
    """
    newest = editions[0]
    at = base or "%{ENV:BASE}"
    yield from _negotiated("ontology", base, _forms("ontology", newest.files), flags)
    if base:
        yield f"RewriteRule ^ontology/?$ {at}ontology {page}"
    for version, edition in versions(editions).items():
        own = _forms("ontology", edition.files)
        below = f"releases/{edition.version}/"
        yield from _negotiated(f"ontology/{version}", base, own, flags, below=below)
    shapes = {"ttl": "shapes.ttl"} if "shapes.ttl" in newest.files else {}
    yield from _negotiated("shapes", base, shapes, flags)
    if "rules.html" in newest.files:
        yield f"RewriteRule ^shapes/?$ {at}rules.html {page}"
    yield from _negotiated("dataset", base, _forms("dataset", newest.files), flags)
    if base:
        yield f"RewriteRule ^dataset/?$ {at}dataset {page}"
    else:
        yield f"RewriteRule ^dataset/?$ {at} {page}"
    if dumps := _graph_dumps(newest):
        common = "|".join(sorted(set.intersection(*dumps.values())))
        yield f"RewriteCond %{{ENV:FORM}} ^({common})$"
        yield f"RewriteRule ^graph/(.+?)/?$ {base}data/graphs/$1.%1 {flags}"
        if base:
            yield f"RewriteRule ^(graph/.+)$ {at}$1 {page}"


def _forms(name: str, files: Iterable[str]) -> dict[str, str]:
    """Return the files of a document in several forms, by form; RDF/XML of an ontology is called .owl."""
    present = set(files)
    named = {"ttl": f"{name}.ttl", "jsonld": f"{name}.jsonld", "rdf": f"{name}.owl"}
    return {form: file for form, file in named.items() if file in present}


def _negotiated(
    path: str, base: str, forms: Mapping[str, str], flags: str, *, below: str = ""
) -> Iterator[str]:
    for form, file in forms.items():
        yield f"RewriteCond %{{ENV:FORM}} ={form}"
        yield f"RewriteRule ^{re.escape(path)}/?$ {base}{below}{file} {flags}"

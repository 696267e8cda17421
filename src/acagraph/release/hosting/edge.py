"""Headers and redirects as Netlify and Cloudflare Pages read them, and what such hosts refuse."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from acagraph.release.hosting.apache import typed
from acagraph.release.hosting.site import Edition, Layout, Moved, is_page
from acagraph.vocab import BASE

# Of Cloudflare Pages: redirects to one address each, characters of a line.
MOST_REDIRECTS = 2_000
LONGEST_LINE = 1_000
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_HEAD_BYTES = 65_536
_MIB = 1 << 20


def policy(layout: Layout, *, own: bool) -> str:
    """Return a Content-Security-Policy: pages of `layout` load nothing, and use the styles that they carry.

    With `own` there are pages of a release too, which are not among them, and use files of the site.
    """
    found = set()
    for path, source in layout.items():
        if is_page(path):
            for style in _STYLE.findall(_beginning(source)):
                found.add(f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'")
    styles = " ".join([*(["'self'"] if own else []), *sorted(found)]) or "'none'"
    if own:
        return (
            f"default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; "
            "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
    return (
        f"default-src 'none'; style-src {styles}; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def headers(policy: str) -> bytes:
    """Return _headers: sharing and safety for all, and the types of files that hosts do not know."""
    lines = [
        "/*",
        "  Access-Control-Allow-Origin: *",
        f"  Content-Security-Policy: {policy}",
        "  Referrer-Policy: no-referrer",
        "  X-Content-Type-Options: nosniff",
        "/.well-known/void",
        "  Content-Type: text/turtle; charset=utf-8",
        "/SHA256SUMS",
        "  Content-Type: text/plain; charset=utf-8",
    ]
    for suffix, media_type in typed().items():
        lines += [f"/*{suffix}", f"  Content-Type: {media_type}"]
    return ("\n".join(lines) + "\n").encode()


def redirects(editions: Sequence[Edition], *, own: bool = False) -> tuple[bytes, list[str]]:
    """Return _redirects and notices: to documents, and from what was merged to what it became.

    What was withdrawn has no rule: these hosts cannot say 410, so it is not found. Nor do all know 303; the
    redirects at w3id.org say that. With `own` the release has pages of its own.
    """
    newest = editions[0]
    fixed = [] if own or "rules.html" not in newest.files else ["/shapes /rules.html 302"]
    for old, new in sorted(newest.redirects.items()):
        if new:
            paths = [quote(iri.removeprefix(f"{BASE}id/")) for iri in (old, new)]
            fixed += [f"/{kind}/{paths[0]} /{kind}/{paths[1]} 301" for kind in ("id", "doc")]
    kept = [line for line in fixed if len(line) <= LONGEST_LINE][: MOST_REDIRECTS - 1]
    notices = []
    if len(kept) < len(fixed):
        notices.append(
            f"_redirects leaves out {len(fixed) - len(kept):,} of {len(fixed):,} redirects: Cloudflare Pages "
            f"takes {MOST_REDIRECTS:,} of {LONGEST_LINE:,} characters; .htaccess has them all"
        )
    return ("\n".join([*kept, "/id/* /doc/:splat 302"]) + "\n").encode(), notices


def refused(sizes: Iterable[int]) -> list[str]:
    """Return what hosts will not take of files of these sizes in bytes: limits of summer 2026."""
    known = list(sizes)
    notices = []
    for most, who in ((25 * _MIB, "Cloudflare Pages"), (100 * _MIB, "a repository at GitHub")):
        if large := sum(1 for size in known if size > most):
            notices.append(f"{large} files are larger than {most // _MIB} MiB, which {who} does not take")
    if (total := sum(known)) > 1_000_000_000:
        notices.append(f"all files together have {total / 1e9:.1f} GB; GitHub Pages wants less than 1 GB")
    return notices


def _beginning(source: Path | Moved | bytes) -> bytes:
    if isinstance(source, bytes):
        return source[:_HEAD_BYTES]
    if isinstance(source, Moved):
        return source.read()[:_HEAD_BYTES]
    with source.open("rb") as file:
        return file.read(_HEAD_BYTES)

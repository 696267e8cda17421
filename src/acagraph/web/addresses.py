"""Addresses within the application, wherever it is mounted."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request

from acagraph.web.languages import ENGLISH

RELEASES = "/releases/"
LANGUAGE = "language"
# What may stand in the path of an address as it is (RFC 3986, section 3.3).
_SAFE = "/:@!$&'()*+,;=~"


def local(request: Request, path: str = "") -> str:
    """Return the address, without host, of a path such as `data/file`; without a path, of the application.

    Below /releases/VERSION/ that is the application of this version. It is of no language: files and data
    have none.
    """
    root = str(request.scope.get("root_path", "")).rstrip("/")
    return f"{root}/{path}" if path else root


def page(request: Request, path: str = "", language: str = "") -> str:
    """Return the address, without host, of a page in a language; without one, in that of the request."""
    tag = language or language_of(request)
    return f"{local(request)}/{path}" if tag == ENGLISH else f"{local(request)}/{tag}/{path}"


def language_of(request: Request) -> str:
    """Return the tag of the language that the address of a request names."""
    return str(request.scope.get(LANGUAGE, ENGLISH))


def page_path(request: Request) -> str:
    """Return the path of a request without language, release and mount, as it can stand in an address."""
    path = str(request.scope["path"]).removeprefix(local(request)).lstrip("/")
    return quote(path, safe=_SAFE, errors="replace")


def asked(request: Request) -> str:
    """Return the path of a request as it was asked, with its language."""
    path, tag, root = str(request.scope["path"]), language_of(request), local(request)
    return path if tag == ENGLISH else f"{root}/{tag}{path.removeprefix(root)}"


def outer(request: Request) -> str:
    """Return the address, without host, of the application with all its releases."""
    root, found, version = local(request).rpartition(RELEASES)
    return root if found and "/" not in version else local(request)

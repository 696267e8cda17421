"""Addresses within the application, wherever it is mounted."""

from __future__ import annotations

from starlette.requests import Request

RELEASES = "/releases/"


def local(request: Request, path: str = "") -> str:
    """Return the address, without host, of a path such as `queries`; without a path, of the application.

    Below /releases/VERSION/ that is the application of this version.
    """
    root = str(request.scope.get("root_path", "")).rstrip("/")
    return f"{root}/{path}" if path else root


def outer(request: Request) -> str:
    """Return the address, without host, of the application with all its releases."""
    root, found, version = local(request).rpartition(RELEASES)
    return root if found and "/" not in version else local(request)

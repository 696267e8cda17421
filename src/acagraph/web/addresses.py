"""Addresses within the application, wherever it is mounted."""

from __future__ import annotations

from starlette.requests import Request


def local(request: Request, path: str = "") -> str:
    """Return the address, without host, of a path such as `queries`; without a path, of the application."""
    root = str(request.scope.get("root_path", "")).rstrip("/")
    return f"{root}/{path}" if path else root

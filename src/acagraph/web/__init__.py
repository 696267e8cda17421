"""The web service: a thin shell over a dataset (needs the extra `serve`)."""

from acagraph.web.app import create_app

__all__ = ["create_app"]

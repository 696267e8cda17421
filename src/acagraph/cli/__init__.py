"""The command line: a shell around the other modules, without logic of its own."""

from acagraph.cli.shell import main

__all__ = ["main"]

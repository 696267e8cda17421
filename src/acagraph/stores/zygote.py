"""The zygote as a program of its own: it forks workers for the owner of its standard input."""

from __future__ import annotations

import contextlib
import gc
import socket
import sys

from acagraph.errors import AcagraphError
from acagraph.stores.conditions import Conditions
from acagraph.stores.forking import Zygote


def main() -> None:
    """Load the store where it is a file, and fork workers until the owner is gone."""
    conditions = Conditions.load(sys.argv[1])
    loaded = None
    with contextlib.suppress(AcagraphError):  # each worker meets the error again, and tells it
        loaded = conditions.open() if conditions.target.is_file() else None
    gc.collect()
    gc.freeze()  # or the collector would write to, and so copy, the pages that workers share
    Zygote(socket.socket(fileno=0), conditions, loaded).run()


if __name__ == "__main__":
    main()

"""The zygote as a program of its own: it forks workers for the owner of its standard input."""

from __future__ import annotations

import contextlib
import gc
import socket
import sys

from acagraph.errors import AcagraphError
from acagraph.stores.conditions import Conditions
from acagraph.stores.forking import Zygote, load_to_share


def main() -> None:
    """Load the store where it is a file, and fork workers until the owner is gone."""
    conditions = Conditions.load(sys.argv[1])
    loaded = None
    with contextlib.suppress(AcagraphError):  # each worker meets the error again, and tells it
        if conditions.target.is_file():
            loaded = load_to_share(conditions.target, services=conditions.services)
    gc.collect()
    gc.freeze()  # or the collector would write to, and so copy, the pages that workers share
    Zygote(socket.socket(fileno=0), conditions, loaded).run()


if __name__ == "__main__":
    main()

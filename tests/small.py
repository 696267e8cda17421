"""The small release that tests of the query side use, and a server for it on a free port."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph
import uvicorn
from starlette.types import ASGIApp

HERE = Path(__file__).parent / "fixtures" / "small"
DATA = HERE / "data.trig"
QUERIES = HERE / "queries"


def write_release(folder: Path) -> Path:
    """Write the small data as a release folder: store, saved queries, dumps, manifest, redirects."""
    store = pyoxigraph.Store(str(folder / "store"))
    store.bulk_load(path=str(DATA), format=pyoxigraph.RdfFormat.TRIG)
    store.flush()
    del store
    shutil.copytree(QUERIES, folder / "queries")
    (folder / "data").mkdir()
    shutil.copy(DATA, folder / "data" / "acagraph.trig")
    for name in ("ontology.ttl", "shapes.ttl"):
        (folder / name).write_text(f"# the small release's {name}\n", encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"version": "1.2.3"}), encoding="utf-8")
    (folder / "redirects.csv").write_text("from,to\ncoalition:jci-old,coalition:jci\n", encoding="utf-8")
    return folder


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an app with uvicorn on a free port of the loopback interface; yield its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="on", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)

"""Content codings: which one a request prefers, and bytes written in it (RFC 9110, section 8.4.1)."""

from __future__ import annotations

import contextlib
import gzip
import importlib
import sys
from collections.abc import Callable, Mapping

from acagraph.errors import NotAcceptable
from acagraph.stores import media

_LEVEL = 6
# Below this size a coding costs more than it saves.
_WORTH = 1_000


def preferred(accepted: str, codings: Mapping[str, Callable[[bytes], bytes]]) -> str:
    """Return the coding that an Accept-Encoding header prefers, or nothing for the bytes as they are.

    At equal quality the earlier of `codings` wins, and any of them over none (RFC 9110, section 12.5.3).
    Raises NotAcceptable when the header forbids the bytes as they are and takes none of the codings.
    """
    qualities = _qualities(accepted)
    anything = qualities.get("*", 0.0)
    best, quality = "", 0.0
    for coding in codings:
        value = qualities.get(coding, anything)
        if value > quality:
            best, quality = coding, value
    plain = qualities.get("identity", None if anything or "*" not in qualities else 0.0)
    if plain is not None and plain > quality:
        return ""
    if not best and plain == 0.0:
        raise NotAcceptable(
            f"cannot answer with Accept-Encoding {accepted!r}; take one of {', '.join(codings)}"
        )
    return best


def available() -> dict[str, Callable[[bytes], bytes]]:
    """Return the codings that can be written here, the best first; equal bytes give equal bytes."""
    found: dict[str, Callable[[bytes], bytes]] = {}
    module = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    with contextlib.suppress(ModuleNotFoundError):  # it is in the extra `serve`; gzip is everywhere
        found["zstd"] = importlib.import_module(module).compress
    found["gzip"] = lambda body: gzip.compress(body, _LEVEL, mtime=0)
    return found


def worth(size: int, media_type: str) -> bool:
    """Tell whether a body of that many bytes and that type should be coded."""
    main = media_type.partition(";")[0]
    return size > _WORTH and (
        main.startswith("text/") or main.endswith(("json", "xml", "n-triples", "n-quads", "trig"))
    )


def _qualities(accepted: str) -> dict[str, float]:
    listed = ((name.lower(), media.quality(parameters)) for name, parameters in media.items(accepted))
    return {"gzip" if name == "x-gzip" else name: weight for name, weight in listed if name}

"""What schemathesis loads beside the OpenAPI document: how a SPARQL query is sent as a body."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.serializer("application/sparql-query")
def query(context: Any, value: Any) -> bytes:  # noqa: ARG001
    """Return a query as it stands, and what is no text as JSON would write it."""
    return str(value).encode("utf-8", "surrogatepass")

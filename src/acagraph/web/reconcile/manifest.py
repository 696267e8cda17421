"""The manifest of the service: what it can do, and at which addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from acagraph import __version__
from acagraph.web.reconcile.extension import SETTINGS
from acagraph.web.reconcile.identifiers import SCHEMA, SPACE
from acagraph.web.reconcile.kinds import Kind
from acagraph.web.reconcile.queries import BATCH

PREVIEW_SIZE = (400, 160)
_SUGGESTED = ("entity", "type", "property")


def manifest(root: str, version: str, kinds: Sequence[Kind]) -> dict[str, Any]:
    """Return the manifest (Reconciliation Service API 0.2, section 3.1).

    `root` is the address of the release with its host, `version` that of the release, `kinds` are those that
    are a sensible choice where none is chosen.
    """
    service = f"{root}/reconcile"
    width, height = PREVIEW_SIZE
    return {
        "versions": ["0.2"],
        "name": f"acagraph {version}".strip(),
        "identifierSpace": SPACE,
        "schemaSpace": SCHEMA,
        "documentation": f"{root}/api#get-reconcile",
        "serviceVersion": __version__,
        "defaultTypes": [{"id": kind.id, "name": kind.name} for kind in kinds],
        "view": {"url": f"{root}/id/{{{{id}}}}"},
        "preview": {"url": f"{service}/preview?id={{{{id}}}}", "width": width, "height": height},
        "suggest": {
            name: {
                "service_url": service,
                "service_path": f"/suggest/{name}",
                "flyout_service_url": service,
                "flyout_service_path": f"/flyout/{name}?id=${{id}}",
            }
            for name in _SUGGESTED
        },
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/extend/propose"},
            "property_settings": list(SETTINGS),
        },
        "batchSize": BATCH,
    }

"""The licence of a release and of each source that it is taken from, for people and for programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from acagraph.release.descriptions.attributions import Attribution, licence_id
from acagraph.release.descriptions.citation import cited
from acagraph.release.descriptions.terms import release_iri
from acagraph.sources import DatasetInfo
from acagraph.vocab import compact


def as_json(info: DatasetInfo, author: str, sources: Sequence[Attribution]) -> dict[str, object]:
    """Return licences.json: the release's licence and credit line, then each source's; null is unknown."""
    return {
        "dataset": release_iri(info.version),
        "title": info.title,
        "version": info.version,
        "licence": _licence(info.licence),
        "credit": _credit(info, author),
        "sources": [
            {
                "source": one.source,
                "title": one.title,
                "publisher": one.publisher or None,
                "edition": one.edition or None,
                "licence": _licence(one.licence),
                "credit": one.credit,
                "page": one.page or None,
                "graphs": list(one.graphs),
            }
            for one in sources
        ],
    }


def as_markdown(info: DatasetInfo, author: str, sources: Sequence[Attribution]) -> str:
    """Return LICENCES.md: the same for people, the sources by licence, those of unknown licence last."""
    lines = [
        f"# Licences of {info.title}, version {info.version}",
        "",
        f"This release is published under {_named(info.licence)}. Credit it as:",
        "",
        f"> {_credit(info, author)}",
        "",
        f"It is taken from {len(sources)} sources. Who uses what a source states credits the source too.",
    ]
    groups: dict[str, list[Attribution]] = defaultdict(list)
    for one in sources:
        groups[one.licence].append(one)
    for licence in sorted(groups, key=lambda licence: (not licence, licence)):
        lines += ["", f"## {_named(licence) if licence else 'Licence unknown'}", ""]
        if not licence:
            lines += [
                "The dataset knows of no licence of these sources. It holds facts that they state, names and "
                "short quotations with the place where they stand, not their texts.",
                "",
            ]
        for one in groups[licence]:
            graphs = ", ".join(f"`{compact(graph).rpartition('/graph/')[2]}`" for graph in one.graphs)
            told = "" if one.credit == f"{one.title}." else f" {one.credit}"
            lines.append(f"- **{one.title or one.source}** (graphs: {graphs or 'none'}).{told}")
    return "\n".join(lines) + "\n"


def _credit(info: DatasetInfo, author: str) -> str:
    return cited(info.title, info.version, by=author, year=info.date.year)


def _licence(iri: str) -> dict[str, str | None] | None:
    return {"iri": iri, "spdx": licence_id(iri)} if iri else None


def _named(iri: str) -> str:
    known = licence_id(iri)
    return f"{known} (<{iri}>)" if known else f"<{iri}>"

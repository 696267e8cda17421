"""What the records state: memberships, pledges, populations, partnerships and who supports whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from acagraph.imports.covenant.signatories import REGISTER, Signatory
from acagraph.imports.tables import Cells, statement_slug

COALITION = "coalition/covenant-of-mayors"

_COUNT = "http://qudt.org/vocab/unit/NUM"
# Goal, target year and description by field; the register gives no percentage and no date of a pledge.
_PLEDGES: Mapping[str, Cells] = {
    "pledge-2020": {
        "goal": "covenant-2020",
        "target_year": "2020",
        "description": "Pursue the 2020 initiative.",
    },
    "pledge-2030": {
        "goal": "covenant-2030",
        "target_year": "2030",
        "description": "Pursue the 2030 initiative.",
    },
    "pledge-2050": {
        "goal": "covenant-2050",
        "target_year": "2050",
        "description": "Pursue the 2050 initiative.",
    },
    "adaptation": {"goal": "covenant-adaptation", "description": "Adapt to climate change."},
}
# The role in the coalition and the direct property, by the column that names a partner.
PARTNERS: Mapping[str, tuple[str, str]] = {
    "supporter_name": ("supporter", "supportedBy"),
    "coordinator_name": ("territorial-coordinator", "coordinatedBy"),
}


def membership(item: Signatory, actor: str) -> Cells:
    """Return the row of memberships.csv for a record."""
    day = item.adhesion.isoformat()
    return {
        "statement": statement_slug(REGISTER, item.id, "membership:covenant-of-mayors"),
        "class": "Membership",
        "participant": actor,
        "coalition": COALITION,
        "status": item.status,
        "starts_not_before": f"{day}T00:00:00Z",
        "starts_not_after": f"{day}T23:59:59Z",
        "start_text": day,
        "evidence": item.record,
    }


def commitments(item: Signatory, actor: str) -> Iterator[Cells]:
    """Yield the rows of commitments.csv for a record."""
    for field in item.pledges:
        yield {
            "statement": statement_slug(REGISTER, item.id, field),
            "class": "PrinciplePledge",
            "committed_by": actor,
            "evidence": item.record,
            **_PLEDGES[field],
        }


def population(item: Signatory, actor: str) -> Cells:
    """Return the row of figures.csv for a record: what it declared when it joined."""
    year = item.adhesion.year
    return {
        "statement": statement_slug(REGISTER, item.id, "population"),
        "subject": actor,
        "metric": "inhabitants",
        "value": f"{item.population}.0",
        "unit": _COUNT,
        "qualifier": "exact",
        "as_of_not_before": f"{year}-01-01T00:00:00Z",
        "as_of_not_after": f"{year}-12-31T23:59:59Z",
        "as_of_text": str(year),
        "evidence": item.record,
    }


def relation(item: Signatory, actor: str, column: str, partner: str) -> Cells:
    """Return the row of relations.csv that links a signatory to its supporter or coordinator."""
    field = column.removesuffix("_name")
    return {
        "statement": statement_slug(REGISTER, item.id, field),
        "subject": actor,
        "property": PARTNERS[column][1],
        "object": partner,
        "evidence": item.record,
    }


def partnerships(column: str, records: Mapping[str, Iterable[str]]) -> Iterator[Cells]:
    """Yield the rows of partnerships.csv: one statement for each partner, a row for each record naming it."""
    for partner in sorted(records):
        slug = partner.partition("/")[2].removeprefix(f"{REGISTER}-")
        for record in sorted(records[partner]):
            yield {
                "statement": statement_slug(REGISTER, slug, f"partnership:{PARTNERS[column][0]}"),
                "class": "SupportingPartnership",
                "participant": partner,
                "coalition": COALITION,
                "role": PARTNERS[column][0],
                "evidence": record,
            }


def country(group: str, identifier: str, place: str, records: Iterable[str]) -> Iterator[Cells]:
    """Yield the rows of relations.csv that tell the country of a group, which governs no area itself."""
    for record in sorted(records):
        yield {
            "statement": statement_slug(REGISTER, identifier, "country"),
            "subject": group,
            "property": "country",
            "object": place,
            "evidence": record,
        }

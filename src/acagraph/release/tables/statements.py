"""The tables of statements, one a row: who takes part, what is promised, what is counted, what is linked."""

from __future__ import annotations

from acagraph.release.tables.fields import (
    code,
    countries_of,
    day,
    itself,
    kind,
    kinds_of,
    last,
    names,
    number,
    thing,
    value,
    words,
)
from acagraph.release.tables.layouts import SEPARATOR, Field, Layout, layout
from acagraph.release.tables.lookups import RDF_TYPE, Lookups
from acagraph.release.tables.model import Column
from acagraph.release.tables.subjects import Subject
from acagraph.vocab import ACA

_TYPE = f"<{RDF_TYPE}>".encode()
_LATEST = ACA + "LatestFigure"
_EVIDENCE, _PARTICIPANT, _COALITION = (
    f"<{ACA}{name}>".encode() for name in ("evidence", "participant", "inCoalition")
)
_EDTF = "in EDTF (ISO 8601-2)"


def _found_at(subject: Subject, look: Lookups) -> list[str]:
    return [look.known(iri).place for iri in subject.iris(_EVIDENCE)]


def _replaced(subject: Subject, look: Lookups) -> list[str]:
    return look.superseding(subject.iri)


def _member_now(subject: Subject, look: Lookups) -> list[str]:
    now = [
        coalition in look.known(member).coalitions
        for member in subject.iris(_PARTICIPANT)
        for coalition in subject.iris(_COALITION)
    ]
    return ["true" if any(now) else "false"]


def _latest(subject: Subject, _: Lookups) -> list[str]:
    return ["true" if _LATEST in subject.iris(_TYPE) else "false"]


def _who(column: str, title: str, property: str) -> tuple[Field, ...]:
    """Whom a statement is about: IRI, name, kind and country."""
    return (
        thing(column, title, f"{title}: the IRI.", property, required=True),
        names(f"{column}_name", f"{title}: name", property),
        kinds_of(f"{column}_kind", f"{title}: kind", property),
        countries_of(f"{column}_country", f"{title}: country", property),
    )


def _times() -> tuple[Field, ...]:
    """From when and until when a statement holds."""
    return (
        value("from_stated", "From", f"Since when it holds, as stated, {_EDTF}.", "aca:startText"),
        day("from_earliest", "From, earliest", "The first day it can have begun.", "aca:startsNotBefore"),
        day("from_latest", "From, latest", "The last day it can have begun.", "aca:startsNotAfter"),
        value("until_stated", "Until", f"Until when it holds, as stated, {_EDTF}.", "aca:endText"),
        day("until_earliest", "Until, earliest", "The first day it can have ended.", "aca:endsNotBefore"),
        day("until_latest", "Until, latest", "The last day it can have ended.", "aca:endsNotAfter"),
    )


def _said() -> tuple[Field, ...]:
    """When a statement was said to be true, by whom, and how sure that is."""
    replaced = Column(
        "replaced_by",
        "Replaced by",
        "IRIs of newer statements of the same thing that take its place.",
        "anyURI",
        separator=SEPARATOR,
    )
    found = Column(
        "found_at",
        "Found at",
        "Where in the source, in the order of the column evidence: a record, characters, or the page.",
        separator=SEPARATOR,
    )
    return (
        value("as_of_stated", "As of", f"When it was said to be true, as stated, {_EDTF}.", "aca:asOfText"),
        day("as_of_earliest", "As of, earliest", "The first day of that time.", "aca:asOfNotBefore"),
        day("as_of_latest", "As of, latest", "The last day of that time.", "aca:asOfNotAfter"),
        code(
            "basis",
            "Basis",
            "How the statement rests on its source; empty: it says so.",
            "aca:basis",
            "basis",
        ),
        Field(replaced, _replaced),
        words("notes", "Notes", "Remarks of the editors.", "skos:editorialNote", several=True),
        thing("sources", "Sources", "IRIs of the sources that say so.", "aca:statedIn", several=True),
        names("source_titles", "Titles of the sources", "aca:statedIn", several=True),
        thing("evidence", "Evidence", "IRIs of the places that say so.", "aca:evidence", several=True),
        Field(found, _found_at, (_EVIDENCE,)),
    )


_SAID_REFERS = {"sources": "sources", "evidence": "evidence"}


def _part(key: str, title: str, who: str, who_title: str, *, now: bool) -> tuple[Field, ...]:
    is_now = Column(
        "member_now",
        "Member now",
        "Whether it is a member of the coalition as far as the newest source tells.",
        "boolean",
    )
    return (
        itself(key, title, "The IRI of the statement."),
        *_who(who, who_title, "aca:participant"),
        thing("coalition", "Coalition", "The IRI of the coalition.", "aca:inCoalition", required=True),
        names("coalition_name", "Name of the coalition", "aca:inCoalition"),
        kind(),
        code(
            "role", "Role", "The role in which it takes part.", "aca:participationRole", "participation-role"
        ),
        code(
            "status",
            "Status",
            "What the source says of it; empty: nothing.",
            "aca:participationStatus",
            "participation-status",
        ),
        *((Field(is_now, _member_now, (_PARTICIPANT, _COALITION)),) if now else ()),
        *_times(),
        *_said(),
    )


MEMBERSHIPS = layout(
    ("memberships", "Memberships", "Who is or was a member of which coalition, one statement a row."),
    _part("membership", "Membership", "member", "Member", now=True),
    below=["id/statement/"],
    classes=["aca:Membership"],
    refers={"member": "actors", "coalition": "coalitions", **_SAID_REFERS},
)

PARTNERSHIPS = layout(
    (
        "partnerships",
        "Partnerships and other roles",
        "Who takes part in a coalition other than as a member, one statement a row: partners, supporters, "
        "coordinators, leaders.",
    ),
    _part("participation", "Participation", "participant", "Participant", now=False),
    below=["id/statement/"],
    classes=["aca:Participation"],
    but=["aca:Membership"],
    refers={"participant": "actors", "coalition": "coalitions", **_SAID_REFERS},
)

_UNIT = (
    "The last part of the IRI of the unit: one of QUDT (such as NUM or PERCENT) or a code of the scheme "
    "unit, see the table terms."
)

COMMITMENTS = layout(
    ("commitments", "Commitments", "Who promises what until when, one statement a row."),
    (
        itself("commitment", "Commitment", "The IRI of the statement."),
        *_who("actor", "Who", "aca:committedBy"),
        kind(),
        words("description", "Description", "What is promised, in our words.", "dcterms:description"),
        value("target_year", "Target year", "The year to meet it by.", "aca:targetYear", "integer"),
        value("percent", "Percent", "By how many percent less.", "aca:reductionPercent", "decimal"),
        value("baseline_year", "Baseline year", "Less than in that year.", "aca:baselineYear", "integer"),
        value(
            "baseline_level", "Baseline level", "The level then, in the unit.", "aca:baselineLevel", "decimal"
        ),
        value(
            "target_level", "Target level", "The level to reach, in the unit.", "aca:targetLevel", "decimal"
        ),
        last("unit", "Unit", _UNIT, "aca:unit"),
        code("qualifier", "Qualifier", "Exact, or a bound.", "aca:qualifier", "qualifier"),
        code(
            "target_basis", "Measured against", "What it is measured by.", "aca:targetBasis", "target-basis"
        ),
        code("target_status", "Status", "How firmly it has been set.", "aca:targetStatus", "target-status"),
        code("target_wording", "Wording", "The word of the source.", "aca:targetWording", "target-wording"),
        code(
            "emission_scopes",
            "Scopes",
            "The scopes of emissions that it covers.",
            "aca:emissionScope",
            "emission-scope",
            several=True,
        ),
        code(
            "commitment_scope",
            "Whose promise",
            "Whether it is the promise of a coalition as a whole or of its members.",
            "aca:commitmentScope",
            "commitment-scope",
        ),
        thing("goals", "Goals", "IRIs of the goals that it serves.", "aca:pursuesGoal", several=True),
        names("goal_names", "Names of the goals", "aca:pursuesGoal", several=True),
        code(
            "conditionality",
            "Conditionality",
            "Whether it depends on something.",
            "aca:conditionality",
            "conditionality",
        ),
        words("condition", "Condition", "What it depends on.", "aca:condition"),
        code("validation", "Validation", "How far it has been checked.", "aca:validation", "validation"),
        thing("addressees", "Addressees", "IRIs of those whom it is to move.", "aca:addressee", several=True),
        names("addressee_names", "Names of the addressees", "aca:addressee", several=True),
        thing(
            "interim_of",
            "Interim of",
            "The IRI of the commitment on whose way it is.",
            "aca:interimOf",
        ),
        *_times(),
        *_said(),
    ),
    below=["id/statement/"],
    classes=["aca:Commitment"],
    refers={"actor": "actors", "addressees": "actors", "interim_of": "commitments", **_SAID_REFERS},
)

NO_TARGETS = layout(
    (
        "no_targets",
        "No target found",
        "Of whom a source says that it has looked for a target and found none, one statement a row.",
    ),
    (
        itself("statement", "Statement", "The IRI of the statement."),
        *_who("actor", "Who", "aca:noTargetOf"),
        *_said(),
    ),
    below=["id/statement/"],
    classes=["aca:NoTargetFound"],
    refers={"actor": "actors", **_SAID_REFERS},
)

OBSERVATIONS = layout(
    ("observations", "Observations", "Figures that sources give: numbers, ranks and shares, one a row."),
    (
        itself("figure", "Figure", "The IRI of the statement."),
        *_who("subject", "Of what", "aca:figureSubject"),
        code("metric", "Metric", "What is counted or measured.", "aca:metric", "metric"),
        names("metric_name", "Name of the metric", "aca:metric"),
        value("value", "Value", "The number; empty: a statement without one.", "aca:value", "decimal"),
        last("unit", "Unit", _UNIT, "aca:unit"),
        code("qualifier", "Qualifier", "Exact, or a bound.", "aca:qualifier", "qualifier"),
        Field(
            Column(
                "latest", "Latest", "Whether it is the newest for its subject, metric and unit.", "boolean"
            ),
            _latest,
            (_TYPE,),
        ),
        words("verbatim", "Verbatim", "The short words of the source.", "aca:verbatim", several=True),
        thing(
            "reference_area", "Share of", "The IRI of the area that it is a share of.", "aca:referenceArea"
        ),
        names("reference_area_name", "Name of that area", "aca:referenceArea"),
        thing(
            "attributed_to",
            "Attributed to",
            "IRIs of those whom the source has it from.",
            "aca:attributedTo",
            several=True,
        ),
        names("attributed_to_names", "Names of those", "aca:attributedTo", several=True),
        *_said(),
    ),
    below=["id/statement/"],
    classes=["aca:Figure"],
    refers={"reference_area": "places", **_SAID_REFERS},
)

RELATIONS = layout(
    ("relations", "Relations", "Whatever else sources say of things, one statement a row."),
    (
        itself("relation", "Relation", "The IRI of the statement."),
        *_who("subject", "Of what", "aca:relationSubject"),
        thing("property", "Property", "The IRI of what is said.", "aca:relationProperty", required=True),
        names("property_name", "Name of the property", "aca:relationProperty"),
        thing(
            "objects", "Objects", "IRIs of those to which it is related.", "aca:relationObject", several=True
        ),
        names("object_names", "Names of the objects", "aca:relationObject", several=True),
        words("text", "Text", "What is said, where that is no thing.", "aca:relationText"),
        *_times(),
        *_said(),
    ),
    below=["id/statement/"],
    classes=["aca:Relation"],
    refers={"property": "terms", **_SAID_REFERS},
)

LINKS = layout(
    (
        "links",
        "Links",
        "Which things of acagraph are the same as, or close to, which elsewhere, one a row, as in SSSOM.",
    ),
    (
        itself("mapping", "Mapping", "The IRI of the mapping."),
        thing("subject", "Subject", "The IRI of acagraph's thing.", "owl:annotatedSource", required=True),
        names("subject_name", "Name of the subject", "owl:annotatedSource"),
        last("predicate", "Predicate", "The property of SKOS, such as exactMatch.", "owl:annotatedProperty"),
        thing("object", "Object", "The IRI elsewhere.", "owl:annotatedTarget", required=True),
        last("status", "Status", "Only what is confirmed is a link; else what it waits for.", "adms:status"),
        last(
            "justification",
            "Justification",
            "How it was found: a term of the Semantic Mapping Vocabulary.",
            "sssom:mapping_justification",
        ),
        number("confidence", "Confidence", "From 0 to 1, where one is told.", "sssom:confidence"),
        value("distance", "Distance", "Kilometres between the two.", "aca:distanceKm", "decimal"),
        value("date", "Date", "When it was made.", "dcterms:created", "date"),
        words("tool", "Tool", "What found it.", "sssom:mapping_tool"),
        words("comment", "Comment", "What speaks for it.", "rdfs:comment"),
    ),
    below=["id/statement/"],
    classes=["sssom:Mapping"],
)

STATEMENTS: tuple[Layout, ...] = (
    MEMBERSHIPS,
    PARTNERSHIPS,
    COMMITMENTS,
    NO_TARGETS,
    OBSERVATIONS,
    RELATIONS,
    LINKS,
)

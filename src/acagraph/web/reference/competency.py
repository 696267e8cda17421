"""The competency questions: what the ontology has to be able to answer, and the saved query that does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from acagraph import queries
from acagraph.dataset import Dataset
from acagraph.queries import SavedQuery
from acagraph.stores import Limits, Table
from acagraph.stores.media import JSON
from acagraph.stores.terms import read_table
from acagraph.web.languages import N_

# Rows that a page shows; the saved query has all.
SHOWN = 20


@dataclass(frozen=True)
class Question:
    """A competency question, with the saved query and the arguments that answer it in the data."""

    name: str
    text: str
    query: str
    arguments: Mapping[str, str] = field(default_factory=dict)


QUESTIONS = (
    Question("CQ01", N_("Which coalitions are there, and of which kind?"), "coalitions"),
    Question("CQ02", N_("When was each coalition launched or founded, in order?"), "launches"),
    Question(
        "CQ03",
        N_("Which coalitions were launched between two dates?"),
        "launches",
        {"from": "2018-01", "to": "2018-12"},
    ),
    Question("CQ04", N_("In which country does a national coalition act?"), "coalition-countries"),
    Question(
        "CQ05", N_("Who are the global partners of the ACA network?"), "global-partners", {"network": "ACA"}
    ),
    Question(
        "CQ06",
        N_("Does the number of named global partners equal the number that a source states?"),
        "stated-and-listed",
        {"coalition": "ACA"},
    ),
    Question(
        "CQ07",
        N_("Which organisations supported the launch of a coalition?"),
        "participants",
        {"coalition": "JCI", "role": "LaunchSupport"},
    ),
    Question(
        "CQ08",
        N_("Which partner organisations support a coalition?"),
        "participants",
        {"coalition": "ACA-SA", "role": "SupportingPartnership"},
    ),
    Question(
        "CQ09",
        N_("Which members of the Argentine alliance are named?"),
        "named-members",
        {"coalition": "ACAA"},
    ),
    Question(
        "CQ10",
        N_("Which members of the Japan Climate Initiative are named?"),
        "named-members",
        {"coalition": "JCI"},
    ),
    Question(
        "CQ11",
        N_("Which members of the Mexican alliance are named?"),
        "named-members",
        {"coalition": "ACA-MX"},
    ),
    Question(
        "CQ12", N_("Which members of We Are Still In are named?"), "named-members", {"coalition": "WASI"}
    ),
    Question(
        "CQ13",
        N_("Which founding members of a coalition are named?"),
        "founding-members",
        {"coalition": "JCI"},
    ),
    Question(
        "CQ14",
        N_("Which members appear in one source and not in a later one?"),
        "members-missing-later",
        {"coalition": "ACAA", "earlier": "001", "later": "000"},
    ),
    Question(
        "CQ15",
        N_("Which kinds of actor belong to a coalition?"),
        "member-kinds",
        {"coalition": "WASI", "source": "000"},
    ),
    Question(
        "CQ16",
        N_("Which coalitions have members of a given kind?"),
        "coalitions-with-kind",
        {"kind": "investor"},
    ),
    Question(
        "CQ17",
        N_("Which coalitions have universities or academia?"),
        "coalitions-with-kind",
        {"kind": "higher-education"},
    ),
    Question(
        "CQ18",
        N_("How many people does the Mexican alliance say that it represents, over time?"),
        "figures-over-time",
        {"coalition": "ACA-MX", "metric": "population"},
    ),
    Question(
        "CQ19",
        N_("How many people does We Are Still In say that it represents, over time?"),
        "figures-over-time",
        {"coalition": "WASI", "metric": "population"},
    ),
    Question(
        "CQ20",
        N_("How much of the economy does a coalition say that it represents, over time?"),
        "figures-over-time",
        {"coalition": "WASI", "metric": "economy"},
    ),
    Question(
        "CQ21",
        N_("How many members or signatories does We Are Still In say that it has, over time?"),
        "figures-over-time",
        {"coalition": "WASI", "metric": "member-count"},
    ),
    Question(
        "CQ22",
        N_("How many members does the Japan Climate Initiative say that it has, over time?"),
        "figures-over-time",
        {"coalition": "JCI", "metric": "member-count"},
    ),
    Question(
        "CQ23",
        N_("What shares of a country does a coalition represent?"),
        "shares-of-country",
        {"country": "japan"},
    ),
    Question(
        "CQ24",
        N_("Which figures of two sources contradict each other for the same subject and metric?"),
        "contradictions",
    ),
    Question(
        "CQ25",
        N_("Which coalitions give no number for what they represent?"),
        "represents-without-number",
    ),
    Question(
        "CQ26",
        N_("What is the latest figure for a metric of a coalition, with its source and quote?"),
        "latest-figures",
        {"coalition": "ACAA", "metric": "population"},
    ),
    Question("CQ27", N_("Which names has a coalition had?"), "names-of-thing", {"thing": "coalition:aca-mx"}),
    Question(
        "CQ28",
        N_("Which emission-reduction targets are there, with percentage, baseline and year?"),
        "targets",
    ),
    Question(
        "CQ29", N_("Which targets of an actor are interim to others?"), "interim-targets", {"agent": "mars"}
    ),
    Question(
        "CQ30",
        N_("Which commitments of a government are due in or before a year?"),
        "commitments-due",
        {"year": "2030", "agent": "mexico-government"},
    ),
    Question(
        "CQ31",
        N_("Which coalitions commit to net zero or carbon neutrality, and by when?"),
        "net-zero-commitments",
    ),
    Question(
        "CQ32",
        N_("How many founding companies of a coalition have renewable-energy or science-based targets?"),
        "members-with-targets",
        {"coalition": "JCI"},
    ),
    Question(
        "CQ33",
        N_("What national contribution does a country have, and under which conditions?"),
        "national-contributions",
        {"country": "mexico"},
    ),
    Question("CQ34", N_("How does a country rank in global emissions, and who says so?"), "emissions-ranks"),
    Question("CQ35", N_("Who said what, in which role, on whose behalf?"), "utterances"),
    Question("CQ36", N_("Which persons are named at all, with their roles?"), "positions"),
    Question(
        "CQ37",
        N_("In which countries does a city network have members?"),
        "member-countries",
        {"coalition": "climate-alliance"},
    ),
    Question(
        "CQ38",
        N_("Which goals and action lines does a coalition pursue?"),
        "goals-of-coalition",
        {"coalition": "carbon-neutrality-coalition"},
    ),
    Question(
        "CQ39",
        N_("Which coalitions relate to which, as a part, a partner or an inspiration?"),
        "coalition-relations",
        {"coalition": "WASI"},
    ),
    Question(
        "CQ40",
        N_("What does a source say of a coalition, and at which place?"),
        "statements-in-source",
        {"source": "004", "subject": "coalition:carbon-neutrality-coalition"},
    ),
)


def posed(dataset: Dataset) -> dict[str, tuple[Question, SavedQuery]]:
    """Return the questions that the saved queries of a release answer, by name."""
    known = dataset.queries
    return {one.name: (one, known[one.query]) for one in QUESTIONS if one.query in known}


def answer(dataset: Dataset, question: Question, query: SavedQuery, *, limits: Limits) -> Table:
    """Return the first rows of a question's answer, and how many there are.

    Raises ParameterError where the release lacks what the question is about.
    """
    reply = queries.reply(
        dataset.store, query, question.arguments, JSON, limits=limits, redirects=dataset.redirects
    )
    return read_table(reply.body, most=SHOWN)

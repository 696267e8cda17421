"""The words of the Net Zero Tracker, and what they are in our terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Form = Literal["none", "zero", "reduction", "intensity", "scenario", "level", "words"]


@dataclass(frozen=True)
class Kind:
    """What a word for a target means.

    `form` says which numbers it needs; `wording` is a concept of the scheme target-wording; `pledge` ends the
    description of a target that lacks these numbers and so is a pledge of principle.
    """

    form: Form
    wording: str = ""
    pledge: str = ""


def _zero(wording: str, phrase: str) -> Kind:
    return Kind("zero", wording, f"of {phrase}; the register gives no year.")


TARGETS: Mapping[str, Kind] = {
    "No target": Kind("none"),
    "Net zero": _zero("net-zero", "net zero emissions"),
    "Carbon neutral(ity)": _zero("carbon-neutral", "carbon neutrality"),
    "Climate neutral": _zero("climate-neutral", "climate neutrality"),
    "GHG neutral(ity)": _zero("ghg-neutral", "neutrality in greenhouse gases"),
    "Zero carbon": _zero("zero-carbon", "zero carbon"),
    "Zero emissions": _zero("zero-emissions", "zero emissions"),
    "Climate positive": _zero("climate-positive", "being climate positive"),
    "Carbon negative": _zero("carbon-negative", "being carbon negative"),
    "Emissions reduction target": Kind("reduction", pledge="to cut emissions; the register gives no amount."),
    "Emissions intensity target": Kind(
        "intensity", pledge="to cut the intensity of emissions; the register gives no amount."
    ),
    "Reduction v. BAU": Kind(
        "scenario", pledge="to stay below a scenario of emissions; the register gives no amount."
    ),
    "Absolute emissions target": Kind(
        "level", pledge="to bring emissions to a fixed level; the register does not give it."
    ),
    "Science-based target": Kind(
        "words", "science-based", "that is said to be science-based; the register gives no amount."
    ),
    "1.5°C target": Kind("words", "1-5-degrees", "that is said to fit 1.5 °C; the register gives no amount."),
    "Other": Kind("words", pledge="of another kind, which the register tells in words only."),
}

STATUSES: Mapping[str, str] = {
    "": "",
    "In corporate strategy": "in-corporate-strategy",
    "Declaration / pledge": "declared",
    "In policy document": "in-policy",
    "Proposed / in discussion": "proposed",
    "In law": "in-law",
    "Achieved (self-declared)": "achieved-self-declared",
    "Achieved (externally validated)": "achieved-validated",
}

# What a scope column says, as the end of the concept's name: scope-3, scope-3-partial; None is no statement.
SCOPES: Mapping[str, str | None] = {
    "": None,
    "No": None,
    "Not Specified": None,
    "Yes": "",
    "Partial": "-partial",
}

CAMPAIGNS: Mapping[str, str] = {
    "Race to Zero": "race-to-zero",
    "Climate Ambition Alliance": "climate-ambition-alliance",
}

ACTOR_TYPES = ("Country", "Region", "City", "Company")

# Rows of the type Country that are no country.
UNIONS: Mapping[str, str] = {"European Union": "agent/european-union"}

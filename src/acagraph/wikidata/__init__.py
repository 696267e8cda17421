"""Wikidata, asked live: candidates for links, the health of confirmed ones, and what it lacks of ours."""

from acagraph.wikidata.client import WDQS, Client, Clock, Manners, open_client
from acagraph.wikidata.health import Finding, Health, health_of, read_health, write_health
from acagraph.wikidata.lacking import lacking
from acagraph.wikidata.memberships import Claim, Exportable, Reference, read_memberships
from acagraph.wikidata.proposal import propose
from acagraph.wikidata.quickstatements import commands, tables
from acagraph.wikidata.subjects import Subject, read_subjects

__all__ = [
    "WDQS",
    "Claim",
    "Client",
    "Clock",
    "Exportable",
    "Finding",
    "Health",
    "Manners",
    "Reference",
    "Subject",
    "commands",
    "health_of",
    "lacking",
    "open_client",
    "propose",
    "read_health",
    "read_memberships",
    "read_subjects",
    "tables",
    "write_health",
]

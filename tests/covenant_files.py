"""Small registers of the Covenant of Mayors, and a project to import them into."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from acagraph.imports.covenant import import_covenant
from acagraph.imports.tables import Import
from import_projects import csv_file

from published import ROOT

TABLES = ROOT / "data" / "registers" / "jrc-covenant"

TOWN = {
    "organisation_id": "20001",
    "organisation_name": "Castelnuovo",
    "coordinator_name": "-",
    "supporter_name": "-",
    "country_code": "it",
    "country_name": "Italy",
    "population_adhesion": "6000",
    "organisation_latitude": "45.5",
    "organisation_longitude": "9.25",
    "group_organisation_id": "-",
    "group_name": "-",
    "commitment_CoM2020_flag": "true",
    "commitment_CoM2030_flag": "false",
    "commitment_CoM2050_flag": "false",
    "commitment_mayoradapt_flag": "false",
    "adhesion_type": "As an individual signatory",
    "signatory_status": "published",
    "mayor": "Somebody Secret",
    "date_of_adhesion": "2010-01-26",
    "action_plan_expected": "true",
    "group_profile": "false",
    "gcom_id": "IT0001",
}
OTHER = TOWN | {
    "organisation_id": "20002",
    "organisation_name": "Borgo Alto",
    "organisation_latitude": "44,10",
    "organisation_longitude": "11.123456789",
    "gcom_id": "IT0002",
}
GROUP = TOWN | {
    "organisation_id": "30001_med",
    "organisation_name": "Union of the Valley",
    "group_profile": "true",
    "population_adhesion": "20000",
    "adhesion_type": "As a group of signatories committing collectively (joint SEAP - option 2)",
    "gcom_id": "IT0003",
}
CANDIDATE = {
    "register_id": "20001",
    "unlocode": "IT CNV",
    "wikidata_candidate": "Q100",
    "wikidata_candidate_method": "name+country+<=25km",
    "second_authority": "agree",
    "geonames_candidate": "3179444",
    "geonames_method": "exact",
    "geonames_distance_km": "0.3",
}


def said(project: Path, *rows: Mapping[str, str], links: tuple[Mapping[str, str], ...] = ()) -> Import:
    candidates = csv_file(project.parent / "candidates.csv", *links) if links else None
    register = csv_file(project.parent / "signatories.csv", *rows)
    return import_covenant(register, root=project, candidates=candidates)

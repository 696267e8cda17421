"""A project and its next version: what curators do from one release to the next, in the files themselves."""

from __future__ import annotations

import re
from pathlib import Path

WASI, JCI = Path("data/coalitions/wasi.ttl"), Path("data/coalitions/jci.ttl")
COMPANIES = Path("data/agents/companies.ttl")
ONTOLOGY = Path("ontology/acagraph.ttl")

JOINED = """
stmt:jjjjjjjjjjjjjjjj
    a aca:Membership ;
    aca:evidence evidence:environmental-leader-2017-06 ;
    aca:inCoalition coalition:wasi ;
    aca:participant agent:aeon ;
    aca:startText "2017-06-05" ;
    aca:startsNotAfter "2017-06-05T23:59:59Z"^^xsd:dateTime ;
    aca:startsNotBefore "2017-06-05T00:00:00Z"^^xsd:dateTime ;
    .
"""
ENDED = """    aca:endText "2020" ;
    aca:endsNotAfter "2020-12-31T23:59:59Z"^^xsd:dateTime ;
    aca:endsNotBefore "2020-01-01T00:00:00Z"^^xsd:dateTime ;
"""
PROMISED = """
stmt:pppppppppppppppp
    a aca:NetZeroTarget ;
    aca:committedBy agent:aeon ;
    aca:evidence evidence:environmental-leader-2017-06 ;
    aca:targetYear 2040 ;
    .
"""
NEW_TERM = """
aca:hibernatesIn
    a owl:ObjectProperty ;
    skos:prefLabel "hibernates in"@en ;
    skos:definition "The property links an agent to a place in which it sleeps in winter."@en ;
    rdfs:domain aca:Agent ;
    rdfs:isDefinedBy <https://w3id.org/acagraph/ontology> ;
    rdfs:range aca:Place ;
    .
"""


def replaced(root: Path, path: Path, old: str, new: str) -> None:
    """Replace a text that stands in a file exactly once."""
    text = (root / path).read_text("utf-8")
    assert text.count(old) == 1, (path, old, text.count(old))
    (root / path).write_text(text.replace(old, new), "utf-8")


def appended(root: Path, path: Path, more: str) -> None:
    """Write more at the end of a file."""
    (root / path).write_text((root / path).read_text("utf-8") + more, "utf-8")


def block(root: Path, path: Path, start: str) -> str:
    """Return the description that begins with a text, to its end."""
    found = re.search(rf"^{re.escape(start)}.*?^    \.\n", (root / path).read_text("utf-8"), re.M | re.S)
    assert found, (path, start)
    return found[0]


def statement(root: Path, path: Path, *lines: str) -> str:
    """Return the only statement of a file that has all of some lines."""
    text = (root / path).read_text("utf-8")
    blocks = [part + "    .\n" for part in text.split("    .\n")]
    found = [part for part in blocks if all(f"    {line} ;\n" in part for line in lines)]
    assert len(found) == 1, (path, lines, len(found))
    return found[0].lstrip("\n")


def next_data(root: Path) -> None:
    """Edit the data: joined, left, no longer stated, renamed, merged, corrected, promised, other evidence."""
    appended(root, WASI, JOINED)
    google = statement(root, WASI, "a aca:Membership", "aca:participant agent:google")
    replaced(
        root,
        WASI,
        google,
        google.replace("    aca:evidence evidence:000", ENDED + "    aca:evidence evidence:000"),
    )
    replaced(root, WASI, statement(root, WASI, "a aca:Membership", "aca:participant agent:gap"), "")
    amazon = statement(root, WASI, "a aca:Membership", "aca:participant agent:amazon")
    replaced(root, WASI, amazon, amazon.replace("000-4892-4919", "environmental-leader-2017-06"))
    replaced(root, COMPANIES, '"Aeon Co."@en', '"AEON"@en')
    replaced(root, JCI, "    aca:value 156.0 ;\n", "    aca:value 157.0 ;\n")
    appended(root, COMPANIES, PROMISED)
    ricoh = statement(root, COMPANIES, "aca:committedBy agent:ricoh")
    replaced(root, COMPANIES, ricoh, "")
    merge(root, "askul", "azbil")
    version(root, "2026.12.01", previous="2026.11.22")


def merge(root: Path, old: str, new: str) -> None:
    """Merge one company into another: what is said of both is said once, the rest moves."""
    replaced(root, COMPANIES, block(root, COMPANIES, f"agent:{old}\n"), "")
    replaced(root, JCI, statement(root, JCI, "a aca:Membership", f"aca:participant agent:{old}"), "")
    text = (root / COMPANIES).read_text("utf-8")
    (root / COMPANIES).write_text(text.replace(f"agent:{old} ;", f"agent:{new} ;"), "utf-8")
    appended(root, Path("data/redirects.csv"), f"agent:{old},agent:{new}\n")


def next_terms(root: Path, number: str | None = None) -> None:
    """Edit ontology and shapes: new, deprecated, removed, narrower and wider; tighter and looser."""
    acronym = block(root, ONTOLOGY, "aca:acronym\n")
    replaced(root, ONTOLOGY, acronym, acronym.replace("    .\n", "    owl:deprecated true ;\n    .\n"))
    replaced(root, ONTOLOGY, block(root, ONTOLOGY, "aca:isin\n"), NEW_TERM.lstrip("\n"))
    for name, old, new in (
        ("locatedIn", "rdfs:range aca:Place", "rdfs:range aca:Country"),
        ("capitalOf", "rdfs:range aca:Country", "rdfs:range aca:Place"),
    ):
        term = block(root, ONTOLOGY, f"aca:{name}\n")
        replaced(root, ONTOLOGY, term, term.replace(old, new))
    replaced(root, Path("shapes/Country.ttl"), '"^[0-9]{3}$"', '"^[1-9][0-9]{2}$"')
    chapter = Path("shapes/Chapter.ttl")
    replaced(root, chapter, "    sh:maxCount 1 ;\n", "    sh:maxCount 2 ;\n")
    if number is not None:
        replaced(root, ONTOLOGY, '    owl:versionInfo "1.0.0" ;\n', f'    owl:versionInfo "{number}" ;\n')


def version(root: Path, number: str, previous: str | None = None) -> None:
    """Give the dataset another version, of the day that it names."""
    path = root / "data" / "dataset.toml"
    day = "-".join(number.split("-")[0].split("."))
    text = re.sub(r"^version = .*$", f'version = "{number}"', path.read_text("utf-8"), flags=re.M)
    text = re.sub(r"^date = .*$", f"date = {day}", text, flags=re.M)
    text = re.sub(r"^previous = .*\n", "", text, flags=re.M)
    path.write_text(text if previous is None else f'{text}previous = "{previous}"\n', "utf-8")

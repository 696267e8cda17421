"""The metadata above a table of mappings: YAML behind number signs (SSSOM 1.1, "Metadata block")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from acagraph.errors import SourceError
from acagraph.links.model import Extension, text_of_values
from acagraph.links.slots import BUILT_IN, LINKML, MAPPING, SET, SEVERAL
from acagraph.links.values import is_iri, read_value
from acagraph.vocab import PREFIXES, XSD

_APART = ("curie_map", "extension_definitions")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# What a hint may be written with although nobody declared it.
_TYPES = {"linkml": LINKML, "xsd": XSD}


@dataclass(frozen=True)
class Heading:
    """What stands above a table: the slots of the set, its own prefixes, its extension slots."""

    path: Path
    metadata: Mapping[str, str]
    prefixes: Mapping[str, str]
    extensions: tuple[Extension, ...]

    @property
    def known(self) -> Mapping[str, str]:
        """All prefixes that the table may use."""
        return {**BUILT_IN, **self.prefixes}


def read_heading(lines: Sequence[str], path: Path) -> Heading:
    """Read the lines of metadata, each with its number sign.

    Raises SourceError with the line for what is not YAML, an unknown key, a value of the wrong kind, a prefix
    that stands for something else, a set without IRI or licence.
    """
    told = _yaml(lines, path)
    prefixes = _prefixes(told, path)
    extensions = _extensions(told, {**BUILT_IN, **_TYPES, **prefixes}, lines, path)
    own = {extension.name for extension in extensions}
    metadata = {}
    for key, value in told.items():
        if key in _APART:
            continue
        if key not in SET and key not in own:
            message = f"unknown key {key}; known are {', '.join(sorted((*SET, *_APART, *own)))}"
            raise SourceError(message, path=path, line=line_of(key, lines))
        try:
            metadata[key] = _value(key, value, {**BUILT_IN, **prefixes})
        except ValueError as error:
            raise SourceError(f"{key}: {error}", path=path, line=line_of(key, lines)) from error
    for key in ("mapping_set_id", "license"):
        if key not in metadata:
            message = f"{key} is missing or no IRI; write it in the metadata"
            raise SourceError(message, path=path, line=1)
    return Heading(path, metadata, prefixes, extensions)


def line_of(key: str, lines: Sequence[str]) -> int | None:
    """Return the number of the line that gives a key of the metadata."""
    form = re.compile(rf"#\s*{re.escape(key)}\s*:")
    return next((number for number, line in enumerate(lines, start=1) if form.match(line)), None)


def _value(key: str, value: object, prefixes: Mapping[str, str]) -> str:
    kind = SET.get(key, "text")
    # One value of several may stand without its list.
    several = value if isinstance(value, list) and kind in SEVERAL else [value]
    values = [each for each in several if isinstance(each, str) and each.strip()]
    if not values or len(values) < len(several):
        raise ValueError("has no value of its kind; write a text, or leave the key out")
    if key in ("mapping_set_id", "license") and not is_iri(values[0]):
        raise ValueError(f"{key} is missing or no IRI; write it in the metadata")
    parts = [read_value(SEVERAL.get(kind, kind), each.strip(), prefixes) for each in values]
    return text_of_values(parts) if kind in SEVERAL else parts[0]


def _yaml(lines: Sequence[str], path: Path) -> dict[str, object]:
    """Return the YAML of the metadata; every scalar is a string."""
    try:
        told = yaml.load("".join(line[1:] for line in lines), Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else None
        raise SourceError(f"is not YAML: {error.problem}; correct it", path=path, line=at) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise SourceError(f"is not YAML: {error}; correct it", path=path, line=1) from error
    if not isinstance(told, dict):
        message = "has no metadata; begin it with lines such as #mapping_set_id: https://…"
        raise SourceError(message, path=path, line=1)
    return {str(key): value for key, value in told.items()}


def _prefixes(told: Mapping[str, object], path: Path) -> dict[str, str]:
    declared = told.get("curie_map", {})
    if not isinstance(declared, dict) or not all(
        isinstance(value, str) and is_iri(value) and _NAME.fullmatch(str(name))
        for name, value in declared.items()
    ):
        raise SourceError("curie_map must give an IRI for each prefix; correct it", path=path, line=1)
    for name, namespace in declared.items():
        if {**PREFIXES, **BUILT_IN}.get(name, namespace) != namespace:
            message = f"prefix {name}: stands for <{PREFIXES[name]}> in acagraph; choose another prefix"
            raise SourceError(message, path=path, line=1)
    return {name: namespace for name, namespace in declared.items() if name not in BUILT_IN}


def _extensions(
    told: Mapping[str, object], prefixes: Mapping[str, str], lines: Sequence[str], path: Path
) -> tuple[Extension, ...]:
    defined = told.get("extension_definitions", [])
    at = line_of("extension_definitions", lines)
    found: list[Extension] = []
    for each in defined if isinstance(defined, list) else [None]:
        if not isinstance(each, dict) or not {"slot_name", "property"} <= each.keys():
            message = "extension_definitions must give slot_name and property of each slot; correct it"
            raise SourceError(message, path=path, line=at)
        try:
            names = [
                read_value("entity", str(each[key]), prefixes)
                for key in ("property", "type_hint")
                if each.get(key)
            ]
        except ValueError as error:
            raise SourceError(f"extension_definitions: {error}", path=path, line=at) from error
        name = str(each["slot_name"])
        if not _NAME.fullmatch(name) or name in MAPPING or name in SET or name in {e.name for e in found}:
            message = f"extension_definitions: {name} is no name for a new slot; choose another"
            raise SourceError(message, path=path, line=at)
        found.append(Extension(name, *names))
    return tuple(found)

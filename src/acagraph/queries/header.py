"""What the header of a saved query says: its summary, its parameters, its examples."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from acagraph.headers import HeaderReader, line_of
from acagraph.queries.saved import TYPES, WHOLE, Bound, Parameter
from acagraph.stores.guard import valid_iri

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_KEYS = ("summary", "question", "description", "endpoint", "params", "tags", "examples")
_PARAMETER_KEYS = (
    "name", "type", "required", "example", "default", "scheme", "description", "bound", "values", "minimum",
    "maximum",
)  # fmt: skip
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
# The web service and the shell use these words themselves.
_RESERVED = ("format", "limit", "cursor")


@dataclass(frozen=True)
class Header:
    """What a header says, with the line of each parameter."""

    summary: str
    question: str
    description: str
    parameters: tuple[Parameter, ...]
    tags: tuple[str, ...]
    examples: tuple[dict[str, str], ...]
    lines: dict[str, int]
    endpoint: str = ""


def parse(text: str, *, path: Path) -> Header:
    """Read the header at the top of a saved query.

    Raises SourceError, with file and line, for broken YAML, an unknown, missing or repeated key, or a wrong
    value.
    """
    return _Reader(path).header(text)


class _Reader(HeaderReader):
    def header(self, text: str) -> Header:
        keys = self.mapping(self.root(text), _KEYS, required=("summary", "description"))
        parameters = [self.parameter(node) for node in self.sequence(keys.get("params"))]
        lines: dict[str, int] = {}
        for parameter, line in parameters:
            if parameter.name in lines:
                raise self.error(f"the parameter {parameter.name} is declared twice; remove one", line)
            lines[parameter.name] = line
        return Header(
            summary=self.scalar(keys["summary"]),
            question=self.scalar(keys["question"]) if "question" in keys else "",
            description=self.scalar(keys["description"]),
            parameters=tuple(parameter for parameter, _ in parameters),
            tags=tuple(self.scalar(node) for node in self.sequence(keys.get("tags"))),
            examples=tuple(self.example(node, lines) for node in self.sequence(keys.get("examples"))),
            lines=lines,
            endpoint=self.endpoint(keys.get("endpoint")),
        )

    def endpoint(self, node: yaml.Node | None) -> str:
        found = "" if node is None else self.scalar(node)
        if node is not None and not (found.startswith(("https://", "http://")) and valid_iri(found)):
            raise self.error(f"{found!r} is no address of an endpoint; write it as https://…", line_of(node))
        return found

    def parameter(self, node: yaml.Node) -> tuple[Parameter, int]:
        keys = self.mapping(node, _PARAMETER_KEYS, required=("name", "type", "example"))
        enumerated = keys.pop("values", None)
        given = {key: self.scalar(value) for key, value in keys.items()}
        line = line_of(node)
        name, kind = given["name"], given["type"]
        if not _NAME.fullmatch(name) or name in _RESERVED:
            raise self.error(f"{name!r} cannot be a parameter; use a word of letters and digits", line)
        if kind not in TYPES:
            raise self.error(f"{name} has the unknown type {kind!r}; use one of {', '.join(TYPES)}", line)
        if (kind == "concept") != ("scheme" in given):
            raise self.error(f"{name}: a concept, and nothing else, needs a scheme", line)
        if (kind == "enum") != (enumerated is not None):
            raise self.error(f"{name}: an enum, and nothing else, needs a list of values", line)
        if "bound" in given and (kind != "date" or given["bound"] not in ("lower", "upper")):
            raise self.error(f"{name}: bound is lower or upper, and only for a date", line)
        if given.get("required", "false") not in ("true", "false"):
            raise self.error(f"{name}: required is true or false", line)
        required = given.get("required") == "true"
        if required and "default" in given:
            raise self.error(f"{name}: a required parameter has no default; remove one", line)
        minimum, maximum = self.range(given, line)
        return Parameter(
            name=name,
            type=kind,
            example=given["example"],
            required=required,
            default=given.get("default"),
            scheme=given.get("scheme"),
            description=given.get("description", ""),
            bound=cast(Bound, given.get("bound", "lower")),
            values=self.values(name, enumerated) if enumerated is not None else (),
            minimum=minimum,
            maximum=maximum,
        ), line

    def range(self, given: Mapping[str, str], line: int) -> tuple[int | None, int | None]:
        name = given["name"]
        ends = [given.get("minimum"), given.get("maximum")]
        if ends != [None, None] and given["type"] not in WHOLE:
            raise self.error(f"{name}: minimum and maximum are only for {' and '.join(WHOLE)}", line)
        for end in ends:
            if end is not None and not _INTEGER.fullmatch(end):
                raise self.error(f"{name}: {end!r} is no whole number; write one", line)
        minimum, maximum = (None if end is None else int(end) for end in ends)
        if minimum is not None and maximum is not None and minimum > maximum:
            raise self.error(f"{name}: the minimum is greater than the maximum; exchange them", line)
        return minimum, maximum

    def values(self, name: str, node: yaml.Node) -> tuple[str, ...]:
        values = tuple(self.scalar(item) for item in self.sequence(node))
        if not values or len(set(values)) < len(values):
            raise self.error(f"{name}: values are a list of different texts; write each once", line_of(node))
        return values

    def example(self, node: yaml.Node, declared: Collection[str]) -> dict[str, str]:
        return {key: self.scalar(value) for key, value in self.mapping(node, declared).items()}

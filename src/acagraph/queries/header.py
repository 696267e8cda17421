"""The header of a saved query: YAML in `#+` lines, read strictly, each error with its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from acagraph.errors import SourceError
from acagraph.queries.saved import TYPES, Bound, Parameter

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_KEYS = ("summary", "description", "params", "tags", "examples")
_PARAMETER_KEYS = (
    "name", "type", "required", "example", "default", "scheme", "description", "bound"
)  # fmt: skip
# The web service and the shell use these words themselves.
_RESERVED = ("format", "limit", "cursor")


@dataclass(frozen=True)
class Header:
    """What a header says, with the line of each parameter."""

    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    tags: tuple[str, ...]
    examples: tuple[dict[str, str], ...]
    lines: dict[str, int]


def parse(text: str, *, path: Path) -> Header:
    """Read the header at the top of a saved query.

    Raises SourceError, with file and line, for broken YAML, an unknown, missing or repeated key, or a wrong
    value.
    """
    lines = text.splitlines()
    count = next((n for n, line in enumerate(lines) if not line.startswith("#+")), len(lines))
    if not count:
        raise SourceError("no header; begin the file with '#+ summary: …' lines", path=path, line=1)
    for number, line in enumerate(lines[count:], count + 1):
        if line.startswith("#+"):
            raise SourceError("a header line below the header; move it to the top", path=path, line=number)
    return _Reader(path).header("\n".join(line[2:] for line in lines[:count]))


@dataclass(frozen=True)
class _Reader:
    path: Path

    def header(self, text: str) -> Header:
        try:
            # BaseLoader: every scalar stays the text it is, so 2030, no and 2018-01-01 need no quotes.
            root = yaml.compose(text, Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise self.error(f"the header is not YAML: {error.problem}", line) from None
        except yaml.YAMLError as error:
            raise self.error(f"the header is not YAML: {error}", 1) from None
        if root is None:
            raise self.error("the header is empty; add a summary and a description", 1)
        keys = self.mapping(root, _KEYS, required=("summary", "description"))
        parameters = [self.parameter(node) for node in self.sequence(keys.get("params"))]
        lines: dict[str, int] = {}
        for parameter, line in parameters:
            if parameter.name in lines:
                raise self.error(f"the parameter {parameter.name} is declared twice; remove one", line)
            lines[parameter.name] = line
        return Header(
            summary=self.scalar(keys["summary"]),
            description=self.scalar(keys["description"]),
            parameters=tuple(parameter for parameter, _ in parameters),
            tags=tuple(self.scalar(node) for node in self.sequence(keys.get("tags"))),
            examples=tuple(self.example(node, lines) for node in self.sequence(keys.get("examples"))),
            lines=lines,
        )

    def parameter(self, node: yaml.Node) -> tuple[Parameter, int]:
        keys = self.mapping(node, _PARAMETER_KEYS, required=("name", "type", "example"))
        values = {key: self.scalar(value) for key, value in keys.items()}
        line = _line(node)
        name, kind = values["name"], values["type"]
        if not _NAME.fullmatch(name) or name in _RESERVED:
            raise self.error(f"{name!r} cannot be a parameter; use a word of letters and digits", line)
        if kind not in TYPES:
            raise self.error(f"{name} has the unknown type {kind!r}; use one of {', '.join(TYPES)}", line)
        if (kind == "concept") != ("scheme" in values):
            raise self.error(f"{name}: a concept, and nothing else, needs a scheme", line)
        if "bound" in values and (kind != "date" or values["bound"] not in ("lower", "upper")):
            raise self.error(f"{name}: bound is lower or upper, and only for a date", line)
        if values.get("required", "false") not in ("true", "false"):
            raise self.error(f"{name}: required is true or false", line)
        required = values.get("required") == "true"
        if required and "default" in values:
            raise self.error(f"{name}: a required parameter has no default; remove one", line)
        bound = cast(Bound, values.get("bound", "lower"))
        return Parameter(
            name=name,
            type=kind,
            example=values["example"],
            required=required,
            default=values.get("default"),
            scheme=values.get("scheme"),
            description=values.get("description", ""),
            bound=bound,
        ), line

    def example(self, node: yaml.Node, declared: Collection[str]) -> dict[str, str]:
        return {key: self.scalar(value) for key, value in self.mapping(node, declared).items()}

    def mapping(
        self, node: yaml.Node, allowed: Collection[str], *, required: Collection[str] = ()
    ) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.error("expected 'key: value' lines here", _line(node))
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = self.scalar(key_node)
            if key not in allowed:
                near = difflib.get_close_matches(key, allowed, n=1)
                hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(allowed)}"
                raise self.error(f"unknown key {key!r}; {hint}", _line(key_node))
            if key in found:
                raise self.error(f"the key {key} stands twice; remove one", _line(key_node))
            found[key] = value
        for key in required:
            if key not in found:
                raise self.error(f"the key {key} is missing; add it", _line(node))
        return found

    def sequence(self, node: yaml.Node | None) -> list[yaml.Node]:
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.error("expected a list here, '- …' lines or [a, b]", _line(node))
        return list(node.value)

    def scalar(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self.error("expected a text here", _line(node))
        return str(node.value).strip()

    def error(self, message: str, line: int) -> SourceError:
        return SourceError(message, path=self.path, line=line)


def _line(node: yaml.Node) -> int:
    # Header lines begin the file, so the YAML's line is the file's.
    return int(node.start_mark.line) + 1

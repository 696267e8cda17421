"""The header of a query's file: YAML in `#+` lines at its top, read strictly, each error with its line."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import yaml

from acagraph.errors import SourceError


@dataclass(frozen=True)
class HeaderReader:
    """Reads a file's header; scalars stay the texts they are, so 2030, no and 2018-01-01 need no quotes."""

    path: Path

    def root(self, text: str) -> yaml.Node:
        """Return the header at the top of a text; SourceError when there is none or it is not YAML."""
        lines = text.splitlines()
        count = next((n for n, line in enumerate(lines) if not line.startswith("#+")), len(lines))
        if not count:
            raise self.error("no header; begin the file with lines such as '#+ summary: …'", 1)
        for number, line in enumerate(lines[count:], count + 1):
            if line.startswith("#+"):
                raise self.error("a header line below the header; move it to the top", number)
        try:
            root = yaml.compose("\n".join(line[2:] for line in lines[:count]), Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            number = error.problem_mark.line + 1 if error.problem_mark else 1
            message = f"the header is not YAML: {error.problem}; quote a text with a colon"
            raise self.error(message, number) from None
        except yaml.YAMLError as error:
            raise self.error(f"the header is not YAML: {error}", 1) from None
        if root is None:
            raise self.error("the header is empty; add its keys", 1)
        return root

    def mapping(
        self, node: yaml.Node, allowed: Collection[str], *, required: Collection[str] = ()
    ) -> dict[str, yaml.Node]:
        """Return the values of a mapping by key; SourceError for an unknown, missing or repeated key."""
        if not isinstance(node, yaml.MappingNode):
            raise self.error("expected 'key: value' lines here", line_of(node))
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = self.scalar(key_node)
            if key not in allowed:
                near = difflib.get_close_matches(key, allowed, n=1)
                hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(allowed)}"
                raise self.error(f"unknown key {key!r}; {hint}", line_of(key_node))
            if key in found:
                raise self.error(f"the key {key} stands twice; remove one", line_of(key_node))
            found[key] = value
        for key in required:
            if key not in found:
                raise self.error(f"the key {key} is missing; add it", line_of(node))
        return found

    def sequence(self, node: yaml.Node | None) -> list[yaml.Node]:
        """Return the items of a list, none when it is left out; SourceError when it is no list."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.error("expected a list here, '- …' lines or [a, b]", line_of(node))
        return list(node.value)

    def scalar(self, node: yaml.Node) -> str:
        """Return a text without spaces around it; SourceError when it is none or empty."""
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self.error("expected a text here", line_of(node))
        return str(node.value).strip()

    def error(self, message: str, line: int) -> SourceError:
        """Return an error at a line of the file."""
        return SourceError(message, path=self.path, line=line)


def line_of(node: yaml.Node) -> int:
    """Return the line of a node in its file."""
    # Header lines begin the file, so the YAML's line is the file's.
    return int(node.start_mark.line) + 1

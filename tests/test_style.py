"""The house style that no linter checks: short modules, short functions, nouns for names."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

import pytest

from published import ROOT

MODULES = sorted((ROOT / "src").rglob("*.py"))
NAMES = [path.relative_to(ROOT).as_posix() for path in MODULES]


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_module_and_its_functions_are_short(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines < 50, f"{node.name} has {lines} lines"


def test_median_module_is_short() -> None:
    assert median(path.read_text("utf-8").count("\n") for path in MODULES) <= 150


def test_no_module_is_named_for_leftovers() -> None:
    assert not {path.stem for path in MODULES} & {"utils", "helpers", "common", "manager", "misc"}

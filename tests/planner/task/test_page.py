"""The page of the task language names every value."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso.planner.task.form import forms

PAGE = (Path(__file__).parents[3] / "docs" / "task-language.md").read_text()


@pytest.mark.parametrize("head", [head for head in forms() if head != "way"])
def test_every_value_is_on_the_page(head: str) -> None:
    assert f"| `{head}(" in PAGE or f"| `{head}` |" in PAGE

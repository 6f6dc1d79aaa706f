"""What the README and the page of figures say is what stands in ``bench/``."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sayso.bench import figures
from sayso.bench.result import Cell

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(("name", "make"), [(figures.README, figures.headlines), (figures.WHOLE, figures.table)])
def test_the_tables_are_those_of_the_results(name: Path, make: Callable[[Path], str]) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert figures.insert(text, make(ROOT / "bench")) == text


def test_a_row_of_the_readme_is_a_cell_or_all_of_them(tmp_path: Path) -> None:
    cells = [Cell("P1 killed", 50, 50), Cell("P2 frozen", 50, 48, {"seconds": {"p50": 7.25}})]
    (tmp_path / "faults").mkdir()
    result = {"command": "sayso bench faults", "cells": [cell.to_json() for cell in cells]}
    (tmp_path / "faults" / "bench.json").write_text(json.dumps(result))
    rows = figures.Headline("faults", "", "all"), figures.Headline("faults", "P2 frozen", "one", ("seconds",))
    assert figures.headlines(tmp_path, rows).splitlines()[2:] == [
        "| all | 100 | 98.0 % (93.0–99.4) |  |",
        "| one | 50 | 96.0 % (86.5–98.9) | median 7.2 s |",
    ]
    with pytest.raises(ValueError, match="no cell 'P3'; it has: P1 killed, P2 frozen"):
        figures.headlines(tmp_path, (figures.Headline("faults", "P3", "gone"),))


def test_a_text_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers"):
        figures.insert("no table here", "| a |")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"broken": 1, "done": 97}, "the constraint broken in 1 episodes"),
        ({"broken": 0, "cycles": 500}, "500 cycles, a limit broken in 0 episodes"),
        (
            {"ms": {"p50": 30.0, "p99": 90.0}, "processor ms": {"p50": 13.0, "p99": 40.0}},
            "p50 30.00 ms, p99 90.00 ms; of the processor p50 13.0 ms, p99 40.0 ms",
        ),
    ],
)
def test_what_a_cell_knows_beside_its_rate(tmp_path: Path, more: dict[str, object], words: str) -> None:
    (tmp_path / "constraints").mkdir()
    result = {"command": "sayso bench constraints", "cells": [Cell("keep away", 100, 97, more).to_json()]}
    (tmp_path / "constraints" / "bench.json").write_text(json.dumps(result))
    assert figures.table(tmp_path).splitlines()[2] == (
        f"| constraints | keep away | 100 | 97.0 % (91.5–99.0) | {words} | `sayso bench constraints` |"
    )

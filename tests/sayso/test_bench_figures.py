"""What the README and the page of figures say is what stands in ``bench/``."""

import json
from pathlib import Path

import pytest

from sayso.bench import figures
from sayso.bench.result import Cell

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("name", "short"), [(figures.README, True), (figures.WHOLE, False)])
def test_the_tables_are_those_of_the_results(name: Path, short: bool) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert figures.insert(text, figures.table(ROOT / "bench", short)) == text


def test_faults_are_summed_up_and_what_failed_is_named(tmp_path: Path) -> None:
    cells = [Cell("P1 killed", 50, 50), Cell("P2 frozen", 50, 48)]
    (tmp_path / "faults-koch").mkdir()
    result = {"command": "sayso bench faults", "cells": [cell.to_json() for cell in cells]}
    (tmp_path / "faults-koch" / "bench.json").write_text(json.dumps(result))
    (row,) = figures.table(tmp_path, short=True).splitlines()[2:]
    assert row.startswith("| faults-koch | all 2 cells | 100 | 98.0 % (93.0–99.4) | P2 frozen: 48 of 50 |")
    assert len(figures.table(tmp_path).splitlines()) == 4


def test_a_text_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers"):
        figures.insert("no table here", "| a |")

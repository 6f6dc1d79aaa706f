"""The tabletop tasks of Code as Policies: scenes in which each sentence has one meaning, verdicts, and plans."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.bench.suites import cells_of
from sayso.bench.tasks.cap import rungs
from sayso.bench.tasks.cap.errand import true_things
from sayso.bench.tasks.cap.templates import SPLITS, Split
from sayso.bench.tasks.cap.verdict import is_at, is_in_different_corners, is_line, is_some_way
from sayso.hardware.world import ObjectTruth
from sayso.model_store import ModelStore
from sayso.planner.task.text import parse
from sayso.planner.task.values import Task

PACKAGED = ModelStore().root


def block(x: float, y: float, z: float = 0.02) -> ObjectTruth:
    turn, size = np.array([0.0, 0.0, 0.0, 1.0]), np.array([0.04, 0.04, 0.04])
    return ObjectTruth("block", "red", np.array([x, y, z]), turn, size)


def bowl(x: float, y: float) -> ObjectTruth:
    return replace(block(x, y), kind="bowl", size=np.array([0.15, 0.15, 0.055]))


def test_the_table_has_22_cells_of_templates_each_50_times() -> None:
    assert sum(len(s.templates) for s in SPLITS) == 22 and len({t.name for s in SPLITS for t in s.templates}) == 14
    plans = cells_of("cap")
    assert [p.n for p in plans if "task text from pixels" not in p.name] == [s.n for s in SPLITS] * 3
    assert all(round(s.theirs * s.n) / s.n == pytest.approx(s.theirs, abs=0.001) for s in SPLITS)


def test_an_arm_that_reaches_a_part_of_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="so101 reaches a part"):
        cells_of("cap", arm="so101")


@pytest.mark.parametrize("split", SPLITS, ids=lambda s: f"{s.name}, {s.family}")
def test_every_task_has_a_sentence_a_text_and_a_verdict(split: Split) -> None:
    for seed in range(len(split.templates)):
        name, task = rungs.of(split, seed)
        again = rungs.of(split, seed)[1]
        assert (again.said, again.scene) == (task.said, task.scene), "a seed is one episode"
        assert parse(task.meaning, Task) and "{" not in task.said
        truth = true_things(task.scene)
        assert not task.done(truth, truth), f"{name}: done before anything was done"


@pytest.mark.parametrize("split", SPLITS, ids=lambda s: f"{s.name}, {s.family}")
def test_the_texts_are_carried_out(split: Split) -> None:
    for seed in range(2 * len(split.templates)):
        record = rungs.in_thought(split, PACKAGED, read=False, seed=seed)
        assert record["ok"], record


def test_figures_stand_beside_what_was_reported() -> None:
    split = SPLITS[0]
    records = [{"ok": True, "template": "stack all", "outcome": "right", "said": "", "told": ""}] * 3
    found = rungs.figures(split, [*records, {**records[0], "ok": False, "said": "stack", "told": "nothing"}])
    assert found["Code as Policies"] == {"rate": 0.972, "n": 250, "CLIPort": 0.788}
    assert (found["stack all"]["successes"], found["stack all"]["n"]) == (3, 4)
    assert found["failed"] == ["stack → nothing"]


def test_a_corner_is_an_outer_third_of_the_table_both_ways() -> None:
    assert is_at(block(0.60, 0.2).position, ("far", "left")) and not is_at(block(0.5, 0.2).position, ("far", "left"))
    assert not is_at(block(0.60, 0.2, -0.7).position, ("far", "left")), "it has fallen from the table"
    four = {"a": block(0.6, 0.2), "b": block(0.6, -0.2), "c": block(0.4, 0.2)}
    assert is_in_different_corners(list(four), four)
    assert not is_in_different_corners(list(four), {**four, "c": block(0.62, 0.22)})


def test_a_line_is_straight_flat_and_runs_the_right_way() -> None:
    diagonal = {"a": block(0.4, 0.1), "b": block(0.5, 0.0), "c": block(0.6, -0.1)}
    names = list(diagonal)
    assert is_line(names, "diagonal", diagonal) and not is_line(names, "vertical", diagonal)
    assert not is_line(names, "diagonal", {**diagonal, "b": block(0.54, 0.04)})
    assert not is_line(names, "diagonal", {**diagonal, "b": block(0.4, 0.1, 0.06)}), "a tower is no line"
    row = {"a": block(0.5, 0.2), "b": block(0.5, 0.0), "c": block(0.51, -0.2)}
    assert is_line(names, "horizontal", row)


def test_a_lot_is_more_than_a_little() -> None:
    near, far = {"a": block(0.5, 0.13), "w": bowl(0.5, 0.0)}, {"a": block(0.5, 0.21), "w": bowl(0.5, 0.0)}
    assert is_some_way("a", "w", "left", "little", near) and not is_some_way("a", "w", "left", "lot", near)
    assert is_some_way("a", "w", "left", "lot", far) and not is_some_way("a", "w", "right", "lot", far)

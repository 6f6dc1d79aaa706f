"""The language suite: what a person sees is compared with what the sentence's writer meant."""

from __future__ import annotations

import pytest

from sayso.bench.language.language import Verdict, cells, seen, sentences
from sayso.bench.language.obeyed import Effect, corrected, planned, scene_of
from sayso.bench.language.writers_scenes import scenes
from sayso.model_store import PACKAGED
from sayso.planner.corrections.reader import CorrectionReader
from sayso.planner.local import LocalPlanner
from sayso.planner.reader.source import Context
from sayso.planner.reader.training.pairs import Pair
from sayso.planner.task.text import parse
from sayso.planner.task.values import Task

PLANNER = LocalPlanner(PACKAGED)
READER = CorrectionReader(PLANNER.reader)
LEFT, RIGHT, ON, ASK, STOP = (
    Effect("motion", ("left",)),
    Effect("motion", ("right",)),
    *map(Effect, ("on", "ask", "stop")),
)
PUT = "put(the(block, color(red)), in(the(bowl, color(blue))))"


@pytest.mark.parametrize(
    ("meant", "given", "verdict"),
    [
        (LEFT, LEFT, "right"), (LEFT, RIGHT, "wrong"), (LEFT, ASK, "asked"), (LEFT, STOP, "asked"), (LEFT, ON, "asked"),
        (STOP, STOP, "right"), (STOP, ASK, "wrong"), (STOP, ON, "wrong"), (ASK, ON, "right"), (ASK, LEFT, "wrong"),
        (ON, LEFT, "wrong"), (ON, STOP, "asked"),
    ],
)  # fmt: skip
def test_the_verdict_on_what_is_seen(meant: Effect, given: Effect, verdict: Verdict) -> None:
    assert seen(meant, given) == verdict


def test_every_sentence_has_a_scene() -> None:
    assert all(pair.scene is not None and scene_of(pair) is scenes()[pair.scene] for pair in sentences())


def test_every_instruction_is_said_to_an_idle_arm_and_every_correction_to_one_at_work_or_just_done() -> None:
    busy = [p.context.doing is not None or p.context.before is not None for p in sentences()]
    assert busy == [p.group.startswith("correction") for p in sentences()]


@pytest.mark.parametrize("other", ["in(the(bowl, color(green)))", "left_of(the(bowl, color(blue)))"])
def test_another_place_is_another_effect(other: str) -> None:
    pair = Pair(PUT, Context(), parse(f"put(the(block, color(red)), {other})"), "instruction-plain")
    meant, given = planned(pair, PLANNER)
    assert given.kind == "steps" and meant != given


@pytest.mark.parametrize(
    ("said", "meaning"),
    [("stop", "stop"), ("a bit to the left", "move(way(left, by=little))"), ("slower", "speed(slower)")],
)
def test_a_plain_correction_is_obeyed(said: str, meaning: str) -> None:
    doing = parse(PUT, Task)
    meant, given = corrected(Pair(said, Context(doing), parse(meaning), "correction"), PLANNER, READER)
    assert meant == given


def test_what_limits_an_order_is_a_cell_of_its_own() -> None:
    sizes = {name: n for name, _, n in cells(PACKAGED)}
    parts = ("negated", "forbidden-while", "conditional", "reported")
    assert sizes["product: instruction-limited, not wrong"] >= 200
    assert sizes["product: instruction-limited, not wrong"] == sum(
        sizes[f"product: instruction-{part}, not wrong"] for part in parts
    )

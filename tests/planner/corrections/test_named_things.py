"""A thing that a person names is not lost on a moving arm."""

from __future__ import annotations

import pytest

from sayso.planner.plan import Relation, Subtask, Verb
from tests.planner.corrections.reading import reader
from tests.planner.local_scenes import TABLE

PUTS = "put the green block in the pink bowl"
STEPS = (
    Subtask(Verb.PICK, "green block", "green block"),
    Subtask(Verb.PLACE, "green block", "green block", Relation.IN, "pink bowl", "pink bowl"),
)


@pytest.mark.parametrize(
    ("said", "done"),
    [
        ("move the red block 10 cm to the left", "put the red block 10 cm to the left"),
        ("put the red block in the blue bowl", "put the red block in the blue bowl"),
    ],
)
def test_an_order_about_another_thing_is_no_motion_of_the_arm(said: str, done: str) -> None:
    found = reader().read(said, TABLE, STEPS, instruction=PUTS)
    assert found.level == "goal" and found.read_as == done


@pytest.mark.parametrize("said", ["empty the blue bowl", "leave out the blue bowl"])
def test_what_is_in_no_step_cannot_be_left_out(said: str) -> None:
    found = reader().read(said, TABLE, STEPS, instruction=PUTS)
    assert found.level != "goal" or "out of" in found.read_as, "the plan that there is would be no answer"


@pytest.mark.parametrize("said", ["stop the red one", "no no not the red block, stop", "stop at the red block!"])
def test_a_stop_that_names_a_thing_is_a_stop(said: str) -> None:
    assert reader().read(said, TABLE, STEPS, instruction=PUTS).level == "stop"

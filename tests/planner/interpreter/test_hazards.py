"""Tasks that would hurt somebody, by their values."""

from __future__ import annotations

import pytest

from sayso.planner.interpreter.hazards import hazardous
from sayso.planner.task.text import parse


@pytest.mark.parametrize(
    "task",
    [
        "harm",
        "seq(put(the(block), in(the(bowl))), harm)",
        "put(the(block), in(the(mouth)))",
        'put(the(block), on(the("sleeping dog")))',
        'pour(the("boiling water"), on(me))',
        "put(the(knife), toward(me))",
        "press(the(eye))",
        "if(exists(the(bowl)), put(the(block), on(the(baby))))",
    ],
)
def test_a_task_on_a_body_is_hazardous(task: str) -> None:
    assert hazardous(parse(task))


@pytest.mark.parametrize(
    "task",
    [
        "put(the(block), in(the(bowl)))",
        "put(the(block), toward(me))",
        "hand(the(knife))",
        "put(the(knife), in(the(drawer)))",
        "press(the(button))",
        "with(stack(all(block)), keep_away(the(hand)))",
        'put(the("toy dog"), in(the(box)))',
        "pour(the(tea), in(the(cup)))",
        "rule(never(at(the(block), on(the(baby)))))",
    ],
)
def test_other_tasks_are_not(task: str) -> None:
    assert not hazardous(parse(task))

import numpy as np
import pytest

from sayso.hardware.types import Pose
from sayso.perception.scene import Scene
from sayso.planner.interpreter.answers import NO_TASK, answer_to
from sayso.planner.plan import Question, Refusal, Reply
from sayso.planner.task.text import parse

EMPTY = Scene(0.0, (), Pose(np.array([0.4, 0.0, 0.2]), np.eye(3)))


@pytest.mark.parametrize(
    ("meaning", "kind"),
    [("remark", Reply), ("ask(see)", Reply), ("speed(slow)", Reply), ("stop", Refusal), ("unclear", Question)],
)
def test_what_is_no_task_is_answered_and_moves_nothing(meaning: str, kind: type) -> None:
    assert type(answer_to(parse(meaning), EMPTY)) is kind


def test_a_greeting_is_no_refusal() -> None:
    assert answer_to(parse("remark"), EMPTY) == Reply(NO_TASK)

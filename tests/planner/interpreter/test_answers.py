import numpy as np
import pytest

from sayso.hardware.types import Pose
from sayso.perception.scene import Scene
from sayso.planner.interpreter.answers import NO_TASK, answer_to
from sayso.planner.interpreter.discourse import Discourse
from sayso.planner.interpreter.grounding import Grounding
from sayso.planner.language.grounding import the
from sayso.planner.language.symbolic_state import Surroundings
from sayso.planner.plan import Question, Refusal, Reply
from sayso.planner.task.text import parse
from sayso.planner.task.things import colors_meant, kinds_meant
from tests.planner.local_scenes import scene, thing

EMPTY = Scene(0.0, (), Pose(np.array([0.4, 0.0, 0.2]), np.eye(3)))


TABLE = scene(
    thing("red block", 0.45, 0.10), thing("blue block", 0.60, 0.0, 0.04), thing("red bowl", 0.60, 0.0),
    thing("green block", 0.35, -0.20),
)  # fmt: skip


def seen(on: Scene) -> Grounding:
    return Grounding(Surroundings(on), Discourse(), kinds_meant, colors_meant)


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("at(the(block, color(blue)), in(the(bowl)))", "Yes, the blue block is in the bowl."),
        ("at(the(block, color(red)), in(the(bowl)))", "No, the red block is not in the bowl."),
        ("exists(a(block, in(the(bowl))))", "Yes: the blue block."),
        ("exists(a(mug))", "No, none that I see."),
        ("compared(near, the(block, color(green)), the(block, color(red)))", "Yes, the green block is nearer than"),
        ("compared(left, the(block, color(green)), the(block, color(red)))", "No, the green block is not farther left"),
        ("compared(tall, the(block, color(green)), the(block, color(red)))", "No, the green block is not taller than"),
        ("more(all(block), all(bowl))", "Yes, there are more"),
        ("more(all(block, color(red)), all(block, color(green)))", "No, "),
        ("at(the(mug), in(the(bowl)))", "No, the mug is not"),
        ("event(\"Mum is back\")", "I cannot see whether"),
    ],
)  # fmt: skip
def test_a_question_whether_something_is_so_gets_yes_or_no(condition: str, answer: str) -> None:
    found = answer_to(parse(f"whether({condition})"), seen(TABLE))
    assert isinstance(found, Reply) and found.reason.startswith(answer), found


def test_a_question_about_some_things_is_answered_with_those() -> None:
    assert answer_to(parse("ask(see, thing=all(block, at_side(left)))"), seen(TABLE)) == Reply("I see the red block.")
    assert str(answer_to(parse("ask(what, thing=held)"), seen(TABLE)).reason).startswith("I hold nothing. I see the")
    assert answer_to(parse("ask(see)"), seen(TABLE)) == Reply(f"I see {the(TABLE.objects)}.")


@pytest.mark.parametrize(
    ("meaning", "kind"),
    [("remark", Reply), ("ask(see)", Reply), ("speed(slow)", Reply), ("stop", Refusal), ("unclear", Question)],
)
def test_what_is_no_task_is_answered_and_moves_nothing(meaning: str, kind: type) -> None:
    assert type(answer_to(parse(meaning), seen(EMPTY))) is kind


def test_a_greeting_is_no_refusal() -> None:
    assert answer_to(parse("remark"), seen(EMPTY)) == Reply(NO_TASK)

"""Things handed over one after the other, or before other steps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sayso.perception.scene import Scene
from sayso.planner.interpreter.discourse import Interpretation
from sayso.planner.interpreter.interpreter import Interpreter
from sayso.planner.plan import Plan, Subtask
from sayso.planner.task.text import parse
from sayso.planner.task.things import colors_meant, kinds_meant
from sayso.planner.task.values import Task
from tests.planner.local_scenes import TABLE, scene

RED, GREEN = "the(block, color(red))", "the(block, color(green))"
TAKEN = "wait until you have taken the red block"


def steps(meant: Interpretation, seen: Scene, done: tuple[Subtask, ...] = ()) -> tuple[Subtask, ...]:
    got = Interpreter(kinds_meant, colors_meant).answer(meant, seen, done)
    assert isinstance(got, Plan), got
    return got.subtasks


@pytest.mark.parametrize(
    ("task", "following"),
    [
        (
            f"seq(hand({RED}), put({GREEN}, in(the(bowl, color(pink)))))",
            ["pick up the green block", "put the green block in the pink bowl"],
        ),
        (f"seq(hand({RED}), hand({GREEN}))", ["pick up the green block"]),
        (f"hand(together({RED}, {GREEN}))", ["pick up the green block"]),
    ],
)
def test_the_next_step_waits_until_the_thing_is_taken(task: str, following: list[str]) -> None:
    meant = Interpretation(parse(task, Task))
    first = steps(meant, TABLE)
    assert [str(s) for s in first] == ["pick up the red block", TAKEN]
    wait = first[-1].wait
    assert wait is not None and wait.is_seen and not wait.needs_words
    holding = scene(*TABLE.objects, held="red block")
    assert [str(s) for s in steps(meant, holding, first[:1])] == [TAKEN]
    gone = replace(TABLE, objects=tuple(o for o in TABLE.objects if o.id != "red block"))
    assert [str(s) for s in steps(meant, gone, first)] == following
    assert [str(s) for s in steps(meant, TABLE, first)] == following  # or it lies on the table again


@pytest.mark.parametrize(
    ("task", "last"),
    [
        (f"seq(hand({RED}), put(it, in(the(bowl, color(pink)))))", "put the red block in the pink bowl"),
        (f"seq(hand({RED}), go(home))", "go home"),
        (f"hand({RED})", "pick up the red block"),
    ],
)
def test_what_the_thing_itself_does_next_waits_for_nobody(task: str, last: str) -> None:
    found = steps(Interpretation(parse(task, Task)), TABLE)
    assert all(s.wait is None for s in found) and str(found[-1]) == last

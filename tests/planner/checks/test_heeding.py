"""No planner is asked what is no task, and none does what the instruction forbids."""

from __future__ import annotations

import pytest

from sayso.model_store import PACKAGED
from sayso.perception.scene import Scene
from sayso.planner.checks.heeding import Heeding, objection, refused_at_once
from sayso.planner.language.nothing import asks_for_nothing
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Answer, Plan, Planner, Question, Refusal, Relation, Subtask, Verb
from sayso.planner.remote.planner import RemotePlanner
from tests.planner.local_scenes import TABLE
from tests.planner.remote_server import Script, says, serving, table

LOCAL = LocalPlanner(PACKAGED)
NOTHING = """don't touch anything; do not touch anything; please don't touch anything; stay; stay still; stay where you
are; wait; wait a moment; do nothing; don't do anything; never mind; nevermind; hands off; keep your hands off
everything; leave everything alone; leave it all as it is; just leave them alone; forget it; nothing; touch
nothing; no; don't; stop; cancel that; hold on, please; relax; stay still and don't touch anything; no, leave
everything where it is!; not now; you must not move anything"""
SOMETHING = """leave the red block alone; don't touch the red block; put the red block in the blue bowl and touch
nothing else; leave everything alone but put the red block in the blue bowl; don't touch anything except the red
block; drop it; wait for me, then stack the blocks; put everything in the blue bowl; move it all to the left; undo
that"""


def sentences(text: str) -> list[str]:
    return [" ".join(t.split()) for t in text.split(";")]


@pytest.mark.parametrize("text", sentences(NOTHING))
def test_what_asks_for_nothing_is_understood_as_that(text: str) -> None:
    answer = LOCAL.plan(text, TABLE)
    assert isinstance(answer, Refusal) and "do nothing" in answer.reason


@pytest.mark.parametrize("text", sentences(SOMETHING))
def test_what_asks_for_something_is_not_taken_for_nothing(text: str) -> None:
    assert not asks_for_nothing(text)


@pytest.mark.parametrize("text", ["", "  ", "...", "☺", "?!"])
def test_without_words_there_is_nothing_to_do(text: str) -> None:
    answer = LOCAL.plan(text, TABLE)
    assert isinstance(answer, Refusal) and "no words" in answer.reason


@pytest.mark.parametrize("text", ["don't drop it", "don't worry", "if you please", "no rush"])
def test_what_is_only_politeness_is_answered_as_a_sentence(text: str) -> None:
    answer = LOCAL.plan(text, TABLE)
    assert not isinstance(answer, Plan) and "no words" not in str(answer)


PICK = {"verb": "pick up", "object": "b1"}
PUT = {"verb": "put", "object": "b1", "relation": "in", "reference": "w1"}
PLAN = {"answer": {"type": "plan", "subtasks": [PICK, PUT]}}


def ask(script: Script, instruction: str) -> Answer:
    with serving(script) as url:
        return RemotePlanner("m", url).plan(instruction, table(), deadline_s=60.0)


@pytest.mark.parametrize("text", ["stop! my hand", "ouch, my finger!", "don't touch anything", "wait", "..."])
def test_a_cry_and_nothing_are_not_sent_to_a_server(text: str) -> None:
    script = Script(says(PLAN))
    assert isinstance(ask(script, text), Refusal) and not script.bodies


@pytest.mark.parametrize(
    "text",
    [
        "put the blocks in the blue bowl but don't touch the red block",
        "do not put the red block in the blue bowl",
        "whatever you do, never put the red block in the blue bowl",
        "clear up, and leave the red block alone",
        "you needn't bother putting the red block in the blue bowl",
        "never fill the blue bowl",
    ],
)
def test_a_model_that_does_what_is_forbidden_is_told_once_and_then_the_person_is_asked(text: str) -> None:
    script = Script(says(PLAN))
    assert isinstance(ask(script, text), Question)
    assert len(script.bodies) == 2 and "may forbid" in script.bodies[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "text",
    [
        "put the red block in the blue bowl",
        "put the red block in the blue bowl but don't touch the green block",
        "put the red block in the blue bowl without touching the other blocks",
        "don't put the red block in the green bowl, put it in the blue one",
        "don't worry, put the red block in the blue bowl and don't drop it",
    ],
)
def test_a_plan_that_keeps_to_the_instruction_is_taken(text: str) -> None:
    script = Script(says(PLAN))
    assert isinstance(ask(script, text), Plan) and len(script.bodies) == 1


class Wilful(Planner):
    """Puts the red block in the blue bowl, whatever it is told; counts how often it is asked."""

    name, asked = "wilful", 0

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        self.asked += 1
        a, b = "red block", "blue bowl"
        return Plan((Subtask(Verb.PICK, a, a), Subtask(Verb.PLACE, a, a, Relation.IN, b, b)))


def test_any_planner_is_held_to_the_instruction() -> None:
    wilful = Wilful()
    heeding = Heeding(wilful)
    assert isinstance(heeding.plan("tidy up", TABLE), Plan)
    assert isinstance(heeding.plan("tidy up, but don't touch the red block", TABLE), Question)
    assert isinstance(heeding.plan("ouch, my finger!", TABLE), Refusal) and wilful.asked == 2
    assert refused_at_once("put the red block in the blue bowl") is None


def test_only_a_step_that_the_negation_bears_on_is_objected_to() -> None:
    plan = Wilful().plan("", TABLE)
    assert isinstance(plan, Plan)
    assert objection("put the red block in the blue bowl, not the green one", plan, TABLE) is None
    assert objection("fill the blue bowl, but not with the red block", plan, TABLE) is not None

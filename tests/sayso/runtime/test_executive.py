"""The executive makes a plan of an instruction, gives the goal of the moment, goes on, and ends with an outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sayso.hardware.mock_robot import Fault
from sayso.hardware.types import JointState, Pose
from sayso.perception.scene import KINDS, Scene, SceneObject
from sayso.planner.background import BackgroundPlanner
from sayso.planner.checks.familiar import SAMPLES
from sayso.planner.corrections.correction import Correction
from sayso.planner.errors import PlannerError
from sayso.planner.execution.critic import State
from sayso.planner.execution.second_look import AWAY_S, DARK_S, DOUBT_S
from sayso.planner.execution.supervisor import ASIDES, LOST, RETRIES, SUBTASK_LIMIT_S, Level
from sayso.planner.plan import Answer, Plan, Planner, Question, Refusal, Relation, Subtask, Verb
from sayso.runtime.subscriber import Tick
from sayso.skills.features import Observation, Proprioception
from tests.sayso.runtime.parts import GOAL, LEFT, SPEC, TABLE, UP, ExecutiveRig, block

RED, GREEN = TABLE
BOWL = replace(
    block("blue", 0.3), kinds={k: float(k == "bowl") for k in KINDS}, size=np.array([0.15, 0.15, 0.055]),
    position=np.array([0.5, 0.3, 0.0275]),
)  # fmt: skip
PICK, PICK_GREEN = Subtask(Verb.PICK, "red", "red block"), Subtask(Verb.PICK, "green", "green block")
ON = Subtask(Verb.PLACE, "red", "red block", Relation.ON, "green", "green block")
FAR = Subtask(Verb.PLACE, "red", "red block", Relation.LEFT, "green", "green block", 0.9)
TOOL = Pose(np.array([0.5, 0.1, 0.2]), np.diag([1.0, -1.0, -1.0]))
LIFTED = replace(RED, position=np.array([0.5, 0.1, 0.2]), held=True)
STACKED = replace(RED, position=np.array([0.5, -0.1, 0.06]))
HOLDS = Proprioception(SPEC.home, SPEC.home, TOOL, 0.04, 0.0, True)
OPEN = replace(HOLDS, opening=0.08, closing=False)


class Scripted(Planner):
    """Gives these answers in turn, the last one for ever; ``asked`` is what it was asked, and what was done by then."""

    name = "scripted"

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.asked = list(answers), list[tuple[str, tuple[str, ...]]]()

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        self.asked.append((instruction, tuple(map(str, done))))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Rig(ExecutiveRig):
    """An executive with a scripted planner, told by hand what is seen and felt."""

    def __init__(
        self, *answers: Answer | tuple[Subtask, ...], objects: tuple[SceneObject, ...] = TABLE, limit_s: float = 60.0,
        instruction: str = "do it",
    ) -> None:  # fmt: skip
        self.script = Scripted(*(Plan(a) if isinstance(a, tuple) else a for a in answers))
        super().__init__(instruction, limit_s, self.script, objects)

    def see(self, *objects: SceneObject) -> Scene:
        self.runtime.scene = Scene(self.now, objects, TOOL, 0.5, next((o.id for o in objects if o.held), None))
        return self.runtime.scene

    def judge(self, state: State, *objects: SceneObject, hand: Proprioception = HOLDS) -> Observation | None:
        """A review with this word of the critic."""
        self.critic.state = state
        return self.executive.review(Observation.of(hand, GOAL), self.see(*objects), self.now)

    def tick(self, hand: Proprioception = OPEN) -> None:
        assert self.executive.scene is not None
        state = JointState(self.now, SPEC.home, np.zeros(SPEC.dof), 1.0)
        self.executive.ticked(Tick(self.now, state, hand, self.executive.scene))

    @property
    def steps(self) -> list[str]:
        return [step.outcome for step in self.executive.supervisor.steps]

    @property
    def asks(self) -> str:
        assert self.executive.question is not None
        return self.executive.question.text

    @property
    def clock(self) -> Any:
        return self.robot.clock


class Asked:
    """A planner in the background that answers when it is told to."""

    def __init__(self) -> None:
        self.questions, self.closed, self.failed = list[tuple[str, tuple[Subtask, ...]]](), False, ""
        self.answer: Answer | Exception | None = None

    @property
    def is_answered(self) -> bool:
        return self.answer is not None

    def submit(self, instruction: str, scene: Scene, done: tuple[Subtask, ...] = ()) -> int:
        self.questions.append((instruction, done))
        return len(self.questions)

    def poll(self) -> tuple[int, Answer | Exception] | None:
        answer, self.answer = self.answer, None
        return None if answer is None else (1, answer)

    def close(self) -> None:
        self.closed = True


# The answer to an instruction ----------------------------------------------------------------------------------


def test_a_plan_is_begun_with_its_first_subtask() -> None:
    rig = Rig((PICK, ON))
    assert rig.executive.supervisor.current is PICK and rig.executive.outcome is None
    assert np.array_equal(rig.executive.goals.anchors["red"], RED.position)
    assert rig.script.asked == [("do it", ())]


def test_a_question_ends_the_run() -> None:
    rig = Rig(Question("which one?", ("red", "green")))
    assert rig.executive.outcome == "asked" and rig.executive.question == Question("which one?", ("red", "green"))


def test_a_refusal_ends_the_run() -> None:
    rig = Rig(Refusal("I will not"))
    assert rig.executive.outcome == "refused" and rig.executive.refusal == Refusal("I will not")


def test_a_plan_with_nothing_to_do_is_done() -> None:
    assert Rig(()).executive.outcome == "done"


def test_a_thing_wider_than_the_hand_is_refused() -> None:
    rig = Rig((PICK,), objects=(replace(RED, size=np.array([0.2, 0.2, 0.04])), GREEN))
    refusal = rig.executive.refusal
    assert rig.executive.outcome == "refused" and refusal is not None and "20.0 cm wide" in refusal.reason


def test_what_has_no_room_is_left_and_the_run_fails_where_nothing_else_is_to_do() -> None:
    rig = Rig((PICK, FAR))
    assert rig.executive.outcome == "failed"
    assert rig.asks == "There is no room to the left of the green block within my reach; I left the red block."


def test_what_has_no_room_is_left_and_the_rest_is_done() -> None:
    rig = Rig((PICK, FAR, PICK_GREEN))
    assert rig.executive.outcome is None and rig.object == "green"
    rig.judge(State.DONE, RED, replace(GREEN, position=np.array([0.5, -0.1, 0.2]), held=True))
    assert rig.asks.endswith("I left the red block.")
    assert str(rig.executive.supervisor.current) == "put the green block to the left", "the hand is emptied first"


def test_what_is_unlike_training_is_noticed_once_and_said_when_it_fails() -> None:
    odd = replace(RED, kinds={"block": 0.6, "bowl": 0.4})
    rig = Rig((PICK,), objects=(odd, GREEN))
    assert [event.text for event in rig.executive.notices.noticed] == [
        "I am not sure that the red block is a block: 60 %"
    ]
    rig.executive.replan("do it again", rig.now)
    assert len(rig.executive.notices.noticed) == 1
    rig.executive.question = Question("I could not.")
    rig.executive.conclusion.finish("failed")
    assert rig.asks == "I could not. Unusual here: I am not sure that the red block is a block: 60 %."


def test_what_is_unusual_is_not_said_where_nothing_failed() -> None:
    rig = Rig((PICK,), objects=(replace(RED, kinds={"block": 0.6, "bowl": 0.4}), GREEN))
    rig.executive.question = Question("which one?")
    rig.executive.conclusion.finish("asked")
    assert rig.asks == "which one?"
    silent = Rig((PICK,), objects=(replace(RED, kinds={"block": 0.6, "bowl": 0.4}), GREEN))
    silent.executive.conclusion.finish("failed")
    assert silent.executive.question is None


# The pace and the time -----------------------------------------------------------------------------------------


def test_a_pace_in_the_instruction_holds_until_the_next_one() -> None:
    rig = Rig((PICK,), instruction="slowly pick up the red block")
    slow = rig.executive.override.pace
    assert slow < 1.0 and rig.executive.limit.patience == 1 / slow == rig.executive.supervisor.patience
    (event,) = rig.executive.notices.heeded
    assert event.text.startswith("I do everything")
    rig.executive.clear()
    assert rig.executive.override.pace == 1.0 and rig.executive.notices.heeded == []


def test_a_pace_is_heeded_once_for_each_instruction() -> None:
    rig = Rig((PICK,), instruction="slowly pick up the red block")
    rig.executive.replan("slowly pick up the red block", rig.now)
    assert len(rig.executive.notices.heeded) == 1
    rig.executive.replan("pick up the green block slowly", rig.now)
    assert len(rig.executive.notices.heeded) == 2


def test_a_higher_pace_gives_no_less_time() -> None:
    rig = Rig((PICK,))
    rig.executive.override.pace = 2.0
    assert rig.executive.limit.patience == 1.0


def test_the_run_ends_when_its_time_is_over_and_says_what_it_was_at() -> None:
    rig = Rig((PICK,), limit_s=3.0)
    rig.clock.t += 2.9
    rig.tick()
    assert rig.executive.outcome is None
    rig.clock.t += 0.2
    rig.tick()
    assert rig.executive.outcome == "timeout" and rig.steps == ["timeout"]
    doubt = "I ran out of time while I was to pick up the red block: my hand is open and holds nothing."
    assert rig.asks == doubt
    rig.tick()
    assert rig.asks == doubt, "what is over does not end again"


def test_a_run_that_ends_as_it_succeeds_says_no_doubt() -> None:
    rig = Rig((PICK,), limit_s=3.0)
    rig.see(LIFTED, GREEN)
    rig.clock.t += 3.1
    rig.tick(HOLDS)
    assert rig.asks == "I ran out of time while I was to pick up the red block. I still hold the red block."


def test_a_run_without_a_subtask_that_ends_asks_nothing() -> None:
    rig = Rig((PICK,), limit_s=3.0)
    rig.executive.supervisor.close("superseded")
    rig.clock.t += 3.1
    rig.tick()
    assert rig.executive.outcome == "timeout" and rig.executive.question is None


def ends_at(rig: Rig, t: float) -> bool:
    """Whether the run is over at ``t`` s and not just before."""
    rig.clock.t = t - 0.01
    rig.tick()
    before = rig.executive.outcome
    rig.clock.t = t + 0.01
    rig.tick()
    return before is None and rig.executive.outcome == "timeout"


def test_time_is_given_anew_and_a_pause_does_not_count() -> None:
    rig = Rig((PICK,), limit_s=3.0)
    rig.executive.limit.set(rig.now, 5.0)
    rig.executive.limit.not_counting(1.5)
    assert ends_at(rig, rig.now + 6.5)


def test_at_half_the_pace_what_is_left_takes_twice_as_long() -> None:
    rig = Rig((PICK,), limit_s=4.0)
    start = rig.now
    rig.executive.override.pace = 0.5
    rig.executive.be_patient(before=1.0, since=start + 1.0)
    assert rig.executive.supervisor.patience == 2.0 and ends_at(rig, start + 1.0 + 2 * 3.0)


# The goal of the moment ----------------------------------------------------------------------------------------


def goal(rig: Rig, scene: Scene) -> Any:
    return rig.executive.goal(scene, OPEN, rig.now)


def test_the_goal_is_that_of_the_current_subtask() -> None:
    rig = Rig((PICK, ON))
    assert np.array_equal(goal(rig, rig.see(*TABLE)).position, RED.position)


def test_without_a_subtask_there_is_a_goal_only_for_a_spoken_motion() -> None:
    rig = Rig((PICK,))
    goal(rig, rig.see(*TABLE))
    rig.executive.supervisor.close("done")
    assert goal(rig, rig.see(*TABLE)) is None
    rig.executive.override.move(LEFT, rig.now, 1.0)
    assert np.array_equal(goal(rig, rig.see(*TABLE)).position, RED.position), "the last one"


def test_a_lost_object_is_planned_anew_with_what_is_done() -> None:
    rig = Rig((PICK, ON), (PICK_GREEN,))
    rig.judge(State.DONE, LIFTED, GREEN)
    assert goal(rig, rig.see(GREEN)) is None and len(rig.script.asked) == 1, "it may be put back"
    rig.clock.sleep_until(rig.now + AWAY_S)
    assert goal(rig, rig.see(GREEN)) is None
    assert rig.executive.supervisor.replans[-1].reason == LOST
    assert rig.script.asked[-1] == ("do it", ("pick up the red block",)) and rig.object == "green"


def test_put_back_in_time_it_is_worked_on_as_before() -> None:
    rig = Rig((PICK,))
    assert goal(rig, rig.see(GREEN)) is None
    rig.clock.sleep_until(rig.now + AWAY_S / 2)
    assert goal(rig, rig.see(*TABLE)) is not None
    rig.clock.sleep_until(rig.now + AWAY_S / 2)
    assert goal(rig, rig.see(GREEN)) is None and rig.executive.supervisor.replans == []


def test_a_plan_for_what_another_thing_has_replaced_says_so() -> None:
    rig = Rig((PICK,), (PICK_GREEN,))
    there = replace(block("blue", 0.1), id="another")
    goal(rig, rig.see(GREEN, there))
    rig.clock.sleep_until(rig.now + AWAY_S)
    goal(rig, rig.see(GREEN, there))
    assert rig.executive.supervisor.replans[-1].reason == "a blue block is where the red block was"


def test_the_arm_waits_for_a_second_look_at_what_is_doubtful_and_not_for_ever() -> None:
    rig, doubtful = Rig((PICK,)), replace(RED, doubt=0.01)
    assert goal(rig, rig.see(doubtful, GREEN)) is None
    assert goal(rig, rig.see(RED, GREEN)) is not None
    assert goal(rig, rig.see(doubtful, GREEN)) is None
    rig.clock.sleep_until(rig.now + DOUBT_S)
    assert goal(rig, rig.see(doubtful, GREEN)) is not None, "it was one look, and no second one came"


def test_a_spoken_motion_is_carried_out_while_the_arm_waits() -> None:
    rig = Rig((PICK,))
    goal(rig, rig.see(*TABLE))
    rig.executive.override.move(LEFT, rig.now, 1.0)
    assert goal(rig, rig.see(replace(RED, doubt=0.5), GREEN)) is not None


def test_what_can_be_told_by_nothing_any_more_is_planned_anew() -> None:
    rig, dark = Rig((PICK,), (PICK_GREEN,)), replace(RED, doubt=0.5)
    assert goal(rig, rig.see(dark, GREEN)) is None
    rig.clock.sleep_until(rig.now + DARK_S / 2)
    assert goal(rig, rig.see(dark, GREEN)) is None
    rig.clock.sleep_until(rig.now + DARK_S / 2)
    assert goal(rig, rig.see(dark, GREEN)) is None and rig.object == "green"
    assert rig.executive.supervisor.replans[-1].reason == "I cannot tell any more whether that is the red block"


WRONG = replace(GREEN, position=np.array([0.5, 0.1, 0.2]), held=True)


def test_the_wrong_thing_in_the_hand_is_set_aside_and_the_right_one_taken() -> None:
    rig = Rig((PICK, ON))
    goal(rig, rig.see(RED, WRONG))
    goal(rig, rig.see(RED, WRONG))
    supervisor = rig.executive.supervisor
    assert [str(s) for s in (supervisor.current, *supervisor.left)] == [
        "put the green block aside", "pick up the red block", "put the red block on the green block",
    ]  # fmt: skip
    assert supervisor.replans[-1].reason == "it is the green block that I hold and not the red block"
    found = goal(rig, rig.see(RED, WRONG))
    assert found.held and found.place[2] == 0.0 and np.linalg.norm(found.place[:2] - RED.position[:2]) > 0.04
    rig.judge(State.DONE, RED, GREEN, hand=OPEN)
    assert rig.object == "red" and supervisor.done == (), "the instruction did not ask for that"


def test_the_wrong_thing_again_and_again_becomes_a_question() -> None:
    rig = Rig((PICK,))
    for _ in range(ASIDES + 1):
        goal(rig, rig.see(RED, WRONG))
        rig.judge(State.DONE, RED, GREEN, hand=OPEN)
    assert "it is the green block that I hold" in rig.asks


# What the critic says ------------------------------------------------------------------------------------------


def test_while_it_goes_well_the_motion_is_chosen_for_what_was_seen() -> None:
    rig = Rig((PICK,))
    observation = rig.judge(State.GOING, *TABLE)
    assert observation is not None and observation.goal is GOAL and rig.steps == ["running"]
    assert [judgement.state for _, judgement in rig.executive.log.judgements] == [State.GOING]


def test_a_subtask_that_is_done_gives_way_to_the_next() -> None:
    rig = Rig((PICK, ON))
    observation = rig.judge(State.DONE, LIFTED, GREEN)
    assert rig.steps == ["done", "running"] and rig.executive.supervisor.current is ON
    assert observation is not None and observation.goal.place is not None


def test_the_last_subtask_that_is_done_ends_the_run() -> None:
    rig = Rig((PICK,))
    assert rig.judge(State.DONE, LIFTED, GREEN) is None
    assert rig.executive.outcome == "done"
    assert rig.judge(State.DONE, LIFTED, GREEN) is None, "there is nothing to judge any more"


def test_what_hand_and_scene_show_otherwise_is_not_done() -> None:
    rig = Rig((PICK,))
    assert rig.judge(State.DONE, *TABLE, hand=OPEN) is not None
    assert rig.executive.outcome is None and rig.steps == ["running"]


def test_a_failed_subtask_is_tried_again_and_then_planned_anew() -> None:
    rig = Rig((PICK,), (PICK_GREEN,))
    for _ in range(RETRIES):
        assert rig.judge(State.FAILED, *TABLE) is not None
    assert rig.object == "red" and len(rig.script.asked) == 1
    rig.judge(State.FAILED, *TABLE)
    assert rig.object == "green" and len(rig.script.asked) == 2


def fail_for_good(rig: Rig, *objects: SceneObject, hand: Proprioception = OPEN) -> None:
    for _ in range(30):
        if rig.executive.outcome is None and not rig.executive.conclusion.failing:
            rig.judge(State.FAILED, *objects, hand=hand)


def test_what_fails_for_good_with_an_empty_hand_ends_the_run_with_a_question() -> None:
    rig = Rig((PICK,))
    fail_for_good(rig, *TABLE)
    assert rig.executive.outcome == "failed"
    assert rig.asks.startswith("I could not pick up the red block: the critic says it failed: my hand is open")
    assert rig.asks.endswith("What shall I do?")


def failing(limit_s: float = 60.0) -> Rig:
    """It holds the red block, and has given up putting it on the green one."""
    rig = Rig((ON,), objects=(LIFTED, GREEN), limit_s=limit_s)
    fail_for_good(rig, LIFTED, GREEN, hand=HOLDS)
    assert rig.executive.outcome is None
    return rig


def test_what_fails_for_good_with_a_full_hand_sets_it_down_first() -> None:
    rig = failing()
    assert str(rig.executive.supervisor.current) == "put the red block to the left"
    subtask = rig.executive.supervisor.current
    assert subtask is not None
    down = replace(RED, position=np.array([0.5, 0.1 + 0.12, 0.02]))
    rig.judge(State.DONE, down, GREEN, hand=OPEN)
    assert rig.executive.outcome == "failed" and rig.asks.endswith("I set the red block down on the table.")


def test_what_cannot_be_set_down_either_is_said_to_be_held() -> None:
    rig = failing()
    rig.judge(State.FAILED, LIFTED, GREEN)
    assert rig.executive.outcome == "failed" and rig.asks.endswith("I still hold the red block.")


def test_what_was_set_down_and_is_not_seen_to_be_is_not_told() -> None:
    rig = failing()
    rig.judge(State.FAILED, *TABLE, hand=OPEN)
    assert rig.executive.outcome == "failed" and rig.asks.endswith("What shall I do?")


def test_setting_down_has_time_of_its_own() -> None:
    rig = failing(limit_s=1.0)
    assert ends_at(rig, rig.now + SUBTASK_LIMIT_S + 1.0)


def test_a_new_wish_while_the_hand_is_emptied_is_carried_out() -> None:
    rig = failing()
    rig.script.answers = [Plan((PICK_GREEN,))]
    rig.executive.replan("pick up the green block", rig.now)
    assert rig.object == "green" and rig.executive.question is None
    held = replace(GREEN, position=np.array([0.5, -0.1, 0.2]), held=True)
    rig.judge(State.DONE, RED, held)
    assert rig.executive.outcome == "done"


def test_a_tower_that_is_seen_to_have_fallen_is_planned_anew() -> None:
    yellow = block("yellow", -0.25)
    rig = Rig((ON, Subtask(Verb.PICK, "yellow", "yellow block")), (PICK, ON), objects=(LIFTED, GREEN, yellow))
    rig.judge(State.DONE, STACKED, GREEN, yellow, hand=OPEN)
    assert rig.object == "yellow" and len(rig.script.asked) == 1
    rig.judge(State.FAILED, RED, GREEN, yellow, hand=OPEN)
    assert rig.script.asked[1:] == [("do it", ())], "nothing of it is done any more"
    assert rig.executive.supervisor.current is PICK


def test_an_end_that_the_scene_contradicts_is_no_end() -> None:
    rig = Rig((PICK, ON), (PICK, ON))
    rig.judge(State.DONE, LIFTED, GREEN)
    rig.executive.supervisor.advance(State.DONE, 0.0, rig.now)
    rig.see(RED, GREEN)
    rig.executive.changed(rig.now)
    assert rig.executive.outcome is None and len(rig.script.asked) == 2
    assert rig.executive.supervisor.replans[-1].level is Level.PLAN


def test_a_new_plan_with_nothing_to_do_after_a_broken_off_one_makes_nothing_done() -> None:
    rig = Rig((PICK,), ())
    fail_for_good(rig, *TABLE)
    assert rig.executive.outcome == "failed" and "I could not pick up the red block" in rig.asks


# A planner that takes its time ---------------------------------------------------------------------------------


def test_a_remote_planner_is_asked_in_the_background() -> None:
    class Remote(Scripted):
        remote = True

    rig = ExecutiveRig(planner=Remote(Plan((PICK,))))
    assert isinstance(rig.executive.planning.background, BackgroundPlanner)
    rig.executive.planning.background.close()
    assert Rig((PICK,)).executive.planning.background is None


@pytest.fixture
def slow() -> Rig:
    """It waits for a new plan from the background."""
    rig = Rig((PICK,))
    rig.executive.planning.background = Asked()  # type: ignore[assignment]
    rig.executive.replan("pick up the green block", rig.now)
    return rig


def background(rig: Rig) -> Asked:
    assert isinstance(rig.executive.planning.background, Asked)
    return rig.executive.planning.background


def test_a_new_instruction_is_asked_without_what_was_done_for_the_one_before(slow: Rig) -> None:
    assert background(slow).questions == [("pick up the green block", ())]


def test_until_there_is_an_answer_the_arm_holds_and_then_it_takes_the_answer(slow: Rig) -> None:
    scene = slow.see(*TABLE)
    assert slow.executive.goal(scene, OPEN, slow.now) is None and slow.object == "red"
    assert slow.executive.review(Observation.of(OPEN, GOAL), scene, slow.now) is None
    background(slow).answer = Plan((PICK_GREEN,))
    assert slow.executive.goal(scene, OPEN, slow.now) is not None and slow.object == "green"


def test_an_arm_that_waits_for_a_plan_obeys_a_spoken_motion_and_its_time_does_not_run_out(slow: Rig) -> None:
    slow.executive.override.move(UP, slow.now, 1.0)
    assert slow.executive.goal(slow.see(*TABLE), OPEN, slow.now) is not None
    slow.executive.limit.set(slow.now, -1.0)
    slow.tick()
    assert slow.executive.outcome is None
    background(slow).failed = "no answer"
    slow.tick()
    assert slow.executive.outcome == "timeout", "a server that fails is not waited for without end"


def test_go_on_withdraws_the_new_instruction_and_the_old_plan_goes_on(slow: Rig) -> None:
    slow.executive.command_executor.obey(Correction("go on", "resume", "go on"), slow.now)
    assert background(slow).closed and slow.executive.instruction == "do it"
    assert slow.executive.goal(slow.see(*TABLE), OPEN, slow.now) is not None and slow.object == "red"


def test_a_planner_that_is_asked_again_and_again_is_told_of_once(slow: Rig) -> None:
    background(slow).failed = "no answer"
    for _ in range(3):
        slow.executive.goal(slow.see(*TABLE), OPEN, slow.now)
    assert [e.text for e in slow.executive.notices.heeded] == ["I hold and ask again: no answer"]


def test_a_planner_that_fails_in_the_background_is_a_question(slow: Rig) -> None:
    background(slow).answer = PlannerError("no answer from the server")
    goal(slow, slow.see(*TABLE))
    assert slow.executive.outcome == "asked" and slow.asks == "no answer from the server"


# The run -------------------------------------------------------------------------------------------------------


def test_a_run_drives_the_loop_to_its_end_and_lets_the_planner_go(slow: Rig) -> None:
    slow.executive.limit.set(slow.now, 1.0)
    slow.executive.run()
    assert slow.executive.outcome == "timeout" and slow.executive.driven and not slow.executive.driving
    assert background(slow).closed


def test_an_arm_that_fails_ends_the_run_with_what_it_says() -> None:
    rig = Rig((PICK,))
    rig.robot.faults = Fault.READ_RAISES
    rig.executive.run()
    assert rig.executive.outcome == "failed" and rig.executive.faulty and not rig.executive.driving
    assert "the mock is set to fail on read" in rig.asks


def test_a_stop_is_among_the_changes_of_mind() -> None:
    rig = Rig((PICK,))
    rig.executive.conclusion.finish("stopped")
    assert rig.steps == ["stopped"] and rig.executive.supervisor.replans[-1].level is Level.STOP


def test_something_new_lets_go_of_the_stop_and_goes_on_from_where_the_arm_is() -> None:
    rig = Rig((PICK,))
    rig.executive.clear()
    assert rig.executive.instruction == "" and rig.executive.supervisor.steps == []
    rig.executive.begin("do it", 1.0)
    rig.executive.run()
    rig.runtime.loop.stop()
    rig.executive.clear()
    assert not rig.runtime.loop.stopped
    assert np.array_equal(rig.runtime.executor.command, rig.robot.read().position)


def test_an_arm_that_is_late_is_noticed() -> None:
    rig = Rig((PICK,))
    speed = np.full(SPEC.dof, 0.5)
    for tick in range(SAMPLES):
        state = JointState(tick / 50, SPEC.home, speed, 1.0)
        rig.executive.notices.sensed(state, replace(HOLDS, command=SPEC.home + 0.2 * speed), rig.now)
    assert [event.text for event in rig.executive.notices.noticed] == [
        "the arm follows its targets 0.20 s late; I was trained on one that follows at once"
    ]

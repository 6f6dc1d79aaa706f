"""What people say to a moving arm changes its motion, its subtask, its plan or its pace, or stops it, at once."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sayso.planner.corrections.correction import Correction
from sayso.planner.execution.nudge import MOST_M
from sayso.planner.memory.memory import Memory
from sayso.planner.memory.planner import Remembering
from sayso.planner.plan import Question, Relation, Subtask, Verb
from sayso.runtime.hearing.intent import IntentReader
from sayso.runtime.hearing.model_reader import ModelReader
from sayso.runtime.hearing.nudging import in_words
from tests.planner.memory.person import WORDS
from tests.sayso.runtime.parts import FORWARD, LEFT, SPEED, ExecutiveRig

CYCLE_S = 0.004


@pytest.fixture
def rig() -> ExecutiveRig:
    rig = ExecutiveRig()
    rig.drive(0.5)
    assert rig.speed == pytest.approx(SPEED[FORWARD]) and rig.object == "red"
    return rig


def test_a_stop_is_obeyed_in_the_cycle_that_hears_it_and_ends_the_run(rig: ExecutiveRig) -> None:
    start = rig.now
    rig.queue.stop()
    rig.drive(CYCLE_S)
    assert rig.runtime.loop.stopped and rig.follower.cycles[-1].stopped
    rig.drive(10.0)
    assert rig.executive.outcome == "stopped" and rig.executive.supervisor.current is None
    assert rig.executive.command_executor.stopped_at == pytest.approx(start)
    assert rig.operator.waited_s == pytest.approx(1.0, abs=0.01)
    assert rig.speed == pytest.approx(0.0, abs=1e-6)


def test_go_on_in_time_lets_the_run_go_on_and_the_time_does_not_count() -> None:
    rig = ExecutiveRig(limit_s=3.0)
    rig.operator.go_on_s = 10.0
    rig.drive(1.0)
    rig.drive(5.0, "stop")
    rig.drive(1.0, "go on")
    assert rig.executive.outcome is None and not rig.runtime.loop.stopped and rig.speed > 0
    rig.drive(10.0)
    assert rig.executive.outcome == "timeout" and rig.now == pytest.approx(10.0 + 3.0 + 5.0, abs=0.05)


def test_a_pace_beside_the_words_to_go_on_is_heeded(rig: ExecutiveRig) -> None:
    rig.operator.go_on_s = 10.0
    rig.drive(0.2, "halt")
    rig.drive(0.2, "slowly now, go on")
    assert not rig.runtime.loop.stopped and rig.executive.override.pace == 0.5
    assert rig.follower.words[-1].answer == "I go on; from now on slowly"


def test_the_arm_stands_while_it_asks_what_takes_the_place_of_the_thing_that_was_refused(rig: ExecutiveRig) -> None:
    rig.executive.dialogue.wait_s = math.inf
    which = Question("Which other one do you mean: the green block or the blue block?", ("green", "blue"), ("a", "b"))
    asks = Correction("not that one", "ask", which.text, options=which.options, holds=which)
    rig.operator.intents.read = lambda said, now: asks  # type: ignore[method-assign]
    rig.drive(1.0, "not that one, another one")
    assert rig.executive.dialogue.question is which and rig.speed == pytest.approx(0.0, abs=1e-6)
    assert rig.follower.words[-1].answer == f"{which.text} [1 green, 2 blue]"


def test_words_that_what_was_caught_is_out_start_a_stopped_arm(rig: ExecutiveRig) -> None:
    rig.operator.go_on_s = 10.0
    rig.drive(0.2, "my sleeve!")
    rig.drive(0.2, "my sleeve is in, carry on")
    assert rig.runtime.loop.stopped
    rig.drive(0.2, "my sleeve is out, carry on")
    assert not rig.runtime.loop.stopped


@pytest.mark.parametrize("words", ["go on?", "don't go on", "left a bit"])
def test_nothing_but_plain_words_starts_a_stopped_arm(rig: ExecutiveRig, words: str) -> None:
    rig.operator.go_on_s = 2.0
    rig.drive(0.5, "stop")
    rig.drive(0.5, words)
    assert rig.runtime.loop.stopped
    rig.drive(10.0)
    assert rig.executive.outcome == "stopped"


@pytest.mark.parametrize("words", ["go on", "go home"])
def test_a_stop_that_came_after_the_words_makes_them_void(rig: ExecutiveRig, words: str) -> None:
    rig.operator.go_on_s = 2.0
    rig.drive(0.5, "stop")
    rig.queue.say(words, rig.now)
    rig.queue.stop()
    rig.drive(0.5)
    assert rig.runtime.loop.stopped and rig.operator.wish is None and rig.executive.outcome is None


@pytest.mark.parametrize(("words", "wish"), [("go home", "home"), ("please lie down", "rest")])
def test_a_stopped_arm_is_sent_elsewhere(rig: ExecutiveRig, words: str, wish: str) -> None:
    rig.operator.go_on_s = 100.0
    rig.drive(0.5, "stop")
    rig.drive(1.0, words)
    assert rig.executive.outcome == "stopped" and rig.operator.wish == wish
    assert rig.executive.log.heard[-1].correction.read_as == ("go home" if wish == "home" else "lie down")


def test_a_spoken_motion_is_acted_on_in_the_next_cycle_and_is_over_by_itself(rig: ExecutiveRig) -> None:
    rig.drive(CYCLE_S, "left")
    assert rig.parts.acted[-1].steps[0].axis == LEFT.steps[0].axis
    rig.drive(CYCLE_S)
    (heard,) = rig.follower.words
    assert heard.correction.level == "motion" and heard.latency_ms is not None
    rig.drive(heard.correction.duration_s + 0.1)
    assert rig.parts.acted[-1] == FORWARD


def test_a_person_who_faces_the_arm_has_its_left_on_the_right(rig: ExecutiveRig) -> None:
    rig.operator.look_from(math.pi)
    rig.drive(CYCLE_S, "right")
    assert rig.parts.acted[-1].steps[0] == LEFT.steps[0]
    (heard,) = rig.follower.words
    lasts = "from now on I take the red block 3 cm farther right"
    assert heard.answer == f"I move to the right; {lasts}", "the answer is in the person's words"


def test_what_is_said_near_the_goal_lasts_is_told_and_is_in_the_timeline(rig: ExecutiveRig) -> None:
    goal = rig.runtime.goal
    assert goal is not None
    rig.drive(3.0, "2 cm to the left")
    (heard,) = rig.follower.words
    assert heard.answer == "I move 2 cm to the left; from now on I take the red block 2 cm farther left"
    assert rig.parts.acted[-1] == FORWARD, "the spoken motion is over"
    assert rig.runtime.goal is not None and rig.runtime.goal.position[1] - goal.position[1] == pytest.approx(0.02)
    assert rig.executive.supervisor.replans[-1].reason == (
        "you said “2 cm to the left”: I take the red block 2 cm farther left"
    )
    rig.drive(0.2, "a bit more")
    assert heard is not rig.follower.words[-1] and rig.runtime.goal.position[1] - goal.position[1] > 0.03


def test_where_a_bound_cuts_a_number_both_are_told(rig: ExecutiveRig) -> None:
    rig.drive(0.2, "move 30 cm forward")
    rig.drive(0.2, "2 cm to the left")
    answers = [heard.answer for heard in rig.follower.words]
    told = "at most 6 cm in all: you said 30 cm farther forward; for more, say which"
    assert answers[0].endswith(f"from now on I take the red block 6 cm farther forward ({told})")
    assert "at most" not in answers[1]


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ((0.0, 0.0, 0.096), "I carry the red block 9.6 cm higher"),
        ((0.0, 0.02, 0.05), "I put the red block down 2 cm farther left and carry the red block 5 cm higher"),
    ],
)
def test_a_thing_that_is_carried_higher_is_put_down_where_it_was_to_be(
    by: tuple[float, float, float], words: str
) -> None:
    put = Subtask(Verb.PLACE, "b1", "red block", Relation.IN, "bowl", "blue bowl")
    assert in_words(put, np.array(by)) == words


@pytest.mark.filterwarnings("error")
def test_nudges_to_all_sides_up_to_the_bound_leave_the_arm_in_the_hand_of_the_planner(rig: ExecutiveRig) -> None:
    for words in ("left", "left", "back", "5 cm back", "forward", "2 cm right", "higher", "far left"):
        rig.drive(2.0, words)
        assert rig.parts.acted[-1] == FORWARD and np.hypot(*rig.executive.goals.shift[:2]) < MOST_M + 1e-9


def test_go_on_takes_back_what_is_still_being_done_and_nothing_else(rig: ExecutiveRig) -> None:
    rig.drive(3.0, "2 cm to the left")
    rig.drive(0.1, "5 cm back")
    rig.drive(0.1, "go on")
    assert rig.executive.goals.shift == pytest.approx([0.0, 0.02, 0.0])
    rig.drive(0.1, "go on")
    assert rig.executive.goals.shift == pytest.approx([0.0, 0.02, 0.0])


def test_another_thing_is_taken_where_it_is(rig: ExecutiveRig) -> None:
    rig.drive(0.5, "2 cm to the left")
    rig.drive(0.1, "no, the green one")
    assert rig.object == "green" and not rig.executive.goals.shift.any()


def test_words_to_an_arm_that_holds_for_an_answer_shift_nothing(rig: ExecutiveRig) -> None:
    rig.executive.dialogue.wait_s = math.inf
    rig.executive.dialogue.ask(Question("which one?"), rig.now)
    rig.drive(0.1, "2 cm to the left")
    assert rig.executive.log.heard[-1].nudge is None


def test_a_phrase_tells_where_the_speaker_stands_from_now_on(rig: ExecutiveRig) -> None:
    rig.queue.say("right", viewpoint_yaw=math.pi)
    rig.drive(CYCLE_S)
    assert rig.parts.acted[-1].steps[0] == LEFT.steps[0]
    assert rig.operator.view.yaw == rig.executive.components.planner.viewpoint_yaw == math.pi


def test_the_green_one_takes_the_red_one_s_place(rig: ExecutiveRig) -> None:
    rig.drive(0.1, "no, the green one")
    assert rig.object == "green"
    assert [step.outcome for step in rig.executive.supervisor.steps] == ["superseded", "running"]
    assert rig.runtime.goal is not None and rig.runtime.goal.position[1] == pytest.approx(-0.1)


def test_another_instruction_is_planned_anew(rig: ExecutiveRig) -> None:
    rig.drive(0.1, "pick up the green block instead")
    assert rig.object == "green"


def test_a_pace_is_that_of_everything_and_gives_more_time() -> None:
    rig = ExecutiveRig(limit_s=4.0)
    rig.drive(2.0)
    rig.drive(0.1, "half speed")
    assert rig.speed == pytest.approx(0.5 * SPEED[FORWARD], rel=0.01)
    assert rig.executive.limit.patience == rig.executive.supervisor.patience == 2.0
    rig.drive(10.0)
    assert rig.executive.outcome == "timeout" and rig.now == pytest.approx(10.0 + 2.0 + 2 * 2.0, abs=0.05)


def test_words_that_nobody_understands_change_nothing_and_are_told(rig: ExecutiveRig) -> None:
    before = len(rig.parts.acted)
    rig.drive(0.1, "the weather is nice")
    (heard,) = rig.follower.words
    assert heard.correction.level in ("unknown", "ask", "remark") and heard.latency_ms is None
    assert set(rig.parts.acted[before:]) == {FORWARD} and rig.object == "red"


class SaysGoOn:
    """A reader that takes everything but a stop for "go on"."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, text: str, *_: object) -> Correction:
        if text == "stop":
            return Correction(text, "stop", "stop")
        self.asked += 1
        return Correction(text, "resume", "go on")

    def asks(self, text: str, still: bool) -> None:
        """No question."""


def test_only_plain_words_move_a_stopped_arm(rig: ExecutiveRig) -> None:
    reader = SaysGoOn()
    rig.operator.intents = IntentReader(rig.executive, reader)  # type: ignore[arg-type]
    rig.drive(0.1, "glorp")
    assert reader.asked == 1
    rig.operator.go_on_s = 10.0
    rig.queue.stop()
    rig.drive(0.5)
    rig.drive(0.5, "glorp")
    assert rig.follower.words[-1].correction.level == "ask"
    assert rig.runtime.loop.stopped and rig.speed == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("question", "answer"),
    [("what do you see?", "I see the red block"), ("why did you stop?", "I heard “stop”, so I stopped.")],
)
def test_a_stopped_arm_answers_questions_and_stays_stopped(rig: ExecutiveRig, question: str, answer: str) -> None:
    rig.operator.go_on_s = 10.0
    rig.executive.components = replace(rig.executive.components, planner=Remembering(WORDS, WORDS, Memory("test")))
    rig.drive(0.1, "stop")
    rig.drive(0.5, question)
    assert rig.follower.words[-1].answer.startswith(answer) and "say go on" in rig.follower.words[-1].answer
    assert rig.runtime.loop.stopped and rig.speed == pytest.approx(0.0, abs=1e-6)


def test_two_ways_in_one_sentence_are_gone_one_after_the_other_and_both_last(rig: ExecutiveRig) -> None:
    rig.drive(0.1, "left 1 cm and back 2 cm")
    assert rig.follower.words[-1].answer == (
        "I move 1 cm to the left, then move 2 cm back; from now on I take the red block 2 cm farther back and "
        "1 cm farther left"
    )
    rig.drive(1.0)
    assert [m.text for m in rig.executive.log.motions if m.source == "operator"] == [
        "move arm slightly left", "move arm slightly back"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("are you done?", "Not yet: I pick up the red block."),
        ("what did you do?", "I have finished no step yet. Now I pick up the red block."),
        ("why did you stop?", "I was not stopped: I pick up the red block."),
        ("what are you doing?", "I pick up the red block."),
        ("what's next?", "Nothing after this: I pick up the red block."),
    ],
)
def test_a_moving_arm_tells_of_its_run_and_moves_on(rig: ExecutiveRig, question: str, answer: str) -> None:
    before = rig.speed
    rig.drive(0.5, question)
    assert rig.follower.words[-1].answer == answer
    assert not rig.runtime.loop.stopped and rig.speed == pytest.approx(before)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("are you done yet?", "Not yet. Still to do: pick up the red block. I hold still; say go on."),
        ("have you finished?", "Not yet. Still to do: pick up the red block. I hold still; say go on."),
        ("what are you waiting for?", "I heard “halt”, so I stopped. I hold still; say go on."),
    ],
)
def test_a_stopped_arm_tells_of_its_run_and_stands(rig: ExecutiveRig, question: str, answer: str) -> None:
    rig.operator.go_on_s = 10.0
    rig.drive(0.2, "halt")
    rig.drive(0.5, question)
    assert rig.follower.words[-1].answer == answer and rig.runtime.loop.stopped


def test_after_go_on_it_tells_of_the_stop_and_of_what_it_did(rig: ExecutiveRig) -> None:
    rig.operator.go_on_s = 10.0
    for words in ("halt", "go on", "why did you stop?"):
        rig.drive(0.2, words)
    assert rig.follower.words[-1].answer == "I heard “halt”, so I stopped. Then I went on: I pick up the red block."
    rig.drive(0.2, "a bit to the left")
    rig.drive(0.1, "what are you doing?")
    assert rig.follower.words[-1].answer == "I move to the left a bit, as you said, then pick up the red block."


@pytest.mark.parametrize("text", ["sing", "left a bit", "why don't you go on?", "is that so?"])
def test_a_stopped_arm_says_what_it_waits_for(rig: ExecutiveRig, text: str) -> None:
    rig.operator.go_on_s = 10.0
    rig.drive(0.1, "stop")
    rig.drive(0.5, text)
    assert rig.runtime.loop.stopped and "go on" in rig.follower.words[-1].answer


def test_a_new_instruction_forgets_the_motion_and_the_stop_of_the_one_before(rig: ExecutiveRig) -> None:
    rig.drive(0.5, "left")
    rig.drive(10.0, "stop")
    assert rig.executive.outcome == "stopped"
    rig.executive.clear()
    rig.executive.begin("pick up the green block", 60.0)
    rig.drive(0.5)
    assert rig.executive.outcome is None and not rig.runtime.loop.stopped
    assert rig.executive.command_executor.stopped_at is None
    assert rig.object == "green" and rig.parts.acted[-1] == FORWARD and not rig.executive.log.heard


def test_an_arm_stopped_by_its_own_button_is_a_stop_that_was_heard(rig: ExecutiveRig) -> None:
    rig.runtime.loop.stop()
    rig.drive(0.1)
    assert [h.correction.level for h in rig.executive.log.heard] == ["stop"]


def test_a_run_that_is_ended_waits_for_nobody(rig: ExecutiveRig) -> None:
    rig.operator.go_on_s = 1000.0
    rig.queue.stop()
    rig.operator.end()
    rig.drive(10 * CYCLE_S)
    assert rig.executive.outcome == "stopped"


# What nobody here understands and a model reads -----------------------------------------------------------------

UNKNOWN = "xylophone"


class Model:
    """Reads everything as ``found`` when there is one."""

    def __init__(self) -> None:
        self.asked, self.dropped = list[str](), 0
        self.found: Correction | None = None

    @property
    def is_busy(self) -> bool:
        return self.found is None

    def ask(self, text: str, situation: object) -> None:
        self.asked.append(text)

    def poll(self, situation: object) -> Correction | None:
        found, self.found = self.found, None
        return found

    def drop(self) -> None:
        self.dropped += 1


@pytest.fixture
def model(rig: ExecutiveRig) -> Model:
    model = Model()
    rig.operator.model_reader = ModelReader(rig.executive, model)  # type: ignore[arg-type]
    return model


def test_words_that_nobody_understands_go_to_the_model_and_its_reading_is_obeyed(
    rig: ExecutiveRig, model: Model
) -> None:
    rig.drive(0.1, UNKNOWN)
    assert model.asked == [UNKNOWN] and rig.follower.words[-1].answer == "I do not understand that; I ask the model"
    assert rig.speed == pytest.approx(SPEED[FORWARD])
    model.found = Correction(UNKNOWN, "motion", "move arm left", LEFT, duration_s=1.0)
    rig.drive(0.3)
    assert rig.speed == pytest.approx(SPEED[LEFT])
    assert [h.correction.level for h in rig.executive.log.heard] == ["motion"], "one sentence is one correction"


def test_what_is_understood_needs_no_model_and_replaces_what_it_reads(rig: ExecutiveRig, model: Model) -> None:
    rig.drive(0.1, UNKNOWN)
    rig.drive(0.1, "left a bit")
    assert model.asked == [UNKNOWN] and model.dropped == 1
    model.found = Correction(UNKNOWN, "stop", "stop")
    rig.drive(0.1)
    assert not rig.runtime.loop.stopped


def test_a_model_may_stop_the_arm_and_never_starts_a_stopped_one(rig: ExecutiveRig, model: Model) -> None:
    rig.operator.go_on_s = 100.0
    rig.drive(0.1, UNKNOWN)
    model.found = Correction(UNKNOWN, "stop", "stop")
    rig.drive(0.1)
    assert rig.runtime.loop.stopped
    rig.drive(0.1, UNKNOWN)
    assert model.asked == [UNKNOWN], "a stopped arm asks no model"
    rig.operator.model_reader._unread = rig.executive.log.heard[-1]
    model.found = Correction(UNKNOWN, "resume", "go on")
    rig.drive(0.5)
    assert rig.runtime.loop.stopped


def test_a_motion_said_to_a_stopped_arm_is_answered_with_what_to_say(rig: ExecutiveRig) -> None:
    rig.operator.go_on_s = 10.0
    rig.drive(0.2, "halt")
    rig.drive(0.2, "a bit higher")
    assert rig.runtime.loop.stopped
    assert rig.follower.words[-1].answer == "stopped: it holds; say go on first, then “a bit higher” again"

"""A question holds the arm until it is answered; without a person it ends the run."""

from __future__ import annotations

import math

import pytest

from sayso.perception.scene import Scene
from sayso.planner.corrections.reader import CorrectionReader
from sayso.planner.execution.supervisor import Level
from sayso.planner.memory.memory import Memory
from sayso.planner.memory.planner import Remembering
from sayso.planner.plan import Answer, Plan, Planner, Question, Refusal, Subtask, Verb
from sayso.planner.task.english import plainly
from sayso.runtime.hearing.intent import IntentReader
from sayso.runtime.hearing.understood import AS_BEFORE, LEFT, UNASKED
from tests.planner.memory.person import WORDS
from tests.sayso.runtime.parts import FORWARD, SPEED, ExecutiveRig

WHICH = Question(
    "Which block do you mean: the red block or the green block?", ("red block", "green block"),
    ("pick up the red block", "pick up the green block"),
)  # fmt: skip


class Particular(Planner):
    """Picks up the block of the color named, asks `WHICH` without one, and refuses a yellow one."""

    name = "particular"

    def __init__(self) -> None:
        self.instructions: list[str] = []

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        self.instructions.append(instruction)
        if "yellow" in instruction:
            return Refusal("I take no yellow one.")
        color = next((c for c in ("green", "red") if c in instruction), None)
        return WHICH if color is None else Plan((Subtask(Verb.PICK, color, f"{color} block"),))


def rig(instruction: str = "pick up the block", wait_s: float | None = math.inf, limit_s: float = 60.0) -> ExecutiveRig:
    rig = ExecutiveRig("pick up the red block", limit_s, Particular())
    rig.executive.clear()
    rig.runtime.observe()
    rig.executive.dialogue.wait_s = wait_s
    rig.executive.begin(instruction, limit_s)
    return rig


def said(rig: ExecutiveRig, text: str) -> str:
    """What the robot says to ``text`` in its next cycle."""
    reply = rig.queue.say(text, rig.now)
    rig.drive(0.1)
    return str(reply.wait(text, 0))


def test_without_a_person_a_question_ends_the_run() -> None:
    asked = rig(wait_s=None)
    assert asked.executive.outcome == "asked" and asked.executive.question == WHICH
    assert asked.executive.dialogue.question is None


def test_the_arm_holds_while_a_question_waits_and_the_answer_moves_it() -> None:
    asked = rig()
    asked.drive(5.0)
    assert asked.executive.outcome is None and asked.executive.dialogue.question == WHICH and asked.speed == 0
    assert said(asked, "the green one") == "I pick up the green block"
    asked.drive(0.5)
    assert asked.object == "green" and asked.speed == pytest.approx(SPEED[FORWARD])
    assert asked.executive.dialogue.question is None and asked.executive.question is None
    assert asked.executive.instruction == "pick up the green block"
    assert [r.level for r in asked.executive.supervisor.replans] == [Level.ASK]


@pytest.mark.parametrize("text", ["no", "Nope.", "leave it", "forget it, thanks", "neither", "cancel"])
def test_a_no_to_a_question_before_anything_was_begun_ends_the_run_and_is_no_stop(text: str) -> None:
    asked = rig()
    asked.drive(0.5)
    assert said(asked, text) == LEFT == asked.executive.reply
    assert asked.executive.outcome == "asked" and not asked.runtime.loop.stopped


@pytest.mark.parametrize("text", ["no", "no, thanks"])
def test_no_answers_a_question_that_offers_it_and_the_plan_goes_on(text: str) -> None:
    asked = rig("pick up the red block")
    asked.drive(0.5)
    asked.executive.dialogue.ask(Question("Shall I?", ("yes", "no"), ("pick up the green block", "")), asked.now)
    assert said(asked, text) == AS_BEFORE
    asked.drive(0.5)
    assert asked.object == "red" and asked.speed > 0 and asked.executive.instruction == "pick up the red block"


@pytest.mark.parametrize(("before", "text"), [("", "no!"), ("left a bit", "no")])
def test_a_shout_or_a_no_to_what_moves_stays_a_stop(before: str, text: str) -> None:
    asked = rig("pick up the red block")
    asked.drive(0.5)
    asked.executive.dialogue.ask(Question("Shall I?", ("yes", "no"), ("pick up the green block", "")), asked.now)
    if before:
        said(asked, before)
    said(asked, text)
    assert asked.runtime.loop.stopped


@pytest.mark.parametrize("text", ["stop", "no! stop!", "halt", "no!"])
def test_a_stop_stays_a_stop_while_a_question_waits(text: str) -> None:
    asked = rig()
    asked.drive(0.5)
    said(asked, text)
    assert asked.runtime.loop.stopped


@pytest.mark.parametrize("text", ["no", "cancel", "leave it"])
def test_a_no_stops_a_spoken_motion_though_a_question_waits(text: str) -> None:
    asked = rig()
    asked.drive(0.5)
    said(asked, "left a bit")
    assert asked.executive.override.motion(asked.now) is not None
    said(asked, text)
    assert asked.runtime.loop.stopped


def test_the_time_waited_does_not_count() -> None:
    asked = rig(limit_s=3.0)
    asked.drive(20.0)
    asked.drive(10.0, "1")
    assert asked.executive.outcome == "timeout"
    assert asked.now == pytest.approx(10.0 + 20.0 + 3.0, abs=0.05)


def test_a_question_in_the_middle_stops_the_motion_and_never_mind_goes_on_with_the_plan() -> None:
    asked = rig("pick up the red block", limit_s=3.0)
    asked.drive(0.5)
    assert said(asked, "put the spoon in the bowl").startswith(WHICH.text)
    asked.drive(20.0)
    assert asked.speed == 0 and asked.executive.outcome is None
    assert said(asked, "never mind") == "I go on: never mind the question"
    asked.drive(0.5)
    assert asked.object == "red" and asked.speed > 0 and asked.executive.instruction == "pick up the red block"
    asked.drive(10.0)
    assert asked.now == pytest.approx(10.0 + 3.0 + 20.1, abs=0.1), "the wait does not count"


@pytest.mark.parametrize("stopped", [False, True])
def test_what_a_question_and_a_stop_wait_does_not_count_against_the_subtask(stopped: bool) -> None:
    asked = rig("pick up the red block")
    asked.operator.go_on_s = math.inf
    asked.drive(5.5)
    if stopped:
        said(asked, "stop")
        asked.drive(4.0)
    said(asked, "put the spoon in the bowl")
    asked.drive(20.0)
    if stopped:
        said(asked, "go on")
        asked.drive(20.0)
    assert said(asked, "never mind") == "I go on: never mind the question"
    again, asked.executive.supervisor.replans[:] = asked.now, []
    asked.drive(8.0)
    assert not asked.executive.supervisor.replans, "of its 14 s the subtask has worked for 13.6 s"
    asked.drive(1.5)
    assert [r.level for r in asked.executive.supervisor.replans] == [Level.SUBTASK], "only the waits are not counted"
    assert asked.now == pytest.approx(again + 9.5, abs=0.05)


def test_never_mind_without_a_plan_ends_as_asked() -> None:
    asked = rig()
    asked.drive(1.0, "never mind")
    assert asked.executive.outcome == "asked" and asked.executive.question == WHICH


def test_again_asks_the_planner_again() -> None:
    asked = rig()
    asked.drive(0.1, "try again")
    assert asked.planner.instructions[-2:] == ["pick up the block"] * 2  # type: ignore[attr-defined]
    assert asked.executive.dialogue.question == WHICH


def test_what_is_no_answer_is_told_so_and_the_question_stays() -> None:
    asked = rig()
    reply = asked.queue.say("the purple whale sings", asked.now)
    asked.drive(0.1)
    understood = reply.wait("", 0)
    assert understood and str(understood).startswith("I see no purple whale. Which block")
    assert understood.options == WHICH.options and asked.executive.dialogue.question == WHICH
    assert said(asked, "nice weather today").startswith("that is no answer to my question: Which block")
    assert said(asked, "piece of cake") == "that is no answer; my question still waits"
    assert said(asked, "the green one") == "I pick up the green block"


@pytest.mark.parametrize(
    "text", ["not there, the green one", "not that one, the green one", "no, not the red one, the green one"]
)
def test_not_one_but_another_is_that_other(text: str) -> None:
    asked = rig()
    assert said(asked, text) == "I pick up the green block" and not asked.runtime.loop.stopped


@pytest.mark.parametrize("text", ["not there!", "not there", "not there, stop", "no! not there, the green one!"])
def test_a_not_that_names_no_option_is_a_stop(text: str) -> None:
    asked = rig()
    said(asked, text)
    assert asked.runtime.loop.stopped


def test_an_instruction_about_earlier_things_takes_the_place_of_the_answer() -> None:
    asked = rig()
    said(asked, "put the other one in the bowl")
    assert asked.planner.instructions[-1] == "put the other one in the bowl"  # type: ignore[attr-defined]


def test_a_spoken_motion_moves_the_arm_while_the_question_waits() -> None:
    asked = rig()
    assert said(asked, "a bit to the left") == "I move to the left a bit"
    asked.drive(0.05)
    assert asked.parts.acted and asked.executive.dialogue.question == WHICH
    asked.drive(3.0)
    assert asked.speed == 0


def test_a_whole_new_instruction_takes_the_place_of_the_answer() -> None:
    asked = rig()
    assert said(asked, "pick up the green block") == "I pick up the green block"
    assert asked.object == "green"


def test_a_stop_while_it_waits_is_a_stop_and_go_on_asks_again() -> None:
    asked = rig()
    asked.operator.go_on_s = 30.0
    asked.drive(1.0)
    assert said(asked, "stop").startswith("stop")
    asked.drive(5.0, "the green one")
    assert asked.runtime.loop.stopped and asked.object is None, "a stopped arm takes no answer"
    asked.drive(1.0, "go on")
    assert not asked.runtime.loop.stopped and asked.executive.dialogue.question == WHICH
    asked.drive(0.5, "the green one")
    assert asked.object == "green"


def test_a_stop_that_nobody_lifts_ends_the_run_as_stopped() -> None:
    asked = rig()
    asked.drive(10.0, "stop")
    assert asked.executive.outcome == "stopped"


def test_after_the_wait_it_ends_as_asked_and_a_stop_does_not_count() -> None:
    asked = rig(wait_s=5.0)
    asked.operator.go_on_s = 30.0
    asked.drive(3.0)
    asked.drive(10.0, "stop")
    asked.drive(10.0, "go on")
    assert asked.executive.outcome == "asked"
    assert asked.executive.dialogue.waited_s == pytest.approx(5.0, abs=0.05)
    assert asked.now == pytest.approx(10.0 + 15.0, abs=0.1)


def test_scheduled_phrases_are_waited_for() -> None:
    asked = rig(wait_s=0.0)
    asked.queue.schedule([(asked.now + 2.0, "the green one")])
    asked.drive(2.5)
    assert asked.object == "green"


def test_a_question_that_no_scheduled_phrase_answers_ends_as_asked() -> None:
    asked = rig(wait_s=0.0)
    asked.queue.schedule([(asked.now + 2.0, "hello")])
    asked.drive(10.0)
    assert asked.executive.outcome == "asked" and asked.now == pytest.approx(12.0, abs=0.1)


def test_a_refused_answer_ends_as_refused() -> None:
    asked = rig()
    assert said(asked, "put the yellow block on the red block") == "I take no yellow one."
    assert asked.executive.outcome == "refused"


def test_a_refused_correction_ends_no_run_that_a_person_watches() -> None:
    asked = rig("pick up the red block")
    asked.drive(0.5)
    assert said(asked, "pick up the yellow block") == "I take no yellow one. I go on as before."
    asked.drive(0.5)
    assert asked.object == "red" and asked.executive.outcome is None
    assert asked.executive.instruction == "pick up the red block" and asked.executive.refusal is None
    assert "I take no yellow one" in asked.executive.notices.events[0].text


def test_a_refused_correction_ends_the_run_without_a_person() -> None:
    alone = rig("pick up the red block", wait_s=None)
    alone.drive(0.5, "pick up the yellow block")
    assert alone.executive.outcome == "refused"


def test_time_stands_while_a_person_thinks_where_it_may() -> None:
    asked, pauses = rig(), 0

    def pause() -> None:
        nonlocal pauses
        pauses += 1
        if pauses == 50:
            asked.queue.say("the green one")

    asked.operator.pause = pause
    start = asked.now
    asked.drive(0.1)
    assert pauses == 50 and asked.now == pytest.approx(start + 0.1, abs=0.01) and asked.object == "green"


@pytest.mark.parametrize("event", ["stop", "end"])
def test_a_stop_and_an_interrupt_end_the_pause(event: str) -> None:
    asked = rig()
    asked.operator.pause = asked.queue.stop if event == "stop" else asked.operator.end
    asked.drive(0.1)
    assert asked.runtime.loop.stopped == (event == "stop")


def test_a_condition_that_does_not_hold_ends_the_run_as_done_and_says_so() -> None:
    class Idle(Particular):
        def plan(
            self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
        ) -> Answer:
            return WHICH if "if" not in instruction else Plan((), idle="There is no purple block, so I did nothing")

    idle = ExecutiveRig("pick up the red block", 60.0, Idle())
    idle.executive.clear()
    idle.runtime.observe()
    idle.executive.begin("if there is a purple block, pick it up", None)
    assert (idle.executive.outcome, idle.executive.reply) == ("done", "There is no purple block, so I did nothing")


SURE = Question(
    "Do you mean: push the red block? I was about to pick up the green block.",
    ("push the red block", "pick up the green block"),
    ("push(the(block, color(red)))", ""),
)
YES_OR_NO = Question("Do you mean: push the red block?", ("yes", "no"), ("push(the(block, color(red)))", ""))


def asking(question: Question) -> ExecutiveRig:
    """A rig of which a planner asks ``question``."""

    class Asks(Particular):
        def plan(
            self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
        ) -> Answer:
            answer = super().plan(instruction, scene, done=done, deadline_s=deadline_s)
            return question if answer == WHICH else answer

    rig = ExecutiveRig("pick up the red block", 60.0, Asks())
    rig.executive.clear()
    rig.runtime.observe()
    rig.executive.dialogue.wait_s = math.inf
    rig.executive.begin("move it", 60.0)
    return rig


@pytest.mark.parametrize("text", ["2", "2.", "no.", "the second", "second one"])
def test_the_number_of_no_is_no(text: str) -> None:
    asked = asking(YES_OR_NO)
    assert said(asked, text) == LEFT and asked.executive.outcome == "asked"


@pytest.mark.parametrize("text", ["2", "the second one", "pick up the green block"])
def test_the_number_of_what_the_robot_was_about_to_do_does_that(text: str) -> None:
    asked = asking(SURE)
    said(asked, text)
    assert asked.executive.instruction == "pick up the green block" and asked.executive.dialogue.question is None


def test_the_number_of_go_on_goes_on() -> None:
    asked = rig("pick up the red block")
    asked.drive(0.5)
    asked.executive.dialogue.ask(Question("Shall I go on?", ("go on",), ("",)), asked.now)
    said(asked, "1")
    assert asked.executive.dialogue.question is None and asked.executive.supervisor.current is not None


def test_a_number_without_a_question_is_no_order() -> None:
    unasked = rig("pick up the red block")
    unasked.drive(0.5)
    assert said(unasked, "1") == UNASKED and unasked.executive.instruction == "pick up the red block"
    idle = rig("2")
    assert idle.executive.outcome == "refused" and idle.executive.refusal == Refusal(UNASKED)
    assert "2" not in idle.planner.instructions  # type: ignore[attr-defined]


def test_an_instruction_by_itself_replaces_the_question() -> None:
    asked = rig()
    operator = asked.executive.operator
    operator.intents = IntentReader(asked.executive, CorrectionReader(WORDS.reader))
    assert said(asked, "the purple whale sings").startswith("I see no purple whale.")
    text = "put the green block in the blue bowl unless it is already there"
    assert said(asked, text) == "I pick up the green block"
    assert asked.executive.dialogue.question is None
    assert "put the green block in the blue bowl" in plainly(asked.executive.instruction)


@pytest.mark.parametrize("text", ["yes", "aye", "yep, go on", "sure, go on", "yes please", "ok"])
def test_yes_goes_on_where_the_arm_asks_whether_to(text: str) -> None:
    asked = rig("pick up the red block")
    asked.drive(0.5)
    asked.executive.stand_still("You said no lower.", asked.now)
    asked.drive(0.5)
    assert asked.speed == pytest.approx(0.0, abs=1e-6)
    said(asked, text)
    asked.drive(0.5)
    assert asked.executive.dialogue.question is None and asked.speed > 0


@pytest.mark.parametrize("text", ["either", "whichever, you choose", "I don't mind, just pick one"])
def test_who_leaves_the_choice_to_the_robot_is_told_what_it_takes(text: str) -> None:
    asked = rig()
    asked.drive(0.5)
    assert said(asked, text) == "I take the red block: I pick up the red block"


@pytest.fixture
def two() -> ExecutiveRig:
    """The product's planner has asked which of the red and the green block is meant."""
    two = ExecutiveRig("pick up the red block", 60.0, Remembering(WORDS, WORDS, Memory("test")))
    two.executive.clear()
    two.runtime.observe()
    two.executive.dialogue.wait_s = math.inf
    two.executive.begin("pick up the block", 60.0)
    assert two.executive.dialogue.question is not None
    return two


@pytest.mark.parametrize(
    "text", ["I was thinking of the one over on the right", "oh, not the red, the other one please"]
)
def test_an_answer_in_any_wording_moves_the_arm(two: ExecutiveRig, text: str) -> None:
    assert said(two, text) == "I pick up the green block"
    two.drive(0.5)
    assert two.object == "green" and two.executive.dialogue.question is None


def test_what_is_no_answer_leaves_the_question_open_and_why_is_said(two: ExecutiveRig) -> None:
    asked = "Which block do you mean: the red block or the green block? [1 red block, 2 green block]"
    assert said(two, "hmm, let me see") == f"Take your time. {asked}"
    assert said(two, "what do you see?") == f"I see the red block and the green block. {asked}"
    assert said(two, "a fine day for it, isn't it") == f"that is no answer to my question: {asked}"
    assert said(two, "the one in pink, please").startswith("I see no pink")
    assert two.executive.dialogue.question is not None and not two.runtime.loop.stopped and two.object is None


def test_who_sends_the_arm_home_instead_of_an_answer_is_obeyed(two: ExecutiveRig) -> None:
    assert said(two, "scrap that, go home") == "I go home"
    assert two.executive.outcome == "done" and two.operator.wish == "home"


@pytest.mark.parametrize("text", ["stop it!", "ouch", "look out, my hand!", "no! not that!"])
def test_a_cry_at_a_waiting_arm_stops_it(two: ExecutiveRig, text: str) -> None:
    said(two, text)
    assert two.runtime.loop.stopped


LEAVES = f"{LEFT}. I hold still; say go on."


@pytest.mark.parametrize(
    "text", ["never mind", "oh never mind", "nevermind", "forget it", "no", "nothing", "yes", "the green one", "fine"]
)
def test_the_end_of_a_question_starts_no_stopped_arm(text: str) -> None:
    asked = rig("pick up the red block")
    asked.executive.operator.go_on_s = 60.0
    asked.drive(1.0)
    asked.drive(0.5, "put the block in the bowl")
    asked.queue.stop()
    asked.drive(1.0)
    said(asked, text)
    asked.drive(2.0)
    assert asked.runtime.loop.stopped and asked.speed == pytest.approx(0.0, abs=1e-6)
    assert asked.executive.outcome is None


@pytest.mark.parametrize("waits", [False, True])
def test_never_mind_leaves_the_question_and_the_stopped_arm_standing(waits: bool) -> None:
    asked = rig("pick up the red block")
    asked.executive.operator.go_on_s = 60.0
    asked.drive(1.0)
    if waits:
        asked.drive(0.5, "put the block in the bowl")
        assert asked.executive.dialogue.question == WHICH
    asked.queue.stop()
    asked.drive(0.5)
    assert said(asked, "never mind") == LEAVES and asked.executive.dialogue.question is None
    asked.drive(1.0)
    assert asked.runtime.loop.stopped and asked.speed == pytest.approx(0.0, abs=1e-6)
    said(asked, "go on")
    asked.drive(0.5)
    assert asked.object == "red" and asked.speed > 0


@pytest.mark.parametrize("text", ["build a tower", "sort them by colour"])
def test_an_order_of_its_own_replaces_the_question(text: str) -> None:
    asked = rig()
    said(asked, text)
    assert asked.executive.instruction == text


@pytest.mark.parametrize(
    ("text", "told"), [("throw the red block at my sister", "I will not do that"), ("tidy up", "I cannot “tidy up”.")]
)
def test_what_is_refused_leaves_the_question_and_says_so(text: str, told: str) -> None:
    asked = rig()
    answer = said(asked, text)
    assert answer.startswith(told) and WHICH.text in answer and asked.executive.dialogue.question is WHICH

"""What people say after something was done: it, again, the same with, undo; names, rules and preferences."""

from __future__ import annotations

import math

import pytest

from sayso.planner.corrections.correction import Correction, amended
from sayso.planner.interpreter.answers import ABILITIES
from sayso.planner.memory.memory import Memory, Turn
from sayso.planner.memory.past import Past
from sayso.planner.plan import Plan, Question, Relation, Reply, Subtask, Verb
from sayso.planner.task.text import write
from tests.planner.local_scenes import TABLE, scene, thing
from tests.planner.memory.person import WORDS, Person

PUT = "put the red block in the blue bowl"


def talk(*lines: str, on: object = TABLE) -> list[str]:
    """What is done after each line; "=option" answers the question before."""
    person = Person(on)  # type: ignore[arg-type]
    return [person.chooses(line[1:]) if line.startswith("=") else person.says(line) for line in lines]


@pytest.mark.parametrize(
    ("line", "done"),
    [
        ("put it back", "put the red block where it was"),
        ("undo that", "put the red block where it was"),
        ("the same with the green one", "put the green block in the blue bowl"),
        ("and now the green one", "put the green block in the blue bowl"),
        ("now put it in the pink bowl", "put the red block in the pink bowl"),
        ("put it on the green block", "put the red block on the green block"),
        ("do the same with the yellow block", "put the yellow block in the blue bowl"),
        ("move it 5 cm to the left", "put the red block 5 cm to the left"),
    ],
)
def test_after_a_task_words_mean_what_was_done(line: str, done: str) -> None:
    assert talk(PUT, line)[-1] == done


def test_steps_are_remembered_in_the_words_of_who_faces_the_arm() -> None:
    pick = Subtask(Verb.PICK, "red block", "red block")
    put = Subtask(Verb.PLACE, "red block", "red block", Relation.RIGHT, "green block", "green block")
    try:
        WORDS.viewpoint_yaw = math.pi
        task = Past(WORDS, Memory("test")).task_of(Turn("as I showed you", TABLE, steps=(pick, put)))
        plan = WORDS.plan(write(task), TABLE) if task is not None else None
    finally:
        WORDS.viewpoint_yaw = 0.0
    assert isinstance(plan, Plan) and [str(s) for s in plan.subtasks] == [str(pick), str(put)]


def test_again_is_the_task_and_not_what_took_it_back() -> None:
    assert talk(PUT, "put it back", "do it again")[1:] == ["put the red block where it was", PUT]


def test_undo_goes_back_step_by_step_to_where_things_were() -> None:
    told = talk(PUT, "put the green block on the yellow block", "undo", "undo", "undo")
    assert told[2:] == [
        "put the green block where it was", "put the red block where it was",
        "! I have moved nothing that I could put back.",
    ]  # fmt: skip


def test_undone_a_thing_goes_back_into_what_it_was_in() -> None:
    inside = scene(thing("red block", 0.65, 0.0, 0.03), thing("blue bowl", 0.65, 0.0), thing("pink bowl", 0.35, 0.35))
    person = Person(inside)
    assert person.says("put the red block in the pink bowl") == "put the red block in the pink bowl"
    assert person.says("undo") == "put the red block in the blue bowl"


def test_an_exchange_and_a_tower_are_undone_in_reverse() -> None:
    person = Person(TABLE)

    def places() -> dict[str, object]:
        return {o.id: pytest.approx(o.position[:2], abs=0.01) for o in person.scene.objects}

    before = places()
    assert "aside" in person.says("swap the red and the green block")
    person.says("undo")
    assert {o.id: o.position[:2] for o in person.scene.objects} == before
    person.says("stack all the blocks")
    assert person.says("undo").count("where it was") == 3
    assert {o.id: o.position[:2] for o in person.scene.objects} == before


@pytest.mark.parametrize("line", ["undo", "put it back", "put the red block back where it was"])
def test_what_is_taken_back_or_done_again_is_told(line: str) -> None:
    person = Person(TABLE)
    notes = []
    for said in (PUT, line, "do it again", "undo"):
        person.says(said)
        assert isinstance(person.answer, Plan)
        notes.append(person.answer.notes)
    assert notes == [(), (f"I take back: “{PUT}”",), (f"I do again: “{PUT}”",), ("I take back: “do it again”",)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("are you done?", f"Yes: “{PUT}”, done."),
        ("did you finish it?", f"Yes: “{PUT}”, done."),
        ("what did you do?", f"“{PUT}”, done."),
        ("why did you stop?", f"I have nothing more to do: “{PUT}”, done."),
        ("what are you doing now?", f"I do nothing. The last was “{PUT}”, done."),
        ("what's next?", f"I do nothing. The last was “{PUT}”, done."),
    ],
)
def test_a_robot_at_rest_tells_of_its_last_run(question: str, answer: str) -> None:
    assert talk(question, PUT, question) == ["! I have done nothing yet.", PUT, f"! {answer}"]


def test_what_failed_is_not_called_done_and_a_motion_is_not_left_out() -> None:
    person = Person(TABLE)
    person.planner.plan(PUT, TABLE)
    assert person.planner.told("are you done?", TABLE) is None, "who drives the arm answers that"
    person.planner.ended("failed", TABLE, "I do not see it any more")
    assert person.planner.told("did it work?", TABLE) == f"No: “{PUT}”, which failed: I do not see it any more"
    person.memory.moved_alone("a bit up", TABLE, "stopped")
    assert person.says("why did you stop?") == "! The last was “a bit up”, until I was stopped."
    assert person.says("what did you do?").startswith("! “a bit up”, until I was stopped; before that: “put the red")


def test_all_that_is_taken_back_is_told_the_newest_first() -> None:
    person, first = Person(TABLE), "put the green block in the pink bowl"
    for said in (first, PUT, "put everything back"):
        person.says(said)
    assert isinstance(person.answer, Plan) and person.answer.notes == (f"I take back: “{PUT}” and “{first}”",)


def test_everything_back_undoes_all_that_was_done() -> None:
    back = talk(PUT, "put the green block in the pink bowl", "put everything back")[-1]
    assert sorted(back.split("; ")) == ["put the green block where it was", "put the red block where it was"]


def test_a_choice_that_was_left_open_falls_on_another_thing_the_next_time() -> None:
    told = talk("put a block in the pink bowl", "again", "once more")
    assert len(set(told)) == 3 and all("in the pink bowl" in t for t in told)


def test_the_rest_is_what_was_not_handled_before() -> None:
    assert talk(PUT, "put the green block in the blue bowl", "put the rest in the pink bowl")[-1] == (
        "put the yellow block in the pink bowl; put the blue block in the pink bowl"
    )


def test_without_a_past_it_and_again_ask() -> None:
    assert "hat do you mean" in talk("put it in the pink bowl")[-1]
    assert talk("do it again")[-1] == "? I have done nothing yet that I could do again. What shall I do?"


def test_a_description_does_not_quietly_mean_what_was_moved_before() -> None:
    assert talk(PUT, "put the block on the green block")[-1].startswith("? ")


# Names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", ["call the red one Betty", "the red block is called Betty", "Please name the red block Betty."]
)
def test_a_thing_gets_a_name(line: str) -> None:
    assert talk(line, "put Betty in the pink bowl") == [
        "! I call the red block Betty.", "put the red block in the pink bowl"
    ]  # fmt: skip


def test_this_is_asked_about_until_it_is_clear_what_this_is() -> None:
    told = talk("this is my mug", "=pink bowl", "put the red block in my mug", "who is my mug?")
    assert told[0].startswith("? Which one is my mug")
    assert told[1:3] == ["! I call the pink bowl my mug.", "put the red block in the pink bowl"]
    assert told[3].startswith("! my mug is the pink bowl.")


def test_this_is_what_was_moved_last() -> None:
    assert talk(PUT, "call it Bob", "put Bob on the green block")[1:] == [
        "! I call the red block Bob.", "put the red block on the green block"
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["that's my point", "that is my favourite", "call it a day", "call me Bob"])
def test_a_remark_names_nothing(line: str) -> None:
    person = Person(TABLE)
    person.says(PUT)
    person.says(line)
    assert person.memory.names == []


TWINS = scene(
    thing("red block", 0.45, 0.10), thing("red block 2", 0.45, -0.20), thing("blue bowl", 0.65, 0.0),
    thing("pink bowl", 0.35, 0.35),
)  # fmt: skip


def test_a_named_one_of_twins_is_known_by_its_place_and_asked_about_where_that_is_in_doubt() -> None:
    person = Person(TWINS)
    person.says("call the left red block Betty")
    memory = Memory("test", Kept(person.memory))
    again = Person(TWINS, memory)
    assert again.says("put Betty in the pink bowl") == "put the red block in the pink bowl"
    assert [s.object_id for s in again.answer.subtasks] == ["red block"] * 2  # type: ignore[union-attr]
    moved = scene(thing("red block 3", 0.55, 0.05), thing("red block 4", 0.55, -0.10), thing("pink bowl", 0.35, 0.35))
    doubtful = Person(moved, Memory("test", Kept(person.memory)))
    assert doubtful.says("put Betty in the pink bowl").startswith(
        "? Which one is Betty: the left red block or the right"
    )
    assert doubtful.chooses("right red block") == "put the red block in the pink bowl"
    assert [s.object_id for s in doubtful.answer.subtasks] == ["red block 4"] * 2  # type: ignore[union-attr]


def test_a_named_thing_out_of_sight_is_said_to_be() -> None:
    person = Person(TABLE)
    person.says("call the red one Betty")
    away = Person(scene(thing("blue bowl", 0.65, 0.0)), Memory("test", Kept(person.memory)))
    told = away.says("put Betty in the blue bowl")
    assert told.startswith("! I do not see Betty, the red block, now. I saw the red block just now on the left")


class Kept:
    """The entries of another session's memory."""

    def __init__(self, memory: Memory) -> None:
        self._entries = list(memory.entries)

    def changed(self) -> list[object]:
        return self._entries

    def keep(self, added: object, removed: object) -> None:
        pass


# Rules and preferences ------------------------------------------------------------------------------------------


def test_a_rule_that_forbids_what_is_asked_is_quoted() -> None:
    told = talk("never stack the blocks", "put the red block on the green block")
    assert told[0].startswith("! I keep to that from now on")
    assert told[1] == (
        "? You said “never stack the blocks”, and I was about to put the red block on the green block. "
        "Shall I, just this once?"
    )


def test_yes_allows_it_once_and_no_more() -> None:
    told = talk("never put the red block in the blue bowl", PUT, "=yes", "undo", PUT)
    assert told[2] == PUT and told[3] == "put the red block where it was" and told[4].startswith("? You said")
    assert talk("never put the red block in the blue bowl", f"just this once, {PUT}")[1] == PUT


def test_what_is_left_to_the_person_is_left_out_of_a_group() -> None:
    told = talk("leave the blue ones to me", "put all the blocks in the pink bowl", "pick up the blue block")
    assert "blue block" not in told[1] and told[1].count("in the pink bowl") == 3
    assert told[2].startswith("? You said “leave the blue ones to me”")


def test_a_rule_holds_for_the_session_or_for_good() -> None:
    person = Person(TABLE)
    person.says("don't touch the green block")
    person.says("never touch the yellow block")
    again = Person(TABLE, Memory("test", Kept(person.memory)))
    assert [e.said for e in person.memory.rules] == ["never touch the yellow block", "don't touch the green block"]
    assert [e.said for e in again.memory.rules] == ["never touch the yellow block"]
    assert again.says("pick up the yellow block").startswith("? You said “never touch the yellow block”")


def test_a_rule_is_taken_back() -> None:
    told = talk("never touch the green block", "you may touch the green block again", "pick up the green block")
    assert told[1:] == ["! I no longer keep to “never touch the green block”.", "pick up the green block"]
    assert talk("don't touch the green block", "forget that rule")[1] == (
        "! I have forgotten “don't touch the green block”."
    )


@pytest.mark.parametrize("line", ["always the left bowl", "I prefer the left bowl", "always use the left bowl"])
def test_a_preference_settles_which_one(line: str) -> None:
    told = talk("put the red block in the bowl", line, "put the red block in the bowl")
    assert told[0].startswith("? ") and told[2] == "put the red block in the pink bowl"


def test_where_a_thing_is_and_it_after_that() -> None:
    told = talk(PUT, "where is the red block?", "where is the green block?", "put it on the yellow block")
    assert told[1:] == [
        "! The red block is in the blue bowl.", "! The green block is on the right, near to me.",
        "put the green block on the yellow block",
    ]  # fmt: skip


def test_a_thing_that_is_gone_was_seen_somewhere() -> None:
    person = Person(TABLE)
    person.says(PUT)
    away = Person(scene(thing("pink bowl", 0.35, 0.35)), Memory("test", Kept(person.memory)))
    assert away.says("where is the red block?") == (
        "! I do not see the red block now. I saw the red block just now in or on the blue bowl."
    )


def test_a_tip_is_kept_and_what_is_known_is_told() -> None:
    told = talk("remember that the red one slips easily", "call the red one Betty", "what do you remember?")
    assert told[0] == "! I keep that in mind: the red one slips easily."
    assert "etty is the red block" in told[2]


def test_a_plan_asked_for_again_means_what_it_meant_at_first() -> None:
    person = Person(TABLE)
    person.says(PUT)
    first = person.planner.plan("put it in the pink bowl", person.scene)
    assert isinstance(first, Plan)
    person.carry(first.subtasks[0])
    rest = person.planner.plan("put it in the pink bowl", person.scene, done=first.subtasks[:1])
    assert isinstance(rest, Plan) and [str(s) for s in rest.subtasks] == ["put the red block in the pink bowl"]


def test_while_it_is_done_undo_puts_back_what_is_in_the_hand() -> None:
    person = Person(TABLE)
    first = person.planner.plan(PUT, person.scene)
    assert isinstance(first, Plan)
    person.carry(first.subtasks[0])
    back = person.planner.plan("put it back", person.scene)
    assert isinstance(back, Plan) and [str(s) for s in back.subtasks] == ["put the red block where it was"]
    assert back.subtasks[0].point == pytest.approx((0.45, 0.10), abs=0.01)


def test_a_question_is_a_question() -> None:
    person = Person(TABLE)
    person.says("never stack the blocks")
    person.says("put the red block on the green block")
    assert isinstance(person.answer, Question) and person.answer.options == ("yes", "never mind")
    assert person.answer.answers == ("just this once, put the red block on the green block", "")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("call the green one Bob", "I call the green block Bob."),
        ("always the left bowl", "Where I can choose, I take the leftmost bowl from now on."),
        ("I'd prefer the left bowl", None), ("a bit to the left", None), ("no, the green one", None),
        ("that's my hand!", None), ("this is my finger", None), ("stop", None),
    ],
)  # fmt: skip
def test_while_it_is_done_only_what_changes_no_motion_is_kept(text: str, kept: str | None) -> None:
    person = Person(TABLE)
    person.planner.plan(PUT, person.scene)
    assert person.planner.told(text, person.scene) == kept
    assert len(person.memory.entries) + len(person.memory.session_preferences) == (kept is not None)


@pytest.mark.parametrize(
    "line",
    [
        "if the red block is left of the green block, put it in the blue bowl",
        "if there is a red block, put it in the blue bowl",
    ],
)
def test_it_after_a_condition_is_what_the_condition_names(line: str) -> None:
    person = Person(TABLE)
    person.says("put the yellow block in the pink bowl")
    told = person.says(line)
    if told.startswith("?"):
        told = person.chooses("yes")
    assert told == "put the red block in the blue bowl"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("what can you do?", ABILITIES), ("where is my mug?", "I do not see the mug now."),
        ("how many bowls do you see?", "2: the"), ("what are you doing?", None), ("where is it, stop!", None),
        ("what about the green one?", None),
    ],
)  # fmt: skip
def test_a_question_is_answered_while_something_is_done(text: str, says: str | None) -> None:
    person = Person(TABLE)
    person.planner.plan(PUT, person.scene)
    told = person.planner.told(text, person.scene)
    assert told is None if says is None else told is not None and told.startswith(says)


def test_after_an_errand_abilities_are_no_history() -> None:
    person = Person(TABLE)
    person.says(PUT)
    assert person.says("what can you do?") == f"! {ABILITIES}" and isinstance(person.answer, Reply)
    assert person.says("what have you done?").startswith(f"! “{PUT}”")


def test_what_a_thing_touches_is_told_by_what_is_seen_of_it() -> None:
    on = scene(
        thing("red block", 0.45, 0.10), thing("green block", 0.45, 0.142), thing("blue block", 0.45, 0.20),
        thing("yellow block", 0.60, 0.0, 0.03), thing("pink bowl", 0.60, 0.0),
    )  # fmt: skip
    told = talk(
        "what is the red block touching?",
        "what is the blue block touching?",
        "what is the yellow block touching?",
        on=on,
    )
    assert [line.removeprefix("! ") for line in told] == [
        "As far as I see, the red block touches the green block.",
        "As far as I see, the blue block touches nothing but the table.",
        "As far as I see, the yellow block touches the pink bowl.",
    ]


@pytest.mark.parametrize(
    ("then", "done"),
    [
        ("actually the pink bowl", "put the blue block in the pink bowl"),
        ("sorry, I meant the pink one", "put the blue block in the pink bowl"),
        ("no, the green one", "put the green block in the blue bowl"),
    ],
)
def test_what_was_meant_instead_is_done_after_the_end_too(then: str, done: str) -> None:
    person = Person(TABLE)
    person.says("put the blue block in the blue bowl")
    assert done in person.says(then)


def test_empty_and_full_are_seen() -> None:
    person = Person(TABLE)
    person.says("put the green block in the pink bowl")
    assert "in the blue bowl" in person.says("put the red block in the empty bowl")
    assert person.says("are there any empty bowls?") == "! No, none that I see."


@pytest.mark.parametrize("line", ["no, the red one", "sorry, I meant the red one", "no, the blue bowl"])
def test_what_is_so_already_is_no_prohibition(line: str) -> None:
    assert talk(PUT, line)[-1] == f"! That is so already: “{PUT}”. Say what else you mean."


@pytest.mark.parametrize("line", ["sorry, I meant the orange bowl", "actually the orange bowl", "no, the orange bowl"])
def test_another_bowl_is_meant_in_any_wording(line: str) -> None:
    person = Person(
        scene(
            thing("red block", 0.45, 0.10), thing("yellow block", 0.50, -0.10), thing("green block", 0.40, -0.20),
            thing("orange bowl", 0.60, 0.15), thing("blue bowl", 0.60, -0.15),
        )
    )  # fmt: skip
    for before in ("put the green block in the blue bowl", PUT):
        person.says(before)
        assert person.says(line).endswith("block in the orange bowl")


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ("put it back and point at the green block", ["put the red block where it was", "point at the green block"]),
        ("undo that, then put the green one in the pink bowl",
         ["put the red block where it was", "put the green block in the pink bowl"]),
        ("put it back and go home", ["put the red block where it was", "go home"]),
    ],
)  # fmt: skip
def test_what_goes_back_first_is_not_left_out(line: str, steps: list[str]) -> None:
    person = Person(TABLE)
    person.says(PUT)
    answer = person.planner.plan(line, person.scene)
    assert isinstance(answer, Plan)
    assert [str(s) for s in answer.subtasks if s.verb is not Verb.PICK] == steps


def test_again_means_what_a_correction_has_made_of_it() -> None:
    person = Person(TABLE)
    plan = person.planner.plan(PUT, person.scene)
    assert isinstance(plan, Plan)
    red = plan.subtasks[0].object_id
    green = next(o for o in person.scene.objects if o.name == "green block")
    told = Correction("no, the green one", "subtask", "", target=green.id, replaces=red)
    person.planner.swapped(told, person.scene)
    for step in amended(plan.subtasks, told, person.scene):
        person.carry(step)
    person.planner.ended("done", person.scene, "")
    assert person.says("why did you do that?").startswith(f"! You said “{PUT}”, and then I was to put the green block")
    person.says("put it back")
    assert person.says("do it again") == "put the green block in the blue bowl"
    assert isinstance(person.answer, Plan) and person.answer.notes == (
        "I do again: “put the green block in the blue bowl”",
    )


@pytest.mark.parametrize(
    "text", ["what's your name?", "What is your name", "hello, who are you?", "what are you called?"]
)
def test_it_says_its_name(text: str) -> None:
    assert talk(PUT, text)[-1].startswith("! I am Sayso")


def test_asked_why_it_names_the_words_that_it_obeyed() -> None:
    assert talk("why did you do that?") == ["! I have done nothing yet."]
    assert talk(PUT, "why did you do that?")[-1] == f"! You said “{PUT}”."


def test_a_rule_told_while_nothing_is_done_is_kept() -> None:
    person = Person(TABLE)
    told = person.planner.told_idle("never touch the red block", person.scene)
    assert told is not None and "never touch the red block" in told
    assert person.says(PUT).startswith("?")
    assert person.planner.told_idle("put the green block in the blue bowl", person.scene) is None

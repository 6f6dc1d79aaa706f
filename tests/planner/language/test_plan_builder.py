"""What becomes of a reading on a scene: groups, pronouns, stacks, what was done already, and what cannot be done."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from sayso.planner.checks.preconditions import check_plan
from sayso.planner.language.plan_builder import compose
from sayso.planner.language.reading import ANY, COLOR_WORDS, SAME, Action, Clause, Intent, Quantity, Role, Side
from sayso.planner.language.training.corpus import Writer
from sayso.planner.language.training.evaluation import random_scene
from sayso.planner.language.training.labelling import truth
from sayso.planner.language.training.topics import Style
from sayso.planner.plan import Plan, Question, Refusal, Relation, Subtask, Verb
from tests.planner.language.said import ALL, IT, R, ask, plan, say, steps
from tests.planner.local_scenes import TABLE, scene, thing


def test_a_put_is_a_pick_and_a_place() -> None:
    answer = plan(ask(Action.IN, say("red block"), say("blue bowl", R)))
    assert steps(answer) == ["pick up the red block", "put the red block in the blue bowl"]


def test_what_is_held_is_not_picked_up_again() -> None:
    held = scene(*TABLE.objects, held="red block")
    assert steps(plan(ask(Action.IN, say("red block"), say("blue bowl", R)), on=held)) == [
        "put the red block in the blue bowl"
    ]
    assert steps(plan(ask(Action.IN, IT, say("blue bowl", R)), on=held)) == ["put the red block in the blue bowl"]
    assert steps(plan(ask(Action.PICK, say("red block")), on=held)) == []


def test_a_full_hand_asks_where_to_put_it_first() -> None:
    answer = plan(ask(Action.PICK, say("green block")), on=scene(*TABLE.objects, held="red block"))
    assert isinstance(answer, Question) and "holding the red block" in answer.text
    assert answer.options == ("in the blue bowl", "in the pink bowl", "to the left", "to the right")


def test_pronouns_mean_what_was_spoken_of() -> None:
    answer = plan(
        ask(Action.PICK, say("red block")), ask(Action.IN, IT, say("blue bowl", R)),
        ask(Action.ON, say("green block"), say("yellow block", R)),
    )  # fmt: skip
    assert steps(answer)[:2] == ["pick up the red block", "put the red block in the blue bowl"]
    assert steps(answer)[3] == "put the green block on the yellow block"
    on_it = plan(ask(Action.LEFT, say("red block")), ask(Action.ON, say("green block"), say("any any", R, Quantity.IT)))
    assert steps(on_it)[3] == "put the green block on the red block"


def test_it_with_nothing_before_is_a_question() -> None:
    answer = plan(ask(Action.IN, IT, say("blue bowl", R)))
    assert isinstance(answer, Question) and "red block" in answer.options


def test_an_absent_object_is_asked_about() -> None:
    answer = plan(ask(Action.IN, say("purple block"), say("blue bowl", R)))
    assert isinstance(answer, Question) and answer.text.startswith("I see no purple block; I see the red block, ")
    assert answer.options == ("red block", "green block", "blue block", "yellow block")
    assert isinstance(plan(ask(Action.IN, say("red block"), say("green bowl", R))), Question)


def test_two_that_fit_are_asked_about_by_names_that_answer_it() -> None:
    twins = scene(thing("red block 1", 0.4, 0.2), thing("red block 2", 0.4, -0.2), thing("blue bowl", 0.6, 0.0))
    answer = plan(ask(Action.PICK, say("red block")), on=twins)
    assert answer == Question(
        "Which red block do you mean: the left red block or the right red block?", ("left red block", "right red block")
    )
    chosen = plan(ask(Action.PICK, say("red block", side=Side.RIGHT)), on=twins)
    assert isinstance(chosen, Plan) and chosen.subtasks[0].object_id == "red block 2"


def test_a_doubtful_color_is_asked_about_and_a_likely_one_is_not() -> None:
    red, orange = thing("red block", 0.4, 0.2), thing("orange block", 0.4, -0.2)
    half = replace(orange, colors={"orange": 0.5, "red": 0.5})
    assert isinstance(plan(ask(Action.PICK, say("red block")), on=scene(red, half)), Question)
    mostly = replace(orange, colors={"orange": 0.8, "red": 0.2})
    assert steps(plan(ask(Action.PICK, say("red block")), on=scene(red, mostly))) == ["pick up the red block"]


def test_one_of_any_is_chosen() -> None:
    assert steps(plan(ask(Action.PICK, say("any block", quantity=Quantity.ANY)))) == ["pick up the green block"]
    two = plan(ask(Action.IN, say("any block", quantity=Quantity.ANY, number=2), say("blue bowl", R)))
    assert len(steps(two)) == 4


def test_all_go_in_and_those_inside_stay() -> None:
    inside = thing("red block", 0.65, 0.01, 0.03)
    table = scene(inside, *TABLE.objects[1:])
    answer = plan(ask(Action.IN, ALL, say("blue bowl", R)), on=table)
    assert len(steps(answer)) == 6 and not any("red" in s for s in steps(answer))
    but = plan(ask(Action.IN, ALL, say("green block", Role.EXCEPT), say("blue bowl", R)))
    assert len(steps(but)) == 6 and not any("green" in s for s in steps(but))
    each = plan(ask(Action.IN, say("any any", quantity=Quantity.ALL), say("pink bowl", R)))
    assert len(steps(each)) == 8


def test_each_into_the_bowl_of_its_color() -> None:
    table = scene(
        thing("red block", 0.4, 0.1),
        thing("blue block", 0.4, -0.1),
        thing("red bowl", 0.6, 0.2),
        thing("blue bowl", 0.6, -0.2),
    )
    answer = plan(ask(Action.IN, ALL, say(f"{SAME} bowl", R)), on=table)
    assert sorted(steps(answer)[1::2]) == ["put the blue block in the blue bowl", "put the red block in the red bowl"]


def test_a_stack_of_all_keeps_what_stands() -> None:
    answer = plan(ask(Action.STACK, ALL))
    assert isinstance(answer, Plan)
    places = [s for s in answer.subtasks if s.verb is Verb.PLACE]
    assert len(places) == 3 and all(s.relation is Relation.ON for s in places)
    assert [s.reference_id for s in places[1:]] == [s.object_id for s in places[:-1]], "each on the one before"
    begun = scene(thing("red block", 0.40, -0.10, 0.06), *TABLE.objects[1:])
    rest = plan(ask(Action.STACK, ALL), on=begun)
    assert steps(rest)[1].endswith("on the red block") and len(steps(rest)) == 4


def test_named_blocks_are_stacked_in_their_order() -> None:
    answer = plan(ask(Action.STACK, say("red block"), say("green block"), say("blue block")))
    assert steps(answer)[1::2] == ["put the green block on the red block", "put the blue block on the green block"]
    chain = plan(ask(Action.STACK, say("red block"), say("green block", R), say("blue block", R)))
    assert steps(chain)[1::2] == ["put the green block on the blue block", "put the red block on the green block"]


def test_a_move_without_a_reference_is_from_where_it_is() -> None:
    answer = plan(ask(Action.BEHIND, say("red block")))
    assert isinstance(answer, Plan)
    move = answer.subtasks[1]
    assert (move.relation, move.reference_id, move.distance) == (Relation.BEHIND, "red block", 0.12)
    far = plan(ask(Action.LEFT, say("red block"), distance=0.05))
    assert isinstance(far, Plan) and far.subtasks[1].distance == 0.05


def test_beside_takes_the_freer_side() -> None:
    table = scene(thing("red block", 0.4, 0.3), thing("green block", 0.4, 0.0), thing("blue block", 0.4, 0.15))
    assert steps(plan(ask(Action.BESIDE, say("red block"), say("green block", R)), on=table))[1].endswith(
        "to the right of the green block"
    )


def test_what_is_done_is_not_done_again() -> None:
    clauses = (
        ask(Action.PICK, say("red block")), ask(Action.IN, IT, say("blue bowl", R)),
        ask(Action.ON, say("green block"), say("yellow block", R)), ask(Action.LEFT, say("blue block")),
    )  # fmt: skip
    whole = plan(*clauses)
    assert isinstance(whole, Plan) and len(whole.subtasks) == 6
    for count in range(7):
        done = whole.subtasks[:count]
        held = done[-1].object_id if done and done[-1].verb is Verb.PICK else None
        left = plan(*clauses, on=scene(*TABLE.objects, held=held), done=done)
        assert isinstance(left, Plan) and left.subtasks == whole.subtasks[count:], count


def test_a_block_that_slipped_is_picked_up_again() -> None:
    clause = ask(Action.IN, say("red block"), say("blue bowl", R))
    whole = plan(clause)
    assert isinstance(whole, Plan)
    assert plan(clause, done=whole.subtasks[:1]) == whole


def test_only_blocks_can_be_picked_up_and_only_bowls_have_an_inside() -> None:
    bowl = plan(ask(Action.PICK, say("blue bowl")))
    assert isinstance(bowl, Refusal) and "the blue bowl: too wide" in bowl.reason
    inside = plan(ask(Action.IN, say("red block"), say("green block", R)))
    assert isinstance(inside, Question) and inside.options == (
        "on the green block",
        "in the blue bowl",
        "in the pink bowl",
    )
    assert isinstance(plan(ask(Action.ON, say("red block"), say("red block", R))), Refusal)


def test_on_a_bowl_is_in_it() -> None:
    assert steps(plan(ask(Action.ON, say("red block"), say("blue bowl", R))))[1] == "put the red block in the blue bowl"


def test_what_carries_another_is_not_taken_from_under_it() -> None:
    piled = scene(thing("red block", 0.40, -0.10, 0.06), *TABLE.objects[1:])
    answer = plan(ask(Action.PICK, say("green block")), on=piled)
    assert isinstance(answer, Question) and "The red block stands on the green block" in answer.text
    occupied = plan(ask(Action.ON, say("blue block"), say("green block", R)), on=piled)
    assert isinstance(occupied, Question) and "on the red block" in occupied.options
    cleared = plan(ask(Action.LEFT, say("red block")), ask(Action.PICK, say("green block")), on=piled)
    assert steps(cleared)[-1] == "pick up the green block"


def test_what_must_be_left_alone_is() -> None:
    spared = plan(ask(Action.IN, ALL, say("blue bowl", R)), ask(Action.FORBID, say("red block")))
    assert len(steps(spared)) == 6 and not any("red block" in s for s in steps(spared))
    both = plan(ask(Action.PICK, say("red block")), ask(Action.FORBID, say("red block")))
    assert isinstance(both, Question)
    assert isinstance(plan(ask(Action.FORBID, say("red block"))), Refusal)


def test_several_in_the_hand_is_a_question_unless_they_are_put_down_at_once() -> None:
    assert isinstance(plan(ask(Action.PICK, ALL)), Question)
    them = say("any any", quantity=Quantity.THEM)
    assert len(steps(plan(ask(Action.PICK, ALL), ask(Action.IN, them, say("blue bowl", R))))) == 8


def test_two_readings_of_a_clause_are_a_question() -> None:
    doubt = {a: 0.0 for a in Action} | {Action.IN: 0.55, Action.BEHIND: 0.45}
    answer = plan(Clause("put red at blue", doubt, (say("red block"), say("blue bowl", R))))
    assert isinstance(answer, Question) and answer.options == ("put in", "move behind")


@pytest.mark.parametrize("intent", [Intent.UNSAFE, Intent.UNABLE, Intent.CHAT])
def test_what_is_no_task_is_refused(intent: Intent) -> None:
    assert isinstance(plan(ask(Action.PICK, say("red block")), intent=intent), Refusal)


def test_part_of_an_instruction_that_is_beyond_it_is_refused() -> None:
    answer = plan(ask(Action.PICK, say("red block")), ask(Action.OTHER))
    assert isinstance(answer, Refusal) and "'other'" in answer.reason


def test_an_empty_table_is_a_question() -> None:
    assert isinstance(plan(ask(Action.PICK, say("red block")), on=scene()), Question)


def test_any_plan_can_be_carried_out() -> None:
    """Of 600 sentences on random scenes every plan passes the preconditions."""
    plans = 0
    for seed in range(600):
        rng = np.random.default_rng(seed)
        table = random_scene(rng)
        things = tuple((o.kind, o.color) for o in table.objects)
        sample = Writer(rng, Style(pairs=True, things=things)).write(Intent.TASK)
        spans = [m.span() for m in re.finditer(r"\w+|[^\w\s]", sample.text)]
        answer = compose(truth(sample, spans), table)
        if isinstance(answer, Plan):
            check_plan(answer, table)
            plans += bool(answer.subtasks)
    assert plans > 200


def test_a_color_is_said_by_probability() -> None:
    mention = say("red block")
    crimson = replace(mention, colors={c: 0.0 for c in COLOR_WORDS} | {"red": 0.6, "pink": 0.3, ANY: 0.0})
    assert steps(plan(ask(Action.PICK, crimson))) == ["pick up the red block"]


def test_to_put_something_nowhere_is_a_question() -> None:
    answer = plan(ask(Action.PUT, say("red block")))
    assert answer == Question(
        "Where shall I put the red block?", ("in the blue bowl", "in the pink bowl", "to the left", "to the right")
    )


def test_several_that_are_picked_up_and_then_put_one_by_one_need_no_hand_for_all() -> None:
    red = ask(Action.LEFT, say("red block"))
    assert isinstance(plan(ask(Action.PICK, ALL), red), Question), "what follows is about another thing"
    assert isinstance(plan(ask(Action.PICK, ALL), ask(Action.PICK, IT)), Question), "what follows puts nothing"


def test_in_what_is_the_container_spoken_of_or_the_only_one_there_is() -> None:
    earlier = plan(ask(Action.IN, say("red block"), say("pink bowl", R)), ask(Action.IN, say("green block")))
    assert steps(earlier)[3] == "put the green block in the pink bowl"
    one = scene(*TABLE.objects[:5])
    assert steps(plan(ask(Action.IN, say("red block")), on=one))[1] == "put the red block in the blue bowl"
    assert plan(ask(Action.IN, say("red block"))) == Question(
        "In what shall I put the red block?", ("blue bowl", "pink bowl")
    )
    on_block = plan(ask(Action.ON, say("red block"), say("green block", R)), ask(Action.IN, say("blue block")))
    assert isinstance(on_block, Question), "a block is no container"


def test_several_beside_one_thing_stand_in_a_row() -> None:
    answer = plan(ask(Action.LEFT, say("red block"), say("green block"), say("blue bowl", R)))
    assert steps(answer)[1::2] == [
        "put the red block to the left of the blue bowl", "put the green block to the left of the red block",
    ]  # fmt: skip


def test_beside_nothing_is_a_question() -> None:
    answer = plan(ask(Action.BESIDE, say("red block")))
    assert isinstance(answer, Question) and answer.text == "Beside what shall I put the red block?"
    assert "red block" not in answer.options and "green block" in answer.options


def test_beside_stays_on_the_side_that_was_taken_before() -> None:
    clause = ask(Action.BESIDE, say("red block"), say("green block", R))
    whole = plan(clause)
    assert isinstance(whole, Plan)
    taken = whole.subtasks[1].relation
    other = Relation.RIGHT if taken is Relation.LEFT else Relation.LEFT
    unlike = Subtask(Verb.PLACE, "red block", "red block", None, "green block", "green block")
    done = Subtask(Verb.PLACE, "red block", "red block", other, "green block", "green block")
    assert steps(plan(clause, done=(unlike, done))) == []
    assert steps(plan(clause, done=(unlike,))) == steps(whole), "a put without a side says nothing"


def test_on_what_is_the_thing_spoken_of_last_or_a_question() -> None:
    after = plan(ask(Action.LEFT, say("red block")), ask(Action.ON, say("green block")))
    assert steps(after)[3] == "put the green block on the red block"
    answer = plan(ask(Action.ON, say("green block")))
    assert isinstance(answer, Question) and answer.text == "On what shall I put the green block?"
    assert answer.options == ("red block", "blue block", "yellow block")


def test_a_stack_that_begins_in_a_bowl_goes_into_it() -> None:
    answer = plan(ask(Action.STACK, say("red block"), say("green block", R), say("blue bowl", R)))
    assert steps(answer)[1] == "put the green block in the blue bowl"


def test_a_bowl_is_not_stacked_on_a_block() -> None:
    answer = plan(ask(Action.STACK, say("red block"), say("blue bowl", R), say("green block", R)))
    assert isinstance(answer, Refusal) and answer.reason.startswith("I cannot pick up the blue bowl: too wide")


def test_a_stack_climbs_on_what_stands_there_already() -> None:
    piled = scene(thing("red block", 0.40, -0.10, 0.06), *TABLE.objects[1:])
    answer = plan(ask(Action.STACK, say("blue block"), say("green block", R)), on=piled)
    assert steps(answer)[1] == "put the blue block on the red block"

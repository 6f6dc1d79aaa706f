"""What rests on what, what the hand holds, and how both change in thought as steps are planned."""

from __future__ import annotations

import pytest

from sayso.perception.scene import Scene
from sayso.planner.language.symbolic_state import Surroundings, is_container
from sayso.planner.plan import Relation, Subtask, Verb
from tests.planner.local_scenes import TABLE, scene, thing

RED, GREEN, BLUE, YELLOW, BOWL, PINK = TABLE.objects
PICK = Subtask(Verb.PICK, "red block", "red block")


def put(relation: Relation, at: str | None) -> Subtask:
    return Subtask(Verb.PLACE, "red block", "red block", relation, at, at)


def red_at(x: float, y: float, z: float) -> Surroundings:
    return Surroundings(scene(thing("red block", x, y, z), *TABLE.objects[1:]))


def test_only_bowls_have_an_inside() -> None:
    around = Surroundings(TABLE)
    assert is_container(BOWL) and not is_container(RED)
    assert around.containers == [BOWL, PINK] and around.movable == [RED, GREEN, BLUE, YELLOW]


@pytest.mark.parametrize(
    ("at", "below"),
    [
        ((0.40, -0.10, 0.06), "green block"),
        ((0.42, -0.10, 0.06), "green block"),
        ((0.43, -0.10, 0.06), None),
        ((0.40, -0.10, 0.09), None),
        ((0.65, 0.02, 0.03), "blue bowl"),
        ((0.65, 0.08, 0.03), None),
        ((0.65, 0.02, 0.15), None),
        ((0.45, 0.10, 0.02), None),
    ],
)
def test_what_stands_on_or_in_a_thing_is_known_by_where_it_is(
    at: tuple[float, float, float], below: str | None
) -> None:
    assert red_at(*at).under.get("red block") == below


def test_a_block_on_a_block_in_a_bowl_rests_on_the_block() -> None:
    around = Surroundings(scene(thing("green block", 0.65, 0.0, 0.026), thing("red block", 0.65, 0.0, 0.066), BOWL))
    assert around.under == {"green block": "blue bowl", "red block": "green block"}
    red, green, bowl = (around.scene.find(i) for i in ("red block", "green block", "blue bowl"))
    assert red is not None and green is not None and bowl is not None
    assert around.rests(red, bowl, Relation.IN), "through what is in it"
    assert around.rests(red, green, Relation.ON) and not around.rests(red, bowl, Relation.ON)
    assert not around.rests(red, green, Relation.LEFT)
    assert not around.rests(bowl, red, Relation.IN), "it stands on the table"


def test_a_bowl_rests_on_nothing() -> None:
    assert "blue bowl" not in Surroundings(scene(RED, thing("blue bowl", 0.45, 0.10, 0.06))).under


@pytest.mark.parametrize("told", [True, False])
def test_what_the_hand_holds_rests_on_nothing(told: bool) -> None:
    held = scene(thing("red block", 0.40, -0.10, 0.06), *TABLE.objects[1:], held="red block")
    around = Surroundings(held if told else Scene(0.0, held.objects, held.tool))
    assert around.held == "red block" and around.in_hand is held.objects[0] and around.under == {}


def test_what_was_put_before_counts_as_put() -> None:
    done = (PICK, put(Relation.ON, "green block"))
    assert Surroundings(TABLE, done).under == {"red block": "green block"}
    again = Surroundings(scene(*TABLE.objects, held="red block"), done)
    assert again.under == {}, "it has been taken up again since"


def test_a_pick_and_a_put_are_carried_out_in_thought() -> None:
    around = red_at(0.65, 0.0, 0.03)
    around.apply(PICK)
    assert around.held == "red block" and around.under == {} and around.above(BOWL) is None
    around.apply(put(Relation.ON, "green block"))
    assert around.held is None and around.under == {"red block": "green block"}
    around.apply(put(Relation.LEFT, "green block"))
    assert around.under == {}
    around.apply(put(Relation.IN, None))
    assert around.under == {}, "without a reference it is nowhere"


def test_what_stands_above_is_found_unless_it_is_the_thing_in_question() -> None:
    around = red_at(0.40, -0.10, 0.06)
    red = around.scene.find("red block")
    assert around.above(GREEN) is red
    assert around.above(GREEN, besides=red) is None and around.above(BLUE) is None


def test_the_freer_side_is_where_the_next_thing_is_farther() -> None:
    left = scene(RED, thing("green block", 0.4, 0.0), thing("blue block", 0.4, 0.2))
    right = scene(RED, thing("green block", 0.4, 0.0), thing("blue block", 0.4, -0.2))
    green = left.objects[1]
    assert Surroundings(left).freer_side(RED, green) is Relation.RIGHT
    assert Surroundings(right).freer_side(RED, green) is Relation.LEFT
    assert Surroundings(scene(RED, green)).freer_side(RED, green) is Relation.LEFT, "it makes no difference"
    both = scene(RED, green, thing("blue block", 0.4, 0.1), thing("yellow block", 0.4, -0.5))
    assert Surroundings(both).freer_side(RED, green) is Relation.RIGHT, "of two, the nearest one counts"


def test_the_hand_takes_the_held_one_then_from_the_top_then_the_nearest() -> None:
    around = Surroundings(scene(*TABLE.objects[:3], thing("yellow block", 0.55, 0.25, 0.06), held="blue block"))
    assert [o.id for o in around.in_order(around.scene.objects)] == [
        "blue block", "yellow block", "green block", "red block",
    ]  # fmt: skip


def test_of_two_on_the_table_the_one_nearer_to_the_tool_is_taken_first() -> None:
    near, far = thing("red block", 0.42, 0.0), thing("green block", 0.30, 0.0)
    assert Surroundings(scene(far, near)).in_order([far, near]) == [near, far]


def test_a_tower_is_built_on_the_tallest_stack_there_is() -> None:
    stack = thing("red block", 0.55, 0.25, 0.06)
    around = Surroundings(scene(GREEN, BLUE, stack, YELLOW))
    assert [o.id for o in around.tower([GREEN, YELLOW, stack, BLUE])][:2] == ["blue block", "red block"]


def test_without_a_stack_a_tower_stands_in_the_middle() -> None:
    row = [thing("red block", 0.5, -0.2), thing("green block", 0.5, 0.0), thing("blue block", 0.5, 0.2)]
    assert Surroundings(scene(*row)).tower(row)[0] is row[1]


def test_a_tower_is_not_built_on_what_the_hand_holds() -> None:
    row = [thing("red block", 0.5, 0.0), thing("green block", 0.5, 0.2)]
    around = Surroundings(scene(*row, held="red block"))
    assert around.tower(list(around.scene.objects))[0].id == "green block"

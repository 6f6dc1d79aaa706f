"""What the critic calls done is believed only as far as hand and scene do not show otherwise."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import GripperSpec, JointState, Pose
from sayso.perception.scene import Scene
from sayso.planner.critic import State
from sayso.planner.ending import given_up, leave_without_room, unmet
from sayso.planner.evidence import Evidence
from sayso.planner.familiar import SAMPLES, Lateness, too_wide, unlike_training
from sayso.planner.plan import Plan, Relation, Subtask, Verb
from sayso.planner.supervisor import DOUBTED_S, RETRIES, SUBTASK_LIMIT_S, Level, Supervisor
from sayso.skills.features import Proprioception
from tests.planner.local_scenes import scene, thing

PICK = Subtask(Verb.PICK, "red block", "red block")
BOWL = Subtask(Verb.PLACE, "red block", "red block", Relation.IN, "blue bowl", "blue bowl")
ON = Subtask(Verb.PLACE, "red block", "red block", Relation.ON, "green block", "green block")
LEFT = Subtask(Verb.PLACE, "red block", "red block", Relation.LEFT, "green block", "green block")
AWAY = Subtask(Verb.PLACE, "red block", "red block", Relation.LEFT, "red block", "red block", 0.12)
START = scene(thing("red block", 0.45, 0.1), thing("green block", 0.5, -0.1), thing("blue bowl", 0.6, 0.2))


def body(opening: float = 0.04, closing: bool = True, rate: float = 0.0) -> Proprioception:
    tool = Pose(np.array([0.45, 0.1, 0.2]), np.eye(3))
    return Proprioception(np.zeros(7), np.zeros(7), tool, opening, rate, closing)


def now(x: float, y: float, z: float | None = None, held: bool = False, **more: object) -> Scene:
    """The scene later, with the red block somewhere else."""
    red = replace(thing("red block", x, y, z), held=held, **more)
    return replace(START, objects=(red, *START.objects[1:]), held=red.id if held else None)


def seen() -> Evidence:
    evidence = Evidence()
    evidence.meant("do it", START, 0)
    evidence.begin(START)
    return evidence


LIFTED = now(0.45, 0.1, 0.2, held=True)


def test_a_lifted_block_between_the_fingers_is_believed() -> None:
    assert seen().against(PICK, LIFTED, body()) is None


@pytest.mark.parametrize(
    ("after", "hand", "said"),
    [
        (now(0.45, 0.1), body(0.0), "nothing is in it"),
        (now(0.45, 0.1, 0.2, held=True), body(0.012), "nothing is in it"),
        (now(0.45, 0.1), body(0.08, closing=False), "open and holds nothing"),
        (now(0.45, 0.1), body(0.04), "I see it 18 cm from my fingers"),
        (now(0.45, 0.1, 0.02, held=True), body(), "has not come up"),
        (LIFTED, body(rate=-0.03), "still closing"),
        (now(0.45, 0.1, 0.2, held=True, colors={"green": 1.0, "red": 0.0}), body(), "a green block and not the red"),
    ],
)
def test_an_empty_hand_has_picked_nothing_up(after: Scene, hand: Proprioception, said: str) -> None:
    found = seen().against(PICK, after, hand)
    assert found is not None and said in found


def test_a_block_that_still_lies_there_is_not_in_the_hand() -> None:
    held = replace(LIFTED.objects[0], age=1.0)
    twin = replace(thing("red block", 0.45, 0.1), id="block-9")
    after = replace(LIFTED, objects=(held, *LIFTED.objects[1:], twin))
    assert seen().against(PICK, after, body()) == "I still see a red block lying there"


def test_what_is_still_held_has_not_been_put_anywhere() -> None:
    assert seen().against(BOWL, now(0.6, 0.2, 0.05, held=True), body()) == "the red block is still in my hand"


@pytest.mark.parametrize(
    ("step", "good", "bad"),
    [
        (BOWL, now(0.62, 0.21, 0.03), now(0.50, 0.2)),
        (BOWL, now(0.6, 0.2, 0.066), now(0.6, 0.2, 0.106)),
        (ON, now(0.505, -0.1, 0.06), now(0.46, -0.1)),
        (LEFT, now(0.5, 0.02), now(0.5, -0.25)),
        (AWAY, now(0.45, 0.21), now(0.45, 0.1)),
    ],
)
def test_a_thing_is_where_it_was_to_go_or_it_was_not_put_there(step: Subtask, good: Scene, bad: Scene) -> None:
    released = body(0.08, closing=False)
    assert seen().against(step, good, released) is None
    assert seen().against(step, bad, released) is not None


def test_in_a_bowl_that_hangs_on_the_arm_is_not_put_away() -> None:
    """Seen with an arm 0.3 s late: a finger under the rim had taken the bowl up."""
    good = now(0.6, 0.2, 0.03)
    bowl = replace(good.objects[2], position=good.objects[2].position + np.array([0.0, 0.0, 0.5]))
    red = replace(good.objects[0], position=good.objects[0].position + np.array([0.0, 0.0, 0.5]))
    found = seen().against(BOWL, replace(good, objects=(red, good.objects[1], bowl)), body(0.08, closing=False))
    assert found == "the blue bowl does not stand where it stood any more"


def test_doubted_for_long_is_failed_and_tried_again() -> None:
    supervisor = Supervisor()
    supervisor.take(Plan((PICK,)), 0.0)
    assert not supervisor.advance(State.DONE, 0.0, 1.0, doubt="nothing is in it")
    assert supervisor.current is PICK
    assert supervisor.advance(State.DONE, 0.0, 1.0 + DOUBTED_S, doubt="nothing is in it")
    assert [s.outcome for s in supervisor.steps] == ["failed", "running"]
    assert supervisor.replans[0].reason == "nothing is in it"
    assert supervisor.advance(State.DONE, 0.0, 4.0)
    assert supervisor.done == (PICK,)


def test_a_passing_doubt_is_no_failure() -> None:
    supervisor = Supervisor()
    supervisor.take(Plan((PICK,)), 0.0)
    supervisor.advance(State.DONE, 0.0, 1.0, doubt="the fingers are still closing")
    supervisor.advance(State.GOING, 0.0, 1.2, doubt="the fingers are still closing")
    assert not supervisor.advance(State.DONE, 0.0, 1.0 + DOUBTED_S, doubt="the fingers are still closing")


def test_a_put_that_never_succeeds_is_tried_so_often_and_no_more() -> None:
    """The picks between the tries succeed; that gives no new tries."""
    supervisor, t = Supervisor(), 0.0
    supervisor.take(Plan((PICK, LEFT)), t)
    for _ in range(20):
        if supervisor.current is None:
            break
        t += SUBTASK_LIMIT_S + 1
        picking = supervisor.current.verb is Verb.PICK
        supervisor.advance(State.DONE if picking else State.GOING, 0.0, t, doubt=None if picking else "not there")
    assert supervisor.wants_plan
    assert [r.level for r in supervisor.replans] == [Level.SUBTASK] * RETRIES + [Level.PLAN]


def test_what_the_scene_shows_done_after_so_long_is_done() -> None:
    supervisor = Supervisor()
    supervisor.take(Plan((ON,)), 0.0)
    assert supervisor.advance(State.GOING, 0.0, SUBTASK_LIMIT_S + 1, doubt=None)
    assert supervisor.done == (ON,) and supervisor.current is None


def test_a_tower_that_fell_is_found_at_the_end() -> None:
    supervisor, evidence = Supervisor(), seen()
    supervisor.take(Plan((PICK, ON)), 0.0)
    for t in (1.0, 2.0):
        supervisor.advance(State.DONE, 0.0, t)
    assert unmet(supervisor, evidence, now(0.5, -0.1, 0.06)) is None
    assert evidence.undone(supervisor.steps, now(0.5, -0.1, 0.06)) is None
    fallen = unmet(supervisor, evidence, now(0.45, -0.1))
    assert fallen is not None and fallen == evidence.undone(supervisor.steps, now(0.45, -0.1))
    supervisor.undo(*fallen, 3.0)
    assert supervisor.wants_plan and supervisor.done == (PICK,)


def test_a_planner_that_finds_nothing_left_to_do_makes_nothing_done() -> None:
    supervisor, evidence, t = Supervisor(), seen(), 0.0
    supervisor.take(Plan((PICK,)), t)
    while not supervisor.wants_plan:
        t += SUBTASK_LIMIT_S + 1
        supervisor.advance(State.GOING, 0.0, t, doubt="my hand is open and holds nothing")
    assert unmet(supervisor, evidence, START) == (PICK, "it is not in my hand")


def test_what_is_moved_on_purpose_afterwards_is_not_missed() -> None:
    supervisor, evidence = Supervisor(), seen()
    supervisor.take(Plan((PICK, ON, PICK, BOWL)), 0.0)
    for t in range(1, 5):
        supervisor.advance(State.DONE, 0.0, float(t))
    assert unmet(supervisor, evidence, now(0.6, 0.2, 0.03)) is None


def test_without_room_the_rest_is_left_and_named() -> None:
    table = scene(*(thing(f"{c} block", 0.58, 0.3 + 0.0 * i) for i, c in enumerate(("red", "green"))))
    red, green = table.objects
    table = replace(table, objects=(replace(red, position=np.array([0.5, 0.33, 0.02])), green))
    supervisor = Supervisor()
    far = Subtask(Verb.PLACE, "red block", "red block", Relation.LEFT, "green block", "green block", 0.25)
    near = Subtask(Verb.PLACE, "green block", "green block", Relation.RIGHT, "red block", "red block")
    supervisor.take(Plan((PICK, far, Subtask(Verb.PICK, "green block", "green block"), near)), 0.0)
    assert leave_without_room(supervisor, table, {}, None, 0.0)
    assert supervisor.current is None and supervisor.done == ()
    assert given_up(supervisor) == (
        "There is no room to the left of the green block within my reach; I left the red block and the green block."
    )


def test_with_what_has_no_room_in_the_hand_nothing_else_is_taken() -> None:
    supervisor = Supervisor()
    green = Subtask(Verb.PICK, "green block", "green block")
    supervisor.take(Plan((BOWL, green)), 0.0)
    supervisor.give_up("Only 4 fit in the blue bowl", 0.0)
    assert supervisor.current is None
    assert given_up(supervisor) == "Only 4 fit in the blue bowl; I left the red block and the green block."


def test_what_was_under_way_when_a_tower_fell_is_still_asked_for() -> None:
    supervisor, evidence = Supervisor(), seen()
    green = Subtask(Verb.PICK, "green block", "green block")
    supervisor.take(Plan((ON, green)), 0.0)
    supervisor.advance(State.DONE, 0.0, 1.0)
    supervisor.undo(ON, "it fell", 2.0)
    assert supervisor.broken_off == [ON, green]
    assert unmet(supervisor, evidence, now(0.5, -0.1, 0.06)) == (green, "it is not in my hand")


def test_a_thing_wider_than_the_hand_is_refused() -> None:
    wide = replace(thing("red block", 0.4, 0.0), size=np.array([0.095, 0.095, 0.04]))
    assert too_wide(Plan((PICK,)), scene(wide), GripperSpec(0.08)) == (
        "I cannot pick up the red block: it is 9.5 cm wide and my hand opens 8.0 cm."
    )
    assert too_wide(Plan((PICK,)), START, GripperSpec(0.08)) is None


def test_what_is_unlike_training_is_noticed() -> None:
    assert unlike_training(Plan((PICK, BOWL)), START) == []
    lower = replace(START, objects=tuple(replace(o, position=o.position - [0, 0, 0.11]) for o in START.objects))
    assert unlike_training(Plan((PICK,)), lower) == ["the table is 11 cm lower than any that I was trained on"]
    flat = replace(thing("red block", 0.4, 0.0, 0.004), size=np.array([0.04, 0.04, 0.008]))
    (said,) = unlike_training(Plan((PICK,)), scene(flat))
    assert said.startswith("the red block is 0.8 cm high")
    odd = replace(thing("red block", 0.4, 0.0), kinds={"block": 0.6, "bowl": 0.4})
    assert unlike_training(Plan((PICK,)), scene(odd)) == ["I am not sure that the red block is a block: 60 %"]


@pytest.mark.parametrize(("late", "noticed"), [(0.0, False), (0.02, False), (0.2, True)])
def test_a_late_arm_is_noticed_once(late: float, noticed: bool) -> None:
    lateness, said = Lateness(), []
    for tick in range(3 * SAMPLES):
        t, speed = tick / 50, np.array([0.5, -0.3])
        said.append(lateness.update(JointState(t, speed * (t - late), speed), speed * t))
    assert [s is not None for s in said].count(True) == noticed

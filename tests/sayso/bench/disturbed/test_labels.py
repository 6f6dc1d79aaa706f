"""What truly came of each moment, from places alone."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sayso.bench.disturbed.labels import HORIZON_S, labels
from sayso.bench.disturbed.moments import Witnessed, plain, witnessed
from sayso.bench.disturbed.rollouts import Rollout
from sayso.hardware.types import Pose
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.outlook.cause import Cause
from sayso.planner.outlook.moment import Moment
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.skills.features import Proprioception

Objects = dict[str, tuple[str, str, tuple[float, float, float]]]
OBJECTS: Objects = {"b1": ("block", "red", (0.04, 0.04, 0.04)), "w1": ("bowl", "blue", (0.15, 0.15, 0.06))}
PUT = Subtask(Verb.PLACE, "t1", "red block", Relation.IN, "t2", "blue bowl")
BOWL = (0.6, 0.2, 0.03)


def seen(t: float, block: Sequence[float], opening: float = 0.04, bowl: Sequence[float] = BOWL) -> Witnessed:
    """The block truly at ``block`` while the hand is at 0.5, 0, 0.2."""
    tool = Pose(np.array([0.5, 0.0, 0.2]), np.eye(3))
    item = SceneObject("t1", {"block": 1.0}, {"red": 1.0}, np.array(block), np.array(OBJECTS["b1"][2]))
    body = Proprioception(np.zeros(7), np.zeros(7), tool, opening, 0.0, closing=True)
    moment = Moment(t, 1, 0.0, PUT, Scene(t, (item,), tool), body, np.zeros(len(body.position)))
    return Witnessed(moment, {"b1": np.array(block), "w1": np.array(bowl)}, tool.position)


def rollout(
    moments: Sequence[Witnessed], disturbed: Sequence[tuple[float, str]] = (), objects: Objects = OBJECTS
) -> Rollout:
    return Rollout(
        0, "slip", "panda", "put the red block in the blue bowl", True, 0.0, tuple(disturbed), objects, "timeout",
        False, ((0.0, "failed"),), tuple(moments),
    )  # fmt: skip


HELD, FALLEN = (0.5, 0.0, 0.2), (0.5, 0.1, 0.02)


def test_a_slip_fails_from_the_disturbance_on_and_not_before() -> None:
    found = labels(rollout([*(seen(t, HELD) for t in (0.0, 1.0, 2.0)), seen(3.0, FALLEN, 0.0)], [(2.5, "slips")]))
    assert found.failing.tolist() == [0, 0, 0, 1]
    assert found.succeeds.tolist() == [1, 1, 1, 0]
    assert [cause for _, _, cause in found.failures] == [Cause.SLIPPED]


def test_without_a_disturbance_the_last_seconds_before_the_failure_fail() -> None:
    found = labels(rollout([seen(float(t), HELD) for t in range(6)] + [seen(6.0, FALLEN, 0.0)]))
    assert found.failing.tolist() == [int(t >= 6 - HORIZON_S) for t in range(7)]


def test_the_block_in_the_bowl_is_right_and_nothing_fails() -> None:
    found = labels(rollout([seen(0.0, HELD), seen(1.0, (0.61, 0.2, 0.04), 0.08)]))
    assert (found.right.tolist(), found.failing.tolist()) == ([0, 1], [0, 0])


def test_a_bowl_that_is_taken_is_gone_although_the_block_is_in_the_hand() -> None:
    found = labels(rollout([seen(0.0, HELD), seen(1.0, HELD, bowl=(-3.0, 3.0, -1.0))], [(0.9, "taken")]))
    assert [cause for _, _, cause in found.failures] == [Cause.GONE]


def test_a_moment_survives_its_line_of_json() -> None:
    one = seen(1.2, HELD)
    again = witnessed(plain(one))
    assert again.moment.subtask == PUT
    assert np.allclose(again.moment.scene.objects[0].position, HELD)
    assert (again.moment.t, again.moment.body.opening) == (1.2, 0.04)


def let_go(w: Witnessed) -> Witnessed:
    return replace(w, moment=replace(w.moment, body=replace(w.moment.body, closing=False, opening=0.08)))


IN_BOWL = (0.61, 0.2, 0.04)


def test_a_block_that_is_taken_out_of_the_bowl_fails_from_then_on_and_not_since_it_was_let_go() -> None:
    put = [seen(0.0, HELD), *(let_go(seen(t, IN_BOWL)) for t in (1.0, 2.0)), let_go(seen(3.0, FALLEN))]
    assert labels(rollout(put, [(2.5, "is moved")])).failing.tolist() == [0, 0, 0, 1]


def test_a_block_that_is_moved_while_it_falls_has_not_been_missed() -> None:
    falling = (0.6, 0.2, 0.18)
    put = [seen(0.0, HELD), let_go(seen(1.0, falling)), let_go(seen(1.4, FALLEN)), let_go(seen(2.0, FALLEN))]
    assert labels(rollout(put, [(1.2, "is moved")])).failing.tolist() == [0, 0, 1, 1]
    missed = labels(rollout(put, [(1.9, "is moved")]))  # it lay beside the bowl before
    assert missed.failing.tolist() == [1, 1, 1, 1]


ANGLE: Objects = OBJECTS | {"b1": ("angle", "purple", (0.12, 0.06, 0.04))}  # it is seen as a red block


def test_a_thing_that_has_another_name_to_the_robot_is_found_by_its_place() -> None:
    lost = labels(rollout([seen(0.0, HELD), seen(1.0, FALLEN, 0.0)], [(0.5, "slips")], ANGLE))
    assert lost.failing.tolist() == [0, 1]
    elsewhere = [seen(0.0, HELD), seen(1.0, FALLEN, 0.0)]
    elsewhere[0].places["b1"][0] += 0.2  # nothing is where the robot sees it
    assert set(labels(rollout(elsewhere, (), ANGLE)).failing.tolist()) == {-1}


def test_a_thing_held_at_its_thin_end_is_in_the_hand() -> None:
    lying = seen(0.0, (0.5, 0.07, 0.1), opening=0.01)
    lifted = seen(1.0, (0.5, 0.07, 0.2), opening=0.01)  # the fingers are 7 cm from its middle
    gone = seen(2.0, FALLEN, opening=0.0)
    found = labels(rollout([lying, lifted, gone], [(1.5, "slips")], ANGLE))
    assert found.failing.tolist() == [0, 0, 1]
    block = labels(rollout([lying, lifted, gone], [(1.5, "slips")]))
    assert block.failing.tolist() != [0, 0, 1]


def test_fingers_that_come_up_without_the_thing_fail_from_the_first_try_on() -> None:
    pick = Subtask(Verb.PICK, "t1", "red block")
    lies = (0.5, 0.03, 0.2)  # at the fingers of `seen`; it never rises
    tries = [seen(t, lies, opening) for t, opening in enumerate((0.08, 0.04, 0.0, 0.0, 0.04, 0.0, 0.0))]
    tries = [replace(w, moment=replace(w.moment, subtask=pick)) for w in tries]
    assert [t for t, _, _ in labels(rollout(tries)).failures] == [2]  # and not 5, when they last touched it


STICK: Objects = OBJECTS | {"b1": ("stick", "red", (0.16, 0.012, 0.012))}


def test_fingers_around_a_stick_have_not_closed_on_nothing() -> None:
    """The stick's length is no measure for the gap between the fingers."""
    pick = Subtask(Verb.PICK, "t1", "red stick")

    def closed(opening: float) -> Rollout:
        at = [seen(t, (0.5, 0.06, 0.2), opening) for t in (0.0, 0.2, 0.4, 0.6, 0.8)]  # the middle is 6 cm away
        at = [replace(w, moment=replace(w.moment, subtask=pick)) for w in at]
        return rollout(at, objects=STICK)

    assert [cause for _, _, cause in labels(closed(0.011)).failures] != [Cause.MISSED]
    assert [cause for _, _, cause in labels(closed(0.001)).failures] == [Cause.MISSED]

"""What the scene shows for certain: another thing in the hand or in the place, or the thing itself elsewhere."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.perception.scene import SceneObject
from sayso.planner.outlook.cause import Cause
from sayso.planner.outlook.certain import with_what_is_seen
from sayso.planner.outlook.critic import OutlookCritic
from sayso.planner.outlook.shown import Shown
from tests.planner.outlook.seen import PICK, moment, thing
from tests.planner.outlook.test_critic import Says

RED = thing("block-1", "red", "block", (0.5, 0.0, 0.02))
GREEN = thing("block-2", "green", "block", (0.6, 0.2, 0.02))
UNSEEN = replace(RED, age=1.0)


def shown(*items: SceneObject, before: tuple[SceneObject, ...] = (RED, GREEN), name: str = "red block") -> Cause | None:
    """What ``items`` show that are seen after the things of ``before``."""
    shows, pick = Shown(), replace(PICK, object_name=name)
    assert shows.see(moment(pick, before, t=1.0)) is None
    return shows.see(moment(pick, items, t=2.0))


def test_nothing_is_shown_where_all_is_as_it_was_or_only_hidden() -> None:
    assert shown(RED, GREEN) is None
    assert shown(UNSEEN, GREEN) is None


def test_another_thing_in_the_hand_is_the_wrong_one() -> None:
    held = replace(GREEN, held=True, position=np.array([0.5, 0.0, 0.2]))
    assert shown(RED, held) is Cause.WRONG
    same = replace(held, id="block-3", colors={"red": 0.97})  # it was covered as the fingers closed on it
    assert shown(UNSEEN, GREEN, same) is None


def test_a_part_of_the_thing_behind_the_hand_is_no_other_thing_in_the_hand() -> None:
    stick = replace(RED, kinds={"stick": 0.98}, age=1.0)
    block = thing("new", "red", "block", (0.5, 0.0, 0.02), held=True)
    part = replace(block, confidence=0.7)  # of a stick a block is seen beside the fingers
    seen = replace(stick, age=0.0)

    def of(*items: SceneObject, before: tuple[SceneObject, ...] = (seen, GREEN)) -> Cause | None:
        return shown(*items, before=before, name="red stick")

    assert of(stick, GREEN, part) is None
    assert of(stick, GREEN, block) is Cause.WRONG  # that is clearly a block
    assert of(stick, GREEN, replace(part, colors={"blue": 0.97})) is Cause.WRONG
    assert of(stick, GREEN, part, before=(seen, GREEN, replace(part, held=False))) is Cause.WRONG  # it lay there before
    assert of(seen, GREEN, part) is Cause.WRONG  # both are seen


def test_a_thing_that_has_lost_its_color_is_another_one_unless_all_have() -> None:
    blue = replace(RED, colors={"blue": 0.8, "red": 0.17})
    assert shown(blue, GREEN) is Cause.WRONG
    assert shown(replace(RED, colors={"blue": 0.4, "red": 0.57}), GREEN) is None
    assert shown(blue, replace(GREEN, colors={"gray": 0.6, "green": 0.3})) is None  # the light has changed


@pytest.mark.parametrize(
    ("color", "at", "cause"),
    [("blue", 0.5, Cause.WRONG), ("blue", 0.6, None), ("red", 0.5, None), ("green", 0.5, None)],
)
def test_a_thing_of_a_new_color_in_the_place_of_the_unseen_one_has_taken_it(
    color: str, at: float, cause: Cause | None
) -> None:
    assert shown(UNSEEN, GREEN, thing("new", color, "can", (at, 0.01, 0.02))) is cause
    assert shown(RED, GREEN, thing("new", color, "can", (at, 0.01, 0.02))) is None


def test_a_shaded_or_doubtful_part_in_the_place_is_no_other_thing() -> None:
    blue = thing("new-1", "blue", "block", (0.5, 0.01, 0.02))
    assert shown(UNSEEN, GREEN, blue) is Cause.WRONG
    assert shown(UNSEEN, GREEN, blue, thing("new-2", "red", "block", (0.51, 0.0, 0.02))) is None  # its own color, too
    assert shown(UNSEEN, GREEN, replace(blue, colors={"blue": 0.5, "pink": 0.46})) is None  # which color, nobody knows


def test_a_thing_of_its_name_that_has_come_elsewhere_is_the_unseen_one() -> None:
    new = thing("new", "red", "block", (0.6, -0.2, 0.02))
    assert shown(UNSEEN, GREEN, new) is Cause.GONE
    assert shown(RED, GREEN, new) is None  # both are seen
    assert shown(UNSEEN, GREEN, replace(new, age=1.0)) is None
    assert shown(UNSEEN, GREEN, new, before=(RED, GREEN, new)) is None  # it lay there before


def test_what_is_shown_alarms_whatever_the_network_says() -> None:
    critic = OutlookCritic(Says(0.01, 0.01, 0.01), 0.5)  # type: ignore[arg-type]
    new, alarms = thing("new", "red", "block", (0.6, -0.2, 0.02)), []
    for t, items in ((1.0, (RED,)), (2.0, (UNSEEN, new)), (2.2, (UNSEEN, new))):
        now = moment(PICK, items, t=t)
        outlook = with_what_is_seen(critic.see(now), now)
        alarms.append(critic.alarms)
    assert alarms == [False, False, True]
    assert (outlook.cause, outlook.shown, outlook.succeeds < 0.05 < 0.9 < outlook.failing) == (Cause.GONE, True, True)

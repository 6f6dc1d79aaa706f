"""Two things one on the other that are seen as one keep what is known of each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.perception.identity.pile import is_part, pile_of
from sayso.perception.track import Track
from sayso.perception.tracker import Tracker
from sayso.perception.votes import Detection
from tests.perception.conftest import joints, overhead, tool_at


def seen(kind: str, color: str, at: tuple[float, ...], size: tuple[float, ...], yaw: float = 0.0) -> Detection:
    return Detection({kind: 0.95}, {color: 0.95}, np.array(at), np.array(size), yaw, 0.95, 0.002, 80, 2)


BOX = seen("box", "red", (0.6, -0.1, 0.02), (0.13, 0.10, 0.04), 0.4)
TOOL = seen("thing", "purple", (0.61, -0.1, 0.0575), (0.14, 0.06, 0.035), 1.0)
BOTH = seen("thing", "red", (0.6, -0.1, 0.0385), (0.15, 0.11, 0.077), 0.4)


def tracks() -> list[Track]:
    return [Track.start(name, d, 0.0) for name, d in (("box", BOX), ("tool", TOOL))]


def test_a_thing_on_a_box_seen_as_one_is_both() -> None:
    found = pile_of(BOTH, tracks())
    assert found is not None and [t.id for t in found] == ["box", "tool"]


@pytest.mark.parametrize(
    "other",
    [
        BOX,  # the box alone
        replace(BOTH, size=np.array([0.15, 0.11, 0.25]), position=np.array([0.6, -0.1, 0.125])),  # much higher
        replace(BOTH, size=np.array([0.25, 0.11, 0.077])),  # much wider
        replace(BOTH, position=np.array([0.6, -0.1, 0.08])),  # in the air
        replace(BOTH, size=np.array([0.05, 0.05, 0.077])),  # narrower than the box
    ],
)
def test_another_thing_is_no_pile(other: Detection) -> None:
    assert pile_of(other, tracks()) is None


def test_what_stands_beside_the_box_is_in_no_pile_with_it() -> None:
    box, tool = tracks()
    tool.position = np.array([0.61, 0.05, 0.0175])
    assert pile_of(BOTH, [box, tool]) is None


def test_looks_at_a_pile_change_neither_thing(spec) -> None:
    tracker, away = Tracker(spec), tool_at(0.3, -0.4, 0.4)
    for i in range(3):
        before = tracker.update([BOX, TOOL], [], joints(0.08), away, False, 0.1 * i)
    for i in range(20):
        after = tracker.update([BOTH], [overhead()], joints(0.08), away, False, 0.5 + 0.2 * i)
    assert [(o.id, o.name) for o in after.objects] == [(o.id, o.name) for o in before.objects]
    assert all(np.allclose(a.size, b.size) for a, b in zip(after.objects, before.objects, strict=True))
    assert max(o.age for o in after.objects) == 0.0, "both are seen"


PLATE = seen("plate", "red", (0.41, -0.22, 0.01), (0.18, 0.18, 0.02))
CRESCENT = seen("thing", "red", (0.46, -0.26, 0.01), (0.11, 0.04, 0.02), 0.7)


def test_a_part_is_within_a_thing_and_smaller() -> None:
    plate = Track.start("plate", PLATE, 0.0)
    assert is_part(CRESCENT, plate)
    assert not is_part(PLATE, plate), "it is the whole"
    assert not is_part(replace(CRESCENT, position=np.array([0.52, -0.30, 0.01])), plate), "it lies beside it"
    assert not is_part(replace(CRESCENT, position=np.array([0.46, -0.26, 0.05])), plate), "it lies on it"
    assert not is_part(CRESCENT, Track.start("bowl", replace(PLATE, kinds={"bowl": 1.0}), 0.0)), "it lies in it"


@pytest.mark.parametrize(("color", "things"), [("red", 1), ("blue", 2)])
def test_what_shows_of_a_plate_behind_the_hand_neither_moves_it_nor_is_another_thing(spec, color, things) -> None:
    tracker, away = Tracker(spec), tool_at(0.3, 0.4, 0.4)
    for i in range(3):
        before = tracker.update([PLATE], [], joints(0.08), away, False, 0.1 * i)
    for i in range(8):
        crescent = replace(CRESCENT, colors={color: 0.95})
        after = tracker.update([crescent], [], joints(0.08), away, False, 0.5 + 0.2 * i)
    assert len(after.objects) == things
    assert np.allclose(after.objects[0].position, before.objects[0].position)
    assert after.objects[0].name == "red plate"

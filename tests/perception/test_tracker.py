"""The tracker's promises: ids stay, hidden things survive, empty places are forgotten, the hand carries its load."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from sayso.hardware.types import Box, Frame, Pose, RobotSpec
from sayso.perception.scene import Scene
from sayso.perception.tracker import BOWL_FLOOR, Tracker
from sayso.perception.votes import Detection
from tests.perception.conftest import joints, overhead, tool_at

Make = Callable[..., Detection]
AWAY = tool_at(0.3, -0.4, 0.4)


class Run:
    """A tracker with a clock that steps a tenth of a second at every look."""

    def __init__(self, spec: RobotSpec) -> None:
        self.tracker, self.now = Tracker(spec), 0.0

    def look(
        self,
        detections: Sequence[Detection] = (),
        frames: Sequence[Frame] = (),
        tool: Pose = AWAY,
        opening: float = 0.08,
        closing: bool = False,
    ) -> Scene:
        self.now += 0.1
        return self.tracker.update(detections, frames, joints(opening), tool, closing, self.now)

    def close_on(self, detection: Detection, tool: Pose) -> Scene:
        """See the object, close the fingers to its 4 cm and wait until they stall."""
        self.look([detection])
        for opening in (0.08, 0.06, 0.045):
            self.look([detection], tool=tool, opening=opening, closing=True)
        for _ in range(5):
            scene = self.look([], tool=tool, opening=0.04, closing=True)
        return scene


@pytest.fixture
def run(spec: RobotSpec) -> Run:
    return Run(spec)


def test_the_first_look_gives_all_objects_and_ids_stay(run: Run, detect: Make) -> None:
    a, b = detect(0.4, 0.1), detect(0.5, -0.1, color="blue", kind="bowl", z=0.027)
    first = run.look([a, b])
    assert {o.id: o.name for o in first.objects} == {"block-1": "red block", "bowl-1": "blue bowl"}
    for _ in range(5):
        later = run.look([b, a])
    assert [o.id for o in later.objects] == [o.id for o in first.objects]


def test_position_is_averaged_and_deviation_shrinks(run: Run, detect: Make) -> None:
    rng = np.random.default_rng(0)
    first = run.look([detect(0.4, 0.1)]).objects[0]
    for _ in range(30):
        scene = run.look([detect(*(np.array([0.4, 0.1]) + rng.normal(0, 0.003, 2)))])
    last = scene.objects[0]
    assert np.linalg.norm(last.position[:2] - [0.4, 0.1]) < 0.002 and last.deviation < first.deviation


def test_a_shoved_block_keeps_its_id_and_jumps_to_its_new_place(run: Run, detect: Make) -> None:
    run.look([detect(0.4, 0.1)])
    once = run.look([detect(0.44, 0.12)])
    assert np.allclose(once.objects[0].position, [0.4, 0.1, 0.02]), "seen elsewhere once, it may be half hidden"
    scene = run.look([detect(0.44, 0.12)])
    assert np.allclose(scene.objects[0].position, [0.44, 0.12, 0.02])
    scene = run.look([detect(0.40, 0.12)], frames=[overhead()])
    assert np.allclose(scene.objects[0].position, [0.40, 0.12, 0.02]), "its old place is empty: once is enough"
    assert [o.id for o in scene.objects] == ["block-1"]


def test_two_alike_blocks_keep_their_ids_when_both_move(run: Run, detect: Make) -> None:
    run.look([detect(0.4, 0.1), detect(0.4, 0.2)])
    for _ in range(2):
        scene = run.look([detect(0.41, 0.21), detect(0.41, 0.11)])
    assert scene.find("block-1").position[1] == pytest.approx(0.11, abs=0.01)  # type: ignore[union-attr]
    assert scene.find("block-2").position[1] == pytest.approx(0.21, abs=0.01)  # type: ignore[union-attr]


def test_a_hidden_object_survives_and_ages(run: Run, detect: Make) -> None:
    run.look([detect(0.5, 0.0)])
    arm_in_the_way = overhead(depth=0.6)
    for _ in range(50):
        scene = run.look(frames=[arm_in_the_way])
    assert scene.objects[0].age == pytest.approx(5.0)


def test_an_object_out_of_every_image_survives(run: Run, detect: Make) -> None:
    run.look([detect(0.5, 0.9)])
    for _ in range(30):
        scene = run.look(frames=[overhead()])
    assert len(scene.objects) == 1


@pytest.mark.parametrize(("kind", "z"), [("block", 0.02), ("bowl", 0.0275)])
def test_an_object_whose_place_is_empty_is_forgotten_after_a_second(
    run: Run, detect: Make, kind: str, z: float
) -> None:
    run.look([detect(0.5, 0.0, z, kind=kind)])
    kept = [len(run.look(frames=[overhead()]).objects) for _ in range(15)]
    assert kept[8] == 1 and kept[-1] == 0


def test_a_well_known_object_that_the_detector_misses_but_depth_shows_is_kept(run: Run, detect: Make) -> None:
    for _ in range(10):
        run.look([detect(0.5, 0.0)])
    frame = overhead()
    assert frame.depth is not None
    frame.depth[90:110, 90:110] = 0.96
    for _ in range(40):
        scene = run.look(frames=[frame])
    assert len(scene.objects) == 1


def test_a_stack_is_three_objects_from_the_first_look(run: Run, detect: Make) -> None:
    colors = {0.10: "red", 0.06: "blue", 0.02: "green"}
    scene = run.look([detect(0.5, 0.0, z, color) for z, color in colors.items()], tool=tool_at(0.5, 0.05, 0.1))
    assert {round(float(o.position[2]), 2): o.color for o in scene.objects} == colors


def test_an_object_carried_off_unseen_is_found_again_under_its_id(run: Run, detect: Make) -> None:
    run.look([detect(0.5, 0.0, color="green")])
    run.look(frames=[overhead()])
    scene = run.look([detect(0.3, 0.3, color="green")], frames=[overhead()])
    assert [o.id for o in scene.objects] == ["block-1"] and scene.objects[0].position[0] == 0.3


def test_a_single_false_detection_is_not_believed(run: Run, detect: Make) -> None:
    run.look([detect(0.5, 0.0)])
    scene = run.look([detect(0.5, 0.0), detect(0.3, 0.3, color="pink")])
    assert len(scene.objects) == 1
    for _ in range(10):
        scene = run.look([detect(0.5, 0.0)], frames=[overhead(0.6)])
    assert len(run.look([detect(0.5, 0.0), detect(0.3, 0.3, color="pink")]).objects) == 1


def test_what_looks_like_an_object_up_in_the_arm_is_rejected(run: Run, detect: Make) -> None:
    hand = tool_at(0.5, 0.0, 0.15)
    run.look([], tool=hand)
    for _ in range(5):
        scene = run.look([detect(0.5, 0.03, 0.16), detect(0.3, 0.0, 0.3)], tool=hand)
    assert scene.objects == ()


def test_what_stands_where_the_arms_base_does_is_the_base(spec: RobotSpec, detect: Make) -> None:
    box = Box(np.array([0.2, -1.0, 0.0]), spec.workspace.upper)
    run = Run(dataclasses.replace(spec, workspace=box))
    scene = run.look([detect(0.09, -0.12), detect(-0.06, 0.14), detect(0.3, 0.0)])
    assert [round(float(o.position[0]), 2) for o in scene.objects] == [0.3]


def test_a_wrong_color_now_and_then_does_not_change_the_name(run: Run, detect: Make) -> None:
    for i in range(20):
        scene = run.look([detect(0.4, 0.1, color="brown" if i % 4 == 3 else "red")])
    assert [o.name for o in scene.objects] == ["red block"]


def test_fingers_that_stall_on_a_block_hold_it_and_carry_it(run: Run, detect: Make) -> None:
    scene = run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.005, 0.02))
    assert scene.held == "block-1" and scene.objects[0].held
    moved = run.tracker.predict(joints(0.04), tool_at(0.4, 0.2, 0.25, yaw=0.5), True, run.now + 0.02)
    assert np.allclose(moved.objects[0].position, [0.4, 0.2, 0.25], atol=0.006)
    assert np.cos(4 * (moved.objects[0].yaw - 0.5)) == pytest.approx(1.0)


def test_the_held_block_seen_at_the_hand_is_no_new_object(run: Run, detect: Make) -> None:
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    hand = tool_at(0.5, 0.0, 0.25)
    for _ in range(5):
        scene = run.look([detect(0.51, 0.0, 0.26)], tool=hand, opening=0.04, closing=True)
    assert [o.id for o in scene.objects] == ["block-1"] and scene.held == "block-1"
    assert 0.5 < scene.objects[0].position[0] < 0.51


def test_the_object_below_a_held_one_is_not_taken_for_it(run: Run, detect: Make) -> None:
    other = detect(0.6, 0.0, color="blue")
    run.look([detect(0.5, 0.0), other])
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    scene = run.look([detect(0.6, 0.0, 0.062), other], tool=tool_at(0.6, 0.0, 0.062), opening=0.04, closing=True)
    assert scene.find("block-2").name == "blue block" and not scene.find("block-2").held  # type: ignore[union-attr]
    assert scene.held == "block-1" and len(scene.objects) == 2


@pytest.mark.parametrize(("opening", "closing"), [(0.06, False), (0.0, True)])
def test_an_opened_or_empty_hand_holds_nothing(run: Run, detect: Make, opening: float, closing: bool) -> None:
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    for _ in range(3):
        scene = run.look([], tool=tool_at(0.5, 0.0, 0.25), opening=opening, closing=closing)
        assert scene.held is None
    assert scene.objects[0].position[2] == pytest.approx(0.02, abs=0.002), (
        "what was let go in the air falls on the table"
    )


def test_a_bowl_in_the_air_is_none(run: Run, detect: Make) -> None:
    run.look([detect(0.5, 0.0)])
    for _ in range(5):
        scene = run.look([detect(0.5, 0.0), detect(0.52, 0.0, 0.07, "gray", "bowl")])
    assert [o.kind for o in scene.objects] == ["block"]


def test_what_was_let_go_is_measured_anew(run: Run, detect: Make) -> None:
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    run.look([], tool=tool_at(0.6, 0.1, 0.02), opening=0.06)
    scene = run.look([detect(0.605, 0.104)], tool=tool_at(0.6, 0.1, 0.2), opening=0.08)
    assert np.allclose(scene.objects[0].position, [0.605, 0.104, 0.02]) and scene.objects[0].id == "block-1"


def test_fingers_still_closing_hold_nothing(run: Run, detect: Make) -> None:
    run.look([detect(0.5, 0.0)])
    hand = tool_at(0.5, 0.0, 0.02)
    held = []
    for k in range(4):
        scene = run.tracker.predict(joints(0.056 - 0.004 * k), hand, True, run.now + 0.02 * (k + 1))
        held.append(scene.held)
    assert held[1:] == [None] * 3


def test_a_block_beside_the_hand_is_not_held(run: Run, detect: Make) -> None:
    assert run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.05, 0.02)).held is None


def test_fingers_that_stay_on_a_blocks_corners_hold_it(run: Run, detect: Make) -> None:
    """At 54 mm on a diagonal of 57 mm: not at once, as they may still turn it, but after half a second."""
    run.look([detect(0.5, 0.0)])
    hand, held = tool_at(0.5, 0.0, 0.02), []
    for _ in range(9):
        held.append(run.look([], tool=hand, opening=0.054, closing=True).held)
    assert held[:5] == [None] * 5 and held[-2:] == ["block-1"] * 2


def test_fingers_wider_apart_than_its_diagonal_do_not_hold_it(run: Run, detect: Make) -> None:
    run.look([detect(0.5, 0.0)])
    for _ in range(20):
        scene = run.look([], tool=tool_at(0.5, 0.0, 0.02), opening=0.072, closing=True)
    assert scene.held is None


def vague(detection: Detection, deviation: float) -> Detection:
    return dataclasses.replace(detection, deviation=deviation)


def test_the_held_block_seen_along_its_ray_is_no_new_object_and_stays_in_the_hand(run: Run, detect: Make) -> None:
    """One camera without depth takes what is held for something on the table behind it."""
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    for _ in range(5):
        ray = vague(detect(0.65, 0.05), 0.1)
        scene = run.look([ray], tool=tool_at(0.5, 0.0, 0.25), opening=0.04, closing=True)
    assert [o.id for o in scene.objects] == ["block-1"] and scene.held == "block-1"
    assert np.allclose(scene.objects[0].position, [0.5, 0.0, 0.25], atol=0.003)


def test_a_block_of_another_color_far_along_the_ray_is_a_new_object(run: Run, detect: Make) -> None:
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    for _ in range(5):
        new = vague(detect(0.65, 0.05, color="blue"), 0.02)
        scene = run.look([new], tool=tool_at(0.5, 0.0, 0.25), opening=0.04, closing=True)
    assert sorted(o.name for o in scene.objects) == ["blue block", "red block"]


def test_nothing_new_is_made_of_what_could_be_anywhere(run: Run, detect: Make) -> None:
    run.look([detect(0.5, 0.0)])
    for _ in range(10):
        scene = run.look([detect(0.5, 0.0), vague(detect(0.3, 0.3), 0.05)])
    assert [o.id for o in scene.objects] == ["block-1"]


def test_what_is_taken_hold_of_again_at_once_has_not_fallen(run: Run, detect: Make) -> None:
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    up = tool_at(0.5, 0.0, 0.25)
    run.look([], tool=up, opening=0.04, closing=True)
    run.look([], tool=up, opening=0.06)
    for _ in range(2):
        scene = run.look([], tool=up, opening=0.04, closing=True)
    assert scene.held == "block-1" and scene.objects[0].position[2] == pytest.approx(0.25)


def test_what_was_let_go_where_it_stands_does_not_fall(run: Run, detect: Make) -> None:
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    for _ in range(4):
        scene = run.look([], tool=tool_at(0.5, 0.0, 0.025), opening=0.08)
    assert scene.held is None and scene.objects[0].position[2] == pytest.approx(0.02, abs=0.006)


def test_what_was_let_go_above_a_bowl_lies_on_its_floor(run: Run, detect: Make) -> None:
    bowl = detect(0.6, 0.0, z=0.0275, color="blue", kind="bowl")
    run.look([detect(0.5, 0.0), bowl])
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    over = tool_at(0.6, 0.0, 0.15)
    run.look([bowl], tool=over, opening=0.04, closing=True)
    for _ in range(4):
        scene = run.look([bowl], tool=over, opening=0.08)
    block = scene.find("block-1")
    assert block is not None and block.position[2] == pytest.approx(BOWL_FLOOR + 0.02)


def test_what_hangs_below_a_thing_in_the_air_stands_on_nothing(run: Run, detect: Make) -> None:
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    up = tool_at(0.5, 0.0, 0.25)
    run.look([], tool=up, opening=0.04, closing=True)
    scene = run.look([detect(0.51, 0.0, 0.10, color="blue")], tool=up, opening=0.08)
    assert [o.id for o in scene.objects] == ["block-1"]


def test_what_stands_where_the_arm_s_base_does_is_the_base(spec: RobotSpec, detect: Make) -> None:
    run = Run(dataclasses.replace(spec, workspace=Box(np.array([0.2, -1.0, -1.0]), np.ones(3))))
    scene = run.look([detect(0.10, 0.10), detect(0.5, 0.0)])
    assert [float(o.position[0]) for o in scene.objects] == [0.5]


def test_a_thing_of_another_color_beside_the_hand_says_nothing_of_how_the_held_one_lies(run: Run, detect: Make) -> None:
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    up = tool_at(0.5, 0.0, 0.12)
    for _ in range(5):
        scene = run.look([detect(0.54, 0.0, 0.12, color="blue")], tool=up, opening=0.04, closing=True)
    assert [o.name for o in scene.objects] == ["red block"]
    assert np.allclose(scene.objects[0].position, [0.5, 0.0, 0.12], atol=1e-6)


def test_a_thing_seldom_seen_that_nothing_explains_any_more_was_none(run: Run, detect: Make) -> None:
    run.look([detect(0.5, 0.0)])
    kept = [len(run.look(frames=[overhead(0.96)]).objects) for _ in range(20)]
    assert kept[10] == 1 and kept[-1] == 0


def test_a_detection_older_than_the_joints_last_reading_moves_no_hand(run: Run, detect: Make) -> None:
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    up = tool_at(0.5, 0.0, 0.25)
    run.tracker.predict(joints(0.04), up, True, run.now + 0.5)
    scene = run.look([], tool=tool_at(0.5, 0.0, 0.1), opening=0.08)
    assert scene.held == "block-1", "the hand was felt closed later than it was seen open"


def test_a_thing_that_comes_while_another_is_hidden_is_a_new_one(run: Run, detect: Make) -> None:
    run.look([detect(0.5, 0.0)])
    for _ in range(3):
        scene = run.look([detect(0.3, 0.3)])
    assert [o.id for o in scene.objects] == ["block-1", "block-2"]


def test_a_thing_of_another_color_is_not_the_one_that_is_gone(run: Run, detect: Make) -> None:
    run.look([detect(0.5, 0.0)])
    run.look(frames=[overhead()])
    for _ in range(3):
        scene = run.look([detect(0.3, 0.3, color="blue")], frames=[overhead()])
    assert "block-2" in [o.id for o in scene.objects]


def test_what_rolled_away_as_it_was_let_go_is_found_again(run: Run, detect: Make) -> None:
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    run.look([], tool=tool_at(0.5, 0.0, 0.02), opening=0.08)
    scene = run.look([detect(0.65, 0.1)], tool=AWAY)
    assert [o.id for o in scene.objects] == ["block-1"] and scene.objects[0].position[0] == pytest.approx(0.65)


def colors_by_id(scene: Scene) -> dict[str, str]:
    return {o.id: o.color for o in scene.objects}


def test_two_exchanged_by_hand_keep_their_ids(run: Run, detect: Make) -> None:
    for _ in range(5):
        first = run.look([detect(0.4, 0.1), detect(0.5, -0.1, color="blue")])
    for _ in range(3):
        scene = run.look([detect(0.4, 0.1, color="blue"), detect(0.5, -0.1)])
    assert colors_by_id(scene) == colors_by_id(first)
    assert np.allclose(scene.find("block-1").position, [0.5, -0.1, 0.02])  # type: ignore[union-attr]


def test_a_look_alike_of_another_color_is_another_thing(run: Run, detect: Make) -> None:
    for _ in range(10):
        run.look([detect(0.4, 0.1), detect(0.5, -0.1, color="blue")])
    doubts = []
    for _ in range(5):
        scene = run.look([detect(0.4, 0.1, color="green"), detect(0.5, -0.1, color="blue")])
        doubts.append(max(o.doubt for o in scene.objects))
    assert colors_by_id(scene) == {"block-2": "blue", "block-3": "green"}
    assert 0 < doubts[0] < max(doubts) and doubts[-1] == 0, "the first look only raises a doubt"


def test_in_other_light_all_things_are_doubtful_and_none_is_replaced(run: Run, detect: Make) -> None:
    table = [detect(0.4, 0.1), detect(0.5, -0.1, color="blue"), detect(0.6, 0.2, color="green")]
    for _ in range(8):
        first = run.look(table)
    dark = [dataclasses.replace(d, colors=detect(0, 0, color="brown").colors) for d in table]
    for _ in range(20):
        scene = run.look(dark)
    assert colors_by_id(scene) == colors_by_id(first)
    assert min(o.doubt for o in scene.objects) > 0.2
    for _ in range(6):
        scene = run.look(table)
    assert colors_by_id(scene) == colors_by_id(first) and max(o.doubt for o in scene.objects) == 0


def test_taken_away_and_put_elsewhere_much_later_it_has_its_id(run: Run, detect: Make) -> None:
    blue = detect(0.5, -0.1, color="blue")
    for _ in range(10):
        run.look([detect(0.4, 0.1), blue])
    for _ in range(30):
        scene = run.look([blue], frames=[overhead()])
    assert colors_by_id(scene) == {"block-2": "blue"}
    for _ in range(4):
        scene = run.look([blue, detect(0.55, 0.1)], frames=[overhead()])
    assert colors_by_id(scene) == {"block-1": "red", "block-2": "blue"}


def test_what_the_camera_sees_in_the_hand_is_what_is_held(run: Run, detect: Make) -> None:
    for _ in range(8):
        run.look([detect(0.5, 0.0), detect(0.6, 0.2, color="blue")])
    run.close_on(detect(0.5, 0.0), tool_at(0.5, 0.0, 0.02))
    up = tool_at(0.5, 0.0, 0.2)
    for _ in range(4):
        seen = [detect(0.5, 0.0, 0.2, color="blue"), detect(0.6, 0.2)]
        scene = run.look(seen, tool=up, opening=0.04, closing=True)
    assert scene.held == "block-2" and colors_by_id(scene) == {"block-1": "red", "block-2": "blue"}
    assert np.allclose(scene.find("block-1").position, [0.6, 0.2, 0.02])  # type: ignore[union-attr]


def test_what_another_one_hides_in_a_bowl_is_still_there_and_moves_with_the_bowl(run: Run, detect: Make) -> None:
    bowl, frame = detect(0.5, 0.0, 0.0275, "gray", "bowl"), overhead(0.994)
    for _ in range(10):
        run.look([bowl, detect(0.5, 0.0, 0.026)])
    assert frame.depth is not None
    frame.depth[80:120, 80:120] = 0.93
    top = detect(0.5, 0.0, 0.066, color="blue")
    for _ in range(30):
        scene = run.look([bowl, top], frames=[frame])
    assert sorted(colors_by_id(scene).values()) == ["blue", "gray", "red"]
    for _ in range(3):
        scene = run.look([detect(0.45, 0.0, 0.0275, "gray", "bowl"), detect(0.45, 0.0, 0.066, color="blue")])
    assert np.allclose(scene.find("block-1").position[:2], [0.45, 0.0], atol=0.01)  # type: ignore[union-attr]


@pytest.mark.parametrize(("color", "things"), [("purple", 1), ("green", 2)])
def test_a_can_that_looks_like_a_block_in_the_hand_is_no_second_thing(run: Run, color: str, things: int) -> None:
    """A block in the hand would be one more thing that the hand has to rise above."""
    size = np.array([0.042, 0.042, 0.05])

    def can(z: float, kind: str = "can", of: str = "purple") -> Detection:
        return Detection({kind: 0.97}, {of: 0.95}, np.array([0.5, 0.0, z]), size, 0.0, 0.95, 0.002, 40)

    for _ in range(3):
        run.look([can(0.025)])
    for opening in (0.08, 0.06, 0.045):
        run.look([can(0.025)], tool=tool_at(0.5, 0, 0.03), opening=opening, closing=True)
    for _ in range(5):
        run.look([], tool=tool_at(0.5, 0, 0.03), opening=0.042, closing=True)
    for up in (0.01, 0.02, 0.02, 0.02):
        look = [can(0.025 + up, "block", color)]
        scene = run.look(look, tool=tool_at(0.5, 0, 0.03 + up), opening=0.042, closing=True)
    held = next(o for o in scene.objects if o.held)
    assert held.name == "purple can" and len(scene.objects) == things

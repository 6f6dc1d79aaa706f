"""The pipeline reads one camera a tick, detects beside the tick, and takes what was found when it is due."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.cameras.health import CameraError, Fault
from sayso.hardware.clock import FakeClock
from sayso.hardware.robot import Camera
from sayso.hardware.types import Frame, Pose, RobotSpec
from sayso.perception.pipeline import DETECT_TICKS, PATIENCE_S, TAKE_TICK, PerceptionPipeline, patiently
from sayso.perception.votes import Detection
from tests.perception.conftest import joints, overhead, tool_at

Detect = Callable[..., Detection]
TOOL = tool_at(0.3, 0.0, 0.4)
TICK_S = 0.02


class Eye(Camera):
    """A camera whose frames are all alike; ``reads`` counts them."""

    def __init__(self, name: str) -> None:
        self.name, self.reads, self.t = name, 0, 0.0

    def read(self) -> Frame:
        self.reads += 1
        return replace(overhead(), camera=self.name, t=self.t)


class Finds:
    """A detector that finds ``what``; while it is ``held`` it takes its time."""

    def __init__(self, *what: Detection) -> None:
        self.what, self.calls = what, 0
        self.held = threading.Event()
        self.held.set()
        self.seen: list[tuple[str, ...]] = []

    def perceive(
        self, frames: Sequence[Frame], tool: Pose | None = None
    ) -> tuple[tuple[Detection, ...], tuple[Frame, ...]]:
        self.held.wait(10)
        self.calls += 1
        self.seen.append(tuple(f.camera for f in frames))
        return self.what, tuple(frames)


class Rig:
    def __init__(self, spec: RobotSpec, finds: Finds, repeatable: bool = True) -> None:
        self.eyes, self.finds = (Eye("left"), Eye("right")), finds
        self.pipeline = PerceptionPipeline(spec, finds, self.eyes, repeatable)  # type: ignore[arg-type]
        self.t = 0.0

    def tick(self, count: int = 1) -> list[str]:
        """The names of what is in the scene after so many ticks."""
        for _ in range(count):
            scene = self.pipeline.update(joints(0.08, self.t), TOOL, False)
            self.t += TICK_S
        return sorted(o.name for o in scene.objects)


@pytest.fixture
def rig(spec: RobotSpec, detect: Detect) -> Rig:
    return Rig(spec, Finds(detect(0.5, 0.0)))


def test_to_observe_reads_every_camera_and_shows_at_once_what_is_there(rig: Rig) -> None:
    scene = rig.pipeline.observe(joints(0.08), TOOL, False)
    assert [o.name for o in scene.objects] == ["red block"] and rig.finds.seen == [("left", "right")]
    assert [eye.reads for eye in rig.eyes] == [1, 1]


def test_one_camera_is_read_a_tick_and_each_once_in_ten(rig: Rig) -> None:
    reads = []
    for _ in range(DETECT_TICKS):
        rig.tick()
        reads.append(tuple(eye.reads for eye in rig.eyes))
    assert reads == [(1, 0)] + [(1, 1)] * (DETECT_TICKS - 1)
    rig.tick(2 * DETECT_TICKS)
    assert [eye.reads for eye in rig.eyes] == [3, 3]


def test_what_was_found_is_taken_at_a_fixed_tick_however_soon_it_is_there(rig: Rig) -> None:
    assert rig.tick(TAKE_TICK) == []
    assert rig.tick() == ["red block"]


def test_on_the_computer_s_own_clock_it_is_taken_when_it_is_there_and_nobody_waits(
    spec: RobotSpec, detect: Detect
) -> None:
    finds = Finds(detect(0.5, 0.0))
    finds.held.clear()
    rig = Rig(spec, finds, repeatable=False)
    assert rig.tick(3 * DETECT_TICKS) == [] and [eye.reads for eye in rig.eyes] == [1, 1], "no frame is read meanwhile"
    finds.held.set()
    rig.pipeline._pool.submit(lambda: None).result(10)  # the detector has gone before
    assert rig.tick() == ["red block"]


def test_between_two_looks_what_was_seen_stays_and_ages(rig: Rig) -> None:
    rig.tick(TAKE_TICK + 1)
    first = rig.pipeline.update(joints(0.08, 0.30), TOOL, False).objects[0]
    later = rig.pipeline.update(joints(0.08, 0.34), TOOL, False).objects[0]
    assert later.age == pytest.approx(first.age + 0.04) and later.id == first.id


def test_a_found_object_is_compared_with_where_the_hand_was_when_the_frame_was_taken(
    spec: RobotSpec, detect: Detect
) -> None:
    rig = Rig(spec, Finds(detect(0.5, 0.0)), repeatable=False)
    rig.pipeline.update(joints(0.08, 0.0), tool_at(0.1, 0.0, 0.4), False)
    for eye in rig.eyes:
        eye.t = 0.02
    for k, x in enumerate((0.2, 0.3, 0.4)):
        rig.pipeline.update(joints(0.08, TICK_S * (k + 1)), tool_at(x, 0.0, 0.4), False)
    assert rig.pipeline._tool_at(0.02).position[0] == pytest.approx(0.2)


def test_every_frame_is_given_to_who_follows_until_they_leave(rig: Rig) -> None:
    got: list[str] = []

    def follow(frame: Frame) -> None:
        got.append(frame.camera)

    rig.pipeline.subscribe(follow)
    rig.pipeline.observe(joints(0.08), TOOL, False)
    rig.tick(2)
    rig.pipeline.unsubscribe(follow)
    rig.tick(DETECT_TICKS)
    assert got == ["left", "right", "left", "right"]


def test_the_newest_frame_of_the_first_camera_is_there_for_planners_from_the_first_look_on(rig: Rig) -> None:
    assert rig.pipeline.frame() is None
    rig.pipeline.observe(joints(0.08), TOOL, False)
    first = rig.pipeline.frame()
    assert first is not None and first.camera == "left" and first.rgb.shape == (200, 200, 3)
    rig.tick(2)
    later = rig.pipeline.frame()
    assert later is not None and later is not first and later.camera == "left"
    rig.pipeline.reset()
    assert rig.pipeline.frame() is None


def test_a_detector_that_fails_is_no_empty_table(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(frames: Sequence[Frame], tool: Pose | None = None) -> None:
        raise ValueError("no network for a frame")

    monkeypatch.setattr(rig.finds, "perceive", fails)
    with pytest.raises(ValueError, match="no network"):
        rig.tick(DETECT_TICKS)


def test_a_new_table_is_seen_anew(rig: Rig) -> None:
    rig.tick(TAKE_TICK + 1)
    rig.pipeline.reset()
    rig.finds.what = ()
    assert rig.tick() == []


def test_after_the_end_no_thread_is_left(rig: Rig) -> None:
    rig.tick(2)
    rig.pipeline.close()
    assert rig.pipeline._pool._threads and not any(thread.is_alive() for thread in rig.pipeline._pool._threads)


def test_ticks_without_a_camera_carry_the_arm_alone(spec: RobotSpec) -> None:
    pipeline = PerceptionPipeline(spec, Finds(), [])  # type: ignore[arg-type]
    scene = pipeline.update(joints(0.04, 1.0), TOOL, True)
    assert scene.objects == () and scene.t == 1.0 and np.array_equal(scene.tool.position, TOOL.position)


class Gap:
    """Something to look at that is not there before ``until`` s."""

    def __init__(self, clock: FakeClock, until: float) -> None:
        self._clock, self._until = clock, until

    def look(self) -> str:
        if self._clock.now() < self._until:
            raise CameraError(Fault.LOST, "the camera 'left' is lost")
        return "seen"


def test_pictures_for_who_watches_leave_the_scene_as_it_is(rig: Rig) -> None:
    shown: list[str] = []
    rig.pipeline.subscribe(lambda frame: shown.append(frame.camera))
    rig.pipeline.show()
    assert shown == ["left", "right"] and rig.finds.calls == 0
    assert rig.tick() == []


def test_a_moment_without_a_picture_is_waited_for() -> None:
    clock = FakeClock()
    assert patiently(Gap(clock, clock.now() + PATIENCE_S / 2).look, clock) == "seen"


def test_a_camera_that_stays_away_is_told() -> None:
    clock = FakeClock()
    start = clock.now()
    with pytest.raises(CameraError, match="left"):
        patiently(Gap(clock, start + 10 * PATIENCE_S).look, clock)
    assert PATIENCE_S < clock.now() - start < 2 * PATIENCE_S


def test_a_new_table_while_the_detector_is_at_work_shows_nothing_of_the_old_one(rig: Rig) -> None:
    rig.tick(2)
    rig.pipeline.reset()
    rig.finds.what = ()
    assert rig.tick(2 * DETECT_TICKS) == []

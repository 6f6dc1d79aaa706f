"""What the loop's thread leaves for the console: the newest of everything, and pictures of a stopped arm."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sayso.console.runtime_observer import MOST_HEARD, RuntimeObserver
from sayso.hardware.control.guard import GuardEvent
from sayso.hardware.control.loop import Cycle
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Frame, JointState, JointTarget, Pose
from sayso.planner.corrections.correction import Correction
from sayso.runtime.log import Heard

STATE = JointState(1.0, np.zeros(7), np.zeros(7))
TARGET = JointTarget(np.zeros(7), np.zeros(7), 1.0, 2.0)
CYCLE = Cycle(1.0, STATE, None, TARGET, GuardEvent.OK)


def frame(t: float, camera: str) -> Frame:
    return Frame(t, camera, np.zeros((2, 2, 3), np.uint8), None, np.eye(3), Pose(np.zeros(3), np.eye(3)))


def watched(show: Any) -> RuntimeObserver:
    observer, runtime = RuntimeObserver(), SimpleNamespace(perception=SimpleNamespace(show=show))
    observer.run_began(runtime)  # type: ignore[arg-type]
    return observer


def test_of_each_camera_only_the_newest_picture_waits() -> None:
    observer = RuntimeObserver()
    for t in range(1000):
        observer.frame_read(frame(float(t), "left" if t % 2 else "right"))
    assert sorted((f.camera, f.t) for f in observer.take_frames()) == [("left", 999.0), ("right", 998.0)]
    assert observer.take_frames() == []


def test_what_was_heard_is_bounded_and_taken_once() -> None:
    observer = RuntimeObserver()
    for i in range(MOST_HEARD + 10):
        observer.heard(Heard(float(i), Correction(str(i), "unknown", "?")))
    assert [h.t for h in observer.take_heard()][:1] == [10.0] and observer.take_heard() == []


def test_a_stopped_arm_shows_pictures_when_they_are_wanted_and_a_moving_one_does_not() -> None:
    shown: list[int] = []
    observer = watched(lambda: shown.append(1))
    observer.cycle_ended(replace(CYCLE, stopped=True))
    assert shown == []
    for stopped in (True, True, False):
        observer.wants_pictures = stopped or not shown
        observer.cycle_ended(replace(CYCLE, stopped=stopped))
    assert shown == [1, 1] and observer.state is STATE
    observer.wants_pictures = True
    observer.cycle_ended(CYCLE)
    assert shown == [1, 1] and not observer.wants_pictures


@pytest.mark.parametrize("error", [RobotError("the camera is gone")])
def test_a_lost_camera_ends_no_stop(error: Exception) -> None:
    def show() -> None:
        raise error

    observer = watched(show)
    observer.wants_pictures = True
    observer.cycle_ended(replace(CYCLE, stopped=True))

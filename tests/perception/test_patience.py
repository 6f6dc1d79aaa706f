"""Before anything moves a camera may be without a picture for a moment; one that stays so is told."""

import pytest

from sayso.hardware.cameras.health import CameraError, Fault
from sayso.hardware.clock import FakeClock
from sayso.perception.pipeline import PATIENCE_S, patiently


class Gap:
    """Something to look at that is not there before ``until`` s."""

    def __init__(self, clock: FakeClock, until: float) -> None:
        self._clock, self._until = clock, until

    def look(self) -> str:
        if self._clock.now() < self._until:
            raise CameraError(Fault.LOST, "the camera 'left' is lost")
        return "seen"


def test_a_moment_without_a_picture_is_waited_for() -> None:
    clock = FakeClock()
    assert patiently(Gap(clock, clock.now() + PATIENCE_S / 2).look, clock) == "seen"


def test_a_camera_that_stays_away_is_told() -> None:
    clock = FakeClock()
    start = clock.now()
    with pytest.raises(CameraError, match="left"):
        patiently(Gap(clock, start + 10 * PATIENCE_S).look, clock)
    assert PATIENCE_S < clock.now() - start < 2 * PATIENCE_S

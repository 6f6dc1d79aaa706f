"""The arm without motors does what every arm does, and fails as it is told to."""

from __future__ import annotations

import pytest

from sayso.hardware.arms.load import load_arm
from sayso.hardware.clock import FakeClock
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.mock_robot import Fault, MockRobot
from tests.hardware.drivers.conformance import ArmConformance, Device


@pytest.fixture
def mock() -> MockRobot:
    return MockRobot(load_arm("ur5e"))


@pytest.fixture
def device(mock: MockRobot) -> Device:
    def faults(what: Fault) -> None:
        mock.faults = what

    return Device(
        open=lambda mode: mock,
        joints=lambda: mock._state.position.copy(),
        told=lambda: list(mock.written),
        cut=lambda: faults(Fault.READ_RAISES),
        mend=lambda: faults(Fault.NONE),
        lost="ur5e: the mock is set to fail on read",
    )


class TestMockRobot(ArmConformance):
    still_rad = 1e-9

    # It is an object of one program, with no device to share or to listen to, and takes whatever it is given.
    test_while_it_is_driven_a_second_master_is_refused = None  # type: ignore[assignment]
    test_only_listening_tells_the_device_nothing = None  # type: ignore[assignment]
    test_a_target_that_came_too_late_is_not_sent = None  # type: ignore[assignment]


def test_it_is_what_the_mock_mode_of_any_arm_opens() -> None:
    opened = open_driver("ur5e", Connection("", Mode.MOCK), FakeClock())
    assert isinstance(opened, MockRobot) and opened.spec.name == "ur5e"

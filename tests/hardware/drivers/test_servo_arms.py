"""The makers' libraries, unmodified, drive the SO-101 and the Koch over emulated buses."""

from collections.abc import Iterator

import numpy as np
import pytest

from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.robot import Robot
from tests.hardware.drivers.conformance import ArmConformance, Device
from tests.hardware.servo_bench import TICK, Bench, target


@pytest.fixture
def device(bench: Bench) -> Iterator[Device]:
    bench.body.position = bench.body.spec.home.copy()
    yield Device(
        open=bench.driver,
        joints=lambda: bench.body.position.copy(),
        told=lambda: list(bench.bus.written),
        cut=lambda: bench.bus.fault("unplug"),
        mend=bench.bus.recover,
        lost="is gone",
        absent=[
            (lambda: open_driver(bench.name, Connection("", Mode.LIVE)), "which port is the arm at"),
            (lambda: bench.driver(port="/dev/nothing"), "there is no port /dev/nothing"),
        ],
        holds=lambda: bench.body.on == [True] * 6,
    )
    bench.bus.recover()


class TestServoArms(ArmConformance):
    still_rad = TICK

    def test_it_keeps_the_contract(self, arm: Robot, bench: Bench) -> None:  # type: ignore[override]
        """From its rest pose, where it lies limp."""
        assert bench.body.spec.rest is not None
        bench.body.position = bench.body.spec.rest.copy()
        super().test_it_keeps_the_contract(arm)
        assert bench.body.most < 0.05, "nothing ever leapt"

    def test_once_connected_it_holds_where_it_is(self, device: Device, arm: Robot, bench: Bench) -> None:  # type: ignore[override]
        """A servo that is switched on goes to its goal register, and that holds half a turn when it gets power."""
        super().test_once_connected_it_holds_where_it_is(device, arm)
        assert bench.body.most <= TICK

    def test_only_listening_tells_the_device_nothing(self, device: Device, bench: Bench) -> None:  # type: ignore[override]
        super().test_only_listening_tells_the_device_nothing(device)
        assert not bench.bus.written and bench.body.on == [False] * 6

    def test_to_disconnect_moves_nothing_and_lets_nothing_go_limp(self, device: Device, arm: Robot) -> None:
        super().test_to_disconnect_moves_nothing_and_lets_nothing_go_limp(device, arm)
        assert "left switched on; hold it before you cut its power" in arm.events[-1]


def test_angles_go_through_the_calibration_both_ways(bench: Bench) -> None:
    """The servos are mounted some hundred ticks off, each differently; neither side knows the other's numbers."""
    spec, rng = bench.body.spec, np.random.default_rng(3)
    bench.body.position = rng.uniform(spec.lower, spec.upper)
    bench.body.gripper = 0.7
    with bench.driver() as arm:
        state = arm.read()
        assert np.allclose(state.position, bench.body.position, atol=TICK)
        assert state.gripper == pytest.approx(0.7, abs=0.01)
        sent = arm.write(target(bench, 2, -0.003, gripper=0.2))
        arm.read()
        assert np.allclose(bench.body.position, sent.position, atol=TICK)
        assert not np.array_equal(sent.position, target(bench, 2, -0.003).position), "whole ticks are sent, and told"
        assert bench.body.gripper == pytest.approx(0.2, abs=0.01)


def test_settings_are_written_once(bench: Bench) -> None:
    """They lie in a memory that wears out."""
    settings: list[list[int]] = []
    for _ in range(2):
        bench.bus.written.clear()
        with bench.driver() as arm:
            arm.read()
        for servo in (1, 6):
            bench.bus._registers[servo][{"so101": 40, "koch": 64}[bench.name]] = 0
        settings.append([a for _, a in bench.bus.written if a < {"so101": 40, "koch": 64}[bench.name]])
    assert settings[0] and not settings[1]


def test_it_lies_down_before_it_goes_limp(bench: Bench) -> None:
    spec = bench.body.spec
    assert spec.rest is not None
    bench.body.position = spec.home.copy()
    arm = bench.driver()
    arm.connect()
    assert arm.rest(lambda: False)
    arm.disconnect()
    assert bench.body.on == [False] * 6 and arm.events == []
    assert all(np.abs(where - spec.rest).max() < 0.01 for where in bench.body.let_go)
    arm.disconnect()


@pytest.mark.parametrize("steps", [0, 1, 40, 150])
def test_a_stop_ends_the_lying_down_and_the_arm_holds(bench: Bench, steps: int) -> None:
    bench.body.position = bench.body.spec.home.copy()
    arm, left = bench.driver(), iter(range(steps))
    arm.connect()
    assert not arm.rest(lambda: next(left, None) is None)
    where = bench.body.position.copy()
    arm.read()
    arm.disconnect()
    assert bench.body.on == [True] * 6 and not bench.body.let_go
    assert np.allclose(bench.body.position, where, atol=2 * TICK)


def test_an_arm_that_cannot_lie_down_is_not_dropped(bench: Bench) -> None:
    bench.body.position = bench.body.spec.home.copy()
    arm = bench.driver()
    arm.connect()
    bench.body.stuck = True
    assert not arm.rest(lambda: False)
    arm.disconnect()
    assert bench.body.on == [True] * 6 and not bench.body.let_go
    assert "left switched on; hold it before you cut its power" in arm.events[-1]


def test_stop_keeps_the_grip(bench: Bench) -> None:
    with bench.driver() as arm:
        arm.write(target(bench, 0, 0.0, gripper=0.1))
        arm.read()
        bench.body.stuck, bench.body.gripper = True, 0.5  # something is between the fingers
        arm.stop()
        bench.body.stuck = False
        arm.stop()
        arm.read()
        assert bench.body.gripper == pytest.approx(0.1, abs=0.01)

"""The cells with a driver and an emulated device: every fault has one, and a killed loop's arm stops by itself."""

import pytest

from sayso.bench.reliability import driver_faults
from sayso.bench.suites import cells_of
from sayso.emulation.emulators import EMULATORS
from sayso.hardware.emulated.servo.bus import ServoBus


def faults_of(arm: str) -> set[str]:
    if arm in ("so101", "koch"):
        return {name.split()[0] for name in ServoBus.faults}
    if arm == "ur5e":
        return {str(f) for f in pytest.importorskip("sayso.hardware.emulated.ur.controller").UrFault}
    if arm == "piper":
        return {str(f) for f in pytest.importorskip("sayso.hardware.emulated.piper").PiperFault}
    # A hand that is stuck stops nothing: the opening that is told stays where it is.
    return {str(f) for f in pytest.importorskip("sayso.hardware.emulated.franka.control_box").FrankaFault} - {
        "hand-stuck"
    }


@pytest.mark.parametrize("arm", EMULATORS)
def test_everything_that_an_emulated_arm_can_have_is_a_cell(arm: str) -> None:
    named = {plan.name.removeprefix("D2 driver: ") for plan in cells_of("faults", arm=arm)}
    assert {name.split()[0] for name in driver_faults.SAYS[arm]} == faults_of(arm)
    assert set(driver_faults.SAYS[arm]) <= named
    assert ("P3 loop killed, the arm's own watchdog" in named) is (arm in ("koch", "ur5e", "panda"))


def test_a_killed_loop_leaves_a_koch_that_stops_by_its_own_watchdog() -> None:
    """SIGKILL, and what the emulated servos say of themselves afterwards; how soon is for the benchmark to say."""
    pytest.importorskip("dynamixel_sdk")
    record = driver_faults.kill_loop("koch", 0)
    assert record["own"] and record["stays"], record

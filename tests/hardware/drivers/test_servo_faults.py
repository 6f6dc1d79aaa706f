"""Every fault that an emulated SO-101 or Koch can have has its name, and the arm does what is promised."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from sayso.hardware.arms.load import load_arm
from sayso.hardware.clock import FakeClock
from sayso.hardware.control.state_machine import State
from sayso.hardware.drivers.servo.bus import ServoError, ServoFault
from sayso.hardware.emulated.servo.dynamixel import DynamixelBus
from sayso.hardware.robot import NoReading
from tests.hardware.drivers.conformance import holding
from tests.hardware.servo_bench import TICK, Bench, impatience, patient_again, target, wait_for
from tests.hardware.servo_body import Body

AT_ONCE, BELIEVED = 1, 3
FAULTS = [
    ("unplug", {ServoFault.UNPLUGGED}, "is gone", AT_ONCE),
    ("late", {ServoFault.NO_ANSWER}, "servo 1 at|too late", AT_ONCE),
    ("dead 3", {ServoFault.NO_ANSWER}, "servo 3 at", AT_ONCE),
    ("overload 2", {ServoFault.OVERLOAD}, r"shoulder_lift \(id 2\)", BELIEVED),
    ("hot 4", {ServoFault.TOO_HOT}, r"wrist_flex \(id 4\)", BELIEVED),
    ("voltage", {ServoFault.VOLTAGE}, r"shoulder_pan \(id 1\)", BELIEVED),
]


@pytest.mark.parametrize(("fault", "names", "says", "readings"), FAULTS, ids=[f[0] for f in FAULTS])
def test_a_fault_has_its_name(bench: Bench, fault: str, names: set[ServoFault], says: str, readings: int) -> None:
    arm = bench.driver()
    arm.connect()
    before = arm.read()
    bench.bus.fault(fault)
    if fault.startswith("overload"):
        wait_for(lambda: len(bench.bus.events) > 1)
    with impatience() if fault == "late" else patient_again():
        for _ in range(readings - 1):
            assert np.allclose(arm.read().position, before.position, atol=TICK), "not believed yet"
        with pytest.raises(ServoError, match=says) as error:
            arm.read()
        arm.stop()
        arm.disconnect()
    assert error.value.fault in names
    bench.bus.recover()
    with bench.driver() as again:
        assert np.allclose(again.read().position, before.position, atol=TICK)


@pytest.mark.parametrize("fault", ["drop", "garble"])
def test_damaged_answers_give_gaps_and_no_wrong_reading(bench: Bench, fault: str) -> None:
    """Each time another byte is lost or another bit flipped."""
    with bench.driver() as arm, impatience():
        with patient_again():
            good = arm.read()
        for k in range(12):
            arm.write(target(bench, k % 5, 0.01 if k < 6 else -0.01))
            setattr(bench.bus.wire, fault, 1.0)
            with pytest.raises(NoReading):
                arm.read()
            assert np.array_equal(arm.here().position, good.position)
            setattr(bench.bus.wire, fault, 0.0)
            with patient_again():
                good = arm.read()
            assert np.allclose(good.position, bench.body.position, atol=TICK)
        setattr(bench.bus.wire, fault, 1.0)
        with pytest.raises(ServoError) as error:
            for _ in range(3):
                arm.read()
        assert error.value.fault in (ServoFault.GARBLED, ServoFault.NO_ANSWER)
        bench.bus.recover()
        with patient_again():
            arm.read()


@pytest.mark.parametrize("fault", ["dead 3", "drop", "garble"])
def test_a_missing_answer_is_bridged_three_hold_the_arm_and_half_a_second_is_a_fault(bench: Bench, fault: str) -> None:
    with bench.driver() as arm:
        stepped = holding(arm)
        assert stepped.cycle().state is State.RUNNING
        with failing(bench, fault):
            assert [stepped.cycle().state for _ in range(3)] == [State.RUNNING, State.RUNNING, State.HOLDING]
            held = stepped.reports[-1]
            assert "gave no reading 3 times in a row: " in held.text
        with patient_again():
            assert stepped.cycle().state is State.RUNNING, "it goes on by itself"
        with failing(bench, fault):
            assert stepped.cycle(0.3).state is State.RUNNING
            assert stepped.cycle(0.3).state is State.RUNNING
            failed = stepped.cycle().report
        assert failed.state is State.FAULT
        assert re.search("no answer|garbled answer", failed.text)
        with patient_again():
            assert [stepped.cycle().state for _ in range(20)] == [State.FAULT] * 20


@contextmanager
def failing(bench: Bench, fault: str) -> Iterator[None]:
    """While it lasts, nothing that is asked is answered as it should."""
    with impatience():
        if fault in ("drop", "garble"):
            setattr(bench.bus.wire, fault, 1.0)
        else:
            bench.bus.fault(fault)
        yield
        bench.bus.recover()


def test_an_overloaded_servo_lets_go_and_is_not_switched_on_by_itself(bench: Bench) -> None:
    with bench.driver() as arm:
        arm.read()
        bench.bus.fault("overload 2")
        wait_for(lambda: not bench.body.on[1])
        with pytest.raises(ServoError):
            for _ in range(3):
                arm.read()
        arm.stop()
        arm.write(target(bench, 0, 0.01))
        assert not bench.body.on[1]


def test_a_dead_loop_leaves_an_arm_that_stops(patience: None) -> None:
    """The Koch's servos stop by themselves; the driver says so at its next reading and moves nothing more."""
    pytest.importorskip("dynamixel_sdk")
    spec, clock = load_arm("koch"), FakeClock(100.0)
    body = Body(spec, spec.home)
    bus = DynamixelBus(body, clock)
    arm = Bench("koch", body, bus, clock).driver(at_end="hold")
    assert arm.watchdog_s == 0.08
    with arm:
        arm.write(target(Bench("koch", body, bus, clock), 0, 0.02))
        arm.read()
        clock.t += 0.07
        arm.read()
        assert not bus.events
        clock.t += 0.13
        wait_for(lambda: len(bus.events) == 6)
        assert "bus watchdog: shoulder_pan stopped after 0.13 s of silence" in bus.events
        stopped = body.position.copy()
        with pytest.raises(ServoError, match="without a message from the loop") as error:
            arm.read()
        assert error.value.fault is ServoFault.WATCHDOG
        arm.stop()
        arm.read()
        assert np.allclose(body.position, stopped, atol=TICK)
    bus.close()


def test_servos_that_stopped_by_themselves_stay_there_after_a_stop(patience: None) -> None:
    """Their old goals are given up: sent once more they would take the arm there, long after the stop."""
    pytest.importorskip("dynamixel_sdk")
    spec, clock = load_arm("koch"), FakeClock(100.0)
    body = Body(spec, spec.home)
    bus = DynamixelBus(body, clock)
    bench = Bench("koch", body, bus, clock)
    arm = bench.driver(at_end="hold")
    with arm:
        arm.write(target(bench, 0, 0.02))
        wait_for(lambda: abs(body.position[0] - spec.home[0] - 0.02) < TICK)
        body.position = body.position - 10 * TICK  # less than what a load may keep a servo from its goal
        clock.t += 0.13
        wait_for(lambda: len(bus.events) == 6)
        stopped = body.position.copy()
        arm.stop()
        arm.read()
        assert np.allclose(body.position, stopped, atol=TICK)
    bus.close()


def test_a_servo_that_heard_nothing_is_found_though_the_loop_spoke(patience: None) -> None:
    """A loose cable: it stopped by itself and ignores its goals, and only asking it tells."""
    pytest.importorskip("dynamixel_sdk")
    spec = load_arm("koch")
    bench = Bench("koch", body := Body(spec, spec.home), DynamixelBus(body, FakeClock()), FakeClock(100.0))
    with bench.driver() as arm:
        arm.write(target(bench, 0, 0.02))
        arm.read()
        bench.bus._registers[4][98] = 0xFF
        with pytest.raises(ServoError, match="wrist_flex stopped") as error:
            for _ in range(40):
                arm.write(target(bench, 0, 0.0))
                arm.read()
        assert error.value.fault is ServoFault.WATCHDOG
    bench.bus.close()

"""The controller on a fake clock: who may move the arm, what holds it, what stops it, and what stays latched."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.clock import FakeClock
from sayso.hardware.control.state_machine import State
from sayso.hardware.control.stepped_controller import SteppedController
from sayso.hardware.ipc.channel import Stamped
from sayso.hardware.mock_robot import Fault, FlakyRobot
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointTarget, RobotSpec

PERIOD = 0.01


class Rig(SteppedController[FlakyRobot]):
    """A controller on a flaky arm that is sent one rad away while it is ``streaming``."""

    def __init__(self, spec: RobotSpec, hold_to_run: bool = False, failed: str = "") -> None:
        robot = FlakyRobot(spec, FakeClock(100.0))
        robot.connect()
        super().__init__(robot, hold_to_run=hold_to_run, failed=failed)
        self.goal, self.streaming = spec.home + np.array([1.0, 0.0]), False
        self.stream = lambda: JointTarget(self.goal, np.zeros(2), 1.0, self.clock.t + 0.1) if self.streaming else None

    def run(self, cycles: int) -> State:
        for _ in range(cycles):
            self.cycle()
        return self.state

    @property
    def speed(self) -> float:
        return float(np.abs(self.reports[-1].sent.velocity).max())

    def going(self) -> "Rig":
        """Armed, started and on its way."""
        self.start()
        self.streaming = True
        assert self.run(10) is State.RUNNING and self.speed > 0.1
        return self


@pytest.fixture
def rig(planar: RobotSpec) -> Rig:
    return Rig(planar)


def test_it_begins_stopped_and_targets_move_nothing(rig: Rig) -> None:
    rig.streaming = True
    assert rig.run(20) is State.STOPPED
    np.testing.assert_array_equal(rig.reports[-1].sent.position, rig.robot.spec.home)


def test_armed_is_not_started(rig: Rig) -> None:
    rig.order()
    rig.streaming = True
    rig.order(arm=1)
    assert rig.run(20) is State.READY
    assert rig.speed == 0


def test_armed_started_and_fed_it_moves_and_says_so(rig: Rig) -> None:
    rig.going()
    assert 0 < rig.reports[-1].heard <= rig.number
    assert rig.run(300) is State.RUNNING
    np.testing.assert_allclose(rig.reports[-1].sent.position, rig.robot.spec.home + np.array([1.0, 0.0]), atol=1e-6)
    assert rig.reports[-1].cycles == len(rig.reports)


def test_without_targets_it_holds_within_a_command_life_and_goes_on_when_they_are_back(rig: Rig) -> None:
    rig.going()
    rig.streaming = False
    rig.send(rig.goal, np.zeros(2), life=60.0)  # a sender that asks for more than there is
    assert rig.run(8) is State.RUNNING
    assert rig.run(1) is State.HOLDING, "after 0.08 s"
    assert rig.reports[-1].text == "no fresh target"
    rig.run(30)
    assert rig.speed < 1e-9
    rig.streaming = True
    assert rig.run(1) is State.RUNNING


def test_a_target_that_is_repeated_or_late_feeds_nothing(rig: Rig) -> None:
    rig.going()
    rig.streaming = False
    rig.send(rig.goal, np.zeros(2))
    message = rig.targets[0]
    for _ in range(30):
        rig.targets.append(message)
        rig.run(1)
    assert rig.state is State.HOLDING


def test_a_stop_wins_brakes_in_the_next_cycle_and_waits_for_a_person(rig: Rig) -> None:
    rig.going()
    before = rig.speed
    rig.stops[1] += 2
    assert rig.run(1) is State.STOPPING
    assert rig.reports[-1].text == "the stop was pressed"
    rig.run(1)
    assert rig.speed < before + rig.robot.spec.acceleration.max() * PERIOD
    assert rig.run(60) is State.STOPPED
    assert rig.speed < 1e-9
    assert rig.run(60) is State.STOPPED
    rig.order(start=1)
    assert rig.state is State.STOPPED
    assert "cannot start while stopped" in rig.reports[-1].text
    rig.order(arm=1)
    rig.order(start=1)
    assert rig.run(3) is State.RUNNING


def test_a_start_that_comes_with_a_stop_loses(rig: Rig) -> None:
    rig.order()
    rig.order(arm=1)
    rig.stops[0] += 2
    rig.streaming = True
    rig.order(start=1)
    assert rig.run(30) is State.STOPPED


def test_while_the_stop_is_held_nothing_starts_and_letting_go_moves_nothing(rig: Rig) -> None:
    rig.going()
    rig.stops[0] += 1
    rig.run(60)
    rig.order(arm=1)
    assert rig.state is State.STOPPED
    assert "the stop is held" in rig.reports[-1].text
    rig.stops[0] += 1
    assert rig.run(30) is State.STOPPED


def test_a_person_holds_and_only_a_person_resumes(rig: Rig) -> None:
    rig.going()
    rig.order(hold=1)
    assert rig.run(40) is State.HOLDING
    assert rig.speed < 1e-9
    rig.order(resume=1)
    assert rig.state is State.RUNNING


def test_a_hold_and_a_resume_at_once_is_a_hold(rig: Rig) -> None:
    rig.going()
    rig.order(hold=1)
    rig.order(hold=1, resume=1)
    assert rig.state is State.HOLDING


def test_a_sender_that_starts_anew_repeats_no_order(rig: Rig) -> None:
    rig.going()
    rig.stops[0] += 2
    rig.run(60)
    rig.order(epoch=2, arm=3, start=3)  # the first message of a new sender, or of an old one to a new loop
    assert rig.run(5) is State.STOPPED
    rig.order(epoch=2, arm=1)
    assert rig.state is State.READY


def test_an_order_that_is_old_is_not_obeyed(rig: Rig) -> None:
    rig.order()
    stamp = rig.stamp()
    rig.clock.t += 1.0
    rig.requests.append(Stamped(stamp, replace(rig.requested, arm=1)))
    assert rig.run(3) is State.STOPPED


def test_a_person_sets_the_speed_and_nonsense_does_not(rig: Rig) -> None:
    rig.order()
    rig.order(speed=0.1)
    rig.order(arm=1, speed=np.nan)
    rig.order(start=1, speed=-1.0)
    rig.streaming = True
    rig.run(150)
    top = max(np.abs(r.sent.velocity).max() for r in list(rig.reports)[60:])
    assert 0.2 < top <= 0.1 * 3.0 + 1e-9


def test_one_or_two_missing_readings_change_nothing_three_hold(rig: Rig) -> None:
    rig.going()
    rig.robot.silent = 2
    assert {rig.run(1) for _ in range(3)} == {State.RUNNING}
    rig.robot.silent = 3
    assert rig.run(2) is State.RUNNING
    assert rig.run(1) is State.HOLDING
    assert rig.reports[-1].text == "planar gave no reading 3 times in a row: no answer"
    assert rig.run(2) is State.RUNNING, "readings and targets are back"


def test_readings_that_stay_away_are_a_fault(rig: Rig) -> None:
    rig.going()
    rig.robot.silent = 10_000
    assert rig.run(60) is State.FAULT
    rig.robot.silent = 0
    assert rig.run(60) is State.FAULT
    assert rig.speed < 1e-9


def test_a_loop_that_never_had_a_reading_fails(rig: Rig) -> None:
    rig.robot.silent = 1
    with pytest.raises(RobotError, match="no reading"):
        rig.run(1)
    assert rig.robot.stops == 1


@pytest.mark.parametrize("fault", [Fault.READ_NAN, Fault.READ_SHORT])
def test_an_impossible_reading_brakes_and_latches(rig: Rig, fault: Fault) -> None:
    rig.going()
    before = rig.speed
    rig.robot.faults = fault
    assert rig.run(1) is State.FAULT
    assert "impossible values" in rig.reports[-1].text
    assert 0 < rig.speed < before + 0.2, "it brakes, and does not jump to a halt"
    rig.run(60)
    assert rig.speed < 1e-9
    assert np.isfinite([t.position for t in rig.robot.written]).all()
    rig.robot.faults = Fault.NONE
    rig.order(arm=1)
    rig.order(start=1)
    assert rig.run(10) is State.FAULT
    rig.order(reset=1)
    assert rig.run(10) is State.STOPPED
    rig.order(arm=1)
    rig.order(start=1)
    assert rig.run(3) is State.RUNNING


def test_a_jump_is_a_fault(rig: Rig) -> None:
    rig.going()
    rig.robot.shift = 0.4
    assert rig.run(1) is State.FAULT
    assert "shoulder jumped by 0.4" in rig.reports[-1].text


def test_an_arm_that_stays_behind_is_a_fault_and_is_not_pressed_on(rig: Rig) -> None:
    rig.going()
    rig.robot.faults = Fault.STUCK
    rig.run(60)
    assert rig.state is State.FAULT
    assert "rad from where it was sent" in rig.reports[-1].text
    # The braking way from the speed it was last measured at, and not the whole way that it stayed behind.
    np.testing.assert_allclose(rig.reports[-1].sent.position, rig.reports[-1].measured.position, atol=0.1)


def test_hold_to_run_moves_while_pressed_and_holds_when_the_line_is_lost(planar: RobotSpec) -> None:
    rig = Rig(planar, hold_to_run=True)
    rig.order()
    rig.order(arm=1)
    rig.streaming = True
    rig.order(start=1)
    assert rig.run(5) is State.HOLDING, "nobody presses"
    rig.order(pressed=True, press=1)
    for _ in range(20):
        rig.order(pressed=True, press=1)
    assert rig.state is State.RUNNING and rig.speed > 0.1
    assert rig.run(25) is State.HOLDING, "250 ms after the line was lost"
    assert "hold-to-run" in rig.reports[-1].text
    rig.order(pressed=True, press=1)
    assert rig.run(3) is State.HOLDING, "a press that was lost does not count again"
    rig.order(press=1)
    rig.order(pressed=True, press=2)
    assert rig.run(3) is State.RUNNING
    rig.order(press=2)
    assert rig.state is State.HOLDING


def test_a_latched_fault_is_there_from_the_start(planar: RobotSpec) -> None:
    rig = Rig(planar, failed="the elbow burnt")
    rig.order()
    rig.order(arm=1)
    assert rig.state is State.FAULT
    assert rig.reports[-1].text.startswith("the elbow burnt")


def test_a_process_given_up_is_a_fault(rig: Rig) -> None:
    rig.going()
    rig.order(fail=1)
    assert rig.state is State.FAULT


def test_told_to_leave_it_brakes_first(rig: Rig) -> None:
    rig.going()
    rig.order(leave=1)
    assert not rig.controller.done
    rig.run(60)
    assert rig.controller.done
    assert rig.state is State.STOPPED


def test_after_arming_it_starts_from_where_the_arm_was_moved_to(rig: Rig) -> None:
    rig.order()
    rig.run(5)
    rig.robot.faults = Fault.STUCK
    for _ in range(10):
        rig.robot._state = replace(rig.robot._state, position=rig.robot._state.position + 0.02)
        rig.run(1)
    assert rig.state is State.STOPPED
    np.testing.assert_array_equal(rig.reports[-1].sent.position, rig.robot.spec.home)
    rig.order(arm=1)
    np.testing.assert_allclose(rig.reports[-1].sent.position, rig.robot.spec.home + 0.2, atol=1e-6)

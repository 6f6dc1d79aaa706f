"""The loop on a fake clock: order, skipped ticks, the stop latch, and what happens when something breaks."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.clock import FakeClock, MonotonicClock, SimulatedClock
from sayso.hardware.control.guard import Guard, GuardEvent
from sayso.hardware.control.loop import ControlLoop, Cycle
from sayso.hardware.mock_robot import Fault, MockRobot
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointState, JointTarget, RobotSpec


class Rig:
    """A mock arm, a source that goes to one place, and the loop between them."""

    def __init__(self, spec: RobotSpec, clock: object = None) -> None:
        self.robot = MockRobot(spec, clock)  # type: ignore[arg-type]
        self.robot.connect()
        self.cycles: list[Cycle] = []
        self.asked = 0
        self.slow_s: dict[int, float] = {}
        self.late: list[float] = []
        self.loop = ControlLoop(self.robot, Guard(spec, 1 / spec.control_hz), self.source, self.on_cycle)

    def on_cycle(self, cycle: Cycle) -> None:
        self.cycles.append(cycle)
        self.late.append(self.loop.late_s)

    def source(self, state: JointState) -> JointTarget:
        """Stretch out; take ``slow_s`` seconds over the calls named there."""
        self.asked += 1
        if self.asked in self.slow_s:
            self.robot.clock.t += self.slow_s[self.asked]  # type: ignore[attr-defined]
        return JointTarget(np.array([1.5, 1.0]), np.zeros(2), 1.0, state.t + 10.0)


@pytest.fixture
def rig(planar: RobotSpec) -> Rig:
    return Rig(planar)


def test_a_cycle_reads_asks_guards_writes_and_reports(rig: Rig) -> None:
    cycle = rig.loop.cycle()
    assert cycle is rig.cycles[0]
    assert cycle.sent is rig.robot.written[0]
    assert cycle.wanted is not None
    assert (cycle.event, cycle.text, cycle.stopped, rig.loop.stopped) == (GuardEvent.OK, "", False, False)
    np.testing.assert_array_equal(cycle.state.position, rig.robot.spec.home)


def test_it_keeps_its_rate_until_the_time_given(rig: Rig) -> None:
    rig.loop.run(until=1.0)
    np.testing.assert_allclose([c.t for c in rig.cycles], np.arange(100) * 0.01, atol=1e-9)
    assert (rig.loop.cycles, rig.loop.missed) == (100, 0)
    assert max(rig.late) < 1e-9


def test_it_runs_until_a_condition_holds(rig: Rig) -> None:
    rig.loop.run(until=lambda: len(rig.cycles) == 7)
    assert len(rig.robot.written) == 7


def test_missed_ticks_are_skipped_and_counted_never_bursted(rig: Rig) -> None:
    rig.slow_s = {5: 0.0373, 12: 0.004, 20: 0.016}
    rig.loop.run(until=0.5)
    times = np.array([c.t for c in rig.cycles])
    steps = np.diff(times)
    # The fifth cycle wrote 37 ms late: ticks 5 and 6 have passed, tick 7 is late by 7.3 ms, then all is on the grid.
    assert rig.loop.missed == 2 + 0
    np.testing.assert_allclose(times[4:8], [0.0773, 0.0773, 0.08, 0.09], atol=1e-9)
    assert max(rig.late) == pytest.approx(0.0073)
    assert (steps >= -1e-12).all()
    on_grid = np.isclose(times / 0.01, np.round(times / 0.01))
    assert on_grid.sum() >= len(times) - 5


def test_a_stop_brakes_at_the_next_write_and_the_source_is_not_asked(rig: Rig) -> None:
    rig.loop.run(until=0.2)
    speed = np.abs(rig.robot.written[-1].velocity).max()
    asked = rig.asked
    rig.loop.stop()
    first = rig.loop.cycle()
    assert first.stopped
    assert first.wanted is None
    assert (first.event, first.text) == (GuardEvent.NO_TARGET, "no target")
    rig.loop.run(until=1.0)
    assert rig.asked == asked
    written = np.array([t.position for t in rig.robot.written])
    assert speed > 0.5
    # From here on it only brakes: jerk-limited, a joint may go on gaining speed while its acceleration fades.
    assert np.abs(first.sent.velocity).max() < speed + 12.0 * 0.01
    np.testing.assert_allclose(rig.robot.written[-1].velocity, 0, atol=1e-9)
    np.testing.assert_array_equal(written[-1], written[-10])


def test_stop_wins_over_the_source_that_is_running_meanwhile(rig: Rig) -> None:
    def stubborn(state: JointState) -> JointTarget:
        thread = threading.Thread(target=rig.loop.stop)
        thread.start()
        thread.join()
        return rig.source(state)

    rig.loop.source = stubborn
    cycle = rig.loop.cycle()
    assert cycle.stopped
    assert cycle.wanted is None
    np.testing.assert_array_equal(cycle.sent.position, rig.robot.spec.home)


def test_release_alone_moves_nothing_and_then_the_source_rules_again(rig: Rig) -> None:
    rig.loop.stop()
    rig.loop.run(until=0.1)
    rig.loop.release()
    assert not rig.loop.stopped
    assert len(rig.robot.written) == 10
    np.testing.assert_array_equal(rig.robot.written[-1].position, rig.robot.spec.home)
    rig.loop.run(until=2.0)
    np.testing.assert_allclose(rig.robot.written[-1].position, [1.5, 1.0], atol=1e-6)


class BrakesItself(MockRobot):
    """An arm that comes to rest 0.3 rad beyond where the guard brakes."""

    def brake(self, target: JointTarget) -> JointTarget:
        return replace(target, position=target.position + 0.3, velocity=np.zeros(self.spec.dof))


@pytest.mark.parametrize("arm", [BrakesItself, MockRobot])
def test_after_a_stop_it_goes_on_from_where_the_arm_came_to_rest(planar: RobotSpec, arm: type[MockRobot]) -> None:
    robot = arm(planar)
    robot.connect()
    cycles: list[Cycle] = []
    guard = Guard(planar, 1 / planar.control_hz)
    loop = ControlLoop(
        robot, guard, lambda state: JointTarget(planar.home + 1.0, np.zeros(2), 1.0, state.t + 9.0), cycles.append
    )
    loop.run(until=0.2)
    loop.stop()
    loop.run(until=1.0)
    rests = cycles[-1].sent.position
    loop.release()
    loop.cycle()
    loop.cycle()
    here = robot.written[-1].position
    assert np.abs(here - rests).max() < 0.005, "no leap to where the guard had braked"
    loop.run(until=3.0)
    np.testing.assert_allclose(robot.written[-1].position, planar.home + 1.0, atol=1e-6)


@pytest.mark.parametrize("fault", [Fault.READ_RAISES, Fault.WRITE_RAISES, Fault.READ_NAN, Fault.READ_SHORT])
@pytest.mark.parametrize("drive", ["cycle", "run"])
def test_any_fault_stops_the_arm_and_is_raised(rig: Rig, fault: Fault, drive: str) -> None:
    rig.loop.cycle()
    rig.robot.faults = fault
    with pytest.raises((RobotError, ValueError)):
        rig.loop.cycle() if drive == "cycle" else rig.loop.run(until=1.0)
    assert rig.robot.stops == 1
    assert len(rig.robot.written) == 1


def test_a_nan_reading_never_reaches_the_source(rig: Rig) -> None:
    rig.loop.cycle()
    rig.robot.faults = Fault.READ_NAN
    with pytest.raises(RobotError, match="planar measured impossible values"):
        rig.loop.cycle()
    assert rig.asked == 1


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_of_the_source_stops_the_arm(rig: Rig, error: type[BaseException]) -> None:
    def broken(state: JointState) -> JointTarget:
        raise error

    rig.loop.source = broken
    with pytest.raises(error):
        rig.loop.run(until=1.0)
    assert rig.robot.stops == 1


@pytest.mark.parametrize("drive", ["cycle", "run"])
def test_an_arm_that_cannot_even_stop_says_so_in_a_note(rig: Rig, drive: str) -> None:
    rig.robot.faults = Fault.READ_RAISES | Fault.STOP_RAISES
    with pytest.raises(RobotError, match="fail on read") as caught:
        rig.loop.cycle() if drive == "cycle" else rig.loop.run(until=1.0)
    assert "stopping planar failed too" in caught.value.__notes__[0]


def test_resync_starts_from_where_the_arm_was_moved_to(rig: Rig, planar: RobotSpec) -> None:
    rig.loop.run(until=0.1)
    rig.robot._state = JointState(0.1, np.array([-1.0, -1.0]), np.zeros(2))
    rig.loop.resync()
    np.testing.assert_allclose(rig.loop.cycle().sent.position, [-1.0, -1.0], atol=1e-3)


def test_waiting_on_a_simulated_clock_steps_the_physics_and_runs_are_the_same_again(planar: RobotSpec) -> None:
    def rollout() -> tuple[int, bytes]:
        steps: list[int] = []
        rig = Rig(planar, SimulatedClock(1 / 400, lambda: steps.append(1)))
        rig.loop.run(until=0.5)
        return len(steps), b"".join(t.position.tobytes() for t in rig.robot.written)

    first = rollout()
    assert first[0] == 200
    assert len(first[1]) == 50 * 2 * 8
    assert rollout() == first


def test_the_same_body_runs_on_the_real_clock(planar: RobotSpec) -> None:
    clock = MonotonicClock()
    rig = Rig(replace(planar, control_hz=200.0), clock)
    start = clock.now()
    rig.loop.run(until=start + 0.2)
    took = clock.now() - start
    assert took >= 0.19
    assert 1 <= rig.loop.cycles <= rig.loop.cycles + rig.loop.missed <= 200.0 * took + 2


def test_nobody_has_to_listen(rig: Rig) -> None:
    rig.loop.on_cycle = None
    rig.loop.cycle()
    assert len(rig.robot.written) == 1
    assert rig.cycles == []


def test_before_the_first_cycle_nothing_is_counted(rig: Rig) -> None:
    assert (rig.loop.cycles, rig.loop.missed) == (0, 0)
    assert (rig.loop.due, rig.loop.late_s, rig.loop.ticks_missed()) == (0.0, 0.0, 0)


@pytest.mark.parametrize(("slow_s", "missed"), [(0.0195, 0), (0.02, 1), (0.0215, 1), (0.03, 2)])
def test_a_tick_counts_as_missed_from_the_moment_the_next_is_due(rig: Rig, slow_s: float, missed: int) -> None:
    due = []
    rig.loop.on_cycle = lambda cycle: due.append(rig.loop.due)
    rig.slow_s = {3: slow_s}
    rig.loop.run(until=0.2)
    assert rig.loop.missed == rig.loop.ticks_missed() == missed
    expected = [0.0, 0.01, 0.02, *(0.01 * k for k in range(3 + missed, 20))]
    np.testing.assert_allclose(due, expected, atol=1e-9)


def test_lateness_is_of_the_cycle_under_way(rig: Rig) -> None:
    rig.slow_s = {k: 0.013 for k in range(1, 31)}
    rig.loop.run(until=lambda: len(rig.cycles) == 30)
    assert rig.late[0] == 0.0 and 0.0 < min(rig.late[1:]) <= max(rig.late) < 0.01


def test_the_clock_of_a_test_may_start_anywhere(planar: RobotSpec) -> None:
    rig = Rig(planar, FakeClock(1e6))
    rig.loop.run(until=1e6 + 0.1)
    assert len(rig.cycles) == 10

"""An arm behind a loop in its own process, with a policy and full load: for benchmarks of loop and guard."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from sayso.bench.reliability import load_generators
from sayso.hardware.clock import FakeClock
from sayso.hardware.control.state_machine import State
from sayso.hardware.control.stepped_controller import SteppedController
from sayso.hardware.ipc.channel import ChannelAddress
from sayso.hardware.ipc.messages import Report
from sayso.hardware.mock_robot import FlakyRobot
from sayso.hardware.process.mock_device import MockDevice
from sayso.hardware.process.remote_robot import RemoteRobot
from sayso.hardware.process.supervisor import ProcessPlan
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array, JointTarget, RobotSpec
from sayso.sim.arms.own_arm import arm_model

DUE, LATE, WRITTEN, STATE = range(4)  # columns of a loop's stamps
STATES = tuple(State)
PATIENCE_S = 30.0
BEGINS_S = 10.0  # start of the fake clock


@contextmanager
def running(
    arm: str, hz: float | None = None, *, load: bool = True, realtime: bool = True, hold_to_run: bool = False,
    device: MockDevice | None = None, armed: bool = True,
) -> Iterator[RemoteRobot]:  # fmt: skip
    """A mock device of ``arm``'s shape, swung by a policy through a loop at ``hz``, in three processes."""
    spec = spec_of(arm, hz)
    mock = device or MockDevice(spec)

    def beside(targets: ChannelAddress[JointTarget]) -> Sequence[ProcessPlan]:
        policy = ProcessPlan("policy", load_generators.policy, (targets, spec), hang_s=2.0)
        return [mock.process, policy, *(load_generators.busy() if load else [])]

    robot = RemoteRobot(spec, mock.make, beside=beside, realtime=realtime, hold_to_run=hold_to_run, armed=armed)
    try:
        with robot:
            yield robot
    finally:
        mock.close()


def spec_of(arm: str, hz: float | None = None) -> RobotSpec:
    """The arm's description, with the rate ``hz`` if given."""
    spec = arm_model(arm).spec
    return replace(spec, control_hz=hz) if hz else spec


def wait_for(robot: RemoteRobot, what: Callable[[Report], bool], patience_s: float = PATIENCE_S) -> Report:
    """The first report for which ``what`` holds. Raises RobotError after ``patience_s``."""
    end = robot.clock.now() + patience_s
    while not what(report := robot.report()):
        if robot.clock.now() > end:
            raise RobotError(
                f"the expected state did not come within {patience_s} s: the loop is {report.state}, {report.text}"
            )
        robot.clock.sleep_until(robot.clock.now() + 0.001)
    return report


def moves(report: Report) -> bool:
    """Whether the arm moves."""
    return report.state is State.RUNNING and bool(np.abs(report.measured.velocity).max() > 0.1)


def kill(robot: RemoteRobot, name: str, how: signal.Signals = signal.SIGKILL) -> float:
    """Kill a process with SIGKILL, or freeze it with SIGSTOP; return the time (s)."""
    process = robot.processes.process(name)
    if process is None or process.pid is None:
        raise RobotError(f"{name} is not running")
    now = robot.clock.now()
    os.kill(process.pid, how)
    return now


def missed(rows: Array, arm: str) -> int:
    """The number of ticks missed between the loop's first and last stamp."""
    return int(np.rint(np.diff(rows[:, DUE]) * spec_of(arm).control_hz).sum()) - len(rows) + 1


def first(rows: Array, state: State, after: float) -> float:
    """The time (s) of the first target written in ``state`` after a given time; infinite without one."""
    found = rows[(rows[:, WRITTEN] > after) & (rows[:, STATE] == STATES.index(state)), WRITTEN]
    return float(found[0]) if len(found) else np.inf


def stepped(spec: RobotSpec) -> SteppedController[FlakyRobot]:
    """A controller, armed and started, stepped by the caller; ``robot.written`` holds the written targets."""
    robot = FlakyRobot(spec, FakeClock(BEGINS_S))
    robot.connect()
    return SteppedController(robot, kept=2).start()


def swing(bench: SteppedController[FlakyRobot], cycles: int) -> State:
    """Swing the arm for so many cycles; return the state after them."""
    spec = bench.robot.spec
    for _ in range(cycles):
        phase = 4.0 * (bench.clock.t - BEGINS_S)
        bench.send(spec.home + 0.25 * np.sin(phase), np.full(spec.dof, np.cos(phase)))
        bench.cycle()
    return bench.state

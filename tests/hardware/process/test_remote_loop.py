"""The session's side of a loop in another process: it passes on, stops at once, and says why nothing goes on."""

import os
import signal
import threading
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest

from sayso.hardware.clock import MonotonicClock
from sayso.hardware.control.homing import go_home
from sayso.hardware.control.loop import Cycle
from sayso.hardware.control.state_machine import State
from sayso.hardware.ipc.outside_stop import press_from_outside
from sayso.hardware.process.mock_device import MockDevice
from sayso.hardware.process.remote_robot import PassOn, RemoteLoop, RemoteRobot
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointState, JointTarget, RobotSpec
from tests.hardware import loop_parts

PATIENCE_S = 30.0


class Sender:
    """Turns the first joint on for ever, as a policy would; what came of each cycle is in ``cycles``."""

    def __init__(self, robot: RemoteRobot) -> None:
        self.robot, self.cycles = robot, list[Cycle]()
        self.loop = RemoteLoop(robot, self.source, self.cycles.append)
        self._end = MonotonicClock().now() + PATIENCE_S

    def source(self, state: JointState) -> JointTarget:
        turn = 0.5 * np.eye(len(state.position))[0]
        return JointTarget(state.position + 0.1 * turn, turn, 1.0, self.robot.clock.now() + 0.2)

    def run(self, until: object) -> None:
        assert callable(until)
        self.loop.run(lambda: until() or self.robot.clock.now() > self._end)
        assert self.robot.clock.now() < self._end, (self.robot.report(), self.robot.news)

    @property
    def turned(self) -> float:
        return float(self.robot.report().measured.position[0] - self.robot.spec.home[0])


@pytest.fixture
def sender(planar: RobotSpec) -> Iterator[Sender]:
    with RemoteRobot(planar, partial(loop_parts.mock, planar), realtime=False) as robot:
        yield Sender(robot)


def test_targets_are_followed_and_a_stop_from_any_thread_holds_until_it_is_released(sender: Sender) -> None:
    sender.run(lambda: sender.turned > 0.05)
    assert sender.cycles[-1].wanted is not None and sender.loop.ticks_missed() == sender.robot.report().missed
    thread = threading.Thread(target=sender.loop.stop)
    thread.start()
    thread.join()
    sender.run(lambda: sender.robot.report().state is State.STOPPED)
    assert sender.cycles[-1].stopped and sender.cycles[-1].wanted is None
    there = sender.turned
    count = len(sender.cycles)
    sender.run(lambda: len(sender.cycles) > count + 10)
    assert sender.turned == pytest.approx(there, abs=1e-3)
    sender.loop.release()
    sender.run(lambda: sender.turned > there + 0.05)


def test_a_release_while_the_arm_still_brakes_is_not_lost(sender: Sender) -> None:
    sender.run(lambda: sender.turned > 0.02)
    sender.loop.stop()
    sender.loop.release()
    there = sender.turned
    sender.run(lambda: sender.turned > there + 0.05)


def test_a_stop_pressed_by_another_program_is_latched_until_a_person_releases_it(sender: Sender) -> None:
    sender.run(lambda: sender.turned > 0.02)
    assert press_from_outside(sender.robot.stop_line)
    sender.run(lambda: sender.cycles[-1].stopped and sender.robot.report().state is State.STOPPED)
    assert sender.loop.stopped
    where = sender.turned
    sender.loop.release()
    sender.run(lambda: sender.turned > where + 0.02)
    assert not sender.loop.stopped


def test_an_arm_that_stopped_by_itself_is_said_and_not_waited_for(sender: Sender) -> None:
    sender.run(lambda: sender.turned > 0.02)
    sender.robot.order(leave=True)
    with pytest.raises(RobotError, match="planar is stopped: the session ends"):
        sender.run(lambda: False)


def test_a_fault_is_said(sender: Sender) -> None:
    sender.robot.order(fail=True)
    with pytest.raises(RobotError, match="planar is in fault: a process was given up"):
        sender.run(lambda: False)


def test_a_loop_that_died_is_said_though_it_comes_back(planar: RobotSpec) -> None:
    device = MockDevice(planar)
    with RemoteRobot(planar, device.make, beside=lambda _: (device.process,), realtime=False) as robot:
        sender = Sender(robot)
        sender.run(lambda: sender.turned > 0.02)
        process = robot.processes.process("loop")
        assert process is not None and process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(RobotError, match="planar is stopped: "):
            sender.run(lambda: False)
    device.close()


def test_an_arm_behind_a_loop_goes_home(sender: Sender) -> None:
    sender.run(lambda: sender.turned > 0.05)
    go_home(sender.robot, PassOn(sender.robot.spec.dof))
    assert abs(sender.turned) < 0.03

"""The loop in its own process: the contract holds through it, and kills of anybody end as promised.

Nothing here judges how long things take; the benchmark `faults` does.
"""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import sayso.hardware.process.remote_robot
from sayso.hardware.arms.load import load_arm
from sayso.hardware.check import check_robot
from sayso.hardware.clock import MonotonicClock
from sayso.hardware.control.fault_latch import FaultLatch
from sayso.hardware.control.homing import StoppedError
from sayso.hardware.control.state_machine import State
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.ipc.channel import ChannelAddress, Subscriber
from sayso.hardware.ipc.messages import Report
from sayso.hardware.ipc.outside_stop import press_from_outside, taken_from_outside
from sayso.hardware.process.control_process import BROKEN
from sayso.hardware.process.mock_device import MockDevice
from sayso.hardware.process.remote_robot import RemoteRobot
from sayso.hardware.process.supervisor import ProcessPlan, ProcessStatus
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointTarget, RobotSpec
from tests.hardware import loop_parts
from tests.hardware.emulated_arm import EmulatedArm


@pytest.fixture
def device(planar: RobotSpec) -> Iterator[MockDevice]:
    out = MockDevice(planar)
    yield out
    out.close()


def arm(
    spec: RobotSpec, device: MockDevice, latch: FaultLatch | None = None, barrier: Path | None = None
) -> RemoteRobot:
    def beside(targets: ChannelAddress[JointTarget]) -> Sequence[ProcessPlan]:
        return device.process, ProcessPlan("policy", loop_parts.swing, (targets, spec, barrier), hang_s=0.5)

    return RemoteRobot(spec, device.make, beside=beside, latch=latch, realtime=False)


def wait_for(robot: RemoteRobot, what: Callable[[Report], bool]) -> Report:
    clock = MonotonicClock()
    end = clock.now() + 30
    while not what(report := robot.report()):
        assert clock.now() < end, (report.state, report.text, robot.news)
        clock.sleep_until(clock.now() + 0.002)
    return report


def kill(robot: RemoteRobot, name: str) -> None:
    process = robot.processes.process(name)
    assert process is not None and process.pid is not None
    os.kill(process.pid, signal.SIGKILL)


def moves(report: Report) -> bool:
    return report.state is State.RUNNING and float(np.abs(report.measured.velocity).max()) > 0.2


def stands(report: Report) -> bool:
    return float(np.abs(report.sent.velocity).max()) < 1e-6


def test_an_arm_behind_a_loop_keeps_the_contract(planar: RobotSpec) -> None:
    assert check_robot(RemoteRobot(planar, partial(loop_parts.mock, planar), realtime=False)) == []


def test_a_loop_that_is_frozen_takes_no_stop_and_one_that_goes_on_does(planar: RobotSpec) -> None:
    with RemoteRobot(planar, partial(loop_parts.mock, planar), realtime=False) as robot:
        process, clock = robot.processes.process("loop"), MonotonicClock()
        assert process is not None and process.pid is not None
        os.kill(process.pid, signal.SIGSTOP)
        try:
            robot.stop()
            assert not taken_from_outside(robot.stop_line, clock.now() + 0.3)
        finally:
            os.kill(process.pid, signal.SIGCONT)
        assert taken_from_outside(robot.stop_line, clock.now() + 30)
    assert taken_from_outside("sayso-1-ab", 0.0), "nothing is driven where there is no loop"


def test_a_stop_ends_a_connect_that_blocks(planar: RobotSpec) -> None:
    robot, clock = RemoteRobot(planar, partial(loop_parts.Silent, planar), realtime=False), MonotonicClock()
    until = clock.now() + sayso.hardware.process.remote_robot.ANSWER_S / 2
    pressed = threading.Timer(1.0, robot.stop)
    pressed.start()
    with pytest.raises(StoppedError, match="planar was stopped; its driver has not answered; check where it is"):
        robot.connect()
    assert clock.now() < until and not robot.connected
    pressed.join()


def test_a_connect_that_blocks_is_bounded_and_one_line(planar: RobotSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sayso.hardware.process.remote_robot, "ANSWER_S", 1.0)
    told = "planar was not started within 1 s: its driver has not answered; is it the arm's own address?"
    with pytest.raises(RobotError, match=re.escape(told)):
        RemoteRobot(planar, partial(loop_parts.Silent, planar), realtime=False).connect()


def test_a_killed_policy_holds_and_its_successor_goes_on_and_a_stop_waits_for_a_person(
    planar: RobotSpec, device: MockDevice, tmp_path: Path
) -> None:
    barrier = tmp_path / "barrier"
    with arm(planar, device, barrier=barrier) as robot:
        wait_for(robot, moves)
        barrier.touch()  # else the successor may end the hold before this process, on a busy machine, has seen it
        kill(robot, "policy")
        wait_for(robot, lambda r: r.state is State.HOLDING)
        barrier.unlink()
        wait_for(robot, moves)  # the policy is back, and only targets had been missing
        assert [n.name for n in robot.news if n.what is ProcessStatus.CRASHED] == ["policy"]
        robot.stop()
        wait_for(robot, lambda r: r.state is State.STOPPED and stands(r))
        cycles = robot.report().cycles
        after = wait_for(robot, lambda r: r.cycles > cycles + 30)
        assert after.state is State.STOPPED and stands(after), "the policy goes on sending, the arm stands"
        stamped = len(robot.stamps.rows())
        assert after.cycles - 20 <= stamped <= robot.report().cycles + 20


def test_a_killed_loop_leaves_an_arm_that_stops_by_itself_and_never_resumes(planar, device) -> None:
    with arm(planar, device) as robot:
        wait_for(robot, moves)
        seen = Subscriber(device.states)
        kill(robot, "loop")
        clock, speed = MonotonicClock(), 1.0
        end = clock.now() + 30
        while speed > 0:
            message = seen.new()
            speed = float(np.abs(message.value.velocity).max()) if message else speed
            assert clock.now() < end
        again = wait_for(robot, lambda r: r.state is State.STOPPED and r.cycles > 20)
        assert stands(again), "the policy goes on sending, and nobody has armed the new loop"
        assert [n.what for n in robot.news if n.name == "loop"] == [
            ProcessStatus.STARTED,
            ProcessStatus.CRASHED,
            ProcessStatus.STARTED,
        ]


def test_a_fault_is_latched_over_sessions_until_it_is_reset(planar, device, tmp_path: Path) -> None:
    latch = FaultLatch(tmp_path / "fault")
    robot = arm(planar, device, latch)
    with robot:
        wait_for(robot, moves)
        robot.order(fail=True)
        wait_for(robot, lambda r: r.state is State.FAULT)
        with pytest.raises(RobotError, match="planar is in fault: a process was given up"):
            robot.read()
    assert latch.cause() == "a process was given up"
    with pytest.raises(RobotError, match="is in fault: a process was given up; fix the cause, then reset it"):
        robot.connect()
    latch.reset()
    with robot:
        assert robot.report().state in (State.RUNNING, State.HOLDING)


def test_a_driver_that_fails_is_one_clear_line(planar: RobotSpec) -> None:
    with pytest.raises(RobotError, match=r"^planar: the mock is set to fail on read$"):
        RemoteRobot(planar, partial(loop_parts.broken, planar), realtime=False).connect()


def test_a_lost_arm_is_told_at_once_and_is_not_connected_to_again_by_itself(
    planar: RobotSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.hardware.process.remote_robot.HANG_S", 0.3)
    gone = tmp_path / "gone"
    with RemoteRobot(planar, partial(loop_parts.Stubborn, planar, str(gone)), realtime=False) as robot:
        told = wait_for(robot, lambda r: r.event == BROKEN)
        assert (told.state, told.text) == (State.FAULT, "the line was cut")
        loop = robot.processes.process("loop")
        assert loop is not None and loop.is_alive(), "its driver is still letting go of it"
        press_from_outside(robot.stop_line)
        assert taken_from_outside(robot.stop_line, robot.clock.now() + 0.5), "it drives nothing any more"
        loop.join(1.0)
        assert loop.is_alive(), "which may take longer than a loop may be silent"
        gone.touch()
        loop.join(30.0)
        robot.clock.sleep_until(robot.clock.now() + 0.5)
        assert [n.what for n in robot.news] == [ProcessStatus.STARTED, ProcessStatus.CRASHED]
        with pytest.raises(RobotError, match="planar is in fault: the line was cut"):
            robot.read()


def test_a_lost_arm_is_not_connected_to_again_though_its_library_crashed(planar: RobotSpec) -> None:
    with RemoteRobot(planar, partial(loop_parts.Brittle, planar, "none"), realtime=False) as robot:
        wait_for(robot, lambda r: r.event == BROKEN)
        robot.clock.sleep_until(robot.clock.now() + 1.0)
        assert [(n.what, n.text) for n in robot.news][1:] == [(ProcessStatus.CRASHED, "killed by SIGABRT")]
        assert robot.report().state is State.FAULT


def test_a_bug_in_a_driver_names_the_process(planar: RobotSpec, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RobotError, match="planar was not started: loop crashed, exit code 1"):
        RemoteRobot(planar, partial(loop_parts.puzzled, planar), realtime=False).connect()


ORPHAN = """
import sys
from functools import partial
from sayso.hardware.process.remote_robot import RemoteRobot
from tests.hardware import loop_parts
from tests.hardware.planar_arm import planar_spec
if __name__ == "__main__":
    spec = planar_spec(sys.argv[1])
    with RemoteRobot(spec, partial(loop_parts.mock, spec), realtime=False) as robot:
        print(robot.processes.process("loop").pid, robot.stops.name, flush=True)
        sys.stdin.read()
"""


def test_a_loop_whose_session_is_killed_ends_and_leaves_nothing_in_memory(planar: RobotSpec) -> None:
    command = [sys.executable, "-c", ORPHAN, planar.urdf]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
        assert session.stdout is not None
        pid, memory = session.stdout.readline().split()
        os.kill(int(pid), 0)
        session.kill()
        clock = MonotonicClock()
        end = clock.now() + 30
        while Path(f"/proc/{pid}").exists() or Path("/dev/shm", memory).exists():
            assert clock.now() < end, "the loop goes on without its session"
            clock.sleep_until(clock.now() + 0.02)


def test_a_real_driver_lives_in_the_loops_process_and_lays_its_arm_down_at_the_end() -> None:
    """The maker's library, a bus on a pty, PyBullet behind it: three processes, and this one."""
    pytest.importorskip("scservo_sdk", reason="pip install 'sayso[so101]'")
    spec = load_arm("so101")
    with EmulatedArm("so101") as emulated:
        # A program behind a serial port is no servo: on a busy computer it answers late, later to a real-time loop.
        connection = Connection(emulated.address, Mode.LIVE, options={"answer_ms": "300"})
        robot = RemoteRobot(spec, partial(open_driver, "so101", connection), realtime=False)
        with robot:
            start, begin = robot.read().position, robot.clock.now()
            way = left = np.abs(start - spec.home).max()
            while left > 0.5 * way:
                share = min((robot.clock.now() - begin) / 2.0, 1.0)
                goal = start + (spec.home - start) * share
                robot.write(JointTarget(goal, np.zeros(5), 1.0, robot.clock.now() + 0.1))
                robot.clock.sleep_until(robot.clock.now() + 0.02)
                left = np.abs(robot.read().position - spec.home).max()
                assert robot.clock.now() < begin + 30, robot.report()
        assert [n.what for n in robot.news] == [ProcessStatus.STARTED], "lying down takes long, and is not hanging"


def test_it_must_be_connected(planar: RobotSpec) -> None:
    robot = RemoteRobot(planar, partial(loop_parts.mock, planar))
    robot.stop()
    robot.disconnect()

"""What runs in other processes while the loop's process is tested."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from sayso.hardware.clock import MonotonicClock
from sayso.hardware.ipc.channel import ChannelAddress, Publisher
from sayso.hardware.mock_robot import Fault, MockRobot
from sayso.hardware.process.supervisor import Heartbeat
from sayso.hardware.robot import NoReading, RobotError
from sayso.hardware.types import JointState, JointTarget, RobotSpec
from tests.waiting import until


def swing(beat: Heartbeat, targets: ChannelAddress[JointTarget], spec: RobotSpec, barrier: Path | None = None) -> None:
    """A policy: sends the arm to and fro for ever, 50 targets a second, once no file ``barrier`` is there."""
    writer, clock = Publisher(targets), MonotonicClock()
    while barrier and barrier.exists():
        beat()
        clock.sleep_until(clock.now() + 0.02)
    start = clock.now()
    while True:
        now = clock.now()
        beat()
        way = 0.4 * np.sin(3.0 * (now - start))
        speed = 1.2 * np.cos(3.0 * (now - start))
        writer.write(JointTarget(spec.home + way, np.full(spec.dof, speed), 1.0, now + 10.0), now, now + 10.0)
        clock.sleep_until(now + 0.02)


def mock(spec: RobotSpec) -> MockRobot:
    return MockRobot(spec, MonotonicClock())


def broken(spec: RobotSpec) -> MockRobot:
    return MockRobot(spec, MonotonicClock(), Fault.READ_RAISES)


class Stubborn(MockRobot):
    """An arm that is lost after a while, and whose driver lets go of it only once ``file`` is there."""

    def __init__(self, spec: RobotSpec, file: str) -> None:
        super().__init__(spec, MonotonicClock())
        self._file, self._left = Path(file), 50

    def read(self) -> JointState:
        self._left -= 1
        if self._left < 0:
            raise RobotError("the line was cut")
        return super().read()

    def disconnect(self) -> None:
        if self._left < 0:
            until(self._file.exists)


class Brittle(Stubborn):
    """An arm that is lost, and whose library takes the process with it as it is let go of."""

    def disconnect(self) -> None:
        if self._left < 0:
            os.abort()


class Quits(MockRobot):
    """An arm whose library ends the program."""

    def __init__(self, spec: RobotSpec) -> None:
        super().__init__(spec, MonotonicClock())

    def connect(self) -> None:
        raise SystemExit(0)


class Silent(MockRobot):
    """An arm at an address that takes a connection and says nothing."""

    def __init__(self, spec: RobotSpec) -> None:
        super().__init__(spec, MonotonicClock())

    def connect(self) -> None:
        threading.Event().wait()


def puzzled(spec: RobotSpec) -> MockRobot:
    raise KeyError("a bug")


def crash(beat: Heartbeat, log: str) -> None:
    with Path(log).open("a") as file:
        file.write("x")
    raise SystemExit(7)


def tell(beat: Heartbeat, name: str, log: Path) -> None:
    """Write down the environment variable ``name``."""
    log.write_text(os.environ.get(name, ""))


def once(beat: Heartbeat, log: str) -> None:
    Path(log).write_text("done")


def hang(beat: Heartbeat, log: str) -> None:
    """A sign of life, and then none."""
    with Path(log).open("a") as file:
        file.write("x")
    beat()
    threading.Event().wait()


class Talker(MockRobot):
    """An arm whose driver has something to tell, at first and when it is let go of; it is lost after a while."""

    def __init__(self, spec: RobotSpec) -> None:
        super().__init__(spec, MonotonicClock())
        self.events: list[str] = []
        self._reads = 0

    def read(self) -> JointState:
        self._reads += 1
        if self._reads == 20:
            self.events.append("it squeaks")
        if self._reads == 100:
            raise NoReading("once")
        if self._reads > 300:
            raise RobotError("the line was cut")
        return super().read()

    def disconnect(self) -> None:
        self.events.append("it is left switched on")


class Sleepy(MockRobot):
    """An arm that lies down within a second, unless it is stopped; ``file`` is there once it has begun."""

    def __init__(self, spec: RobotSpec, file: str) -> None:
        super().__init__(spec, MonotonicClock())
        self._file = Path(file)

    def rest(self, stopped: Callable[[], bool]) -> bool:
        for _ in range(50):
            if stopped():
                return False
            self._file.touch()
            self.clock.sleep_until(self.clock.now() + 0.02)
        return True

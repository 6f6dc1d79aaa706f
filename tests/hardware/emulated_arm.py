"""``sayso emulate`` in a process of its own, as a device is: vendors' libraries hold on to Python's lock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import TracebackType
from typing import Self

import numpy as np

from sayso.hardware.check import check_robot
from sayso.hardware.robot import Robot
from sayso.hardware.types import Array


def own_host(number: int) -> str:
    """An address of this computer that no other run of the tests has meanwhile: the makers' ports are fixed."""
    return f"127.{1 + os.getpid() // 250 % 250}.{1 + os.getpid() % 250}.{number}"


class EmulatedArm:
    """An emulated arm until the end of the ``with``; `tell` sends it a line and returns its answer."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-c", "from sayso.cli import main; main()", "emulate", *arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        first = self._process.stdout.readline()
        assert " at " in first, f"it did not start: {first}"
        self.address = first.split(" at ")[1].strip()
        while (line := self._process.stdout.readline()) and not line.startswith("faults:"):
            pass  # cameras

    def tell(self, line: str) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def joints(self) -> Array:
        """Where the arm's joints (n,) rad are, as the simulation knows."""
        return np.array(json.loads(self.tell("joints"))[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(20) == 0
        assert self._process.stdout is not None
        self._process.stdout.close()


def problems_of(robot: Robot, tries: int = 3) -> list[str]:
    """What `check_robot` finds each time: a computer that stood still for a while is no fault of the arm."""
    for _ in range(tries):
        found = check_robot(robot)
        if not found:
            break
    return found


def at_rest(robot: Robot) -> Array:
    """Wait until the arm stands still; its joints then."""
    until = robot.clock.now() + 30.0
    before = robot.read().position
    while robot.clock.now() < until:
        robot.clock.sleep_until(robot.clock.now() + 0.3)
        here = robot.read().position
        if np.allclose(here, before, atol=1e-4):
            return here
        before = here
    raise AssertionError("the arm does not come to rest")

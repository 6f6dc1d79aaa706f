"""Executes, once a cycle, the commands that ``ur-rtde``'s control script finds in its input registers.

The real controller interprets the script's text. This emulator executes only the commands that a joint-servoing client
sends; any other command ends the program with a message, as a script error does.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import numpy as np

from sayso.hardware.emulated.joint_motion import JointMotion
from sayso.hardware.emulated.ur.rtde import Value
from sayso.hardware.types import Array

READY, DONE = 1, 2


class Command(IntEnum):
    """Values of ``input_int_register_0``."""

    NONE = 0
    MOVE_J = 1
    SERVO_J = 11
    SERVO_STOP = 16
    PROTECTIVE_STOP = 31
    STOP_J = 34
    SET_WATCHDOG = 35
    JOINTS_WITHIN_LIMITS = 37
    IS_STEADY = 47
    STOP_SCRIPT = 255


class ControlScript:
    """One run of the script; ``outputs`` are its output registers, ``over`` is the reason of its end or None."""

    def __init__(self, inputs: dict[str, Value], motion: JointMotion, protect: Callable[[], None]) -> None:
        self.outputs: dict[str, Value] = {"output_int_register_0": READY, "output_int_register_2": 0}
        self.over: str | None = None
        self.watchdog_s: float | None = None
        self._inputs, self._motion, self._protect = inputs, motion, protect
        self._n = len(motion.position)
        self._finished: Callable[[], bool] | None = None
        self._done = False  # the command was executed and the client has not yet cleared it

    def step(self) -> None:
        """One cycle of the script's main loop."""
        number = int(self._inputs.get("input_int_register_0", 0))  # type: ignore[arg-type]
        if self._finished is not None:
            if not self._finished():
                return
            self._finished = None
            self._signal(DONE)
            return
        if number == Command.SERVO_J:
            self._motion.servo(self._joints(), self._number(9))
            self._signal(READY)
        elif number == Command.NONE:
            self._done = False
            self._signal(READY)
        elif not self._done:
            self._done = True
            self._carry_out(number)

    def _carry_out(self, number: int) -> None:
        motion = self._motion
        waits: Callable[[], bool] = lambda: True  # noqa: E731
        match number:
            case Command.MOVE_J:
                motion.move(self._joints(), self._number(6), self._number(7))
                waits = lambda: not motion.moving  # noqa: E731
            case Command.SERVO_STOP:
                motion.brake()
                waits = lambda: motion.steady  # noqa: E731
            case Command.STOP_J:
                motion.brake(max(self._number(0), 0.1))
                waits = lambda: motion.steady  # noqa: E731
            case Command.PROTECTIVE_STOP:
                self._protect()
                return
            case Command.SET_WATCHDOG:
                self.watchdog_s = 1.0 / max(self._number(0), 0.1)
            case Command.JOINTS_WITHIN_LIMITS:
                self.outputs["output_int_register_1"] = int(bool(np.all(np.abs(self._joints()) <= 2 * np.pi)))
            case Command.IS_STEADY:
                self.outputs["output_int_register_1"] = int(motion.steady)
            case Command.STOP_SCRIPT:
                self.over = "stopped by its client"
                return
            case _:
                self.over = f"command {number} is not one that this controller carries out"
                return
        self._finished = waits

    def _signal(self, value: int) -> None:
        self.outputs["output_int_register_0"] = value

    def _number(self, i: int) -> float:
        return float(self._inputs.get(f"input_double_register_{i}", 0.0))  # type: ignore[arg-type]

    def _joints(self) -> Array:
        return np.array([self._number(i) for i in range(self._n)])

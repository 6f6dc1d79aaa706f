"""The Franka hand, driven by its own thread because its commands block until the fingers stand still."""

from __future__ import annotations

import threading

import franky

from sayso.hardware.clock import Clock
from sayso.hardware.robot import RobotError

PERIOD_S = 0.03
SPEED = 0.1  # m/s
FORCE = 40.0  # N
CHANGE = 0.02  # smallest change of the opening that is sent
CLOSED = 0.1  # a target below this opening is sent as a grasp
HOMED_M = 0.01


class FrankaHand:
    """Measures its ``opening`` in [0, 1] and follows ``target``; ``error`` is None, or why the thread has ended.

    ``live`` False only measures. Raises `RobotError` if there is no hand at ``host`` or it was never homed.
    """

    def __init__(self, host: str, clock: Clock, live: bool) -> None:
        self._host, self._clock, self._live = host, clock, live
        try:
            self._gripper = franky.Gripper(host)
            self._widest = self._gripper.max_width
        except (franky.Exception, RuntimeError) as error:
            raise RobotError(
                f"no Franka hand at {host}: {error}; describe an arm without a gripper if it has none"
            ) from error
        if self._widest < HOMED_M:
            raise RobotError(f"the hand at {host} does not know how wide it opens; home it in Desk")
        self.error: str | None = None
        self.target: float | None = None
        self.opening = self._measure()
        self._open = True
        self._thread = threading.Thread(target=self._run, name="franka hand", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close the connection; the hand keeps its grip. Safe to call twice."""
        self._open = False
        self._thread.join()

    def _measure(self) -> float:
        return float(min(max(self._gripper.width / self._widest, 0.0), 1.0))

    def _run(self) -> None:
        told = self.opening
        order: franky.BoolFuture | None = None
        try:
            while self._open:
                self.opening = self._measure()
                if order is not None and order.wait(0.0):
                    order.get()  # raises on a fault; fingers that meet an object are no fault
                    order = None
                target = self.target
                # Wait for the last order: the hand answers an interrupted one with "aborted".
                if self._live and order is None and target is not None and abs(target - told) > CHANGE:
                    order, told = self._order(target), target
                self._clock.sleep_until(self._clock.now() + PERIOD_S)
        except (franky.Exception, RuntimeError) as error:
            self.error = f"the hand at {self._host} failed: {error}"

    def _order(self, target: float) -> franky.BoolFuture:
        if target < CLOSED:
            # Widest tolerance, so that a grasp of any width counts as a success.
            return self._gripper.grasp_async(0.0, SPEED, FORCE, self._widest, self._widest)
        return self._gripper.move_async(target * self._widest, SPEED)

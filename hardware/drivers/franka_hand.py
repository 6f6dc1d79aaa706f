"""The Franka hand, asked and told by a thread of its own: its commands last until the fingers stand."""

from __future__ import annotations

import threading

import franky

from sayso.hardware.clock import Clock
from sayso.hardware.robot import RobotError

PERIOD_S = 0.03
SPEED = 0.1  # m/s
FORCE = 40.0  # N
CHANGE = 0.02  # of the opening; a smaller one is no new order
CLOSED = 0.1  # below this opening a target means to grasp
HOMED_M = 0.01


class FrankaHand:
    """Tells its ``opening`` in [0, 1] and goes to ``target``; ``error`` says why it no longer does, None while it does.

    Raises `RobotError` if there is none at ``host`` or it was never homed. ``live`` False only listens.
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
        """Let go of the connection; the hand holds what it holds. Safe to call twice."""
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
                    order.get()  # raises what went wrong; fingers that met something is not that
                    order = None
                target = self.target
                # An order that is interrupted by the next one is answered "aborted": one after the other.
                if self._live and order is None and target is not None and abs(target - told) > CHANGE:
                    order, told = self._order(target), target
                self._clock.sleep_until(self._clock.now() + PERIOD_S)
        except (franky.Exception, RuntimeError) as error:
            self.error = f"the hand at {self._host} failed: {error}"

    def _order(self, target: float) -> franky.BoolFuture:
        if target < CLOSED:
            # A grasp presses on whatever it meets; so wide a tolerance calls every width a success.
            return self._gripper.grasp_async(0.0, SPEED, FORCE, self._widest, self._widest)
        return self._gripper.move_async(target * self._widest, SPEED)

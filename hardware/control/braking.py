"""Braking trajectories: the stopping position of an arm under its limits, and the next state while it brakes."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

from ruckig import (
    ControlInterface,
    InputParameter,
    OutputParameter,
    Result,
    Ruckig,
    RuckigError,
    Synchronization,
    Trajectory,
)

from sayso.hardware.types import Array, RobotSpec

_DONE = (Result.Working, Result.Finished)
State = tuple[list[float], list[float], list[float]]


def limited_input(spec: RobotSpec) -> InputParameter:
    """A ruckig input with the arm's velocity, acceleration and jerk limits."""
    given = InputParameter(spec.dof)
    given.max_velocity, given.max_acceleration = spec.velocity.tolist(), spec.acceleration.tolist()
    given.max_jerk = spec.jerk.tolist()
    return given


def solved(solve: Callable[..., Result], given: InputParameter, out: OutputParameter | Trajectory) -> bool:
    """Call ruckig and return whether it found a trajectory; ruckig returns some errors and raises others."""
    try:
        return solve(given, out) in _DONE
    except RuckigError:
        return False


def longest_braking(spec: RobotSpec) -> Array:
    """Upper bound (n,) rad on each joint's braking distance, over all velocities and accelerations within limits."""
    # Remove the acceleration at top speed, then brake from top speed to rest.
    return spec.velocity**2 / (2 * spec.acceleration) + 1.5 * spec.velocity * spec.acceleration / spec.jerk


def turning_point(p: float, v: float, a: float, jerk: float, stop: float) -> float:
    """Farthest position while ``a``, opposed to ``v``, fades at ``jerk``; ``stop`` if that is farther. Rad, rad/s²."""
    side = 1.0 if v > 0.0 else -1.0
    v, a = v * side, -a * side
    root = a * a - 2.0 * jerk * v
    if root <= 0.0:
        return stop
    t = (a - sqrt(root)) / jerk
    ahead = p + side * (v * t - 0.5 * a * t * t + jerk * t * t * t / 6.0)
    return max(ahead, stop) if side > 0.0 else min(ahead, stop)


class Brake:
    """Brakes each joint on its own, time-optimally within its limits; states are lists in rad, rad/s and rad/s²."""

    def __init__(self, spec: RobotSpec, period_s: float) -> None:
        n = spec.dof
        self._ruckig, self._input = Ruckig(n, period_s), limited_input(spec)
        self._input.control_interface = ControlInterface.Velocity
        self._input.synchronization = Synchronization.No
        self._output, self._whole = OutputParameter(n), Trajectory(n)

    def stop(self, p: list[float], v: list[float], a: list[float]) -> list[float]:
        """The position at rest after braking from this state, or ``p`` if ruckig finds no trajectory."""
        given = self._input
        given.current_position, given.current_velocity, given.current_acceleration = p, v, a
        if not solved(self._ruckig.calculate, given, self._whole):
            return p
        return self.on_the_way(1.0)

    def on_the_way(self, fraction: float) -> list[float]:
        """The position at ``fraction`` of the duration of the last trajectory computed by `stop`."""
        position: list[float] = self._whole.at_time(self._whole.duration * fraction)[0]
        return position

    def step(self, p: list[float], v: list[float], a: list[float]) -> State:
        """The state one period later; rest at ``p`` if ruckig finds no trajectory."""
        given = self._input
        given.current_position, given.current_velocity, given.current_acceleration = p, v, a
        if not solved(self._ruckig.update, given, self._output):
            return p, [0.0] * len(p), [0.0] * len(p)
        return self._output.new_position, self._output.new_velocity, self._output.new_acceleration

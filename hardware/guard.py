"""The guard: the last thing between whoever commands an arm and the arm, and it trusts none of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite, sqrt

import numpy as np
from ruckig import ControlInterface, InputParameter, OutputParameter, Result, Ruckig, Synchronization, Trajectory

from hardware.kinematics import Kinematics
from hardware.robot import RobotError
from hardware.types import Array, JointState, JointTarget, RobotSpec

COMMAND_LIFE_S = 0.1  # a written command is for one period; a driver whose loop died must not keep it longer
HORIZON_S = 0.1  # a feed-forward velocity is believed this long after its target arrived
_TOLERANCE = 1e-9


class GuardEvent(StrEnum):
    """What the guard made of a target, least to worst within what is still followed and what is not."""

    OK = "ok"
    SPEED = "speed"
    RANGE = "range"
    WORKSPACE = "workspace"
    NO_TARGET = "no target"
    EXPIRED = "expired"
    NOT_FINITE = "not finite"
    WRONG_SHAPE = "wrong shape"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A ``target`` that is safe to write, whatever came in; ``text`` says what was wrong with what came in."""

    target: JointTarget
    event: GuardEvent
    text: str = ""


class Guard:
    """Makes of any target one that is safe to write: finite, fresh, in range, in the workspace, within speed limits.

    One invariant carries it: from the state that was last sent the arm can brake to rest within its joint ranges and
    with its tool inside the workspace. A step that would break it is not taken; the arm brakes instead.
    Trajectories within velocity, acceleration and jerk are ruckig's (Berscheid & Kröger 2021), one step a check,
    from the state last sent. A target's velocity is a feed-forward: between targets the arm goes on along it.
    """

    def __init__(self, spec: RobotSpec, period_s: float) -> None:
        n = spec.dof
        self.spec, self.period_s = spec, period_s
        self._kinematics = Kinematics(spec)
        self._box = [(float(a), float(b)) for a, b in zip(spec.workspace.lower, spec.workspace.upper, strict=True)]
        self._limits = list(
            zip(*(x.tolist() for x in (spec.lower, spec.upper, spec.velocity, spec.acceleration)), strict=True)
        )
        self._jerk: list[float] = spec.jerk.tolist()
        self._follow, self._brake = Ruckig(n, period_s), Ruckig(n, period_s)
        self._to_target, self._to_rest = InputParameter(n), InputParameter(n)
        for given in (self._to_target, self._to_rest):
            given.max_velocity, given.max_acceleration = spec.velocity.tolist(), spec.acceleration.tolist()
            given.max_jerk = self._jerk
            given.synchronization = Synchronization.No  # a joint that is where it should be must not wait for another
        self._to_rest.control_interface = ControlInterface.Velocity
        self._out, self._rest = OutputParameter(n), Trajectory(n)
        self._p: list[float] = []

    def reset(self, state: JointState) -> None:
        """Start from a measured state; raises RobotError if it is not finite or not of this arm."""
        position, velocity = _numbers(state.position), _numbers(state.velocity)
        if len(position) != self.spec.dof or len(velocity) != self.spec.dof:
            raise RobotError(
                f"{self.spec.name} needs {self.spec.dof} finite joint positions and velocities; got {state}"
            )
        self._p, self._a = position, [0.0] * len(position)
        self._v = [min(max(v, -m), m) for v, (_, _, m, _) in zip(velocity, self._limits, strict=True)]
        self._gripper = min(max(state.gripper, 0.0), 1.0) if isfinite(state.gripper) else 1.0
        self._last: tuple[list[float], list[float]] = ([], [])
        self._arrived = -inf
        self._stop = self._stop_from(self._p, self._v, self._a)
        self._outside = self._distance_outside(self._stop)

    def check(self, target: JointTarget | None, now: float) -> Verdict:
        """The next command, one period on from the last, toward ``target``; ``now`` on the robot's clock in seconds.

        Raises RobotError before the first `reset`; never because of what is in a target.
        """
        if not self._p:
            raise RobotError("the guard does not know where the arm is; call reset(state) first")
        if target is None:
            return self._hold(GuardEvent.NO_TARGET, "no target", now)
        if not now < target.expires:
            return self._hold(GuardEvent.EXPIRED, f"expired {now - target.expires:.3f} s ago", now)
        position, velocity = _numbers(target.position), _numbers(target.velocity)
        n = self.spec.dof
        if len(position) != n or len(velocity) != n:
            return self._hold(*self._why_not(target), now)

        event, text = GuardEvent.OK, ""
        if isfinite(target.gripper):
            self._gripper = min(max(float(target.gripper), 0.0), 1.0)
        else:
            event, text = GuardEvent.NOT_FINITE, f"gripper is {target.gripper}; its last command is kept"

        if (position, velocity) != self._last:
            self._last, self._arrived = (position, velocity), now
        limited, joint = self._aim(position, velocity, now - self._arrived, target.expires - now)
        if limited is not GuardEvent.OK and event is GuardEvent.OK:
            event, text = limited, f"{self.spec.joints[joint]} is limited in {limited.value}"
        follow = self._to_target
        follow.current_position, follow.current_velocity, follow.current_acceleration = self._p, self._v, self._a
        if self._follow.update(follow, self._out) not in (Result.Working, Result.Finished):
            return self._hold(GuardEvent.SPEED, "no trajectory to the target within the limits", now)
        p, v, a = self._out.new_position, self._out.new_velocity, self._out.new_acceleration
        stop = self._stop_from(p, v, a)
        stuck = self._leaves_range(p, v, a, stop)
        if stuck:
            bp, bv, ba = self._braked()
            for i in stuck:
                p[i], v[i], a[i] = bp[i], bv[i], ba[i]
            stop = self._stop_from(p, v, a)
        outside = self._distance_outside(stop)
        if outside > 0.0 and outside >= self._outside:
            return self._hold(GuardEvent.WORKSPACE, self._where(stop), now)
        return self._send(p, v, a, stop, outside, event, text, now)

    def _aim(self, position: list[float], velocity: list[float], age: float, left: float) -> tuple[GuardEvent, int]:
        """Set ruckig's target: moved on along its velocity, in range, and slow enough there to brake within it."""
        ahead = min(max(age, 0.0), HORIZON_S)
        event, joint = GuardEvent.OK, 0
        goal_p, goal_v = [], []
        for i, (p, v, at, (lower, upper, top, acc)) in enumerate(
            zip(position, velocity, self._p, self._limits, strict=True)
        ):
            if v > top or v < -top:
                v = top if v > 0.0 else -top
                if event is GuardEvent.OK:
                    event, joint = GuardEvent.SPEED, i
            if not lower - _TOLERANCE <= p <= upper + _TOLERANCE:
                event, joint = GuardEvent.RANGE, i
            elif event is GuardEvent.OK and abs(p - at) > top * left:
                event, joint = GuardEvent.SPEED, i
            p = min(max(p + v * ahead, lower), upper)
            room = min(upper - p, p - lower)
            if v and v * v / acc + abs(v) * acc / self._jerk[i] > 2.0 * room:
                k = acc / self._jerk[i]
                slow = 0.5 * acc * (sqrt(k * k + 8.0 * room / acc) - k)
                v = min(max(v, -slow), slow)
            goal_p.append(p)
            goal_v.append(v if age < HORIZON_S else 0.0)
        self._to_target.target_position, self._to_target.target_velocity = goal_p, goal_v
        return event, joint

    def _stop_from(self, p: list[float], v: list[float], a: list[float]) -> list[float]:
        """Where the arm comes to rest if it brakes from this state as hard as it may."""
        rest = self._to_rest
        rest.current_position, rest.current_velocity, rest.current_acceleration = p, v, a
        if self._brake.calculate(rest, self._rest) not in (Result.Working, Result.Finished):
            return p
        stop: list[float] = self._rest.at_time(self._rest.duration)[0]
        return stop

    def _braked(self) -> tuple[list[float], list[float], list[float]]:
        rest = self._to_rest
        rest.current_position, rest.current_velocity, rest.current_acceleration = self._p, self._v, self._a
        if self._brake.update(rest, self._out) not in (Result.Working, Result.Finished):
            zero = [0.0] * len(self._p)
            return self._p, zero, zero
        return self._out.new_position, self._out.new_velocity, self._out.new_acceleration

    def _leaves_range(self, p: list[float], v: list[float], a: list[float], stop: list[float]) -> list[int]:
        """Joints that could not brake within their range any more, and no better than before if they were outside."""
        out = []
        for i, (lower, upper, _, _) in enumerate(self._limits):
            end = stop[i]
            if v[i] * a[i] < 0.0 and v[i] * v[i] > 1e-18:
                # While a strong braking fades out the joint still moves on before it swings back to its stop.
                end = _turning_point(p[i], v[i], a[i], self._jerk[i], end)
            if (end > upper and end > max(self._stop[i], upper + _TOLERANCE)) or (
                end < lower and end < min(self._stop[i], lower - _TOLERANCE)
            ):
                out.append(i)
        return out

    def _distance_outside(self, position: list[float]) -> float:
        """How far the tool is outside of the workspace, in metres summed over the axes; 0 inside."""
        at = self._kinematics.forward(np.array(position)).position.tolist()
        return sum(max(lo - x, 0.0, x - hi) for x, (lo, hi) in zip(at, self._box, strict=True))

    def _where(self, position: list[float]) -> str:
        at = np.round(self._kinematics.forward(np.array(position)).position, 3).tolist()
        return f"the tool would leave the workspace at {at}; allowed {self._box}"

    def _why_not(self, target: JointTarget) -> tuple[GuardEvent, str]:
        n = self.spec.dof
        for name, value in (("position", target.position), ("velocity", target.velocity)):
            if np.shape(value) != (n,):
                return GuardEvent.WRONG_SHAPE, f"{name} has shape {np.shape(value)}; {self.spec.name} needs ({n},)"
        return GuardEvent.NOT_FINITE, f"not finite: position {target.position}, velocity {target.velocity}"

    def _hold(self, event: GuardEvent, text: str, now: float) -> Verdict:
        self._last = ([], [])
        p, v, a = self._braked()
        return self._send(p, v, a, self._stop, self._outside, event, text, now)

    def _send(
        self,
        p: list[float],
        v: list[float],
        a: list[float],
        stop: list[float],
        outside: float,
        event: GuardEvent,
        text: str,
        now: float,
    ) -> Verdict:
        self._p, self._v, self._a, self._stop, self._outside = p, v, a, stop, outside
        return Verdict(JointTarget(np.array(p), np.array(v), self._gripper, now + COMMAND_LIFE_S), event, text)


def _numbers(values: Array) -> list[float]:
    """The values as floats, or nothing if they are not a flat row of finite numbers."""
    try:
        row = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        return []
    out: list[float] = row.tolist()
    return out if row.ndim == 1 and all(map(isfinite, out)) else []


def _turning_point(p: float, v: float, a: float, jerk: float, stop: float) -> float:
    """The farthest point ahead while ``a``, opposed to ``v``, is reduced at ``jerk``; ``stop`` if it is farther."""
    side = 1.0 if v > 0.0 else -1.0
    v, a = v * side, -a * side
    root = a * a - 2.0 * jerk * v
    if root <= 0.0:
        return stop
    t = (a - sqrt(root)) / jerk
    ahead = p + side * (v * t - 0.5 * a * t * t + jerk * t * t * t / 6.0)
    return max(ahead, stop) if side > 0.0 else min(ahead, stop)

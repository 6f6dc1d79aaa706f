"""The guard: turns any target into a command that is safe to write to the arm. It trusts no caller."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, sqrt
from operator import le, sub

import numpy as np
from ruckig import OutputParameter, Ruckig

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.control.braking import Brake, limited_input, longest_braking, solved, turning_point
from sayso.hardware.control.clearance import Clearance
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array, JointState, JointTarget, RobotSpec

COMMAND_LIFE_S = 0.1  # lifetime of a command; a driver must not hold it longer when the loop has died
HORIZON_S = 0.1  # a feed-forward velocity applies this long after its target arrived
LOOKAHEAD_S = 0.1  # ruckig aims this far ahead of a moving target, to correct small errors without full jerk
SLOWEST = 0.01  # lowest fraction of a joint's velocity limit that the tool-speed limit may impose
_TOLERANCE = 1e-9


class GuardEvent(StrEnum):
    """The guard's verdict on a target; from NO_TARGET on the target is not followed."""

    OK = "ok"
    SPEED = "speed"
    RANGE = "range"
    WORKSPACE = "workspace"
    COLLISION = "collision"
    NO_TARGET = "no target"
    EXPIRED = "expired"
    NOT_FINITE = "not finite"
    WRONG_SHAPE = "wrong shape"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A ``target`` that is safe to write; ``text`` describes the fault of the requested target."""

    target: JointTarget
    event: GuardEvent
    text: str = ""


class Guard:
    """Turns any target into a safe one: finite, fresh, in range, in the workspace, within speed limits.

    Invariant: from the state last sent, the arm can brake to rest within its joint ranges and with its tool inside the
    workspace. A step that would violate the invariant is replaced by braking.
    ruckig (Berscheid & Kröger 2021) plans within velocity, acceleration and jerk limits, one step per check, from the
    state last sent. A target's velocity is feed-forward: the goal moves along it until the next target.
    With a ``clearance``, the braking trajectory must also stay clear of the arm itself and its surroundings. With a
    ``tool_speed`` in m/s, joint speeds are scaled so that the tool keeps to it.
    """

    def __init__(
        self, spec: RobotSpec, period_s: float, clearance: Clearance | None = None, tool_speed: float | None = None
    ) -> None:
        n = spec.dof
        self.spec, self.period_s = spec, period_s
        self._clearance, self._tool_speed = clearance, tool_speed
        self._kinematics = Kinematics(spec)
        self._box = (spec.workspace.lower.tolist(), spec.workspace.upper.tolist())
        limits = (spec.lower, spec.upper, spec.velocity, spec.acceleration, spec.jerk)
        self._limits = list(zip(*(x.tolist() for x in limits), strict=True))
        self._lower, self._upper = spec.lower.tolist(), spec.upper.tolist()
        self._slowest, self._fastest = (-spec.velocity).tolist(), spec.velocity.tolist()
        self._least_speed = float(spec.velocity.min())
        # A joint farther from its bounds than the longest braking distance needs no range check.
        reach = longest_braking(spec)
        self._inner_lower, self._inner_upper = (spec.lower + reach).tolist(), (spec.upper - reach).tolist()
        self._follow, self._to_goal, self._step = Ruckig(n, period_s), limited_input(spec), OutputParameter(n)
        self._to_goal.minimum_duration = LOOKAHEAD_S
        self._brake = Brake(spec, period_s)
        self._p: list[float] = []
        self._target: JointTarget | None = None  # the target being followed, None if there is none
        self._seen: tuple[list[float], list[float]] = ([], [])
        self._arrived = 0.0
        self._goal_p: list[float] = []
        self._goal_v: list[float] = []
        self._moving = self._blocked = False
        self._finding = (GuardEvent.OK, "")

    def reset(self, state: JointState) -> None:
        """Start from a measured state. Raises `RobotError` if it is not finite or has the wrong number of joints."""
        position, velocity = _numbers(state.position), _numbers(state.velocity)
        if len(position) != self.spec.dof or len(velocity) != self.spec.dof:
            raise RobotError(f"{self.spec.name} needs {self.spec.dof} finite joint positions, velocities; got {state}")
        self._p, self._a = position, [0.0] * len(position)
        self._v = [min(max(v, -top), top) for v, (_, _, top, _, _) in zip(velocity, self._limits, strict=True)]
        self._gripper = min(max(float(state.gripper), 0.0), 1.0) if isfinite(state.gripper) else 1.0
        self._stop = self._brake.stop(self._p, self._v, self._a)
        self._outside = self._distance_outside(self._stop)
        self._forget()

    def limit_speed(self, fraction: float) -> None:
        """Scale the velocity limits to ``fraction``, in (0, 1]."""
        top = (self.spec.velocity * min(max(fraction, 0.0), 1.0)).tolist()
        self._limits = [(lo, hi, v, acc, jerk) for (lo, hi, _, acc, jerk), v in zip(self._limits, top, strict=True)]
        self._slowest, self._fastest, self._least_speed = [-v for v in top], top, min(top)
        self._to_goal.max_velocity = top
        if self._target is not None:
            self._goal_v = [min(max(v, -most), most) for v, most in zip(self._goal_v, top, strict=True)]

    def check(self, target: JointTarget | None, now: float) -> Verdict:
        """The next command, one period after the last, toward ``target``; ``now`` in s on the robot's clock.

        Raises `RobotError` before the first `reset`; never because of a target's content.
        """
        if not self._p:
            raise RobotError("the guard does not know where the arm is; call reset(state) first")
        if target is None:
            self._forget()
            return self._hold(GuardEvent.NO_TARGET, "no target", now)
        try:
            if not now < target.expires:
                self._forget()
                return self._hold(GuardEvent.EXPIRED, f"expired at {target.expires}, it is {now}", now)
            if target is not self._target:
                self._take(target, now)
        except (TypeError, ValueError) as error:
            self._finding = GuardEvent.WRONG_SHAPE, str(error)
        event, text = self._finding
        if self._target is None:
            return self._hold(event, text, now)
        if self._blocked:
            # Refuse a target behind the boundary or obstacle: retrying every cycle would make the arm rattle.
            there = self._distance_outside(self._goal_p)
            if there > 0.0 and there >= self._outside:
                return self._hold(GuardEvent.WORKSPACE, self._where(self._goal_p), now)
            if self._comes_close(self._goal_p, self._goal_p):
                return self._hold(GuardEvent.COLLISION, self._how_close(self._goal_p), now)
            self._blocked = False
        if self._moving:
            self._move_goal(now - self._arrived)

        follow = self._to_goal
        if self._tool_speed is not None:
            self._slow_tool(self._tool_speed)
        follow.current_position, follow.current_velocity, follow.current_acceleration = self._p, self._v, self._a
        if not solved(self._follow.update, follow, self._step):
            return self._hold(GuardEvent.SPEED, "no trajectory to the target within the limits", now)
        p, v, a = self._step.new_position, self._step.new_velocity, self._step.new_acceleration
        stop = self._brake.stop(p, v, a)
        if not _between(self._inner_lower, p, self._inner_upper):
            stuck = self._leaves_range(p, v, a, stop)
            if stuck:
                braked = self._brake.step(self._p, self._v, self._a)
                for i in stuck:
                    p[i], v[i], a[i] = braked[0][i], braked[1][i], braked[2][i]
                stop = self._brake.stop(p, v, a)
        outside = self._distance_outside(stop)
        if (outside > 0.0 and outside >= self._outside) or (outside <= 0.0 and self._swings_out(p, stop, -outside)):
            self._blocked = True
            return self._hold(GuardEvent.WORKSPACE, self._where(stop), now)
        if self._comes_close(p, stop):
            self._blocked = True
            return self._hold(GuardEvent.COLLISION, self._how_close(stop), now)
        return self._send(p, v, a, stop, outside, event, text, now)

    def _take(self, target: JointTarget, now: float) -> None:
        """Validate a new target; set the goal if the target may be followed."""
        self._target = None
        position, velocity = _numbers(target.position), _numbers(target.velocity)
        n = self.spec.dof
        if len(position) != n or len(velocity) != n:
            self._finding = self._why_not(target)
            return
        self._finding = GuardEvent.OK, ""
        if isfinite(target.gripper):
            self._gripper = min(max(float(target.gripper), 0.0), 1.0)
        else:
            self._finding = GuardEvent.NOT_FINITE, f"gripper is {target.gripper}; the last command stays"
        if (position, velocity) != self._seen:
            self._seen, self._arrived = (position, velocity), now

        left = target.expires - now
        if not (_between(self._lower, position, self._upper) and _between(self._slowest, velocity, self._fastest)):
            for i, (p, v, (lower, upper, top, _, _)) in enumerate(zip(position, velocity, self._limits, strict=True)):
                if not -top <= v <= top:
                    self._find(GuardEvent.SPEED, i, v, f"±{top} rad/s")
                if not lower <= p <= upper:
                    self._find(GuardEvent.RANGE, i, p, f"{lower} to {upper} rad")
            position = [min(max(p, lower), upper) for p, (lower, upper, *_) in zip(position, self._limits, strict=True)]
            velocity = [min(max(v, -top), top) for v, (_, _, top, *_) in zip(velocity, self._limits, strict=True)]
        if max(map(abs, map(sub, position, self._p))) > self._least_speed * left:
            for i, (p, at, (_, _, top, _, _)) in enumerate(zip(position, self._p, self._limits, strict=True)):
                if abs(p - at) > top * left:
                    self._find(GuardEvent.SPEED, i, p, f"±{top} rad/s, too slow to be there in {left:.3f} s")
        self._goal_p, self._goal_v, self._moving = position, velocity, any(velocity)
        if not self._moving:
            self._to_goal.target_position, self._to_goal.target_velocity = position, velocity
        self._target = target

    def _find(self, event: GuardEvent, joint: int, value: float, allowed: str) -> None:
        if self._finding[0] is GuardEvent.OK:
            self._finding = event, f"{self.spec.joints[joint]} wants {value:.4g}; allowed {allowed}"

    def _move_goal(self, age: float) -> None:
        """Move ruckig's goal along the target's velocity, clamped to the range and to a speed that can brake in it."""
        if age < HORIZON_S:
            ahead, goal_v = max(age, 0.0) + LOOKAHEAD_S - self.period_s, self._goal_v
        else:
            ahead, goal_v = HORIZON_S + 0.5 * LOOKAHEAD_S, [0.0] * len(self._goal_v)
        goal_p = [p + v * ahead for p, v in zip(self._goal_p, self._goal_v, strict=True)]
        if not _between(self._inner_lower, goal_p, self._inner_upper):
            goal_v = list(goal_v)
            for i, (p, v, (lower, upper, _, acc, jerk)) in enumerate(zip(goal_p, goal_v, self._limits, strict=True)):
                goal_p[i] = p = min(max(p, lower), upper)
                room = min(upper - p, p - lower)
                k = acc / jerk
                top = 0.5 * acc * (sqrt(k * k + 8.0 * room / acc) - k)
                goal_v[i] = min(max(v, -top), top)
        self._to_goal.target_position, self._to_goal.target_velocity = goal_p, goal_v

    def _slow_tool(self, most: float) -> None:
        """Scale the joint speed limits so that the tool keeps to ``most`` m/s on its current path."""
        follow = self._to_goal
        goal_p, goal_v = self._goal_p, self._goal_v
        if self._moving:
            goal_p, goal_v = follow.target_position, follow.target_velocity
        way = [v + (p - at) / LOOKAHEAD_S for p, v, at in zip(goal_p, goal_v, self._p, strict=True)]
        speed = float(np.linalg.norm(self._kinematics.jacobian(np.array(self._p))[:3] @ way))
        share = min(1.0, most / speed) if speed > 0.0 else 1.0
        top = self._fastest
        if share < 1.0:
            top = [min(max(abs(v) * share, SLOWEST * t), t) for v, t in zip(way, self._fastest, strict=True)]
        follow.max_velocity = top
        follow.target_velocity = [min(max(v, -t), t) for v, t in zip(goal_v, top, strict=True)]

    def _forget(self) -> None:
        self._target, self._seen, self._blocked = None, ([], []), False

    def _leaves_range(self, p: list[float], v: list[float], a: list[float], stop: list[float]) -> list[int]:
        """Joints that could no longer brake within their range; outside already: that would brake farther out."""
        out = []
        for i, (lower, upper, _, _, jerk) in enumerate(self._limits):
            end = stop[i]
            if v[i] * a[i] < 0.0 and v[i] * v[i] > 1e-18:
                # While a strong deceleration fades, the joint overshoots its stop before it returns.
                end = turning_point(p[i], v[i], a[i], jerk, end)
            if (end > upper and end > max(self._stop[i], upper + _TOLERANCE)) or (
                end < lower and end < min(self._stop[i], lower - _TOLERANCE)
            ):
                out.append(i)
        return out

    def _swings_out(self, p: list[float], stop: list[float], depth: float) -> bool:
        """Whether the tool leaves the workspace between ``p`` and a ``stop`` that lies ``depth`` m inside."""
        turned = sum(map(abs, map(sub, stop, p)))
        if depth > 0.5 * turned:  # for an arm of 1 m no point of the path is farther from the nearer end
            return False
        # Between two samples the path may bend outward slightly. An arm outside or at the boundary may move as long as
        # it does not move farther out.
        allowed = max(self._distance_outside(self._p), -0.025 * turned * turned)
        path = [p, *(self._brake.on_the_way(f) for f in (0.25, 0.5, 0.75))]
        return any(self._distance_outside(q) > allowed for q in path)

    def _distance_outside(self, position: list[float]) -> float:
        """Distance (m) of the tool outside the workspace, summed over the axes; inside: minus the depth."""
        x, y, z = at = self._kinematics.tool_position(np.array(position))
        (x0, y0, z0), (x1, y1, z1) = self._box
        depth = min(x - x0, x1 - x, y - y0, y1 - y, z - z0, z1 - z)
        if depth >= 0.0:
            return -depth
        return sum(max(lo - c, 0.0, c - hi) for c, lo, hi in zip(at, *self._box, strict=True))

    def _where(self, position: list[float]) -> str:
        at = [round(c, 3) for c in self._kinematics.tool_position(np.array(position))]
        return f"the tool would leave the workspace at {at}; allowed {self._box[0]} to {self._box[1]}"

    def _comes_close(self, start: list[float], stop: list[float]) -> bool:
        """Whether the path to ``stop`` violates the clearance without improving on the present distance."""
        c = self._clearance
        if c is None or c.clear_way(start, stop):
            return False
        here = c.worst(self._stop)[0]
        return here > 0.0 or c.worst(stop)[0] <= here

    def _how_close(self, position: list[float]) -> str:
        assert self._clearance is not None
        distance, what = self._clearance.worst(position)
        return f"{what} would come {1e3 * max(0.0, -distance):.0f} mm closer than allowed"

    def _why_not(self, target: JointTarget) -> tuple[GuardEvent, str]:
        n = self.spec.dof
        for name, value in (("position", target.position), ("velocity", target.velocity)):
            if np.shape(value) != (n,):
                return GuardEvent.WRONG_SHAPE, f"{name} has shape {np.shape(value)}; {self.spec.name} needs ({n},)"
        return GuardEvent.NOT_FINITE, f"not finite: position {target.position}, velocity {target.velocity}"

    def _hold(self, event: GuardEvent, text: str, now: float) -> Verdict:
        p, v, a = self._brake.step(self._p, self._v, self._a)
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


def _between(lower: list[float], values: list[float], upper: list[float]) -> bool:
    return all(map(le, lower, values)) and all(map(le, values, upper))


def _numbers(values: Array) -> list[float]:
    """The values as floats; an empty list unless they are a flat row of finite numbers."""
    try:
        row = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        return []
    out: list[float] = row.tolist()
    # A finite sum has finite terms only; finite terms may have a sum that is not.
    return out if row.ndim == 1 and (isfinite(sum(out)) or all(map(isfinite, out))) else []

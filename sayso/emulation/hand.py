"""A simulated person's hand on an emulated arm without torque, controlled by text lines, for calibration."""

from __future__ import annotations

from math import degrees, radians

import numpy as np
from scipy.optimize import least_squares

from sayso.hardware.arms.hand_shape import HandShape
from sayso.hardware.arms.kinematics import Kinematics, joint_ranges
from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.types import Array, RobotSpec
from sayso.sim.device import SimDevice

HELP = "move JOINT DEGREES … (gripper: 0 to 100 %), move middle, sweep, touch X Y (cm ahead and to the left), let go"
TOUCHES_M, LIFTED_M = 0.002, 0.06
PATIENCE_S, POLL_S = 10.0, 0.02


class Hand:
    """Moves joints of ``device`` without torque and holds the arm until released or until torque is switched on."""

    def __init__(self, device: SimDevice, clock: Clock | None = None) -> None:
        self._device, self._clock, spec = device, clock or MonotonicClock(), device.spec
        jaw = spec.gripper.jaw.joint if spec.gripper and spec.gripper.jaw else None
        self._jaw = spec.dof if jaw else -1
        self._names = [*spec.joints, *(["gripper"] if jaw else [])]
        ranges = joint_ranges(spec.urdf)
        self._ranges = [ranges[name] for name in [*spec.joints, *([jaw] if jaw else [])]]

    def obey(self, line: str) -> str | None:
        """Execute a line and return the answer when done; None for a line that is not a hand command."""
        words = line.split()
        if words[:1] not in (["move"], ["sweep"], ["let"], ["touch"]):
            return None
        try:
            if words == ["let", "go"]:
                self._device.by_hand({})
            elif words == ["sweep"]:
                self._sweep()
            elif len(words) == 3 and words[0] == "touch":
                self._touch(*words[1:])
            elif words == ["move", "middle"]:
                self._go(dict(enumerate(map(_middle, self._ranges))))
            elif len(words) % 2 and len(words) > 1 and words[0] == "move":
                pairs = zip(words[1::2], words[2::2], strict=True)
                self._go(dict(self._place(name, text) for name, text in pairs))
            else:
                return f"cannot {line}; a hand can {HELP}"
        except ValueError as error:
            return f"cannot {line}: {error}"
        return f"done: {line}"

    def _sweep(self) -> None:
        """Move every joint from end to end, one after the other, and back to the middle."""
        self._go(dict(enumerate(map(_middle, self._ranges))))
        for motor, (low, high) in enumerate(self._ranges):
            for angle in (low, high, _middle((low, high))):
                self._go({motor: angle})

    def _touch(self, ahead: str, left: str) -> None:
        """Lift the hand, and put the tip of the closed fingers on the table, the hand pointing down."""
        try:
            x, y = float(ahead) / 100, float(left) / 100
        except ValueError:
            raise ValueError("touch takes two numbers, cm ahead of the base and cm to the left") from None
        above, there = (touching(self._device.spec, np.array([x, y, z])) for z in (LIFTED_M, 0.0))
        shut = {self._jaw: self._ranges[self._jaw][0]} if self._jaw >= 0 else {}
        self._go(dict(enumerate(above.tolist())) | shut)
        self._go(dict(enumerate(there.tolist())) | shut)

    def _place(self, name: str, text: str) -> tuple[int, float]:
        if name not in self._names:
            raise ValueError(f"there is no joint {name}; there are: {', '.join(self._names)}")
        motor = self._names.index(name)
        low, high = self._ranges[motor]
        ends = (0.0, 100.0) if motor == self._jaw else (degrees(low), degrees(high))
        try:
            value = float(text)
        except ValueError:
            raise ValueError(f"'{text}' is no number") from None
        if not ends[0] - 0.5 <= value <= ends[1] + 0.5:
            unit = "%" if motor == self._jaw else "degrees"
            raise ValueError(f"{name} goes from {ends[0]:.0f} to {ends[1]:.0f} {unit}")
        angle = low + (high - low) * value / 100 if motor == self._jaw else radians(value)
        return motor, min(max(angle, low), high)

    def _go(self, goals: dict[int, float]) -> None:
        if on := self._device.switched_on(goals):
            raise ValueError(f"{', '.join(self._names[k] for k in on)} is switched on; a hand cannot move it")
        self._device.by_hand(goals)
        until = self._clock.now() + PATIENCE_S
        while self._device.moved_by_hand and self._clock.now() < until:
            self._clock.sleep_until(self._clock.now() + POLL_S)


def _middle(ends: tuple[float, float]) -> float:
    return (ends[0] + ends[1]) / 2


def touching(spec: RobotSpec, point: Array) -> Array:
    """Joint positions (n,) rad with the fingertip at ``point`` (3,) m and the hand pointing down, as far as it can.

    Raises ValueError beyond the arm's reach.
    """
    kinematics, tip = Kinematics(spec), HandShape(spec).fingertip()
    start = spec.home.copy()
    start[0] = np.clip(-np.arctan2(point[1], point[0]), spec.lower[0], spec.upper[0])

    def miss(q: Array) -> Array:
        hand = kinematics.forward(q)
        lean = hand.rotation[:2, 2]
        return np.concatenate([100 * (hand.position + hand.rotation @ tip - point), lean, 0.05 * (q - start)])

    q = least_squares(miss, start, bounds=(spec.lower, spec.upper)).x
    off = float(np.linalg.norm(miss(q)[:3])) / 100
    if off > TOUCHES_M:
        raise ValueError(f"the fingertip comes no nearer than {100 * off:.0f} cm")
    return np.asarray(q)

"""A simulated person's hand on an emulated arm without torque, controlled by text lines, for calibration."""

from __future__ import annotations

from math import degrees, radians

from sayso.hardware.arms.kinematics import joint_ranges
from sayso.hardware.clock import Clock, MonotonicClock
from sayso.sim.device import SimDevice

HELP = "move JOINT DEGREES … (gripper: 0 to 100 %), move middle, sweep, let go"
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
        if words[:1] not in (["move"], ["sweep"], ["let"]):
            return None
        try:
            if words == ["let", "go"]:
                self._device.by_hand({})
            elif words == ["sweep"]:
                self._sweep()
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

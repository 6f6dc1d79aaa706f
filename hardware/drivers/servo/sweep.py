"""Calibration of a servo arm as in LeRobot: set the middle pose, then move every joint through its range."""

from __future__ import annotations

from dataclasses import dataclass
from math import degrees

from sayso.hardware.drivers.servo.bus import MIDDLE, ServoBus, ServoError
from sayso.hardware.drivers.servo.calibration import ServoCalibration
from sayso.hardware.robot import RobotError

TICKS = 4096
FULL_TURN = 3500  # a joint with a larger range, in ticks, has no end stops to feel
# Degrees by which a sweep may fall short of the URDF's range or exceed it: self-built arms calibrated with LeRobot go
# up to 30° further before they reach their end stops.
MOST_SHORT, MOST_BEYOND = 12.0, 32.0


@dataclass(frozen=True, slots=True)
class Span:
    """A joint's swept range and its URDF range, degrees."""

    name: str
    moved: float
    built: float
    full_turn: bool

    @property
    def problem(self) -> str | None:
        """The fault of the sweep, None without one."""
        off = self.moved - self.built
        if self.full_turn or -MOST_SHORT <= off <= MOST_BEYOND:
            return None
        way = "not to both of its ends" if off < 0 else "farther than it can: was its horn remounted?"
        return f"{self.name} was moved through {self.moved:.0f}° of {self.built:.0f}°, {way}"


class ServoSweep:
    """Records a sweep of joints with the URDF ``ranges`` (rad), in the order of servo ids 1, 2, …

    Writes nothing before `store`. Raises `RobotError` if a servo has torque: the arm might fall if it were released.
    """

    def __init__(self, bus: ServoBus, ranges: dict[str, tuple[float, float]]) -> None:
        self._bus, self.names = bus, tuple(ranges)
        self._built = {name: degrees(high - low) for name, (low, high) in ranges.items()}
        self._ids = list(range(1, len(ranges) + 1))
        if holding := [n for i, n in zip(self._ids, self.names, strict=True) if bus.has_torque(i)]:
            raise RobotError(
                f"{', '.join(holding)} is switched on: lay the arm down, then switch its power off and on, so that "
                "it can be moved by hand"
            )
        self._offsets = [bus.homing(i) for i in self._ids]
        self._middle: list[int] = []
        self.low = [MIDDLE] * len(self._ids)
        self.high = [MIDDLE] * len(self._ids)

    def middle(self) -> None:
        """Record the present pose as the middle of all ranges."""
        self._middle = self._encoders()
        self.low, self.high = [MIDDLE] * len(self._ids), [MIDDLE] * len(self._ids)

    def sample(self) -> None:
        """Record the present pose; call often while a person moves the arm. Raises `RobotError` before `middle`."""
        if not self._middle:
            raise RobotError("call middle() first")
        try:
            seen = self._encoders()
        except ServoError:
            return  # the next sample follows at once
        for k, (encoder, middle) in enumerate(zip(seen, self._middle, strict=True)):
            there = MIDDLE + (encoder - middle + TICKS // 2) % TICKS - TICKS // 2
            self.low[k], self.high[k] = min(self.low[k], there), max(self.high[k], there)

    def spans(self) -> list[Span]:
        """The range that each joint has swept so far."""
        return [
            Span(name, (high - low) * 360 / TICKS, self._built[name], self._built[name] / 360 * TICKS > FULL_TURN)
            for name, low, high in zip(self.names, self.low, self.high, strict=True)
        ]

    def result(self) -> dict[str, ServoCalibration]:
        """The calibration. Raises `RobotError` that names the joints with an incomplete sweep."""
        spans = self.spans()
        if problems := [p for s in spans if (p := s.problem)]:
            raise RobotError("; ".join(problems))
        return {
            s.name: ServoCalibration(
                id=i,
                drive_mode=0,
                homing_offset=self._bus.offset(middle),
                range_min=0 if s.full_turn else low,
                range_max=TICKS - 1 if s.full_turn else high,
            )
            for i, s, middle, low, high in zip(self._ids, spans, self._middle, self.low, self.high, strict=True)
        }

    def store(self, calibration: dict[str, ServoCalibration]) -> None:
        """Write the calibration to the servos and read it back. Raises `RobotError` if they differ."""
        for name, c in calibration.items():
            self._bus.calibrate(c.id, c.homing_offset, c.range_min, c.range_max)
            found = (self._bus.homing(c.id), *self._bus.range(c.id))
            if found != (c.homing_offset, c.range_min, c.range_max):
                raise RobotError(
                    f"{name} (id {c.id}) was set to {c.homing_offset, c.range_min, c.range_max} and has {found}"
                )

    def _encoders(self) -> list[int]:
        states = self._bus.states(self._ids)
        return [self._bus.encoder(p, offset) for (p, _), offset in zip(states, self._offsets, strict=True)]

"""Collects an arm's joints from a ROS topic with several publishers, whose messages may each hold some joints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError

from sayso.hardware.types import Array

RECENT_S = 1.0
NAMES_KEPT = 200


class _Message(BaseModel):
    """The fields used of sensor_msgs/JointState. rosbridge sends null for NaN."""

    name: list[str]
    position: list[float | None] = []
    velocity: list[float | None] = []


@dataclass(frozen=True, slots=True)
class _Joint:
    t: float
    position: float
    velocity: float


class JointStates:
    """The newest state of each of ``joints`` and ``more``, from any message; other joints are ignored.

    A joint without a number in a message keeps its old value and time.
    """

    def __init__(self, joints: Sequence[str], more: Sequence[str] = ()) -> None:
        self._joints, self._more = tuple(joints), tuple(more)
        self._newest: dict[str, _Joint] = {}
        self._named: dict[str, float] = {}  # arrival time (s) of each name, of any joint, with or without a number
        self._broken = ""

    def take(self, message: Any, t: float) -> bool:
        """Store a message that arrived at ``t`` s; return whether it held one of the joints."""
        try:
            found = _Message.model_validate(message)
        except ValidationError as error:
            self._broken = str(error.errors()[0]["msg"])
            return False
        self._broken = ""
        speeds = found.velocity if len(found.velocity) == len(found.name) else [None] * len(found.name)
        ours = False
        for name, position, speed in zip(found.name, found.position, speeds, strict=False):
            if position is not None and isfinite(position) and name in (*self._joints, *self._more):
                speed = speed if speed is not None and isfinite(speed) else 0.0
                self._newest[name], ours = _Joint(t, position, speed), True
        self._named = {n: s for n, s in self._named.items() if t - s < RECENT_S} | dict.fromkeys(found.name, t)
        self._named = dict(list(self._named.items())[-NAMES_KEPT:])
        return ours

    @property
    def t(self) -> float:
        """Arrival time (s) of the oldest joint; minus infinity while one is missing."""
        return min(self._newest[name].t if name in self._newest else -np.inf for name in self._joints)

    def all_there(self) -> bool:
        """Whether every joint has been received, ``more`` included."""
        return all(name in self._newest for name in (*self._joints, *self._more))

    def position(self) -> Array:
        """Positions (n,) of ``joints``, in order."""
        return np.array([self._newest[name].position for name in self._joints])

    def velocity(self) -> Array:
        """Velocities (n,) of ``joints``, in order; 0 where a message had none."""
        return np.array([self._newest[name].velocity for name in self._joints])

    def of(self, name: str) -> tuple[float, float]:
        """Arrival time (s) and position of one joint."""
        return self._newest[name].t, self._newest[name].position

    def why_missing(self, topic: str, now: float, older_s: float) -> str:
        """The fault of ``topic`` if a joint is older than ``older_s``, or one of ``more`` than `RECENT_S`; else ""."""
        if self._broken:
            return f"{topic} has an invalid message: {self._broken}"
        allowed = dict.fromkeys(self._joints, older_s) | dict.fromkeys(self._more, max(older_s, RECENT_S))
        old = [n for n, most in allowed.items() if n not in self._newest or now - self._newest[n].t > most]
        if unnumbered := [n for n in old if now - self._named.get(n, -np.inf) <= older_s]:
            return f"{topic} has an invalid message: there is no number for {', '.join(unnumbered)}"
        others = [n for n, t in self._named.items() if now - t <= older_s and n not in old]
        if old and others:
            return f"{topic} has no joint {', '.join(old)}; it has {', '.join(others)}"
        return ""

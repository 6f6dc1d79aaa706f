"""Tracking error: detects an arm that is blocked, pushed or broken, because it does not follow its commands."""

from __future__ import annotations

from math import inf
from operator import gt, sub

from sayso.hardware.types import Array, RobotSpec

SLACK_RAD, DELAY_S = 0.1, 0.1
DWELL_S = 0.2


class Tracking:
    """Compares measured with sent positions; a delay of `DELAY_S` at top speed is allowed."""

    def __init__(self, spec: RobotSpec, dwell_s: float = DWELL_S) -> None:
        self._spec, self._dwell_s = spec, dwell_s
        self._allowed = (SLACK_RAD + DELAY_S * spec.velocity).tolist()
        self._since = inf

    def check(self, measured: Array, sent: Array, now: float) -> str:
        """Check positions (n,) rad at ``now`` s; return the fault after `DWELL_S` of deviation, else an empty text."""
        off = list(map(abs, map(sub, measured.tolist(), sent.tolist())))
        if not any(map(gt, off, self._allowed)):
            self._since = inf
            return ""
        self._since = min(self._since, now)
        if now - self._since < self._dwell_s:
            return ""
        i = max(range(len(off)), key=lambda k: off[k] / self._allowed[k])
        return (
            f"{self._spec.joints[i]} is {off[i]:.3f} rad from where it was sent; {self._allowed[i]:.3f} rad is allowed"
        )

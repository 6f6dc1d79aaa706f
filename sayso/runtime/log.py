"""The log of a runtime: motions, corrections with their latency, judgements and timings."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from sayso.hardware.types import Array
from sayso.planner.corrections.correction import Correction
from sayso.planner.execution.critic import Judgement
from sayso.planner.outlook.critic import Outlook
from sayso.result import Source
from sayso.skills.motion import LanguageMotion


@dataclass(frozen=True, slots=True)
class SpokenMotion:
    """A motion in force from ``t`` s on, chosen by the planner or the operator."""

    t: float
    text: str
    source: Source


@dataclass
class Heard:
    """A correction that arrived at ``t`` s, and its delay (ms) to the first changed target; None if none changed.

    ``answer`` is what the robot says to it, ``nudge`` (3,) m by how much it shifts the subtask's goal.
    """

    t: float
    correction: Correction
    latency_ms: float | None = None
    answer: str = ""
    nudge: Array | None = None


@dataclass
class Log:
    """Events in order of time; ``timings`` in ms by part."""

    motions: list[SpokenMotion] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    judgements: list[tuple[float, Judgement]] = field(default_factory=list)
    outlooks: list[Outlook] = field(default_factory=list)
    timings: dict[str, list[float]] = field(
        default_factory=lambda: {"policy": [], "motion": [], "planner": [], "scene": [], "critic": []}
    )

    def forget(self) -> None:
        """Start new lists; lists already handed out do not change."""
        self.motions, self.heard, self.judgements, self.outlooks = [], [], [], []
        self.timings = {name: [] for name in self.timings}

    def time(self, name: str, began: float) -> None:
        """Record the time (ms) since ``began``, a `time.perf_counter` reading."""
        self.timings[name].append((time.perf_counter() - began) * 1e3)

    def motion(self, now: float, motion: LanguageMotion, source: Source) -> None:
        """Record the motion in force if text or source changed."""
        last = self.motions[-1] if self.motions else None
        if last is None or (last.text, last.source) != (str(motion), source):
            self.motions.append(SpokenMotion(now, str(motion), source))

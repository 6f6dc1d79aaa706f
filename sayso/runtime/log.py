"""What a runtime writes down while it runs: motions, corrections with their latency, judgements and timings."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from sayso.planner.corrections.reader import Correction
from sayso.planner.critic import Judgement
from sayso.result import Source
from sayso.skills.motion import LanguageMotion


@dataclass(frozen=True, slots=True)
class SpokenMotion:
    """A motion said at ``t`` s by the planner or the operator."""

    t: float
    text: str
    source: Source


@dataclass
class Heard:
    """A correction, when it arrived, and the delay (ms) until the first target it changed; None if it changed none."""

    t: float
    correction: Correction
    latency_ms: float | None = None


@dataclass
class Log:
    """What happened, as it happened."""

    motions: list[SpokenMotion] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    judgements: list[tuple[float, Judgement]] = field(default_factory=list)
    timings: dict[str, list[float]] = field(
        default_factory=lambda: {"policy": [], "motion": [], "planner": [], "scene": []}
    )

    def forget(self) -> None:
        """Begin anew; what was handed out stays as it is."""
        self.motions, self.heard, self.judgements = [], [], []
        self.timings = {name: [] for name in self.timings}

    def time(self, name: str, began: float) -> None:
        """Note that something that ``began`` at a `time.perf_counter` reading has ended; kept in ms."""
        self.timings[name].append((time.perf_counter() - began) * 1e3)

    def motion(self, now: float, motion: LanguageMotion, source: Source) -> None:
        """Note the motion in force, once; what the planner would say under an operator's motion is not said."""
        last = self.motions[-1] if self.motions else None
        if last is None or (last.text, last.source) != (str(motion), source):
            self.motions.append(SpokenMotion(now, str(motion), source))

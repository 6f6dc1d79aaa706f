"""Lets the disturbances of a run happen, each at its moment, and writes down what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from sayso.hardware.clock import SimulatedClock
from sayso.sim.disturbances.backstage import Backstage
from sayso.sim.disturbances.cue import Cue
from sayso.sim.disturbances.kinds import Course, Planned
from sayso.sim.table_world import TableWorld

LOOK_S = 0.02  # between two looks for a moment


@dataclass(frozen=True, slots=True)
class Happened:
    """The disturbance ``name`` did ``what`` at ``t`` s from the start."""

    name: str
    t: float
    what: str


@dataclass
class _Running:
    """One disturbance on its way: before its cue ``course`` is None, from then on it goes on at ``next`` s."""

    planned: Planned
    cue: Cue
    stage: Backstage
    course: Course | None = None
    next: float = 0.0
    over: bool = False


class Director:
    """Lets the ``planned`` disturbances happen on ``table``; ``clock`` is the robot's, of which each step is watched.

    The ``seed`` draws moments, places and words. ``say`` is how a bystander is heard.
    """

    def __init__(
        self, table: TableWorld, clock: SimulatedClock, planned: Sequence[Planned], seed: int,
        say: Callable[[str], object] = lambda _: None,
    ) -> None:  # fmt: skip
        self._table, self._clock, self._planned, self._seed, self._say = table, clock, planned, seed, say
        self.happened: list[Happened] = []
        self.said: list[str] = []
        self._running: list[_Running] = []
        self._start = self._looked = 0.0

    @contextmanager
    def directing(self, instruction: str) -> Iterator[None]:
        """Disturb the run of ``instruction``, which begins now; what can be undone is undone at its end."""
        self.happened, self.said, self._start = [], [], self._clock.now()
        self._looked = -np.inf
        self._running = [self._prepared(planned, k, instruction) for k, planned in enumerate(self._planned)]
        self._clock.subscribe(self._stepped)
        try:
            yield
        finally:
            self._clock.unsubscribe(self._stepped)
            for one in self._running:
                close = getattr(one.course, "close", None)
                if close is not None:
                    close()

    @property
    def left_out(self) -> tuple[str, ...]:
        """The names of those for which no moment came."""
        return tuple(one.planned.name for one in self._running if one.course is None)

    def _prepared(self, planned: Planned, number: int, instruction: str) -> _Running:
        rng = np.random.default_rng([self._seed, number])
        cue = Cue.of(planned, rng)
        first = cue.moment is None
        return _Running(planned, cue, Backstage.of(self._table, rng, self._hear, instruction, first))

    def _hear(self, text: str) -> None:
        self.said.append(text)
        self._say(text)

    def _stepped(self) -> None:
        t = self._clock.now() - self._start
        looks = t - self._looked >= LOOK_S - 1e-9
        if looks:
            self._looked = t
        for one in self._running:
            if one.course is None and looks and one.cue.is_due(t, one.stage):
                one.course, one.next = one.planned.course(one.stage), t
            if one.course is not None and not one.over:
                self._go_on(one, t)

    def _go_on(self, one: _Running, t: float) -> None:
        while one.next <= t + 1e-9:
            assert one.course is not None
            step = next(one.course, None)
            if step is None:
                one.over = True
                return
            if isinstance(step, str):
                self.happened.append(Happened(one.planned.name, round(t, 3), step))
            else:
                one.next = t + step

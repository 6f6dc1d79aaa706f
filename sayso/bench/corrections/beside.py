"""The place beside the arm: sets the stage of a task, follows the truth, and says what a person sees and is content
with."""

from __future__ import annotations

import numpy as np

from sayso.bench.corrections.worth import End, Moment, Truth, Wish, WorthCorrecting
from sayso.demonstrations.ground_truth import GroundTruthPerception
from sayso.runtime.subscriber import Subscriber, Tick
from sayso.session import Session
from sayso.sim.table_world import TableWorld


class Beside(Subscriber):
    """Beside the arm of ``session``, which sees true scenes of a `TableWorld`, as it carries out ``task``."""

    def __init__(self, task: WorthCorrecting, session: Session, rng: np.random.Generator) -> None:
        self._task, self._session = task, session
        world, eyes = session.backend.world, session.backend.perception  # type: ignore[attr-defined]
        assert isinstance(world, TableWorld) and isinstance(eyes, GroundTruthPerception)
        self._world = world
        self._staged = None if task.stage is None else task.stage(world, rng)
        if task.seen_off is not None:
            eyes.off = task.seen_off(rng)
        self._before = self._truth()
        self._path: list[tuple[float, Truth]] = []

    def _truth(self) -> Truth:
        return self._session.backend.truth() or {}

    def ticked(self, tick: Tick) -> None:
        """Follow the things."""
        self._path.append((tick.t, self._truth()))

    def pace(self) -> float:
        """The arm's speed as a fraction of the usual one."""
        return self._session.executive.override.pace

    def wishes(self, tick: Tick) -> Wish:
        """What the person would rather see at this ``tick``."""
        current, truth = self._session.executive.supervisor.current, self._truth()
        tool = self._world.physics.tool()
        return self._task.wishes(Moment(tick, current, truth, tool, self.pace(), self._staged))

    def is_done(self, success: bool | None) -> bool:
        """Whether the person is content; ``success`` is the simulator's verdict."""
        return self._task.done(End(success, self._before, self._truth(), self._staged, self._path))

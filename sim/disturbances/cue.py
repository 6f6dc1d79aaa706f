"""When a disturbance happens: a time, or a phase of the work that the true state of the world shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sayso.sim.disturbances.backstage import Backstage
from sayso.sim.disturbances.kinds import Moment, Planned

BEFORE_S = (0.0, 0.5)
NEAR_M = (0.05, 0.20)  # of the hand to the thing
CARRIED_S = (0.0, 1.0)
ARRIVES_M = (0.03, 0.10)  # of the thing to its target, over the table


@dataclass
class Cue:
    """Tells when it is time: at ``t`` s from the start, or ``delay`` s after the ``moment``.

    ``near`` m is how near the hand has come at the moment `Moment.REACH`, the thing to its target at `Moment.ARRIVAL`.
    """

    moment: Moment | None
    t: float = 0.0
    near: float = 0.0
    delay: float = 0.0
    _since: float | None = None

    @classmethod
    def of(cls, planned: Planned, rng: np.random.Generator) -> Cue:
        """The cue of a planned disturbance; the seed chooses what is left open."""
        if isinstance(planned.at, int | float):
            return cls(None, float(planned.at))
        moments = planned.kind.moments
        moment = planned.at or moments[int(rng.integers(len(moments)))]
        if moment is Moment.BEFORE:
            return cls(None, float(rng.uniform(*BEFORE_S)))
        if moment is Moment.REACH:
            return cls(moment, near=float(rng.uniform(*NEAR_M)))
        if moment is Moment.ARRIVAL:
            return cls(moment, near=float(rng.uniform(*ARRIVES_M)))
        if moment is Moment.GRASP:
            return cls(moment)
        return cls(moment, delay=float(rng.uniform(*CARRIED_S)))

    def is_due(self, t: float, stage: Backstage) -> bool:
        """Whether it happens now, ``t`` s from the start."""
        if self.moment is None:
            return t >= self.t - 1e-9
        carried = stage.carried()
        if self.moment is Moment.REACH:
            return not carried and stage.gap() < self.near
        if self.moment is Moment.GRASP:
            return not carried and stage.is_grasping()
        if self.moment is Moment.ARRIVAL:
            return carried and stage.way_left() < self.near
        self._since = (t if self._since is None else self._since) if carried else None
        return self._since is not None and t - self._since >= self.delay

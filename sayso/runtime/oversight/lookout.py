"""The moments of a run, `PERIOD_S` apart, for those who watch what comes of its subtasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sayso.hardware.control.loop import Cycle
from sayso.hardware.types import JointTarget
from sayso.planner.outlook.following import Following
from sayso.planner.outlook.moment import Moment
from sayso.runtime.subscriber import Subscriber, Tick

if TYPE_CHECKING:
    from sayso.runtime.executive import Executive

PERIOD_S = 0.2


class Lookout(Subscriber):
    """Passes on the moments of ``executive``'s run, five a second, as long as it has a subtask; override `see`."""

    def __init__(self, executive: Executive) -> None:
        self._executive = executive
        self._next = -np.inf
        self._following = Following()  # what is usual for the arm stays so from one instruction to the next
        self._sent: JointTarget | None = None

    def forget(self) -> None:
        """A new instruction begins; the arm may have been moved since it was last sent anything."""
        self._next, self._sent = -np.inf, None
        self._following.forget()

    def see(self, moment: Moment) -> None:
        """The next moment."""

    def cycle_ended(self, cycle: Cycle) -> None:
        """Keep what the arm was sent."""
        self._sent = cycle.sent

    def ticked(self, tick: Tick) -> None:
        """See the moment, if it is time."""
        if self._sent is not None:
            self._following.sent(tick.t, self._sent.position)
        supervisor = self._executive.supervisor
        subtask = supervisor.current
        if tick.t < self._next or subtask is None or not subtask.handles:
            return
        self._next = tick.t + PERIOD_S - 1e-6
        motion = str(self._executive.runtime.motion)
        late = self._following.late(tick.body.position)
        self.see(Moment(tick.t, len(supervisor.steps), supervisor.began, subtask, tick.scene, tick.body, late, motion))

"""The cheap detector of the suite's arm ``detector``: the hand keeps turning back."""

from __future__ import annotations

from sayso.planner.outlook.cause import Cause
from sayso.planner.outlook.critic import Outlook
from sayso.planner.outlook.moment import Moment
from sayso.planner.outlook.signs import NAMES, Signs

TURNS = 1.0  # reversals of hand and words in 3 s, as signs; undisturbed subtasks have fewer
_AT = tuple(NAMES.index(name) for name in ("arm: turns", "motion: turns"))


class Reversals:
    """Raises the alarm when the hand and the spoken motions have turned back `TURNS` times in 3 s."""

    def __init__(self) -> None:
        self._signs = Signs()
        self.alarms = False

    def forget(self) -> None:
        """Begin a new instruction."""
        self._signs.forget()
        self.alarms = False

    def see(self, moment: Moment) -> Outlook:
        """All or nothing: the hand is stuck, or it is not."""
        seen = self._signs.see(moment)
        self.alarms = sum(float(seen[k]) for k in _AT) >= TURNS
        return Outlook(moment.t, 0.0, float(not self.alarms), float(self.alarms), {Cause.STUCK: 1.0})

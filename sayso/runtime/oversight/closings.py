"""Counts how often the fingers have closed on a thing that has not come up with them."""

from __future__ import annotations

import numpy as np

from sayso.hardware.types import Array
from sayso.planner.execution.evidence import LEAST_SHARE
from sayso.planner.outlook.moment import Moment
from sayso.planner.plan import Verb

THERE_M, ABOVE_M = 0.04, 0.025  # the hand is at the thing: aside, above
ELSEWHERE_M = 0.03  # a thing that lies so far from where it lay is tried anew
LIFTED_M = 0.08  # a thing that has come so far is not fixed; fingers that slip off one seem to lift it for a moment
CLOSES_S = 1.2  # fingers that were told to close hold something by then


class Closings:
    """The closings in vain on the thing of the current pick; ``count`` starts anew with another or a moved thing."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """A new instruction begins."""
        self.count, self._thing, self._at = 0, "", np.zeros(3)
        self._closed = self._over = False
        self._since = 0.0

    def see(self, moment: Moment) -> bool:
        """Whether a closing has just turned out to be in vain."""
        body, item = moment.body, moment.scene.find(moment.subtask.object_id)
        if moment.subtask.verb is not Verb.PICK or item is None:
            self._closed = False
            return False
        if item.held:
            if float(item.position[2] - self._at[2]) > LIFTED_M:
                self._start(item.id, item.position)
                self._over = True  # it has come up: if it is lost from now on, this closing was not in vain
        elif item.id != self._thing or float(np.abs(item.position - self._at)[:2].max()) > ELSEWHERE_M:
            self._start(item.id, item.position)
        way = np.abs(item.position - body.tool.position)
        there = float(way[:2].max()) < THERE_M and float(way[2]) < ABOVE_M
        if body.closing and there and not self._closed:
            self._closed, self._since = True, moment.t
        empty = body.closing and body.opening < LEAST_SHARE * item.width
        late = body.closing and moment.t - self._since > CLOSES_S
        in_vain = self._closed and not self._over and not item.held and (empty or late or not body.closing)
        self._closed, self._over = self._closed and body.closing, body.closing and (self._over or in_vain)
        self.count += in_vain
        return in_vain

    def _start(self, thing: str, at: Array) -> None:
        self._thing, self._at, self.count = thing, at, 0

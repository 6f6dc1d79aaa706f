"""The critic that looks ahead: learned, calibrated probabilities of what comes of the current subtask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sayso.planner.outlook.cause import CAUSES, Cause
from sayso.planner.outlook.moment import Moment
from sayso.planner.outlook.shown import Shown
from sayso.planner.outlook.signs import Signs

if TYPE_CHECKING:
    import onnxruntime as ort

Tried = Mapping[str, Mapping[str, Sequence[float]]]
"""What came of each remedy by cause where all were tried: the sum of its worth, and how often it was tried."""
HEADS = ("right", "succeeds", "failing")
OUTLOOK_LOGITS = len(HEADS) + len(CAUSES)
ALARM_DWELL = 2  # moments in a row above the threshold
# A threshold from undisturbed runs alone alarms in every seventh disturbed run in which nothing fails. On the rollouts
# held out in training one of at least this misses none of 33 failures either, with 2 of 51 false alarms instead of 5.
LEAST_THRESHOLD = 0.4
CERTAIN = 0.98  # that a subtask fails of which the scene shows it


@dataclass(frozen=True, slots=True)
class Outlook:
    """What comes of the subtask as of ``t`` s, in probabilities.

    ``right``: it is done as asked. ``succeeds``: it will be. ``failing``: it fails within 3 s, or has failed.
    ``causes`` are the shares of the causes if it fails; ``shown``: the scene shows the cause.
    """

    t: float
    right: float
    succeeds: float
    failing: float
    causes: Mapping[Cause, float] = field(default_factory=dict)
    shown: bool = False

    @property
    def cause(self) -> Cause:
        """The likeliest cause of a failure."""
        return max((c for c in self.causes if c is not Cause.NONE), key=lambda c: self.causes[c], default=Cause.NONE)


class OutlookCritic:
    """A critic exported by `sayso.planner.training.outlook`: ``signs`` (1, F) to ``logits`` (1, H + C).

    ``tried`` is what came of the remedies in training. It ``alarms`` after `ALARM_DWELL` moments in a row with a
    probability of failing above ``threshold``, or above `LEAST_THRESHOLD` if that is more.
    """

    def __init__(self, session: ort.InferenceSession, threshold: float, tried: Tried | None = None) -> None:
        self._session, self.threshold, self.tried = session, max(threshold, LEAST_THRESHOLD), tried or {}
        self._signs, self._shown = Signs(), Shown()
        self.forget()

    def forget(self) -> None:
        """Begin a new instruction."""
        self._signs.forget()
        self._shown.forget()
        self._attempt, self._above, self.alarms = -1, 0, False

    def see(self, moment: Moment) -> Outlook:
        """The outlook at ``moment``, which follows those seen before."""
        if moment.attempt != self._attempt:
            self._attempt, self._above, self.alarms = moment.attempt, 0, False
        outlook = read_logits(self._session.run(None, {"signs": self._signs.see(moment)[None]})[0][0], moment.t)
        if (cause := self._shown.see(moment)) is not None:
            outlook = failing_of(cause, outlook)
        self._above = self._above + 1 if outlook.failing > self.threshold else 0
        self.alarms = self._above >= ALARM_DWELL
        return outlook


def failing_of(cause: Cause, outlook: Outlook) -> Outlook:
    """``outlook`` where the scene shows that the subtask fails of ``cause``."""
    rest = 1 - CERTAIN
    right, succeeds = min(outlook.right, rest), min(outlook.succeeds, rest)
    return replace(
        outlook, right=right, succeeds=succeeds, failing=max(outlook.failing, CERTAIN), causes={cause: 1.0}, shown=True
    )


def read_logits(logits: NDArray[np.float32], t: float) -> Outlook:
    """The outlook of logits (H + C,) at ``t`` s."""
    right, succeeds, failing = (float(1 / (1 + np.exp(-v))) for v in logits[: len(HEADS)])
    scores = np.exp(logits[len(HEADS) :] - logits[len(HEADS) :].max())
    shares = (scores / scores.sum()).tolist()
    return Outlook(t, right, succeeds, failing, dict(zip(CAUSES, shares, strict=True)))

"""The critic: learned, calibrated probabilities that the current subtask is done or has failed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sayso.skills.features import known_features

if TYPE_CHECKING:
    import onnxruntime as ort

DONE_THRESHOLD = 0.8
FAILED_THRESHOLD = 0.85
DONE_DWELL = 2
FAILED_DWELL = 5
CRITIC_LOGITS = 2  # done, failed


class State(StrEnum):
    """The critic's verdict on the current subtask."""

    GOING = "going well"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The current probabilities of "done" and "failed", and the verdict after the dwell time."""

    done: float
    failed: float
    state: State


class Critic:
    """A critic exported by `sayso.planner.training`; input ``features`` (1, F), output ``logits`` (1, 2).

    "done" needs `DONE_DWELL` judgements in a row above its threshold, "failed" `FAILED_DWELL`: one bad frame decides
    nothing.
    """

    def __init__(self, session: ort.InferenceSession) -> None:
        self._session, self._known = session, known_features(session)
        self.reset()

    def reset(self) -> None:
        """Set both counts to zero for a new subtask."""
        self._done = self._failed = 0

    def judge(self, features: NDArray[np.float32]) -> Judgement:
        """Judge the features (F,) float32 of the current subtask."""
        logits = self._session.run(None, {"features": features[None, self._known]})[0][0]
        done, failed = (float(1 / (1 + np.exp(-v))) for v in logits)
        self._done = self._done + 1 if done > DONE_THRESHOLD else 0
        self._failed = self._failed + 1 if failed > FAILED_THRESHOLD else 0
        state = (
            State.DONE if self._done >= DONE_DWELL else State.FAILED if self._failed >= FAILED_DWELL else State.GOING
        )
        return Judgement(done, failed, state)

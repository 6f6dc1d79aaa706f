"""The policy's contract and its ONNX run time: features and a motion in, a chunk of joint targets out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from sayso.hardware.types import Array
from sayso.skills.action_chunk import ActionChunk, chunk_from_velocity
from sayso.skills.features import Observation
from sayso.skills.motion import LanguageMotion

if TYPE_CHECKING:
    import onnxruntime as ort


class Policy(Protocol):
    """Executes a motion for one policy tick."""

    def act(self, observation: Observation, motion: LanguageMotion, now: float, start: Array) -> ActionChunk:
        """The chunk from ``start`` (n,) rad at ``now`` s for an ``observation`` under ``motion``."""
        ...


class OnnxPolicy:
    """A policy exported by `sayso.skills.training`; inputs ``features`` (1, F) and ``motion`` (1, M) float32.

    Raises ValueError for a model with other inputs.
    """

    def __init__(self, session: ort.InferenceSession) -> None:
        self._session = session
        wanted = {i.name for i in session.get_inputs()}
        if not wanted <= {"features", "motion"} or "features" not in wanted:
            raise ValueError(f"a policy takes 'features' and 'motion'; this model takes {sorted(wanted)}")
        self._takes_motion = "motion" in wanted
        self._outputs = [o.name for o in session.get_outputs()]  # asked for anew, they are described at every run

    def act(self, observation: Observation, motion: LanguageMotion, now: float, start: Array) -> ActionChunk:
        """One inference; the predicted velocity is held over the executor's horizon."""
        given = {"features": observation.features[None]}
        if self._takes_motion:
            given["motion"] = motion.encode().astype(np.float32)[None]
        velocity, closing = self._session.run(self._outputs, given)
        return chunk_from_velocity(now, start, velocity[0].astype(np.float64), bool(closing[0, 0] > 0))

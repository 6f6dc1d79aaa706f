"""The learned detector at run time: RGB-D frames in, objects in the base frame out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnxruntime as ort

from hardware.types import Frame
from perception.encoding import CHANNELS, encode, standard_view
from perception.votes import OUTPUTS, Detection, gather, read_votes

__all__ = ["Detection", "Detector"]


class Detector:
    """A network exported by `sayso.training.detector`: input ``frames`` (B, C, H, W) float32, output ``votes``.

    ``table`` is the height (m) of the table in the base frame. Raises `ValueError` for a model of another shape.
    """

    def __init__(self, session: ort.InferenceSession, table: float = 0.0) -> None:
        shapes = session.get_inputs()[0].shape[1:2], session.get_outputs()[0].shape[1:2]
        if shapes != ([CHANNELS], [OUTPUTS]):
            raise ValueError(f"a detector takes {CHANNELS} channels and gives {OUTPUTS}; this model has {shapes}")
        self._session, self._table = session, table
        self._input = session.get_inputs()[0].name

    def detect(self, frames: Sequence[Frame]) -> tuple[Detection, ...]:
        """All objects seen in ``frames`` taken at about the same time by any number of calibrated RGB-D cameras."""
        if not frames:
            return ()
        encoded = [encode(standard_view(frame), self._table) for frame in frames]
        (raw,) = self._session.run(None, {self._input: np.stack([e.inputs for e in encoded])})
        return gather(read_votes(np.asarray(raw), encoded))

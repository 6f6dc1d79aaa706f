"""The learned detector at run time: camera frames in, objects in the base frame out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sayso.hardware.types import Frame
from sayso.perception import encoding, encoding_rgb
from sayso.perception.fusion import fuse
from sayso.perception.monocular import OUTPUTS_RGB, MonocularDetection, inferred_depth, read_sightings
from sayso.perception.votes import OUTPUTS, Detection, gather, read_votes

if TYPE_CHECKING:
    import onnxruntime as ort

__all__ = ["Detection", "Detector"]


class Detector:
    """Two networks exported by `sayso.training.detector`: input ``frames`` (B, C, H, W) float32, output ``votes``.

    ``session`` handles frames with depth, ``color`` frames without; one that is not needed may be None. ``table``
    is the height (m) of the table in the base frame. Raises `ValueError` for a model of another shape.
    """

    def __init__(
        self, session: ort.InferenceSession | None, table: float = 0.0, color: ort.InferenceSession | None = None
    ) -> None:
        for model, channels, outputs in (
            (session, encoding.CHANNELS, OUTPUTS),
            (color, encoding_rgb.CHANNELS, OUTPUTS_RGB),
        ):
            if model is None:
                continue
            shapes = model.get_inputs()[0].shape[1:2], model.get_outputs()[0].shape[1:2]
            if shapes != ([channels], [outputs]):
                raise ValueError(f"a detector takes {channels} channels and gives {outputs}; this model has {shapes}")
        self._session, self._table, self._color = session, table, color

    def detect(self, frames: Sequence[Frame]) -> tuple[Detection, ...]:
        """All objects in ``frames`` taken at about the same time by any number of calibrated cameras.

        Raises `ValueError` if there is no network for a frame.
        """
        return self.perceive(frames)[0]

    def perceive(self, frames: Sequence[Frame]) -> tuple[tuple[Detection, ...], tuple[Frame, ...]]:
        """As `detect`, with the frames; frames without depth get the inferred depth, NaN where it is unknown."""
        deep = [frame for frame in frames if frame.depth is not None]
        flat = [frame for frame in frames if frame.depth is None]
        detections: tuple[Detection, ...] = ()
        if deep:
            detections = self._with_depth(deep)
        if not flat:
            return detections, tuple(frames)
        views, guessed = self._without_depth(flat)
        # A position measured with depth has the same uncertainty in every direction.
        measured = [MonocularDetection(d, np.eye(3) * d.deviation**2) for d in detections]
        return fuse([measured, *views]), (*deep, *guessed)

    def _with_depth(self, frames: Sequence[Frame]) -> tuple[Detection, ...]:
        if self._session is None:
            raise ValueError(f"there is no detector for frames with depth, as the camera '{frames[0].camera}' gives")
        encoded = [encoding.encode(encoding.standard_view(frame), self._table) for frame in frames]
        return gather(read_votes(_run(self._session, [e.inputs for e in encoded]), encoded))

    def _without_depth(self, frames: Sequence[Frame]) -> tuple[list[tuple[MonocularDetection, ...]], list[Frame]]:
        if self._color is None:
            raise ValueError(f"there is no detector for frames without depth, as the camera '{frames[0].camera}' gives")
        views = [encoding.standard_view(frame) for frame in frames]
        encoded = [encoding_rgb.encode_rgb(view, self._table) for view in views]
        raw = _run(self._color, [e.inputs for e in encoded])
        guessed = []
        for view, seen, votes in zip(views, encoded, raw, strict=True):
            depth = inferred_depth(votes, seen, view.pose.rotation[:, 2], self._table)
            full = np.repeat(np.repeat(depth, encoding.STRIDE, 0), encoding.STRIDE, 1)
            guessed.append(dataclasses.replace(view, depth=full))
        return [read_sightings(v, e, self._table) for v, e in zip(raw, encoded, strict=True)], guessed


def _run(session: ort.InferenceSession, inputs: Sequence[encoding.Image]) -> encoding.Image:
    (raw,) = session.run(None, {session.get_inputs()[0].name: np.stack(inputs)})
    return np.asarray(raw)

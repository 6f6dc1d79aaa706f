"""The eyes: frames in, instances of anything on the table out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sayso.hardware.types import Frame
from sayso.perception.eyes.encoding import CHANNELS, encode
from sayso.perception.eyes.instances import Instance, read_instances
from sayso.perception.eyes.layout import OUTPUTS
from sayso.perception.eyes.view import fitted

if TYPE_CHECKING:
    import onnxruntime as ort


class Eyes:
    """The network exported by `sayso.training.eyes`: input ``frames`` (B, C, H, W) float32, output ``said``.

    ``table`` is the height (m) of the table in the base frame. Raises `ValueError` for a model of another shape.
    """

    def __init__(self, session: ort.InferenceSession, table: float = 0.0) -> None:
        shapes = session.get_inputs()[0].shape[1:2], session.get_outputs()[0].shape[1:2]
        if shapes != ([CHANNELS], [OUTPUTS]):
            raise ValueError(f"the eyes take {CHANNELS} channels and give {OUTPUTS}; this model has {shapes}")
        self._session, self._table = session, table

    def look(self, frame: Frame) -> tuple[Instance, ...]:
        """Everything on the table in one frame with depth, surest first. Raises `ValueError` for one without depth."""
        if frame.depth is None:
            raise ValueError(f"the camera '{frame.camera}' gives no depth")
        view = fitted(frame)
        seen = encode(view.frame, self._table)
        (raw,) = self._session.run(None, {self._session.get_inputs()[0].name: seen.inputs[None]})
        return read_instances(raw[0], seen, view)

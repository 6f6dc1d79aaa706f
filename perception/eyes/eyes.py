"""The eyes: frames in, instances of anything on the table out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sayso.hardware.types import Frame
from sayso.perception.eyes.encoding import CHANNELS, encode
from sayso.perception.eyes.instances import Instance, read_instances
from sayso.perception.eyes.layout import OUTPUTS
from sayso.perception.eyes.table_edge import on_table
from sayso.perception.eyes.view import fitted

if TYPE_CHECKING:
    import onnxruntime as ort


class Eyes:
    """Two networks exported by `sayso.training.eyes`: input ``frames`` (B, C, H, W) float32, output ``said``.

    ``session`` handles frames with depth, ``color`` frames without; one that is not needed may be None. ``table`` is
    the height (m) of the table in the base frame. Raises `ValueError` for a model of another shape.
    """

    def __init__(
        self, session: ort.InferenceSession | None, table: float = 0.0, color: ort.InferenceSession | None = None
    ) -> None:
        for model in (session, color):
            if model is None:
                continue
            shapes = model.get_inputs()[0].shape[1:2], model.get_outputs()[0].shape[1:2]
            if shapes != ([CHANNELS], [OUTPUTS]):
                raise ValueError(f"the eyes take {CHANNELS} channels and give {OUTPUTS}; this model has {shapes}")
        self._session, self._table, self._color = session, table, color

    def sees(self, frame: Frame) -> bool:
        """Whether there is a network for such a frame."""
        return (self._color if frame.depth is None else self._session) is not None

    def look(self, frame: Frame) -> tuple[Instance, ...]:
        """Everything on the table in one frame, surest first. Raises `ValueError` if there is no network for it."""
        session = self._color if frame.depth is None else self._session
        if session is None:
            kind = "without" if frame.depth is None else "with"
            raise ValueError(f"there are no eyes for frames {kind} depth, as the camera '{frame.camera}' gives")
        view = fitted(frame)
        seen = encode(view.frame, self._table)
        (raw,) = session.run(None, {session.get_inputs()[0].name: seen.inputs[None]})
        things = read_instances(raw[0], seen, view)
        return things if frame.depth is None else on_table(things, seen, view.frame, self._table)

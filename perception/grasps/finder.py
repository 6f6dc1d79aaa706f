"""Grasps of things in frames with depth: candidates, scored by the grasp network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame, GripperSpec
from sayso.perception.grasps.candidates import Candidates, candidates
from sayso.perception.grasps.crops import ACROSS, ALONG, CHANNELS, NUMBERS, crops_of
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.grasps.relief import relief_of

if TYPE_CHECKING:
    import onnxruntime as ort

PANDA = GripperSpec(width=0.08, fingertip=0.008)
KEPT = 5
SCORED, FEWEST, MOST = 400, 24, 48  # candidates in a frame, and of one thing: the more things, the fewer of each


class GraspFinder:
    """The network exported by `sayso.training.grasps`: inputs ``pictures`` and ``numbers``, output ``held``, log odds.

    ``gripper`` is what the robot grasps with, ``table`` the height (m) of the table in the base frame. Raises
    `ValueError` for a model of another shape.
    """

    def __init__(self, session: ort.InferenceSession, gripper: GripperSpec = PANDA, table: float = 0.0) -> None:
        shapes = [list(i.shape[1:]) for i in session.get_inputs()]
        if shapes != [[CHANNELS, ACROSS, ALONG], [NUMBERS]]:
            raise ValueError(f"the grasp network takes {[CHANNELS, ACROSS, ALONG]} and [{NUMBERS}], not {shapes}")
        self._session, self._gripper, self._table = session, gripper, table

    def find(self, frames: Sequence[Frame], owners: Sequence[NDArray], things: int) -> list[tuple[Grasp, ...]]:
        """The grasps of each of the ``things``, at most `KEPT`, the best first; none where depth shows nothing.

        ``frames`` show the things at one time. ``owners`` (H, W) number each frame's pixels by thing from 1 on, 0 for
        none.
        """
        relief = relief_of(frames, owners, self._table)
        if relief is None or not things:
            return [()] * things
        most = min(max(SCORED // things, FEWEST), MOST)
        found = [candidates(relief, k, self._gripper, most) for k in range(1, things + 1)]
        crops = [crops_of(relief, k, some, self._gripper) for k, some in enumerate(found, 1)]
        pictures = np.concatenate([c.pictures for c in crops])
        if not len(pictures):
            return [()] * things
        names = [i.name for i in self._session.get_inputs()]
        numbers = np.concatenate([c.numbers for c in crops])
        (odds,) = self._session.run(None, dict(zip(names, (pictures, numbers), strict=True)))
        quality = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        parts = np.split(quality, np.cumsum([len(f) for f in found])[:-1])
        return [_best(some, good) for some, good in zip(found, parts, strict=True)]


def finds_for(gripper: GripperSpec | None) -> bool:
    """Whether the network knows such a hand: two sliding fingers. It has learned with the Panda's."""
    return gripper is not None and gripper.jaw is None


def _best(found: Candidates, quality: NDArray) -> tuple[Grasp, ...]:
    order = np.argsort(-quality, kind="stable")[:KEPT].tolist()
    return tuple(
        Grasp(found.places[k], float(found.yaws[k] % np.pi), float(found.widths[k]), float(quality[k])) for k in order
    )

"""Taught names in pictures from files: what of that which the eyes saw has a name."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.hardware.types import Frame
from sayso.model_store import ModelStore
from sayso.names.looks_file import LooksFile
from sayso.names.taught import MODEL
from sayso.perception.eyes.instances import Instance
from sayso.perception.eyes.view import fitted, in_picture
from sayso.perception.looks.crop import Crop, crop_of
from sayso.perception.looks.describer import Comparison, all_described
from sayso.perception.looks.namer import Gallery, given_names
from sayso.perception.scene import GivenName


class PictureNames:
    """Recognizes the names of ``file`` by the model of looks in ``store``, which is loaded when there is a name."""

    def __init__(self, file: LooksFile, store: ModelStore) -> None:
        self._file, self._store = file, store

    def given(self, frames: Sequence[Frame], seen: Sequence[tuple[int, Instance]]) -> list[tuple[GivenName, ...]]:
        """For each (index of its frame, instance) the names that it may have, the surest first.

        Raises `UserError` for a damaged file, and for a missing model where there are names.
        """
        out: list[tuple[GivenName, ...]] = [()] * len(seen)
        if not self._file.names() or not seen:
            return out
        comparison = Comparison(self._store.load(MODEL))
        found = ((k, crop_in(frames[view], one)) for k, (view, one) in enumerate(seen))
        crops = {k: crop for k, crop in found if crop is not None}
        numbers = all_described(list(crops.values()))
        things = [numbers[i : i + 1] for i in range(len(crops))]
        names = given_names(comparison, Gallery(self._file).names(), things)
        for k, given in zip(crops, names, strict=True):
            out[k] = given
        return out


def crop_in(frame: Frame, instance: Instance, table: float = 0.0) -> Crop | None:
    """The crop of an instance from its frame; None if it is hardly seen."""
    return crop_of(frame, in_picture(instance.mask, fitted(frame), frame), instance.size, table)


def thing_at(frame: Frame, seen: Sequence[Instance], u: float, v: float) -> int | None:
    """The index of the instance at pixel (u, v) of the frame: the one whose pixel it is, else the smallest whose box it
    is in; None if nothing is there."""
    view = fitted(frame)
    own = [k for k, i in enumerate(seen) if in_picture(i.mask, view, frame)[int(v), int(u)]]
    inside = [k for k, i in enumerate(seen) if i.box[0] <= u <= i.box[2] and i.box[1] <= v <= i.box[3]]
    return min(own or inside, key=lambda k: _area(seen[k]), default=None)


def _area(instance: Instance) -> float:
    x0, y0, x1, y1 = instance.box
    return (x1 - x0) * (y1 - y0)

"""How well the eyes see real pictures: a folder of labeled ones, by boxes in the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from scipy.optimize import linear_sum_assignment

from sayso.backends.seeing import seeing
from sayso.hardware.types import Frame, Pose
from sayso.model_store import ModelStore
from sayso.perception.eyes.eyes import Eyes
from sayso.perception.eyes.picture_files import PictureError, read_frame, read_json
from sayso.perception.sight.boxes import Box, box_of, overlap
from sayso.perception.table_plane import find_table

Record = dict[str, Any]
OVERLAP = 0.5  # of two boxes, intersection over union
SURE = 0.5
CAMERA, LABELS, DEPTH = "camera.json", "labels.json", "{name}.depth.png"
SUFFIXES = (".png", ".jpg", ".jpeg")
Number = Annotated[float, Field(allow_inf_nan=False)]
NOWHERE = Pose(np.zeros(3), np.eye(3))


class LabeledObject(BaseModel):
    """One thing in a picture: what people call it, and its box [x0, y0, x1, y1] in pixels."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    name: str
    box: tuple[Number, Number, Number, Number]


class LabeledPicture(BaseModel):
    """The things in one picture."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    objects: tuple[LabeledObject, ...]


class Seen(NamedTuple):
    """What was seen as one thing: its name, and its box [x0, y0, x1, y1] in pixels."""

    name: str
    box: Box


def read_labels(folder: Path) -> dict[str, LabeledPicture]:
    """The labels of a folder's pictures, by name. Raises `PictureError`."""
    path = folder / LABELS
    try:
        labels = TypeAdapter(dict[str, LabeledPicture]).validate_python(read_json(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise PictureError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if not labels:
        raise PictureError(f"{path} names no picture")
    for name in labels:
        _picture(folder, name)
    return labels


def _picture(folder: Path, name: str) -> Path:
    for suffix in SUFFIXES:
        if (folder / f"{name}{suffix}").is_file():
            return folder / f"{name}{suffix}"
    raise PictureError(f"{folder} has no picture {name} ({', '.join(SUFFIXES)})")


def frame_of(folder: Path, name: str) -> Frame:
    """One picture with its depth, over the table that it shows. Raises `PictureError` and `NoTableError`."""
    frame = read_frame(_picture(folder, name), folder / DEPTH.format(name=name), 0.001, folder / CAMERA, NOWHERE)
    return replace(frame, pose=find_table(frame).camera_pose())


def by_eyes(frame: Frame, store: ModelStore) -> list[Seen]:
    """What the eyes see, with the boxes of its pixels."""
    return [Seen(i.name, i.box) for i in Eyes(store.load("eyes")).look(frame) if i.confidence >= SURE]


def by_an_arm(frame: Frame, store: ModelStore) -> list[Seen]:
    """What a real arm sees, by the eyes and the detector of blocks and bowls, with its upright boxes as they appear."""
    sees, _ = seeing(store, None, deep=True, flat=False, eyes=True)
    return [Seen(f"{d.color} {d.kind}", box_of(d, frame)) for d in sees.perceive([frame])[0] if d.confidence >= SURE]


WAYS: dict[str, Callable[[Frame, ModelStore], list[Seen]]] = {"pictures": by_eyes, "as an arm sees them": by_an_arm}


def judge(folder: Path, models: Path, way: str, number: int) -> Record:
    """The record of picture ``number``: labeled things found in one of the `WAYS`, and what is none of them."""
    labels = read_labels(folder)
    name = sorted(labels)[number % len(labels)]
    seen = WAYS[way](frame_of(folder, name), ModelStore(models))
    objects = labels[name].objects
    partner = pair([o.box for o in objects], [i.box for i in seen])
    phantoms = [i.name for j, i in enumerate(seen) if j not in partner.values()]
    return {
        "ok": len(partner) == len(objects) and not phantoms,
        "picture": name,
        "objects": len(objects),
        "found": len(partner),
        "called": {objects[k].name: seen[j].name for k, j in partner.items()},
        "phantoms": phantoms,
    }


def pair(boxes: Sequence[Sequence[float]], others: Sequence[Sequence[float]]) -> dict[int, int]:
    """The best one-to-one pairs of boxes that overlap by `OVERLAP` or more, by index."""
    if not boxes or not others:
        return {}
    shared = np.array([[overlap(np.array(a), np.array(b)) for b in others] for a in boxes])
    rows, columns = linear_sum_assignment(-shared)
    return {int(r): int(c) for r, c in zip(rows, columns, strict=True) if shared[r, c] >= OVERLAP}


def figures(records: Sequence[Record]) -> Record:
    """Precision and recall of all pictures together."""
    n, found = sum(r["objects"] for r in records), sum(r["found"] for r in records)
    phantoms = sum(len(r["phantoms"]) for r in records)
    return {
        "objects": n,
        "recall": round(found / max(n, 1), 4),
        "precision": round(found / max(found + phantoms, 1), 4),
        "phantoms": phantoms,
    }

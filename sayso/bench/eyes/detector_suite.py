"""How well the detector sees: errors on simulated views that no training used, by what makes them hard."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from sayso.hardware.types import Array, Frame
from sayso.model_store import ModelStore
from sayso.perception.pipeline import Detector
from sayso.perception.votes import Detection
from sayso.stats import wilson
from sayso.training.detector_views import Label, View, ViewSource

HELD_OUT = 900_000_000
VISIBLE = 0.25
GATE = 0.04
WRONG_KIND = 0.02
# By name: the model, whether it is given depth, by how many cameras, and whose table they see.
CELLS = {
    "two views": ("detector", True, 2, "panda"),
    "two views, no depth": ("detector-rgb", False, 2, "panda"),
    "one view, no depth": ("detector-rgb", False, 1, "panda"),
    "SO-101": ("detector", True, 2, "so101"),
    "UR5e": ("detector", True, 2, "ur5e"),
}
RING = np.arange(16) * np.pi / 8


@dataclass
class DetectorErrors:
    """One entry for each visible object: errors of its position (m, NaN if it was not found), its width (m) and a
    block's yaw (rad; NaN for a bowl), kind and color right, and in which groups it counts; besides, the detections
    where nothing is, over ``views`` views.
    """

    error: list[float] = field(default_factory=list)
    width: list[float] = field(default_factory=list)
    yaw: list[float] = field(default_factory=list)
    kind: list[bool] = field(default_factory=list)
    color: list[bool] = field(default_factory=list)
    groups: list[frozenset[str]] = field(default_factory=list)
    false: int = 0
    views: int = 0

    def scores(self, group: str | None = None) -> dict[str, Any]:
        """Medians and 95th percentiles of errors (mm, degrees), and rates with Wilson intervals, of a group or all."""
        chosen = np.array([group is None or group in g for g in self.groups], dtype=bool)
        error, kind, color = np.array(self.error)[chosen], np.array(self.kind)[chosen], np.array(self.color)[chosen]
        found = np.isfinite(error)
        n, hits = len(error), int(found.sum())
        out: dict[str, Any] = {
            "n": n,
            "median_mm": _percentile(error * 1000, 50),
            "p95_mm": _percentile(error * 1000, 95),
            "width_p95_mm": _percentile(np.array(self.width)[chosen] * 1000, 95),
            "yaw_median_deg": _percentile(np.degrees(np.array(self.yaw)[chosen]), 50),
            "yaw_p95_deg": _percentile(np.degrees(np.array(self.yaw)[chosen]), 95),
            "recall": _rate(hits, n),
            "kind": _rate(int(kind[found].sum()), hits),
            "color": _rate(int(color[found].sum()), hits),
        }
        if group is None:
            out["false_per_view"] = round(self.false / max(self.views, 1), 4)
            out |= {name: self.scores(name) for name in sorted(frozenset().union(*self.groups))}
        return out


def _percentile(samples: Array, q: float) -> float | None:
    """A percentile of those that are numbers, None where none is."""
    samples = samples[np.isfinite(samples)]
    return round(float(np.percentile(samples, q)), 2) if len(samples) else None


def _rate(successes: int, n: int) -> dict[str, float]:
    low, high = wilson(successes, n)
    return {"rate": round(successes / n, 4) if n else 0.0, "low": round(low, 4), "high": round(high, 4)}


def cells_for(arm: str) -> list[str]:
    """The cells of `CELLS` for an arm: all of them where none is named, else what is seen at that arm's table."""
    return [name for name, (*_, whose) in CELLS.items() if arm == "panda" or whose == "panda"]


def detector_errors(
    seeds: Iterable[int], cell: str = "two views", root: Path | None = None, arm: str = "panda"
) -> DetectorErrors:
    """Render the views of ``seeds`` and compare what the installed model of a cell detects with the truth.

    ``cell`` is one of `CELLS`: what the detector is given of each view; another ``arm`` stands in the Panda's stead.
    """
    store, (model, depth, cameras, whose) = ModelStore() if root is None else ModelStore(root), CELLS[cell]
    arm = whose if arm == "panda" else arm
    detector = Detector(store.load(model)) if depth else Detector(None, color=store.load(model))
    source = ViewSource(arms={arm: 1.0})
    try:
        return compare((_given(v, depth, cameras) for seed in seeds for v in source.views(seed)), detector)
    finally:
        source.close()


def _given(view: View, depth: bool, cameras: int) -> View:
    """What is left of a view without depth, or without all cameras but the first ones."""
    frames = tuple(f if depth else dataclasses.replace(f, depth=None) for f in view.frames[:cameras])
    return View(frames, view.ids[:cameras], view.labels, view.arm_over)


def compare(views: Iterable[View], detector: Detector) -> DetectorErrors:
    """Errors of ``detector`` on labelled views."""
    out = DetectorErrors()
    for view in views:
        detections = detector.detect(view.frames)
        seen = [visibility(view, i) for i in range(len(view.labels))]
        partner = match(view.labels, detections)
        for i, label in enumerate(view.labels):
            if seen[i] < VISIBLE:
                continue
            detection = partner.get(i)
            error, width, yaw = (np.nan,) * 3 if detection is None else _errors(label, detection)
            out.error.append(error)
            out.width.append(width)
            out.yaw.append(yaw)
            out.kind.append(detection is not None and detection.kind == label.kind)
            out.color.append(detection is not None and detection.color == label.color)
            groups = {label.kind, "held" if label.held else "arm over" if view.arm_over else "arm away"}
            if seen[i] > 0.9:
                groups.add("in full view")
            out.groups.append(frozenset(groups))
        out.false += len(detections) - len(partner)
        out.views += 1
    return out


def _errors(label: Label, detection: Detection) -> tuple[float, float, float]:
    """Errors of position (m), width (m) and yaw (rad, modulo 90°; NaN for a bowl)."""
    position = float(np.linalg.norm(detection.position - label.position))
    width = abs(float(detection.size[:2].max() - label.size[:2].max()))
    turn = (detection.yaw - label.yaw + np.pi / 4) % (np.pi / 2) - np.pi / 4
    return position, width, abs(float(turn)) if label.kind == "block" else np.nan


def match(labels: tuple[Label, ...], detections: tuple[Detection, ...]) -> dict[int, Detection]:
    """The detection of each label that has one within `GATE`, by the cheapest assignment."""
    if not labels or not detections:
        return {}
    gaps = np.array([[np.linalg.norm(d.position - t.position) for d in detections] for t in labels])
    other = np.array([[d.kind != t.kind for d in detections] for t in labels])
    cost = np.where(gaps < GATE, gaps + WRONG_KIND * other, 1.0)
    rows, columns = linear_sum_assignment(cost)
    return {int(r): detections[c] for r, c in zip(rows, columns, strict=True) if cost[r, c] < 1.0}


def visibility(view: View, label: int) -> float:
    """The fraction of an object's silhouette that the camera with the best view sees."""
    return max(
        float((ids == label + 1).sum()) / max(cv2.contourArea(silhouette(view.labels[label], frame)), 1.0)
        for frame, ids in zip(view.frames, view.ids, strict=True)
    )


def silhouette(label: Label, frame: Frame) -> NDArray[np.float32]:
    """The outline (n, 1, 2) in pixels of the object with nothing in front of it."""
    local = (_outline(label) - frame.pose.position) @ frame.pose.rotation
    pixels = local @ frame.intrinsics.T
    return np.asarray(cv2.convexHull((pixels[:, :2] / pixels[:, 2:]).astype(np.float32)), dtype=np.float32)


def _outline(label: Label) -> Array:
    """Points (n, 3) on the object's convex hull."""
    half = label.size / 2
    if label.kind == "bowl":
        ring = np.stack([np.cos(RING), np.sin(RING)], 1) * half[0]
        rings = [np.column_stack([ring * s, np.full(len(ring), z)]) for s, z in ((1.0, half[2]), (0.62, -half[2]))]
        return label.position + np.concatenate(rings)
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * half
    c, s = np.cos(label.yaw), np.sin(label.yaw)
    return label.position + corners @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])

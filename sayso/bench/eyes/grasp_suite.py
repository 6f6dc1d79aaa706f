"""How often a thing that no training saw is lifted and held, by the grasp that the network likes best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.bench.eyes.things_suite import HARDLY, SURE, VISIBLE, auroc, match
from sayso.hardware.types import Frame, GripperSpec, Pose
from sayso.model_store import ModelStore
from sayso.perception.eyes.encoding import STRIDE
from sayso.perception.eyes.eyes import Eyes
from sayso.perception.eyes.views import grouped
from sayso.perception.grasps.candidates import CLEARANCE, candidates
from sayso.perception.grasps.finder import GraspFinder
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.grasps.relief import Relief, relief_of
from sayso.perception.grasps.seen import grasps_of
from sayso.sim.arms.arm_models import panda
from sayso.sim.grasps.table import GraspTable
from sayso.sim.grasps.trial import Error, HandPose, attempt
from sayso.sim.render.picture import Light, take
from sayso.sim.render.tables import TableSource
from sayso.sim.things.catalog import HELD_OUT_FAMILY, HELD_OUT_MESHES
from sayso.training.eyes_views import ThingView, without_beyond
from sayso.training.grasps.tables import TILT, SeenTable, SeenTables, owners_of, true_relief

HELD_OUT = 930_000_000
COUNTS = {"alone": (1,), "clutter": (5, 6, 7, 8, 9)}
METHODS = ("network, by the eyes", "network, true instances", "network, true instances, one camera", "box center")
CAMERAS = 2  # as a simulated arm has
TRIED = 40  # grasps on the true shape; a thing that none of them holds is no task
AGAIN = 1_000_003  # to the seed of the next table, if no thing on it is a task
DEEP = 0.02  # m of the tool's point below the top, of the box's grasp
OVERHEAD, PIXELS = 1.5, 420  # m; pixels of the picture of the true shapes
Record = dict[str, Any]


def grasp_record(models: Path, crowd: str, method: str, seed: int) -> Record:
    """What came of the best grasp of one thing: "held" and so on, or "unseen", "none" without a grasp."""
    outcomes, skipped = _outcomes(models, crowd, HELD_OUT + seed)
    outcome, quality = outcomes[method]
    return {"ok": outcome == "held", "outcome": outcome, "quality": quality, "skipped": skipped}


def figures(records: Sequence[Record]) -> Record:
    """Outcomes, the AUROC of the quality, and how many things were passed over because no grasp at all holds them."""
    names = sorted({r["outcome"] for r in records})
    some = [r for r in records if r["quality"] is not None]
    quality, held = np.array([r["quality"] for r in some]), np.array([r["ok"] for r in some], bool)
    return {
        "outcomes": {name: sum(r["outcome"] == name for r in records) for name in names},
        "auroc": auroc(quality, held) if some else None,
        "passed over": sum(r["skipped"] for r in records),
    }


@lru_cache(maxsize=1024)
def _outcomes(models: Path, crowd: str, seed: int) -> tuple[dict[str, tuple[str, float | None]], int]:
    """The outcome and quality by each method, on the same thing in the same picture; how many were passed over."""
    gripper = panda().spec.gripper
    assert gripper is not None
    source = SeenTables(
        TableSource(families=(HELD_OUT_FAMILY,), meshes=HELD_OUT_MESHES, blocks=False, arms=(), tilt=TILT),
        counts=COUNTS[crowd], pictures=CAMERAS,
    )  # fmt: skip
    store, skipped = ModelStore(models), 0
    while True:
        seen = source.draw(seed)
        try:
            rng = np.random.default_rng((seed, 2))
            shown = [k for k in range(len(seen.table.things)) if _shows(seen.views[0], k + 1)]
            true = shape_relief(seen.table)
            for thing in rng.permutation(shown).tolist():
                if _holdable(seen.table, thing, true, gripper):
                    found = _by_methods(seen, thing, store, gripper)
                    return {m: _try(seen.table, thing, f, rng) for m, f in found.items()}, skipped
                skipped += 1
        finally:
            seen.table.close()
        seed += AGAIN


def _try(
    table: GraspTable, thing: int, grasp: Grasp | str, rng: np.random.Generator
) -> tuple[str, float | None]:  # fmt: skip
    if isinstance(grasp, str):
        return grasp, None
    place = Error().of(HandPose(grasp.position, grasp.yaw), np.random.default_rng(int(rng.integers(2**32))))
    return attempt(table, thing, place), grasp.quality


def _shows(view: ThingView, number: int) -> bool:
    """Whether a picture shows enough of a thing, with a depth, and all that is not hidden."""
    mask = without_beyond(view)[::STRIDE, ::STRIDE] == number
    if mask[[0, -1]].any() or mask[:, [0, -1]].any():
        return False
    measured = np.asarray(view.frame.depth)[::STRIDE, ::STRIDE] > 0
    return bool(int(mask.sum()) >= VISIBLE and measured[mask].mean() >= HARDLY)


def shape_relief(table: GraspTable) -> Relief:
    """The relief of the true shapes, from straight above."""
    pose = Pose(np.array([0.0, 0.0, OVERHEAD]), np.diag([1.0, -1.0, -1.0]))
    focal = PIXELS * OVERHEAD / 1.4
    lens = np.array([[focal, 0, PIXELS / 2], [0, focal, PIXELS / 2], [0, 0, 1.0]])
    light = Light(np.array([0, 0, 1.0]), 1.0, 0.0, np.ones(3))
    picture = take([t.placed for t in table.things], (), pose, lens, PIXELS, PIXELS, light)
    depth = np.where(np.isfinite(picture.depth), picture.depth, np.float32(OVERHEAD))
    frame = Frame(0.0, "above", np.zeros((PIXELS, PIXELS, 3), np.uint8), depth, lens, pose)
    relief = relief_of([frame], [np.maximum(picture.owner, -1) + 1])
    assert relief is not None
    return relief


def _holdable(table: GraspTable, thing: int, true: Relief, gripper: GripperSpec) -> bool:
    """Whether some grasp on the true shape, taken exactly, holds the thing."""
    found = candidates(true, thing + 1, gripper, TRIED)
    places = zip(found.places, found.yaws.tolist(), strict=True)
    return any(attempt(table, thing, HandPose(p, yaw)) == "held" for p, yaw in places)


def _by_methods(seen: SeenTable, thing: int, store: ModelStore, gripper: GripperSpec) -> dict[str, Grasp | str]:
    """The best grasp of a thing by each of `METHODS`, or what is missing."""
    views, one = seen.views, seen.views[:1]
    finder, eyes = GraspFinder(store.load("grasps"), gripper), Eyes(store.load("eyes"))
    relief = true_relief(views)
    ways: dict[str, Callable[[], Sequence[Grasp] | None]] = {
        METHODS[0]: lambda: _by_eyes(views, thing, eyes, finder),
        METHODS[1]: lambda: _by_truth(views, thing, finder),
        METHODS[2]: lambda: _by_truth(one, thing, finder),
        METHODS[3]: lambda: box_grasp(relief, thing + 1, gripper),
    }
    out: dict[str, Grasp | str] = {}
    for method, way in ways.items():
        grasps = way()
        out[method] = "unseen" if grasps is None else grasps[0] if grasps else "none"
    return out


def _by_truth(views: Sequence[ThingView], thing: int, finder: GraspFinder) -> Sequence[Grasp]:
    return finder.find([v.frame for v in views], [owners_of(v) for v in views], len(views[0].labels))[thing]


def _by_eyes(views: Sequence[ThingView], thing: int, eyes: Eyes, finder: GraspFinder) -> Sequence[Grasp] | None:
    """The grasps of what the eyes take for the thing; None if they do not see it as one in any picture."""
    seen = [[i for i in eyes.look(view.frame) if i.confidence >= SURE] for view in views]
    groups = grouped(seen)
    found = grasps_of(finder, [v.frame for v in views], seen, groups)
    for view, instances in zip(views, seen, strict=True):
        ids: NDArray[np.uint8] = without_beyond(view)[::STRIDE, ::STRIDE]
        partner = match(ids, len(view.labels), instances).get(thing)
        if partner is not None:
            return next(f for g, f in zip(groups, found, strict=True) if any(i is instances[partner] for i in g))
    return None


def box_grasp(relief: Relief | None, number: int, gripper: GripperSpec) -> Sequence[Grasp]:
    """The middle of the smallest rectangle around a thing as it is seen, across its short side."""
    cells, tops = relief.of(number) if relief is not None else (np.zeros((0, 2)), np.zeros(0))
    if len(cells) < 3:
        return ()
    (x, y), edges, degrees = cv2.minAreaRect((cells * 1000).astype(np.float32))
    yaw = np.radians(degrees + (0.0 if edges[0] < edges[1] else 90.0))
    z = max(float(np.percentile(tops, 95)) - DEEP, gripper.fingertip + CLEARANCE)
    return (Grasp(np.array([x / 1000, y / 1000, z]), float(yaw % np.pi), min(edges) / 1000, 1.0),)

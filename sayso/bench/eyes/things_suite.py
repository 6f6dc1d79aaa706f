"""How well the eyes see anything: errors on rendered tables that no training used, of known and of held-out things."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from sayso.model_store import ModelStore
from sayso.perception.eyes.encoding import STRIDE
from sayso.perception.eyes.eyes import Eyes
from sayso.perception.eyes.instances import Instance
from sayso.perception.eyes.names import SOMETHING
from sayso.sim.render.tables import TableSource
from sayso.sim.things.catalog import HELD_OUT_FAMILY, HELD_OUT_MESHES
from sayso.stats import wilson
from sayso.training.eyes_views import ThingView, ThingViews, without_beyond

MODELS = {True: "eyes", False: "eyes-rgb"}
HELD_OUT = 910_000_000
OVERLAP = 0.5  # intersection over union from which an instance is the thing
VISIBLE, HARDLY = 24, 0.15  # output pixels of a thing that counts; share of them with a depth
CELLS = {"known": True, "held out": True, "known, no depth": False, "held out, no depth": False}  # with depth?
SURE = 0.5


@dataclass
class ThingErrors:
    """One entry for each thing that counts: its position's error (m, NaN if it was not found), kind right, the
    probability of something else, and whether it was something else; besides, the ``false`` instances in ``views``."""

    error: list[float] = field(default_factory=list)
    kind: list[bool] = field(default_factory=list)
    other: list[float] = field(default_factory=list)
    is_other: list[bool] = field(default_factory=list)
    false: int = 0
    views: int = 0

    def scores(self) -> dict[str, Any]:
        """Precision, recall, F1, errors in mm, kinds right among known ones, and the AUROC of something else."""
        error = np.array(self.error)
        found = np.isfinite(error)
        n, hits = len(error), int(found.sum())
        recall, precision = hits / max(n, 1), hits / max(hits + self.false, 1)
        low, high = wilson(hits, n)
        known = found & ~np.array(self.is_other, bool)
        out: dict[str, Any] = {
            "n": n,
            "views": self.views,
            "recall": round(recall, 4),
            "recall_interval": [round(low, 4), round(high, 4)],
            "precision": round(precision, 4),
            "f1": round(2 * precision * recall / max(precision + recall, 1e-9), 4),
            "kind": round(float(np.array(self.kind, bool)[known].mean()), 4) if known.any() else None,
            "something_else_auroc": auroc(np.array(self.other)[found], np.array(self.is_other, bool)[found]),
        }
        for name, q in (("median_mm", 50), ("p95_mm", 95)):
            out[name] = round(float(np.percentile(error[found] * 1000, q)), 2) if hits else None
        return out


def auroc(score: NDArray, positive: NDArray[np.bool_]) -> float | None:
    """The probability that a positive's score exceeds a negative's; None without both."""
    if not positive.any() or positive.all():
        return None
    a, b = score[positive][:, None], score[~positive]
    return round(float((a > b).mean() + (a == b).mean() / 2), 4)


def source_of(cell: str) -> ThingViews:
    """The tables of a cell: known families and meshes, or those that no training saw."""
    if cell.startswith("known"):
        return ThingViews()
    return ThingViews(TableSource(families=(HELD_OUT_FAMILY,), meshes=HELD_OUT_MESHES, blocks=False))


def thing_errors(seeds: Iterable[int], cell: str = "known", root: Path | None = None) -> ThingErrors:
    """Render the tables of ``seeds`` and compare what the installed eyes see with the truth."""
    store = ModelStore() if root is None else ModelStore(root)
    depth = CELLS[cell]
    eyes = Eyes(store.load(MODELS[True])) if depth else Eyes(None, color=store.load(MODELS[False]))
    source = source_of(cell)
    try:
        return compare((view for seed in seeds for view in source.views(seed)), eyes, depth)
    finally:
        source.close()


def thing_record(models: Path, cell: str, seed: int) -> dict[str, Any]:
    """The record of one table."""
    e = thing_errors([HELD_OUT + seed], cell, models)
    found = bool(np.isfinite(e.error).all()) and not e.false
    # A record's "error" would be an exception's text.
    return {"ok": found} | {"off_m" if k == "error" else k: _plain(v) for k, v in asdict(e).items()}


def summed(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The figures of all tables together."""
    whole = ThingErrors()
    for r in records:
        whole.error += [np.nan if v is None else v for v in r["off_m"]]
        whole.other += [np.nan if v is None else v for v in r["other"]]
        whole.kind += r["kind"]
        whole.is_other += r["is_other"]
        whole.false += r["false"]
        whole.views += r["views"]
    scores = whole.scores()
    return {"things": scores.pop("n"), **scores}  # a cell's n are its tables


def _plain(value: Any) -> Any:
    """Numbers as JSON has them: NaN is null."""
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return None if isinstance(value, float) and np.isnan(value) else value


def compare(views: Iterable[ThingView], eyes: Eyes, depth: bool = True) -> ThingErrors:
    """Errors of ``eyes`` on labeled views, given with or without ``depth``."""
    out = ThingErrors()
    for view in views:
        frame = view.frame if depth else replace(view.frame, depth=None)
        seen = [i for i in eyes.look(frame) if i.confidence >= SURE]
        ids = (without_beyond(view) if depth else view.ids)[::STRIDE, ::STRIDE]
        partner = match(ids, len(view.labels), seen)
        measured = np.asarray(view.frame.depth)[::STRIDE, ::STRIDE] > 0
        for k, label in enumerate(view.labels):
            mask = ids == k + 1
            if int(mask.sum()) < VISIBLE or (depth and measured[mask].mean() < HARDLY):
                continue
            instance = seen[partner[k]] if k in partner else None
            error = np.nan if instance is None else float(np.linalg.norm(instance.position - label.center))
            out.error.append(error)
            out.kind.append(instance is not None and instance.kind == label.kind)
            out.other.append(instance.kinds[SOMETHING] if instance is not None else np.nan)
            out.is_other.append(label.kind == SOMETHING)
        out.false += len(seen) - len(partner)
        out.views += 1
    return out


def match(ids: NDArray[np.uint8], things: int, instances: Sequence[Instance]) -> dict[int, int]:
    """The instance of each thing (by index) with an overlap of at least `OVERLAP`, by the best assignment."""
    if not things or not instances:
        return {}
    overlap = np.zeros((things, len(instances)))
    for k in range(things):
        mask = ids == k + 1
        for j, instance in enumerate(instances):
            union = int((mask | instance.mask).sum())
            overlap[k, j] = int((mask & instance.mask).sum()) / max(union, 1)
    rows, columns = linear_sum_assignment(-overlap)
    return {int(r): int(c) for r, c in zip(rows, columns, strict=True) if overlap[r, c] >= OVERLAP}

"""The detector suite's records, one a world, and the figures that they sum up to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench.eyes.detector_suite import HELD_OUT, detector_errors
from sayso.stats import percentiles, wilson

Record = dict[str, Any]


def detect(models: Path, cell: str, arm: str, seed: int) -> Record:
    """The record of one world: what of its visible objects was found, and how well."""
    e = detector_errors([HELD_OUT + seed], cell, root=models, arm=arm)
    found = [1000 * v for v in e.error if np.isfinite(v)]
    right = [bool(k and c) for k, c in zip(e.kind, e.color, strict=True)]
    return {
        "ok": all(right),
        "objects": len(right),
        "mm": [round(v, 2) for v in found],
        "kind": sum(e.kind),
        "color": sum(e.color),
        "right": sum(right),
        "false": e.false,
        "yaw": [round(float(np.degrees(v)), 2) for v in e.yaw if np.isfinite(v)],
    }


def detected(records: Sequence[Record]) -> Record:
    """The figures of all worlds together."""
    n, found = sum(r["objects"] for r in records), sum(len(r["mm"]) for r in records)
    out: Record = {
        "objects": n,
        "found": found,
        "false per world": round(sum(r["false"] for r in records) / len(records), 3),
    }
    for what in ("kind", "color"):
        good = sum(r[what] for r in records)
        low, high = wilson(good, found)
        out[f"{what} right"] = {"rate": round(good / max(found, 1), 4), "low": round(low, 4), "high": round(high, 4)}
    out["position mm"] = percentiles([v for r in records for v in r["mm"]], (50, 95))
    return out | {"yaw deg": percentiles([v for r in records for v in r["yaw"]], (50, 95))}

"""LeRobot's feature statistics, for one episode and for many."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array
from sayso.skills.episodes import Pictures

QUANTILES = {"q01": 0.01, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q99": 0.99}
PLAIN_STATISTICS = ("min", "max", "mean", "std", "count")
STATISTICS = (*PLAIN_STATISTICS, *QUANTILES)
Stats = dict[str, Array]
"""Each statistic (n,), for images (3, 1, 1) on values in [0, 1]; ``count`` is (1,)."""


def column_stats(values: NDArray) -> Stats:
    """Statistics of ``values`` (T, n) over T."""
    ordered = np.sort(np.ascontiguousarray(values.T), axis=1).astype(np.float64)
    mean = ordered.mean(axis=1)
    centred = ordered - mean[:, None]
    out = {
        "min": ordered[:, 0],
        "max": ordered[:, -1],
        "mean": mean,
        "std": np.sqrt(np.einsum("nt,nt->n", centred, centred) / len(values)),
        "count": np.array([len(values)], np.float64),
    }
    for name, share in QUANTILES.items():
        at = share * (len(values) - 1)
        low = int(at)
        high = min(low + 1, len(values) - 1)
        out[name] = ordered[:, low] * (1.0 - (at - low)) + ordered[:, high] * (at - low)
    return out


def columns_stats(columns: Mapping[str, NDArray]) -> dict[str, Stats]:
    """`column_stats` of several columns of equal length; grouped by dtype, which is twice as fast."""
    out: dict[str, Stats] = {}
    for dtype in {values.dtype for values in columns.values()}:
        alike = {name: values for name, values in columns.items() if values.dtype == dtype}
        whole = column_stats(np.concatenate(list(alike.values()), axis=1))
        end = 0
        for name, values in alike.items():
            start, end = end, end + values.shape[1]
            out[name] = {key: value if key == "count" else value[start:end] for key, value in whole.items()}
    return out


def image_stats(frames: NDArray[np.uint8] | Pictures, most: int = 20) -> Stats:
    """Pixel statistics of at most ``most`` frames of (T, H, W, 3), per color channel as (3, 1, 1) in [0, 1]."""
    some = frames[np.linspace(0, len(frames) - 1, min(most, len(frames))).round().astype(int)]
    step = max(1, min(some.shape[1:3]) // 64)
    pixels = some[:, ::step, ::step].reshape(-1, 3).astype(np.float32) / 255.0
    out = {name: value.reshape(3, 1, 1) for name, value in column_stats(pixels).items() if name != "count"}
    return out | {"count": np.array([len(some)], np.float64)}


def combine(parts: Mapping[str, NDArray]) -> Stats:
    """Statistics of the union of E parts, each (E, …); quantiles by weighted mean, as in LeRobot."""
    weight = _weight(parts)
    return combine_plain(parts) | {name: (weight * parts[name]).sum(axis=0) for name in QUANTILES}


def combine_plain(parts: Mapping[str, NDArray]) -> Stats:
    """As `combine`, without quantiles."""
    weight = _weight(parts)
    mean = (weight * parts["mean"]).sum(axis=0)
    spread = (weight * (np.square(parts["std"]) + np.square(parts["mean"] - mean))).sum(axis=0)
    out = {"min": parts["min"].min(axis=0), "max": parts["max"].max(axis=0), "mean": mean, "std": np.sqrt(spread)}
    out["count"] = np.array([parts["count"].sum()])
    return out


def _weight(parts: Mapping[str, NDArray]) -> NDArray:
    count = parts["count"].reshape(-1)
    return (count / count.sum()).reshape(-1, *(1,) * (parts["mean"].ndim - 1))

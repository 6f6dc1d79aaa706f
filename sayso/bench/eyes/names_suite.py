"""How well a taught name is found again: among eight other things, at another place, turned, and in other light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench.eyes.things_suite import SURE, match
from sayso.model_store import ModelStore
from sayso.names.in_pictures import crop_in
from sayso.perception.eyes.encoding import STRIDE
from sayso.perception.eyes.eyes import Eyes
from sayso.perception.eyes.view import fitted
from sayso.perception.looks.crop import Crop, crop_of
from sayso.perception.looks.describer import Comparison, all_described
from sayso.perception.looks.recognition import Numbers, probabilities
from sayso.perception.scene import LIKELY_NAME
from sayso.sim.render.tables import TableSource
from sayso.sim.things.catalog import HELD_OUT_FAMILY, HELD_OUT_MESHES
from sayso.stats import wilson
from sayso.training.eyes_views import ThingView, ThingViews

HELD_OUT = 920_000_000
THINGS, MOST_TARGETS = 9, 4
WIDTH, HEIGHT = 448, 320
VISIBLE = 24  # pixels of the eyes' output, as in the suite things
LEAST_OTHERS = 5
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NamesCell:
    """How many ``looks`` are taught; whether the named thing is ``there``; whether the eyes find the things (else their
    true pixels are given); how many lie on another side (``tipped``); whether trainings may have seen them."""

    looks: int
    there: bool = True
    eyes: bool = False
    tipped: float = 0.0
    known: bool = False


CELLS = {
    "one look": NamesCell(1),
    "three looks": NamesCell(3),
    "not there": NamesCell(1, there=False),
    "on another side": NamesCell(1, tipped=1.0),
    "known things": NamesCell(1, known=True),
}
SEEN_CELLS = {
    "one look, by the eyes": NamesCell(1, eyes=True),
    "three looks, by the eyes": NamesCell(3, eyes=True),
    "not there, by the eyes": NamesCell(1, there=False, eyes=True),
}


def name_record(models: Path, cell: str, seed: int) -> Record:
    """The record of one table: its things are taught one after another, and each name is looked for on a new table."""
    plan, store = (CELLS | SEEN_CELLS)[cell], ModelStore(models)
    comparison = Comparison(store.load("looks"))
    eyes = Eyes(store.load("eyes")) if plan.eyes else None
    things = TableSource(width=WIDTH, height=HEIGHT)
    if not plan.known:
        things = replace(things, families=(HELD_OUT_FAMILY,), meshes=HELD_OUT_MESHES, blocks=False)
    source = ThingViews(things, count=plan.looks + 1)
    try:
        *taught, asked = source.rearranged(HELD_OUT + seed, THINGS, plan.tipped)
    finally:
        source.close()
    return attempts(comparison, [seen_in(v, eyes) for v in taught], seen_in(asked, eyes), visible(asked), plan.there)


def visible(view: ThingView) -> set[int]:
    """Numbers of the things of which enough is seen."""
    ids = view.ids[::2, ::2]  # about the eyes' output
    return {label.number for k, label in enumerate(view.labels, 1) if (ids == k).sum() >= VISIBLE and not label.beyond}


def seen_in(view: ThingView, eyes: Eyes | None) -> dict[int, Crop]:
    """The crop of every thing in a picture by its number; what is none of them has a number below 0."""
    frame, found = view.frame, {}
    if eyes is None:
        crops = {t.number: crop_of(frame, view.ids == k, t.size) for k, t in enumerate(view.labels, 1)}
    else:
        seen = [i for i in eyes.look(frame) if i.confidence >= SURE]
        v, u = (np.round(np.arange(n) * STRIDE * fitted(frame).scale + o).astype(int) for n, o in zip(
            seen[0].mask.shape if seen else (0, 0), fitted(frame).origin[::-1], strict=True))  # fmt: skip
        inside = ((v >= 0) & (v < HEIGHT))[:, None] & ((u >= 0) & (u < WIDTH))
        ids = np.where(inside, view.ids[np.ix_(np.clip(v, 0, HEIGHT - 1), np.clip(u, 0, WIDTH - 1))], 0)
        partner = {j: view.labels[k].number for k, j in match(ids.astype(np.uint8), len(view.labels), seen).items()}
        crops = {partner.get(j, -1 - j): crop_in(frame, i) for j, i in enumerate(seen)}
    for number, crop in crops.items():
        if crop is not None:
            found[number] = crop
    return found


def attempts(
    comparison: Comparison,
    taught: Sequence[Mapping[int, Crop]],
    asked: Mapping[int, Crop],
    there: set[int],
    stays: bool,
) -> Record:
    """How often each of the first things that were taught is found right, taken for another, or not found."""
    out, tried = {"right": 0, "wrong": 0, "none": 0}, 0
    numbers: dict[int, Numbers] = {n: all_described([crop]) for n, crop in asked.items()}
    for target in sorted(there):
        looks = [crops[target] for crops in taught if target in crops]
        others = {n: x for n, x in numbers.items() if stays or n != target}
        if not looks or len(others) < LEAST_OTHERS or tried == MOST_TARGETS:
            continue
        tried += 1
        sure = probabilities(comparison, [all_described(looks)], list(others.values()))[0]
        best = list(others)[int(sure.argmax())]
        if sure.max() < LIKELY_NAME:
            out["none"] += 1
        else:
            out["right" if best == target else "wrong"] += 1
    wanted = "right" if stays else "none"
    return {"ok": out[wanted] == tried} | out


def figures(records: Sequence[Record]) -> Record:
    """Shares of all attempts with Wilson intervals."""
    n = sum(r["right"] + r["wrong"] + r["none"] for r in records)
    out: Record = {"attempts": n}
    for what in ("right", "wrong", "none"):
        k = sum(r[what] for r in records)
        low, high = wilson(k, n)
        out[what] = {"rate": round(k / n, 4) if n else 0.0, "low": round(low, 4), "high": round(high, 4)}
    return out

"""The bench of names: what is counted right, wrong and none, on things that are told apart by color alone."""

import numpy as np

from sayso.bench.eyes.names_suite import attempts, figures, seen_in, visible
from sayso.model_store import ModelStore
from sayso.perception.looks.crop import SIDE, UNKNOWN, Crop
from sayso.perception.looks.describer import Comparison
from sayso.training.looks_data import THINGS, VIEWS, looks_of, source

COLORS = [(200, 30, 30), (30, 160, 50), (30, 60, 200), (230, 210, 40), (150, 40, 160), (240, 130, 30), (30, 30, 30)]


def crop(color: tuple[int, int, int], light: float = 1.0) -> Crop:
    picture = np.full((SIDE, SIDE, 4), 120, np.uint8)
    picture[..., 3] = 0
    picture[8:40, 8:40] = (*(np.array(color) * light).astype(np.uint8), 255)
    return Crop(picture, np.full((SIDE, SIDE), UNKNOWN, np.uint8), np.array([0.08, 0.06, 0.05]))


def test_right_wrong_and_none() -> None:
    comparison = Comparison(ModelStore().load("looks"))
    taught = {k: crop(c) for k, c in enumerate(COLORS)}
    asked = {k: crop(c, light=0.85) for k, c in enumerate(COLORS)}
    assert attempts(comparison, [taught], asked, {0, 1, 2}, True) == {"ok": True, "right": 3, "wrong": 0, "none": 0}
    gone = attempts(comparison, [taught], asked, {0, 1, 2}, False)
    assert gone["right"] == 0 and gone["none"] >= 2 and gone["ok"] == (gone["none"] == 3)
    swapped = asked | {0: asked[1], 1: asked[0]}
    assert attempts(comparison, [taught], swapped, {0, 1}, True)["wrong"] == 2
    found = figures([{"right": 8, "wrong": 1, "none": 1}, {"right": 0, "wrong": 0, "none": 0}])
    assert found["attempts"] == 10 and found["right"]["rate"] == 0.8 and found["right"]["low"] < 0.8


def test_the_same_things_lie_on_every_table_and_their_looks_keep_their_numbers() -> None:
    pictures = source()
    try:
        views = list(pictures.rearranged(7, THINGS))
        again = list(source().rearranged(7, THINGS))
    finally:
        pictures.close()
    assert len(views) == VIEWS and (views[1].frame.rgb == again[1].frame.rgb).all()
    places = [{t.number: t.center[:2].round(3).tolist() for t in v.labels} for v in views]
    assert len(places[0]) > 5 and all(places[0][n] != places[1].get(n) for n in places[0])
    kinds = [{t.number: t.kind for t in v.labels} for v in views]
    assert all(kinds[0][n] == kinds[1][n] for n in kinds[0].keys() & kinds[1].keys())
    looks = looks_of(views, 7)
    assert len(looks.crops) == len(looks.who) == len(looks.view) > 10
    crops = seen_in(views[0], None)
    assert visible(views[0]) <= set(crops) and all(np.isfinite(c.size).all() for c in crops.values())

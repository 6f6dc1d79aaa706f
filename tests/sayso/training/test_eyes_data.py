"""Training data of the eyes: targets that lead back to the truth, in the mirror as well, and files that resume."""

from pathlib import Path

import numpy as np
import pytest
import torch

from sayso.perception.eyes import layout
from sayso.perception.eyes.encoding import STRIDE, encode
from sayso.perception.eyes.instances import read_instances
from sayso.perception.eyes.names import EYE_COLORS, EYE_KINDS
from sayso.perception.eyes.view import fitted
from sayso.perception.training.eye_network import EyeNet
from sayso.sim.things.catalog import ALL_KINDS
from sayso.sim.things.mesh import box, sphere
from sayso.sim.things.paint import COLOR_NAMES
from sayso.training import eyes_data
from sayso.training.eyes_batch import draw_batch, mirrored, targets
from sayso.training.eyes_data import Pictures
from sayso.training.eyes_views import ThingView, ThingViews, thing_label

SURE = 8.0


@pytest.fixture(scope="module")
def views() -> list[ThingView]:
    source = ThingViews(count=2)
    try:
        return [view for seed in range(50, 54) for view in source.views(seed)]
    finally:
        source.close()


def test_names_are_those_of_the_simulator() -> None:
    assert EYE_COLORS == COLOR_NAMES
    assert set(EYE_KINDS) <= set(ALL_KINDS)


def test_a_label_is_the_upright_box() -> None:
    turn = np.array([[np.cos(0.4), -np.sin(0.4), 0], [np.sin(0.4), np.cos(0.4), 0], [0, 0, 1]])
    label = thing_label("box", box((0.2, 0.1, 0.05), (0.0, 0.0, 0.025)).moved(turn, (0.3, 0.1, 0.0)).vertices)
    np.testing.assert_allclose(label.center, [0.3, 0.1, 0.025], atol=1e-5)
    np.testing.assert_allclose(label.size, [0.2, 0.1, 0.05], atol=1e-5)
    assert label.fold == 2 and abs(np.sin(label.yaw - 0.4)) < 1e-4
    assert thing_label("block", box((0.04, 0.04, 0.04)).vertices).fold == 4
    assert thing_label("ball", sphere(0.04).vertices).fold == 0
    assert thing_label("angle", sphere(0.04).vertices).kind == "thing"


def perfect(view: ThingView) -> np.ndarray:
    """What a network would say that knows everything."""
    thing, _, heart, _, offset, vote, _, size, long, square, kind, color = targets(view, encode(view.frame))
    raw = np.zeros((layout.OUTPUTS, *thing.shape), np.float32)
    raw[layout.THING] = np.where(thing > 0, SURE, -SURE)
    raw[layout.HEART] = np.log(np.clip(heart, 1e-4, 1 - 1e-4) / (1 - np.clip(heart, 1e-4, 1 - 1e-4)))
    raw[layout.OFFSET], raw[layout.VOTE], raw[layout.SIZE] = offset, vote, size
    raw[layout.SPREAD], raw[layout.LONG], raw[layout.SQUARE] = -3, long, square
    for k in range(len(EYE_KINDS)):
        raw[layout.KIND.start + k] = SURE * (kind == k)
    for k in range(len(EYE_COLORS)):
        raw[layout.COLOR.start + k] = SURE * (color == k)
    return raw


@pytest.mark.parametrize("in_mirror", [False, True])
def test_perfect_outputs_give_the_truth_back(views: list[ThingView], in_mirror: bool) -> None:
    found = asked = 0
    for view in views:
        view = mirrored(view) if in_mirror else view
        seen = encode(view.frame)
        instances = read_instances(perfect(view), seen, fitted(view.frame))
        ids = view.ids[::STRIDE, ::STRIDE]
        for k, label in enumerate(view.labels, 1):
            mask = ids == k
            if mask.sum() < 40 or seen.known[mask].mean() < 0.5:
                continue
            asked += 1
            own = [i for i in instances if (i.mask & mask).sum() > 0.6 * (i.mask | mask).sum()]
            if not own:
                continue
            found += 1
            (i,) = own
            np.testing.assert_allclose(i.position, label.center, atol=0.004)
            np.testing.assert_allclose(i.size, label.size, atol=0.004)
            assert i.kind == label.kind and i.fold == label.fold
            if label.fold == 2:
                assert abs(np.sin(i.yaw - label.yaw)) < 0.1
            u, v = i.pixel
            assert i.box[0] < u < i.box[2] and i.box[1] < v < i.box[3]
    assert asked > 15 and found >= 0.9 * asked


def test_pictures_are_packed_and_unpacked(views: list[ThingView]) -> None:
    packed = Pictures.of(views)
    back = packed.view(3)
    assert (back.frame.rgb == views[3].frame.rgb).all() and (back.ids == views[3].ids).all()
    np.testing.assert_allclose(back.frame.depth, views[3].frame.depth, atol=1e-4)  # type: ignore[arg-type]
    assert [t.kind for t in back.labels] == [t.kind for t in views[3].labels]


def test_shards_with_walls_are_files_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eyes_data, "TABLES", 1)
    for name, walled in (("tables-7.npz", 0.0), ("walled0.5-7.npz", 0.5)):
        eyes_data._render_shard((tmp_path / name, 7, 0.0, walled))
        assert eyes_data.render(tmp_path, 7, eyes_data.VIEWS, walled=walled) == [tmp_path / name]
    plain, some = (eyes_data.load([path]).columns for path in sorted(tmp_path.iterdir()))
    same = (plain["rgb"] == some["rgb"]).all((1, 2, 3))
    assert same.any() and not same.all() and (plain["poses"] == some["poses"]).all()


def test_batches_repeat_for_a_seed(views: list[ThingView]) -> None:
    packed = Pictures.of(views)
    one, same, other = (draw_batch(packed, np.random.default_rng(seed), 4).inputs for seed in (0, 0, 1))
    assert (one == same).all() and not (one == other).all()


def test_at_first_a_network_is_the_ways_past_its_blocks() -> None:
    net, x = EyeNet(), torch.rand((1, 20, 8, 8))
    assert (net.stem[2](x) == x).all(), "so a smaller network's weights mean in a larger one what they meant"
    assert (net.fine(x.repeat(1, 3, 1, 1)[:, :56]) == x.repeat(1, 3, 1, 1)[:, :56]).all()


def test_a_tiny_training_resumes_and_is_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, views: list[ThingView]
) -> None:
    from sayso.training import eyes

    monkeypatch.setattr(eyes, "render", lambda *_, **__: [])
    monkeypatch.setattr(eyes, "load", lambda _: Pictures.of(views))
    said: list[float] = []
    scores = eyes.train_eyes(
        tmp_path / "eyes.onnx",
        tmp_path,
        phases=(eyes.Phase(8, 0, 2), eyes.Phase(8, 8, 1)),
        test_tables=1,
        progress=lambda *a: said.append(a[2]),
    )
    assert scores["parity"] < 2e-4 and scores["known"]["views"] == 4 and np.isfinite(said).all()
    assert (tmp_path / "eyes.json").exists()
    weights = eyes.weights_of(tmp_path / "eyes.onnx")
    assert all(torch.isfinite(w).all() for w in weights.values()) and len(weights) == len(EyeNet().state_dict())
    eyes.train_eyes(
        tmp_path / "eyes-rgb.onnx",
        tmp_path,
        depth=False,
        start=tmp_path / "eyes.onnx",
        phases=(eyes.Phase(8, 0, 1),),
        test_tables=1,
    )
    # One step at the schedule's first rate hardly moves the weights that the training began with.
    after = eyes.weights_of(tmp_path / "eyes-rgb.onnx")
    assert max(float((after[name] - weights[name]).abs().max()) for name in weights) < 1e-3

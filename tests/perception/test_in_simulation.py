"""The shipped detector in the simulator, on views that no training, choice or score has used."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sayso.bench.eyes.detector_suite import DetectorErrors, compare, silhouette
from sayso.hardware.arms.load import load_arm
from sayso.hardware.clock import FakeClock
from sayso.model_store import ModelStore
from sayso.perception.encoding import encode
from sayso.perception.pipeline import Detector, PerceptionPipeline
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.camera import DEFAULT_CAMERAS, SimCamera
from sayso.sim.physics import Physics
from sayso.sim.robot import SimArm
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.training.detector_data import ARM_SHARES
from sayso.training.detector_layout import scatter, table_area, upright_box
from sayso.training.detector_views import Label, ViewSource
from tests.perception.conftest import tool_at

SEEDS = (22_000_000, 22_000_001, 22_000_002)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(ModelStore().load("detector"))


@pytest.fixture(scope="module")
def errors(detector: Detector) -> DetectorErrors:
    source = ViewSource()
    try:
        return compare((view for seed in SEEDS for view in source.views(seed)), detector)
    finally:
        source.close()


def test_objects_are_found_where_they_are(errors: DetectorErrors) -> None:
    scores = errors.scores()
    assert scores["n"] > 60
    assert scores["median_mm"] < 5 and scores["p95_mm"] < 15
    assert scores["recall"]["rate"] > 0.93


def test_kinds_and_colors_are_right(errors: DetectorErrors) -> None:
    scores = errors.scores()
    assert scores["kind"]["rate"] > 0.97 and scores["color"]["rate"] > 0.95


def test_a_tower_a_bowl_and_a_block_in_it_become_a_scene(detector: Detector) -> None:
    objects = (
        ObjectSpec("base", "block", "green", (0.45, 0.12)),
        ObjectSpec("top", "block", "red", (0.45, 0.12, 0.04)),
        ObjectSpec("bowl", "bowl", "blue", (0.55, -0.15)),
        ObjectSpec("inside", "block", "yellow", (0.55, -0.15, 0.007)),
    )
    world = Physics(SceneSpec(objects))
    try:
        arm = SimArm(world)
        arm.connect()
        cameras = [SimCamera(world, arm.clock, spec) for spec in DEFAULT_CAMERAS]
        pipeline = PerceptionPipeline(arm.spec, detector, cameras)
        scene = pipeline.observe(arm.read(), tool_at(0.3, 0.0, 0.4), False)
        pipeline.close()
        truth = world.truth()
    finally:
        world.close()
    assert sorted(o.name for o in scene.objects) == ["blue bowl", "green block", "red block", "yellow block"]
    for o in objects:
        seen = next(x for x in scene.objects if x.name == f"{o.color} {o.kind}")
        assert np.linalg.norm(seen.position - truth[o.id].position) < 0.012, o.id


def test_a_simulated_camera_is_calibrated_to_a_tenth_of_a_pixel() -> None:
    world = Physics(SceneSpec((ObjectSpec("bowl", "bowl", "blue", (0.5, 0.05)),)))
    try:
        for spec in DEFAULT_CAMERAS:
            frame, bodies = SimCamera(world, FakeClock(), spec).labelled()
            assert abs(np.median(encode(frame).points[bodies[::2, ::2] == world.table, 2])) < 2e-4
            truth = world.truth()["bowl"]
            hull = silhouette(Label("bowl", "blue", truth.position, truth.size, 0.0), frame)
            moments, pixels = cv2.moments(hull), np.nonzero(bodies == world.bodies["bowl"])
            center = np.array([moments["m10"], moments["m01"]]) / moments["m00"]
            assert np.allclose(center, [pixels[1].mean(), pixels[0].mean()], atol=0.15)
    finally:
        world.close()


def test_the_same_seed_gives_the_same_view() -> None:
    views = []
    for _ in range(2):
        source = ViewSource()
        views.append(next(source.views(SEEDS[0])))
        source.close()
    a, b = views
    assert np.array_equal(a.ids, b.ids) and all(
        np.array_equal(x.rgb, y.rgb) for x, y in zip(a.frames, b.frames, strict=True)
    )


def test_every_arm_has_its_own_table_in_views() -> None:
    for name in ARM_SHARES:
        source = ViewSource(arms={name: 1.0})
        view = next(source.views(SEEDS[0]))
        source.close()
        area = table_area(ARMS[name]().spec.workspace)
        low, high = area.lower[:2] - 0.05, area.upper[:2] + 0.05
        assert view.labels, name
        for label in view.labels:
            assert label.held or np.all((low < label.position[:2]) & (label.position[:2] < high)), name
    assert sum(ARM_SHARES.values()) == pytest.approx(1.0)


def test_layouts_stack_fill_bowls_and_do_not_overlap() -> None:
    rng = np.random.default_rng(0)
    blocks = [ObjectSpec(f"b{i}", "block", "red", (0.0, 0.0)) for i in range(5)]
    objects = [*blocks, ObjectSpec("w", "bowl", "blue", (0.0, 0.0))]
    under = []
    for _ in range(60):
        spots = scatter(rng, objects, table_area(load_arm("panda").workspace))
        under += [s.under for s in spots.values() if s.under]
        flat = [(s.position, o.radius) for o in objects if (s := spots[o.id]).under is None]
        for i, (p, r) in enumerate(flat):
            assert all(np.hypot(*(p - q)[:2]) > r + other for q, other in flat[:i])
    assert under.count("w") > 20 and len(under) - under.count("w") > 20


def test_a_block_on_its_side_is_an_upright_box_again() -> None:
    on_its_side = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0.0]])
    size, yaw = upright_box(on_its_side, np.array([0.04, 0.05, 0.06]))
    assert size[2] == 0.05 and sorted(size[:2]) == [0.04, 0.06]
    assert np.cos(2 * yaw) == pytest.approx(1.0) or np.cos(2 * yaw) == pytest.approx(-1.0)


def test_the_shipped_file_says_nothing_of_the_machine_that_made_it() -> None:
    content = (ModelStore().root / "detector.onnx").read_bytes()
    assert b"site-packages" not in content and b'File "' not in content
    assert len(content) < 2_000_000

"""The hardware suite's errands lie within an arm's reach, and an emulation's table is what its errand says."""

import json
import os

import numpy as np
import pytest

from sayso.backends.robot_config import RobotConfig
from sayso.bench.reliability.emulation import FOLDERS, emulation
from sayso.bench.suites import cells_of
from sayso.bench.tasks.hardware import DEVELOPMENT, errand
from sayso.hardware.clock import FakeClock
from sayso.hardware.robot import RobotError
from sayso.session import Options, Session
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.camera import DEFAULT_CAMERAS, SimCamera
from sayso.sim.judge import judge
from sayso.sim.physics import Physics
from sayso.sim.scenes.scene_choice import area_of
from sayso.sim.scenes.scene_file import parse_scene, to_json


@pytest.mark.parametrize("arm", ["panda", "so101"])
def test_errands_lie_within_reach_and_come_again(arm: str) -> None:
    for seed in range(DEVELOPMENT, DEVELOPMENT + 5):
        scene, said = errand(arm, seed)
        assert errand(arm, seed) == (scene, said)
        assert parse_scene(json.dumps(to_json(scene)), area=area_of(ARMS[arm]().spec)) == scene
        world = Physics(scene, ARMS[arm]())
        assert judge(said, world.truth(), world.truth()) is False, "it can be judged, and is still to be done"
        world.close()


def test_an_emulation_is_kept_in_folders_of_its_own_and_tells_the_truth_about_its_table() -> None:
    pytest.importorskip("scservo_sdk")
    before = {name: os.environ.get(name) for name in FOLDERS}
    scene, _ = errand("so101", DEVELOPMENT)
    with emulation("so101", scene, 1) as device:
        kept = RobotConfig.load("so101")
        assert kept is not None and kept.emulated and len(kept.cameras) == 2
        assert kept.port in device.lines[0]
        truth = device.truth()
        for item in scene.objects:
            assert np.allclose(truth[item.id].position[:2], item.position[:2], atol=0.005), item.id
        assert device.tell("nonsense").startswith("no fault 'nonsense'")
    assert {name: os.environ.get(name) for name in FOLDERS} == before


def test_an_emulation_that_does_not_start_is_said() -> None:
    broken = emulation("so101", errand("so101", DEVELOPMENT)[0], 1, "--host")
    with pytest.raises(RobotError, match="the emulation of so101 has ended"), broken:
        pass


def test_the_suite_has_the_errands_in_simulation_and_through_the_driver() -> None:
    cells = [(cell.name, cell.n, cell.alone) for cell in cells_of("hardware")]
    assert cells[:2] == [("in simulation", 100, False), ("through the driver", 100, True)]
    assert [cell.alone for cell in cells_of("hardware")][2:] == [False, True, False, True]


@pytest.mark.parametrize(("sees", "used"), [("two views, no depth", "detector-rgb"), ("pixels", "detector")])
def test_a_simulated_arm_can_do_without_depth(sees: str, used: str) -> None:
    scene, _ = errand("panda", DEVELOPMENT)
    with Session("sim:panda", scene, DEVELOPMENT, options=Options(sees=sees)) as session:
        assert session.backend.seen_with == (used,)
    world = Physics(scene, ARMS["panda"]())
    flat = SimCamera(world, FakeClock(), DEFAULT_CAMERAS[0], depth=False).read()
    deep = SimCamera(world, FakeClock(), DEFAULT_CAMERAS[0]).read()
    world.close()
    assert flat.depth is None and deep.depth is not None and np.array_equal(flat.rgb, deep.rgb)

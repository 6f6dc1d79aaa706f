"""An arm of the user's own, from its folder: in the simulator, in demonstrations, and what is said if it cannot be."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from hardware.arms.load import FOLDER
from hardware.robot import RobotError
from sayso.collection.collect import Job, collect_world
from sayso.errors import UserError
from sayso.session import Session, SessionError
from sayso.training.stages import PACKAGED, Plant, complete
from sim.arms import ARMS
from sim.own_arm import arm_model


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    shutil.copytree(FOLDER / "ur5e", folder)
    change(folder, "arm.json", '"name": "ur5e"', '"name": "mine"')
    return folder


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("name", ["ur5e", "so101", "koch", "piper"])
def test_a_folder_gives_the_arm_that_is_built_in(name: str) -> None:
    built, own = ARMS[name](), arm_model(str(FOLDER / name))
    assert arm_model(name) is built
    assert own.spec.name == name and own.finger_joints == built.finger_joints
    assert np.allclose(own.forces, built.forces)
    assert own.finger_open == pytest.approx(built.finger_open) and own.finger_closed == built.finger_closed


def test_an_arm_of_ones_own_demonstrates_under_its_own_name(own: Path, tmp_path: Path) -> None:
    episodes = collect_world(Job(5, str(own)))
    assert [e.robot for e in episodes] == ["mine"] * len(episodes) and any(e.success for e in episodes)
    assert Plant(tmp_path, tmp_path, str(own)).name == "mine"


def test_a_session_asks_for_its_models_and_stands_it_in_the_simulator(own: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no card policy-mine\.json"):
        Session(f"sim:{own}")
    for kind in ("policy", "motion", "critic"):
        card = json.loads((PACKAGED / f"{kind}-ur5e.json").read_text(encoding="utf-8"))
        (tmp_path / f"{kind}-mine.json").write_text(json.dumps(card | {"name": f"{kind}-mine"}), encoding="utf-8")
        shutil.copyfile(PACKAGED / f"{kind}-ur5e.onnx", tmp_path / f"{kind}-mine.onnx")
    complete(tmp_path)
    with Session(f"sim:{own}", models=tmp_path) as session:
        assert session.body.arm == "mine" and session.body.robot.spec.dof == 6
        assert {"policy-mine", "motion-mine", "critic-mine", "words", "detector"} == set(session.models)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("ur5e.urdf", 'effort="150"', 'effort="0"', "no <limit effort> in Nm, more than 0, for shoulder_pan_joint"),
        ("ur5e.urdf", 'type="prismatic"', 'type="revolute"', "0 sliding joints beside the arm's"),
        ("arm.json", '"gripper": {"width": 0.085, "fingertip": 0.01}', '"gripper": null', "mine has no gripper"),
    ],
)
def test_what_is_missing_is_named(own: Path, file: str, old: str, new: str, says: str) -> None:
    change(own, file, old, new)
    with pytest.raises(RobotError, match=says):
        arm_model(str(own))


def test_a_name_that_is_no_folder_is_no_robot() -> None:
    with pytest.raises(SessionError, match=r"no robot 'sim:nobody'; there are: sim, sim:panda"):
        Session("sim:nobody")

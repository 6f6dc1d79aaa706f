"""An arm of the user's own, from its folder: in the simulator, in demonstrations, and what is said if it cannot be."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from sayso.backends.arm_checks import sim_checks
from sayso.cli import run_command
from sayso.demonstrations.collect import Job, collect_world
from sayso.errors import UserError
from sayso.hardware.arms.load import FOLDER
from sayso.hardware.robot import RobotError
from sayso.session import Session, SessionError
from sayso.session.assembly import READING
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.arms.own_arm import arm_model
from sayso.training.stages import PACKAGED, TrainingWorkspace, complete


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
    assert TrainingWorkspace(tmp_path, tmp_path, str(own)).name == "mine"


def test_a_session_asks_for_its_models_and_stands_it_in_the_simulator(own: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no model policy-mine"):
        Session(f"sim:{own}")
    for kind in ("policy", "motion", "critic"):
        card = json.loads((PACKAGED / f"{kind}-ur5e.json").read_text(encoding="utf-8"))
        (tmp_path / f"{kind}-mine.json").write_text(json.dumps(card | {"name": f"{kind}-mine"}), encoding="utf-8")
        shutil.copyfile(PACKAGED / f"{kind}-ur5e.onnx", tmp_path / f"{kind}-mine.onnx")
    complete(tmp_path)
    with Session(f"sim:{own}", models=tmp_path) as session:
        assert session.backend.arm == "mine" and session.backend.robot.spec.dof == 6
        assert {"policy-mine", "motion-mine", "critic-mine", "detector", "outlook", *READING} == set(session.models)


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


LEFT = '<axis xyz="0 1 0"/>\n    <limit lower="0" upper="0.0425" effort="60" velocity="0.15"/>'
RIGHT = '<axis xyz="0 -1 0"/>\n    <limit lower="0" upper="0.0425" effort="60" velocity="0.15"/>'
MIRRORED = '<axis xyz="0 1 0"/>\n    <limit lower="-0.0425" upper="0" effort="60" velocity="0.15"/>'
SHUTS_UPWARDS = '<limit lower="-0.0425" upper="0" effort="60" velocity="0.15"/>'


def picks(own: Path) -> list[str]:
    checks = list(sim_checks(arm_model(str(own))))
    assert len(checks) == 6
    return [problem for check in checks for problem in check.problems]


@pytest.mark.parametrize(
    ("right", "opposite"),
    [
        (RIGHT, False),
        (MIRRORED, True),
        (RIGHT + '<mimic joint="left_finger_joint"/>', False),
        (MIRRORED + '<mimic joint="left_finger_joint" multiplier="-1"/>', True),
    ],
)
def test_fingers_that_mimic_or_mirror_each_other_hold_a_block(own: Path, right: str, opposite: bool) -> None:
    change(own, "ur5e.urdf", RIGHT, right)
    model = arm_model(str(own))
    assert model.opposite is opposite and (model.finger_closed, model.finger_open) == (0.0, 0.0425)
    assert picks(own) == []


def test_fingers_that_open_downwards_are_open_there(own: Path) -> None:
    change(own, "ur5e.urdf", LEFT, LEFT.replace("0 1 0", "0 -1 0").replace('"0" upper="0.0425"', '"-0.0425" upper="0"'))
    change(
        own, "ur5e.urdf", RIGHT, RIGHT.replace("0 -1 0", "0 1 0").replace('"0" upper="0.0425"', '"-0.0425" upper="0"')
    )
    model = arm_model(str(own))
    assert (model.finger_closed, model.finger_open, model.opposite) == (0.0, -0.0425, False)
    assert picks(own) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (RIGHT, RIGHT.replace("60", "0"), "no <limit effort>, more than 0, for right_finger_joint: the hand could not"),
        (RIGHT, RIGHT.replace("0.15", "0"), "no <limit velocity>, more than 0, for right_finger_joint"),
        (RIGHT, RIGHT.replace(' velocity="0.15"', ""), "no <limit velocity>, more than 0, for right_finger_joint"),
        (RIGHT, RIGHT.replace("0.0425", "0"), "right_finger_joint goes from 0 to 0 m; a finger needs a stroke"),
        (RIGHT, RIGHT.replace("0.0425", "0.02"), "right_finger_joint goes from 0 to 0.02 m; equal or mirrored ranges"),
        (RIGHT, RIGHT.replace("0 -1 0", "0 1 0"), "left_finger_joint, right_finger_joint do not open together"),
        (RIGHT, RIGHT + '<mimic joint="left_finger_joint" multiplier="0.5"/>', "the factor 0.5 and the offset 0"),
        (RIGHT, RIGHT + '<mimic joint="left_finger_joint" multiplier="-1"/>', "equal or mirrored ranges are"),
        (RIGHT, RIGHT + '<mimic joint="elbow_joint"/>', "mimics elbow_joint, which is no other finger"),
        ('<collision><origin xyz="0 -0.007 0.035"/><geometry><box size="0.022 0.014 0.07"/></geometry></collision>', "",
         "the finger on right_finger_joint has no collision geometry to hold with"),
        ('<mass value="8.393"/>', '<mass value="0"/>', "link upper_arm has a body and a mass of 0 kg"),
        ('<box size="0.06 0.075 0.09"/></geometry><m', '<mesh filename="no.stl"/></geometry><m', "there is no mesh no"),
    ],
)  # fmt: skip
def test_a_hand_that_could_not_hold_anything_is_refused(own: Path, old: str, new: str, says: str) -> None:
    change(own, "ur5e.urdf", old, new)
    with pytest.raises(RobotError, match=says) as error:
        arm_model(str(own))
    assert "\n" not in str(error.value)


def test_a_hand_wider_than_its_fingers_go_is_refused(own: Path) -> None:
    change(own, "arm.json", '"width": 0.085', '"width": 0.12')
    with pytest.raises(
        RobotError, match=r"gripper width is 0\.12 m; by .* left_finger_joint, right_finger_joint open to"
    ):
        arm_model(str(own))


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("arm.json", '"home": -1.5966', '"home": -0.9', "the tip's z axis is .*° from straight down"),
        ("arm.json", '"gripper"', '"reach": {"lower": [0.5, -0.3, 0], "upper": [1.4, 0.3, 0.1]}, "gripper"',
         "it does not get to 1.40 -0.30 0.02"),
        ("ur5e.urdf", '<child link="tool"/><origin xyz="0 0 0.15"/>', '<child link="tool"/><origin xyz="0.1 0 0.15"/>',
         "the teacher did not pick up a block"),
    ],
)  # fmt: skip
def test_an_arm_that_could_not_work_is_told_on_the_first_day(
    own: Path, file: str, old: str, new: str, says: str
) -> None:
    change(own, file, old, new)
    (problem,) = picks(own)
    assert re.search(says, problem), problem


def test_an_arm_that_could_not_work_is_not_trained(own: Path, capfd: pytest.CaptureFixture[str]) -> None:
    change(own, "arm.json", '"home": -1.5966', '"home": -0.9')
    assert run_command(["train", "arm", "--arm", str(own), "--work", str(own / "work")]) == 2
    assert "mine: not true that at home its hand points down, over the table: the tip's z" in capfd.readouterr().err
    assert not (own / "work").exists()


CORNERS = "v 0 0 0\nv 0.1 0 0\nv 0 0.1 0\nv 0 0 0.1\n"
OBJ = f"{CORNERS}f 1 3 2\nf 1 2 4\nf -4 -1 -2\nf 2 3 4\n"
HEAD = '<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">'
DAE = f"""{HEAD}<asset><up_axis>Z_UP</up_axis></asset><library_geometries><geometry id="g"><mesh>
<source id="p"><float_array id="a" count="12">0 0 0 0.1 0 0 0 0.1 0 0 0 0.1</float_array>
<technique_common><accessor source="#a" count="4" stride="3"><param name="X" type="float"/>
<param name="Y" type="float"/><param name="Z" type="float"/></accessor></technique_common></source>
<vertices id="v"><input semantic="POSITION" source="#p"/></vertices>
<triangles count="4"><input semantic="VERTEX" source="#v" offset="0"/><p>0 2 1 0 1 3 0 3 2 1 2 3</p></triangles>
</mesh></geometry></library_geometries>
<library_visual_scenes><visual_scene id="s"><node id="n"><instance_geometry url="#g"/></node></visual_scene>
</library_visual_scenes><scene><instance_visual_scene url="#s"/></scene></COLLADA>"""
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:aaaa\nsize 123\n"
DAMAGED = {
    "empty": (".obj", "", "it is empty"),
    "pointer": (".obj", POINTER, "a pointer of Git LFS"),
    "pointer-stl": (".stl", POINTER, "a pointer of Git LFS"),
    "page": (".obj", "<html>404</html>", "no OBJ file with a face"),
    "page-dae": (".dae", "<html>404</html>", "no COLLADA file with a mesh"),
    "page-stl": (".stl", "<html>404</html>" * 9, "no complete STL file"),
    "beyond": (".obj", f"{OBJ}f 1 2 999999999\n", "a face names the v 999999999; there are 4"),
    "before": (".obj", f"{OBJ}f 1 2 -9\n", "line 9: a face has the corner -9"),
    "texture": (".obj", f"{CORNERS}f 1/7 2/8 3/9\n", "a face names the vt 9; there are 0"),
    "no-face": (".obj", CORNERS, "no OBJ file with a face"),
    "bare": (".dae", "<COLLADA></COLLADA>", "no COLLADA file with a mesh"),
    "asset": (".dae", f"{HEAD}<asset/></COLLADA>", "no COLLADA file with a mesh"),
    "no-asset": (".dae", DAE.replace("<asset><up_axis>Z_UP</up_axis></asset>", ""), "without <asset>"),
    "beyond-dae": (
        ".dae",
        DAE.replace("2 1 0 1 3", "2 1 0 1 99999999"),
        "(one of its OBJ or COLLADA meshes crashes|cannot read the collision geometry)",
    ),
    "nowhere": (
        ".dae",
        DAE.replace('source="#v"', 'source="#z"'),
        "(one of its OBJ or COLLADA meshes crashes|cannot read the collision geometry)",
    ),
}


def with_mesh(folder: Path, kind: str, suffix: str, content: str) -> None:
    (folder / f"part{suffix}").write_text(content)
    part = f'<{kind}><geometry><mesh filename="part{suffix}"/></geometry></{kind}>'
    change(folder, "ur5e.urdf", '<link name="hand">', f'<link name="hand">{part}')


@pytest.mark.parametrize("kind", ["visual", "collision"])
@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_mesh_is_refused_and_ends_no_process(own: Path, kind: str, what: str) -> None:
    suffix, content, says = DAMAGED[what]
    with_mesh(own, kind, suffix, content)
    with pytest.raises(RobotError, match=says) as error:
        arm_model(str(own))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", ["visual", "collision"])
@pytest.mark.parametrize(("suffix", "content"), [(".obj", OBJ), (".dae", DAE)], ids=["obj", "dae"])
def test_a_whole_mesh_will_do(own: Path, kind: str, suffix: str, content: str) -> None:
    with_mesh(own, kind, suffix, content)
    assert arm_model(str(own)).spec.name == "mine"


def test_a_mesh_that_the_simulator_leaves_out_is_told(own: Path) -> None:
    corners = ("0 0 0", "0.1 0 0", "0 0.1 0", "0 0 0.1")
    faces = ("".join(f"vertex {corners[i]}\n" for i in f) for f in ((0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3)))
    body = "".join(f"facet normal 0 0 0\nouter loop\n{face}endloop\nendfacet\n" for face in faces)
    (own / "part.stl").write_text(f"solid x\n{body}endsolid x\n")
    old = '<collision><origin xyz="0 0 0.045"/><geometry><box size="0.06 0.075 0.09"/></geometry></collision>'
    change(own, "ur5e.urdf", old, '<collision><geometry><mesh filename="part.stl"/></geometry></collision>')
    assert picks(own)[0].startswith("the simulator finds no collision geometry in hand: it reads boxes")


@pytest.mark.parametrize("name", list(ARMS))
def test_the_arms_that_come_with_sayso_show_all_of_it(name: str) -> None:
    assert [check.problems for check in sim_checks(ARMS[name]()) if not check.passed] == []

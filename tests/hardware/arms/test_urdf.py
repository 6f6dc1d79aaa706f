"""A URDF and the limits beside it: what goes beyond it, has other units or cannot be built is refused in a sentence."""

import json
import random
import re
import shutil
import struct
from pathlib import Path
from typing import Any

import pinocchio as pin
import pytest

from sayso.hardware.arms.kinematics import joint_ranges
from sayso.hardware.arms.load import FOLDER, load_arm
from sayso.hardware.arms.urdf import find_mesh, read_urdf
from sayso.hardware.check import FITS, examine_robot
from sayso.hardware.control.clearance import Clearance
from sayso.hardware.mock_robot import MockRobot
from sayso.hardware.robot import RobotError

DEGREES = 57.29578
TETRAHEDRON = ((0, 0, 0), (0.1, 0, 0), (0, 0.1, 0), (0, 0, 0.1))
FACES = ((0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3))
PLATE = ((0, 0, 0), (0.1, 0, 0), (0, 0.1, 0), (0.1, 0.1, 0))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER / "so101", tmp_path / "own")
    return tmp_path / "own"


def change(folder: Path, old: str, new: str, file: str = "so101.urdf") -> Path:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))
    return folder


def rewrite(folder: Path, edit: Any) -> Path:
    arm = json.loads((folder / "arm.json").read_text())
    edit(arm)
    (folder / "arm.json").write_text(json.dumps(arm))
    return folder


def stl(file: Path, points: tuple[Any, ...] = TETRAHEDRON, faces: tuple[Any, ...] = FACES) -> str:
    body = b"".join(struct.pack("<12fH", 0, 0, 0, *(c for i in f for c in points[i]), 0) for f in faces)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bytes(80) + struct.pack("<I", len(faces)) + body)
    return file.name


def with_mesh(folder: Path, mesh: str) -> Path:
    """The hand's first box becomes a mesh."""
    old = '<collision><origin xyz="0.018 0 0"/><geometry><box size="0.032 0.04 0.044"/></geometry></collision>'
    return change(folder, old, f"<collision><geometry>{mesh}</geometry></collision>")


def said(folder: Path) -> str:
    with pytest.raises(RobotError) as error:
        load_arm(folder)
    text = str(error.value)
    assert "\n" not in text and "project/src" not in text and len(text) < 1500
    return text


def scale(key: str, by: float) -> Any:
    def edit(arm: dict[str, Any]) -> None:
        for joint in arm["joints"]:
            for name in key.split():
                joint[name] *= by

    return edit


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (
            scale("lower upper home rest", DEGREES),
            "shoulder_pan: -108.862 to 108.862 goes beyond the URDF's -1.91986 to",
        ),
        (scale("lower upper home rest", DEGREES), "rad: is it in degrees?"),
        (scale("velocity", DEGREES), "velocity limit 143.239 is above the URDF's 5.5 rad/s: is it in degrees?"),
        (scale("acceleration", DEGREES), "acceleration limit is 859.437 rad/s²; at most 250, is it in degrees?"),
        (scale("jerk", DEGREES), "jerk limit is 34377.5 rad/s³; at most 15000, is it in degrees?"),
        (scale("upper", 1.02), "shoulder_pan: -1.9 to 1.938 goes beyond the URDF's -1.91986 to 1.91986 rad"),
        (scale("velocity", 2.5), "velocity limit 6.25 is above the URDF's 5.5 rad/s"),
        (scale("rest", 1.2), "shoulder_lift: rest -2.04 is outside of -1.72 to 1.72"),
        (lambda a: a["gripper"].update(width=70), "gripper width is 70.0 m; above 0 to 1 m are allowed"),
        (
            lambda a: a["gripper"].update(width=0.12),
            "gripper width is 0.12 m; by its angles and radius the jaw opens to",
        ),
        (lambda a: a["gripper"]["jaw"].update(wide=100.0), "the jaw is wide at 100 rad; gripper goes from"),
        (lambda a: a["gripper"]["jaw"].update(wide=-0.1745), "the jaw is closed and wide at the same -0.1745 rad"),
        (lambda a: a["workspace"].update(upper=[400, 320, 380]), "workspace goes to 400 m; the arm is 0.56 m long"),
        (lambda a: a["reach"].update(upper=[0.1, 0.18, 0.12]), "reach goes from"),
        (lambda a: a.update(tip="shoulder"), "the tip shoulder is not moved by shoulder_lift, elbow_flex"),
        (lambda a: a["joints"].pop(1), "shoulder_lift of .* moves the tip tool too: name its limits, or make it fixed"),
        (lambda a: a["joints"][0].update(velocity="2.5"), r"joints\.0\.velocity: Input should be a valid number"),
        (lambda a: a["joints"][0].update(velocity=True), r"joints\.0\.velocity: Input should be a valid number"),
        (lambda a: a.update(urdf="so\x00101.urdf"), "there is no URDF file .*null byte"),
        (lambda a: a.update(urdf="u" * 999), "there is no URDF file .*: File name too long"),
        (lambda a: a.update(urdf="__main__:so101.urdf"), "'__main__', which is not installed"),
        (lambda a: a.update(urdf=""), "the URDF .* cannot be read: Is a directory"),
    ],
)
def test_limits_beyond_the_urdf_or_of_other_units_are_refused(own: Path, edit: Any, says: str) -> None:
    text = said(rewrite(own, edit))
    assert says in text or re.search(says, text), text


def test_limits_within_the_urdf_are_taken_as_they_are(own: Path) -> None:
    def narrower(arm: dict[str, Any]) -> None:
        arm["joints"][0].update(lower=-0.5, upper=0.5, velocity=0.4)

    spec = load_arm(rewrite(own, narrower))
    assert (spec.lower[0], spec.upper[0], spec.velocity[0]) == (-0.5, 0.5, 0.4)
    rounded = load_arm(rewrite(own, lambda a: a["joints"][0].update(lower=-1.92, upper=1.92, velocity=5.5)))
    assert rounded.upper[0] == 1.92, "as many digits as a data sheet has"


def test_a_limit_that_stands_there_twice_is_refused(own: Path) -> None:
    change(own, '"upper": 1.9,', '"upper": 1.0, "upper": 1.9,', "arm.json")
    assert "has 'upper' twice in the same place; which one counts?" in said(own)


def test_a_mark_that_an_editor_puts_before_the_text_is_not_read(own: Path) -> None:
    (own / "arm.json").write_bytes(b"\xef\xbb\xbf" + (own / "arm.json").read_bytes())
    assert load_arm(own).name == "so101"


@pytest.mark.parametrize("name", ["a" * 300, "nul\0", "~nobody-of-that-name/arm", ""])
def test_a_name_that_no_file_can_have_is_no_arm(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RobotError, match=r"no arm '.*'; there are: koch"):
        load_arm(name)


PAN = '<axis xyz="0 0 -1"/><limit lower="-1.91986" upper="1.91986" effort="1.9" velocity="5.5"/>'


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            'name="shoulder_pan" type="revolute"',
            'name="shoulder_pan" type="continuous"',
            "shoulder_pan is continuous in",
        ),
        (
            'name="shoulder_pan" type="revolute"',
            'name="shoulder_pan" type="floating"',
            "shoulder_pan is floating in the",
        ),
        (
            'name="shoulder_pan" type="revolute"',
            'name="shoulder_pan" type="screw"',
            "is of the type 'screw'; there are",
        ),
        (PAN, '<axis xyz="0 0 -1"/>', "joint shoulder_pan is revolute and has no <limit>"),
        (PAN, PAN.replace(' velocity="5.5"', ""), "shoulder_pan: the URDF's <limit velocity> is missing; the maker's"),
        (PAN, PAN.replace("5.5", "0"), "shoulder_pan: the URDF's <limit velocity> is 0; the maker's, in rad/s, is"),
        (PAN, PAN.replace("1.91986", "0"), "shoulder_pan: the URDF gives it no range, 0 to 0 rad"),
        (PAN, PAN.replace('"1.91986"', '"1,9"'), "<limit upper> is '1,9'; 1 finite number needed"),
        (PAN, PAN.replace('"1.91986"', '"inf"'), "<limit upper> is 'inf'; 1 finite number needed"),
        (PAN, PAN.replace("0 0 -1", "0 0 0"), "joint shoulder_pan: its axis is 0.0 0.0 0.0, which is no direction"),
        (PAN, PAN + '<mimic joint="elbow_flex"/>', "shoulder_pan mimics elbow_flex in the URDF"),
        (PAN, PAN + '<mimic joint="ear"/>', "joint shoulder_pan mimics 'ear', which is no joint"),
        ('xyz="0 0 0.0949"', 'xyz="0 0 94.9"', "<origin xyz> is '0 0 94.9' m: is it in millimetres?"),
        ('<parent link="base"/>', '<parent link="bass"/>', "its parent 'bass' is no link; there are base, shoulder"),
        ('<parent link="base"/>', '<parent link="hand"/>', "link shoulder does not hang on base"),
        ('<child link="jaw"/>', '<child link="hand"/>', "link hand is the child of two joints, wrist_roll and gripper"),
        ('<link name="jaw">', '<link name="hand">', "two links are called 'hand'"),
        ('<box size="0.11 0.1 0.045"/>', '<box size="0.11 0.1 0"/>', "its <box> measures 0.11 0.1 0 m"),
        ('<box size="0.11 0.1 0.045"/>', '<box size="0.11 0.1"/>', "<box size> is '0.11 0.1'; 3 finite numbers needed"),
        ('<box size="0.11 0.1 0.045"/>', '<box size="110 100 45"/>', "measures 110 100 45 m; above 0 to 20 m needed"),
        ('<box size="0.11 0.1 0.045"/>', "", "a <collision> has the geometry nothing; one of box, sphere, cylinder"),
        ('<box size="0.11 0.1 0.045"/>', '<mesh filename="x.stl"/>', "link base: there is no mesh x.stl; it is looked"),
        ('iyy="6.8e-06"', "", "link jaw: its <inertial> has no <inertia iyy>"),
        (
            '<geometry><box size="0.11 0.1 0.045"/></geometry><material',
            "<geometry/><material",
            "a <visual> has the geom",
        ),
        ('<mass value="0.147"/>', '<mass value="-1"/>', "<mass value> is -1 kg; 0 or more is needed"),
        ('<robot name="so101">', '<robot name="so101"><xacro:include/>', "cannot be read: unbound prefix"),
        (
            '<robot name="so101">',
            '<robot name="so101"><link name="$(arg x)"/>',
            "belongs to a xacro file; run xacro on it",
        ),
        ("</robot>", "", "cannot be read: no element found"),
        ('<robot name="so101">', '<!DOCTYPE r [<!ENTITY a SYSTEM "x">]><robot name="so101">&a;', "cannot be read"),
    ],
)
def test_a_urdf_that_cannot_be_an_arms_is_named(own: Path, old: str, new: str, says: str) -> None:
    assert says in said(change(own, old, new))


def test_what_is_no_urdf_at_all_is_named(own: Path) -> None:
    (own / "so101.urdf").write_text("<sdf><model/></sdf>")
    assert "its outermost element is <sdf>; <robot> is needed" in said(own)
    (own / "so101.urdf").write_bytes(b" " * 5_000_000)
    assert "at most 4000000 are read" in said(own)


def test_a_file_that_was_changed_is_read_anew(own: Path) -> None:
    file = own / "so101.urdf"
    assert joint_ranges(str(file))["gripper"][1] == 1.74533
    change(
        own,
        'upper="1.74533" effort="1.9" velocity="5.5"/></joint>\n  <link name="tool">',
        'upper="1.5"/></joint>\n  <link name="tool">',
    )
    assert joint_ranges(str(file))["gripper"][1] == 1.5


@pytest.mark.parametrize(
    ("points", "mesh", "says"),
    [
        (PLATE, "", "the collision mesh of hand in .* is flat: it has no volume"),
        (((0, 0, 0),) * 4, "", "cannot read the collision geometry of"),
        (((0, 0, 0), (0.1, 0, 0), (0.2, 0, 0), (0.3, 0, 0)), "", "is flat"),
        ((*PLATE[:3], (0.1, 0.1, 1e-7)), "", "is flat"),
        ((*TETRAHEDRON[:3], (0, 0, float("nan"))), "", "not finite"),
        ((*TETRAHEDRON[:3], (0, 0, float("inf"))), "", "not finite"),
        ((*TETRAHEDRON[:3], (0, 0, 1e30)), "", "is larger than 20 m or not finite: is it in millimetres"),
        (TETRAHEDRON, ' scale="1000 1000 1000"', "is larger than 20 m"),
        (TETRAHEDRON, ' scale="1 1 0"', "its mesh has the scale 1 1 0; no component may be 0"),
    ],
)
def test_geometry_that_is_no_body_is_a_sentence_and_ends_no_process(
    own: Path, points: tuple[Any, ...], mesh: str, says: str
) -> None:
    with_mesh(own, f'<mesh filename="{stl(own / "part.stl", points)}"{mesh}/>')
    with pytest.raises(RobotError, match=says) as error:
        Clearance(load_arm(own))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"hello", bytes(84), bytes(80) + b"\xff" * 200])
def test_a_mesh_that_cannot_be_read_is_said_by_the_check_of_the_arm(own: Path, content: bytes) -> None:
    (own / "part.stl").write_bytes(content)
    robot = MockRobot(load_arm(with_mesh(own, '<mesh filename="part.stl"/>')))
    first = next(examine_robot(robot))
    assert first.what == FITS and "cannot read the collision geometry of" in first.problems[0]
    assert "part.stl" in first.problems[0] and "\n" not in first.problems[0]


@pytest.mark.parametrize("name", ["meshes/part.stl", "../meshes/part.stl", "package://my_arm/meshes/part.stl"])
def test_meshes_are_found_in_the_usual_folders_of_ros(own: Path, tmp_path: Path, name: str) -> None:
    package = tmp_path / "src" / "my_arm"
    stl(package / "meshes" / "part.stl")
    shutil.copytree(own, package / "urdf")
    with_mesh(package / "urdf", f'<mesh filename="{name}"/>')
    shutil.move(package / "urdf" / "arm.json", package / "arm.json")
    rewrite(package, lambda arm: arm.update(urdf="urdf/so101.urdf"))
    assert "upper_arm and hand" in Clearance(load_arm(package)).watched
    shutil.move(package, tmp_path / "copied_under_another_name")
    Clearance(load_arm(tmp_path / "copied_under_another_name"))


def test_meshes_of_other_packages_are_found_where_ros_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "a" / "urdf"
    stl(tmp_path / "elsewhere" / "hand_arm" / "part.stl")
    stl(tmp_path / "install" / "share" / "foot_arm" / "part.stl")
    assert find_mesh("package://hand_arm/part.stl", here) is None
    monkeypatch.setenv("ROS_PACKAGE_PATH", f"/nowhere:{tmp_path / 'elsewhere'}")
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path / "install"))
    assert find_mesh("package://hand_arm/part.stl", here) == tmp_path / "elsewhere" / "hand_arm" / "part.stl"
    assert find_mesh("package://foot_arm/part.stl", here) == tmp_path / "install" / "share" / "foot_arm" / "part.stl"
    assert find_mesh(f"file://{tmp_path}/elsewhere/hand_arm/part.stl", here) is not None
    assert find_mesh("https://example.org/part.stl", here) is None and find_mesh("nul\0.stl", here) is None


def test_the_urdfs_that_come_with_sayso_and_pybullet_are_read() -> None:
    import pybullet_data

    data = Path(pybullet_data.getDataPath())
    for file in ("franka_panda/panda.urdf", "kuka_iiwa/model.urdf", "xarm/xarm6_robot.urdf", "a1/a1.urdf"):
        assert read_urdf(data / file).joints


def mutated(text: str, rng: random.Random) -> str:
    """One number is another, one attribute, entry or element is missing, or a character is."""
    spots = {
        "number": re.compile(r"-?\d+\.?\d*(?=[\",\s}\]])"),
        "entry": re.compile(r' \w+="[^"]*"|"\w+": [^,{}\[\]]+,|<(\w+)\b[^<>]*/>'),
        "character": re.compile(r"\S"),
    }
    kind = rng.choice(["number", "number", "entry", "character"])
    spot = rng.choice(list(spots[kind].finditer(text)))
    other = ""
    if kind == "number":
        other = rng.choice(
            ["0", "nan", "1e999", "x", "", "true", *(f"{float(spot[0]) * k:g}" for k in (57.3, 1.1, -1))]
        )
    return text[: spot.start()] + other + text[spot.end() :]


@pytest.mark.parametrize("seed", range(15))
def test_no_mutated_pair_ends_the_process_or_widens_a_limit(tmp_path: Path, seed: int) -> None:
    """A fault is said in one line; what is taken stays within what the URDF says, as Pinocchio reads it."""
    rng, taken = random.Random(seed), 0
    for k in range(20):
        name = rng.choice(["so101", "ur5e"])
        own = tmp_path / str(k)
        shutil.copytree(FOLDER / name, own)
        file = own / rng.choice(["arm.json", f"{name}.urdf"])
        file.write_text(mutated(file.read_text(), rng))
        try:
            spec = load_arm(own)
            Clearance(spec)
        except RobotError as error:
            assert "\n" not in str(error) and "project/src" not in str(error)
            continue
        taken += 1
        model = pin.buildModelFromXML(read_urdf(spec.urdf).text)
        joints = [model.joints[model.getJointId(joint)] for joint in spec.joints]
        assert (spec.lower >= model.lowerPositionLimit[[j.idx_q for j in joints]] - 0.0011).all()
        assert (spec.upper <= model.upperPositionLimit[[j.idx_q for j in joints]] + 0.0011).all()
        assert (spec.velocity <= 1.0011 * model.velocityLimit[[j.idx_v for j in joints]]).all()
    assert 0 < taken < 20

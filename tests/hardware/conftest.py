"""Arms that have little in common: a Panda, one of two joints in a plane, one that slides and folds, two of servos."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pybullet_data
import pytest

from sayso.hardware.arms.load import load_arm
from sayso.hardware.clock import FakeClock
from sayso.hardware.types import Box, RobotSpec
from tests.hardware.planar_arm import PLANAR, planar_spec
from tests.hardware.servo_body import Body

if TYPE_CHECKING:  # it needs an extra, which arms of other makers do not
    from tests.hardware.servo_bench import Bench


@pytest.fixture(scope="session")
def planar(tmp_path_factory: pytest.TempPathFactory) -> RobotSpec:
    urdf = tmp_path_factory.mktemp("planar") / "planar.urdf"
    urdf.write_text(PLANAR)
    return planar_spec(str(urdf))


@pytest.fixture(scope="session")
def panda() -> RobotSpec:
    return RobotSpec(
        name="panda",
        joints=tuple(f"panda_joint{i}" for i in range(1, 8)),
        lower=np.array([-2.9, -1.8, -2.9, -3.0, -2.9, 0.0, -2.9]),
        upper=np.array([2.9, 1.8, 2.9, -0.1, 2.9, 3.7, 2.9]),
        velocity=np.full(7, 2.0),
        acceleration=np.full(7, 12.0),
        jerk=np.full(7, 3000.0),
        home=np.array([0.0, -0.5, 0.0, -2.0, 0.0, 1.6, 0.8]),
        workspace=Box(np.array([0.25, -0.4, 0.05]), np.array([0.7, 0.4, 0.7])),
        urdf=str(Path(pybullet_data.getDataPath()) / "franka_panda" / "panda.urdf"),
        tip="panda_grasptarget",
    )


def slider(folder: Path) -> RobotSpec:
    """A sliding joint that carries a bar with a hinge, a second hinge and a third: a finger that can fold back."""
    links = "".join(
        f'<link name="{n}"><collision><origin xyz="0.1 0 0"/><geometry><box size="0.18 0.02 0.02"/></geometry>'
        "</collision></link>"
        for n in ("a", "b", "c", "d")
    )
    hinges = "".join(
        f'<joint name="{n}" type="revolute"><parent link="{p}"/><child link="{c}"/><origin xyz="0.2 0 0"/>'
        '<axis xyz="0 0 1"/><limit lower="-3" upper="3" effort="1" velocity="1"/></joint>'
        for n, p, c in (("h1", "a", "b"), ("h2", "b", "c"), ("h3", "c", "d"))
    )
    path = folder / "slider.urdf"
    path.write_text(
        f'<robot name="slider"><link name="base"><collision><origin xyz="0 -0.5 0"/><geometry><sphere radius="0.05"/>'
        f'</geometry></collision></link>{links}<joint name="slide" type="prismatic"><parent link="base"/>'
        '<child link="a"/><origin xyz="0 0 0"/><axis xyz="0 1 0"/><limit lower="-0.5" upper="0.5" effort="1"'
        f' velocity="1"/></joint>{hinges}</robot>'
    )
    four = np.ones(4)
    return RobotSpec(
        "slider", ("slide", "h1", "h2", "h3"), np.array([-0.5, -3, -3, -3]), np.array([0.5, 3, 3, 3]), four, four * 9,
        four * 99, np.zeros(4), Box(-four[:3], four[:3]), str(path), "d", None,
    )  # fmt: skip


@pytest.fixture(scope="session")
def fold(tmp_path_factory: pytest.TempPathFactory) -> RobotSpec:
    return slider(tmp_path_factory.mktemp("slider"))


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy test machine may take longer to answer than any arm would."""
    servo_bench = pytest.importorskip(
        "tests.hardware.servo_bench", reason="needs the extra so101 or koch", exc_type=ImportError
    )
    monkeypatch.setattr(servo_bench.serial_port, "ANSWER_MS", servo_bench.PATIENT_MS)


@pytest.fixture(params=["so101", "koch"])
def bench(request: pytest.FixtureRequest, patience: None) -> "Iterator[Bench]":
    servo_bench = pytest.importorskip("tests.hardware.servo_bench")
    pytest.importorskip(servo_bench.SDKS[request.param])
    spec, clock = load_arm(request.param), FakeClock(100.0)
    assert spec.rest is not None
    body = Body(spec, spec.rest)
    # The electronics' time stands still: drivers that wait on their own fake clock run ahead of the emulator's thread.
    bus = servo_bench.BUSES[request.param](body, FakeClock())
    yield servo_bench.Bench(request.param, body, bus, clock)
    bus.close()

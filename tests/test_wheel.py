"""An installed Sayso puts one name beside everybody's own modules."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("hardware", "perception", "sim", "skills", "planner")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the project's own backend, without the network, from a copy that has no build folder of other times."""
    folder = tmp_path_factory.mktemp("wheel")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for name in ("pyproject.toml", "README.md", "sayso", *project["project"]["license-files"]):
        (folder / name).symlink_to(ROOT / name)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", build, str(folder / "dist")], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (made,) = (folder / "dist").glob("*.whl")
    return made


def test_the_wheel_holds_one_package(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"sayso"}
    tracked = subprocess.run(
        ["git", "ls-files", *FLOORS, "sayso"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    links = {f"sayso/{floor}" for floor in FLOORS}
    wanted = {name if name.startswith("sayso/") else f"sayso/{name}" for name in tracked} - links
    assert not wanted - set(names), sorted(wanted - set(names))


def test_modules_of_ones_own_do_not_get_in_its_way(wheel: Path, tmp_path: Path) -> None:
    ZipFile(wheel).extractall(tmp_path / "installed")
    mine = tmp_path / "mine"
    mine.mkdir()
    for floor in FLOORS:
        (mine / f"{floor}.py").write_text("raise SystemExit('a module of my own was imported')\n")
    program = "import sayso, sys; sayso.Session; sys.exit('installed' not in sayso.__file__)"
    env = os.environ | {"PYTHONPATH": str(tmp_path / "installed")}
    for command in (["-c", program], ["-m", "sayso", "scenes"]):
        done = subprocess.run(
            [sys.executable, *command], cwd=mine, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("floor", FLOORS)
def test_a_folder_is_no_package_by_itself(floor: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import {floor}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert f"it is sayso.{floor}" in done.stderr

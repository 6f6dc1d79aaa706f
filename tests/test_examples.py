"""Each example runs as it stands, from the top of the repository, and shows what it says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHOWN = {
    "first_run": ["the robot says done, the simulator says True", "pick up the red block: done"],
    "live_correction": ["“a bit to the left” was read as: move arm slightly left", "in the blue bowl: done"],
    "own_planner": ["done", "put the yellow block in the"],
    "own_robot": ["the desk arm keeps its contract"],
    "dataset": ["put the red block in the blue bowl: ", "event    a bit higher", "motion   move arm"],
}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=300
    )


def test_every_example_has_its_line_in_the_list() -> None:
    programs = {path.stem for path in (ROOT / "examples").glob("*.py")}
    assert programs == set(SHOWN)
    listed = (ROOT / "examples/README.md").read_text()
    assert all(f"({name}.py)" in listed for name in programs)


@pytest.mark.parametrize("name", SHOWN)
def test_an_example_runs(name: str) -> None:
    done = run(f"examples/{name}.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(text in done.stdout for text in SHOWN[name]), done.stdout


def test_a_planner_and_a_robot_of_ones_own_are_named_on_the_command_line(tmp_path: Path) -> None:
    tidy = run("-m", "sayso", "run", "tidy up", "--planner", "examples.own_planner:TidyPlanner", "--no-video",
               "--limit", "3", "--out", str(tmp_path))  # fmt: skip
    assert "gave up after 3" in tidy.stdout, tidy.stdout + tidy.stderr
    arm = run("-m", "sayso", "check-robot", "examples.own_robot:DeskArm", "--mode", "mock")
    assert arm.returncode == 0, arm.stdout + arm.stderr

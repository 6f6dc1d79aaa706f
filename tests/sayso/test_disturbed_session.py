"""A session with disturbances: they happen, they stand in the result, and a session without them has none."""

import json
from pathlib import Path

import pytest

from sayso.hardware.robot import RobotError
from sayso.report.timeline import draw_timeline
from sayso.report.trace import Trace
from sayso.result import Disturbance, RunResult
from sayso.session import Options, Session
from sayso.session.options import SessionError


def test_what_was_done_to_the_world_is_in_the_result_and_in_its_file(tmp_path: Path) -> None:
    options = Options(sees="truth", disturb=("moved@0.5", "bystander@0.2", "slip@60"))
    with Session("sim", "tabletop", seed=1, options=options) as session:
        result = session.run("put the red block in the blue bowl")
        assert session.director is not None
        assert session.director.left_out == ("slip",)
    assert [d.name for d in result.disturbances] == ["bystander", "moved"]
    assert [d.t for d in result.disturbances] == pytest.approx([0.2, 0.5], abs=0.021)
    assert result.outcome == "done" and result.success
    said = result.corrections[0].text
    assert result.disturbances[0].what == f"somebody says: {said}"
    result.write(tmp_path)
    kept = json.loads((tmp_path / "result.json").read_text())["disturbances"]
    assert kept[1]["name"] == "moved" and kept[1]["what"].startswith("the red block is moved to ")
    assert RunResult.load(tmp_path).disturbances == result.disturbances


def test_an_undisturbed_result_has_no_such_key() -> None:
    result = RunResult(
        instruction="x", outcome="done", success=True, robot="sim", planner="local", seed=0, duration_s=1.0, rates={}
    )
    assert "disturbances" not in result.to_json()


def test_the_timeline_shows_what_was_done() -> None:
    plain = RunResult(
        instruction="x", outcome="done", success=True, robot="sim", planner="local", seed=0, duration_s=9.0, rates={}
    )
    done = RunResult(
        instruction="x", outcome="done", success=True, robot="sim", planner="local", seed=0, duration_s=9.0, rates={},
        disturbances=(Disturbance("moved", 2.0, "the red block is moved"),),
    )  # fmt: skip
    pictures = [draw_timeline(result, Trace()).image() for result in (plain, done)]
    changed = (pictures[0] != pictures[1]).any(axis=2)
    assert changed[180:680, 470:490].any(axis=1).mean() > 0.4  # a pole at 2 s, dashed
    assert changed[670:700, 480:700].mean() > 0.05  # its words


@pytest.mark.parametrize("robot", ["so101", "ur5e"])
def test_a_real_arm_is_not_disturbed(robot: str) -> None:
    with pytest.raises((SessionError, RobotError, ValueError), match=r"disturbances are for simulation; .* a real arm"):
        Session(robot, port="/dev/null", mode="mock", options=Options(disturb=("moved",), listen=False))

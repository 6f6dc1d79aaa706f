"""What a run leaves behind can be read again, is the public schema, and says the same for the same seed."""

import dataclasses
import json
from pathlib import Path

import pytest

from sayso.errors import UserError
from sayso.result import Correction, Motion, ObjectPose, PlanStep, Replan, RobotEvent, RunResult, deterministic_view

CUBE = ObjectPose("block", "red", (0.45, 0.1, 0.02), (0.0, 0.0, 0.0, 1.0))
RESULT = RunResult(
    instruction="put the red block in the blue bowl",
    outcome="done",
    success=True,
    robot="sim",
    planner="local",
    seed=7,
    duration_s=12.3,
    plan=(PlanStep(0.4, "pick up the red block", "done"),),
    motions=(Motion(0.5, "move arm forward and slightly left", "planner"),),
    corrections=(Correction(3.5, "left a bit", "motion", "move arm slightly left", 12.1),),
    replans=(Replan(5.0, "subtask", "the block slipped", 0.88),),
    rates={"loop_hz": 250.0, "policy_hz": 50.0, "motion_hz": 5.0, "missed": 3},
    latency_ms={"policy": {"p50": 0.2, "p99": 0.5}, "planner": {}},
    models={"policy-panda": "sha256:00"},
    sim={"before": {"b1": CUBE}, "after": {"b1": CUBE}},
)
# Copied from the public face by hand: the test holds the code to it.
KEYS = [
    "schema",
    "instruction",
    "outcome",
    "success",
    "robot",
    "planner",
    "seed",
    "duration_s",
    "plan",
    "motions",
    "corrections",
    "replans",
    "question",
    "refusal",
    "rates",
    "latency_ms",
    "models",
    "sim",
]


def test_the_file_has_the_keys_of_schema_1(tmp_path: Path) -> None:
    data = json.loads(RESULT.write(tmp_path).read_text())
    assert list(data) == KEYS and data["schema"] == 1
    assert list(data["plan"][0]) == ["t", "subtask", "outcome"]
    assert list(data["motions"][0]) == ["t", "text", "source"]
    assert list(data["corrections"][0]) == ["t", "text", "level", "read_as", "latency_ms"]
    assert list(data["replans"][0]) == ["t", "level", "reason", "p"]
    seen = dataclasses.replace(
        RESULT, replans=(dataclasses.replace(RESULT.replans[0], cause="slipped", remedy="again, otherwise"),)
    )
    assert list(seen.to_json()["replans"][0]) == ["t", "level", "reason", "p", "cause", "remedy"]
    assert list(data["rates"]) == ["loop_hz", "policy_hz", "motion_hz", "missed"]
    assert list(data["sim"]) == ["before", "after"]
    assert list(data["sim"]["before"]["b1"]) == ["kind", "color", "position", "quaternion"]
    assert data["question"] is None and data["refusal"] is None


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    RESULT.write(tmp_path / "new" / "folder")
    assert RunResult.load(tmp_path / "new" / "folder") == RESULT
    assert [p.name for p in (tmp_path / "new" / "folder").iterdir()] == ["result.json"]


def test_a_result_that_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    RESULT.write(tmp_path)
    with pytest.raises(ValueError, match="duration_s"):
        dataclasses.replace(RESULT, duration_s=float("nan")).write(tmp_path)
    assert RunResult.load(tmp_path) == RESULT


def test_the_deterministic_view_leaves_out_the_wall_clock_and_nothing_else() -> None:
    slower = dataclasses.replace(
        RESULT,
        corrections=(dataclasses.replace(RESULT.corrections[0], latency_ms=99.0),),
        latency_ms={"policy": {"p50": 9.0, "p99": 9.9}},
        rates={**RESULT.rates, "missed": 50},
    )
    assert slower != RESULT and deterministic_view(slower) == deterministic_view(RESULT)
    for other in ({"duration_s": 12.4}, {"motions": ()}, {"outcome": "failed"}, {"rates": {"loop_hz": 500.0}}):
        assert deterministic_view(dataclasses.replace(RESULT, **other)) != deterministic_view(RESULT)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (None, "cannot read"),
        ("{", "Invalid JSON"),
        (json.dumps(RESULT.to_json() | {"schema": 2}), "schema: Input should be 1"),
        (json.dumps(RESULT.to_json() | {"outcome": "fine"}), "outcome: Input should be 'done'"),
    ],
)
def test_a_bad_file_is_one_clear_line(tmp_path: Path, content: str | None, wrong: str) -> None:
    if content is not None:
        (tmp_path / "result.json").write_text(content)
    with pytest.raises(UserError, match=wrong) as caught:
        RunResult.load(tmp_path / "result.json")
    assert "result.json" in str(caught.value) and "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot write .*result\.json: File exists"):
        RESULT.write(tmp_path / "file")


def test_what_happened_to_a_real_arm_is_kept_and_otherwise_the_key_is_not_there(tmp_path: Path) -> None:
    held = dataclasses.replace(RESULT, events=(RobotEvent(1.5, "so101: held"),))
    assert json.loads(held.write(tmp_path).read_text())["events"] == [{"t": 1.5, "text": "so101: held"}]
    assert held.to_json()["events"][0]["t"] == 1.5 and "events" not in RESULT.to_json()
    assert RunResult.load(tmp_path / "result.json").events == held.events

"""What is trained from foreign recordings: goals taken from what happened later, actions from commands."""

from pathlib import Path

import numpy as np
import pytest
import torch

from sayso.cli import run_command
from sayso.errors import UserError
from sayso.hardware.arms.load import load_arm
from sayso.planner.execution.motion_planner import choices_of
from sayso.planner.training.motion import train_motion
from sayso.recordings.hindsight import beside, foreign_rows
from sayso.skills.features import feature_names
from sayso.skills.motion import ENCODING_SIZE, decode
from sayso.skills.onnx_model import open_model
from sayso.skills.training.policy import COLUMNS, gather
from tests.sayso.recordings.foreign_sets import MADE_BY_LEROBOT, change_numbers, changed_info, copy_of_set

SPEC = load_arm("so101")
NAMES = feature_names(SPEC.dof)
# Where the simulator had the red block, at the start and in the end: the recordings do not say.
BLOCK = ((0.175, -0.131, 0.018), (0.184, 0.173, 0.018))
IN_BOWL = ((0.193, 0.161), (0.186, -0.166))


def column(rows: np.ndarray, *names: str) -> np.ndarray:
    return rows[:, [NAMES.index(name) for name in names]]


def test_the_goal_is_where_the_block_stood_and_where_it_was_put() -> None:
    found = foreign_rows(MADE_BY_LEROBOT, SPEC)
    assert (found.episodes, found.unused) == (2, 0)
    tool = column(found.features, "tool_x", "tool_y", "tool_z") / 3 + [0.5, 0.0, 0.15]
    thing = tool + column(found.features, "object_x", "object_y", "object_z") / 3
    place = thing + column(found.features, "place_x", "place_y", "place_z") / 3
    held = column(found.features, "held")[:, 0] > 0
    np.testing.assert_allclose(thing[held], tool[held], atol=1e-5)
    carried = held & (column(found.features, "placing")[:, 0] > 0)
    second = 1 + int(np.argmax(np.linalg.norm(np.diff(tool, axis=0), axis=1)))  # the next episode begins elsewhere
    for begin, end, block, bowl in zip((0, second), (second, len(tool)), BLOCK, IN_BOWL, strict=True):
        np.testing.assert_allclose(thing[begin], block, atol=0.015)
        np.testing.assert_allclose(place[begin:end][carried[begin:end]][0, :2], bowl, atol=0.03)


def test_actions_are_rates_of_the_commands_and_the_gripper_closes_from_grasp_to_release() -> None:
    found = foreign_rows(MADE_BY_LEROBOT, SPEC)
    closed = found.actions[:, -1]
    held = column(found.features, "held")[:, 0]
    assert (closed[held > 0] == 1).all()
    assert 0.1 < closed.mean() < 0.9
    joints = column(found.features, *(f"joint{i}" for i in range(SPEC.dof)))
    moved = joints[11:150] - joints[1:140]
    asked = np.array([found.actions[k : k + 10, :-1].mean(0) * 0.4 for k in range(1, 140)])
    assert np.corrcoef(moved.ravel(), asked.ravel())[0, 1] > 0.95


def test_motions_are_those_of_the_labels_also_after_a_person_changed_them(tmp_path: Path) -> None:
    root = copy_of_set(tmp_path)
    assert run_command(["label", str(root)]) == 0
    labeled = foreign_rows(tmp_path / "set-labeled", SPEC)
    np.testing.assert_array_equal(labeled.motions, foreign_rows(root, SPEC).motions)
    assert len({str(decode(row)) for row in labeled.motions}) > 8


def empty_demonstrations(count: int) -> dict[str, np.ndarray]:
    """Columns as `sayso collect` leaves them, all zero."""
    widths = {"features": len(NAMES), "motion": ENCODING_SIZE, "own": ENCODING_SIZE, "said": ENCODING_SIZE}
    widths["action"] = SPEC.dof + 1
    times = {"counterfactual": 2, "neighbour.features": 4, "neighbour.own": 4, "neighbour": 8}
    own = {}
    for name in COLUMNS:
        many = times.get(name) or times.get(name.partition(".")[0], 1)
        own[name] = np.zeros((count, many * widths[name.rpartition(".")[2]]), np.float32)
    return own


def test_foreign_rows_stand_below_our_own_and_weigh_as_much() -> None:
    found = foreign_rows(MADE_BY_LEROBOT, SPEC)
    both = beside(empty_demonstrations(10), found)
    assert {len(values) for values in both.values()} == {10 + len(found.features)}
    samples = gather(both, SPEC.dof)
    mine = (samples.features[samples.row] == 0).all(1)
    assert len(samples.row) == 11 * (10 + len(found.features)) and mine.sum() == 110
    np.testing.assert_array_equal(samples.features[10], found.features[0])
    np.testing.assert_array_equal(samples.actions[10], found.actions[0])


def test_a_motion_planner_learns_from_them(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    found = foreign_rows(MADE_BY_LEROBOT, SPEC)
    fit = train_motion(beside(empty_demonstrations(1), found), tmp_path / "motion.onnx", steps=150, width=64)
    assert fit.rows == 5 * (1 + len(found.features))
    logits = open_model(tmp_path / "motion.onnx").run(None, {"features": found.features})[0]
    gripper, wanted = logits[:, -3:], np.array([choices_of(decode(row))[-1] for row in found.motions])
    for choice in np.unique(wanted):  # keep is by far the most frequent, so each is judged by itself
        assert gripper[wanted == choice, choice].mean() > gripper[wanted != choice, choice].mean() + 0.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["critic", "--arm", "so101"], "--data is for 'sayso train policy' and 'sayso train motion' alone"),
        (["motion", "--arm", "panda"], "is of the so101, which does not fit a training of the panda"),
    ],
)
def test_train_refuses_what_does_not_fit_before_it_collects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    work = tmp_path / "work"
    assert run_command(["train", *arguments, "--work", str(work), "--data", str(MADE_BY_LEROBOT)]) == 2
    assert message in capsys.readouterr().err
    assert not list(work.glob("demos-*"))


def unknown(root: Path) -> None:
    with changed_info(root) as info:
        info["robot_type"] = "tentacle"


def without_grasps(root: Path) -> None:
    change_numbers(root, lambda rows: np.concatenate([rows[:, :5], np.full((len(rows), 1), 90.0)], 1))


@pytest.mark.parametrize(
    ("spoil", "arm", "message"),
    [
        (unknown, "so101", "is of an unknown arm"),
        (without_grasps, "so101", "has no episode with a grasp"),
        (lambda root: None, "panda", "is of the so101, which does not fit a training of the panda"),
    ],
)
def test_what_cannot_be_trained_from_is_one_line(tmp_path: Path, spoil, arm: str, message: str) -> None:  # type: ignore[no-untyped-def]
    root = copy_of_set(tmp_path)
    spoil(root)
    with pytest.raises(UserError, match=message):
        foreign_rows(root, load_arm(arm))

"""Demonstrations from a world of somebody else's: who demonstrates, whose verdict counts, and what cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest

from sayso.cli import run_command
from sayso.demonstrations.from_world import Source, WorldJob, demonstrate, source_of
from sayso.hardware.arms.differential_ik import DifferentialIK
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import JointState, JointTarget
from sayso.hardware.world import ObjectTruth, Task
from sayso.model_store import PACKAGED
from sayso.sim.table_world import ShuffledTable
from sayso.skills.dataset import read_episodes
from sayso.skills.dataset.layout import load_info
from sayso.skills.motion import decode
from sayso.skills.training.policy import COLUMNS
from tests.hardware.test_world_contract import FLAT, Tiny

HERE = "tests.sayso.demonstrations.test_from_world"


class Lifting(Tiny):
    """The tiny world with a block that a closed hand carries; done is what is 5 cm up."""

    tasks = ()
    kinematics = Kinematics(Tiny.spec)

    def reset(self, seed: int, task: str | None = None) -> Task:
        super().reset(seed, task)
        y = float(np.random.default_rng(seed).uniform(-0.1, 0.1))
        self.at, self.held = np.array([0.5, y, 0.02]), False
        return Task("pick up the red block", 12.0)

    def step(self, target: JointTarget) -> None:
        super().step(target)
        tool = self.kinematics.forward(self.joints).position
        closed = target.gripper < 0.5
        self.held = closed and (self.held or float(np.linalg.norm(tool - self.at)) < 0.015)
        if self.held:
            self.at, self.hand = tool, max(self.hand, 0.5)

    def truth(self) -> dict[str, ObjectTruth]:
        return {
            "b1": ObjectTruth("block", "red", self.mount.rotation @ self.at + self._origin(0.0), FLAT, np.full(3, 0.04))
        }

    def success(self) -> bool | None:
        return bool(self.at[2] > 0.07)


class Doubting(Lifting):
    """Calls nothing done."""

    def success(self) -> bool | None:
        return False


class Upward(Lifting):
    """Has a teacher of its own, which only goes up."""

    ik = DifferentialIK(Tiny.spec)

    def reset(self, seed: int, task: str | None = None) -> Task:
        return Task(super().reset(seed, task).instruction, 2.0)

    def teach(self, state: JointState) -> JointTarget:
        up, tool = np.array([[0.0, 0.0, 0.08, 0.0, 0.0, 0.0]]), self.kinematics.forward(state.position)
        speed = self.ik.velocities(state.position, tool, up)[0]
        return JointTarget(state.position + speed * self.step_s, speed, 1.0, np.inf)


class Silent(Lifting):
    """Tells nothing of what it knows."""

    def truth(self) -> None:  # type: ignore[override]
        return None

    def success(self) -> bool | None:
        return None


class Blind(ShuffledTable):
    """The project's table without its truth."""

    def truth(self) -> None:  # type: ignore[override]
        return None


class Here:
    """In place of a pool of processes."""

    def __init__(self, count: int) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def imap(self, make: Callable[[WorldJob], Any], jobs: Iterable[WorldJob], chunksize: int) -> Iterator[Any]:
        return map(make, jobs)


def job(name: str, seed: int = 0) -> WorldJob:
    return WorldJob(f"{HERE}:{name}", seed, source_of(f"{HERE}:{name}", seed)[0], PACKAGED)


def test_sayso_s_teacher_demonstrates_on_the_world_s_truth() -> None:
    assert job("Lifting").source is Source.TEACHER
    episodes = [demonstrate(job("Lifting", seed))[0] for seed in range(3)]
    assert [e.success for e in episodes].count(True) >= 2
    assert set(COLUMNS) < set(episodes[0].columns) and episodes[0].task == "pick up the red block"


def test_the_world_s_own_verdict_marks_failures() -> None:
    (episode,) = demonstrate(job("Doubting"))
    assert episode.success is False and not episode.columns["next.success"].any()


def test_the_world_s_own_teacher_is_asked_before_sayso_s() -> None:
    assert job("Upward").source is Source.OWN_TEACHER
    (episode,) = demonstrate(job("Upward"))
    said = {str(decode(own)) for own in episode.columns["motion.own"]}
    assert len(episode) > 40 and all("up" in motion for motion in said), said
    assert episode.success is False


@pytest.mark.timeout(600)
def test_without_truth_the_shipped_models_demonstrate() -> None:
    assert job("Blind", 2).source is Source.POLICY
    (episode,) = demonstrate(job("Blind", 2))
    assert episode.success is True and np.abs(episode.columns["action"][:, :-1]).max() > 0.1
    assert {"observation.features", "motion.said"} < set(episode.columns)


def test_the_dataset_says_who_demonstrated_and_grows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("multiprocessing.context.SpawnContext.Pool", lambda self, count: Here(count))
    command = ["collect", "--out", str(tmp_path / "demos"), "--world"]
    assert run_command([*command, f"{HERE}:Upward", "--episodes", "1"]) == 0
    assert run_command([*command, f"{HERE}:Upward", "--episodes", "2"]) == 0
    info = load_info(tmp_path / "demos")
    assert info.sayso is not None and info.sayso.demonstrated_by == str(Source.OWN_TEACHER)
    assert [e.seed for e in read_episodes(tmp_path / "demos")] == [0, 1]
    assert "new episodes: 1, failed" in capsys.readouterr().out
    assert run_command([*command, f"{HERE}:Doubting", "--episodes", "2"]) == 2
    assert "are by the world's own teacher, not by sayso's teacher" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (f"{HERE}:Silent", "neither truth() nor success()"),
        ("nobody", "no world 'nobody'; there are: "),
        ("sayso.sim.table_world:TableWorld", "has no instruction"),
    ],
)
def test_what_cannot_be_demonstrated_is_one_line(
    name: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["collect", "--world", name, "--out", str(tmp_path / "demos")]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert says in lines[-1] and len(lines) == 1

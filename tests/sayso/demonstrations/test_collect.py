"""Collecting adds what is not there yet, never twice and never beside another; things have names, failures a mark."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pytest

from sayso.cli import run_command
from sayso.demonstrations.collect import TASKS_PER_WORLD, Job, collect, collect_world, frames_a_second, task_text
from sayso.demonstrations.oracle import Task
from sayso.errors import UserError
from sayso.hardware.arms.load import load_arm
from sayso.hardware.folder_lock import FolderLock
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.tasks import TASKS
from sayso.skills.dataset import DatasetWriter, read_episodes
from sayso.skills.episodes import Episode

FPS = 25.0


def tiny(job: Job) -> list[Episode]:
    """What a world gives, without a simulator: the last of its tasks fails."""
    return [
        Episode(
            robot="panda", fps=FPS, task=f"task {k}", seed=job.seed, success=k < TASKS_PER_WORLD - 1,
            times=np.arange(3) / FPS, columns={"action": np.full((3, 2), 10.0 * job.seed + k)},
        )
        for k in range(TASKS_PER_WORLD)
    ]  # fmt: skip


class Workers:
    """In place of a pool of processes; ``asked`` are the seeds that were made."""

    asked: ClassVar[list[int]] = []

    def __init__(self, count: int) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def imap(self, make: Callable[[Job], Any], jobs: Iterable[Job], chunksize: int) -> Iterator[Any]:
        assert make is collect_world
        for job in jobs:
            self.asked.append(job.seed)
            yield tiny(job)


@pytest.fixture(autouse=True)
def workers(monkeypatch: pytest.MonkeyPatch) -> type[Workers]:
    Workers.asked = []
    monkeypatch.setattr("multiprocessing.context.SpawnContext.Pool", lambda self, count: Workers(count))
    return Workers


def jobs(*seeds: int) -> list[Job]:
    return [Job(seed) for seed in seeds]


def test_worlds_that_are_there_are_not_made_again_and_others_are_added(tmp_path: Path, workers: type[Workers]) -> None:
    root = tmp_path / "demos"
    assert collect(root, jobs(0, 1)).good == 6
    assert collect(root, jobs(0, 1, 2)).made == 4
    assert collect(root, jobs(100, 101)).episodes == 20
    again = collect(root, jobs(100, 101))
    assert (again.made, again.good, again.episodes, again.frames) == (0, 0, 20, 60)
    assert workers.asked == [0, 1, 2, 100, 101]
    assert [e.seed for e in read_episodes(root)] == [seed for seed in (0, 1, 2, 100, 101) for _ in range(4)]


def test_of_a_world_that_was_cut_off_the_rest_is_added(tmp_path: Path, workers: type[Workers]) -> None:
    with DatasetWriter(tmp_path / "demos", "panda", FPS, plain=True) as writer:
        for episode in (*tiny(Job(0)), *tiny(Job(1))[:2]):
            writer.add(episode)
    collect(tmp_path / "demos", jobs(0, 1, 2))
    assert workers.asked == [1, 2]
    values = [float(e.columns["action"][0, 0]) for e in read_episodes(tmp_path / "demos")]
    assert values == [10.0 * seed + k for seed in (0, 1, 2) for k in range(4)]


def test_two_collects_do_not_write_into_one_dataset(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    collect(tmp_path / "demos", jobs(0))
    with FolderLock(tmp_path / "demos"):
        assert run_command(["collect", "--worlds", "1", "--seed", "5", "--out", str(tmp_path / "demos")]) == 2
    assert "another program is writing into" in capfd.readouterr().err
    assert len(list(read_episodes(tmp_path / "demos"))) == 4


def test_another_s_folder_and_another_arm_s_dataset_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/holiday.jpg").write_text("mine")
    with pytest.raises(UserError, match=r"is no dataset and holds holiday\.jpg"):
        collect(tmp_path / "photos", jobs(0))
    collect(tmp_path / "demos", jobs(0))
    with pytest.raises(UserError, match="has robot panda, not so101"):
        collect(tmp_path / "demos", [replace(Job(1), arm="so101")])


def test_what_was_made_and_what_failed_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    command = ["collect", "--worlds", "2", "--out", str(tmp_path / "demos")]
    assert run_command(command) == 0
    assert "new episodes: 8, failed: 2" in capfd.readouterr().out
    assert run_command(command) == 0
    assert "were in the dataset already" in capfd.readouterr().out


@pytest.mark.parametrize(("hz", "fps"), [(250, 25), (100, 25), (500, 25), (60, 30), (125, 31.25), (20, 10)])
def test_a_second_is_a_second_whatever_the_arm_s_rate(hz: float, fps: float) -> None:
    assert frames_a_second(replace(load_arm("panda"), control_hz=hz)) == fps


def test_things_are_named_by_color_and_kind() -> None:
    scene = SceneSpec((ObjectSpec("b1", "block", "red", (0.5, 0.0)), ObjectSpec("w1", "bowl", "blue", (0.5, 0.2))))
    assert task_text(Task("b1"), scene) == "pick up the red block"
    assert task_text(Task("b1", TASKS["put in"], "w1"), scene) == "put the red block in the blue bowl"


@pytest.mark.parametrize("name", ["", "  "])
@pytest.mark.parametrize(
    "command",
    [
        ["run", "x", "--out"],
        ["run", "x", "--dataset"],
        ["run", "x", "--scene"],
        ["emulate", "so101", "--scene"],
        ["run", "x", "--models"],
        ["bench", "ladder", "--out"],
        ["collect", "--out"],
        ["train", "policy", "--work"],
        ["train", "policy", "--out"],
        ["replay"],
        ["calibrate", "board"],
        ["calibrate", "camera", "left=0", "--out"],
        ["calibrate", "camera", "left=0", "--calibrations"],
        ["calibrate", "arm", "so101", "--file"],
        ["emulate", "so101", "--calibration"],
        ["emulate", "so101", "--save"],
        ["robots", "desk", "--calibration"],
        ["robots"],
    ],
    ids=" ".join,
)
def test_an_empty_name_is_an_error(
    command: list[str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert run_command([*command, name]) == 2
    error = capfd.readouterr().err
    assert "empty" in error and error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []

"""The recording of a run: what the arm measured and was really sent, with the words, as a LeRobot dataset."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from hardware.loop import ControlLoop, Cycle
from hardware.types import Array, RobotSpec
from sayso.errors import UserError
from sayso.result import RunResult
from sayso.run_settings import FILE_NAME as RUN
from skills.dataset import DatasetWriter
from skills.episodes import Episode

FPS = 25.0


class Recorder:
    """Keeps cycles of ``loop`` from now on, `FPS` a second."""

    def __init__(self, loop: ControlLoop) -> None:
        self.spec: RobotSpec = loop.robot.spec
        self._every = max(1, round(1 / (loop.period_s * FPS)))
        self._count = 0
        self._states: list[Array] = []
        self._actions: list[Array] = []
        self._next = loop.on_cycle
        loop.on_cycle = self._on_cycle

    def _on_cycle(self, cycle: Cycle) -> None:
        if self._count % self._every == 0:
            self._states.append(np.append(cycle.state.position, cycle.state.gripper))
            self._actions.append(np.append(cycle.sent.position, cycle.sent.gripper))
        self._count += 1
        if self._next is not None:
            self._next(cycle)

    def episode(self, result: RunResult) -> Episode | None:
        """What was recorded, with the words of ``result``; None if the loop never ran."""
        if not self._states:
            return None
        names = (*(f"{joint}.pos" for joint in self.spec.joints), "gripper.pos")
        return Episode(
            robot=self.spec.name, fps=FPS, task=result.instruction, seed=result.seed, success=result.success,
            times=np.arange(len(self._states)) / FPS,
            columns={
                "observation.state": np.array(self._states, np.float32),
                "action": np.array(self._actions, np.float32),
            },
            names={"observation.state": names, "action": names},
            subtasks=tuple((step.t, step.subtask) for step in result.plan),
            motions=tuple((motion.t, motion.text) for motion in result.motions),
            events=tuple((correction.t, correction.text) for correction in result.corrections),
        )  # fmt: skip


def check_replaceable(folder: Path) -> None:
    """Raise `UserError` if ``folder`` is something else than the recording of an earlier run, which is replaced."""
    if folder.exists() and not ((folder / RUN).is_file() or (folder.is_dir() and not any(folder.iterdir()))):
        raise UserError(f"{folder} is not the recording of a run; move it away or choose another --out")


def write_episode(folder: Path, episode: Episode | None) -> None:
    """Write ``episode`` as the only one of the dataset in ``folder``, in place of a dataset that was there."""
    draft = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    if episode is not None:
        with DatasetWriter(draft, episode.robot, episode.fps) as writer:
            writer.add(episode)
    if folder.exists():
        shutil.rmtree(folder)
    draft.rename(folder)

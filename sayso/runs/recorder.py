"""Records a run as a LeRobot dataset: measured states, sent actions, and texts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.arms.lerobot_units import LeRobotUnits
from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.control.loop import Cycle
from sayso.hardware.folder_lock import FolderLock
from sayso.hardware.types import Array, Frame, RobotSpec
from sayso.outputs import check_left, json_in
from sayso.result import FILE_NAME as RESULT
from sayso.result import Correction, RunResult
from sayso.runs.run_config import FILE_NAME as RUN
from sayso.runs.run_config import RunSettings
from sayso.runtime.subscriber import Subscriber
from sayso.skills.dataset import DatasetLocked, DatasetWriter, words_fit
from sayso.skills.episodes import Episode

FPS = 25.0
AS_OFTEN = range(20, 31)  # frame rates (Hz) accepted in place of `FPS`
WAIT_S, AGAIN_S = 30.0, 0.1
QUALITY = 95


def frames_a_second(control_hz: float) -> float:
    """The recording rate (Hz): the divisor of the control rate from 20 to 30 that is nearest to `FPS`.

    Without such a divisor `FPS`, or the control rate if that is lower.
    """
    even = [float(fps) for fps in AS_OFTEN if control_hz % fps == 0]
    return min(even, key=lambda fps: (abs(fps - FPS), -fps), default=min(FPS, control_hz))


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample at ``t`` s: measured ``state`` and sent ``action``, (n,) each in LeRobot's units."""

    t: float
    state: Array
    action: Array


class Recorder(Subscriber):
    """Samples an arm's loop at `frames_a_second` on the loop's clock; each sample is the cycle nearest in time,
    at any rate of the loop and with missed ticks.

    States and actions are in LeRobot's units, under LeRobot's names. ``sees`` also stores the cameras' pictures.
    ``samples`` and each camera's ``pictures`` (time s, JPEG) only grow; ``first`` is the time of the first sample.
    """

    def __init__(self, spec: RobotSpec, sees: bool = False) -> None:
        self.spec, self._sees = spec, sees
        self.fps = frames_a_second(self.spec.control_hz)
        self._units = LeRobotUnits.of(self.spec)
        self.samples: list[Sample] = []
        self._before: Sample | None = None
        self.first = 0.0
        self.pictures: dict[str, list[tuple[float, NDArray[np.uint8]]]] = {}

    def cycle_ended(self, cycle: Cycle) -> None:
        """Store the measured and the sent positions."""
        state = self._units.row(cycle.state.position, cycle.state.gripper)
        now = Sample(cycle.t, state, self._units.row(cycle.sent.position, cycle.sent.gripper))
        before, self._before = self._before, now
        if before is None:
            self.first, before = cycle.t, now
        while (due := self.first + len(self.samples) / self.fps) <= now.t + 1e-6:
            self.samples.append(min((now, before), key=lambda sample: abs(sample.t - due)))

    def frame_read(self, frame: Frame) -> None:
        """Store a camera's picture, which counts for every sample until the next picture."""
        if not self._sees:
            return
        height, width = (size // 2 * 2 for size in frame.rgb.shape[:2])  # video codecs need even sizes
        kept = self.pictures.setdefault(frame.camera, [])
        if not kept or kept[-1][0] < frame.t:
            bgr = frame.rgb[:height, :width, ::-1]
            kept.append((frame.t, np.asarray(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])))

    def episode(self, result: RunResult, start: float | None = None) -> Episode | None:
        """The recording with the texts of ``result``, whose times count from ``start`` s on the loop's clock.

        Without ``start`` they count from the first sample. None if the loop never ran.
        """
        if not self.samples:
            return None
        start = self.first if start is None else start
        times = self.first + np.arange(len(self.samples)) / self.fps
        return replace(
            self._numbers(times, [s.state for s in self.samples], [s.action for s in self.samples]),
            task=result.instruction, seed=result.seed, success=result.success,
            subtasks=tuple((start + step.t, step.subtask) for step in result.plan),
            motions=tuple((start + motion.t, motion.text) for motion in result.motions),
            events=tuple((start + correction.t, correction.text) for correction in result.corrections),
            understood=tuple((start + c.t, _understood(c, result)) for c in result.corrections),
            videos={f"observation.images.{name}": HeldPictures(times, kept) for name, kept in self.pictures.items()},
        )  # fmt: skip

    def example(self) -> Episode:
        """An episode of one sample without pictures, in the form of those recorded."""
        return self._numbers(np.zeros(1), [np.zeros(self.spec.dof + 1)], [np.zeros(self.spec.dof + 1)])

    def _numbers(self, times: Array, states: list[Array], actions: list[Array]) -> Episode:
        names, units = self._units.names, self._units.units
        return Episode(
            robot=self.spec.name, fps=self.fps, task="", seed=0, success=None, times=times,
            columns={"observation.state": np.array(states, np.float32), "action": np.array(actions, np.float32)},
            names={"observation.state": names, "action": names},
            units={"observation.state": units, "action": units},
        )  # fmt: skip


def _understood(correction: Correction, result: RunResult) -> str:
    """What was made of a correction, as JSON: its level and reading, the motions in force before and after."""
    before: list[str | None] = [None, *(motion.text for motion in result.motions if motion.t < correction.t)]
    after = [motion.text for motion in result.motions if motion.t >= correction.t]
    return json.dumps(
        {
            "text": correction.text, "level": correction.level, "read_as": correction.read_as,
            "before": before[-1], "after": after[0] if after else before[-1],
        },
        ensure_ascii=False,
    )  # fmt: skip


class HeldPictures:
    """Pictures (T, H, W, 3) uint8 RGB at ``times``, each the newest of ``kept`` at that time; stored compressed."""

    dtype: np.dtype[np.uint8] = np.dtype(np.uint8)
    ndim = 4

    def __init__(self, times: Array, kept: list[tuple[float, NDArray[np.uint8]]]) -> None:
        self._kept = [picture for _, picture in kept]
        newest = np.searchsorted([t for t, _ in kept], times + 1e-6, side="right") - 1
        self._rows = np.maximum(newest, 0)  # before the first picture, use the first
        self.shape: tuple[int, ...] = (len(times), *_decoded(self._kept[0]).shape)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        return np.stack([_decoded(self._kept[k]) for k in self._rows[rows]])

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        last, picture = -1, np.zeros(0, np.uint8)
        for k in self._rows.tolist():
            if k != last:
                last, picture = k, _decoded(self._kept[k])
            yield picture


def _decoded(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(picture, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]


def check_replaceable(folder: Path, names: tuple[str, ...], episode: str) -> None:
    """Raise `UserError` if ``folder`` holds, under one of the ``names``, a file that is not from a run."""
    settings = json_in(folder / episode / RUN)
    # If the recording was moved away, the result still shows that a run wrote here.
    left: dict[str, str] | None = {} if _is_result(json_in(folder / RESULT)) and settings is None else None
    if isinstance(settings, dict) and settings.keys() <= RunSettings.model_fields.keys():
        said = settings.get("left", {})
        left = {**said, f"{episode}/{RUN}": ""} if isinstance(said, dict) and said else {}
    check_left(folder, names, episode, left)


def _is_result(content: object) -> bool:
    return isinstance(content, dict) and {"schema", "instruction", "outcome", "plan"} <= content.keys()


def write_episode(folder: Path, episode: Episode | None, plain: bool = False) -> None:
    """Write ``episode`` as the only one of the dataset in ``folder``, replacing an existing dataset.

    Omits language columns if ``plain``, or if the texts exceed their limit. Raises OSError, also while another program
    writes into ``folder``.
    """
    draft = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    if episode is not None:
        plain = plain or not words_fit(episode)
        with DatasetWriter(draft, episode.robot, episode.fps, plain=plain) as writer:
            writer.add(episode)
    with FolderLock(folder):
        shutil.rmtree(folder)
        draft.rename(folder)


def check_dataset(root: Path, recorder: Recorder, plain: bool | None, pictures: bool) -> None:
    """Raise `DatasetError` if the recordings of ``recorder`` cannot fit into the dataset in ``root``.

    With ``pictures`` nothing is checked beyond opening, because their number and sizes are unknown.
    """
    with DatasetWriter(root, recorder.spec.name, recorder.fps, plain=plain) as writer:
        if not pictures:
            writer.check(recorder.example())


def append_episode(root: Path, episode: Episode, plain: bool | None = None, clock: Clock | None = None) -> None:
    """Add ``episode`` to the dataset in ``root``, created if missing; waits while another program writes to it.

    ``plain`` as in `DatasetWriter`. Raises `DatasetError` if the episode does not fit.
    """
    clock = clock or MonotonicClock()
    until = clock.now() + WAIT_S
    while True:
        try:
            with DatasetWriter(root, episode.robot, episode.fps, plain=plain) as writer:
                writer.add(episode)
            return
        except DatasetLocked:
            if clock.now() > until:
                raise
        clock.sleep_until(clock.now() + AGAIN_S)

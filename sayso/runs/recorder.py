"""The recording of a run: what the arm measured and was really sent, with the words, as a LeRobot dataset."""

from __future__ import annotations

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
from sayso.result import RunResult
from sayso.runs.run_config import FILE_NAME as RUN
from sayso.runs.run_config import RunSettings
from sayso.runtime.subscriber import Subscriber
from sayso.skills.dataset import DatasetLocked, DatasetWriter, words_fit
from sayso.skills.episodes import Episode

FPS = 25.0
AS_OFTEN = range(20, 31)  # frames a second that will do in its place
WAIT_S, AGAIN_S = 30.0, 0.1
QUALITY = 95


def frames_a_second(control_hz: float) -> float:
    """How many samples a second are recorded of an arm: what divides its control rate and is nearest to `FPS`.

    Where nothing from 20 to 30 divides it, `FPS`; an arm that is driven more slowly, at its own rate.
    """
    even = [float(fps) for fps in AS_OFTEN if control_hz % fps == 0]
    return min(even, key=lambda fps: (abs(fps - FPS), -fps), default=min(FPS, control_hz))


@dataclass(frozen=True, slots=True)
class Sample:
    """What the loop did at ``t`` s: measured ``state`` and sent ``action``, (n,) each in LeRobot's units."""

    t: float
    state: Array
    action: Array


class Recorder(Subscriber):
    """Keeps what the loop of an arm does, at `frames_a_second` of the loop's own clock: each sample is that of the
    cycle nearest to its time, whatever the loop's rate is and however many ticks it misses.

    States and actions are in LeRobot's units, under LeRobot's names. ``sees`` keeps the cameras' pictures too.
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
        """Keep what was measured and sent."""
        state = self._units.row(cycle.state.position, cycle.state.gripper)
        now = Sample(cycle.t, state, self._units.row(cycle.sent.position, cycle.sent.gripper))
        before, self._before = self._before, now
        if before is None:
            self.first, before = cycle.t, now
        while (due := self.first + len(self.samples) / self.fps) <= now.t + 1e-6:
            self.samples.append(min((now, before), key=lambda sample: abs(sample.t - due)))

    def frame_read(self, frame: Frame) -> None:
        """Keep a camera's picture; it stands in every sample until its next one."""
        if not self._sees:
            return
        height, width = (size // 2 * 2 for size in frame.rgb.shape[:2])  # a video has even sizes
        kept = self.pictures.setdefault(frame.camera, [])
        if not kept or kept[-1][0] < frame.t:
            bgr = frame.rgb[:height, :width, ::-1]
            kept.append((frame.t, np.asarray(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])))

    def episode(self, result: RunResult, start: float | None = None) -> Episode | None:
        """What was recorded, with the words of ``result``, whose times count from ``start`` s on the loop's clock.

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
            videos={f"observation.images.{name}": HeldPictures(times, kept) for name, kept in self.pictures.items()},
        )  # fmt: skip

    def example(self) -> Episode:
        """An episode of one sample, as those that will be recorded, without pictures."""
        return self._numbers(np.zeros(1), [np.zeros(self.spec.dof + 1)], [np.zeros(self.spec.dof + 1)])

    def _numbers(self, times: Array, states: list[Array], actions: list[Array]) -> Episode:
        names, units = self._units.names, self._units.units
        return Episode(
            robot=self.spec.name, fps=self.fps, task="", seed=0, success=None, times=times,
            columns={"observation.state": np.array(states, np.float32), "action": np.array(actions, np.float32)},
            names={"observation.state": names, "action": names},
            units={"observation.state": units, "action": units},
        )  # fmt: skip


class HeldPictures:
    """Pictures (T, H, W, 3) uint8 RGB at ``times``: at each the newest of ``kept`` up to then. They stay compressed."""

    dtype: np.dtype[np.uint8] = np.dtype(np.uint8)
    ndim = 4

    def __init__(self, times: Array, kept: list[tuple[float, NDArray[np.uint8]]]) -> None:
        self._kept = [picture for _, picture in kept]
        newest = np.searchsorted([t for t, _ in kept], times + 1e-6, side="right") - 1
        self._rows = np.maximum(newest, 0)  # before its first picture that one
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
    """Raise `UserError` if ``folder`` holds, by the ``names`` of what a run leaves, anything that no run left there."""
    settings = json_in(folder / episode / RUN)
    # The recording may have been moved away: then the result tells that a run was here.
    left: dict[str, str] | None = {} if _is_result(json_in(folder / RESULT)) and settings is None else None
    if isinstance(settings, dict) and settings.keys() <= RunSettings.model_fields.keys():
        said = settings.get("left", {})
        left = {**said, f"{episode}/{RUN}": ""} if isinstance(said, dict) and said else {}
    check_left(folder, names, episode, left)


def _is_result(content: object) -> bool:
    return isinstance(content, dict) and {"schema", "instruction", "outcome", "plan"} <= content.keys()


def write_episode(folder: Path, episode: Episode | None, plain: bool = False) -> None:
    """Write ``episode`` as the only one of the dataset in ``folder``, in place of a dataset that was there.

    It has no language columns if it is ``plain`` or its words do not fit into them. Raises OSError, also while another
    program writes into ``folder``.
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
    """Raise `DatasetError` if what ``recorder`` records will not fit into the dataset in ``root``.

    With ``pictures`` their number and sizes are not known before, and are not looked at.
    """
    with DatasetWriter(root, recorder.spec.name, recorder.fps, plain=plain) as writer:
        if not pictures:
            writer.check(recorder.example())


def append_episode(root: Path, episode: Episode, plain: bool | None = None, clock: Clock | None = None) -> None:
    """Add ``episode`` to the dataset in ``root``, made if it is missing; wait while another program adds to it.

    ``plain`` as of `DatasetWriter`. Raises `DatasetError` if it does not fit.
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

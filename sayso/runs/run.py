"""One run, from its settings to its output folder: executes, records and reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sayso.backends.backend import Footage
from sayso.backends.recording_camera import RecordingCamera
from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.learning.attempt import FILE_NAME as ATTEMPT
from sayso.learning.attempt import LIVE_NAME
from sayso.learning.attempt_recorder import AttemptRecorder
from sayso.memory_store import ReplayedMemory
from sayso.outputs import Outputs, alone_in, digests
from sayso.planner.errors import PlannerError
from sayso.planner.remote.usage import Prices, written
from sayso.report.trace import CriticLook, FilmFrame, Trace
from sayso.report.write import report_files
from sayso.result import RunResult
from sayso.runs.journal import FILE_NAME as JOURNAL
from sayso.runs.journal import Journal, Words, read_journal
from sayso.runs.recorder import Recorder, append_episode, check_replaceable, write_episode
from sayso.runs.run_config import RunSettings
from sayso.runtime.progress import Progress
from sayso.session import Options, Session
from sayso.skills.dataset import DatasetError
from sayso.skills.episodes import Episode

EPISODE, SCENE = "episode", "scene.json"
REQUESTS = "planner.jsonl"
FILES = ("result.json", "video.mp4", "timeline.png", "report.html", REQUESTS, ATTEMPT)
Told = Callable[[Iterable[FilmFrame], int], Iterable[FilmFrame]]


class Run:
    """Sets up a session for ``settings`` and raises what `Session` raises; ``film`` records pictures.

    The ``memory`` is a file, see `sayso.session.Options`; a run that is run again remembers what it did then. ``live``
    means real time in simulation, and permission to move for a real arm. ``tell`` receives the arm's limits and the
    position in which it is left. ``go_on_s``, ``answer_s``, ``listen``, ``hold_to_run`` and ``keys`` as in
    `sayso.session.Options`, as ``sees``. ``pictures`` stores the cameras' pictures in the recording.
    """

    def __init__(
        self, settings: RunSettings, models: Path | None = None, *, film: bool = False, live: bool = False,
        tell: Callable[[str], None] = print, go_on_s: float | None = None, listen: bool = True,
        pictures: bool = False, hold_to_run: bool = False, answer_s: float | None = None,
        keys: Callable[[Session], AbstractContextManager[object]] | None = None, memory: Path | None = None,
        sees: str = "pixels",
    ) -> None:  # fmt: skip
        self.settings, self._tell = settings, tell
        options = Options(
            sees=sees,
            limit_s=settings.limit_s,
            film=film,
            go_on_s=settings.go_on_s if go_on_s is None else go_on_s,
            answer_s=settings.answer_s if answer_s is None else answer_s,
            listen=listen,
            hold_to_run=hold_to_run,
            planner_deadline_s=settings.planner_deadline_s,
            planner_fallback=settings.planner_fallback,
            viewpoint_yaw=settings.viewpoint_yaw,
            caution=settings.caution,
            planner_prices=None if settings.planner_price is None else Prices.of(settings.planner_price),
            keys=keys,
            memory=ReplayedMemory(settings.remembered) if settings.remembered else memory,
            disturb=settings.disturb,
            eyes=settings.eyes,
        )
        self.session = settings.session(models, options, live, tell)
        self.settings = settings = settings.model_copy(update={"remembered": self.session.memory.snapshot()})
        if not settings.instruction and self.session.task is not None:
            self.settings = settings.model_copy(update={"instruction": self.session.task.instruction})
        self.recorder = Recorder(self.session.robot.spec, sees=pictures)
        self.session.runtime.subscribe(self.recorder)
        self.result: RunResult | None = None
        self._journal: Journal | None = None
        self._attempt: AttemptRecorder | None = None
        self._start = 0.0
        self._waited: float | None = None
        self._waited_for_answer: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.session.__exit__(kind, error, trace)
        finally:
            if self._journal is not None:
                # Without a plan nothing has moved; any other error may leave a valuable recording.
                self._journal.close(remove=error is None or (isinstance(error, UserError) and self.result is None))
            if self._attempt is not None:
                self._attempt.close()
                if not self._attempt.writer.spoken:
                    self._attempt.writer.file.unlink(missing_ok=True)

    def keep(self, folder: Path) -> None:
        """Start to write recording and attempt into ``folder``, so that a killed process leaves them.

        From now on the robot acknowledges words once they are saved (`AttemptRecorder`).
        """
        session, settings = self.session, self.settings
        self._attempt = AttemptRecorder(
            folder, session.executive, settings.instruction, settings.robot, settings.seed, session.models,
            lambda: session.began,
        )  # fmt: skip
        session.runtime.subscribe(self._attempt)
        session.operator.acknowledgments.record = self._attempt
        self._journal = Journal(folder, self.recorder, settings, self._words, self._tell)

    def _words(self) -> Words:
        executive = self.session.executive
        return Words(
            self.session.began,
            tuple((step.began, str(step.subtask)) for step in executive.supervisor.steps),
            tuple((motion.t, motion.text) for motion in executive.log.motions),
            tuple((heard.t, heard.correction.text) for heard in executive.log.heard),
        )

    def execute(self, progress: Progress | None = None) -> RunResult:
        """Execute the instruction. Raises `UserError` if the planner cannot be reached."""
        session = self.session
        try:
            self.result = session.run(self.settings.instruction, self.settings.say, progress)
        except PlannerError as error:
            raise UserError(f"the planner does not answer: {error}") from error
        self._start = session.began
        self._waited = session.operator.waited_s
        if session.options.answer_s is not None:
            self._waited_for_answer = session.executive.dialogue.waited_s or 0.0
        return self.result

    def save(
        self, folder: Path, told: Told | None = None, *, video: bool = True, plain: bool | None = None,
        dataset: Path | None = None,
    ) -> dict[str, Path]:  # fmt: skip
        """Write all results into ``folder``, with the ``video`` if there is a film; return the files' paths by name.

        ``told`` wraps the film's frames, for a progress bar. The recording omits language columns if ``plain``, and is
        also added to ``dataset``. Raises `UserError` for files in ``folder`` that are not from a run; nothing is
        replaced then. Raises `UnwrittenError` after all others are written if some of the files could not be.
        """
        assert self.result is not None
        check_replaceable(folder, FILES, EPISODE)
        for name in FILES:
            (folder / name).unlink(missing_ok=True)  # from an older run
        out, result, executive = Outputs(), self.result, self.session.executive
        film = self.session.film if video else None
        frames: Iterable[FilmFrame] = self._frames() if film else ()
        if film and told:
            frames = told(frames, len(film.times))
        looks = tuple(CriticLook(t - self._start, j.done, j.failed) for t, j in executive.log.judgements)
        report = report_files(folder, result, Trace(looks, frames, film.fps if film else 1.0))
        out.write("result", report.pop("result"))  # first, in case a later step fails
        if self._attempt is not None:
            self._attempt.close(result)
        recorded = self.recorder.episode(result, self._start)
        settings = self.settings.model_copy(update=self._as_it_went())
        has_recording = out.write(EPISODE, lambda: _leave_recording(folder, recorded, settings, bool(plain)))
        if dataset is not None and recorded is not None:
            out.write("dataset", lambda: self._add(recorded, dataset, plain, folder / EPISODE))
        for name, write in report.items():
            out.write(name, write)
        if self.session.exchanges:
            lines = "".join(written(exchange) + "\n" for exchange in self.session.exchanges)
            out.write("planner", lambda: write_atomic(folder / REQUESTS, lines))
        if has_recording:
            has_recording = out.write(EPISODE, lambda: _mark(folder, settings))
        if self._journal is not None:
            self._journal.close(remove=has_recording)
            self._journal = None
        out.check()
        return out.files

    @staticmethod
    def _add(recorded: Episode, dataset: Path, plain: bool | None, episode: Path) -> Path:
        """Add the recording to a dataset. Raises `UserError`."""
        try:
            append_episode(dataset, recorded, plain)
        except (DatasetError, OSError) as error:
            raise UserError(f"the recording is in {episode}, but was not added to {dataset}: {error}") from error
        return dataset

    def _frames(self) -> Iterator[FilmFrame]:
        film = self.session.film
        assert film is not None
        drawn = film.frames() if isinstance(film, RecordingCamera) else _drawn(film)
        for t, rgb in zip(film.times, drawn, strict=True):
            yield FilmFrame(t - self._start, rgb)

    def _as_it_went(self) -> dict[str, object]:
        """The settings that repeat what people did."""
        return {"say": self._said(), "go_on_s": self._waited, "answer_s": self._waited_for_answer}

    def _said(self) -> tuple[tuple[float, str], ...]:
        """Every text received, and those still scheduled, as needed to repeat this run; a disturbance says its own
        again."""
        director, log = self.session.director, self.session.executive.log
        own = director.said if director is not None else []
        heard = tuple((round(h.t - self._start, 6), h.correction.text) for h in log.heard)
        heard = tuple(word for word in heard if word[1] not in own)
        end = max((t for t, _ in heard), default=-1.0)
        return heard + tuple(word for word in sorted(self.settings.say) if word[0] > end and word not in heard)


def recover(folder: Path) -> str:
    """Rebuild the recording of a killed run in ``folder``; return one line that describes this, "" without such a run.

    Leaves what `Run.save` leaves, without result, report and video. Raises `UserError` for a recording that cannot be
    read, and while the run still lasts.
    """
    journal = folder / JOURNAL
    if not journal.is_file():
        return ""
    with alone_in(folder):
        killed = read_journal(journal)
        check_replaceable(folder, FILES, EPISODE)
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
        if (attempt := folder / LIVE_NAME).is_file():
            attempt.replace(folder / ATTEMPT)
        episode = _leave_recording(folder, killed.recorded, killed.settings, plain=False)
        killed.settings.model_copy(update={"left": digests(folder, FILES, EPISODE)}).write(episode)
        journal.unlink()
    return f"{folder} ended early: its recording of {killed.settings.ended_s:g} s is now in {episode}"


def _leave_recording(folder: Path, recorded: Episode | None, settings: RunSettings, plain: bool) -> Path:
    """Write ``recorded`` with the run's settings and scene. Raises `UserError`."""
    episode = folder / EPISODE
    try:
        write_episode(episode, recorded, plain)
    except (OSError, DatasetError) as error:
        raise UserError(f"cannot write {episode}: {getattr(error, 'strerror', None) or error}") from error
    if (scene := settings.scene_text) is not None:
        write_atomic(episode / SCENE, scene)
    settings.write(episode)
    return episode


def _mark(folder: Path, settings: RunSettings) -> Path:
    """Write the digests of a run's files, by which a later run knows them, beside its recording; return that."""
    settings.model_copy(update={"left": digests(folder, FILES, EPISODE)}).write(folder / EPISODE)
    return folder / EPISODE


def _drawn(film: Footage) -> Iterator[NDArray[np.uint8]]:
    """Render a simulated run's film."""
    from sayso.report.drawing import draw
    from sayso.sim.film import Film

    assert isinstance(film, Film)
    return draw(film)

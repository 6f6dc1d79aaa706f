"""Records a run continuously in one growing file, so that a killed process loses at most the last second."""

from __future__ import annotations

import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError

from sayso.errors import UserError
from sayso.outputs import check_ours
from sayso.runs.recorder import HeldPictures, Recorder
from sayso.runs.run_config import RunSettings
from sayso.skills.episodes import Episode, EpisodeError, Texts

FILE_NAME = "recording.jsonl"
EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    """Texts so far, each (time s, text); the instruction ``began`` at that time (s) of the loop's clock."""

    began: float
    subtasks: Texts
    motions: Texts
    events: Texts


class Journal:
    """Writes what ``recorder`` holds to ``recording.jsonl`` in ``folder`` every `EVERY_S` s, from its own thread.

    The first line holds the run's settings. Each further line holds a few samples, one picture, or all ``words`` so
    far. A killed process leaves complete lines and at most one truncated line. ``tell`` receives one line if writing
    fails. Raises `UserError` if the file cannot be opened.
    """

    def __init__(
        self, folder: Path, recorder: Recorder, settings: RunSettings, words: Callable[[], Words],
        tell: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.file = folder / FILE_NAME
        self._recorder, self._words, self._tell = recorder, words, tell
        self._samples, self._pictures = 0, dict[str, int]()
        self._said: Words | None = None
        self._gone, self._one = threading.Event(), threading.Lock()
        try:
            self._out = self.file.open("w", encoding="utf-8")
        except OSError as error:
            raise UserError(f"cannot write {self.file}: {error.strerror or error}") from error
        example = recorder.example()
        self._line(
            robot=example.robot, fps=example.fps, names=example.names["action"], units=example.units["action"],
            settings=json.loads(settings.seen().model_dump_json()),
        )  # fmt: skip
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._thread.start()

    def write(self) -> None:
        """Write everything new since the last call."""
        recorder = self._recorder
        with self._one:
            if new := recorder.samples[self._samples :]:
                rows = {"states": [s.state.tolist() for s in new], "actions": [s.action.tolist() for s in new]}
                self._line(first=recorder.first, **rows)
                self._samples += len(new)
            for name, kept in list(recorder.pictures.items()):
                for t, jpeg in kept[self._pictures.get(name, 0) :]:
                    self._line(camera=name, t=t, jpeg=b64encode(jpeg.tobytes()).decode())
                    self._pictures[name] = self._pictures.get(name, 0) + 1
            if (words := self._words()) != self._said:
                self._line(**asdict(words))
                self._said = words
            self._out.flush()

    def close(self, *, remove: bool) -> None:
        """Stop writing; safe to call twice. ``remove`` the file if its content is saved elsewhere or worthless.

        A file without a sample is always removed.
        """
        self._gone.set()
        self._thread.join()
        if not self._out.closed:
            with suppress(OSError):
                if not remove:
                    self.write()
                self._out.close()
        if remove or not self._samples:
            self.file.unlink(missing_ok=True)

    def _work(self) -> None:
        while not self._gone.wait(EVERY_S):
            try:
                self.write()
            except OSError as error:
                self._tell(
                    f"sayso: {self.file} is no longer written ({error.strerror}): a kill would lose the recording"
                )
                return

    def _line(self, **content: Any) -> None:
        self._out.write(json.dumps(content) + "\n")


class _Header(BaseModel):
    robot: str
    fps: float
    names: tuple[str, ...]
    units: tuple[str, ...]
    settings: RunSettings


def check_journal(folder: Path) -> None:
    """Raise `UserError` if ``folder`` has a ``recording.jsonl`` that is not from a run."""
    file = folder / FILE_NAME

    def ours() -> bool:
        try:
            with file.open("rb") as lines:
                _Header.model_validate_json(next(lines, b""))
        except (OSError, ValidationError):
            return False
        return not file.is_symlink()

    check_ours([file], ours, "what a run left")


@dataclass(frozen=True, slots=True)
class Killed:
    """Remains of a killed run: its ``settings``, with the texts it received and its end, and its recording."""

    settings: RunSettings
    recorded: Episode


def read_journal(file: Path) -> Killed:
    """The run recorded in ``file``, up to the last complete samples.

    Raises `UserError` for a file that cannot be read, is no journal or holds no sample.
    """
    states: list[list[float]] = []
    actions: list[list[float]] = []
    pictures: dict[str, list[tuple[float, np.ndarray]]] = {}
    words: dict[str, Texts] = {}
    first = began = 0.0
    try:
        lines = _lines(file)
        header = _Header.model_validate(next(lines, None))
        for line in lines:
            if "states" in line:
                first = first if states else float(line["first"])
                states += line["states"]
                actions += line["actions"]
            elif "camera" in line:
                jpeg = np.frombuffer(b64decode(line["jpeg"]), np.uint8)
                pictures.setdefault(line["camera"], []).append((float(line["t"]), jpeg))
            else:
                began = float(line.pop("began"))
                words = {kind: tuple((float(t), str(text)) for t, text in line[kind]) for kind in line}
        if not states:
            raise UserError(f"{file} holds no sample: the run was killed before the arm moved")
        times = first + np.arange(len(states)) / header.fps
        recorded = Episode(
            robot=header.robot, fps=header.fps, task=header.settings.instruction, seed=header.settings.seed,
            success=None, times=times,
            columns={"observation.state": np.array(states, np.float32), "action": np.array(actions, np.float32)},
            names={"observation.state": header.names, "action": header.names},
            units={"observation.state": header.units, "action": header.units},
            videos={f"observation.images.{name}": HeldPictures(times, kept) for name, kept in pictures.items()},
            **words,
        )  # fmt: skip
        heard = tuple((max(0.0, round(t - began, 6)), text) for t, text in recorded.events)
        later = tuple(word for word in header.settings.say if word[0] > max((t for t, _ in heard), default=-1.0))
        ended_s = round(len(recorded) / recorded.fps, 3)
        return Killed(header.settings.model_copy(update={"say": heard + later, "ended_s": ended_s}), recorded)
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}") from error
    except (ValidationError, EpisodeError, KeyError, TypeError, ValueError) as error:
        raise UserError(f"{file} is not the recording of a killed run: {str(error).splitlines()[0]}") from error


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """The complete lines of ``file``; the last line may be truncated."""
    with file.open("rb") as content:
        for line in content:
            if line.endswith(b"\n"):
                yield json.loads(line)

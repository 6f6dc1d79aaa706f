"""A Whisper model on this computer: sound → words."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sayso.errors import UserError

RATE = 16_000
"""Samples a second; 16 bits each, one channel."""
MODEL_FILES = ("model.bin", "tokenizer.json")  # without the second one the library would download it


class Recognizer(Protocol):
    """Turns speech into words."""

    def words(self, sound: NDArray[np.float32]) -> str:
        """The words in ``sound``, (N,) -1 to 1 at `RATE` samples a second; "" if there are none."""
        ...


class Whisper:
    """A Whisper model in CTranslate2's format, in ``folder``; nothing is downloaded.

    Raises `UserError` if the library or the model is missing or cannot be loaded.
    """

    def __init__(self, folder: Path) -> None:
        check_model(folder)
        from faster_whisper import WhisperModel

        try:
            self._model: Any = WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)
        except (OSError, RuntimeError, ValueError) as error:
            raise UserError(f"{folder} holds no speech model that can be loaded: {error}") from error

    def words(self, sound: NDArray[np.float32]) -> str:
        """The words in ``sound``."""
        segments, _ = self._model.transcribe(sound, language="en", beam_size=1, condition_on_previous_text=False)
        return " ".join(segment.text.strip() for segment in segments).strip()


def check_model(folder: Path) -> None:
    """Raise `UserError` unless the library is installed and ``folder`` looks like a model; loads nothing."""
    if find_spec("faster_whisper") is None:
        raise UserError("offline speech needs the library faster_whisper: pip install 'sayso[speech]'")
    if missing := [name for name in MODEL_FILES if not (folder / name).is_file()]:
        raise UserError(
            f"{folder} holds no speech model; --speech takes the folder of a Whisper model in CTranslate2's format, "
            f"and that has no {missing[0]}. None comes with Sayso"
        )

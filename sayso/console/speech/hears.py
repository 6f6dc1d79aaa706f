"""Push-to-talk with offline recognition: a page's samples of one press of the button → a reply with the words."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sayso.console.broadcaster import Page
from sayso.console.messages import Command
from sayso.console.speech.whisper import RATE, Recognizer

MOST_S = 20.0
TOO_LONG = f"too long: hold the button for at most {MOST_S:g} s"
NOT_SOUND = "this is no sound: 16-bit samples in base64 are expected"


@dataclass
class Sound:
    """What one press of the button has recorded so far; `add` raises ValueError for what is no sound, or too long."""

    parts: list[NDArray[np.int16]] = field(default_factory=list)

    def add(self, samples: str) -> None:
        """Add samples, 16 bits each, as base64."""
        try:
            data = base64.b64decode(samples, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError(NOT_SOUND) from error
        if len(data) % 2:
            raise ValueError(NOT_SOUND)
        if (sum(len(part) for part in self.parts) + len(data) // 2) / RATE > MOST_S:
            raise ValueError(TOO_LONG)
        self.parts.append(np.frombuffer(data, "<i2"))

    def take(self) -> NDArray[np.float32]:
        """All of it, (N,) -1 to 1; then begin anew."""
        samples = np.concatenate(self.parts) if self.parts else np.zeros(0, np.int16)
        self.parts = []
        return samples.astype(np.float32) / 32768.0


class Hears:
    """Offline recognition in one thread, in which the model is loaded and used; the event loop never waits for it."""

    def __init__(self, load: Callable[[], Recognizer]) -> None:
        self._load = load
        self._recognizer: Recognizer | None = None
        self._thread = ThreadPoolExecutor(1, "sayso-console-speech")

    async def words(self, sound: NDArray[np.float32]) -> str:
        """The words in ``sound``. Raises `UserError`."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._words, sound)

    def _words(self, sound: NDArray[np.float32]) -> str:
        if self._recognizer is None:
            self._recognizer = self._load()
        return self._recognizer.words(sound)


def take_sound(page: Page, command: Command, sound: Sound, hears: Hears | None) -> None:
    """Keep samples of the microphone, or answer with the words in them."""
    if hears is None:
        page.reply(command, False, "there is no offline speech here; start sayso console with --speech FOLDER")
    elif command.do == "sound":
        try:
            sound.add(command.samples)
        except ValueError as error:
            sound.take()
            page.reply(command, False, str(error))
    else:
        task = asyncio.get_running_loop().create_task(_answer_words(page, command, sound.take(), hears))
        page.tasks.add(task)
        task.add_done_callback(page.tasks.discard)


async def _answer_words(page: Page, command: Command, sound: NDArray[np.float32], hears: Hears) -> None:
    try:
        words = await hears.words(sound)
        page.reply(command, bool(words), words or "I heard no words")
    except Exception as error:  # of a library: the page must learn of any failure
        page.reply(command, False, str(error) or type(error).__name__)

"""Saves words before the robot says that it heard them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from sayso.runtime.hearing.command_queue import Word
from sayso.runtime.hearing.response import Responder
from sayso.runtime.hearing.understood import Understood
from sayso.runtime.log import Heard

if TYPE_CHECKING:
    from sayso.runtime.executive import Executive

SAVED_S = 2.0
"""Real time for what was heard to be saved, once nothing moves any more."""


class Saving:
    """Whether something is safe on disk; ``problem`` says why it is not, and is empty if it is."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self.problem = ""

    def end(self, problem: str = "") -> None:
        """It is on disk, or will not be because of ``problem``; only the first call counts."""
        if not self._over.is_set():
            self.problem = problem
            self._over.set()

    @property
    def is_over(self) -> bool:
        """Whether `end` was called."""
        return self._over.is_set()

    def wait(self, seconds: float) -> bool:
        """Whether `end` was called within ``seconds`` of real time."""
        return self._over.wait(seconds)


class Record(Protocol):
    """Saves what was heard, from another thread than the caller's."""

    def keep(self, heard: Heard) -> Saving:
        """Begin to save ``heard`` and return at once; saved again, it takes the place of what was saved before."""
        ...


class Acknowledgments:
    """Acknowledges words in their order; with a ``record`` only once they are saved."""

    def __init__(self, executive: Executive, responder: Responder) -> None:
        self._executive, self._responder = executive, responder
        self.record: Record | None = None
        self._unsaved: list[tuple[Saving, Heard, Word | None]] = []

    def add(self, heard: Heard, word: Word | None, *, waits: bool) -> None:
        """Tell what was understood of ``word``, once it is saved; the loop ``waits`` for the disk if time stands
        still."""
        if self.record is None:
            self._tell(heard, word)
            return
        saving = self.record.keep(heard)
        if waits:
            saving.wait(SAVED_S)
        self._unsaved.append((saving, heard, word))
        self.tell_saved()

    def tell_saved(self) -> None:
        """Tell what is saved by now, or could not be."""
        while self._unsaved and self._unsaved[0][0].is_over:
            saving, heard, word = self._unsaved.pop(0)
            if saving.problem:
                heard.answer = f"{heard.answer} (not saved: {saving.problem})"
                self._executive.notices.miss(f"your words are not saved: {saving.problem}", heard.t)
            self._tell(heard, word)

    def settle(self) -> None:
        """Wait until all that was heard is saved, and tell it; the run is over."""
        for saving, _, _ in self._unsaved:
            if not saving.wait(SAVED_S):
                saving.end("the disk does not answer")
        self.tell_saved()

    def _tell(self, heard: Heard, word: Word | None) -> None:
        self._executive.runtime.heard(heard)
        if word is not None:
            options = self._responder.options(heard.correction)
            word.reply.give(Understood(word.text, heard.correction.level, heard.answer, options))

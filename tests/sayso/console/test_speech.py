"""Offline push-to-talk: the samples of one press reach the recognizer, and its words the page.

No Whisper model can be had on every machine, so a stand-in takes the library's place at its boundary.
"""

from __future__ import annotations

import base64
import importlib.machinery
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sayso.cli import run_command
from sayso.console.messages import Command
from sayso.console.settings import ConsoleSettings
from sayso.console.speech.hears import MOST_S, NOT_SOUND, TOO_LONG, Sound
from sayso.console.speech.whisper import MODEL_FILES, RATE, Whisper
from sayso.errors import UserError
from tests.sayso.console.chromium import Chromium, Tab, chromium
from tests.sayso.console.serving import TOKEN, Served
from tests.waiting import until


def samples(values: NDArray[np.int16]) -> str:
    return base64.b64encode(values.tobytes()).decode()


class Ears:
    """A recognizer that writes down what it hears."""

    def __init__(self, words: str = "a bit to the left") -> None:
        self.said, self.sounds = words, list[NDArray[np.float32]]()

    def words(self, sound: NDArray[np.float32]) -> str:
        self.sounds.append(sound)
        return self.said


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """A stand-in of the library faster_whisper; what it was asked for."""
    asked: list[Any] = []

    class WhisperModel:
        def __init__(self, folder: str, **options: Any) -> None:
            asked.append((folder, options))

        def transcribe(self, sound: NDArray[np.float32], **options: Any) -> Any:
            asked.append((len(sound), options["language"]))
            return iter([SimpleNamespace(text=" A bit"), SimpleNamespace(text=" to the left. ")]), None

    module = ModuleType("faster_whisper")
    module.__spec__ = importlib.machinery.ModuleSpec("faster_whisper", None)
    module.WhisperModel = WhisperModel  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "faster_whisper", module)
    yield asked


def test_the_model_is_loaded_from_its_folder_and_downloads_nothing(library: list[Any], tmp_path: Path) -> None:
    for name in MODEL_FILES:
        (tmp_path / name).write_bytes(b"")
    assert Whisper(tmp_path).words(np.zeros(800, np.float32)) == "A bit to the left."
    (folder, options), (count, language) = library
    assert (folder, options["local_files_only"], count, language) == (str(tmp_path), True, 800, "en")


def test_a_folder_without_a_model_is_said_before_anything_starts(library: list[Any], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no speech model; --speech takes the folder of a Whisper model"):
        ConsoleSettings(speech=tmp_path)
    assert library == []


def test_without_the_library_one_line_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sayso.console.speech.whisper.find_spec", lambda name: None)
    assert run_command(["console", "--speech", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("pip install 'sayso[speech]'") == 1


def test_sound_is_bounded_and_checked() -> None:
    sound = Sound()
    sound.add(samples(np.array([16384, -32768], np.int16)))
    assert sound.take().tolist() == [0.5, -1.0] and sound.take().size == 0
    for wrong in ("no base64!", base64.b64encode(b"odd").decode()):
        with pytest.raises(ValueError, match=NOT_SOUND):
            sound.add(wrong)
    second = samples(np.zeros(RATE, np.int16))
    for _ in range(int(MOST_S)):
        sound.add(second)
    with pytest.raises(ValueError, match=TOO_LONG):
        sound.add(second)


def test_the_words_come_back_to_the_page_that_spoke() -> None:
    ears = Ears()
    with Served(recognizer=lambda: ears) as served, served.page("one") as one, served.page("two") as two:
        assert '"hears": true' in served.request("GET", "/hello", Authorization=f"Bearer {TOKEN}")[1]
        two.send(do="sound", samples=samples(np.full(1600, 8192, np.int16)))
        one.send(do="sound", samples=samples(np.zeros(3, np.int16)))
        reply = two.reply(two.send(do="spoken"))
        assert (reply["ok"], reply["text"]) == (True, "a bit to the left")
        assert ears.sounds[0].shape == (1600,) and float(ears.sounds[0][0]) == 0.25
        ears.said = ""
        assert two.reply(two.send(do="spoken"))["text"] == "I heard no words"
        assert not [asked for asked in served.asked if asked.command], "words are said by the page, not by the server"


def test_without_a_model_the_page_is_told_and_a_failing_one_ends_nothing() -> None:
    with Served() as served, served.page() as page:
        assert '"hears": false' in served.request("GET", "/hello", Authorization=f"Bearer {TOKEN}")[1]
        assert "start sayso console with --speech" in page.reply(page.send(do="spoken"))["text"]

    def fails() -> Ears:
        raise UserError("the model is broken")

    with Served(recognizer=fails) as served, served.page() as page:
        for _ in range(2):
            reply = page.reply(page.send(do="spoken"))
            assert (reply["ok"], reply["text"]) == (False, "the model is broken")


def hears(tab: Tab) -> bool:
    """Hold the button until a second of the false microphone's beeps was heard; False if none comes."""
    tab.tap("#mic", held=True)
    try:
        until(lambda: tab.js("/Listening… [1-9]/.test(document.querySelector('#mic').textContent)"), "sound", 20.0)
        return True
    except AssertionError:
        return False
    finally:
        tab.release()


@pytest.mark.skipif(not chromium(), reason="there is no Chromium on this machine")
def test_a_person_holds_the_button_and_the_words_are_said() -> None:
    ears = Ears()
    with Served(recognizer=lambda: ears) as served, Chromium() as browser:
        tab = browser.tab()
        tab.go(served.address)
        tab.wait("document.querySelector('#mic')?.title.includes('stays on the robot')")
        assert any(hears(tab) for _ in range(3))  # on a busy computer the browser's false microphone may not start
        until(lambda: [a.command for a in served.asked if a.command and a.command.do == "say"], "the words")
        said = next(a.command for a in served.asked if a.command and a.command.do == "say")
        assert isinstance(said, Command) and said.text == "a bit to the left"
        assert ears.sounds[0].size > 0.9 * RATE and tab.errors == []

"""What a warm session leaves of each instruction: the record that corrections and learning read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sayso.cli import run_command
from sayso.errors import UserError
from sayso.learning.attempt import LIVE_NAME, Attempt, attempts_in
from sayso.learning.own_scenes import own_check
from sayso.runs.attempts import Attempts
from sayso.runs.run_config import RunSettings
from sayso.runtime.log import Heard
from sayso.runtime.subscriber import Subscriber
from sayso.session import Options, Session

PUT = "put the red block in the blue bowl"


class OnDisk(Subscriber):
    """What the records below ``parent`` hold of each sentence when the robot acknowledges it."""

    def __init__(self, parent: Path) -> None:
        self.parent, self.found = parent, list[tuple[str, bool]]()

    def heard(self, heard: Heard) -> None:
        text = "".join(file.read_text() for file in self.parent.rglob(LIVE_NAME))
        self.found.append((heard.correction.text, json.dumps(heard.correction.text) in text))


def test_a_session_records_each_instruction_and_saves_words_before_it_acknowledges_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = tmp_path / "runs"
    options = Options(sees="truth", listen=False, record=Attempts(runs).of)
    with Session(scene="tabletop", seed=4, options=options) as session:
        watch = OnDisk(runs)
        session.runtime.subscribe(watch)
        session.run("what do you see?")
        assert not runs.exists() or not any(runs.iterdir()), "nothing moved, nothing said, nothing left"
        session.run(PUT, say=[(1.0, "a bit to the left")])
        session.run("put it back", say=[(0.5, "higher")])
    assert watch.found == [("a bit to the left", True), ("higher", True)]
    first, second = attempts_in([runs])
    assert (first.opening.instruction, first.outcome, [s.text for s in first.said]) == (
        PUT, "done", ["a bit to the left"],
    )  # fmt: skip
    assert first.moments and 0.9 < first.said[0].t < 1.2 and 0.4 < second.said[0].t < 0.7
    scenes = [RunSettings.load(attempt.folder / "episode").scene for attempt in (first, second)]
    assert scenes[0] is not None and scenes[1] is not None
    was, now = ({(o.color, o.kind): o.position for o in scene.objects}["red", "block"] for scene in scenes)
    bowl = next(o.position for o in scenes[1].objects if o.kind == "bowl" and o.color == "blue")
    assert was != now and max(abs(a - b) for a, b in zip(now[:2], bowl[:2], strict=True)) < 0.06
    assert own_check([first, second], 5).seeds
    run_command(["corrections", "list", str(runs)])
    listed = capsys.readouterr().out
    assert "a bit to the left" in listed and "higher" in listed and "done" in listed


def test_a_record_that_cannot_be_written_begins_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    options = Options(sees="truth", listen=False, record=Attempts(tmp_path / "file" / "runs").of)
    with Session(scene="tabletop", seed=4, options=options) as session:
        before = session.robot.read().position
        with pytest.raises(UserError, match=r"cannot write to .*file/runs: .*file is not a folder"):
            session.run(PUT)
        assert (session.robot.read().position == before).all() and not session.is_running


def test_a_killed_attempt_is_read(tmp_path: Path) -> None:
    runs = tmp_path / "runs"

    def breaks(heard: Heard) -> None:
        raise KeyboardInterrupt

    options = Options(sees="truth", listen=False, record=Attempts(runs).of)
    with Session(scene="tabletop", seed=4, options=options) as session:
        watch = Subscriber()
        watch.heard = breaks  # type: ignore[method-assign]
        session.runtime.subscribe(watch)
        with pytest.raises(KeyboardInterrupt):
            session.run(PUT, say=[(1.0, "higher")])
    (attempt,) = attempts_in([runs])
    assert attempt.ending is None and [s.text for s in attempt.said] == ["higher"] and attempt.file.name == LIVE_NAME
    assert isinstance(attempt, Attempt)

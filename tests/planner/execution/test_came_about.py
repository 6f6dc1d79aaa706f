"""What a person says of what the robot waits for."""

from __future__ import annotations

import pytest

from sayso.planner.execution.came_about import came_about, said_now

READY, PHONE, SAY_GO, SAY_SO, MUM = "I'm ready", "the phone rings", "I say go", "I tell you", "mum is back"


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("I'm ready", READY), ("ready!", READY), ("ok I am ready now", READY), ("now", READY), ("go on", READY),
        ("the phone is ringing", PHONE), ("the phone rang", PHONE), ("it's ringing", PHONE), ("now", PHONE),
        ("go", SAY_GO), ("Go!", SAY_GO), ("go ahead", SAY_SO), ("ok", SAY_SO), ("you can start", SAY_SO),
        ("Mum is here, she is back", MUM), ("yes, now please", MUM),
    ],
)  # fmt: skip
def test_it_came_about(text: str, event: str) -> None:
    assert came_about(text, [event]) == {event}


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("I'm not ready", READY), ("not yet", READY), ("I'm nearly ready", READY), ("are you ready?", READY),
        ("stop", READY), ("put the red block in the bowl", READY), ("left a bit", PHONE), ("wait", PHONE),
        ("the phone has not rung yet", PHONE), ("is the phone ringing?", PHONE), ("what a nice day", MUM),
        ("don't go", SAY_GO), ("the green one", SAY_GO), ("faster", SAY_SO), ("no", MUM), ("", MUM),
        ("mum is not back", MUM), ("if mum is back, wait", MUM),
    ],
)  # fmt: skip
def test_it_did_not(text: str, event: str) -> None:
    assert not came_about(text, [event]) and not said_now(text)


def test_of_several_events_the_one_that_was_told_of_came_about() -> None:
    assert came_about("the phone is ringing", [PHONE, MUM]) == {PHONE}
    assert came_about("now", [PHONE, MUM]) == {PHONE, MUM}

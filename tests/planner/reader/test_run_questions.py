"""Questions about the run are known by their words; a stop, a cry and an order are none."""

from __future__ import annotations

import pytest

from sayso.planner.reader.run_questions import AboutRun, about_run

ASKED = {
    AboutRun.DONE: """are you done?; Are we there yet?; have you finished the task?; did it work; is it ready now?;
        finished?; ok, did you manage it?; how much longer?; aren't you done yet; what's left to do?; have you already
        done that?; is the job finished?; how far are you?;
        how much longer do you need; what's taking this long?; how much time does it need?; when will you be done?""",
    AboutRun.DID: "what did you do?; what have you done so far?; so what did you just do; what happened?",
    AboutRun.STOPPED: """why did you stop?; why have you stopped; why are you standing still?; why aren't you moving?;
        what are you waiting for?; are you stuck?; what stopped you?; how come you stopped?; why is the arm waiting?;
        what's wrong?; why don't you go on?""",
    AboutRun.DOING: """what are you doing?; hey, what are you up to?; are you still working?;
        what were you doing?; waht r ye doing""",
    AboutRun.NEXT: "what's next?; what will you do next?; what are you going to do",
}


@pytest.mark.parametrize(
    ("about", "text"), [(a, " ".join(t.split())) for a, ts in ASKED.items() for t in ts.split(";")]
)
def test_a_question_about_the_run_is_known(about: AboutRun, text: str) -> None:
    assert about_run(text) is about


@pytest.mark.parametrize(
    "text",
    [
        *("did you stop?", "will you stop?", "what are you doing!", "WHAT HAPPENED, my hand!", "stop, are you done?"),
        *("done", "why are you still moving?", "what do you see?", "did you put the red block in the bowl?"),
        *("what happened to the cup?", "do it", "do it again", "finish it", "are you able to fly?", "make it ready"),
    ],
)
def test_what_is_none(text: str) -> None:
    assert about_run(text) is None

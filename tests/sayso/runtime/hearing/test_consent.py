"""Which words start an arm that stands because of a stop, and which might be a danger, a report or a question."""

from __future__ import annotations

import pytest

from sayso.runtime.hearing.after_stop import goes_on, next_after_stop, pace_beside

CONSENT = """
do carry on; please do continue; ok, do proceed; do keep going, please; away you go then; ok, off ye go;
on we go; right, on you go again; get on with the job; just get on with your work;
now get on with the task please; well, back to work; ok, get back to what you were doing; resume the program;
please resume your task; resume motion; continue the sequence, thanks; continue with the plan;
proceed with the run; carry on with what you were doing; continue working; go on moving, please; keep working;
keep at it; start moving again; get going again; get moving; you can continue now; you could carry on, please;
you are free to go on; you're good to continue; feel free to proceed; we can go on; it is fine to carry on now;
it's time to go on; thanks, please go ahead whenever you're ready; lovely, continue when you are ready;
carry on in your own time; go on at your own pace, thank you; yep, crack on; aye, keep going; yeah yeah, go on;
cheers, press on; contniue please; proceeed; crary on; keep goign; resmue; pick up where you left off;
finish what you started; would you please carry on; could you kindly continue; I'd like you to continue;
no problem, go on; sorry, my mistake, carry on; ok robot, carry on from where you were;
my cuff is out, off you go; nobody is in the way now, get on with it; continue as before; so, go for it;
go on, but slowly; carry on, gently please; slowly now, continue; yes, you are clear, carry on; k, continue;
continue where you stopped; all is in order, please go on
"""

NO_CONSENT = """
go on without me; you are clear to her, go on; is everything in order, go on;
she said carry on; tell him to go on; the doctor said go ahead; they went on; it went on;
he carried on; I'd go on if I were you; go on if it is safe; continue unless it hurts;
carry on when the cat is gone; go on when I have my hand out; continue once she is away; proceed after lunch;
go on in a minute; wait, go on; carry on tomorrow; shall I go on; may I go on; should we continue;
do you want to go on; would you go on; can you go on; could it continue; why did you not go on; ready to go on;
who told you to carry on; go on?; carry on, is that safe; do not carry on; dont continue; dotn continue;
do nto go on; never go on; no, carry on; not yet, go on; you cannot go on; no way, keep going;
nobody said go on; you may not continue; stop, go on; halt and continue; ouch, carry on; my finger, go on;
help, keep going; careful, go on; watch out and continue; the baby, go on; it hurts, carry on;
my hair is in it, off you go; the dog is under you, go ahead; my hand is stuck, resume; fire, go on;
danger, proceed; it will go on all day; this could go on for hours; go on like that and you break it;
off you go, Tommy; off you go to bed, darling; on you go, grandma; let's go home, darling; let's go to the park;
lets go, kids; get on with your homework; finish your soup; back to school; the show must go on;
keep going on about it; I was told to continue; I hope you go on; maybe go on; perhaps continue;
I think you can go on; you would go on; if you go on I leave; you may go on when I say so; go on then, hurt me;
resume is a word; continue is what she said; "go on", he said; yes; ok; ready; all right; thanks; I'm fine;
it's fine; hm; please; come on; never mind; nevermind; oh never mind; dont pause; dont wait
"""


def phrases(text: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in text.split(";")]


def test_there_are_enough_of_both() -> None:
    assert len(set(phrases(CONSENT))) >= 40 and len(set(phrases(NO_CONSENT))) >= 60


@pytest.mark.parametrize("text", phrases(CONSENT))
def test_consent_starts_a_stopped_arm(text: str) -> None:
    assert goes_on(text) and next_after_stop(text) == "on"


@pytest.mark.parametrize("text", phrases(NO_CONSENT))
def test_what_may_be_a_danger_a_report_or_a_question_does_not(text: str) -> None:
    assert not goes_on(text) and next_after_stop(text) != "on"


@pytest.mark.parametrize(
    ("text", "pace"),
    [("go on, but slowly", 0.5), ("slower now, carry on", 1 / 1.5), ("go on", None), ("carry on please", None)],
)
def test_a_lower_speed_said_along_is_heard(text: str, pace: float | None) -> None:
    found = pace_beside(text)
    assert (None if found is None else found.after(1.0)) == (None if pace is None else pytest.approx(pace))

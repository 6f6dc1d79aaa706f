"""Speed words: what speed is asked for, and that they say nothing else."""

from __future__ import annotations

import pytest

from sayso.planner.corrections.plainly import read_plainly
from sayso.planner.corrections.speed import FAST, SLOW, SLOWEST, SPEED_ALONE, SPEED_PHRASES, read_speed
from sayso.planner.corrections.text import tokens
from sayso.skills.motion import parse

USUAL = {
    "slow; slowly; careful; careful now; please be careful; gently; easy; take it easy; take your time; go slowly; "
    "don't rush; no hurry; slow and steady; more slowly please; careful, slowly": SLOW,
    "creep in from here; ease it in": SLOW,
    "the pace is too low": 1.5,
    "fast; hurry; hurry up; hurry up!; could you hurry up a bit please; get a move on; quickly": FAST,
    "very slowly; as slow as you can; as slowly as possible": SLOWEST,
    "full speed; at full speed please; as fast as you can; as quickly as possible; very fast; double speed": FAST,
    "normal speed; back to normal speed; go at the usual speed; normal; back to normal": 1.0,
    "half speed; half as fast; much slower; reduce the speed by half; cut your pace in half, please": 0.5,
    "you're so slow; faster faster, you are so slow!!; that is so slow": 1.5,
    "you're so fast": 1 / 1.5,
    "slower; not so fast; too fast; you're going too fast; do it slower; less fast; not too fast; slow down; "
    "ease off; not that fast; even slower; no, slower; the speed is too high; your velocity is so high, reduce it": 1
    / 1.5,
    "faster; speed up; speed up!; faster, faster!; not fast enough; you're too slow; don't be so slow; "
    "too slow, faster; work faster": 1.5,
    "a bit slower; slow down a bit; can you go a little slower?": 1 / 1.25,
    "a bit faster; a tad quicker": 1.25,
    "twice as fast; a lot faster": FAST,
    "don't go faster; no faster; no slower; that's fast enough; don't slow down; at this speed": 1.0,
}
CASES = [(text.strip(), pace) for texts, pace in USUAL.items() for text in texts.split(";")]


@pytest.mark.parametrize(("text", "pace"), CASES, ids=[t for t, _ in CASES])
@pytest.mark.parametrize("doing", [None, "move arm left", "open gripper"])
def test_a_speed_word_changes_the_speed_and_orders_no_motion(text: str, pace: float, doing: str | None) -> None:
    correction = read_plainly(text, parse(doing) if doing else None)
    assert correction is not None and correction.level == "motion" and correction.motion is None
    assert correction.pace is not None and correction.pace.after(1.0) == pytest.approx(pace)
    assert correction.read_as == correction.pace.words


@pytest.mark.parametrize("text", ["quick question", "fast food", "slowly but surely", "the slow one", "", "?"])
def test_what_only_holds_a_speed_word_is_none(text: str) -> None:
    assert read_speed(tokens(text)) is None


def test_a_speed_with_a_direction_is_a_motion() -> None:
    correction = read_plainly("up, slowly")
    assert correction is not None and (str(correction.motion), correction.pace) == ("move arm up slowly", None)


def test_what_is_relative_adds_up_within_bounds() -> None:
    slower, faster = (read_speed([w]) for w in ("slower", "faster"))
    assert slower is not None and faster is not None
    pace = 1.0
    for _ in range(20):
        pace = slower.after(pace)
    assert pace == SLOWEST
    for _ in range(20):
        pace = faster.after(pace)
    assert pace == FAST
    assert faster.after(slower.after(1.0)) == pytest.approx(1.0)


def test_every_heap_of_speed_words_is_read_somehow() -> None:
    known = [*SPEED_ALONE, *SPEED_PHRASES, "too", "not", "enough", "bit", "much", ","]
    for a in known:
        for b in known:
            pace = read_speed(tokens(f"{a} {b}"))
            assert pace is None or SLOWEST <= pace.after(1.0) <= FAST

"""Keys struck at random stop nothing; whatever may be a stop, a cry or a word of another language does."""

from __future__ import annotations

import pytest

from sayso.planner.corrections.stops.mashed import is_mashed
from sayso.planner.corrections.text import tokens
from tests.planner.corrections.reading import PUT, read

MASHED = "qwerty; asdf qwer; asdfgh; hjkl; sdkfj sdlkfj; nfrt; fdsa lkjh; kjh; zxcvb; zxcv vbnm; asdf asdf; xcvb"
URGENT = """stpp; sdtop; styop; dtpo; stpo; hlp; hatl; wiat; owwch; ouhc; qstop; stoop; hlat; nno; sst; wasd; anhalten;
simama; foobar; wubba; yamete; hold; nope; aaagh; stopqwer"""
SOUNDS = "hmm; mhm; pfft; shh; psst; grr; brr; tsk tsk; zzz; ok; m; k; 1234; left asdf; the qwerty; xx"


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in MASHED.split(";")])
def test_keys_struck_at_random_are_not_understood_and_stop_nothing(text: str) -> None:
    assert is_mashed(tokens(text))
    for subtask in (None, PUT):
        assert read(text, subtask).level in ("unknown", "ask", "remark")
    assert read(text).level in ("unknown", "ask", "remark")


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in f"{URGENT};{SOUNDS}".split(";")])
def test_what_may_be_said_is_not_taken_for_keys(text: str) -> None:
    assert not is_mashed(tokens(text))


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in URGENT.split(";") if "sst" not in t and "wasd" not in t])
def test_what_may_be_a_stop_stops(text: str) -> None:
    assert read(text).level == "stop"


@pytest.mark.parametrize("text", ["ASDF QWER", "asdfgh!", "stop asdf", "asdf ouch"])
def test_what_is_called_out_or_holds_a_stop_stops(text: str) -> None:
    assert read(text).level == "stop"

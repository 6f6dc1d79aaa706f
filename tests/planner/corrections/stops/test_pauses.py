"""Orders to pause or to cut the power stop the arm; words that only sound like them do not."""

from __future__ import annotations

import pytest

from sayso.planner.corrections.stops.pauses import is_pause
from sayso.planner.corrections.text import is_stop, tokens
from tests.planner.corrections.reading import read

PAUSES = """hold your horses; hey, hold yer horses there; hold the phone; hang fire; hang about a minute;
hold on a wee bit;
haud up; oi, half a mo; pack it in, will you; stand down; kill the motors; cut the power, please;
switch the power off; shut off the servos; power down the arm; pull the plug; unplug yourself;
hit the e-stop;
my friend, hold your fire; hey dont move theres a bug on you; don't move i need a photo; do not budge"""
NONE = """hold on to the block; hold it in the gripper; put the horses in the bowl; the power of love;
stand by the bowl; hold on, the green one; hang on, a bit to the left;
pack it in the box; cut the cake; turn the bowl; the phone on
the left; kill time; power up; don't move the bowl; don't move it so far; dont move any block"""


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in PAUSES.split(";")])
def test_a_pause_is_a_stop(text: str) -> None:
    assert is_stop(text) and read(text).level == "stop"


@pytest.mark.parametrize("text", [" ".join(t.split()) for t in NONE.split(";")])
def test_what_is_none(text: str) -> None:
    assert not is_pause(tokens(text))

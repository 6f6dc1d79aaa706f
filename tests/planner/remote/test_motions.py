"""A model that says the language motions: each for a moment, never for another subtask, and the arm holds without."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

import numpy as np
import pytest

from sayso.hardware.clock import FakeClock
from sayso.planner.plan import Subtask, Verb
from sayso.planner.remote.chat import Chat
from sayso.planner.remote.motions import IN_FORCE_S, Doing, RemoteMotions, motion_schema, read_motion
from sayso.skills.motion import HOLD, LanguageMotion, parse
from tests.planner.remote_server import Script, replies, says, serving, table
from tests.waiting import until

RED, GREEN = Subtask(Verb.PICK, "b1", "red block"), Subtask(Verb.PICK, "b2", "green block")
LEFT, DOWN = parse("move arm left"), parse("move arm down and slightly left and close gripper")
SAYS_LEFT = {"motions": ["move arm left"], "gripper": "keep", "speed": "plain"}
SAYS_DOWN = {"motions": ["move arm down", "move arm slightly left"], "gripper": "close", "speed": "plain"}


class Rig:
    def __init__(self, url: str, **options: Any) -> None:
        self.clock = FakeClock(0.0)
        self.motions = RemoteMotions(Chat("m", url), clock=self.clock, deadline_s=20.0, **options)
        self.motions.see(Doing("tidy up", RED, table()))

    def next(self) -> LanguageMotion:
        return self.motions.next_motion(None)  # type: ignore[arg-type]

    def answered(self) -> LanguageMotion:
        """The motion when the answer to the question on its way is there."""
        self.next()
        until(lambda: self.motions._job is None or self.motions._job.done())
        return self.next()


def test_the_motion_of_the_model_is_in_force_for_a_moment_and_the_next_one_is_asked_for() -> None:
    script = Script(says(SAYS_LEFT), says(SAYS_DOWN))
    with serving(script) as url:
        rig = Rig(url)
        assert rig.next() == HOLD, "nothing is waited for"
        assert rig.answered() == LEFT
        assert rig.answered() == DOWN and len(script.bodies) >= 2
        rig.motions.rest()
        assert rig.next() == HOLD
        rig.motions.close()
    text = script.bodies[0]["messages"][1]["content"]
    assert "Now: pick up the red block." in text and "Instruction: tidy up" in text and "b1: red block" in text
    assert "The last motion: move arm left." in script.bodies[1]["messages"][1]["content"]


def test_a_model_that_is_slow_lets_the_arm_hold() -> None:
    script = Script(says(SAYS_LEFT))
    with serving(script) as url:
        rig = Rig(url)
        script.behaviours = [says(SAYS_LEFT), lambda handler: script.release.wait(60.0) and None]
        assert rig.answered() == LEFT
        rig.clock.t += IN_FORCE_S - 0.1
        assert rig.next() == LEFT
        rig.clock.t += 0.2
        assert rig.next() == HOLD
        rig.motions.close()


def test_a_motion_for_another_subtask_is_not_taken() -> None:
    gate = threading.Event()

    def gated(handler: BaseHTTPRequestHandler) -> None:
        gate.wait(60.0)
        says(SAYS_LEFT)(handler)

    script = Script(gated, says(SAYS_DOWN))
    with serving(script) as url:
        rig = Rig(url)
        rig.next()
        until(lambda: script.bodies)
        rig.motions.see(Doing("tidy up", GREEN, table()))
        gate.set()
        assert rig.answered() == DOWN
        assert "Now: pick up the green block." in script.bodies[1]["messages"][1]["content"]
        rig.motions.close()


@pytest.mark.parametrize("behaviour", [says("no"), replies("oops", 400), says({"motions": ["fly"]}), replies("{")])
def test_a_faulty_answer_is_no_motion_and_the_local_source_may_say_one(behaviour: Any) -> None:
    class Local:
        def next_motion(self, observation: object) -> LanguageMotion:
            return LEFT

    with serving(Script(behaviour)) as url:
        rig = Rig(url)
        assert rig.answered() == HOLD and rig.motions.failed
        rig.motions.close()
        rig = Rig(url, local=Local())
        assert rig.answered() == LEFT
        rig.motions.close()


def test_in_simulated_time_each_motion_is_waited_for() -> None:
    with serving(Script(says(SAYS_LEFT), says(SAYS_DOWN))) as url:
        rig = Rig(url, waits=True, image=lambda: np.zeros((8, 8, 3), np.uint8))
        assert rig.next() == LEFT and rig.next() == DOWN
        rig.motions.close()


def test_the_model_hears_what_a_person_says() -> None:
    script = Script(says(SAYS_LEFT))
    with serving(script) as url:
        rig = Rig(url, waits=True)
        rig.motions.see(Doing("tidy up", RED, table(), "move arm slightly right"))
        rig.next()
        rig.motions.close()
    assert "A person has just said: move arm slightly right." in script.bodies[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    ("words", "motion"),
    [
        (SAYS_DOWN, DOWN),
        ({"motion": "move arm far forward slowly"}, parse("move arm far forward slowly")),
        ({"motions": [], "gripper": "open", "speed": "quickly"}, parse("open gripper")),
        ({"motions": ["hold still"]}, HOLD),
    ],
)
def test_a_motion_is_read(words: object, motion: LanguageMotion) -> None:
    assert read_motion(json.dumps(words)) == motion


@pytest.mark.parametrize(
    "words",
    [
        {"motions": "move arm left"}, {"motions": ["move arm left"] * 4},
        {"motions": ["move arm left", "move arm right"]},
        {"motions": ["jump"]}, {"motions": [], "gripper": "squeeze"}, {"motions": ["open gripper"]}, {},
        {"motions": ["move arm left and close gripper"]}, {"motion": "move arm toward"},
    ],
)  # fmt: skip
def test_what_is_no_motion_is_refused(words: object) -> None:
    with pytest.raises(ValueError):
        read_motion(json.dumps(words))


def test_the_schema_has_each_part_of_a_motion_once() -> None:
    parts = motion_schema()["properties"]["motions"]["items"]["enum"]
    assert len(parts) == len(set(parts)) == 36 and all(str(parse(part)) == part for part in parts)

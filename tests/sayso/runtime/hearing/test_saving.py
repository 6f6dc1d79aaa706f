"""Nobody is told that words were heard before they are saved, and the arm does not wait for the disk."""

from __future__ import annotations

import pytest

from sayso.runtime.hearing.saving import Saving
from sayso.runtime.log import Heard
from tests.sayso.runtime.parts import FORWARD, LEFT, SPEED, ExecutiveRig

CYCLE_S = 0.004


class Disk:
    """A record whose saving ends when a test says so."""

    def __init__(self) -> None:
        self.savings: list[Saving] = []
        self.texts: list[str] = []

    def keep(self, heard: Heard) -> Saving:
        self.savings.append(Saving())
        self.texts.append(heard.correction.text)
        return self.savings[-1]


@pytest.fixture
def rig() -> ExecutiveRig:
    rig = ExecutiveRig()
    rig.drive(0.5)
    assert rig.speed == pytest.approx(SPEED[FORWARD])
    return rig


@pytest.fixture
def disk(rig: ExecutiveRig) -> Disk:
    rig.operator.acknowledgments.record = disk = Disk()
    return disk


def test_the_arm_obeys_at_once_and_the_answer_comes_when_it_is_saved(rig: ExecutiveRig, disk: Disk) -> None:
    reply = rig.queue.say("left", rig.now)
    rig.drive(0.3)
    assert rig.speed == pytest.approx(SPEED[LEFT])
    assert disk.texts == ["left"] and reply.wait("left", 0.0).level == "said" and not rig.follower.words
    disk.savings[0].end()
    rig.drive(CYCLE_S)
    assert reply.wait("left", 0.0).level == "motion"
    assert [heard.correction.text for heard in rig.follower.words] == ["left"]


def test_answers_keep_the_order_of_the_words(rig: ExecutiveRig, disk: Disk) -> None:
    first, second = rig.queue.say("left", rig.now), rig.queue.say("up", rig.now)
    rig.drive(CYCLE_S)
    disk.savings[1].end()
    rig.drive(CYCLE_S)
    assert second.wait("up", 0.0).level == "said"
    disk.savings[0].end()
    rig.drive(CYCLE_S)
    assert (first.wait("left", 0.0).level, second.wait("up", 0.0).level) == ("motion", "motion")


def test_what_could_not_be_saved_is_told_so_once_and_the_arm_goes_on(rig: ExecutiveRig, disk: Disk) -> None:
    replies = [rig.queue.say(word, rig.now) for word in ("left", "up")]
    rig.drive(CYCLE_S)
    for saving in disk.savings:
        saving.end("No space left on device")
    rig.drive(0.1)
    assert all("(not saved: No space left on device)" in str(reply.wait("", 0.0)) for reply in replies)
    assert [e.text for e in rig.executive.notices.events] == ["your words are not saved: No space left on device"]
    assert rig.executive.outcome is None and rig.speed > 0


def test_at_the_end_of_a_run_everything_is_saved_or_told_to_be_lost(rig: ExecutiveRig, disk: Disk) -> None:
    reply = rig.queue.say("stop", rig.now)
    rig.drive(CYCLE_S)
    disk.savings[0].end("gone")
    rig.executive.run()
    assert rig.executive.outcome == "stopped" and "(not saved: gone)" in str(reply.wait("stop", 0.0))

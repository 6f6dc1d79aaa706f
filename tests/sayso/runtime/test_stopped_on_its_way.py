"""An arm that was stopped while it got up or lay down: a person at a real terminal says what is next, as in a run."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from sayso.bench.reliability.driver_faults import joints
from sayso.bench.reliability.emulation import Emulation
from sayso.bench.reliability.stops import SAYSO, Person, emulated, farthest, wait_for_motion, wait_for_screen
from sayso.bench.tasks.hardware import errand
from sayso.runtime.hearing.command_client import say, stop
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.scenes.palette import COLORS

SCENE, _ = errand("so101", 770_000_011)
MISSING = next(color for color in COLORS if color not in {item.color for item in SCENE.objects})
NOTHING = f"pick up the {MISSING} block"  # asked about at once, and then the arm lies down
SPEC = ARMS["so101"]().spec


@pytest.fixture(scope="module")
def arm() -> Iterator[tuple[Emulation, Path]]:
    pytest.importorskip("scservo_sdk")
    with emulated("so101", SCENE, 7) as found:
        yield found


@pytest.fixture
def start(arm: tuple[Emulation, Path], tmp_path: Path) -> Iterator[Callable[[str], Person]]:
    with ExitStack() as stack:

        def begin(instruction: str) -> Person:
            out = str(tmp_path / "out")
            person = Person("run", instruction, "--robot", "so101", "--live", "--no-ask", "--no-video", "--out", out)
            stack.callback(person.end)
            return person

        yield begin


def stopped(device: Emulation, person: Person) -> None:
    assert person.process.poll() is None, person.screen
    stop()  # as `sayso stop` does, before the arm has arrived
    wait_for_screen(person, lambda: b"stopped; say go on" in person.screen, "it does not wait")
    wait_for_motion(device, person, False)
    assert farthest(device, 0.0, 1.0) < 0.01


def away(device: Emulation, pose: np.ndarray | None) -> float:
    assert pose is not None
    return float(np.abs(joints(device)[1][: SPEC.dof] - pose)[:4].max())  # the hand rolls as it likes


def test_it_goes_on_getting_up_then_does_what_it_was_told_and_goes_on_lying_down(
    arm: tuple[Emulation, Path], start: Callable[[str], Person], tmp_path: Path
) -> None:
    device, folder = arm
    person = start(NOTHING)
    gets_up(device, person, folder)
    stopped(device, person)
    assert away(device, SPEC.home) > 0.1
    say("go on")
    lies_down(device, person, tmp_path)
    stopped(device, person)
    assert away(device, SPEC.rest) > 0.1
    say("go on")
    person.process.wait(60)
    assert away(device, SPEC.rest) < 0.15, person.screen


@pytest.mark.parametrize("when", ["getting up", "lying down"])
def test_it_goes_home_when_it_is_sent_there(
    when: str, arm: tuple[Emulation, Path], start: Callable[[str], Person], tmp_path: Path
) -> None:
    device, folder = arm
    person = start(NOTHING)
    gets_up(device, person, folder)
    if when == "lying down":
        lies_down(device, person, tmp_path)
    stopped(device, person)
    assert away(device, SPEC.home) > 0.1
    say("go home")
    assert person.process.wait(60) == 1
    assert away(device, SPEC.home) < 0.1, person.screen
    say_rest(device)


def test_a_signal_ends_the_waiting_and_it_holds(arm: tuple[Emulation, Path], start: Callable[[str], Person]) -> None:
    device, folder = arm
    person = start(NOTHING)
    gets_up(device, person, folder)
    stopped(device, person)
    person.process.send_signal(signal.SIGINT)
    assert person.process.wait(30) == 130
    assert farthest(device, 0.0, 1.0) < 0.01
    assert b"Traceback" not in person.screen
    say_rest(device)


def say_rest(device: Emulation) -> None:
    subprocess.run([*SAYSO, "rest", "so101", "--live"], check=True, stdout=subprocess.DEVNULL)
    assert away(device, SPEC.rest) < 0.15


def gets_up(device: Emulation, person: Person, folder: Path) -> None:
    """Wait until the limp arm, which sags at first, is taken home."""
    wait_for_screen(person, lambda: any((folder / "sayso").glob("*.sock")), "no session")
    wait_for_screen(person, lambda: away(device, SPEC.rest) > 0.3, "it does not get up")


def lies_down(device: Emulation, person: Person, folder: Path) -> None:
    """Wait until the run has ended with a question, so that the arm lies down again."""
    result = folder / "out" / "result.json"
    wait_for_screen(person, result.exists, "it does not end")
    assert json.loads(result.read_text())["outcome"] == "asked"
    wait_for_screen(person, lambda: away(device, SPEC.home) > 0.3, "it does not lie down")
    wait_for_motion(device, person, True)

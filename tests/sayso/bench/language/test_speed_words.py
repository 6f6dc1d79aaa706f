"""Speed words on the way: the errand gets done, at another speed, whenever they are said."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.bench.language.speed_words import words_for
from sayso.planner.corrections.speed import Pace, read_speed
from sayso.result import RunResult
from sayso.runtime.runtime import MotionOverride
from sayso.session import Options, Session
from sayso.sim.scenes.scene_choice import load_scene
from sayso.skills.motion import HOLD, parse
from sayso.skills.policy import ActionChunk, at_pace

INSTRUCTION = "put the red block in the blue bowl"
LEFT = parse("move arm left")


def errand(*words: tuple[float, str]) -> RunResult:
    with Session(scene=load_scene("tabletop"), seed=3, options=Options(sees="truth")) as session:
        return session.run(INSTRUCTION, say=words)


@pytest.fixture(scope="module")
def usual() -> float:
    return errand().duration_s


@pytest.mark.parametrize("t", [0.0, 3.0, 5.0], ids=["before it moves", "carrying", "putting"])
def test_slower_takes_longer_and_the_errand_is_done(t: float, usual: float) -> None:
    result = errand((t, "half speed"))
    assert (result.outcome, result.success) == ("done", True)
    assert result.duration_s > usual + 0.15 * (usual - t)
    assert not [m for m in result.motions if m.source == "operator"], "a speed orders no motion"


@pytest.mark.parametrize("word", ["faster", "hurry up", "careful"])
def test_what_was_said_while_carrying_used_to_time_out(word: str, usual: float) -> None:
    result = errand((3.5, word))
    assert (result.outcome, result.success) == ("done", True)
    assert result.duration_s < 2 * usual


def test_a_speed_said_during_a_stop_moves_nothing_and_counts_after_it(usual: float) -> None:
    result = errand((2.0, "stop"), (2.5, "half speed"), (4.0, "go on"))
    assert (result.outcome, result.success) == ("done", True)
    assert result.duration_s > 4.0 + 1.5 * (usual - 2.0)
    assert errand((2.0, "stop"), (2.5, "faster")).outcome == "stopped"


def test_the_pace_stays_until_another_is_said() -> None:
    orders = MotionOverride()
    orders.set_pace(Pace(0.5, False, "slowly"), 0.0)
    orders.withdraw()
    assert orders.pace_at(1000.0) == 0.5
    normal = read_speed(["normal", "speed"])
    assert normal is not None
    orders.set_pace(normal, 1000.0)
    assert orders.pace_at(1000.0) == 1.0


def test_a_spoken_motion_goes_as_far_at_any_pace() -> None:
    orders = MotionOverride()
    orders.set_pace(Pace(0.5, False, "slowly"), 0.0)
    orders.move(LEFT, 0.0, 1.0)
    assert (orders.motion(1.9), orders.motion(2.1)) == (LEFT, None)
    orders.move(LEFT, 0.0, 1.0)
    orders.set_pace(Pace(1.0, False, "usual"), 1.0)  # half of it is left, at twice the pace
    assert (orders.motion(1.4), orders.motion(1.6)) == (LEFT, None)
    orders.move(parse("move arm left slowly"), 0.0, 1.0)
    assert orders.pace_at(0.5) == 1.0, "it has a speed of its own"
    orders.set_pace(Pace(0.5, False, "slowly"), 0.0)
    orders.move(HOLD, 0.0, 1.0)
    assert (orders.motion(0.9), orders.motion(1.1)) == (HOLD, None)


def test_a_chunk_at_another_pace_begins_where_it_began() -> None:
    chunk = ActionChunk((0.0, 0.1, 0.2), np.array([[1.0], [1.2], [1.3]]), True, 0.2)
    slow = at_pace(chunk, 0.5)
    assert np.allclose(slow.positions, [[1.0], [1.1], [1.15]]) and np.allclose(slow.slopes, [[1.0], [0.5]])
    assert (slow.closed, slow.expires) == (True, 0.2) and at_pace(chunk, 1.0) is chunk


def test_all_words_of_the_bench_are_read_as_speeds() -> None:
    for seed in range(60):
        for _, text in words_for(np.random.default_rng(seed)):
            assert read_speed(text.replace("'", "").split()) or text in ("stop", "go on"), text


def test_a_faster_pace_leaves_slow_motions_as_they_are() -> None:
    def slope(rad_s: float) -> float:
        chunk = ActionChunk((0.0, 0.1), np.array([[0.0], [0.1 * rad_s]]), False, 0.1)
        return float(at_pace(chunk, 1.5).slopes[0, 0])

    assert slope(1.0) == pytest.approx(1.5) and slope(0.01) == pytest.approx(0.01, rel=0.02)

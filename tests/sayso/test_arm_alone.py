"""Steps of the arm alone carried out in simulation, among others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sayso.result import RunResult
from sayso.session import Options, Session
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec

SCENE = SceneSpec(
    (
        ObjectSpec("b1", "block", "red", (0.45, 0.10)), ObjectSpec("b2", "block", "pink", (0.60, 0.20)),
        ObjectSpec("b3", "block", "green", (0.40, -0.22)), ObjectSpec("w1", "bowl", "blue", (0.58, -0.12)),
    )
)  # fmt: skip
LEAST_M = 0.004


@pytest.fixture(scope="module")
def table() -> Iterator[Session]:
    with Session(scene=SCENE, options=Options(sees="truth", listen=False)) as session:
        yield session


@pytest.fixture
def session(table: Session) -> Session:
    table.reset(0)
    return table


def plan(result: RunResult) -> list[str]:
    assert result.outcome == "done" and all(step.outcome == "done" for step in result.plan), result.question
    return [step.subtask for step in result.plan]


def moved(result: RunResult) -> set[str]:
    """The things that lie elsewhere than before."""
    assert result.sim is not None
    before, after = result.sim["before"], result.sim["after"]
    far = {i: np.subtract(after[i].position, before[i].position) for i in before}
    return {i for i, way in far.items() if float(np.linalg.norm(way)) > LEAST_M}


def off_home(session: Session) -> float:
    return float(np.abs(session.robot.read().position - session.robot.spec.home).max())


def tool(session: Session) -> np.ndarray:
    assert session.scene is not None
    return session.scene.tool.position


def test_a_thing_is_put_away_and_the_arm_goes_home(session: Session) -> None:
    result = session.run("put the red block in the blue bowl and then go home")
    assert plan(result) == ["pick up the red block", "put the red block in the blue bowl", "go home"]
    assert moved(result) == {"b1"} and off_home(session) < 0.05
    texts = [motion.text for motion in result.motions if motion.t > result.plan[-1].t + 0.3]
    assert texts and all("move arm" in text for text in texts)


def test_pointing_touches_nothing_and_is_told(session: Session) -> None:
    result = session.run("point at the pink block, then point at the blue bowl")
    assert plan(result) == ["point at the pink block", "point at the blue bowl"] and not moved(result)
    assert [event.text for event in result.events] == ["I point at the pink block", "I point at the blue bowl"]
    assert np.abs(tool(session)[:2] - (0.58, -0.12)).max() < 0.02
    assert result.plan[1].t - result.events[0].t > 1.4


def test_the_hand_goes_home_with_what_it_holds(session: Session) -> None:
    result = session.run("pick up the green block and go home")
    assert plan(result) == ["pick up the green block", "go home"] and off_home(session) < 0.05
    assert session.scene is not None and session.scene.held is not None
    assert "I keep hold of the green block" in [event.text for event in result.events]


def test_a_thing_is_carried_some_way_and_put_down_there(session: Session) -> None:
    result = session.run("seq(pick(the(block, color(red))), move(way(forward, by=cm(10))), put(it, here), go(home))")
    assert plan(result)[1:] == ["move 10 cm forward", "put the red block there", "go home"]
    assert result.sim is not None and moved(result) == {"b1"}
    assert np.abs(np.array(result.sim["after"]["b1"].position[:2]) - (0.55, 0.10)).max() < 0.03


def test_a_wait_in_the_middle_comes_in_its_turn(session: Session) -> None:
    told = session.run("pick up the red block, wait till I say 'now', then put it in the blue bowl", [(8.0, "now")])
    assert plan(told) == ["pick up the red block", "wait until you say now", "put the red block in the blue bowl"]
    assert told.plan[2].t >= 8.0 and moved(told) == {"b1"}


def test_home_is_where_a_person_sends_the_arm_in_the_middle_of_something(session: Session) -> None:
    result = session.run("put the red block in the blue bowl", [(0.8, "scratch that, go home")])
    assert [(step.subtask, step.outcome) for step in result.plan] == [
        ("pick up the red block", "superseded"), ("go home", "done"),
    ]  # fmt: skip
    assert result.outcome == "done" and not moved(result) and off_home(session) < 0.05

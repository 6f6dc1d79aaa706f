"""A run that fails by itself sets down what is in the hand, or says what it holds; only an empty hand lies down."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sayso.backends.simulated import SimBackend
from sayso.bench.tasks.honest import LIFTED, _each_step
from sayso.session import Options, Session
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec

TRUTH = Options(sees="truth", listen=False)
OTHERS = ("green", "yellow", "orange", "cyan")
SCENE = SceneSpec(
    (
        ObjectSpec("red", "block", "red", (0.45, 0.15)),
        *(ObjectSpec(c, "block", c, (0.62, 0.05 + 0.08 * i)) for i, c in enumerate(OTHERS)),
        ObjectSpec("bowl", "bowl", "blue", (0.5, -0.15)),
    )
)


def filled_meanwhile(session: Session) -> None:
    """Somebody fills the bowl while the arm lifts the red block."""
    body = session.backend
    assert isinstance(body, SimBackend)
    bowl = body.world.truth()["bowl"].position

    def act() -> bool:
        lifted = bool(body.world.truth()["red"].position[2] > 0.02 + LIFTED)
        if lifted:
            for i, color in enumerate(OTHERS):
                aside = 0.024 * (1 if i % 2 else -1)
                body.world.place(color, np.array([bowl[0] + aside, bowl[1], 0.03 + 0.042 * (i // 2)]))
        return lifted

    _each_step(body, act)


def rests(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One entry for each time the arm is told to lie down."""
    told: list[bool] = []
    monkeypatch.setattr(session.backend, "lies_down", True, raising=False)
    monkeypatch.setattr(session.backend, "rest", lambda *_, **__: told.append(True))
    return told


def test_what_has_no_room_any_more_is_set_down_before_the_arm_lies_down(monkeypatch: pytest.MonkeyPatch) -> None:
    with Session("sim", SCENE, options=TRUTH) as session:
        told = rests(session, monkeypatch)
        filled_meanwhile(session)
        result = session.run("put the red block in the blue bowl")
        red, scene = session.truth["red"].position, session.executive.scene
    assert result.outcome == "failed" and scene is not None and scene.held is None
    assert result.question is not None and result.question.endswith("I set the red block down on the table.")
    assert red[2] < 0.03 and np.hypot(*(red[:2] - [0.45, 0.15])) < 0.2
    assert result.plan[-1].outcome == "done" and told == [True]


def test_without_a_free_place_the_hand_keeps_it_and_the_arm_does_not_lie_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.runtime.conclusion.setting_down", lambda *_: None)
    with Session("sim", SCENE, options=TRUTH) as session:
        told = rests(session, monkeypatch)
        filled_meanwhile(session)
        result = session.run("put the red block in the blue bowl")
        assert session.executive.scene is not None and session.executive.scene.held == "red"
    assert result.question is not None and result.question.endswith("I still hold the red block.") and not told


def test_a_thing_that_was_asked_for_stays_in_the_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    with Session("sim", SCENE, options=TRUTH) as session:
        told = rests(session, monkeypatch)
        assert session.run("pick up the red block").outcome == "done"
    assert not told


def test_a_new_wish_while_it_is_set_down_is_carried_out() -> None:
    with Session("sim", SCENE, options=TRUTH) as session:
        filled_meanwhile(session)
        said: list[Any] = []

        def progress(t: float, line: str) -> None:
            if line.startswith("put the red block to the left") and not said:
                said.append(session.say("put the red block in front of the green block"))

        result = session.run("put the red block in the blue bowl", progress=progress)
    assert len(said) == 1 and said[0] and result.outcome == "done", result

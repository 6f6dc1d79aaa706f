"""The critic gives a verdict only after it has been sure for several looks in a row."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sayso.planner.execution.critic import DONE_DWELL, DONE_THRESHOLD, FAILED_DWELL, FAILED_THRESHOLD, Critic, State

SURE, UNSURE = 4.0, -4.0  # logits


class Says:
    """A network that gives the logits ``done`` and ``failed``; ``asked`` is what it was given."""

    def __init__(self, done: float = UNSURE, failed: float = UNSURE) -> None:
        self.done, self.failed, self.asked = done, failed, list[np.ndarray]()

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="features", shape=[None, 3])]

    def run(self, outputs: None, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        self.asked.append(inputs["features"])
        return [np.array([[self.done, self.failed]], np.float32)]


def judged(critic: Critic, looks: int) -> list[State]:
    return [critic.judge(np.zeros(3, np.float32)).state for _ in range(looks)]


def test_done_is_believed_after_some_looks_in_a_row() -> None:
    states = judged(Critic(Says(done=SURE)), DONE_DWELL + 1)  # type: ignore[arg-type]
    assert states == [State.GOING] * (DONE_DWELL - 1) + [State.DONE] * 2


def test_failed_is_believed_later_than_done() -> None:
    states = judged(Critic(Says(failed=SURE)), FAILED_DWELL)  # type: ignore[arg-type]
    assert states == [State.GOING] * (FAILED_DWELL - 1) + [State.FAILED]
    assert FAILED_DWELL > DONE_DWELL


def test_what_looks_done_and_failed_is_done() -> None:
    assert judged(Critic(Says(SURE, SURE)), FAILED_DWELL)[-1] is State.DONE  # type: ignore[arg-type]


def test_one_look_that_is_not_sure_begins_the_count_anew() -> None:
    network = Says(done=SURE)
    critic = Critic(network)  # type: ignore[arg-type]
    judged(critic, DONE_DWELL)
    network.done = UNSURE
    assert judged(critic, 1) == [State.GOING]
    network.done = SURE
    assert judged(critic, DONE_DWELL) == [State.GOING] * (DONE_DWELL - 1) + [State.DONE]


def test_a_new_subtask_begins_the_count_anew() -> None:
    critic = Critic(Says(done=SURE))  # type: ignore[arg-type]
    judged(critic, DONE_DWELL)
    critic.reset()
    assert judged(critic, 1) == [State.GOING]


@pytest.mark.parametrize("threshold", [DONE_THRESHOLD, FAILED_THRESHOLD])
def test_what_is_just_below_the_threshold_never_becomes_a_verdict(threshold: float) -> None:
    logit = float(np.log(threshold / (1 - threshold))) - 0.01
    given = Says(done=logit) if threshold == DONE_THRESHOLD else Says(failed=logit)
    assert set(judged(Critic(given), 3 * FAILED_DWELL)) == {State.GOING}  # type: ignore[arg-type]


def test_a_judgement_tells_both_probabilities() -> None:
    network = Says(done=0.0, failed=np.log(3.0))
    judgement = Critic(network).judge(np.arange(3, dtype=np.float32))  # type: ignore[arg-type]
    assert (judgement.done, judgement.failed) == pytest.approx((0.5, 0.75))
    assert network.asked[0].shape == (1, 3)

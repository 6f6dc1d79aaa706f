"""The critic that looks ahead alarms after two likely failures in a row, of one attempt."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sayso.planner.outlook.critic import LEAST_THRESHOLD, OUTLOOK_LOGITS, OutlookCritic
from tests.planner.outlook.seen import PICK, moment, thing

RED = thing("block-1", "red", "block", (0.5, 0.0, 0.02))


class Says:
    """A model that says these probabilities of failing, one after the other."""

    def __init__(self, *failing: float) -> None:
        self._left = list(failing)

    def run(self, names: None, inputs: dict[str, Any]) -> list[Any]:
        logits = np.zeros((1, OUTLOOK_LOGITS), np.float32)
        p = self._left.pop(0)
        logits[0, 2] = np.log(p / (1 - p))
        return [logits]


@pytest.mark.parametrize(
    ("threshold", "failing", "alarms"),
    [
        (0.6, (0.7, 0.5, 0.7, 0.9), [False, False, False, True]),
        (0.1, (0.3, 0.39, 0.39, 0.41, 0.45), [False, False, False, False, True]),
    ],
)
def test_two_in_a_row_above_the_threshold_or_the_least_one(
    threshold: float, failing: tuple[float, ...], alarms: list[bool]
) -> None:
    critic, raised = OutlookCritic(Says(*failing), threshold), []  # type: ignore[arg-type]
    for k in range(len(failing)):
        critic.see(moment(PICK, (RED,), t=1.0 + 0.2 * k))
        raised.append(critic.alarms)
    assert raised == alarms
    assert critic.threshold == max(threshold, LEAST_THRESHOLD)


def test_a_new_attempt_begins_without_an_alarm() -> None:
    critic = OutlookCritic(Says(0.9, 0.9, 0.9), 0.5)  # type: ignore[arg-type]
    for attempt in (1, 1, 2):
        critic.see(replace(moment(PICK, (RED,)), attempt=attempt))
    assert not critic.alarms

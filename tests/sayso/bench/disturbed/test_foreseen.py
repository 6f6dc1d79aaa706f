"""The critic suite: what counts as a false alarm."""

from typing import Any

import numpy as np
import pytest

from sayso.bench.disturbed.foreseen import _failures, figures
from sayso.bench.disturbed.labels import Labels
from sayso.planner.outlook.cause import Cause


def record(*alarms: bool, fails: bool = False) -> dict[str, Any]:
    """A run with an alarm at these moments; ``fails``: its last moment fails."""
    last = len(alarms) - 1
    rows = [
        {"t": 0.2 * k, "attempt": 1, "truth": [int(fails and k == last), 0, 1], "p": [0.9 if alarm else 0.1, 0.1, 0.9],
         "alarm": alarm, "baselines": [0.1, 0.0, 0.0]}
        for k, alarm in enumerate(alarms)
    ]  # fmt: skip
    early = any(row["alarm"] and row["truth"][0] == 0 for row in rows)
    return {
        "quiet": not fails, "false_alarm": early, "failures": [], "rows": rows, "ms": {"p50": 1.0, "p99": 2.0},
        "threshold": 0.4,
    }  # fmt: skip


def test_a_run_that_ends_in_a_question_at_once_is_none_without_a_false_alarm() -> None:
    found = figures([record(False, False), record(False, True, True), record(), record(False, True, fails=True)])
    assert (found["false alarms"]["k"], found["false alarms"]["n"]) == (1, 2)


@pytest.mark.parametrize(("event", "noticed"), [(13.0, 1.0), (14.5, 0.0)])
def test_the_delay_is_from_the_event_and_not_from_the_three_seconds_before_it(event: float, noticed: float) -> None:
    rows = [
        {"t": float(t), "attempt": 1, "truth": [int(t >= 1), 0, 0], "alarm": t >= 4, "true": "slipped",
         "cause": "slipped"}
        for t in range(8)
    ]  # fmt: skip
    none = np.zeros(len(rows), np.int64)
    truth = Labels(none, none, none, none, ((event, event, Cause.SLIPPED),))
    assert _failures(truth, rows, started=10.0) == [{"cause": "slipped", "noticed_s": noticed, "taken_for": "slipped"}]

"""The critic suite: what counts as a false alarm."""

from typing import Any

from sayso.bench.disturbed.foreseen import figures


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

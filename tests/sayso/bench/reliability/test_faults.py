"""The suites `timing` and `faults`: their cells judge rightly, good controllers and bad ones."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sayso.bench.reliability import adversarial, faults, rig, timing
from sayso.bench.suites import cells_of
from sayso.hardware.control.controller import SafetyController
from sayso.hardware.control.guard import Guard, GuardEvent, Verdict
from sayso.hardware.control.state_machine import State
from sayso.hardware.types import JointTarget, RobotSpec


def test_the_suites_name_the_rows_they_measure() -> None:
    rows = {plan.name.split()[0] for suite in ("timing", "faults") for plan in cells_of(suite)}
    timed = {"T1", "T2", "T3", "T4", "S1", "P1", "P2", "P3", "P4", "P5", "S3", "D1", "D2"}
    assert rows == timed | {"S2", "D3", "C1", "C2", "C3", "C4", "R4"}
    assert {plan.name.split()[0] for suite in ("timing", "faults") for plan in cells_of(suite) if plan.alone} <= timed


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adversarial, "OUTPUTS", 150)
    monkeypatch.setattr(adversarial, "CYCLES", 1500)
    monkeypatch.setattr(adversarial, "SWEPT", 0.02)


@pytest.mark.parametrize("seed", range(2))
def test_bad_readings_and_hostile_commands_pass(seed: int) -> None:
    assert faults.misread("panda", seed)["ok"]
    assert adversarial.muddle("panda", seed)["ok"]
    assert adversarial.babble("panda", seed) == {"ok": True, "outputs": 150, "wrong": 0}
    assert adversarial.assault("panda", seed)["ok"]
    assert timing.skip_ticks("panda", seed)["ok"]


def test_a_guard_that_lets_nonsense_through_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def trusting(self: Guard, target: JointTarget | None, now: float) -> Verdict:
        here = np.asarray(self.spec.home)
        target = target or JointTarget(here, np.zeros(self.spec.dof), 1.0, now + 1)
        return Verdict(target, GuardEvent.OK)

    monkeypatch.setattr(Guard, "check", trusting)
    monkeypatch.setattr(SafetyController, "_after", lambda *_: None)
    monkeypatch.setattr("sayso.hardware.control.readings.JUMP_SLACK_RAD", 1e9)
    record = adversarial.babble("panda", 0)
    assert not record["ok"] and record["wrong"] >= 1


def test_a_guard_with_limits_of_its_own_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Guard.__init__

    def lax(self: Guard, spec: RobotSpec, *given: Any) -> None:
        made(self, replace(spec, acceleration=1.05 * spec.acceleration), *given)

    monkeypatch.setattr(Guard, "__init__", lax)
    record = adversarial.assault("panda", 0)
    assert not record["ok"] and record["broken"][0].startswith("acceleration")


def test_a_controller_that_believes_every_reading_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hardware.control.readings.JUMP_SLACK_RAD", 99.0)
    monkeypatch.setattr("sayso.hardware.control.controller.Tracking.check", lambda *_: "")
    assert [faults.misread("panda", seed)["ok"] for seed in range(4)].count(False) >= 1


def test_a_controller_that_follows_old_commands_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hardware.control.controller.Freshness.accept", lambda *_: "")
    monkeypatch.setattr("sayso.hardware.control.controller.Freshness.end", lambda *_: np.inf)
    assert not adversarial.muddle("panda", 0)["ok"]


def test_a_controller_that_never_holds_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hardware.control.readings.MISSES_TO_HOLD", 10**6)
    assert not faults.misread("panda", 0)["ok"]


def test_figures_sum_up_what_was_stamped() -> None:
    late = {"p50": 0.1, "p99": 0.5, "p100": 1.0}
    records = [
        {"ok": True, "cycles": 990, "missed": 10, "in a row": 3, "late": late},
        {"ok": True, "cycles": 1000, "missed": 0, "in a row": 0, "late": late | {"p99": 0.9}},
    ]
    figures = timing.kept(records)
    assert (figures["ticks"], figures["missed %"], figures["most in a row"]) == (2000, 0.5, 3)
    assert figures["ms late"] == {"p50": 0.1, "p99": 0.9, "p100": 1.0}
    assert timing.milliseconds([{"ms": [1.0, 2.0]}, {"ms": [3.0]}])["trials"] == 3
    assert faults.latencies([{"ms": [5.0], "stood": [9.0]}])["ms until it stood"]["p50"] == 9.0


def test_the_first_target_of_a_state_is_found_in_the_stamps() -> None:
    running, stopping = (rig.STATES.index(s) for s in (State.RUNNING, State.STOPPING))
    rows = np.array(
        [[1.0, 0, 1.01, stopping], [2.0, 0, 2.01, running], [3.0, 0, 3.01, stopping], [4.0, 0, 4.0, stopping]]
    )
    assert rig.first(rows, State.STOPPING, 1.5) == 3.01
    assert rig.first(rows, State.FAULT, 0.0) == np.inf

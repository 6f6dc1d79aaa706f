"""The threshold of an alarm: at most the asked share of undisturbed runs exceeds it."""

from pathlib import Path

import numpy as np
import pytest

from sayso.planner.outlook.cause import CAUSES, Cause
from sayso.planner.outlook.critic import HEADS, OutlookCritic, read_logits
from sayso.planner.outlook.signs import SIGNS
from sayso.planner.training.outlook import Rows, conformal_threshold, highest_alarm, train_outlook
from sayso.skills.onnx_model import open_model


def test_the_threshold_holds_the_false_alarm_rate_on_runs_that_it_has_not_seen() -> None:
    rng = np.random.default_rng(3)
    rates = []
    for _ in range(400):
        scores = rng.beta(1, 8, 140)
        rates.append(np.mean(scores[40:] > conformal_threshold(scores[:40], 0.05)))
    assert np.mean(rates) <= 0.055
    assert np.mean(rates) > 0.02  # and is no alarm that never rings


def test_too_few_runs_give_no_threshold() -> None:
    assert conformal_threshold(np.linspace(0, 1, 18), 0.05) == np.inf
    assert conformal_threshold(np.linspace(0, 1, 19), 0.05) == 1.0


def test_an_alarm_needs_two_moments_of_one_attempt() -> None:
    p = np.array([0.1, 0.9, 0.2, 0.8, 0.7, 0.1])
    assert highest_alarm(p, np.ones(6, int)) == pytest.approx(0.7)
    assert highest_alarm(p, np.array([1, 1, 1, 1, 2, 2])) == pytest.approx(0.2)


def rows(rng: np.random.Generator, runs: int, failing: bool = True) -> Rows:
    """Runs of 20 moments, of which the second half fails if the first sign says so."""
    n = 20 * runs
    run = np.repeat(np.arange(runs), 20)
    fails = (rng.random(runs) < 0.5) & failing
    now = fails[run] & (np.tile(np.arange(20), runs) >= 10)
    signs = rng.normal(0, 0.3, (n, SIGNS)).astype(np.float32)
    signs[:, 0] += 3.0 * now
    heads = np.stack([np.zeros(n, int), (~fails[run]).astype(int), now.astype(int)], 1)
    cause = np.where(now, CAUSES.index(Cause.SLIPPED), 0)
    return Rows(signs, heads, cause, run, np.ones(n, int))


def test_training_makes_a_model_that_tells_failing_from_going_well(tmp_path: Path) -> None:
    rng, path = np.random.default_rng(0), tmp_path / "outlook.onnx"
    fitted = train_outlook(rows(rng, 60), rows(rng, 30), [rows(rng, 40, failing=False)], path, steps=250)
    assert fitted.calibration_error[HEADS.index("failing")] < 0.1
    (threshold,) = fitted.thresholds
    assert 0 < threshold < 1
    session, other = open_model(path), rows(rng, 30)
    logits = session.run(None, {"signs": other.signs})[0]
    seen = [read_logits(row, 0.0) for row in logits]
    called = np.array([o.failing > threshold for o in seen])
    assert np.mean(called == other.heads[:, HEADS.index("failing")]) > 0.9
    assert {o.cause for o, fails in zip(seen, other.heads[:, 2], strict=True) if fails} == {Cause.SLIPPED}
    assert OutlookCritic(session, threshold).alarms is False


def test_a_training_goes_on_from_a_critic_that_is_there(tmp_path: Path) -> None:
    first, anew, on = (tmp_path / f"{name}.onnx" for name in ("first", "anew", "on"))
    rng = np.random.default_rng(6)
    train, held_out, quiet = rows(rng, 60), rows(rng, 30), [rows(rng, 40, failing=False)]
    before = train_outlook(train, held_out, quiet, first, steps=250).loss
    without = train_outlook(train, held_out, quiet, anew, steps=15).loss
    assert train_outlook(train, held_out, quiet, on, steps=15, start=first).loss < (before + without) / 2


def test_an_arm_that_always_looks_like_failing_has_a_threshold_of_its_own(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    calm, odd = rows(rng, 40, failing=False), rows(rng, 40, failing=False)
    odd.signs[:, 0] += rng.uniform(0.0, 1.5, len(odd.signs)).astype(np.float32)
    train, held_out = rows(np.random.default_rng(2), 60), rows(np.random.default_rng(3), 30)
    fitted = train_outlook(train, held_out, [calm, odd], tmp_path / "outlook.onnx", steps=100)
    assert fitted.thresholds[0] < fitted.thresholds[1]


def test_an_undisturbed_run_that_fails_by_itself_does_not_raise_the_threshold(tmp_path: Path) -> None:
    path, calm = tmp_path / "outlook.onnx", rows(np.random.default_rng(4), 40, failing=False)
    some = rows(np.random.default_rng(5), 10)
    assert some.heads[:, HEADS.index("failing")].any()
    both = Rows(*(np.concatenate([a, b]) for a, b in zip(parts(calm), parts(some), strict=True)))
    both.run[len(calm.run) :] += 40
    limits = [
        train_outlook(
            rows(np.random.default_rng(2), 60), rows(np.random.default_rng(3), 30), [quiet], path, steps=100
        ).thresholds[0]
        for quiet in (calm, both)
    ]
    assert limits[1] < limits[0] + 0.2


def parts(some: Rows) -> tuple[np.ndarray, ...]:
    return some.signs, some.heads, some.cause, some.run, some.attempt

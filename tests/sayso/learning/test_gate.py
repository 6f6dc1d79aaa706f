"""The gate lets through what is better where it was corrected, not worse elsewhere and not less safe; nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sayso.errors import UserError
from sayso.learning.gate import Check, Gate, Trial, judged, settled, sign_test
from sayso.learning.learn import Learned, promote
from sayso.learning.own_scenes import shaken
from sayso.model_store import Card, ModelStore
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec

GOOD, BAD, HARMFUL = Trial(True, False), Trial(False, False), Trial(True, True)


def check(before: list[Trial], after: list[Trial], must: str = "better") -> str:
    """What is wrong with the candidate; "" if it passes."""
    seeds = tuple(range(len(before)))
    asked = Check("a task", must, _never, seeds)  # type: ignore[arg-type]
    return judged(asked, dict(zip(seeds, before, strict=True)), dict(zip(seeds, after, strict=True))).problem


def _never(seed: int, models: Path) -> Trial:
    raise AssertionError("no trial is needed")


def test_the_sign_test_is_exact() -> None:
    assert [sign_test(*pairs) for pairs in ((5, 0), (4, 0), (7, 1), (0, 0))] == [1 / 32, 1 / 16, 9 / 256, 1.0]


def test_better_is_what_chance_does_not_explain() -> None:
    assert check([BAD] * 5, [GOOD] * 5) == ""
    assert check([BAD] * 4, [GOOD] * 4) == "not better for certain, p = 0.06"
    assert check([BAD] * 8 + [GOOD] * 5, [GOOD] * 8 + [BAD] * 5) == "not better for certain, p = 0.29"
    assert check([GOOD] * 16, [GOOD] * 16).startswith("not better")


def test_not_worse_is_one_pair_in_twenty_at_most() -> None:
    assert check([GOOD] * 20, [GOOD] * 19 + [BAD], "not worse") == ""
    assert check([GOOD] * 20, [GOOD] * 18 + [BAD] * 2, "not worse") == "worse: 2 lost, 0 won"
    assert check([GOOD] * 19, [GOOD] * 18 + [BAD], "not worse") == "worse: 1 lost, 0 won"


@pytest.mark.parametrize("must", ["better", "not worse"])
def test_one_more_thing_pushed_is_too_much(must: str) -> None:
    before, after = [BAD] * 6, [GOOD] * 5 + [HARMFUL]
    assert check(before, after, must) == "less safe: something else pushed in 1 trials, 0 before"


def trial(seed: int, models: Path) -> Trial:
    """Succeeds with the models in "new", and leaves a mark."""
    with (models / "tried").open("a") as file:
        file.write(f"{seed}\n")
    return Trial(models.name == "new", False)


def test_trials_are_kept_and_the_first_failure_ends_the_gate(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    checks = [Check("first", "better", trial, tuple(range(5))), Check("second", "not worse", trial, (0, 1))]
    old, new = ("sha-old", tmp_path / "old"), ("sha-new", tmp_path / "new")
    for _ in range(2):
        found = Gate(checks, tmp_path / "gate.jsonl", 1).judge(old, new)
        assert [c.problem for c in found] == ["", ""] and found[0].after == 5
    assert len((tmp_path / "new" / "tried").read_text().splitlines()) == 7  # the second time nothing ran
    found = Gate(checks, tmp_path / "gate.jsonl", 1).judge(new, old)
    assert [c.name for c in found] == ["first"] and found[0].problem


def test_a_check_that_cannot_be_passed_any_more_ends(tmp_path: Path) -> None:
    """Of twelve trials five must be won: after eight in vain no other four would do."""
    for name in ("old", "other"):
        (tmp_path / name).mkdir()
    check = Check("a task", "better", trial, tuple(range(12)))
    (found,) = Gate([check], tmp_path / "gate.jsonl", 1).judge(
        ("sha-old", tmp_path / "old"), ("sha-other", tmp_path / "other")
    )
    assert found.problem == "not better for certain, p = 0.06 at best; 12 trials were planned"
    assert (found.n, found.before, found.after) == (7, 0, 0)
    assert len((tmp_path / "other" / "tried").read_text().splitlines()) == 8


def test_what_ends_a_check_early_is_what_the_whole_check_would_have_said() -> None:
    rng = np.random.default_rng(0)
    early = 0
    for _ in range(300):
        seeds = tuple(range(int(rng.integers(3, 25))))
        check = Check("a task", "better" if rng.random() < 0.5 else "not worse", _never, seeds)
        share = rng.random(4)
        before, after = (
            {s: Trial(bool(rng.random() < share[i]), bool(rng.random() < 0.3 * share[i + 2])) for s in seeds}
            for i in range(2)
        )
        whole = judged(check, before, after).problem
        for k in range(len(seeds)):
            problem = settled(check, dict(list(before.items())[:k]), dict(list(after.items())[:k]))
            assert not problem or whole
            early += bool(problem)
    assert early > 100


def test_nothing_is_promoted_that_did_not_pass(tmp_path: Path) -> None:
    card = Card(name="motion-panda", command="", data_seeds="", scores={}, digest="", inputs=[], outputs=[])
    learned = Learned(tmp_path / "motion-panda.onnx", card, 1, 1, 0.0)
    failed = judged(Check("a", "better", _never, (0,)), {0: GOOD}, {0: GOOD})
    for found in ([], [failed]):
        with pytest.raises(UserError, match="has not passed"):
            promote(learned, ModelStore(tmp_path, tmp_path), found)
    assert not list(tmp_path.iterdir())


def test_a_scene_is_shaken_a_little_and_by_its_seed() -> None:
    stack = SceneSpec((ObjectSpec("a", "block", "red", (0.5, 0.1)), ObjectSpec("b", "block", "blue", (0.5, 0.1, 0.04))))
    one, again, other = shaken(stack, 1), shaken(stack, 1), shaken(stack, 2)
    assert one == again != other
    assert one.objects[0].position[:2] == one.objects[1].position[:2] and one.objects[1].position[2] == 0.04
    assert all(abs(a - b) < 0.1 for a, b in zip(one.objects[0].position, (0.5, 0.1), strict=True))

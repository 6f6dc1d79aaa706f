"""A figure is of the arm, the models and the cells that were asked for, or there is none."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sayso.bench.frame import run_suite
from sayso.bench.suites import SUITES, CellPlan, cells_of, models_of
from sayso.bench.tasks import honest, reaction, tabletop, throughput
from sayso.bench.worker import run_episode
from sayso.cli import run_command
from sayso.errors import UserError
from sayso.model_store import FOLDER_VARIABLE, PACKAGED, ModelError, ModelStore
from sayso.session import Session

WITHOUT_MODELS = ("koch", "piper")
NEED_MODELS = ("ladder", "tabletop", "honest", "obedience", "reaction", "throughput", "hardware")
MODEL_FREE = ("faults", "motion-layer", "place", "soak", "stops", "timing")


class Asked(Exception):
    """Which robot a session was asked for."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def init(self: Session, robot: str = "sim", *_: Any, **__: Any) -> None:
        raise Asked(robot)

    monkeypatch.setattr(Session, "__init__", init)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    "episode",
    [
        *(partial(tabletop.attempt, cell, 0) for cell in tabletop.CELLS),
        partial(reaction.react, 0),
        partial(throughput.pace, 0, "pixels"),
        partial(honest.attempt, "as in training", 0),
    ],
)
@pytest.mark.parametrize("arm", ["so101", "ur5e"])
def test_the_arm_that_is_named_is_run(episode: Any, arm: str) -> None:
    with pytest.raises(Asked, match=rf"^sim:{arm}$"):
        episode(arm=arm)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("suite", ["tabletop", "honest", "reaction", "throughput"])
def test_every_cell_of_a_suite_hands_the_arm_on(suite: str) -> None:
    for plan in cells_of(suite, arm="so101"):
        if "policy step" not in plan.name and "reading" not in plan.name:
            with pytest.raises(Asked, match=r"^sim:so101$"):
                plan.episode(0)


@pytest.mark.parametrize("suite", NEED_MODELS)
@pytest.mark.parametrize("arm", WITHOUT_MODELS)
def test_an_arm_without_models_is_refused(suite: str, arm: str, tmp_path: Path, capfd: Any) -> None:
    code = run_command(["bench", suite, "--arm", arm, "--episodes", "1", "--out", str(tmp_path / "out")])
    assert code == 2
    said = capfd.readouterr().err
    assert f"policy-{arm}" in said and said.count("\n") == 1
    assert not (tmp_path / "out" / "bench.json").exists()


def test_every_suite_says_which_models_it_runs() -> None:
    for suite in sorted(set(SUITES) - {"pictures"}):  # which needs a folder
        plans = cells_of(suite)
        digests = models_of(plans, "panda", PACKAGED)
        assert bool(digests) == (suite not in MODEL_FREE), suite
    assert models_of(cells_of("tabletop"), "panda", PACKAGED).keys() == {
        "detector", "policy-panda", "motion-panda", "critic-panda", "outlook", "reader-encoder",
        "reader-decoder",
    }  # fmt: skip


def test_a_cell_that_runs_no_model_needs_none() -> None:
    teacher = [p for p in cells_of("ladder", arm="koch") if p.name.startswith("teacher")]
    assert teacher and models_of(teacher, "koch", PACKAGED) == {}


def test_models_in_the_named_folder_are_the_ones_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert ModelStore().root == tmp_path
    with pytest.raises(ModelError, match=str(tmp_path)):
        models_of(cells_of("tabletop"), "panda", ModelStore().root)
    with pytest.raises(ModelError):
        cells_of("tabletop")[0].episode(0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["detector", "--arm", "nowhere"], "no arm 'nowhere'"),
        (["timing", "--models", "."], "timing has none"),
        (["tabletop", "--cell", "put", "--cell", "juggle"], "no cell of tabletop contains 'juggle'"),
        (["tabletop", "--seconds", "9"], "--seconds is for soak"),
        (["tabletop", "--models", "/nowhere"], "no model detector (card detector.json) in /nowhere"),
    ],
)
def test_what_would_be_ignored_is_refused(words: list[str], said: str, tmp_path: Path, capfd: Any) -> None:
    code = run_command(["bench", *words, "--episodes", "1", "--out", str(tmp_path / "out")])
    assert code == 2 and said in capfd.readouterr().err


def test_the_detector_of_another_arm_sees_that_arms_table() -> None:
    names = [p.name for p in cells_of("detector", arm="so101")]
    assert len(names) == 3 and not any("UR5e" in n or "SO-101" in n for n in names)
    assert any("UR5e" in p.name for p in cells_of("detector"))


def lacking(seed: int) -> dict[str, Any]:
    """An episode whose driver lacks its maker's library."""
    try:
        import a_library_that_nobody_has  # type: ignore[import-not-found]  # noqa: F401
    except ImportError as error:
        raise RuntimeError("the driver needs a_library_that_nobody_has") from error
    return {"ok": True}


def test_a_missing_part_is_no_failed_episode() -> None:
    with pytest.raises(UserError, match="a_library_that_nobody_has"):
        run_episode(lacking, 0)


def test_other_models_are_not_mixed_into_what_was_begun(tmp_path: Path) -> None:
    from tests.sayso.bench.episodes import coin

    plan = CellPlan("coins", coin, 2)
    run = partial(run_suite, "coins", "panda", [plan], tmp_path, command="")
    assert run(models={"policy": "sha256:1"})["models"] == {"policy": "sha256:1"}
    assert json.loads((tmp_path / "bench.json").read_text())["models"] == {"policy": "sha256:1"}
    assert run(models={"policy": "sha256:1"}, resume=True)["cells"][0]["n"] == 2
    with pytest.raises(UserError, match="of another bench"):
        run(models={"policy": "sha256:2"}, resume=True)


def test_a_bench_that_is_nothing_but_errors_does_not_end_well(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: Any
) -> None:
    from tests.sayso.bench.episodes import stumbling

    monkeypatch.setitem(SUITES, "tabletop", lambda models, arm: [CellPlan("stumbling", stumbling, 1)])
    code = run_command(["bench", "tabletop", "--seed", "1", "--workers", "1", "--out", str(tmp_path / "out")])
    assert code == 1 and "1 of the episodes ended in an error" in capfd.readouterr().err

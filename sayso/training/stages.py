"""Training stages: each writes a model and its card to the work folder, and is skipped if both exist."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.bench.tasks.ladder import Rung, climb
from sayso.files import write_atomic
from sayso.hardware.process.spawn import interrupts_held
from sayso.model_store import PACKAGED, ModelError, ModelStore, write_card
from sayso.outputs import check_ours
from sayso.recordings.hindsight import beside, foreign_rows
from sayso.sim.arms.own_arm import arm_model, name_of
from sayso.skills.onnx_model import read_checked
from sayso.skills.training.policy import COLUMNS, Mode
from sayso.stats import wilson
from sayso.training.control import (
    ON_FROM,
    QUICK,
    TRAIN_SEED,
    Progress,
    TrainConfig,
    fit_critic,
    fit_motion,
    fit_policy,
    gather_demonstrations,
    load,
)

DEVELOPMENT_SEEDS = -100_000_000
KINDS = ("policy", "motion", "critic", "detector", "eyes", "looks", "grasps", "planner")


@dataclass(frozen=True, slots=True)
class TrainingWorkspace:
    """Folders and options of a training: ``work`` holds data and checkpoints, ``out`` the finished models.

    ``data`` are recordings of other programs, to train policy and motion planner from beside the demonstrations.
    ``start`` is a folder of models that policy, motion planner, critic and reader begin with, None: with nothing.
    """

    work: Path
    out: Path
    arm: str = "panda"
    workers: int = 2
    quick: bool = False
    progress: Progress = lambda what, done, total, value: None
    data: tuple[Path, ...] = ()
    start: Path | None = None

    @property
    def recipe(self) -> TrainConfig:
        """The sizes of the training."""
        return QUICK if self.quick else TrainConfig() if self.start is None else ON_FROM

    def begun(self, name: str) -> tuple[Path | None, dict[str, str]]:
        """The file of the model ``name`` to begin with, and what its successor's card says of it."""
        if self.start is None:
            return None, {}
        store = ModelStore(self.start)
        return store.file(name), {"begun_with": store.card(name).digest}

    @property
    def name(self) -> str:
        """The arm's name in its models' names; ``arm`` may be a folder."""
        return name_of(self.arm)

    @property
    def made(self) -> Path:
        """Models of this work folder, before they go to ``out``."""
        folder = self.work / "models"
        if self.data:  # models of other data, and their checkpoints, are others
            said = "\n".join(str(root.absolute()) for root in self.data)
            folder = self.work / f"models-with-{hashlib.sha256(said.encode()).hexdigest()[:12]}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def seeds(self) -> str:
        """The seeds of the demonstrations, as written on cards."""
        r = self.recipe
        text = f"worlds {TRAIN_SEED}..{TRAIN_SEED + r.demo_worlds - 1}"
        return text + (f" and {r.rounds} rounds of {r.round_worlds} DAgger worlds" if r.rounds else "")

    def demonstrations(self) -> Path:
        """The dataset; collects it if missing."""
        return gather_demonstrations(self.work, self.recipe, self.arm, self.workers, self.progress)

    @property
    def checkpoints(self) -> Path:
        """The folder of the checkpoints of policy and motion planner."""
        return self.made if self.data else self.work

    def columns(self) -> tuple[dict[str, NDArray[np.float32]], dict[str, object]]:
        """The columns that policy and motion planner are trained on, and what a card says of foreign ones."""
        spec = arm_model(self.arm).spec
        # Checked before the demonstrations are collected.
        foreign = {str(root): foreign_rows(root, spec) for root in self.data}
        columns = load(self.demonstrations(), COLUMNS)
        for rows in foreign.values():
            columns = beside(columns, rows)
        said = {root: {"episodes": f.episodes - f.unused, "rows": len(f.features)} for root, f in foreign.items()}
        return columns, {"foreign": said} if said else {}

    @property
    def data_options(self) -> str:
        """The options that name the foreign data and the models to begin with, for a card."""
        begun = "" if self.start is None else f" --start {shlex.quote(str(self.start))}"
        return "".join(f" --data {shlex.quote(str(root))}" for root in self.data) + begun


def _climb(job: tuple[Rung, int]) -> bool:
    return climb(*job)[0]


def closed_loop(plant: TrainingWorkspace, policy: Path, motion: Path | None, name: str) -> dict[str, object]:
    """Success on development seeds with Wilson interval, for a model's card."""
    rung = Rung(name, str(policy), str(motion) if motion else None, arm=plant.arm)
    n = plant.recipe.score_episodes
    with interrupts_held():
        pool = get_context("spawn").Pool(plant.workers)
    with pool:
        good = 0
        for i, ok in enumerate(pool.imap(_climb, [(rung, DEVELOPMENT_SEEDS + k) for k in range(n)])):
            good += ok
            plant.progress(f"{name}: scoring", i + 1, n, good / (i + 1))
    low, high = wilson(good, n)
    return {name: {"n": n, "successes": good, "low": round(low, 3), "high": round(high, 3), "seeds": "development"}}


def make_policy(plant: TrainingWorkspace, mode: Mode = "motion") -> Path:
    """Make the policy or a baseline: flat (no motion) or class (motion as a class number)."""
    name = f"policy-{plant.name}" + ("" if mode == "motion" else f"-{mode}")
    path = plant.made / f"{name}.onnx"
    if not path.with_suffix(".json").exists():
        columns, foreign = plant.columns()
        steps, kept = plant.recipe.policy_steps, plant.checkpoints
        start, before = plant.begun(name)
        fitted = fit_policy(columns, path, plant.arm, mode, steps, kept, plant.progress, start)
        rung = "policy under the teacher's motions" if mode != "flat" else "flat policy"
        scores: dict[str, object] = {
            "loss": round(fitted.loss, 5),
            "onnx_parity": fitted.parity,
            "samples": fitted.rows,
        }
        scores |= foreign
        scores |= closed_loop(plant, path, None, rung)
        option = "" if mode == "motion" else f" --mode {mode}"
        write_card(
            path, f"sayso train policy --arm {plant.arm}{option}{plant.data_options}", plant.seeds, scores, **before
        )
    return path


def make_motion(plant: TrainingWorkspace) -> Path:
    """The motion planner."""
    path = plant.made / f"motion-{plant.name}.onnx"
    if not path.with_suffix(".json").exists():
        columns, foreign = plant.columns()
        start, before = plant.begun(path.stem)
        fitted = fit_motion(columns, path, plant.recipe.motion_steps, plant.checkpoints, plant.progress, start)
        scores: dict[str, object] = {
            "loss": round(fitted.loss, 5),
            "onnx_parity": fitted.parity,
            "samples": fitted.rows,
        }
        scores |= foreign
        policy = plant.made / f"policy-{plant.name}.onnx"
        if policy.exists():
            scores |= closed_loop(plant, policy, path, "policy with motion planner, true scenes")
        write_card(path, f"sayso train motion --arm {plant.arm}{plant.data_options}", plant.seeds, scores, **before)
    return path


def make_critic(plant: TrainingWorkspace) -> Path:
    """The critic."""
    path = plant.made / f"critic-{plant.name}.onnx"
    if not path.with_suffix(".json").exists():
        start, before = plant.begun(path.stem)
        fitted = fit_critic(plant.demonstrations(), path, plant.recipe.critic_steps, plant.work, plant.progress, start)
        scores = {
            "loss": round(fitted.loss, 5),
            "onnx_parity": fitted.parity,
            "temperature": fitted.temperature,
            "expected_calibration_error": [round(e, 4) for e in fitted.calibration_error],
            "samples": fitted.rows,
        }
        write_card(path, f"sayso train critic --arm {plant.arm}{plant.data_options}", plant.seeds, scores, **before)
    return path


def make_outlook(plant: TrainingWorkspace) -> Path:
    """The critic that looks ahead, for all arms; its own training writes the card."""
    from sayso.training.outlook import BRANCHES, GROUPS, ON_FROM, ON_FROM_STEPS, STEPS, Group, make_outlook_model

    path = plant.made / "outlook.onnx"
    if not path.with_suffix(".json").exists():
        quick = (Group(plant.arm, 6, 4, 20),)
        start, _ = plant.begun(path.stem)
        whole = (GROUPS, BRANCHES, STEPS) if start is None else (ON_FROM, 0, ON_FROM_STEPS)
        groups, branches, steps = (quick, 2, 100) if plant.quick else whole
        work = plant.work / "outlook"
        make_outlook_model(path, work, plant.workers, plant.progress, groups, branches, steps, start)
    return path


def make_detector(plant: TrainingWorkspace, depth: bool = True) -> Path:
    """The detector for cameras with depth or without; its own training writes the card."""
    from sayso.training.detector import train_detector

    path = plant.made / ("detector.onnx" if depth else "detector-rgb.onnx")
    if not path.with_suffix(".json").exists():
        extra = {"scenes": 300, "steps": 200} if plant.quick else {}
        train_detector(
            path,
            plant.work / "detector",
            depth=depth,
            workers=plant.workers,
            progress=lambda s, n, v: plant.progress(path.stem, s, n, v),
            **extra,
        )
    return path


def make_eyes(plant: TrainingWorkspace, depth: bool = True) -> Path:
    """The eyes for cameras with depth or without; their own training writes the card."""
    from sayso.training.eyes import COLOR_PHASES, PHASES, Phase, train_eyes

    path = plant.made / ("eyes.onnx" if depth else "eyes-rgb.onnx")
    if not path.with_suffix(".json").exists():
        phases = (Phase(200, 100, 100),) if plant.quick else PHASES if depth else COLOR_PHASES
        # What the eyes with depth have learned of things helps where there are colors alone.
        deep = next(p for p in (plant.made / "eyes.onnx", PACKAGED / "eyes.onnx") if p.exists())
        train_eyes(
            path,
            plant.work / "eyes",
            depth=depth,
            start=None if depth else deep,
            phases=phases,
            workers=plant.workers,
            test_tables=3 if plant.quick else 50,
            progress=lambda s, n, v: plant.progress(path.stem, s, n, v),
        )
    return path


def make_looks(plant: TrainingWorkspace) -> Path:
    """The comparison of looks; its own training writes the card."""
    from sayso.training.looks import train_looks

    path = plant.made / "looks.onnx"
    if not path.with_suffix(".json").exists():
        extra = {"shards": 1, "steps": 200, "test_tables": 3} if plant.quick else {}
        progress = partial(plant.progress, path.stem)
        train_looks(path, plant.work / "looks", progress=progress, **extra)
    return path


def make_grasps(plant: TrainingWorkspace) -> Path:
    """The grasp network; its own training writes the card."""
    from sayso.training.grasps.trainer import train_grasps

    path = plant.made / "grasps.onnx"
    if not path.with_suffix(".json").exists():
        extra = {"tables": 10, "steps": 200} if plant.quick else {}
        progress = partial(plant.progress, path.stem)
        train_grasps(path, plant.work / "grasps", workers=plant.workers, progress=progress, **extra)
    return path


def make_reader(plant: TrainingWorkspace, half: str) -> Path:
    """One ``half`` of the reader, "encoder" or "decoder"; its own training makes both and writes their cards."""
    from sayso.planner.reader.training.trainer import train

    path = plant.made / f"reader-{half}.onnx"
    if not path.with_suffix(".json").exists():
        log = lambda line: plant.progress(f"reader: {line}", 0, 1, 0.0)  # noqa: E731
        plant.begun(path.stem)  # names the model that is missing
        train(plant.made, plant.work / "reader", plant.quick, log, plant.start)
    return path


STAGES: dict[str, Callable[[TrainingWorkspace], Path]] = {
    "policy": make_policy,
    "motion": make_motion,
    "critic": make_critic,
    "outlook": make_outlook,
    "detector": make_detector,
    "detector-rgb": partial(make_detector, depth=False),
    "eyes": make_eyes,
    "eyes-rgb": partial(make_eyes, depth=False),
    "looks": make_looks,
    "grasps": make_grasps,
    "reader-encoder": partial(make_reader, half="encoder"),
    "reader-decoder": partial(make_reader, half="decoder"),
}


# Models per arm; all others are shared.
ARM_STAGES = ("policy", "motion", "critic")
CRITIC_STAGES = ("critic", "outlook")
PLANNER_STAGES = ("reader-encoder", "reader-decoder")


def model_name(plant: TrainingWorkspace, stage: str, mode: Mode = "motion") -> str:
    """The name of a stage's model."""
    if stage in ARM_STAGES:
        return f"{stage}-{plant.name}" + ("" if mode == "motion" or stage != "policy" else f"-{mode}")
    return stage


def check_installable(folder: Path, names: Sequence[str]) -> None:
    """Raise `UserError` if ``folder`` has files by the models' ``names`` that are not models with cards."""
    store = ModelStore(folder)
    for name in names:
        files = [folder / f"{name}{end}" for end in (".onnx", ".json", "-tokenizer.json")]
        check_ours(files[:2], partial(_is_model, store, name), "a model with its card")
        check_ours(files[2:], partial(_is_model, store, name), "of a model with its card")


def _is_model(store: ModelStore, name: str) -> bool:
    try:
        read_checked(store.root / f"{name}.onnx", store.card(name).digest)
    except (ModelError, OSError, ValueError):
        return False
    return True


def complete(folder: Path) -> None:
    """Copy the packaged models that ``folder`` lacks into it, so that a session can use the folder."""
    for part in PACKAGED.iterdir():
        if part.suffix in (".onnx", ".json") and not (folder / part.name).exists():
            write_atomic(folder / part.name, part.read_bytes())


def install(plant: TrainingWorkspace, models: list[Path]) -> list[Path]:
    """Copy finished models and their files into ``out``."""
    plant.out.mkdir(parents=True, exist_ok=True)
    out = []
    for path in models:
        for part in sorted(path.parent.glob(f"{path.stem}*")):
            if part.stem in (path.stem, f"{path.stem}-tokenizer") and part.suffix in (".onnx", ".json"):
                write_atomic(plant.out / part.name, part.read_bytes())
        out.append(plant.out / path.name)
    return out

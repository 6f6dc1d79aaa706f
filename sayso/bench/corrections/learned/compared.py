"""What else could be learned from the same corrected episodes, or from demonstrations of the same effort."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sayso.bench.corrections.episode import TAUGHT_BASE, attempt
from sayso.bench.corrections.learned.teaching import TAUGHT, taught_and_learned
from sayso.hardware.process.spawn import interrupts_held
from sayso.learning.attempt import Attempt, Moment, holds_attempt
from sayso.learning.learn import models_folder
from sayso.learning.lessons import Lesson, lessons_of
from sayso.model_store import ModelStore, write_card
from sayso.sim.arms.own_arm import arm_model, name_of
from sayso.skills.dataset import load_columns
from sayso.skills.features import feature_names, known_features
from sayso.skills.motion import ENCODING_SIZE, parse
from sayso.skills.onnx_model import open_model

Kind = Literal["model alone", "onehot", "flat", "everything", "teleop", "base onehot", "base flat"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""The learned motion planner without rules and gate; the same with class numbers for the policy; the flat policy;
planner and policy; both from demonstrations of the same scenes. The last two are what class numbers and the flat policy
begin with."""
NEXT_S = 0.15
"""An action is known where the next moment follows so soon."""


def learn_otherwise(
    kind: Kind, name: str, arm: str, models: Path, folder: Path, workers: int, _: Sequence[int]
) -> None:
    """Leave the models of ``kind`` in `models_of`; goes on where it stopped."""
    taught_and_learned(name, arm, models, folder, workers)
    store, out, of = ModelStore(models), folder / "otherwise" / kind.replace(" ", "-"), name_of(arm)
    out.mkdir(parents=True, exist_ok=True)
    motion, policy = f"motion-{of}", f"policy-{of}"
    made = {motion: folder / "learn" / "candidate" / f"{motion}.onnx"} if not kind.startswith("base") else {}
    if kind == "teleop":
        made = _by_hand(name, arm, store, folder, out, workers)
    elif kind not in ("model alone",):
        made[policy] = out / f"{policy}.onnx"
        if not made[policy].with_suffix(".json").exists():
            _policy(kind, name, arm, store, folder, made[policy])
    models_folder(store, models_of(kind, folder), made)


def models_of(kind: Kind, folder: Path) -> Path:
    """The folder of models of ``kind``."""
    return folder / f"tried-{kind.replace(' ', '-')}"


def _policy(kind: Kind, name: str, arm: str, store: ModelStore, folder: Path, out: Path) -> None:
    from sayso.skills.training.relearn import export_policy, warm_policy

    shipped = store.file(f"policy-{name_of(arm)}")
    flat, numbers = (shipped.with_name(f"{shipped.stem}-{mode}.onnx") for mode in ("flat", "class"))
    if kind == "base flat":
        export_policy(warm_policy(flat), out)
    elif kind in ("onehot", "base onehot"):
        shutil.copyfile(numbers, out)
    else:
        attempts = [Attempt.load(place) for place in sorted((folder / "taught").iterdir())]
        _relearned(flat if kind == "flat" else shipped, out, attempts, lessons_of(attempts), arm, folder)
    write_card(out, f"sayso bench corrections, {name}: {kind}", "corrected episodes", {})


def _by_hand(name: str, arm: str, store: ModelStore, folder: Path, out: Path, workers: int) -> dict[str, Path]:
    """Planner and policy from the scenes of the corrected episodes, in which a person moves the arm by hand."""
    from sayso.planner.training.relearn import relearn

    of = name_of(arm)
    made = {part: out / f"{part}.onnx" for part in (f"motion-{of}", f"policy-{of}")}
    if all(model.with_suffix(".json").exists() for model in made.values()):
        return made
    attempts = [attempt for attempt in _shown(name, arm, store.root, folder, workers) if attempt.succeeded]
    lessons = [Lesson(m, parse(m.motion), i) for i, attempt in enumerate(attempts) for m in attempt.moments]
    motion, policy = made.values()
    before = store.file(motion.stem)
    features, known = known_moments(lessons, before), _rehearsed(folder, arm, before)[0]
    marked = np.ones(len(lessons), bool)
    relearn(before, motion, features, [lesson.motion for lesson in lessons], marked, known)
    _relearned(store.file(policy.stem), policy, attempts, lessons, arm, folder, all_marked=True)
    for model in made.values():
        write_card(model, f"sayso bench corrections, {name}: teleop", "demonstrations by hand", {})
    return made


def _shown(name: str, arm: str, models: Path, folder: Path, workers: int) -> list[Attempt]:
    """The demonstrations; those that are there are not made again."""
    places = {i: folder / "shown" / f"{i:03}" for i in range(TAUGHT)}
    left = [i for i, place in places.items() if not (place / "result.json").exists() or not holds_attempt(place)]
    if left:
        with interrupts_held():
            pool = ProcessPoolExecutor(min(workers, len(left)), multiprocessing.get_context("spawn"))
        with pool:
            list(pool.map(partial(_show, name, arm, models, folder), left))
    return [Attempt.load(place) for place in places.values()]


def _show(name: str, arm: str, models: Path, folder: Path, number: int) -> None:
    attempt(name, TAUGHT_BASE + number, models, False, folder / "shown" / f"{number:03}", arm, by_hand=True)


def _relearned(
    predecessor: Path, out: Path, attempts: Sequence[Attempt], lessons: Sequence[Lesson], arm: str, folder: Path,
    all_marked: bool = False,
) -> None:  # fmt: skip
    from sayso.skills.training.relearn import Moments, relearn_policy

    spec = arm_model(arm).spec
    rows = [
        (lesson, done) for lesson in lessons if (done := action(attempts[lesson.attempt], lesson, spec.dof)) is not None
    ]
    kept = [lesson for lesson, _ in rows]
    moments = Moments(
        known_moments(kept, predecessor), np.stack([lesson.motion.encode() for lesson in kept]).astype(np.float32),
        np.stack([done for _, done in rows]),
        np.array([all_marked or lesson.correction is not None for lesson in kept]),
    )  # fmt: skip
    known, heard = _rehearsed(folder, arm, predecessor)
    relearn_policy(predecessor, out, moments, known, heard, spec)


def action(attempt: Attempt, lesson: Lesson, dof: int) -> NDArray[np.float32] | None:
    """The joint velocities (rad/s) and the closing (n+1,) at the moment of ``lesson``, up to the next moment.

    None where the motion of the lesson was not in force yet, or where no moment follows.
    """
    now: Moment = lesson.moment
    if lesson.correction is not None and now.by != "operator":
        return None
    after = next((m for m in attempt.moments if now.t < m.t <= now.t + NEXT_S and m.subtask == now.subtask), None)
    if after is None:
        return None
    (a, _), (b, closing) = (_command(moment, dof) for moment in (now, after))
    return np.append((b - a) / (after.t - now.t), closing).astype(np.float32)


def _command(moment: Moment, dof: int) -> tuple[NDArray[np.float64], float]:
    """The joint positions (n,) rad that were commanded last, and whether the hand was told to close."""
    features = np.array(moment.features)
    return features[:dof] + features[dof : 2 * dof] / 10, float(features[feature_names(dof).index("closing")])


def known_moments(lessons: Sequence[Lesson], model: Path) -> NDArray[np.float32]:
    """The moments of ``lessons``, as far as ``model`` takes them."""
    return np.array([lesson.moment.features for lesson in lessons], np.float32)[:, known_features(open_model(model))]


def _rehearsed(folder: Path, arm: str, model: Path) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """States of ordinary tasks as ``model`` takes them, each with the motion that was in force and with others."""
    root = folder / "learn" / f"rehearsal-{name_of(arm)}"
    columns = load_columns(root, ["observation.features", "motion.said", "counterfactual.motion"])
    said = [
        columns["motion.said"],
        *np.split(columns["counterfactual.motion"], columns["counterfactual.motion"].shape[1] // ENCODING_SIZE, axis=1),
    ]
    features = columns["observation.features"][:, known_features(open_model(model))]
    return np.concatenate([features] * len(said)), np.concatenate(said)

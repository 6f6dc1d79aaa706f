"""Few demonstrations of five skills, without some compositions of skill and size, and without a pair of directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.demonstrations.collect import COLUMNS as RECORDED
from sayso.demonstrations.collect import LIMIT_S, place_arm
from sayso.demonstrations.disturbance import ROUGH
from sayso.demonstrations.oracle import Task
from sayso.demonstrations.oracle_run import OracleRun
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.physics import Physics, random_appearance
from sayso.sim.scenes.scene_spec import SceneSpec
from sayso.sim.scenes.spawn import scene_with_room
from sayso.sim.table_world import TableWorld
from sayso.sim.tasks import TASKS
from sayso.skills.motion import ENCODING_SIZE, Axis
from sayso.skills.training.policy import COLUMNS

Table = Mapping[str, NDArray[np.float32]]
SKILLS = ("put in", "put on", "pick up", "put left", "put right")
SMALL_M, LARGE_M = (0.034, 0.037), (0.043, 0.046)
UNSEEN = (("put left", "small"), ("put right", "large"))
"""Compositions of a skill and a size of block that no demonstration has."""
UNSEEN_PAIR = (Axis.X, 1), (Axis.Y, 1)
"""No demonstration has a motion forward and left at once, of the teacher, of a detour or of another motion."""
SEED_BASE = 760_000_000
HELD_OUT_BASE = SEED_BASE + 5_000_000


def world_of(skill: str, size: str, seed: int, arm: str) -> tuple[Physics, Task, np.random.Generator]:
    """A world in which the first block, of this ``size``, is the thing of the ``skill``."""
    rng, model, kind = np.random.default_rng(seed), arm_model(arm), TASKS[skill]
    scene = scene_with_room(rng, int(rng.integers(2, 4)), int(rng.integers(1, 3)), reach=model.spec.reach)
    side = float(rng.uniform(*(SMALL_M if size == "small" else LARGE_M)))
    objects = tuple(replace(o, size=(side, side, side)) if o.id == "b1" else o for o in scene.objects)
    scene = SceneSpec(objects, scene.camera_jitter)
    world = Physics(scene, model, random_appearance(rng, len(objects)))
    place_arm(world, rng)
    pool = [o.id for o in objects if o.kind in kind.references and o.id != "b1"]
    return world, Task("b1", kind, str(rng.choice(pool)) if pool else None), rng


def sizes_of(skill: str) -> tuple[str, ...]:
    """The sizes of block with which ``skill`` is demonstrated."""
    return tuple(size for size in ("small", "large") if (skill, size) not in UNSEEN)


def demonstrated(skill: str, number: int, arm: str) -> Table:
    """The rows of one demonstration; empty if the teacher failed."""
    sizes = sizes_of(skill)
    seed = SEED_BASE + 10_000 * SKILLS.index(skill) + number
    world, task, rng = world_of(skill, sizes[number % len(sizes)], seed, arm)
    run = OracleRun(TableWorld.around(world), rng, trouble=ROUGH, record=True, held_motions=bool(rng.random() < 0.5))
    ok = run.run(task, LIMIT_S)
    assert run.recorder is not None
    taken = run.recorder.take()
    world.close()
    return {name: taken[RECORDED[name]].astype(np.float32) for name in COLUMNS} if ok else {}


def demonstrations(
    folder: Path, count: int, arm: str, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Table:
    """The rows of ``count`` demonstrations of each skill, without `UNSEEN_PAIR`; ``folder`` keeps each of them."""
    tables: list[Table] = []
    for skill in SKILLS:
        good, number = 0, 0
        while good < count:
            file = folder / f"{skill.replace(' ', '-')}-{number:04}.npz"
            if not file.exists():
                folder.mkdir(parents=True, exist_ok=True)
                rows = demonstrated(skill, number, arm)
                with file.with_suffix(".part").open("wb") as draft:
                    np.savez_compressed(draft, **rows)  # type: ignore[arg-type]
                file.with_suffix(".part").replace(file)
            with np.load(file, allow_pickle=False) as kept:
                if len(kept.files):
                    tables.append({name: kept[name] for name in COLUMNS})
                    good += 1
            number += 1
            progress(skill, good, count)
    return without_pair({name: np.concatenate([table[name] for table in tables]) for name in COLUMNS})


def has_pair(motions: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which of the encodings (…, M) go along both directions of `UNSEEN_PAIR`."""
    return np.logical_and.reduce([np.sign(motions[..., 6 + axis]) == sign for axis, sign in UNSEEN_PAIR])


def without_pair(columns: Table) -> Table:
    """``columns`` without the rows in which somebody says `UNSEEN_PAIR`; other motions asked about are replaced by the
    said one of their row."""
    said = ("motion.own", "motion.said")
    keep = ~np.logical_or.reduce([has_pair(columns[name]) for name in said])
    out = {name: rows[keep].copy() for name, rows in columns.items()}
    for motion, action, instead, done in (("counterfactual.motion", "counterfactual.action", "motion.said", "action"),):
        _replaced(out, motion, action, out[instead], out[done])
    near = out["neighbour.motion"].reshape(len(out["action"]), -1, ENCODING_SIZE)
    own = out["neighbour.own"].reshape(len(near), -1, ENCODING_SIZE)
    good = ~(has_pair(near).any(1) | has_pair(own).any(1))
    return {name: rows[good] for name, rows in out.items()}


def _replaced(
    out: dict[str, NDArray[np.float32]], motion: str, action: str, said: NDArray[np.float32],
    done: NDArray[np.float32],
) -> None:  # fmt: skip
    motions = out[motion].reshape(len(said), -1, ENCODING_SIZE)
    actions = out[action].reshape(len(said), motions.shape[1], -1)
    row, which = np.nonzero(has_pair(motions))
    motions[row, which], actions[row, which] = said[row], done[row]
    out[motion], out[action] = motions.reshape(len(said), -1), actions.reshape(len(said), -1)


def pairs_of(names: Sequence[str] = SKILLS) -> list[tuple[str, str]]:
    """All compositions of a skill and a size that are demonstrated."""
    return [(skill, size) for skill in names for size in sizes_of(skill)]

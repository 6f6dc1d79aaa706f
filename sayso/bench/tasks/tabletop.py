"""The tabletop suite: instructions from pixels in held-out worlds, judged by the simulator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sayso.hardware.types import Box
from sayso.session import Options, Session
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.judge import judge
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.scenes.spawn import random_scene

SEED_BASE = 720_000_000
PUT = ("put {a} {r} {b}", "place {a} {r} {b}", "could you put {a} {r} {b}", "set {a} {r} {b}", "please put {a} {r} {b}")
BESIDE = {"to the left of": "left", "to the right of": "right", "in front of": "front", "behind": "behind"}


@dataclass(frozen=True, slots=True)
class Episode:
    """What is ``said`` to the robot, and the ``plain`` sentence that the simulator judges."""

    scene: SceneSpec
    said: str
    plain: str


@dataclass(frozen=True, slots=True)
class EpisodeResult:
    """One episode: whether it was done in truth and believed done, the robot's own outcome, how long it took (s)."""

    ok: bool
    outcome: str
    duration_s: float
    said: str
    seed: int


def _name(o: ObjectSpec) -> str:
    return f"the {o.color} {o.kind}"


def _say(rng: np.random.Generator, a: ObjectSpec, relation: str, b: ObjectSpec) -> tuple[str, str]:
    said = str(rng.choice(PUT)).format(a=_name(a), r=relation, b=_name(b))
    return said, f"put {_name(a)} {relation} {_name(b)}"


def _kinds(scene: SceneSpec) -> tuple[list[ObjectSpec], list[ObjectSpec]]:
    return [o for o in scene.objects if o.kind == "block"], [o for o in scene.objects if o.kind == "bowl"]


def _scene(rng: np.random.Generator, blocks: int, bowls: int, least: tuple[int, int], reach: Box | None) -> SceneSpec:
    """A scene of so many blocks and bowls; of ``least`` as many where the arm's ``reach`` has no room for more."""
    while True:
        try:
            return random_scene(rng, blocks, bowls, reach=reach)
        except ValueError:
            if (blocks, bowls) == least:
                raise
            blocks, bowls = (blocks - 1, bowls) if blocks > least[0] else (blocks, bowls - 1)


def put_one(rng: np.random.Generator, reach: Box | None = None) -> Episode:
    """ "Put the X in / on the Y" among 2 to 8 objects."""
    total = int(rng.integers(2, 9))
    bowls = int(rng.integers(0 if total > 2 else 1, min(3, total - 1) + 1)) if rng.random() < 0.7 else 1
    scene = _scene(rng, max(total - bowls, 1), bowls, (1, 1) if bowls else (2, 0), reach)
    blocks, dishes = _kinds(scene)
    a, *rest = (blocks[i] for i in rng.permutation(len(blocks)))
    use_bowl = bool(dishes) and (not rest or rng.random() < 0.5)
    said, plain = (
        _say(rng, a, "in", dishes[int(rng.integers(len(dishes)))]) if use_bowl else _say(rng, a, "on", rest[0])
    )
    return Episode(scene, said, plain)


def put_beside(rng: np.random.Generator, reach: Box | None = None) -> Episode:
    """ "Put the X to the left of the Y" and its like."""
    scene = _scene(rng, int(rng.integers(2, 5)), int(rng.integers(0, 2)), (2, 0), reach)
    blocks, dishes = _kinds(scene)
    a, *rest = (blocks[i] for i in rng.permutation(len(blocks)))
    b = [*rest, *dishes][int(rng.integers(len(rest) + len(dishes)))]
    said, plain = _say(rng, a, str(rng.choice(list(BESIDE))), b)
    return Episode(scene, said, plain)


def two_in_a_row(rng: np.random.Generator, reach: Box | None = None) -> Episode:
    """Two puts joined by "and then"."""
    scene = _scene(rng, int(rng.integers(3, 6)), int(rng.integers(1, 3)), (2, 1), reach)
    blocks, dishes = _kinds(scene)
    a, b, *rest = (blocks[i] for i in rng.permutation(len(blocks)))
    first = _say(rng, a, "in", dishes[0])
    second = _say(rng, b, "on", rest[0]) if rng.random() < 0.5 and rest else _say(rng, b, "in", dishes[-1])
    return Episode(scene, f"{first[0]} and then {second[0]}", f"{first[1]} and then {second[1]}")


def stack_three(rng: np.random.Generator, reach: Box | None = None) -> Episode:
    """A stack of three."""
    scene = _scene(rng, 3, int(rng.integers(0, 2)), (3, 0), reach)
    blocks, _ = _kinds(scene)
    a, b, c = (blocks[i] for i in rng.permutation(3))
    if rng.random() < 0.5:
        return Episode(scene, "stack all the blocks", "stack all the blocks")
    said = f"put {_name(b)} on {_name(c)} and then put {_name(a)} on {_name(b)}"
    return Episode(scene, said, said)


CELLS: dict[str, Callable[[np.random.Generator, Box | None], Episode]] = {
    "put in / on": put_one,
    "put beside": put_beside,
    "two in a row": two_in_a_row,
    "stack of three": stack_three,
}


def attempt(
    cell: str, seed: int, models: Path | None = None, sees: str = "pixels", base: int = SEED_BASE, arm: str = "panda"
) -> EpisodeResult:
    """One episode of ``cell``; the same seed gives the same episode."""
    rng, number, options = np.random.default_rng(base + seed), base + seed, Options(sees=sees, listen=False)
    errand = CELLS[cell](rng, arm_model(arm).spec.reach)
    with Session(f"sim:{arm}", errand.scene, number, models=models, options=options) as session:
        before = session.truth
        result = session.run(errand.said)
        # A robot that does not notice its success has not finished.
        ok = bool(judge(errand.plain, before, session.truth)) and result.outcome == "done"
        return EpisodeResult(ok, result.outcome, result.duration_s, errand.said, seed)

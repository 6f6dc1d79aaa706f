"""Errands with things that are neither block nor bowl, from pixels: of known families, and of an unseen one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from scipy.spatial.transform import Rotation

from sayso.hardware.types import Array, RobotSpec
from sayso.hardware.world import ObjectTruth
from sayso.perception.scene import Scene
from sayso.planner.execution.grip import FLATTEST, SPARE_M, TALLEST
from sayso.planner.plan import Verb
from sayso.planner.room import BEYOND
from sayso.session import Options, Session
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.scenes.spawn import free_spot, random_scene, spawn_area
from sayso.sim.tasks import DIRECTIONS, Truth, is_beside, is_in
from sayso.sim.things.catalog import (
    FAMILIES,
    HELD_OUT_FAMILY,
    HELD_OUT_MESHES,
    MESH_KIND,
    RANDOM_UNIT,
    Size,
    mesh_solid,
    random_mesh,
    solid_of,
    training_families,
    training_meshes,
)

SEED_BASE = 780_000_000
KNOWN = ("box", "can", "cup", "ball", "stick")
KNOWN_IN_BOWL = "known, in a bowl"
NAMED = "unseen family, by a taught name"
COLORED = "unseen family, by color"  # among two of the family
MESHES = "unseen meshes"
ANYWHERE = (NAMED, COLORED, MESHES)  # in, on and beside something by turns
CELLS = (
    KNOWN_IN_BOWL, "known, beside", "known, on a flat top", "unseen family, in a bowl", "unseen family, beside",
    "unseen family, on a flat top", COLORED, NAMED, MESHES,
)  # fmt: skip
HELD_OUT = "held out, in a bowl"  # the unseen family and unseen meshes by turns
LEARNED = "of trainings, in a bowl"  # families and meshes that trainings may see
SIDES = {"to the left of": "left", "to the right of": "right", "in front of": "front", "behind": "behind"}
THING = "thing"  # the id of the one that is to be moved
TAUGHT = "gizmo"  # the name that is taught
TOPS: dict[str, tuple[Size, Size]] = {
    "box": ((0.10, 0.10, 0.03), (0.14, 0.14, 0.06)),
    "plate": ((0.14, 0.14, 0.012), (0.20, 0.20, 0.03)),
}
"""Least and most size of what something is put on, m."""
COLORS = ("red", "orange", "yellow", "green", "blue", "purple")
RESTS_M = 0.008  # m between what rests on a top and the top
UPRIGHT = 0.9
FARTHEST_M, WELL, FREE_M = 0.22, 0.8, 0.01
"""Of a place beside something: how far at most (m), how straight (cosine), and the gap around it (m)."""
TRIES = 200  # draws after which what is put on something is alone with it
STEP_M = 0.02  # between the places that the search tries
SEEN_M = 0.03  # m within which the scene's object is the thing
Class = Literal["right", "asked", "wrong and done", "failed"]


@dataclass(frozen=True, slots=True)
class Errand:
    """What is ``said``: the thing of the ``scene`` is to come in, on or to a side of ``reference``.

    ``relation`` is "in", "on" or the side. ``taught``: the thing is called by a name that it is taught before.
    """

    scene: SceneSpec
    said: str
    reference: str
    relation: str
    taught: bool = False

    def done(self, truth: Truth) -> bool:
        """Whether the thing is there."""
        if self.relation == "in":
            return is_in(truth, THING, self.reference)
        if self.relation == "on":
            spec = next(o for o in self.scene.objects if o.id == THING)
            points = solid_of(spec.kind, spec.extents, spec.style, spec.mesh).mesh.vertices
            return rests_on(truth[THING], points, truth[self.reference])
        return is_beside(truth, THING, self.reference, self.relation)


def rests_on(thing: ObjectTruth, points: Array, base: ObjectTruth) -> bool:
    """Whether the thing's middle is over the base and its lowest point at the base's top, or in the dip of a plate.

    ``points`` (n, 3) m are its corners about its middle.
    """
    lowest = float(Rotation.from_quat(thing.quaternion).apply(points)[:, 2].min() + thing.position[2])
    low = lowest - float(base.position[2])
    x, y = Rotation.from_quat(base.quaternion).inv().apply(thing.position - base.position)[:2].tolist()
    half, top = base.size[:2] / 2, float(base.size[2] / 2)
    if base.kind == "plate":
        return base.upright > UPRIGHT and bool(np.hypot(x, y) < half[0]) and -top < low < top + RESTS_M
    return base.upright > UPRIGHT and bool(abs(x) < half[0] and abs(y) < half[1]) and abs(low - top) < RESTS_M


def errand(cell: str, seed: int, arm: str = "panda") -> Errand:
    """The errand of a cell; the same seed gives the same one. The hand can hold the thing by its truth."""
    rng = np.random.default_rng(SEED_BASE + seed)
    spec = arm_model(arm).spec
    opens = spec.gripper.width if spec.gripper else 0.0
    known, inside, on_top = cell.startswith("known"), cell.endswith("in a bowl"), cell.endswith("on a flat top")
    families = KNOWN if known else training_families() if cell == LEARNED else ()
    tries = 0
    while True:
        tries += 1
        scene = random_scene(rng, int(known), 1, reach=spec.reach)
        color = _color(rng, scene.objects)
        mesh = None
        if cell == MESHES or (cell in (HELD_OUT, LEARNED) and seed % 2):
            kind, (mesh, size) = MESH_KIND, _mesh(rng, training_meshes() if cell == LEARNED else HELD_OUT_MESHES)
        else:
            kind = str(rng.choice(families)) if families else HELD_OUT_FAMILY
            size = FAMILIES[kind].draw(rng)
        if kind == "ball":
            size = (size[0],) * 3
        if min(size[:2]) > opens - SPARE_M or not FLATTEST <= size[2] <= TALLEST:
            continue
        # What is printed on a thing of another style has colors of its own, so that it is alone with a bowl.
        plain = known or cell == COLORED
        yaw, style = float(rng.uniform(-np.pi, np.pi)), 0 if plain else int(rng.integers(1000))
        thing = _placed(rng, ObjectSpec(THING, kind, color, (0.0, 0.0), yaw, size, style, mesh), scene.objects, spec)
        if thing is None:
            continue
        bowl = inside or not known or bool(rng.random() < 0.5)
        reference = next(o for o in scene.objects if (o.kind == "bowl") == bowl)
        relation = "in" if inside else "on" if on_top else str(rng.choice(list(SIDES)))
        objects = (*scene.objects, thing)
        if cell in ANYWHERE:
            relation = ("in", "on", relation)[seed % 3]
        if cell == COLORED:
            size = FAMILIES[kind].draw(rng)
            other = _placed(rng, replace(thing, id="other", color=_color(rng, objects), size=size), objects, spec)
            if other is None:
                continue
            objects = (*objects, other)
        if relation == "on":
            if tries > TRIES:  # a small arm has no room for all of them
                objects = tuple(o for o in objects if o not in scene.objects)
            # A ball rolls off all but a plate.
            top = "plate" if kind == "ball" else str(rng.choice(list(TOPS)))
            size = tuple(rng.uniform(*TOPS[top]).tolist())
            size = (size[0], size[0], size[2]) if top == "plate" else size
            draft = ObjectSpec("base", top, _color(rng, objects), (0.0, 0.0), float(rng.uniform(-np.pi, np.pi)), size)
            base = _placed(rng, draft, objects, spec)
            if base is None:
                continue
            objects, reference = (*objects, base), base
        if relation in SIDES and not _has_place(thing, SIDES[relation], reference, objects, spec):
            continue
        name = TAUGHT if cell == NAMED else f"{color} {kind}" if known else f"{color} thing"
        if not known and cell not in (NAMED, COLORED):
            name = "thing"
        said = f"put the {name} {relation} the {reference.color} {reference.kind}"
        return Errand(SceneSpec(objects), said, reference.id, SIDES.get(relation, relation), cell == NAMED)


def _color(rng: np.random.Generator, objects: Sequence[ObjectSpec]) -> str:
    """A color that none of ``objects`` has."""
    taken = {o.color for o in objects}
    return str(rng.choice([c for c in COLORS if c not in taken]))


def _placed(
    rng: np.random.Generator, draft: ObjectSpec, objects: Sequence[ObjectSpec], spec: RobotSpec
) -> ObjectSpec | None:
    """``draft`` in a free place; None if there is none."""
    spot = free_spot(rng, list(objects), draft.radius, spec.reach)
    return None if spot is None else replace(draft, position=spot)


def _has_place(
    thing: ObjectSpec, side: str, reference: ObjectSpec, objects: Sequence[ObjectSpec], spec: RobotSpec
) -> bool:
    """Whether there is a free place on that side of the reference within the arm's reach."""
    steps = np.arange(-FARTHEST_M, FARTHEST_M, STEP_M)
    spots = np.stack([grid.ravel() for grid in np.meshgrid(steps, steps)], 1)
    along = spots @ np.array(DIRECTIONS[side])
    off = np.hypot(spots[:, 0], spots[:, 1])
    spots = spots[(along > WELL * off) & (off < FARTHEST_M)] + reference.position[:2]
    low, high = (np.array(ends) for ends in zip(*spawn_area(spec.reach), strict=True))
    spots = spots[((spots > low - BEYOND) & (spots < high + BEYOND)).all(1)]
    others = [o for o in objects if o.id != thing.id]
    gaps = np.linalg.norm(spots[:, None] - np.array([o.position[:2] for o in others]), axis=2)
    return bool((gaps > thing.radius + np.array([o.radius for o in others]) + FREE_M).all(1).any())


def _mesh(rng: np.random.Generator, numbers: Sequence[int]) -> tuple[str, Size]:
    """The file and the full extents (3,) m of one of the random meshes of these ``numbers``."""
    mesh = random_mesh(int(rng.choice(numbers)))
    x, y, z = (float(edge) * RANDOM_UNIT for edge in mesh_solid(mesh).mesh.size)
    return mesh, (x, y, z)


def attempt(cell: str, seed: int, models: Path | None = None, arm: str = "panda") -> dict[str, Any]:
    """The record of one errand: its class, what the robot said, and the first rung that failed."""
    asked = errand(cell, seed, arm)
    options = Options(listen=False, eyes=True)
    with Session(f"sim:{arm}", asked.scene, SEED_BASE + seed, models=models, options=options) as session:
        scene = session.look()
        at = session.truth[THING].position
        if asked.taught:
            session.name(min(scene.objects, key=lambda o: float(np.linalg.norm(o.position - at))).id, TAUGHT)
        result = session.run(asked.said)
        ok = asked.done(session.truth)
        steps = [(s.subtask.verb, s.outcome) for s in session.executive.supervisor.steps]
    names = _seen(scene, at)
    group = _class(ok, result.outcome)
    thing = next(o for o in asked.scene.objects if o.id == THING)
    return {
        "ok": group == "right", "class": group, "outcome": result.outcome, "seconds": round(result.duration_s, 2),
        "said": asked.said, "kind": thing.kind, "size": [round(e, 3) for e in thing.extents], "seen": names,
        "rung": "" if group == "right" else _rung(names, result.outcome, steps, ok),
        "words": result.question or result.refusal or "",
    }  # fmt: skip


def _seen(scene: Scene, at: np.ndarray) -> list[str]:
    return [o.name for o in scene.objects if float(np.hypot(*(o.position - at)[:2])) < SEEN_M]


def _class(ok: bool, outcome: str) -> Class:
    if outcome == "done":
        return "right" if ok else "wrong and done"
    return "asked" if outcome in ("asked", "refused") else "failed"


def _rung(names: Sequence[str], outcome: str, steps: Sequence[tuple[Verb, str]], ok: bool) -> str:
    """The first of the rungs seen, grounded, held, placed, noticed that was not reached."""
    if len(names) != 1:
        return "seen"
    if outcome in ("asked", "refused") and not steps:
        return "grounded"
    if not any(verb is Verb.PICK and end == "done" for verb, end in steps):
        return "held"
    return "noticed" if ok else "placed"


def figures(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How many errands end in each class, and at which rung the others fail."""
    rungs = [r["rung"] for r in records if r["rung"]]
    classes = [r["class"] for r in records]
    return {"classes": _counted(classes), "fails at": _counted(rungs)}


def _counted(names: Sequence[str]) -> dict[str, int]:
    return {name: names.count(name) for name in dict.fromkeys(names)}

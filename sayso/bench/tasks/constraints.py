"""Constraints while a task is carried out: "never touch", "keep away"; the simulator measures what came near what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sayso.bench.tasks.tabletop import Episode, put_beside, put_one
from sayso.hardware.world import ObjectTruth
from sayso.runtime.subscriber import Subscriber, Tick
from sayso.session import Options, Session
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.bullet import pybullet as p
from sayso.sim.judge import judge, wishes
from sayso.sim.physics import Physics
from sayso.sim.scenes.scene_spec import ObjectSpec
from sayso.sim.table_world import TableWorld

SEED_BASE = 760_000_000
Kind = Literal["never touch", "keep away"]
KINDS: tuple[Kind, ...] = ("never touch", "keep away")
TOUCHED = ("{task} and never touch {x}", "{task} without touching {x}", "{task}, but do not touch {x}")
AWAY = (
    "{task} and keep away from {x}", "{task} and stay {d} away from {x}",
    "{task}, and never come closer than {d} to {x}", "stay {d} away from {x} while you {task}",
)  # fmt: skip
PLAIN_M, DISTANCES_M = 0.06, (0.05, 0.08, 0.10, 0.15)
HAND_M = {"never touch": 0.0, "keep away": 0.13}
"""Room of the hand beside the thing to be picked up and beside its place: what is nearer cannot be kept away from."""
WIDTH_M = 0.04
"""Nearer to the way than this beyond the distance: the thing is in the way."""
MOVED_M, CONTACT_M = 0.005, 0.0005
GRIPPED_M = 0.002


@dataclass(frozen=True, slots=True)
class Constrained:
    """A task among other things, and the one (``x``, an id) of them that the hand stays ``distance`` m away from."""

    task: Episode
    x: str
    distance: float
    said: str


class Watcher(Subscriber):
    """Measures at every policy tick how near the hand and what it carries come to the thing ``x`` of ``physics``.

    ``nearest`` m of hand, fingers and load, ``touched`` by any part of the arm or by the load.
    """

    def __init__(self, physics: Physics, x: str, distance: float) -> None:
        self._c, self._robot, self._bodies = physics.client, physics.robot, physics.bodies
        self._x, self._distance = physics.bodies[x], distance
        tool = physics.joints[-1]
        self._hand = {j for j in range(p.getNumJoints(self._robot, physicsClientId=self._c)) if j > tool}
        self._fingers = set(physics.fingers)
        self.nearest, self.touched = np.inf, False

    def ticked(self, tick: Tick) -> None:
        """Measure."""
        reach = self._distance + 0.05
        for found in p.getClosestPoints(self._robot, self._x, reach, physicsClientId=self._c):
            gap, link = found[8], found[3]
            self.touched |= gap < CONTACT_M
            if link in self._hand:
                self.nearest = min(self.nearest, gap)
        for body in self._bodies.values():
            if body != self._x and self._carries(body):
                for found in p.getClosestPoints(body, self._x, reach, physicsClientId=self._c):
                    self.touched |= found[8] < CONTACT_M
                    self.nearest = min(self.nearest, found[8])

    def _carries(self, body: int) -> bool:
        """Whether two parts of the hand have hold of ``body`` and it stands on nothing."""
        found = p.getClosestPoints(self._robot, body, GRIPPED_M, physicsClientId=self._c)
        return len({f[3] for f in found} & self._fingers) > 1


def constrained(kind: Kind, rng: np.random.Generator, arm: str) -> Constrained:
    """A task of the tabletop suite with a thing that lies near its way and can be kept away from."""
    while True:
        distance = 0.0 if kind == "never touch" else float(rng.choice(DISTANCES_M))
        task = (put_one if rng.random() < 0.7 else put_beside)(rng, arm_model(arm).spec.reach)
        x = _near_the_way(task, distance, distance + HAND_M[kind])
        if x is None:
            continue
        form = str(rng.choice(TOUCHED if kind == "never touch" else AWAY))
        if "{d}" not in form and distance:
            distance = PLAIN_M
            if _near_the_way(task, distance, distance + HAND_M[kind]) is not x:
                continue
        said = form.format(task=task.said, x=f"the {x.color} {x.kind}", d=f"{100 * distance:.0f} cm")
        return Constrained(task, x.id, distance, said.replace("could you ", "").replace("please ", ""))


def _near_the_way(task: Episode, distance: float, apart: float) -> ObjectSpec | None:
    """The thing nearest to the straight way from the block to its place whose rim is ``apart`` m from both ends.

    None if none is so near to the way that the hand's own width would break the ``distance`` m.
    """
    objects = {o.id: o for o in task.scene.objects}
    truth = {k: ObjectTruth(o.kind, o.color, np.zeros(3), np.zeros(4), np.zeros(3)) for k, o in objects.items()}
    asked = wishes(task.plain, truth)
    assert asked is not None, task.plain
    wish = asked[0]
    a, b = objects[wish.a], objects[wish.b]
    start, end = np.array(a.position[:2]), np.array(b.position[:2])
    found = []
    for o in task.scene.objects:
        at = np.array(o.position[:2])
        ends = min(float(np.hypot(*(at - start))), float(np.hypot(*(at - end)))) - o.radius
        along = np.clip((at - start) @ (end - start) / max(float((end - start) @ (end - start)), 1e-9), 0.0, 1.0)
        if o.id not in (a.id, b.id) and ends >= apart:
            beside = float(np.hypot(*(at - start - along * (end - start)))) - o.radius
            found += [(beside, o.id)] if beside < distance + WIDTH_M else []
    return objects[min(found)[1]] if found else None


def attempt(
    kind: Kind, heeded: bool, models: Path, arm: str, seed: int, sees: str = "pixels", base: int = SEED_BASE
) -> dict[str, Any]:
    """One task under a constraint; with ``heeded`` False the same task, of which the constraint is not said.

    ok: done in truth and in the robot's belief, and nothing broken.
    """
    number, options = base + seed, Options(sees=sees, listen=False)
    case = constrained(kind, np.random.default_rng(number), arm)
    with Session(f"sim:{arm}", case.task.scene, number, models=models, options=options) as session:
        before = session.truth
        world = session.backend.world  # type: ignore[attr-defined]
        assert isinstance(world, TableWorld)
        watcher = Watcher(world.physics, case.x, case.distance)
        session.runtime.subscribe(watcher)
        result = session.run(case.said if heeded else case.task.said)
        after = session.truth
        moved = float(np.linalg.norm(after[case.x].position - before[case.x].position))
        done = bool(judge(case.task.plain, before, after)) and result.outcome == "done"
        noticed = [e.text for e in result.events if "did not keep" in e.text]
    broken = (watcher.touched or moved > MOVED_M) if kind == "never touch" else watcher.nearest < case.distance
    return {
        "ok": done and not broken, "done": done, "broken": bool(broken), "outcome": result.outcome,
        "seconds": round(result.duration_s, 2), "said": case.said, "distance_cm": round(100 * case.distance),
        "nearest_cm": round(100 * min(float(watcher.nearest), 1.0), 1), "moved_mm": round(1000 * moved, 1),
        "noticed": bool(noticed), "asks": result.question,
    }  # fmt: skip


def figures(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How many broke the constraint, were done, asked instead, and noticed what they broke."""
    ran = [r for r in records if "broken" in r]
    outcomes = sorted({r["outcome"] for r in ran})
    return {
        "broken": sum(r["broken"] for r in ran), "done": sum(r["done"] for r in ran),
        "broken and noticed": sum(r["broken"] and r["noticed"] for r in ran),
        "noticed and not broken": sum(r["noticed"] and not r["broken"] for r in ran),
        "outcomes": {k: sum(r["outcome"] == k for r in ran) for k in outcomes},
    }  # fmt: skip

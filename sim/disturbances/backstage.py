"""What a disturbance may touch: the true things, cameras and joints of a table, and the ears of the robot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sayso.hardware.types import Array
from sayso.hardware.world import ObjectTruth
from sayso.sim.bullet import pybullet as p
from sayso.sim.judge import GoalCondition, wishes
from sayso.sim.physics import OUT_OF_SIGHT, Physics
from sayso.sim.scenes.palette import COLORS
from sayso.sim.scenes.props import move_prop
from sayso.sim.scenes.scene_spec import ObjectSpec
from sayso.sim.scenes.spawn import spawn_area
from sayso.sim.table_world import TableWorld

GAP_M = 0.03
TRIES = 200
LIFT_M = 0.001  # above what a thing is put on
BEYOND_M = (0.02, 0.06)
CLOSING = 0.9  # fingers that are less open close
LIFTED_M, GRASP_M = 0.03, 0.06  # a carried thing has risen so far and is so near to the fingers


def raised(position: Array, by: float) -> Array:
    """``position`` (3,) m, ``by`` m higher."""
    return position + np.array([0.0, 0.0, by])


def with_article(color: str) -> str:
    """ "a red", "an orange"."""
    return f"{'an' if color[0] in 'aeiou' else 'a'} {color}"


def _apart(a: Array, b: Array) -> float:
    return float(np.linalg.norm(a - b))


@dataclass
class Backstage:
    """The ``table`` as it truly is, the seed's ``rng``, and ``say``, by which a bystander is heard.

    ``before`` is the truth at the start, ``wish`` the part of the instruction that is disturbed; None if the simulator
    does not understand the instruction.
    """

    table: TableWorld
    rng: np.random.Generator
    say: Callable[[str], None]
    before: Mapping[str, ObjectTruth]
    wish: GoalCondition | None = None

    @classmethod
    def of(
        cls, table: TableWorld, rng: np.random.Generator, say: Callable[[str], None], instruction: str, first: bool
    ) -> Backstage:
        """Backstage of ``instruction`` as it begins; of its ``first`` wish, or of one that the seed chooses."""
        before = table.truth()
        asked = wishes(instruction, before) or []
        wish = asked[0 if first else int(rng.integers(len(asked)))] if asked else None
        return cls(table, rng, say, before, wish)

    @property
    def physics(self) -> Physics:
        """The physics of the table."""
        return self.table.physics

    @property
    def thing(self) -> str:
        """The id of the thing that the arm is to move; of the one nearest to the hand if nobody can tell."""
        if self.wish is not None:
            return self.wish.a
        tool, truth = self.physics.tool(), self.table.truth()
        return min(truth, key=lambda name: float(np.linalg.norm(truth[name].position - tool)))

    @property
    def target(self) -> str | None:
        """The id of the thing that the other one goes to; None without one."""
        return self.wish.b if self.wish is not None and self.wish.b != self.wish.a else None

    def name(self, object_id: str) -> str:
        """The thing in words."""
        item = self.spec(object_id)
        return f"the {item.color} {item.kind}"

    def spec(self, object_id: str) -> ObjectSpec:
        """The description of the thing."""
        return next(o for o in self.physics.scene.objects if o.id == object_id)

    def others(self) -> list[str]:
        """The ids of the things that are neither the one to move nor its target, those of its kind first."""
        mine = self.spec(self.thing)
        rest = [o for o in self.physics.scene.objects if o.id not in (self.thing, self.target)]
        return [o.id for o in sorted(rest, key=lambda o: o.kind != mine.kind)]

    def carried(self) -> bool:
        """Whether the thing is off the table and near the fingers."""
        now = self.table.truth()[self.thing]
        risen = now.position[2] - self.before[self.thing].position[2] if self.thing in self.before else 0.0
        return bool(risen > LIFTED_M and self.gap() < GRASP_M + now.size[2] / 2)

    def is_grasping(self) -> bool:
        """Whether the fingers close around the thing."""
        near = GRASP_M + self.table.truth()[self.thing].size[2] / 2
        return self.gap() < near and self.table.arm.opening() < CLOSING

    def way_left(self) -> float:
        """The distance over the table from the thing to its target, m; infinite without a target."""
        if self.target is None:
            return np.inf
        truth = self.table.truth()
        return _apart(truth[self.thing].position[:2], truth[self.target].position[:2])

    def gap(self) -> float:
        """The distance from the fingers to the middle of the thing, m."""
        return _apart(self.table.truth()[self.thing].position, self.physics.tool())

    def free_spot(self, radius: float, apart: float = 0.0, near: Array | None = None, reach: float = 1.0) -> Array:
        """A free place (2,) m on the table for a thing of ``radius``, ``apart`` m from where the thing and its target
        are, and at most ``reach`` m from ``near``; where there is none, the place with the most room."""
        along, across = spawn_area(self.table.spec.reach)
        truth = self.table.truth()
        mine = [truth[name].position[:2] for name in (self.thing, self.target) if name is not None]
        taken = [(o.position[:2], self.spec(name).radius) for name, o in truth.items()]
        best, most = np.array([np.mean(along), np.mean(across)]), -np.inf
        for _ in range(TRIES):
            spot = np.array([self.rng.uniform(*along), self.rng.uniform(*across)])
            room = min((_apart(spot, at) - radius - r for at, r in taken), default=np.inf)
            close = near is None or _apart(spot, near[:2]) < reach
            if close and room > GAP_M and all(_apart(spot, at) > apart for at in mine):
                return spot
            best, most = (spot, room) if room > most else (best, most)
        return best

    def spot_out_of_reach(self, radius: float) -> Array:
        """A place (2,) m on the table in front of the arm, `BEYOND_M` and more beyond where its hand gets to."""
        lower, upper = self.table.spec.workspace.lower, self.table.spec.workspace.upper
        middle, half = (lower[1] + upper[1]) / 2, (upper[1] - lower[1]) / 2
        far = upper[0] + radius + self.rng.uniform(*BEYOND_M)
        return np.array([far, middle + self.rng.uniform(-0.5, 0.5) * half])

    def put(self, object_id: str, foot: Array, yaw: float | None = None) -> None:
        """Put a thing so that it stands with its foot at ``foot`` (3,) m."""
        item = self.spec(object_id)
        turn = float(self.rng.uniform(-np.pi, np.pi)) if yaw is None else yaw
        self.physics.place(object_id, raised(foot, item.extents[2] / 2 + LIFT_M), turn)

    def new_id(self) -> str:
        """An id that no thing has."""
        return next(name for k in range(1, 99) if (name := f"x{k}") not in self.physics.bodies)

    def new_color(self) -> str:
        """A color that no thing on the table has; where all are taken, another than the thing's."""
        there = {o.color for o in self.physics.scene.objects}
        free = [color for color in COLORS if color not in there]
        return str(self.rng.choice(free or [color for color in COLORS if color != self.spec(self.thing).color]))

    def friction(self, object_id: str) -> float:
        """The friction of a thing."""
        return float(p.getDynamicsInfo(self.physics.bodies[object_id], -1, physicsClientId=self.physics.client)[1])

    def set_grip(self, object_id: str, grips: bool) -> None:
        """Whether the arm's links touch a thing; PyBullet keeps a contact's friction as long as it lasts."""
        robot, body, c = self.physics.robot, self.physics.bodies[object_id], self.physics.client
        for link in range(-1, p.getNumJoints(robot, physicsClientId=c)):
            p.setCollisionFilterPair(robot, body, link, -1, int(grips), physicsClientId=c)

    def set_dynamics(self, object_id: str, **values: float) -> None:
        """Change mass or friction of a thing, as PyBullet names them."""
        p.changeDynamics(self.physics.bodies[object_id], -1, physicsClientId=self.physics.client, **values)

    def put_away(self, prop: int) -> None:
        """Put a prop out of sight."""
        move_prop(self.physics.client, prop, np.array(OUT_OF_SIGHT))

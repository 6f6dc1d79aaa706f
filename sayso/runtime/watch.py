"""The watch over a plan's constraints: bends the motion to obey them, and notices what is broken all the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from sayso.hardware.arms.half_turn import quarter_turn
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import Array, Box, RobotSpec
from sayso.perception.scene import KINDS, Scene, SceneObject
from sayso.planner.checks.preconditions import CONTAINERS
from sayso.planner.execution.goal import LostObject, subtask_goal
from sayso.planner.plan import Plan, Question, Subtask
from sayso.planner.watch.constraint import Constraint
from sayso.planner.watch.detour import Detour
from sayso.planner.watch.evidence import Evidence
from sayso.planner.watch.moment import Moment
from sayso.planner.watch.monitor import Monitor
from sayso.skills.features import Observation, Proprioception
from sayso.skills.hand_shape import HandShape, Keepout, nearest
from sayso.skills.keep_clear import kept_clear
from sayso.skills.motion import LanguageMotion
from sayso.skills.policy import ActionChunk

CEILING_M = 0.05
"""The tool stays so far below the top of the arm's workspace."""
ROOM_M = 0.025
"""Free places leave so much more room around a thing to be kept clear of: the hand opens there."""


class Watch:
    """Holds the constraints of the present plan; one that the person lets go of is ``waived``.

    ``earlier``: the policy is from before grasps, and turns to the nearest edge of a block whatever the goal says.
    """

    def __init__(self, spec: RobotSpec, earlier: bool = False) -> None:
        self._spec, self._kinematics, self._earlier = spec, Kinematics(spec), earlier
        self.forget()

    def forget(self) -> None:
        """No constraints: a new instruction."""
        self.monitor = Monitor(())
        self.waived: set[str] = set()
        self.asks: Question | None = None
        self._doubted: Constraint | None = None
        self._start: Mapping[str, Array] = {}
        self._evidence: Evidence | None = None
        self._last: tuple[float, Array] | None = None
        self._heeds: dict[str, float] = {}

    @cached_property
    def _shape(self) -> HandShape:
        """Read with the first constraint: the arm's meshes take 0.3 s."""
        return HandShape(self._spec)

    @cached_property
    def _detour(self) -> Detour:
        return Detour(self._shape, self._spec.gripper, float(self._spec.workspace.upper[2]) - CEILING_M)

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """Those in force."""
        return self.monitor.constraints

    @property
    def pace(self) -> float | None:
        """The largest fraction of the usual speed that the constraints allow."""
        return min((c.pace for c in self.constraints if c.pace is not None), default=None)

    @property
    def heeds(self) -> Mapping[str, float]:
        """The distance (m) that the hand keeps from objects by id."""
        return dict(self._heeds)

    @property
    def spare(self) -> dict[str, float]:
        """The room (m) to leave around objects by id when a free place is chosen."""
        return {i: distance + ROOM_M for i, distance in self._heeds.items()}

    def take(self, plan: Plan, scene: Scene) -> None:
        """Hold the constraints of ``plan`` from now on; those that held before are watched on."""
        if (self.asks is not None) and self._doubted is not None:
            self.waived.add(self._doubted.said)  # asked about, and the same plan came back
        self.asks = self._doubted = None
        self._hold(plan.constraints, scene)

    def waive(self, constraint: Constraint, scene: Scene) -> None:
        """The person lets go of ``constraint`` until the next instruction."""
        self.waived.add(constraint.said)
        self._hold(self.constraints, scene)

    def _hold(self, constraints: Sequence[Constraint], scene: Scene) -> None:
        wanted = tuple(c for c in constraints if c.said not in self.waived)
        if wanted != self.constraints:
            self.monitor = Monitor(wanted)
            self._start, self._evidence = {o.id: o.position for o in scene.objects}, Evidence(scene)
            self._last = None
        self._heeds = {}
        for clear in (clear for c in wanted for clear in c.clear):
            self._heeds[clear.id] = max(clear.distance, self._heeds.get(clear.id, 0.0))

    def doubt(
        self, steps: Sequence[Subtask], scene: Scene, anchors: Mapping[str, Array], reach: Box | None, instruction: str
    ) -> Question | None:
        """The question about the first of ``steps`` that cannot be done under the constraints; None if all can."""
        if not self._heeds:
            return None
        begun: set[str] = set()
        for i, step in enumerate(steps):
            try:
                anchor = anchors.get(step.object_id)
                goal = subtask_goal(step, scene, anchor, reach, steps[i + 1 :], self.spare, self._spec.gripper)
            except LostObject:
                continue
            if self._earlier and (thing := scene.find(step.object_id)) is not None and thing.kind in KINDS:
                goal = replace(goal, yaw=scene.tool.yaw + quarter_turn(goal.yaw, scene.tool.yaw))
            is_again = goal.place is None and (goal.held or step.object_id in begun)
            begun.add(step.object_id)
            item = scene.find(step.object_id)
            if is_again or item is None:
                continue
            found = self._detour.gap(scene.tool, goal, item, self._keepouts(scene))
            if found is not None:
                return self._asked(step, *found, scene, instruction)
        return None

    def _asked(self, step: Subtask, gap: float, thing: Keepout, scene: Scene, instruction: str) -> Question:
        self._doubted = next(c for c in self.constraints if any(k.id == thing.id for k in c.clear))
        item = scene.find(thing.id)
        near = f"as near as {100 * gap:.0f} cm to" if gap > 0.005 else "against"
        self.asks = Question(
            f"You said: {self._doubted.said}. To {step} my hand would have to come {near} "
            f"the {item.name if item is not None else thing.id}. Shall I do it all the same?",
            ("yes", "no"), (instruction, ""),
        )  # fmt: skip
        return self.asks

    def look(self, scene: Scene, body: Proprioception, now: float, is_at_pace: bool) -> str | None:
        """What of the constraints is broken by now, in a sentence; None if all hold.

        ``is_at_pace``: whether the speed is the plan's, not a spoken one.
        """
        evidence = self._evidence
        if not self.constraints or evidence is None:
            return None
        at, self._last = self._last, (now, body.tool.position)
        hand = self._shape.points(body.tool, _load(scene))
        evidence.see(scene, hand)
        proved = evidence.scene
        gaps = {k.id: nearest(hand, k).gap for k in self._keepouts(proved)}
        moved = 0.0 if at is None or not is_at_pace else float(np.linalg.norm(body.tool.position - at[1]))
        speed = 0.0 if at is None or now <= at[0] else moved / (now - at[0])
        broken = self.monitor.step(Moment(proved, gaps, speed, self._start, reached=evidence.reached))
        return None if broken is None else f"You said: {broken.said}. I did not keep to that, so I stopped."

    def again(self, scene: Scene) -> None:
        """Watch what was broken anew from ``scene`` on."""
        self._start, self._evidence = {o.id: o.position for o in scene.objects}, Evidence(scene)
        self.monitor.again()

    # Called by the runtime ---------------------------------------------------------------------------------------

    def motion(self, motion: LanguageMotion, observation: Observation, scene: Scene) -> LanguageMotion:
        """``motion``, or that of a detour."""
        if not self._heeds:
            return motion
        keepouts = self._keepouts(scene)
        return self._detour.motion(observation.body.tool, observation.goal, _load(scene), keepouts) or motion

    def chunk(self, chunk: ActionChunk, body: Proprioception, scene: Scene) -> ActionChunk:
        """``chunk``, held clear of the things of the constraints."""
        if not self._heeds:
            return chunk
        hand = self._shape.points(body.tool, _load(scene))
        jacobian = self._kinematics.jacobian(body.position)
        return kept_clear(chunk, body.tool, jacobian, hand, self._keepouts(scene))

    def _keepouts(self, scene: Scene) -> list[Keepout]:
        return [
            Keepout.of(thing, distance, thing.kind in CONTAINERS)
            for i, distance in self._heeds.items()
            if (thing := scene.find(i)) is not None and not thing.held
        ]


def _load(scene: Scene) -> SceneObject | None:
    return next((o for o in scene.objects if o.held), None)

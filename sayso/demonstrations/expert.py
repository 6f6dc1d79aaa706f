"""The expert: the teacher's answer under any motion in any state; for labels only, never on the run path."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from sayso.hardware.arms.differential_ik import DifferentialIK, LocalInverse
from sayso.hardware.types import Array, RobotSpec
from sayso.sim.teacher import GAIN, LIFT_HEIGHT, Arm, Command, in_hand, teach
from sayso.skills.features import Proprioception
from sayso.skills.goal import SubtaskGoal
from sayso.skills.labels import WINDOW_S, label
from sayso.skills.motion import ANGULAR_SPEED, LINEAR_SPEED, SPEED_SCALE, GripperAction, LanguageMotion

TABLE_GAP = 0.004
EDGE_M = 0.03
ALIGNED = 0.9
EASED = float(1 - np.exp(-GAIN * WINDOW_S))


class Expert:
    """The teacher with its inverse kinematics, under its own motion or under any other."""

    def __init__(self, spec: RobotSpec) -> None:
        self._ik = DifferentialIK(spec)
        self._last: tuple[Proprioception, LocalInverse] | None = None
        self._box = (spec.workspace.lower.tolist(), spec.workspace.upper.tolist())
        lift = float(spec.reach.upper[2]) if spec.reach else LIFT_HEIGHT
        self.arm = Arm(spec.gripper.fingertip, spec.gripper.width, lift) if spec.gripper else Arm(0.0, lift=lift)

    def command(self, body: Proprioception, goal: SubtaskGoal) -> Command:
        """The teacher's free command."""
        return teach(body, goal, self.arm)

    def motion(self, body: Proprioception, command: Command) -> LanguageMotion:
        """The teacher's command in words: the labelling rule on the displacement it is about to make."""
        twist = command.twist
        # Near its end a proportional approach covers v/k; at cruising speed the whole window counts.
        reach = []
        for part, top in ((twist[:3], LINEAR_SPEED), (twist[3:], ANGULAR_SPEED)):
            ease = min(max((sqrt(part.dot(part)) / top - 0.75) / 0.3, 0.0), 1.0)
            reach += [(1 - ease) * EASED / GAIN + ease * WINDOW_S] * 3
        change = 0.0
        if command.closed and (not body.closing or body.rate < -0.02):
            change = -1.0
        elif not command.closed and (body.closing or body.rate > 0.02):
            change = 1.0
        return label(twist * reach, change)

    def follow(
        self, body: Proprioception, goal: SubtaskGoal, command: Command, own: LanguageMotion, motion: LanguageMotion
    ) -> Command:
        """The command under ``motion``; ``command`` is the teacher's free one, ``own`` its motion.

        If the motions agree: the teacher's command, scaled by the motion's speed. Else: the motion's nominal twist,
        limited before the table, the grasp and the walls.
        """
        if motion.is_hold:
            return Command(np.zeros(6), body.closing)
        if motion is own or (motion.gripper is own.gripper and self._agree(motion, own, command)):
            return Command(command.twist * SPEED_SCALE[motion.speed], command.closed)
        closed = {GripperAction.KEEP: body.closing, GripperAction.OPEN: False, GripperAction.CLOSE: True}[
            motion.gripper
        ]
        twist, tool = motion.twist().tolist(), body.tool.position.tolist()
        twist[2] = max(twist[2], -GAIN * max(tool[2] - self._lowest(body, goal), 0.0))
        for i, (lower, upper) in enumerate(zip(*self._box, strict=True)):
            if twist[i] > 0:
                twist[i] *= min(max((upper - tool[i] - 0.01) / EDGE_M, 0.0), 1.0)
            elif i < 2:  # below, the table ends the way
                twist[i] *= min(max((tool[i] - lower - 0.01) / EDGE_M, 0.0), 1.0)
        return Command(np.array(twist), closed)

    @staticmethod
    def _agree(motion: LanguageMotion, own: LanguageMotion, command: Command) -> bool:
        said_ways, own_ways = {(s.axis, s.sign) for s in motion.steps}, {(s.axis, s.sign) for s in own.steps}
        if said_ways == own_ways:
            return True
        if any(axis > 2 for axis, _ in said_ways ^ own_ways):
            return False
        said, meant = motion.twist()[:3], command.twist[:3]
        far = sqrt(meant.dot(meant))
        size = sqrt(said.dot(said)) * far
        return bool(far > 0.03 and size > 0 and said @ meant > ALIGNED * size)

    def _lowest(self, body: Proprioception, goal: SubtaskGoal) -> float:
        """The lowest allowed tool height (m): grasp, place, or table below the held object."""
        tool = body.tool.position
        low = self.arm.fingertip + TABLE_GAP + 0.002
        if in_hand(body, goal, self.arm):
            hang = tool[2] - goal.bottom
            low = max(low, hang + TABLE_GAP)
            if goal.place is not None:
                drop = goal.place[:2] - goal.position[:2]
                if float(np.hypot(drop[0], drop[1])) < 0.04:
                    low = max(low, goal.place[2] + hang + 0.003)
        elif float(np.hypot(*(goal.position - tool)[:2])) < 0.04:
            low = max(low, min(goal.position[2], tool[2]))
        return low

    def joint_velocities(self, body: Proprioception, commands: Sequence[Command]) -> Array:
        """The arm's joint velocities (k, n) rad/s for each command; without a twist no joint moves."""
        return self._answers(self._near(body), np.array([[c.twist for c in commands]]))[0]

    def steps(self, body: Proprioception, twists: Array) -> Array:
        """Joint velocities (m, n) rad/s that move the tool with each of ``twists`` (m, 6), no twist together with
        another: what `joint_velocities` answers for a single command, to the last digit."""
        return self._answers(self._near(body), twists[:, None])[:, 0]

    def velocities_at(self, bodies: Sequence[Proprioception], commands: Sequence[Sequence[Command]]) -> Array:
        """Joint velocities (m, k, n) rad/s: `joint_velocities` of m bodies at once, of k commands each."""
        local = self._ik.around(np.array([b.position for b in bodies]), [b.tool for b in bodies])
        return self._answers(local, np.array([[c.twist for c in asked] for asked in commands]))

    def _near(self, body: Proprioception) -> LocalInverse:
        if self._last is None or self._last[0] is not body:
            self._last = body, self._ik.around(body.position[None], [body.tool])
        return self._last[1]

    def _answers(self, local: LocalInverse, twists: Array) -> Array:
        return self._ik.answers(local, twists) * twists.any(axis=-1, keepdims=True)

"""The expert: what the best arm would do under any motion in any state; asked for labels, never on the run path."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array, RobotSpec
from sayso.sim.ik import DifferentialIK
from sayso.sim.teacher import GAIN, LIFT_HEIGHT, Command, Goal, Hand, in_hand, teach
from sayso.skills.features import Proprioception
from sayso.skills.goal import SubtaskGoal
from sayso.skills.labels import WINDOW_S, label
from sayso.skills.motion import ANGULAR_SPEED, LINEAR_SPEED, SPEED_SCALE, GripperAction, LanguageMotion

TABLE_GAP = 0.004
EDGE_M = 0.03
ALIGNED = 0.9


def teacher_goal(goal: SubtaskGoal) -> Goal:
    """The goal in the teacher's terms."""
    return Goal(goal.position, goal.size, goal.yaw, goal.place, goal.tolerance, goal.clearance)


def hand_of(body: Proprioception) -> Hand:
    """The hand in the teacher's terms."""
    return Hand(body.tool, body.opening, body.rate, body.closing)


class Expert:
    """The teacher with its inverse kinematics, under its own motion or under any other."""

    def __init__(self, spec: RobotSpec) -> None:
        self._spec = spec
        self._ik = DifferentialIK(spec)
        self._tip = spec.gripper.fingertip if spec.gripper else 0.0
        self.lift = float(spec.reach.upper[2]) if spec.reach else LIFT_HEIGHT

    def command(self, body: Proprioception, goal: SubtaskGoal) -> Command:
        """What the teacher would do, with no motion said."""
        return teach(hand_of(body), teacher_goal(goal), self._tip, self.lift)

    def motion(self, body: Proprioception, command: Command) -> LanguageMotion:
        """The teacher's command in words: the labelling rule on the displacement it is about to make."""
        speed = np.array(
            [np.linalg.norm(command.twist[:3]) / LINEAR_SPEED, np.linalg.norm(command.twist[3:]) / ANGULAR_SPEED]
        )
        # Near its end a proportional approach covers v/k; at cruising speed the whole window counts.
        ease = np.clip((speed - 0.75) / 0.3, 0.0, 1.0)
        reach = (1 - ease) * (1 - np.exp(-GAIN * WINDOW_S)) / GAIN + ease * WINDOW_S
        change = 0.0
        if command.closed and (not body.closing or body.rate < -0.02):
            change = -1.0
        elif not command.closed and (body.closing or body.rate > 0.02):
            change = 1.0
        return label(command.twist * np.repeat(reach, 3), change)

    def follow(
        self, body: Proprioception, goal: SubtaskGoal, command: Command, own: LanguageMotion, motion: LanguageMotion
    ) -> Command:
        """What to do under ``motion`` when the teacher itself would do ``command``, in words ``own``.

        Where the motion says what the teacher would do anyway, its exact command: the motion says which way, the
        policy knows how far. Elsewhere the motion's nominal twist, short of the table, the grasp and the walls.
        """
        if motion.is_hold:
            return Command(np.zeros(6), body.closing)
        if motion.gripper is own.gripper and self._agree(motion, own, command):
            return Command(command.twist * SPEED_SCALE[motion.speed], command.closed)
        closed = {GripperAction.KEEP: body.closing, GripperAction.OPEN: False, GripperAction.CLOSE: True}[
            motion.gripper
        ]
        twist = motion.twist()
        tool = body.tool.position
        twist[2] = max(twist[2], -GAIN * max(tool[2] - self._lowest(body, goal), 0.0))
        box = self._spec.workspace
        room_up, room_down = (box.upper - tool - 0.01) / EDGE_M, (tool - box.lower - 0.01) / EDGE_M
        twist[:2] = np.where(
            twist[:2] > 0, twist[:2] * np.clip(room_up[:2], 0, 1), twist[:2] * np.clip(room_down[:2], 0, 1)
        )
        twist[2] = twist[2] * float(np.clip(room_up[2], 0, 1)) if twist[2] > 0 else twist[2]
        return Command(twist, closed)

    @staticmethod
    def _agree(motion: LanguageMotion, own: LanguageMotion, command: Command) -> bool:
        if {(s.axis, s.sign) for s in motion.steps} == {(s.axis, s.sign) for s in own.steps}:
            return True
        said, meant = motion.twist()[:3], command.twist[:3]
        turning = {(s.axis, s.sign) for s in motion.steps if s.axis > 2} == {
            (s.axis, s.sign) for s in own.steps if s.axis > 2
        }
        size = np.linalg.norm(said) * np.linalg.norm(meant)
        return bool(turning and np.linalg.norm(meant) > 0.03 and size > 0 and said @ meant > ALIGNED * size)

    def _lowest(self, body: Proprioception, goal: SubtaskGoal) -> float:
        """The lowest height (m) of the tool here: the grasp, the place, the table under what is held."""
        tool = body.tool.position
        low = self._tip + TABLE_GAP + 0.002
        held = in_hand(hand_of(body), teacher_goal(goal))
        if held:
            hang = tool[2] - (goal.position[2] - goal.size[2] / 2)
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
        twists = np.stack([c.twist for c in commands])
        return self._ik.velocities(body.position, body.tool, twists) * np.any(twists, axis=1, keepdims=True)

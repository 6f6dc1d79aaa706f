"""Ground truth as a `Scene` and as a perception, for demonstrations, labels and benchmarks only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from sayso.hardware.types import Array, Frame, GripperSpec, JointState, Pose, RobotSpec
from sayso.hardware.world import ObjectTruth
from sayso.perception.grasps.by_shape import RIMMED, WALL
from sayso.perception.scene import Scene, SceneObject
from sayso.skills.features import OpeningRate, Proprioception, opening_of
from sayso.skills.policy import POLICY_HZ

GONE_M = -0.5  # what a disturbance has taken away lies lower


def true_scene(
    truth: Mapping[str, ObjectTruth],
    t: float,
    tool: Pose,
    gripper: float,
    held: str | None = None,
    noise: Mapping[str, Array] | None = None,
) -> Scene:
    """The scene of true poses; ``noise`` (4,) m and rad is added to an object's position and yaw."""
    objects = []
    for name, item in truth.items():
        position, yaw = item.position, item.yaw
        if noise is not None and name in noise:
            position, yaw = position + noise[name][:3], yaw + float(noise[name][3])
        objects.append(
            SceneObject(
                id=name,
                kinds={item.kind: 1.0},
                colors={item.color: 1.0},
                position=position,
                size=item.size,
                yaw=yaw,
                held=name == held,
            )
        )
    return Scene(t, tuple(objects), tool, gripper, held)


EMPTY_M = 0.002  # an empty hand closes farther
NEAR_M = 0.012
END_M = 0.015  # beyond the ends of a block
RIM = 0.6  # of a vessel's radius, beyond which the fingers are at its wall


def in_hand(hand: Proprioception, item: SceneObject, gripper: GripperSpec) -> bool:
    """Whether the fingers hold ``item``: closing, stalled at no more than its width, with it between them."""
    if not hand.closing or hand.rate <= -0.05:
        return False
    if item.kind == "block":
        x, y, z = np.abs(item.position - hand.tool.position).tolist()
        return bool(
            item.width - 0.014 < hand.opening < item.width + 0.012 and max(x, y) < 0.03 and z < item.size[2] / 2 + END_M
        )
    c, s = np.cos(item.yaw), np.sin(item.yaw)
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    at = (hand.tool.position - item.position) @ turn
    if (np.abs(at) > item.size / 2 + NEAR_M).any():
        return False
    line = hand.tool.rotation[:, gripper.closing_axis or 0] @ turn
    width = float(np.min(item.size[:2] / np.maximum(np.abs(line[:2]), 1e-6)))
    if item.kind in RIMMED and np.hypot(*at[:2]) > RIM * item.size[:2].min() / 2:
        width = max(WALL, float(item.size[2]) if item.kind == "ring" else 0.0)
    elif width > gripper.width:  # the fingers are inside it
        return False
    return EMPTY_M < hand.opening < width + min(0.012, 0.4 * max(gripper.width - width, 0.0))


class GroundTruthPerception:
    """A `sayso.perception.pipeline.Perception` of the true object poses from ``truth``, called once per policy tick.

    ``noise`` as in `true_scene`. With ``feels`` the held object is inferred from the fingers, as by the tracker. While
    ``off`` (3,) m is set, everything but the held object is seen so far beside where it is: a camera stands askew.
    """

    off: Array | None = None

    def __init__(
        self, spec: RobotSpec, truth: Callable[[], Mapping[str, ObjectTruth]],
        noise: Mapping[str, Array] | None = None, feels: bool = True,
    ) -> None:  # fmt: skip
        self._spec, self._truth, self._noise, self._feels = spec, truth, noise, feels
        self._rate = OpeningRate(1 / POLICY_HZ)

    def update(self, state: JointState, tool: Pose, closing: bool) -> Scene:
        """The true scene."""
        truth = {name: o for name, o in self._truth().items() if o.position[2] > GONE_M}
        if not self._feels:
            return true_scene(truth, state.t, tool, state.gripper, noise=self._noise)
        opening = opening_of(self._spec, state)
        hand = Proprioception(state.position, state.position, tool, opening, self._rate.update(opening), closing)
        held, noise = None, self._noise
        if closing and self._spec.gripper is not None:  # an open hand holds nothing
            there = true_scene(truth, state.t, tool, state.gripper).objects
            hands = [o for o in there if in_hand(hand, o, self._spec.gripper)]
            # Fingers that hold a block over a bowl are at the bowl's wall, too.
            held = min(hands, key=lambda o: float(np.linalg.norm(o.position - tool.position))).id if hands else None
        if self.off is not None:
            noise = {name: np.append(self.off, 0.0) for name in truth if name != held}
        return true_scene(truth, state.t, tool, state.gripper, held, noise)

    def observe(self, state: JointState, tool: Pose, closing: bool) -> Scene:
        """The same as `update`."""
        return self.update(state, tool, closing)

    def reset(self) -> None:
        """Reset the gripper's opening rate."""
        self._rate = OpeningRate(1 / POLICY_HZ)

    def show(self) -> None:
        """Does nothing: there are no cameras."""

    def subscribe(self, on_frame: Callable[[Frame], None]) -> None:
        """The truth reads no frames."""

    def unsubscribe(self, on_frame: Callable[[Frame], None]) -> None:
        """The truth reads no frames."""

    def close(self) -> None:
        """Nothing to release."""

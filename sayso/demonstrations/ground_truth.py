"""Ground truth as a `Scene` and as a perception, for demonstrations, labels and benchmarks only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from sayso.hardware.types import Array, Frame, JointState, Pose, RobotSpec
from sayso.hardware.world import ObjectTruth
from sayso.perception.scene import Scene, SceneObject
from sayso.sim.teacher import in_hand
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
        there = truth.items() if closing else ()  # an open hand holds nothing
        held = next((name for name, o in there if in_hand(hand, o)), None)
        noise = self._noise
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

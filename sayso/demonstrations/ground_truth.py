"""The simulator's truth as a `Scene` and as a perception: for demonstrations, labels and benchmarks alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sayso.hardware.types import Array, Frame, JointState, Pose, RobotSpec
from sayso.hardware.world import ObjectTruth
from sayso.perception.scene import Scene, SceneObject
from sayso.sim.teacher import Goal, Hand, in_hand
from sayso.skills.action_chunk import POLICY_HZ
from sayso.skills.features import OpeningRate, opening_of


def true_scene(
    truth: Mapping[str, ObjectTruth],
    t: float,
    tool: Pose,
    gripper: float,
    held: str | None = None,
    noise: Mapping[str, Array] | None = None,
) -> Scene:
    """The scene as perfect perception would give it; ``noise`` adds (4,) m and rad to an object's position and yaw."""
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
    """What ``truth`` says of a world's objects as a `sayso.perception.pipeline.Perception`; asked once a policy tick.

    ``noise`` is that of `true_scene`; what is held is judged from the fingers, as a tracker would, if it ``feels``.
    """

    def __init__(
        self, spec: RobotSpec, truth: Callable[[], Mapping[str, ObjectTruth]],
        noise: Mapping[str, Array] | None = None, feels: bool = True,
    ) -> None:  # fmt: skip
        self._spec, self._truth, self._noise, self._feels = spec, truth, noise, feels
        self._rate = OpeningRate(1 / POLICY_HZ)

    def update(self, state: JointState, tool: Pose, closing: bool) -> Scene:
        """The true scene."""
        truth = self._truth()
        if not self._feels:
            return true_scene(truth, state.t, tool, state.gripper, noise=self._noise)
        opening = opening_of(self._spec, state)
        hand = Hand(tool, opening, self._rate.update(opening), closing)
        there = truth.items() if closing else ()  # an open hand holds nothing
        held = next((name for name, o in there if in_hand(hand, Goal(o.position, o.size, o.yaw))), None)
        return true_scene(truth, state.t, tool, state.gripper, held, self._noise)

    def observe(self, state: JointState, tool: Pose, closing: bool) -> Scene:
        """The same as `update`: the truth needs no second look."""
        return self.update(state, tool, closing)

    def reset(self) -> None:
        """Forget how fast the hand opened."""
        self._rate = OpeningRate(1 / POLICY_HZ)

    def subscribe(self, on_frame: Callable[[Frame], None]) -> None:
        """The truth reads no frames."""

    def unsubscribe(self, on_frame: Callable[[Frame], None]) -> None:
        """The truth reads no frames."""

    def close(self) -> None:
        """Nothing to release."""

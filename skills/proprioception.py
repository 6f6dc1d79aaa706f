"""Proprioception from joint readings."""

from __future__ import annotations

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import Array, JointState, RobotSpec
from sayso.skills.features import OpeningRate, Proprioception, opening_of
from sayso.skills.policy import POLICY_HZ
from sayso.skills.posture import posture_of


class ProprioceptionEstimator:
    """Converts joint states to `Proprioception`, once a policy tick."""

    def __init__(self, spec: RobotSpec) -> None:
        self._spec = spec
        self._kinematics = Kinematics(spec)
        self._posture = posture_of(spec)
        self._rate = OpeningRate(1 / POLICY_HZ)

    def sense(self, state: JointState, command: Array, closing: bool) -> Proprioception:
        """Proprioception now; ``command`` (n,) rad and ``closing`` are the last commands."""
        opening = opening_of(self._spec, state)
        tool = self._kinematics.forward(state.position)
        return Proprioception(
            state.position, command, tool, opening, self._rate.update(opening), closing, self._posture
        )

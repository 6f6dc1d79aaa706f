"""Maps an arm whose base stands above or below the table to the same arm on the table, on which models are trained."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import Array, RobotSpec
from sayso.skills.features import Observation
from sayso.skills.motion import LanguageMotion
from sayso.skills.policy import ActionChunk, Policy

AHEAD_S = 0.02


class Posture:
    """Converts joint positions between an arm and the same arm on the table with its tool in the same place.

    Both conversions depend on the joint positions alone, so that the null space of a 7-joint arm accumulates no drift.
    """

    def __init__(self, spec: RobotSpec) -> None:
        self._own, self._alike = Kinematics(spec), Kinematics(replace(spec, base_height=0.0))

    def standing(self, position: Array) -> Array:
        """Joint positions (n,) rad of the arm on the table for those of this arm."""
        return self._alike.reach(self._own.forward(position), position)

    def own(self, standing: Array) -> Array:
        """Joint positions (n,) rad of this arm for those of the arm on the table."""
        return self._own.reach(self._alike.forward(standing), standing)

    def velocities(self, position: Array, velocities: Array) -> Array:
        """Joint velocities (k, n) rad/s of the arm on the table for those of this arm at ``position`` (n,) rad."""
        here = self.standing(position)
        return np.array([(self.standing(position + AHEAD_S * v) - here) / AHEAD_S for v in velocities])


def posture_of(spec: RobotSpec) -> Posture | None:
    """The posture of an arm; None if its base stands on the table."""
    return Posture(spec) if spec.base_height else None


class StandingPolicy:
    """Runs a ``policy`` trained on the table with an arm whose base stands higher or lower."""

    def __init__(self, policy: Policy, posture: Posture) -> None:
        self._policy, self._posture = policy, posture

    def act(self, observation: Observation, motion: LanguageMotion, now: float, start: Array) -> ActionChunk:
        """The chunk from ``start`` (n,) rad."""
        chunk = self._policy.act(observation, motion, now, self._posture.standing(start))
        first, last = self._posture.own(chunk.positions[0]), self._posture.own(chunk.positions[-1])
        share = (np.array(chunk.times) - chunk.times[0])[:, None] / (chunk.times[-1] - chunk.times[0])
        return ActionChunk(chunk.times, start + share * (last - first), chunk.closed, chunk.expires)


def standing_policy(policy: Policy, spec: RobotSpec) -> Policy:
    """``policy`` for the arm of ``spec``, at its base height."""
    posture = posture_of(spec)
    return policy if posture is None else StandingPolicy(policy, posture)

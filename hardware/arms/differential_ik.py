"""Differential inverse kinematics with a unique solution everywhere, so that a teacher with it can be learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import Array, Pose, RobotSpec

DAMPING = 0.03
POSTURE_GAIN = 0.8
UPRIGHT_GAIN = 3.0
# An arm with fewer than six joints cannot reach every orientation: position has priority.
ORIENTATION_WEIGHT = 0.35


@dataclass(frozen=True, slots=True)
class LocalInverse:
    """The inverse kinematics around m joint positions: weighted Jacobians and their damped inverses (m, 6, n), the
    pull (m, 1, n) rad/s towards home, the twist (m, 1, 6) which that makes, the turn (m, 1, 2) rad/s to the vertical.
    """

    jacobian: Array
    inverse: Array
    pull: Array
    drift: Array
    lean: Array


class DifferentialIK:
    """Tool twist to joint velocity by damped least squares, with a pull toward the home posture in the null space.

    Damped least squares: Wampler 1986; the posture term: Liégeois 1977.
    """

    def __init__(self, spec: RobotSpec) -> None:
        self._kinematics = Kinematics(spec)
        self._home, self._limit = spec.home, spec.velocity * 0.8
        self._weight = np.array([1.0, 1.0, 1.0, *[ORIENTATION_WEIGHT] * 3])
        self._damping = DAMPING**2 * np.eye(6)

    def velocities(self, q: Array, tool: Pose, twists: Array) -> Array:
        """Joint velocities (k, n) rad/s for tool ``twists`` (k, 6), m/s and rad/s, base frame.

        About axes without a requested rotation, the hand's z axis is returned to the vertical. Each result is scaled
        as a whole to 80 % of the joints' velocity limits.
        """
        return self.answers(self.around(q[None], [tool]), twists[None])[0]

    def around(self, q: Array, tools: Sequence[Pose]) -> LocalInverse:
        """What `answers` needs to know of joint positions ``q`` (m, n) rad with their tool poses."""
        jacobian = np.array([self._kinematics.jacobian(position) for position in q]) * self._weight[:, None]
        inverse = np.linalg.solve(jacobian @ jacobian.transpose(0, 2, 1) + self._damping, jacobian)
        pull = POSTURE_GAIN * (self._home - q)
        # The tool's z axis crossed with straight down.
        lean = UPRIGHT_GAIN * np.array([[[-tool.rotation[1, 2], tool.rotation[0, 2]]] for tool in tools])
        drift = (jacobian @ pull[:, :, None]).transpose(0, 2, 1)
        return LocalInverse(jacobian, inverse, pull[:, None], drift, lean)

    def answers(self, local: LocalInverse, twists: Array) -> Array:
        """The joint velocities (m, k, n) rad/s of `velocities` for k ``twists`` (m, k, 6) at each of m places.

        Around a single place m sets of twists are answered, too.
        """
        wanted = np.array(twists, dtype=np.float64)
        turns = wanted[..., 3:5]
        turns += np.where(np.abs(turns) < 1e-6, local.lean, 0.0)
        dq = (wanted * self._weight - local.drift) @ local.inverse + local.pull
        return np.asarray(dq / np.maximum(1.0, (np.abs(dq) / self._limit).max(axis=-1, keepdims=True)))

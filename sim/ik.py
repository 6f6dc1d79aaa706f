"""Differential inverse kinematics for the teacher, with a unique solution everywhere, so that it can be learned."""

from __future__ import annotations

import numpy as np

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import Array, Pose, RobotSpec

DAMPING = 0.03
POSTURE_GAIN = 0.8
UPRIGHT_GAIN = 3.0
# An arm with fewer than six joints cannot reach every orientation: position has priority.
ORIENTATION_WEIGHT = 0.35


class DifferentialIK:
    """Tool twist to joint velocity by damped least squares, with a pull toward the home posture in the null space.

    Damped least squares: Wampler 1986; the posture term: Liégeois 1977.
    """

    def __init__(self, spec: RobotSpec) -> None:
        self._kinematics = Kinematics(spec)
        self._home, self._limit = spec.home, spec.velocity * 0.8
        self._weight = np.array([1.0, 1.0, 1.0, *[ORIENTATION_WEIGHT] * 3])

    def velocities(self, q: Array, tool: Pose, twists: Array) -> Array:
        """Joint velocities (k, n) rad/s for tool ``twists`` (k, 6), m/s and rad/s, base frame.

        About axes without a requested rotation, the hand's z axis is returned to the vertical. Each result is scaled
        as a whole to 80 % of the joints' velocity limits.
        """
        wanted = np.array(twists, dtype=np.float64)
        # The tool's z axis crossed with straight down.
        lean = UPRIGHT_GAIN * np.array([-tool.rotation[1, 2], tool.rotation[0, 2]])
        wanted[:, 3:5] += np.where(np.abs(wanted[:, 3:5]) < 1e-6, lean, 0.0)
        jacobian = self._kinematics.jacobian(q) * self._weight[:, None]
        gram = jacobian @ jacobian.T
        gram[np.diag_indices(6)] += DAMPING**2
        inverse = np.linalg.solve(gram, jacobian)
        pull = POSTURE_GAIN * (self._home - q)
        dq = (wanted * self._weight - jacobian @ pull) @ inverse + pull
        return np.asarray(dq / np.maximum(1.0, np.max(np.abs(dq) / self._limit, axis=1))[:, None])

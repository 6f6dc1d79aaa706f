"""Differential inverse kinematics for the teacher: one solution everywhere, so that it can be learned."""

from __future__ import annotations

import numpy as np

from hardware.kinematics import Kinematics
from hardware.types import Array, Pose, RobotSpec

DAMPING = 0.03
POSTURE_GAIN = 0.8
UPRIGHT_GAIN = 3.0
# An arm with fewer than six joints cannot turn its hand every way: position counts, orientation as far as it goes.
ORIENTATION_WEIGHT = 0.35
DOWN = np.array([0.0, 0.0, -1.0])


class DifferentialIK:
    """Tool twist to joint velocity by damped least squares with a pull towards the home posture in its null space.

    Damped least squares: Wampler 1986; the posture term: Liégeois 1977.
    """

    def __init__(self, spec: RobotSpec) -> None:
        self._kinematics = Kinematics(spec)
        self._home, self._limit = spec.home, spec.velocity * 0.8
        self._weight = np.array([1.0, 1.0, 1.0, *[ORIENTATION_WEIGHT] * 3])

    def velocity(self, q: Array, tool: Pose, twist: Array, keep_down: bool = True) -> Array:
        """Joint velocity (n,) rad/s that moves the tool with ``twist`` (6,) m/s, rad/s in the base frame.

        With ``keep_down`` the hand's z axis is brought back to the vertical about the axes along which no rotation
        is asked for. The result is scaled down as a whole to 80 % of the joints' velocity limits.
        """
        wanted = np.array(twist, dtype=np.float64)
        if keep_down:
            lean = np.cross(tool.rotation[:, 2], DOWN)
            wanted[3:5] += np.where(np.abs(wanted[3:5]) < 1e-6, UPRIGHT_GAIN * lean[:2], 0.0)
        jacobian = self._kinematics.jacobian(q) * self._weight[:, None]
        gram = jacobian @ jacobian.T
        gram[np.diag_indices(6)] += DAMPING**2
        inverse = np.linalg.solve(gram, jacobian).T
        pull = POSTURE_GAIN * (self._home - q)
        dq = inverse @ (wanted * self._weight - jacobian @ pull) + pull
        return np.asarray(dq / max(1.0, float(np.max(np.abs(dq) / self._limit))))

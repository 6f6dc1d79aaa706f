"""Forward kinematics and Jacobian of an arm's tool frame, from its URDF, by Pinocchio."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pinocchio as pin

from sayso.hardware.arms.urdf import read_urdf
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array, Pose, RobotSpec

STEPS, EXACT, DAMPING = 12, 1e-6, 1e-3  # of `Kinematics.reach`: m and rad
NEEDED = "joints of the type revolute or prismatic, with lower and upper, are needed"


@lru_cache(maxsize=8)
def _reduced_model(text: str, urdf: str, joints: tuple[str, ...], height: float) -> pin.Model:
    try:
        model = pin.buildModelFromXML(text)
    except ValueError as error:
        raise RobotError(f"{urdf} cannot be read: {str(error).splitlines()[0]}") from error
    missing = [j for j in joints if not model.existJointName(j)]
    if missing:
        raise RobotError(f"{urdf} has no joint {missing}; it has {list(model.names)[1:]}")
    if endless := [j for j in joints if model.joints[model.getJointId(j)].nq != 1]:
        raise RobotError(f"{urdf} has joints without limits: {', '.join(endless)}; {NEEDED}")
    locked = [model.getJointId(n) for n in model.names[1:] if n not in joints]
    reduced = pin.buildReducedModel(model, locked, pin.neutral(model))
    for joint in range(1, reduced.njoints):
        if reduced.parents[joint] == 0:
            reduced.jointPlacements[joint].translation += np.array([0.0, 0.0, height])
    return reduced


def joint_ranges(urdf: str) -> dict[str, tuple[float, float]]:
    """Mechanical range (rad or m) of every URDF joint that has one, by joint name."""
    return {j.name: (j.lower or 0.0, j.upper or 0.0) for j in read_urdf(urdf).joints.values() if j.moves}


class Kinematics:
    """Forward kinematics of the tool frame. Base frame with z counted from the table; joint order is the spec's.

    Raises `RobotError` for a URDF that lacks a joint or the tip, or lists the joints in another order.
    """

    def __init__(self, spec: RobotSpec) -> None:
        self._model = _reduced_model(read_urdf(spec.urdf).text, spec.urdf, spec.joints, spec.base_height)
        if list(self._model.names)[1:] != list(spec.joints):
            raise RobotError(
                f"joint order of {spec.name} is {list(spec.joints)}, of its URDF {list(self._model.names)[1:]}"
            )
        if not self._model.existFrame(spec.tip):
            raise RobotError(f"{spec.urdf} has no frame '{spec.tip}'; it has {[f.name for f in self._model.frames]}")
        self._data = self._model.createData()
        self._tip = self._model.getFrameId(spec.tip)

    @property
    def length(self) -> float:
        """Distance (m) from the base to the tip with every link in one line."""
        links = [self._model.jointPlacements[k].translation for k in range(1, self._model.njoints)]
        return sum(float(np.linalg.norm(x)) for x in [*links, self._model.frames[self._tip].placement.translation])

    def forward(self, q: Array) -> Pose:
        """Tool pose in the base frame at joint positions ``q`` (n,) rad."""
        placement = self._place_tip(q)
        return Pose(placement.translation.copy(), placement.rotation.copy())

    def tool_position(self, q: Array) -> list[float]:
        """Tool position [x, y, z] in the base frame in metres; cheaper than `forward`, for the control loop."""
        position: list[float] = self._place_tip(q).translation.tolist()
        return position

    def points(self, q: Array) -> Array:
        """Origins (n + 1, 3) of the joints and the tool in the base frame in metres, in order along the arm."""
        tip = self._place_tip(q)
        joints = [self._data.oMi[k].translation for k in range(1, self._model.njoints)]
        return np.array([*joints, tip.translation])

    def _place_tip(self, q: Array) -> pin.SE3:
        pin.forwardKinematics(self._model, self._data, np.asarray(q, dtype=np.float64))
        return pin.updateFramePlacement(self._model, self._data, self._tip)

    def reach(self, tool: Pose, near: Array) -> Array:
        """Inverse kinematics: joint positions (n,) rad that bring the tool to ``tool``, or as close as possible.

        Damped least squares from ``near``; the same ``near`` gives the same result. Joint ranges are ignored.
        """
        q = np.array(near, dtype=np.float64)
        for _ in range(STEPS):
            at = self._place_tip(q)
            turn = pin.log3(tool.rotation @ at.rotation.T)
            off = np.concatenate([tool.position - at.translation, turn])
            if float(np.abs(off).max()) < EXACT:
                break
            jacobian = self.jacobian(q)
            gram = jacobian @ jacobian.T
            gram[np.diag_indices(6)] += DAMPING**2
            q += jacobian.T @ np.linalg.solve(gram, off)
        return q

    def jacobian(self, q: Array) -> Array:
        """Tool Jacobian (6, n): linear rows in m/rad above angular rows, axes of the base frame."""
        return np.asarray(
            pin.computeFrameJacobian(
                self._model, self._data, np.asarray(q, dtype=np.float64), self._tip, pin.LOCAL_WORLD_ALIGNED
            )
        )

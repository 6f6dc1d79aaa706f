"""A simulated person who holds the calibration board before an emulated camera, or fixes it in the arm's hand."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from sayso.emulation.cameras import EmulatedCameras
from sayso.emulation.hand import Hand
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.types import Array
from sayso.perception.calibration.board import Board
from sayso.sim.camera import SimCamera
from sayso.sim.device import SimDevice

HELP = "show board CAMERA, hold board, wave, hide board"
SHOWN, SHOWN_S, POSES, REST_S = 26, 1.2, 18, 1.5
# The board in the hand: beyond the fingertips and across the tool's axis, so that it looks where the hand points.
BEYOND_M = 0.04
MIDDLE, AROUND = np.array([0.0, -0.5, 0.0, 0.3, 0.0]), np.array([0.4, 0.3, 0.3, 0.5, 0.9])


class BoardHand:
    """Obeys the lines of `HELP`; every line is done when it is answered."""

    def __init__(
        self, device: SimDevice, hand: Hand, cameras: EmulatedCameras, clock: Clock | None = None, seed: int = 0
    ) -> None:
        self._device, self._hand, self._cameras = device, hand, cameras
        self._clock, self._rng, self._board = clock or MonotonicClock(), np.random.default_rng(seed), Board()
        self._kinematics = Kinematics(device.spec)

    def obey(self, line: str) -> str | None:
        """Execute a line and return the answer; None for another line than these."""
        match line.split():
            case ["hide", "board"]:
                self._cameras.board = lambda: None
            case ["hold", "board"]:
                self._cameras.board = self._in_the_hand
            case ["show", "board", name]:
                found = [c for c in self._cameras.specs if c.name == name]
                if not found:
                    return f"no camera {name}; there are: {', '.join(c.name for c in self._cameras.specs)}"
                self._show(SimCamera(self._device.world, self._clock, found[0]))
            case ["wave"]:
                return self._wave(line)
            case _:
                return None
        return f"done: {line}"

    def _show(self, camera: SimCamera) -> None:
        """Hold the board before ``camera`` in many places: near and far, at the edges, tilted to all sides."""
        matrix, (width, height) = camera.intrinsics, (camera.spec.width, camera.spec.height)
        for k in range(SHOWN):
            turn = Rotation.from_rotvec(self._rng.uniform(-1, 1, 3) * [0.6, 0.6, 0.5]).as_matrix()
            z = float(self._rng.uniform(0.3, 0.55))
            u, v = (0.12 + 0.76 * (k % 4) / 3) * width, (0.15 + 0.7 * (k // 4 % 3) / 2) * height
            middle = np.array([(u - matrix[0, 2]) / matrix[0, 0], (v - matrix[1, 2]) / matrix[1, 1], 1.0]) * z
            seen = np.eye(4)
            seen[:3, :3] = turn
            seen[:3, 3] = middle - turn @ np.array([*np.array(self._board.size) / 2, 0.0])
            pose = camera.pose.matrix() @ seen
            self._cameras.board = lambda pose=pose: pose  # type: ignore[misc]
            self._clock.sleep_until(self._clock.now() + SHOWN_S)
        self._cameras.board = lambda: None

    def _in_the_hand(self) -> Array:
        """The board's pose (4, 4) where the hand holds it."""
        grip = np.eye(4)
        grip[:3, :3] = np.diag([1.0, -1.0, -1.0])  # the board's z axis points into the board
        spec = self._device.spec
        tip = spec.gripper.fingertip if spec.gripper else 0.0
        grip[:3, 3] = [0, 0, tip + BEYOND_M]
        grip[:3, 3] -= grip[:3, :3] @ np.array([*np.array(self._board.size) / 2, 0.0])
        return np.asarray(self._kinematics.forward(self._device.read().position).matrix() @ grip)

    def _wave(self, line: str) -> str:
        """Move the limp arm to many poses, the hand turned each time, and rest at each."""
        names, spec = self._device.spec.joints, self._device.spec
        if spec.dof != len(MIDDLE):
            return f"cannot {line}: it is for arms of {len(MIDDLE)} joints"
        self._cameras.board = self._in_the_hand
        for _ in range(POSES):
            q = np.clip(MIDDLE + self._rng.uniform(-1, 1, 5) * AROUND, spec.lower, spec.upper)
            said = self._hand.obey(
                "move " + " ".join(f"{n} {np.degrees(a):.1f}" for n, a in zip(names, q, strict=True))
            )
            if said is None or not said.startswith("done"):
                return f"cannot {line}: {said}"
            self._clock.sleep_until(self._clock.now() + REST_S)
        return f"done: {line}"

"""A driver of your own: five methods. Here the maker's library is a stand-in, so that the program runs without an arm.

From the command line: python -m sayso check-robot examples.own_robot:DeskArm
"""

import numpy as np

from sayso.hardware.arms.load import load_arm
from sayso.hardware.check import check_robot
from sayso.hardware.clock import Clock, FakeClock
from sayso.hardware.drivers.driver import Connection
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import Array, JointState, JointTarget, RobotSpec


class Servos:
    """Stands for the maker's library: servos that reach their target at once."""

    def __init__(self, start: Array) -> None:
        self.angles, self.opening, self.powered = start.copy(), 1.0, False


class DeskArm(Robot):
    """The five joints of an SO-101, driven by servos of another maker."""

    spec = load_arm("so101")  # limits, home and URDF; describe your own arm in an arm.json
    watchdog_s = None  # these servos never stop by themselves: the loop limits the tool to 250 mm/s

    def __init__(self, spec: RobotSpec, connection: Connection, clock: Clock) -> None:
        self.spec, self.clock, self.port = spec, clock, connection.port
        self._servos = Servos(spec.home)

    def connect(self) -> None:
        """Switch the servos on; they hold their position."""
        self._servos.powered = True

    def read(self) -> JointState:
        """The current angles, rad, and the gripper's opening, 0 to 1."""
        if not self._servos.powered:
            raise RobotError("the desk arm is not connected; call connect() first")
        still = np.zeros(self.spec.dof)
        return JointState(self.clock.now(), self._servos.angles.copy(), still, self._servos.opening)

    def write(self, target: JointTarget) -> JointTarget:
        """Send a target and return the target that was sent: recordings and models use it."""
        if not self._servos.powered:
            raise RobotError("the desk arm is not connected; call connect() first")
        self._servos.angles = target.position.copy()
        if target.gripper is not None:
            self._servos.opening = target.gripper
        return target

    def stop(self) -> None:
        """Hold: these servos hold their last angle by themselves."""

    def disconnect(self) -> None:
        """Let go of the library; the arm stays where it is."""
        self._servos.powered = False


if __name__ == "__main__":
    arm = DeskArm(DeskArm.spec, Connection(port="/dev/ttyUSB0"), FakeClock())
    problems = check_robot(arm)
    print("\n".join(problems) or "the desk arm keeps its contract")
    raise SystemExit(bool(problems))

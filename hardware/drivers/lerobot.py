"""Drives any robot class with LeRobot's interface, if LeRobot (or such a class) is installed.

LeRobot is no dependency. Its keys map to the spec's joints: ``NAME.pos`` in degrees, ``gripper.pos`` from 0 to 100.
LeRobot's ``connect`` switches torque on, so there is no read-only mode; there is no watchdog.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sayso.hardware.arms.kinematics import joint_ranges
from sayso.hardware.arms.lerobot_units import LeRobotUnits
from sayso.hardware.clock import Clock
from sayso.hardware.control.readings import MISSES_TO_FAIL_S
from sayso.hardware.drivers.driver import Connection, Driver
from sayso.hardware.drivers.glide import lie_down
from sayso.hardware.drivers.lerobot_types import FAULTS, KEEPS_TORQUE, LeRobot, in_one_line, make_lerobot
from sayso.hardware.process.device_names import device_names
from sayso.hardware.robot import NoReading, RobotError
from sayso.hardware.types import Array, JointState, JointTarget, RobotSpec

GRIPPER = "gripper.pos"


class LeRobotArm(Driver):
    """``options["what"]`` is LeRobot's name of the robot type, or MODULE:CLASS of any class with its interface.

    Other options: ``id`` of the calibration, unless a calibration file is given; ``names`` of the joints in LeRobot,
    ``zeros`` in degrees and ``signs``, comma-separated in the spec's order. Defaults: the spec's names, 0 (LeRobot's
    own types: the middle of each joint's range) and 1. ``at_end`` "hold" keeps the arm in place at the end.

    A robot whose class cannot keep torque on disconnect stays connected unless it is at rest; the next `connect` uses
    it again.
    """

    def __init__(self, spec: RobotSpec, connection: Connection, clock: Clock | None = None) -> None:
        super().__init__(spec, connection, clock)
        self._type = connection.options["what"]
        self._keys = [f"{name}.pos" for name in self._list("names", spec.joints)]
        self._signs = np.array([self._number("signs", text) for text in self._list("signs", ["1"] * spec.dof)])
        ranges, self._units = joint_ranges(spec.urdf), LeRobotUnits.of(spec)
        # LeRobot's own types count from the middle of the swept range, which is the URDF's range.
        middle = np.array([0.0 if ":" in self._type else sum(ranges[name]) / 2 for name in spec.joints])
        usual = [str(zero) for zero in (-np.degrees(middle) * self._signs).tolist()]
        self._zeros = np.array([self._number("zeros", text) for text in self._list("zeros", usual)])
        self._robot: LeRobot | None = None
        self._held: LeRobot | None = None  # still connected, because disconnecting would let the arm fall
        self._lies = False
        self._before: JointState | None = None
        self._heard = -np.inf
        self._fault: str | None = None

    def devices(self) -> tuple[str, ...]:
        """The serial port; without one, the LeRobot type and id."""
        return device_names(f"LeRobot {self._type} {self.connection.options.get('id', '')}", self.connection.port)

    def connect(self) -> None:
        """Make and connect LeRobot's robot. Raises `RobotError` if it is not calibrated or has other joints."""
        self.disconnect()
        self._fault = self._before = None
        self._lies = False
        if not self.live:
            raise RobotError(f"{self._name}: LeRobot switches torque on when it connects; use live or mock mode")
        held, self._held = self._held, None
        robot = held or self._make()
        wanted = [*self._keys, *([GRIPPER] if self.spec.gripper else [])]
        for what, features in (("observes", robot.observation_features), ("takes", robot.action_features)):
            if missing := [key for key in wanted if key not in features]:
                raise RobotError(
                    f"{self._name}: its class {what} no {', '.join(missing)}; it has {', '.join(features)}"
                )
        try:
            if not getattr(robot, "is_connected", False):
                self._prepare(robot)
                robot.connect(calibrate=False)
            self._robot, self._heard = robot, self.clock.now()
            if not self._keeps_torque(robot):
                # LeRobot's robots disconnect themselves in their destructor, for example at the end of a program.
                robot.disconnect = lambda: None  # type: ignore[method-assign]
            if not robot.is_calibrated:
                raise RobotError(f"{self._name} is not calibrated; run lerobot-calibrate for it, with the same id")
            self.read()
        except (RobotError, *FAULTS) as error:
            self.disconnect()
            if robot is held:
                self._held = None  # its port may be gone; the next try makes a new robot
            if isinstance(error, RobotError):
                raise
            raise RobotError(f"{self._name}: {in_one_line(error)}") from error

    def read(self) -> JointState:
        """One LeRobot observation; velocities are differences of two readings.

        Raises `NoReading` for a missing observation. After `MISSES_TO_FAIL_S` without one, or if the port is gone,
        raises `RobotError` until the next `connect`.
        """
        robot = self._connected()
        try:
            seen = robot.get_observation()
            position, opening = self._radians(seen), self._opening(seen)
        except FAULTS as error:
            raise self._trouble(error) from error
        t, before = self.clock.now(), self._before
        velocity = np.zeros(self.spec.dof)
        if before is not None:
            velocity = before.velocity if t <= before.t else (position - before.position) / (t - before.t)
        self._heard = t
        self._before = JointState(t, position, velocity, opening)
        return self._before

    def here(self) -> JointState:
        """The present state, or the last one if this reading is missing."""
        try:
            return self.read()
        except NoReading:
            if self._before is None:
                raise
            return self._before

    def send(self, target: JointTarget) -> JointTarget:
        """Send an action; return LeRobot's version of it. A lost action returns the last measured position."""
        robot = self._connected()
        degrees = np.degrees(target.position) * self._signs + self._zeros
        action = dict(zip(self._keys, degrees.tolist(), strict=True))
        if self.spec.gripper:
            action[GRIPPER] = min(max(self._units.percent(target.gripper), 0.0), 100.0)
        try:
            sent = action | robot.send_action(action)
            position, opening = self._radians(sent), self._opening(sent)
        except FAULTS as error:
            trouble = self._trouble(error)
            if isinstance(trouble, NoReading) and self._before is not None:
                here = self._before
                return JointTarget(here.position, np.zeros(self.spec.dof), here.gripper, target.expires)
            raise trouble from error
        self._lies = False
        return JointTarget(position, target.velocity, opening if self.spec.gripper else target.gripper, target.expires)

    def stop(self) -> None:
        """Send the last measured position as the target."""
        if self._robot is not None and self._before is not None and self._fault is None and not self._lies:
            here = self._before
            try:
                self.send(JointTarget(here.position, np.zeros(self.spec.dof), here.gripper, np.inf))
            except RobotError:
                return  # the fault is stored; the next read raises it

    def rest(self, stopped: Callable[[], bool]) -> bool:
        """Go to the rest pose by way of home and switch torque off; a failure is reported in ``events``."""
        robot = self._connected()
        if self.connection.options.get("at_end") == "hold":
            return False
        try:
            if not lie_down(self, stopped):
                return False
            if (bus := getattr(robot, "bus", None)) is not None:
                bus.disable_torque()
        except (RobotError, *FAULTS) as error:
            self.events.append(f"{self.spec.name} could not lie down: {in_one_line(error)}")
            return False
        self._lies = True
        if bus is None:  # only its disconnect() can switch torque off
            if keeps := self._keeps_torque(robot):
                setattr(robot.config, KEEPS_TORQUE, True)
            self.disconnect()
            if keeps:
                setattr(robot.config, KEEPS_TORQUE, False)
        return True

    def disconnect(self) -> None:
        """Stop and disconnect; the arm keeps its torque unless it is at rest."""
        self.stop()
        robot, self._robot = self._robot, None
        if robot is None:
            return
        if not self._lies and not self._keeps_torque(robot):
            self._held = robot
            self.events.append(f"{self._name} stays connected: its class may let the arm fall when it disconnects")
            return
        robot.__dict__.pop("disconnect", None)
        try:
            robot.disconnect()
        except FAULTS as error:
            self._fault = f"{self._name}: {error}"

    @property
    def _name(self) -> str:
        return f"{self.spec.name} as LeRobot's {self._type}"

    def _connected(self) -> LeRobot:
        if self._fault is not None:
            raise RobotError(self._fault)
        if self._robot is None:
            raise RobotError(f"{self._name} is not connected; call connect() first")
        return self._robot

    def _keeps_torque(self, robot: LeRobot) -> bool:
        return hasattr(getattr(robot, "config", None), KEEPS_TORQUE)

    def _make(self) -> LeRobot:
        """Make the robot with the settings that its config has, among them degrees and torque kept on disconnect."""
        named, file = self.connection.options.get("id"), self.connection.calibration
        if file is not None and named not in (None, file.stem):
            raise RobotError(f"{self._name}: option id is '{named}', the calibration is {file}; leave one of them out")
        settings: dict[str, Any] = {
            "port": self.connection.port,
            "id": file.stem if file else named,
            "use_degrees": True,
            KEEPS_TORQUE: False,
        }
        if file is not None:
            if not file.is_file():
                raise RobotError(f"{self._name}: there is no calibration {file}")
            settings["calibration_dir"] = file.parent
        return make_lerobot(self._type, settings, self._name)

    def _prepare(self, robot: LeRobot) -> None:
        """Check calibration and torque before LeRobot's ``connect``, whose configure() switches torque off briefly.

        Raises `RobotError` if the servos are not calibrated. Skips configure() for an arm that holds itself, so that
        the arm does not fall.
        """
        bus = getattr(robot, "bus", None)
        if bus is None or not hasattr(bus, "sync_read"):
            return
        bus.connect()
        try:
            if not robot.is_calibrated:
                raise RobotError(f"{self._name} is not calibrated; run lerobot-calibrate for it, with the same id")
            if any(bus.sync_read("Torque_Enable", normalize=False, num_retry=2).values()):
                robot.configure = lambda: None  # type: ignore[method-assign]
        finally:
            bus.disconnect(disable_torque=False)

    def _radians(self, values: dict[str, Any]) -> Array:
        degrees = np.array([float(values[key]) for key in self._keys])
        return np.asarray(np.radians((degrees - self._zeros) * self._signs))

    def _opening(self, values: dict[str, Any]) -> float:
        return 1.0 if self.spec.gripper is None else self._units.opening(float(values[GRIPPER]))

    def _list(self, option: str, otherwise: tuple[str, ...] | list[str]) -> list[str]:
        text = self.connection.options.get(option)
        found = list(otherwise) if text is None else [part.strip() for part in text.split(",")]
        if len(found) != self.spec.dof:
            raise RobotError(f"{self.spec.name} has {self.spec.dof} joints; {option} names {len(found)}: {text}")
        return found

    def _number(self, option: str, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = np.nan
        if not np.isfinite(value) or (option == "signs" and abs(value) != 1):
            raise RobotError(f"{option} has '{text}'; {'1 or -1' if option == 'signs' else 'degrees'} are allowed")
        return value

    def _trouble(self, error: Exception) -> RobotError:
        """Classify a LeRobot error: `NoReading` for one lost answer, `RobotError` for a lasting fault.

        LeRobot raises ConnectionError for a lost or damaged packet, and another OSError for a port that is gone.
        """
        text = f"{self._name}: {in_one_line(error)}"
        once = isinstance(error, ConnectionError | TimeoutError) and "NotConnected" not in type(error).__name__
        if once and self.clock.now() - self._heard < MISSES_TO_FAIL_S:
            return NoReading(text)
        self._fault = f"{text}; check its cable and power, then connect again"
        return RobotError(self._fault)

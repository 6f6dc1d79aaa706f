"""Any robot class of LeRobot's interface as an arm, for those who have LeRobot (or such a class) installed.

LeRobot is no dependency. Its flat keys are mapped to the description's joints: ``NAME.pos`` in degrees, ``gripper.pos``
from 0 to 100. Its own ``connect`` switches torque on, so there is no read-only mode; it has no watchdog.
"""

from __future__ import annotations

import dataclasses
from importlib import import_module
from typing import Any, Never, Protocol

import numpy as np

from hardware.clock import Clock
from hardware.device_names import device_names
from hardware.drivers.driver import Connection, Driver
from hardware.robot import RobotError
from hardware.types import Array, JointState, JointTarget, RobotSpec

GRIPPER = "gripper"
_FAULTS = (OSError, RuntimeError, ValueError, KeyError)  # LeRobot's own are among these


class _LeRobot(Protocol):
    """What is used of ``lerobot.robots.Robot``."""

    is_calibrated: bool

    @property
    def observation_features(self) -> dict[str, Any]: ...
    @property
    def action_features(self) -> dict[str, Any]: ...
    def connect(self, calibrate: bool = True) -> None: ...
    def get_observation(self) -> dict[str, Any]: ...
    def send_action(self, action: dict[str, Any]) -> dict[str, Any]: ...
    def disconnect(self) -> None: ...


class LeRobotArm(Driver):
    """``options["what"]`` is LeRobot's name of the robot type, or MODULE:CLASS of any class with its interface.

    Other options: ``id`` of the calibration; ``names`` of the joints in LeRobot, ``zeros`` in degrees and ``signs``
    with commas between them, in the description's order, where they are not the description's own, 0 and 1.
    """

    watchdog_s = None

    def __init__(self, spec: RobotSpec, connection: Connection, clock: Clock | None = None) -> None:
        super().__init__(spec, connection, clock)
        self._type = connection.options["what"]
        self._keys = [f"{name}.pos" for name in self._list("names", spec.joints)]
        self._zeros = np.array([self._number("zeros", text) for text in self._list("zeros", ["0"] * spec.dof)])
        self._signs = np.array([self._number("signs", text) for text in self._list("signs", ["1"] * spec.dof)])
        self._robot: _LeRobot | None = None
        self._before: JointState | None = None
        self._fault: str | None = None

    def devices(self) -> tuple[str, ...]:
        """The serial port; without one, LeRobot's robot of that type and id."""
        return device_names(f"LeRobot {self._type} {self.connection.options.get('id', '')}", self.connection.port)

    def connect(self) -> None:
        """Make LeRobot's robot and connect it; refuse one that is not calibrated or has other joints."""
        self.disconnect()
        self._fault = self._before = None
        if not self.live:
            raise RobotError(f"{self._name}: LeRobot switches torque on when it connects; only live (or mock) is there")
        robot = self._make()
        wanted = [*self._keys, *([f"{GRIPPER}.pos"] if self.spec.gripper else [])]
        for what, features in (("observes", robot.observation_features), ("is told", robot.action_features)):
            if missing := [key for key in wanted if key not in features]:
                raise RobotError(
                    f"{self._name}: its class {what} no {', '.join(missing)}; it has {', '.join(features)}"
                )
        try:
            robot.connect(calibrate=False)
            self._robot = robot
            if not robot.is_calibrated:
                raise RobotError(f"{self._name} is not calibrated; run lerobot-calibrate for it, with the same id")
            self.read()
        except _FAULTS as error:
            self.disconnect()
            raise RobotError(f"{self._name}: {error}") from error
        except RobotError:
            self.disconnect()
            raise

    def read(self) -> JointState:
        """One observation of LeRobot's; velocities are differences of two readings."""
        if self._fault is not None:
            raise RobotError(self._fault)
        if self._robot is None:
            raise RobotError(f"{self._name} is not connected; call connect() first")
        try:
            seen = self._robot.get_observation()
            position = self._radians(seen)
            opening = float(seen[f"{GRIPPER}.pos"]) / 100 if self.spec.gripper else 1.0
        except _FAULTS as error:
            self._fail(error)
        t, before = self.clock.now(), self._before
        velocity = np.zeros(self.spec.dof)
        if before is not None:
            velocity = before.velocity if t <= before.t else (position - before.position) / (t - before.t)
        self._before = JointState(t, position, velocity, min(max(opening, 0.0), 1.0))
        return self._before

    def send(self, target: JointTarget) -> JointTarget:
        """Send an action, and return what LeRobot made of it."""
        if self._fault is not None:
            raise RobotError(self._fault)
        if self._robot is None:
            raise RobotError(f"{self._name} is not connected; call connect() first")
        degrees = np.degrees(target.position) * self._signs + self._zeros
        action = dict(zip(self._keys, degrees.tolist(), strict=True))
        if self.spec.gripper:
            action[f"{GRIPPER}.pos"] = 100.0 * target.gripper
        try:
            sent = action | self._robot.send_action(action)
            position = self._radians(sent)
        except _FAULTS as error:
            self._fail(error)
        gripper = float(sent[f"{GRIPPER}.pos"]) / 100 if self.spec.gripper else target.gripper
        return JointTarget(position, target.velocity, gripper, target.expires)

    def stop(self) -> None:
        """Send the arm where it was last seen."""
        if self._robot is not None and self._before is not None and self._fault is None:
            here = self._before
            try:
                self.send(JointTarget(here.position, np.zeros(self.spec.dof), here.gripper, np.inf))
            except RobotError:
                return  # it is kept, and the next read tells

    def disconnect(self) -> None:
        """Stop and disconnect; a class that knows the option keeps its torque."""
        self.stop()
        robot, self._robot = self._robot, None
        if robot is not None:
            try:
                robot.disconnect()
            except _FAULTS as error:
                self._fault = f"{self._name}: {error}"

    @property
    def _name(self) -> str:
        return f"{self.spec.name} as LeRobot's {self._type}"

    def _make(self) -> _LeRobot:
        module, colon, name = self._type.partition(":")
        try:
            if colon:
                made = getattr(import_module(module), name)
                config = made.config_class
            else:
                robots = import_module("lerobot.robots")
                import_module(f"lerobot.robots.{module}")  # registers its type
                config, made = robots.RobotConfig.get_choice_class(module), robots.make_robot_from_config
            robot: _LeRobot = made(config(**self._settings(config)))
        except ModuleNotFoundError as error:
            raise RobotError(f"{self._name} needs {error.name}, which is not installed: pip install lerobot") from error
        except (ImportError, AttributeError, TypeError, *_FAULTS) as error:
            raise RobotError(f"{self._name} cannot be made: {error}") from error
        return robot

    def _settings(self, config: type) -> dict[str, Any]:
        """Those of our settings that the class has: degrees, and torque that stays when it disconnects."""
        known = {field.name for field in dataclasses.fields(config)}
        ours = {
            "port": self.connection.port,
            "id": self.connection.options.get("id"),
            "use_degrees": True,
            "disable_torque_on_disconnect": False,
        }
        return {name: value for name, value in ours.items() if name in known}

    def _radians(self, values: dict[str, Any]) -> Array:
        degrees = np.array([float(values[key]) for key in self._keys])
        return np.asarray(np.radians((degrees - self._zeros) * self._signs))

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

    def _fail(self, error: Exception) -> Never:
        self._fault = f"{self._name}: {error}; see its cable and power, then connect again"
        raise RobotError(self._fault) from error

"""Any ROS 2 arm over rosbridge: joint states in, one-point joint trajectories out; needs no ROS on this computer.

A joint trajectory controller goes to the last point and stays there. It has no reliable watchdog, so the tool keeps to
reduced speed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Never

import numpy as np
from websockets.exceptions import WebSocketException

from sayso.hardware.clock import Clock
from sayso.hardware.drivers.driver import Connection, Driver
from sayso.hardware.drivers.options import milliseconds
from sayso.hardware.drivers.ros.client import PORT, RosbridgeClient
from sayso.hardware.drivers.ros.joint_states import RECENT_S, JointStates
from sayso.hardware.process.device_names import device_names
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array, JointState, JointTarget, RobotSpec

HZ = 50.0  # limit of JSON over a network with joint states at 100 Hz
STALE_S = 0.075  # maximum age of a joint state; detects a loss within 0.1 s
FIRST_S = 3.0
HOLD_S = 0.1
STATES, COMMANDS = "/joint_states", "/joint_trajectory_controller/joint_trajectory"
TRAJECTORY = "trajectory_msgs/msg/JointTrajectory"
ARRAY = "std_msgs/msg/Float64MultiArray"


class Rosbridge(Driver):
    """The arm of ``spec`` behind the rosbridge at ``connection.port``: HOST, HOST:PORT or a ws:// address.

    Options: ``states`` and ``command`` are the topics, else `STATES` and `COMMANDS`. For a gripper, ``gripper`` is the
    topic of its position controller (Float64MultiArray, m) and ``gripper_joint`` its joint; the largest opening is the
    spec's. ``stale_ms`` replaces `STALE_S` for networks with longer gaps, such as wireless ones. The control rate is
    `HZ`, or the spec's if that is lower.
    """

    watchdog_s = None

    def __init__(self, spec: RobotSpec, connection: Connection, clock: Clock | None = None) -> None:
        super().__init__(replace(spec, control_hz=min(spec.control_hz, HZ)), connection, clock)
        options = connection.options
        self._states, self._commands = options.get("states", STATES), options.get("command", COMMANDS)
        self._stale_s = milliseconds("stale_ms", options["stale_ms"]) / 1e3 if "stale_ms" in options else None
        self._gripper, self._gripper_joint = options.get("gripper", ""), options.get("gripper_joint", "")
        if spec.gripper is not None and not (self._gripper and self._gripper_joint):
            raise RobotError(
                f"{spec.name} has a gripper: name the topic and the joint that drive it (options gripper and"
                " gripper_joint), or describe the arm without a gripper"
            )
        self._client: RosbridgeClient | None = None
        self._state: JointState | None = None
        self._seen = JointStates(())
        self._fault: str | None = None

    def devices(self) -> tuple[str, ...]:
        """The arm's command topic on its server, which may serve several arms."""
        server = device_names("rosbridge", self.connection.port, PORT)
        return tuple(f"{name} {self._commands.strip('/')}" for name in server)

    def connect(self) -> None:
        """Open the connection and wait for the first joint states of this arm."""
        self.disconnect()
        self._fault, self._state = None, None
        self._seen = JointStates(self.spec.joints, [self._gripper_joint] if self._gripper_joint else [])
        if not self.connection.port:
            raise RobotError(f"{self.spec.name}: give the address of rosbridge, --port 192.168.0.5 for example")
        try:
            self._client = RosbridgeClient(self._url)
        except (OSError, WebSocketException, ValueError) as error:
            raise RobotError(
                f"{self._name}: no rosbridge answers ({error}); start it there:"
                " ros2 launch rosbridge_server rosbridge_websocket_launch.xml"
            ) from error
        self._client.subscribe(self._states, "sensor_msgs/msg/JointState", self._take)
        if self.live:
            self._client.advertise(self._commands, TRAJECTORY)
            if self._gripper:
                self._client.advertise(self._gripper, ARRAY)
        until = self.clock.now() + FIRST_S
        while self._state is None and self._client.error is None and self.clock.now() < until:
            self.clock.sleep_until(self.clock.now() + 0.02)
        if self._state is None:
            why = self._client.error or self._why(FIRST_S) or f"no message on {self._states}"
            self.disconnect()
            raise RobotError(f"{self._name}: {why}")

    def read(self) -> JointState:
        """The newest joint state; t is its arrival time. Raises `RobotError` if the state is too old."""
        state, client = self._state, self._client
        if client is None or state is None:
            raise RobotError(f"{self._name} is not connected; call connect() first")
        if self._fault is not None:
            raise RobotError(self._fault)
        if client.error is not None:
            self._fail(client.error)
        late = self.clock.now() - state.t
        if late > self._patience_s:
            self._fail(self._why(self._patience_s) or f"no joint state for {late:.2f} s on {self._states}")
        if self._gripper_joint and (late := self.clock.now() - self._seen.of(self._gripper_joint)[0]) > RECENT_S:
            self._fail(f"no state of {self._gripper_joint} for {late:.2f} s on {self._states}")
        return state

    def send(self, target: JointTarget) -> JointTarget:
        """Send the target as a one-point trajectory, due after one period, without a final velocity."""
        self.read()
        self._go(target.position, 1.0 / self.spec.control_hz)
        if self._gripper and self._client is not None and self.spec.gripper is not None:
            self._client.publish(self._gripper, {"data": [target.gripper * self.spec.gripper.width]})
        return JointTarget(target.position, np.zeros(self.spec.dof), target.gripper, target.expires)

    def stop(self) -> None:
        """Send the last measured position; the controller holds the arm there."""
        if self.live and self._state is not None and self._client is not None and self._fault is None:
            self._go(self._state.position, HOLD_S)

    def disconnect(self) -> None:
        """Stop and close the connection."""
        self.stop()
        if self._client is not None:
            self._client.close()
        self._client = self._state = None

    @property
    def _patience_s(self) -> float:
        return STALE_S if self._stale_s is None else self._stale_s

    @property
    def _url(self) -> str:
        port = self.connection.port
        if "://" in port:
            return port
        return f"ws://{port}" if ":" in port else f"ws://{port}:{PORT}"

    def _go(self, position: Array, seconds: float) -> None:
        assert self._client is not None
        whole = int(seconds)
        point = {
            "positions": position.tolist(),
            "time_from_start": {"sec": whole, "nanosec": round((seconds - whole) * 1e9)},
        }
        stamp = {"stamp": {"sec": 0, "nanosec": 0}, "frame_id": ""}  # zero: start now
        self._client.publish(
            self._commands, {"header": stamp, "joint_names": list(self.spec.joints), "points": [point]}
        )

    def _take(self, message: Any) -> None:
        """Store a message's joints of this arm; joints and gripper may have different publishers."""
        seen, now = self._seen, self.clock.now()
        if not seen.take(message, now) or not seen.all_there():
            return
        opening = 1.0
        if self._gripper_joint and self.spec.gripper is not None:
            opening = min(max(seen.of(self._gripper_joint)[1] / self.spec.gripper.width, 0.0), 1.0)
        self._state = JointState(seen.t, seen.position(), seen.velocity(), opening)

    def _why(self, older_s: float) -> str:
        return self._seen.why_missing(self._states, self.clock.now(), older_s)

    def _fail(self, why: str) -> Never:
        self._fault = f"{self._name}: {why}; then connect again"
        raise RobotError(self._fault)

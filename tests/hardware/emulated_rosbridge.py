"""A ROS 2 arm behind rosbridge: joint states, joint trajectories and a gripper in front of a device.

Sources: rosbridge_suite, "rosbridge v2.0 Protocol Specification"; ros2_controllers, "joint_trajectory_controller".
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from enum import StrEnum
from typing import Any

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.emulated.device import Device
from sayso.hardware.robot import RobotError

HZ = 100.0
STATES, COMMANDS, GRIPPER = "/joint_states", "/joint_trajectory_controller/joint_trajectory", "/gripper/commands"
GRIPPER_JOINT = "gripper_joint"
_TYPES = {COMMANDS: "trajectory_msgs/msg/JointTrajectory", GRIPPER: "std_msgs/msg/Float64MultiArray"}


class RosFault(StrEnum):
    """Faults that can be injected."""

    SILENT = "silent"
    NULLS = "nulls"
    OTHER_ROBOT = "other-robot"
    LOST_CONNECTION = "lost-connection"


class RosbridgeArm:
    """Serves ``device`` at ``host``:``port``, 0 for a free port; joint states list the joints in another order.

    ``address`` is HOST:PORT, ``events`` describes the history. Raises `RobotError` if the port is taken.
    """

    def __init__(self, device: Device, host: str = "127.0.0.1", port: int = 9090, clock: Clock | None = None) -> None:
        self.device, self.faults, self.events = device, tuple(map(str, RosFault)), list[str]()
        self._clock = clock or MonotonicClock()
        self._lock = threading.Lock()
        state = device.read()
        self._from = self._to = state.position
        self._began, self._lasts = self._clock.now(), 0.0
        self._gripper = state.gripper
        self._faulty: set[RosFault] = set()
        self._listeners: set[ServerConnection] = set()
        self._clients: set[ServerConnection] = set()
        try:
            self._server = serve(self._talk, host, port, compression=None)
        except OSError as error:
            raise RobotError(f"cannot listen on {host}:{port}: {error.strerror}") from error
        self.address = f"{host}:{self._server.socket.getsockname()[1]}"
        self._open = True
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._server.serve_forever, self._run)]
        for thread in self._threads:
            thread.start()

    def fault(self, name: str) -> None:
        """Inject a `RosFault` by name. Raises `ValueError` for another name."""
        fault = RosFault(name)
        self.events.append(name)
        if fault is RosFault.LOST_CONNECTION:
            for client in tuple(self._clients):
                client.close()
        else:
            self._faulty.add(fault)

    def recover(self) -> None:
        """Clear all faults."""
        self._faulty.clear()

    def close(self) -> None:
        """Close every connection."""
        self._open = False
        self._server.shutdown()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        tick, ticks = self._clock.now(), 0
        while self._open:
            with self._lock:
                share = min((self._clock.now() - self._began) / self._lasts, 1.0) if self._lasts > 0 else 1.0
                goal = self._from + (self._to - self._from) * share
                self.device.follow(goal, np.zeros(len(goal)), self._gripper)
            ticks += 1
            if RosFault.SILENT not in self._faulty:
                self._publish(ticks)
            tick = max(tick + 1 / HZ, self._clock.now() - 2 / HZ)
            self._clock.sleep_until(tick)

    def _publish(self, ticks: int) -> None:
        state, spec = self.device.read(), self.device.spec
        names = [*reversed(spec.joints)]
        position, velocity = state.position[::-1].tolist(), state.velocity[::-1].tolist()
        if spec.gripper is not None:
            names.insert(1, GRIPPER_JOINT)
            position.insert(1, state.gripper * spec.gripper.width)
            velocity.insert(1, 0.0)
        if RosFault.OTHER_ROBOT in self._faulty:
            names = [f"other_{name}" for name in names]
        if RosFault.NULLS in self._faulty:  # rosbridge sends NaN as null
            position = [None] * len(position)
        seconds, rest = divmod(ticks / HZ, 1.0)
        header = {"stamp": {"sec": int(seconds), "nanosec": int(rest * 1e9)}, "frame_id": ""}
        message = {"header": header, "name": names, "position": position, "velocity": velocity, "effort": []}
        text = json.dumps({"op": "publish", "topic": STATES, "msg": message})
        for client in tuple(self._listeners):
            with suppress(ConnectionClosed):
                client.send(text)

    def _talk(self, client: ServerConnection) -> None:
        self._clients.add(client)
        advertised: set[str] = set()
        try:
            for text in client:
                if trouble := self._take(client, advertised, text):
                    client.send(json.dumps({"op": "status", "level": "error", "msg": trouble}))
        except ConnectionClosed:
            return
        finally:
            self._clients.discard(client)
            self._listeners.discard(client)

    def _take(self, client: ServerConnection, advertised: set[str], text: str | bytes) -> str:
        """Execute an operation; return the error message, or "" if there is none."""
        try:
            message = json.loads(text)
            match message["op"], message["topic"]:
                case "subscribe", topic:
                    if topic == STATES:
                        self._listeners.add(client)
                case "unsubscribe", _:
                    self._listeners.discard(client)
                case "advertise", topic:
                    advertised.add(topic)
                    if _TYPES.get(topic, message["type"]) != message["type"]:
                        return f"{topic} is of type {_TYPES[topic]}, not {message['type']}"
                case "publish", topic if topic not in advertised:
                    return f"{topic} was not advertised"
                case "publish", topic if topic == COMMANDS:
                    return self._follow(message["msg"])
                case "publish", topic if topic == GRIPPER and self.device.spec.gripper is not None:
                    self._gripper = min(max(message["msg"]["data"][0] / self.device.spec.gripper.width, 0.0), 1.0)
                case _:
                    return f"cannot {message['op']} {message['topic']}"
        except (KeyError, IndexError, TypeError, ValueError) as error:
            return f"not a message of rosbridge: {error!r}"
        return ""

    def _follow(self, message: dict[str, Any]) -> str:
        spec = self.device.spec
        if sorted(message["joint_names"]) != sorted(spec.joints):
            return f"joints {message['joint_names']} are not those of the controller"
        for point in message["points"]:
            if any(point.get("velocities", [])) and point is message["points"][-1]:
                return "the last point has a velocity that is not zero"
        (point,) = message["points"]
        after = point["time_from_start"]
        place = [message["joint_names"].index(name) for name in spec.joints]
        with self._lock:
            self._from, self._began = self.device.read().position, self._clock.now()
            self._to = np.array([float(point["positions"][i]) for i in place])
            self._lasts = after["sec"] + after["nanosec"] / 1e9
        if not self.events or self.events[-1] != "trajectory":
            self.events.append("trajectory")
        return ""

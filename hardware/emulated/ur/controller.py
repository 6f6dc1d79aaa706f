"""A Universal Robots e-Series controller: dashboard, script ports, RTDE and a Robotiq gripper in front of a device.

Sources: Universal Robots, "RTDE Guide", "Dashboard Server e-Series" and "Remote Control via TCP/IP".
"""

from __future__ import annotations

import socket
import threading
from enum import IntEnum, StrEnum

import numpy as np

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.emulated.device import Device
from sayso.hardware.emulated.joint_motion import BRAKING, JointMotion
from sayso.hardware.emulated.robotiq import RobotiqServer
from sayso.hardware.emulated.tcp import TcpServer, text_lines
from sayso.hardware.emulated.ur.rtde import Value
from sayso.hardware.emulated.ur.rtde_session import RtdeSession
from sayso.hardware.emulated.ur.script import ControlScript
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array

HZ = 500.0
DASHBOARD, SCRIPT_PORTS, RTDE_PORT = 29999, (30001, 30002, 30003), 30004
VERSION_NUMBERS = (5, 11, 0, 108249)
LATE_CYCLES = 150  # delay of the fault LATE_PACKETS, 0.3 s
MAX_SCRIPT = 1_000_000
SPEED, ACCELERATION = 3.14, 40.0  # rad/s and rad/s², saturation of servoj


class Safety(IntEnum):
    """The emulated safety states, with their ``safety_mode`` numbers."""

    NORMAL = 1
    PROTECTIVE_STOP = 3
    ROBOT_EMERGENCY_STOP = 7


_SAFETY_BITS = {Safety.NORMAL: 1 << 0, Safety.PROTECTIVE_STOP: 1 << 2 | 1 << 10,
                Safety.ROBOT_EMERGENCY_STOP: 1 << 6 | 1 << 7 | 1 << 10}  # fmt: skip


class UrFault(StrEnum):
    """Faults that can be injected."""

    PROTECTIVE_STOP = "protective-stop"
    EMERGENCY_STOP = "emergency-stop"
    LOCAL_CONTROL = "local-control"
    POWER_OFF = "power-off"
    PROGRAM_STOPPED = "program-stopped"
    LATE_PACKETS = "late-packets"
    SILENT = "silent"
    LOST_CONNECTION = "lost-connection"


class UrController:
    """Serves one arm at ``host``, on the fixed ports of Universal Robots.

    ``events`` describes its history, newest last. Raises `RobotError` if a port is taken.
    """

    def __init__(self, device: Device, host: str = "127.0.0.1", clock: Clock | None = None) -> None:
        self.device, self.address = device, host
        self.faults, self.events = tuple(map(str, UrFault)), list[str]()
        self._clock = clock or MonotonicClock()
        self._lock = threading.Lock()
        self._kinematics = Kinematics(device.spec)
        self._motion = JointMotion(device.read().position, 1 / HZ, SPEED, ACCELERATION)
        self._gripper = device.read().gripper
        self._inputs: dict[str, Value] = {}
        # Counted in cycles, so that the watchdog pauses when this computer stalls.
        self._silent = 0
        self._script: ControlScript | None = None
        self._safety, self._remote, self._powered = Safety.NORMAL, True, True
        self._held_back: list[dict[str, Value]] | None = None
        self._mute = False
        self._sessions: set[RtdeSession] = set()
        self._open = True
        self._thread = threading.Thread(target=self._run, name="ur controller", daemon=True)
        self._thread.start()
        self._servers: list[TcpServer | RobotiqServer] = []
        try:
            self._listen()
        except RobotError:
            self.close()
            raise

    def _listen(self) -> None:
        serves = {DASHBOARD: self._dashboard, **dict.fromkeys(SCRIPT_PORTS, self._scripts), RTDE_PORT: self._rtde}
        for port, serve in serves.items():
            self._servers.append(TcpServer(self.address, port, serve))
        if self.device.spec.gripper is not None:
            self._servers.append(RobotiqServer(self.address, lambda: self.device.read().gripper, self._grip))

    @property
    def running(self) -> bool:
        """Whether a program runs."""
        return self._script is not None

    def fault(self, name: str) -> None:
        """Inject a `UrFault` by name. Raises `ValueError` for another name."""
        fault = UrFault(name)
        self.events.append(str(fault))
        with self._lock:
            match fault:
                case UrFault.PROTECTIVE_STOP:
                    self._protect()
                case UrFault.EMERGENCY_STOP:
                    self._safety, self._powered = Safety.ROBOT_EMERGENCY_STOP, False
                    self._end("emergency stop")
                case UrFault.LOCAL_CONTROL:
                    self._remote = False
                    self._end("switched to local control")
                case UrFault.POWER_OFF:
                    self._powered = False
                    self._end("powered off")
                case UrFault.PROGRAM_STOPPED:
                    self._end("stopped at the pendant")
                case UrFault.LATE_PACKETS:
                    self._held_back = []
                case UrFault.SILENT:
                    self._mute = True
        if fault is UrFault.LOST_CONNECTION:
            for server in self._servers:
                server.drop()

    def recover(self) -> None:
        """Unlock, power on and select remote control, as a person would; starts no program."""
        with self._lock:
            self._safety, self._remote, self._powered, self._held_back = Safety.NORMAL, True, True, None
            self._mute = False

    def close(self) -> None:
        """Close every connection; the device keeps its state."""
        self._open = False
        self._thread.join()
        for server in self._servers:
            server.close()

    def _grip(self, opening: float) -> None:
        self._gripper = opening

    def _protect(self) -> None:
        self._safety = Safety.PROTECTIVE_STOP
        self._end("protective stop")

    def _end(self, why: str) -> None:
        """End the program and brake the arm."""
        if self._script is not None:
            self.events.append(f"program ended: {why}")
            self._script = None
        self._motion.brake(BRAKING)

    def _run(self) -> None:
        tick, cycle = self._clock.now(), 0
        while self._open:
            with self._lock:
                self._cycle()
                sessions = tuple(session for session in self._sessions if session.wants())
                with_pose = any(s.wants("actual_TCP_pose", "target_TCP_pose") for s in sessions)
                values = self._values(with_pose) if sessions else {}
            if self._held_back is not None:
                self._held_back.append(values)
                late = len(self._held_back) > LATE_CYCLES
                values = self._held_back.pop(0) if late else {}
            for session in sessions:
                if values and not self._mute:
                    session.publish(cycle, values)
            cycle += 1
            # A computer too slow to keep up skips cycles.
            tick = max(tick + 1 / HZ, self._clock.now() - 5 / HZ)
            self._clock.sleep_until(tick)

    def _cycle(self) -> None:
        script = self._script
        if script is not None:
            script.step()
            self._silent += 1
            lapsed = script.watchdog_s is not None and self._silent > script.watchdog_s * HZ
            if lapsed and not any(session.has_mail() for session in self._sessions):
                self._end(f"watchdog: no input for {script.watchdog_s:.3f} s")
            elif script.over is not None:
                self._end(script.over)
        self._motion.step()
        self.device.follow(self._motion.position, self._motion.velocity, self._gripper)

    def _values(self, with_pose: bool) -> dict[str, Value]:
        state, motion = self.device.read(), self._motion
        n = len(state.position)
        effort = self.device.effort()[:n].tolist()
        pose = self._pose(state.position) if with_pose else [0.0] * 6
        running = self._script is not None
        values: dict[str, Value] = {
            "timestamp": self._clock.now(),
            "actual_q": state.position.tolist(),
            "actual_qd": state.velocity.tolist(),
            "target_q": motion.position.tolist(),
            "target_qd": motion.velocity.tolist(),
            "actual_moment": effort,
            "target_moment": effort,
            "actual_TCP_pose": pose,
            "target_TCP_pose": pose,
            "joint_mode": [253 if self._powered else 239] * n,
            "joint_temperatures": [35.0] * n,
            "robot_mode": 7 if self._powered else 3,
            "safety_mode": int(self._safety),
            "safety_status": int(self._safety),
            "safety_status_bits": _SAFETY_BITS[self._safety],
            "robot_status_bits": int(self._powered) | running << 1,
            "runtime_state": 2 if running else 1,
            "speed_scaling": 1.0,
            "target_speed_fraction": 1.0,
            "actual_main_voltage": 48.0,
            "actual_robot_voltage": 48.0 if self._powered else 0.0,
        }
        registers = {name: value for name, value in self._inputs.items() if "_register" in name}
        return values | registers | (self._script.outputs if self._script else {})

    def _pose(self, q: Array) -> list[float]:
        """Tool pose in the controller's base frame, rotated by 180° about z: x, y, z and a rotation vector."""
        pose = self._kinematics.forward(q)
        turn = np.diag([-1.0, -1.0, 1.0])
        rotation = turn @ pose.rotation
        angle = float(np.arccos(np.clip((np.trace(rotation) - 1) / 2, -1, 1)))
        values, vectors = np.linalg.eigh((rotation + rotation.T) / 2)
        axis = vectors[:, int(np.argmax(values))]
        skew = np.array(
            [rotation[2, 1] - rotation[1, 2], rotation[0, 2] - rotation[2, 0], rotation[1, 0] - rotation[0, 1]]
        )
        if axis @ skew < 0:
            axis = -axis
        return [*(turn @ pose.position).tolist(), *(axis * angle).tolist()]

    def _scripts(self, client: socket.socket) -> None:
        """Receive URScript; the line ``end`` that closes ``def`` ends a program."""
        text = b""
        while data := client.recv(65536):
            text += data
            if len(text) > MAX_SCRIPT:
                return
            if text.startswith(b"def ") and (text.endswith(b"\nend\n") or b"\nend\nrun program" in text):
                self._start(text)
                text = b""

    def _start(self, text: bytes) -> None:
        with self._lock:
            if self._safety is not Safety.NORMAL or not self._powered or not self._remote:
                self.events.append("a program was refused")
                return
            self._end("another program")
            self._inputs["input_int_register_0"] = 0
            self._silent = 0
            self._script = ControlScript(self._inputs, self._motion, self._protect)
            self.events.append(f"program started, {len(text)} bytes")

    def _dashboard(self, client: socket.socket) -> None:
        client.sendall(b"Connected: Universal Robots Dashboard Server\n")
        for line in text_lines(client):
            with self._lock:
                answer = self._answer(line)
            client.sendall(answer.encode() + b"\n")

    def _answer(self, line: str) -> str:
        match line.lower():
            case "polyscopeversion":
                return "URSoftware {}.{}.{}.{} (Jan 01 2022)".format(*VERSION_NUMBERS)
            case "is in remote control":
                return str(self._remote).lower()
            case "robotmode":
                return f"Robotmode: {'RUNNING' if self._powered else 'POWER_OFF'}"
            case "safetystatus":
                return f"Safetystatus: {self._safety.name}"
            case "safetymode":
                return f"Safetymode: {self._safety.name}"
            case "running":
                return f"Program running: {str(self.running).lower()}"
            case "programstate":
                return f"{'PLAYING' if self.running else 'STOPPED'} rtde_control.urp"
            case "get serial number":
                return "20225500001"
            case "get robot model":
                return "UR5"
            case "stop":
                self._end("stopped by the dashboard")
                return "Stopped"
            case "unlock protective stop":
                if self._safety is not Safety.PROTECTIVE_STOP:
                    return "Cannot unlock protective stop: there is none"
                self._safety = Safety.NORMAL
                return "Protective stop releasing"
            case "close safety popup":
                return "closing safety popup"
            case _:
                return f'could not understand: "{line}"'

    def _rtde(self, client: socket.socket) -> None:
        session = RtdeSession(client, self._take, HZ, VERSION_NUMBERS)
        with self._lock:
            self._sessions.add(session)
        try:
            session.serve()
        finally:
            with self._lock:
                self._sessions.discard(session)

    def _take(self, values: dict[str, Value]) -> None:
        with self._lock:
            self._inputs.update(values)
            if "input_int_register_0" in values:
                self._silent = 0

"""An AgileX Piper on a CAN bus: its main controller's frames, in front of a device.

Source: AgileX Robotics, "Piper CAN protocol" (V2), and the frames of its SDK. All integers are big-endian.
"""

from __future__ import annotations

import struct
import threading
from contextlib import suppress
from enum import StrEnum

import can
import numpy as np

from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.drivers.can_channel import can_channel
from sayso.hardware.emulated.device import Device
from sayso.hardware.emulated.joint_motion import JointMotion
from sayso.hardware.robot import RobotError

HZ = 200.0
SLOW = 20  # cycles between two reports of motor health
SPEED, ACCELERATION, LAG_S = 3.0, 5.0, 0.03
STANDBY, CAN_CONTROL = 0, 1
MOVE_J = 1
NORMAL, EMERGENCY_STOP, COLLISION, JOINT_FAULT = 0, 1, 7, 9
ENABLED, DRIVER_ERROR, COLLIDED = 1 << 6, 1 << 5, 1 << 4
ALL_MOTORS = 7
_WIDTH, _ANGLE = 1e6, 180e3 / np.pi  # to units of 0.001 mm and 0.001°


class PiperFault(StrEnum):
    """Faults that can be injected."""

    EMERGENCY_STOP = "emergency-stop"
    COLLISION = "collision"
    DRIVER_ERROR = "driver-error"
    UNPLUGGED = "unplugged"


class PiperArm:
    """A Piper on the CAN channel ``address``, INTERFACE:CHANNEL; ``events`` describes its history.

    Raises `RobotError` if the channel cannot be opened or the device does not have six joints.
    """

    def __init__(self, device: Device, address: str, clock: Clock | None = None) -> None:
        if device.spec.dof != 6:
            raise RobotError(f"a Piper has 6 joints; {device.spec.name} has {device.spec.dof}")
        self.device, self.address = device, address
        self.faults, self.events = tuple(map(str, PiperFault)), list[str]()
        self._clock = clock or MonotonicClock()
        self._lock = threading.Lock()
        state = device.read()
        self._motion = JointMotion(state.position, 1 / HZ, SPEED, ACCELERATION)
        self._goal, self._gripper, self._effort = state.position.copy(), state.gripper, 0
        self._widest = device.spec.gripper.width if device.spec.gripper else 0.0
        self._enabled = [True] * 7  # the arm holds itself after power-on; joints first, gripper last
        self._broken = self._collided = False
        self._mode, self._move, self._status, self._silent = STANDBY, MOVE_J, NORMAL, False
        interface, channel = can_channel(address)
        try:
            self._bus = can.Bus(interface=interface, channel=channel)
        except (can.CanError, OSError, ValueError) as error:
            raise RobotError(f"cannot open the CAN channel {address}: {error}") from error
        self._open = True
        self._threads = [threading.Thread(target=run, name="piper", daemon=True) for run in (self._run, self._listen)]
        for thread in self._threads:
            thread.start()

    def fault(self, name: str) -> None:
        """Inject a `PiperFault` by name. Raises `ValueError` for another name."""
        fault = PiperFault(name)
        self.events.append(name)
        with self._lock:
            match fault:
                case PiperFault.EMERGENCY_STOP:
                    self._halt(EMERGENCY_STOP)
                case PiperFault.COLLISION:
                    self._collided = True
                    self._halt(COLLISION)
                case PiperFault.DRIVER_ERROR:
                    self._broken = True
                    self._enable([2], False)
                    self._halt(JOINT_FAULT)
                case PiperFault.UNPLUGGED:
                    self._silent = True

    def recover(self) -> None:
        """Clear all faults; the arm stays in standby."""
        with self._lock:
            self._silent = self._broken = self._collided = False
            self._status = NORMAL
            self._enable([2], True)

    def close(self) -> None:
        """Leave the bus."""
        self._open = False
        for thread in self._threads:
            thread.join()
        self._bus.shutdown()

    def _halt(self, status: int) -> None:
        """Brake and refuse orders until `recover`."""
        self._status, self._mode = status, STANDBY
        self._motion.brake()

    def _enable(self, motors: list[int], on: bool) -> None:
        for motor in motors:
            self._enabled[motor - 1] = on and not (self._broken and motor == 2)
        motors_there = self.device.spec.dof + (self.device.spec.gripper is not None)
        self.device.power(self._enabled[:motors_there])
        if on:
            state = self.device.read()
            self._motion = JointMotion(state.position, 1 / HZ, SPEED, ACCELERATION)
            self._goal = state.position.copy()

    def _run(self) -> None:
        tick, cycle = self._clock.now(), 0
        while self._open:
            with self._lock:
                if self._mode == CAN_CONTROL:
                    self._motion.servo(self._goal, LAG_S)
                self._motion.step()
                self.device.follow(self._motion.position, self._motion.velocity, self._gripper)
                frames = [] if self._silent else self._frames(cycle)
            for number, data in frames:
                with suppress(can.CanError, OSError):  # a full bus drops frames
                    self._bus.send(can.Message(arbitration_id=number, data=data, is_extended_id=False))
            cycle += 1
            # A computer too slow to keep up skips cycles.
            tick = max(tick + 1 / HZ, self._clock.now() - 2 / HZ)
            self._clock.sleep_until(tick)

    def _frames(self, cycle: int) -> list[tuple[int, bytes]]:
        """The frames of this cycle: angles in each; status, gripper and speeds in every second one."""
        state = self.device.read()
        angles = np.round(state.position * _ANGLE).astype(int).tolist()
        frames = [(0x2A5 + i, struct.pack(">ii", angles[2 * i], angles[2 * i + 1])) for i in range(3)]
        if cycle % 2:
            return frames
        effort = self.device.effort()
        moving = int(not self._motion.steady)
        frames.append((0x2A1, bytes([self._mode, self._status, self._move, 0, moving, 0, 0, 0])))
        width = round(state.gripper * self._widest * _WIDTH)
        frames.append((0x2A8, struct.pack(">ihBB", width, self._effort, ENABLED * self._enabled[6], 0)))
        for i in range(6):
            speed, angle = round(float(state.velocity[i]) * 1e3), round(float(state.position[i]) * 1e3)
            current = min(max(round(float(effort[i]) * 1e3), -32000), 32000)
            frames.append((0x251 + i, struct.pack(">hhi", speed, current, angle)))
        if cycle % SLOW == 0:
            frames += [(0x261 + i, struct.pack(">HhbBH", 240, 35, 33, self._health(i), 500)) for i in range(6)]
        return frames

    def _health(self, joint: int) -> int:
        broken = DRIVER_ERROR if self._broken and joint == 1 else 0
        return ENABLED * self._enabled[joint] | broken | COLLIDED * self._collided

    def _listen(self) -> None:
        while self._open:
            with suppress(can.CanError, OSError):
                message = self._bus.recv(0.1)
                if message is not None and not self._silent and len(message.data) == 8:
                    with self._lock:
                        self._take(message.arbitration_id, bytes(message.data))

    def _take(self, number: int, data: bytes) -> None:
        match number:
            case 0x150 if data[0] == 1:
                self._halt(EMERGENCY_STOP)
                self.events.append("emergency stop ordered")
            case 0x151 if self._status == NORMAL:
                if data[0] in (STANDBY, CAN_CONTROL) and data[1] == MOVE_J:
                    if self._mode == STANDBY and data[0] == CAN_CONTROL:
                        self._goal = self._motion.position.copy()
                        self.events.append("CAN control")
                    self._mode = data[0]
                    # The percentage scales the configured joint speeds.
                    self._motion.speed = SPEED * min(data[2], 100) / 100
            case 0x155 | 0x156 | 0x157 if self._mode == CAN_CONTROL:
                i = 2 * (number - 0x155)
                goal = np.array(struct.unpack(">ii", data)) / _ANGLE
                spec = self.device.spec
                # Ignore an angle out of range, as the arm does.
                if np.all((goal >= spec.lower[i : i + 2] - 1e-3) & (goal <= spec.upper[i : i + 2] + 1e-3)):
                    self._goal[i : i + 2] = goal
            case 0x159:
                width, effort, code, _ = struct.unpack(">ihBB", data)
                self._enabled[6] = bool(code & 1)
                if self._enabled[6] and self._widest:
                    self._gripper, self._effort = min(max(width / _WIDTH / self._widest, 0.0), 1.0), effort
            case 0x471:
                motors = list(range(1, 8)) if data[0] in (ALL_MOTORS, 0xFF) else [data[0]]
                if all(1 <= motor <= 7 for motor in motors):
                    self._enable(motors, data[1] == 2)
                    self.events.append(f"motors {'enabled' if data[1] == 2 else 'disabled'}: {motors}")

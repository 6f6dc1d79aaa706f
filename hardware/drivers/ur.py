"""Universal Robots arms through ``ur-rtde``: servoj over RTDE, the controller's watchdog, a Robotiq gripper.

The controller stops the arm when no message arrives for `WATCHDOG_S`. After an unrequested stop (protective,
emergency, watchdog, lost connection) the driver raises errors until the next `connect`.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Never

import numpy as np
from dashboard_client import DashboardClient
from rtde_control import RTDEControlInterface
from rtde_receive import RTDEReceiveInterface

from sayso.hardware.clock import Clock
from sayso.hardware.drivers.driver import Connection, Driver
from sayso.hardware.drivers.remote_time import RemoteTime
from sayso.hardware.drivers.robotiq import RobotiqGripper
from sayso.hardware.drivers.rtde_probe import check_answers
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointState, JointTarget, RobotSpec

WATCHDOG_S = 0.08  # plus about 20 ms of braking: at rest within 0.1 s
STALE_S = 0.09  # maximum age of a joint state; detects a loss within 0.1 s
BEGIN_S = 5.0  # longest start of an uploaded program
BREAK_S = 0.1  # longest time from a fault to the SDK's report of a lost connection
LOOKAHEAD_S = 0.05  # of 0.03 to 0.2: servoj's smoothing
GAIN = 400  # of 100 to 2000
LOST = "the connection was lost; check the network and the controller"
# After a lost connection the SDK reconnects in its own threads, and any further call, `disconnect` included, may crash
# the process. So its objects are left alone, and these controllers can only be reached from a new process.
_lost: set[str] = set()
VARIABLES = ["timestamp", "actual_q", "actual_qd", "robot_mode", "safety_status_bits", "robot_status_bits"]

RUNNING = 7
PROGRAM = 1 << 1
# Bits of the safety status, the dashboard's words for them, and the remedy.
_STOPS = (
    (
        1 << 7 | 1 << 6 | 1 << 5,
        ("EMERGENCY_STOP",),
        "an emergency stop is pressed; release it, power the arm on at the pendant",
    ),
    (1 << 2, ("PROTECTIVE_STOP",), "protective stop; check what it ran into, unlock it at the pendant"),
    (1 << 4, ("SAFEGUARD_STOP",), "the safeguard stop is open; close it"),
    (1 << 9 | 1 << 8, ("FAULT", "VIOLATION"), "a safety fault or violation; see the pendant"),
)


class Ur(Driver):
    """A UR e-Series arm at the address ``connection.port``; the module says when it stops by itself."""

    watchdog_s = WATCHDOG_S

    def __init__(self, spec: RobotSpec, connection: Connection, clock: Clock | None = None) -> None:
        super().__init__(spec, connection, clock)
        self._receive: RTDEReceiveInterface | None = None
        self._control: RTDEControlInterface | None = None
        self._gripper: RobotiqGripper | None = None
        self._armed = False
        self._fault: str | None = None
        self._time = RemoteTime(self.clock)

    def connect(self) -> None:
        """Check that the arm may be driven, start to receive and, in live mode, upload the SDK's control script."""
        self.disconnect()
        self._fault = None
        if not self.connection.port:
            raise RobotError(f"{self.spec.name}: give the controller's address, --port 192.168.0.2 for example")
        if self.connection.port in _lost:
            raise RobotError(f"{self._name}: its connection was lost in this process; start the program again")
        try:
            if self.live:
                self._check_drivable()
            check_answers(self.connection.port)
            self._receive = RTDEReceiveInterface(self.connection.port, -1.0, VARIABLES)
            self._time = RemoteTime(self.clock)
            self._check_joints()
            if self.live:
                flags = RTDEControlInterface.FLAG_UPLOAD_SCRIPT
                self._control = RTDEControlInterface(self.connection.port, -1.0, flags)
            if self.spec.gripper is not None:
                self._gripper = RobotiqGripper(self.connection.port, self.clock, self.live)
        except RobotError:
            self.disconnect()
            raise
        except RuntimeError as error:
            self.disconnect()
            text = str(error).removeprefix("Error: ")
            raise RobotError(
                f"{self._name}: {text}; is the controller on, and nothing else in control of it?"
            ) from error

    def read(self) -> JointState:
        """The newest joint state; t is the controller's measurement time. Raises `RobotError` if it is too old."""
        receive = self._receive
        if receive is None:
            raise RobotError(f"cannot read {self._name}: not connected; call connect() first")
        if self._fault is not None:
            raise RobotError(self._fault)
        if not self._connected():
            self._fail(LOST)  # before any other call into the SDK
        t = self._time.ours(receive.getTimestamp())
        if self.clock.now() - t > STALE_S:
            self._fail(f"no joint state for {self.clock.now() - t:.2f} s; check the network and the controller")
        if self._armed and (why := self._stopped()):
            self._fail(why)
        opening = 1.0
        if self._gripper is not None:
            opening = self._gripper.opening
            if self._gripper.error is not None:
                self._fail(self._gripper.error)
        return JointState(t, np.array(receive.getActualQ()), np.array(receive.getActualQd()), opening)

    def send(self, target: JointTarget) -> JointTarget:
        """Send the target to servoj. The first target after `connect` or `stop` arms the controller's watchdog."""
        if self._control is None:
            raise RobotError(f"cannot write {self._name}: not connected; call connect() first")
        self.read()  # raises on a stop or silence, for which the SDK would wait in vain
        if not self._armed:
            self._arm(self._control)
        period = 1.0 / self.spec.control_hz
        try:
            taken = self._control.servoJ(target.position.tolist(), 0.0, 0.0, period, LOOKAHEAD_S, GAIN)
        except RuntimeError as error:
            self._fail(f"{LOST} ({error})")
        if not taken:
            self._fail(self._stopped() or self._program_stopped())
        if self._gripper is not None:
            self._gripper.target = target.gripper
        return target

    def stop(self) -> None:
        """Brake and end the program; the controller holds the arm. The gripper keeps its grip."""
        if self._armed and self._control is not None:
            self._armed = False
            if self._fault is None and self._connected():
                with suppress(RuntimeError):
                    self._control.servoStop()
                    self._control.stopScript()

    def disconnect(self) -> None:
        """Stop and close every connection."""
        self.stop()
        if self._gripper is not None:
            self._gripper.close()
        # A fault may be the first sign of a breaking connection: give the SDK time to notice.
        until = self.clock.now() + (BREAK_S if self._fault is not None else 0.0)
        while (whole := self._connected()) and self.clock.now() < until:
            self.clock.sleep_until(self.clock.now() + 0.002)
        if not whole:
            _lost.add(self.connection.port)
        lost = self.connection.port in _lost
        for part in [part for part in (self._control, self._receive) if part is not None]:
            if not lost:
                with suppress(RuntimeError):
                    part.disconnect()
            if lost or self._fault is not None:
                _keep(part)
        self._receive = self._control = self._gripper = None

    def _check_drivable(self) -> None:
        dashboard = DashboardClient(self.connection.port)
        dashboard.connect(2000)
        try:
            if not dashboard.isInRemoteControl():
                raise RobotError(f"{self._name} is in local control; switch it to remote control at the pendant")
            if (mode := dashboard.robotmode()) != "Robotmode: RUNNING":
                raise RobotError(f"{self._name} is not ready ({mode}); power it on and release its brakes")
            if (safety := dashboard.safetystatus()) not in ("Safetystatus: NORMAL", "Safetystatus: REDUCED"):
                raise RobotError(f"{self._name} is stopped ({safety}); find the cause, and unlock it at the pendant")
        finally:
            dashboard.disconnect()

    def _check_joints(self) -> None:
        assert self._receive is not None
        found = len(self._receive.getActualQ())
        if found != self.spec.dof:
            raise RobotError(f"{self._name} has {found} joints; {self.spec.name} has {self.spec.dof}")

    def _arm(self, control: RTDEControlInterface) -> None:
        """Restart the program if `stop` ended it, and arm its watchdog."""
        with suppress(RuntimeError):
            if self._runs(control) and control.setWatchdog(1.0 / WATCHDOG_S):
                self._armed = True
                return
        self._fail(self._stopped() or "its control program does not start; see the pendant")

    def _runs(self, control: RTDEControlInterface) -> bool:
        """Whether the program runs, after uploading it again if needed; the SDK does not wait for its start."""
        if control.isProgramRunning():
            return True
        until = self.clock.now() + BEGIN_S
        if not control.reuploadScript():
            return False
        while not (runs := control.isProgramRunning()) and self.clock.now() < until:
            self.clock.sleep_until(self.clock.now() + 0.005)
        return bool(runs)

    def _stopped(self) -> str:
        """Why the arm may not move, by its safety and power states; "" if it may."""
        assert self._receive is not None
        bits = self._receive.getSafetyStatusBits()
        for mask, _, text in _STOPS:
            if bits & mask:
                return text
        if self._receive.getRobotMode() != RUNNING:
            return "it is not powered, or its brakes are on; power it on at the pendant"
        return "" if self._receive.getRobotStatus() & PROGRAM else self._program_stopped()

    def _program_stopped(self) -> str:
        """Why the program ended, by the dashboard: the RTDE state with the reason may still be under way."""
        with suppress(RuntimeError):
            dashboard = DashboardClient(self.connection.port)
            dashboard.connect(500)
            remote, safety = dashboard.isInRemoteControl(), dashboard.safetystatus()
            dashboard.disconnect()
            for _, words, text in _STOPS:
                if any(word in safety for word in words):
                    return text
            if not remote:
                return "it was switched to local control; switch it back at the pendant"
        return f"its program ended: nothing reached it for {WATCHDOG_S:g} s, or stop was pressed at the pendant"

    def _connected(self) -> bool:
        """Whether every connection made is alive."""
        return all(part is None or part.isConnected() for part in (self._control, self._receive))

    def _fail(self, why: str) -> Never:
        self._armed = False
        if not (why.startswith(LOST) or self._connected()):
            why = LOST
        if why.startswith(LOST):
            _lost.add(self.connection.port)
        self._fault = f"{self._name}: {why}; then connect again"
        raise RobotError(self._fault)


def _keep(part: object) -> None:
    """Keep ``part`` alive for ever: after a lost connection its thread reconnects and crashes on a freed object."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(part))

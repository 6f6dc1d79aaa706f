"""The real backend: an arm behind its loop's process and driver, real cameras, no ground truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from sayso.backends.recording_camera import RecordingCamera
from sayso.backends.resolve_robot import ResolvedRobot, confirm
from sayso.backends.robot_config import state_path
from sayso.backends.seeing import seeing
from sayso.errors import UserError
from sayso.hardware.cameras.open import camera_plan
from sayso.hardware.cameras.rig import CameraRig
from sayso.hardware.control.clearance import MARGIN_M, Plane
from sayso.hardware.control.fault_latch import FaultLatch
from sayso.hardware.control.homing import StoppedError, go_home
from sayso.hardware.control.loop import Cycle, Source
from sayso.hardware.drivers.driver import Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.process.remote_robot import PassOn, RemoteLoop, RemoteRobot
from sayso.hardware.robot import Camera, RobotError
from sayso.hardware.types import RobotSpec
from sayso.hardware.world import ObjectTruth, Task
from sayso.perception.pipeline import PerceptionPipeline, patiently
from sayso.result import RobotEvent

if TYPE_CHECKING:
    from sayso.model_store import ModelStore

DOUBT_S = 0.5  # time that detection of a black or frozen camera takes
PRESSED_M = 0.003  # allowed depth of the fingers below the table plane: objects and table yield a little


class RealBackend:
    """The arm and cameras of ``resolved``. The constructor opens the cameras; only `connect` touches the arm.

    In live mode the arm first goes home. ``eyes`` as for `seeing`. ``tell`` receives the limits that apply and, at the
    end, the position in which the arm is left. Raises `RobotError` or `UserError`.
    """

    def __init__(
        self,
        resolved: ResolvedRobot,
        store: ModelStore,
        tell: Callable[[str], None],
        film: bool = False,
        hold_to_run: bool = False,
        eyes: bool | None = None,
    ) -> None:
        self.resolved, spec = resolved, resolved.spec
        self.arm = spec.name
        self._live = resolved.connection.mode is Mode.LIVE
        self._tell, self._connected, self.rested = tell, False, False
        if self._live:
            tell(resolved.limits)
            confirm(resolved)
        self.robot = loop_robot(resolved, tell, hold_to_run)
        if self._live and not resolved.cameras:
            raise UserError(f"{resolved.name} has no camera; give --camera [NAME=]ADDRESS, a number, a file or a URL")
        plans = [camera_plan(text, resolved.calibrations) for text in resolved.cameras]
        deep, flat = any(p.depth for p in plans), any(not p.depth for p in plans)
        detector, self.seen_with = seeing(store, spec, deep=deep, flat=flat, eyes=eyes)
        self._loop: RemoteLoop | None = None
        self._rig = CameraRig(plans)
        self._rig.__enter__()
        self._opened = self.robot.clock.now()
        cameras: list[Camera] = list(self._rig.cameras)
        self.film = RecordingCamera(cameras[0]) if film and cameras else None
        kept = [self.film or cameras[0], *cameras[1:]] if cameras else []
        self.perception = PerceptionPipeline(spec, detector, kept, repeatable=False)

    def connect(self, stopped: Callable[[], bool]) -> None:
        """Connect the arm, or restart it after a stop; in live mode move it home."""
        clock = self.robot.clock
        clock.sleep_until(self._opened + DOUBT_S)
        for camera in self._rig.cameras:
            patiently(camera.read, clock)
        self._start()
        if self._live:
            self._home(stopped)

    def _start(self) -> None:
        self.rested = False
        try:
            if self.robot.connected:
                self.robot.start()
            else:
                self.robot.connect()
            self._connected = self._live
        except StoppedError:
            self._connected = self._live
            raise

    def loop(self, source: Source, on_cycle: Callable[[Cycle], None]) -> RemoteLoop:
        """The session's proxy of the arm's loop."""
        self._loop = RemoteLoop(self.robot, source, on_cycle)
        return self._loop

    def begin(self) -> None:
        """Does nothing: the clock runs by itself."""

    def stop(self) -> None:
        """Press the stop of the arm's loop, which brakes in its next cycle, independently of this process."""
        (self._loop or self.robot).stop()

    def ask(self, speed: float, pressed: bool) -> None:
        """Order it of the arm's loop, if there is one."""
        if self.robot.connected:
            self.robot.order(speed=speed, pressed=pressed)

    def hold_stop(self, held: bool) -> None:
        """Hold the stop of the arm's loop, or let it go."""
        self.robot.hold_stop(held)

    def go_home(self, stopped: Callable[[], bool]) -> None:
        """Start the arm and move it home. Raises `StoppedError` if a stop or ``stopped()`` ends this."""
        self._start()
        self._home(stopped)

    def _home(self, stopped: Callable[[], bool]) -> None:
        go_home(self.robot, PassOn(self.resolved.spec.dof), stopped=lambda: stopped() or self.robot.pressed)

    @property
    def lies_down(self) -> bool:
        """Whether the arm is live and has a rest pose."""
        return self._live and self.resolved.spec.rest is not None

    def rest(self, stopped: Callable[[], bool]) -> None:
        """Move to the rest pose and switch off, if the arm can. Raises `StoppedError` if a stop or ``stopped()`` ends
        this.

        The loop ends in any case, and the arm holds itself.
        """
        if not self.robot.connected:
            self._start()
        self.rested = self.robot.rest(stopped)
        was_stopped = not self.rested and (stopped() or self.robot.pressed)
        if not self.robot.connected:
            self.robot.disconnect()
        if was_stopped:
            raise StoppedError(f"{self.resolved.name} was stopped while it lay down; it holds where it is")

    def stops(self) -> int:
        """Sum of the stop counts of the arm's loop; 0 without a loop."""
        return self.robot.presses

    def clear(self, stops: int) -> None:
        """Clear the stops up to this count."""
        self.robot.clear(stops)

    @property
    def stop_line(self) -> str:
        """The name of the `StopFlag` of the arm's loop; "" while there is none."""
        return self.robot.stop_line

    task = Task("")

    def truth(self) -> None:
        """None: a real arm has no ground truth."""

    def verdict(self, instruction: str, before: Mapping[str, ObjectTruth] | None, viewpoint_yaw: float = 0.0) -> None:
        """None: a real arm has no ground truth."""

    def reset(self, seed: int, task: str | None = None) -> Task:
        """Raises `RobotError`: the real world cannot be set up."""
        raise RobotError(f"{self.resolved.name} is real: only a world can be set up anew")

    @property
    def events(self) -> tuple[RobotEvent, ...]:
        """Events of the arm and its cameras, oldest first, on the robot's clock."""
        arm = [RobotEvent(note.t, f"{self.resolved.name}: {note.text}") for note in self.robot.notes]
        seen = [RobotEvent(e.t, e.text) for e in self._rig.events]
        return tuple(sorted(arm + seen, key=lambda e: e.t))

    def close(self) -> None:
        """Stop the arm, which holds its position, and release arm and cameras."""
        try:
            self.robot.disconnect()
            if self._connected and not self.rested:
                name = self.resolved.name
                lies = "" if self.resolved.spec.rest is None else f"; 'sayso rest {name}' lays it down"
                self._tell(f"{name} stays where it is, held by its own means{lies}")
            self._connected = False
        finally:
            self.perception.close()
            self._rig.close()


def loop_robot(resolved: ResolvedRobot, tell: Callable[[str], None], hold_to_run: bool = False) -> RemoteRobot:
    """The arm of ``resolved`` behind its loop's process, not yet connected. Raises `UserError` for a latched fault."""
    latch = FaultLatch(state_path(resolved.name, "fault"))
    if fault := latch.cause():
        raise UserError(
            f"{resolved.name} is in fault since it last moved: {fault}; fix the cause, then delete {latch.path}"
        )
    return RemoteRobot(
        resolved.spec,
        partial(open_driver, resolved.driver, resolved.connection),
        planes=(table_below(resolved.spec),),
        latch=latch,
        realtime=resolved.realtime,
        hold_to_run=hold_to_run,
        on_note=lambda note: tell(f"{resolved.name}: {note.text}"),
    )


def table_below(spec: RobotSpec) -> Plane:
    """A plane that no part of the arm may cross: the lowest tool position minus the fingers' length and margins."""
    fingertip = spec.gripper.fingertip if spec.gripper else 0.0
    return Plane("table", (0.0, 0.0, 1.0), float(spec.workspace.lower[2]) - fingertip - MARGIN_M - PRESSED_M)

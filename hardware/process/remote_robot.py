"""The near side of a control loop in another process: a `Robot`, and the loop that passes targets on to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf

import numpy as np

from sayso.hardware.clock import MonotonicClock
from sayso.hardware.control.clearance import Plane
from sayso.hardware.control.fault_latch import FaultLatch
from sayso.hardware.control.guard import GuardEvent, Verdict
from sayso.hardware.control.homing import StoppedError
from sayso.hardware.control.loop import ControlLoop, Cycle, Source
from sayso.hardware.control.state_machine import State
from sayso.hardware.ipc.channel import Channel, ChannelAddress, Publisher, Subscriber
from sayso.hardware.ipc.event_ring import EventRing, Note
from sayso.hardware.ipc.messages import ControlRequest, OrderMessage, Report, ReportMessage, TargetMessage
from sayso.hardware.ipc.stop_flag import StopFlag
from sayso.hardware.ipc.timing_ring import TimingRing
from sayso.hardware.process.control_process import BROKEN, BROKEN_CODE, LIES_CODE, STAMPS, LoopPlan, run_loop
from sayso.hardware.process.supervisor import ProcessEvent, ProcessPlan, ProcessStatus, ProcessTable
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import JointState, JointTarget, RobotSpec

ORDER_LIFE_S = 0.1
ORDERS_EVERY_S = 0.05
ANSWER_S = 60.0
# A maker's library may take seconds to restart its program; the arm holds and the loop waits meanwhile.
HANG_S, LEAVE_S = 6.0, 30.0
STOPPED_S = 2.0  # longest wait for a blocking driver after a stop
STOP_SEAT, HELD_SEAT = 0, 1
HZ = 100.0  # highest rate of targets; between two the guard extrapolates by their velocity
SILENT_S = 0.5  # a loop without a report for longer counts as lost
BRAKING_S = 5.0  # longest wait for the arm to stop before a requested restart
START_S = 0.5  # longest wait for RUNNING after a start
_ALIVE = (State.RUNNING, State.HOLDING)


class RemoteRobot(Robot):
    """Runs ``make()``'s robot with its guard and controller in another process, and watches that process.

    ``make`` is called in that process: a module-level function or a partial of one. `connect` starts the process and
    arms the arm, since a person connects it; with ``armed`` false the loop only measures until `order`. With ``latch``
    a fault survives the session. ``beside`` lists further processes to run, such as a policy's, and receives the
    channel of targets, which its latest publisher owns. ``notes`` holds messages for the operator (bridged readings,
    holds, faults, driver messages); ``on_note`` receives each, in another thread.
    """

    def __init__(
        self,
        spec: RobotSpec,
        make: Callable[[], Robot],
        *,
        armed: bool = True,
        planes: tuple[Plane, ...] = (),
        hold_to_run: bool = False,
        latch: FaultLatch | None = None,
        realtime: bool = True,
        beside: Callable[[ChannelAddress[JointTarget]], Sequence[ProcessPlan]] = lambda _: (),
        on_note: Callable[[Note], None] = lambda _: None,
    ) -> None:
        self.spec, self.clock = spec, MonotonicClock()
        self.news: list[ProcessEvent] = []
        self.notes: list[Note] = []
        self._on_note = on_note
        self.silent = False  # for tests: stops the requests, as if the connection to the operator were cut
        self._make, self._armed, self._planes, self._hold_to_run = make, armed, planes, hold_to_run
        self._latch, self._realtime, self._beside = latch, realtime, beside
        self._report: Report | None = None
        self._orders, self._lock = ControlRequest(), threading.Lock()
        self._thread: threading.Thread | None = None
        self._gone = threading.Event()
        self._stop_asked = False
        self._cleared = 0  # sum of the stop counts when a person last cleared the stop

    def connect(self) -> None:
        """Start the loop and wait for its first report. Raises `RobotError` if that fails or a fault is latched, and
        `StoppedError` if the stop was pressed meanwhile."""
        if self._thread is not None:
            return
        failed = self._latch.cause() if self._latch else ""
        n = self.spec.dof
        targets, orders, reports = Channel(TargetMessage(n)), Channel(OrderMessage()), Channel(ReportMessage(n))
        self._channels = (targets.close, orders.close, reports.close)
        self.stops, self.stamps, self._book = StopFlag(), TimingRing(*STAMPS), EventRing()
        plan = LoopPlan(
            self._make, targets.address, orders.address, reports.address, self.stops.name, n, self._planes,
            self._hold_to_run, failed, self._realtime, self.stamps.name, self._book.name,
        )  # fmt: skip
        self._targets, self._sender = Publisher(targets.address), Publisher(orders.address)
        self._reports, self._watched = Subscriber(reports.address), Subscriber(reports.address)
        self.processes = ProcessTable([*self._beside(targets.address), self._loop_plan(plan)])
        self._orders, self._report, self.news, self.silent = ControlRequest(), None, [], False
        self._gone.clear()
        self._thread = threading.Thread(target=self._look_after, name="sayso-processes", daemon=True)
        self._thread.start()
        try:
            self._wait(lambda r: r.heard > 0, "started")
            if failed:
                raise RobotError(f"{self.spec.name} is in fault: {failed}; fix the cause, then reset it")
            if self._armed:
                if not self.pressed:
                    self.order(arm=True, start=True, clear=False)
                    self._wait(lambda r: self.pressed or r.state in _ALIVE, "begun")
                if self.pressed:
                    raise StoppedError(f"{self.spec.name} was stopped before it moved; it holds where it is")
        except BaseException:
            self.disconnect()
            raise

    def read(self) -> JointState:
        """The joint state measured last. Raises `RobotError` once the loop has failed for good or is in fault."""
        report = self.report()
        if self.processes.failed:
            raise RobotError(self.processes.failed)
        if report.state is State.FAULT:
            raise RobotError(f"{self.spec.name} is in fault: {report.text}")
        return report.measured

    def write(self, target: JointTarget) -> JointTarget:
        """Pass a target on; return the target that the loop sent last."""
        if self._thread is None:
            raise RobotError(f"{self.spec.name} is not connected; call connect() first")
        now = self.clock.now()
        self._targets.write(target, now, target.expires)
        return self.report().sent

    def stop(self) -> None:
        """Press the stop, from any thread: the arm brakes at once and holds until it is armed and started again."""
        self._stop_asked = True  # also stops a loop that is still starting
        if self._thread is not None:
            self.stops.press(STOP_SEAT, self.clock.now())

    def hold_stop(self, held: bool) -> None:
        """Hold the stop, which prevents every start, or release it, which moves nothing. No effect without a loop."""
        if self._thread is not None and held:
            self.stops.press(HELD_SEAT, self.clock.now(), hold=True)
        elif self._thread is not None:
            self.stops.let_go(HELD_SEAT)

    @property
    def stop_line(self) -> str:
        """The name of the loop's `StopFlag`, "" while not connected."""
        return self.stops.name if self._thread is not None else ""

    @property
    def pressed(self) -> bool:
        """Whether any source pressed the stop since a person last cleared it, or holds it."""
        counts = () if self._thread is None else self.stops.look()
        return self._stop_asked or sum(counts) != self._cleared or any(count & 1 for count in counts)

    @property
    def connected(self) -> bool:
        """Whether the loop's process was started and not yet ended."""
        return self._thread is not None and not self._gone.is_set()

    @property
    def presses(self) -> int:
        """Sum of the stop counts; 0 while not connected."""
        return 0 if self._thread is None else sum(self.stops.look())

    def start(self) -> None:
        """Start the arm again once it stands still. Raises `StoppedError` if the stop was pressed since `clear`."""
        since = self.clock.now() + 2 / self.spec.control_hz  # the present cycle may have started before the stop
        self._wait(lambda r: self.pressed or (r.t > since and r.state is not State.STOPPING), "standing")
        if not self.pressed and self.read() and self.report().state not in _ALIVE:
            self.order(arm=True, start=True, clear=False)
            self._wait(lambda r: self.pressed or r.state in _ALIVE, "started")
        if self.pressed:
            raise StoppedError(f"{self.spec.name} was stopped before it moved; it holds where it is")

    def rest(self, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Let the driver move the arm to its rest pose and switch off, then end the loop; return whether it did.

        A stop pressed since the last `clear`, or ``stopped()``, prevents or ends the motion.
        """
        if self._thread is None or self.pressed or not self._reports_well():
            return False
        self._end_loop(stopped, rest=True)
        process = self.processes.process("loop")
        return process is not None and process.exitcode == LIES_CODE

    def disconnect(self) -> None:
        """Stop the arm, wait until its driver has released it, and end the processes. The arm holds its position."""
        if self._thread is None:
            return
        if not self._gone.is_set():
            self.stop()
            self._end_loop(lambda: False, leave=True)
        self.processes.close()
        self._take_notes()
        ends = (self._book.close, self._targets.close, self._sender.close, self._reports.close, self._watched.close)
        with self._lock:  # first, so that nothing uses what is being closed
            self._thread, self._stop_asked, self._cleared = None, False, 0
        for close in (*ends, *self._channels, self.stops.close, self.stamps.close):
            close()

    def _end_loop(self, stopped: Callable[[], bool], **how: bool) -> None:
        """End the loop's process by "leave" or "rest". Stops supervising: lying down may exceed the hang time-out."""
        assert self._thread is not None
        self._gone.set()
        self._thread.join()
        self._keep_fault()
        if not self._reports_well():
            return
        self.order(**how)
        until = self.clock.now() + LEAVE_S
        while self.clock.now() < until and not self._has_ended():
            self.clock.sleep_until(self.clock.now() + 0.02)
            if stopped() and not self.pressed:
                self.stop()
            with self._lock:
                self._send()

    def _reports_well(self) -> bool:
        return self._report is not None and self._report.event != BROKEN

    def clear(self, presses: int | None = None) -> None:
        """Clear the stops pressed so far, or only those up to an earlier value of `presses`; only a person may ask for
        this. Moves nothing."""
        self._stop_asked, self._cleared = False, self.presses if presses is None else presses

    def order(
        self, *, speed: float | None = None, pressed: bool | None = None, clear: bool = True, **wanted: bool
    ) -> None:
        """Send a person's request: arm, start, hold, resume, reset; hold-to-run pressed or not; a speed in (0, 1].

        Arm and start also clear the stops pressed so far, unless ``clear`` is false: then a stop pressed since the last
        `clear` wins.
        """
        if clear and (wanted.get("arm") or wanted.get("start")):
            self.clear()
        with self._lock:
            old = self._orders
            counts = {name: getattr(old, name) + 1 for name, yes in wanted.items() if yes}
            press = old.press + (pressed is True and not old.pressed)
            self._orders = replace(
                old, **counts, stops=self._cleared, press=press, pressed=old.pressed if pressed is None else pressed,
                speed=old.speed if speed is None else speed,
            )  # fmt: skip
            self._send()
        if wanted.get("reset") and self._latch is not None:
            self._latch.reset()

    def report(self) -> Report:
        """The loop's newest report. Raises `RobotError` before the first."""
        message = self._reports.new()
        if message is not None:
            self._report = message.value
        if self._report is None:
            raise RobotError(f"the loop of {self.spec.name} has not reported yet; call connect() first")
        return self._report

    def what_happened(self) -> str:
        """Why the loop does not report, in words."""
        if self._report is not None and self._report.event == BROKEN:
            return f"ended: {self._report.text}"
        bad = [n for n in self.news if n.name == "loop" and n.what is not ProcessStatus.STARTED]
        return f"{bad[-1].what}: {bad[-1].text}" if bad else "does not report"

    def _loop_plan(self, plan: LoopPlan) -> ProcessPlan:
        # After a driver error only a person reconnects: connecting may switch motors on or clear errors.
        return ProcessPlan("loop", run_loop, (plan,), HANG_S, final=BROKEN_CODE)

    def _send(self) -> None:
        now = self.clock.now()
        if self._thread is not None:
            self._sender.write(self._orders, now, now + ORDER_LIFE_S)

    def _look_after(self) -> None:
        """Thread: restart dead processes, repeat the request as a heartbeat, latch faults."""
        while not self._gone.wait(ORDERS_EVERY_S):
            self._take_notes()
            news = self.processes.poll()
            self.news += news
            if not self.silent:
                with self._lock:
                    self._send()
            given_up = [n.text for n in news if n.what is ProcessStatus.GIVEN_UP]
            if given_up:
                self.order(fail=True)
            self._keep_fault(given_up[0] if given_up else "")

    def _keep_fault(self, fault: str = "") -> None:
        """Latch a new fault."""
        seen = self._watched.new()
        if seen is not None and seen.value.state is State.FAULT and seen.value.event != BROKEN:
            fault = fault or seen.value.text
        if fault and self._latch is not None and not self._latch.cause():
            self._latch.set(fault)

    def _take_notes(self) -> None:
        for note in self._book.new():
            self.notes.append(note)
            self._on_note(note)

    def _has_ended(self) -> bool:
        process = self.processes.process("loop")
        return process is None or not process.is_alive()

    def _wait(self, until: Callable[[Report], bool], what: str) -> None:
        end = self.clock.now() + ANSWER_S
        while (now := self.clock.now()) < end:
            if self.pressed and end > now + STOPPED_S:
                end = now + STOPPED_S
            self.clock.sleep_until(now + 0.01)
            message = self._reports.new()
            self._report = message.value if message else self._report
            bad = [
                n
                for n in self.news
                if n.name == "loop" and n.what in (ProcessStatus.CRASHED, ProcessStatus.HUNG, ProcessStatus.ENDED)
            ]
            if bad:
                why = self._report.text if self._report and self._report.event == BROKEN else ""
                raise RobotError(why or f"{self.spec.name} was not {what}: {bad[0].name} {bad[0].what}, {bad[0].text}")
            if self._report is not None and until(self._report):
                return
        if self.pressed:
            raise StoppedError(f"{self.spec.name} was stopped; its driver has not answered; check where it is")
        text = self._report.text if self._report else "its driver has not answered; is it the arm's own address?"
        raise RobotError(f"{self.spec.name} was not {what} within {ANSWER_S:.0f} s: {text}")


class PassOn:
    """A pass-through in place of a guard; the real guard runs in the loop's process."""

    def __init__(self, dof: int) -> None:
        self._nothing = np.zeros(dof)

    def reset(self, state: JointState) -> None:
        """Does nothing: the proxy has no state."""

    def check(self, target: JointTarget | None, now: float) -> Verdict:
        """The target unchanged; None becomes an expired target, which the real guard never follows."""
        if target is None:
            return Verdict(JointTarget(self._nothing, self._nothing, 0.0, now), GuardEvent.NO_TARGET, "no target")
        return Verdict(target, GuardEvent.OK)


class RemoteLoop:
    """Passes targets on to a `RemoteRobot`. `stop` brakes the arm at once, from any thread; `release` is for a person.

    Also latches a stop that another program pressed on the stop flag. Raises `RobotError` when the arm is stopped for
    another reason, is in fault, or its loop is lost.
    """

    def __init__(self, robot: RemoteRobot, source: Source, on_cycle: Callable[[Cycle], None] | None = None) -> None:
        self._far, hz = robot, min(robot.spec.control_hz, HZ)
        self._near = ControlLoop(robot, PassOn(robot.spec.dof), source, on_cycle, self._heard, hz)
        self.period_s = self._near.period_s
        self._released: float | None = None  # time (s) of a release whose restart is pending
        self._started = -inf  # time (s) of the last start

    @property
    def stopped(self) -> bool:
        """Whether the stop is latched, here or on the arm's stop flag."""
        return self._near.stopped or self._far.pressed

    def stop(self) -> None:
        """Latch the stop, here and in the loop's process."""
        self._near.stop()
        self._far.stop()

    def release(self) -> None:
        """Start the arm again once it stands still; call only on a person's request."""
        self._far.clear()
        self._released = self._far.clock.now()
        self._near.release()

    def run(self, until: Callable[[], bool] | float) -> None:
        """Pass targets on until ``until()`` is true, or until that time (s on the robot's clock)."""
        self._near.run(until)

    def ticks_missed(self) -> int:
        """Ticks missed by the loop's process."""
        return self._far.report().missed

    def _heard(self) -> JointState:
        """The state measured last. Raises `RobotError` if the loop no longer follows."""
        state, report, now = self._far.read(), self._far.report(), self._far.clock.now()
        name = self._far.spec.name
        if now - report.t > SILENT_S:
            raise RobotError(f"{name} is stopped: its loop {self._far.what_happened()}")
        if self.stopped:
            self._near.stop()
            return state
        if self._released is not None:
            if report.state is State.STOPPED:
                self._far.order(arm=True, start=True, clear=False)
                self._released, self._started = None, now
            elif now - self._released > BRAKING_S:
                self._released = None
        elif report.state not in _ALIVE and now - self._started > START_S:
            raise RobotError(f"{name} is stopped: {report.text}")
        return state

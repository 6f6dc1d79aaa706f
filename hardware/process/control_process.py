"""The control loop's process, on the real clock: drives any robot and communicates through shared memory only."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait

import numpy as np

from sayso.hardware.clock import MonotonicClock
from sayso.hardware.control.clearance import Clearance, Plane
from sayso.hardware.control.controller import Inputs, SafetyController
from sayso.hardware.control.guard import Guard
from sayso.hardware.control.state_machine import State
from sayso.hardware.drivers.driver import REDUCED_SPEED
from sayso.hardware.foreign import exit_in_words, without_arguments
from sayso.hardware.ipc.channel import ChannelAddress, Publisher, Subscriber
from sayso.hardware.ipc.event_ring import EventRing
from sayso.hardware.ipc.messages import ControlRequest, Report
from sayso.hardware.ipc.stop_flag import StopFlag
from sayso.hardware.ipc.timing_ring import TimingRing
from sayso.hardware.process.realtime import keep_rate
from sayso.hardware.process.supervisor import Heartbeat
from sayso.hardware.robot import NoReading, Robot, RobotError, watchdog_of
from sayso.hardware.types import JointState, JointTarget

REPORT_LIFE_S = 0.1
WAKE_S = 0.5
BROKEN, BROKEN_CODE = "broken", 3  # event of a last report after an error, and the matching exit code
LIES_CODE = 4  # exit code after the arm reached its rest pose
LOOK_ROUND_S = 0.05
CAREFUL = 0.88  # fraction of the reduced speed: margin, because the driver clips what exceeds that speed
STAMPS = (1 << 16, 4)
_STATES = tuple(State)


@dataclass(frozen=True, slots=True)
class LoopPlan:
    """Configuration of a loop's process: how to ``make`` its robot there, and the channels to the other processes.

    ``planes`` are walls, ``failed`` is a latched fault. ``stamps`` names a ring of `STAMPS` rows: a cycle's due time,
    its lateness, the time its target was written, all in s, and its state's index in `State`. ``notes`` names the
    `EventRing` for messages to the operator.
    """

    make: Callable[[], Robot]
    targets: ChannelAddress[JointTarget]
    orders: ChannelAddress[ControlRequest]
    reports: ChannelAddress[Report]
    stops: str
    dof: int
    planes: tuple[Plane, ...] = ()
    hold_to_run: bool = False
    failed: str = ""
    realtime: bool = True
    stamps: str = ""
    notes: str = ""


def run_loop(beat: Heartbeat, plan: LoopPlan) -> None:
    """Drive the robot until the session asks it to leave or ends; then brake the arm and end the process.

    The arm goes to its rest pose only on a person's request; a stop ends that motion too. Any error stops the arm and
    ends the process: a `RobotError` becomes the last report, with exit code `BROKEN_CODE`, others leave a traceback.
    The process table decides on a restart.
    """
    reports = Publisher(plan.reports)
    try:
        with without_arguments():
            lies = _run(beat, plan, reports)
    except RobotError as error:
        _say_broken(reports, plan.dof, error)
        sys.exit(BROKEN_CODE)
    except SystemExit as error:  # raised by the driver; must not look like a normal end
        _say_broken(reports, plan.dof, RobotError(f"the driver ended: {exit_in_words(error)}"))
        sys.exit(BROKEN_CODE)
    if lies:
        sys.exit(LIES_CODE)


def _say_broken(reports: Publisher[Report], dof: int, error: RobotError) -> None:
    now, nowhere = MonotonicClock().now(), np.full(dof, np.nan)
    state, target = JointState(now, nowhere, nowhere), JointTarget(nowhere, nowhere, np.nan, now)
    reports.write(Report(now, state, target, State.FAULT, BROKEN, str(error), 0, 0, 0), now, now + REPORT_LIFE_S)


def _run(beat: Heartbeat, plan: LoopPlan, reports: Publisher[Report]) -> bool:
    """Drive the robot; return whether the arm reached its rest pose."""
    with ExitStack() as stack:
        targets, orders = Subscriber(plan.targets), Subscriber(plan.orders)
        stops = StopFlag(plan.stops)
        stamps = TimingRing(*STAMPS, plan.stamps) if plan.stamps else None
        notes = EventRing(plan.notes) if plan.notes else None
        for end in (targets, orders, stops, stamps, notes):
            if end is not None:
                stack.callback(end.close)
        note: Callable[[float, str], None] = notes.add if notes is not None else lambda *_: None
        robot = plan.make()
        stack.callback(_pass_on, robot, note)  # forwards messages that disconnecting produces
        promised = watchdog_of(robot)  # the value shown to the operator before the arm was connected
        stack.enter_context(robot)
        slow = CAREFUL * REDUCED_SPEED if None in (promised, watchdog_of(robot)) else None
        guard = Guard(robot.spec, 1.0 / robot.spec.control_hz, Clearance(robot.spec, plan.planes), slow)

        def say(report: Report) -> None:
            reports.write(report, report.t, report.t + REPORT_LIFE_S)
            if stamps is not None:
                loop = controller.loop
                stamps.add(loop.due, loop.late_s, robot.clock.now(), _STATES.index(report.state))

        inputs = Inputs(targets.new, orders.new, stops.take)
        controller = SafetyController(robot, guard, inputs, say, plan.hold_to_run, plan.failed, note)
        round_ = _Round(controller, beat, partial(_pass_on, robot, note))
        signal.signal(signal.SIGTERM, lambda *_: round_.end("asked to end"))
        keep_rate(plan.realtime)
        _wake(robot)
        try:
            controller.loop.run(round_)
            if controller.rests is None or controller.table.state is not State.STOPPED:
                stops.leave()
                return False
            return robot.rest(lambda: sum(stops.take()) != controller.rests or round_.ends())
        except RobotError as error:
            note(robot.clock.now(), f"{State.FAULT}: {error}")
            _say_broken(reports, plan.dof, error)  # report at once: disconnecting a broken arm may take seconds
            stops.leave()  # a stop pressed from here on need not wait for a loop that has ended
            beat.last()
            raise


def _pass_on(robot: Robot, note: Callable[[float, str], None]) -> None:
    """Forward the driver's messages."""
    while robot.events:
        note(robot.clock.now(), robot.events.pop(0))


def _wake(robot: Robot) -> None:
    """Wait for a first reading: the controller bridges missing readings, but not the first one."""
    began = robot.clock.now()
    while (now := robot.clock.now()) - began < WAKE_S:
        with suppress(NoReading):
            if robot.read().t >= began:
                return
        robot.clock.sleep_until(now + 1.0 / robot.spec.control_hz)


class _Round:
    """The loop's end condition, called before each cycle; every `LOOK_ROUND_S` it beats and checks the session."""

    def __init__(self, controller: SafetyController, beat: Heartbeat, pass_on: Callable[[], None]) -> None:
        self._controller, self._beat, self._pass_on = controller, beat, pass_on
        self._every = max(1, round(LOOK_ROUND_S / controller.loop.period_s))
        self._left, self._ends = 0, False
        parent = multiprocessing.parent_process()
        self._session = parent.sentinel if parent else None

    def __call__(self) -> bool:
        self._left -= 1
        if self._left < 0:
            self._left = self._every
            self._beat()
            self._pass_on()
            self.ends()
        return self._controller.done

    def ends(self) -> bool:
        """Whether the process must end without waiting for a person: SIGTERM, or the session's process ended."""
        if self._session is not None and wait([self._session], 0):
            self.end("the session is gone")
        return self._ends

    def end(self, cause: str) -> None:
        """Brake and end; an arm on its way to the rest pose stops there."""
        self._ends = True
        if not self._controller.leaving:
            self._controller.leaving = True
            self._controller.stop(cause)

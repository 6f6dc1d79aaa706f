"""The loop in a process of its own, on the real clock: it drives any robot and takes in nothing but channels."""

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
BROKEN, BROKEN_CODE = "broken", 3  # the event of a last report, and the exit code that goes with it
LIES_CODE = 4  # the exit code after the arm has lain down
LOOK_ROUND_S = 0.05
CAREFUL = 0.88  # of the reduced speed: room for what the guard goes over, which the driver would cut off
STAMPS = (1 << 16, 4)
_STATES = tuple(State)


@dataclass(frozen=True, slots=True)
class LoopPlan:
    """What a loop's process is given: how to ``make`` its robot there, and the names of what joins it to the others.

    ``planes`` are walls the arm keeps off, ``failed`` a latched fault, ``stamps`` the name of a ring of `STAMPS` rows:
    when a cycle was due and how late it began, when its target was written, in s, and its state's place in `State`.
    ``notes`` names the `EventRing` in which what a person should know is written down.
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
    """Drive the robot until the session ends it or is gone: then the arm brakes, and the process ends.

    The arm lies down first only if the session ordered that for a person, and a stop ends even this. Any error stops
    the arm and ends the process; a RobotError is its last report, with the exit code `BROKEN_CODE`, others leave a
    traceback. The table that started the process decides whether it starts again.
    """
    reports = Publisher(plan.reports)
    try:
        with without_arguments():
            lies = _run(beat, plan, reports)
    except RobotError as error:
        _say_broken(reports, plan.dof, error)
        sys.exit(BROKEN_CODE)
    except SystemExit as error:  # the driver's: it would look like an end that was wanted
        _say_broken(reports, plan.dof, RobotError(f"the driver does not go on: {exit_in_words(error)}"))
        sys.exit(BROKEN_CODE)
    if lies:
        sys.exit(LIES_CODE)


def _say_broken(reports: Publisher[Report], dof: int, error: RobotError) -> None:
    now, nowhere = MonotonicClock().now(), np.full(dof, np.nan)
    state, target = JointState(now, nowhere, nowhere), JointTarget(nowhere, nowhere, np.nan, now)
    reports.write(Report(now, state, target, State.FAULT, BROKEN, str(error), 0, 0, 0), now, now + REPORT_LIFE_S)


def _run(beat: Heartbeat, plan: LoopPlan, reports: Publisher[Report]) -> bool:
    """Drive the robot; whether it lies in the end."""
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
        stack.callback(_pass_on, robot, note)  # what is to be told of its being let go of
        promised = watchdog_of(robot)  # what a person was shown before the arm was connected
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
            _say_broken(reports, plan.dof, error)  # now: letting go of a broken arm may take seconds
            beat.last()
            raise


def _pass_on(robot: Robot, note: Callable[[float, str], None]) -> None:
    """Write down what the driver has to tell."""
    while robot.events:
        note(robot.clock.now(), robot.events.pop(0))


def _wake(robot: Robot) -> None:
    """Read until there is a new reading: the controller bridges missing ones, but not the first."""
    began = robot.clock.now()
    while (now := robot.clock.now()) - began < WAKE_S:
        with suppress(NoReading):
            if robot.read().t >= began:
                return
        robot.clock.sleep_until(now + 1.0 / robot.spec.control_hz)


class _Round:
    """Asked before each cycle whether to end; now and then it gives a sign of life and looks for the session's."""

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
        """Whether the process has to end without waiting for a person: it was asked to, or the session is gone."""
        if self._session is not None and wait([self._session], 0):
            self.end("the session is gone")
        return self._ends

    def end(self, cause: str) -> None:
        """Brake, and end; an arm that lies down stays where it is."""
        self._ends = True
        if not self._controller.leaving:
            self._controller.leaving = True
            self._controller.stop(cause)

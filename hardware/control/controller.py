"""The safety controller: one control loop with guard, state machine and watchdogs, driven by injected inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sayso.hardware.control.event_reporter import EventReporter
from sayso.hardware.control.guard import Guard
from sayso.hardware.control.hold_to_run import HoldToRun
from sayso.hardware.control.loop import ControlLoop, Cycle
from sayso.hardware.control.readings import Health, Reading, Readings
from sayso.hardware.control.speed_scale import SpeedScale
from sayso.hardware.control.state_machine import MOVING, Authority, Event, State, StateTable
from sayso.hardware.control.tracking import Tracking
from sayso.hardware.ipc.channel import Stamped
from sayso.hardware.ipc.freshness import Freshness
from sayso.hardware.ipc.messages import ControlRequest, Report
from sayso.hardware.robot import NoReading, Robot, RobotError
from sayso.hardware.types import JointState, JointTarget

STILL_RAD_S = 1e-6
# HOLD comes last, so that it wins over any event that arrives in the same cycle.
_PERSONS = (Event.RESET, Event.ARM, Event.START, Event.RESUME, Event.HOLD)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Non-blocking inputs, polled once a cycle: new targets, new control requests, stop counts."""

    targets: Callable[[], Stamped[JointTarget] | None]
    orders: Callable[[], Stamped[ControlRequest] | None] = lambda: None
    stops: Callable[[], tuple[int, ...]] = tuple


class SafetyController:
    """Follows fresh targets while a person allows motion and no fault is present; otherwise brakes and holds the arm.

    Starts STOPPED, or in FAULT if ``failed`` names a latched fault. The first `ControlRequest` of a sender only sets
    the reference for its counters. With ``hold_to_run`` the arm moves only while a press is held.
    The caller runs `loop`; every cycle ends in a `Report`. ``on_note`` receives messages for the operator with their
    time in s.
    """

    def __init__(
        self,
        robot: Robot,
        guard: Guard,
        inputs: Inputs,
        on_report: Callable[[Report], None] = lambda _: None,
        hold_to_run: bool = False,
        failed: str = "",
        on_note: Callable[[float, str], None] = lambda *_: None,
    ) -> None:
        spec = robot.spec
        self.robot, self.guard, self.inputs, self.on_report = robot, guard, inputs, on_report
        self.loop = ControlLoop(robot, guard, self._source, self._after, self._read)
        self.table, self.speed = StateTable(failed), SpeedScale()
        self.leaving = False
        self.rests: int | None = None  # sum of the stop counts at the time of the request to go to the rest pose
        self._readings, self._tracking = Readings(spec), Tracking(spec)
        self._health = Health.GOOD
        self._reporter = EventReporter(on_note)
        self._fresh, self._order_ages = Freshness(), Freshness()
        self._target: JointTarget | None = None
        self._orders: tuple[int, int, ControlRequest] | None = None  # epoch, number and value of the last request
        self._stops = inputs.stops()
        self._press = HoldToRun() if hold_to_run else None
        self._text = ""
        self._still = False

    def stop(self, cause: str) -> None:
        """Brake and hold until a person arms and starts again."""
        self.table.take(Event.STOP, cause=cause)

    def fail(self, cause: str) -> None:
        """Brake and hold until a person resets the fault."""
        self.table.take(Event.FAIL, cause=cause)

    @property
    def done(self) -> bool:
        """Whether the loop was asked to leave and the arm stands still."""
        return self.leaving and self._still and self.table.state in (State.STOPPED, State.FAULT)

    def _read(self) -> JointState:
        clock, why = self.robot.clock, ""
        try:
            state: JointState | None = self.robot.read()
        except NoReading as error:
            state, why = None, f": {error}"
        now = clock.now()
        reading = self._readings.take(state, now)
        if why:
            reading = replace(reading, text=reading.text + why)
        self._judge(reading)
        self._reporter.reading(now, reading)
        self._listen(now)
        if reading.state is None:
            raise RobotError(reading.text)
        return reading.state

    def _judge(self, reading: Reading) -> None:
        self._health = reading.health
        if reading.health is Health.FAILED and self.table.state is not State.FAULT:
            self.fail(reading.text)
        elif reading.health is Health.LOST:
            self.table.take(Event.LAPSE, cause=reading.text)

    def _listen(self, now: float) -> None:
        """Process control requests first and stops last, so that a stop wins."""
        message = self.inputs.orders()
        if message is not None and not self._order_ages.accept(message.stamp, now):
            self._obey(message, now)
        stops = self.inputs.stops()
        if stops != self._stops:
            self._stops = stops
            self.table.take(Event.STOP, Authority.PERSON, "the stop was pressed")
        self.table.stop_held = any(count & 1 for count in stops)

    def _obey(self, message: Stamped[ControlRequest], now: float) -> None:
        epoch, orders = message.stamp.epoch, message.value
        before = self._orders
        self._orders = epoch, message.stamp.number, orders
        if self._press is not None:
            if orders.pressed:
                self._press.held(orders.press, now)
            else:
                self._press.let_go()
        if 0.0 < orders.speed <= 1.0:
            self.speed.ask(orders.speed)
        if before is None or before[0] != epoch:
            return
        old = before[2]
        if orders.fail > old.fail:
            self.fail("a process was given up")
        if self._press is not None and orders.pressed and orders.press > old.press:
            self._go(Event.RESUME)  # resumes a hold only: after a stop the arm must be armed again
        outdated = orders.stops not in (-1, sum(self.inputs.stops()))
        for event in _PERSONS:
            if getattr(orders, event.value) > getattr(old, event.value):
                if outdated and event in MOVING:
                    self._text = f"cannot {event}: the stop was pressed meanwhile"
                else:
                    self._go(event)
        if orders.rest > old.rest:
            self.rests = orders.stops
        if orders.rest > old.rest or orders.leave > old.leave:
            self.leaving = True
            self.stop("the session ends")

    def _go(self, event: Event) -> None:
        refused = self.table.take(event, Authority.PERSON).text
        self._text = refused
        if event is Event.ARM and not refused:
            self.loop.resync()  # the arm may have been moved by hand

    def _source(self, state: JointState) -> JointTarget | None:
        now = self.robot.clock.now()
        message = self.inputs.targets()
        if message is not None and not self._fresh.accept(message.stamp, now):
            self._target = replace(message.value, expires=self._fresh.end(message.stamp, now))
        fresh = self._target is not None and now < self._target.expires
        well = self._health in (Health.GOOD, Health.REUSED)
        if self._press is not None and not self._press.allows(now):
            self.table.take(Event.HOLD, cause="hold-to-run was released or lost")
        if not fresh:
            self.table.take(Event.LAPSE, cause="no fresh target")
        elif well and self.table.state is State.HOLDING:
            self.table.take(Event.FRESH)
        if self.speed.step(self.loop.period_s):
            self.guard.limit_speed(self.speed.value)
        return self._target if fresh and self.table.moves else None

    def _after(self, cycle: Cycle) -> None:
        table = self.table
        if table.state is not State.FAULT and self._health is Health.GOOD:
            off = self._tracking.check(cycle.state.position, cycle.sent.position, cycle.t)
            if off:
                self.fail(off)
                self.loop.resync()  # hold the measured position instead of pressing on toward the last target
        self._still = abs(cycle.sent.velocity).max() < STILL_RAD_S
        if table.state is State.STOPPING and self._still:
            table.take(Event.STILL)
        self._reporter.state(cycle.t, table.state, table.cause)
        text = cycle.text if table.moves else f"{table.cause}{'; ' if self._text else ''}{self._text}"
        loop, heard = self.loop, self._orders[1] if self._orders else 0
        self.on_report(
            Report(cycle.t, cycle.state, cycle.sent, table.state, cycle.event, text, loop.cycles, loop.missed, heard)
        )

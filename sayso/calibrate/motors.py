"""Motor ids: a person plugs in one motor after the other, and each gets the id of its joint."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from sayso.calibrate.prompt import Person
from sayso.calibrate.servos import PATIENCE_MS, motor_names
from sayso.errors import UserError
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import lock_of, open_driver
from sayso.hardware.drivers.servo.arm import ServoArm
from sayso.hardware.drivers.servo.bus import ServoError, ServoFault
from sayso.hardware.drivers.servo.ids import BAUD_RATES, check_alone, check_fit, find_new, give_id
from sayso.hardware.drivers.servo.sts_bus import StsBus
from sayso.hardware.robot import RobotError

WITH = ("so101", "so100")


def set_up_motors(driver: str, port: str, person: Person, tell: Callable[[str], None], only: str | None = None) -> None:
    """Give the motors of ``driver`` at ``port`` the ids of their joints, the last joint first: a new motor has id 1,
    which is the first joint's. ``only`` names one motor, such as a replacement.

    A problem with a motor is told, and the person tries again. Each motor keeps its id from the moment it is told, so
    that a later call goes on from there. Raises `UserError` for another arm or motor, `RobotError` if the port cannot
    be opened.
    """
    connection = Connection(port, Mode.READ_ONLY)
    arm = open_driver(driver, connection)
    bus = arm.make_bus(port) if isinstance(arm, ServoArm) else None
    if not isinstance(bus, StsBus) or not isinstance(arm, ServoArm):
        raise UserError(f"setup-motors sets the ids of {' and '.join(WITH)}; {driver} is set up with its maker's tools")
    names = motor_names(arm.spec)
    if only is not None and only not in names:
        raise UserError(f"{arm.spec.name} has no motor '{only}'; there are: {', '.join(names)}")
    bus.be_patient(PATIENCE_MS)
    with lock_of(arm, connection), closing(bus):
        bus.open()
        bench = _Bench(bus, arm, names, person, tell)
        done = set() if only else bench.done()
        for servo in [names.index(only) + 1] if only else range(len(names), 0, -1):
            if servo not in done:
                bench.set_up(servo, done)
                done.add(servo)
        if not only:
            bench.check_all()


class _Bench:
    """Motors, bus and person."""

    def __init__(
        self, bus: StsBus, arm: ServoArm, names: tuple[str, ...], person: Person, tell: Callable[[str], None]
    ) -> None:
        self._bus, self._arm, self._names, self._person, self._tell = bus, arm, names, person, tell

    def done(self) -> set[int]:
        """The ids that an earlier call gave: those that answer, from the last joint without a gap."""
        self._bus.talk_at(BAUD_RATES[0])
        there, out = self._bus.answering(), set[int]()
        for servo in range(len(self._names), 0, -1):
            # A new motor has the first joint's id: alone it tells nothing.
            if servo not in there or (servo == 1 and len(out) < len(self._names) - 1):
                break
            out.add(servo)
        if out:
            self._tell(f"done before: {', '.join(f'{self._names[s - 1]} (id {s})' for s in sorted(out, reverse=True))}")
        return out

    def set_up(self, servo: int, done: set[int]) -> None:
        """Ask for a motor until one has the id ``servo``."""
        name, arm = self._names[servo - 1], self._arm
        beside = ", alone or with those that are done" if done else " alone"
        while True:
            self._person.ask(f"{name} (id {servo}): plug in its motor{beside}, and press Enter")
            try:
                found = find_new(self._bus, done)
                check_fit(self._bus, found.id, arm.models[servo - 1], arm.spec.name)
                give_id(self._bus, found, servo)
            except RobotError as error:
                self._told(error)
                continue
            was = "" if found.id == servo else f", was {found.id}"
            was += "" if found.baud == BAUD_RATES[0] else f", was at {found.baud:,} baud"
            self._tell(f"{name} has id {servo}{was}; label it")
            return

    def check_all(self) -> None:
        """Ask for the whole arm until every motor answers once."""
        ids = range(1, len(self._names) + 1)
        while True:
            try:
                self._bus.talk_at(BAUD_RATES[0])
                there = self._bus.answering()
                for servo in sorted(there & set(ids)):
                    check_alone(self._bus, servo)
                    check_fit(self._bus, servo, self._arm.models[servo - 1], self._arm.spec.name)
                if not (missing := [f"{self._names[i - 1]} (id {i})" for i in ids if i not in there]):
                    self._tell(f"all {len(ids)} motors of {self._arm.spec.name} answer")
                    return
                self._tell(f"not plugged in now: {', '.join(missing)}")
            except RobotError as error:
                self._told(error)
            self._person.ask("plug all motors into one chain, and press Enter")

    def _told(self, error: RobotError) -> None:
        """Tell a problem; after an unplugged adapter open the port again once the person has plugged it in."""
        self._tell(str(error))
        gone = isinstance(error, ServoError) and error.fault is ServoFault.UNPLUGGED
        while gone:
            self._person.ask("press Enter when the adapter is plugged in again; what is done is kept")
            self._bus.close()
            try:
                self._bus.open()
                gone = False
            except RobotError as again:
                self._tell(str(again))

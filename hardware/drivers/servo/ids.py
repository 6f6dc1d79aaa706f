"""Finds Feetech servos at any id and baud rate, and gives one of them its id."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sayso.hardware.drivers.servo.bus import ServoError, ServoFault
from sayso.hardware.drivers.servo.sts_bus import LOCK, TORQUE, StsBus
from sayso.hardware.robot import RobotError

ID, BAUD, STATE, STATE_SIZE = 5, 6, 56, 15
# Bit/s that the baud register's values 0, 1, … stand for; the first is the one that arms use.
BAUD_RATES = (1_000_000, 500_000, 250_000, 128_000, 115_200, 76_800, 57_600, 38_400)


@dataclass(frozen=True, slots=True)
class Found:
    """A servo that answers to ``id`` at ``baud`` bit/s."""

    id: int
    baud: int


def find_new(bus: StsBus, known: Collection[int]) -> Found:
    """The one servo that answers beside the ids ``known``, at whatever baud rate.

    Leaves the bus at the servo's baud rate. Raises `RobotError` if none answers or more than one.
    """
    others: set[int] = set()
    for baud in BAUD_RATES:
        bus.talk_at(baud)
        ids = bus.answering()
        here = baud == BAUD_RATES[0]
        others |= ids & set(known) if here else set()
        new = sorted(ids - set(known) if here else ids)
        if len(new) > 1:
            ids_said = " and ".join(map(str, new))
            raise RobotError(f"{len(new)} new motors answer, as ids {ids_said}: leave only one of them plugged in")
        if new:
            check_alone(bus, new[0])
            return Found(new[0], baud)
    bus.talk_at(BAUD_RATES[0])
    if others:
        raise RobotError("the motors that are done answer, a new one does not: is its cable plugged in at both ends?")
    raise RobotError(f"no motor answers at {bus.name}: is the power supply on, and the motor's cable at the adapter?")


def check_alone(bus: StsBus, servo: int) -> None:
    """Raise `RobotError` if two servos answer to this id: both send their state at once, and garble it."""
    try:
        bus.read(servo, STATE, STATE_SIZE)
    except ServoError as error:
        if error.fault is not ServoFault.GARBLED:
            raise
        text = f"two motors answer as id {servo}, or its cable is bad: leave only one of them plugged in"
        raise RobotError(text) from error


def check_fit(bus: StsBus, servo: int, allowed: Sequence[int], arm: str) -> None:
    """Raise `RobotError` for another model than the ``allowed`` ones, a fault of the servo, or torque."""
    model = bus.ping(servo)
    if model not in allowed:
        want = " or ".join(bus.model_names[m] for m in allowed)
        raise RobotError(f"this motor is {bus.model_names.get(model, f'a model {model}')}; {arm} has {want} there")
    if servo in bus.errors:
        raise ServoError(bus.why(servo), f"the motor with id {servo}, supplied with {bus.volts(servo):.1f} V")
    if bus.has_torque(servo):
        raise RobotError(f"the motor with id {servo} is switched on: unplug its power for a moment")


def give_id(bus: StsBus, found: Found, new: int) -> None:
    """Store id ``new`` and the arm's baud rate in the servo, and read both back. Leaves the bus at the arm's rate.

    Raises `ServoError`, and `RobotError` if the servo does not hold the values.
    """
    bus.write(found.id, TORQUE, 1, 0)
    bus.write(found.id, LOCK, 1, 0)
    if found.id != new:
        with suppress(ServoError):  # some firmware answers with the new id; reading back decides
            bus.write(found.id, ID, 1, new)
    if found.baud != BAUD_RATES[0]:
        with suppress(ServoError):  # it may answer at the new rate
            bus.write(new, BAUD, 1, 0)
        bus.talk_at(BAUD_RATES[0])
    bus.write(new, LOCK, 1, 1)
    holds = bus.read(new, ID, 1), bus.read(new, BAUD, 1)
    if holds != (new, 0):
        raise RobotError(f"the motor was set to id {new} and baud register 0 and holds {holds}; try again")

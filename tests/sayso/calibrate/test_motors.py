"""`sayso setup-motors` on an emulated bus of new motors: each gets its id, whatever a person plugs in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest

from sayso.calibrate import motors, servos
from sayso.calibrate.motors import set_up_motors
from sayso.errors import UserError
from sayso.hardware.arms.load import load_arm
from sayso.hardware.drivers.servo import sts_bus
from sayso.hardware.emulated.servo.sts import BAUD, ID, MODEL, StsBus
from sayso.hardware.robot import RobotError
from tests.hardware.servo_body import Body
from tests.waiting import until

pytest.importorskip("scservo_sdk")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")
NAMES = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
BY_NUMBER = dict(enumerate(NAMES, 1))


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[StsBus]:
    """An arm whose motors come new from their maker."""
    monkeypatch.setattr(sts_bus, "SILENT_S", 0.1)
    monkeypatch.setattr(motors, "PATIENCE_MS", 100.0)
    spec = load_arm("so101")
    emulated = StsBus(Body(spec, spec.home))
    emulated.fault("factory-new")
    until(lambda: all(emulated.id_of(i) == 1 for i in BY_NUMBER))
    yield emulated
    emulated.close()


class Person:
    """Somebody who plugs in what is asked for; ``first`` are the mistakes, by the servo that was asked for."""

    def __init__(self, bus: StsBus, **first: Callable[[], None]) -> None:
        self.bus, self.first, self.asked, self.said = bus, first, list[str](), list[str]()

    def ask(self, text: str) -> None:
        self.asked.append(text)
        assert len(self.asked) < 30, self.said
        name = text.partition(" ")[0]
        if name in self.first:
            self.first.pop(name)()
        elif name in NAMES:
            self.bus.wire.only = frozenset({NAMES.index(name) + 1})
        elif "adapter" in text:
            self.bus.recover()
        elif "chain" in text:
            self.bus.wire.only = None

    def until(self, text: str) -> Callable[[], bool]:
        raise AssertionError(text)

    def sets_up(self, only: str | None = None) -> None:
        set_up_motors("so101", self.bus.address, self, self.said.append, only)


def ids(bus: StsBus) -> list[int]:
    return [bus.id_of(i) for i in BY_NUMBER]


def kept(bus: StsBus) -> list[int]:
    """The ids that remain without power."""
    return [bus._saved[i][ID] for i in BY_NUMBER]


def test_each_motor_gets_its_id_for_good(bus: StsBus) -> None:
    person = Person(bus)
    person.sets_up()
    assert ids(bus) == kept(bus) == [1, 2, 3, 4, 5, 6]
    assert [a.partition(" ")[0] for a in person.asked[:6]] == list(reversed(NAMES)), "the last joint first"
    assert person.said[-1] == "all 6 motors of so101 answer"
    again = Person(bus)
    bus.written.clear()
    again.sets_up()
    assert not again.asked and not bus.written, "there is nothing left to do"


def test_motors_stay_in_the_chain_while_others_join(bus: StsBus) -> None:
    person = Person(bus)

    def ask(text: str) -> None:
        person.asked.append(text)
        bus.wire.only = (bus.wire.only or frozenset()) | {NAMES.index(text.partition(" ")[0]) + 1}

    person.ask = ask  # type: ignore[method-assign]
    bus.wire.only = frozenset({6})
    person.sets_up()
    assert kept(bus) == [1, 2, 3, 4, 5, 6] and len(person.asked) == 6


def test_other_baud_rates_and_ids_are_found(bus: StsBus) -> None:
    for servo, baud in ((6, 4), (4, 1)):
        bus._registers[servo][BAUD] = baud
    bus._registers[5][ID] = 77
    person = Person(bus)
    person.sets_up()
    assert kept(bus) == [1, 2, 3, 4, 5, 6]
    assert all(bus._saved[i][BAUD] == 0 for i in BY_NUMBER)
    assert "gripper has id 6, was 1, was at 115,200 baud; label it" in person.said
    assert "wrist_roll has id 5, was 77; label it" in person.said


def plugged(bus: StsBus, *servos: int) -> Callable[[], None]:
    return lambda: setattr(bus.wire, "only", frozenset(servos))


def other_model(bus: StsBus) -> None:
    bus.wire.only = frozenset({6})
    bus._registers[6][MODEL] ^= 2


def mended(bus: StsBus) -> None:
    bus._registers[6][MODEL] ^= 2


def test_what_is_wrong_is_one_line_and_asked_again(bus: StsBus) -> None:
    bus._registers[3][ID] = 9

    def twins() -> None:
        bus.wire.only = frozenset({5, 4})  # both of id 1

    def two() -> None:
        bus.wire.only = frozenset({4, 3})

    def unplugged() -> None:
        bus.fault("unplug")

    person = Person(bus, gripper=plugged(bus), wrist_roll=twins, wrist_flex=two, elbow_flex=unplugged)
    person.sets_up()
    assert kept(bus) == [1, 2, 3, 4, 5, 6]
    said = "\n".join(person.said)
    for line in (
        "no motor answers at",
        "two motors answer as id 1, or its cable is bad: leave only one",
        "2 new motors answer, as ids 1 and 9: leave only one of them plugged in",
        "unplugged: ",
    ):
        assert line in said
    assert all("\n" not in s for s in person.said)


def test_another_model_gets_no_id(bus: StsBus) -> None:
    person = Person(bus, gripper=lambda: other_model(bus))
    bus.written.clear()
    before = person.ask

    def ask(text: str) -> None:
        if len(person.asked) == 1:
            assert person.said[-1] == "this motor is a model 779; so101 has STS3215 there"
            assert not bus.written, "nothing is written to it"
            mended(bus)
        before(text)

    person.ask = ask  # type: ignore[method-assign]
    person.sets_up()
    assert kept(bus) == [1, 2, 3, 4, 5, 6]


def test_what_is_done_when_a_person_ends_is_kept(bus: StsBus) -> None:
    def ended() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Person(bus, wrist_flex=ended).sets_up()
    assert kept(bus)[4:] == [5, 6]
    bus.wire.only = frozenset({5, 6})
    rest = Person(bus)
    rest.sets_up()
    assert rest.said[0] == "done before: gripper (id 6), wrist_roll (id 5)"
    assert rest.asked[0].startswith("wrist_flex (id 4)")
    assert kept(bus) == [1, 2, 3, 4, 5, 6]


def test_one_motor_alone_is_replaced(bus: StsBus) -> None:
    person = Person(bus)
    person.sets_up("elbow_flex")
    assert kept(bus) == [1, 1, 3, 1, 1, 1] and person.asked == [
        "elbow_flex (id 3): plug in its motor alone, and press Enter"
    ]
    with pytest.raises(UserError, match="so101 has no motor 'elbow'; there are: shoulder_pan"):
        person.sets_up("elbow")


def test_other_arms_and_absent_ports_are_refused(bus: StsBus) -> None:
    person = Person(bus)
    with pytest.raises(RobotError, match="there is no port /dev/nowhere"):
        set_up_motors("so101", "/dev/nowhere", person, person.said.append)
    with pytest.raises(UserError, match="sets the ids of so101 and so100; koch is set up with its maker's tools"):
        set_up_motors("koch", bus.address, person, person.said.append)
    assert servos.motor_names(load_arm("so101")) == NAMES

"""Emulated servos keep their makers' ids, baud rates, memory, limits and goals, as the makers' tools expect."""

import numpy as np
import pytest

from sayso.hardware.drivers.servo.bus import ServoBus, ServoError
from sayso.hardware.drivers.servo.dynamixel_bus import DynamixelBus
from sayso.hardware.drivers.servo.sts_bus import StsBus
from sayso.hardware.emulated.servo.bus import ServoBus as EmulatedBus
from tests.hardware.servo_bench import BUSES, SDKS, Bench, impatience, wait_for

CLIENTS = {"so101": StsBus, "koch": DynamixelBus}
ID, BAUD, LOCK, TORQUE = {"so101": 5, "koch": 7}, {"so101": 6, "koch": 8}, 55, {"so101": 40, "koch": 64}
GOAL, POSITION = {"so101": (42, 2), "koch": (116, 4)}, {"so101": (56, 2), "koch": (132, 4)}
# A slower rate of each maker's table: its number, and bit/s.
SLOWER = {"so101": (4, 115_200), "koch": (1, 57_600)}


def client(bench: Bench, baud: int = 1_000_000) -> ServoBus:
    bus = CLIENTS[bench.name](bench.bus.address)
    bus.open()
    bus._port.setBaudRate(baud)
    return bus


def power_cycle(bus: EmulatedBus) -> None:
    bus.fault("power-cycle")
    wait_for(lambda: not bus.wire.power_cycle)


def test_a_servo_answers_at_its_own_baud_rate_only(bench: Bench) -> None:
    number, slower = SLOWER[bench.name]
    bus = client(bench)
    bus.ping(3)
    if bench.name == "so101":
        bus.write(3, LOCK, 1, 0)
    bus.write(3, BAUD[bench.name], 1, number)
    with impatience(), pytest.raises(ServoError):
        bus.ping(3)
    bus.ping(4)
    bus.close()
    bus = client(bench, slower)
    bus.ping(3)
    with impatience(), pytest.raises(ServoError):
        bus.ping(4)
    power_cycle(bench.bus)
    bus.ping(3)
    bus.close()


def test_a_servo_answers_to_the_id_that_it_was_told(bench: Bench) -> None:
    bus = client(bench)
    if bench.name == "so101":
        bus.write(6, LOCK, 1, 0)
    bus.write(6, ID[bench.name], 1, 17)
    with impatience(), pytest.raises(ServoError):
        bus.ping(6)
    assert bus.ping(17) in bus.model_names
    power_cycle(bench.bus)
    assert bus.ping(17) in bus.model_names
    bus.close()


def test_feetechs_lock_keeps_a_setting_from_surviving_without_power(bench: Bench) -> None:
    if bench.name != "so101":
        pytest.skip("Dynamixels are locked by their torque, and say so")
    bus = client(bench)
    bus.write(6, LOCK, 1, 1)
    bus.write(6, ID["so101"], 1, 17)
    bus.ping(17)
    power_cycle(bench.bus)
    bus.ping(6)
    bus.close()


def test_dynamixels_refuse_settings_while_they_have_torque(bench: Bench) -> None:
    if bench.name != "koch":
        pytest.skip("Feetech's take them")
    bus = client(bench)
    bus.torque(6, True)
    with pytest.raises(ServoError, match="not while it is switched on"):
        bus.write(6, ID["koch"], 1, 17)
    bus.close()


def test_factory_new_servos_all_have_the_id_1(bench: Bench) -> None:
    bench.bus.fault("factory-new")
    wait_for(lambda: bench.bus.id_of(6) == 1)
    bench.bus.fault("only gripper")
    bus = client(bench, {"so101": 1_000_000, "koch": 57_600}[bench.name])
    bus.write(1, ID[bench.name], 1, 6)
    bus.ping(6)
    bench.bus.recover()
    assert [bench.bus.id_of(i) for i in bench.bus.names] == [1, 1, 1, 1, 1, 6]
    with impatience(), pytest.raises(ServoError):
        bus.ping(9)
    bus.close()
    with pytest.raises(ValueError, match="no servo thumb"):
        bench.bus.fault("only thumb")


def test_torque_comes_on_without_a_leap_wherever_the_arm_was_moved(bench: Bench) -> None:
    """Neither when power comes nor when torque does is there a goal but where the servo is."""
    bus, body = client(bench), bench.body
    for where in (body.spec.rest, body.spec.home):
        assert where is not None
        body.position = where.copy()
        for i in range(1, 7):
            bus.torque(i, True)
        assert np.allclose(body.position, where, atol=0.002) and body.most < 0.002
        assert bus.read(2, *GOAL[bench.name]) == bus.read(2, *POSITION[bench.name])
        for i in range(1, 7):
            bus.torque(i, False)
    bus.close()


def test_a_goal_that_was_written_to_a_limp_servo_is_where_it_goes(bench: Bench) -> None:
    bus = client(bench)
    here = bus.read(1, *POSITION[bench.name])
    bus.goals({1: here + 100})
    assert bench.body.most == 0.0
    bus.torque(1, True)
    assert bench.body.most == pytest.approx(100 * 2 * np.pi / 4096, abs=1e-3)
    bus.close()


def test_registers_limit_speed_acceleration_and_torque(bench: Bench) -> None:
    bus, body, tick = client(bench), bench.body, 2 * np.pi / 4096
    speed, acceleration, torque = (x.copy() for x in body.limits)
    if bench.name == "so101":
        assert speed[0] == pytest.approx(np.pi / 3 / 0.192) and torque[:5] == pytest.approx(1.9)
        assert torque[5] == pytest.approx(0.95), "LeRobot gives the jaw half of it"
        for address, size, value in ((46, 2, 500), (41, 1, 10), (48, 2, 250)):
            bus.write(1, address, size, value)
        assert [x[0] for x in body.limits] == pytest.approx([500 * tick, 1000 * tick, 1.9 / 4])
        assert [x[1] for x in body.limits] == pytest.approx([x[1] for x in (speed, acceleration, torque)])
        bus.write(1, 48, 2, 1000)
        bus.write(1, 16, 2, 300)
        assert body.limits[2][0] == pytest.approx(0.57)
    else:
        assert speed[[0, 5]] == pytest.approx(np.array([61, 103]) * 2 * np.pi / 60)
        assert torque == pytest.approx([1.5, 1.5, 0.52, 0.52, 0.52, 0.52])
        bus.write(6, 11, 1, 5)
        for address, size, value in ((112, 4, 50), (108, 4, 20), (102, 2, 147)):
            bus.write(6, address, size, value)
        assert [x[5] for x in body.limits] == pytest.approx([50 * 0.229 * np.pi / 30, 7.49, 0.052], rel=1e-3)
        bus.write(1, 100, 2, 442)
        assert body.limits[2][0] == pytest.approx(0.749, abs=1e-3)
    bus.close()


def test_the_jaw_goes_through_the_whole_range_of_its_calibration(bench: Bench) -> None:
    bus = client(bench)
    c = bench.bus.calibration["gripper"]
    for i in range(1, 7):
        bus.torque(i, True)
    for goal in (c.range_min, c.range_max):
        bus.goals({6: goal})
        assert abs(bus.read(6, *POSITION[bench.name]) - goal) <= 3
    bus.close()


def test_answers_at_once_spoil_each_other(bench: Bench) -> None:
    assert bench.bus.at_once([b"\xf0\x0f", b"\xff"]) == [b"\xf0\x0f"]
    assert bench.bus.at_once([b"\x01"]) == [b"\x01"]
    assert set(BUSES) == set(SDKS)


def test_feetechs_middle_is_set_by_the_torque_switch(bench: Bench) -> None:
    if bench.name != "so101":
        pytest.skip("Dynamixels have no such command")
    bus = client(bench)
    bus.write(2, TORQUE["so101"], 1, 128)
    assert abs(bus.read(2, *POSITION["so101"]) - 2048) <= 1
    assert bench.body.most == 0.0 and not bus.has_torque(2)
    power_cycle(bench.bus)
    assert abs(bus.read(2, *POSITION["so101"]) - 2048) <= 1
    bus.close()

"""Channels: the latest value or nothing, whatever is written, torn, late, or left over from another life."""

import multiprocessing
import os
import random
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.hardware.control.state_machine import State
from sayso.hardware.ipc.channel import Channel, ChannelAddress, Publisher, Subscriber
from sayso.hardware.ipc.freshness import Freshness
from sayso.hardware.ipc.messages import ControlRequest, OrderMessage, Report, ReportMessage, StateMessage, TargetMessage
from sayso.hardware.ipc.shared_memory import Shared
from sayso.hardware.ipc.stop_flag import SEATS, StopFlag
from sayso.hardware.ipc.timing_ring import TimingRing
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointState, JointTarget

NUMBERS = st.floats(-1e9, 1e9)


def target(value: float, dof: int = 3) -> JointTarget:
    return JointTarget(np.full(dof, value), np.full(dof, -value), value, value + 1)


@pytest.fixture
def channel() -> Iterator[Channel[JointTarget]]:
    with Channel(TargetMessage(3)) as out:
        yield out


def test_the_newest_value_comes_once(channel: Channel[JointTarget]) -> None:
    subscriber, publisher = Subscriber(channel.address), Publisher(channel.address)
    assert subscriber.new() is None
    publisher.write(target(1.0), 5.0, 5.1)
    publisher.write(target(2.0), 6.0, 6.1)
    message = subscriber.new()
    assert message is not None
    assert (message.stamp.number, message.stamp.sent, message.stamp.expires) == (2, 6.0, 6.1)
    np.testing.assert_array_equal(message.value.position, [2.0] * 3)
    np.testing.assert_array_equal(message.value.velocity, [-2.0] * 3)
    assert (message.value.gripper, message.value.expires) == (2.0, 3.0)
    assert subscriber.new() is None


def test_each_reader_gets_it(channel: Channel[JointTarget]) -> None:
    first, second, publisher = Subscriber(channel.address), Subscriber(channel.address), Publisher(channel.address)
    publisher.write(target(1.0), 5.0, 5.1)
    assert first.new() is not None and second.new() is not None


def test_what_stood_there_before_the_reader_is_not_given_out(channel: Channel[JointTarget]) -> None:
    publisher = Publisher(channel.address)
    publisher.write(target(1.0), 5.0, 5.1)
    late = Subscriber(channel.address)
    assert late.new() is None
    publisher.write(target(2.0), 5.0, 5.1)
    assert late.new() is not None


def test_a_new_writer_takes_back_what_the_old_one_left(channel: Channel[JointTarget]) -> None:
    subscriber, old = Subscriber(channel.address), Publisher(channel.address)
    before = old.write(target(1.0), 5.0, 5.1)
    new = Publisher(channel.address)
    assert subscriber.new() is None
    after = new.write(target(2.0), 5.0, 5.1)
    assert after.epoch != before.epoch and after.number == 1
    message = subscriber.new()
    assert message is not None and message.stamp == after


def test_half_a_value_is_no_value_and_the_next_writer_mends_it(channel: Channel[JointTarget]) -> None:
    subscriber, publisher = Subscriber(channel.address), Publisher(channel.address)
    publisher._words[0] |= 1  # killed while it was writing
    publisher._bytes[40] ^= 0xFF
    assert subscriber.new() is None
    Publisher(channel.address).write(target(3.0), 5.0, 5.1)
    message = subscriber.new()
    assert message is not None and message.value.gripper == 3.0


@settings(deadline=None)
@given(st.data())
def test_no_flipped_bit_gets_through(data: st.DataObject) -> None:
    with Channel(TargetMessage(3)) as channel:
        subscriber, publisher = Subscriber(channel.address), Publisher(channel.address)
        publisher.write(target(1.0), 5.0, 5.1)
        bit = data.draw(st.integers(64, 8 * (16 + channel.address.body.size) - 1))
        subscriber._bytes[bit // 8] ^= 1 << bit % 8
        assert subscriber.new() is None
        subscriber.close(), publisher.close()


def muddle(channel: ChannelAddress[JointTarget], rounds: int) -> None:
    """Write as fast as it goes; all fields of a value agree."""
    publisher = Publisher(channel)
    for k in range(1, rounds + 1):
        publisher.write(target(float(k)), float(k), float(k))


def test_no_value_is_ever_mixed_of_two(channel: Channel[JointTarget]) -> None:
    subscriber = Subscriber(channel.address)
    process = multiprocessing.get_context("fork").Process(target=muddle, args=(channel.address, 15_000))
    process.start()
    numbers = []
    while process.is_alive() or not numbers or numbers[-1] < 15_000:
        message = subscriber.new()
        if message is not None:
            k = float(message.stamp.number)
            assert message.stamp.sent == message.value.gripper == k and message.value.expires == k + 1
            assert set(message.value.position) == {k} and set(message.value.velocity) == {-k}
            numbers.append(k)
    process.join()
    assert numbers == sorted(set(numbers))


def endless(channel: ChannelAddress[JointTarget]) -> None:
    publisher, k = Publisher(channel), 0
    while True:
        k += 1
        publisher.write(target(float(k)), float(k), float(k))


def test_writers_killed_at_any_moment_never_leave_half_a_value(channel: Channel[JointTarget]) -> None:
    subscriber, fresh, rng = Subscriber(channel.address), Freshness(oldest_s=np.inf), random.Random(0)
    counted = 0
    for _ in range(12):
        process = multiprocessing.get_context("fork").Process(target=endless, args=(channel.address,))
        process.start()
        message, looks = None, rng.randrange(1, 400)
        while looks or message is None:
            message = subscriber.new() or message
            looks -= looks > 0
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        last = subscriber.new() or message
        assert set(last.value.position) == {last.value.gripper}
        if fresh.accept(replace(last.stamp, expires=np.inf), last.stamp.sent) == "":
            counted += 1
        assert fresh.accept(last.stamp, last.stamp.sent) == "seen before"
    assert counted == 12


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=3, max_size=3), NUMBERS, NUMBERS, st.sampled_from(State), st.text(max_size=300))
def test_reports_come_back_as_they_went(row: list[float], a: float, b: float, state: State, text: str) -> None:
    message, array = ReportMessage(3), np.array(row)
    sent = Report(
        a, JointState(b, array, -array, a), JointTarget(array + 1, array * 2, b, a), state, "ok", text, 7, 2, 5
    )
    with Channel(message) as channel:
        subscriber, publisher = Subscriber(channel.address), Publisher(channel.address)
        publisher.write(sent, a, b)
        message = subscriber.new()
        subscriber.close(), publisher.close()
    assert message is not None
    got = message.value
    for name in ("t", "state", "event", "cycles", "missed", "heard"):
        assert getattr(got, name) == getattr(sent, name)
    assert sent.text.rstrip("\0").encode()[:100].startswith(got.text.encode()[:97])
    np.testing.assert_array_equal(got.measured.position, row)
    np.testing.assert_array_equal(got.sent.velocity, sent.sent.velocity)
    assert (got.measured.t, got.measured.gripper, got.sent.gripper, got.sent.expires) == (b, a, b, a)


def test_orders_and_states_come_back() -> None:
    orders = ControlRequest(1, 2, 3, 4, 5, 6, 7, 8, True, 0.25)
    assert OrderMessage().unpack(OrderMessage().pack(orders)) == orders
    state = JointState(1.0, np.array([1.0, 2.0]), np.array([3.0, 4.0]), 0.5)
    back = StateMessage(2).unpack(StateMessage(2).pack(state))
    assert (back.t, back.gripper, back.position.tolist(), back.velocity.tolist()) == (1.0, 0.5, [1.0, 2.0], [3.0, 4.0])


def test_a_message_is_not_stretched_to_fit(channel: Channel[JointTarget]) -> None:
    subscriber, publisher = Subscriber(channel.address), Publisher(channel.address)
    with pytest.raises(ValueError, match=r"shape \(2,\) where \(3,\) is needed"):
        publisher.write(target(1.0, dof=2), 5.0, 5.1)
    assert subscriber.new() is None


def test_a_closed_or_foreign_channel_is_named(channel: Channel[JointTarget]) -> None:
    with pytest.raises(RobotError, match=r"bytes; .* are needed"):
        Subscriber(ChannelAddress(channel.address.name, ReportMessage(400)))
    channel.close()
    channel.close()
    with pytest.raises(RobotError, match="is closed; start the session again"):
        Subscriber(channel.address)


def test_a_stop_is_seen_by_everyone_and_none_hides_another() -> None:
    line = StopFlag()
    other = StopFlag(line.name)
    at_rest = line.look()
    assert at_rest == (0,) * SEATS
    other.press(3, 7.5)
    assert line.look() != at_rest and not any(c & 1 for c in line.look())
    assert line.pressed_at() == 7.5
    seen = line.look()
    other.press(3, 7.6, hold=True)
    line.press(1, 7.7)
    assert line.look() != seen and [c & 1 for c in line.look()].count(1) == 1
    other.press(3, 7.8)
    assert line.look()[3] & 1, "a tap does not let go of what is held"
    other.let_go(3)
    other.let_go(3)
    assert not any(c & 1 for c in line.look())
    with pytest.raises(IndexError):
        line.press(SEATS, 8.0)
    other.close()
    line.close()
    line.close()
    with pytest.raises(RobotError, match="is closed"):
        StopFlag(line.name)


def test_stamps_keep_the_newest() -> None:
    ring = TimingRing(4, 2)
    other = TimingRing(4, 2, ring.name)
    assert other.rows().tolist() == []
    for k in range(3):
        ring.add(k, -k)
    assert other.rows().tolist() == [[0, 0], [1, -1], [2, -2]]
    for k in range(3, 10):
        ring.add(k, -k)
    assert other.rows()[:, 0].tolist() == [7, 8, 9]
    other.close()
    ring.close()
    ring.close()


@pytest.mark.parametrize(("before", "meanwhile", "left"), [(3, 2, [2]), (9, 2, [8]), (9, 5, []), (2, 0, [0, 1])])
def test_stamps_that_were_overwritten_while_they_were_read_are_left_out(
    before: int, meanwhile: int, left: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the newest would stand before the oldest."""
    ring = TimingRing(4, 2)
    for k in range(before):
        ring.add(k, k)
    read = np.frombuffer

    def and_meanwhile(copied: bytes, *how: object) -> np.ndarray:
        for k in range(before, before + meanwhile):
            ring.add(k, k)
        return read(bytes(ring._shared.bytes), *how)  # as if the copying had taken that long

    monkeypatch.setattr(np, "frombuffer", and_meanwhile)
    assert ring.rows()[:, 0].tolist() == left
    ring.close()


def test_too_little_shared_memory_is_told_before_it_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def full(file: int, start: int, size: int) -> None:
        made.append(str(Path(f"/proc/self/fd/{file}").readlink()))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sayso.hardware.ipc.shared_memory.os.posix_fallocate", full)
    with pytest.raises(RobotError, match=r"too little shared memory .*: 4000 kB are needed, /dev/shm has .*--shm-size"):
        Shared(4_000_000)
    assert made and not Path(made[0]).exists(), "and nothing is left behind"

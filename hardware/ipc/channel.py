"""Channels between processes: the latest value only; no waiting, no queue, no replay."""

from __future__ import annotations

import os
from dataclasses import dataclass
from struct import Struct
from typing import Any, Generic, Protocol, Self, TypeVar
from zlib import crc32

from sayso.hardware.ipc.freshness import Stamp
from sayso.hardware.ipc.shared_memory import WORD, Shared

T = TypeVar("T")
_COUNTER, _CHECK = 0, 1  # words before the body
_BODY_AT = 2 * WORD
_STAMP = "=QQdd"
_TRIES = 3


class Message(Protocol[T]):
    """Memory layout of a value: ``layout`` for `struct`, fixed for a channel's life, with conversions both ways."""

    @property
    def layout(self) -> str:
        """Format characters, without a byte order."""
        ...

    def pack(self, value: T) -> tuple[Any, ...]:
        """The value as `struct` fields."""
        ...

    def unpack(self, fields: tuple[Any, ...]) -> T:
        """The value from `struct` fields."""
        ...


@dataclass(frozen=True, slots=True)
class Stamped(Generic[T]):
    """A value with its stamp: sender's epoch, number, send time and expiry."""

    stamp: Stamp
    value: T


@dataclass(frozen=True, slots=True)
class ChannelAddress(Generic[T]):
    """The address of a channel, passed to the other processes of the session."""

    name: str
    message: Message[T]

    @property
    def body(self) -> Struct:
        """Binary layout of stamp and value."""
        return Struct(_STAMP + self.message.layout)


class Channel(Generic[T]):
    """Owns the memory of a channel: `channel` is its address; closing ends it for all processes."""

    def __init__(self, message: Message[T]) -> None:
        self._shared = Shared(_BODY_AT + Struct(_STAMP + message.layout).size)
        self.address = ChannelAddress(self._shared.name, message)

    def close(self) -> None:
        """Free the memory; safe to call twice."""
        self._shared.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _End(Generic[T]):
    """One end of a channel: the mapped memory. Raises RobotError if the channel is closed or too small."""

    def __init__(self, channel: ChannelAddress[T]) -> None:
        self._message, self._body = channel.message, channel.body
        self._shared = Shared(_BODY_AT + self._body.size, channel.name)
        self._bytes, self._words = self._shared.bytes, self._shared.ints

    def close(self) -> None:
        """Release the memory; safe to call twice."""
        self._shared.close()


class Publisher(_End[T]):
    """The only writer of a channel. Creating a publisher clears the value of an earlier one.

    A seqlock: the counter is odd during a write. A publisher killed during a write leaves the counter odd, and
    subscribers see nothing new until the next publisher.
    """

    def __init__(self, channel: ChannelAddress[T]) -> None:
        super().__init__(channel)
        self._epoch = int.from_bytes(os.urandom(7), "little") + 1
        self._number = 0
        self._put(bytes(self._body.size))

    def write(self, value: T, sent: float, expires: float) -> Stamp:
        """Replace the value without waiting; ``sent`` and ``expires`` in s on the clock that both ends share."""
        self._number += 1
        stamp = Stamp(self._epoch, self._number, sent, expires)
        self._put(self._body.pack(self._epoch, self._number, sent, expires, *self._message.pack(value)))
        return stamp

    def _put(self, body: bytes) -> None:
        words, counter = self._words, self._words[_COUNTER] | 1
        words[_COUNTER] = counter
        self._bytes[_BODY_AT : _BODY_AT + len(body)] = body
        words[_CHECK] = crc32(body)
        words[_COUNTER] = counter + 1


class Subscriber(_End[T]):
    """Reads a channel without waiting; never returns a value written before the subscriber was created."""

    def __init__(self, channel: ChannelAddress[T]) -> None:
        super().__init__(channel)
        self._seen = self._words[_COUNTER]

    def new(self) -> Stamped[T] | None:
        """The newest complete value, expired or not; None if it was returned before."""
        for _ in range(_TRIES):
            counter = self._words[_COUNTER]
            if counter == self._seen or counter & 1:
                return None
            body = bytes(self._bytes[_BODY_AT : _BODY_AT + self._body.size])
            check = self._words[_CHECK]
            # The checksum detects reordered memory accesses, which the counter alone would miss.
            if self._words[_COUNTER] != counter or crc32(body) != check:
                continue
            self._seen = counter
            epoch, number, sent, expires, *fields = self._body.unpack(body)
            if not number:
                return None  # a publisher has started and has written no value yet
            return Stamped(Stamp(epoch, number, sent, expires), self._message.unpack(tuple(fields)))
        return None

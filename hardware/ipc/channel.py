"""Channels between the processes of a session: the latest value only; nobody waits, nothing queues or replays."""

from __future__ import annotations

import os
from dataclasses import dataclass
from struct import Struct
from typing import Any, Generic, Protocol, Self, TypeVar
from zlib import crc32

from sayso.hardware.ipc.freshness import Stamp
from sayso.hardware.ipc.shared_memory import WORD, Shared

T = TypeVar("T")
_COUNTER, _CHECK = 0, 1  # words; the body comes after them
_BODY_AT = 2 * WORD
_STAMP = "=QQdd"
_TRIES = 3


class Message(Protocol[T]):
    """How a value lies in memory: a ``layout`` for `struct`, fixed for a channel's life, and the way there and back."""

    @property
    def layout(self) -> str:
        """Format characters, without a byte order."""
        ...

    def pack(self, value: T) -> tuple[Any, ...]:
        """The fields of a value."""
        ...

    def unpack(self, fields: tuple[Any, ...]) -> T:
        """The value of fields."""
        ...


@dataclass(frozen=True, slots=True)
class Stamped(Generic[T]):
    """A value with its stamp: who sent it when, its number and until when it holds."""

    stamp: Stamp
    value: T


@dataclass(frozen=True, slots=True)
class ChannelAddress(Generic[T]):
    """The address of a channel, to be handed to the other processes of the session."""

    name: str
    message: Message[T]

    @property
    def body(self) -> Struct:
        """Stamp and value together."""
        return Struct(_STAMP + self.message.layout)


class Channel(Generic[T]):
    """Owns the memory of a channel: `channel` is its address; closing ends it for everybody."""

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
        """Let go of the memory; safe to call twice."""
        self._shared.close()


class Publisher(_End[T]):
    """The only one that writes a channel. Starting to write takes back what an earlier writer left there.

    The counter is odd while a value is being written; a writer killed in between leaves it odd, and readers see nothing
    new until the next writer.
    """

    def __init__(self, channel: ChannelAddress[T]) -> None:
        super().__init__(channel)
        self._epoch = int.from_bytes(os.urandom(7), "little") + 1
        self._number = 0
        self._put(bytes(self._body.size))

    def write(self, value: T, sent: float, expires: float) -> Stamp:
        """Replace the value; ``sent`` and ``expires`` in s on the clock that both ends share. Never waits."""
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
    """Reads a channel without ever waiting. What stood there before the reader came is never given out."""

    def __init__(self, channel: ChannelAddress[T]) -> None:
        super().__init__(channel)
        self._seen = self._words[_COUNTER]

    def new(self) -> Stamped[T] | None:
        """The newest whole value if there is one that was not given out yet, expired or not."""
        for _ in range(_TRIES):
            counter = self._words[_COUNTER]
            if counter == self._seen or counter & 1:
                return None
            body = bytes(self._bytes[_BODY_AT : _BODY_AT + self._body.size])
            check = self._words[_CHECK]
            # The checksum finds what a machine that reorders memory accesses might hide from the counter.
            if self._words[_COUNTER] != counter or crc32(body) != check:
                continue
            self._seen = counter
            epoch, number, sent, expires, *fields = self._body.unpack(body)
            if not number:
                return None  # a writer has begun and has said nothing yet
            return Stamped(Stamp(epoch, number, sent, expires), self._message.unpack(tuple(fields)))
        return None

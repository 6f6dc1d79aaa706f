"""Channels between the processes of a session: the latest value only; nobody waits, nothing queues or replays."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from struct import Struct
from typing import Any, Generic, Protocol, Self, TypeVar
from zlib import crc32

from hardware.freshness import Stamp
from hardware.robot import RobotError

T = TypeVar("T")
_WORD = Struct("@Q")  # native, so that it is one access to memory and not eight
_COUNTER_AT, _CHECK_AT, _BODY_AT = 0, 8, 16
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
class Letter(Generic[T]):
    """A value with its stamp: who sent it when, its number and until when it holds."""

    stamp: Stamp
    value: T


@dataclass(frozen=True, slots=True)
class Channel(Generic[T]):
    """The address of a channel, to be handed to the other processes of the session."""

    name: str
    message: Message[T]

    @property
    def body(self) -> Struct:
        """Stamp and value together."""
        return Struct(_STAMP + self.message.layout)


class Post(Generic[T]):
    """Owns the memory of a channel: `channel` is its address; closing ends it for everybody."""

    def __init__(self, message: Message[T]) -> None:
        # A new name each time: what an earlier run has left behind can reach nobody.
        name = f"sayso-{os.getpid()}-{os.urandom(6).hex()}"
        self.channel = Channel(name, message)
        self._memory = SharedMemory(name, create=True, size=_BODY_AT + self.channel.body.size)

    def close(self) -> None:
        """Free the memory; safe to call twice."""
        self._memory.close()
        with suppress(FileNotFoundError):
            self._memory.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _End(Generic[T]):
    """One end of a channel: the mapped memory. Raises RobotError if the channel is closed or too small."""

    def __init__(self, channel: Channel[T]) -> None:
        self._message, self._body = channel.message, channel.body
        self._memory = attach(channel.name, _BODY_AT + self._body.size)
        self._bytes = bytes_of(self._memory)

    def close(self) -> None:
        """Let go of the memory; safe to call twice."""
        self._memory.close()


class Writer(_End[T]):
    """The only one that writes a channel. Starting to write takes back what an earlier writer left there.

    The counter is odd while a value is being written; a writer killed in between leaves it odd, and readers see nothing
    new until the next writer.
    """

    def __init__(self, channel: Channel[T]) -> None:
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
        memory = self._bytes
        counter = _WORD.unpack_from(memory, _COUNTER_AT)[0] | 1
        _WORD.pack_into(memory, _COUNTER_AT, counter)
        memory[_BODY_AT : _BODY_AT + len(body)] = body
        _WORD.pack_into(memory, _CHECK_AT, crc32(body))
        _WORD.pack_into(memory, _COUNTER_AT, counter + 1)


class Reader(_End[T]):
    """Reads a channel without ever waiting. What stood there before the reader came is never given out."""

    def __init__(self, channel: Channel[T]) -> None:
        super().__init__(channel)
        self._seen = self._word(_COUNTER_AT)

    def new(self) -> Letter[T] | None:
        """The newest whole value if there is one that was not given out yet, expired or not."""
        for _ in range(_TRIES):
            counter = self._word(_COUNTER_AT)
            if counter == self._seen or counter & 1:
                return None
            body = bytes(self._bytes[_BODY_AT : _BODY_AT + self._body.size])
            check = self._word(_CHECK_AT)
            # The checksum finds what a machine that reorders memory accesses might hide from the counter.
            if self._word(_COUNTER_AT) != counter or crc32(body) != check:
                continue
            self._seen = counter
            epoch, number, sent, expires, *fields = self._body.unpack(body)
            if not number:
                return None  # a writer has begun and has said nothing yet
            return Letter(Stamp(epoch, number, sent, expires), self._message.unpack(tuple(fields)))
        return None

    def _word(self, at: int) -> int:
        word: int = _WORD.unpack_from(self._bytes, at)[0]
        return word


def attach(name: str, size: int) -> SharedMemory:
    """Map memory that another process of the session has made. Raises RobotError if it is gone or too small."""
    try:
        memory = SharedMemory(name)
    except FileNotFoundError as error:
        raise RobotError(f"channel {name} is closed; start the session again") from error
    if memory.size < size:
        memory.close()
        raise RobotError(f"channel {name} has {memory.size} bytes; {size} are needed")
    return memory


def bytes_of(memory: SharedMemory) -> memoryview:
    """The mapped bytes; they go when the memory is closed."""
    assert memory.buf is not None
    return memory.buf

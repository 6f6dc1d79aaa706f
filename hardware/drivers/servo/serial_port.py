"""Serial ports for both servo libraries, with fixes for their busy waiting and mixed-up answers."""

from __future__ import annotations

import select
import termios

import serial
from serial.tools import list_ports

ANSWER_MS = 20.0  # USB adapters deliver received bytes only every 1 to 16 ms
GONE = (serial.SerialException, OSError, termios.error)


class Port:
    """Mixed into a library's port class: waits for answers without a busy loop, up to `ANSWER_MS`.

    Both libraries busy-wait 34 ms or more before they report a lost answer, and one of them takes a late answer for
    the next one.
    """

    ser: serial.Serial
    tx_time_per_byte: float
    is_using: bool
    answer_ms: float | None = None  # replaces `ANSWER_MS`

    def setPacketTimeout(self, packet_length: int) -> None:
        """Set the time-out for ``packet_length`` bytes plus the adapter's delay."""
        patience = ANSWER_MS if self.answer_ms is None else self.answer_ms
        self.setPacketTimeoutMillis(self.tx_time_per_byte * packet_length + patience)  # type: ignore[attr-defined]

    def readPort(self, length: int) -> bytes:
        """The bytes received, at most ``length``; waits up to 1 ms if there are none."""
        select.select([self.ser.fileno()], [], [], 0.001)
        return bytes(self.ser.read(length))

    def clearPort(self) -> None:
        """Discard late answers."""
        self.ser.reset_input_buffer()


def ports_here() -> str:
    """A sentence that lists this computer's serial ports."""
    found = [port.device for port in list_ports.comports()]
    return f"ports here: {', '.join(found)}" if found else "there is no serial port here; is the cable plugged in?"


def why_not(name: str, error: Exception) -> str:
    """Why a port could not be opened, and the remedy."""
    number = getattr(error, "errno", None)
    if number == 2:
        return f"there is no port {name}; {ports_here()}"
    if number == 13:
        return f"no permission to open {name}: sudo usermod -aG dialout $USER, then log out and in again"
    if "Inappropriate ioctl" in str(error) or number == 21:
        return f"{name} is no serial port; {ports_here()}"
    if number in (11, 16) or "lock" in str(error):
        return f"{name} is in use by another program; end that first"
    return f"cannot open {name}: {error}"

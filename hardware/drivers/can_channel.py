"""Parses CAN ports: INTERFACE:CHANNEL with python-can's interface names; a channel alone means SocketCAN."""

from __future__ import annotations

from sayso.hardware.process.device_names import is_path, path_name


def can_channel(port: str) -> tuple[str, str]:
    """(interface, channel) of ``port``: "can0", "slcan:/dev/ttyACM0", "udp_multicast:239.74.163.2"."""
    interface, colon, channel = port.partition(":")
    return (interface, channel) if colon else ("socketcan", port)


def can_device(port: str) -> str:
    """The bus name of ``port`` for `sayso.hardware.process.arm_lock`."""
    interface, channel = can_channel(port)
    return path_name(channel) if is_path(channel) else f"CAN {interface}:{channel}"

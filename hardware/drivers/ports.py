"""Finds the serial port of an arm without a given port."""

from __future__ import annotations

from sayso.hardware.robot import RobotError

SERIAL = ("so101", "so100", "koch", "lerobot")


def find_port(driver: str) -> str:
    """The only USB serial port of this computer, for arms on a serial port; "" for other arms.

    Raises `RobotError` if there is none or more than one.
    """
    kind = driver.partition(":")[0]
    if kind not in SERIAL:
        return ""
    try:
        from serial.tools import list_ports
    except ModuleNotFoundError as error:
        extra = {"so100": "'sayso[so101]'", "lerobot": "pyserial"}.get(kind, f"'sayso[{kind}]'")
        raise RobotError(f"to find the port of {driver} the library pyserial is needed: pip install {extra}") from error

    ports = [port.device for port in list_ports.comports() if port.vid is not None]
    if len(ports) == 1:
        return str(ports[0])
    there = f"there are {', '.join(ports)}" if ports else "there is no USB serial port; is the arm's cable plugged in?"
    raise RobotError(f"{driver}: which port is it at? give it with --port; {there}")

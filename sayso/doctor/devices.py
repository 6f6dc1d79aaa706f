"""Checks of connected devices and permissions: extras, serial ports, CAN, cameras."""

from __future__ import annotations

import os
import re
from functools import partial
from importlib import metadata
from pathlib import Path

from sayso.doctor.finding import Finding, Grade, Look
from sayso.hardware.addresses import without_password

CAN_TYPE = "280"  # ARPHRD_CAN in linux/if_arp.h
_EXTRA = re.compile(r"^([\w.-]+).*;.*\bextra\s*==\s*['\"]([\w-]+)['\"]")
_FOR_DEVELOPERS = ("dev", "mutants", "vlm-test")


def looks(cameras: tuple[str, ...]) -> list[Look]:
    """The checks; ``cameras`` are [NAME=]ADDRESS; without any, this computer's cameras are only listed."""
    seen = [Look(f"the camera {without_password(camera)}", partial(camera_seen, camera)) for camera in cameras]
    return [
        Look("extras", extras),
        Look("serial ports", serial_ports),
        Look("CAN", can_buses),
        *(seen or [Look("cameras", cameras_here)]),
    ]


def extras(requirements: list[str] | None = None) -> Finding:
    """Which of Sayso's extras are installed."""
    needed: dict[str, list[str]] = {}
    for line in metadata.requires("sayso") or [] if requirements is None else requirements:
        if (found := _EXTRA.match(line)) and found[2] not in _FOR_DEVELOPERS:
            needed.setdefault(found[2], []).append(found[1])
    there = [extra for extra, packages in needed.items() if all(map(_installed, packages))]
    others = [extra for extra in needed if extra not in there]
    text = f"{', '.join(there) or 'none'}{'; not installed: ' + ', '.join(others) if others else ''}"
    todo = f"for what you want to use: pip install 'sayso[{others[0]}]'" if others and not there else ""
    return Finding("extras", Grade.GOOD, text, todo, {"installed": there, "missing": others})


def _installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def serial_ports(dev: Path = Path("/dev")) -> Finding:
    """Serial ports of servo arms, and whether this user may open them."""
    ports = sorted([*dev.glob("ttyACM*"), *dev.glob("ttyUSB*")])
    if not ports:
        text = "no USB serial port"
        return Finding("serial ports", Grade.UNSEEN, text, "a servo arm needs one: plug its adapter in and look again")
    closed = [p for p in ports if not os.access(p, os.R_OK | os.W_OK)]
    figures = {"ports": [str(p) for p in ports], "closed": [str(p) for p in closed]}
    if closed:
        text = f"no permission to open {', '.join(map(str, closed))}; {_groups()}"
        todo = f"sudo usermod -aG {closed[0].group()} $USER, then log out and in again"
        return Finding("serial ports", Grade.FAIR, text, todo, figures)
    return Finding("serial ports", Grade.GOOD, f"{', '.join(map(str, ports))} may be opened", "", figures)


def _groups() -> str:
    import grp

    mine = {*os.getgroups(), os.getgid()}
    return f"your groups are {', '.join(sorted(g.gr_name for g in grp.getgrall() if g.gr_gid in mine))}"


def can_buses(root: Path = Path("/sys/class/net")) -> Finding:
    """CAN interfaces, and whether they are up."""
    buses = [bus for bus in sorted(root.glob("*")) if _word(bus / "type") == CAN_TYPE]
    if not buses:
        return Finding("CAN", Grade.UNSEEN, "no CAN interface", "an arm on CAN (Piper) needs an adapter: plug it in")
    down = [bus.name for bus in buses if not int(_word(bus / "flags") or "0", 16) & 1]  # IFF_UP
    figures = {"buses": [bus.name for bus in buses], "down": down}
    if down:
        todo = f"sudo ip link set {down[0]} up type can bitrate 1000000"
        return Finding("CAN", Grade.FAIR, f"{', '.join(down)} is down", todo, figures)
    return Finding("CAN", Grade.GOOD, f"{', '.join(bus.name for bus in buses)} is up", "", figures)


def _word(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def cameras_here(dev: Path = Path("/dev")) -> Finding:
    """Webcams of this computer, and whether this user may use them; opens none."""
    cameras = sorted(dev.glob("video[0-9]*"))
    if not cameras:
        text = "no camera at this computer"
        return Finding("cameras", Grade.UNSEEN, text, "plug one in, or look at a network camera with --camera URL")
    closed = [c for c in cameras if not os.access(c, os.R_OK | os.W_OK)]
    figures = {"cameras": [str(c) for c in cameras], "closed": [str(c) for c in closed]}
    if closed:
        text = f"no permission to use {', '.join(map(str, closed))}"
        return Finding("cameras", Grade.FAIR, text, f"sudo usermod -aG {closed[0].group()} $USER", figures)
    text = f"{', '.join(map(str, cameras))} may be used"
    return Finding("cameras", Grade.GOOD, text, "to look at one: --camera 0", figures)


def camera_seen(camera: str, frames: int = 20) -> Finding:
    """Measure a camera's frame rate and brightness."""
    import numpy as np

    from sayso.hardware.cameras.open import name_and_address
    from sayso.hardware.cameras.source import open_source
    from sayso.hardware.clock import MonotonicClock
    from sayso.hardware.robot import RobotError

    what, clock = f"camera {without_password(camera)}", MonotonicClock()
    try:
        name, address = name_and_address(camera)
        what = f"camera {name}"
        source = open_source(address, 640, 480)
        try:
            source.read()  # the first picture includes the camera's start-up time
            began, means = clock.now(), []
            for _ in range(frames):
                picture = source.read()
                means.append(float(picture.rgb.mean()))
            hz = frames / (clock.now() - began)
        finally:
            source.close()
    except RobotError as error:
        return Finding(what, Grade.BAD, "gives no pictures", str(error))
    height, width = picture.rgb.shape[:2]
    text = f"{width} x {height}, {hz:.0f} pictures a second"
    figures = {"width": width, "height": height, "hz": round(hz, 2), "brightness": round(float(np.mean(means)), 1)}
    if np.mean(means) < 8.0:
        return Finding(what, Grade.BAD, f"{text}, all dark", "take its lens cap off, or add light", figures)
    if hz < 8.0:
        return Finding(what, Grade.FAIR, text, "at least 8 a second are needed: more light, a faster bus", figures)
    return Finding(what, Grade.GOOD, text, "", figures)

"""A canonical name for an arm's device, the same for every path or address that leads to it."""

from __future__ import annotations

import os
import socket
import stat
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
USUAL_PORTS = {"ws": 80, "http": 80, "wss": 443, "https": 443}


def is_path(port: str) -> bool:
    """Whether ``port`` is a local file, such as a serial port."""
    return "://" not in port and ("/" in port or Path(port).exists())


def path_name(port: str) -> str:
    """Name of a serial port by its device number: all links to it, such as /dev/serial/by-id, give the same name."""
    path = Path(os.path.realpath(port))
    with suppress(OSError):
        found = path.stat()
        if stat.S_ISCHR(found.st_mode):
            return f"device {os.major(found.st_rdev)}:{os.minor(found.st_rdev)}"
    return f"file {path}"


def device_names(kind: str, port: str, port_number: int | None = None) -> tuple[str, ...]:
    """Names of a device of ``kind`` at ``port``, a serial port or host; an empty port means the only such device."""
    if not port:
        return (kind,)
    if is_path(port):
        return (path_name(port),)
    return tuple(f"{kind} at {name}" for name in host_names(port, port_number))


def is_shared(name: str) -> bool:
    """Whether other programs may listen to a device of this name; a serial port has a single user."""
    return not name.startswith(("device ", "file "))


def host_names(address: str, port: int | None = None) -> tuple[str, ...]:
    """Names for HOST, HOST:PORT or a URL from the addresses it resolves to, with its port or else ``port``."""
    text = address.strip()
    host, said = text, port
    with suppress(ValueError):
        ip_address(text.strip("[]"))
        return _named(text.strip("[]"), port)
    with suppress(ValueError):
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, said = parts.hostname or text, parts.port or USUAL_PORTS.get(parts.scheme, port)
    return _named(host, said)


def _named(host: str, port: int | None) -> tuple[str, ...]:
    end = "" if port is None else f" port {port}"
    return tuple(f"host {each}{end}" for each in _addresses(host))


def _addresses(host: str) -> list[str]:
    try:
        found = {str(info[4][0]).partition("%")[0] for info in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return [host.lower().rstrip(".")]  # connecting will report the unknown host
    return sorted({_plain(ip_address(each)) for each in found})


def _plain(address: IPv4Address | IPv6Address) -> str:
    """An address in canonical form: `LOOPBACK` for any address of this computer; 127.0.0.2 etc. stay distinct."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if isinstance(address, IPv4Address) and address.is_loopback:
        return str(address)
    return LOOPBACK if address.is_loopback or address.is_unspecified or _is_ours(address) else str(address)


def _is_ours(address: IPv4Address | IPv6Address) -> bool:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as trial:
            trial.bind((str(address), 0))
    except OSError:
        return False
    return True

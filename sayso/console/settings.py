"""Where the console is served, and the token that its address holds."""

from __future__ import annotations

import ipaddress
import re
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from sayso.errors import UserError

DEFAULT_PORT = 8377
LIBRARIES = ("fastapi", "uvicorn", "websockets")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,200}")


def new_token() -> str:
    """A random token of 192 bits."""
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """Address and ``token`` of the page; port 0 takes any free one.

    Another ``host`` than loopback needs ``open_to_network``. ``speech`` is the folder of a model for offline speech
    recognition; None: the browser's own. Raises `UserError` for a host, port or token that is not allowed, and for a
    missing model.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    open_to_network: bool = False
    token: str = field(default_factory=new_token)
    speech: Path | None = None

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token):
            raise UserError("the console's token has 16 to 200 letters, digits, - and _; leave it out for a random one")
        if not 0 <= self.port <= 65535:
            raise UserError(f"the console's port is 0 to 65535; got {self.port}")
        if not self.is_loopback and not self.open_to_network:
            raise UserError(
                f"--host {self.host} opens the console to the network: whoever reads its address, which travels "
                "unencrypted, moves this arm; add --open-to-network to allow that"
            )

        if self.speech is not None:
            from sayso.console.speech.whisper import check_model

            check_model(self.speech)

    @property
    def is_loopback(self) -> bool:
        """Whether only this computer reaches the page."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def listen(self) -> socket.socket:
        """The listening socket. Raises `UserError` if the port is taken or the host is not this computer's."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        server = socket.socket(family, socket.SOCK_STREAM)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((self.host, self.port))
            server.listen(128)
        except OSError as error:
            server.close()
            why = error.strerror or str(error)
            raise UserError(
                f"cannot serve the console on {self.host}, port {self.port}: {why}; another port, or 0 for any free "
                "one, may do"
            ) from error
        return server

    def address(self, port: int) -> str:
        """The page's address with the token, for a person who sits at this computer or, if open, at another."""
        host = self.host
        if host in ("0.0.0.0", "::"):
            host = _own_address()
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/#token={self.token}"


def check_installed(libraries: Sequence[str] = LIBRARIES) -> None:
    """Raise `UserError` if the extra is not installed; loads nothing."""
    missing = [name for name in libraries if find_spec(name) is None]
    if missing:
        raise UserError(f"the console needs the library {missing[0]}: pip install 'sayso[console]'")


def _own_address() -> str:
    """This computer's address in its network; its name if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: only asks for the route
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()

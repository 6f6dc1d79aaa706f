"""Who may ask the console: checks of host, origin and token, the same at the gateway and at the page server.

Host: DNS rebinding brings a foreign name, so names other than this computer's are refused. Origin: another site's page
names its own. Token: compared in constant time, and sent in a header only, which no foreign page can add.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass

BEARER, PROTOCOL, TOKEN_PROTOCOL = "Bearer ", "sayso", "token."
MAX_BODY = 65_536
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Authorizer:
    """Checks requests for ``token``; each check returns why not, "" if all is well."""

    token: str

    def host(self, host: str) -> str:
        """Check the header Host: an address, localhost, or this computer's own name."""
        found = _HOST.fullmatch(host)
        name = (found["name"].strip("[]") if found else "").lower()
        try:
            ipaddress.ip_address(name)
            return ""
        except ValueError:
            own = socket.gethostname().lower()
            return "" if name in ("localhost", own, f"{own}.local") else "this name is not this computer's"

    def origin(self, origin: str | None, host: str) -> str:
        """Check the header Origin of a request to ``host``; programs that are no browsers send none."""
        return "" if origin is None or origin.lower() == f"http://{host.lower()}" else "another site's page asked"

    def bearer(self, header: str | None) -> str:
        """Check the header Authorization."""
        return self._token(header[len(BEARER) :] if header and header.startswith(BEARER) else None)

    def protocols(self, offered: Iterable[str]) -> str:
        """Check the subprotocols of a WebSocket, the one header that a page's script can set."""
        return self._token(next((p[len(TOKEN_PROTOCOL) :] for p in offered if p.startswith(TOKEN_PROTOCOL)), None))

    def _token(self, given: str | None) -> str:
        same = hmac.compare_digest((given or "").encode(), self.token.encode())
        return "" if same else "the token is missing or wrong: open the address that the terminal shows"

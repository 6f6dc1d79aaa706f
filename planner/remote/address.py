"""The address of a model server: its completion URLs, and its API key from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import quote, urlsplit

from sayso.planner.remote.http import is_loopback, one_line

FORM = "write http://HOST[:PORT][/v1] or https://…, without user, query (but api-version=…) or fragment"
_PORTS = {"http": 80, "https": 443}
_HOST = r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]"
_AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
# Key variable, the variable that names its owner, and the default owner.
KEYS = (
    ("SAYSO_API_KEY", "SAYSO_API_KEY_HOST", None),
    ("OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com"),
    ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", None),
    ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "https://api.anthropic.com"),
)
ANTHROPIC = "https://api.anthropic.com"
SPEC_FORM = (
    "openai:MODEL@URL, for example openai:qwen3-vl@http://127.0.0.1:8000/v1, anthropic:MODEL, or motions:MODEL@URL"
)


@dataclass(frozen=True, slots=True)
class Address:
    """A server and the URLs to ask for completions, likeliest first; ``azure`` ones take their key in a header of
    Azure's own."""

    scheme: str
    host: str
    port: int
    urls: tuple[str, ...]
    azure: bool = False

    @classmethod
    def of(cls, url: str, model: str = "MODEL") -> Self:
        """The server that ``url`` names: ``/v1`` comes in unless some part of the path names a version.

        An Azure resource is known by its host, by ``api-version=`` or by ``/deployments/``; where the path names no
        deployment it is the model's name. Raises ValueError that shows no password and no query.
        """
        try:
            parts = urlsplit(url)
            scheme, port = parts.scheme.lower(), parts.port
            good = scheme in _PORTS and port != 0 and re.fullmatch(r"[\x21-\x7e]+", url) is not None
            good = good and re.fullmatch(rf"({_HOST})(:\d*)?", parts.netloc) is not None and "#" not in url
            good = good and re.fullmatch(r"(api-version=[\w.-]+)?", parts.query) is not None
        except ValueError:
            good = False
        if not good:
            raise ValueError(f"'{without_secrets(url)}' is not the URL of a model server; {FORM}")
        host = (parts.hostname or "").rstrip(".")
        root, path = f"{scheme}://{parts.netloc}", re.sub("/+", "/", parts.path).rstrip("/")
        query = f"?{parts.query}" if parts.query else ""
        azure = bool(query) or "/deployments/" in path or host.endswith(_AZURE)
        if azure and path in ("", "/openai"):
            path = f"/openai/deployments/{quote(model, safe='')}" if query else "/openai/v1"
        if path.endswith("/chat/completions"):
            paths: tuple[str, ...] = (path,)
        elif azure or re.search(r"/v\d", path):
            paths = (f"{path}/chat/completions",)
        else:
            paths = (f"{path}/v1/chat/completions", f"{path}/chat/completions")
        return cls(scheme, host, port or _PORTS[scheme], tuple(f"{root}{p}{query}" for p in paths), azure)

    def messages(self) -> Self:
        """The same server with the URL of Anthropic's Messages API."""
        parts = urlsplit(self.urls[0])
        path = re.sub(r"(/v1)?(/messages)?/chat/completions$", "", parts.path)
        return replace(self, urls=(f"{parts.scheme}://{parts.netloc}{path}/v1/messages",))

    @property
    def name(self) -> str:
        """The host, with its port unless that is the default."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def bound(self) -> str:
        """What to write into `SAYSO_API_KEY_HOST` for a key of this server's."""
        return self.name if self.scheme == "https" or is_loopback(self.host) else f"http://{self.name}"

    def key_header(self, key: str) -> dict[str, str]:
        """The HTTP header that carries ``key``."""
        return {"api-key": key} if self.azure else {"Authorization": f"Bearer {key}"}

    def owns(self, owner: str) -> bool:
        """Whether a key of ``owner`` may be sent to this server.

        An owner is HOST, HOST:PORT or a URL. A URL binds to its scheme and port. A host binds to any port, and to
        https unless it is this computer: a key that crosses a network in the clear needs ``http://`` to be written.
        """
        if "://" in owner:
            other = Address.of(re.split("[?#]", owner)[0])
            return (self.scheme, self.host, self.port) == (other.scheme, other.host, other.port)
        other = Address.of(f"{self.scheme}://{owner}")
        secret = self.scheme == "https" or is_loopback(self.host)
        port = re.search(r":\d+(/|$)", owner) is None or self.port == other.port
        return secret and port and self.host == other.host


@dataclass(frozen=True, slots=True)
class Spec:
    """A planner behind a model server by name: ``model`` at ``url``; with ``motions`` it says the motions, too.

    ``anthropic``: the server speaks Anthropic's Messages API, else OpenAI's chat completions.
    """

    name: str
    model: str
    url: str
    anthropic: bool
    motions: bool

    @classmethod
    def of(cls, name: str) -> Self:
        """The planner of a name. Raises ValueError with the allowed forms."""
        found = re.fullmatch(r"(openai|anthropic|motions):(?:(\S+?)@)?(https?://[^\s@]+)", name)
        bare = re.fullmatch(r"(anthropic|motions:anthropic):([^\s@/]+)", name)
        if bare:
            return cls(name, bare[2], ANTHROPIC, True, bare[1] != "anthropic")
        if not found or (found[1] != "motions" and found[2] is None):
            raise ValueError(f"planner '{without_secrets(name)}' is not understood; write {SPEC_FORM}")
        kind, model, url = found[1], found[2] or "default", found[3]
        address = Address.of(url, model)
        speaks = kind == "anthropic" or address.host == "api.anthropic.com" or urlsplit(url).path.endswith("/messages")
        return cls(name, model, url, speaks, kind == "motions")

    @property
    def address(self) -> Address:
        """The server."""
        found = Address.of(self.url, self.model)
        return found.messages() if self.anthropic else found


def is_remote(name: str) -> bool:
    """Whether a planner's name means a model server."""
    return name.startswith(("openai:", "anthropic:", "motions:"))


def key_for(address: Address, environment: Mapping[str, str]) -> tuple[str | None, str]:
    """The key of this server or None, and one line about a withheld key or "".

    Raises ValueError for an owner without a host.
    """
    withheld = []
    for variable, bound_by, owner in KEYS:
        if not (key := environment.get(variable, "").strip()):
            continue
        owner = environment.get(bound_by, "").strip() or owner
        try:
            if owner is not None and address.owns(owner):
                return key, ""
        except ValueError:
            raise ValueError(
                f"{bound_by} is '{without_secrets(owner or '')}'; write HOST, HOST:PORT or a URL"
            ) from None
        withheld.append(variable)
    if not withheld:
        return None, ""
    is_not = "is not sent" if len(withheld) == 1 else "are not sent"
    clear = address.bound.startswith("http://")
    how = "name it with https://, or to send a key in the clear set" if clear else "to give that server a key set"
    give = f"SAYSO_API_KEY and SAYSO_API_KEY_HOST={address.bound}"
    return None, f"{' and '.join(withheld)} {is_not} to {address.name}; {how} {give}"


def without_secrets(url: str) -> str:
    """``url`` on one line, without user, password, query and fragment."""
    # Without a scheme as well, and in a whole planner's name, whose first @ comes before the address.
    bare = re.sub(
        r"^((?:(?:openai|anthropic|motions):[^@/]*@)?(?:\w+:/+)?)(?!(?:openai|anthropic|motions):).*@",
        r"\1…@",
        url,
        flags=re.S,
    )
    return one_line(re.sub(r"[?#].*", "?…", bare, flags=re.S), 80)

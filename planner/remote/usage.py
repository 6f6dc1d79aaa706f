"""What was asked of a model server: each request with its answer, its time, its tokens and its price."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any

FULL = 100
"""So many of the newest requests keep their texts."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices in any currency for a million tokens ``read`` and ``written`` by the model."""

    read: float
    written: float

    @classmethod
    def of(cls, text: str) -> Prices:
        """The prices of "READ,WRITTEN". Raises ValueError."""
        try:
            read, written = (float(part) for part in text.split(","))
            if not (0 <= read < 1e6 and 0 <= written < 1e6):
                raise ValueError
        except ValueError:
            raise ValueError(
                f"prices are READ,WRITTEN for a million tokens, such as 0.15,0.60; got '{text[:40]}'"
            ) from None
        return cls(read, written)


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens of one answer, None where the server does not say; ``cost`` as the server says it."""

    read: int | None = None
    written: int | None = None
    cost: float | None = None

    @classmethod
    def of(cls, reply: str) -> Usage:
        """The usage that a completion's body reports."""
        try:
            found = json.loads(reply)["usage"]
            read = _first(found, "prompt_tokens", "input_tokens")
            return cls(read, _first(found, "completion_tokens", "output_tokens"), _number(found.get("cost")))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return cls()


def _first(found: dict[str, Any], *names: str) -> int | None:
    return next((int(n) for name in names if (n := _number(found.get(name))) is not None), None)


def _number(found: object) -> float | None:
    return (
        float(found) if isinstance(found, int | float) and not isinstance(found, bool) and 0 <= found < 1e12 else None
    )


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer: for what, how long it took in s, the HTTP status (None: no answer), and the price.

    ``request`` and ``answer`` are the bodies as text; the key is in a header and so in neither.
    """

    purpose: str
    seconds: float
    status: int | None
    usage: Usage
    cost: float | None
    request: str
    answer: str


def written(exchange: Exchange) -> str:
    """An exchange as one line of JSON; bodies that are JSON stand in it as they are."""
    usage = {"tokens_in": exchange.usage.read, "tokens_out": exchange.usage.written, "cost": exchange.cost}
    bodies = {"request": _body(exchange.request), "answer": _body(exchange.answer)}
    about = {"purpose": exchange.purpose, "seconds": round(exchange.seconds, 3), "status": exchange.status}
    return json.dumps(about | usage | bodies, ensure_ascii=False)


def _body(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


class Ledger:
    """All exchanges with a server since they were last taken; any thread may add one."""

    def __init__(self, prices: Prices | None = None) -> None:
        self.prices = prices
        self._lock = threading.Lock()
        self._kept: list[Exchange] = []

    def add(self, purpose: str, seconds: float, status: int | None, request: str, answer: str) -> None:
        """Note one exchange."""
        usage, cost = Usage.of(answer), None
        if usage.cost is not None:
            cost = usage.cost
        elif self.prices is not None and (usage.read is not None or usage.written is not None):
            cost = (self.prices.read * (usage.read or 0) + self.prices.written * (usage.written or 0)) / 1e6
        with self._lock:
            if len(self._kept) >= FULL:
                old = self._kept[-FULL]
                self._kept[-FULL] = Exchange(old.purpose, old.seconds, old.status, old.usage, old.cost, "", "")
            self._kept.append(Exchange(purpose, seconds, status, usage, cost, request, answer))

    def take(self) -> tuple[Exchange, ...]:
        """All exchanges since the last call."""
        with self._lock:
            kept, self._kept = tuple(self._kept), []
        return kept

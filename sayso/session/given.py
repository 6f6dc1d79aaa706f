"""Checks of what a program gives to a session: one line that names the value and what is allowed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING

from sayso.errors import UserError
from sayso.hardware.near_miss import suggestion
from sayso.hardware.world import MAX_SEED

if TYPE_CHECKING:
    from typing import NoReturn

MAX_YAW = 7.0


def wrong(name: str, value: object, allowed: str) -> NoReturn:
    """Raise `UserError`: the option ``name`` is not ``value`` but what is ``allowed``."""
    raise UserError(f"{name} is {allowed}; got {value!r:.60}")


def number(name: str, value: object, least: float, most: float = math.inf, *, above: bool = False) -> None:
    """``value`` must be a number from ``least`` to ``most``; ``above``: greater than ``least``."""
    is_number = isinstance(value, Real) and not isinstance(value, bool) and not math.isnan(value)
    if not is_number or not least <= value <= most or (above and value == least):  # type: ignore[operator]
        bounds = f"above {least:g}" if above else f"of {least:g} or more"
        wrong(name, value, f"a number {bounds}" if most == math.inf else f"a number from {least:g} to {most:g}")


def seed(value: object) -> None:
    """``value`` must be a seed, as the command line takes it."""
    if not isinstance(value, Integral) or isinstance(value, bool) or not 0 <= value <= MAX_SEED:  # type: ignore[operator]
        wrong("seed", value, f"a whole number from 0 to {MAX_SEED}")


def flag(name: str, value: object, *, none: bool = False) -> None:
    """``value`` must be True or False, or None with ``none``."""
    if not isinstance(value, bool) and not (none and value is None):
        wrong(name, value, "True, False or None" if none else "True or False")


def text(name: str, value: object, example: str) -> None:
    """``value`` must be a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        wrong(name, value, f"a text such as {example}")


def texts(name: str, value: object, example: str) -> None:
    """``value`` must be a sequence of texts, not one text."""
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(t, str) for t in value):
        wrong(name, value, f"a sequence of texts such as ({example},)")


def one_of(name: str, value: object, known: Iterable[str]) -> None:
    """``value`` must be one of the ``known`` texts."""
    names = list(known)
    if value not in names:
        near = suggestion(value, names) if isinstance(value, str) else ""
        wrong(name, value, f"one of: {', '.join(names)}{near}")


def is_of(name: str, value: object, kinds: type | tuple[type, ...], allowed: str) -> None:
    """``value`` must be None or an instance of ``kinds``."""
    if value is not None and not isinstance(value, kinds):
        wrong(name, value, f"{allowed} or None")


def callback(name: str, value: object) -> None:
    """``value`` must be None or callable."""
    if value is not None and not callable(value):
        wrong(name, value, "a function or None")

"""What is known by name: names and the looks that were taught."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sayso.perception.looks.crop import Crop
from sayso.perception.scene import LIKELY_NAME, SceneObject

MOST_LOOKS = 3
_WHOSE = re.compile(r"^(?:my|our|your|the|a|an)\s+", re.I)


@dataclass(frozen=True)
class TaughtName:
    """A ``name`` as a person said it, what the ``thing`` is by color and kind, and how it looks, oldest first."""

    name: str
    thing: str
    looks: tuple[Crop, ...]


class Book(Protocol):
    """Where taught names stand."""

    def names(self) -> Sequence[TaughtName]:
        """All names, oldest first."""
        ...


def answers_to(thing: SceneObject, name: str) -> bool:
    """Whether ``thing`` was given this name, and probably is the one."""
    return any(g.sure >= LIKELY_NAME and key_of(g.text) == key_of(name) for g in thing.given)


def key_of(name: str) -> str:
    """A name in lower case without "my" and "the", by which it is found."""
    return _WHOSE.sub("", " ".join(name.replace("’", "'").split())).casefold()

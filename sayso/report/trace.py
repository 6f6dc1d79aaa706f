"""Data of a run's pictures beside its result: the critic's curve and the film."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class CriticLook:
    """The critic's probabilities that the subtask is done and that it has failed, at ``t`` s from the start."""

    t: float
    done: float
    failed: float


@dataclass(frozen=True, slots=True)
class FilmFrame:
    """A picture, (H, W, 3) uint8 RGB, at ``t`` s from the start."""

    t: float
    rgb: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Trace:
    """The critic's judgements in order, and the film at ``fps`` frames/s, which may be rendered while it is read."""

    critic: tuple[CriticLook, ...] = ()
    frames: Iterable[FilmFrame] = ()
    fps: float = 12.5

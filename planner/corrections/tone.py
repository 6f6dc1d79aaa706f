"""How a sentence sounds: like danger, or like a remark. Two learned scores for what closed words cannot decide."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CARD = Path(__file__).with_name("tone.json")
ALARM, RAISED, CALM = 1.0, -1.2, -1.3
"""Log odds above which a sentence that orders nothing stops the arm, the same for a raised voice, and below which a
doubtful cry does not stop the arm."""
REMARK, REMARK_ON_ORDERS = 2.0, 4.0
"""Log odds above which the robot need not ask what a sentence means; the same for one that holds words of orders."""
FEWEST = 3
"""Sentences of fewer words are left to the closed words, unless the voice is raised."""


@dataclass(frozen=True, slots=True)
class Tone:
    """Log odds that a sentence warns of harm, and that it tells the arm nothing."""

    alarm: float = 0.0
    remark: float = 0.0


def tone(text: str, embed: Callable[[Sequence[str]], NDArray[np.floating]]) -> Tone:
    """The scores of ``text``; all 0 where ``embed`` is not of the length of the weights."""
    heads = _heads()
    vector = np.asarray(embed([unmarked(text)]))[0]
    if any(vector.shape != weights.shape for weights, _ in heads.values()):
        return Tone()
    return Tone(**{name: float(vector @ weights + bias) for name, (weights, bias) in heads.items()})


def unmarked(text: str) -> str:
    """``text`` without exclamation marks, which speech recognition does not write."""
    return re.sub(r"!+", ".", text).strip(" .")


@cache
def _heads() -> dict[str, tuple[NDArray[np.float64], float]]:
    heads = json.loads(CARD.read_text(encoding="utf-8"))["heads"]
    return {name: (np.asarray(head["weights"]), float(head["bias"])) for name, head in heads.items()}

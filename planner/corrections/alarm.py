"""How much a sentence sounds like danger or pain: a learned score, for what the closed words of cries cannot decide."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CARD = Path(__file__).with_name("alarm.json")
ALARM, CALM = 1.0, -1.3
"""Log odds above which a sentence without an order stops the arm, and below which a doubtful cry does not."""

FEWEST = 3
"""Sentences of fewer words are left to the closed words."""


def alarm(text: str, embed: Callable[[Sequence[str]], NDArray[np.floating]]) -> float:
    """The log odds that ``text`` cries out or warns of harm; 0 where ``embed`` is not of the length of the weights."""
    weights, bias = _weights()
    vector = np.asarray(embed([unmarked(text)]))[0]
    return float(vector @ weights + bias) if vector.shape == weights.shape else 0.0


def unmarked(text: str) -> str:
    """``text`` without exclamation marks, which speech recognition does not write."""
    return re.sub(r"!+", ".", text).strip(" .")


@cache
def _weights() -> tuple[NDArray[np.float64], float]:
    card = json.loads(CARD.read_text(encoding="utf-8"))
    return np.asarray(card["weights"]), float(card["bias"])

"""A split-conformal set over what the robot would do, as in KnowNo (Ren et al. 2023, arXiv:2307.01928).

Half of the sentences calibrate: the score of one is 1 minus the probability of what was meant. For each of the others
the set holds everything at least as probable as the calibrated threshold. With exchangeable sentences the set holds
what was meant with at least the promised probability. A set of one is carried out, any other is asked about.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

LEVELS = (0.50, 0.40, 0.30, 0.20, 0.15, 0.10, 0.05, 0.02, 0.01)
"""Promised shares of sets without what was meant."""
Choices = Sequence[Sequence[Any]]
"""What a sentence may come to: (probability, whether it was meant, whether the robot moves)."""


@dataclass(frozen=True, slots=True)
class Conformal:
    """Sets that promise to hold what was meant in a share 1 - ``level``, and what came of them, in shares.

    ``asked``: sets of no or several; ``wrong``: sets of one that moves the robot and was not meant.
    """

    level: float
    threshold: float
    coverage: float
    size: float
    asked: float
    wrong: float
    n: int

    def to_json(self) -> dict[str, float]:
        """As a row of ``bench.json``."""
        return {k: round(v, 4) for k, v in asdict(self).items()}


def conformal(calibration: Sequence[Choices], test: Sequence[Choices], level: float) -> Conformal:
    """The sets of the ``test`` sentences at ``level``. Both must hold sentences."""
    scores = sorted(1.0 - _meant(choices) for choices in calibration)
    rank = math.ceil((len(scores) + 1) * (1.0 - level))
    threshold = 1.0 - scores[rank - 1] if rank <= len(scores) else 0.0
    sets = [[c for c in choices if c[0] >= threshold] for choices in test]
    # Where nothing can be left out (threshold 0) the set is everything, also what the reader did not think of.
    covered = [threshold <= 0.0 or any(c[1] for c in chosen) for chosen in sets]
    single = [len(chosen) == 1 and threshold > 0.0 for chosen in sets]
    wrong = [one and chosen[0][2] and not chosen[0][1] for one, chosen in zip(single, sets, strict=True)]
    n = len(test)
    return Conformal(
        level, threshold, sum(covered) / n, sum(map(len, sets)) / n, 1.0 - sum(single) / n, sum(wrong) / n, n
    )


def _meant(choices: Choices) -> float:
    return sum(float(c[0]) for c in choices if c[1])

"""Trains the score of `correction_alarm`: ``python -m sayso.planner.training.alarm MODELS`` writes alarm.json in a
minute.

The sentences are those of alarm_sentences.json, those that its templates make with a fixed seed, and known sayings.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from sayso.planner.corrections.alarm import CARD, unmarked
from sayso.planner.corrections.cries import SAYINGS
from sayso.planner.corrections.words import IDIOMS
from sayso.planner.language.encoder import WordsModel

SENTENCES = Path(__file__).with_name("alarm_sentences.json")
MADE, STRENGTH = 250, 0.03
"""How many sentences the templates of each class make; the weight of the ridge penalty."""


def sentences(seed: int = 5) -> list[tuple[str, bool]]:
    """The training sentences and whether each is an alarm."""
    data = json.loads(SENTENCES.read_text(encoding="utf-8"))
    rng = Random(seed)
    out = []
    for name, is_alarm in (("danger", True), ("calm", False)):
        made: set[str] = set()
        while len(made) < MADE:
            made.add(_filled(rng.choice(data["templates"][name]), data["slots"], rng))
        out += [(text, is_alarm) for text in (*data[name], *sorted(made))]
    return out + [(text, False) for text in sorted(SAYINGS | IDIOMS)]


def _filled(template: str, slots: dict[str, list[str]], rng: Random) -> str:
    while "<" in template:
        template = re.sub(r"<(\w+)>", lambda found: rng.choice(slots[found[1]]), template)
    return template


def fit(vectors: NDArray[np.floating], alarms: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Weights (d,) and bias of a ridge logistic regression on ``vectors`` (n, d)."""
    signs = 2.0 * alarms - 1.0
    inputs = np.c_[vectors, np.ones(len(vectors))]
    penalty = np.r_[np.full(vectors.shape[1], STRENGTH), 0.0]

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = signs * (inputs @ w)
        value = np.logaddexp(0, -margin).sum() + 0.5 * penalty @ w**2
        return float(value), inputs.T @ (-signs / (1 + np.exp(margin))) + penalty * w

    best = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B").x
    return best[:-1], float(best[-1])


def main(models: Path) -> None:
    """Train on the embeddings of the words model in ``models`` and write `CARD`."""
    given = sentences()
    vectors = WordsModel(models).embed([unmarked(text) for text, _ in given])
    weights, bias = fit(vectors, np.array([is_alarm for _, is_alarm in given]))
    card = {
        "name": "alarm",
        "command": "python -m sayso.planner.training.alarm sayso/models",
        "sentences": len(given),
        "weights": [round(w, 4) for w in weights.tolist()],
        "bias": round(bias, 4),
    }
    CARD.write_text(json.dumps(card) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

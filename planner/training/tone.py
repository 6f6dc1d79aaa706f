"""Trains the scores of `corrections.tone`: ``python -m sayso.planner.training.tone MODELS`` writes tone.json.

Training takes two minutes. The sentences come from tone_sentences.json, from its templates with a fixed seed, and from
known sayings.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from sayso.planner.corrections.stops.cries import SAYINGS
from sayso.planner.corrections.tone import CARD, unmarked
from sayso.planner.corrections.words import IDIOMS
from sayso.planner.language.encoder import WordsModel

SENTENCES = Path(__file__).with_name("tone_sentences.json")
MADE = {"danger": 250, "calm": 250, "excited danger": 1200, "excited calm": 1200, "remark": 800, "order": 1200}
"""The number of sentences from the templates of each group."""
COPIES = 5
"""The weight of a written sentence in a group with templates."""
HEADS = {
    "alarm": (("danger", "excited danger"), ("calm", "excited calm", "sayings")),
    "remark": (("remark", "excited calm", "sayings"), ("danger", "excited danger", "order")),
}
"""The groups with a high score and those with a low one, by score."""
STRENGTH = 0.3
"""The weight of the ridge penalty."""


def sentences(seed: int = 5) -> dict[str, list[str]]:
    """The training sentences of each group."""
    data = json.loads(SENTENCES.read_text(encoding="utf-8"))
    rng = Random(seed)
    groups: dict[str, list[str]] = {"sayings": sorted(SAYINGS | IDIOMS)}
    for name, number in MADE.items():
        made: set[str] = set()
        while len(made) < number:
            made.add(_filled(rng.choice(data["templates"][name]), data["slots"], rng))
        groups[name] = sorted(made)
    for name, written in data["written"].items():
        groups[name] = [*written * (COPIES if MADE.get(name, 0) > len(written) else 1), *groups.get(name, ())]
    return groups


def _filled(template: str, slots: dict[str, list[str]], rng: Random) -> str:
    while "<" in template:
        template = re.sub(r"<(\w+)>", lambda found: rng.choice(slots[found[1]]), template)
    return template


def fit(vectors: NDArray[np.floating], high: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Weights (d,) and bias of a ridge logistic regression on ``vectors`` (n, d)."""
    signs = 2.0 * high - 1.0
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
    groups = sentences()
    model = WordsModel(models)
    vectors = {name: model.embed([unmarked(text) for text in texts]) for name, texts in groups.items()}

    def rows(names: Sequence[str]) -> NDArray[np.floating]:
        return np.concatenate([vectors[name] for name in names])

    heads = {}
    for name, (high, low) in HEADS.items():
        inputs = np.concatenate([rows(high), rows(low)])
        weights, bias = fit(inputs, np.arange(len(inputs)) < len(rows(high)))
        heads[name] = {
            "sentences": len(inputs),
            "weights": [round(w, 4) for w in weights.tolist()],
            "bias": round(bias, 4),
        }
    card = {"name": "tone", "command": "python -m sayso.planner.training.tone sayso/models", "heads": heads}
    CARD.write_text(json.dumps(card) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The right answer of every head at every word of a marked sentence, and the reading that these answers make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.planner.language.reader import Span, read
from sayso.planner.language.reading import HEADS, Action, Reading
from sayso.planner.language.training.corpus import Sample

IGNORE = -100


def labels(sample: Sample, spans: Sequence[Span]) -> dict[str, list[int]]:
    """For each head but the intent, the right label of each word; `IGNORE` where the head has nothing to say."""
    out = {head: [IGNORE] * len(spans) for head in HEADS if head != "intent"}

    def mark(head: str, i: int, label: str) -> None:
        out[head][i] = HEADS[head].index(label)

    begun = -1
    for i, (start, _) in enumerate(spans):
        at = next((k for k, c in enumerate(sample.clauses) if c.start <= start < c.end), len(sample.clauses) - 1)
        clause = sample.clauses[at]
        mark("begin", i, "begin" if at != begun else "inside")
        mark("action", i, clause.action)
        mark("order", i, "earlier" if clause.earlier else "keep")
        if clause.action is not Action.OTHER:
            mark("tag", i, "O")
        begun = at
    for mention in sample.mentions:
        inside = [i for i, (start, end) in enumerate(spans) if start < mention.end and end > mention.start]
        for i in inside:
            mark("tag", i, f"{'B' if i == inside[0] else 'I'}-{mention.role}")
            if mention.what is not None:
                mark("kind", i, mention.what.kind)
                mark("color", i, mention.what.color)
                mark("quantity", i, mention.what.quantity)
                mark("number", i, str(mention.what.number))
                mark("side", i, mention.what.side)
    return out


def truth(sample: Sample, spans: Sequence[Span]) -> Reading:
    """What the sentence says, by its marks; certain of everything."""
    scores = {}
    for head, answers in labels(sample, spans).items():
        scores[head] = np.log(np.full((len(spans), len(HEADS[head])), 1e-9))
        for i, answer in enumerate(answers):
            scores[head][i, max(answer, 0)] = 0.0
    scores["intent"] = np.log(np.full((1, len(HEADS["intent"])), 1e-9))
    scores["intent"][0, HEADS["intent"].index(sample.intent)] = 0.0
    return read(sample.text, spans, scores)

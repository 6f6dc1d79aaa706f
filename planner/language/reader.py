"""The network's scores per word → `Reading`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from sayso.hardware.types import Array
from sayso.planner.language.reading import DISTANCES, HEADS, TAGS, Clause, Mention, Quantity, Reading, Role, Side
from sayso.planner.task.things import colors_meant, kinds_meant

Span = tuple[int, int]
_LEAST = -6.0  # floor of log-probabilities, so that no single word excludes an action
LITTLE_M, FAR_M, MOST_M = 0.06, 0.20, 0.40
_WORDS_OF_NUMBER = {
    w: i
    for i, w in enumerate(
        ["zero", "a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
}
_WORDS_OF_NUMBER |= {
    "an": 1,
    "one": 1,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "hundred": 100,
}
_FORBIDDEN = np.array([[-np.inf if b.startswith("I") and a[2:] != b[2:] else 0.0 for b in TAGS] for a in TAGS])
"""Tag transitions: an I follows only a B or an I of the same role."""
_UNITS = {"mm": 0.001, "mil": 0.001, "cm": 0.01, "cen": 0.01, "inc": 0.0254, "m": 1.0, "met": 1.0}


def words(ids: Sequence[int | None], offsets: Sequence[Span]) -> tuple[list[Span], list[list[int]]]:
    """Character spans of the words of a tokenised sentence, and the tokens of each."""
    spans: list[Span] = []
    tokens: list[list[int]] = []
    last: int | None = None
    for token, (word, (start, end)) in enumerate(zip(ids, offsets, strict=True)):
        if word is None:
            continue
        if word == last:
            spans[-1] = (spans[-1][0], end)
            tokens[-1].append(token)
        else:
            spans.append((start, end))
            tokens.append([token])
        last = word
    return spans, tokens


def read(text: str, spans: Sequence[Span], scores: Mapping[str, Array]) -> Reading:
    """The reading of ``text`` with words at ``spans``; ``scores`` are log-probabilities (words, labels) by head.

    Probabilities of a clause or mention are the geometric mean over its words. The intent has one row.
    """
    clauses: list[Clause] = []
    for start, end in _clauses(scores):
        actions = _mean("action", scores, range(start, end))
        mentions: list[Mention] = []
        distance = None
        for role, first, last in _stretches(scores["tag"][start:end]):
            inside = range(start + first, start + last)
            said = text[spans[inside[0]][0] : spans[inside[-1]][1]]
            if role in DISTANCES:
                distance = metres(role, said)
            else:
                mentions.append(_mention(said, role, scores, inside, spans[inside[0]][0]))
        said = text[spans[start][0] : spans[end - 1][1]].strip(" ,.;")
        earlier = bool(clauses) and _mean("order", scores, range(start, end))["earlier"] > 0.5
        at = len(clauses) - earlier
        reach = spans[start][0], spans[end - 1][1]
        clauses[at:at] = [Clause(said, actions, m, distance, *reach) for m in _each_with_its_reference(mentions)]
    return Reading(text, _mean("intent", scores, range(1)), tuple(clauses))


def _clauses(scores: Mapping[str, Array]) -> list[Span]:
    """First word and end of each clause: the most probable cuts with one action per clause (Viterbi).

    A clause without mentions joins the next one if both have the same action ("when that is done, ...").
    """
    goes_on, begins = scores["begin"][:, 0], scores["begin"][:, 1]
    asks = np.maximum(scores["action"], _LEAST)
    total, came_from = asks[0], []
    for i in range(1, len(asks)):
        cut = begins[i] + total.max()
        stay = goes_on[i] + total
        came_from.append(np.where(stay >= cut, np.arange(len(total)), -1 - total.argmax()))
        total = np.maximum(stay, cut) + asks[i]
    at = int(total.argmax())
    starts: list[tuple[int, int]] = []
    for i in range(len(asks) - 1, 0, -1):
        back = int(came_from[i - 1][at])
        if back < 0:
            starts.append((i, at))
            at = -1 - back
    starts = [(0, at), *reversed(starts)]
    out: list[Span] = []
    first = 0
    for (start, action), (end, following) in pairwise([*starts, (len(asks), -1)]):
        if action != following or scores["tag"][start:end].argmax(axis=1).any():
            out.append((first, end))
            first = end
    return out


def _each_with_its_reference(mentions: Sequence[Mention]) -> list[tuple[Mention, ...]]:
    """The mentions of "put this here and that there" as one group per place."""
    out: list[list[Mention]] = [[]]
    for i, mention in enumerate(mentions):
        so_far = {m.role for m in out[-1]}
        more = any(m.role is Role.REFERENCE for m in mentions[i:])
        if mention.role is Role.OBJECT and {Role.OBJECT, Role.REFERENCE} <= so_far and more:
            out.append([])
        out[-1].append(mention)
    return [tuple(group) for group in out]


def metres(role: Role, said: str) -> float | None:
    """The length in m of ``said``: number and unit, or a default for "a bit" and "far"; None if unreadable."""
    if role is not Role.MEASURE:
        return LITTLE_M if role is Role.LITTLE else FAR_M
    number = unit = None
    for word in re.findall(r"\d+(?:\.\d+)?|[a-z]+", said.lower()):
        if word[0].isdigit():
            number = float(word)
        elif word in _WORDS_OF_NUMBER:
            number = float(_WORDS_OF_NUMBER[word])
        else:
            unit = _UNITS.get(word[:3], unit)
    return None if number is None or unit is None else min(number * unit, MOST_M)


def _mean(head: str, scores: Mapping[str, Array], rows: range) -> dict[str, float]:
    logs = scores[head][list(rows)].mean(axis=0)
    exact = np.exp(logs - logs.max())
    return dict(zip(HEADS[head], (exact / exact.sum()).tolist(), strict=True))


def _stretches(tags: Array) -> list[tuple[Role, int, int]]:
    """Role, first word and end of every tagged span."""
    out: list[tuple[Role, int, int]] = []
    for i, best in enumerate(_best_path(tags)):
        part, _, name = TAGS[best].partition("-")
        if part == "O":
            continue
        role = Role(name)
        if part == "I":
            out[-1] = (role, out[-1][1], i + 1)
        else:
            out.append((role, i, i + 1))
    return out


def _best_path(tags: Array) -> list[int]:
    """The most probable valid tags of all words (Viterbi)."""
    total = np.where([t.startswith("I") for t in TAGS], -np.inf, tags[0])
    came_from = []
    for scores in tags[1:]:
        ways = total[:, None] + _FORBIDDEN
        came_from.append(ways.argmax(axis=0))
        total = ways.max(axis=0) + scores
    path = [int(total.argmax())]
    for back in reversed(came_from):
        path.append(int(back[path[-1]]))
    return path[::-1]


def _mention(said: str, role: Role, scores: Mapping[str, Array], inside: range, start: int) -> Mention:
    best = {h: _mean(h, scores, inside) for h in ("kind", "color", "quantity", "number", "side")}
    top = {h: max(p, key=lambda k: p[k]) for h, p in best.items()}
    side = Side(top["side"])
    kinds, colors = kinds_meant(said, best["kind"]), colors_meant(said, best["color"])
    return Mention(said, role, kinds, colors, Quantity(top["quantity"]), int(top["number"]), side, start)

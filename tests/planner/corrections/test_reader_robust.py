"""Corrections under abuse: odd and huge texts, embeddings, and the time it takes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import numpy as np
import pytest

from sayso.planner.corrections import words as W
from sayso.planner.corrections.plainly import read_plainly
from sayso.planner.corrections.text import MAX_CHARS, is_stop
from sayso.planner.plan import Subtask
from sayso.skills.motion import parse
from tests.planner.corrections.reading import PICK, PUT, SCENE, read

LEVELS = {"stop", "resume", "motion", "subtask", "goal", "remark", "ask", "unknown"}
PHRASES = (W.SHORT_FOR, W.HOLD_PHRASES, W.STOP_PHRASES, W.GO_ON_PHRASES)
GROUPS = (
    W.DIRECTION,
    W.LEAD,
    W.DEGREE,
    W.SPEED,
    W.GRIPPER,
    W.NUMBERS,
    W.METRES,
    W.TASK_VERBS,
)
VOCABULARY = sorted(
    {word for source in PHRASES for phrase in source for word in phrase.split()}.union(
        *GROUPS, ("too", "not", "less", "enough", "and", "red", "green", "block", "bowl", "other", ",")
    )
)


def check(text: str, subtask: Subtask | None) -> None:
    correction = read(text, subtask, SCENE, 0.3, parse("move arm left"))
    assert correction.level in LEVELS
    assert "\n" not in correction.read_as and len(correction.text) <= MAX_CHARS
    json.dumps([correction.text, correction.read_as]).encode()
    correction.text.encode()
    if correction.motion is not None:
        assert correction.level == "motion" and parse(str(correction.motion)) == correction.motion
        assert 0 < correction.duration_s <= 3.0
    if correction.level == "subtask":
        assert SCENE.find(correction.target) is not None
    if correction.level == "goal":
        assert correction.instruction


@pytest.mark.parametrize("subtask", [PICK, PUT, None], ids=["picking", "putting", "idle"])
def test_any_heap_of_known_words_is_read_somehow(subtask: Subtask | None) -> None:
    rng = np.random.default_rng(7)
    for _ in range(60):
        check(" ".join(rng.choice(VOCABULARY, rng.integers(10))), subtask)


def test_any_text_is_read_somehow() -> None:
    rng = np.random.default_rng(8)
    for top in (0x7F, 0x2FFF, 0x10FFFF):
        for _ in range(25):
            check("".join(map(chr, rng.integers(0, top + 1, rng.integers(60)))), PICK)


def test_a_stop_among_any_words_stops_unless_it_is_negated() -> None:
    rng = np.random.default_rng(9)
    words = [w for w in VOCABULARY if w not in W.NEGATIONS]
    for _ in range(60):
        heap = list(rng.choice(words, rng.integers(7)))
        heap.insert(int(rng.integers(len(heap) + 1)), "stop")
        assert is_stop(" ".join(heap)) and read(" ".join(heap)).level == "stop", heap


def at_best(what: Callable[[], object], times: int = 3) -> float:
    """The processor seconds that ``what`` needs: what else the computer does can only lengthen them."""
    spent = []
    for _ in range(times):
        start = time.thread_time()
        what()
        spent.append(time.thread_time() - start)
    return min(spent)


@pytest.mark.parametrize(
    "text",
    [
        *("left " * 200_000, "left " * 2000, "the " * 2500, "put it " * 1400, "not the green one " * 550, "no " * 3300),
        *("put the blue bowl " * 550, "," * 9990 + "x put it", "a" * 10_000, "1" * 9999),
        *("\ufdfa" * 9000, "s\u0301" * 5000, "\ud800" * 9000, "🙂" * 1_000_000),
    ],
    ids=lambda text: f"{text[:6]!a} x {len(text)}",
)
def test_huge_texts_take_bounded_time(text: str) -> None:
    assert at_best(lambda: check(text, PICK)) < 0.15


def test_too_long_a_text_is_refused_unless_it_begins_with_a_stop() -> None:
    long = read("a bit to the left " * 60_000)
    assert long.level == "unknown" and str(MAX_CHARS) in long.read_as
    assert read("stop " + "x" * 1_000_000).level == "stop"
    assert read("x " * 4990 + "stop").level == "stop"


def test_plain_words_take_less_than_a_millisecond_and_a_stop_far_less() -> None:
    for text in ("a bit to the left", "slower", "go on", "banana"):
        assert at_best(lambda text=text: read_plainly(text), 20) < 1e-3, text
    assert at_best(lambda: is_stop("please stop!"), 20) < 0.25e-3

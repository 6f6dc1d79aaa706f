"""Decoding under the grammar: the most probable values come out, and readings that come to the same add up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from sayso.planner.reader.beam import Meaning, meanings
from sayso.planner.reader.doubt import unread
from sayso.planner.reader.source import Source
from sayso.planner.reader.understanding import SURE, settled
from sayso.planner.reader.vocabulary import Vocabulary
from sayso.planner.task.canonical import canonical
from sayso.planner.task.grammar import Cursor, tokens_of
from sayso.planner.task.text import parse
from sayso.planner.task.values import Stop, Utterance

VOCABULARY = Vocabulary(["block", "red"])
SOURCE = Source((101, 1, 2, 102), (0,) * 4, ("red", "blocks", "5"), (1, 1, 2))


class Wishes:
    """Scores that lead to some values, each as probable as its weight; copies count as much as known words."""

    def __init__(self, wishes: dict[str, float]) -> None:
        self.paths = [(tokens_of(parse(text)), weight) for text, weight in wishes.items()]
        self.rows: list[list[object]] = []

    def scores(self, before: Sequence[int], slots: Sequence[int], parents: Sequence[int]) -> NDArray[np.float32]:
        if not self.rows:
            self.rows = [[]]
        else:
            self.rows = [[*self.rows[p], self._token(b, p)] for b, p in zip(before, parents, strict=True)]
        out = np.full((len(self.rows), VOCABULARY.size + len(SOURCE.words)), -20.0, np.float32)
        for i, row in enumerate(self.rows):
            for tokens, weight in self.paths:
                if tokens[: len(row)] == row and len(row) < len(tokens):
                    cursor = Cursor()
                    for token in row:
                        cursor.advance(token)  # type: ignore[arg-type]
                    for k in VOCABULARY.right(tokens[len(row)], cursor.slot, SOURCE):
                        out[i, k] = np.logaddexp(out[i, k], np.log(weight))
        return out

    def _token(self, index: int, parent: int) -> object:
        cursor = Cursor()
        for token in self.rows[parent]:
            cursor.advance(token)  # type: ignore[arg-type]
        return VOCABULARY.token(index if index < VOCABULARY.size else index - 1, cursor.slot, SOURCE)


def read(wishes: dict[str, float]) -> tuple[Meaning, ...]:
    return meanings(Wishes(wishes), SOURCE, VOCABULARY)


def test_the_most_probable_value_comes_first() -> None:
    found = read({"pick(the(block, color(red)))": 3.0, "stop": 1.0})
    assert found[0].value == canonical(parse("pick(the(block, color(red)))"))
    assert found[1].value == Stop()
    assert found[0].probability == pytest.approx(0.75, abs=0.02)


def test_values_that_come_to_the_same_add_up() -> None:
    found = read({"pick(the(block))": 1.0, "hold(the(block))": 1.0, "stop": 1.0})
    assert found[0].value == canonical(parse("pick(the(block))"))
    assert found[0].probability == pytest.approx(2 / 3, abs=0.02)


def test_a_number_is_copied() -> None:
    found = read({"wait(after(5))": 1.0})
    assert found[0].value == parse("wait(after(5))")


def meaning(text: str, probability: float) -> Meaning:
    value: Utterance = parse(text)
    return Meaning(value, probability)


def test_a_sure_meaning_is_settled_and_a_doubtful_one_is_not() -> None:
    assert settled("back", [meaning("undo", SURE + 0.01), meaning("again", 0.1)]) == parse("undo")
    assert settled("back", [meaning("undo", SURE - 0.01), meaning("again", 0.1)]) is None
    assert settled("back", []) is None


def test_a_plausible_stop_stops() -> None:
    assert settled("back", [meaning("undo", 0.65), meaning("stop", 0.31)]) == Stop()


@pytest.mark.parametrize(
    ("said", "task"),
    [
        ("put the cup in the box, not the mug", "put(the(cup), in(the(box)))"),
        ("if it is empty put the cup in the box", "put(the(cup), in(the(box)))"),
        ("put the cup or the mug in the box", "put(the(cup), in(the(box)))"),
        ("it shouldnt be in the box, put the cup in the box", "put(the(cup), in(the(box)))"),
    ],
)
def test_a_function_word_that_nothing_answers_asks_for_more_certainty(said: str, task: str) -> None:
    assert unread(said, parse(task))
    assert settled(said, [meaning(task, 0.8)]) is None
    assert settled(said, [meaning(task, 0.9)]) is not None


@pytest.mark.parametrize(
    ("said", "task"),
    [
        ("don't put the cup in the box", "rule(never(at(the(cup), in(the(box)))))"),
        ("put everything but the cup in the box, nothing else", "put(all(thing, but(the(cup))), in(the(box)))"),
        ("could you put the cup in the box if you don't mind", "put(the(cup), in(the(box)))"),
        ("once I say so, put the cup away", 'once(event("I say so"), put(the(cup), aside))'),
        ("no, the green one", "instead(the(thing, color(green)))"),
        ("he told me not to", "remark"),
        ("put the cup in front of the box", "put(the(cup), in_front_of(the(box)))"),
        ("I want the cup in the box", "put(the(cup), in(the(box)))"),
    ],
)
def test_function_words_that_a_meaning_answers(said: str, task: str) -> None:
    assert not unread(said, parse(task))

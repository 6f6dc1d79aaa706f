"""Every value of the task language has one text, and is read back from it."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.planner.task.form import forms
from sayso.planner.task.grammar import Cursor, Number, Word, tokens_of, value_of
from sayso.planner.task.text import NotATask, parse, write
from sayso.planner.task.values import Color, Degree, In, LeftOf, Put, Task, The, Utterance, Value
from tests.planner.task.random_values import random_value


@pytest.mark.parametrize("seed", range(200))
def test_a_value_is_read_back_from_its_text(seed: int) -> None:
    value = random_value(np.random.default_rng(seed))
    assert parse(write(value)) == value


@pytest.mark.parametrize("seed", range(200))
def test_a_value_is_made_again_from_its_tokens(seed: int) -> None:
    value = random_value(np.random.default_rng(seed))
    assert value_of(tokens_of(value)) == value


@pytest.mark.parametrize("seed", range(50))
def test_the_grammar_allows_every_token_of_a_value_and_ends_with_it(seed: int) -> None:
    cursor = Cursor()
    for token in tokens_of(random_value(np.random.default_rng(seed))):
        slot = cursor.slot
        fits = (
            slot.words
            if isinstance(token, Word)
            else slot.numbers
            if isinstance(token, Number)
            else token in slot.tokens
        )
        assert fits, f"{token} at {slot}"
        cursor.advance(token)
    assert cursor.done


def test_every_head_can_be_written() -> None:
    seen = {head for seed in range(600) for head in _heads(random_value(np.random.default_rng(seed)))}
    assert {h for h, form in forms().items() if issubclass(form.made, Utterance)} <= seen


def _heads(value: Value) -> set[str]:
    return {t for t in tokens_of(value) if isinstance(t, str)}


def test_optional_fields_are_written_with_their_names() -> None:
    text = "put(the(block, color(red)), left_of(the(bowl), by=little))"
    value = Put(The("block", (Color("red"),)), LeftOf(The("bowl"), Degree.LITTLE))
    assert parse(text) == value
    assert write(value) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the end where one of"),
        ("put", "'thing' of put"),
        ("put(the(block))", "'place' of put"),
        ("put(the(block), in(the(bowl)))x", "x where the end was expected"),
        ("put(the(block), upon(the(bowl)))", "upon where one of"),
        ("put(the(block), in(the(bowl)), slowly)", "the end of put"),
        ("turn(it, angle=3)", "angle where one of thing, degrees"),
        ("put(the(block), in{the(bowl)})", "'{the(bowl)})' cannot stand in a task"),
        ("seq()", "'tasks' of seq"),
        ("seq(" * 40 + "undo" + ")" * 40, "nested deeper than"),
    ],
)
def test_what_is_no_task_is_refused_with_the_place(text: str, says: str) -> None:
    with pytest.raises(NotATask) as caught:
        parse(text)
    assert says in str(caught.value)


def test_a_correction_is_no_task() -> None:
    with pytest.raises(NotATask):
        parse("stop", Task)


def test_words_with_signs_are_quoted() -> None:
    value = In(The('the "big" box'))
    assert parse(write(value), In) == value

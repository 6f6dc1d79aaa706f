"""Two ways to say the same have one normal form; what differs keeps apart."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.planner.task.canonical import canonical
from sayso.planner.task.english import said
from sayso.planner.task.text import parse
from tests.planner.task.random_values import random_value


@pytest.mark.parametrize("seed", range(200))
def test_the_normal_form_is_its_own(seed: int) -> None:
    once = canonical(random_value(np.random.default_rng(seed)))
    assert canonical(once) == once


@pytest.mark.parametrize("seed", range(200))
def test_everything_can_be_said_in_english(seed: int) -> None:
    assert said(random_value(np.random.default_rng(seed))).strip()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pick(the(blocks))", "pick(the(block))"),
        ("pick(the(block, nth(1, left), color(red)))", "pick(the(block, color(Red), nth(1, left)))"),
        ("seq(pick(it), seq(undo, again))", "seq(pick(it), undo, again)"),
        ("hold(the(block))", "pick(the(block))"),
        ("pick(some(1, block))", "pick(a(block))"),
        ("for_each(all(block), put(each, in(the(bowl))))", "put(all(block), in(the(bowl)))"),
        ("seq(wait(after(5)), pick(it))", "once(after(5), pick(it))"),
        ("if(exists(the(block)), pick(it))", "if(exists(a(block)), pick(it))"),
        ("if(not(or(empty(it), full(it))), pick(it))", "if(and(not(full(it)), not(empty(it))), pick(it))"),
        ("with(with(pick(it), at_pace(slow)), untouched(them))", "with(pick(it), untouched(them), at_pace(slow))"),
        ("ask(count, thing=the(block))", "ask(count, thing=all(block))"),
        ("pick(the(block, color(grey)))", "pick(the(block, color(gray)))"),
    ],
)
def test_the_same_has_one_form(one: str, other: str) -> None:
    assert canonical(parse(one)) == canonical(parse(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pick(the(block))", "pick(a(block))"),
        ("seq(pick(it), undo)", "seq(undo, pick(it))"),
        ("swap(the(cup), the(mug))", "swap(the(mug), the(cup))"),
        ("for_each(all(block), put(each, in(the(bowl, same_color(each)))))", "put(all(block), in(the(bowl)))"),
        ("rule(untouched(it))", "rule(keep_away(it))"),
    ],
)
def test_what_differs_keeps_apart(one: str, other: str) -> None:
    assert canonical(parse(one)) != canonical(parse(other))

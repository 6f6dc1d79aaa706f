"""What nobody can mean."""

from __future__ import annotations

import pytest

from sayso.planner.reader.absurd import absurd
from sayso.planner.task.text import parse

RED, BLUE = "the(block, color(red))", "the(block, color(blue))"


@pytest.mark.parametrize(
    "text",
    [
        f"put({RED}, on({RED}))", f"push({RED}, in({RED}))", f"swap({RED}, {RED})", f"stack(together({RED}, {RED}))",
        f"put({BLUE}, between({RED}, {RED}))", f"choose(pick({RED}), pick({RED}))", f"seq(pick({RED}), pick({RED}))",
        f"also(put({RED}, under({RED})))",
        "pick(all(ball, but(all(ball))))",
        f"seq(put({RED}, in(the(bowl))), put(it, out_of(the(box))))",
    ],
)  # fmt: skip
def test_absurd(text: str) -> None:
    assert absurd(parse(text))


@pytest.mark.parametrize(
    "text",
    [
        f"put({RED}, on({BLUE}))", f"swap({RED}, {BLUE})", f"put({BLUE}, between(all(bowl)))",
        f"seq(pick({RED}), pick({BLUE}), pick({RED}))", "move(way(up), way(left))", "stop",
        "pick(all(ball, but(the(ball))))", f"with(put({RED}, aside), untouched({BLUE}))",
        f"seq(put({RED}, in(the(bowl))), put(it, out_of(the(bowl))))",
    ],
)  # fmt: skip
def test_sound(text: str) -> None:
    assert not absurd(parse(text))


def test_nobody_leaves_out_all_that_is_meant() -> None:
    assert absurd(parse("put(all(cup, but(all(cup))), aside)")) and absurd(parse("pick(the(cup, but(all(cup))))"))
    assert not absurd(parse("put(all(cup, but(all(cup, color(red)))), aside)"))
    assert not absurd(parse("put(all(cup, but(the(cup))), aside)"))


def test_nobody_puts_a_thing_beside_itself() -> None:
    assert absurd(parse(f"put({RED}, left_of({RED}))")) and absurd(parse(f"push({RED}, away_from({RED}, by=cm(3)))"))
    assert not absurd(parse("put(a(block), beside(a(block)))")) and not absurd(parse(f"put({RED}, left_of({BLUE}))"))

"""Sentences that a reading has nothing of."""

from __future__ import annotations

import pytest

from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.orders.lost import limited, limits_in, lost_in, parts_of
from sayso.planner.task.text import parse, write
from sayso.planner.task.values import Utterance

BALL = "put(the(ball), in(the(bowl, color(red))))"


def meanings(*read: tuple[str, float]) -> tuple[Meaning, ...]:
    return tuple(Meaning(parse(text, Utterance), share) for text, share in read)


@pytest.mark.parametrize(
    ("said", "meaning", "lost"),
    [
        ("Mind the cup. Put the ball in the red bowl.", BALL, ("Mind the cup",)),
        ("See that green bowl. Ball in the red bowl", BALL, ("See that green bowl",)),
        ("Use no green bowl! Ball in the red bowl", BALL, ("Use no green bowl",)),
        ("Hello there. Put the ball in the red bowl", BALL, ()),
        ("Mind the cup, put the ball in the red bowl", BALL, ()),
        ("See the red bowl there. The ball goes in that bowl", BALL, ()),
        ("Take the cup. Put it on the box", "put(it, on(the(box)))", ()),
        ("Mind the cup. Put the ball in the red bowl", f"with({BALL}, untouched(the(cup)))", ()),
        ("Mind the mug. The ball in the red bowl", f"with({BALL}, untouched(the(thing)))", ()),
        (
            "Put all but the red ball in the bowl. Never touch the red one.",
            "with(put(all(ball, but(the(ball, color(red)))), in(the(bowl))), untouched(the(ball, color(red))))",
            (),
        ),
        ("Mind the cup. Mind the mug.", "rule(untouched(the(cup)))", ()),
    ],
)
def test_a_sentence_whose_thing_is_nowhere_is_lost(said: str, meaning: str, lost: tuple[str, ...]) -> None:
    assert lost_in(said, parse(meaning, Utterance)) == lost


def test_a_lost_rule_is_kept_a_remark_is_none_and_all_else_is_in_doubt() -> None:
    rule = limits_in(meanings(("remark", 0.4), ("rule(untouched(the(cup)))", 0.1)))
    assert rule is not None and [write(c) for c in rule] == ["untouched(the(cup))"]
    assert limits_in(meanings(("remark", 0.6), ("rule(untouched(the(cup)))", 0.3))) == ()
    assert limits_in(meanings(("pick(the(cup))", 0.9), ("rule(untouched(the(cup)))", 0.05))) is None
    assert limits_in(meanings(("rule(only(the(cup)))", 0.9))) is None
    (bound,) = (limited(m, rule) for m in meanings((BALL, 0.9)))
    assert write(bound.value) == f"with({BALL}, untouched(the(cup)))"


def test_what_follows_then_is_a_part_of_its_own() -> None:
    said = "Ball in the bowl. Then the cup on top, then go home."
    assert parts_of(said) == ("Ball in the bowl", "the cup on top", "go home.")
    assert parts_of("Put the ball in the bowl, and the cup") == ("Put the ball in the bowl, and the cup",)

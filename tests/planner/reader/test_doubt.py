"""What a sentence names is left in its meaning."""

from __future__ import annotations

import pytest

from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.doubt import covering, unread
from sayso.planner.task.text import parse, write


def meanings(**shares: float) -> tuple[Meaning, ...]:
    return tuple(Meaning(parse(TEXTS[name]), share) for name, share in shares.items())


TEXTS = {
    "row": "arrange(all(block), line)",
    "slant": 'with(arrange(all(block), line), mind("in a diagonal line"))',
    "alike": "for_each(all(block), put(each, in(the(bowl, same_color(each)))))",
    "unlike": "for_each(all(block), put(each, in(a(bowl, non(same_color(each))))))",
    "corners": "put(all(block), in(a(corner, other)))",
    "unable": 'unable("put them all in the corners")',
    "red": "pick(the(block, color(red)))",
}


@pytest.mark.parametrize(
    ("said", "shares", "best"),
    [
        ("line them up diagonally", {"row": 0.6, "slant": 0.2}, "slant"),
        ("each block into a bowl of another color", {"alike": 0.6, "unlike": 0.1}, "unlike"),
        ("a bowl that doesn't match for each block", {"alike": 0.6, "unlike": 0.1}, "unlike"),
        ("spread the blocks over the corners", {"row": 0.6, "corners": 0.1, "unable": 0.05}, "corners"),
        ("line them up", {"row": 0.6, "slant": 0.2}, "row"),
        ("in the corner, sorry, in a row", {"row": 0.6, "corners": 0.2}, "row"),
        ("bowls and blocks of the same color", {"alike": 0.6, "unlike": 0.1}, "alike"),
    ],
)
def test_a_meaning_that_drops_a_place_or_a_contrast_gives_way_to_one_that_reads_it(
    said: str, shares: dict[str, float], best: str
) -> None:
    found = covering(said, meanings(**shares))
    top = max(found, key=lambda m: m.probability)
    assert write(top.value) == TEXTS[best]
    assert sum(m.probability for m in found) == pytest.approx(sum(shares.values()))


def test_what_hardly_any_meaning_reads_counts_for_nothing() -> None:
    read = meanings(row=0.8, corners=0.01)
    assert covering("in the corners", read) == read
    assert covering("the corner", meanings(red=0.9)) == meanings(red=0.9)


@pytest.mark.parametrize(
    ("said", "good", "bad"),
    [
        ("lift the blue cup", "pick(the(cup, color(blue)))", "pick(the(cup, color(black)))"),
        ("cups on the left", "put(all(cup), at_side(left))", "put(all(cup), corner(far, left))"),
        ("move every cup", "put(all(cup), aside)", "put(the(cup), shift(forward))"),
        ("cups to the left, everything on the right", "put(all(cup, at_side(right)), at_side(left))",
         "put(all(cup), at_side(right))"),
        ("as far from the cup as you can", "put(it, away_from(the(cup), by=lot))", "put(it, away_from(the(cup)))"),
        ("if it's empty lift it. If not, lift the red one", 
         "if(empty(it), pick(it), otherwise=pick(the(thing, color(red))))",
         "if(empty(it), pick(the(thing, color(red))))"),
        ("both cups in the bowl, plus one ball", "put(together(all(cup), a(ball)), in(the(bowl)))",
         "put(all(cup), in(the(bowl)))"),
        ("lift it unless something is in the bowl", "if(not(at(a(thing), in(the(bowl)))), pick(it))",
         "if(not(exists(a(thing))), pick(it))"),
        ("the soup is too cold", "remark", "move(way(down))"),
    ],
)  # fmt: skip
def test_a_meaning_that_says_what_was_said_counts_more(said: str, good: str, bad: str) -> None:
    found = covering(said, (Meaning(parse(bad), 0.5), Meaning(parse(good), 0.3)))
    assert write(max(found, key=lambda m: m.probability).value) == write(parse(good))
    assert sum(m.probability for m in found) == pytest.approx(0.8)


IF_EMPTY = "if(empty(the(box)), put(the(cup), in(the(box))))"


@pytest.mark.parametrize(
    ("said", "meaning", "lost"),
    [
        ("put the cup in the box if it's empty, otherwise give it to me", IF_EMPTY, True),
        ("put the cup in the box if it's empty, if not leave it", IF_EMPTY, False),
        ("put the cup in the box if it's empty, if not give it to me", IF_EMPTY[:-1] + ", otherwise=hand(it))", False),
        ("put the cup in any box, as long as it is not wet", "put(the(cup), in(a(box)))", True),
        ("put the cup in the box, no worries", "put(the(cup), in(the(box)))", False),
        ("put the cup in the box if nothing is in it", IF_EMPTY, False),
        ("if the box is empty do not put the cup in it", IF_EMPTY, True),
        ("put a cup in the box. Not the left one", "put(a(cup), in(the(box)))", True),
        ("put a cup in the box. Not the left one", "put(a(cup, non(nth(1, left))), in(the(box)))", False),
        ("put the grey cup in the box", "put(the(cup, color(gray)), in(the(box)))", False),
        ("put it as far from the box as you can", "put(it, away_from(the(box)))", True),
        (
            "neither the red nor the blue cup goes in the box",
            "rule(never(at(the(cup, color(red)), in(the(box)))))",
            True,
        ),
    ],
)
def test_half_an_order_is_unread(said: str, meaning: str, lost: bool) -> None:
    assert unread(said, parse(meaning)) is lost


STACK = "stack(all(thing, color(gray)))"


@pytest.mark.parametrize(
    ("said", "meaning", "silent"),
    [
        ("stack the two grays then red on top", STACK, True),
        (
            "stack the two grays, then put the red one on top",
            f"seq({STACK}, put(the(thing, color(red)), on(it)))",
            False,
        ),
        ("stack the grays on top of each other", STACK, False),
        ("the cup in the middle at the front", "put(the(cup), middle)", True),
        ("the cup at the front in the middle", "put(the(cup), at_side(near))", False),
        ("the cup in the middle", "put(the(cup), middle)", False),
        ("both cups one behind the other", "put(all(cup), at_side(left))", True),
        ("both cups on the left", "put(all(cup), at_side(left))", False),
        ("a bit further from the edge", "move(way(forward, by=little))", True),
        ("a bit further forward", "move(way(forward, by=little))", False),
    ],
)
def test_places_and_last_steps_are_not_dropped_silently(said: str, meaning: str, silent: bool) -> None:
    assert unread(said, parse(meaning)) is silent

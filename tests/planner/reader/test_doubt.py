"""What a sentence names is left in its meaning."""

from __future__ import annotations

import pytest

from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.doubt import covering
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

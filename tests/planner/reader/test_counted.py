"""A distance counts as often as it is said."""

from __future__ import annotations

import pytest

from sayso.planner.reader.counted import as_counted, counted
from sayso.planner.task.text import parse, write
from sayso.planner.task.values import Utterance

PUT = "put(the(block, color(red)), left_of(the(bowl)BY))"
AWAY = "keep_away(the(cup), by=cm(8))"


@pytest.mark.parametrize(
    ("said", "stays"),
    [
        ("put the red block left of the bowl and stay 8 cm away from the cup", False),
        ("stay eight cm away from the cup while you put the red block left of the bowl", False),
        ("put the red block 8 cm left of the bowl and stay 8 cm away from the cup", True),
    ],
)
def test_a_distance_said_once_is_that_of_the_constraint(said: str, stays: bool) -> None:
    put = PUT.replace("BY", ", by=cm(8)")
    wanted = put if stays else PUT.replace("BY", "")
    assert write(counted(said, parse(f"with({put}, {AWAY})"))) == f"with({wanted}, {AWAY})"


@pytest.mark.parametrize(
    ("said", "read", "meant"),
    [
        ("a bit nearer to me, ten centimeters are enough", "toward(me, by=little)", "toward(me, by=cm(10))"),
        ("shift it right a touch, about 5 inches", "shift(right, by=little)", "shift(right, by=inch(5))"),
        ("shift it right a touch", "shift(right, by=little)", "shift(right, by=little)"),
        ("a bit to the right, 5 cm, or 10 cm", "shift(right, by=little)", "shift(right, by=little)"),
    ],
)
def test_a_little_that_is_measured_is_as_much_as_was_said(said: str, read: str, meant: str) -> None:
    put = "put(the(cup), {})"
    assert write(as_counted(said, parse(put.format(read), Utterance))) == put.format(meant)


def test_a_time_is_none_of_the_lengths() -> None:
    seq = "seq(pick(the(block)), wait(after({})), put(it, where_it_was))"
    said = "lift the block twenty centimetres, hold it there five seconds, then back down"
    assert write(as_counted(said, parse(seq.format("20"), Utterance))) == seq.format("5")
    assert write(as_counted("wait 20 seconds", parse(seq.format("20"), Utterance))) == seq.format("20")


def test_another_distance_stays() -> None:
    task = parse(f"with({PUT.replace('BY', ', by=cm(5)')}, {AWAY})")
    assert counted("put it 5 cm left of the bowl, 8 cm away from the cup", task) == task
    alone = parse(PUT.replace("BY", ", by=cm(8)"))
    assert counted("left of the bowl", alone) == alone


@pytest.mark.parametrize(
    ("said", "read", "meant"),
    [
        ("shift the cup 3 metres to the right", "mm(3)", "m(3)"),
        ("shift the cup two inches to the right", "cm(2)", "inch(2)"),
        ("shift the cup 4 cm to the right", "cm(4)", "cm(4)"),
        ("shift the cup 4 to the right", "cm(4)", "cm(4)"),
        ("4 cm to the right, no, 4 mm", "mm(4)", "mm(4)"),
    ],
)
def test_the_words_tell_the_unit(said: str, read: str, meant: str) -> None:
    task = "put(the(cup), shift(right, by={}))"
    assert write(as_counted(said, parse(task.format(read)))) == task.format(meant)


@pytest.mark.parametrize(
    "said", ["lift the two leftmost cups", "lift the leftmost two cups", "lift the two red leftmost cups"]
)
def test_a_number_beside_a_superlative_counts_things(said: str) -> None:
    read = parse("pick(the(cup, nth(2, left)))")
    assert write(as_counted(said, read)) == "pick(together(the(cup, nth(1, left)), the(cup, nth(2, left))))"
    assert as_counted("lift the second leftmost cup", read) == read
    assert as_counted("lift the second cup from the left", read) == read


def test_any_of_what_shall_be_is_each_of_it() -> None:
    read = parse("put(a(cup, non(color(red))), in(the(box)))")
    everyone = parse("put(all(cup, non(color(red))), in(the(box)))")
    assert as_counted("Any cup that isn't red must go in the box", read) == everyone
    assert as_counted("put any cup that isn't red in the box", read) == read


@pytest.mark.parametrize(
    ("said", "read", "meant"),
    [
        ("if there are more than 2 bowls", "at_least(2, all(bowl))", "at_least(3, all(bowl))"),
        ("if there are more than two bowls", "at_least(3, all(bowl))", "at_least(3, all(bowl))"),
        ("if there are at least 2 bowls", "at_least(2, all(bowl))", "at_least(2, all(bowl))"),
        ("if there are fewer than 3 bowls", "at_least(3, all(bowl))", "not(at_least(3, all(bowl)))"),
        ("if there are fewer than 3 bowls", "not(at_least(3, all(bowl)))", "not(at_least(3, all(bowl)))"),
        ("if there are at most 2 bowls", "not(at_least(2, all(bowl)))", "not(at_least(3, all(bowl)))"),
        ("if there are not more than 2 bowls", "not(at_least(3, all(bowl)))", "not(at_least(3, all(bowl)))"),
    ],
)
def test_more_than_two_are_at_least_three(said: str, read: str, meant: str) -> None:
    meaning = as_counted(f"{said} go home", parse(f"if({read}, go(home))", Utterance))
    assert write(meaning) == f"if({meant}, go(home))"


@pytest.mark.parametrize(
    ("said", "read", "meant"),
    [
        ("lift the first two blocks from the left", "the(block, nth(1, left))", "together({0}1{1}, {0}2{1})"),
        ("lift the first two blocks from the left", "the(block, nth(2, left))", "together({0}1{1}, {0}2{1})"),
        ("lift the first block from the left", "the(block, nth(1, left))", "{0}1{1}"),
        ("lift the first two cups from the left", "the(block, nth(1, left))", "{0}1{1}"),
        ("lift the first two blocks from the right", "the(block, nth(1, left))", "{0}1{1}"),
    ],
)
def test_the_first_two_are_two(said: str, read: str, meant: str) -> None:
    meaning = as_counted(said, parse(f"pick({read})", Utterance))
    assert write(meaning) == f"pick({meant.format('the(block, nth(', ', left))')})"


def test_a_number_of_times_counts_once() -> None:
    read = "repeat(3, seq(pick(the(cup)), repeat(3, put(it, aside))))"
    assert write(as_counted("lift it and put it down 3 times", parse(read, Utterance))) == read.replace(
        "repeat(3, put(it, aside))", "put(it, aside)"
    )
    other = "repeat(3, seq(pick(the(cup)), repeat(2, put(it, aside))))"
    assert write(as_counted("three times: lift it and put it down twice", parse(other, Utterance))) == other

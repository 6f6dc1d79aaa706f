"""Pairs are chosen so that they cost least together, and what cannot be paired is not."""

import sys

import numpy as np

from sayso.perception import assignment
from sayso.perception.assignment import NEVER, cheapest_pairs


def test_the_sum_is_least_though_a_pair_by_itself_is_dearer() -> None:
    assert sorted(cheapest_pairs(np.array([[1.0, 2.0], [2.0, 9.0]]))) == [(0, 1), (1, 0)]


def test_what_cannot_be_a_pair_is_none() -> None:
    assert cheapest_pairs(np.array([[NEVER, NEVER], [3.0, NEVER]])) == [(1, 0)]


def test_of_lists_of_different_length_some_are_left_over() -> None:
    assert cheapest_pairs(np.array([[5.0], [1.0], [3.0]])) == [(1, 0)]


def test_to_load_it_loads_what_takes_long() -> None:
    assignment.load()
    assert "scipy.optimize" in sys.modules

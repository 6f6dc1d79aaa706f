"""What a look says of which thing it shows, in nats."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from sayso.perception.identity.appearance import (
    SIZE_AGAINST,
    SIZE_FOR,
    color_belief,
    color_odds,
    kind_belief,
    size_odds,
)
from sayso.perception.scene import COLORS
from sayso.perception.votes import Detection

Detect = Callable[..., Detection]
CUBE = np.full(3, 0.04)


def test_a_sure_look_of_the_same_color_speaks_for_the_same_thing_and_of_another_one_against_it(detect: Detect) -> None:
    red, blue = color_belief(detect(0.5, 0.0)), color_belief(detect(0.5, 0.0, color="blue"))
    assert color_odds(red, red) == pytest.approx(np.log(len(COLORS)), abs=0.3)
    assert color_odds(red, blue) < -1


def test_a_look_that_tells_no_color_says_nothing(detect: Detect) -> None:
    blind = dataclasses.replace(detect(0.5, 0.0), colors={c: 0.1 for c in COLORS})
    assert color_odds(color_belief(detect(0.5, 0.0)), color_belief(blind)) == pytest.approx(0.0, abs=0.01)


def test_a_look_of_little_confidence_says_less(detect: Detect) -> None:
    sure = dataclasses.replace(detect(0.5, 0.0, sure=1.0), colors={c: float(c == "red") for c in COLORS})
    faint = dataclasses.replace(sure, colors={c: float(c == "blue") for c in COLORS}, confidence=0.3)
    clear = dataclasses.replace(faint, confidence=1.0)
    red = color_belief(sure)
    assert color_odds(red, color_belief(clear)) < color_odds(red, color_belief(faint)) < 0


def test_beliefs_are_probabilities_of_which_none_is_zero(detect: Detect) -> None:
    for belief in (color_belief(detect(0.5, 0.0)), kind_belief(detect(0.5, 0.0))):
        assert belief.sum() == pytest.approx(1.0) and belief.min() > 0


@pytest.mark.parametrize(("other", "least", "most"), [(0.04, 0.0, SIZE_FOR), (0.06, -SIZE_AGAINST, -0.5)])
def test_another_size_counts_within_limits(other: float, least: float, most: float) -> None:
    assert least <= size_odds(CUBE, np.full(3, other)) <= most

"""Pixels that speak of two things are two instances; pixels that speak of one are one, however many parts it has."""

import numpy as np
import pytest

from sayso.perception.eyes.encoding import CHANNELS, EyeInput
from sayso.perception.eyes.layout import OUTPUTS, SIZE, SPREAD, UNIT, VOTE
from sayso.perception.eyes.splitting import split

SHAPE = (40, 40)
FAR = np.hypot(*(np.indices(SHAPE) - 20))
BOWL, BALL = FAR < 15, FAR < 5


def seen(known: bool = True) -> EyeInput:
    """A table seen from straight above, 5 mm a pixel."""
    rows, columns = np.indices(SHAPE)
    points = np.stack([rows * 0.005, columns * 0.005, np.zeros(SHAPE)], 2).astype(np.float32)
    heading = np.stack([np.ones(SHAPE), np.zeros(SHAPE)], 2).astype(np.float32)
    return EyeInput(np.zeros((CHANNELS, 80, 80), np.float32), points, heading, np.full(SHAPE, known))


def says(there: EyeInput, *things: tuple[np.ndarray, tuple[float, float, float], float]) -> np.ndarray:
    """What the network says whose pixels know their thing: mask, center (m), width (m)."""
    raw = np.zeros((OUTPUTS, *SHAPE), np.float32)
    raw[SPREAD] = np.log(0.003 / UNIT)
    for mask, center, width in things:
        raw[VOTE, mask] = ((np.array(center) - there.points[mask]) / UNIT).T
        raw[SIZE, mask] = width / UNIT
    return raw


def test_a_ball_in_the_middle_of_a_bowl_is_a_thing_of_its_own() -> None:
    there = seen()
    labels = BOWL.astype(np.int32)
    raw = says(there, (BOWL, (0.1, 0.1, 0.03), 0.15), (BALL, (0.1, 0.1, 0.04), 0.05))
    assert split(labels, [0.8], raw, there) == [0.8, 0.8]
    assert {tuple(np.unique(labels[part])) for part in (BALL, BOWL & ~BALL)} == {(1,), (2,)}
    assert (labels[~BOWL] == 0).all()


@pytest.mark.parametrize("known", [True, False])
def test_what_speaks_of_one_thing_is_one(known: bool) -> None:
    there = seen(known)
    labels = BOWL.astype(np.int32)
    noise = np.random.default_rng(0).normal(0, 0.1, (3, *SHAPE)).astype(np.float32)
    raw = says(there, (BOWL, (0.1, 0.1, 0.03), 0.15))
    raw[VOTE] += noise
    assert split(labels, [0.8], raw, there) == [0.8] and set(np.unique(labels)) == {0, 1}


def test_specks_that_speak_of_another_thing_are_none() -> None:
    there = seen()
    specks = BOWL & (np.indices(SHAPE).sum(0) % 3 == 0)
    labels = BOWL.astype(np.int32)
    raw = says(there, (BOWL, (0.1, 0.1, 0.03), 0.15), (specks, (0.2, 0.1, 0.04), 0.05))
    assert split(labels, [0.8], raw, there) == [0.8]

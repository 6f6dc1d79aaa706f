"""Instances from what pixels say: touching things stay two, one thing in parts stays one."""

import numpy as np

from sayso.perception.eyes.instances import group

SHAPE = (60, 80)


def said(*masks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What perfect pixels say about instances with these masks."""
    thing, heat, offset = np.zeros(SHAPE, np.float32), np.zeros(SHAPE, np.float32), np.zeros((2, *SHAPE), np.float32)
    row, column = np.indices(SHAPE)
    for mask in masks:
        u, v = column[mask].mean(), row[mask].mean()
        thing[mask] = 0.9
        heat = np.maximum(heat, 0.9 * np.exp(-((column - u) ** 2 + (row - v) ** 2) / 8).astype(np.float32))
        offset[0, mask], offset[1, mask] = u - column[mask], v - row[mask]
    return thing, heat, offset


def rectangle(top: int, left: int, height: int, width: int) -> np.ndarray:
    mask = np.zeros(SHAPE, bool)
    mask[top : top + height, left : left + width] = True
    return mask


def test_two_that_touch_are_two() -> None:
    one, two = rectangle(20, 10, 12, 14), rectangle(22, 24, 10, 16)
    labels, hearts = group(*said(one, two))
    assert len(hearts) == 2
    assert len(np.unique(labels[one])) == 1 and len(np.unique(labels[two])) == 1
    assert labels[one][0] != labels[two][0] and (labels[~(one | two)] == 0).all()


def test_one_that_is_cut_in_two_is_one() -> None:
    parts = rectangle(20, 10, 12, 10) | rectangle(20, 26, 12, 10)
    labels, hearts = group(*said(parts))
    assert len(hearts) == 1 and (labels[parts] == 1).all()


def test_a_ring_whose_middle_is_a_hole_is_one() -> None:
    ring = rectangle(15, 20, 20, 20) & ~rectangle(20, 25, 10, 10)
    labels, hearts = group(*said(ring))
    assert len(hearts) == 1 and (labels[ring] == 1).all()


def test_heat_without_pixels_is_nothing() -> None:
    thing, heat, offset = said(rectangle(20, 10, 12, 14))
    heat[50, 70] = 0.95
    assert len(group(thing, heat, offset)[1]) == 1
    assert group(np.zeros_like(thing), heat, offset)[1] == []


def test_a_long_middle_is_one_and_two_with_a_valley_between_are_two() -> None:
    tall = rectangle(5, 30, 50, 14)
    thing, _, offset = said(tall)
    row, column = np.indices(SHAPE)
    # As of a network that is not sure how high the middle is: heat along the axis, and pixels that point across only.
    heat = (0.5 * np.exp(-((column - 36.5) ** 2) / 8) * ((row > 18) & (row < 42))).astype(np.float32)
    heat[20], heat[40] = heat[20] * 1.2, heat[40] * 1.2
    offset[1] *= 0.6
    labels, hearts = group(thing, heat, offset)
    assert len(hearts) == 1 and (labels[tall] == 1).all()


def test_pixels_that_point_nowhere_go_with_what_they_touch() -> None:
    one, lost = rectangle(20, 10, 12, 14), rectangle(40, 60, 4, 4)
    thing, heat, offset = said(one)
    thing[lost] = 0.9
    offset[:, 20:23, 10:24] = 40
    labels, hearts = group(thing, heat, offset)
    assert len(hearts) == 1 and (labels[one] == 1).all() and (labels[lost] == 0).all()

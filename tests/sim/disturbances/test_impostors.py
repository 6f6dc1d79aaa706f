"""Two things change places, and a look-alike takes the place of one: in the true world, and in what cameras see."""

import numpy as np
import pytest

from sayso.sim.table_world import TableWorld
from tests.sim.disturbances.scene import Happen


def test_the_thing_and_another_of_its_kind_change_places(table: TableWorld, happen: Happen) -> None:
    before = table.truth()
    director = happen("exchanged@0.2")
    after = table.truth()
    assert np.allclose(after["b1"].position[:2], before["b2"].position[:2], atol=0.002)
    assert np.allclose(after["b2"].position[:2], before["b1"].position[:2], atol=0.002)
    assert [(d.name, d.what) for d in director.happened] == [
        ("exchanged", "the red block and the green block change places")
    ]
    assert director.happened[0].t == pytest.approx(0.2, abs=0.03)


def test_a_look_alike_of_a_new_color_stands_where_the_thing_was(table: TableWorld, happen: Happen) -> None:
    before = table.truth()
    director = happen("replaced@before", seconds=0.8)
    after = table.truth()
    assert after["b1"].position[2] < -0.5  # gone
    assert after["x1"].kind == "block"
    assert after["x1"].color not in ("red", "green")
    assert np.allclose(after["x1"].position, before["b1"].position, atol=0.002)
    assert f"a {after['x1'].color} block takes the place of the red block" in director.happened[0].what


def test_the_cameras_see_the_look_alike(table: TableWorld, happen: Happen) -> None:
    def reddish() -> int:
        rgb = table.look("left").rgb.astype(int)
        return int(((rgb[..., 0] > 2 * rgb[..., 1]) & (rgb[..., 0] > 2 * rgb[..., 2])).sum())

    before = reddish()
    happen("replaced@0", seed=1)
    assert table.truth()["x1"].color not in ("red", "orange", "pink", "brown")
    assert before > 20
    assert reddish() < before / 4


def test_another_reset_brings_the_first_scene_back(table: TableWorld, happen: Happen) -> None:
    happen("replaced@0", "covered@0")
    table.reset(0)
    assert set(table.truth()) == {"b1", "b2", "w1"}
    assert table.truth()["b1"].position[2] == pytest.approx(0.02, abs=0.002)
    assert table.physics.props == []


def test_what_is_carried_is_exchanged_in_the_hand(table: TableWorld, happen: Happen) -> None:
    director = happen("exchanged@carried", seconds=1.5, held=True)
    assert director.happened[0].what == "the red block in the hand and the green block change places"
    assert np.allclose(table.truth()["b1"].position[:2], (0.45, -0.10), atol=0.003)

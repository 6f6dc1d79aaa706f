"""Two things change places, and a look-alike takes the place of one: in the true world, and in what cameras see."""

from collections.abc import Iterator

import numpy as np
import pytest

from sayso.sim.disturbances.director import Director
from sayso.sim.disturbances.kinds import KINDS, Moment, Planned, listed, planned
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.table_world import TableWorld

SAID = "put the red block in the blue bowl"
SCENE = SceneSpec(
    (
        ObjectSpec("b1", "block", "red", (0.45, 0.10)),
        ObjectSpec("b2", "block", "green", (0.45, -0.10)),
        ObjectSpec("w1", "bowl", "blue", (0.60, 0.0)),
    )
)


@pytest.fixture
def table() -> Iterator[TableWorld]:
    world = TableWorld("panda", SCENE)
    world.reset(0)
    yield world
    world.close()


def happen(table: TableWorld, name: str, seconds: float = 1.0, seed: int = 0) -> Director:
    clock = table.arm.clock
    director = Director(table, clock, [planned(name)], seed)
    with director.directing(SAID):
        clock.sleep_until(clock.now() + seconds)
    return director


def test_the_thing_and_another_of_its_kind_change_places(table: TableWorld) -> None:
    before = table.truth()
    director = happen(table, "exchanged@0.2")
    after = table.truth()
    assert np.allclose(after["b1"].position[:2], before["b2"].position[:2], atol=0.002)
    assert np.allclose(after["b2"].position[:2], before["b1"].position[:2], atol=0.002)
    assert [(d.name, d.what) for d in director.happened] == [
        ("exchanged", "the red block and the green block change places")
    ]
    assert director.happened[0].t == pytest.approx(0.2, abs=0.03)


def test_a_look_alike_of_a_new_color_stands_where_the_thing_was(table: TableWorld) -> None:
    before = table.truth()
    director = happen(table, "replaced@before")
    after = table.truth()
    assert after["b1"].position[2] < -0.5  # gone
    assert after["x1"].kind == "block"
    assert after["x1"].color not in ("red", "green")
    assert np.allclose(after["x1"].position, before["b1"].position, atol=0.002)
    assert f"a {after['x1'].color} block takes the place of the red block" in director.happened[0].what


def test_the_cameras_see_the_look_alike(table: TableWorld) -> None:
    def reddish() -> int:
        rgb = table.look("left").rgb.astype(int)
        return int(((rgb[..., 0] > 2 * rgb[..., 1]) & (rgb[..., 0] > 2 * rgb[..., 2])).sum())

    before = reddish()
    happen(table, "replaced@0", seed=1)
    assert table.truth()["x1"].color not in ("red", "orange", "pink", "brown")
    assert before > 20
    assert reddish() < before / 4


def test_another_reset_brings_the_first_scene_back(table: TableWorld) -> None:
    happen(table, "replaced@0")
    table.reset(0)
    assert set(table.truth()) == {"b1", "b2", "w1"}
    assert table.truth()["b1"].position[2] == pytest.approx(0.02, abs=0.002)


def test_the_same_seed_does_the_same(table: TableWorld) -> None:
    first = happen(table, "replaced").happened
    table.reset(0)
    assert happen(table, "replaced").happened == first


def test_what_is_carried_is_exchanged_in_the_hand(table: TableWorld) -> None:
    tool = table.physics.tool()
    clock = table.arm.clock
    director = Director(table, clock, [Planned("exchanged", Moment.CARRIED)], 0)
    with director.directing(SAID):
        clock.sleep_until(clock.now() + 0.1)
        assert director.happened == []
        for _ in range(150):  # held at the fingers, as a hand would
            thing = "b2" if director.happened else "b1"
            table.place(thing, tool)
            clock.sleep_until(clock.now() + 0.01)
    assert director.happened[0].what == "the red block in the hand and the green block change places"
    assert np.allclose(table.truth()["b1"].position[:2], (0.45, -0.10), atol=0.003)


def test_no_moment_comes_while_nothing_is_carried(table: TableWorld) -> None:
    director = happen(table, "exchanged@carried")
    assert director.left_out == ("exchanged",)


@pytest.mark.parametrize("text", ["exchnaged", "exchanged@", "exchanged@-1", "exchanged@later", "exchanged@nan", ""])
def test_a_wrong_name_or_time_is_said_with_what_there_is(text: str) -> None:
    with pytest.raises(ValueError, match=r"there are: .*exchanged|in seconds after the start"):
        planned(text)


def test_every_kind_is_listed_and_has_its_function() -> None:
    lines = listed().splitlines()
    assert len(lines) == len(KINDS)
    for line, (name, kind) in zip(lines, KINDS.items(), strict=True):
        assert line.startswith(name)
        assert kind.line in line
        assert kind.moments

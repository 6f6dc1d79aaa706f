"""What disturbances do to things: in the true world, in the hand, and in the picture."""

import numpy as np
import pytest

from sayso.hardware.types import JointTarget
from sayso.sim.bullet import pybullet as p
from sayso.sim.disturbances.backstage import Backstage
from sayso.sim.disturbances.people import FROM
from sayso.sim.scenes.palette import COLORS
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.table_world import TableWorld
from tests.sim.disturbances.scene import SAID, Happen


def far(table: TableWorld, name: str, spot: tuple[float, float]) -> float:
    return float(np.linalg.norm(table.truth()[name].position[:2] - np.array(spot)))


def test_the_thing_is_put_elsewhere_and_stands(table: TableWorld, happen: Happen) -> None:
    happen("moved@0", seconds=0.8)
    assert far(table, "b1", (0.45, 0.10)) > 0.1
    assert table.truth()["b1"].position[2] == pytest.approx(0.02, abs=0.002)


def test_the_target_is_put_elsewhere(table: TableWorld, happen: Happen) -> None:
    happen("target-moved@0")
    assert far(table, "w1", (0.60, 0.0)) > 0.1
    assert far(table, "b1", (0.45, 0.10)) < 0.002


def test_the_target_is_gone_and_stays_gone(table: TableWorld, happen: Happen) -> None:
    happen("target-taken@0", seconds=1.0)
    assert table.truth()["w1"].position == pytest.approx([-3, 3, -1], abs=0.05)


@pytest.mark.parametrize(("kind", "name"), [("out-of-reach", "b1"), ("target-out-of-reach", "w1")])
def test_what_is_put_out_of_reach_stands_beyond_the_workspace(
    table: TableWorld, happen: Happen, kind: str, name: str
) -> None:
    happen(f"{kind}@0", seconds=0.8)
    item = table.truth()[name]
    assert item.position[0] - item.size[0] / 2 > table.spec.workspace.upper[0]
    assert 0.01 < item.position[2] < 0.04  # on the table


def test_another_thing_lies_in_the_bowl(table: TableWorld, happen: Happen) -> None:
    director = happen("target-filled@0", seconds=1.0)
    assert far(table, "x1", (0.60, 0.0)) < 0.05
    assert 0.015 < table.truth()["x1"].position[2] < 0.04
    assert "is put in the blue bowl" in director.happened[0].what


def test_the_thing_is_knocked_out_of_the_hand_onto_the_table(table: TableWorld, happen: Happen) -> None:
    director = happen("knocked", seconds=2.5, held=True)
    assert director.happened[0].what == "the red block is knocked out of the hand"
    position = table.truth()["b1"].position
    assert position[2] < 0.06
    assert np.linalg.norm(position[:2] - table.physics.tool()[:2]) > 0.08


def test_a_thing_slips_out_of_closed_fingers(table: TableWorld, happen: Happen) -> None:
    def close_on_it(seconds: float) -> float:
        home, clock = table.spec.home, table.arm.clock
        end = clock.now() + seconds
        while clock.now() < end - 1e-9:
            table.arm.write(JointTarget(home, np.zeros(len(home)), 0.0, np.inf))
            clock.sleep_until(clock.now() + 1 / table.spec.control_hz)
        return float(table.truth()["b1"].position[2])

    for _ in range(50):
        table.physics.hold("b1", table.physics.tool())
        close_on_it(0.02)
    at = table.truth()["b1"].position
    table.place("b1", at)
    assert close_on_it(0.5) == pytest.approx(at[2], abs=0.01)
    seen: list[float] = []
    director = happen("slip@0", seconds=0.1, then=lambda: seen.append(close_on_it(1.0)))
    assert [d.what for d in director.happened] == ["the red block slips out of the fingers"]
    assert seen[0] < 0.05


def test_a_heavy_thing_stays_heavy(table: TableWorld, happen: Happen) -> None:
    client, body = table.physics.client, table.physics.bodies["b1"]
    friction = p.getDynamicsInfo(body, -1, physicsClientId=client)[1]
    happen("heavy@0")
    after = p.getDynamicsInfo(body, -1, physicsClientId=client)[:2]
    assert after == pytest.approx((0.6, 0.15 * friction))


def test_on_a_crowded_table_the_place_with_the_most_room_is_taken(table: TableWorld) -> None:
    stage = Backstage.of(table, np.random.default_rng(0), print, SAID, first=True)
    spot = stage.free_spot(0.03, near=np.array([0.45, 0.10, 0.0]), reach=0.01)  # where the thing itself stands
    assert min(far(table, name, (float(spot[0]), float(spot[1]))) for name in table.truth()) > 0.15


def test_a_table_of_all_colors_has_still_a_look_alike() -> None:
    colors = list(COLORS)
    things = [
        ObjectSpec(f"b{k}", "block", c, (0.40 + 0.07 * (k // 5), -0.2 + 0.1 * (k % 5))) for k, c in enumerate(colors)
    ]
    world = TableWorld("panda", SceneSpec(tuple(things)))
    world.reset(0)
    stage = Backstage.of(world, np.random.default_rng(0), print, "pick up the red block", first=True)
    assert stage.new_color() in set(COLORS) - {"red"}
    world.close()


def test_a_thing_that_is_held_fast_does_not_come_up_with_what_pulls_it(table: TableWorld, happen: Happen) -> None:
    def pulled() -> float:
        thing, physics = table.truth()["b1"].position, table.physics
        for _ in range(60):
            p.applyExternalForce(
                physics.bodies["b1"], -1, [0, 0, 20], thing.tolist(), p.WORLD_FRAME, physicsClientId=physics.client
            )
            physics.step()
        return float(table.truth()["b1"].position[2] - thing[2])

    assert pulled() > 0.02
    table.reset(0)
    assert happen("held-fast@0").happened[0].what == "the red block is fixed to the table"
    assert pulled() == pytest.approx(0.0, abs=0.001)


def test_a_post_stands_in_the_way(table: TableWorld, happen: Happen) -> None:
    happen("new-thing@0", seconds=0.8)
    post = table.truth()["x1"]
    assert post.position[2] == pytest.approx(0.06, abs=0.003)
    assert post.upright > 0.99
    assert min(far(table, "x1", spot) for spot in ((0.45, 0.10), (0.60, 0.0))) < 0.25


def test_a_sheet_hides_the_thing_until_it_is_taken_away(table: TableWorld, happen: Happen) -> None:
    def red() -> int:
        rgb = table.look("left").rgb.astype(int)
        return int(((rgb[..., 0] > 2 * rgb[..., 1]) & (rgb[..., 0] > 2 * rgb[..., 2])).sum())

    seen = [red()]
    director = happen("covered@0", seconds=0.5, then=lambda: seen.append(red()))
    assert len(director.happened) == 1
    assert seen[1] < seen[0] / 5
    assert red() > 0.9 * seen[0]
    assert [d.what for d in happen("covered@0", seconds=3.2).happened] == [
        "a sheet covers the red block",
        "the red block is uncovered",
    ]


def test_a_hand_is_seen_and_goes_away_with_the_thing(table: TableWorld, happen: Happen) -> None:
    bare = table.look("left").rgb
    seen = []
    director = happen("taken@0", seconds=0.6, then=lambda: seen.append(table.look("left").rgb))
    assert (np.abs(seen[0].astype(int) - bare).max(axis=2) > 40).mean() > 0.02
    assert director.happened[0].what == "a person's hand reaches for the red block"
    director = happen("taken@0", seconds=1.5)
    assert director.happened[-1].what == "the hand is gone with the red block"
    assert table.truth()["b1"].position[2] < -0.5


def test_a_borrowed_thing_comes_back_to_where_it_was(table: TableWorld, happen: Happen) -> None:
    at = []
    happen("borrowed@0", seconds=2.0, then=lambda: at.append(table.truth()["b1"].position))
    assert np.linalg.norm(at[0] - FROM) < 0.1
    table.reset(0)
    director = happen("borrowed@0", seconds=4.8)
    assert director.happened[-1].what == "the hand puts the red block back"
    assert table.truth()["b1"].position == pytest.approx([0.45, 0.10, 0.02], abs=0.003)


def test_somebody_talks_of_the_things_on_the_table(table: TableWorld, happen: Happen) -> None:
    said = [sentence for seed in range(8) for sentence in happen("bystander@0", seconds=0.1, seed=seed).said]
    assert len(said) == 8
    assert any("green block" in sentence or "blue bowl" in sentence for sentence in said)
    assert not any("{" in sentence for sentence in said)

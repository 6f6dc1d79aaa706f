"""When a disturbance happens, what the seed chooses, and how a wrong name or time is said."""

from collections.abc import Callable
from importlib import import_module

import numpy as np
import pytest

from sayso.hardware.types import JointTarget
from sayso.sim.disturbances.backstage import Backstage
from sayso.sim.disturbances.cue import Cue
from sayso.sim.disturbances.kinds import KINDS, Moment, Planned, listed, planned
from sayso.sim.table_world import TableWorld
from tests.sim.disturbances.scene import SAID, Happen


def test_the_same_seed_does_the_same_and_another_does_not(table: TableWorld, happen: Happen) -> None:
    first = happen("moved@0").happened
    table.reset(0)
    assert happen("moved@0").happened == first
    table.reset(0)
    assert happen("moved@0", seed=1).happened != first


def test_disturbances_happen_side_by_side_each_at_its_time(happen: Happen) -> None:
    director = happen("camera-dark@0.1", "moved@0.3", seconds=0.5)
    assert [(d.name, round(d.t, 1)) for d in director.happened[:2]] == [("camera-dark", 0.1), ("moved", 0.3)]


def test_no_moment_comes_while_nothing_is_carried(happen: Happen) -> None:
    director = happen("exchanged@carried", "moved@0")
    assert director.left_out == ("exchanged",)


def test_the_reach_is_when_the_hand_comes_near(table: TableWorld, happen: Happen) -> None:
    assert happen("moved@reach").happened == []
    table.place("b1", table.physics.tool() - np.array([0.0, 0.0, 0.1]))  # falls from there, past the hand's fingers
    assert table.physics.tool()[2] > 0.2
    stage = Backstage.of(table, np.random.default_rng(0), print, SAID, first=True)
    near, far = Cue(Moment.REACH, near=0.11), Cue(Moment.REACH, near=0.09)
    assert not stage.carried()
    assert (near.is_due(0.0, stage), far.is_due(0.0, stage)) == (True, False)


def test_the_grasp_is_when_the_fingers_close_around_the_thing(table: TableWorld) -> None:
    stage = Backstage.of(table, np.random.default_rng(0), print, SAID, first=True)
    cue = Cue.of(planned("moved@grasp"), np.random.default_rng(0))
    close(table)
    assert not cue.is_due(0.0, stage), "they close on nothing"
    table.place("b1", table.physics.tool())
    stage.before = table.truth()  # it lies on something there
    assert cue.is_due(0.0, stage)
    table.arm.connect()
    close(table, 1.0)
    table.place("b1", table.physics.tool())
    assert not cue.is_due(0.0, stage), "they are open"


def close(table: TableWorld, gripper: float = 0.0) -> None:
    clock, home = table.arm.clock, table.spec.home
    for _ in range(round(0.6 * table.spec.control_hz)):
        table.arm.write(JointTarget(home, np.zeros(len(home)), gripper, np.inf))
        clock.sleep_until(clock.now() + 1 / table.spec.control_hz)


def test_the_arrival_is_when_the_carried_thing_comes_near_to_its_target(table: TableWorld) -> None:
    stage = Backstage.of(table, np.random.default_rng(0), print, SAID, first=True)
    cue = Cue.of(planned("target-moved@arrival"), np.random.default_rng(0))
    tool = table.physics.tool()
    table.place("b1", tool)
    assert stage.carried() and not cue.is_due(0.0, stage)
    table.place("w1", np.array([tool[0], tool[1], 0.03]))
    assert cue.is_due(0.0, stage)
    table.place("b1", np.array([tool[0], tool[1], 0.02]))
    assert not cue.is_due(0.0, stage), "it is not carried"


def test_a_seed_draws_one_of_the_kinds_moments() -> None:
    drawn = {Cue.of(Planned("exchanged"), np.random.default_rng(seed)).moment for seed in range(20)}
    assert drawn == {Moment.REACH, Moment.CARRIED}


@pytest.mark.parametrize("text", ["exchnaged", "exchanged@", "exchanged@-1", "exchanged@later", "exchanged@nan", ""])
def test_a_wrong_name_or_time_is_said_with_what_there_is(text: str) -> None:
    with pytest.raises(ValueError, match=r"there are: .*exchanged|in seconds after the start"):
        planned(text)


def test_every_kind_is_listed_and_has_its_function() -> None:
    lines = listed().splitlines()
    assert len(lines) == len(KINDS)
    for line, (name, kind) in zip(lines, KINDS.items(), strict=True):
        function: Callable[..., object] = getattr(
            import_module(f"sayso.sim.disturbances.{kind.module}"), name.replace("-", "_")
        )
        assert function.__doc__
        assert line.startswith(name)
        assert kind.line in line
        assert kind.moments

"""A table with two blocks and a bowl, and a way to let a disturbance happen to it."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from sayso.sim.disturbances.director import Director
from sayso.sim.disturbances.kinds import planned
from sayso.sim.table_world import TableWorld
from tests.sim.disturbances.scene import SAID, SCENE, Happen


@pytest.fixture
def table() -> Iterator[TableWorld]:
    world = TableWorld("panda", SCENE)
    world.reset(0)
    yield world
    world.close()


@pytest.fixture
def happen(table: TableWorld) -> Happen:
    """Let ``names`` happen in so many ``seconds``; ``held``: the thing is kept at the fingers until it is disturbed.

    ``then`` is called at the end, while the disturbances are still in force.
    """

    def run(
        *names: str, seconds: float = 0.5, seed: int = 0, held: bool = False, then: Callable[[], object] = lambda: None
    ) -> Director:
        clock = table.arm.clock
        director = Director(table, clock, [planned(name) for name in names], seed)
        with director.directing(SAID):
            end, tool = clock.now() + seconds, table.physics.tool()
            while clock.now() < end:
                if held and not director.happened:
                    table.place("b1", np.asarray(tool))
                clock.sleep_until(clock.now() + 0.02)
            then()
        return director

    return run

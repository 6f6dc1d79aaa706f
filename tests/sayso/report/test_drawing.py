"""A film is drawn in order, the same by one process as by several, and the arm moves in it."""

import numpy as np
import pytest

from sayso.report.drawing import draw
from sayso.sim.film import SEAT, Film
from sayso.sim.physics import Physics
from sayso.sim.robot import SimArm
from sayso.sim.scenes.scene_file import load_scene


@pytest.fixture(scope="module")
def film() -> Film:
    world = Physics(load_scene("tabletop"))
    robot = SimArm(world)
    robot.connect()
    film = Film(world, robot.clock)
    for turn in (0.0, 0.4, 0.8):
        world.set_joints(world.arm.spec.home + np.eye(world.arm.spec.dof)[0] * turn)
        robot.stop()
        robot.clock.sleep_until(robot.clock.now() + 1 / film.fps)
    world.close()
    return film


def test_several_processes_draw_what_one_draws(film: Film) -> None:
    alone, together = list(draw(film, 1)), list(draw(film, 2))
    assert len(alone) == len(film.snapshots) >= 3
    assert alone[0].shape == (SEAT.height, SEAT.width, 3)
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


def test_the_arm_moves_and_nothing_else_does(film: Film) -> None:
    first, *_, last = draw(film, 1)
    changed = (first != last).any(2)
    assert 0.02 < changed.mean() < 0.6
    assert not changed[:, :20].any()

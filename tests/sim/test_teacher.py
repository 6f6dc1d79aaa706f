"""The teacher carries out what it is asked, and a film of it shows that."""

from itertools import pairwise

import numpy as np
import pytest

from sayso.bench.tasks.ladder import Rung, climb
from sayso.demonstrations.oracle import Task
from sayso.demonstrations.oracle_run import OracleRun
from sayso.hardware.types import Pose
from sayso.sim.camera import CameraSpec
from sayso.sim.film import Film
from sayso.sim.physics import Physics
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.table_world import TableWorld
from sayso.sim.tasks import TASKS
from sayso.sim.teacher import pick, place, turn_to
from sayso.skills.features import Proprioception
from sayso.skills.goal import SubtaskGoal

SCENE = SceneSpec((ObjectSpec("b1", "block", "red", (0.45, 0.15), 0.5), ObjectSpec("w1", "bowl", "blue", (0.55, -0.1))))
CLOSE_UP = CameraSpec("close-up", (1.0, -0.4, 0.6), (0.5, 0.0, 0.05), width=160, height=120)


@pytest.mark.timeout(1800)  # ten seconds of work, which a machine that trains beside it may stretch a hundredfold
def test_the_teacher_carries_out_random_tasks() -> None:
    episodes = [climb(Rung("teacher, clean"), seed) for seed in range(6)]
    assert sum(ok for ok, _, _ in episodes) >= 5, episodes
    assert all(took < 20.0 for _, took, _ in episodes), episodes


def test_a_film_shows_what_happened() -> None:
    world = Physics(SCENE)
    run = OracleRun(TableWorld.around(world), np.random.default_rng(0))
    film = Film(world, run.robot.clock, fps=0.5)
    assert run.run(Task("b1", TASKS["put in"], "w1"))
    took = run.robot.clock.now()
    assert len(film.snapshots) == int(took / 2) + 1
    assert all(abs(b.t - a.t - 2.0) < 0.01 for a, b in pairwise(film.snapshots))
    film.snapshots = [film.snapshots[0], film.snapshots[-1]]
    start, end = film.frames(CLOSE_UP)
    assert start.shape == (120, 160, 3) and start.dtype == np.uint8
    assert (np.abs(start.astype(int) - end).max(-1) > 40).mean() > 0.02
    # The stage of a film is its own: the world is as it was.
    assert world.truth()["b1"].position[2] > 0.02
    world.close()


def hand(x: float, y: float, z: float, opening: float = 0.08, closing: bool = False) -> Proprioception:
    down = np.diag([1.0, -1.0, -1.0])
    return Proprioception(np.zeros(7), np.zeros(7), Pose(np.array([x, y, z]), down), opening, 0.0, closing)


GOAL = SubtaskGoal(np.array([0.5, 0.1, 0.02]), np.full(3, 0.04), 0.0)


def test_the_teacher_depends_on_nothing_but_what_it_sees() -> None:
    far, near, gripped = hand(0.4, 0.0, 0.2), hand(0.5, 0.1, 0.02), hand(0.5, 0.1, 0.02, 0.04, closing=True)
    for _ in range(2):
        approach = pick(far, GOAL)
        assert not approach.closed and approach.twist[0] > 0 and approach.twist[1] > 0
        assert pick(near, GOAL).closed and not pick(near, GOAL).twist.any()
        assert pick(gripped, GOAL).closed and pick(gripped, GOAL).twist[2] > 0.1
    # A hand that is low and beside the block goes up before it goes over.
    low = pick(hand(0.42, 0.1, 0.02), GOAL).twist
    assert low[2] > 0.1 and abs(low[0]) < 0.02


def test_the_teacher_lets_go_only_over_the_place() -> None:
    there = SubtaskGoal(GOAL.position, GOAL.size, 0.0, place=np.array([0.5, 0.1, 0.0]))
    elsewhere = SubtaskGoal(GOAL.position, GOAL.size, 0.0, place=np.array([0.5, -0.1, 0.0]))
    gripped = hand(0.5, 0.1, 0.02, 0.04, closing=True)
    assert not place(gripped, there).closed
    assert place(gripped, elsewhere).closed and place(gripped, elsewhere).twist[2] > 0.1
    released = place(hand(0.5, 0.1, 0.02, 0.08), there)
    assert not released.closed and released.twist[2] > 0.1


def test_a_square_is_turned_to_the_short_way() -> None:
    for yaw in np.linspace(-3, 3, 25):
        for tool in np.linspace(-1.5, 1.5, 7):
            turn = turn_to(float(yaw), float(tool))
            assert abs(turn) <= 3 * np.pi / 4
            assert abs(np.sin(2 * (tool + turn - yaw))) < 1e-9

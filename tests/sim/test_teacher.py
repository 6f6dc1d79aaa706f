"""The teacher carries out what it is asked, and a film of it shows that."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sayso.bench.tasks.ladder import Rung, climb
from sayso.demonstrations.oracle import Task
from sayso.demonstrations.oracle_run import OracleRun
from sayso.hardware.arms.half_turn import FARTHEST, half_turn
from sayso.hardware.types import Pose
from sayso.sim.camera import CameraSpec
from sayso.sim.film import Film
from sayso.sim.physics import Physics
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.table_world import TableWorld
from sayso.sim.tasks import TASKS
from sayso.sim.teacher import Arm, pick, place
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


def hand(
    x: float, y: float, z: float, opening: float = 0.08, closing: bool = False, rate: float = 0.0
) -> Proprioception:
    down = np.diag([1.0, -1.0, -1.0])
    return Proprioception(np.zeros(7), np.zeros(7), Pose(np.array([x, y, z]), down), opening, rate, closing)


ARM = Arm()
GOAL = SubtaskGoal.of_box(np.array([0.5, 0.1, 0.02]), np.full(3, 0.04), 0.0)


def test_the_teacher_depends_on_nothing_but_what_it_sees() -> None:
    far, near, gripped = hand(0.4, 0.0, 0.2), hand(0.5, 0.1, 0.02), hand(0.5, 0.1, 0.02, 0.04, closing=True)
    for _ in range(2):
        approach = pick(far, GOAL, ARM)
        assert not approach.closed and approach.twist[0] > 0 and approach.twist[1] > 0
        assert pick(near, GOAL, ARM).closed and not pick(near, GOAL, ARM).twist.any()
        assert pick(gripped, GOAL, ARM).closed and pick(gripped, GOAL, ARM).twist[2] > 0.1
    # A hand that is low and beside the block goes up before it goes over.
    low = pick(hand(0.42, 0.1, 0.02), GOAL, ARM).twist
    assert low[2] > 0.1 and abs(low[0]) < 0.02


def test_the_teacher_lets_go_only_over_the_place() -> None:
    there = replace(GOAL, place=np.array([0.5, 0.1, 0.0]))
    elsewhere = replace(GOAL, place=np.array([0.5, -0.1, 0.0]))
    gripped = hand(0.5, 0.1, 0.02, 0.04, closing=True)
    assert not place(gripped, there, ARM).closed
    assert place(gripped, elsewhere, ARM).closed and place(gripped, elsewhere, ARM).twist[2] > 0.1
    released = place(hand(0.5, 0.1, 0.02, 0.08), there, ARM)
    assert not released.closed and released.twist[2] > 0.1


def test_a_hand_is_turned_the_short_way_and_not_past_the_end_of_its_wrist() -> None:
    for yaw in np.linspace(-3, 3, 25):
        for tool in np.linspace(-1.5, 1.5, 7):
            turn = half_turn(float(yaw), float(tool))
            assert abs(turn) <= np.pi and abs(tool + turn) <= FARTHEST
            assert abs(np.sin(tool + turn - yaw)) < 1e-9


def test_fingers_that_still_close_around_a_thing_narrower_than_its_box_go_on_closing() -> None:
    neck = replace(GOAL, width=0.06)
    assert pick(hand(0.5, 0.1, 0.02, 0.035, closing=True, rate=-0.1), neck, ARM).closed
    assert not pick(hand(0.5, 0.1, 0.02, 0.0, closing=True), neck, ARM).closed, "they have closed on nothing"
    assert pick(hand(0.5, 0.1, 0.02, 0.03, closing=True), replace(neck, held=True), ARM).twist[2] > 0.1


def test_a_wide_thing_leaves_less_to_spare() -> None:
    wide = replace(GOAL, width=0.069)
    assert pick(hand(0.5, 0.1, 0.02, 0.08), wide, ARM).closed
    assert not pick(hand(0.5, 0.1, 0.02, 0.07), wide, ARM).closed


def test_what_hangs_below_the_hand_is_carried_over_other_things_and_let_go_on_its_foot() -> None:
    tall = SubtaskGoal(np.array([0.5, 0.1, 0.12]), 0.0, 0.04, 0.10, 0.03, True, np.array([0.5, 0.1, 0.0]))
    assert place(hand(0.5, 0.1, 0.12, 0.04, closing=True), tall, ARM).twist[2] < -0.05, "2 cm above the table"
    there = replace(tall, position=np.array([0.5, 0.1, 0.103]))
    assert not place(hand(0.5, 0.1, 0.103, 0.04, closing=True), there, ARM).closed

"""Whatever the world does, nothing is believed done that was not, and what was not done is said with what was seen."""

from functools import cache

import pytest

from sayso.bench.tasks import honest
from sayso.runtime.executive import Executive
from sayso.session import Options, Session
from sayso.sim.scenes.scene_file import load_scene

DEVELOPMENT = 670_000_000
TRUTH = Options(sees="truth")


@cache
def attempt(world: str, seed: int) -> honest.Record:
    return honest.attempt(world, seed, sees="truth", base=DEVELOPMENT)


@pytest.mark.parametrize(
    ("world", "seed"),
    [
        ("table 11 cm lower", 0),
        ("fingers eight times slower", 0),
        ("block 1.2 cm small", 0),
        ("block without friction", 0),
        ("block without friction", 1),
        ("block glued to the table", 0),
        ("block gone while reaching", 0),
        ("block taken out of the hand", 0),
    ],
)
def test_nothing_is_believed_done_that_was_not(world: str, seed: int) -> None:
    record = attempt(world, seed)
    assert record["ok"], record
    assert record["believed"] or record["why"], "what was not done is explained"


def test_a_critic_that_calls_everything_done_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    from sayso.planner.execution.critic import Critic, Judgement, State

    monkeypatch.setattr(Critic, "judge", lambda *_: Judgement(1.0, 0.0, State.DONE))
    record = honest.attempt("block glued to the table", 0, sees="truth", base=DEVELOPMENT)
    assert not record["believed"] and not record["done"], record
    assert honest.attempt("as in training", 0, sees="truth", base=DEVELOPMENT)["done"]


def test_in_an_ordinary_world_what_was_done_is_believed() -> None:
    for seed in range(4):
        record = attempt("as in training", seed)
        assert record["believed"] and record["done"], record


def test_a_lower_table_and_a_wide_block_are_said() -> None:
    record = attempt("table 11 cm lower", 0)
    assert "the table is 11 cm lower" in record["why"]
    record = attempt("block 9.5 cm wide", 0)
    assert record["outcome"] == "refused" and "9.5 cm wide and my hand opens 8.0 cm" in record["why"]


def test_a_late_arm_is_among_the_events() -> None:
    with Session("sim", "tabletop", options=TRUTH) as session:
        session.backend.world.arm.delay_s = 0.2  # type: ignore[union-attr]
        events = session.run("pick up the red block").events
    assert any("follows its targets" in e.text for e in events)


def test_all_the_blocks_in_a_bowl_as_far_as_there_is_room() -> None:
    with Session("sim", "line", options=TRUTH) as session:
        result = session.run("put all the blocks in the blue bowl")
        truth = session.truth
    bowl = truth["w1"].position
    there = [o for o in truth.values() if o.kind == "block" and abs(o.position - bowl)[:2].max() < 0.07]
    assert len(there) == 4 and max(o.position[2] for o in there) < 0.09, "two beside each other, two on them"
    assert result.outcome == "failed" and result.success is False
    assert result.question is not None and result.question.startswith("Only 4 fit in the blue bowl; I left the ")
    assert result.duration_s < 40


def test_what_fits_is_put_in_and_done() -> None:
    scene = load_scene("line")
    keep = tuple(o for o in scene.objects if o.id not in ("b1", "b5"))
    with Session("sim", type(scene)(keep), options=TRUTH) as session:
        result = session.run("put all the blocks in the blue bowl")
    assert (result.outcome, result.success) == ("done", True)


def test_a_row_that_leaves_the_reach_ends_with_what_was_left() -> None:
    with Session("sim", "line", options=TRUTH) as session:
        result = session.run("put all the blocks to the left of the blue bowl")
    assert result.outcome == "failed" and result.duration_s < 60
    assert result.question is not None and "no room to the left of" in result.question


def test_a_plan_found_empty_after_a_failure_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planner takes what the hand touches for held and leaves nothing to do; the hand knows better."""
    from sayso.planner.plan import Plan

    take = Executive._take
    monkeypatch.setattr(
        Executive,
        "_take",
        lambda self, answer, now: take(self, Plan(()) if self.supervisor.wants_plan else answer, now),
    )
    record = honest.attempt("block glued to the table", 0, sees="truth", base=DEVELOPMENT)
    assert not record["believed"], record


@pytest.mark.parametrize("world", ["block exchanged while reaching", "fingers eight times slower"])
def test_cameras_and_joints_alone_deceive_nobody(world: str) -> None:
    """The exchanged block was taken for the one asked for, and slow fingers for fingers that hold something."""
    record = honest.attempt(world, 0, base=660_000_000)
    assert record["ok"], record
    if "exchanged" in world:
        assert record["done"] and record["believed"], "it goes after the one that was asked for"

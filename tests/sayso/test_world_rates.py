"""The project's own table as a world: at other rates, and with the arm's base above and below it."""

import pytest

from sayso.session import Options, Session
from sayso.sim.table_world import TableWorld

TRUTH = Options(sees="truth", listen=False)


@pytest.mark.parametrize("hz", [20, 25, 250])
def test_the_table_is_worked_at_whatever_rate_it_has(hz: float) -> None:
    with Session(world=TableWorld(shuffled=True, step_s=1 / hz), seed=9000, task="put in", options=TRUTH) as session:
        result = session.run()
    assert (result.outcome, result.success) == ("done", True)


@pytest.mark.parametrize("height", [-0.1, 0.1])
def test_a_table_lower_or_higher_than_the_arms_base_is_as_any_other(height: float) -> None:
    with Session(
        world=TableWorld(shuffled=True, base_height=height), seed=9001, task="put on", options=TRUTH
    ) as session:
        result = session.run()
        assert session.robot.spec.base_height == height
    assert (result.outcome, result.success) == ("done", True)
    assert not any("lower" in event.text or "higher" in event.text for event in result.events)

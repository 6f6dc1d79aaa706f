"""A planner of another package is taken by its entry point or its class, and what is wrong with it is one line."""

from importlib.metadata import EntryPoint, EntryPoints

import pytest

from sayso import planners
from sayso.errors import UserError
from sayso.perception.scene import Scene
from sayso.planner.plan import Answer, Planner, Refusal, Subtask
from sayso.planners import GROUP, load_planner
from sayso.session import Session

HERE = __name__


class Unwilling(Planner):
    """Refuses everything."""

    name = "unwilling"

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        return Refusal(f"I would rather not {instruction}")


class Fails(Unwilling):
    def __init__(self) -> None:
        raise ZeroDivisionError("on purpose")


class Ends(Unwilling):
    def __init__(self) -> None:
        raise SystemExit(3)


class Nothing:
    name = "nothing"


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    points = {"unwilling": "Unwilling", "twice": "Unwilling", "gone": "Gone"}
    found = [EntryPoint(name, f"{HERE}:{kind}", GROUP) for name, kind in points.items()]
    found.append(EntryPoint("twice", f"{HERE}:Fails", GROUP))
    monkeypatch.setattr(planners, "entry_points", lambda group: EntryPoints(found))


def test_a_session_asks_the_planner_that_is_named() -> None:
    with Session(planner=f"{HERE}:Unwilling") as session:
        result = session.run("stack all the blocks")
    assert (result.outcome, result.refusal) == ("refused", "I would rather not stack all the blocks")
    assert result.planner == f"{HERE}:Unwilling"


@pytest.mark.usefixtures("installed")
def test_an_entry_point_is_a_name() -> None:
    assert isinstance(load_planner("unwilling"), Unwilling)
    assert "unwilling" in planners.planner_names()


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nobody", f"no planner 'nobody'; there are: {', '.join(planners.BUILT_IN)}, gone, twice, unwilling, MODULE"),
        ("twice", "two packages add a planner 'twice'"),
        ("gone", "the planner gone cannot be loaded: AttributeError"),
        ("no_such_module:X", "cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'"),
        (f"{HERE}:Fails", "cannot be loaded: ZeroDivisionError: on purpose"),
        (f"{HERE}:Ends", "ends the program while it is loaded"),
        (f"{HERE}:Nothing", "is no sayso.planner.plan.Planner with a name"),
    ],
)
def test_what_is_wrong_is_one_line(name: str, told: str) -> None:
    with pytest.raises(UserError) as raised:
        load_planner(name)
    assert told in str(raised.value) and "\n" not in str(raised.value)

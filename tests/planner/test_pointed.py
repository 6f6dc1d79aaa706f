"""A place that a person points at: from the words to the plan, for every planner, and in an answer."""

from __future__ import annotations

from math import pi

import pytest

from sayso.model_store import PACKAGED
from sayso.planner.dialogue.answers import AnswerReader
from sayso.planner.dialogue.words import Made
from sayso.planner.local import LocalPlanner
from sayso.planner.memory.memory import Memory
from sayso.planner.memory.planner import Remembering
from sayso.planner.plan import Plan, Question
from sayso.planner.pointed import with_point, without_point
from sayso.planner.remote.planner import RemotePlanner
from tests.planner.local_scenes import TABLE, scene
from tests.planner.remote_server import Script, says, serving

HERE = (0.45, -0.02)


@pytest.fixture(scope="module")
def words() -> LocalPlanner:
    return LocalPlanner(PACKAGED)


@pytest.fixture
def planner(words: LocalPlanner) -> Remembering:
    return Remembering(words, words, Memory("sim"))


@pytest.mark.parametrize("point", [(0.412, -0.12), (0.0, 0.0), (-0.5, 1.25)])
def test_the_point_stands_behind_the_words(point: tuple[float, float]) -> None:
    said = with_point("put it here", point)
    assert without_point(said) == ("put it here", point)


@pytest.mark.parametrize("words", ["put it here", "put it [here]", "[1, 2] left", "here [1, 2, 3]", "here [11, 0.2]"])
def test_other_brackets_are_words(words: str) -> None:
    assert without_point(words) == (words, None)


@pytest.mark.parametrize("yaw", [0.0, pi])
@pytest.mark.parametrize("words_of", ["put the red block here", "pick up the red block and put it here"])
def test_here_is_the_point_wherever_the_speaker_stands(planner: Remembering, words_of: str, yaw: float) -> None:
    planner.viewpoint_yaw = yaw
    answer = planner.plan(with_point(words_of, HERE), TABLE)
    assert isinstance(answer, Plan) and answer.subtasks[-1].object_id == "red block"
    assert answer.subtasks[-1].point == pytest.approx(HERE, abs=1e-6)
    lifted = scene(*TABLE.objects, held="red block")
    again = planner.plan(with_point(words_of, HERE), lifted, done=answer.subtasks[:1])
    assert isinstance(again, Plan) and again.subtasks == answer.subtasks[1:]


def test_the_same_words_with_another_point_are_another_instruction(planner: Remembering) -> None:
    for point in (HERE, (0.5, 0.2)):
        answer = planner.plan(with_point("put the red block here", point), TABLE)
        assert isinstance(answer, Plan) and answer.subtasks[-1].point == pytest.approx(point, abs=1e-6)
    assert not isinstance(planner.plan("put the red block here", TABLE), Plan), "nobody points any more"


def test_which_thing_is_asked_and_the_answer_keeps_the_point(planner: Remembering) -> None:
    said = with_point("put the block here", HERE)
    asked = planner.plan(said, TABLE)
    assert isinstance(asked, Question) and "Which" in asked.text
    chosen = AnswerReader(planner.words.reader).read("the red one", asked, said, TABLE)
    assert isinstance(chosen, Made) and without_point(chosen.instruction)[1] == HERE
    answer = planner.plan(chosen.instruction, TABLE)
    assert isinstance(answer, Plan) and answer.subtasks[-1].point == pytest.approx(HERE, abs=1e-6)


def test_here_answers_where(planner: Remembering) -> None:
    where = planner.plan("put the red block", TABLE)
    assert isinstance(where, Question)
    here = AnswerReader(planner.words.reader).read(with_point("over here", HERE), where, "put the red block", TABLE)
    assert isinstance(here, Made)
    answer = planner.plan(here.instruction, TABLE)
    assert isinstance(answer, Plan) and answer.subtasks[-1].point == pytest.approx(HERE, abs=1e-6)


def test_a_model_is_told_that_a_person_points_and_its_here_is_the_point(words: LocalPlanner) -> None:
    put = {"type": "put", "thing": {"type": "mark", "number": 1}, "place": {"type": "here"}}
    script = Script(says({"answer": {"type": "task", "names": [], "task": put}}))
    with serving(script) as url:
        model = Remembering(RemotePlanner("m", url), words, Memory("sim"))
        answer = model.plan(with_point("put the red block here", HERE), TABLE)
        assert isinstance(answer, Plan) and answer.subtasks[-1].point == pytest.approx(HERE, abs=1e-6)
        assert "The person points at a place" in str(script.bodies[0]["messages"])
        assert "here" in str(script.bodies[0]["response_format"]["json_schema"]["schema"]["$defs"].keys())


def test_several_things_lie_around_the_point(planner: Remembering) -> None:
    answer = planner.plan(with_point("put all the blocks here", HERE), TABLE)
    assert isinstance(answer, Plan)
    points = [step.point for step in answer.subtasks if step.point is not None]
    assert len(set(points)) == 4 and all(abs(x - HERE[0]) < 0.2 and abs(y - HERE[1]) < 0.2 for x, y in points)

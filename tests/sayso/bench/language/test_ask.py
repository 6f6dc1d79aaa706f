"""The bench of asking: curve, conformal sets, puzzles and scripted answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sayso.bench.curve_page import curve
from sayso.bench.language import ask
from sayso.bench.language.conformal import conformal
from sayso.bench.language.scripted_answer import spoken
from sayso.bench.language.writers_scenes import scenes
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Question
from tests.planner.local_scenes import scene, thing

MODELS = Path(__file__).parents[4] / "sayso" / "models"


def test_conformal_sets_hold_what_was_meant_as_often_as_promised() -> None:
    rng = np.random.default_rng(0)

    def sentences(n: int) -> list[list[list[object]]]:
        out: list[list[list[object]]] = []
        for _ in range(n):
            p = rng.dirichlet([3.0, 1.0, 0.5])
            meant = rng.choice(3, p=p)
            out.append([[float(p[i]), i == meant, True] for i in np.argsort(-p)])
        return out

    for level in (0.3, 0.1, 0.05):
        found = conformal(sentences(2000), sentences(2000), level)
        assert abs(found.coverage - (1 - level)) < 0.03
        assert found.asked + found.wrong <= 1.0
    strict, loose = (conformal(sentences(500), sentences(500), level) for level in (0.02, 0.4))
    assert strict.size > loose.size
    assert strict.wrong <= loose.wrong


def test_too_few_sentences_to_promise_anything_are_all_asked_about() -> None:
    one = [[[0.9, True, True]]]
    found = conformal(one, one, 0.05)
    assert (found.threshold, found.coverage, found.asked) == (0.0, 1.0, 1.0)


def test_the_curve_counts_verdicts_at_every_setting() -> None:
    records = [
        {"verdicts": {"-1": "wrong", "0": "right"}, "options": [[0.9, True, True]]},
        {"verdicts": {"-1": "right", "0": "asked"}, "options": [[0.5, True, True], [0.4, False, True]]},
    ]
    found = ask.figures(records)["curve"]
    assert found[0] == {"caution": -1.0, "asked %": 0.0, "wrong %": 50.0, "right %": 50.0}
    assert found[1] == {"caution": 0.0, "asked %": 50.0, "wrong %": 0.0, "right %": 50.0}
    drawn = "".join(part.markup for part in curve(ask.figures(records)))
    assert drawn.count("<circle") == 2 + len(ask.LEVELS)
    assert curve({}) == []


def test_a_person_answers_by_side_color_number_or_name() -> None:
    left, right = thing("red block", 0.4, 0.2), thing("red block 2", 0.5, -0.2)
    green = thing("green block", 0.6, 0.0)
    here = scene(left, right, green)
    question = Question("Which red block do you mean?", ("left red block", "right red block"))
    assert {spoken(left, question, here, i) for i in range(4)} == {"the left one", "number 1"}
    colors = Question("Which block do you mean?", ("red block", "green block"))
    assert spoken(green, colors, scene(left, green), 1) == "the green one"
    assert spoken(green, colors, scene(left, green), 3) == "the green block"


@pytest.mark.parametrize("name", ["ambiguous", "impossible"])
def test_puzzles_are_what_they_are_called(name: str) -> None:
    planner = LocalPlanner(MODELS)
    found = ask.puzzles(name)
    assert len(found) >= 100
    assert {ask.puzzling(p.task, scenes()[p.scene], planner) for p in found[::20]} == {name}


def test_an_ambiguous_sentence_is_asked_about_and_the_answer_carried_out() -> None:
    plain = next(i for i, p in enumerate(ask.puzzles("ambiguous")) if p.task.startswith("put(the(block, color("))
    assert ask.judge_puzzle("ambiguous", MODELS, plain)["ok"]
    record = ask.judge_answer(MODELS, plain)
    assert record["asked"]
    assert len(record["talk"]) >= 3
    assert ask.talks([record])["asked"] == 1


def test_an_instruction_is_judged_at_every_setting() -> None:
    record = ask.judge(MODELS, 0)
    assert list(record["verdicts"]) == [f"{c:g}" for c in ask.CAUTIONS]
    assert sum(option[0] for option in record["options"]) <= 1.0 + 1e-6

"""Words that nobody here understands, read by a model: what they mean, and never the opposite of what they forbid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from sayso.planner.corrections.correction import Correction
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.remote.chat import Chat
from sayso.planner.remote.corrections import RemoteCorrections, Situation
from sayso.skills.motion import parse
from tests.planner.remote_server import Behaviour, Script, replies, says, serving, table
from tests.waiting import until

STEPS = (
    Subtask(Verb.PICK, "b1", "red block"),
    Subtask(Verb.PLACE, "b1", "red block", Relation.IN, "w1", "blue bowl"),
)
NOW = Situation("put the red block in the blue bowl", table(), STEPS, parse("move arm left"), 0.0)
MARK = {n: {"type": "mark", "number": n} for n in range(1, 5)}
YELLOW = {"type": "in", "thing": MARK[4]}
LEFT = {"type": "move", "ways": [{"type": "way", "direction": "left", "by": "little"}]}


def word(said: str) -> Mapping[str, float]:
    return {"any": 1.0} if said == "thing" else {said: 1.0}


def read(behaviour: Behaviour, text: str = "shimmy over a smidge", **options: Any) -> tuple[Correction, Script]:
    script = Script(behaviour)
    with serving(script) as url:
        model = RemoteCorrections(Chat("m", url), word, word, deadline_s=30.0, **options)
        model.ask(text, NOW)
        found: Correction = until(lambda: model.poll(NOW))  # type: ignore[assignment]
        assert model.poll(NOW) is None and not model.is_busy
        model.close()
    return found, script


@pytest.mark.parametrize(
    ("meaning", "level", "read_as"),
    [
        (LEFT, "motion", "move arm slightly left"),
        ({"type": "stop"}, "stop", "stop"),
        ({"type": "instead", "thing": MARK[2]}, "subtask", "the green block instead of the red block"),
        (
            {"type": "instead_at", "place": {"type": "in", "thing": MARK[4]}},
            "goal",
            "put the red block in the yellow bowl",
        ),
        (
            {"type": "put", "thing": MARK[2], "place": {"type": "in", "thing": MARK[3]}},
            "goal",
            "put the green block in",
        ),
        ({"type": "remark"}, "remark", ""),
        ({"type": "unclear"}, "unknown", "not understood"),
        ({"type": "go_on"}, "resume", "go on"),
    ],
)
def test_the_meaning_becomes_a_correction(meaning: object, level: str, read_as: str) -> None:
    found, script = read(says({"meaning": meaning}))
    assert found.level == level and found.read_as.startswith(read_as) and found.text == "shimmy over a smidge"
    text = script.bodies[0]["messages"][1]["content"]
    assert "The person says: shimmy over a smidge" in text and "Being done: pick up the red block; put" in text
    assert "Motion: move arm left." in text


def test_a_bare_meaning_is_read_and_a_picture_goes_along() -> None:
    found, script = read(says(LEFT), image=lambda: np.zeros((8, 8, 3), np.uint8))
    assert found.level == "motion"
    assert script.bodies[0]["messages"][1]["content"][1]["type"] == "image_url"
    schema = script.bodies[0]["response_format"]["json_schema"]["schema"]
    heads = [o["$ref"].removeprefix("#/$defs/") for o in schema["$defs"]["Utterance"]["anyOf"]]
    assert {"stop", "instead", "put", "remark"} <= set(heads) and not {"harm", "answer"} & set(heads)


@pytest.mark.parametrize(
    "text", ["don't you dare shimmy left", "she said shimmy left", "if it is wet, shimmy left", "never shimmy"]
)
def test_what_the_words_forbid_or_report_is_never_done_by_the_models_word_alone(text: str) -> None:
    found, _ = read(says({"meaning": LEFT}), text)
    assert found.level == "ask" and "do you mean: " in found.read_as and found.motion is None
    assert read(says({"meaning": {"type": "stop"}}), text)[0].level == "stop"


@pytest.mark.parametrize(
    "behaviour",
    [
        says("what?"),
        says({"meaning": {"type": "fly"}}),
        replies("", 500),
        says({"meaning": {"type": "harm"}}),
        replies("{"),
    ],
)
def test_a_faulty_answer_moves_nothing(behaviour: Behaviour) -> None:
    found, _ = read(behaviour)
    assert found.level == "unknown" and found.instruction is None and found.motion is None
    assert found.read_as.isprintable()


def test_newer_words_replace_those_being_read() -> None:
    script = Script(lambda handler: script.release.wait(60.0) and None, says({"meaning": LEFT}))
    with serving(script) as url:
        model = RemoteCorrections(Chat("m", url), word, word, deadline_s=60.0)
        model.ask("first", NOW)
        until(lambda: script.bodies)
        assert model.is_busy
        model.ask("second", NOW)
        found = until(lambda: model.poll(NOW))
        assert found is not None and found.text == "second" and found.level == "motion"
        model.close()

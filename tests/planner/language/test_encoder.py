"""The words model's file: what it refuses to load, what it makes of odd text, and how long it takes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.planner.language.encoder import CARD, MODEL, TOKENIZER, WordsModel
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan, Question, Refusal
from sayso.skills.onnx_model import digest_of
from tests.planner.local_scenes import TABLE

MODELS = Path(__file__).parents[3] / "sayso" / "models"


@pytest.fixture(scope="module")
def model() -> WordsModel:
    return WordsModel(MODELS)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in (MODEL, CARD, TOKENIZER):
        shutil.copy(MODELS / name, tmp_path / name)
    return tmp_path


def test_embeddings_have_length_one_and_tell_meanings_apart(model: WordsModel) -> None:
    left, also_left, up = model.embed(["move a bit to the left", "go slightly left", "close the gripper"])
    assert left.shape == (384,) and left.dtype == np.float32
    assert np.linalg.norm(left) == pytest.approx(1.0, abs=1e-5)
    assert left @ also_left > 0.6 > left @ up
    assert model.embed([]).shape == (0, 384)
    assert model.embed(["x " * 5000]).shape == (1, 384)


def test_the_file_is_small_enough_to_ship() -> None:
    assert (MODELS / MODEL).stat().st_size <= 24_000_000


@pytest.mark.parametrize("name", [MODEL, TOKENIZER])
def test_a_flipped_bit_is_refused(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(ValueError, match=f"{name} is damaged"):
        LocalPlanner(copy)


@pytest.mark.parametrize("name", [MODEL, TOKENIZER, CARD])
def test_a_missing_file_is_refused_by_name(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ValueError, match=name):
        LocalPlanner(copy)


def test_a_card_of_other_labels_is_refused(copy: Path) -> None:
    card = json.loads((copy / CARD).read_text())
    card["heads"]["kind"] = ["spoon", *card["heads"]["kind"][1:]]
    (copy / CARD).write_text(json.dumps(card))
    with pytest.raises(ValueError, match=r"other labels .* sayso train planner"):
        LocalPlanner(copy)


def test_another_model_under_its_name_is_refused(copy: Path) -> None:
    from onnx import TensorProto, helper, save

    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        "g",
        [value],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])],
    )
    other = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    save(other, str(copy / MODEL))
    card = json.loads((copy / CARD).read_text()) | {"digest": digest_of((copy / MODEL).read_bytes())}
    (copy / CARD).write_text(json.dumps(card))
    with pytest.raises(ValueError, match=r"maps \['x'\] to \['y'\]"):
        LocalPlanner(copy)


def test_a_text_that_is_too_long_or_has_no_words_is_refused_in_words(model: WordsModel) -> None:
    planner = LocalPlanner(MODELS, model)
    too_long, no_words = "I cannot read that: ", "I find no words in that"
    texts = {"put the red block in the blue bowl " * 40: too_long, "a" * 100_000: too_long}
    for text, reason in (texts | dict.fromkeys(("\x00\x01", "\u200b"), no_words)).items():
        answer = planner.plan(text, TABLE)
        assert isinstance(answer, Refusal) and answer.reason.startswith(reason), text[:20]


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(_PLANNER.plan(text, TABLE), Plan | Question | Refusal)


_PLANNER = LocalPlanner(MODELS)


def test_a_lone_surrogate_does_no_harm() -> None:
    assert isinstance(_PLANNER.plan("put the red block \ud800 in the blue bowl", TABLE), Plan | Question | Refusal)


def test_the_same_words_get_the_same_answer() -> None:
    text = "stack all the blocks and then put the green one in the pink bowl"
    assert _PLANNER.plan(text, TABLE) == _PLANNER.plan(text, TABLE)

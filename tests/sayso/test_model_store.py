"""A model is loaded if it is exactly what its card says, and refused in one line that says what to do if not."""

import json
import random
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from sayso.errors import UserError
from sayso.model_store import PACKAGED, ModelError, ModelStore, write_card
from sayso.session import Session

COMMAND = "sayso train policy --arm panda"


def export(path: Path, inputs: str = "features") -> None:
    """A model that doubles its input."""
    node = helper.make_node("Add", [inputs, inputs], ["out"])
    tensors = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", 4]) for name in (inputs, "out")]
    graph = helper.make_graph([node], "double", tensors[:1], tensors[1:])
    onnx.save(helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 18)]), path)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    export(tmp_path / "policy-panda.onnx")
    write_card(tmp_path / "policy-panda.onnx", COMMAND, "100000+240", {"success": {"n": 200, "rate": 0.95}})
    return ModelStore(tmp_path)


def refusal(store: ModelStore, name: str = "policy-panda") -> str:
    with pytest.raises(ModelError) as caught:
        store.load(name)
    line = str(caught.value)
    assert "\n" not in line and "sayso train policy" in line and str(store.root) in line
    assert isinstance(caught.value, UserError) and store.problem(name) == line
    return line


def test_a_whole_model_loads_and_runs_on_one_thread(store: ModelStore) -> None:
    session = store.load("policy-panda")
    assert session.run(None, {"features": np.ones((2, 4), np.float32)})[0].tolist() == [[2.0] * 4] * 2
    options = session.get_session_options()
    assert options.intra_op_num_threads == 1
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
    assert store.problem("policy-panda") is None


def test_the_card_says_how_the_model_was_made(store: ModelStore) -> None:
    card = store.card("policy-panda")
    assert (card.name, card.command, card.data_seeds) == ("policy-panda", COMMAND, "100000+240")
    assert card.scores == {"success": {"n": 200, "rate": 0.95}} and card.digest.startswith("sha256:")
    assert [(t.name, t.dtype, t.shape) for t in card.inputs] == [("features", "tensor(float)", [None, 4])]
    assert {"numpy", "onnxruntime"} <= set(card.made_with)


def test_missing_parts_are_named(store: ModelStore) -> None:
    assert store.names() == ["policy-panda"]
    assert "no model policy-so101" in refusal(store, "policy-so101")
    (store.root / "policy-panda.onnx").rename(store.root / "away")
    assert "policy-panda.onnx is missing" in refusal(store)
    (store.root / "away").rename(store.root / "policy-panda.onnx")
    (store.root / "policy-panda.json").unlink()
    assert "no model policy-panda" in refusal(store)
    assert store.names() == ["policy-panda"], "a model without a card is shown, so that its problem can be"


def test_a_truncated_model_is_refused_with_both_digests(store: ModelStore) -> None:
    path = store.root / "policy-panda.onnx"
    path.write_bytes(path.read_bytes()[:-20])
    line = refusal(store)
    assert store.card("policy-panda").digest[:19] in line and line.count("sha256:") == 2


def test_no_flipped_bit_gets_through(store: ModelStore) -> None:
    path = store.root / "policy-panda.onnx"
    whole, rng = path.read_bytes(), random.Random(0)
    for _ in range(1000):
        data = bytearray(whole)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        assert store.problem("policy-panda") is not None


def test_a_card_of_other_tensors_or_another_model_is_refused(store: ModelStore) -> None:
    card = store.root / "policy-panda.json"
    text = card.read_text()
    card.write_text(text.replace('"features"', '"pixels"'))
    line = refusal(store)
    assert "takes features tensor(float)[None, 4]" in line and "pixels" in line
    card.write_text(text.replace('"policy-panda"', '"policy-so101"'))
    assert "the card of 'policy-so101'" in refusal(store)


def test_a_model_that_does_not_fit_the_robot_is_refused(store: ModelStore) -> None:
    assert store.load("policy-panda", {"features": 4, "out": 4})
    with pytest.raises(
        ModelError, match=r"policy-panda.onnx does not fit this robot: its 'features' is of 4 numbers, 5"
    ):
        store.load("policy-panda", {"features": 5})
    with pytest.raises(
        ModelError, match=r"its 'motion' is missing, 15 are needed; make it again with 'sayso train policy"
    ):
        store.load("policy-panda", {"features": 4, "motion": 15})


def test_an_arm_is_not_touched_with_the_models_of_another(tmp_path: Path) -> None:
    """Even if somebody has renamed them, cards and all."""
    for part in ("policy", "motion", "critic"):
        text = (PACKAGED / f"{part}-panda.json").read_text().replace(f"{part}-panda", f"{part}-so101")
        (tmp_path / f"{part}-so101.json").write_text(text)
        shutil.copy(PACKAGED / f"{part}-panda.onnx", tmp_path / f"{part}-so101.onnx")
    for name in ("detector", "words", "reader"):
        for file in PACKAGED.glob(f"{name}*"):
            (shutil.copytree if file.is_dir() else shutil.copy)(file, tmp_path / file.name)
    with pytest.raises(
        ModelError, match=r"(policy|motion)-so101.onnx does not fit this robot: its 'features' is of 49 numbers, 48"
    ):
        Session("sim:so101", models=tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"name": "policy-panda"}), "\udcff"])
def test_a_broken_card_is_refused(store: ModelStore, text: str) -> None:
    (store.root / "policy-panda.json").write_bytes(text.encode(errors="surrogateescape"))
    assert "cannot be used" in refusal(store)


def test_what_is_no_model_gets_no_card(tmp_path: Path) -> None:
    (tmp_path / "policy.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelError, match="is no ONNX model"):
        write_card(tmp_path / "policy.onnx", COMMAND, "1", {})
    assert not (tmp_path / "policy.json").exists()


def test_the_environment_names_the_folder(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_MODELS", str(store.root))
    assert ModelStore().names() == ["policy-panda"]
    monkeypatch.delenv("SAYSO_MODELS")
    assert ModelStore().root.name == "models"

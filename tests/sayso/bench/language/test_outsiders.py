import json
from pathlib import Path

import pytest

from sayso.bench.language import outsiders
from sayso.errors import UserError
from sayso.model_store import ModelStore

MODELS = ModelStore().root
THINGS = [
    {"kind": "block", "color": "red", "x": 0.45, "y": 0.2, "size": [0.04, 0.04, 0.04]},
    {"kind": "block", "color": "red", "x": 0.45, "y": -0.2, "size": [0.04, 0.04, 0.04]},
    {"kind": "bowl", "color": "blue", "x": 0.55, "y": 0.0, "size": [0.15, 0.15, 0.055]},
]
SAID = [
    {"kind": "instruction", "said": "put the left red block in the blue bowl"},
    {"kind": "instruction", "said": "put the red block in the blue bowl"},
    {"kind": "answer", "asked_by": "put the red block in the blue bowl", "said": "the right one"},
    {"kind": "correction", "doing": "pick up the left red block", "said": "a bit higher"},
    {"kind": "stop", "doing": "pick up the left red block", "said": "stop!"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [{"scene": 0, "expect": "as it says"} | line for line in SAID]
    (tmp_path / "sentences.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (tmp_path / "scenes.json").write_text(json.dumps([THINGS]))
    return tmp_path


def test_what_the_robot_does_is_said_in_words(folder: Path) -> None:
    scene = outsiders.scenes(folder)[0]
    done = [outsiders.did(line, scene, MODELS) for line in outsiders.sentences(folder)]
    assert done[0].endswith("put the red block (45 ahead, 20 left) in the blue bowl")
    assert done[1].startswith("asks: Which red block")
    assert done[2].endswith("put the red block (45 ahead, 20 right) in the blue bowl")
    assert done[3].startswith("move arm slightly up") and done[4] == "stops"


def test_a_verdict_holds_while_the_robot_does_the_same(folder: Path) -> None:
    cells = {name: episode for name, episode, _ in outsiders.cells(MODELS, folder)}
    stop = cells[f"{folder.name}: stop, right"]
    assert stop(0)["verdict"] == "unjudged" and not stop(0)["ok"]
    judged = [{"number": 4, "did": "stops", "verdict": "right"}, {"number": 3, "did": "stops", "verdict": "right"}]
    (folder / "verdicts.jsonl").write_text("\n".join(map(json.dumps, judged)))
    outsiders.verdicts.cache_clear()
    assert stop(0)["ok"]
    records = [stop(0), cells[f"{folder.name}: correction, right"](0)]
    figures = outsiders.figures(records)
    assert (figures["right"], figures["unjudged"], figures["confidently wrong"]["n"]) == (1, 1, 0)


def test_a_set_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "sentences.jsonl").write_text('{"said": "up"}')
    with pytest.raises(UserError, match="holds no lines"):
        outsiders.sentences(tmp_path)

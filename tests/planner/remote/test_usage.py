"""What was asked of a server: tokens, prices and times, and nowhere the key."""

from __future__ import annotations

import json

import pytest

from sayso.planner.errors import PlannerError
from sayso.planner.remote.planner import RemotePlanner
from sayso.planner.remote.usage import FULL, Ledger, Prices, Usage
from tests.planner.remote_server import Script, replies, serving, table

PLAN = {"answer": {"type": "task", "names": [], "task": {"type": "pick", "thing": {"type": "mark", "number": 1}}}}


def completion(usage: object) -> str:
    return json.dumps({"choices": [{"message": {"content": json.dumps(PLAN)}}], "usage": usage})


def test_every_request_is_kept_with_its_tokens_its_price_and_its_time_and_without_the_key() -> None:
    busy = replies("wait sk-secret-123", 503, **{"Retry-After": "0"})
    script = Script(busy, replies(completion({"prompt_tokens": 2000, "completion_tokens": 100})))
    with serving(script) as url:
        planner = RemotePlanner("m", url, api_key="sk-secret-123")
        planner.chat.ledger.prices = Prices.of("1.5,6")
        planner.plan("pick up sk-secret-123 the red block", table(), deadline_s=60.0)
    first, second = planner.chat.ledger.take()
    assert (first.status, second.status, second.usage) == (503, 200, Usage(2000, 100))
    assert first.cost is None and second.cost == pytest.approx(0.0036) and second.purpose == "plan"
    assert second.seconds > 0 and json.loads(second.request)["model"] == "m" and json.loads(second.answer)["choices"]
    assert "sk-secret" not in "".join(e.request + e.answer for e in (first, second))
    assert planner.chat.ledger.take() == ()


def test_a_request_without_an_answer_is_kept_too() -> None:
    script = Script(lambda handler: None)
    with serving(script) as url:
        planner = RemotePlanner("m", url)
        with pytest.raises(PlannerError):
            planner.plan("x", table(), deadline_s=60.0)
    (only,) = planner.chat.ledger.take()
    assert only.status is None and "closed the connection" in only.answer


@pytest.mark.parametrize(
    ("reply", "usage"),
    [
        (completion({"prompt_tokens": 3, "completion_tokens": 4, "cost": 0.01}), Usage(3, 4, 0.01)),
        (json.dumps({"usage": {"input_tokens": 5, "output_tokens": 6}}), Usage(5, 6)),
        (completion({"prompt_tokens": True, "completion_tokens": "many", "cost": float("nan")}), Usage()),
        (completion(None), Usage()),
        ("[1]", Usage()),
        ("{", Usage()),
    ],
)
def test_tokens_are_read_in_both_forms_and_nonsense_is_none(reply: str, usage: Usage) -> None:
    assert Usage.of(reply) == usage


def test_what_the_server_says_it_costs_comes_before_the_prices() -> None:
    ledger = Ledger(Prices(1.0, 1.0))
    ledger.add("plan", 0.1, 200, "", completion({"prompt_tokens": 3, "completion_tokens": 4, "cost": 0.5}))
    assert ledger.take()[0].cost == 0.5


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "a,b", "-1,2", "nan,1", "1e9,1"])
def test_bad_prices_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="READ,WRITTEN"):
        Prices.of(text)


def test_only_the_newest_requests_keep_their_texts() -> None:
    ledger = Ledger()
    for i in range(FULL + 5):
        ledger.add("motion", 0.1, 200, f"request {i}", "{}")
    kept = ledger.take()
    assert len(kept) == FULL + 5 and kept[4].request == "" and kept[5].request == "request 5"

"""A session with a model server: it plans from a picture, says the motions, and a person's correction still wins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sayso.planner.remote.usage import Prices
from sayso.runs.run import Run
from sayso.runs.run_config import RunSettings
from sayso.session import Options, Session, SessionError
from tests.planner.remote_oracle import Oracle
from tests.planner.remote_server import serving

PUT = "put(the(block, color(red)), in(the(bowl, color(blue))))"
SAID = "put the red block in the blue bowl"


def test_a_model_says_the_motions_and_what_a_person_says_comes_first() -> None:
    script = Oracle(PUT, {"type": "move", "ways": [{"type": "way", "direction": "up", "by": "little"}]})
    options = Options(sees="truth", listen=False, planner_prices=Prices(1.0, 1.0))
    with serving(script) as url, Session("sim", planner=f"motions:m@{url}", options=options) as session:
        result = session.run(SAID, say=[(1.5, "left a bit"), (3.0, "sing a song")])
    assert result.outcome == "done" and result.success
    read = [(c.text, c.level, c.read_as) for c in result.corrections]
    assert read[1] == ("sing a song", "motion", "move arm slightly up"), "the model read it"
    for spoken in ("move arm slightly left", "move arm slightly up"):
        assert (spoken, "operator") in [(m.text, m.source) for m in result.motions]
    asked = [body["messages"][1]["content"] for body in script.bodies]
    assert any("A person has just said: move arm slightly left." in text for text in asked)
    assert [r.purpose for r in result.requests[:2]] == ["plan", "motion"] and len(result.requests) == len(asked)
    assert all(r.status == 200 and r.seconds > 0 for r in result.requests)


def test_the_first_request_has_a_picture_and_the_run_keeps_what_was_asked(tmp_path: Path) -> None:
    script = Oracle("pick(the(bowl, color(blue)))")
    with serving(script) as url:
        settings = RunSettings(scene=None, instruction=SAID, planner=f"openai:m@{url}", planner_price="1,2")
        with Run(settings, listen=False) as run:
            result = run.execute()
            files = run.save(tmp_path, video=False)
    content = script.bodies[0]["messages"][1]["content"]
    assert content[1]["image_url"]["url"].startswith("data:image/jpeg;base64,") and "mark 1" in content[0]["text"]
    lines = [json.loads(line) for line in files["planner"].read_text().splitlines()]
    assert [line["purpose"] for line in lines] == ["plan", "plan"] and lines[0]["request"] == script.bodies[0]
    assert result.outcome in ("asked", "refused", "failed") and len(result.requests) == 2


def test_the_local_planner_needs_no_fallback() -> None:
    with pytest.raises(SessionError, match="leave the fallback out"):
        Session("sim", options=Options(listen=False, planner_fallback="local"))  # type: ignore[arg-type]

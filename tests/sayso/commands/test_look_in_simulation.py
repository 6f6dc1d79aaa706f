"""``sayso look`` with the shipped eyes, through a simulated robot's cameras."""

import json

import numpy as np
import pytest

from sayso.cli import DONE, run_command
from sayso.sim.scenes.scene_file import load_scene


def test_the_shipped_eyes_see_what_is_on_a_simulated_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["look", "--robot", "sim", "--scene", "crowded", "--json"]) == DONE
    seen = {o["name"]: o for o in json.loads(capsys.readouterr().out)["objects"] if o["confidence"] > 0.5}
    there = load_scene("crowded").objects
    found = [
        t
        for t in there
        if (o := seen.get(f"{t.color} {t.kind}")) and np.hypot(*np.subtract(o["position"][:2], t.position[:2])) < 0.02
    ]
    assert len(found) >= len(there) - 3 and len(seen) <= len(there) + 1

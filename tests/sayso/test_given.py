"""What a program gives to a session is checked: one line names the value and what is allowed."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

import sayso
from sayso.errors import UserError
from sayso.session import Options, Session


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"caution": 7}, "caution is a number from -1 to 1; got 7"),
        ({"viewpoint_yaw": "left"}, "viewpoint_yaw is a number from -7 to 7; got 'left'"),
        ({"viewpoint_yaw": float("nan")}, "viewpoint_yaw is a number from -7 to 7; got nan"),
        ({"limit_s": 0}, "limit_s is a number above 0; got 0"),
        ({"go_on_s": -1.0}, "go_on_s is a number of 0 or more; got -1.0"),
        ({"eyes": "yes"}, "eyes is True, False or None; got 'yes'"),
        ({"film": 1}, "film is True or False; got 1"),
        ({"sees": "pixel"}, "sees is one of: pixels, two views, no depth, one view, no depth, truth; did you mean"),
        ({"disturb": "moved"}, "disturb is a sequence of texts such as (\"moved@3\",); got 'moved'"),
        ({"memory": "memory.jsonl"}, "memory is a pathlib.Path or None; got 'memory.jsonl'"),
        ({"planner_fallback": "remote"}, "planner_fallback is one of: local, ask, hold; got 'remote'"),
        ({"keys": 3}, "keys is a function or None; got 3"),
    ],
)
def test_a_wrong_option_is_named(given: dict[str, Any], wrong: str) -> None:
    with pytest.raises(UserError) as caught:
        Options(**given)
    assert str(caught.value).startswith(wrong)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"seed": "a"}, "seed is a whole number from 0 to 4294967295; got 'a'"),
        ({"seed": -1}, "seed is a whole number from 0 to 4294967295; got -1"),
        ({"robot": None}, 'robot is a text such as "sim", "sim:so101" or "so101"; got None'),
        (
            {"scene": {"objects": []}},
            "scene is the name of a ready-made scene, the path of a file, or a SceneSpec; got",
        ),
        ({"options": {}}, "options is sayso.Options or None; got {}"),
        ({"planner": 5}, 'planner is a text such as "local", or a sayso.planner.plan.Planner; got 5'),
        ({"cameras": "left=0"}, "cameras is a sequence of texts"),
        ({"live": "yes"}, "live is True or False; got 'yes'"),
    ],
)
def test_a_wrong_argument_of_a_session_is_named(given: dict[str, Any], wrong: str) -> None:
    with pytest.raises(UserError) as caught:
        Session(**given)
    assert str(caught.value).startswith(wrong)


def test_the_package_lists_what_it_offers() -> None:
    assert [name for name in dir(sayso) if not name.startswith("_")] == ["Options", "RunResult", "Session"]


def test_a_session_that_nobody_closes_is_closed_at_the_end_of_the_program() -> None:
    program = "import sayso\nsession = sayso.Session(options=sayso.Options(sees='truth'))\nprint('ready')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ready\n", "")

"""The eyes for any thing in a run: on where the scene needs them, and for a real arm."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso.cli import BAD_INPUT, run_command
from sayso.runs.run_config import RunSettings
from sayso.session import Options, Session
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec

TABLE = SceneSpec((ObjectSpec("can", "can", "purple", (0.45, -0.1)), ObjectSpec("bowl", "bowl", "blue", (0.55, 0.15))))


def test_a_run_that_is_repeated_has_the_same_eyes(tmp_path: Path) -> None:
    RunSettings(scene=TABLE, instruction="put the can in the bowl", eyes=True).write(tmp_path)
    assert RunSettings.load(tmp_path).eyes


def test_with_the_eyes_a_can_is_a_can_and_without_them_it_is_not() -> None:
    kinds: dict[bool | None, list[str]] = {}
    for eyes in (False, None):
        with Session("sim", TABLE, 3, options=Options(eyes=eyes, listen=False)) as session:
            kinds[eyes] = sorted(o.kind for o in session.look().objects)
    assert kinds[None] == ["bowl", "can"], "on by themselves, because the scene has a can"
    assert kinds[False] != kinds[None] and set(kinds[False]) == {"block", "bowl"}


def test_a_table_of_blocks_and_bowls_needs_no_eyes() -> None:
    with Session("sim", SceneSpec(TABLE.objects[1:]), 3, options=Options(listen=False)) as session:
        assert "eyes" not in session.models


@pytest.mark.parametrize(("asked", "eyes"), [((), None), (("--no-eyes",), False), (("--eyes",), True)])
def test_the_console_passes_on_what_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...], eyes: bool | None
) -> None:
    made = []

    def session(*args: object, **_: object) -> Session:
        made.append(args[5])
        raise ValueError("enough")

    monkeypatch.setattr("sayso.session.Session", session)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert run_command(["console", "--port", "0", *asked]) == BAD_INPUT
    assert [options.eyes for options in made] == [eyes]

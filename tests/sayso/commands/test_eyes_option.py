"""The eyes for any thing in a run: on where the scene needs them, and for a real arm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sayso.cli import BAD_INPUT, run_command
from sayso.commands.terminal.scene import sees_things
from sayso.runs.run_config import RunSettings
from sayso.session import Options, Session
from sayso.sim.scenes.scene_file import to_json
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec

TABLE = SceneSpec((ObjectSpec("can", "can", "purple", (0.45, -0.1)), ObjectSpec("bowl", "bowl", "blue", (0.55, 0.15))))


@pytest.mark.parametrize(("eyes", "scene", "on"), [(None, None, None), (None, TABLE, True), (False, TABLE, False)])
def test_without_a_scene_the_arm_decides(eyes: bool | None, scene: SceneSpec | None, on: bool | None) -> None:
    assert sees_things(eyes, scene) is on


def test_a_run_that_is_repeated_has_the_same_eyes(tmp_path: Path) -> None:
    RunSettings(scene=TABLE, instruction="put the can in the bowl", eyes=True).write(tmp_path)
    assert RunSettings.load(tmp_path).eyes


def test_with_the_eyes_a_can_is_a_can_and_without_them_it_is_not() -> None:
    kinds = {}
    for eyes in (False, True):
        with Session("sim", TABLE, 3, options=Options(eyes=eyes, listen=False)) as session:
            kinds[eyes] = sorted(o.kind for o in session.look().objects)
    assert kinds[True] == ["bowl", "can"]
    assert kinds[False] != kinds[True] and set(kinds[False]) == {"block", "bowl"}


@pytest.mark.parametrize(("asked", "on"), [((), True), (("--no-eyes",), False), (("--eyes",), True)])
def test_the_console_switches_them_on_where_its_scene_needs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...], on: bool
) -> None:
    made = []

    def session(*args: object, **_: object) -> Session:
        made.append(args[5])
        raise ValueError("enough")

    monkeypatch.setattr("sayso.session.Session", session)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "t.json").write_text(json.dumps(to_json(TABLE)))
    (tmp_path / "b.json").write_text(json.dumps(to_json(SceneSpec(TABLE.objects[1:]))))
    for name in ("t", "b"):
        assert run_command(["console", "--port", "0", "--scene", str(tmp_path / f"{name}.json"), *asked]) == BAD_INPUT
    assert [options.eyes for options in made] == [on, "--eyes" in asked]

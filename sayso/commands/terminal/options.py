"""Options of commands, checked before anything moves."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from sayso.commands.terminal.text import clean_text
from sayso.errors import UserError
from sayso.hardware.world import MAX_SEED

MAX_SAY_S = 3600.0


def a_path(text: str | Path) -> Path:
    """The path of ``text``; an empty text is an error, since it would mean the current folder."""
    if not str(text).strip():
        raise typer.BadParameter("the name is empty; a file or folder is needed, . for the current folder")
    return Path(text)


def a_size(text: str) -> tuple[int, int]:
    """Width and height, px, of --size. Raises `UserError`."""
    found = re.fullmatch(r"(\d{2,4})x(\d{2,4})", text)
    if not found:
        raise UserError(f"--size is WIDTHxHEIGHT in pixels, for example 640x480; got '{text[:40]}'")
    return int(found[1]), int(found[2])


def a_scene(text: str) -> str:
    """The scene of ``text``; an empty text is an error, since it would mean the default scene."""
    if not text.strip():
        raise typer.BadParameter("the name is empty; a ready-made scene or a FILE.json is needed")
    return text


Robot = Annotated[str, typer.Option(help="sim, sim:ARM, world:NAME, or a real arm: its driver or saved name.")]
Scene = Annotated[
    str | None,
    typer.Option(
        parser=a_scene,
        metavar="SCENE",
        help="In simulation, a ready-made scene (see sayso scenes) or a FILE.json.",
        show_default="tabletop",
    ),
]
EyesOption = Annotated[
    bool | None,
    typer.Option(
        "--eyes/--no-eyes",
        help="See any thing: cans, boxes, cups, balls, sticks and others, not blocks and bowls alone.",
        show_default="for a real arm with depth, and where a scene has other things",
    ),
]
Seed = Annotated[int, typer.Option(min=0, max=MAX_SEED, help="The same seed gives the same run.")]
Models = Annotated[
    Path | None, typer.Option(parser=a_path, help="Folder of models in place of the shipped ones.", metavar="DIR")
]
Json = Annotated[bool, typer.Option("--json", help="Report as JSON on stdout.")]
Workers = Annotated[int, typer.Option(min=1, max=256, help="Processes that work side by side.")]


def parse_say(words: Sequence[str]) -> list[tuple[float, str]]:
    """Each "T:PHRASE" as (seconds after the start, phrase). Raises `UserError`."""
    out = []
    for word in words:
        when, colon, phrase = word.partition(":")
        try:
            t = float(when)
        except ValueError:
            t = math.nan
        if not colon or not 0 <= t <= MAX_SAY_S:
            raise UserError(
                f"--say is T:PHRASE with T in seconds after the start, 0 to {MAX_SAY_S:g}, "
                f"for example 3.5:left a bit; got '{word[:60]}'"
            )
        out.append((t, clean_text(phrase, "the phrase of --say")))
    return out


@contextmanager
def setting_up() -> Iterator[None]:
    """Convert errors during a command's set-up to `UserError`."""
    from sayso.hardware.control.homing import StoppedError
    from sayso.hardware.robot import RobotError

    try:
        yield
    except StoppedError:
        raise  # a person's stop is no error
    except (ValueError, OSError, RobotError) as error:
        raise UserError(str(error)) from error


def print_json(value: Any) -> None:
    """``value`` as JSON on stdout."""
    import json

    json.dump(value, sys.stdout, indent=1, ensure_ascii=not (sys.stdout.encoding or "").lower().startswith("utf"))
    print()

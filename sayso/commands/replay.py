"""``sayso replay``: does a run come out the same again?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from sayso.commands.options import Json, Models, a_path, print_json, setting_up
from sayso.errors import UserError


def replay(
    folder: Annotated[Path, typer.Argument(parser=a_path, metavar="DIR", help="What sayso run left.")],
    models: Models = None,
    json: Json = False,
) -> None:
    """Run a recorded run again (same scene, seed and words) and compare: exit code 0 if nothing differs.

    Example: sayso replay runs/first
    """
    from sayso.commands.progress import RunLine
    from sayso.outing import EPISODE, Outing
    from sayso.result import RunResult, deterministic_view
    from sayso.run_settings import RunSettings
    from sayso.session import simulated_arm

    then, settings = RunResult.load(folder), RunSettings.load(folder / EPISODE)
    if simulated_arm(settings.robot) is None:
        raise UserError(f"{folder} is a run of {settings.robot}: only what happened in simulation can happen again")
    with setting_up():
        outing = Outing(settings, models, listen=False)
    with outing, RunLine() as line:
        now = outing.carry_out(line)
    found = next(differences(deterministic_view(then), deterministic_view(now)), None)
    if json:
        print_json({"equal": found is None, "difference": found})
    elif found is None:
        print(f"equal: {folder} came out the same again, {now.outcome} after {now.duration_s:g} s")
    else:
        print(f"different: {found}")
    raise typer.Exit(0 if found is None else 1)


def differences(then: Any, now: Any, where: str = "") -> Iterator[str]:
    """Where two JSON values differ, in words: "motions.3.text: it was …, now it is …"."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in [*then, *(key for key in now if key not in then)]:
            yield from differences(then.get(key), now.get(key), f"{where}.{key}".lstrip("."))
    elif isinstance(then, list) and isinstance(now, list):
        for i, (a, b) in enumerate(zip(then, now, strict=False)):
            yield from differences(a, b, f"{where}.{i}")
        if len(then) != len(now):
            yield f"{where}: there were {len(then)}, now there are {len(now)}"
    elif then != now:
        yield f"{where}: it was {then!r}, now it is {now!r}"
